"""The timeline component: a map and a timeline in one that follow the hand in the browser; Python hears when it rests.

``send_scene`` gives the page the packed claims, outside any fragment: they go over the wire once, as bytes of the
page's own connection, and are readable at no address. ``show_timemap``, inside a fragment, shows them by a small state.
What comes back was sent by a browser: it is checked, and what is no day, number or place is as if it had not come.
"""

import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, TypeGuard

import streamlit as st

from geo.assets import module_source, serve_assets
from geo.maps import LEGEND
from geo.scene import STATUSES, TYPES

__all__ = [
    "TEXTS",
    "Dropped",
    "Frame",
    "Tiles",
    "TimemapResult",
    "TimemapState",
    "frame_bounds",
    "read_timemap",
    "send_scene",
    "show_timemap",
]

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "timeline": "Timeline",
        "window": "Days shown",
        "window_from": "First day shown",
        "window_to": "Last day shown",
        "compare": "Days to compare with",
        "compare_from": "First day to compare with",
        "compare_to": "Last day to compare with",
        "days": "{from} to {to}",
        "play": "Play",
        "pause": "Pause",
        "back": "Step back",
        "forward": "Step forward",
        "speed": "Speed",
        "loop": "Loop",
        "moving": "Moving days",
        "cumulative": "From the first day on",
        "mode": "What play moves",
        "all": "All",
        "last_week": "Last 7 days",
        "whole": "Earlier days too",
        "empty": "Not one claim has a day.",
    }
)
"""Every word that the timeline shows, to be translated; ``{from}`` and ``{to}`` stand for ISO days."""

_LARGEST_NUMBER = 2**53
_USUAL = (900, 520)  # pixels of the map that a frame is reckoned for


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a map opens: its centre in degrees, and its zoom if 900 pixels wide; a narrower one opens further out."""

    lat: float
    lon: float
    zoom: float


def frame_bounds(frame: Frame) -> tuple[float, float, float, float]:
    """Return south, west, north and east of a map that opens with a frame and has not come to rest elsewhere yet."""
    world = 256 * 2**frame.zoom
    across = _USUAL[0] / world * 360
    middle = math.asinh(math.tan(math.radians(frame.lat)))
    down = _USUAL[1] / world * math.pi
    south, north = (math.degrees(math.atan(math.sinh(middle + way * down))) for way in (-1, 1))
    return south, frame.lon - across / 2, north, frame.lon + across / 2


@dataclass(frozen=True, slots=True)
class Tiles:
    """Pictures of the ground that the browser fetches while the map moves: ``{z}``, ``{x}`` and ``{y}`` in an address.

    ``credit`` is shown on the map as text, for who draws the tiles asks for it.
    """

    url: str
    credit: str


@dataclass(frozen=True, slots=True)
class TimemapState:
    """What the component is to show.

    ``window`` and ``compare`` are first and last day, inclusive; without a window all days, without ``compare`` no
    comparison. The component keeps to what the hand did last and takes ``window``, ``compare`` and ``selected`` only
    where they differ from the state before. ``frame`` is where it opens; afterwards the map stays where it is.
    While a pin was ``dropped`` and its move is in question the map shows it there; afterwards it is put back.
    ``height`` is the map's, in pixels; ``tiles`` are fetched from elsewhere and None unless somebody asked for them.
    """

    frame: Frame
    window: tuple[date, date] | None = None
    compare: tuple[date, date] | None = None
    selected: int | None = None
    colour_by: Literal["status", "type"] = "status"
    theme: Literal["light", "dark"] = "light"
    edit: bool = False
    dropped: bool = False
    height: int = 520
    tiles: Tiles | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A place's pin that was dragged to WGS84 degrees in edit mode."""

    number: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class TimemapResult:
    """What is shown since the hand last let go; before it ever did, what the state said.

    Without ``date_from`` and ``date_to`` all days are. ``compare`` are the days compared with; ``selected`` is a
    place's number; ``bounds`` are south, west, north and east of what is in sight, None before the map has come to
    rest; ``dropped`` is set in one rerun alone.
    """

    date_from: date | None = None
    date_to: date | None = None
    compare: tuple[date, date] | None = None
    selected: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    zoom: float | None = None
    dropped: Dropped | None = None


def send_scene(blob: bytes, key: str) -> None:
    """Give the page what ``geo.scene.pack_scene`` packed; to be called outside any fragment, with the view's key."""
    serve_assets()
    name = key.encode()
    mount, _ = _components()
    mount(key=f"{key}_scene", data=struct.pack("<I", len(name)) + name + blob)


def show_timemap(
    state: TimemapState, texts: Mapping[str, str], key: str, on_change: Callable[[], None] | None = None
) -> TimemapResult:
    """Show the scene that was sent with this key; ``texts`` are ``TEXTS``, some or all in other words."""
    serve_assets()
    _, mount = _components()
    tell = on_change or _nothing
    found = mount(key=key, data=_given(state, texts, key), on_sent_change=tell, on_dropped_change=tell)
    return _result(_given(state, texts, key), found.get("sent"), found.get("dropped"))


def read_timemap(key: str) -> TimemapResult:
    """Return what the hand just did; to be called in ``on_change``, before the run that it brings about.

    There the page takes the days and the choice for its own, so that it may set others later and the last word counts.
    """
    found = st.session_state.get(key)
    cells = found if isinstance(found, Mapping) else {}
    return _result({}, cells.get("sent"), cells.get("dropped"))


@cache
def _components() -> tuple[Any, Any]:
    scene = st.components.v2.component("dateline_scene", js=module_source("component.js", "mountScene"))
    return scene, st.components.v2.component("dateline_timemap", js=module_source("component.js", "mountView"))


def _nothing() -> None:
    """Do nothing: Streamlit keeps a component's values only where it has a callback for them."""


def _given(state: TimemapState, texts: Mapping[str, str], key: str) -> dict[str, Any]:
    return {
        "key": key,
        "window": _iso(state.window),
        "compare": _iso(state.compare),
        "selected": state.selected,
        "colourBy": state.colour_by,
        "theme": state.theme,
        "edit": state.edit,
        "dropped": state.dropped,
        "height": state.height,
        "frame": asdict(state.frame),
        "tiles": state.tiles and {"url": state.tiles.url, "attribution": state.tiles.credit},
        "types": [{"colour": colour, "words": words} for colour, words, _ in LEGEND],
        "hues": [next(n for n, (_, _, kinds) in enumerate(LEGEND) if name in kinds) for name in TYPES],
        "statuses": list(STATUSES),
        "texts": {**TEXTS, **texts},
    }


def _iso(days: tuple[date, date] | None) -> dict[str, str] | None:
    return None if days is None else {"from": days[0].isoformat(), "to": days[1].isoformat()}


def _result(given: Mapping[str, Any], sent: Any, dropped: Any) -> TimemapResult:
    cells = sent if isinstance(sent, Mapping) else given
    window = _days(cells.get("window")) or (None, None)
    zoom = cells.get("zoom")
    return TimemapResult(
        date_from=window[0],
        date_to=window[1],
        compare=_days(cells.get("compare")),
        selected=_number(cells.get("selected")),
        bounds=_bounds(cells.get("bounds")),
        zoom=float(zoom) if _is_within(zoom, 30) else None,
        dropped=_dropped(dropped),
    )


def _days(value: Any) -> tuple[date, date] | None:
    if not isinstance(value, Mapping):
        return None
    try:
        first, last = (date.fromisoformat(value[name]) for name in ("from", "to"))
    except (KeyError, TypeError, ValueError):
        return None
    return (first, last) if first <= last else None


def _number(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < _LARGEST_NUMBER else None


def _bounds(value: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    south, west, north, east = value
    # A map may be turned beyond the date line, so that a longitude may be some rounds too high or low.
    fits = all(_is_within(n, 90) for n in (south, north)) and all(_is_within(n, 36_000) for n in (west, east))
    return (float(south), float(west), float(north), float(east)) if fits else None


def _dropped(value: Any) -> Dropped | None:
    if not isinstance(value, Mapping):
        return None
    number, lat, lon = (value.get(name) for name in ("number", "lat", "lon"))
    known = _number(number)
    if known is None or not _is_within(lat, 90) or not _is_within(lon, 36_000):
        return None
    return Dropped(known, float(lat), (float(lon) + 180) % 360 - 180)


def _is_within(value: Any, limit: float) -> TypeGuard[float]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and abs(value) <= limit
