"""Mention → place: ranked candidates with reasons, the town or its region, and places computed from an anchor."""

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from geopy.distance import geodesic

from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument
from geo.model import Candidate, Document, Mention, Place, PlaceKind, Relation, Resolution, Role
from geo.text import fold

__all__ = ["resolve_places"]

_REGION_HINTS = frozenset("region oblast province prefecture governorate county state district republic".split())
_KEPT_CANDIDATES = 5
# A place said to lie in a direction without a distance: a village is a walk away, "areas" reach further. Km.
_SECTOR_KM = {"village": 15.0, "villages": 15.0, "settlement": 15.0, "settlements": 15.0, "town": 20.0, "towns": 25.0}
_SECTOR_OTHER_KM = 45.0
_NEAR_RADIUS_KM = 25.0
# How far from a region's centre its northern part is taken to lie, in radii.
_PART_SHIFT = 0.6


def resolve_places(
    document: Document, parsed: ParsedDocument, mentions: Sequence[Mention], gazetteer: Gazetteer
) -> list[Resolution]:
    """Return one resolution per mention, in the mentions' order; ``place`` is None where nothing fits."""
    names = [m for m in mentions if m.relation is None]
    resolved = _resolve_names(document, names, gazetteer)
    resolved = _towns_that_mean_regions(document, resolved, gazetteer)
    by_start = {r.mention.start: r for r in resolved}
    country = _country_of(resolved, gazetteer)
    return [
        by_start[m.start] if m.relation is None else _resolve_relative(m, m.relation, by_start, country, gazetteer)
        for m in mentions
    ]


def _resolve_names(document: Document, mentions: Sequence[Mention], gazetteer: Gazetteer) -> list[Resolution]:
    candidates = [_candidates(m, gazetteer) for m in mentions]
    context = _country_weights(mentions, candidates)
    anchors = [c[0] for c in candidates if len(c) == 1 and c[0].lat is not None]
    chosen: dict[tuple[str, str], Resolution] = {}
    resolutions = []
    for i, mention in enumerate(mentions):
        container = _container(document, mentions, candidates, i)
        key = (mention.surface.casefold(), mention.hint)
        if container is None and key in chosen:
            resolutions.append(replace(chosen[key], mention=mention))
            continue
        ranked = _rank(candidates[i], context, container, anchors)
        resolution = _choose(mention, ranked)
        if resolution.place is not None:
            chosen.setdefault(key, resolution)
        resolutions.append(resolution)
    return resolutions


def _candidates(mention: Mention, gazetteer: Gazetteer) -> list[Place]:
    if mention.role is Role.DEMONYM:
        place = gazetteer.demonym(mention.surface)
        return [place] if place else []
    if mention.hint in _REGION_HINTS:
        for hint in (mention.hint, "region"):
            if places := gazetteer.lookup(f"{mention.surface} {hint}"):
                return places
        if regions := [p for p in gazetteer.lookup_all(mention.surface) if p.kind is PlaceKind.REGION]:
            return regions
    places = gazetteer.lookup(mention.surface)
    if mention.hint in _REGION_HINTS and places and places[0].kind is PlaceKind.SETTLEMENT:
        return [gazetteer.region_of(places[0]) or places[0]]
    return places


def _country_weights(mentions: Sequence[Mention], candidates: Sequence[Sequence[Place]]) -> Mapping[str, float]:
    """Return how much of a report speaks of each country, 0-1, from the names that can mean one country only."""
    counts: dict[str, float] = defaultdict(float)
    for mention, places in zip(mentions, candidates, strict=True):
        codes = {p.country_code for p in places}
        if len(codes) == 1 and (code := codes.pop()):
            counts[code] += 1 if mention.role is Role.LITERAL else 0.5
    total = sum(counts.values())
    return {code: count / total for code, count in counts.items()} if total else {}


def _container(
    document: Document, mentions: Sequence[Mention], candidates: Sequence[Sequence[Place]], i: int
) -> Place | None:
    """Return the place that follows a name after a comma ("Oxford, North Carolina"), which must hold it."""
    if i + 1 >= len(mentions) or not candidates[i + 1]:
        return None
    between = document.text[mentions[i].end : mentions[i + 1].start]
    follower = candidates[i + 1][0]
    holds = follower.kind in (PlaceKind.COUNTRY, PlaceKind.REGION)
    return follower if re.fullmatch(r", ?", between) and holds else None


def _rank(
    places: Iterable[Place], context: Mapping[str, float], container: Place | None, anchors: Sequence[Place]
) -> list[Candidate]:
    scored = [_score(place, context, container, anchors) for place in places]
    return sorted(scored, key=lambda c: (-c.score, c.place.place_id))


def _score(place: Place, context: Mapping[str, float], container: Place | None, anchors: Sequence[Place]) -> Candidate:
    score, reasons = math.log10(place.population + 1) / 10, []
    if place.population:
        reasons.append(f"population {place.population:,}")
    if place.kind is PlaceKind.COUNTRY:
        score += 0.5
        reasons.append("a country")
    elif place.kind is PlaceKind.REGION:
        score += 0.25
        reasons.append("a region")
    if weight := context.get(place.country_code, 0.0):
        score += 0.4 * weight
        reasons.append(f"{weight:.0%} of the report's names are in {place.country_code}")
    if container is not None and _inside(place, container):
        score += 1.0
        reasons.append(f"named with {container.name}")
    if place.lat is not None and (near := _nearest_km(place, anchors)) is not None and near < 300:
        score += 0.2 * (1 - near / 300)
        reasons.append(f"{near:.0f} km from another place of the report")
    return Candidate(place, round(score, 4), tuple(reasons))


def _inside(place: Place, container: Place) -> bool:
    if container.kind is PlaceKind.COUNTRY:
        return place.country_code == container.country_code and place.place_id != container.place_id
    return place.parent_id == container.place_id or (
        place.country_code == container.country_code and place.admin1_code == container.admin1_code != ""
    )


def _nearest_km(place: Place, anchors: Iterable[Place]) -> float | None:
    distances = (_km(place, a) for a in anchors if a.place_id != place.place_id and a.kind is not PlaceKind.COUNTRY)
    return min(distances, default=None)


def _km(a: Place, b: Place) -> float:
    """Great-circle distance in km; the ellipsoid's 0.5 % does not matter for ranking and costs fifty times as much."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return math.inf
    la1, lo1, la2, lo2 = map(math.radians, (a.lat, a.lon, b.lat, b.lon))
    h = math.sin((la2 - la1) / 2) ** 2 + math.cos(la1) * math.cos(la2) * math.sin((lo2 - lo1) / 2) ** 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


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


def _country_of(resolved: Iterable[Resolution], gazetteer: Gazetteer) -> Place | None:
    """Return the country that most of a report's literal places lie in."""
    counts = Counter(
        r.place.country_code
        for r in resolved
        if r.place is not None and r.place.country_code and r.mention.role is Role.LITERAL
    )
    if not counts:
        return None
    code = min(counts, key=lambda c: (-counts[c], c))
    return gazetteer.get_place(f"country:{code}")


def _resolve_relative(
    mention: Mention,
    relation: Relation,
    by_start: Mapping[int, Resolution],
    country: Place | None,
    gazetteer: Gazetteer,
) -> Resolution:
    anchor = _anchor(mention, relation, by_start, country)
    if anchor is None or anchor.lat is None or anchor.lon is None:
        return Resolution(mention, None, (), "a relative place whose anchor has no point")
    if relation.word == "near":
        place = _computed(mention, anchor, anchor.lat, anchor.lon, max(_NEAR_RADIUS_KM, anchor.radius_km))
        return Resolution(mention, place, (), f"near {anchor.name}")
    if relation.word == "from":
        return _at_bearing(mention, relation, anchor)
    return _part_of(mention, relation, anchor, gazetteer)


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
    tall, wide = (statistics.pstdev(values) or 1.0 for values in zip(*towns, strict=True))
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
