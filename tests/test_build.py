import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geo import build as module
from geo import language
from geo.build import BuildReport, Config, build, build_if_stale, extract_batch
from geo.corrections import Action, add, place_value, point, read_corrections
from geo.documents import make_document, read_documents
from geo.errors import GazetteerError, ModelMissingError, ReportError, StoreError
from geo.events import TABLES
from geo.model import (
    Claim,
    DateBasis,
    Document,
    EventType,
    Extract,
    Place,
    PlaceKind,
    Reading,
    Status,
    TimePrecision,
)
from geo.resources import resource
from geo.runners import POISON, Runner, Work, processes
from geo.store import current, project_folder
from tests.corpora import make_corpus
from tests.folders import page, write_zip

RULES = Config(model="none")
REPORTS = Path(__file__).parent / "data" / "reports"
PLACE = Place("p", "Balakliia", PlaceKind.SETTLEMENT, 49.5, 36.8, 2.0)
CLAIM = Claim(
    report_id="",
    report="",
    start=0,
    end=4,
    text="Text",
    place=PLACE,
    date_from=date(2022, 9, 13),
    date_to=date(2022, 9, 13),
    date_text="",
    time_precision=TimePrecision.DAY,
    date_basis=DateBasis.EXPLICIT,
    event_type=EventType.BATTLE,
    status=Status.REPORTED,
)


def build_claims(
    monkeypatch: pytest.MonkeyPatch, reports: Path, data: Path, *claims: Claim
) -> dict[str, list[dict[str, Any]]]:
    """Build one report from which the last stage reads the given claims; return the tables."""

    def extract(document: Any, *_rest: Any) -> list[Claim]:
        return [replace(claim, report_id=document.report_id, report=document.report) for claim in claims]

    monkeypatch.setattr(module, "extract_claims", extract)
    (reports / "a.txt").write_text("Text")
    generation = build(reports, data, RULES).generation
    return {name: generation.table(name).to_pylist() for name in TABLES}


def test_the_shipped_reports(seeds_build: BuildReport) -> None:
    assert (seeds_build.reports, seeds_build.sources, seeds_build.unreadable) == (5, 2, ())
    assert seeds_build.model
    assert seeds_build.fresh
    generation = seeds_build.generation
    assert seeds_build.claims == generation.table("claims").num_rows > 50
    assert seeds_build.events == generation.table("events").num_rows > 20
    orphans = "SELECT count(*) AS n FROM claims WHERE report_id NOT IN (SELECT report_id FROM reports)"
    assert generation.query(orphans)["n"][0] == 0
    cited = "SELECT c FROM (SELECT unnest(claim_ids) AS c FROM events) WHERE c NOT IN (SELECT claim_id FROM claims)"
    assert generation.query(cited).empty
    texts = {row["report_id"]: row["text"] for row in generation.table("reports").to_pylist()}
    for claim in generation.table("claims").to_pylist():
        assert claim["text"] == texts[claim["report_id"]][claim["start"] : claim["end"]]


def test_claims_of_each_kind_of_file_point_into_the_text_of_the_reports_table(reports: Path, tmp_path: Path) -> None:
    (reports / "a.html").write_text(page('<meta name="date" content="2022-09-13">'))
    (reports / "b.jsonl").write_text('{"id": 1, "text": "Ukraine took Izyum on 10 September 2022."}\nbad')
    (reports / "c.csv").write_text('text\n"Ukraine took Izyum\r\n\r\non 10 September 2022, and Kupiansk."\n')
    write_zip(reports / "d.zip", {"a.htm": page(), "e.txt": "Ukraine took Izyum on 10 September 2022."})
    report = build(reports, tmp_path / "data", Config())
    assert [(u.report, u.reason) for u in report.unreadable] == [
        ("b.jsonl:2", "is not JSON: Expecting value: line 1 column 1 (char 0)")
    ]
    texts = {row["report_id"]: row["text"] for row in report.generation.table("reports").to_pylist()}
    claims = report.generation.table("claims").to_pylist()
    assert {c["report"] for c in claims} == {"a.html", "b.jsonl#1", "c.csv#2", "d.zip/a.htm", "d.zip/e.txt"}
    for claim in claims:
        assert claim["text"] == texts[claim["report_id"]][claim["start"] : claim["end"]]


def test_a_build_is_the_same_bytes_twice_and_in_batches_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(resource("seeds"), tmp_path / "one", RULES).generation.generation_id
    monkeypatch.setattr(module, "_BATCH", 2)
    backwards = build(
        resource("seeds"), tmp_path / "two", RULES, runner=lambda work, batches: [work(b) for b in list(batches)[::-1]]
    )
    assert backwards.generation.generation_id == first


def test_what_has_not_changed_is_not_built_again(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Ukraine took Izyum on 10 September 2022.")
    assert build_if_stale(reports, tmp_path / "data", RULES).fresh
    again = build_if_stale(reports, tmp_path / "data", RULES)
    assert not again.fresh
    assert again.reports == 1
    (reports / "reports.csv").write_text("file,outlet\na.txt,Paper\n")
    assert build_if_stale(reports, tmp_path / "data", RULES).fresh
    (reports / "b.bin").write_bytes(b"\0")
    third = build_if_stale(reports, tmp_path / "data", RULES)
    assert (third.fresh, [u.report for u in third.unreadable]) == (True, ["b.bin"])
    assert build_if_stale(reports, tmp_path / "data", RULES).unreadable == third.unreadable


def test_an_edited_gazetteer_makes_a_build_stale(reports: Path, tmp_path: Path) -> None:
    text = resource("gazetteer.csv").read_text(encoding="utf-8")
    curated = tmp_path / "mine.csv"
    curated.write_text(text, encoding="utf-8")
    (reports / "a.txt").write_text("Fighting went on in Zzyzxville on 10 September 2022.")
    config = Config(gazetteer=curated, model="none")
    assert build_if_stale(reports, tmp_path / "data", config).fresh
    assert not build_if_stale(reports, tmp_path / "data", config).fresh
    curated.write_text(text + "zz,Zzyzxville,,P,PPL,UA,07,49.0,37.0,2,,,test\n", encoding="utf-8")
    rebuilt = build_if_stale(reports, tmp_path / "data", config)
    assert rebuilt.fresh
    assert "zz" in rebuilt.generation.table("mentions")["place_id"].to_pylist()


# --- what is read again ---

WIRE = (
    "KYIV (Reuters) - Troops captured Izyum on Saturday, the army said. Two people were killed in Balakliia, it said. "
)
WIRE += " ".join(f"The clerk of street {n} counted {n + 3} broken windows and {n + 9} open doors." for n in range(12))
"""A wire story whose day another report has to tell."""


def write_three(reports: Path) -> None:
    (reports / "a.txt").write_text("Ukraine took Izyum on 10 September 2022.")
    (reports / "b.txt").write_text(WIRE)
    (reports / "c.txt").write_text("A headline of its own\n\n" + WIRE)
    (reports / "reports.csv").write_text("file,published\nb.txt,2022-09-12\n")


@pytest.mark.parametrize(
    ("change", "read"),
    [
        pytest.param(lambda reports: None, 0, id="nothing"),
        pytest.param(lambda reports: (reports / "a.txt").touch(), 0, id="the time of a file"),
        pytest.param(lambda reports: (reports / "a.txt").write_text("Ukraine left Izyum."), 1, id="a text"),
        pytest.param(lambda reports: (reports / "a.txt").rename(reports / "z.txt"), 1, id="a name"),
        pytest.param(lambda reports: (reports / "d.txt").write_text("Ukraine took Izyum."), 1, id="one more"),
        pytest.param(lambda reports: (reports / "a.txt").unlink(), 0, id="one less"),
        pytest.param(
            lambda reports: (reports / "reports.csv").write_text("file,published,outlet\nb.txt,2022-09-12,Paper\n"),
            1,
            id="an outlet",
        ),
        pytest.param(
            lambda reports: (reports / "reports.csv").write_text("file,published\nb.txt,2022-09-13\n"),
            2,
            id="a day that a copy inherits",
        ),
    ],
)
def test_only_what_has_changed_is_read_again(
    reports: Path, tmp_path: Path, change: Callable[[Path], object], read: int
) -> None:
    write_three(reports)
    first = build(reports, tmp_path / "data", RULES)
    assert (first.read, first.reports) == (3, 3)
    assert [r["published_basis"] for r in first.generation.table("reports").to_pylist()] == ["none", "manifest", "copy"]
    change(reports)
    again = build(reports, tmp_path / "data", RULES)
    assert (again.read, again.warning) == (read, "")
    anew = build(reports, tmp_path / "elsewhere", RULES)
    assert anew.read == anew.reports
    assert again.generation.generation_id == anew.generation.generation_id


def test_other_code_gazetteer_or_aliases_read_all_again(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(reports)
    curated = tmp_path / "mine.csv"
    curated.write_bytes(resource("gazetteer.csv").read_bytes())

    def read(config: Config = RULES) -> int:
        return build(reports, tmp_path / "data", config).read

    assert [read(), read()] == [3, 0]
    assert read(Config(gazetteer=curated, model="none")) == 0
    curated.write_text(curated.read_text("utf-8") + "zz,Zzyzxville,,P,PPL,UA,07,49.0,37.0,2,,,test\n", "utf-8")
    assert read(Config(gazetteer=curated, model="none")) == 3
    root = project_folder(tmp_path / "data", reports)
    add(root, Action.ALIAS, "Zzyzxville", place_value(point("Qwertyhorod", 49.0, 37.0)), **WHO)
    assert [read(), read()] == [3, 0]
    assert read(Config(model="none", aliases=(("Qwertz", PLACE),))) == 3
    monkeypatch.setattr(module, "_code", lambda: "other")
    assert [read(), read()] == [3, 0]


def test_a_fresh_build_reads_all_and_a_broken_ledger_too(reports: Path, tmp_path: Path) -> None:
    write_three(reports)
    first = build(reports, tmp_path, RULES)
    fresh = build(reports, tmp_path, RULES, fresh=True)
    (project_folder(tmp_path, reports) / "ledger.sqlite").write_bytes(b"nonsense " * 1_000)
    broken = build(reports, tmp_path, RULES)
    assert (fresh.read, broken.read, build(reports, tmp_path, RULES).read) == (3, 3, 0)
    assert {r.generation.generation_id for r in (first, fresh, broken)} == {first.generation.generation_id}


def test_an_answer_of_an_online_service_is_not_taken_for_good(reports: Path, tmp_path: Path) -> None:
    write_three(reports)
    config = Config(model="none", online="nominatim", online_url="http://127.0.0.1:9")
    assert [build(reports, tmp_path, config).read for _ in range(2)] == [3, 3]


def test_a_build_that_was_stopped_goes_on_from_there(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(reports)
    monkeypatch.setattr(module, "_BATCH", 1)

    def stop_after_two(work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Reading]]:
        one, other, _ = batches
        yield work(one)
        yield work(other)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(reports, tmp_path, RULES, runner=stop_after_two)
    resumed = build(reports, tmp_path, RULES)
    assert resumed.read == 1
    assert resumed.generation.generation_id == build(reports, tmp_path, RULES, fresh=True).generation.generation_id


def test_what_could_not_be_read_is_tried_again_when_asked_or_changed(reports: Path, tmp_path: Path) -> None:
    write_three(reports)

    def set_aside(work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Reading]]:
        for batch in batches:
            yield [
                replace(reading, claims=(), error=POISON) if reading.document.report == "a.txt" else reading
                for reading in work(batch)
            ]

    first = build(reports, tmp_path, RULES, runner=set_aside)
    again = build(reports, tmp_path, RULES)
    assert [(u.report, u.reason) for u in again.unreadable] == [("a.txt", "killed the worker that read it")]
    assert (first.read, again.read) == (3, 0)
    retried = build(reports, tmp_path, RULES, retry=True)
    assert (retried.read, retried.unreadable) == (1, ())
    assert build(reports, tmp_path, RULES, retry=True).read == 0


def test_nothing_is_written_beside_the_reports(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Ukraine took Izyum.")
    build(reports, tmp_path / "data", RULES)
    assert [p.name for p in reports.iterdir()] == ["a.txt"]


def test_an_empty_folder_is_an_empty_map_with_a_line(reports: Path, tmp_path: Path) -> None:
    report = build(reports, tmp_path / "data", RULES)
    assert (report.reports, report.claims, report.events) == (0, 0, 0)
    assert [(u.report, u.reason) for u in report.unreadable] == [
        (".", "the folder holds no report (.txt, .html, .htm, .jsonl, .csv, .parquet, .zip)")
    ]


def test_a_report_that_breaks_a_stage_is_set_aside(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "poison", "z"):
        (reports / f"{name}.txt").write_text(f"{name}: Ukraine took Izyum on 10 September 2022.")
    real = module.find_mentions

    def fail(document: Any, *rest: Any) -> Any:
        if "poison" in document.text:
            raise RuntimeError("first line\nsecond line")
        return real(document, *rest)

    monkeypatch.setattr(module, "find_mentions", fail)
    report = build(reports, tmp_path / "data", RULES)
    assert [(u.report, u.reason) for u in report.unreadable] == [
        ("poison.txt", "could not be read: RuntimeError: first line")
    ]
    assert report.reports == 3
    assert set(report.generation.table("mentions")["report_id"].to_pylist()) == {
        row["report_id"] for row in report.generation.table("reports").to_pylist() if row["report"] != "poison.txt"
    }


@pytest.mark.parametrize("fails", [False, True])
def test_rows_are_made_while_reports_are_still_read(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    for town in ("Izyum", "Goma", "Osh"):
        (reports / f"{town}.txt").write_text(f"It rained in {town} on 10 September 2022.")
    happened: list[str] = []
    real = module.assemble

    def one_by_one(work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Extract]]:
        try:
            for batch in batches:
                happened.append("read")
                yield work(batch)
        finally:
            happened.append("workers end")

    def assemble(extracts: Iterable[Extract], around: Any) -> Any:
        found = list(extracts)
        happened.append("make rows")
        if fails:
            raise OSError("disk is full")
        return real(found, around)

    monkeypatch.setattr(module, "_BATCH", 1)
    monkeypatch.setattr(module, "assemble", assemble)
    with pytest.raises(OSError, match="full") if fails else nullcontext():
        build(reports, tmp_path / "data", RULES, runner=one_by_one)
    assert happened == ["read", "make rows"] * (1 if fails else 3) + ["workers end"]


def test_a_report_whose_sentences_cannot_be_parsed_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = language.split_sentences

    def fail(text: str) -> Any:
        if "poison" in text:
            raise RuntimeError("no sentences")
        return real(text)

    monkeypatch.setattr(language, "split_sentences", fail)
    texts = [f"{name}: Ukraine took Izyum on 10 September 2022." for name in ("a", "poison", "z")]
    readings = extract_batch([make_document(f"{n}.txt", text) for n, text in enumerate(texts)], RULES)
    assert [reading.error for reading in readings] == ["", "could not be read: RuntimeError: no sentences", ""]
    assert [bool(reading.resolutions) for reading in readings] == [True, False, True]


def test_undated_and_unplaced_claims_wait_in_the_tray(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = replace(CLAIM, start=1, date_from=None, date_to=None, date_basis=DateBasis.NONE)
    planned = replace(undated, start=2, status=Status.PLANNED)
    half_open = replace(CLAIM, start=3, date_from=None)
    unplaced = replace(CLAIM, place=None, reason="no place is named")
    tables = build_claims(monkeypatch, reports, tmp_path, CLAIM, undated, planned, half_open, unplaced)
    assert sorted(row["start"] for row in tables["claims"]) == [0, 1, 2, 3]
    tray = {row["start"]: (row["kind"], row["claim_id"], row["reason"]) for row in tables["tray"]}
    ids = {row["start"]: row["claim_id"] for row in tables["claims"]}
    assert tray == {
        0: ("unplaced", tray[0][1], "no place is named"),
        1: ("undated", ids[1], "no day could be read for it, and the report's own day is not known"),
        2: ("undated", ids[2], "it is planned, and no day is given for it"),
    }
    assert tray[0][1] not in {"", *ids.values()}, "an analyst may give it a place"


def test_of_claims_with_one_id_the_surest_stays(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = replace(CLAIM, quantity=6000.0)
    tables = build_claims(monkeypatch, reports, tmp_path, CLAIM, figure, replace(figure, confidence=0.2))
    assert [(row["quantity"], row["confidence"]) for row in tables["claims"]] == [(6000.0, 1.0)]
    assert [row["claim_ids"] for row in tables["events"]] == [[tables["claims"][0]["claim_id"]]]


# --- corrections ---

WHO = {"author": "Ana", "reason": "it says so\nin the report"}
REPORT = "KYIV, Sept 12, 2022 (Reuters) - Troops captured Izyum on Saturday. A shell killed two people in Balakliia."


def rows(report: BuildReport, table: str = "claims") -> dict[str, dict[str, Any]]:
    """Return the rows of a table by the place they are about, of the tray by their kind."""
    key = "kind" if table == "tray" else "place_name"
    return {row[key]: row for row in report.generation.table(table).to_pylist()}


def test_corrections_outlive_rebuilds_and_edits_of_the_report(reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (reports / "a.txt").write_text(REPORT)
    first = rows(build(reports, data, RULES))
    root = project_folder(data, reports)
    izyum, balakliia = first["Izyum"]["claim_id"], first["Balakliia"]["claim_id"]
    moved = add(root, Action.MOVE, izyum, place_value(point("Kapytolivka", 49.17, 37.36)), **WHO)
    rejected = add(root, Action.REJECT, balakliia, **WHO)
    corrected = build_if_stale(reports, data, RULES)
    assert corrected.fresh
    assert (corrected.rejected, corrected.orphaned) == (1, 0)
    claim = rows(corrected)["Kapytolivka"]
    assert (claim["claim_id"], claim["corrections"], claim["lat"]) == (izyum, [moved.correction_id], 49.17)
    assert "Balakliia" not in rows(corrected)
    assert rows(corrected, "events").keys() == rows(corrected).keys()
    tray = rows(corrected, "tray")["rejected"]
    assert (tray["claim_id"], tray["correction_id"]) == (balakliia, rejected.correction_id)
    assert tray["reason"] == "rejected by Ana: it says so in the report"
    assert not build_if_stale(reports, data, RULES).fresh

    (reports / "a.txt").write_text("A new headline\n\n" + REPORT)
    edited = build_if_stale(reports, data, RULES)
    assert rows(edited)["Kapytolivka"]["corrections"] == [moved.correction_id]
    assert (edited.rejected, edited.orphaned) == (1, 0)

    (reports / "a.txt").write_text("Nothing happened.")
    emptied = build_if_stale(reports, data, RULES)
    assert (emptied.rejected, emptied.orphaned) == (0, 2)
    orphan = rows(emptied, "tray")["orphaned"]
    assert orphan["reason"].startswith("a.txt is not among the reports, or no claim is read in it (")
    assert (orphan["report"], orphan["text"] in REPORT) == ("a.txt", True)

    (reports / "a.txt").write_text(REPORT)
    back = build_if_stale(reports, data, RULES)
    assert back.generation.generation_id == corrected.generation.generation_id
    assert len(read_corrections(root)) == 2


def test_a_build_opens_the_corrections_for_reading_only(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text(REPORT)
    first = rows(build(reports, tmp_path, RULES))
    root = project_folder(tmp_path, reports)
    add(root, Action.REJECT, first["Izyum"]["claim_id"], **WHO)
    before = (root / "corrections.sqlite").read_bytes()
    build(reports, tmp_path, RULES)
    assert (root / "corrections.sqlite").read_bytes() == before


def test_a_corrected_day_and_name_are_read_by(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Troops captured Zzyzxville on Saturday. Troops captured Izyum on Saturday.")
    first = rows(build(reports, tmp_path, RULES))
    assert first["Izyum"]["date_from"] is None
    assert "Zzyzxville" not in first
    root = project_folder(tmp_path, reports)
    add(root, Action.PUBLISHED, "a.txt", {"published": "2022-09-12"}, **WHO)
    add(root, Action.ALIAS, "Zzyzxville", place_value(point("Qwertyhorod", 49.0, 37.0)), **WHO)
    report = build_if_stale(reports, tmp_path, RULES)
    found = rows(report)
    assert found["Izyum"]["date_from"] == found["Qwertyhorod"]["date_from"] == date(2022, 9, 10)
    (row,) = report.generation.table("reports").to_pylist()
    assert (row["published"], row["published_basis"]) == (date(2022, 9, 12), "corrected")


def test_a_report_that_is_gone_orphans_its_day(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text(REPORT)
    build(reports, tmp_path, RULES)
    add(project_folder(tmp_path, reports), Action.PUBLISHED, "a.txt", {"published": "2022-09-11"}, **WHO)
    (reports / "a.txt").rename(reports / "b.txt")
    tray = rows(build(reports, tmp_path, RULES), "tray")["orphaned"]
    assert (tray["report"], tray["reason"]) == (
        "a.txt",
        "a.txt is not among the reports (published by Ana: it says so in the report)",
    )


def test_merged_and_split_events(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text(REPORT)
    (reports / "b.txt").write_text("KYIV, Sept 12, 2022 (AP) - Troops captured Izyum on Saturday, the army said.")
    before = build(reports, tmp_path, RULES).generation
    claims = {(c["report"], c["place_name"]): c["claim_id"] for c in before.table("claims").to_pylist()}
    izyum, same, balakliia = claims["a.txt", "Izyum"], claims["b.txt", "Izyum"], claims["a.txt", "Balakliia"]
    assert [izyum, same] in [
        sorted(e["claim_ids"], key=[izyum, same].index)
        for e in before.table("events").to_pylist()
        if izyum in e["claim_ids"]
    ]
    root = project_folder(tmp_path, reports)
    add(root, Action.SPLIT, izyum, {"with": same}, **WHO)
    add(root, Action.MERGE, izyum, {"with": balakliia}, **WHO)
    events = build(reports, tmp_path, RULES).generation.table("events").to_pylist()
    assert {frozenset(e["claim_ids"]) for e in events} == {frozenset((izyum, balakliia)), frozenset((same,))}


def test_damaged_corrections_stop_a_build_with_one_line(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text(REPORT)
    root = project_folder(tmp_path, reports)
    root.mkdir()
    (root / "corrections.sqlite").write_bytes(b"nonsense " * 200)
    with pytest.raises(StoreError, match=r"corrections\.sqlite: cannot be read"):
        build(reports, tmp_path, RULES)


def test_progress_goes_from_nothing_to_everything(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Text")
    told: list[tuple[float, str]] = []
    build(reports, tmp_path / "data", RULES, lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == (1.0, "Done")
    assert (module._READ, "Read 1 of 1 reports") in told


def test_what_cannot_be_used_is_told(reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Text")
    with pytest.raises(ReportError):
        build(tmp_path / "missing", tmp_path, RULES)
    with pytest.raises(GazetteerError):
        build(reports, tmp_path, Config(gazetteer=tmp_path / "missing.csv"))
    with pytest.raises(ModelMissingError):
        extract_batch([make_document("a", "Text")], Config(model="en_core_web_missing"))


HOSTILE = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "${alert(1)}",
    "`",
    "\\`",
    "{% raw %}",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "\\u003c",
)


def test_hostile_text_passes_through_as_it_is(reports: Path, tmp_path: Path) -> None:
    for number, words in enumerate(HOSTILE):
        (reports / f"{number}.txt").write_text(f"{words}\n\n{words} Ukraine took Izyum on Saturday, {words} said.\n")
    report = build(reports, tmp_path / "data", RULES)
    assert report.unreadable == ()
    texts = report.generation.query("SELECT text FROM reports ORDER BY report")["text"].to_list()
    assert all(words in text for words, text in zip(HOSTILE, texts, strict=True))


FATAL_MODEL = """
import os, signal
import spacy
from spacy.language import Language

@Language.component("fatal")
def fatal(doc):
    if "Gorgon" in doc.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return doc

def load():
    model = spacy.blank("en")
    model.add_pipe("fatal")
    return model
"""


@pytest.mark.long
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]], ids=["few reports", "workers"])
def test_a_report_that_kills_who_reads_it_is_set_aside(reports: Path, tmp_path: Path, workers: list[str]) -> None:
    for number, town in enumerate(("Izyum", "Gorgon", "Balakliia")):
        (reports / f"{number}.txt").write_text(f"Ukraine took {town} on 10 September 2022.")
    (tmp_path / "en_core_web_fatal.py").write_text(FATAL_MODEL)
    data = tmp_path / "data"
    command = [sys.executable, "-m", "geo", "build", str(reports), "--data", str(data), "--model", "en_core_web_fatal"]
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(module.__file__).parent.parent}"}

    def run() -> int:
        return subprocess.run(command + workers, env=environment, capture_output=True, check=False).returncode

    if not workers:
        assert run() == -signal.SIGKILL, "few reports are read in the build's own process"
    assert run() == 1, "what could not be read is told"
    generation = current(project_folder(data, reports))
    assert generation is not None
    tray = [(row["report"], row["reason"]) for row in generation.table("tray").to_pylist()]
    assert ("1.txt", POISON) in tray
    read = generation.query("SELECT DISTINCT report FROM mentions JOIN reports USING (report_id) ORDER BY report")
    assert read["report"].to_list() == ["0.txt", "2.txt"]


def documents_of_all_kinds(step: int) -> list[Document]:
    """The shipped reports, our own and made ones with their reprints, one of so many, and some word for word again."""
    shipped = read_documents(resource("seeds"))[0]
    own = [json.loads(path.read_text(encoding="utf-8"))["doc"] for path in sorted(REPORTS.glob("*/*.json"))]
    ours = [Document(d["id"], d["id"], d["text"], published=date.fromisoformat(d["published"])) for d in own]
    made = [item.document for item in make_corpus(300)]
    found = [*shipped, *(ours + made)[::step]]
    again = [
        replace(d, report_id=f"again{d.report_id}", report=f"again/{d.report}", title="", outlet="X") for d in found
    ]
    return [*found, *again[::5], *(replace(d, published=date(2024, 5, 1)) for d in again[1::5])]


@pytest.mark.parametrize("step", [24, pytest.param(4, marks=pytest.mark.long)])
def test_shortcuts_change_nothing_that_is_read(step: int) -> None:
    documents = documents_of_all_kinds(step)
    plain = extract_batch(documents, Config(), shortcuts=False)
    quick = extract_batch(documents, Config())
    assert not any(reading.error for reading in plain)
    assert sum(len(reading.claims) for reading in plain) > 100
    for one, other in zip(plain, quick, strict=True):
        assert one == other, one.document.report
    assert extract_batch(documents[::-1], Config()) == quick[::-1]


@pytest.mark.parametrize(("most", "is_built", "expected"), [(20_000, False, 3), (2, False, 0), (20_000, True, 0)])
def test_workers_load_beforehand_for_a_first_build_that_is_not_very_large(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, is_built: bool, expected: int
) -> None:
    for n in range(3):
        (reports / f"{n}.txt").write_text(f"It rained in Goma on {n + 1} May 2022.")
    asked: list[int] = []

    @contextmanager
    def prepared(_runner: Runner, _work: Work, n_reports: int) -> Iterator[None]:
        asked.append(n_reports)
        yield

    if is_built:
        build(reports, tmp_path / "data", RULES)
    monkeypatch.setattr(module, "_MANY", most)
    monkeypatch.setattr(module, "prepared", prepared)
    build(reports, tmp_path / "data", RULES)
    assert asked == [expected]


def test_what_is_read_while_reports_are_compared_changes_nothing(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ONE_IN", 2)
    wire = "Shells hit Goma at dawn, said the mayor, and the market of Bunia burned until the evening. " * 8
    for n in range(6):
        (reports / f"{n}.txt").write_text(f"On {n + 1} May 2022 it rained in Goma. Two people died in Bukavu.")
    (reports / "dated.txt").write_text(f"12 May 2022\n\n{wire}")
    (reports / "copy.txt").write_text(f"{wire}\n\nIt rained.")
    alone = build(reports, tmp_path / "alone", RULES)
    together = build(reports, tmp_path / "together", RULES, runner=processes(2))
    assert together.read == alone.read == 8
    assert together.generation.generation_id == alone.generation.generation_id


def test_only_reports_whose_day_is_known_are_read_before_all_are_compared(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ONE_IN", 1)
    (reports / "dated.txt").write_text("12 May 2022\n\nIt rained in Goma.")
    (reports / "undated.txt").write_text("It rained in Goma.")
    asked: list[list[str]] = []

    def runner(work: Work, batches: Iterable[list[Document]]) -> Iterable[list[Extract]]:
        batches = list(batches)
        asked.append([document.report for batch in batches for document in batch])
        return map(work, batches)

    @contextmanager
    def prepared(_runner: Runner, _work: Work, _n_reports: int) -> Iterator[Runner]:
        yield runner

    monkeypatch.setattr(module, "prepared", prepared)
    assert build(reports, tmp_path / "data", RULES).read == 2
    assert asked == [["dated.txt"], ["undated.txt"]]
