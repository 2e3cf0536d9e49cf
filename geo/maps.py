"""View → Folium map; the only module that touches Folium.

Folium compiles its output as a template once more: ``{{…}}`` in any string given to it runs on the server, and script
in it runs in the page. So nothing that anybody wrote goes in: a feature carries its number, figures and constants of
this module. Names reach the map beside Folium (``geo.assets.tell_names``). Leaflet, the land and what draws them
(``geo/web/map.js``) are the package's own files; nothing is fetched from elsewhere. Folium is imported where a plain
map is drawn: it takes a third of a second, and the live map does without.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from geo.model import EventType, PlaceKind, Status
from geo.resources import resource
from geo.view import Feature

if TYPE_CHECKING:
    import folium

__all__ = ["ASSETS", "COLOURS", "LEGEND", "draw_map", "draw_places", "find_frame", "shape_of"]

ASSETS = "../geo.assets.web"
"""Where the map's frame finds the package's files: Streamlit's name for the component of ``geo.assets``."""

# Okabe & Ito's set, told apart with any colour vision (jfly.uni-koeln.de/color); black is kept for outlines.
LEGEND: tuple[tuple[str, str, tuple[EventType, ...]], ...] = (
    ("#D55E00", "battle", (EventType.BATTLE,)),
    ("#E69F00", "strike", (EventType.STRIKE,)),
    ("#0072B2", "control change", (EventType.CONTROL_CHANGE,)),
    ("#56B4E9", "withdrawal, movement", (EventType.WITHDRAWAL, EventType.MOVEMENT)),
    ("#CC79A7", "violence, casualties", (EventType.VIOLENCE_AGAINST_CIVILIANS, EventType.CASUALTIES)),
    ("#F0E442", "damage, disaster, accident", (EventType.DAMAGE, EventType.DISASTER, EventType.ACCIDENT)),
    ("#009E73", "aid, protest", (EventType.AID, EventType.PROTEST)),
    ("#8A8F98", "statement, other", (EventType.STATEMENT, EventType.OTHER)),
)
"""Hue, words and event types, in the legend's order."""

COLOURS: Mapping[str, str] = {kind.value: colour for colour, _, kinds in LEGEND for kind in kinds}

_DARK = "#22303A"
_DASHES = {Status.CLAIMED: "4 3", Status.PLANNED: "1 4"}
_HOLLOW = {Status.DENIED, Status.PLANNED}
_LABELS = 60  # names in view that are drawn at most, those with the most sources first; more would only overlap

# The map's usual size on a 1440 px screen, for the zoom that it opens with.
_WIDTH, _HEIGHT = 900, 560
_MARGIN = 1.25
_SMALLEST = 0.004  # of the world's width: a single town opens with some 150 km around it


def draw_map(places: Iterable[Feature]) -> "folium.Map":
    """Return an empty map that opens on the given places; the land is drawn by the page itself.

    It depends on ``places`` alone: give it every place of a generation and it stays the same map, with its zoom,
    while ``draw_places`` changes what is on it.
    """
    import folium

    location, zoom = find_frame(list(places))
    fmap = folium.Map(location, tiles=None, prefer_canvas=True, zoom_snap=0.5, max_bounds=True)
    fmap.options |= {"zoom": zoom, "min_zoom": 2, "max_zoom": 11}  # Folium's own names for these want tiles, or an int
    # Set on this map alone; add_js_link would change the class, and so every other map of the process.
    fmap.default_js = [(name, f"{ASSETS}/{name}") for name in ("leaflet.js", "world.js", "land.js", "map.js")]
    fmap.default_css = [(name, f"{ASSETS}/{name}") for name in ("leaflet.css", "map.css")]
    return fmap


def draw_places(features: Sequence[Feature], selected: int | None = None) -> "folium.FeatureGroup":
    """Return the places as one layer: areas below, biggest first, then points; the selected one stands out."""
    import folium
    from folium.utilities import JsCode

    group = folium.FeatureGroup()
    labelled = {f.number for f in sorted(features, key=lambda f: -f.independent_sources)[:_LABELS]}
    drawn = sorted(features, key=lambda f: (f.kind == "point", f.number == selected, -f.radius_km, f.number))
    collection = {
        "type": "FeatureCollection",
        "features": [_feature(f, f.number == selected, f.number in labelled) for f in drawn],
    }
    folium.GeoJson(collection, point_to_layer=JsCode("dateline.drawFeature")).add_to(group)
    return group


def _feature(f: Feature, is_selected: bool, is_labelled: bool) -> dict[str, Any]:
    shape = shape_of(f.place_kind, f.country_code, f.admin1_code) if f.kind == "area" else -1
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [float(f.lon), float(f.lat)]},
        "properties": {
            "id": int(f.number),
            "shape": shape,
            "km": max(float(f.radius_km), 1.0) if f.kind == "area" and shape < 0 else 0,
            "r": round(4 + 3 * math.sqrt(f.independent_sources), 1) if f.kind == "point" else 0,
            "n": int(f.n_claims),
            "src": int(f.independent_sources),
            "label": _label_rank(f, is_selected) if is_selected or is_labelled else 0,
            "style": _style(f, is_selected, has_outline=shape >= 0),
        },
    }


def _label_rank(f: Feature, is_selected: bool) -> int:
    """Return how much a place's name is wanted where names are in each other's way; relative places' are long."""
    return 3 if is_selected else 1 if f.place_kind == PlaceKind.RELATIVE else 2


def _style(f: Feature, is_selected: bool, *, has_outline: bool) -> dict[str, Any]:
    colour = COLOURS.get(f.event_type, COLOURS[EventType.OTHER])
    status = _firmest(f.statuses)
    is_point = f.kind == "point"
    line = _DARK if is_selected or (is_point and status not in _HOLLOW) else colour
    is_country = f.place_kind == PlaceKind.COUNTRY
    full = 0.9 if is_point else 0.05 if is_country else 0.16
    return {
        "color": line,
        "opacity": 0.55 if is_country and not is_selected else 1.0,
        "weight": (3.0 if is_selected else 1.4) + (0.8 if status in _HOLLOW else 0),
        "dashArray": _DASHES.get(status, "") if is_point or has_outline else "6 5",
        "fillColor": colour,
        "fillOpacity": 0.0 if status in _HOLLOW and is_point else full,
    }


def _firmest(statuses: Iterable[str]) -> Status:
    """Return the status that a place with several is drawn with: the firmest."""
    return next((status for status in Status if status.value in statuses), Status.REPORTED)


def shape_of(place_kind: str, country_code: str, admin1_code: str) -> int:
    """Return the number of an area's outline in ``world.js``, or -1 where it has none of its own."""
    key = country_code if place_kind == PlaceKind.COUNTRY else f"{country_code}.{admin1_code}"
    return _shapes().get(key, -1)


@cache
def _shapes() -> Mapping[str, int]:
    numbers: dict[str, int] = json.loads((resource("web") / "shapes.json").read_text(encoding="ascii"))
    return numbers


def find_frame(places: Sequence[Feature]) -> tuple[list[float], float]:
    """Return the centre (latitude, longitude) and zoom at which most claims are in sight.

    Countries count only where nothing finer is.
    """
    finer = [f for f in places if f.place_kind != PlaceKind.COUNTRY] or places
    if not finer:
        return [30.0, 15.0], 2.0
    near = _nearest_claims(finer)
    top, bottom = (_mercator(find(f.lat for f in near)) for find in (max, min))
    east, west = (find(f.lon for f in near) for find in (max, min))
    across, down = max((east - west) / 360, _SMALLEST), max(top - bottom, _SMALLEST)
    zoom = math.log2(min(_WIDTH / across, _HEIGHT / down) / (256 * _MARGIN))
    middle = math.degrees(math.atan(math.sinh((top + bottom) * math.pi)))
    return [round(middle, 3), round((west + east) / 2, 3)], max(2.0, min(9.0, math.floor(zoom * 2) / 2))


def _nearest_claims(places: Sequence[Feature]) -> list[Feature]:
    """Return the places around the median claim that hold 95 % of all claims: one stray pin is not in them."""
    lat = _median((f.lat, f.n_claims) for f in places)
    lon = _median((f.lon, f.n_claims) for f in places)
    shrink = math.cos(math.radians(lat))
    by_distance = sorted(places, key=lambda f: (math.hypot(f.lat - lat, (f.lon - lon) * shrink), f.number))
    wanted = 0.95 * sum(f.n_claims for f in places)
    sums = accumulate((f.n_claims for f in by_distance), initial=0)
    return [f for f, before in zip(by_distance, sums, strict=False) if before < wanted]


def _median(weighted: Iterable[tuple[float, int]]) -> float:
    values = sorted(weighted)
    half = sum(weight for _, weight in values) / 2
    sums = accumulate(weight for _, weight in values)
    return next(value for (value, _), so_far in zip(values, sums, strict=True) if so_far >= half)


def _mercator(latitude: float) -> float:
    """Return the height of a latitude on a Web Mercator world of height 1, the equator at 0."""
    return math.asinh(math.tan(math.radians(max(-85.0, min(85.0, latitude))))) / (2 * math.pi)
