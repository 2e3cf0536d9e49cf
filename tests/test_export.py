"""CSV and GeoJSON, and what holds for every format; each other format has tests of its own."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.build import BuildReport
from geo.cells import unguarded
from geo.export import EXPORTS, export_csv, export_geojson, select_rows
from geo.filters import EVERYTHING, Filter
from geo.store import publish
from tests.pages import claim, report
from tests.test_hostile import HOSTILE

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


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("two\rlines")
def test_raw_csv_loses_nothing(text: str) -> None:
    assert as_csv(table(text=text), raw=True)[1][1] == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_geojson_loses_nothing(text: str) -> None:
    assert as_geojson(table(text=text))["features"][0]["properties"]["text"] == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("'=1")
def test_guarded_csv_loses_nothing_once_the_guards_are_off(text: str) -> None:
    assert unguarded(as_csv(table(text=text))[1][1]) == text


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("a|\\"), min_size=1), min_size=1))
def test_the_members_of_a_list_can_be_told_apart(members: list[str]) -> None:
    cell = as_csv(table(claims=members), raw=True)[1][7]
    assert [re.sub(r"\\(.)", r"\1", m[0]) for m in re.finditer(r"(?:[^|\\]|\\.)+", cell)] == members


def test_no_cell_of_hostile_text_begins_with_a_formula_sign() -> None:
    words = [*HOSTILE, "=1+1", " @SUM(1)", '"=1', "a;=1"]
    rows = pa.Table.from_pylist([{"id": w, "text": w, "claims": [w, w], "lat": -1.0} for w in words], schema=SCHEMA)
    for row in as_csv(rows)[1:]:
        assert not [cell for cell in row[:2] + row[7:] if cell.lstrip(' "').startswith(tuple("=+-@"))]
    assert [row[0] for row in as_csv(rows, raw=True)[1:]] == words


def test_hostile_text_is_whole_in_geojson() -> None:
    rows = pa.Table.from_pylist([{"id": words, "text": words} for words in HOSTILE], schema=SCHEMA)
    assert [f["properties"]["text"] for f in as_geojson(rows)["features"]] == HOSTILE


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([(49.5, 36.8)], [36.8, 49.5, 36.8, 49.5]),
        ([(49.5, 36.8), (-10.0, -20.0), (None, 90.0)], [-20.0, -10.0, 36.8, 49.5]),
        ([(0.0, 179.0), (5.0, -178.0), (2.0, 170.0)], [170.0, 0.0, -178.0, 5.0]),
        ([(0.0, -90.0), (0.0, 90.0)], [-90.0, 0.0, 90.0, 0.0]),
    ],
)
def test_geojson_tells_its_bounds(points: list[tuple[float | None, float]], box: list[float]) -> None:
    rows = pa.Table.from_pylist([{"id": "a", "lat": lat, "lon": lon} for lat, lon in points], schema=SCHEMA)
    assert as_geojson(rows)["bbox"] == box


def test_a_number_that_is_none_is_null() -> None:
    [feature] = as_geojson(table(lat=float("nan"), lon=1.0))["features"]
    assert feature["geometry"] is None
    assert as_csv(table(lat=float("inf")))[1][2] == ""


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


@pytest.mark.parametrize("format_", EXPORTS)
def test_every_format_is_the_same_bytes_each_time(format_: str, seeds_build: BuildReport) -> None:
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        EXPORTS[format_](seeds_build.generation.table("claims"), file)
    assert files[0].getvalue() == files[1].getvalue() != b""


@pytest.mark.parametrize("format_", EXPORTS)
def test_every_format_takes_no_rows(format_: str, seeds_build: BuildReport) -> None:
    file = io.BytesIO()
    EXPORTS[format_](seeds_build.generation.table("events").slice(0, 0), file)
    assert file.getvalue()


def test_a_filter_chooses_claims_and_the_events_that_have_them(seeds_build: BuildReport) -> None:
    generation = seeds_build.generation
    chosen = Filter(date(2022, 9, 10), date(2022, 9, 10), statuses=("claimed",))
    claims, events = (select_rows(generation, name, chosen) for name in ("claims", "events"))
    assert 0 < claims.num_rows < generation.table("claims").num_rows
    assert set(claims["status"].to_pylist()) == {"claimed"}
    assert all(row["date_from"] <= date(2022, 9, 10) <= row["date_to"] for row in claims.to_pylist())
    ids = set(claims["claim_id"].to_pylist())
    with_them = [e["event_id"] for e in generation.table("events").to_pylist() if ids & set(e["claim_ids"])]
    assert events["event_id"].to_pylist() == with_them


def test_what_has_no_day_is_left_out_by_days_only(tmp_path: Path) -> None:
    rows = [claim(claim_id="dated"), claim(claim_id="undated", date_from=None, date_to=None)]
    generation = publish(tmp_path, {"claims": rows, "reports": [report()]}, {})
    for chosen, ids in (
        (EVERYTHING, ["dated", "undated"]),
        (Filter(statuses=("reported",)), ["dated", "undated"]),
        (Filter(date_from=date(2022, 1, 1)), ["dated"]),
    ):
        assert sorted(select_rows(generation, "claims", chosen)["claim_id"].to_pylist()) == ids
    assert select_rows(generation, "events", Filter(text="nothing has this")).num_rows == 0
