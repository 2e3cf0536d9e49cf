"""Tables → files for other programs: CSV that a spreadsheet may open safely, GeoJSON as RFC 7946 has it."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TextIO

import pyarrow as pa

from geo.cells import guarded

__all__ = ["export_csv", "export_geojson", "write_csv"]


def export_csv(table: pa.Table, file: TextIO, *, raw: bool = False) -> None:
    """Write a table as CSV: a header, ISO days, lists joined by ``|``, nothing for null.

    A text cell that a spreadsheet would run as a formula gets a leading ``'``; with ``raw`` every cell stays as it is.
    Open ``file`` with ``newline=""``.
    """
    write_csv(table.column_names, (row.values() for row in _rows(table)), file, raw=raw)


def write_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]], file: TextIO, *, raw: bool = False) -> None:
    """Write rows of values as ``export_csv`` writes those of a table."""
    writer = csv.writer(file, lineterminator="\r\n")  # as RFC 4180; with "\n" Python < 3.13 leaves a lone CR unquoted
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value, raw) for value in row])


def export_geojson(table: pa.Table, file: TextIO) -> None:
    """Write claims or events as a GeoJSON FeatureCollection, one feature a line.

    Coordinates are longitude, latitude; a row without them has a null geometry. ``lat`` and ``lon`` stay out of the
    properties, every other column is in them, days as ISO text. A feature's id is the table's first column.
    """
    file.write('{"type": "FeatureCollection", "features": [')
    for number, row in enumerate(_rows(table)):
        file.write(",\n" if number else "\n")
        file.write(json.dumps(_feature(row), ensure_ascii=False, allow_nan=False, default=_iso))
    file.write("\n]}\n")


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=1_000):
        yield from batch.to_pylist()


def _cell(value: Any, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | date):
        return str(value)
    text = "|".join(value) if isinstance(value, list) else str(value)
    return text if raw else guarded(text)


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": next(iter(row.values())), "geometry": geometry, "properties": row}


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a table")
