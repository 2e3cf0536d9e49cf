"""Mention → place: ranked candidates with reasons, the town or its region, and places computed from an anchor."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from geopy.distance import geodesic

from geo.errors import UnknownPlaceError
from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument
from geo.model import Bearing, Candidate, Document, Mention, Place, PlaceKind, Relation, Resolution, Role
from geo.ranking import Name, holds, rank_names
from geo.text import fold

__all__ = ["name_key", "names_of", "rank_places", "resolve_places"]

_REGION_HINTS = frozenset("region oblast province prefecture governorate county state district republic".split())
_KEPT_CANDIDATES = 5
# A place said to lie in a direction without a distance: a village is a walk away, "areas" reach further. Km.
_SECTOR_KM = {"village": 15.0, "villages": 15.0, "settlement": 15.0, "settlements": 15.0, "town": 20.0, "towns": 25.0}
_SECTOR_OTHER_KM = 45.0
_NEAR_RADIUS_KM = 25.0
_EDGES = frozenset({"outskirts", "suburbs", "environs", "vicinity"})
_EDGE_RADIUS_KM = 8.0
_BORDER_RADIUS_KM = 30.0
_AROUND_DEGREES = 2.0
_FEWEST_TOWNS = 6
# How far from a region's centre its northern part is taken to lie, in radii.
_PART_SHIFT = 0.6

_Point = tuple[float, float]


def resolve_places(
    document: Document, parsed: ParsedDocument, mentions: Sequence[Mention], gazetteer: Gazetteer
) -> list[Resolution]:
    """Return one resolution per mention, in the mentions' order; ``place`` is None where nothing fits."""
    names = [m for m in mentions if m.relation is None]
    resolved = _resolve_names(document, names, gazetteer)
    resolved = _towns_that_mean_regions(document, resolved, gazetteer)
    by_start = {r.mention.start: r for r in resolved}
    countries = _countries_of(resolved, gazetteer)
    relative = {
        m: _resolve_relative(m, m.relation, by_start, countries, gazetteer) for m in mentions if m.relation is not None
    }
    checked = by_start | dict(_checked(relative.values(), by_start))
    return [checked[m.start] if m.relation is None else relative[m] for m in mentions]


def _checked(relative: Iterable[Resolution], by_start: Mapping[int, Resolution]) -> Iterator[tuple[int, Resolution]]:
    """Yield the names whose place is not where the text says they lie, put at the candidate that is.

    "Balakliia, which lies 74 km southeast of Kharkiv" checks Balakliia. Where no candidate fits, the choice stays.
    """
    for found in relative:
        start = found.mention.relation.describes if found.mention.relation else None
        if start is None or found.place is None or start not in by_start:
            continue
        named, there = by_start[start], found.place
        if named.place is not None and _is_at(named.place, there):
            continue
        if fitting := [c for c in named.candidates if _is_at(c.place, there)]:
            reason = f"{fitting[0].place.name} as it lies {found.mention.surface}, which the others of that name do not"
            yield start, Resolution(named.mention, fitting[0].place, named.candidates, reason)


def _is_at(place: Place, there: Place) -> bool:
    if place.lat is None or place.lon is None or there.lat is None or there.lon is None:
        return False
    return bool(geodesic((place.lat, place.lon), (there.lat, there.lon)).kilometers <= there.radius_km + 10)


def names_of(
    document: Document, mentions: Sequence[Mention], gazetteer: Gazetteer
) -> tuple[list[Name], dict[tuple[str, str], int]]:
    """Return a report's distinct names with all they may mean, and where each (surface, hint) stands among them.

    A name counts more the oftener it stands in the report. One sense holds per report: a name that is once followed by
    its region ("Oxford, Mississippi") is that place throughout.
    """
    counts = Counter(name_key(m) for m in mentions)
    containers: dict[tuple[str, str], Sequence[Place]] = {}
    for i, mention in enumerate(mentions):
        containers.setdefault(name_key(mention), ())
        containers[name_key(mention)] = containers[name_key(mention)] or _container(document, mentions, i, gazetteer)
    first = {name_key(m): m for m in reversed(mentions)}
    names = [
        Name(m.surface, m.hint, _candidates(m, containers[key], gazetteer), containers[key], 1 + math.log(counts[key]))
        for key, m in first.items()
    ]
    return names, {key: i for i, key in enumerate(first)}


def name_key(mention: Mention) -> tuple[str, str]:
    return mention.surface.casefold(), "demonym" if mention.role is Role.DEMONYM else mention.hint


def _resolve_names(document: Document, mentions: Sequence[Mention], gazetteer: Gazetteer) -> list[Resolution]:
    names, index = names_of(document, mentions, gazetteer)
    ranked = rank_names(names)
    return [_choose(m, ranked[index[name_key(m)]]) for m in mentions]


def _candidates(mention: Mention, containers: Sequence[Place], gazetteer: Gazetteer) -> list[Place]:
    if mention.role is Role.DEMONYM:
        place = gazetteer.demonym(mention.surface)
        return [place] if place else []
    curated = gazetteer.lookup(mention.surface)
    if mention.hint in _REGION_HINTS:
        for hint in (mention.hint, "region"):
            if places := gazetteer.lookup(f"{mention.surface} {hint}"):
                return places
        everything = gazetteer.lookup_all(mention.surface)
        if any(p.kind is PlaceKind.REGION for p in everything):
            return everything
        if curated and curated[0].kind is PlaceKind.SETTLEMENT:
            return [gazetteer.region_of(curated[0]) or curated[0]]
    if curated and gazetteer.is_curated(curated[0]) and not _excluded(curated[0], containers):
        return curated
    return gazetteer.lookup_all(mention.surface)


def _excluded(place: Place, containers: Sequence[Place]) -> bool:
    return bool(containers) and not any(holds(c, place) for c in containers)


def _container(document: Document, mentions: Sequence[Mention], i: int, gazetteer: Gazetteer) -> Sequence[Place]:
    """Return what the name after a comma may mean as a country or region ("Oxford, North Carolina")."""
    if i + 1 >= len(mentions) or not re.fullmatch(r", ?", document.text[mentions[i].end : mentions[i + 1].start]):
        return ()
    return [p for p in gazetteer.lookup_all(mentions[i + 1].surface) if p.kind in (PlaceKind.COUNTRY, PlaceKind.REGION)]


def _choose(mention: Mention, ranked: Sequence[Candidate]) -> Resolution:
    if not ranked:
        return Resolution(mention, None, (), f"no gazetteer layer knows {mention.surface!r}")
    best = ranked[0]
    why = "; ".join(best.reasons) or "the only place of that name"
    if len(ranked) > 1:
        why += f"; ahead of {len(ranked) - 1} other{'s' if len(ranked) > 2 else ''} of that name"
    return Resolution(mention, best.place, tuple(ranked[:_KEPT_CANDIDATES]), why)


def _towns_that_mean_regions(
    document: Document, resolved: Sequence[Resolution], gazetteer: Gazetteer
) -> list[Resolution]:
    """Read "Kharkiv" as its region where the words around show that the region is meant.

    They do after in, from or next to, where the same sentence names a place inside that region or says "region"; and
    where two such names stand together ("Donetsk and Luhansk") in a report that speaks of their regions.
    """
    regions = {i: region for i, r in enumerate(resolved) if (region := _region_namesake(r, gazetteer)) is not None}
    named = {r.place.place_id for r in resolved if r.place is not None}
    text = fold(document.text)
    result = list(resolved)
    for i, region in regions.items():
        if _paired(text, resolved, regions, i) or _around_it(text, resolved, i, region, region.place_id in named):
            reason = f"the region of {region.name}, not its town: the sentence speaks of the region"
            result[i] = Resolution(resolved[i].mention, region, resolved[i].candidates, reason)
    return result


def _region_namesake(resolution: Resolution, gazetteer: Gazetteer) -> Place | None:
    """Return the region that bears a town's name, if the mention is of such a town."""
    place, mention = resolution.place, resolution.mention
    if place is None or mention.role is not Role.LITERAL or place.kind is not PlaceKind.SETTLEMENT or mention.hint:
        return None
    region = gazetteer.region_of(place)
    if region is None or not region.name.casefold().startswith(place.name.casefold()):
        return None
    return region


def _paired(text: str, resolved: Sequence[Resolution], regions: Mapping[int, Place], i: int) -> bool:
    """Whether two namesakes of different regions of one country stand side by side."""
    for a, b in ((i, i + 1), (i - 1, i)):
        if a in regions and b in regions and regions[a].place_id != regions[b].place_id:
            between = text[resolved[a].mention.end : resolved[b].mention.start]
            if re.fullmatch(r" and |/| or ", between) and regions[a].country_code == regions[b].country_code:
                return True
    return False


def _around_it(text: str, resolved: Sequence[Resolution], i: int, region: Place, spoken_of: bool) -> bool:
    mention = resolved[i].mention
    before = text[max(0, mention.start - 24) : mention.start]
    if not re.search(r"\b(?:in|from|across|throughout|next to|within) $", before, re.IGNORECASE):
        return False
    start, end = _clause(text, mention.start, mention.end)
    if re.search(r"\b(?:towns?|cities|villages?|areas) (?:in|of|across) $", before):
        return True
    inside = any(
        r.place is not None and r.place.parent_id == region.place_id and start <= r.mention.start < end
        for j, r in enumerate(resolved)
        if j != i and r.place is not None and r.place.name != resolved[i].place.name  # type: ignore[union-attr]
    )
    worded = bool(re.search(r"\b(?:regions?|areas|oblast|separatist|provinces?)\b", text[start:end]))
    return inside or (worded and spoken_of)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence-like span around a mention: up to the nearest full stop or line break on both sides."""
    first = max((m.end() for m in re.finditer(r"[.!?]\s|\n", text[:start])), default=0)
    last = re.search(r"[.!?](?:\s|$)|\n", text[end:])
    return first, end + last.start() if last else len(text)


def _countries_of(resolved: Iterable[Resolution], gazetteer: Gazetteer) -> list[Place]:
    """Return the countries of a report's places, those of the most literal places first, then of the most names."""
    placed = [r for r in resolved if r.place is not None and r.place.country_code]
    literal = Counter(r.place.country_code for r in placed if r.place and r.mention.role is Role.LITERAL)
    named = Counter(r.place.country_code for r in placed if r.place)
    codes = sorted(named, key=lambda c: (-literal[c], -named[c], c))
    return [gazetteer.get_place(f"country:{code}") for code in codes]


def _resolve_relative(
    mention: Mention,
    relation: Relation,
    by_start: Mapping[int, Resolution],
    countries: Sequence[Place],
    gazetteer: Gazetteer,
) -> Resolution:
    anchor = _anchor(mention, relation, by_start, countries[0] if countries else None)
    if anchor is None or anchor.lat is None or anchor.lon is None:
        return Resolution(mention, None, (), "a relative place whose anchor has no point")
    if relation.word == "between":
        return _between(mention, anchor, by_start[relation.other_start or 0].place)
    if relation.word == "border":
        other = by_start[relation.other_start].place if relation.other_start is not None else None
        return _border(mention, anchor, other, countries, gazetteer)
    if relation.word == "near" and relation.kind_word in _EDGES:
        place = _computed(mention, anchor, anchor.lat, anchor.lon, anchor.radius_km + _EDGE_RADIUS_KM)
        return Resolution(mention, place, (), f"the {relation.kind_word} of {anchor.name}")
    if relation.word == "near":
        place = _computed(mention, anchor, anchor.lat, anchor.lon, anchor.radius_km + _NEAR_RADIUS_KM)
        return Resolution(mention, place, (), f"near {anchor.name}")
    if relation.word == "from":
        return _at_bearing(mention, relation, anchor)
    return _part_of(mention, relation, anchor, gazetteer)


def _between(mention: Mention, first: Place, second: Place | None) -> Resolution:
    if second is None or first.lat is None or first.lon is None or second.lat is None or second.lon is None:
        return Resolution(mention, None, (), "a place between two of which one has no point")
    km = geodesic((first.lat, first.lon), (second.lat, second.lon)).kilometers
    lat, lon = (first.lat + second.lat) / 2, _middle_longitude(first.lon, second.lon)
    place = _computed(mention, first, lat, lon, max(3.0, km / 2))
    return Resolution(mention, place, (), f"half-way from {first.name} to {second.name}, {km:.0f} km apart")


def _border(
    mention: Mention, anchor: Place, other: Place | None, countries: Sequence[Place], gazetteer: Gazetteer
) -> Resolution:
    """Put a border between the towns of two countries that lie nearest to each other.

    The second country is the one named, else the one that the report speaks of most besides the first.
    """
    codes = [p.country_code for p in (other, *countries) if p is not None and p.country_code != anchor.country_code]
    here = gazetteer.town_points(anchor.country_code)
    there = gazetteer.town_points(codes[0]) if codes else ()
    if not here or not there:
        return Resolution(mention, None, (), f"a border of {anchor.name} with a country that the report does not name")
    lat, lon, spread = _where_nearest(here, there)
    place = _computed(mention, anchor, lat, lon, max(_BORDER_RADIUS_KM, spread))
    return Resolution(mention, place, (), f"where the towns of {anchor.country_code} and {codes[0]} lie nearest")


@lru_cache(maxsize=500)
def _where_nearest(here: tuple[_Point, ...], there: tuple[_Point, ...]) -> tuple[float, float, float]:
    """Return the middle of the towns of two countries that lie nearest to each other, and how far they reach in km."""
    a, b = np.array(here), np.array(there)
    a, b = _towards(a, b), _towards(b, a)
    near = np.concatenate([_nearest_to(a, b), _nearest_to(b, a)])
    lat, lon = (float(degrees) for degrees in near.mean(axis=0))
    return lat, lon, max(geodesic((lat, lon), tuple(town)).kilometers for town in near)


def _towards(towns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the towns in or around the rectangle of the others, for most lie far from a border; all where few do."""
    low, high = others.min(axis=0) - _AROUND_DEGREES, others.max(axis=0) + _AROUND_DEGREES
    inside = towns[((towns >= low) & (towns <= high)).all(axis=1)]
    return inside if len(inside) >= _FEWEST_TOWNS else towns


def _nearest_to(towns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the twentieth of the towns, six at least, that lie nearest to any of the others."""
    distances = -(_on_sphere(towns) @ _on_sphere(others).T).max(axis=1)
    return np.asarray(towns[np.argsort(distances, kind="stable")[: max(_FEWEST_TOWNS, len(towns) // 20)]])


def _on_sphere(points: np.ndarray) -> np.ndarray:
    """Return points given in degrees as unit vectors, whose products are the larger the nearer two of them lie."""
    lat, lon = np.radians(points).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _middle_longitude(a: float, b: float) -> float:
    """Return the longitude half-way the short way round."""
    gap = (b - a + 540) % 360 - 180
    return (a + gap / 2 + 540) % 360 - 180


def _anchor(
    mention: Mention, relation: Relation, by_start: Mapping[int, Resolution], country: Place | None
) -> Place | None:
    if relation.anchor_start is not None:
        return by_start[relation.anchor_start].place
    if relation.kind_word in {"region", "province"}:
        before = [r for start, r in by_start.items() if start < mention.start and r.mention.role is Role.LITERAL]
        regions = [r.place for r in before if r.place is not None and r.place.kind is PlaceKind.REGION]
        return regions[-1] if regions else country
    return country


def _at_bearing(mention: Mention, relation: Relation, anchor: Place) -> Resolution:
    exact = relation.distance_km is not None
    km = relation.distance_km if relation.distance_km is not None else _sector_km(relation)
    bearing = relation.bearings[0]
    point = geodesic(kilometers=km).destination((anchor.lat, anchor.lon), bearing)
    # A bearing in words is right to an eighth of a circle, so the point is to within 0.4 of the distance.
    place = _computed(mention, anchor, point.latitude, point.longitude, max(3.0, km * (0.4 if exact else 0.9)))
    place = replace(place, bearing=Bearing(anchor.lat or 0.0, anchor.lon or 0.0, bearing))
    how = f"{km:g} km" if exact else "an unstated distance"
    return Resolution(mention, place, (), f"{how} from {anchor.name} on a bearing of {bearing:.0f}°")


def _sector_km(relation: Relation) -> float:
    return _SECTOR_KM.get(relation.kind_word, _SECTOR_OTHER_KM)


def _part_of(mention: Mention, relation: Relation, anchor: Place, gazetteer: Gazetteer) -> Resolution:
    bearings = [b for b in relation.bearings if b >= 0]
    towns = gazetteer.town_points(anchor.country_code) if anchor.kind is PlaceKind.COUNTRY else ()
    points = [_outer_point(anchor, towns, b) for b in bearings] or [(anchor.lat or 0.0, anchor.lon or 0.0)]
    lat, lon = (sum(values) / len(points) for values in zip(*points, strict=True))
    place = _computed(mention, anchor, lat, lon, anchor.radius_km * 0.6, _part_name(mention, anchor))
    return Resolution(mention, place, (), f"a part of {anchor.name}, taken by its direction")


def _outer_point(anchor: Place, towns: Sequence[tuple[float, float]], bearing: float) -> tuple[float, float]:
    """Return the middle of the towns that lie outermost in a direction, or a shifted centre where none are known.

    A country's shape is not known here, but where its towns are is: the outer quarter of them along the bearing
    stands for "the south" better than any shift of the centre.
    """
    if len(towns) < 12 or anchor.lat is None or anchor.lon is None:
        shifted = geodesic(kilometers=anchor.radius_km * _PART_SHIFT).destination((anchor.lat, anchor.lon), bearing)
        return shifted.latitude, shifted.longitude
    north, east = math.cos(math.radians(bearing)), math.sin(math.radians(bearing))
    tall, wide = (float(spread) or 1.0 for spread in np.std(towns, axis=0))
    spots = sorted(towns, key=lambda s: -(s[0] * north / tall + s[1] * east / wide))
    outer = spots[: max(4, len(spots) // 4)]
    return sum(s[0] for s in outer) / len(outer), sum(s[1] for s in outer) / len(outer)


def _part_name(mention: Mention, anchor: Place) -> str:
    """Name an open part after its whole: "the south and east" of Ukraine is "southern and eastern Ukraine"."""
    if anchor.name.casefold() in mention.surface.casefold():
        return mention.surface
    words = re.findall(r"(?:north|south)(?:east|west)?|east|west|central", mention.surface.lower())
    return " and ".join(w if w == "central" else f"{w}ern" for w in words) + f" {anchor.name}"


def _computed(mention: Mention, anchor: Place, lat: float, lon: float, radius_km: float, name: str = "") -> Place:
    words = re.sub(r"^(?:an?|the) ", "", name or mention.surface)
    slug = re.sub(r"\W+", "-", words.casefold()).strip("-")
    return Place(
        place_id=f"rel:{anchor.place_id}:{slug}",
        name=words,
        kind=PlaceKind.RELATIVE,
        lat=round(lat, 4),
        lon=round(lon, 4),
        radius_km=round(radius_km, 1),
        country_code=anchor.country_code,
        admin1_code=anchor.admin1_code,
        parent_id=anchor.place_id,
        source="computed",
    )


def rank_places(name: str, gazetteer: Gazetteer, near: str | None = None) -> list[Candidate]:
    """Return all that a name may mean, best first, with scores that sum to 1 and the reasons; [] for no known name.

    ``near`` is a place that a report names with it: a country or region to lie in, or a town to lie near.

    Raises:
        UnknownPlaceError: no gazetteer layer knows ``near``.
    """
    context: Sequence[Place] = gazetteer.lookup_all(near) if near else ()
    if near and not context:
        raise UnknownPlaceError(f"{near!r}: no gazetteer layer knows this name")
    areas = [place for place in context if place.kind in (PlaceKind.COUNTRY, PlaceKind.REGION)]
    names = [Name(name, "", gazetteer.lookup_all(name), areas), *([Name(near, "", context)] if near else [])]
    return rank_names(names)[0]
