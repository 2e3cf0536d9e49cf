"""Folders of reports of every kind, read into documents."""

import json
import os
import random
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import documents
from geo.documents import fingerprint, make_document, read_documents, resolve_years
from geo.errors import ReportError
from geo.model import Document, PublishedBasis
from tests.folders import page, read_one, reasons, write_zip

# --- files ---


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"abc\0def", "holds a NUL byte at byte 3, so it is not text"),
        (b"caf\xe9", "is not valid UTF-8 at byte 3"),
        (b"\xef\xbb\xbfcaf\xe9", "is not valid UTF-8 at byte 6"),
        (b"\xff\xfeh\0i\0", "is UTF-16, not UTF-8"),
        (b"a" * 2_000_001, "is too large: 2,000,001 bytes, the limit is 2,000,000"),
    ],
)
def test_a_broken_file_is_one_line_and_the_rest_is_read(reports: Path, content: bytes, reason: str) -> None:
    (reports / "bad.txt").write_bytes(content)
    (reports / "good.txt").write_text("A good report.")
    found, unreadable = read_documents(reports)
    assert [d.report for d in found] == ["good.txt"]
    assert [(u.report, u.reason) for u in unreadable] == [("bad.txt", reason)]


def test_a_file_at_the_limit_is_read(reports: Path) -> None:
    (reports / "a.txt").write_bytes(b"word " * 400_000)
    assert len(read_one(reports).text) == 2_000_000


def test_other_kinds_of_file_are_named(reports: Path) -> None:
    (reports / "photo.bin").write_bytes(b"\0\1\2")
    (reports / "NOTES.TXT").write_text("Read whatever the case of its suffix.")
    assert reasons(reports) == {
        "photo.bin": "is not of a kind that is read (.txt, .html, .htm, .jsonl, .csv, .parquet, .zip)"
    }
    assert [d.report for d in read_documents(reports)[0]] == ["NOTES.TXT"]


def test_readme_manifest_and_hidden_files_are_passed_over(reports: Path) -> None:
    for name in ("README.md", ".hidden.txt", "reports.csv", ".git/a.txt"):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text("file\n")
    assert read_documents(reports) == ([], [])


def test_files_come_in_the_order_of_their_paths(reports: Path) -> None:
    names = ["b.txt", "a/z.txt", "a.txt", "Ä.txt", "B.txt", "a-1.txt"]
    for name in random.Random(1).sample(names, len(names)):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text("text")
    assert [d.report for d in read_documents(reports)[0]] == sorted(names, key=str.encode)


def test_links_are_followed_inside_the_folder_only(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "elsewhere").mkdir()
    (reports / "real").mkdir()
    (reports / "real" / "b.txt").write_text("Another.")
    (reports / "a.txt").write_text("A report.")
    for name, target in {
        "in.txt": "a.txt",
        "out.txt": "../secret.txt",
        "broken.txt": "nothing",
        "loop.txt": "loop.txt",
        "folder": "../elsewhere",
        "inside": "real",
        "round": ".",
        "real/up": "..",
        "real/in.txt": "../a.txt",
    }.items():
        (reports / name).symlink_to(target)
    assert [d.report for d in read_documents(reports)[0]] == ["a.txt", "in.txt", "real/b.txt", "real/in.txt"]
    followed = "is a link to a folder; such links are not followed"
    assert reasons(reports) == {
        "broken.txt": "is a link that leads nowhere",
        "folder": followed,
        "inside": followed,
        "real/up": followed,
        "round": followed,
        "loop.txt": "is a link that leads nowhere",
        "out.txt": "is a link that leads out of the folder",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_not_opened(reports: Path) -> None:
    os.mkfifo(reports / "pipe.txt")
    assert reasons(reports) == {"pipe.txt": "is not an ordinary file"}


def test_a_file_that_may_not_be_opened(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (reports / "a.txt").write_text("text")

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert reasons(reports) == {"a.txt": "cannot be opened: Permission denied"}


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("text")
    with pytest.raises(ReportError, match=name):
        read_documents(tmp_path / name)


def test_hostile_names_are_shown_on_one_line(reports: Path) -> None:
    for name in (b"{{7*7}}<img onerror=x>.txt", b"\xff.txt", b"a\n\x1b[31m.txt"):
        Path(os.fsdecode(os.fsencode(reports) + b"/" + name)).write_text("text")
    names = [d.report for d in read_documents(reports)[0]]
    assert names == ["a\\n\\x1b[31m.txt", "{{7*7}}<img onerror=x>.txt", "\\xff.txt"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip))
def test_offsets_point_into_the_file_as_decoded(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("offsets")
    (folder / "a.txt").write_bytes(text.encode())
    found = read_documents(folder)[0]
    assert [d.text for d in found] == [text.removeprefix("\ufeff")] or not text.removeprefix("\ufeff").strip()


def test_a_report_id_depends_on_path_and_content_only(reports: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for folder in (reports, other):
        (folder / "a.txt").write_text("text")
    first = read_one(reports).report_id
    assert len(first) == 16
    assert read_one(other).report_id == first
    (reports / "a.txt").rename(reports / "b.txt")
    assert read_one(reports).report_id != first


# --- every kind of file ---


def test_each_kind_of_file_is_read_and_named(reports: Path) -> None:
    rows = 'id,text,outlet\n7,"Rebels took Goma, he said.",Wire\n,Shells fell.,\n'
    lines = '{"id": "x", "text": "Rebels took Goma."}\n{"text": "Shells fell."}\n'
    inside = {"b.HTM": page(), "in/c.jsonl": lines, "in/d.csv": rows, "a.txt": "Text."}
    files = {"a.html": page(), "b.jsonl": lines, "c.csv": rows}
    for name, content in files.items():
        (reports / name).write_text(content)
    write_zip(reports / "d.zip", inside)
    found, unreadable = read_documents(reports)
    assert unreadable == []
    assert [d.report for d in found] == [
        "a.html",
        "b.jsonl#x",
        "b.jsonl#2",
        "c.csv#7",
        "c.csv#3",
        "d.zip/a.txt",
        "d.zip/b.HTM",
        "d.zip/in/c.jsonl#x",
        "d.zip/in/c.jsonl#2",
        "d.zip/in/d.csv#7",
        "d.zip/in/d.csv#3",
    ]
    assert len({d.report_id for d in found}) == len(found)
    assert found[0].text == found[6].text


def test_a_page_brings_its_title_outlet_address_and_day(reports: Path) -> None:
    (reports / "a.html").write_text(
        page('<meta property="article:published_time" content="2022-09-13T23:00:00+02:00">')
    )
    document = read_one(reports)
    assert (document.title, document.outlet) == ("Army takes town", "The Paper")
    assert document.url == "https://example.org/news/a"
    assert (document.published, document.published_basis) == (date(2022, 9, 13), PublishedBasis.METADATA)
    assert [line[:8] for line in document.text.splitlines()] == ["Army tak", "The army", "It had b"]
    assert "{{7*7}}" in document.text
    assert "never" not in document.text


@pytest.mark.parametrize(
    ("head", "byline", "published", "basis"),
    [
        ("", "<p class=byline>By Jane Doe, 13 September 2022</p>", date(2022, 9, 13), PublishedBasis.PRINTED),
        (
            "",
            "<p>KYIV, 13 September 2022 (Reuters) – The army is there.</p>",
            date(2022, 9, 13),
            PublishedBasis.DATELINE,
        ),
        ("", "<p>The war began on 24 February 2022, as all know who live there.</p>", None, PublishedBasis.NONE),
    ],
)
def test_a_page_without_metadata_has_the_day_that_it_prints_or_none(
    reports: Path, head: str, byline: str, published: date | None, basis: PublishedBasis
) -> None:
    (reports / "a.html").write_text(page(head, byline))
    document = read_one(reports)
    assert (document.published, document.published_basis) == (published, basis)


def test_a_record_brings_its_day(reports: Path) -> None:
    (reports / "a.jsonl").write_text(
        '{"text": "Published: 2022-09-10\\nText.", "published": "2022-09-13", "title": "T"}'
    )
    document = read_one(reports)
    assert (document.published, document.published_basis) == (date(2022, 9, 13), PublishedBasis.METADATA)
    assert (document.title, document.text) == ("T", "Published: 2022-09-10\nText.")


def test_a_report_whose_name_is_taken_is_refused(reports: Path) -> None:
    lines = [{"id": "x", "text": "A."}, {"id": "3", "text": "B."}, {"text": "C."}, {"id": "x", "text": "D."}]
    (reports / "a.jsonl").write_text("\n".join(map(json.dumps, [*lines, {"id": "y.txt", "text": "E."}])))
    (reports / "a.jsonl#y.txt").write_text("F.")
    assert [d.text for d in read_documents(reports)[0]] == ["A.", "B.", "E."]
    assert reasons(reports) == {
        "a.jsonl#y.txt": "has the name of another report, which is read",
        "a.jsonl:3": "has the name a.jsonl#3 of the report at line 2",
        "a.jsonl:4": "has the name a.jsonl#x of the report at line 1",
    }


def test_reordered_and_added_lines_change_no_id_of_those_that_carry_one(reports: Path) -> None:
    lines = [json.dumps({"id": n, "text": f"Report {n}."}) for n in range(5)]

    def ids(lines: Sequence[str]) -> dict[str, str]:
        (reports / "a.jsonl").write_text("\n".join(lines))
        return {d.report: d.report_id for d in read_documents(reports)[0]}

    before = ids(lines)
    assert len(set(before.values())) == 5
    assert ids([*reversed(lines), json.dumps({"id": "new", "text": "x"})]).items() > before.items()
    assert ids([lines[0].replace("Report", "report")])["a.jsonl#0"] != before["a.jsonl#0"]


def test_hostile_ids_are_shown_on_one_line(reports: Path) -> None:
    (reports / "a.jsonl").write_text('{"id": "a\\n\\u001b[31m{{7*7}}", "text": "Text."}')
    assert read_one(reports).report == "a.jsonl#a\\n\\x1b[31m{{7*7}}"


def test_an_archive_in_an_archive_and_other_kinds_in_it_are_named(reports: Path) -> None:
    write_zip(
        reports / "z.zip", {"a/in.zip": b"PK", "photo.bin": b"\0", "b.txt": "Text.", "large.txt": b"ab" * 1_000_001}
    )
    assert [d.report for d in read_documents(reports)[0]] == ["z.zip/b.txt"]
    assert reasons(reports) == {
        "z.zip/a/in.zip": "is an archive in an archive, which is not opened",
        "z.zip/photo.bin": "is not of a kind that is read (.txt, .html, .htm, .jsonl, .csv, .parquet, .zip)",
        "z.zip/large.txt": "unpacks to over 200 times its size, which no report does",
    }


def test_a_file_of_reports_may_be_larger_than_a_report(reports: Path) -> None:
    line = json.dumps({"text": "word " * 300_000})
    (reports / "a.jsonl").write_text("\n".join([line] * 3 + [json.dumps({"text": "x" * 2_000_001})]))
    assert len(read_documents(reports)[0]) == 3
    assert reasons(reports) == {"a.jsonl:4": "the text is too large: 2,000,001 bytes, the limit is 2,000,000"}


def test_the_worker_for_pages_is_started_for_pages_only(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (reports / "a.txt").write_text("Text.")
    (reports / "b.jsonl").write_text('{"text": "Text."}')
    monkeypatch.setattr("geo.webpages.subprocess.Popen", None)
    assert len(read_documents(reports)[0]) == 2


def test_the_same_folder_gives_the_same_documents(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (reports / "a.html").write_text(page(byline="<time datetime=2022-09-13>13 September 2022</time>"))
    write_zip(reports / "z.zip", {"b.html": page(), "a.jsonl": '{"text": "One."}'})
    first = read_documents(reports)
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Lima", "2")):
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        assert read_documents(reports) == first


def test_a_fingerprint_changes_with_what_is_read_and_with_nothing_else(reports: Path) -> None:
    seen: set[str] = set()

    def is_new() -> bool:
        before = len(seen)
        seen.add(fingerprint(reports))
        return len(seen) > before

    assert is_new()
    for name, content in (
        ("a.txt", "A."),
        ("a.txt", "B."),
        ("reports.csv", "file\n"),
        ("b/a.txt", "B."),
        ("x.bin", ""),
    ):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text(content)
        assert is_new()
        assert not is_new()
    (reports / "link.txt").symlink_to("nowhere")
    assert is_new()
    (reports / "folder").symlink_to("b")
    assert is_new()
    (reports / "x.bin").write_text("not read, whatever it holds")
    (reports / ".hidden.txt").write_text("A.")
    os.utime(reports / "a.txt", (0, 0))
    assert not is_new()
    (reports / "a.txt").rename(reports / "c.txt")
    assert is_new()


# --- publication days ---


def dateline(report: str, tail: str = "") -> Document:
    return make_document(report, f"KYIV, Sept 13 (Reuters) – Text. {tail}")


@pytest.mark.parametrize(
    ("others", "tail", "expected"),
    [
        ([date(2022, 9, 13)], "", date(2022, 9, 13)),
        ([date(2022, 9, 2), date(2022, 10, 1)], "", date(2022, 9, 13)),
        ([date(2023, 1, 2)], "", None),
        ([date(2021, 9, 13), date(2022, 9, 13)], "", None),
        ([date(2021, 9, 13), date(2022, 9, 13)], "On September 10, 2022 they came.", date(2022, 9, 13)),
        ([], "On 10 September 2022 they came.", date(2022, 9, 13)),
        ([], "It was annexed in 2014.", None),
        ([], "It began on February 24, 2022.", None),
        ([], "", None),
    ],
)
def test_a_datelines_year_comes_from_context_and_never_from_today(
    others: list[date], tail: str, expected: date | None
) -> None:
    found = resolve_years([dateline("a", tail), *(make_document(str(d), "Text", published=d) for d in others)])[0]
    assert found.published == expected
    assert found.published_basis == (PublishedBasis.DATELINE if expected else PublishedBasis.NONE)


def test_an_impossible_dateline_is_left() -> None:
    text = "PARIS, Feb 30 (Reuters) - Text. On 1 March 2022 it ended."
    assert resolve_years([make_document("a", text)])[0].published is None


def test_the_shipped_reports() -> None:
    from geo.resources import resource

    found = {d.report[:3]: (d.published, d.published_basis) for d in read_documents(resource("seeds"))[0]}
    assert found == {
        "000": (date(2022, 9, 13), PublishedBasis.PRINTED),
        "001": (None, PublishedBasis.NONE),
        "002": (date(2022, 9, 13), PublishedBasis.DATELINE),
        "003": (None, PublishedBasis.NONE),
        "004": (date(2022, 9, 10), PublishedBasis.MANIFEST),
    }


# --- hostile sizes ---


@pytest.mark.timed
@pytest.mark.parametrize(
    "text",
    ["2022-09-13 " * 180_000, "KYIV, Sept 13 (" * 130_000, "\n" * 1_999_999 + "x", "A" * 2_000_000, "A, " * 600_000],
)
def test_two_megabytes_of_anything_take_no_time(text: str) -> None:
    began = time.perf_counter()
    resolve_years([make_document("a", text)])
    assert time.perf_counter() - began < 2


def test_public_names_exist() -> None:
    assert all(hasattr(documents, name) for name in documents.__all__)
