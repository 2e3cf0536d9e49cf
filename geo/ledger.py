"""What earlier builds have read, kept so that only what has changed is read again.

``<data>/<project>/ledger.sqlite`` holds answers by a hash of all that decides them: what was read in a report by the
report as it was read, the code, the gazetteer, the model and the analysts' aliases; what is compared of a report by its
text; the lineage of a story by its members. It may be deleted at any time: what it lacks, or holds damaged, is worked
out again, to the same bytes. Answers are JSON of the frozen types' fields, never pickles, so that a ledger can run no
code.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from sys import intern
from types import GenericAlias, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from geo.lineage import Trace, trace_story
from geo.links import KnownLinks
from geo.model import Document, Extract, Story
from geo.shingles import Print, fingerprint

__all__ = ["Ledger", "open_ledger", "pack", "unpack"]

_FILE = "ledger.sqlite"
_WAIT_SECONDS = 60
_STAY = 3  # builds for which an answer stays unused; as many generations stay
_LEVEL = 1  # of compression; higher ones take three times as long for a tenth less
_FLUSH = 500  # answers between two commits, so that a build that is killed goes on from there
_MOST_PAIRS = 20_000_000  # of reports that were compared, 320 MB in one row; SQLite takes 1 GB
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, content BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS used (key BLOB PRIMARY KEY, build INTEGER NOT NULL) WITHOUT ROWID;
"""
_DROP = """
    DELETE FROM kept WHERE key NOT IN (SELECT key FROM used WHERE build > :oldest);
    DELETE FROM used WHERE build <= :oldest;
"""

Key = bytes


class Ledger:
    """The answers of one project; ``error`` says in one line why nothing is kept, or ''.

    ``is_damaged`` tells that the file is at fault, not a full disk or who locks it. Where the file cannot be used, a
    temporary one takes its place, empty, which this build alone has: no build fails for its ledger.
    """

    def __init__(self, database: sqlite3.Connection | None, code: str, reading: str, error: str = "") -> None:
        """Keep answers of this ``code``, and readings of what else ``reading`` names; None keeps them temporarily."""
        self.error = error
        self.is_damaged = False
        self._database = _temporary() if database is None else database
        self._code, self._reading = code, reading
        self._new: dict[Key, bytes] = {}
        self._used: set[Key] = set()

    # --- what is kept ---

    def has(self, document: Document, *, failed: bool = True) -> bool:
        """Tell whether it is kept what was read in a report as it is now, or that it could not be read (``failed``)."""
        found = self._find(self._reading_key(document))
        if found is None or failed:
            return found is not None
        kept = _unpack_extract(document, found)
        return kept is not None and not kept.error

    def find(self, document: Document) -> Extract | None:
        """Return what was read in a report as it is now."""
        found = self._find(self._reading_key(document))
        return None if found is None else _unpack_extract(document, found)

    def keep(self, extract: Extract) -> None:
        """Keep what was read in a report."""
        self._keep(self._reading_key(extract.document), _pack_extract(extract))

    def print_of(self, document: Document) -> Print:
        """Return what is compared of a report, as ``fingerprint`` does."""
        key = _key("print", self._code, document.text)
        found = self._find(key)
        kept = None if found is None else _unpack_print(document, found)
        if kept is None:
            kept = fingerprint(document)
            self._keep(key, _pack_print(kept))
        return kept

    def known_links(self) -> KnownLinks:
        """Return what the last build found of pairs of reports."""
        found = self._find(_key("links", self._code))
        return (None if found is None else _unpack_links(found)) or KnownLinks()

    def keep_links(self, known: KnownLinks) -> None:
        """Keep what this build has found of pairs of reports, in place of what was kept."""
        if len(known.keys) <= _MOST_PAIRS:
            self._keep(_key("links", self._code), _pack_links(known))

    def trace_of(self, story: Story, members: Sequence[Document]) -> Trace:
        """Return the lineage of a story, as ``trace_story`` does."""
        parts = [(d.report_id, d.report, d.published, d.text) for d in members]
        told = (story.origin, story.canonical_id, sorted(story.scores.items()), sorted(story.credits.items()))
        key = _key("trace", self._code, told, parts)
        found = self._find(key)
        kept = None if found is None else unpack(found, Trace)
        if kept is None:
            kept = trace_story(story, members)
            self._keep(key, pack(kept, Trace))
        return kept

    def _reading_key(self, document: Document) -> Key:
        return _key("reading", self._code, self._reading, document)

    # --- the file ---

    def _find(self, key: Key) -> bytes | None:
        self._used.add(key)
        if key in self._new:
            return self._new[key]
        try:
            row = self._database.execute("SELECT content FROM kept WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return row[0] if row and isinstance(row[0], bytes) else None

    def _keep(self, key: Key, content: bytes) -> None:
        self._used.add(key)
        self._new[key] = content
        if len(self._new) >= _FLUSH:
            self.flush()

    def flush(self) -> None:
        """Put what is new on the disk."""
        if not self._new:
            return
        try:
            self._insert()
        except sqlite3.Error as error:
            self._give_up(error)
            self._insert()
        self._new.clear()

    def _insert(self) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", self._new.items())

    def drop_unused(self) -> None:
        """Drop what the last builds have not used; called once a build has been published."""
        self.flush()
        try:
            with self._database:
                (last,) = self._database.execute("SELECT coalesce(max(build), 0) FROM used").fetchone()
                rows = ((key, last + 1) for key in self._used)
                self._database.executemany("INSERT OR REPLACE INTO used VALUES (?, ?)", rows)
                for statement in _DROP.strip().split(";\n"):
                    self._database.execute(statement.rstrip("; \n"), {"oldest": last + 1 - _STAY})
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        self.error = f"{_FILE} cannot be used, so the next build reads all reports again: {error}"
        self.is_damaged = not isinstance(error, sqlite3.OperationalError)
        self._database.close()
        self._database = _temporary()

    def close(self) -> None:
        """Put what is new on the disk and close the file."""
        self.flush()
        self._database.close()


@contextmanager
def open_ledger(root: Path, code: str, reading: str, *, fresh: bool = False) -> Iterator[Ledger]:
    """Open the ledger of a project for a build by this ``code``; ``reading`` names all else that decides a reading.

    ``fresh`` begins a new one. A file that is damaged is begun anew too.
    """
    path = root / _FILE
    try:
        database = _connect(path)
        if fresh:
            with database:
                database.execute("DELETE FROM kept")
    except (sqlite3.Error, OSError) as error:
        ledger = Ledger(None, code, reading, f"{_FILE} cannot be opened, so the next build reads all again: {error}")
    else:
        ledger = Ledger(database, code, reading)
    try:
        yield ledger
    finally:
        ledger.close()
        if ledger.is_damaged:
            _remove(path)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path)
    except sqlite3.OperationalError:  # locked, or no file can be made here: not the file's fault
        raise
    except sqlite3.DatabaseError:
        _remove(path)
        return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file. After a power cut the last answers may be gone, the rest is whole; they are worked out again."""
    database = sqlite3.connect(path, timeout=_WAIT_SECONDS)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _temporary() -> sqlite3.Connection:
    """Open a file that has no name and goes with the process; SQLite writes it only when it grows."""
    database = sqlite3.connect("")
    database.executescript(_SCHEMA)
    return database


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _key(*parts: object) -> Key:
    """Return a hash of values whose text tells all of them."""
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()[:20]


# --- answers to bytes ---


def pack(value: object, kind: Any) -> bytes:
    """Return a value of a type of ``geo.model``, or a tuple of such, as compressed JSON without field names."""
    return zlib.compress(json.dumps(_writer(kind)(value), separators=(",", ":")).encode(), _LEVEL)


def unpack(content: bytes, kind: Any) -> Any:
    """Return what ``pack`` was given, equal in type and value, or None for bytes that are not its."""
    try:
        return _reader(kind)(json.loads(zlib.decompress(content)))
    except (zlib.error, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


@cache
def _extract_kind() -> Any:
    """Return the type of what an extract holds besides its report, which is at hand."""
    hints = get_type_hints(Extract)
    return GenericAlias(tuple, tuple(hints[name] for name in _fields(Extract) if name != "document"))


def _pack_extract(extract: Extract) -> bytes:
    parts = tuple(getattr(extract, name) for name in _fields(Extract) if name != "document")
    return pack(parts, _extract_kind())


def _unpack_extract(document: Document, content: bytes) -> Extract | None:
    parts = unpack(content, _extract_kind())
    return None if parts is None else Extract(document, *parts)


def _pack_print(item: Print) -> bytes:
    head = json.dumps([item.text_hash, item.n_words, len(item.words), item.names, item.credit]).encode()
    return zlib.compress(head + b"\n" + item.words.astype("<u4").tobytes() + item.runs.astype("<u4").tobytes(), _LEVEL)


def _unpack_print(document: Document, content: bytes) -> Print | None:
    try:
        head, _, rest = zlib.decompress(content).partition(b"\n")
        text_hash, n_words, n, names, credit = json.loads(head)
        words, runs = np.frombuffer(rest, "<u4").astype(np.uint32).reshape(2, n)
        return Print(
            document.report_id,
            text_hash,
            document.published,
            words,
            runs,
            n_words,
            tuple(map(intern, names)),
            str(credit),
        )
    except (zlib.error, ValueError, TypeError):
        return None


def _pack_links(known: KnownLinks) -> bytes:
    return zlib.compress(known.keys.astype("<u8").tobytes() + known.likeness.astype("<f8").tobytes(), _LEVEL)


def _unpack_links(content: bytes) -> KnownLinks | None:
    try:
        keys, likeness = np.frombuffer(zlib.decompress(content), "<u8").reshape(2, -1)
    except (zlib.error, ValueError):
        return None
    return KnownLinks(keys.astype(np.uint64), likeness.view("<f8").astype(np.float64))


# --- one reader and one writer for each type ---


Convert = Callable[[Any], Any]
_SCALARS = (str, int, float, bool)


@cache
def _writer(kind: Any) -> Convert:
    """Return a function from a value of a type to what JSON holds of it; None is None for every type."""
    if (inner := _optional(kind)) is not None:
        return _unless_none(_writer(inner))
    if (items := _items(kind)) is not None:
        return _each(list, [_writer(item) for item in items], many=_is_many(kind))
    if kind is date:
        return date.isoformat
    if is_dataclass(kind):
        names, writers = _fields(kind), [_writer(hint) for hint in get_type_hints(kind).values()]
        return lambda value: [write(getattr(value, name)) for name, write in zip(names, writers, strict=True)]
    if kind is Any or kind in _SCALARS or issubclass(kind, Enum):
        return _same
    raise TypeError(f"{kind} cannot be kept")


@cache
def _reader(kind: Any) -> Convert:
    """Return the function that undoes ``_writer``."""
    if (inner := _optional(kind)) is not None:
        return _unless_none(_reader(inner))
    if (items := _items(kind)) is not None:
        return _each(tuple, [_reader(item) for item in items], many=_is_many(kind))
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and is_dataclass(kind):
        readers = [_reader(hint) for hint in get_type_hints(kind).values()]
        if all(read is _same for read in readers):
            return lambda value: kind(*value)
        return lambda value: kind(*[read(item) for read, item in zip(readers, value, strict=True)])
    return _same if kind is Any or kind in _SCALARS else kind


def _same(value: Any) -> Any:
    return value


def _fields(kind: Any) -> list[str]:
    return [f.name for f in fields(kind)]


def _optional(kind: Any) -> Any:
    """Return the type of ``type | None``, or None for another one."""
    if get_origin(kind) not in (Union, UnionType):
        return None
    (inner,) = (arg for arg in get_args(kind) if arg is not type(None))
    return inner


def _items(kind: Any) -> tuple[Any, ...] | None:
    """Return the types of a tuple's items, of which ``...`` is left out, or None for what is no tuple."""
    return tuple(arg for arg in get_args(kind) if arg is not ...) if get_origin(kind) is tuple else None


def _is_many(kind: Any) -> bool:
    return get_args(kind)[-1:] == (...,)


def _unless_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _each(make: Convert, converters: Sequence[Convert], *, many: bool) -> Convert:
    if many:
        (convert,) = converters
        return lambda values: make(map(convert, values))
    return lambda values: make(convert(value) for convert, value in zip(converters, values, strict=True))
