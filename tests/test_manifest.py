"""What ``reports.csv`` says of the reports beside it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from geo import manifest
from geo.documents import read_documents
from geo.model import PublishedBasis
from tests.folders import read_one, reasons, write_manifest, write_zip


def test_the_manifest_overrides_what_the_report_prints(reports: Path) -> None:
    (reports / "a.txt").write_text("Army takes town\n2022-09-13\nText.")
    write_manifest(reports, 'a.txt,"Town, taken",The Paper,2022-09-10,https://example.org/a')
    document = read_one(reports)
    assert (document.title, document.outlet, document.url) == ("Town, taken", "The Paper", "https://example.org/a")
    assert (document.published, document.published_basis) == (date(2022, 9, 10), PublishedBasis.MANIFEST)


def test_an_empty_cell_of_the_manifest_says_nothing(reports: Path) -> None:
    (reports / "a.txt").write_text("Army takes town\n2022-09-13\nText.")
    write_manifest(reports, "a.txt,,The Paper,,")
    document = read_one(reports)
    assert (document.title, document.published_basis) == ("Army takes town", PublishedBasis.PRINTED)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b.txt,,,,", "names b.txt, which is not in the folder"),
        (",title,,,", "names no file, which is not in the folder"),
        ("a.txt,,,13 Sept,", "published is '13 Sept', not a day like 2022-09-13"),
        ("a.txt,,,2022-02-30,", "published is '2022-02-30', not a day like 2022-09-13"),
        ("a.txt,,,,,more", "has too many cells"),
        ("c.txt,,,,", "names c.txt a second time"),
    ],
)
def test_a_broken_manifest_row_is_one_line_and_the_rest_counts(reports: Path, row: str, reason: str) -> None:
    (reports / "a.txt").write_text("Text.")
    (reports / "c.txt").write_text("Text.")
    write_manifest(reports, "c.txt,,Paper,2022-09-10T08:00,", "", row)
    found, unreadable = read_documents(reports)
    assert [d.outlet for d in found] == ["", "Paper"]
    assert [(u.report, u.reason) for u in unreadable] == [("reports.csv:4", reason)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,day\n", "has no column 'file'; its columns are file,title,outlet,published,url"),
        (b"file\n\xff\n", "is not valid UTF-8 at byte 5"),
        (b'file\n"a.txt\n', "line 2 is not CSV: unexpected end of data; what follows it is left out"),
    ],
)
def test_a_broken_manifest_stops_nothing(reports: Path, content: bytes, reason: str) -> None:
    (reports / "a.txt").write_text("Text.")
    (reports / "reports.csv").write_bytes(content)
    found, unreadable = read_documents(reports)
    assert len(found) == 1
    assert [(u.report, u.reason) for u in unreadable] == [("reports.csv", reason)]


def test_the_manifest_takes_every_cell_as_text(reports: Path) -> None:
    (reports / "a.txt").write_text("Text.")
    cells = ["a.txt", "{{7*7}}", "<img onerror=x>", "", "=1+1"]
    with (reports / "reports.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "title", "outlet", "published", "url"), cells])
    document = read_one(reports)
    assert [document.title, document.outlet, document.url] == [cells[1], cells[2], cells[4]]


def test_a_row_may_speak_of_one_record_or_of_all_in_a_file(reports: Path) -> None:
    (reports / "a.jsonl").write_text('{"id": "x", "text": "One."}\n{"text": "Two.", "outlet": "Wire"}\n')
    write_manifest(reports, "a.jsonl#x,A title,,,", "a.jsonl,,The Paper,2022-09-10,")
    found = read_documents(reports)[0]
    assert [(d.title, d.outlet, d.published) for d in found] == [
        ("A title", "", None),
        ("", "The Paper", date(2022, 9, 10)),
    ]
    assert reasons(reports) == {}


def test_an_archive_has_a_manifest_of_its_own_under_that_of_the_folder(reports: Path) -> None:
    rows = "file,outlet,published\ninner/a.txt,Inner,2022-09-10\nb.txt,Inner,\nc.txt,,\n"
    write_zip(reports / "z.zip", {"b.txt": "B.", "inner/a.txt": "A.", "reports.csv": rows, "inner/reports.csv": rows})
    write_zip(reports / "y.zip", {"c.jsonl": '{"text": "C."}\n{"id": "a#b", "text": "D."}', "d.txt": "D."})
    write_manifest(reports, "z.zip/b.txt,,Outer,,", "y.zip/c.jsonl,,All of C,,", "y.zip,,All of Y,,")
    assert [(d.report, d.outlet, d.published) for d in read_documents(reports)[0]] == [
        ("y.zip/c.jsonl#1", "All of C", None),
        ("y.zip/c.jsonl#a#b", "All of C", None),
        ("y.zip/d.txt", "All of Y", None),
        ("z.zip/b.txt", "Outer", None),
        ("z.zip/inner/a.txt", "Inner", date(2022, 9, 10)),
    ]
    assert reasons(reports) == {"z.zip/reports.csv:4": "names c.txt, which is not in the folder"}


def test_a_manifest_that_is_too_large_stops_nothing(reports: Path) -> None:
    (reports / "a.txt").write_text("Text.")
    with (reports / "reports.csv").open("wb") as file:
        file.truncate(50_000_001)
    assert len(read_documents(reports)[0]) == 1
    assert reasons(reports) == {"reports.csv": "is too large: the limit is 50,000,000 bytes"}


def test_public_names_exist() -> None:
    assert all(hasattr(manifest, name) for name in manifest.__all__)
