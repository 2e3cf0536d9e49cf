"""What there is to choose from: each value of a facet, and how much it would show under all other choices.

The values of all claims are kept as numbers, once a generation; a filter only says by SQL which of them it marks. To
count eight facets in SQL took three times as long at 100,000 claims (measured).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.areas import first_order_name, is_second_order
from geo.filters import IN_DAYS, MEMBERS, Filter, conditions, days_of
from geo.model import country_name
from geo.store import Generation

__all__ = ["FACETS", "LEAST_SOURCES", "Option", "count_facets"]

FACETS = ("event_types", "statuses", "claimants", "outlets", "origins", "places", "min_sources", "disputed")
"""The fields of ``Filter`` that have options."""

LEAST_SOURCES = (1, 2, 3, 5, 10)
"""The least numbers of independent sources that are offered."""

_LISTED = ("event_types", "statuses", "claimants", "outlets", "origins")
_UNNAMED = {"claimants": "the report itself", "outlets": "no outlet named"}
_KEPT = 3  # generations, as many as the store keeps open

_CLAIMS = f"""
    SELECT hash(claims.claim_id) AS hash, event_type AS event_types, status AS statuses, claimant AS claimants,
        outlet AS outlets, coalesce(nullif(origin, ''), claims.origin_id) AS origins, claims.origin_id AS origin_id,
        place_id AS places, place_name, place_kind, country_code, admin1_code, event_id,
        coalesce(disputed, false) AS disputed, coalesce(independent_sources, 0) AS sources,
        coalesce(nullif(origin, ''), nullif(title, ''), claims.report) AS origin_label
    FROM claims LEFT JOIN (SELECT report_id, outlet, origin, title FROM reports) AS told USING (report_id)
    LEFT JOIN ({MEMBERS}) AS members ON members.claim_id = claims.claim_id
    ORDER BY event_id, hash
"""  # noqa: S608 - put together from constants

_Ints = NDArray[np.int64]
_Mask = NDArray[np.bool_]
_Area = tuple[str, str]
"""Country code and admin1_code, the latter '' for the country itself."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet, and the claims and events that it would show.

    ``value`` is as ``Filter`` takes it, numbers and switches in digits; ``label`` is for people and may have been
    written by anybody. ``children`` are the places of a country or region, with ``region:UA.07`` for a region.
    """

    value: str
    label: str
    n_claims: int
    n_events: int
    children: tuple["Option", ...] = ()


def count_facets(generation: Generation, chosen: Filter, at_most: int = 500) -> dict[str, list[Option]]:
    """Return the options of every facet, each counted under all of the filter but the facet's own choice.

    Those with the most claims come first; of claimants, outlets, origins and places, of which there may be hundreds of
    thousands, only so many, and what is chosen, also where it would show nothing. Places come as a tree of countries,
    first-order regions and places; a region's count holds that of all in it, which is what choosing it shows.

    Raises:
        StoreError: the generation cannot be read.
    """
    facts = _facts(generation.path)
    shown = _Shown(generation, chosen, facts)
    options = {
        facet: _options(facet, facts.columns[facet], shown, getattr(chosen, facet), at_most) for facet in _LISTED
    }
    options["origins"] = _with_counts(options["origins"], facts.origin_ids, shown)
    options["places"] = _tree(facts, shown, chosen.places, at_most)
    options["min_sources"] = [
        Option(str(least), f"{least} or more", *shown.count("min_sources", (facts.sources >= least) | (least == 1)))
        for least in LEAST_SOURCES
    ]
    options["disputed"] = [Option("1", "disputed", *shown.count("disputed", facts.disputed))]
    return options


# --- all claims, as numbers ---


@dataclass(frozen=True, slots=True)
class _Column:
    """A number for each claim, and what the numbers stand for."""

    codes: _Ints
    values: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """The claims in order of their events: ``order`` sorts their ``hashes``, ``events`` is -1 for none."""

    hashes: NDArray[np.uint64]
    order: _Ints
    events: _Ints
    sources: _Ints
    disputed: _Mask
    columns: Mapping[str, _Column]
    origin_ids: _Column
    countries: _Column
    regions: _Column
    areas: tuple[_Area, ...]  # of each place
    kinds: tuple[str, ...]  # of each place


@lru_cache(maxsize=_KEPT)
def _facts(path: Path) -> _Facts:
    frame = Generation(path, {}).query(_CLAIMS)
    texts = frame.select_dtypes(exclude=["number", "bool"]).columns
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    hashes = frame["hash"].to_numpy(np.uint64)
    order = np.argsort(hashes)
    labels = {"origins": "origin_label", "places": "place_name"}
    columns = {name: _column(frame, name, labels.get(name, name)) for name in (*_LISTED, "places")}
    places = frame.drop_duplicates("places")  # in the order of their codes
    codes = list(zip(places["country_code"], places["admin1_code"], strict=True))
    regions = frame["country_code"] + "." + frame["admin1_code"]
    is_regional = (frame["country_code"] != "") & (frame["admin1_code"] != "")
    return _Facts(
        hashes=hashes[order],
        order=order,
        events=np.where(frame["event_id"] == "", -1, pd.factorize(frame["event_id"])[0]),
        sources=frame["sources"].to_numpy(np.int64),
        disputed=frame["disputed"].to_numpy(np.bool_),
        columns=columns,
        origin_ids=_column(frame, "origin_id", "origin_label"),
        countries=_coded(frame["country_code"]),
        regions=_coded(regions.where(is_regional, "")),
        areas=tuple((country, admin1 if country else "") for country, admin1 in codes),
        kinds=tuple(places["place_kind"]),
    )


def _column(frame: pd.DataFrame, name: str, label: str) -> _Column:
    column = _coded(frame[name])
    return column if label == name else _Column(column.codes, column.values, tuple(frame.drop_duplicates(name)[label]))


def _coded(values: Any) -> _Column:
    codes, uniques = pd.factorize(values)
    return _Column(codes.astype(np.int64), tuple(uniques), tuple(uniques))


# --- what a filter shows of them ---


class _Shown:
    """Which claims each facet's options are counted over."""

    def __init__(self, generation: Generation, chosen: Filter, facts: _Facts) -> None:
        """Ask once for the claims that pass whatever is no facet, with a mark for each facet that leaves them out."""
        asked = conditions(chosen)
        marked = {name: asked.pop(name) for name in FACETS if name in asked}
        flags = "".join(f", coalesce({sql}, false) AS {name}" for name, (sql, _) in marked.items())
        where = " AND ".join([IN_DAYS, *(sql for sql, _ in asked.values())])
        params = [value for _, values in marked.values() for value in values] + days_of(chosen)
        params += [value for _, values in asked.values() for value in values]
        sql = f"SELECT hash(claim_id) AS hash{flags} FROM claims WHERE {where}"  # noqa: S608 - values are parameters
        found = generation.query(sql, params)
        at = facts.order[np.searchsorted(facts.hashes, found["hash"].to_numpy(np.uint64))]
        failed = {name: ~found[name].to_numpy(np.bool_) for name in marked}
        n_failed = np.sum([*failed.values(), np.zeros(len(found), np.bool_)], axis=0)
        self._events = facts.events
        self._by_all = _mask(len(facts.events), at[n_failed == 0])
        self._by_others = {
            name: self._by_all | _mask(len(facts.events), at[own & (n_failed == 1)]) for name, own in failed.items()
        }

    def count(self, facet: str, among: _Mask) -> tuple[int, int]:
        """Return how many claims, and events, of those among all claims a facet's option would show."""
        shown = self._rows(facet) & among
        events = self._events[shown]
        return int(shown.sum()), len(np.unique(events[events >= 0]))

    def count_each(self, facet: str, column: _Column) -> tuple[_Ints, _Ints]:
        """Return for each value of a column the claims, and the events, that choosing it would show."""
        shown = np.flatnonzero(self._rows(facet))
        codes, events = column.codes[shown], self._events[shown]
        size = len(column.values)
        pairs = _distinct((events * size + codes)[events >= 0])
        return np.bincount(codes, minlength=size), np.bincount(pairs % max(size, 1), minlength=size)

    def _rows(self, facet: str) -> _Mask:
        return self._by_others.get(facet, self._by_all)


def _distinct(numbers: _Ints) -> _Ints:
    """Return the distinct ones of numbers from 0 on, sorted; np.unique takes long for what is nearly so."""
    ordered = np.sort(numbers, kind="stable")
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _mask(size: int, at: _Ints) -> _Mask:
    mask = np.zeros(size, np.bool_)
    mask[at] = True
    return mask


def _options(facet: str, column: _Column, shown: _Shown, chosen: Sequence[str], at_most: int) -> list[Option]:
    found = _most(column, *shown.count_each(facet, column), chosen, at_most)
    missing = [Option(value, value, 0, 0) for value in set(chosen).difference(column.values)]
    unnamed = _UNNAMED.get(facet, "")
    return _in_order(o if o.value else replace(o, label=unnamed) for o in (*found.values(), *missing))


def _most(column: _Column, n_claims: _Ints, n_events: _Ints, chosen: Sequence[str], at_most: int) -> dict[int, Option]:
    """Return the options that show the most claims, by their codes, and those chosen, which may show none."""
    order = np.argsort(-n_claims, kind="stable")[:at_most]
    kept = dict.fromkeys(order[n_claims[order] > 0].tolist())
    kept |= dict.fromkeys(column.values.index(value) for value in set(chosen).intersection(column.values))
    return {n: Option(column.values[n], column.labels[n], int(n_claims[n]), int(n_events[n])) for n in kept}


def _with_counts(origins: Iterable[Option], ids: _Column, shown: _Shown) -> list[Option]:
    """Count an origin that was chosen by its id, though it is offered by its name."""
    found = list(origins)
    for n, option in enumerate(found):
        if not option.n_claims and option.value in ids.values:
            code = ids.values.index(option.value)
            found[n] = Option(option.value, ids.labels[code], *shown.count("origins", ids.codes == code))
    return _in_order(found)


def _in_order(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda o: (-o.n_claims, o.label, o.value))


# --- the tree of places ---


def _tree(facts: _Facts, shown: _Shown, chosen: Sequence[str], at_most: int) -> list[Option]:
    """Return the countries with their regions and places, and beside them what lies in no country."""
    places = facts.columns["places"]
    own: dict[_Area, list[int]] = defaultdict(list)  # the places that are the area itself
    for n, area in enumerate(facts.areas):
        if _is_area(places.values[n], facts.kinds[n], area):
            own[area].append(n)
    children = _inner_places(facts, shown, {n for found in own.values() for n in found}, chosen, at_most)
    for column in (facts.regions, facts.countries):  # regions first: they lie in countries
        for code, n_claims, n_events in zip(column.values, *shown.count_each("places", column), strict=True):
            country, _, admin1 = code.partition(".")
            counts, within = (int(n_claims), int(n_events)), children[country, admin1]
            ids = [places.values[n] for n in own[country, admin1]]
            label = _area_name(country, admin1, *(places.labels[n] for n in own[country, admin1]))
            named = _named(f"{'region' if admin1 else 'country'}:{code}", ids, chosen)
            if code and (n_claims or within or named[0] in chosen):
                children[country if admin1 else "", ""] += _area_options(named, label, counts, within)
    top = children["", ""]
    missing = [Option(value, value, 0, 0) for value in set(chosen).difference(_values(top))]
    return _in_order([*top, *missing])


def _inner_places(
    facts: _Facts, shown: _Shown, areas: Collection[int], chosen: Sequence[str], at_most: int
) -> dict[_Area, list[Option]]:
    """Return by area the places that are not one themselves."""
    places = facts.columns["places"]
    n_claims, n_events = shown.count_each("places", places)
    n_claims[list(areas)] = 0
    found: dict[_Area, list[Option]] = defaultdict(list)
    for n, option in _most(places, n_claims, n_events, chosen, at_most).items():
        if option.value and n not in areas:
            found[facts.areas[n]].append(option)
    return found


def _named(code: str, ids: Iterable[str], chosen: Sequence[str]) -> list[str]:
    """Return what an area stands by: the values of it that were chosen, or else its code."""
    return [value for value in (code, *ids) if value in chosen] or [code]


def _area_options(
    named: Sequence[str], label: str, counts: tuple[int, int], within: Iterable[Option]
) -> Iterator[Option]:
    first, *others = named
    yield Option(first, label, *counts, tuple(_in_order(within)))
    for other in others:
        yield Option(other, label, *counts)


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
