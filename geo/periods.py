"""Days and stretches of days: what the timeline draws, and what two periods have that the other has not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Any, Literal

from geo.filters import EVERYTHING, MEMBERS, Filter, passing, with_seen
from geo.store import Generation
from geo.view import NUMBER

__all__ = [
    "Bin",
    "By",
    "Change",
    "Compared",
    "Comparison",
    "Counts",
    "Days",
    "HistogramBin",
    "Period",
    "Unit",
    "compare_periods",
    "count_bins",
    "find_days",
    "find_halves",
    "histogram",
]

Period = tuple[date, date]
"""Its first and last day, both inclusive."""

Unit = Literal["day", "week", "month"]
By = Literal["status", "type"]

_LONGEST_COUNTED = 366
_FORTNIGHT = 14
_MOST_BINS = 240  # as many bars as can be told apart at the usual width
_MOST_WANTED = 20_000  # bins of a unit that was asked for: one claim of the year 1 must not fill the memory
_BY = {"status": "status", "type": "event_type"}

_SPANS = "SELECT first_day, last_day, count(*) AS n FROM seen GROUP BY ALL"


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day that any claim covers, and how many claims cover each day (0 left out)."""

    first: date
    last: date
    counts: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Bin:
    """How many claims cover the days from ``first`` to ``last``, a claim counting once for each of its days."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class HistogramBin:
    """How many claims cover a day from ``first`` to ``last``, by status or type; what has none is left out."""

    first: date
    last: date
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """The claims of all kinds."""
        return sum(self.counts.values())


class Change(StrEnum):
    """What became of a place or type from one period to another."""

    GAINED = "gained"
    LOST = "lost"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in view in a period."""

    claims: int = 0
    events: int = 0
    independent_sources: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A place or a type in two periods; ``number`` is the place's number on the map, 0 for a type."""

    value: str
    label: str
    number: int
    a: Counts
    b: Counts
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods side by side: in all, by place and by type; places and types with the most sources first."""

    a: Period
    b: Period
    total_a: Counts
    total_b: Counts
    places: tuple[Compared, ...]
    types: tuple[Compared, ...]


# --- days ---


def find_days(generation: Generation) -> Days | None:
    """Return the days that the claims cover, or None where not one is dated.

    A claim that covers more than a year counts on its first day only: "since 2014" would lift every day alike.
    """
    spans = generation.records(*with_seen(EVERYTHING, _SPANS))
    if not spans:
        return None
    counts: dict[date, int] = {}
    for row in spans:
        for day in _days(row["first_day"], row["last_day"]):
            counts[day] = counts.get(day, 0) + row["n"]
    first, last = min(row["first_day"] for row in spans), max(row["last_day"] for row in spans)
    return Days(first, last, dict(sorted(counts.items())))


def count_bins(days: Days, at_most: int = _MOST_BINS) -> list[Bin]:
    """Return the days' counts in bins of one length, a day each where there are no more than ``at_most`` days."""
    length = -(-((days.last - days.first).days + 1) // at_most)
    starts = [days.first + timedelta(days=n) for n in range(0, (days.last - days.first).days + 1, length)]
    sums = [0] * len(starts)
    for day, n in days.counts.items():
        sums[(day - days.first).days // length] += n
    return [
        Bin(start, min(start + timedelta(days=length - 1), days.last), n) for start, n in zip(starts, sums, strict=True)
    ]


def _days(first: date, last: date) -> Iterator[date]:
    """Yield each day of a span, or only the first of one longer than a year."""
    for n in range((_counted(first, last) - first).days + 1):
        yield first + timedelta(days=n)


def _counted(first: date, last: date) -> date:
    """Return the last day on which a claim counts."""
    return last if first <= last and (last - first).days <= _LONGEST_COUNTED else first


# --- histogram ---


def histogram(
    generation: Generation, chosen: Filter, unit: Unit | None = None, by: By = "status"
) -> list[HistogramBin]:
    """Return the claims that pass all but the days, by day, ISO week or month; none where nothing is dated.

    The bins follow each other without a gap over all days of the generation, whatever the filter, so that a time axis
    stays while filters change; they begin on Mondays or the first of a month. Without a ``unit`` it is the finest that
    gives at most 240 of them; with one that gives more than 20,000 it is a coarser one. A claim counts once in each bin
    that it covers a day of, one of more than a year in its first only (as in ``find_days``).
    """
    extent = _extent(generation)
    if extent is None:
        return []
    unit = _unit_for(*extent, unit)
    spans = _spans(generation, chosen, _BY[by])
    first, last = (_index(day, unit) for day in extent)
    kinds = {kind: _covering(rows, first, last, unit) for kind, rows in spans.items()}
    return [
        HistogramBin(
            _first_day(index, unit),
            _last_day(index, unit),
            {kind: counts[index - first] for kind, counts in kinds.items() if counts[index - first]},
        )
        for index in range(first, last + 1)
    ]


def _extent(generation: Generation) -> Period | None:
    sql = "SELECT min(first_day) AS first, max(greatest(first_day, last_day)) AS last FROM seen"
    (row,) = generation.records(*with_seen(EVERYTHING, sql))
    return None if row["first"] is None else (row["first"], row["last"])


def _spans(generation: Generation, chosen: Filter, kind: str) -> dict[str, list[tuple[date, date, int]]]:
    """Return for each status or type the days that claims cover, and how many do."""
    relation, params = passing(chosen)
    rows = generation.records(
        f"SELECT {kind} AS kind, first_day, last_day, count(*) AS n FROM ({relation}) "  # noqa: S608 - constants
        "WHERE first_day IS NOT NULL GROUP BY ALL ORDER BY kind",
        params,
    )
    found: dict[str, list[tuple[date, date, int]]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append((row["first_day"], row["last_day"], row["n"]))
    return found


def _covering(spans: Iterable[tuple[date, date, int]], first: int, last: int, unit: Unit) -> list[int]:
    """Return how many claims cover a day of each bin."""
    steps = [0] * (last - first + 2)
    for start, end, n in spans:
        steps[_index(start, unit) - first] += n
        steps[_index(_counted(start, end), unit) - first + 1] -= n
    return list(accumulate(steps[:-1]))


def _unit_for(first: date, last: date, wanted: Unit | None) -> Unit:
    """Return the finest unit, from the wanted one on, that does not give too many bins."""
    units: list[Unit] = ["day", "week", "month"]
    most = _MOST_BINS if wanted is None else _MOST_WANTED
    for unit in units[units.index(wanted or "day") :]:
        if _index(last, unit) - _index(first, unit) < most:
            return unit
    return "month"


def _index(day: date, unit: Unit) -> int:
    """Return the number of the day, week or month that a day is in; 1 January of the year 1 was a Monday."""
    if unit == "month":
        return day.year * 12 + day.month - 1
    return day.toordinal() if unit == "day" else (day.toordinal() - 1) // 7


def _first_day(index: int, unit: Unit) -> date:
    if unit == "month":
        return date(index // 12, index % 12 + 1, 1)
    return date.fromordinal(index if unit == "day" else index * 7 + 1)


def _last_day(index: int, unit: Unit) -> date:
    if index == _index(date.max, unit):
        return date.max
    return _first_day(index + 1, unit) - timedelta(days=1)


# --- comparison ---

_STARTS = """
    SELECT min(first_day) AS first, quantile_disc(first_day, 0.1) AS usual, quantile_disc(first_day, 0.5) AS middle,
        max(greatest(first_day, last_day)) AS last
    FROM seen
"""


def find_halves(generation: Generation, chosen: Filter) -> tuple[Period, Period] | None:
    """Return two stretches of the days in view, on which about as many claims begin; None where nothing is dated.

    Both lie in the last days on which nine of ten claims begin, a fortnight at least, where those are a small part of
    all: "since 1990" in one report must not make the first half of thirty years.
    """
    (row,) = generation.records(*with_seen(chosen, _STARTS))
    if row["first"] is None:
        return None
    first, last = (max(row["first"], chosen.date_from), min(row["last"], chosen.date_to))
    usual = min(row["usual"], last - timedelta(days=_FORTNIGHT - 1))
    if (last - usual) * 2 <= last - first:
        first = usual
    middle = min(max(row["middle"], first + timedelta(days=1)), max(last, first))
    return (first, max(first, middle - timedelta(days=1))), (middle, max(last, middle))


_COMPARED = f"""
    SELECT place_id, event_type, min(place_name) AS place_name, {NUMBER} AS number, count(*) AS claims,
        count(DISTINCT event_id) AS events, count(DISTINCT seen.origin_id) AS independent_sources
    FROM seen LEFT JOIN ({MEMBERS}) USING (claim_id) GROUP BY GROUPING SETS ((place_id), (event_type), ())
"""  # noqa: S608 - put together from constants


def compare_periods(generation: Generation, chosen: Filter, a: Period, b: Period) -> Comparison:
    """Return what is in view in two periods, by place and by type; the filter's own days do not count.

    What is in both has grown where more independent sources stand behind it or, with as many sources, more events:
    reprints make nothing grow. A period that ends before it begins has nothing in it.
    """
    rows_a, rows_b = (
        generation.records(*with_seen(replace(chosen, date_from=first, date_to=last), _COMPARED))
        for first, last in (a, b)
    )
    return Comparison(
        a,
        b,
        _total(rows_a),
        _total(rows_b),
        _compare(rows_a, rows_b, value="place_id", label="place_name"),
        _compare(rows_a, rows_b, value="event_type", label="event_type"),
    )


def _total(rows: Iterable[Mapping[str, Any]]) -> Counts:
    return _counts(next((row for row in rows if row["place_id"] is None and row["event_type"] is None), None))


def _compare(
    rows_a: Iterable[Mapping[str, Any]], rows_b: Iterable[Mapping[str, Any]], *, value: str, label: str
) -> tuple[Compared, ...]:
    in_a, in_b = ({row[value]: row for row in rows if row[value]} for rows in (rows_a, rows_b))
    found = []
    for name, row in (in_a | in_b).items():
        before, after = _counts(in_a.get(name)), _counts(in_b.get(name))
        found.append(Compared(name, row[label], row["number"] or 0, before, after, _change(before, after)))
    return tuple(sorted(found, key=_most_sources))


def _counts(row: Mapping[str, Any] | None) -> Counts:
    return Counts(row["claims"], row["events"], row["independent_sources"]) if row else Counts()


def _change(a: Counts, b: Counts) -> Change:
    if not a.claims or not b.claims:
        return Change.GAINED if b.claims else Change.LOST
    before, after = (a.independent_sources, a.events), (b.independent_sources, b.events)
    return Change.SAME if before == after else Change.GROWN if before < after else Change.SHRUNK


def _most_sources(compared: Compared) -> tuple[Any, ...]:
    sources = max(compared.a.independent_sources, compared.b.independent_sources)
    return -sources, -max(compared.a.claims, compared.b.claims), compared.label, compared.value
