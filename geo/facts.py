"""The claims of a generation as numbers in memory, and which of them a filter lets through.

Loaded once a generation from what ``geo.cubes`` wrote: 60 bytes a claim. A filter is a few comparisons of whole
columns, 2 ms for a million claims; in SQL on Parquet the same took 30 to 300 (measured).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.areas import is_second_order
from geo.cubes import NEVER, NONE, folded
from geo.errors import StoreError
from geo.filters import Bounds, Filter, longitudes, terms_of
from geo.heaps import Heap
from geo.store import Generation, first_line
from geo.text import KEYBOARD_MARKS
from geo.words import WordIndex

__all__ = [
    "Facts",
    "Seen",
    "Values",
    "day_of",
    "days_column",
    "distinct",
    "distinct_pairs",
    "facts_of",
    "number_of",
    "see",
    "see_all_days",
    "see_but",
]

_KEPT = 2  # generations: the one that is shown, and the one before it while a build ends
_LAST = np.iinfo(np.int64).max
_SEEN = 4  # filters: a byte a claim
_MASKS = 64  # of searches: a bit a claim
_EPOCH = date(1970, 1, 1).toordinal()

Ints = NDArray[Any]
Mask = NDArray[np.bool_]


def number_of(day: date) -> int:
    """Return a day as the facts have it."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """Return the day of a number."""
    return date.fromordinal(int(number) + _EPOCH)


def days_column(numbers: Ints) -> NDArray[np.datetime64]:
    """Return days as a column of a table."""
    return numbers.astype("datetime64[D]").astype("datetime64[s]")


@dataclass(frozen=True, slots=True)
class Values:
    """What the numbers of a column stand for, and words for people."""

    values: pa.Array
    labels: pa.Array
    folded: pa.Array

    def codes(self, values: Iterable[str]) -> list[int]:
        """Return the numbers of some values, of those that there are."""
        found = pc.index_in(pa.array(list(values), pa.string()), value_set=self.values)
        return [code for code in found.to_pylist() if code is not None]


class Facts:
    """The columns of a generation's claims, in the order of their table; see ``geo.cubes`` for what they are."""

    def __init__(self, path: Path) -> None:
        """Read what is needed of every claim; heaps and words open when they are asked for."""
        self._path = path
        self._columns = {name: _narrow(values) for name, values in _read(path, "facts").items()}
        self.n = len(self._columns["first"])
        self.spots = pq.read_table(path / "spots.parquet")
        self.spot_place = self.spots["place"].to_numpy()
        self.places = pq.read_table(path / "places.parquet").combine_chunks()
        self.n_places = len(self.places)
        self.told = _read(path, "told")
        self.happenings = _read(path, "happenings")
        named = pq.read_table(path / "values.parquet").combine_chunks()
        self._values = {}
        for facet in pc.unique(named["facet"]).to_pylist():
            rows = named.filter(pc.equal(named["facet"], facet)).combine_chunks()
            self._values[facet] = Values(*(rows[name].combine_chunks() for name in ("value", "label", "folded")))
        self._masks: dict[str, Ints] = {}
        self._heaps: dict[str, Heap] = {}

    @cached_property
    def sources(self) -> Ints:
        """The independent sources behind each claim's event, 0 for a claim without one."""
        return _by_event(self, "sources", np.uint16)

    @cached_property
    def disputed(self) -> Mask:
        """Whether each claim's event is disputed."""
        return cast(Mask, _by_event(self, "disputed", np.bool_))

    @cached_property
    def origins_by_place(self) -> Ints:
        """The place of each numbered pair of a place and an origin."""
        return _grouped(self["place_origin"], self["place"])

    @cached_property
    def events_by_place(self) -> Ints:
        """The place of each numbered pair of a place and an event; ``n_places`` for a pair without an event."""
        places = np.where(self["event"] == NONE, np.uint32(self.n_places), self["place"])
        return _grouped(self["place_event"], places)

    @cached_property
    def folded_claimants(self) -> pa.Array:
        """The claimants by number, without case, accents and typographic marks."""
        return _with_plain_marks(self.values("claimant").folded)

    @cached_property
    def folded_places(self) -> pa.Array:
        """The names of the spots, without case, accents and typographic marks."""
        return _with_plain_marks(self.spots["folded"].combine_chunks())

    def __getitem__(self, column: str) -> Ints:
        """Return a column of all claims."""
        return self._columns[column]

    def values(self, column: str) -> Values:
        """Return what a column's numbers stand for."""
        return self._values.get(column) or Values(*[pa.array([], pa.string())] * 3)

    def names(self, column: str, rows: Sequence[int] | Ints) -> list[str]:
        """Return what a column says in some rows, in words."""
        return cast("list[str]", self.values(column).values.take(pa.array(self[column][rows], pa.int64())).to_pylist())

    @cached_property
    def dated(self) -> Mask:
        return cast(Mask, self["first"] != NEVER)

    def published(self, rows: Ints) -> Ints:
        """Return when the reports of some claims were published, to sort by: what has no day comes last."""
        told = self["told"][rows]
        found = np.full(len(rows), _LAST)
        is_there = told != NONE
        found[is_there] = self.told["published"][told[is_there]]
        return np.where(found == NEVER, _LAST, found)

    def read(self, table: str, rows: Sequence[int]) -> list[list[Any]]:
        """Return what the heap of a table has of some rows (``geo.cubes``), in their order."""
        if table not in self._heaps:
            self._heaps[table] = Heap(self._path / f"{table}.heap")
        return self._heaps[table].read(rows)

    @cached_property
    def mapped(self) -> Mask:
        """Which places have a point."""
        return cast(Mask, self.places["mapped"].to_numpy(zero_copy_only=False))

    @cached_property
    def on_map(self) -> Mask:
        """Which claims are at a place that has a point."""
        return self.mapped[self["place"]]

    @cached_property
    def named(self) -> Mask:
        """Which places are one: claims without a place have one that is none."""
        return cast(Mask, self.places["named"].to_numpy(zero_copy_only=False))

    def place_of(self, number: int | None) -> int | None:
        """Return the row of the place of a number (``geo.view.NUMBER``), None where there is no such place."""
        found = np.flatnonzero((self.places["number"].to_numpy() == (-1 if number is None else number)) & self.named)
        return int(found[0]) if len(found) else None

    @cached_property
    def figures(self) -> Mapping[str, Ints]:
        return _read(self._path, "figures")

    @cached_property
    def series(self) -> pa.Table:
        return pq.read_table(self._path / "series.parquet")

    @cached_property
    def _words(self) -> WordIndex:
        return WordIndex(self._path)

    @cached_property
    def extent(self) -> tuple[int, int] | None:
        """The first and the last day that any claim covers, None where not one is dated."""
        first, last = self["first"][self.dated], self["last"][self.dated]
        return (int(first.min()), int(max(first.max(), last.max()))) if len(first) else None

    def mask_of(self, term: str) -> Mask:
        """Return which claims say a term in their sentence or their report's title."""
        packed = self._masks.get(term)
        if packed is None:
            mask = np.zeros(self.n, np.bool_)
            mask[self._words.rows(term)] = True
            packed = np.packbits(mask)
            while len(self._masks) >= _MASKS:
                self._masks.pop(next(iter(self._masks)))
            self._masks[term] = packed
        return np.unpackbits(packed, count=self.n).view(np.bool_)


def _read(path: Path, name: str) -> dict[str, Ints]:
    table = pq.read_table(path / f"{name}.parquet")
    return {column: table[column].to_numpy() for column in table.column_names}


def _with_plain_marks(names: pa.Array) -> pa.Array:
    for mark, plain in KEYBOARD_MARKS.items():
        names = pc.replace_substring(names, mark, plain)
    return names


def _narrow(values: Ints) -> Ints:
    """Return numbers from 0 to 255 in a byte each, others as they are."""
    is_small = values.dtype == np.uint32 and values.max(initial=0) <= np.iinfo(np.uint8).max
    return values.astype(np.uint8) if is_small else values


def _by_event(facts: "Facts", column: str, type_: Any) -> Ints:
    values = facts.happenings[column]
    limit = np.iinfo(type_).max if type_ is not np.bool_ else 1
    padded = np.append(np.minimum(values, limit), 0).astype(type_)
    return padded.take(facts["event"], mode="clip")  # what has no event takes the last


def _grouped(pairs: Ints, groups: Ints) -> Ints:
    found = np.zeros(int(pairs.max()) + 1 if len(pairs) else 0, np.uint32)
    found[pairs] = groups
    return found


@lru_cache(maxsize=_KEPT)
def _facts(path: Path) -> Facts:
    return Facts(path)


def facts_of(generation: Generation) -> Facts:
    """Return the facts of a generation, which are kept for the last few.

    Raises:
        StoreError: the generation has been deleted, or a file of it is broken.
    """
    try:
        return _facts(generation.path)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise StoreError(f"{generation.path}: cannot be read: {first_line(error)}") from error


# --- what a filter lets through ---


class Seen:
    """The claims that a filter lets through: those of a stretch of the facts that a mask marks."""

    def __init__(self, facts: Facts, begin: int, end: int, mask: Mask | None) -> None:
        """Take a stretch of rows and a mark for each of them, None for all."""
        self.facts = facts
        self._stretch = slice(begin, end)
        self.begin = begin
        self.mask = mask

    @property
    def n(self) -> int:
        """How many there are."""
        return self._stretch.stop - self._stretch.start if self.mask is None else int(np.count_nonzero(self.mask))

    @property
    def rows(self) -> Ints:
        """Their rows in the table of claims, in order."""
        if self.mask is None:
            return np.arange(self._stretch.start, self._stretch.stop)
        return np.flatnonzero(self.mask) + self.begin

    def has(self, rows: Ints) -> Mask:
        """Return which rows of the table of claims are among them."""
        inside = (rows >= self._stretch.start) & (rows < self._stretch.stop)
        if self.mask is not None:
            inside[inside] = self.mask[rows[inside] - self.begin]
        return inside

    def first(self, at_most: int | None) -> list[int]:
        """Return the first so many of ``rows``."""
        return cast("list[int]", self.rows[:at_most].tolist())

    def of(self, column: str | Ints) -> Ints:
        """Return a column of the facts, by its name or itself, of these claims alone."""
        values = (self.facts[column] if isinstance(column, str) else column)[self._stretch]
        # four times as fast as by the mask itself, where that lets half of the rows through (measured)
        return values if self.mask is None else values.take(np.flatnonzero(self.mask))

    def count_places(self) -> Ints:
        """Return how many of them each place has."""
        return np.bincount(self.of("place"), minlength=self.facts.n_places)

    def count_origins(self) -> Ints:
        """Return how many distinct origins each place has among them."""
        return distinct_pairs(self.of("place_origin"), self.facts.origins_by_place, self.facts.n_places)

    def count_events(self) -> Ints:
        """Return how many distinct events each place has among them."""
        return distinct_pairs(self.of("place_event"), self.facts.events_by_place, self.facts.n_places)

    def among(self, mask: Mask) -> "Seen":
        """Return those of them that a mask of all claims marks."""
        both = mask[self._stretch] if self.mask is None else mask[self._stretch] & self.mask
        return Seen(self.facts, self._stretch.start, self._stretch.stop, both)

    def events(self) -> Ints:
        """Return the rows of their events in the table of events, each once, in order."""
        marked = np.zeros(len(self.facts.happenings["sources"]) + 1, np.bool_)
        np.put(marked, self.of("event"), True, mode="clip")  # what has no event marks the last
        return np.flatnonzero(marked[:-1])


def see(generation: Generation, chosen: Filter) -> Seen:
    """Return the dated claims in view; the parts of a page ask for the same ones one after the other."""
    facts_of(generation)  # raises what see_but would, and keeps what is cached below from outliving a broken file
    return _seen(generation.path, chosen)


@lru_cache(maxsize=_SEEN)
def _seen(path: Path, chosen: Filter) -> Seen:
    return see_but(Generation(path, {}), chosen)[0]


def see_all_days(generation: Generation, chosen: Filter) -> Seen:
    """Return the dated claims that pass all but the days."""
    facts = facts_of(generation)
    begin = int(np.searchsorted(facts["first"], NEVER, "right"))
    masks = _Conditions(generation, facts, chosen, slice(begin, facts.n)).masks
    return Seen(facts, begin, facts.n, _all(masks.values()))


def see_but(generation: Generation, chosen: Filter, facets: Sequence[str] = ()) -> tuple[Seen, dict[str, Seen]]:
    """Return the claims in view, and for each facet that restricts them what would be without its choice."""
    facts = facts_of(generation)
    stretch = _in_days(facts, chosen)
    conditions = _Conditions(generation, facts, chosen, stretch).masks
    if chosen.date_from > date.min:
        conditions["days"] = facts["last"][stretch] >= number_of(chosen.date_from)
    others = {
        facet: Seen(facts, stretch.start, stretch.stop, _all(m for name, m in conditions.items() if name != facet))
        for facet in facets
        if facet in conditions
    }
    return Seen(facts, stretch.start, stretch.stop, _all(conditions.values())), others


def _in_days(facts: Facts, chosen: Filter) -> slice:
    """Return the stretch of the dated claims that begin before the window ends: they are in order of first days."""
    begin, end = np.searchsorted(facts["first"], [NEVER, number_of(chosen.date_to)], "right").tolist()
    return slice(begin, max(begin, end))


def _all(masks: Iterable[Mask]) -> Mask | None:
    """Return what every mask marks, None where there is none."""
    found: Mask | None = None
    for mask in masks:
        found = mask if found is None else found & mask
    return found


class _Conditions:
    """What a filter asks of the claims of a stretch, by field, all but the days."""

    def __init__(self, generation: Generation, facts: Facts, chosen: Filter, stretch: slice) -> None:
        self._generation, self._facts, self._stretch = generation, facts, stretch
        self.masks: dict[str, Mask] = {}
        for name, column in _COLUMNS.items():
            if values := getattr(chosen, name):
                self.masks[name] = self._listed(column, values)
        if chosen.origins:
            self.masks["origins"] = self._listed("origin_id", chosen.origins) | self._listed("credit", chosen.origins)
        if chosen.places:
            self.masks["places"] = self._of_spots(_in_places(facts.spots, chosen.places))
        if chosen.min_sources > 1:
            self.masks["min_sources"] = facts.sources[stretch] >= chosen.min_sources
        if chosen.disputed:
            self.masks["disputed"] = facts.disputed[stretch]
        for term in terms_of(chosen.text):
            mask = self._says(term)
            self.masks["text"] = self.masks["text"] & mask if "text" in self.masks else mask
        if chosen.bounds is not None:
            self.masks["bounds"] = self._of_spots(_in_box(facts.spots, chosen.bounds))

    def _listed(self, column: str, values: Iterable[str]) -> Mask:
        known = self._facts.values(column)
        return _is_one_of(self._facts[column][self._stretch], known.codes(values), len(known.values))

    def _of_spots(self, marked: Mask) -> Mask:
        return _is_one_of(self._facts["spot"][self._stretch], np.flatnonzero(marked).tolist(), len(marked))

    def _says(self, term: str) -> Mask:
        """Return which claims say a term: in their words or their report's title, their place's name or claimant."""
        (row,) = self._generation.records(f"SELECT {folded('?')} AS term", [term])
        facts, plain = self._facts, row["term"]
        said = facts.mask_of(plain)[self._stretch]
        for column, names in (("claimant", facts.folded_claimants), ("spot", facts.folded_places)):
            marked = pc.match_substring(names, plain).to_numpy(zero_copy_only=False)
            if marked.any():
                said = said | _is_one_of(facts[column][self._stretch], np.flatnonzero(marked).tolist(), len(marked))
        return said


_COLUMNS = {"event_types": "event_type", "statuses": "status", "claimants": "claimant", "outlets": "outlet"}
_FEW = 6  # comparisons take as long as one look-up


def _is_one_of(column: Ints, codes: Sequence[int], size: int) -> Mask:
    if len(codes) > _FEW:
        marked = np.zeros(size, np.bool_)
        marked[codes] = True
        return cast(Mask, marked[column])
    found = np.zeros(len(column), np.bool_)
    for code in codes:
        found |= column == code
    return found


def _in_places(spots: pa.Table, places: Sequence[str]) -> Mask:
    """Return which spots are one of these places or in one, as ``geo.filters`` has it."""
    country = pc.fill_null(spots["country_code"], "")
    region = pc.binary_join_element_wise(country, pc.fill_null(spots["admin1_code"], ""), ".")
    wide = [place for place in places if not is_second_order(place)]
    chosen = _is_in(spots["place_id"], wide)
    kind = spots["place_kind"]
    has_region = _flags(pc.and_(pc.not_equal(country, ""), pc.not_equal(pc.fill_null(spots["admin1_code"], ""), "")))
    countries = pc.filter(
        country, pa.array(chosen & _flags(pc.equal(kind, "country")) & _flags(pc.not_equal(country, "")))
    )
    regions = pc.filter(region, pa.array(chosen & _flags(pc.equal(kind, "region")) & has_region))
    named = [place.partition(":") for place in places]
    return (
        _is_in(spots["place_id"], places)
        | _is_in(country, [*countries.to_pylist(), *(code for what, _, code in named if what == "country")])
        | _is_in(region, [*regions.to_pylist(), *(code for what, _, code in named if what == "region")])
    )


def _is_in(column: Any, values: Iterable[str]) -> Mask:
    return _flags(pc.is_in(column, value_set=pa.array(list(values), pa.string())))


def _flags(column: Any) -> Mask:
    return cast(Mask, pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(np.bool_))


def _in_box(spots: pa.Table, bounds: Bounds) -> Mask:
    """Return which spots lie in a box, as ``geo.filters`` has it; what has no point lies nowhere."""
    lat, lon = (spots[name].to_numpy() for name in ("lat", "lon"))
    south, _, north, _ = bounds
    marked = (lat >= south) & (lat <= north)
    if (across := longitudes(bounds)) is None:
        return cast(Mask, marked)
    west, east = across
    return cast(Mask, marked & (((lon >= west) & (lon <= east)) if west <= east else ((lon >= west) | (lon <= east))))


# --- counting ---


def distinct(groups: Ints, values: Ints, n_groups: int) -> Ints:
    """Return how many distinct values each group has."""
    pairs = np.sort(groups.astype(np.uint64) << np.uint64(32) | values)
    new = np.ones(len(pairs), np.bool_)
    new[1:] = pairs[1:] != pairs[:-1]
    return np.bincount((pairs[new] >> np.uint64(32)).astype(np.intp), minlength=n_groups)


def distinct_pairs(pairs: Ints, groups: Ints, n_groups: int) -> Ints:
    """Return how many of its numbered pairs each group has among ``pairs``; ``groups`` is the group of every pair."""
    marked = np.zeros(len(groups), np.bool_)
    marked[pairs] = True
    return np.bincount(groups[marked], minlength=n_groups)[:n_groups]
