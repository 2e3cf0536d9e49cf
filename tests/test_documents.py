import csv
import os
import random
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import documents
from geo.documents import make_document, read_documents, resolve_years, wire_day
from geo.errors import ReportError
from geo.model import Document, PublishedBasis


def read_one(folder: Path) -> Document:
    [document], unreadable = read_documents(folder)
    assert unreadable == []
    return document


def reasons(folder: Path) -> dict[str, str]:
    return {item.report: item.reason for item in read_documents(folder)[1]}


def write_manifest(folder: Path, *rows: str) -> None:
    (folder / "reports.csv").write_text("\n".join(("file,title,outlet,published,url", *rows)) + "\n")


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
    assert reasons(reports) == {"photo.bin": "is not of a kind that is read (.txt, .html, .htm, .jsonl, .csv, .zip)"}
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
    (reports / "a.txt").write_text("A report.")
    for name, target in {
        "in.txt": "a.txt",
        "out.txt": "../secret.txt",
        "broken.txt": "nothing",
        "loop.txt": "loop.txt",
        "folder": "../elsewhere",
    }.items():
        (reports / name).symlink_to(target)
    assert [d.report for d in read_documents(reports)[0]] == ["a.txt", "in.txt"]
    assert reasons(reports) == {
        "broken.txt": "is a link that leads nowhere",
        "folder": "is a link to a folder; such links are not followed",
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


# --- titles ---


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Army takes town\n\nThe army said so.", "Army takes town"),
        ("\n\n  Army takes town  \n\nText.", "Army takes town"),
        ("Accessibility links\n\nBreaking News\n\nArmy takes town\n\nText.", "Army takes town"),
        ("The army took the town.\n\nMore.", ""),
        ("word " * 50, ""),
        ("KYIV, Sept 13 (Reuters) – Army takes town", ""),
        ("Tuesday, 13 September 2022\nText", ""),
        ("Word\n\nText", ""),
    ],
)
def test_a_title_is_the_first_line_that_reads_like_a_headline(text: str, title: str) -> None:
    assert make_document("a", text).title == title


# --- publication days ---


@pytest.mark.parametrize(
    "head",
    [
        " date 2022-09-13 The army vowed",
        "Army takes town\nPublished: 2022-09-13T10:00:00Z\n\nText",
        "Army takes town\nPublished on 13 September 2022\nText",
        "Tuesday, 13 September 2022\nText",
        "By Jane Doe, September 13, 2022\nText",
        "By Jane Doe | Sept. 13, 2022 14:05 GMT\nText",
        "Kyiv, 13 September 2022 - The army vowed",
        "First published Tue, 13 Sep 2022, 2:05 pm BST\nText",
        "12 September 2022\nPublished: 13 September 2022",
    ],
)
def test_a_printed_day_is_read(head: str) -> None:
    document = make_document("a", head)
    assert (document.published, document.published_basis) == (date(2022, 9, 13), PublishedBasis.PRINTED)


@pytest.mark.parametrize(
    "head",
    [
        "On 24 February 2022 Russia invaded.",
        "A photo taken February 24, 2022",
        "FILE: A woman. Taken 4.2.2022",
        "Since the invasion of 24 February 2022, nothing has moved.",
        "The massacre of February 24, 2022",
        "Published: 2022-13-45",
        "x" * 600 + "\n13 September 2022\n",
        "No date at all",
    ],
)
def test_a_day_that_is_not_the_reports_own_is_left(head: str) -> None:
    document = make_document("a", head)
    assert (document.published, document.published_basis) == (None, PublishedBasis.NONE)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ON THE ROAD TO BALAKLIIA, Ukraine, Sept 13 (Reuters) – Text", (None, 9, 13)),
        ("KYIV, Sept. 13 (AP) — Text", (None, 9, 13)),
        ("Kyiv, 13 September (AFP) - Text", (None, 9, 13)),
        ("MOSCOW, September 13. /TASS/. Text", (None, 9, 13)),
        ("KYIV, Sept 13, 2022 (Reuters) – Text", (2022, 9, 13)),
        ("Headline\n\n• point\n\nKYIV, Sept 13 (Reuters) – Text", (None, 9, 13)),
        ("Kyiv in May 3 - Text", None),
        ("He said, on May 12 - a day", None),
        ("He met her in Kyiv, Sept 13 was the day", None),
    ],
)
def test_a_wire_dateline_is_read(line: str, found: tuple[int | None, int, int] | None) -> None:
    assert wire_day(line) == found


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


# --- the manifest ---


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


# --- hostile sizes ---


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
