"""What changed between two generations: rows added, changed and withdrawn, as a feed of deltas has them.

A claim is the same one as long as its id is. An event that gained or lost claims has another id and is still the same
event: the one with which it shares most claims. Only the columns that both generations have are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb

from geo.errors import StoreError
from geo.store import Generation, first_line, open_tables

__all__ = ["Change", "Kind", "diff"]

_IDS = {"claims": "claim_id", "events": "event_id"}


class Kind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs: whole rows by column, ``before`` empty where it is new, ``after`` where it is gone."""

    kind: Kind
    row_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a changed row whose values differ."""
        if self.kind is not Kind.CHANGED:
            return ()
        return tuple(name for name, value in self.after.items() if self.before[name] != value)


def diff(old: Generation, new: Generation, table: str = "claims") -> list[Change]:
    """Return the rows of ``claims`` or ``events`` that differ: added, changed, withdrawn, each in order of its id.

    ``row_id`` is the id in ``new``, of a withdrawn row that in ``old``.

    Raises:
        StoreError: a generation has been deleted or is broken.
    """
    files = {side: generation.path / f"{table}.parquet" for side, generation in (("before", old), ("after", new))}
    try:
        with closing(open_tables(files)) as connection:
            return list(_changes(connection, _IDS[table]))
    except duckdb.IOException as error:
        raise StoreError(f"{old.path} and {new.path}: cannot be compared: {first_line(error)}") from error


def _changes(connection: duckdb.DuckDBPyConnection, key: str) -> Iterator[Change]:
    columns = _common_columns(connection)
    moved = _same_events(connection) if key == "event_id" else {}
    gone = _rows(connection, _only("before", "after", key, columns))
    come = _rows(connection, _only("after", "before", key, columns))
    before = {row[key]: row for row in gone}
    for row in come:
        if row[key] not in moved:
            yield Change(Kind.ADDED, row[key], {}, row)
    changed = [(before[moved[row[key]]], row) for row in come if row[key] in moved] + _edited(connection, key, columns)
    for was, row in sorted(changed, key=lambda pair: str(pair[1][key])):
        yield Change(Kind.CHANGED, row[key], was, row)
    kept = set(moved.values())
    for row in gone:
        if row[key] not in kept:
            yield Change(Kind.WITHDRAWN, row[key], row, {})


def _common_columns(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the columns that both files have, as the newer one orders them, quoted for SQL."""
    before, after = (
        [row[0] for row in connection.execute(f"DESCRIBE {side}").fetchall()] for side in ("before", "after")
    )
    return ", ".join(f'"{name}"' for name in after if name in before)


def _only(side: str, other: str, key: str, columns: str) -> str:
    """Return SQL for the rows of one side whose id the other has not."""
    return f"SELECT {columns} FROM {side} WHERE {key} NOT IN (SELECT {key} FROM {other}) ORDER BY {key}"  # noqa: S608 - names of our own


def _edited(
    connection: duckdb.DuckDBPyConnection, key: str, columns: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the rows of one id whose values differ, before and after."""
    sides = (f"(SELECT {columns} FROM {side}) AS {side}" for side in ("before", "after"))  # noqa: S608 - names of our own
    joined = f"FROM {' JOIN '.join(sides)} ON before.{key} = after.{key} WHERE before IS DISTINCT FROM after"
    before = _rows(connection, f"SELECT before.* {joined} ORDER BY after.{key}")
    after = _rows(connection, f"SELECT after.* {joined} ORDER BY after.{key}")
    return list(zip(before, after, strict=True))


def _same_events(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Map the new ids of events that were grown, cut or joined to their old ones: most shared claims first."""
    shared = connection.execute(
        """
        WITH gone AS (SELECT event_id, unnest(claim_ids) AS claim_id FROM before
                      WHERE event_id NOT IN (SELECT event_id FROM after)),
            come AS (SELECT event_id, unnest(claim_ids) AS claim_id FROM after
                     WHERE event_id NOT IN (SELECT event_id FROM before))
        SELECT gone.event_id, come.event_id FROM gone JOIN come USING (claim_id)
        GROUP BY ALL ORDER BY count(*) DESC, gone.event_id, come.event_id
        """
    ).fetchall()
    return _paired(shared)


def _paired(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Pair old ids with new ones, each once, in the order given; map new to old."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for old, new in pairs:
        if old not in taken and new not in found:
            found[new] = old
            taken.add(old)
    return found


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
