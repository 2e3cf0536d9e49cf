"""GeoParquet 1.1: the metadata of the specification, and the same rows for others that read it."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.build import BuildReport
from geo.events import CLAIM_COLUMNS, schema
from geo.geoparquet import export_geoparquet, export_parquet
from tests.pages import claim
from tests.test_hostile import HOSTILE


def claims(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([claim(**row) for row in rows], schema=schema(CLAIM_COLUMNS))


def as_geoparquet(rows: pa.Table) -> pa.Table:
    file = io.BytesIO()
    export_geoparquet(rows, file)
    return pq.read_table(io.BytesIO(file.getvalue()))


def geo_of(table: pa.Table) -> Any:
    return json.loads(table.schema.metadata[b"geo"])


def test_the_metadata_is_that_of_the_specification() -> None:
    read = as_geoparquet(claims({}, {"lat": None}, {"lat": -1.0, "lon": 40.0}))
    assert geo_of(read) == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": ["Point"],
                "bbox": [37.25, -1.0, 40.0, 49.21],
                "covering": {
                    "bbox": {
                        "xmin": ["bbox", "xmin"],
                        "ymin": ["bbox", "ymin"],
                        "xmax": ["bbox", "xmax"],
                        "ymax": ["bbox", "ymax"],
                    }
                },
            }
        },
    }


def test_points_are_well_known_binary_and_null_where_there_is_none() -> None:
    read = as_geoparquet(claims({}, {"lat": None}, {"lon": float("nan")}))
    assert read["geometry"].to_pylist() == [struct.pack("<BIdd", 1, 1, 37.25, 49.21), None, None]
    assert read["bbox"].to_pylist() == [{"xmin": 37.25, "ymin": 49.21, "xmax": 37.25, "ymax": 49.21}, None, None]
    assert read.schema.field("geometry").type == pa.binary()


def test_without_a_point_there_are_no_bounds() -> None:
    assert "bbox" not in geo_of(as_geoparquet(claims({"lat": None})))["columns"]["geometry"]
    assert as_geoparquet(claims()).num_rows == 0


@pytest.mark.parametrize("name", ["claims", "events"])
def test_duckdb_reads_every_row(seeds_build: BuildReport, name: str, tmp_path: Path) -> None:
    rows = seeds_build.generation.table(name)
    with (tmp_path / "a.parquet").open("wb") as file:
        export_geoparquet(rows, file)
    sql = "SELECT lon, lat, bbox.xmin, bbox.ymin, geometry::VARCHAR FROM read_parquet(?)"
    with duckdb.connect() as db:
        read = db.execute(sql, [str(tmp_path / "a.parquet")]).fetchall()
    assert len(read) == rows.num_rows > 0
    for lon, lat, x, y, point in read:
        assert (lon, lat) == (x, y)
        assert point == (None if lon is None else f"POINT ({lon:.15g} {lat:.15g})")


def test_the_other_columns_are_as_they_were(seeds_build: BuildReport) -> None:
    rows = seeds_build.generation.table("claims")
    assert as_geoparquet(rows).select(rows.column_names).to_pylist() == rows.to_pylist()
    file = io.BytesIO()
    export_parquet(rows, file)
    assert pq.read_table(io.BytesIO(file.getvalue())).equals(rows)


def test_hostile_text_is_whole() -> None:
    read = as_geoparquet(claims(*({"text": words} for words in HOSTILE)))
    assert read["text"].to_pylist() == HOSTILE
