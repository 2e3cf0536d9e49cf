"""What analysts correct: an append-only file beside the generations, which outlives every build.

``<data>/<project>/corrections.sqlite`` only ever grows: triggers refuse to change or delete a row, and what was wrong
is taken back by another row. A build opens it read-only. A correction names its claim by id and by an anchor (report,
words of the sentence, place and type as read), so that ``geo.amendments`` finds the claim again after the report was
edited or is read by newer code. Corrections travel between people as CSV.
"""

import csv
import hashlib
import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from geo import store
from geo.cells import guarded, unguarded
from geo.errors import CorrectionError, StoreError
from geo.model import PLACE_CELLS, EventType, Place, PlaceKind, Status

__all__ = [
    "COLUMNS",
    "Action",
    "Anchor",
    "Correction",
    "Imported",
    "add",
    "add_all",
    "export_corrections",
    "import_corrections",
    "in_effect",
    "place_of",
    "place_value",
    "point",
    "read_corrections",
    "words",
]

COLUMNS = ("correction_id", "made_at", "author", "reason", "action", "target", "value", "anchors", "undoes")
"""The columns of the file and of its CSV; ``value`` and ``anchors`` are JSON."""

_FILE = "corrections.sqlite"
_WAIT_SECONDS = 60
_LONGEST_WORDS = 1_000  # characters; of a longer sentence the rest is a hash, so that a CSV cell stays small
_MOST_BESIDE = 200  # claims of one sentence that an anchor names
_IS_CLAIM = "kind <> 'orphaned' AND claim_id <> ''"
_LONGEST = {"author": 200, "reason": 4_000, "target": 2_000}  # characters
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS corrections (
        number INTEGER PRIMARY KEY AUTOINCREMENT, correction_id TEXT NOT NULL UNIQUE, made_at TEXT NOT NULL,
        author TEXT NOT NULL, reason TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, value TEXT NOT NULL,
        anchors TEXT NOT NULL, undoes TEXT NOT NULL
    );
    CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON corrections
        BEGIN SELECT RAISE(ABORT, 'corrections are only ever added'); END;
    CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON corrections
        BEGIN SELECT RAISE(ABORT, 'corrections are only ever added'); END;
    CREATE TRIGGER IF NOT EXISTS never_replaced BEFORE INSERT ON corrections
        WHEN EXISTS (SELECT 1 FROM corrections WHERE correction_id = NEW.correction_id OR number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'corrections are only ever added'); END;
"""


class Action(StrEnum):
    """What a correction does."""

    MOVE = "move"
    DATE = "date"
    STATUS = "status"
    TYPE = "type"
    CLAIMANT = "claimant"
    REJECT = "reject"
    MERGE = "merge"
    SPLIT = "split"
    ALIAS = "alias"
    PUBLISHED = "published"
    UNDO = "undo"


_ON_PAIRS = frozenset({Action.MERGE, Action.SPLIT})
_NOT_ON_CLAIMS = frozenset({Action.ALIAS, Action.PUBLISHED, Action.UNDO})


@dataclass(frozen=True, slots=True)
class Anchor:
    """The claim, or the report alone, that a correction is about, as it was read when the correction was made.

    ``text`` is the sentence's ``words``. ``beside`` are the other claims of that sentence: none of them is meant.
    """

    claim_id: str = ""
    report: str = ""
    report_id: str = ""
    text: str = ""
    place_id: str = ""
    event_type: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """One row of the file. ``made_at`` is UTC in ISO 8601 to the microsecond, so that text order is order of time.

    ``target`` is a claim_id, of an alias the name, of a publication day the report's path. ``value`` by action: move
    and alias {"place": …} (``place_value``), date {"from", "to"}, status {"status"}, type {"type"}, claimant
    {"claimant", "side"}, merge and split {"with": the other claim_id}, published {"published"}; the rest {}.
    """

    made_at: str
    author: str
    reason: str
    action: Action
    target: str
    value: Mapping[str, Any]
    anchors: tuple[Anchor, ...] = ()
    undoes: str = ""

    @property
    def correction_id(self) -> str:
        """Sixteen hex digits of all that the row holds."""
        return hashlib.sha256("\x1f".join(self.cells).encode()).hexdigest()[:16]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of ``COLUMNS`` after the id."""
        anchors = _json([asdict(anchor) for anchor in self.anchors])
        return (*self._who, self.action.value, self.target, _json(dict(self.value)), anchors, self.undoes)

    @property
    def _who(self) -> tuple[str, str, str]:
        return self.made_at, self.author, self.reason

    @property
    def order(self) -> tuple[str, str]:
        """The key by which corrections are applied: the later one wins, on every machine alike."""
        return self.made_at, self.correction_id


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: rows added, rows that were there already, and (line, reason) of those refused."""

    added: int
    known: int
    refused: tuple[tuple[int, str], ...]


def add(
    root: Path,
    action: Action,
    target: str,
    value: Mapping[str, Any] | None = None,
    *,
    author: str,
    reason: str,
    made_at: datetime | None = None,
) -> Correction:
    """Write a correction to the project's file and return it; it is on the disk when this returns.

    ``target`` and ``value`` are those of ``Correction``; for ``undo`` the target is the id of what is taken back.
    Claims and reports are looked up in the current generation. ``made_at`` is by default the clock, but never before
    the newest correction: a clock that goes wrong does not make a new correction lose.

    Raises:
        CorrectionError: something in it is wrong, or the claim, report or correction is not there.
        StoreError: the file cannot be written.
    """
    return add_all(root, action, [(target, value or {})], author=author, reason=reason, made_at=made_at)[0]


def add_all(
    root: Path,
    action: Action,
    about: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    author: str,
    reason: str,
    made_at: datetime | None = None,
) -> list[Correction]:
    """Write what one hand does to several targets, each with its value, as ``add`` does: all in one step, or nothing.

    They have one ``made_at``.

    Raises:
        CorrectionError, StoreError: as ``add``.
    """
    action = _action(action)
    wanted = list(about)
    anchored = [
        (target, value, anchors)
        for (target, value), anchors in zip(wanted, _anchors(root, action, wanted), strict=True)
    ]
    with _writing(root) as db:
        rows = list(_rows(db))
        known = {c.correction_id: c for c in rows}
        standing = {c.correction_id for c in _standing(rows)}
        moment = _moment(made_at, rows)
        made = [
            Correction(
                made_at=moment,
                author=author.strip(),
                reason=reason.strip(),
                action=action,
                target="" if action is Action.UNDO else target,
                value=value,
                anchors=anchors,
                undoes=target if action is Action.UNDO else "",
            )
            for target, value, anchors in anchored
        ]
        for correction in made:
            _check(correction)
            if correction.undoes and correction.undoes not in standing:
                raise CorrectionError(f"{correction.undoes!r}: no correction in effect has this id")
            _check_undo(correction, known)
            _insert(db, correction)
    return made


def read_corrections(root: Path) -> list[Correction]:
    """Return every correction of a project in order of time, those taken back too; the file is opened read-only.

    Raises:
        StoreError: the file cannot be read.
    """
    path = root / _FILE
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as db:
            made = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'corrections'").fetchone()
            return sorted(_rows(db), key=lambda c: c.order) if made else []  # none where the first add came to nothing
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be read: {store.first_line(error)}") from error


def in_effect(corrections: Iterable[Correction]) -> list[Correction]:
    """Return the corrections that are not taken back, in order of time; what undoes others is not among them."""
    return [c for c in _standing(corrections) if c.action is not Action.UNDO]


def _standing(corrections: Iterable[Correction]) -> list[Correction]:
    """Return what is not taken back. An undo is later than what it undoes: from the end, each is decided when met."""
    found: list[Correction] = []
    undone: set[str] = set()
    for correction in sorted(corrections, key=lambda c: c.order, reverse=True):
        if correction.correction_id not in undone:
            undone.add(correction.undoes)
            found.append(correction)
    return found[::-1]


# --- what a correction is about -------------------------------------------------------------------------------------


def words(text: str) -> str:
    """Return a sentence's words as anchors hold them: one space between words; the end of a very long one hashed."""
    plain = " ".join(text.split())
    if len(plain) <= _LONGEST_WORDS:
        return plain
    return f"{plain[:_LONGEST_WORDS]}… {hashlib.sha256(plain.encode()).hexdigest()}"


def _anchors(root: Path, action: Action, about: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[Anchor, ...]]:
    """Return the anchors of each target with its value."""
    if action is Action.PUBLISHED:
        return [(_report_anchor(root, target),) for target, _ in about]
    if action in _NOT_ON_CLAIMS:
        return [() for _ in about]
    ids = [(target, *((str(value.get("with", "")),) if action in _ON_PAIRS else ())) for target, value in about]
    read = _read_anchors(root, sorted({id_ for group in ids for id_ in group}))
    return [tuple(read.get(id_) or _unread_anchor(root, id_) for id_ in group) for group in ids]


def _report_anchor(root: Path, report: str) -> Anchor:
    sql = "SELECT report, report_id FROM reports WHERE report = $1 OR report_id = $1"
    found = _query(root, sql, [report])
    if not found:
        raise CorrectionError(f"{report!r}: no report of the current build has this path or id")
    return Anchor(**found[0])


def _read_anchors(root: Path, ids: Sequence[str]) -> dict[str, Anchor]:
    """Return the anchors of those claims that the current generation holds; one query, however many they are."""
    sql = f"""
        WITH asked AS (SELECT * FROM claims WHERE claim_id IN (SELECT unnest($1::VARCHAR[]))),
        there AS (
            SELECT claim_id, report_id, start FROM claims
            UNION SELECT claim_id, report_id, start FROM tray WHERE {_IS_CLAIM}
        )
        SELECT asked.claim_id AS claim_id, asked.report AS report, asked.report_id AS report_id, asked.text AS text,
            read_place_id AS place_id, read_event_type AS event_type,
            coalesce(list_sort(list(there.claim_id) FILTER (there.claim_id IS NOT NULL))[:{_MOST_BESIDE}], []) AS beside
        FROM asked LEFT JOIN there ON there.report_id = asked.report_id AND there.start = asked.start
            AND there.claim_id <> asked.claim_id
        GROUP BY ALL
    """  # noqa: S608 - own words
    rows = _query(root, sql, [list(ids)])
    return {
        row["claim_id"]: Anchor(**row | {"text": words(row["text"]), "beside": tuple(map(str, row["beside"]))})
        for row in rows
    }


def _unread_anchor(root: Path, claim_id: str) -> Anchor:
    """Return the anchor of a claim that is not in the table of claims: of an earlier correction, else from a tray."""
    earlier = (a for c in read_corrections(root) for a in c.anchors if claim_id and a.claim_id == claim_id)
    if anchor := next(earlier, None):
        return anchor
    waiting = f"SELECT report, report_id, start, text FROM tray WHERE claim_id = ? AND {_IS_CLAIM}"  # noqa: S608 - own words
    if found := _query(root, waiting, [claim_id]):
        return _waiting_anchor(root, claim_id, found[0])
    raise CorrectionError(f"{claim_id!r}: no claim of the current build has this id")


def _waiting_anchor(root: Path, claim_id: str, row: Mapping[str, Any]) -> Anchor:
    beside = f"""SELECT claim_id FROM claims WHERE report_id = $1 AND start = $2 AND claim_id <> $3
                 UNION SELECT claim_id FROM tray WHERE report_id = $1 AND start = $2 AND claim_id <> $3 AND {_IS_CLAIM}
                 ORDER BY claim_id LIMIT {_MOST_BESIDE}"""  # noqa: S608 - own words
    others = _query(root, beside, [row["report_id"], row["start"], claim_id])
    return Anchor(
        claim_id=claim_id,
        report=row["report"],
        report_id=row["report_id"],
        text=words(row["text"]),
        beside=tuple(other["claim_id"] for other in others),
    )


def _query(root: Path, sql: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    generation = store.current(root)
    if generation is None:
        raise CorrectionError(f"{root}: nothing is built yet, so there is nothing to correct")
    rows: list[dict[str, Any]] = generation.query(sql, params).to_dict("records")
    return rows


# --- whether it is right --------------------------------------------------------------------------------------------


def _check(correction: Correction) -> None:
    """Raise CorrectionError with the first thing that is wrong with a correction."""
    for name, longest in _LONGEST.items():
        text = getattr(correction, name)
        if len(text) > longest:
            raise CorrectionError(f"its {name} has {len(text):,} characters, the limit is {longest:,}")
        if not text.isprintable() and name != "reason":
            raise CorrectionError(f"its {name} holds what cannot be printed")
    for name in ("author", "reason"):
        if not getattr(correction, name):
            raise CorrectionError(f"its {name} is empty: who corrects, and why, has to be said")
    if "\0" in correction.reason:
        raise CorrectionError("its reason holds a NUL character")
    try:
        "".join(correction.cells).encode()
    except UnicodeEncodeError:
        raise CorrectionError("it holds half a character") from None
    if bool(correction.undoes) != (correction.action is Action.UNDO):
        raise CorrectionError("an undo, and nothing else, names the correction that it takes back")
    if not correction.target and correction.action is not Action.UNDO:
        raise CorrectionError("its target is empty")
    _check_anchors(correction)
    _CHECKS.get(correction.action, _check_nothing)(correction.value)


def _check_anchors(correction: Correction) -> None:
    needed = 2 if correction.action in _ON_PAIRS else 0 if correction.action in _NOT_ON_CLAIMS else 1
    if correction.action is Action.PUBLISHED:
        needed = 1
    elif needed and [a.claim_id for a in correction.anchors][:1] != [correction.target]:
        raise CorrectionError("its first anchor is not that of its target")
    if len(correction.anchors) != needed:
        raise CorrectionError(f"it has {len(correction.anchors)} anchors instead of {needed}")
    if needed == 2 and len({a.claim_id for a in correction.anchors}) != 2:
        raise CorrectionError("its two claims are one")


def _check_nothing(value: Mapping[str, Any]) -> None:
    _only(value)


def _check_place(value: Mapping[str, Any]) -> None:
    _only(value, "place")
    place_of(value)


def _check_days(value: Mapping[str, Any]) -> None:
    _only(value, "from", "to")
    first, last = (None if day is None else _day(day) for day in (value["from"], value["to"]))
    if first and last and first > last:
        raise CorrectionError(f"its first day {first} is after its last {last}")


def _check_published(value: Mapping[str, Any]) -> None:
    _only(value, "published")
    _day(value["published"])


def _check_one_of(name: str, known: type[StrEnum]) -> Callable[[Mapping[str, Any]], None]:
    def check(value: Mapping[str, Any]) -> None:
        _only(value, name)
        if value[name] not in list(known):
            raise CorrectionError(f"{name} {value[name]!r} is unknown: one of {', '.join(known)}")

    return check


def _check_texts(*names: str) -> Callable[[Mapping[str, Any]], None]:
    def check(value: Mapping[str, Any]) -> None:
        _only(value, *names)
        for name in names:
            if not isinstance(value[name], str) or not value[name].isprintable() or len(value[name]) > 500:
                raise CorrectionError(f"{name} is not a line of at most 500 characters")

    return check


def _only(value: Mapping[str, Any], *names: str) -> None:
    if set(value) != set(names):
        wanted, held = (", ".join(map(str, keys)) or "nothing" for keys in (names, value))
        raise CorrectionError(f"its value must hold {wanted}; it holds {held}")


_CHECKS: Mapping[Action, Callable[[Mapping[str, Any]], None]] = {
    Action.MOVE: _check_place,
    Action.DATE: _check_days,
    Action.STATUS: _check_one_of("status", Status),
    Action.TYPE: _check_one_of("type", EventType),
    Action.CLAIMANT: _check_texts("claimant", "side"),
    Action.MERGE: _check_texts("with"),
    Action.SPLIT: _check_texts("with"),
    Action.ALIAS: _check_place,
    Action.PUBLISHED: _check_published,
}


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise CorrectionError(f"{text!r} is not a day as 2022-09-13") from None


def _check_undo(correction: Correction, known: Mapping[str, Correction]) -> None:
    undone = known.get(correction.undoes)
    if correction.undoes and undone is None:
        raise CorrectionError(f"it takes back {correction.undoes!r}, which is not here")
    if undone is not None and correction.made_at <= undone.made_at:
        raise CorrectionError(f"it takes back {correction.undoes!r}, which was made after it")


# --- places as values -----------------------------------------------------------------------------------------------


def point(name: str, lat: float, lon: float, radius_km: float = 1.0, country_code: str = "") -> Place:
    """Return a place that no gazetteer holds, from its name, WGS84 degrees and uncertainty radius."""
    return Place(
        place_id=f"at:{lat:.5f},{lon:.5f}",
        name=name,
        kind=PlaceKind.OTHER,
        lat=lat,
        lon=lon,
        radius_km=radius_km,
        country_code=country_code,
        source="correction",
    )


def place_value(place: Place) -> dict[str, Any]:
    """Return the value of a move or an alias: the place whole, so that it outlives the gazetteer that it is from."""
    return {"place": {name: getattr(place, name) for name in PLACE_CELLS}}


def place_of(value: Mapping[str, Any]) -> Place:
    """Return the place of a move's or an alias's value.

    Raises:
        CorrectionError: it is no place.
    """
    cells = value.get("place")
    if not isinstance(cells, Mapping) or set(cells).difference(PLACE_CELLS):
        raise CorrectionError("its place has columns that no place has" if cells else "it has no place")
    try:
        place = Place(**{**cells, "kind": PlaceKind(cells["kind"])})
    except (KeyError, TypeError, ValueError) as error:
        raise CorrectionError(f"its place lacks something: {store.first_line(error)}") from None
    texts = (getattr(place, f.name) for f in fields(Place) if f.type is str)
    if not all(isinstance(text, str) and text.isprintable() for text in texts) or not place.place_id or not place.name:
        raise CorrectionError("its place has no id or name that can be printed")
    numbers = ((place.lat, 90), (place.lon, 180), (place.radius_km, 20_040), (place.population, math.inf))
    if not all(n is None or _is_within(n, limit) for n, limit in numbers) or (place.lat is None) != (place.lon is None):
        raise CorrectionError("its place lies nowhere on earth")
    return place


def _is_within(number: Any, limit: float) -> bool:
    return isinstance(number, int | float) and math.isfinite(number) and abs(number) <= limit


# --- the file -------------------------------------------------------------------------------------------------------


@contextmanager
def _writing(root: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for one transaction: all that is inserted is on the disk at its end, or nothing is."""
    path = root / _FILE
    try:
        root.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            for statement in _statements():
                db.execute(statement)
            yield db
            db.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be written: {store.first_line(error)}") from error


def _statements() -> list[str]:
    """Return the statements of the schema one by one: SQLite's own splitting would commit before each."""
    found, statement = [], ""
    for line in _SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return [statement for statement in found if statement.strip()]


def _insert(db: sqlite3.Connection, correction: Correction) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    sql = f"INSERT INTO corrections ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608 - names of our own
    db.execute(sql, (correction.correction_id, *correction.cells))


def _rows(db: sqlite3.Connection) -> Iterator[Correction]:
    for id_, *cells in db.execute(f"SELECT {', '.join(COLUMNS)} FROM corrections ORDER BY number"):  # noqa: S608 - names of our own
        try:
            yield _from_cells(cells)
        except CorrectionError as error:
            raise StoreError(f"correction {id_} cannot be read: {error}") from error


def _from_cells(cells: Sequence[str]) -> Correction:
    """Read the cells of a row after its id.

    Raises:
        CorrectionError: they are no correction.
    """
    made_at, author, reason, action, target, value, anchors, undoes = cells
    try:
        read = json.loads(value)
        found = tuple(Anchor(**anchor | {"beside": tuple(anchor["beside"])}) for anchor in json.loads(anchors))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CorrectionError(f"its value or anchors are not what is expected: {store.first_line(error)}") from None
    if not isinstance(read, dict) or not all(isinstance(t, str) for a in found for t in (*_texts(a), *a.beside)):
        raise CorrectionError("its value or anchors are not what is expected")
    return Correction(_utc(made_at), author, reason, _action(action), target, read, found, undoes)


def _action(name: str) -> Action:
    if name not in list(Action):
        raise CorrectionError(f"action {name!r} is unknown: one of {', '.join(Action)}")
    return Action(name)


def _texts(anchor: Anchor) -> tuple[str, ...]:
    return anchor.claim_id, anchor.report, anchor.report_id, anchor.text, anchor.place_id, anchor.event_type


def _utc(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return _iso(moment)
    except (ValueError, OverflowError):
        raise CorrectionError(f"made_at {text!r} is not a time with its zone, as 2022-09-13T08:00:00Z") from None


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise CorrectionError(f"made_at {moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(made_at: datetime | None, rows: Sequence[Correction]) -> str:
    if made_at is not None:
        return _iso(made_at)
    newest = max((row.made_at for row in rows), default="")
    now = datetime.now(UTC)
    return _iso(max(now, datetime.fromisoformat(newest) + timedelta(microseconds=1)) if newest else now)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError):
        raise CorrectionError("its value is not plain text and numbers") from None


# --- CSV ------------------------------------------------------------------------------------------------------------


def export_corrections(corrections: Iterable[Correction], file: TextIO) -> None:
    """Write corrections as CSV in order of time; a cell that a spreadsheet would run has a leading ``'``.

    ``import_corrections`` gives back exactly what was written. Open ``file`` with ``newline=""``.
    """
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for correction in sorted(corrections, key=lambda c: c.order):
        writer.writerow([guarded(cell) for cell in (correction.correction_id, *correction.cells)])


def import_corrections(root: Path, file: TextIO) -> Imported:
    """Add the corrections of a CSV that ``export_corrections`` has written; those that are there already stay.

    A row that was changed after it was made, or that is wrong, is refused with its line and reason; the others are
    added, all in one step. Open ``file`` with ``newline=""``.

    Raises:
        CorrectionError: the file is no CSV of corrections.
        StoreError: the project's file cannot be written.
    """
    rows, refused = _read_csv(file)
    added = present = 0
    with _writing(root) as db:
        known = {c.correction_id: c for c in _rows(db)}
        for line, id_, correction in sorted(rows, key=lambda row: row[2].order):
            try:
                _check_import(id_, correction, known)
            except CorrectionError as error:
                refused.append((line, str(error)))
                continue
            if correction.correction_id in known:
                present += 1
                continue
            _insert(db, correction)
            known[correction.correction_id] = correction
            added += 1
    return Imported(added, present, tuple(sorted(refused)))


def _check_import(id_: str, correction: Correction, known: Mapping[str, Correction]) -> None:
    if id_ and id_ != correction.correction_id:
        if id_ in known:
            raise CorrectionError(f"correction {id_} is here already and says something else")
        raise CorrectionError(f"correction {id_} was changed after it was made: its id does not fit")
    _check(correction)
    _check_undo(correction, known)


def _read_csv(file: TextIO) -> tuple[list[tuple[int, str, Correction]], list[tuple[int, str]]]:
    """Return (line, id, correction) of each row and (line, reason) of those that are none."""
    rows: list[tuple[int, str, Correction]] = []
    refused: list[tuple[int, str]] = []
    for line, cells in _csv_lines(file):
        try:
            if len(cells) != len(COLUMNS):
                raise CorrectionError(f"{len(cells)} cells instead of {len(COLUMNS)}")
            id_, *rest = map(unguarded, cells)
            rows.append((line, id_, _from_cells(rest)))
        except CorrectionError as error:
            refused.append((line, str(error)))
    return rows, refused


def _csv_lines(file: TextIO) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, strict=True)
    line = 1
    try:
        if (header := next(reader, [])) != list(COLUMNS):
            raise CorrectionError(f"line 1: the columns are {','.join(header)!r}; they must be {','.join(COLUMNS)}")
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if cells:
                yield line, cells
    except csv.Error as error:
        raise CorrectionError(f"line {line}: {error}") from error
    except UnicodeDecodeError:
        raise CorrectionError(f"line {line}: not UTF-8") from None
