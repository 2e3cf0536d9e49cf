"""Claims → the bytes that the timeline component counts from, for any window of days, without asking Python again.

A scene is a head of JSON and columns of little-endian numbers, each at a multiple of eight bytes:

    uint32 length of the head · head · padding · columns

The head tells each column's type, offset from where the columns begin, and length. Up to ``MOST_CLAIMS`` claims a
scene holds each place once and each claim with its place, so that distinct origins can be counted exactly. Above that
it is a cube: cells of a Web Mercator world, and of each the days on which claims begin and end with how many do: as
many overlap a..b as begin up to b, less those that end before a. A cube weighs no more than ``MOST_BYTES``, however
many claims there are: what does not fit is told of cells without their types, of weeks, of months, of larger cells.
Names are strings of the head's JSON.
"""

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.facts import Facts, Seen, day_of, facts_of, see, see_all_days
from geo.filters import Filter
from geo.maps import shape_of
from geo.model import EventType, PlaceKind, Status, Verification
from geo.store import Generation

__all__ = ["MOST_BYTES", "MOST_CLAIMS", "STATUSES", "TYPES", "pack_scene"]

MOST_CLAIMS = 200_000
"""Claims of a generation that is always sent place by place: 200,000 weigh 4 MB and are counted in some 3 ms."""

MOST_BYTES = 1_000_000
"""What a scene of a larger generation weighs at most; one whose places and claims weigh more is one of cells."""

_VAGUE = {EventType.OTHER.value, EventType.STATEMENT.value}
TYPES: tuple[str, ...] = tuple(sorted((t.value for t in EventType), key=lambda name: (name in _VAGUE, name)))
"""Event types by their numbers in a scene: of equally frequent ones the first counts, as in ``geo.view``."""

STATUSES: tuple[str, ...] = tuple(status.value for status in Status)
"""Statuses by their numbers in a scene, the firmest first; one more number stands for whatever else a table says."""

_VERIFICATIONS = tuple(v.value for v in Verification)
_FINEST = 12  # zoom whose tiles are the smallest cells: 16 to 64 pixels at zoom 8 to 10
_LONGEST_COUNTED = 366
_NO_ORIGIN = 0xFFFFFFFF
_CLAIM_BYTES, _PLACE_BYTES = 16, 80

_Ints = NDArray[Any]


def pack_scene(generation: Generation, chosen: Filter, *, in_days: bool = False) -> bytes:
    """Return all claims that a filter lets through, whatever its days; the same claims give the same bytes.

    With ``in_days`` only those that overlap the filter's days.

    Days are counted from the first day of any claim of the generation, so that they mean the same under every filter.

    Raises:
        StoreError: the generation cannot be read.
    """
    facts = facts_of(generation)
    if facts.extent is None:
        return _pack({"shape": "places", "first": None, "last": None, "names": []}, {})
    seen = see(generation, chosen) if in_days else see_all_days(generation, chosen)
    first, last = facts.extent
    head: dict[str, Any] = {"first": day_of(first).isoformat(), "last": day_of(last).isoformat()}
    steps = _step_columns(seen, first)
    seen = seen.among(facts.on_map)
    room = MOST_BYTES - sum(column.nbytes for column in steps.values())
    if facts.n > MOST_CLAIMS and _weight(seen, room) > room:
        about, cells = _cell_columns(seen, first, room)
        return _pack(head | {"shape": "cells"} | about, cells | steps)
    names, places = _place_columns(seen, first)
    return _pack(head | {"shape": "places", "names": names}, places | steps)


def _weight(seen: Seen, room: int) -> int:
    """Return about how many bytes claims weigh one by one, with their places unless they are too many without them."""
    weight = seen.n * _CLAIM_BYTES
    return weight if weight > room else weight + int(np.count_nonzero(seen.count_places())) * _PLACE_BYTES


def _coded(facts: Facts, column: str, names: tuple[str, ...], otherwise: int) -> NDArray[np.uint8]:
    """Return the number in a scene of each value of a column."""
    known = {name: n for n, name in enumerate(names)}
    return np.array([known.get(name, otherwise) for name in facts.values(column).values.to_pylist()], np.uint8)


def _types(seen: Seen) -> _Ints:
    return _coded(seen.facts, "event_type", TYPES, TYPES.index(EventType.OTHER))[seen.of("event_type")]


def _statuses(seen: Seen) -> _Ints:
    return _coded(seen.facts, "status", STATUSES, len(STATUSES))[seen.of("status")]


# --- places ---


def _place_columns(seen: Seen, first: int) -> tuple[list[str], dict[str, Any]]:
    """Return each place's name, and each place once, and its claims one after the other from ``claimsAt`` on."""
    facts, of_claims = seen.facts, seen.of("place")
    shown = np.unique(of_claims)
    shown = shown[np.argsort(facts.places["number"].to_numpy()[shown])]
    places = facts.places.take(pa.array(shown))
    rank = np.zeros(facts.n_places, np.int64)
    rank[shown] = np.arange(len(shown))
    claims = _claim_columns(seen, rank[of_claims], first)
    kinds = places["place_kind"].to_pylist()
    is_area = places["is_area"].to_numpy(zero_copy_only=False)
    areas = zip(is_area, kinds, places["country_code"].to_pylist(), places["admin1_code"].to_pylist(), strict=True)
    is_relative = np.array([kind == PlaceKind.RELATIVE for kind in kinds], bool)
    return places["name"].to_pylist(), {
        "number": places["number"].to_numpy().astype("<f8"),  # 53 bits, all that JavaScript's own numbers hold
        "lat": places["lat"].to_numpy().astype("<f8"),
        "lon": places["lon"].to_numpy().astype("<f8"),
        "radiusKm": places["radius_km"].to_numpy().astype("<f4"),
        "kind": np.where(is_area, 1, np.where(is_relative, 2, 0)).astype("u1"),
        "isCountry": np.array([kind == PlaceKind.COUNTRY for kind in kinds], "u1"),
        "shape": np.array([shape_of(*codes) if area else -1 for area, *codes in areas], "<i4"),
        "label": np.where(is_relative, 1, 2).astype("u1"),
        "anchorLat": places["anchor_lat"].to_numpy().astype("<f4"),
        "anchorLon": places["anchor_lon"].to_numpy().astype("<f4"),
        "bearing": places["bearing"].to_numpy().astype("<f4"),
        "claimsAt": np.append(0, np.cumsum(np.bincount(rank[of_claims], minlength=len(shown)))).astype("<u4"),
    } | claims


def _claim_columns(seen: Seen, place: _Ints, first: int) -> dict[str, Any]:
    facts = seen.facts
    _, origins = np.unique(seen.of("origin_id"), return_inverse=True)
    no_origin = [n for n, value in enumerate(facts.values("origin_id").values.to_pylist()) if not value]
    columns = {
        "first": (seen.of("first") - first).astype("<i4"),
        "last": (seen.of("last") - first).astype("<i4"),
        "type": _types(seen).astype("u1"),
        "status": _statuses(seen).astype("u1"),
        "verification": _coded(facts, "verification", _VERIFICATIONS, 0)[seen.of("verification")].astype("u1"),
        "disputed": seen.of(facts.disputed).astype("u1"),
        "origin": np.where(np.isin(seen.of("origin_id"), no_origin), _NO_ORIGIN, origins).astype("<u4"),
    }
    order = np.argsort(place, kind="stable")  # each place's claims stay in order of their first days
    return {name: values[order] for name, values in columns.items()}


def _step_columns(seen: Seen, first: int) -> dict[str, Any]:
    """Return by how many more claims of each type, and of each status, cover a day than the day before."""
    starts, last = seen.of("first"), seen.of("last")
    ends = np.where(last - starts > _LONGEST_COUNTED, starts, last) + 1
    n_types, n_statuses = len(TYPES), len(STATUSES) + 1
    both = _types(seen) * np.uint8(n_statuses) + _statuses(seen)  # counted once: the claims are many, the pairs are few
    days, pairs, counts = _steps(starts - first, ends - first, both, n_types * n_statuses)
    found: dict[str, Any] = {}
    for name, keys, n_keys in (("type", pairs // n_statuses, n_types), ("status", pairs % n_statuses, n_statuses)):
        at, inverse = np.unique(days * n_keys + keys, return_inverse=True)
        steps = np.bincount(inverse, counts, len(at)).astype("<i4")
        at, steps = at[steps != 0], steps[steps != 0]
        found |= {
            f"{name}Day": (at // n_keys).astype("<i4"),
            f"{name}Key": (at % n_keys).astype("u1"),
            f"{name}Step": steps,
        }
    return found


def _steps(starts: _Ints, ends: _Ints, keys: _Ints, n_keys: int) -> tuple[_Ints, _Ints, _Ints]:
    """Return in order of days and keys how many more begin than have ended the day before, where that is not 0."""
    size = int(ends.max(initial=-1)) + 1
    if size * n_keys <= _MOST_DENSE:
        begun, ended = (
            np.bincount(np.multiply(days, n_keys, dtype=np.intp) + keys, minlength=size * n_keys)
            for days in (starts, ends)
        )
        at = np.flatnonzero(begun != ended)
        return at // n_keys, at % n_keys, (begun - ended)[at]
    both = np.concatenate([days.astype(np.int64) * n_keys + keys for days in (starts, ends)])
    at, inverse = np.unique(both, return_inverse=True)
    begun, ended = (np.bincount(half, minlength=len(at)) for half in np.split(inverse, 2))
    kept = begun != ended
    return at[kept] // n_keys, at[kept] % n_keys, (begun - ended)[kept]


_MOST_DENSE = 4_000_000

# --- cells ---

_UNITS = (1, 7, 28, 91, 364)  # days that are told as one
_FEWEST_CELLS = 1_000  # before days are put together rather than cells


def _cell_columns(seen: Seen, first: int, room: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a cube of these claims is made of, and its columns, in no more than so many bytes."""
    cube = _Cube(seen, first)
    for with_types, unit in ((True, 1), *((False, unit) for unit in _UNITS)):
        zoom = cube.finest(unit, room, with_types=with_types)
        if zoom == _FINEST or cube.count(zoom) >= _FEWEST_CELLS:
            break
    columns = cube.columns(zoom, unit, with_types=with_types)
    while zoom and sum(column.nbytes for column in columns.values()) > room:  # the guess was too low
        zoom -= 1
        columns = cube.columns(zoom, unit, with_types=with_types)
    return {"zoom": zoom, "unit": unit}, columns


@lru_cache(maxsize=2)
def _grid(facts: Facts) -> list[tuple[_Ints, _Ints]]:
    """Return for each zoom its cells, and the one that each place is in."""
    scale = 1 << _FINEST
    lat, lon = (np.nan_to_num(facts.places[name].to_numpy()) for name in ("lat", "lon"))
    x = np.clip((lon + 180) / 360 * scale, 0, scale - 1).astype(np.int64)
    tangent = np.tan(np.radians(np.clip(lat, -85.0, 85.0)))
    y = np.clip((0.5 - np.arcsinh(tangent) / (2 * np.pi)) * scale, 0, scale - 1).astype(np.int64)
    shifts = range(_FINEST, -1, -1)
    return [np.unique(y >> n << _FINEST - n | x >> n, return_inverse=True) for n in shifts]


class _Cube:
    """The claims of cells by day, at any zoom."""

    def __init__(self, seen: Seen, first: int) -> None:
        """Count the claims of each type at each place."""
        facts, n_types = seen.facts, len(TYPES)
        self._grid = _grid(facts)
        self._place = seen.of("place")
        self._first, self._last = seen.of("first") - first, seen.of("last") - first
        self._pairs = np.multiply(self._place, n_types, dtype=np.intp) + _types(seen)
        self._n = np.bincount(self._pairs, minlength=facts.n_places * n_types).reshape(-1, n_types)
        self._n_days = int(self._last.max()) + 1

    def _of_types(self, zoom: int) -> _Ints:
        """Return how many claims of each type each cell of a zoom has."""
        keys, of_place = self._grid[zoom]
        code = of_place[:, None] * self._n.shape[1] + np.arange(self._n.shape[1])
        counts = np.bincount(code.ravel(), self._n.ravel(), len(keys) * self._n.shape[1])
        return counts.astype(np.int64).reshape(len(keys), -1)

    def _of_cells(self, zoom: int) -> _Ints:
        keys, of_place = self._grid[zoom]
        return np.bincount(of_place, self._n.sum(axis=1), len(keys))

    def count(self, zoom: int) -> int:
        """Return how many cells of a zoom have claims."""
        return int(np.count_nonzero(self._of_cells(zoom)))

    def finest(self, unit: int, room: int, *, with_types: bool) -> int:
        """Return the finest zoom at which a cube will take no more than so many bytes, 0 where none does."""
        fitting = (z for z in range(1, _FINEST + 1) if self._guess(z, unit, with_types=with_types) > room)
        return next(fitting, _FINEST + 1) - 1

    def _guess(self, zoom: int, unit: int, *, with_types: bool) -> int:
        """Return how many bytes a cube will take if days are as good as drawn by chance."""
        claims = (self._of_types if with_types else self._of_cells)(zoom)
        groups = claims[claims > 0]
        n_bins = -(-self._n_days // unit)
        filled = n_bins * -np.expm1(groups * np.log1p(-1 / n_bins)) if n_bins > 1 else np.ones(len(groups))
        return int(2 * filled.sum() * (2 if n_bins <= 256 else 3) + len(groups) * 13)

    def columns(self, zoom: int, unit: int, *, with_types: bool) -> dict[str, Any]:
        """Return each cell, once for each type or with its usual type, and when its claims begin and end."""
        (keys, of_place), n = self._grid[zoom], self._of_types(zoom)
        n_types = n.shape[1]
        if with_types:
            code, told, of_claim = of_place[:, None] * n_types + np.arange(n_types), self._n > 0, self._pairs
        else:
            code, told = of_place * n_types + n.argmax(axis=1)[of_place], self._n.sum(axis=1) > 0
            of_claim = self._place
        groups = np.unique(code[told])
        rank = np.zeros(n.size, np.int64)
        rank[groups] = np.arange(len(groups))
        n_bins = -(-self._n_days // unit)
        begins_at = (rank[code] * n_bins).ravel()[of_claim]
        bins = np.arange(self._n_days) // unit
        found: dict[str, Any] = {
            "cellX": (keys[groups // n_types] & (1 << zoom) - 1).astype("<u2"),
            "cellY": (keys[groups // n_types] >> zoom).astype("<u2"),
            "cellType": (groups % n_types).astype("u1"),
        }
        for name, days in (("starts", self._first), ("ends", self._last)):
            at, counts = _counted(begins_at + (days if unit == 1 else bins[days]), len(groups) * n_bins)
            begins = np.searchsorted(at, np.arange(len(groups) + 1) * n_bins)
            found |= {f"{name}At": begins.astype("<u4"), name: _small(at % n_bins), f"{name}N": _small(counts)}
        return found


def _counted(keys: _Ints, size: int) -> tuple[_Ints, _Ints]:
    """Return each key once, in order, and how often it comes."""
    if size <= _MOST_DENSE:
        counts = np.bincount(keys, minlength=size)
        at = np.flatnonzero(counts)
        return at, counts[at]
    return np.unique(keys, return_counts=True)


def _small(values: _Ints) -> _Ints:
    """Return numbers in as few bytes as hold them all."""
    most = values.max(initial=0)
    return values.astype("u1" if most < 1 << 8 else "<u2" if most < 1 << 16 else "<i4")


def _pack(head: Mapping[str, Any], columns: Mapping[str, Any]) -> bytes:
    offset, described = 0, {}
    parts: list[bytes] = []
    for name, values in columns.items():
        raw = values.tobytes()
        described[name] = [values.dtype.str, offset, len(values)]
        parts.append(raw + bytes(-len(raw) % 8))
        offset += len(parts[-1])
    text = json.dumps(dict(head) | {"columns": described}, separators=(",", ":")).encode("ascii")
    return struct.pack("<I", len(text)) + text + bytes(-(len(text) + 4) % 8) + b"".join(parts)
