"""Which of several places a name means: readable features of each candidate, weighed by a small trained scorer.

The context of a report is what its other names can mean: countries and regions that they share, the points they lie at,
and regions named outright. The weights are in ``geo/data/ranker.json``; ``benchmarks/train_places.py`` trains them and
says how well they do on reports that they were not trained on.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from geo.model import Candidate, Place, PlaceKind
from geo.scorer import Scorer
from geo.world import normal_name

__all__ = ["Name", "explain", "features", "rank_names"]

_AREAS = (PlaceKind.REGION, PlaceKind.COUNTRY)
_KM_PER_RADIAN = 6371.0
_NEAR_KM = (30, 100, 300, 1000)
_SHARE_KM = 300
_SEAT_SHARE = 10  # a town with a tenth of its region's people is large
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a report: how it is written, the noun beside it, its places, and the area named right after it.

    ``weight`` is how much its reading counts for the others: its number of mentions, damped.
    """

    surface: str
    hint: str
    places: Sequence[Place]
    container: Sequence[Place] = ()
    weight: float = 1.0


_Region = tuple[str, str]
_Area = TypeVar("_Area", str, _Region)


@dataclass(frozen=True, slots=True)
class _Sums(Generic[_Area]):
    """How much the names of a report speak of each area; ``order`` has the largest first, ``total`` what has a code."""

    weights: Mapping[_Area, float]
    order: Sequence[_Area]
    total: float


@dataclass(frozen=True, slots=True)
class _Shares(Generic[_Area]):
    """The shares of 1 that some areas have of what is left without one name, and the largest share of any area."""

    of: Mapping[_Area, float]
    first: float


@dataclass(frozen=True, slots=True)
class _Context:
    """What the names of a report speak of: countries and regions, and points with the names that they belong to."""

    countries: _Sums[str]
    regions: _Sums[_Region]
    named: frozenset[str]
    points: np.ndarray
    owners: np.ndarray


def rank_names(names: Sequence[Name], scorer: Scorer | None = None) -> list[list[Candidate]]:
    """Return the candidates of each name, best first, with scores that sum to 1 and the reasons for each.

    ``scorer`` replaces the shipped one.
    The first pass weighs the context by population, the second by what the first has found.
    """
    scorer = scorer or Scorer.load("ranker")
    beliefs = [_prior(name) for name in names]
    own = [_own_features(name) for name in names]
    open_ = [i for i, name in enumerate(names) if len(name.places) > 1]
    for i, row in zip(open_, _in_context(names, own, beliefs, open_), strict=True):
        beliefs[i] = _belief(row, scorer)
    rows = _in_context(names, own, beliefs, range(len(names)))
    return [_ranked(name, _belief(row, scorer), row) for name, row in zip(names, rows, strict=True)]


def features(names: Sequence[Name], beliefs: Sequence[np.ndarray] | None = None) -> list[list[dict[str, float]]]:
    """Return the features of every candidate of every name, each name seen in the context of all the others."""
    if beliefs is None:
        beliefs = [_prior(name) for name in names]
    return _in_context(names, [_own_features(name) for name in names], beliefs, range(len(names)))


def _in_context(
    names: Sequence[Name],
    own: Sequence[Sequence[Mapping[str, float]]],
    beliefs: Sequence[np.ndarray],
    which: Iterable[int],
) -> list[list[dict[str, float]]]:
    context = _context(names, beliefs)
    return [
        [{**first, **second} for first, second in zip(own[i], _of_name(i, names[i], beliefs[i], context), strict=True)]
        for i in which
    ]


def _belief(row: Sequence[Mapping[str, float]], scorer: Scorer) -> np.ndarray:
    """Return how likely each place of a name is by its features; one alone is sure."""
    return _softmax([scorer.log_odds(found) for found in row]) if len(row) > 1 else np.ones(len(row))


def explain(found: Mapping[str, float], place: Place) -> tuple[str, ...]:
    """Return in words the features that speak for a candidate."""
    reasons = []
    if "container" in found:
        reasons.append("it lies in the place named after it")
    if place.population:
        reasons.append(f"population {place.population:,}")
    if place.kind in _AREAS:
        reasons.append(f"a {place.kind.value}")
    if (share := found.get("country share", 0.0)) >= 0.05:
        reasons.append(f"{share:.0%} of the report's other names point to {place.country_code}")
    if "region named" in found:
        reasons.append("the report names its region")
    near = next((km for km in _NEAR_KM if f"within {km} km" in found), None)
    if near is not None:
        reasons.append(f"within {near} km of another place of the report")
    return tuple(reasons)


def _prior(name: Name) -> np.ndarray:
    """Return how likely each place is before anything of the report is known: people, and countries first."""
    weights = [
        (place.population + 1000.0) ** 0.8 * (20 if place.kind is PlaceKind.COUNTRY else 1) for place in name.places
    ]
    total = sum(weights)
    return np.array([w / total for w in weights])


def _softmax(scores: Sequence[float]) -> np.ndarray:
    if not scores:
        return np.zeros(0)
    raised = np.exp(np.array(scores) - max(scores))
    return np.asarray(raised / raised.sum())


def _ranked(name: Name, belief: np.ndarray, rows: Sequence[Mapping[str, float]]) -> list[Candidate]:
    scored = [
        Candidate(place, round(float(p), 4), explain(row, place))
        for place, p, row in zip(name.places, belief, rows, strict=True)
    ]
    return sorted(scored, key=lambda c: (-c.score, -c.place.population, c.place.place_id))


def _context(names: Sequence[Name], beliefs: Sequence[np.ndarray]) -> _Context:
    countries: dict[str, float] = defaultdict(float)
    regions: dict[_Region, float] = defaultdict(float)
    points, owners, named = [], [], set()
    for i, (name, belief) in enumerate(zip(names, beliefs, strict=True)):
        for place, p in zip(name.places, belief.tolist(), strict=True):
            countries[place.country_code] += name.weight * p
            regions[place.country_code, place.admin1_code] += name.weight * p
        if len(name.places):
            best = name.places[int(np.argmax(belief))]
            if best.kind in _AREAS:
                named.add(best.place_id)
            elif best.lat is not None and best.lon is not None:
                points.append((math.radians(best.lat), math.radians(best.lon)))
                owners.append(i)
    spots = np.array(points).reshape(-1, 2)
    return _Context(_sums(countries), _sums(regions), frozenset(named), spots, np.array(owners, dtype=int))


def _sums(weights: Mapping[_Area, float]) -> _Sums[_Area]:
    order = sorted(weights, key=lambda area: -weights[area])
    return _Sums(weights, order, sum(weight for area, weight in weights.items() if area))


def _of_name(i: int, name: Name, belief: np.ndarray, context: _Context) -> list[dict[str, float]]:
    """Return what the rest of the report says of each place of a name."""
    weights = [name.weight * p for p in belief.tolist()]
    countries = _without(context.countries, [place.country_code for place in name.places], weights)
    regions = _without(context.regions, [(place.country_code, place.admin1_code) for place in name.places], weights)
    near = _nearness(name.places, context.points[context.owners != i])
    return [_shared(p, countries, regions, context.named) | found for p, found in zip(name.places, near, strict=True)]


def _without(sums: _Sums[_Area], areas: Sequence[_Area], weights: Sequence[float]) -> _Shares[_Area]:
    """Return shares of 1 without what a name itself has put in, so that it cannot speak for itself."""
    own: dict[_Area, float] = defaultdict(float)
    for area, weight in zip(areas, weights, strict=True):
        own[area] += weight
    rest = {area: max(0.0, sums.weights[area] - weight) for area, weight in own.items()}
    total = sums.total - sum(sums.weights[area] - rest[area] for area in rest if area)
    if total <= _NOTHING:
        return _Shares({}, 0.0)
    others = next((sums.weights[area] for area in sums.order if area not in rest), 0.0)
    first = max(others, max(rest.values(), default=0.0))
    return _Shares({area: weight / total for area, weight in rest.items()}, first / total)


def _own_features(name: Name) -> list[dict[str, float]]:
    """Return what a name and the words beside it say of each of its places."""
    order = sorted(range(len(name.places)), key=lambda j: -name.places[j].population)
    rank = {j: r for r, j in enumerate(order)}
    return [_of_place(name, place, rank[j]) | _namesake(place, name.places) for j, place in enumerate(name.places)]


def _namesake(place: Place, places: Sequence[Place]) -> dict[str, float]:
    """Return whether a town shares its name with the region around it: "Porto" is the city more often than not."""
    if place.kind not in (PlaceKind.REGION, PlaceKind.SETTLEMENT):
        return {}
    other = PlaceKind.SETTLEMENT if place.kind is PlaceKind.REGION else PlaceKind.REGION
    around = [p for p in places if p.kind is other and p.country_code == place.country_code]
    if place.kind is PlaceKind.REGION and any(p.admin1_code == place.admin1_code for p in around):
        large = "large" if max(p.population for p in around) * _SEAT_SHARE >= place.population else "small"
        return {f"{_kind(place)} with a {large} town of its name": 1.0}
    if place.kind is PlaceKind.SETTLEMENT and any(p.admin1_code == place.admin1_code for p in around):
        return {"town of its region's name": 1.0}
    return {}


def _of_place(name: Name, place: Place, rank: int) -> dict[str, float]:
    found = {
        "population": math.log10(place.population + 1) / 7,
        f"kind {_kind(place)}": 1.0,
        f"rank {min(rank, 3)}": 1.0,
    }
    if len(name.places) == 1:
        found["only"] = 1.0
    if place.population < 15_000 and place.kind is PlaceKind.SETTLEMENT:
        found["small"] = 1.0
    if normal_name(place.name) == normal_name(name.surface):
        found["name as written"] = 1.0
    if place.metonym_of:
        found["capital"] = 1.0
    if name.container:
        found["container" if any(holds(c, place) for c in name.container) else "outside container"] = 1.0
    return found | _hinted(name.hint, place)


def _kind(place: Place) -> str:
    if place.kind is PlaceKind.REGION:
        return place.feature_code or "region"
    return place.kind.value


def _hinted(hint: str, place: Place) -> dict[str, float]:
    if not hint:
        return {}
    area = hint not in {"river", "city", "town"}
    fits = (area and place.kind is PlaceKind.REGION) or (hint == "river" and place.kind is PlaceKind.NATURAL)
    return {"hint fits" if fits else "hint misfits": 1.0}


def _shared(
    place: Place,
    countries: _Shares[str],
    regions: _Shares[_Region],
    named: frozenset[str],
) -> dict[str, float]:
    """Return how much of the report lies in a place's country and region."""
    country = countries.of.get(place.country_code, 0.0) if place.country_code else 0.0
    region = regions.of.get((place.country_code, place.admin1_code), 0.0) if place.admin1_code else 0.0
    found = {"country share": country, "region share": region}
    if country and country >= countries.first:
        found["first country"] = 1.0
    if region and region >= regions.first:
        found["first region"] = 1.0
    if f"country:{place.country_code}" in named and place.kind is not PlaceKind.COUNTRY:
        found["country named"] = 1.0
    if place.parent_id in named and place.parent_id and not place.parent_id.startswith("country:"):
        found["region named"] = 1.0
    return found


def holds(area: Place, place: Place) -> bool:
    """Whether an area holds a place, by their codes."""
    if area.place_id == place.place_id or area.country_code != place.country_code:
        return False
    if area.kind is PlaceKind.COUNTRY or area.place_id == place.parent_id:
        return True
    return area.kind is PlaceKind.REGION and area.admin1_code == place.admin1_code != ""


def _nearness(places: Sequence[Place], others: np.ndarray) -> list[dict[str, float]]:
    """Return how far each place is from the points of the report's other names."""
    spots = [j for j, p in enumerate(places) if p.lat is not None and p.kind is not PlaceKind.COUNTRY]
    found: list[dict[str, float]] = [{} for _ in places]
    if not spots or not len(others):
        return found
    here = np.radians(np.array([(places[j].lat, places[j].lon) for j in spots], dtype=float))
    km = _kilometers(here, others)
    apart = km > 1.0  # the same spot under another name says nothing
    nearest = np.where(apart, km, np.inf).min(axis=1).tolist()
    close = (apart & (km <= _SHARE_KM)).sum(axis=1).tolist()
    counted = apart.sum(axis=1).tolist()
    for j, least, inside, all_ in zip(spots, nearest, close, counted, strict=True):
        if all_:
            found[j] = {f"within {limit} km": 1.0 for limit in _NEAR_KM if least <= limit}
            found[j][f"share within {_SHARE_KM} km"] = inside / all_
    return found


def _kilometers(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the great-circle distances of all points of one array from all of another, given in radians."""
    lat, lon = a[:, :1], a[:, 1:]
    h = np.sin((b[:, 0] - lat) / 2) ** 2 + np.cos(lat) * np.cos(b[:, 0]) * np.sin((b[:, 1] - lon) / 2) ** 2
    return np.asarray(2 * _KM_PER_RADIAN * np.arcsin(np.sqrt(np.minimum(1.0, h))))
