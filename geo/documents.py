"""A folder of reports → documents, each with its publication day and where that day comes from.

The day, first that answers: the manifest ``reports.csv``; a full date printed in the head; a wire dateline ("KYIV,
Sept 13 (Reuters) –") whose year other reports of the folder or the report's own dates settle; else none. It is never
today's. What cannot be read becomes one line with its reason and stops nothing. Every pattern here is linear-time.
"""

import csv
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from geo.errors import ReportError
from geo.model import Document, PublishedBasis, Unreadable
from geo.text import SentenceKind, split_sentences

__all__ = ["LARGEST_FILE", "SUFFIXES", "make_document", "read_documents", "resolve_years", "wire_day"]

LARGEST_FILE = 2_000_000  # bytes
SUFFIXES = (".txt",)
_MANIFEST = "reports.csv"
_IGNORED = {"README.md", _MANIFEST}
_MANIFEST_COLUMNS = ("file", "title", "outlet", "published", "url")
_LARGEST_MANIFEST = 50_000_000  # bytes
_HEAD = 600  # characters in which a printed date speaks of the report itself
_DATELINE_HEAD = 2_000  # a dateline may come after a headline, bullet points and a caption
_LONGEST_TITLE = 200
_NEAR = timedelta(days=31)
_BOM = b"\xef\xbb\xbf"

_WEEKDAY = r"(?i:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? )?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_FULL_DATE = re.compile(
    r"\b(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=\b|T\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<m2>{_MONTH}),? (?P<y2>\d{{4}})\b"
    rf"|(?P<m3>{_MONTH}) (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})\b)"
)
_LABEL = re.compile(
    r"\W{0,5}(?i:(?:publication |release )?(?:date|(?:first )?published|posted|issued|(?:last )?updated|last modified)"
    rf"\b(?: on| at)?)\W{{0,3}}{_WEEKDAY}"
)
# What may stand around a date that is not part of a sentence: "By Jane Doe, Kyiv, Tuesday, 13 September 2022, 14:05".
_BEFORE_DATE = re.compile(rf"\W{{0,5}}(?:(?:By )?(?:[A-ZÀ-ÞА-Я]\w{{0,20}}[ ,]{{1,2}}){{1,6}})?{_WEEKDAY}")
_AFTER_DATE = re.compile(
    r"(?:T[\d:.]{1,15})?[\s,]{0,5}(?:at )?(?:\d{1,2}[:.]\d{2}[\d:.]{0,8})?\s?(?:[ap]\.?m\.?)?\s?[A-Z]{0,5}[\W\d]*"
)
_PIECES = re.compile(r"\s*[|·•—–]\s*|\s-\s")
_WIRE_DAY = re.compile(
    r"\W{0,3}(?P<place>[^\W\d_][^\n()\d]{1,80}?),? "
    rf"(?:(?P<m>{_MONTH}) (?P<d>\d{{1,2}})|(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH}))(?:,? (?P<y>\d{{4}}))?"
    r"\.? ?(?P<agency>\([A-Z][^()\n]{1,40}\)|/[A-Z]{3,12}/)?(?: ?[-–—]|\.)"
)


def read_documents(folder: Path) -> tuple[list[Document], list[Unreadable]]:
    """Read every report under a folder, in the order of their paths, and one line for each file that is none.

    ``README.md``, ``reports.csv`` and hidden files are passed over. Links are followed to files inside the folder only.

    Raises:
        ReportError: there is no such folder, or it cannot be opened.
    """
    if not folder.is_dir():
        raise ReportError(f"{folder}: {'is not a folder' if folder.exists() else 'there is no such folder'}")
    files, unreadable = _list_files(folder)
    manifest, lines = _read_manifest(folder, {_shown(path, folder) for path in files})
    documents: list[Document] = []
    for path in files:
        name = _shown(path, folder)
        try:
            raw = _read_bytes(path, folder)
            document = make_document(name, _decode(raw), report_id=_report_id(path, folder, raw))
        except ReportError as error:
            unreadable.append(Unreadable(name, str(error)))
        else:
            documents.append(manifest[name].over(document) if name in manifest else document)
    return resolve_years(documents), sorted(unreadable, key=lambda u: u.report) + lines


def make_document(report: str, text: str, *, report_id: str = "", published: date | None = None) -> Document:
    """Return a text as a document with the title and day that its head prints; ``published`` overrides that day."""
    document = Document(report_id or _hash(report.encode("utf-8", "backslashreplace"), text.encode()), report, text)
    document = replace(document, title=_title(text))
    if published is not None:
        return replace(document, published=published, published_basis=PublishedBasis.MANIFEST)
    if printed := _printed_day(text):
        return replace(document, published=printed, published_basis=PublishedBasis.PRINTED)
    return document


def resolve_years(documents: Iterable[Document]) -> list[Document]:
    """Give undated reports with a wire dateline its day; the year is the one that dated reports nearby agree on.

    The days of the other reports are asked first, then full dates in the report itself; a day counts within 31 days
    of the dateline's. Where they disagree or there are none, the report stays undated.
    """
    documents = list(documents)
    days = {d.published for d in documents if d.published}
    return [d if d.published else _with_wire_day(d, days) for d in documents]


def wire_day(text: str) -> tuple[int | None, int, int] | None:
    """Return (year or None, month, day) of a dateline like "KYIV, Sept 13 (Reuters) –", or None without one."""
    for line in text[:_DATELINE_HEAD].splitlines():
        if (match := _WIRE_DAY.match(line)) and (match["agency"] or match["place"].split(",")[0].isupper()):
            year = int(match["y"]) if match["y"] else None
            return year, _month(match["m"] or match["m2"]), int(match["d"] or match["d2"])
    return None


def _with_wire_day(document: Document, days: Iterable[date]) -> Document:
    if not (found := wire_day(document.text)):
        return document
    year, month, day = found
    year = year or _year_near(month, day, days) or _year_near(month, day, _full_dates(document.text))
    published = _day(year, month, day) if year else None
    if published is None:
        return document
    return replace(document, published=published, published_basis=PublishedBasis.DATELINE)


def _year_near(month: int, day: int, days: Iterable[date]) -> int | None:
    """Return the one year in which month and day lie within 31 days of some of ``days``; None if none or several do."""
    years = {
        year
        for near in days
        for year in (near.year - 1, near.year, near.year + 1)
        if (candidate := _day(year, month, day)) and abs(candidate - near) <= _NEAR
    }
    return years.pop() if len(years) == 1 else None


# --- the files ---


def _list_files(folder: Path) -> tuple[list[Path], list[Unreadable]]:
    """Return the candidates in the order of their paths, and a line for each folder that is not entered."""
    files: list[Path] = []
    closed: list[Unreadable] = []

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise ReportError(f"{folder}: cannot be opened: {error.strerror}") from error
        closed.append(Unreadable(_shown(Path(error.filename), folder), f"cannot be opened: {error.strerror}"))

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [path for name in folders if (path := Path(where, name)).is_symlink()]
        closed += [Unreadable(_shown(p, folder), "is a link to a folder; such links are not followed") for p in links]
        files += [Path(where, name) for name in names if not name.startswith(".") and name not in _IGNORED]
    return sorted(files, key=lambda path: os.fsencode(path.relative_to(folder).as_posix())), closed


def _read_bytes(path: Path, folder: Path) -> bytes:
    """Return the bytes of a report, or raise ReportError with the reason why it is not to be read."""
    if path.is_symlink():
        _check_link(path, folder)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReportError("is not an ordinary file")
        if path.suffix.casefold() not in SUFFIXES:
            raise ReportError(f"is not of a kind that is read ({', '.join(SUFFIXES)})")
        if status.st_size > LARGEST_FILE:
            raise ReportError(f"is too large: {status.st_size:,} bytes, the limit is {LARGEST_FILE:,}")
        with path.open("rb") as file:
            return file.read(LARGEST_FILE)
    except OSError as error:
        raise ReportError(f"cannot be opened: {error.strerror}") from error


def _check_link(path: Path, folder: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, until Python 3.13
        raise ReportError("is a link that leads nowhere") from None
    if not target.is_relative_to(folder.resolve()):
        raise ReportError("is a link that leads out of the folder")


def _decode(raw: bytes) -> str:
    """Return the text of a file as it stands, line endings and all, without a byte order mark."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReportError("is UTF-16, not UTF-8")
    if (nul := raw.find(0)) >= 0:
        raise ReportError(f"holds a NUL byte at byte {nul:,}, so it is not text")
    skipped = len(_BOM) if raw.startswith(_BOM) else 0
    try:
        text = raw[skipped:].decode()
    except UnicodeDecodeError as error:
        raise ReportError(f"is not valid UTF-8 at byte {error.start + skipped:,}") from None
    if not text.strip():
        raise ReportError("is empty")
    return text


def _shown(path: Path, folder: Path) -> str:
    """Return the path under the folder as one printable line, whatever bytes its name holds."""
    name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _report_id(path: Path, folder: Path, raw: bytes) -> str:
    return _hash(os.fsencode(path.relative_to(folder).as_posix()), raw)


def _hash(name: bytes, content: bytes) -> str:
    return hashlib.sha256(name + b"\0" + content).hexdigest()[:16]


# --- the manifest ---


@dataclass(frozen=True, slots=True)
class _ManifestRow:
    """What the manifest says of one file; an empty cell says nothing."""

    title: str
    outlet: str
    published: date | None
    url: str

    def over(self, document: Document) -> Document:
        """Return the document with what this row says put over what was read from the text."""
        dated = self.published is not None
        return replace(
            document,
            title=self.title or document.title,
            outlet=self.outlet,
            url=self.url,
            published=self.published or document.published,
            published_basis=PublishedBasis.MANIFEST if dated else document.published_basis,
        )


def _read_manifest(folder: Path, names: set[str]) -> tuple[dict[str, _ManifestRow], list[Unreadable]]:
    """Return the rows of ``reports.csv`` by file, and a line for each broken one."""
    path = folder / _MANIFEST
    if not path.exists() and not path.is_symlink():
        return {}, []
    manifest: dict[str, _ManifestRow] = {}
    broken: list[Unreadable] = []
    try:
        if path.is_symlink():
            _check_link(path, folder)
        for line, cells in _manifest_lines(_decode_manifest(path)):
            try:
                name = cells["file"].removeprefix("./")
                if name in manifest:
                    raise ReportError(f"names {name} a second time")
                if name not in names:
                    raise ReportError(f"names {name or 'no file'}, which is not in the folder")
                manifest[name] = _manifest_row(cells)
            except ReportError as error:
                broken.append(Unreadable(f"{_MANIFEST}:{line}", str(error)))
    except ReportError as error:
        broken.append(Unreadable(_MANIFEST, str(error)))
    return manifest, broken


def _decode_manifest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_MANIFEST + 1)
    except OSError as error:
        raise ReportError(f"cannot be opened: {error.strerror}") from error
    if len(raw) > _LARGEST_MANIFEST:
        raise ReportError(f"is too large: the limit is {_LARGEST_MANIFEST:,} bytes")
    return _decode(raw)


def _manifest_lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, cells by column) of each row that is not blank."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if "file" not in header:
            raise ReportError(f"has no column 'file'; its columns are {','.join(_MANIFEST_COLUMNS)}")
        line = rows.line_num + 1
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield line, dict.fromkeys(_MANIFEST_COLUMNS, "") | _by_column(header, cells)
            line = rows.line_num + 1
    except csv.Error as error:
        raise ReportError(f"line {rows.line_num} is not CSV: {error}; what follows it is left out") from error


def _by_column(header: list[str], cells: list[str]) -> dict[str, str]:
    extra = "" if len(cells) <= len(header) else "too many cells"
    return dict(zip(header, (cell.strip() for cell in cells), strict=False)) | {"": extra}


def _manifest_row(cells: Mapping[str, str]) -> _ManifestRow:
    if cells[""]:
        raise ReportError(f"has {cells['']}")
    published = None
    if day := cells["published"]:
        match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].{0,40})?", day)
        published = _day(*map(int, match.groups())) if match else None
        if published is None:
            raise ReportError(f"published is {day[:40]!r}, not a day like 2022-09-13")
    return _ManifestRow(cells["title"], cells["outlet"], published, cells["url"])


# --- the head of a report ---


def _title(text: str) -> str:
    """Return the first line that is not site chrome, if it reads like a headline; else ''."""
    for line in text[:_DATELINE_HEAD].splitlines():
        sentences = split_sentences(line)
        if not sentences or all(s.kind is SentenceKind.BOILERPLATE for s in sentences):
            continue
        title = line.strip()
        headline = len(title) <= _LONGEST_TITLE and not title.endswith((".", ":")) and " " in title
        return title if headline and not _WIRE_DAY.match(line) and not _printed_day(title) else ""
    return ""


def _printed_day(text: str) -> date | None:
    """Return the day that the head prints as its own: labelled, or on a line with at most a place, name or time.

    A full date inside a sentence says when something happened, not when the report came out.
    """
    pieces = [piece for line in text[:_HEAD].splitlines() for piece in _PIECES.split(line)]
    for is_own in (_is_labelled, _is_alone):
        for piece in pieces:
            match = _FULL_DATE.search(piece)
            if match and is_own(piece, match) and (day := _match_day(match)):
                return day
    return None


def _is_labelled(piece: str, match: re.Match[str]) -> bool:
    return bool(_LABEL.fullmatch(piece, 0, match.start()))


def _is_alone(piece: str, match: re.Match[str]) -> bool:
    before = match.start() == 0 or _BEFORE_DATE.fullmatch(piece, 0, match.start())
    return bool(before and _AFTER_DATE.fullmatch(piece, match.end()))


def _full_dates(text: str) -> list[date]:
    return [day for match in _FULL_DATE.finditer(text) if (day := _match_day(match))]


def _match_day(match: re.Match[str]) -> date | None:
    year = match["y"] or match["y2"] or match["y3"]
    month = match["m"] or match["m2"] or match["m3"]
    day = match["d"] or match["d2"] or match["d3"]
    return _day(int(year), int(month) if month.isdigit() else _month(month), int(day))


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
