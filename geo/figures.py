"""Figures for one thing side by side: what was counted, by whom, and how it grew."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.cubes import CLAIM, NONE, REPORT
from geo.facts import Seen, day_of, see
from geo.filters import Filter
from geo.store import Generation

__all__ = ["FigurePoint", "FigureSeries", "count_series", "list_series", "read_points"]


@dataclass(frozen=True, slots=True)
class FigurePoint:
    """One figure as it was told: ``day``..``last_day`` is what it speaks of, ``published`` when it was told.

    ``value`` to ``high``, or None, in the unit of its series; ``bound`` is "at least", "at most", "about" or ''.
    ``claimant`` is '' for the report itself, ``origin`` '' where no wire is credited.
    """

    day: date
    last_day: date
    published: date | None
    value: float
    high: float | None
    bound: str
    claimant: str
    status: str
    report: str
    outlet: str
    origin: str
    claim_id: str


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """The figures told of one thing at one place in one unit; ``row`` is its number in this generation."""

    row: int
    what: str
    place_name: str
    number: int
    event_type: str
    unit: str
    n_points: int


def list_series(
    generation: Generation, chosen: Filter, at_most: int | None = None, number: int | None = None
) -> list[FigureSeries]:
    """Return the things of which claims in view tell figures, those of most points first, or those of a place alone.

    What one origin repeats counts once, when it was first published (``geo.accounts.group_figures``). ``number`` is a
    place's (``geo.view.NUMBER``).

    Raises:
        StoreError: the generation cannot be read.
    """
    seen = see(generation, chosen)
    counts = _count(seen)
    there = counts > 0 if number is None else (counts > 0) & (seen.facts.series["number"].to_numpy() == number)
    found = np.flatnonzero(there)
    found = found[np.lexsort((seen.facts.series["rank"].to_numpy()[found], -counts[found]))][:at_most]
    told = seen.facts.series.drop(["place_id", "rank"]).take(pa.array(found)).to_pylist()
    return [
        FigureSeries(row=row, n_points=int(counts[row]), **series)
        for row, series in zip(found.tolist(), told, strict=True)
    ]


def count_series(generation: Generation, chosen: Filter) -> int:
    """Return how many series ``list_series`` has when nothing cuts it short."""
    return int(np.count_nonzero(_count(see(generation, chosen))))


def read_points(
    generation: Generation, chosen: Filter, series: FigureSeries, at_most: int | None = None
) -> list[FigurePoint]:
    """Return the figures of a series in view, in order of the days that they speak of, or the first of them.

    Raises:
        StoreError: the generation cannot be read.
    """
    seen = see(generation, chosen)
    facts = seen.facts
    kept = _told_once(seen)
    rows = facts.figures["claim"][kept][facts.figures["series"][kept] == series.row].astype(np.int64)
    told = facts["told"][rows]
    rows = rows[np.lexsort((rows, told, facts.published(rows), facts["first"][rows]))][:at_most]
    return [
        _point(seen, int(row), values) for row, values in zip(rows, facts.read("claims", rows.tolist()), strict=True)
    ]


def _told_once(seen: Seen) -> NDArray[np.int64]:
    """Return the rows of the figures in view, of those that one origin repeats the first."""
    figures = seen.facts.figures
    rows = np.flatnonzero(seen.has(figures["claim"]))
    said = figures["said"][rows]
    first = np.zeros(int(said.max()) + 1 if len(said) else 0, np.int64)
    first[said[::-1]] = rows[::-1]  # in order of publication: the earliest is written last
    kept: NDArray[np.int64] = rows[first[said] == rows]
    return kept


def _count(seen: Seen) -> NDArray[np.int64]:
    return np.bincount(seen.facts.figures["series"][_told_once(seen)], minlength=len(seen.facts.series))


def _point(seen: Seen, row: int, claim: list[Any]) -> FigurePoint:
    facts = seen.facts
    told = int(facts["told"][row])
    report = dict(zip(REPORT, facts.read("reports", [told])[0] if told != NONE else [None] * len(REPORT), strict=True))
    return FigurePoint(
        day=day_of(facts["first"][row]),
        last_day=day_of(facts["last"][row]),
        published=date.fromisoformat(report["published"]) if report["published"] else None,
        value=claim[CLAIM["quantity"]],
        high=claim[CLAIM["quantity_high"]],
        bound=claim[CLAIM["quantity_bound"]],
        claimant=facts.names("claimant", [row])[0],
        status=facts.names("status", [row])[0],
        report=claim[CLAIM["report"]],
        outlet=report["outlet"] or "",
        origin=report["origin"] or "",
        claim_id=claim[CLAIM["claim_id"]],
    )
