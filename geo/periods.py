"""Days and stretches of days: what the timeline draws, and what two periods have that the other has not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.cubes import NONE
from geo.facts import Facts, Seen, day_of, distinct, facts_of, see, see_all_days
from geo.filters import EVERYTHING, Filter
from geo.store import Generation

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
    """Two periods side by side: in all, by place and by type; places and types with the most sources first.

    ``changes`` says of how many places each change is true.
    """

    a: Period
    b: Period
    total_a: Counts
    total_b: Counts
    changes: Mapping[Change, int]
    places: tuple[Compared, ...]
    types: tuple[Compared, ...]


# --- days ---


def find_days(generation: Generation) -> Days | None:
    """Return the days that the claims cover, or None where not one is dated.

    A claim that covers more than a year counts on its first day only: "since 2014" would lift every day alike.
    """
    facts = facts_of(generation)
    if facts.extent is None:
        return None
    seen = see_all_days(generation, EVERYTHING)
    starts, ends = seen.of("first"), _counted(seen.of("first"), seen.of("last"))
    days, steps = _summed(np.concatenate([starts, ends + 1]), len(starts))
    covering = np.cumsum(steps)
    counts = {
        day_of(day): int(n)
        for begin, end, n in zip(days[:-1].tolist(), days[1:].tolist(), covering[:-1], strict=True)
        if n
        for day in range(begin, end)
    }
    first, last = facts.extent
    return Days(day_of(first), day_of(last), counts)


def _summed(days: NDArray[np.int32], n_starts: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return each day once, in order, with how many of the first ``n_starts`` it is, less how many of the others."""
    found, at = np.unique(days, return_inverse=True)
    return found, np.bincount(at[:n_starts], minlength=len(found)) - np.bincount(at[n_starts:], minlength=len(found))


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


def _counted(first: NDArray[np.int32], last: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the last day on which each claim counts; one that covers more than a year counts on its first day only."""
    return np.where((last >= first) & (last - first <= _LONGEST_COUNTED), last, first)


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
    extent = facts_of(generation).extent
    if extent is None:
        return []
    unit = _unit_for(day_of(extent[0]), day_of(extent[1]), unit)
    seen = see_all_days(generation, chosen)
    first, last = (_index(day_of(day), unit) for day in extent)
    names = seen.facts.values(_BY[by]).values.to_pylist()
    counts = _covering(seen, _BY[by], len(names), (first, last), unit).tolist()
    return [
        HistogramBin(
            _first_day(index, unit),
            _last_day(index, unit),
            {name: n for name, n in zip(names, of_kinds, strict=True) if n},
        )
        for index, of_kinds in zip(range(first, last + 1), counts, strict=True)
    ]


def _covering(seen: Seen, column: str, n_kinds: int, bins: tuple[int, int], unit: Unit) -> NDArray[np.int64]:
    """Return for each bin how many claims of each kind cover a day of it."""
    first, size = bins[0], bins[1] - bins[0] + 2
    starts, kinds = seen.of("first"), seen.of(column).astype(np.intp)
    ends = _counted(starts, seen.of("last"))
    begin, end = (kinds * size + (_indexes(days, unit) - first) for days in (starts, ends))
    steps = np.bincount(begin, minlength=n_kinds * size) - np.bincount(end + 1, minlength=n_kinds * size)
    return np.cumsum(steps.reshape(n_kinds, size), axis=1)[:, :-1].T


def _indexes(days: NDArray[np.int32], unit: Unit) -> NDArray[np.int64]:
    """Return what ``_index`` gives for each of some days."""
    if unit == "month":
        return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    numbers = days.astype(np.int64) + date(1970, 1, 1).toordinal()
    return numbers if unit == "day" else (numbers - 1) // 7


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


def find_halves(generation: Generation, chosen: Filter) -> tuple[Period, Period] | None:
    """Return two stretches of the days in view, on which about as many claims begin; None where nothing is dated.

    Both lie in the last days on which nine of ten claims begin, a fortnight at least, where those are a small part of
    all: "since 1990" in one report must not make the first half of thirty years.
    """
    seen = see(generation, chosen)
    starts, ends = seen.of("first"), seen.of("last")  # in order of the first
    if not len(starts):
        return None
    first = max(day_of(starts[0]), chosen.date_from)
    last = min(day_of(max(starts[-1], ends.max())), chosen.date_to)
    usual = min(day_of(starts[(len(starts) - 1) // 10]), last - timedelta(days=_FORTNIGHT - 1))
    if (last - usual) * 2 <= last - first:
        first = usual
    middle = min(max(day_of(starts[(len(starts) - 1) // 2]), first + timedelta(days=1)), max(last, first))
    return (first, max(first, middle - timedelta(days=1))), (middle, max(last, middle))


def compare_periods(
    generation: Generation, chosen: Filter, a: Period, b: Period, at_most: int | None = None
) -> Comparison:
    """Return what is in view in two periods, by place and by type; the filter's own days do not count.

    What is in both has grown where more independent sources stand behind it or, with as many sources, more events:
    reprints make nothing grow. A period that ends before it begins has nothing in it. With ``at_most`` only so many
    places are told, with the most sources; ``changes`` counts all.
    """
    in_a, in_b = (see(generation, replace(chosen, date_from=first, date_to=last)) for first, last in (a, b))
    facts = in_a.facts
    changes, places = _compare(_of_places(in_a), _of_places(in_b), _Places(facts), at_most)
    types = facts.values("event_type").values.to_pylist()
    _, kinds = _compare(_of_types(in_a, len(types)), _of_types(in_b, len(types)), _Types(types), None)
    return Comparison(a, b, _total(in_a), _total(in_b), changes, places, kinds)


_Counted = NDArray[np.int64]
"""Claims, events and sources of each place or type: three rows."""


def _total(seen: Seen) -> Counts:
    origins = np.zeros(max(1, len(seen.facts.values("origin_id").values)), np.bool_)
    origins[seen.of("origin_id")] = True
    return Counts(seen.n, len(seen.events()), int(np.count_nonzero(origins)))


def _of_places(seen: Seen) -> _Counted:
    return np.stack([seen.count_places(), seen.count_events(), seen.count_origins()]) * seen.facts.named


def _of_types(seen: Seen, n_types: int) -> _Counted:
    kinds, events = seen.of("event_type"), seen.of("event")
    in_event = events != NONE
    return np.stack(
        [
            np.bincount(kinds, minlength=n_types),
            distinct(kinds[in_event], events[in_event], n_types),
            distinct(kinds, seen.of("origin_id"), n_types),
        ]
    )


class _Places:
    """The values, labels and numbers of places, and their order by label."""

    def __init__(self, facts: Facts) -> None:
        self._places = facts.places
        self.order = facts.places["rank"].to_numpy()

    def told(self, rows: NDArray[np.int64]) -> list[tuple[str, str, int]]:
        """Return them for some rows."""
        found = self._places.select(["place_id", "name", "number"]).take(pa.array(rows))
        return [(row["place_id"], row["name"], row["number"]) for row in found.to_pylist()]


class _Types:
    """The same of types, which are their own labels and have no numbers."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self.order = np.arange(len(names))

    def told(self, rows: NDArray[np.int64]) -> list[tuple[str, str, int]]:
        """Return them for some rows."""
        return [(self._names[n], self._names[n], 0) for n in rows.tolist()]


def _compare(
    a: _Counted, b: _Counted, what: _Places | _Types, at_most: int | None
) -> tuple[Mapping[Change, int], tuple[Compared, ...]]:
    """Return how many there are of each change, and what is compared, the most sources first."""
    found = np.flatnonzero(a[0] + b[0])
    claims, _, sources = np.maximum(a, b)[:, found]
    order = found[np.lexsort((what.order[found], -claims, -sources))]
    changes = _changes(a[:, order], b[:, order])
    shown = order[:at_most]
    counts = (a[:, shown].T.tolist(), b[:, shown].T.tolist())
    compared = tuple(
        Compared(*named, Counts(*before), Counts(*after), change)
        for named, before, after, change in zip(what.told(shown), *counts, changes[: len(shown)], strict=True)
    )
    return {change: int(n) for change, n in Counter(changes).items()}, compared


def _changes(a: _Counted, b: _Counted) -> list[Change]:
    """Return what became of each."""
    more = np.where(a[2] == b[2], np.sign(b[1] - a[1]), np.sign(b[2] - a[2]))
    found = np.choose(more + 1, [_SHRUNK, _SAME, _GROWN])
    found = np.where(a[0] == 0, _GAINED, np.where(b[0] == 0, _LOST, found))
    return [_CHANGES[n] for n in found.tolist()]


_CHANGES = list(Change)
_GAINED, _LOST, _GROWN, _SHRUNK, _SAME = range(len(_CHANGES))
