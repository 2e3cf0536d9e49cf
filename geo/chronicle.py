"""What is said of one place, stretch of days by stretch of days, by side: the place's history at a glance."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from geo.filters import MEMBERS, Filter, with_seen
from geo.store import Generation
from geo.view import NUMBER

__all__ = ["Said", "Stretch", "read_chronicle"]

_ORDER = "published NULLS LAST, seen.report, start, claim_id"

_SAID = f"""
    SELECT first_day, last_day, coalesce(list_contains(opposing_claim_ids, claim_id), false) AS is_against,
        event_type, status, claimant, first(seen.text ORDER BY {_ORDER}) AS sentence,
        first(seen.report ORDER BY {_ORDER}) AS report, first(coalesce(outlet, '') ORDER BY {_ORDER}) AS outlet,
        min(published) AS published, count(DISTINCT seen.report_id) AS n_reports,
        count(DISTINCT seen.origin_id) AS n_origins
    FROM seen LEFT JOIN ({MEMBERS}) USING (claim_id) LEFT JOIN reports USING (report_id)
    WHERE place_id <> '' AND {NUMBER} = ? GROUP BY ALL
    ORDER BY first_day, last_day, published NULLS LAST, event_type, status, claimant, is_against
"""  # noqa: S608 - put together from constants; values are parameters


@dataclass(frozen=True, slots=True)
class Said:
    """What one speaker says happened, of one type and status, in the words of the report that had it first.

    ``claimant`` is '' for the report itself, ``published`` the first day it was told, None where that is not known.
    ``n_reports`` carry it, of ``n_origins`` independent origins. Every string was written by others.
    """

    event_type: str
    status: str
    claimant: str
    sentence: str
    report: str
    outlet: str
    published: date | None
    n_reports: int
    n_origins: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is told of the days from ``first`` to ``last``: on the side of its event's headline, and against it."""

    first: date
    last: date
    says: tuple[Said, ...]
    against: tuple[Said, ...]


def read_chronicle(generation: Generation, number: int, chosen: Filter) -> list[Stretch]:
    """Return what is in view of the place of a number (``geo.view.NUMBER``), in order of the days it speaks of.

    Raises:
        StoreError: the generation cannot be read.
    """
    rows = generation.records(*with_seen(chosen, _SAID, [number]))
    stretches = groupby(rows, key=lambda row: (row["first_day"], row["last_day"]))
    return [_stretch(days, list(told)) for days, told in stretches]


def _stretch(days: tuple[date, date], told: list[dict[str, Any]]) -> Stretch:
    sides: tuple[list[Said], list[Said]] = ([], [])
    for row in told:
        sides[row["is_against"]].append(Said(**{name: row[name] for name in Said.__slots__}))
    return Stretch(*days, says=tuple(sides[False]), against=tuple(sides[True]))
