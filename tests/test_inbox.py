"""Reports brought along: names of anybody's making, files that are whole or not there, nothing lost."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.documents import SUFFIXES, read_documents
from geo.errors import ReportError
from geo.inbox import add_file, add_text, is_inbox, new_inbox, safe_name
from geo.model import PublishedBasis


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return new_inbox(tmp_path, "Kharkiv")


def put(folder: Path, name: str, content: bytes = b"Some words") -> str:
    return add_file(folder, name, io.BytesIO(content)).name


def zip_of(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.txt", "report.txt"),
        ("Ізюм, 10 вересня.HTML", "Ізюм, 10 вересня.HTML"),
        ("../../etc/passwd.txt", "etc-passwd.txt"),
        ("/etc/passwd", "etc-passwd"),
        ("C:\\Users\\me\\a.txt", "C_-Users-me-a.txt"),
        (".hidden.txt", "hidden.txt"),
        ("..", "other"),
        (".txt", "txt"),
        (" . ", "other"),
        ("", "other"),
        ("con.txt", "_con.txt"),
        ("a\0b\n c\u202etxt.exe", "ab ctxt.exe"),
        ("id#1?.csv", "id_1_.csv"),
        ("e\u0301.txt", "é.txt"),
        ("Dr. No arrives", "Dr. No arrives"),
        ("я" * 300 + ".jsonl", "я" * 60 + ".jsonl"),
    ],
)
def test_a_name_becomes_one_part_of_a_path(name: str, expected: str) -> None:
    assert safe_name(name, "other") == expected


@given(some.text())
def test_no_name_leads_out_hides_or_is_too_long(name: str) -> None:
    safe = safe_name(name, "other")
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*#')
    assert safe[0] not in ". "
    assert 0 < len(safe.encode()) <= 130
    assert safe_name(safe, "other") == safe


def test_projects_of_one_name_are_two(tmp_path: Path, inbox: Path) -> None:
    (inbox / "a.txt").write_text("x")
    again = new_inbox(tmp_path, "Kharkiv")
    assert (inbox.name, again.name, new_inbox(tmp_path, "").name) == ("Kharkiv", "Kharkiv (2)", "Reports")
    assert list(again.iterdir()) == []
    assert is_inbox(tmp_path, again)
    assert not is_inbox(tmp_path, tmp_path)
    assert not is_inbox(tmp_path, again / "deeper")


def test_files_of_one_name_are_all_kept(inbox: Path) -> None:
    assert [put(inbox, "a.txt", f"Words {n}".encode()) for n in range(3)] == ["a.txt", "a (2).txt", "a (3).txt"]
    assert sorted(path.read_text() for path in inbox.iterdir()) == ["Words 0", "Words 1", "Words 2"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"x", "is not of a kind that is read"),
        ("txt", b"x", "is not of a kind that is read"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b"a\0", "holds a NUL byte"),
        ("a.txt", b"x" * 2_000_001, "is too large: 2,000,001 bytes, the limit is 2,000,000"),
        ("a.html", b"x" * 2_000_001, "is too large"),
        ("a.zip", b"no zip", "is no zip archive that can be read"),
        ("a.zip", zip_of(README_md=b"x"), "holds no report"),
        ("a.zip", zip_of(big_txt=b"0" * 50_000_000), "big.txt unpacks to over 200 times its size"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(inbox: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(ReportError, match=reason) as caught:
        put(inbox, name, content)
    assert str(caught.value).isprintable()
    assert list(inbox.iterdir()) == []


def test_an_archive_with_something_to_read_is_kept(inbox: Path) -> None:
    put(inbox, "a.zip", zip_of(big_txt=b"0" * 50_000_000, good_txt=b"Some words"))
    documents, unreadable = read_documents(inbox)
    assert [d.report for d in documents] == ["a.zip/good.txt"]
    assert len(unreadable) == 1


def test_a_text_is_a_report_with_what_is_said_of_it(inbox: Path) -> None:
    said = {"title": '=Town, "taken"\nat last\0', "outlet": "Газета", "url": "https://example.org/?a=1,2"}
    path = add_text(inbox, "Words\r\nof a report\n", published=date(2022, 9, 13), **said)
    assert path.name == "=Town, _taken_ at last.txt"
    add_text(inbox, "\n  First line of it\nMore")
    add_text(inbox, "Words", title='=Town, "taken"\nat last', outlet="Another")
    documents, unreadable = read_documents(inbox)
    assert unreadable == []
    first, numbered, plain = sorted(documents, key=lambda d: ("First" in d.report, "(2)" in d.report))
    assert (first.title, first.outlet, first.url) == ('=Town, "taken" at last', said["outlet"], said["url"])
    assert (first.published, first.published_basis) == (date(2022, 9, 13), PublishedBasis.MANIFEST)
    assert first.text == "Words\r\nof a report\n"
    assert (numbered.report, numbered.outlet) == ("=Town, _taken_ at last (2).txt", "Another")
    assert (plain.report, plain.outlet, plain.published) == ("First line of it.txt", "", None)


def test_rows_are_added_to_a_list_that_was_brought_along(inbox: Path) -> None:
    assert put(inbox, "Reports.CSV", b"\xef\xbb\xbfoutlet,file\r\nThe Paper,a.txt\r\n") == "reports.csv"
    put(inbox, "a.txt")
    add_text(inbox, "Words", title="B", outlet="Another", url="u")
    documents, unreadable = read_documents(inbox)
    assert unreadable == []
    assert [(d.title, d.outlet, d.url) for d in documents] == [("B", "Another", "u"), ("Some words", "The Paper", "")]
    with pytest.raises(ReportError, match="there is one already, which stays"):
        put(inbox, "reports.csv", b"file\na.txt\n")


@pytest.mark.parametrize("content", [b"name\na.txt\n", b'file\n"a.txt\n', b"\xff\xfe"])
def test_a_list_that_cannot_be_added_to_stays_and_the_text_is_not_taken(inbox: Path, content: bytes) -> None:
    (inbox / "reports.csv").write_bytes(content)
    with pytest.raises(ReportError, match=r"reports\.csv: cannot be added to: "):
        add_text(inbox, "Words", title="B")
    assert [path.name for path in inbox.iterdir()] == ["reports.csv"]
    assert (inbox / "reports.csv").read_bytes() == content


def test_every_kind_that_is_read_may_be_brought(inbox: Path) -> None:
    for suffix in SUFFIXES:
        content = zip_of(a_txt=b"Words") if suffix == ".zip" else b"Words"
        assert put(inbox, f"a{suffix}", content) == f"a{suffix}"
