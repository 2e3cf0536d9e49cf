"""Tables → files for other programs: CSV that a spreadsheet may open safely, GeoJSON as RFC 7946 has it, and more.

Every function takes the rows that a filter has let through and writes them one batch at a time.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, BinaryIO, TextIO, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from geo.cells import guarded
from geo.filters import EVERYTHING, Filter, claims_in_view, claims_relation
from geo.geoparquet import export_geoparquet, export_parquet
from geo.kml import export_kml
from geo.rows import bounds, read_rows, text_of
from geo.standalone import export_html
from geo.store import Generation

__all__ = ["EXPORTS", "export_csv", "export_geojson", "export_view", "select_rows", "write_csv"]

_T = TypeVar("_T")


def export_view(generation: Generation, name: str, chosen: Filter, format_: str, file: BinaryIO) -> None:
    """Write what a filter lets through of ``claims`` or ``events``, in a format of ``EXPORTS``, to a file of bytes.

    ``html`` is another format: a page of claims, whatever table is asked for.

    Raises:
        KeyError: there is no such format.
        StoreError: the generation cannot be read.
    """
    if format_ == "html":
        _as_text(partial(export_html, generation))(chosen, file)
    else:
        EXPORTS[format_](select_rows(generation, name, chosen), file)


def select_rows(generation: Generation, name: str, chosen: Filter) -> pa.Table:
    """Return the claims that a filter lets through, or the events that have such claims.

    Undated ones are among them unless the filter has days.

    Raises:
        StoreError: the generation cannot be read.
    """
    table = generation.table(name)
    if chosen == EVERYTHING:
        return table
    has_days = (chosen.date_from, chosen.date_to) != (EVERYTHING.date_from, EVERYTHING.date_to)
    relation, params = claims_in_view(chosen) if has_days else claims_relation(chosen)
    key = table.column_names[0]
    sql = f"SELECT DISTINCT {key} FROM ({relation}) WHERE {key} IS NOT NULL"  # noqa: S608 - the tables' own names
    ids = pa.array(generation.query(sql, params)[key], pa.string())
    return table.filter(pc.is_in(table[key], value_set=ids))


def export_csv(table: pa.Table, file: TextIO, *, raw: bool = False) -> None:
    """Write a table as CSV: a header, ISO days, nothing for null, lists joined by ``|`` with ``\\|`` for one within.

    Text that a spreadsheet would run as a formula gets a leading ``'``, which ``geo.cells.unguarded`` takes off again;
    with ``raw`` every cell stays as it is. Open ``file`` with ``newline=""``.
    """
    write_csv(table.column_names, (row.values() for row in read_rows(table)), file, raw=raw)


def write_csv(columns: Sequence[str], rows: Iterable[Iterable[Any]], file: TextIO, *, raw: bool = False) -> None:
    """Write rows of values as ``export_csv`` writes those of a table."""
    writer = csv.writer(file, lineterminator="\r\n")  # as RFC 4180; with "\n" Python < 3.13 leaves a lone CR unquoted
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(value, raw) for value in row])


def export_geojson(table: pa.Table, file: TextIO) -> None:
    """Write claims or events as a GeoJSON FeatureCollection, one feature a line.

    Coordinates are longitude, latitude; a row without them has a null geometry, an area is its point with its
    ``radius_km``. ``lat`` and ``lon`` stay out of the properties, every other column is in them, days as ISO text.
    A feature's id is the table's first column; ``bbox`` is west, south, east, north.
    """
    box = bounds(table)
    file.write('{"type": "FeatureCollection", ')
    file.write(f'"bbox": {json.dumps(box)}, "features": [' if box else '"features": [')
    for number, row in enumerate(read_rows(table)):
        file.write(",\n" if number else "\n")
        file.write(json.dumps(_feature(row), ensure_ascii=False, allow_nan=False, default=_iso))
    file.write("\n]}\n")


def _cell(value: Any, raw: bool) -> str:
    text = text_of(value)
    return text if raw or isinstance(value, int | float) else guarded(text)


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.pop("lon"), row.pop("lat")
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": next(iter(row.values())), "geometry": geometry, "properties": row}


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a table")


def _as_text(export: Callable[[_T, TextIO], None]) -> Callable[[_T, BinaryIO], None]:
    """Return an export to UTF-8 bytes, line ends as written."""

    def export_bytes(what: _T, file: BinaryIO) -> None:
        wrapper = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            export(what, wrapper)
            wrapper.flush()
        finally:
            wrapper.detach()

    return export_bytes


EXPORTS: Mapping[str, Callable[[pa.Table, BinaryIO], None]] = {
    "csv": _as_text(export_csv),
    "csv-raw": _as_text(partial(export_csv, raw=True)),
    "geojson": _as_text(export_geojson),
    "kml": _as_text(export_kml),
    "geoparquet": export_geoparquet,
    "parquet": export_parquet,
}
"""The formats of an export and what writes them."""
