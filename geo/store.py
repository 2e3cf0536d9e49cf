"""Generations on disk: a build is published whole or not at all, and readers never see half of one.

``<data>/<project>/generations/<id>/`` holds one Parquet file a table, the indexes of these (``geo.cubes``) and
``meta.json``; it is written in a temporary folder, flushed to the disk and renamed. ``<data>/<project>/CURRENT`` names
on its first line what readers see; the generations that stay follow, newest first, one a line, where the current one is
not the newest of them. It is only ever replaced as a whole. Parquet written in place broke in 7 of 20 kills, this order
in none (measured). The same rows give the same bytes: nothing here reads the clock.
"""

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from geo.cubes import FILES, quoted, write_indexes
from geo.errors import StoreError
from geo.events import TABLES, schema
from geo.spool import Rows

if TYPE_CHECKING:
    import pandas as pd  # half a second of every start, where nothing asks for a frame

__all__ = [
    "ORDERS",
    "ROW_GROUP",
    "Generation",
    "Workspace",
    "current",
    "find_generation",
    "first_line",
    "generations",
    "is_stale",
    "locked",
    "open_tables",
    "project_folder",
    "publish",
    "roll_back",
    "table_bytes",
    "write_table",
]

_DAYS = "coalesce(date_from, date_to) NULLS FIRST, coalesce(date_to, date_from) NULLS FIRST, place_name NULLS FIRST"
_BY_REPORT = ("report", "report_id", "start", "end", "claim_id", "event_id")


def _order(name: str) -> str:
    has = {column.name for column in TABLES[name]}
    listed = ", ".join(f'"{column}" NULLS FIRST' for column in _BY_REPORT if column in has)
    more = {"claims": "report NULLS FIRST, start NULLS FIRST, claim_id", "events": "event_type NULLS FIRST, event_id"}
    return f"{_DAYS}, {more[name]}" if name in more else listed


ORDERS: Mapping[str, str] = {name: _order(name) for name in TABLES}
"""The order of each table's rows as SQL: claims and events by day and place, as they are listed; others by report."""

ROW_GROUP = 8_192
"""Rows of a group of a table: a row of the claims costs as much to read as its group."""

_KEPT = 3
_LOCK_SECONDS = 60
_AT_ONCE = ROW_GROUP * 8
_WORK = ".building-"  # how the folders begin that builds work in
_SORT_MEMORY = "400MB"  # for the rows of a large table
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Generation:
    """One published build: its folder and its ``meta.json``; the files in it never change."""

    path: Path
    meta: Mapping[str, Any]

    @property
    def generation_id(self) -> str:
        """Sixteen hex digits that depend on the content alone."""
        return self.path.name

    @property
    def root(self) -> Path:
        """The project's folder, which holds this and other generations and the corrections."""
        return self.path.parent.parent

    @property
    def made_at(self) -> datetime:
        """When its files were written, by the file system: its content knows no clock."""
        return datetime.fromtimestamp((self.path / "meta.json").stat().st_mtime, UTC)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a table of ``geo.events.TABLES``, or some of its columns.

        Raises:
            StoreError: the generation has been deleted since it was opened, or its file is broken.
        """
        try:
            # not read_table: its datasets bring pandas, half a second of a start that has nothing to build
            with pq.ParquetFile(self.path / f"{name}.parquet") as file:
                return file.read() if columns is None else file.read(list(columns)).select(columns)
        except (OSError, pa.ArrowInvalid) as error:
            raise StoreError(f"{self.path}: table {name} cannot be read: {first_line(error)}") from error

    def query(self, sql: str, params: Sequence[Any] = ()) -> "pd.DataFrame":
        """Run SQL with ``?`` parameters on the tables as views; it can reach nothing but this generation's files.

        Raises:
            StoreError: the generation has been deleted since it was opened, or its file is broken.
        """
        with self._run(sql, params) as cursor:
            return cursor.df()

    def records(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run SQL as ``query`` does; return its rows with Python's own values, None for null and ``date`` for days.

        Raises:
            StoreError: as ``query``.
        """
        with self._run(sql, params) as cursor:
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @contextmanager
    def _run(self, sql: str, params: Sequence[Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with closing(_connection(self.path).cursor()) as cursor:
                yield cursor.execute(sql, list(params))
        except duckdb.IOException as error:
            raise StoreError(f"{self.path}: cannot be read: {first_line(error)}") from error


def project_folder(data: Path, folder: Path) -> Path:
    """Return where the generations of a folder of reports are kept; two folders never share one."""
    whole = folder.resolve()
    slug = re.sub(r"[^a-z0-9]+", "-", whole.name.casefold())[:40].strip("-") or "reports"
    return data / f"{slug}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]}"


def current(root: Path) -> Generation | None:
    """Return the generation that ``CURRENT`` names, or None where nothing was published yet.

    Raises:
        StoreError: ``CURRENT`` or the generation that it names cannot be read.
    """
    while name := _pointer(root).current:
        try:
            return _opened(root, name)
        except FileNotFoundError:
            if _pointer(root).current == name:  # else builders published three times meanwhile: look again
                raise StoreError(f"{root}: CURRENT names generation {name}, which is missing; build again") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{root}: generation {name} cannot be read: {first_line(error)}") from error
    return None


def generations(root: Path) -> list[Generation]:
    """Return the generations that stay and can be read, newest first; the current one is among them.

    Raises:
        StoreError: ``CURRENT`` cannot be read.
    """
    found = []
    for name in _pointer(root).kept:
        with suppress(OSError, ValueError):  # a damaged one is no way back; publishing drops it
            found.append(_opened(root, name))
    return found


def find_generation(root: Path, beginning: str) -> Generation:
    """Return the one generation of ``generations`` whose id begins so.

    Raises:
        StoreError: none or several do.
    """
    kept = generations(root)
    found = [g for g in kept if g.generation_id.startswith(beginning)]
    if len(found) != 1:
        ids = ", ".join(g.generation_id for g in kept) or "none"
        raise StoreError(f"{beginning!r}: {len(found) or 'no'} generations begin so; there are: {ids}")
    return found[0]


def roll_back(root: Path, generation_id: str | None = None) -> Generation:
    """Make an older generation the current one: the one before it, or the one of an id or its beginning.

    The others stay. The next build that finds new input works on top; until then ``is_stale`` is False.

    Raises:
        StoreError: there is no such generation, it is damaged or of another version of Dateline, or the folder cannot
            be written.
    """
    if not (root / "CURRENT").exists():
        raise StoreError(f"{root}: nothing is built yet")
    try:
        with locked(root):
            pointer = _pointer(root)
            chosen = find_generation(root, generation_id) if generation_id else _one_before(root, pointer)
            if not _is_whole(chosen.path):
                raise StoreError(f"{chosen.path}: is damaged or was made by another version; build instead")
            _replace(root / "CURRENT", _Pointer(chosen.generation_id, pointer.kept))
    except OSError as error:
        raise StoreError(f"{root}: cannot be written: {first_line(error)}") from error
    return chosen


def _one_before(root: Path, pointer: "_Pointer") -> Generation:
    older = pointer.kept[pointer.kept.index(pointer.current) + 1 :]
    if not older:
        raise StoreError(f"{root}: there is no generation before the current one")
    return find_generation(root, older[0])


def _is_whole(path: Path) -> bool:
    """Return whether a generation holds every table with the columns that this version reads."""
    if not all((path / name).exists() for name in FILES):
        return False
    try:
        return all(pq.read_schema(path / f"{name}.parquet").equals(schema(TABLES[name])) for name in TABLES)
    except (OSError, pa.ArrowInvalid):
        return False


def is_stale(root: Path, key: str) -> bool:
    """Return whether what is published, if anything, was built from other input, code or models than ``key``.

    A generation that was rolled back from counts as published: its input brings it back only when it has changed.
    """
    try:
        generation = current(root)
        known = [] if generation is None else [generation, *generations(root)[:1]]
    except StoreError:
        return True
    return key not in [g.meta.get("key") for g in known]


def publish(root: Path, tables: Mapping[str, Rows], meta: Mapping[str, Any]) -> Generation:
    """Write the tables as a new generation and make it the current one; the last three stay.

    ``tables`` maps names of ``geo.events.TABLES`` to rows or a file of rows in any order, which are sorted within
    bounded memory; a table left out is empty. ``meta`` is JSON-able. A process that dies at any point leaves the old or
    the new generation current and whole; its rests go at the next publish.

    Raises:
        StoreError: the folder cannot be written, or another build has held it for a minute.
    """
    try:
        (root / "generations").mkdir(parents=True, exist_ok=True)
        with locked(root):
            pointer = _pointer_if_readable(root)
            _sweep(root, pointer.kept)
            path = _write_generation(root / "generations", tables, meta)
            pointer = pointer.published(path.name)
            _replace(root / "CURRENT", pointer)
            _sweep(
                root, pointer.kept, ignore_errors=True
            )  # a reader may hold a file open; the next publish tries again
    except OSError as error:
        raise StoreError(f"{root}: cannot be written: {first_line(error)}") from error
    return Generation(path, json.loads((path / "meta.json").read_bytes()))


def _write_generation(folder: Path, tables: Mapping[str, Rows], meta: Mapping[str, Any]) -> Path:
    """Write the files under a temporary name, flush them and give the folder the hash of their bytes as its name."""
    draft = folder / ".draft"
    draft.mkdir()
    for name in TABLES:
        with _in_batches(name, tables.get(name, [])) as batches:
            write_table(draft / f"{name}.parquet", name, batches)
    write_indexes(draft)
    for path in draft.iterdir():
        with path.open("rb+") as file:
            _flush(file)
    with (draft / "meta.json").open("xb") as file:
        file.write(json.dumps(dict(meta), indent=1, sort_keys=True).encode())
        _flush(file)
    _flush_folder(draft)
    path = folder / _content_hash(draft)
    if path.exists():  # the same content is published already and whole: a folder gets such a name by a rename only
        shutil.rmtree(draft)
    else:
        draft.rename(path)
        _flush_folder(folder)
    return path


@contextmanager
def _in_batches(name: str, rows: Rows) -> Iterator[Iterable[pa.RecordBatch]]:
    """Give the rows of a table in order: those of a file are sorted within bounded memory, with ties by all columns."""
    columns = schema(TABLES[name])
    if not isinstance(rows, Path):
        yield [pa.RecordBatch.from_pylist(_in_order(name, rows), schema=columns)]
        return
    with closing(duckdb.connect(config={"threads": 1, "memory_limit": _SORT_MEMORY})) as connection:
        connection.execute("SET temp_directory = $folder", {"folder": str(rows.parent / "sorting")})
        order = ", ".join([ORDERS[name], *(f'"{column}" NULLS FIRST' for column in columns.names)])
        query = f"SELECT * FROM read_parquet($path) ORDER BY {order}"  # noqa: S608 - our own columns
        reader = connection.sql(query, params={"path": str(rows)}).to_arrow_reader(ROW_GROUP)
        yield (part.cast(columns) for part in reader)


def table_bytes(name: str, rows: list[dict[str, Any]]) -> bytes:
    """Return rows of a table of ``geo.events.TABLES`` as a Parquet file, in order."""
    with io.BytesIO() as file, _in_batches(name, rows) as batches:
        write_table(file, name, batches)
        return file.getvalue()


def write_table(path: Path | IO[bytes], name: str, batches: Iterable[pa.RecordBatch]) -> None:
    """Write the rows of a table, which come in the order of ``ORDERS``, in groups of ``ROW_GROUP`` rows."""
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema(TABLES[name]), compression="zstd") as writer:
        for batch in batches:
            waiting.append(batch)
            if sum(map(len, waiting)) >= _AT_ONCE:
                whole = pa.Table.from_batches(waiting)
                writer.write_table(whole[:_AT_ONCE], row_group_size=ROW_GROUP)
                waiting = whole[_AT_ONCE:].to_batches()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=ROW_GROUP)


def _in_order(name: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort rows as ``ORDERS`` says, then by everything they hold, so that input order never shows."""
    keys = list(map(_key_of(name), rows))
    order = sorted(range(len(rows)), key=keys.__getitem__)
    alike = (list(group) for _, group in groupby(order, key=keys.__getitem__))
    return [
        rows[n]
        for group in alike
        for n in (sorted(group, key=lambda n: _content(rows[n])) if len(group) > 1 else group)
    ]


def _key_of(name: str) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return a function that gives what a row is sorted by; nothing comes first."""
    by_day = {
        "claims": ("place_name", "report", "start", "claim_id"),
        "events": ("place_name", "event_type", "event_id"),
    }
    has = {column.name for column in TABLES[name]}
    names = by_day.get(name) or [column for column in _BY_REPORT if column in has]

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        first, last = row.get("date_from"), row.get("date_to")
        days = (first or last, last or first) if name in by_day else ()
        return tuple([(value is not None, value) for value in (*days, *map(row.get, names))])

    return key


def _content(row: Mapping[str, Any]) -> str:
    return json.dumps(row, default=str, sort_keys=True)


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _replace(path: Path, pointer: "_Pointer") -> None:
    """Replace ``CURRENT`` in one step that survives a power cut."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(pointer.text.encode())
        _flush(file)
    draft.replace(path)
    _flush_folder(path.parent)


def _sweep(root: Path, kept: Sequence[str], *, ignore_errors: bool = False) -> None:
    """Delete what nobody reads: drafts of builds that died and generations older than the last three."""
    for path in (root / "generations").iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=ignore_errors)


@dataclass(frozen=True, slots=True)
class _Pointer:
    """What ``CURRENT`` says: the generation that readers see, '' for none, and those that stay, newest first."""

    current: str = ""
    kept: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        names = self.kept if self.kept[:1] == (self.current,) else (self.current, *self.kept)
        return "".join(f"{name}\n" for name in names)

    def published(self, name: str) -> "_Pointer":
        """Return the pointer after a publication: on top of the current one, whatever was rolled back from below."""
        order = dict.fromkeys(filter(None, (name, self.current, *self.kept)))
        return _Pointer(name, tuple(order)[:_KEPT])


def _pointer(root: Path) -> _Pointer:
    try:
        names = (root / "CURRENT").read_text(encoding="ascii").split()
    except (FileNotFoundError, NotADirectoryError):
        return _Pointer()
    except (OSError, ValueError) as error:
        raise StoreError(f"{root / 'CURRENT'}: cannot be read: {first_line(error)}") from error
    if not names or not all(map(_ID.fullmatch, names)):
        raise StoreError(f"{root / 'CURRENT'}: does not name a generation; build again")
    first, *rest = names
    return _Pointer(first, tuple(rest if first in rest else names))


def _pointer_if_readable(root: Path) -> _Pointer:
    """Return what ``CURRENT`` says of generations that are there, nothing where it is damaged."""
    try:
        pointer = _pointer(root)
    except StoreError:
        return _Pointer()
    kept = tuple(name for name in pointer.kept if (root / "generations" / name / "meta.json").exists())
    return _Pointer(pointer.current if pointer.current in kept else "", kept)


def _opened(root: Path, name: str) -> Generation:
    path = root / "generations" / name
    return Generation(path, json.loads((path / "meta.json").read_bytes()))


@contextmanager
def locked(root: Path, seconds: float | None = None) -> Iterator[None]:
    """Let one process write at a time. SQLite's file lock works on every system and goes when its holder dies.

    Raises:
        StoreError: another process holds the folder for longer than ``seconds``, a minute unless told.
    """
    with ExitStack() as stack:
        try:
            timeout = _LOCK_SECONDS if seconds is None else seconds
            connection = stack.enter_context(
                closing(sqlite3.connect(root / "lock.sqlite", timeout=timeout, isolation_level=None))
            )
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StoreError(f"{root}: cannot be locked for writing: {first_line(error)}") from error
        yield


class Workspace:
    """A folder for what a build cannot hold in memory, made when it is first asked for and gone when the build ends."""

    def __init__(self, root: Path) -> None:
        """Keep it under the project's folder, where there is room for a generation too."""
        self._root = root
        self._stack = ExitStack()
        self._made: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder.

        Raises:
            StoreError: it cannot be made.
        """
        if self._made is None:
            try:
                self._root.mkdir(parents=True, exist_ok=True)
                self._made = Path(mkdtemp(prefix=_WORK, dir=self._root))
            except OSError as error:
                raise StoreError(f"{self._root}: cannot be written: {first_line(error)}") from error
            self._stack.callback(shutil.rmtree, self._made, ignore_errors=True)
            self._stack.enter_context(locked(self._made, 0))
        return self._made

    def __enter__(self) -> "Workspace":
        """Remove the folders of builds that died."""
        for path in self._root.glob(f"{_WORK}*"):
            with suppress(StoreError):
                with locked(path, 0):
                    pass
                shutil.rmtree(path, ignore_errors=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the folder."""
        self._stack.close()


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no way to flush a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@lru_cache(maxsize=_KEPT)
def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the tables of a generation; a new connection takes 35 ms (measured), so a few are kept."""
    return open_tables({name: path / f"{name}.parquet" for name in TABLES})


def open_tables(files: Mapping[str, Path]) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB with Parquet files as views of these names; it reaches nothing outside their folders.

    Raises:
        duckdb.IOException: a file is missing or broken.
    """
    connection = duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    folders = sorted({quoted(path.parent) for path in files.values()})
    connection.execute(f"SET allowed_directories = [{', '.join(folders)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    for name, path in files.items():
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quoted(path)})")  # noqa: S608 - quoted
    for name in {"claims", "events", "reports"} & set(files):
        rows = f"read_parquet({quoted(files[name])}, file_row_number = true)"
        connection.execute(f"CREATE VIEW {name[:-1]}_rows AS SELECT * FROM {rows}")  # noqa: S608 - quoted
    return connection


def first_line(error: BaseException) -> str:
    """Return what an error of the disk or a database says, in one line."""
    return getattr(error, "strerror", None) or str(error).strip().split("\n", 1)[0]
