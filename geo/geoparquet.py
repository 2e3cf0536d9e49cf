"""Tables → Parquet for other programs, plain or as GeoParquet 1.1 has it (geoparquet.org/releases/v1.1.0)."""

import json
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from geo.rows import bounds, points

__all__ = ["export_geoparquet", "export_parquet"]

_ROWS = 100_000  # of a row group: what a reader must take in at once
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])  # well-known binary, 21 bytes
_LITTLE_ENDIAN, _POINT_TYPE = 1, 1
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_GEOMETRY = pa.field("geometry", pa.binary())
_BBOX = pa.field("bbox", pa.struct([(side, pa.float64()) for side in _SIDES]))


def export_parquet(table: pa.Table, file: BinaryIO) -> None:
    """Write a table as Parquet, its columns as they are."""
    with pq.ParquetWriter(file, table.schema, compression="zstd") as writer:
        for batch in table.to_batches(max_chunksize=_ROWS):
            writer.write_batch(batch)


def export_geoparquet(table: pa.Table, file: BinaryIO) -> None:
    """Write claims or events as GeoParquet: all their columns, ``geometry`` (a point, or null) and its ``bbox``.

    The points are longitude, latitude on WGS 84 (OGC:CRS84, the default where no system is named).
    """
    metadata = (table.schema.metadata or {}) | {b"geo": json.dumps(_geo_metadata(table)).encode()}
    schema = pa.schema([*table.schema, _GEOMETRY, _BBOX], metadata)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in table.to_batches(max_chunksize=_ROWS):
            writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *_located(batch)], schema=schema))


def _geo_metadata(table: pa.Table) -> dict[str, Any]:
    box = bounds(table)
    geometry = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "covering": {"bbox": {side: [_BBOX.name, side] for side in _SIDES}},
    } | ({"bbox": box} if box else {})
    return {"version": "1.1.0", "primary_column": _GEOMETRY.name, "columns": {_GEOMETRY.name: geometry}}


def _located(batch: pa.RecordBatch) -> tuple[pa.Array, pa.Array]:
    """Return the columns ``geometry`` and ``bbox`` of a batch, null where it has no point."""
    lat, lon = points(batch)
    nowhere = np.isnan(lat)
    wkb = np.empty(len(batch), _POINT)
    wkb["order"], wkb["type"], wkb["x"], wkb["y"] = _LITTLE_ENDIAN, _POINT_TYPE, lon, lat
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_POINT.itemsize), len(batch), [pa.array(~nowhere).buffers()[1], pa.py_buffer(wkb)]
    )
    sides = [pa.array(values) for values in (lon, lat, lon, lat)]
    return fixed.cast(pa.binary()), pa.StructArray.from_arrays(sides, fields=list(_BBOX.type), mask=pa.array(nowhere))
