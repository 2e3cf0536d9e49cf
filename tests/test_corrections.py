"""The append-only file of corrections, and their CSV."""

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.amendments import apply_corrections
from geo.corrections import (
    COLUMNS,
    Action,
    Anchor,
    Correction,
    Imported,
    add,
    add_all,
    export_corrections,
    import_corrections,
    in_effect,
    place_of,
    place_value,
    point,
    read_corrections,
    words,
)
from geo.errors import CorrectionError, StoreError
from geo.events import claim_id
from geo.model import EventType
from tests.correcting import CLAIM, TOWN, VILLAGE, publish_claims

BESIDE = replace(CLAIM, place=VILLAGE)
OTHER = replace(CLAIM, report="b.txt", report_id="r2")
ID = claim_id(CLAIM)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WHO = {"author": "Ana", "reason": "the map is wrong"}
DENIED = {"status": "denied"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    publish_claims(tmp_path, [CLAIM, BESIDE, OTHER, replace(CLAIM, start=40, text="No place.", place=None)])
    return tmp_path


def as_csv(corrections: list[Correction]) -> str:
    file = io.StringIO(newline="")
    export_corrections(corrections, file)
    return file.getvalue()


def import_text(root: Path, text: str) -> Imported:
    return import_corrections(root, io.StringIO(text, newline=""))


# --- adding and reading ---


def test_what_one_hand_does_is_written_in_one_step_or_not_at_all(root: Path) -> None:
    ids = [ID, claim_id(OTHER)]
    made = add_all(root, Action.STATUS, [(id_, DENIED) for id_ in ids], **WHO)
    assert [c.target for c in made] == ids
    assert len({c.made_at for c in made}) == 1
    assert sorted(c.correction_id for c in read_corrections(root)) == sorted(c.correction_id for c in made)
    undone = [(c.correction_id, {}) for c in made]
    with pytest.raises(CorrectionError, match="no correction in effect"):
        add_all(root, Action.UNDO, [*undone, ("nothing", {})], **WHO)
    assert in_effect(read_corrections(root)) == sorted(made, key=lambda c: c.order)
    add_all(root, Action.UNDO, undone, **WHO)
    assert in_effect(read_corrections(root)) == []


def test_a_correction_is_kept_with_who_when_why_and_its_anchor(root: Path) -> None:
    made = add(root, Action.STATUS, ID, DENIED, **WHO, made_at=MOMENT)
    assert read_corrections(root) == [made]
    assert (made.made_at, made.author, made.reason) == ("2026-01-02T03:04:05.000000Z", "Ana", "the map is wrong")
    assert made.anchors == (
        Anchor(ID, "a.txt", "r1", "Troops took Izyum.", "gn:1", "control-change", beside=(claim_id(BESIDE),)),
    )
    assert add(root / "other", Action.ALIAS, "X", place_value(TOWN), **WHO, made_at=MOMENT).anchors == ()


def test_nothing_is_read_where_nothing_was_corrected_and_nothing_is_made(tmp_path: Path) -> None:
    assert read_corrections(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_reading_does_not_change_the_file(root: Path) -> None:
    add(root, Action.STATUS, ID, DENIED, **WHO)
    before = (root / "corrections.sqlite").read_bytes()
    read_corrections(root)
    assert (root / "corrections.sqlite").read_bytes() == before


def test_the_file_is_safe_against_a_power_cut(root: Path) -> None:
    add(root, Action.STATUS, ID, DENIED, **WHO)
    db = sqlite3.connect(root / "corrections.sqlite")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE corrections SET author = 'Eve'",
        "DELETE FROM corrections",
        "INSERT OR REPLACE INTO corrections SELECT * FROM corrections",
        "INSERT OR REPLACE INTO corrections SELECT 9, correction_id, '', '', '', '', '', '', '', '' FROM corrections",
    ],
)
def test_a_row_is_never_changed_deleted_or_replaced(root: Path, sql: str) -> None:
    made = add(root, Action.STATUS, ID, DENIED, **WHO)
    db = sqlite3.connect(root / "corrections.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        db.execute(sql)
    db.close()
    assert read_corrections(root) == [made]


def test_time_never_goes_back_from_one_correction_to_the_next(root: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    first = add(root, Action.STATUS, ID, DENIED, **WHO, made_at=ahead)
    second = add(root, Action.STATUS, ID, {"status": "claimed"}, **WHO)
    assert second.made_at > first.made_at
    assert [c.value["status"] for c in read_corrections(root)] == ["denied", "claimed"]


def test_another_zone_is_the_same_moment(root: Path) -> None:
    east = MOMENT.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00+09:00").tzinfo)
    assert add(root, Action.STATUS, ID, DENIED, **WHO, made_at=east).made_at == "2026-01-02T03:04:05.000000Z"


def test_the_anchor_is_what_was_read_even_of_a_corrected_claim(root: Path) -> None:
    add(root, Action.MOVE, ID, place_value(VILLAGE), **WHO)
    add(root, Action.TYPE, ID, {"type": "strike"}, **WHO)
    publish_claims(root, [CLAIM, BESIDE], apply_corrections([CLAIM, BESIDE], read_corrections(root)))
    later = add(root, Action.STATUS, ID, DENIED, **WHO)
    assert (later.anchors[0].place_id, later.anchors[0].event_type) == ("gn:1", "control-change")


def test_a_rejected_and_an_unplaced_claim_can_still_be_corrected(root: Path) -> None:
    add(root, Action.REJECT, ID, **WHO)
    publish_claims(root, [CLAIM], apply_corrections([CLAIM], read_corrections(root)))
    assert add(root, Action.STATUS, ID, DENIED, **WHO).anchors[0].place_id == "gn:1"
    unplaced = replace(CLAIM, start=40, text="No place.", place=None)
    publish_claims(root, [unplaced])
    moved = add(root, Action.MOVE, claim_id(unplaced), place_value(TOWN), **WHO)
    assert (moved.anchors[0].text, moved.anchors[0].place_id) == ("No place.", "")


def test_a_merge_has_an_anchor_for_each_claim(root: Path) -> None:
    made = add(root, Action.MERGE, ID, {"with": claim_id(OTHER)}, **WHO)
    assert [a.report for a in made.anchors] == ["a.txt", "b.txt"]


# --- undo ---


def test_what_is_taken_back_is_not_in_effect_and_may_come_back(root: Path) -> None:
    made = add(root, Action.STATUS, ID, DENIED, **WHO)
    undone = add(root, Action.UNDO, made.correction_id, **WHO)
    assert in_effect(read_corrections(root)) == []
    with pytest.raises(CorrectionError, match="no correction in effect has this id"):
        add(root, Action.UNDO, made.correction_id, **WHO)
    add(root, Action.UNDO, undone.correction_id, **WHO)
    assert in_effect(read_corrections(root)) == [made]
    assert len(read_corrections(root)) == 3


def test_a_long_chain_of_undoing(root: Path) -> None:
    chain = [Correction("2026-01-01T00:00:00.000000Z", "A", "r", Action.REJECT, ID, {}, ())]
    for number in range(1, 3001):
        moment = f"2026-01-01T00:00:00.{number:06}Z"
        chain.append(Correction(moment, "A", "r", Action.UNDO, "", {}, (), chain[-1].correction_id))
    assert in_effect(chain) == [chain[0]]
    assert in_effect(chain[:-1]) == []


# --- what is wrong ---


@pytest.mark.parametrize(
    ("action", "target", "value", "reason"),
    [
        ("status", "ffff", DENIED, "'ffff': no claim of the current build has this id"),
        ("status", "", DENIED, "'': no claim of the current build has this id"),
        ("status", ID, {"status": "true"}, "status 'true' is unknown: one of reported, claimed, denied, planned"),
        ("status", ID, {}, "its value must hold status; it holds nothing"),
        ("type", ID, {"type": ["strike"]}, "type ['strike'] is unknown"),
        ("reject", ID, DENIED, "its value must hold nothing; it holds status"),
        (
            "date",
            ID,
            {"from": "2022-09-13", "to": "2022-09-12"},
            "its first day 2022-09-13 is after its last 2022-09-12",
        ),
        ("date", ID, {"from": "13/9/22", "to": None}, "'13/9/22' is not a day as 2022-09-13"),
        ("date", ID, {"from": 5, "to": None}, "5 is not a day as 2022-09-13"),
        ("published", "b.txt", {"published": None}, "None is not a day"),
        (
            "published",
            "c.txt",
            {"published": "2022-09-13"},
            "'c.txt': no report of the current build has this path or id",
        ),
        ("claimant", ID, {"claimant": "a\nb", "side": ""}, "claimant is not a line of at most 500 characters"),
        ("merge", ID, {"with": ID}, "its two claims are one"),
        ("merge", ID, {"with": "ffff"}, "'ffff': no claim of the current build has this id"),
        ("alias", "", place_value(TOWN), "its target is empty"),
        ("alias", "x\n", place_value(TOWN), "its target holds what cannot be printed"),
        ("alias", "x" * 2001, place_value(TOWN), "its target has 2,001 characters, the limit is 2,000"),
        ("undo", "ffff", {}, "'ffff': no correction in effect has this id"),
        ("move", ID, {"place": None}, "it has no place"),
        ("move", ID, {"place": {"name": "X"}}, "its place lacks something: 'kind'"),
        ("move", ID, {"place": {"nonsense": 1}}, "its place has columns that no place has"),
        ("move", ID, {"place": {"bearing": {"lat": "x"}}}, "its place has columns that no place has"),
        ("move", ID, place_value(replace(TOWN, lat=91.0)), "its place lies nowhere on earth"),
        ("move", ID, place_value(replace(TOWN, lat=None)), "its place lies nowhere on earth"),
        ("move", ID, place_value(replace(TOWN, lon=float("nan"))), "its value is not plain text and numbers"),
        ("move", ID, place_value(replace(TOWN, name="a\x1b[2J")), "its place has no id or name that can be printed"),
        ("move", ID, place_value(replace(TOWN, place_id="")), "its place has no id or name that can be printed"),
        ("move", ID, {"place": {TOWN}}, "its value is not plain text and numbers"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_written(
    root: Path, action: str, target: str, value: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CorrectionError) as caught:
        add(root, Action(action), target, value, **WHO)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)
    assert read_corrections(root) == []


@pytest.mark.parametrize(
    ("author", "reason", "line"),
    [
        ("", "x", "its author is empty"),
        ("Ana", " \n", "its reason is empty"),
        ("A" * 201, "x", "its author has 201 characters"),
        ("A\x00", "x", "its author holds what cannot be printed"),
        ("Ana", "a\x00b", "its reason holds a NUL"),
        ("Ana", "\ud800", "it holds half a character"),
    ],
)
def test_who_and_why_have_to_be_said(root: Path, author: str, reason: str, line: str) -> None:
    with pytest.raises(CorrectionError, match=line):
        add(root, Action.STATUS, ID, DENIED, author=author, reason=reason)


def test_an_unknown_action_is_named(root: Path) -> None:
    with pytest.raises(CorrectionError, match="action 'teleport' is unknown: one of move, date"):
        add(root, "teleport", ID, **WHO)  # type: ignore[arg-type]  # what the call refuses


def test_before_the_first_build_there_is_nothing_to_correct(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="nothing is built yet"):
        add(tmp_path, Action.STATUS, ID, DENIED, **WHO)


def test_a_time_without_a_zone_is_refused(root: Path) -> None:
    with pytest.raises(CorrectionError, match="has no time zone"):
        add(root, Action.STATUS, ID, DENIED, **WHO, made_at=MOMENT.replace(tzinfo=None))


def test_a_damaged_file_is_one_line(root: Path) -> None:
    (root / "corrections.sqlite").write_bytes(b"nonsense " * 200)
    for act in (lambda: read_corrections(root), lambda: add(root, Action.STATUS, ID, DENIED, **WHO)):
        with pytest.raises(StoreError, match="not a database") as caught:
            act()
        assert "\n" not in str(caught.value)


def test_a_row_of_a_later_version_is_named(root: Path) -> None:
    made = add(root, Action.STATUS, ID, DENIED, **WHO)
    db = sqlite3.connect(root / "corrections.sqlite")
    db.execute("DROP TRIGGER never_changed")
    db.execute("UPDATE corrections SET action = 'teleport'")
    db.commit()
    db.close()
    with pytest.raises(
        StoreError, match=f"correction {made.correction_id} cannot be read: action 'teleport' is unknown"
    ):
        read_corrections(root)


def test_a_point_is_a_place_and_comes_back(root: Path) -> None:
    place = point("Hamlet", -1.5, 29.25, 3.0, "CD")
    made = add(root, Action.MOVE, ID, place_value(place), **WHO)
    assert place_of(read_corrections(root)[0].value) == place == place_of(made.value)


def test_a_very_long_sentence_is_cut_and_still_told_from_others() -> None:
    long = "word " * 1000
    assert words(long) == words(long.replace(" ", "\n"))
    assert words(long) != words(long + "other")
    assert len(words(long)) < 1100


# --- many hands ---


def test_two_writers_at_once_lose_nothing(root: Path) -> None:
    def write(name: str) -> None:
        for number in range(15):
            add(root, Action.STATUS, ID, DENIED, author=name, reason=str(number))

    writers = [threading.Thread(target=write, args=(name,)) for name in ("Ana", "Ben")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = read_corrections(root)
    assert [c.reason for c in found if c.author == "Ben"] == [str(n) for n in range(15)]
    assert len(found) == 30


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process")
def test_what_add_has_returned_outlives_a_kill(root: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from geo.corrections import add\n"
        "for n in range(10_000):\n"
        f"    made = add(Path(sys.argv[1]), 'status', '{ID}', {DENIED}, author='Ana', reason=str(n))\n"
        "    print(made.correction_id, flush=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", script, root], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(20)]
    child.kill()
    told += child.stdout.read().split()
    child.stdout.close()
    child.wait()
    kept = [c.correction_id for c in read_corrections(root)]
    whole = [id_ for id_ in told if len(id_) == 16]
    assert kept[: len(whole)] == whole
    assert len(kept) - len(whole) in {0, 1}, "at most the one that was just being told"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits a process as POSIX can")
def test_a_full_disk_is_one_line_and_what_was_there_stays(root: Path) -> None:
    made = add(root, Action.STATUS, ID, DENIED, **WHO)
    script = (
        "import resource, signal, sys; from pathlib import Path; from geo.corrections import add\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))\n"
        "try:\n"
        f"    add(Path(sys.argv[1]), 'status', '{ID}', {DENIED}, author='Ana', reason='x' * 4_000)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", script, root], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"StoreError {root / 'corrections.sqlite'}: cannot be written: ")
    assert done.stdout.count("\n") == 1
    assert read_corrections(root) == [made]
    again = add(root, Action.STATUS, ID, DENIED, **WHO)
    assert read_corrections(root) == [made, again]


# --- CSV ---


def test_csv_is_lossless_and_importing_twice_adds_nothing(root: Path, tmp_path: Path) -> None:
    made = add(root, Action.STATUS, ID, DENIED, author="=Ana", reason='say "x",\r\nor \n=1+1 or \r')
    add(root, Action.MOVE, ID, place_value(replace(TOWN, name="'+Izyum|a")), author="'Ana", reason="\t=cmd")
    add(root, Action.PUBLISHED, "b.txt", {"published": "2022-09-13"}, **WHO)
    add(root, Action.ALIAS, "-Name", place_value(TOWN), **WHO)
    add(root, Action.UNDO, made.correction_id, **WHO)
    text = as_csv(read_corrections(root))
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        for row in csv.reader(io.StringIO(text, newline=""))
        for cell in row
    )
    other = tmp_path / "other"
    assert import_text(other, text) == Imported(5, 0, ())
    assert read_corrections(other) == read_corrections(root)
    assert import_text(other, text) == Imported(0, 5, ())
    assert as_csv(read_corrections(other)) == text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Cn", "Co", "Zs"]),
                min_size=1,
                max_size=9,
            ),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
                str.strip
            ),
            st.sampled_from(["denied", "claimed"]),
        ),
        max_size=4,
    )
)
def test_whatever_is_said_comes_back_from_csv(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    anchor = Anchor(ID, "a.txt", "r1", "Troops took Izyum.", "gn:1", "control-change")
    made = [
        Correction(
            f"2026-01-01T00:00:00.{n:06}Z", author, reason.strip(), Action.STATUS, ID, {"status": status}, (anchor,)
        )
        for n, (author, reason, status) in enumerate(rows)
    ]
    root = tmp_path_factory.mktemp("other")
    assert import_text(root, as_csv(made)) == Imported(len(made), 0, ())
    assert read_corrections(root) == made


def test_whoever_imports_from_whom_the_result_is_the_same(tmp_path: Path) -> None:
    for name in ("ana", "ben"):
        publish_claims(tmp_path / name, [CLAIM])
    add(tmp_path / "ana", Action.STATUS, ID, DENIED, author="Ana", reason="1", made_at=MOMENT)
    add(
        tmp_path / "ben",
        Action.STATUS,
        ID,
        {"status": "claimed"},
        author="Ben",
        reason="2",
        made_at=MOMENT + timedelta(hours=1),
    )
    texts = {name: as_csv(read_corrections(tmp_path / name)) for name in ("ana", "ben")}
    import_text(tmp_path / "ana", texts["ben"])
    import_text(tmp_path / "ben", texts["ana"])
    assert read_corrections(tmp_path / "ana") == read_corrections(tmp_path / "ben")
    applied = apply_corrections([CLAIM], read_corrections(tmp_path / "ben")).claims[0]
    assert applied.status == "claimed"


def test_bad_rows_are_named_and_the_others_are_added(root: Path, tmp_path: Path) -> None:
    first = add(root, Action.STATUS, ID, DENIED, **WHO)
    add(root, Action.TYPE, ID, {"type": "strike"}, **WHO)
    add(root, Action.UNDO, first.correction_id, **WHO)
    header, one, two, three = csv.reader(io.StringIO(as_csv(read_corrections(root)), newline=""))
    rows = [
        header,
        one,
        [*two[:2], "Eve", *two[3:]],  # changed on the way
        [*two[:4], "teleport", *two[5:]],
        two[:3],
        ["", *two[1:6], '{"type": "nonsense"}', *two[7:]],
        ["", *two[1:6], "{" * 100_000, *two[7:]],
        ["", *two[1:6], "[" * 100_000, *two[7:]],
        ["", *two[1:7], '[{"claim_id": 5, "beside": []}]', two[8]],
        ["", "yesterday", *two[2:]],
        ["", *one[1:8], "f" * 16],
        [three[0][::-1], *three[1:]],
    ]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    done = import_text(tmp_path / "other", file.getvalue())
    assert (done.added, done.known) == (1, 0)
    assert [(line, reason[:40]) for line, reason in done.refused] == [
        (3, f"correction {two[0]} was changed "),
        (4, "action 'teleport' is unknown: one of mov"),
        (5, "3 cells instead of 9"),
        (6, "type 'nonsense' is unknown: one of battl"),
        (7, "its value or anchors are not what is exp"),
        (8, "its value or anchors are not what is exp"),
        (9, "its value or anchors are not what is exp"),
        (10, "made_at 'yesterday' is not a time with i"),
        (11, "an undo, and nothing else, names the cor"),
        (12, f"correction {three[0][::-1]} was changed "),
    ]
    conflicting = as_csv([first]).replace("Ana", "Eve")
    assert import_text(root, conflicting).refused == (
        (2, f"correction {first.correction_id} is here already and says something else"),
    )


def test_an_undo_without_what_it_takes_back_is_refused(root: Path, tmp_path: Path) -> None:
    first = add(root, Action.STATUS, ID, DENIED, **WHO)
    undo = add(root, Action.UNDO, first.correction_id, **WHO)
    assert import_text(tmp_path / "other", as_csv([undo])).refused == (
        (2, f"it takes back {first.correction_id!r}, which is not here"),
    )
    early = replace(undo, made_at=first.made_at)
    import_text(tmp_path / "other", as_csv([first]))
    assert import_text(tmp_path / "other", as_csv([early])).refused == (
        (2, f"it takes back {first.correction_id!r}, which was made after it"),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the columns are ''"),
        ("a,b\n", "line 1: the columns are 'a,b'"),
        (",".join(COLUMNS) + '\n"x', "line 2: unexpected end of data"),
    ],
)
def test_what_is_no_csv_of_corrections_is_refused_whole(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CorrectionError) as caught:
        import_text(tmp_path, text)
    assert str(caught.value).startswith(reason)


def test_text_that_is_not_utf_8_is_one_line(tmp_path: Path) -> None:
    file = io.TextIOWrapper(io.BytesIO((",".join(COLUMNS) + "\n").encode() + b"\xff"), encoding="utf-8", newline="")
    with pytest.raises(CorrectionError, match="not UTF-8"):
        import_corrections(tmp_path, file)


def test_ids_hash_all_that_a_row_holds() -> None:
    anchor = Anchor(ID, "a.txt", "r1", "Troops took Izyum.", "gn:1", "control-change")
    base = Correction(
        "2026-01-01T00:00:00.000000Z", "A", "r", Action.TYPE, ID, {"type": EventType.AID.value}, (anchor,)
    )
    others = [
        replace(base, made_at="2026-01-01T00:00:00.000001Z"),
        replace(base, author="B"),
        replace(base, value={"type": "strike"}),
        replace(base, anchors=(replace(anchor, text="x"),)),
    ]
    assert len({c.correction_id for c in (base, *others)}) == 5
    assert replace(base, value=json.loads(json.dumps(base.value))).correction_id == base.correction_id
