"""What commands read and print; tables and bars are tested with the commands, in test_main."""

import os
import threading
from pathlib import Path

import pytest

from geo.errors import ReportError
from geo.terminal import complain, count, open_input, open_output, open_whole, printable, show, write


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


def test_a_whole_file_is_there_at_the_end_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"old")
    target.chmod(0o640)
    with open_whole(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out"]  # noqa: PTH208 - hidden ones too


def write_half(target: Path, error: Exception) -> None:
    with open_whole(target) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (OSError(28, "No space left on device"), ReportError, "out: cannot be written: No space left on device"),
        (KeyError("a name"), KeyError, "a name"),
    ],
)
def test_what_breaks_off_leaves_the_file_as_it_was(
    error: Exception, raised: type[Exception], reason: str, tmp_path: Path
) -> None:
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(raised, match=reason):
        write_half(tmp_path / "out", error)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with open_whole(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_pipe_is_written_as_it_comes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    with open_whole(tmp_path / "pipe") as file:
        file.write(b"new")
    reader.join()
    assert read == [b"new"]
    assert (tmp_path / "pipe").is_fifo()
