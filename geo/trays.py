"""What waits: claims without a day or place, what cannot be read, what was rejected, corrections whose claim is gone.

Each with what an analyst needs to mend it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from geo.store import Generation

__all__ = ["KINDS", "Remedy", "TrayItem", "count_trays", "read_tray", "read_trays"]

KINDS = ("undated", "unplaced", "unreadable", "rejected", "orphaned")
"""The trays, in the order in which they are shown."""

_ORDER = "tray.report, start, reason, tray.text, claim_id, correction_id"
_TRAY = f"SELECT * FROM tray WHERE kind = ? ORDER BY {_ORDER} LIMIT ?"  # noqa: S608 - as below
_WITH_REPORTS = f"""
    SELECT kind, claim_id, report_id, tray.report AS report, title, outlet, published, start, "end", tray.text AS text,
        reason, correction_id
    FROM ({{trays}}) AS tray LEFT JOIN reports USING (report_id)
    ORDER BY {_ORDER}
"""  # noqa: S608 - put together from constants; values are parameters


class Remedy(StrEnum):
    """What mends an item: a correction of this action, or what its name says.

    ``retry`` is `dateline build --retry`, which reads the report again; ``re-anchor`` is the correction made again on
    the claim that it is meant for.
    """

    MOVE = "move"
    DATE = "date"
    PUBLISHED = "published"
    RETRY = "retry"
    UNDO = "undo"
    REANCHOR = "re-anchor"


@dataclass(frozen=True, slots=True)
class TrayItem:
    """One thing that waits; every string in it was written by others, or is '' where there is none.

    ``remedies`` are those that apply, the likeliest first. A ``move`` or ``date`` goes on the ``claim_id``, a
    ``published`` on the ``report``, an ``undo`` or ``re-anchor`` on the ``correction_id``.
    """

    kind: str
    claim_id: str
    report_id: str
    report: str
    title: str
    outlet: str
    published: date | None
    start: int | None
    end: int | None
    text: str
    reason: str
    correction_id: str
    remedies: tuple[Remedy, ...]


def read_tray(generation: Generation) -> pd.DataFrame:
    """Return what waits for a day, a place or a readable file: kind, report, reason, text."""
    return generation.query("SELECT kind, report, reason, text FROM tray ORDER BY kind, report, start, reason, text")


def count_trays(generation: Generation) -> dict[str, int]:
    """Return how many items every tray of ``KINDS`` has.

    Raises:
        StoreError: the generation cannot be read.
    """
    rows = generation.records("SELECT kind, count(*) AS n FROM tray GROUP BY kind")
    return dict.fromkeys(KINDS, 0) | {row["kind"]: row["n"] for row in rows}


def read_trays(
    generation: Generation, at_most: int | None = None, kinds: Sequence[str] = KINDS
) -> dict[str, list[TrayItem]]:
    """Return trays, by default all of ``KINDS``, with their items in order of report and place in it, empty ones too.

    With ``at_most`` only the first so many of each.

    Raises:
        StoreError: the generation cannot be read.
    """
    found: dict[str, list[TrayItem]] = {kind: [] for kind in kinds}
    if not found:
        return found
    trays = " UNION ALL ".join([f"({_TRAY})"] * len(found))
    for row in generation.records(_WITH_REPORTS.format(trays=trays), [x for kind in found for x in (kind, at_most)]):
        found[row["kind"]].append(_item(row))
    return found


def _item(row: dict[str, Any]) -> TrayItem:
    texts = {name: row[name] or "" for name in ("claim_id", "report_id", "title", "outlet", "text", "correction_id")}
    return TrayItem(**row | texts, remedies=_remedies(row["kind"], row["published"]))


def _remedies(kind: str, published: date | None) -> tuple[Remedy, ...]:
    """Return what mends an item; a claim of a report that has its day would gain nothing by another one."""
    if kind == "undated":
        return (Remedy.DATE,) if published else (Remedy.PUBLISHED, Remedy.DATE)
    return {
        "unplaced": (Remedy.MOVE,),
        "unreadable": (Remedy.RETRY,),
        "rejected": (Remedy.UNDO,),
        "orphaned": (Remedy.REANCHOR, Remedy.UNDO),
    }[kind]
