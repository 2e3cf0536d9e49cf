"""Reports brought along: folders of Dateline's own for files and texts that have no folder yet.

A project's folder is ``<data>/inbox/<name>/``. What somebody else named becomes a safe name of one part; what has a
name already is never replaced, the newcomer gets a number. A file appears whole or not at all.
"""

import csv
import io
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from posixpath import splitext
from typing import BinaryIO, TypeVar

from geo.archives import open_members
from geo.documents import SUFFIXES
from geo.errors import ReportError, StoreError
from geo.files import LARGEST_REPORT, MANIFEST, Source, decode
from geo.store import first_line, locked

__all__ = ["add_file", "add_text", "is_inbox", "new_inbox", "safe_name"]

_INBOX = "inbox"
_LONGEST = 120  # bytes of a name, without its suffix and number; file systems allow 255
_COLUMNS = ("file", "title", "outlet", "published", "url")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*#]')  # Windows forbids them; a # parts a file's name from a report's id

T = TypeVar("T")


def new_inbox(data: Path, name: str) -> Path:
    """Make an empty folder for a new project and return it; a name that is taken gets a number.

    Raises:
        StoreError: it cannot be made.
    """
    root = data / _INBOX
    try:
        root.mkdir(parents=True, exist_ok=True)
        return _first_free(root / safe_name(name, "Reports"), _made)
    except OSError as error:
        raise StoreError(f"{root}: cannot be written: {first_line(error)}") from error


def is_inbox(data: Path, folder: Path) -> bool:
    """Tell whether a folder is one of ``new_inbox``, into which reports may be put."""
    return folder.resolve().parent == (data / _INBOX).resolve()


def add_file(folder: Path, name: str, content: BinaryIO) -> Path:
    """Put a file into a folder of ``new_inbox`` and return where it is.

    ``reports.csv`` is what it is in any folder, the list of what is said of the reports beside it.

    Raises:
        ReportError: nothing in it can be read, and why; the folder is as it was.
        StoreError: it cannot be written.
    """
    wanted = MANIFEST if name.casefold() == MANIFEST else safe_name(name, "report")
    if not wanted.casefold().endswith(SUFFIXES):
        raise ReportError(f"is not of a kind that is read ({', '.join(SUFFIXES)})")
    with _draft(folder, content) as draft:
        _check(Source(wanted, wanted.encode(), draft.stat().st_size, lambda: draft.open("rb")))
        if wanted == MANIFEST:
            return _put_manifest(folder, draft)
        return _put(draft, folder / wanted)


def add_text(
    folder: Path, text: str, *, title: str = "", outlet: str = "", published: date | None = None, url: str = ""
) -> Path:
    """Put a text into a folder of ``new_inbox`` as a file, named by its title, and what is said of it into the list.

    Raises:
        ReportError: the text cannot be read, or the list beside it; the folder is as it was.
        StoreError: it cannot be written.
    """
    cells = {"title": title, "outlet": outlet, "url": url}
    said = {name: _line(cell) for name, cell in cells.items()} | {
        "published": published.isoformat() if published else ""
    }
    first = next(filter(None, map(_line, text.splitlines())), "")
    path = add_file(
        folder, f"{safe_name(said['title'] or first, 'report')}.txt", io.BytesIO(text.encode("utf-8", "replace"))
    )
    if any(said.values()):
        try:
            _add_row(folder, {"file": path.name} | said)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def safe_name(name: str, fallback: str) -> str:
    """Return a name as one part of a path, on every system, that is neither hidden nor too long.

    ``fallback`` is used where nothing is left of it.
    """
    line = re.sub(r"[/\\]", "-", _line(unicodedata.normalize("NFC", name)))
    stem, suffix = splitext(_NOT_IN_NAMES.sub("_", line).lstrip(" .-").rstrip(" ."))
    if suffix.casefold() not in SUFFIXES:  # a dot in a title parts nothing
        stem, suffix = stem + suffix, ""
    stem = stem.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore").rstrip(" .") or fallback
    return f"{'_' if _RESERVED.match(stem) else ''}{stem}{suffix}"


def _line(text: str) -> str:
    """Return a text as one line of what can be printed, without what turns its direction."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


# --- files ---


@contextmanager
def _draft(folder: Path, content: BinaryIO) -> Iterator[Path]:
    """Write a hidden file, which no build reads, and delete it at the end where it was not renamed."""
    draft = folder / f".{os.urandom(8).hex()}.draft"
    try:
        with draft.open("xb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {first_line(error)}") from error
    finally:
        draft.unlink(missing_ok=True)


def _check(source: Source) -> None:
    """Raise ReportError for a file of which nothing could be read; what else is wrong is told by the build."""
    if not source.size:
        raise ReportError("is empty")
    if source.suffix == ".zip":
        _check_archive(source)
    elif source.suffix not in (".jsonl", ".csv"):
        if source.size > LARGEST_REPORT:
            raise ReportError(f"is too large: {source.size:,} bytes, the limit is {LARGEST_REPORT:,}")
        if source.suffix == ".txt":
            with source.open() as file:
                decode(file.read())


def _check_archive(source: Source) -> None:
    reason = "holds no report"
    for member in open_members(source):
        if isinstance(member, Source):
            return
        reason = f"nothing in it can be read: {member.report.removeprefix(f'{source.name}/')} {member.reason}"
    raise ReportError(reason)


def _put(draft: Path, wanted: Path) -> Path:
    return _first_free(wanted, lambda path: draft.replace(_reserved(path)))


def _reserved(path: Path) -> Path:
    path.open("xb").close()
    return path


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _first_free(wanted: Path, make: Callable[[Path], T]) -> T:
    """Return what is made at a path, or at the first with a number that is not taken."""
    stem, suffix = splitext(wanted.name) if wanted.name.casefold().endswith(SUFFIXES) else (wanted.name, "")
    for n in count(2):
        try:
            return make(wanted)
        except FileExistsError:
            wanted = wanted.with_name(f"{stem} ({n}){suffix}")
    raise AssertionError("numbers do not end")


# --- what is said of the reports ---


def _put_manifest(folder: Path, draft: Path) -> Path:
    with locked(folder.parent):
        try:
            return draft.replace(_reserved(folder / MANIFEST))
        except FileExistsError:
            raise ReportError("there is one already, which stays; put these rows into it") from None


def _add_row(folder: Path, row: Mapping[str, str]) -> None:
    path = folder / MANIFEST
    with locked(folder.parent):
        header, *rows = _rows(path)
        columns = [*header, *(name for name in _COLUMNS if name not in header)]
        written = io.StringIO()
        lines = (columns, *rows, [row.get(name, "") for name in columns])
        csv.writer(written, lineterminator="\n").writerows(lines)
        with _draft(folder, io.BytesIO(written.getvalue().encode())) as draft:
            draft.replace(path)


def _rows(path: Path) -> list[list[str]]:
    """Return the header and the rows of the list, the usual header where there is no list yet."""
    try:
        rows = list(csv.reader(io.StringIO(decode(path.read_bytes()), newline=""), strict=True))
    except FileNotFoundError:
        return [list(_COLUMNS)]
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {first_line(error)}") from error
    except (csv.Error, ReportError) as error:
        raise ReportError(f"{MANIFEST}: cannot be added to: {error}") from error
    header = [name.strip() for name in rows[0]]
    if "file" not in header:
        raise ReportError(f"{MANIFEST}: cannot be added to: it has no column 'file'")
    return [header, *rows[1:]]
