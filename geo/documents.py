"""A folder of reports → documents, each with its publication day and where that day comes from.

Reports are text files, web pages, lines of JSON lines, rows of CSV and Parquet, and all of these in zip archives. The
day, first that answers: the manifest ``reports.csv``; the metadata of the page or record; a full date printed in the
head; a wire dateline ("KYIV, Sept 13 (Reuters) –") whose year other reports of the folder or the report's own dates
settle; else none. It is never today's. What cannot be read becomes one line with its reason and stops nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

from geo.archives import open_members
from geo.errors import ReportError
from geo.files import LARGEST_REPORT, MANIFEST, Source, decode, list_files, open_file, shown, shown_path
from geo.heads import calendar_day, find_title, full_dates, printed_day, wire_day
from geo.manifest import Manifest, is_manifest, names_of, read_manifest
from geo.model import Document, PublishedBasis, Unreadable
from geo.records import BadRecord, Record, read_csv, read_json_lines, read_parquet
from geo.webpages import Webpage, WebpageReader

__all__ = ["SAME_NAME", "SUFFIXES", "fingerprint", "make_document", "read_documents", "read_files", "resolve_years"]

_PAGES = (".html", ".htm")
_RECORDS = {".jsonl": read_json_lines, ".csv": read_csv, ".parquet": read_parquet}
_ARCHIVE = ".zip"
SUFFIXES = (".txt", *_PAGES, *_RECORDS, _ARCHIVE)
_NEAR = timedelta(days=31)
SAME_NAME = "has the name of another report, which is read"


def read_documents(folder: Path) -> tuple[list[Document], list[Unreadable]]:
    """Read every report under a folder, in the order of their files, and one line for each that is none.

    ``README.md``, ``reports.csv`` and hidden files are passed over. Links are followed to files inside the folder only.

    Raises:
        ReportError: there is no such folder, or it cannot be opened.
    """
    paths, unreadable = list_files(folder)
    documents: dict[str, Document] = {}
    for item in read_files(_open_files(paths, folder)):
        if isinstance(item, Unreadable):
            unreadable.append(item)
        elif item.report in documents:
            unreadable.append(Unreadable(item.report, SAME_NAME))
        else:
            documents[item.report] = item
    return resolve_years(documents.values()), unreadable


def read_files(
    files: Iterable[Source | Unreadable], manifest: Manifest | None = None
) -> Iterator[Document | Unreadable]:
    """Yield the reports of files, changed as a manifest says: the one that is given, or comes first among them."""
    with WebpageReader() as pages:
        yield from _read_all(files, pages, manifest)


def fingerprint(folder: Path) -> str:
    """Return a hash of all that reading a folder depends on, which takes a fraction of the time.

    Raises:
        ReportError: there is no such folder, or it cannot be opened.
    """
    paths, closed = list_files(folder)
    digest = hashlib.sha256(repr(closed).encode())
    for item in _open_files(paths, folder):
        digest.update(repr(item if isinstance(item, Unreadable) else (item.key, _file_hash(item))).encode())
    return digest.hexdigest()


def _file_hash(source: Source) -> str:
    if source.suffix not in SUFFIXES:
        return ""
    try:
        with source.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be opened: {error.strerror}"


def make_document(report: str, text: str, *, report_id: str = "", published: date | None = None) -> Document:
    """Return a text as a document with the title and day that its head prints; ``published`` overrides that day."""
    document = Document(report_id or _hash(report.encode("utf-8", "backslashreplace"), text.encode()), report, text)
    document = replace(document, title=find_title(text))
    if published is not None:
        return replace(document, published=published, published_basis=PublishedBasis.MANIFEST)
    if printed := printed_day(text):
        return replace(document, published=printed, published_basis=PublishedBasis.PRINTED)
    return document


def resolve_years(documents: Iterable[Document], days: Iterable[date] | None = None) -> list[Document]:
    """Give undated reports with a wire dateline its day; the year is the one that dated reports nearby agree on.

    The days of the other reports are asked first, then full dates in the report itself; a day counts within 31 days
    of the dateline's. Where they disagree or there are none, the report stays undated. ``days`` are those of all
    reports where ``documents`` are but some of them.
    """
    documents = list(documents)
    known = {d.published for d in documents if d.published} if days is None else frozenset(days)
    return [d if d.published else _with_wire_day(d, known) for d in documents]


def _with_wire_day(document: Document, days: Iterable[date]) -> Document:
    if not (found := wire_day(document.text)):
        return document
    year, month, day = found
    year = year or _year_near(month, day, days) or _year_near(month, day, full_dates(document.text))
    published = calendar_day(year, month, day) if year else None
    if published is None:
        return document
    return replace(document, published=published, published_basis=PublishedBasis.DATELINE)


def _year_near(month: int, day: int, days: Iterable[date]) -> int | None:
    """Return the one year in which month and day lie within 31 days of some of ``days``; None if none or several do."""
    years = {
        year
        for near in days
        for year in (near.year - 1, near.year, near.year + 1)
        if (candidate := calendar_day(year, month, day)) and abs(candidate - near) <= _NEAR
    }
    return years.pop() if len(years) == 1 else None


# --- files and archives ---


def _open_files(paths: Iterable[Path], folder: Path) -> Iterator[Source | Unreadable]:
    """Yield the files of a folder that may be opened, the manifest first, and a line for each that may not."""
    manifest = folder / MANIFEST
    for path in chain([manifest] if manifest.is_file() or manifest.is_symlink() else [], paths):
        try:
            yield open_file(path, folder)
        except ReportError as error:
            yield Unreadable(shown_path(path, folder), str(error))


def _read_all(
    files: Iterable[Source | Unreadable], pages: WebpageReader, given: Manifest | None = None
) -> Iterator[Document | Unreadable]:
    """Yield the reports of files, changed as a manifest says that comes before them or is given.

    Complaints of a manifest are left to those who gave it.
    """
    manifest, names = given or Manifest(), set[str]()
    for item in files:
        if isinstance(item, Unreadable):
            names.add(item.report)
            yield item
        elif is_manifest(item):
            manifest = read_manifest(item)
        else:
            names.add(item.name)
            for found in _read_file(item, pages):
                names.update(names_of(found.report))
                yield manifest.over(found, item.name) if isinstance(found, Document) else found
    yield from manifest.complaints(names) if manifest is not given else ()


def _read_file(source: Source, pages: WebpageReader) -> Iterator[Document | Unreadable]:
    """Yield the reports of one file and a line for what is none in it."""
    try:
        if source.suffix == _ARCHIVE:
            yield from _read_all(map(_unless_archive, open_members(source)), pages)
        elif source.suffix in _RECORDS:
            yield from _read_records(source)
        else:
            yield _read_report(source, pages)
    except ReportError as error:
        yield Unreadable(source.name, str(error))
    except OSError as error:
        yield Unreadable(source.name, f"cannot be opened: {error.strerror}")


def _unless_archive(member: Source | Unreadable) -> Source | Unreadable:
    if isinstance(member, Source) and member.suffix == _ARCHIVE:
        return Unreadable(member.name, "is an archive in an archive, which is not opened")
    return member


# --- one report or many in a file ---


def _read_report(source: Source, pages: WebpageReader) -> Document:
    if source.suffix not in SUFFIXES:
        raise ReportError(f"is not of a kind that is read ({', '.join(SUFFIXES)})")
    if source.size > LARGEST_REPORT:
        raise ReportError(f"is too large: {source.size:,} bytes, the limit is {LARGEST_REPORT:,}")
    with source.open() as file:
        raw = file.read(LARGEST_REPORT)
    id_ = _hash(source.key, raw)
    if source.suffix in _PAGES:
        return _page_document(source.name, id_, pages.read(raw))
    return make_document(source.name, decode(raw), report_id=id_)


def _page_document(name: str, id_: str, page: Webpage) -> Document:
    if (size := len(page.text.encode())) > LARGEST_REPORT:
        raise ReportError(f"the text is too large: {size:,} bytes, the limit is {LARGEST_REPORT:,}")
    document = make_document(name, page.text, report_id=id_)
    document = replace(document, title=page.title or document.title, outlet=page.outlet, url=page.url)
    if page.published:
        return replace(document, published=page.published, published_basis=PublishedBasis.METADATA)
    if page.printed and not document.published:
        return replace(document, published=page.printed, published_basis=PublishedBasis.PRINTED)
    return document


def _read_records(source: Source) -> Iterator[Document | Unreadable]:
    """Yield the reports of a file of many; each is named by its id, or its line without one."""
    lines: dict[str, int] = {}
    with source.open() as file:
        for record in _RECORDS[source.suffix](file):
            where = f"{source.name}:{record.line}"
            if isinstance(record, BadRecord):
                yield Unreadable(where, record.reason)
                continue
            name = f"{source.name}#{shown(record.id) or record.line}"
            if name in lines:
                yield Unreadable(where, f"has the name {name} of the report at line {lines[name]}")
                continue
            lines[name] = record.line
            yield _record_document(name, source.key, record)


def _record_document(name: str, key: bytes, record: Record) -> Document:
    content = record.text.encode()
    id_ = _hash(key + b"\0#" + (record.id or str(record.line)).encode(), content)
    document = make_document(name, record.text, report_id=id_)
    document = replace(document, title=record.title or document.title, outlet=record.outlet, url=record.url)
    if record.published:
        return replace(document, published=record.published, published_basis=PublishedBasis.METADATA)
    return document


def _hash(name: bytes, content: bytes) -> str:
    return hashlib.sha256(name + b"\0" + content).hexdigest()[:16]
