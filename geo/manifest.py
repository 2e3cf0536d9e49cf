"""``reports.csv``: what a user says of the reports beside it; it overrides what the reports say themselves."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from geo.errors import ReportError
from geo.files import MANIFEST, Source, decode, shown
from geo.heads import written_day
from geo.model import Document, PublishedBasis, Unreadable

__all__ = ["Manifest", "is_manifest", "names_of", "read_manifest"]

_COLUMNS = ("file", "title", "outlet", "published", "url")
_LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class _Row:
    """What the manifest says of one file; an empty cell says nothing. ``line`` is where it stands."""

    line: int
    title: str
    outlet: str
    published: date | None
    url: str

    def over(self, document: Document) -> Document:
        """Return the document with what this row says put over what was read from the file."""
        dated = self.published is not None
        return replace(
            document,
            title=self.title or document.title,
            outlet=self.outlet or document.outlet,
            url=self.url or document.url,
            published=self.published or document.published,
            published_basis=PublishedBasis.MANIFEST if dated else document.published_basis,
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says of the reports beside it; an empty one says nothing.

    ``root`` stands before the names of those reports: '' or the archive and a slash. ``rows`` go by the names under it;
    ``broken`` are (line, reason), line 0 being the file as a whole.
    """

    root: str = ""
    rows: Mapping[str, _Row] = field(default_factory=dict)
    broken: tuple[tuple[int, str], ...] = ()

    def over(self, document: Document, file: str) -> Document:
        """Return the document with the row of it, or else of its ``file`` or that around it, put over it."""
        rows = (self.rows.get(name.removeprefix(self.root)) for name in (*names_of(document.report), file))
        row = next(filter(None, rows), None)
        return row.over(document) if row else document

    def complaints(self, names: Collection[str]) -> list[Unreadable]:
        """Return a line for each broken row and each that speaks of none of ``names``, in their order."""
        strangers = [
            (row.line, f"names {shown(name) or 'no file'}, which is not in the folder")
            for name, row in self.rows.items()
            if not name or self.root + name not in names
        ]
        return [
            Unreadable(f"{self.root}{MANIFEST}{f':{line}' if line else ''}", reason)
            for line, reason in sorted([*self.broken, *strangers])
        ]


def names_of(report: str) -> list[str]:
    """Return the names by which a row may speak of a report: its own and that of its file, an id being after a #."""
    return [report, *(report[:at] for at, char in enumerate(report) if char == "#")]


def is_manifest(source: Source) -> bool:
    """Tell whether a file is a manifest: in folders under the root its name is passed over."""
    return source.name.rpartition("/")[2] == MANIFEST


def read_manifest(source: Source) -> Manifest:
    """Read a manifest; what cannot be read of it stops nothing."""
    rows: dict[str, _Row] = {}
    broken: list[tuple[int, str]] = []
    try:
        for line, cells in _lines(_text(source)):
            try:
                name = cells["file"].removeprefix("./")
                if name in rows:
                    raise ReportError(f"names {shown(name) or 'no file'} a second time")
                rows[name] = _row(line, cells)
            except ReportError as error:
                broken.append((line, str(error)))
    except ReportError as error:
        broken.append((0, str(error)))
    return Manifest(source.name.removesuffix(MANIFEST), rows, tuple(broken))


def _text(source: Source) -> str:
    if source.size > _LARGEST:
        raise ReportError(f"is too large: the limit is {_LARGEST:,} bytes")
    try:
        with source.open() as file:
            return decode(file.read(_LARGEST))
    except OSError as error:
        raise ReportError(f"cannot be opened: {error.strerror}") from error


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, cells by column) of each row that is not blank."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if "file" not in header:
            raise ReportError(f"has no column 'file'; its columns are {','.join(_COLUMNS)}")
        line = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield line, dict.fromkeys(_COLUMNS, "") | _by_column(header, cells)
            line = rows.line_num + 1
    except csv.Error as error:
        raise ReportError(f"line {rows.line_num} is not CSV: {error}; what follows it is left out") from error


def _by_column(header: list[str], cells: list[str]) -> dict[str, str]:
    extra = "" if len(cells) <= len(header) else "too many cells"
    return dict(zip(header, (cell.strip() for cell in cells), strict=False)) | {"": extra}


def _row(line: int, cells: Mapping[str, str]) -> _Row:
    if cells[""]:
        raise ReportError(f"has {cells['']}")
    published = written_day(cells["published"])
    if cells["published"] and published is None:
        raise ReportError(f"published is {cells['published'][:40]!r}, not a day like 2022-09-13")
    return _Row(line, cells["title"], cells["outlet"], published, cells["url"])
