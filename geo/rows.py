"""Tables row by row, as what is exported needs them: plain values, the box that holds all points, text of a value."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["Box", "bounds", "points", "read_rows", "text_of"]

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is more than east where the box crosses the 180th meridian."""

_BATCH = 1_000


def read_rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield each row by column name; a number that is none (NaN, infinite) is None, as null is."""
    for batch in table.to_batches(max_chunksize=_BATCH):
        for values in zip(*map(_plain, batch.columns), strict=True):
            yield dict(zip(table.column_names, values, strict=True))


def text_of(value: Any) -> str:
    """Return a value as text: "" for None, ISO days, ``true``; a list joined by ``|``, one within written ``\\|``."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(str(item).replace("\\", r"\\").replace("|", r"\|") for item in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def bounds(table: pa.Table) -> Box | None:
    """Return the smallest box around all points of the columns ``lat`` and ``lon``, or None where there are none."""
    lat, lon = points(table)
    located = ~np.isnan(lat)
    if not located.any():
        return None
    lat, lon = lat[located], np.unique(lon[located])
    gaps = np.diff(lon, append=lon[0] + 360)
    widest = len(gaps) - 1 - int(gaps[::-1].argmax())  # the last of equals: the one over the 180th meridian
    return float(lon[(widest + 1) % len(lon)]), float(lat.min()), float(lon[widest]), float(lat.max())


def points(rows: pa.Table | pa.RecordBatch) -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """Return latitudes and longitudes in degrees, both NaN for a row that lacks one."""
    lat, lon = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lat", "lon"))
    nowhere = ~(np.isfinite(lat) & np.isfinite(lon))
    return np.where(nowhere, np.nan, lat), np.where(nowhere, np.nan, lon)


def _plain(column: pa.Array) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [None if value is None or not math.isfinite(value) else value for value in values]
    return values
