"""Files of many reports: JSON lines, CSV and Parquet, read some records at a time whatever the size of the file.

A record is ``{"id" or "report_id", "text", "title", "outlet", "published", "url"}``; only the text is needed.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from geo.errors import ReportError
from geo.files import LARGEST_REPORT
from geo.heads import written_day

__all__ = [
    "COLUMNS",
    "BadRecord",
    "Record",
    "json_lines",
    "parse_object",
    "read_csv",
    "read_json_lines",
    "read_parquet",
]

COLUMNS = ("id", "title", "outlet", "published", "url", "text")
_EXPORTED = {"claim_id", "event_id"}  # which claims read from reports have, so that they are not taken for reports
_LONGEST_ID = 200  # characters
_LONGEST_LINE = 30_000_000  # bytes; a report of the largest size with every character escaped fits
_LONGEST_ROW = 8_000_000  # bytes; a report of the largest size with every character a doubled quote fits
_ROWS = 500  # of Parquet at a time
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Record:
    """One report of many: ``line`` (from 1) is where it starts, ``id`` its own or ''."""

    line: int
    id: str
    text: str
    title: str
    outlet: str
    published: date | None
    url: str


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A line that holds no report that can be read, and why."""

    line: int
    reason: str


def read_json_lines(file: IO[bytes]) -> Iterator[Record | BadRecord]:
    """Yield the records of a JSON lines file in their order, blank lines passed over.

    Raises:
        ReportError: the file as a whole cannot be read.
    """
    for number, line in json_lines(file):
        if number == 1 and line.startswith(_UTF_16):
            raise ReportError("is UTF-16, not UTF-8")
        try:
            yield _record(number, parse_object(line))
        except ReportError as error:
            yield BadRecord(number, str(error))


def read_csv(file: IO[bytes]) -> Iterator[Record | BadRecord]:
    """Yield the records of a CSV file with a header, in their order, blank rows passed over.

    Raises:
        ReportError: the file as a whole, or what is left of it, cannot be read.
    """
    lines = _RowLines(file)
    rows = csv.reader(lines, strict=True)
    with _long_cells():
        header = _header(rows)
        while True:
            lines.begin_row()
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:  # the reader goes on with the next line
                yield BadRecord(lines.first, f"is not CSV: {_plain(error)}")
                continue
            if any(cell.strip() for cell in cells):
                yield _csv_record(lines.first, header, cells)


# --- Parquet ---


def read_parquet(file: IO[bytes]) -> Iterator[Record | BadRecord]:
    """Yield the records of a Parquet file, numbered by row from 1; days may be dates or words.

    Raises:
        ReportError: the file as a whole cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(file)
        names = _checked(opened.schema_arrow.names)
        number = 0
        for part in opened.iter_batches(_ROWS, columns=[name for name in (*COLUMNS, "report_id") if name in names]):
            for row in part.to_pylist():
                number += 1
                yield _parquet_record(number, row)
    except (pa.ArrowException, OSError) as error:
        raise ReportError(f"is not Parquet: {str(error).splitlines()[0]}") from error


def _parquet_record(number: int, row: Mapping[str, Any]) -> Record | BadRecord:
    day = row.get("published")
    try:
        return _record(number, {**row, "published": day.isoformat()[:10] if isinstance(day, date) else day})
    except ReportError as error:
        return BadRecord(number, str(error))


# --- JSON lines ---


def json_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines that are not blank; one that is too long comes cut, and so is refused later."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE)
        if line.strip():
            yield number, line


def parse_object(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line.

    Raises:
        ReportError: there is none, and why.
    """
    if len(line) == _LONGEST_LINE:
        raise ReportError(f"the line is too long: the limit is {_LONGEST_LINE:,} bytes")
    try:
        record = json.loads(line.removeprefix(_BOM).decode())
    except UnicodeDecodeError as error:
        raise ReportError(f"is not valid UTF-8 at byte {error.start:,} of the line") from None
    except (ValueError, RecursionError) as error:
        raise ReportError(f"is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ReportError("is not a JSON object")
    return record


# --- CSV ---


class _RowLines:
    """The lines of a file for a CSV reader: of a row no more than the longest is held, and its first line known."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._number = 0
        self._held = 0
        self.first = 1

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._held += len(line)
        if self._held > _LONGEST_ROW:
            too_long = f"is too long: the limit is {_LONGEST_ROW:,} bytes; what follows is left out"
            raise ReportError(f"the row at line {self.first} {too_long}")
        if self._number == 1:
            if line.startswith(_UTF_16):
                raise ReportError("is UTF-16, not UTF-8")
            line = line.removeprefix(_BOM)
        return line.decode("utf-8", "surrogateescape")

    def begin_row(self) -> None:
        """Note that a row begins at the next line."""
        self.first = self._number + 1
        self._held = 0


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be as long as a report; the limit of the standard library is one for the whole process."""
    before = csv.field_size_limit(_LONGEST_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        names = [name.strip().casefold() for name in next(rows, [])]
    except csv.Error as error:
        raise ReportError(f"is not CSV: {_plain(error)}") from error
    return _checked(names)


def _checked(names: list[str]) -> list[str]:
    """Return the columns of a table of reports.

    Raises:
        ReportError: they are no such table's.
    """
    if not _EXPORTED.isdisjoint(names):
        raise ReportError("is a table that was exported, not reports")
    if "text" not in names:
        raise ReportError(f"has no column 'text'; a file of reports has the columns {','.join(COLUMNS)}")
    if repeated := [name for name in COLUMNS if names.count(name) > 1]:
        raise ReportError(f"has the column {repeated[0]!r} twice")
    return names


def _plain(error: csv.Error) -> str:
    """Return what is wrong, without the advice to programmers."""
    return str(error).partition(" - ")[0]


def _csv_record(line: int, header: Sequence[str], cells: Sequence[str]) -> Record | BadRecord:
    try:
        if len(cells) > len(header):
            raise ReportError("has too many cells")
        return _record(line, dict(zip(header, cells, strict=False)))
    except ReportError as error:
        return BadRecord(line, str(error))


# --- records ---


def _record(line: int, fields: Mapping[str, Any]) -> Record:
    return Record(
        line,
        _id(fields),
        _text(fields),
        _words(fields, "title"),
        _words(fields, "outlet"),
        _published(fields),
        _words(fields, "url"),
    )


def _id(fields: Mapping[str, Any]) -> str:
    given = next((fields[name] for name in ("id", "report_id") if fields.get(name) not in (None, "")), "")
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise ReportError("the id is no string or whole number")
    id_ = _encodable("id", str(given)).strip()
    if len(id_) > _LONGEST_ID:
        raise ReportError(f"the id is too long: the limit is {_LONGEST_ID} characters")
    return id_


def _text(fields: Mapping[str, Any]) -> str:
    text = fields.get("text")
    if not isinstance(text, str):
        raise ReportError("has no text that is a string")
    if not text.strip():
        raise ReportError("the text is empty")
    if (size := len(_encodable("text", text).encode())) > LARGEST_REPORT:
        raise ReportError(f"the text is too large: {size:,} bytes, the limit is {LARGEST_REPORT:,}")
    return text


def _words(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ReportError(f"the {name} is no string")
    return _encodable(name, value).strip()


def _published(fields: Mapping[str, Any]) -> date | None:
    words = _words(fields, "published")
    published = written_day(words)
    if words and published is None:
        raise ReportError(f"published is {words[:40]!r}, not a day like 2022-09-13")
    return published


def _encodable(name: str, words: str) -> str:
    """Return the words if they can be stored as UTF-8 text; a byte of another encoding stands as half a surrogate."""
    if (nul := words.find("\0")) >= 0:
        raise ReportError(f"the {name} holds a NUL at character {nul:,}, so it is not text")
    try:
        words.encode()
    except UnicodeEncodeError as error:
        escaped = "\udc80" <= words[error.start] <= "\udcff"
        what = "is not valid UTF-8" if escaped else "holds half a surrogate pair"
        raise ReportError(f"the {name} {what} at character {error.start:,}") from None
    return words
