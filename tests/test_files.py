"""File names and bytes; folders and links are read in ``test_documents``."""

import pytest

from geo import files
from geo.errors import ReportError
from geo.files import decode, is_passed_over, shown


@pytest.mark.parametrize(
    ("path", "passed_over"),
    [
        ("a.txt", False),
        ("a/b.txt", False),
        ("a.b/c.txt", False),
        (".a.txt", True),
        ("a/.b/c.txt", True),
        ("README.md", True),
        ("a/reports.csv", True),
        ("reports.csv.txt", False),
    ],
)
def test_hidden_files_and_those_that_are_no_reports_are_passed_over(path: str, passed_over: bool) -> None:
    assert is_passed_over(path) is passed_over


@pytest.mark.parametrize(
    ("name", "line"), [("Ізюм.txt", "Ізюм.txt"), ("a\n\x1b[31m", "a\\n\\x1b[31m"), ("\u202etxt.exe", "\\u202etxt.exe")]
)
def test_a_name_is_shown_on_one_line(name: str, line: str) -> None:
    assert shown(name) == line


def test_text_is_decoded_as_it_stands() -> None:
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa\r\nb\r") == "\ufeffa\r\nb\r"
    with pytest.raises(ReportError, match="is not valid UTF-8 at byte 0"):
        decode(b"\xe9")


def test_public_names_exist() -> None:
    assert all(hasattr(files, name) for name in files.__all__)
