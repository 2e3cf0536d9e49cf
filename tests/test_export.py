import csv
import io
import json
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.build import BuildReport
from geo.export import export_csv, export_geojson

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("day", pa.date32()),
        ("count", pa.int64()),
        ("disputed", pa.bool_()),
        ("claims", pa.list_(pa.string())),
    ]
)


def table(**cells: Any) -> pa.Table:
    return pa.Table.from_pylist([{"id": "a", **cells}], schema=SCHEMA)


def as_csv(rows: pa.Table, *, raw: bool = False) -> list[list[str]]:
    file = io.StringIO(newline="")
    export_csv(rows, file, raw=raw)
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


def as_geojson(rows: pa.Table) -> Any:
    file = io.StringIO()
    export_geojson(rows, file)
    return json.loads(file.getvalue())


def test_cells_are_plain() -> None:
    rows = table(text="x", lat=-1.5, lon=30.0, day=date(2022, 9, 13), count=-3, disputed=True, claims=["b", "c"])
    assert as_csv(rows) == [SCHEMA.names, ["a", "x", "-1.5", "30.0", "2022-09-13", "-3", "true", "b|c"]]
    assert as_csv(table()) == [SCHEMA.names, ["a", "", "", "", "", "", "", ""]]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(begin: str) -> None:
    text = f"{begin}HYPERLINK(1)"
    assert as_csv(table(text=text, claims=[text]))[1][1] == f"'{text}"
    assert as_csv(table(text=text, claims=[text]))[1][7] == f"'{text}"
    assert as_csv(table(text=text), raw=True)[1][1] == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("two\rlines")
def test_raw_csv_loses_nothing(text: str) -> None:
    assert as_csv(table(text=text), raw=True)[1][1] == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_geojson_loses_nothing(text: str) -> None:
    assert as_geojson(table(text=text))["features"][0]["properties"]["text"] == text


def test_geojson_is_longitude_first() -> None:
    [feature] = as_geojson(table(lat=49.5, lon=36.8, day=date(2022, 9, 13), claims=["b"]))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [36.8, 49.5]}
    assert feature["id"] == "a"
    assert feature["properties"]["day"] == "2022-09-13"
    assert feature["properties"]["claims"] == ["b"]
    assert not {"lat", "lon"} & set(feature["properties"])


def test_a_row_without_coordinates_has_no_geometry() -> None:
    assert as_geojson(table(lat=49.5))["features"][0]["geometry"] is None


def test_an_empty_table() -> None:
    assert as_geojson(SCHEMA.empty_table()) == {"type": "FeatureCollection", "features": []}
    assert as_csv(SCHEMA.empty_table()) == [SCHEMA.names]


@pytest.mark.parametrize("name", ["claims", "events"])
def test_the_shipped_reports(seeds_build: BuildReport, name: str) -> None:
    rows = seeds_build.generation.table(name)
    features = as_geojson(rows)["features"]
    assert len(features) == rows.num_rows == len(as_csv(rows)) - 1 > 0
    assert all(22 < f["geometry"]["coordinates"][0] < 180 for f in features if f["properties"]["country_code"] == "UA")
