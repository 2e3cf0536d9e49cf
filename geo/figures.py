"""Figures for one thing side by side: what was counted, by whom, and how it grew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.accounts import group_figures
from geo.filters import Filter, with_seen
from geo.store import Generation
from geo.view import NUMBER

__all__ = ["FigurePoint", "FigureSeries", "figures_over_time"]

_FIGURES = f"""
    SELECT claim_id, place_id, place_name, {NUMBER} AS number, event_type, quantity, quantity_high, quantity_bound,
        unit, quantity_of, claimant, status, first_day, last_day, published, seen.report AS report, outlet, origin,
        seen.origin_id AS origin_id, start
    FROM seen LEFT JOIN reports USING (report_id) WHERE quantity IS NOT NULL AND place_id <> ''
"""  # noqa: S608 - put together from constants; values are parameters


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
    """The figures told of one thing at one place in one unit, in order of the days that they speak of."""

    what: str
    place_name: str
    number: int
    event_type: str
    unit: str
    points: tuple[FigurePoint, ...]


def figures_over_time(generation: Generation, chosen: Filter) -> list[FigureSeries]:
    """Return the figures of the claims in view, by thing, place and unit, the series of most points first.

    What one origin repeats counts once, when it was first published (``geo.accounts.group_figures``).
    """
    claims = generation.records(*with_seen(chosen, _FIGURES))
    series = [
        _series(figures.what, unit, told)
        for figures in group_figures(claims)
        for unit, told in _by_unit(figures.told).items()
    ]
    return sorted(series, key=lambda s: (-len(s.points), s.place_name, s.what, s.event_type, s.unit, s.number))


def _by_unit(told: tuple[Mapping[str, Any], ...]) -> dict[str, list[Mapping[str, Any]]]:
    """Split figures that no one axis can hold: territory in km² and in towns."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for claim in told:
        found.setdefault(claim["unit"], []).append(claim)
    return found


def _series(what: str, unit: str, told: list[Mapping[str, Any]]) -> FigureSeries:
    first = told[0]
    points = sorted(map(_point, told), key=lambda p: (p.day, p.published or date.max, p.report, p.claim_id))
    return FigureSeries(what, first["place_name"], first["number"], first["event_type"], unit, tuple(points))


def _point(claim: Mapping[str, Any]) -> FigurePoint:
    return FigurePoint(
        day=claim["first_day"],
        last_day=claim["last_day"],
        published=claim["published"],
        value=claim["quantity"],
        high=claim["quantity_high"],
        bound=claim["quantity_bound"] or "",
        claimant=claim["claimant"],
        status=claim["status"],
        report=claim["report"],
        outlet=claim["outlet"] or "",
        origin=claim["origin"] or "",
        claim_id=claim["claim_id"],
    )
