"""Claims → the bytes that the timeline component counts from, for any window of days, without asking Python again.

A scene is a head of JSON and columns of little-endian numbers, each at a multiple of eight bytes:

    uint32 length of the head · head · padding · columns

The head tells each column's type, offset from where the columns begin, and length. Up to ``MOST_CLAIMS`` claims a
scene holds each place once and each claim with its place, so that distinct origins can be counted exactly. Above that
it holds cells of a Web Mercator world, with the sorted first and the sorted last days of each cell's claims: as many
overlap a..b as there are first days up to b, less the last days before a. Names are strings of the head's JSON.
"""

import json
import struct
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.filters import Filter, claims_in_view, claims_relation
from geo.maps import shape_of
from geo.model import EventType, PlaceKind, Status, Verification
from geo.store import Generation

__all__ = ["MOST_CLAIMS", "STATUSES", "TYPES", "pack_scene"]

MOST_CLAIMS = 200_000
"""Claims of a scene of places; one with more is a scene of cells. 200,000 weigh 4 MB and are counted in some 3 ms."""

_VAGUE = {EventType.OTHER.value, EventType.STATEMENT.value}
TYPES: tuple[str, ...] = tuple(sorted((t.value for t in EventType), key=lambda name: (name in _VAGUE, name)))
"""Event types by their numbers in a scene: of equally frequent ones the first counts, as in ``geo.view``."""

STATUSES: tuple[str, ...] = tuple(status.value for status in Status)
"""Statuses by their numbers in a scene, the firmest first; one more number stands for whatever else a table says."""

_VERIFICATIONS = tuple(v.value for v in Verification)
_FINEST = 12  # zoom whose tiles are the smallest cells: 16 to 64 pixels at zoom 8 to 10
_MOST_CELLS = 150_000  # pairs of cell and type, which the browser goes through at every move
_LONGEST_COUNTED = 366
_NO_ORIGIN = 0xFFFFFFFF

_NUMBER = "(md5_number_lower(place_id) >> 11)::BIGINT"
_MAPPED = "place_id <> '' AND lat IS NOT NULL AND lon IS NOT NULL"


def _code(column: str, names: tuple[str, ...], otherwise: int) -> str:
    cases = " ".join(f"WHEN '{name}' THEN {n}" for n, name in enumerate(names))
    return f"CASE {column} {cases} ELSE {otherwise} END"


_TYPE = _code("event_type", TYPES, TYPES.index(EventType.OTHER))
_STATUS = _code("status", STATUSES, len(STATUSES))
_VERIFICATION = _code("verification", _VERIFICATIONS, 0)

_PLACES = f"""
    SELECT {_NUMBER} AS number, min(place_name) AS name, arg_min(lat, claim_id) AS lat, arg_min(lon, claim_id) AS lon,
        coalesce(max(radius_km), 0) AS radius_km, min(place_kind) AS place_kind,
        bool_or(place_kind IN ('region', 'country')) AS is_area,
        min(country_code) AS country_code, min(admin1_code) AS admin1_code,
        arg_min(anchor_lat, claim_id) AS anchor_lat, arg_min(anchor_lon, claim_id) AS anchor_lon,
        arg_min(bearing, claim_id) AS bearing
    FROM ({{seen}}) WHERE {_MAPPED} GROUP BY place_id ORDER BY number
"""  # noqa: S608 - put together from the constants above; values are parameters

_CLAIMS = f"""
    SELECT {_NUMBER} AS number, first_day - ? AS first, last_day - ? AS last, {_TYPE} AS type, {_STATUS} AS status,
        {_VERIFICATION} AS verification, coalesce(event_disputed, false) AS disputed,
        CASE WHEN origin_id IS NULL THEN {_NO_ORIGIN} ELSE dense_rank() OVER (ORDER BY origin_id) - 1 END AS origin
    FROM ({{seen}}) WHERE {_MAPPED} ORDER BY ALL
"""  # noqa: S608 - as above

_POINTS = f"""
    SELECT lat, lon, first_day - ? AS first, last_day - ? AS last, {_TYPE} AS type FROM ({{seen}}) WHERE {_MAPPED}
"""  # noqa: S608 - as above

# What changes from one day to the next in the number of claims that cover it.
_STEPS = f"""
    WITH counted AS (
        SELECT first_day - ? AS first, last_day - ? AS last, {_TYPE} AS type, {_STATUS} AS status FROM ({{seen}})
    )
    SELECT unnest([first, CASE WHEN last - first > {_LONGEST_COUNTED} THEN first ELSE last END + 1]) AS day,
        unnest([1, -1]) AS step, type, status
    FROM counted
"""  # noqa: S608 - as above

_SUMMED = """
    SELECT day, type, status, sum(step)::INTEGER AS step FROM ({steps}) GROUP BY ALL HAVING step <> 0 ORDER BY ALL
"""


def pack_scene(generation: Generation, chosen: Filter, *, in_days: bool = False) -> bytes:
    """Return all claims that a filter lets through, whatever its days; the same claims give the same bytes.

    With ``in_days`` only those that overlap the filter's days.

    Days are counted from the first day of any claim of the generation, so that they mean the same under every filter.

    Raises:
        StoreError: the generation cannot be read.
    """
    span = generation.query(
        "SELECT min(coalesce(date_from, date_to)) AS first, max(coalesce(date_to, date_from)) AS last FROM claims"
    )
    if span["first"].isna().all():
        return _pack({"shape": "places", "first": None, "last": None, "names": []}, {})
    first, last = (pd.Timestamp(span[name][0]).date() for name in ("first", "last"))
    seen, params = _claims_relation(chosen, in_days=in_days)
    head: dict[str, Any] = {"first": first.isoformat(), "last": last.isoformat()}
    steps = _step_columns(_ask(generation, _SUMMED.format(steps=_STEPS), seen, params, first))
    count = int(generation.query(f"SELECT count(*) AS n FROM ({seen})", params)["n"][0])  # noqa: S608 - as above
    if count > MOST_CLAIMS:
        zoom, cells = _cell_columns(_ask(generation, _POINTS, seen, params, first))
        return _pack(head | {"shape": "cells", "zoom": zoom}, cells | steps)
    places = generation.query(_PLACES.format(seen=seen), params)
    claims = _ask(generation, _CLAIMS, seen, params, first)
    names = [str(name) for name in places["name"]]
    return _pack(head | {"shape": "places", "names": names}, _place_columns(places, claims) | steps)


def _claims_relation(chosen: Filter, *, in_days: bool) -> tuple[str, list[Any]]:
    """Return SQL for the dated claims that a filter lets through, and its parameters."""
    if in_days:
        return claims_in_view(chosen)
    relation, params = claims_relation(chosen)
    return f"SELECT * FROM ({relation}) WHERE first_day IS NOT NULL", params  # noqa: S608 - as above


def _ask(generation: Generation, sql: str, seen: str, params: list[Any], first: date) -> pd.DataFrame:
    return generation.query(sql.format(seen=seen), [first, first, *params])


def _place_columns(places: pd.DataFrame, claims: pd.DataFrame) -> dict[str, Any]:
    """Return each place once, and its claims one after the other from ``claimsAt`` on."""
    number = places["number"].to_numpy()
    at = np.searchsorted(number, claims["number"].to_numpy())
    kinds = list(places["place_kind"])
    is_area = places["is_area"].to_numpy(bool)
    areas = zip(is_area, kinds, places["country_code"], places["admin1_code"], strict=True)
    is_relative = np.array([kind == PlaceKind.RELATIVE for kind in kinds], bool)
    return {
        "number": number.astype("<f8"),  # 53 bits, all that JavaScript's own numbers hold
        "lat": places["lat"].to_numpy("<f8"),
        "lon": places["lon"].to_numpy("<f8"),
        "radiusKm": places["radius_km"].to_numpy("<f4"),
        "kind": np.where(is_area, 1, np.where(is_relative, 2, 0)).astype("u1"),
        "isCountry": np.array([kind == PlaceKind.COUNTRY for kind in kinds], "u1"),
        "shape": np.array([shape_of(*codes) if area else -1 for area, *codes in areas], "<i4"),
        "label": np.where(is_relative, 1, 2).astype("u1"),
        "anchorLat": places["anchor_lat"].to_numpy("<f4"),
        "anchorLon": places["anchor_lon"].to_numpy("<f4"),
        "bearing": places["bearing"].to_numpy("<f4"),
        "claimsAt": np.searchsorted(at, np.arange(len(places) + 1)).astype("<u4"),
        "first": claims["first"].to_numpy("<i4"),
        "last": claims["last"].to_numpy("<i4"),
        "type": claims["type"].to_numpy("u1"),
        "status": claims["status"].to_numpy("u1"),
        "verification": claims["verification"].to_numpy("u1"),
        "disputed": claims["disputed"].to_numpy("u1"),
        "origin": claims["origin"].to_numpy("<u4"),
    }


def _step_columns(steps: pd.DataFrame) -> dict[str, Any]:
    """Return by how many the claims of a type and status that cover a day differ from those of the day before."""
    return {
        "stepDay": steps["day"].to_numpy("<i4"),
        "stepType": steps["type"].to_numpy("u1"),
        "stepStatus": steps["status"].to_numpy("u1"),
        "step": steps["step"].to_numpy("<i4"),
    }


def _cell_columns(points: pd.DataFrame) -> tuple[int, dict[str, Any]]:
    """Return the zoom whose tiles are the cells, and for each cell and type its claims' sorted first and last days."""
    scale = 1 << _FINEST
    across = np.clip((points["lon"].to_numpy() + 180) / 360 * scale, 0, scale - 1).astype(np.int64)
    tangent = np.tan(np.radians(np.clip(points["lat"].to_numpy(), -85.0, 85.0)))
    down = np.clip((0.5 - np.arcsinh(tangent) / (2 * np.pi)) * scale, 0, scale - 1).astype(np.int64)
    types = points["type"].to_numpy(np.int64)
    zoom = _FINEST
    while len(np.unique(key := _keys(across, down, types, zoom))) > _MOST_CELLS:
        zoom -= 1
    first, last = (points[name].to_numpy(np.int64) for name in ("first", "last"))
    days = "<u2" if last.max() < 1 << 16 else "<i4"
    starts, ends = (np.sort(key << 32 | day) for day in (first, last))
    keys, at = np.unique(starts >> 32, return_index=True)
    return zoom, {
        "cellX": (keys >> 4 & (1 << zoom) - 1).astype("<u2"),
        "cellY": (keys >> 4 + zoom).astype("<u2"),
        "cellType": (keys & 15).astype("u1"),
        "daysAt": np.append(at, len(points)).astype("<u4"),
        "starts": (starts & 0xFFFFFFFF).astype(days),
        "ends": (ends & 0xFFFFFFFF).astype(days),
    }


def _keys(across: Any, down: Any, types: Any, zoom: int) -> Any:
    """Return a number for each claim that stands for its cell at a zoom and its type; four bits hold fourteen types."""
    shift = _FINEST - zoom
    return ((down >> shift << zoom) | across >> shift) << 4 | types


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
