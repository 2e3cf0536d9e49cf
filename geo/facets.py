"""What there is to choose from: each value of a facet, and how many claims it would show under all other choices."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.areas import first_order_name, is_second_order
from geo.facts import Facts, Seen, Values, see_but
from geo.filters import Filter
from geo.model import country_name
from geo.store import Generation

__all__ = ["FACETS", "LEAST_SOURCES", "Option", "count_facets"]

FACETS = ("event_types", "statuses", "claimants", "outlets", "origins", "places", "min_sources", "disputed")
"""The fields of ``Filter`` that have options."""

LEAST_SOURCES = (1, 2, 3, 5, 10)
"""The least numbers of independent sources that are offered."""

_COLUMNS = {
    "event_types": "event_type",
    "statuses": "status",
    "claimants": "claimant",
    "outlets": "outlet",
    "origins": "credit",
}
_UNNAMED = {"claimants": "the report itself", "outlets": "no outlet named"}

_Ints = NDArray[np.int64]
_Area = tuple[str, str]
"""Country code and admin1_code, the latter '' for the country itself."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet, and the claims that it would show.

    ``value`` is as ``Filter`` takes it, numbers and switches in digits; ``label`` is for people and may have been
    written by anybody. ``children`` are the places of a country or region, with ``region:UA.07`` for a region.
    """

    value: str
    label: str
    n_claims: int
    children: tuple["Option", ...] = ()


def count_facets(generation: Generation, chosen: Filter, at_most: int = 500) -> dict[str, list[Option]]:
    """Return the options of every facet, each counted under all of the filter but the facet's own choice.

    Those with the most claims come first; of claimants, outlets, origins and places, of which there may be hundreds of
    thousands, only so many, and what is chosen, also where it would show nothing. Places come as a tree of countries,
    first-order regions and places; a region's count holds that of all in it, which is what choosing it shows.

    Raises:
        StoreError: the generation cannot be read.
    """
    shown = _Shown(generation, chosen)
    options = {
        facet: _options(facet, shown.values(column), shown.count_each(facet, column), getattr(chosen, facet), at_most)
        for facet, column in _COLUMNS.items()
    }
    options["origins"] = _with_counts(options["origins"], shown)
    options["places"] = _tree(shown, chosen.places, at_most)
    sources = shown.count_sources()
    options["min_sources"] = [
        Option(str(least), f"{least} or more", int(sources[least if least > 1 else 0 :].sum()))
        for least in LEAST_SOURCES
    ]
    options["disputed"] = [Option("1", "disputed", shown.count_disputed())]
    return options


# --- what a filter shows ---


class _Shown:
    """The claims that each facet's options are counted over."""

    def __init__(self, generation: Generation, chosen: Filter) -> None:
        """Take the claims in view, and those that would be without the choice of a facet."""
        self._all, self._others = see_but(generation, chosen, FACETS)
        self.facts = self._all.facts

    def values(self, column: str) -> Values:
        """Return what the numbers of a column stand for."""
        return self.facts.values(column)

    def of(self, facet: str) -> Seen:
        """Return the claims that a facet is counted over."""
        return self._others.get(facet, self._all)

    def count_each(self, facet: str, column: str) -> _Ints:
        """Return how many claims each value of a column has."""
        return np.bincount(self.of(facet).of(column), minlength=len(self.facts.values(column).values))

    def count_spots(self) -> _Ints:
        """Return how many claims each spot has."""
        return np.bincount(self.of("places").of("spot"), minlength=len(self.facts.spots))

    def count_sources(self) -> _Ints:
        """Return how many claims have so many independent sources behind their events."""
        counts = np.bincount(self.of("min_sources").of(self.facts.sources))
        return np.pad(counts, (0, max(0, max(LEAST_SOURCES) + 1 - len(counts))))

    def count_disputed(self) -> int:
        """Return how many claims have an event that is disputed."""
        return int(np.count_nonzero(self.of("disputed").of(self.facts.disputed)))


def _options(facet: str, known: Values, n_claims: _Ints, chosen: Sequence[str], at_most: int) -> list[Option]:
    found = _most(known.values, known.labels, n_claims, known.codes(chosen), at_most).values()
    there = {option.value for option in found}
    missing = [Option(value, value, 0) for value in set(chosen) - there]
    unnamed = _UNNAMED.get(facet, "")
    return _in_order(o if o.value else replace(o, label=unnamed) for o in (*found, *missing))


def _most(
    values: pa.Array, labels: pa.Array, n_claims: _Ints, chosen: Sequence[int], at_most: int
) -> dict[int, Option]:
    """Return the options that show the most claims, by their codes, and those chosen, which may show none."""
    order = np.argsort(-n_claims, kind="stable")[:at_most]
    kept = dict.fromkeys([*order[n_claims[order] > 0].tolist(), *chosen])
    return {n: Option(values[n].as_py() or "", labels[n].as_py() or "", int(n_claims[n])) for n in kept}


def _with_counts(origins: Iterable[Option], shown: _Shown) -> list[Option]:
    """Count an origin that was chosen by its id, though it is offered by its name."""
    found, ids = list(origins), shown.values("origin_id")
    unknown = [n for n, option in enumerate(found) if not option.n_claims]
    for n in unknown:
        for code in ids.codes([found[n].value]):
            counts = shown.count_each("origins", "origin_id")
            found[n] = Option(found[n].value, ids.labels[code].as_py(), int(counts[code]))
    return _in_order(found)


def _in_order(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda o: (-o.n_claims, o.label, o.value))


# --- the tree of places ---


def _tree(shown: _Shown, chosen: Sequence[str], at_most: int) -> list[Option]:
    """Return the countries with their regions and places, and beside them what lies in no country."""
    tree = _areas(shown.facts)
    n_claims = shown.count_spots()
    children = _inner_places(shown.facts, tree, n_claims, chosen, at_most)
    for codes, of_spots in (
        (tree.regions, tree.region_of),
        (tree.countries, tree.country_of),
    ):  # regions lie in countries
        for code, n in zip(codes, np.bincount(of_spots, n_claims, len(codes)).astype(np.int64).tolist(), strict=True):
            country, _, admin1 = code.partition(".")
            within, own = children[country, admin1], tree.own.get((country, admin1), ())
            label = _area_name(country, admin1, *(name for _, name in own))
            named = _named(f"{'region' if admin1 else 'country'}:{code}", [place for place, _ in own], chosen)
            if code and (n or within or named[0] in chosen):
                children[country if admin1 else "", ""] += _area_options(named, label, n, within)
    top = children["", ""]
    missing = [Option(value, value, 0) for value in set(chosen).difference(_values(top))]
    return _in_order([*top, *missing])


@dataclass(frozen=True, slots=True)
class _Areas:
    """The countries and regions of a generation, which of them each spot is in, and the places that are one itself."""

    countries: tuple[str, ...]
    country_of: _Ints  # of each spot
    regions: tuple[str, ...]
    region_of: _Ints  # of each spot
    own: Mapping[_Area, Sequence[tuple[str, str]]]  # ids and names
    is_own: NDArray[np.bool_]  # of each place
    area_of: Sequence[_Area]  # of each place


@lru_cache(maxsize=2)
def _areas(facts: Facts) -> _Areas:
    spots = facts.spots
    codes = [(c or "", (a or "") if c else "") for c, a in zip(*(spots[n].to_pylist() for n in _CODES), strict=True)]
    country_of, countries = pd.factorize(np.array([country for country, _ in codes], object))
    region_of, regions = pd.factorize(np.array([f"{c}.{a}" if a else "" for c, a in codes], object))
    area_of = dict(zip(facts.spot_place.tolist(), codes, strict=True))
    own: dict[_Area, list[tuple[str, str]]] = defaultdict(list)
    is_own = np.zeros(facts.n_places, np.bool_)
    told = facts.places.select(["place_id", "name", "place_kind"]).to_pylist()
    for n, place in enumerate(told):
        if _is_area(place["place_id"] or "", place["place_kind"] or "", area_of[n]):
            own[area_of[n]].append((place["place_id"], place["name"] or ""))
            is_own[n] = True
    return _Areas(
        tuple(countries), country_of, tuple(regions), region_of, own, is_own, [area_of[n] for n in range(len(told))]
    )


_CODES = ("country_code", "admin1_code")


def _inner_places(
    facts: Facts, tree: _Areas, n_claims: _Ints, chosen: Sequence[str], at_most: int
) -> dict[_Area, list[Option]]:
    """Return by area the places that are not one themselves."""
    ids = facts.places["place_id"].combine_chunks()
    n_by_place = np.bincount(facts.spot_place, n_claims, facts.n_places).astype(np.int64)
    n_by_place[tree.is_own] = 0
    codes = [n for n in pc.index_in(pa.array(chosen, pa.string()), value_set=ids).to_pylist() if n is not None]
    found: dict[_Area, list[Option]] = defaultdict(list)
    for n, option in _most(ids, facts.places["name"].combine_chunks(), n_by_place, codes, at_most).items():
        if option.value and not tree.is_own[n]:
            found[tree.area_of[n]].append(option)
    return found


def _named(code: str, ids: Iterable[str], chosen: Sequence[str]) -> list[str]:
    """Return what an area stands by: the values of it that were chosen, or else its code."""
    return [value for value in (code, *ids) if value in chosen] or [code]


def _area_options(named: Sequence[str], label: str, n_claims: int, within: Iterable[Option]) -> Iterator[Option]:
    first, *others = named
    yield Option(first, label, n_claims, tuple(_in_order(within)))
    for other in others:
        yield Option(other, label, n_claims)


def _is_area(place_id: str, kind: str, area: _Area) -> bool:
    """Return whether a place is the country or first-order region whose codes it has."""
    country, admin1 = area
    if kind == "region":
        return bool(country and admin1) and not is_second_order(place_id)
    return kind == "country" and bool(country)


def _area_name(country: str, admin1: str, *told: str) -> str:
    """Return an area's name by its codes, or as claims have it: a country's first as they have it."""
    if admin1:
        return first_order_name(country, admin1) or next(iter(told), f"{country}.{admin1}")
    return next(iter(told), None) or country_name(country)


def _values(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        yield option.value
        yield from _values(option.children)
