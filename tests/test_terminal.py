"""What commands read and print; tables and bars are tested with the commands, in test_main."""

from pathlib import Path

import pytest

from geo.errors import ReportError
from geo.terminal import complain, count, open_input, open_output, printable, show, write


@pytest.mark.parametrize(("n", "words"), [(0, "0 rows"), (1, "1 row"), (1234, "1,234 rows")])
def test_counts_are_in_words(n: int, words: str) -> None:
    assert count(n, "row") == words


@pytest.mark.parametrize(
    ("text", "shown"), [("Ізюм", "Ізюм"), ("a\x1b[2Jb", "a\N{REPLACEMENT CHARACTER}[2Jb"), ("{{7*7}}", "{{7*7}}")]
)
def test_what_a_terminal_would_obey_is_not_printed(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_columns_are_aligned_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    show(("a", "b"), [["long", "x"], ["s", "\x07"]])
    assert capsys.readouterr().out.splitlines() == ["a     b", "long  x", "s     \N{REPLACEMENT CHARACTER}"]
    show(("a", "b"), [])
    assert capsys.readouterr().out == ""


def test_lines_for_a_person_are_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    write("out\n")
    complain("line")
    assert capsys.readouterr() == ("out\n", "line\n")


def test_files_are_written_as_they_are(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as file:
        file.write("é\r\n\n\ud800")
    assert (tmp_path / "out").read_bytes() == "é\r\n\n\\ud800".encode()


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("text")
    with (
        pytest.raises(ReportError, match="is the input; it would be lost"),
        open_output(tmp_path / "in", str(tmp_path / "in")),
    ):
        pass
    with open_input(str(tmp_path / "in")) as file:
        assert file.read() == b"text"
    with pytest.raises(ReportError, match="cannot be opened: No such file"):
        open_input(str(tmp_path / "missing"))
