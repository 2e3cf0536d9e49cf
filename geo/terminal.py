"""What the commands read and print: tables, lines for a person, files as they are, how far something is."""

import io
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TextIO

import typer

from geo.errors import ReportError

if TYPE_CHECKING:
    from geo.build import Progress

__all__ = [
    "complain",
    "count",
    "end_with_input",
    "open_input",
    "open_output",
    "open_whole",
    "printable",
    "progress_bar",
    "progress_lines",
    "show",
    "write",
]


def show(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: ruled on a terminal, aligned words in a pipe; nothing without rows."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if cells and sys.stdout.isatty():
        _show_ruled(columns, cells)
    elif cells:
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for row in (columns, *cells):
            write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _show_ruled(columns: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table as Ruled
    from rich.text import Text

    ruled = Ruled(*columns)
    for row in cells:
        ruled.add_row(*map(Text, row))  # not as markup: names come from files
    Console(file=sys.stdout).print(ruled)


def printable(cell: str) -> str:
    """Return a text with a mark in the place of what a terminal would obey instead of print."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in cell)


def write(text: str) -> None:
    """Write to standard output, as UTF-8 with line ends as they are."""
    with open_output(None) as out:
        out.write(text)


@contextmanager
def progress_bar() -> Iterator["Progress | None"]:
    """Show a bar on a terminal; in a pipe stay quiet."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)
        yield lambda share, text: bar.update(task, completed=share, description=text)


@contextmanager
def progress_lines() -> Iterator["Progress"]:
    """Print each step on standard output as a line of JSON: ``{"share": 0.3, "stage": "…"}``."""

    def tell(share: float, text: str) -> None:
        print(json.dumps({"share": round(share, 4), "stage": text}), flush=True)

    yield tell


def end_with_input() -> None:
    """End this process, and those that it has started, when standard input ends: whoever started it is gone."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 1024):  # not sys.stdin, whose lock would hang the interpreter's end
                pass
        if os.name != "nt" and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def count(n: int, noun: str) -> str:
    """Return "1 report", "2 reports"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def complain(line: str) -> None:
    """Say a line on standard error."""
    typer.echo(line, err=True)


def open_input(source: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file, or standard input for ``-``.

    Raises:
        ReportError: it cannot be opened.
    """
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise ReportError(f"{source}: cannot be opened: {error.strerror}") from error


@contextmanager
def open_output(target: Path | None, source: str = "-") -> Iterator[TextIO]:
    """Open a file or standard output as UTF-8 with line ends as written; half characters become JSON escapes.

    Raises:
        ReportError: it cannot be written, or is the input.
    """
    as_written: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
    if target is None:
        wrapper = io.TextIOWrapper(sys.stdout.buffer, **as_written)
        try:
            yield wrapper
        finally:
            wrapper.detach()
        return
    try:
        if source != "-" and target.exists() and target.samefile(source):
            raise ReportError(f"{target}: is the input; it would be lost")
        file = target.open("w", **as_written)
    except OSError as error:
        raise ReportError(f"{target}: cannot be written: {error.strerror}") from error
    with file:
        yield file


@contextmanager
def open_whole(target: Path | None) -> Iterator[BinaryIO]:
    """Open a file for bytes that is there whole or not at all: it takes its name when the block has ended well.

    What is no file of its own (standard output, a pipe, a device) is written as it comes.

    Raises:
        ReportError: it cannot be written; what had that name before is as it was.
    """
    if target is None:
        yield sys.stdout.buffer
        return
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
        else:
            with _draft(target.resolve()) as file:  # a link stays, what it points to is replaced
                yield file
    except OSError as error:
        raise ReportError(f"{target}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _draft(target: Path) -> Iterator[BinaryIO]:
    """Open a file beside the target that replaces it, with its permissions, at the end of the block."""
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}.draft")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
