"""Tables row by row; bounds and the text of values are tested with the formats, in test_export."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from geo.rows import bounds, points, read_rows, text_of

SCHEMA = pa.schema([("name", pa.string()), ("lat", pa.float64()), ("lon", pa.float64())])
ROWS: list[dict[str, Any]] = [
    {"name": "a", "lat": 49.5, "lon": 36.8},
    {"name": None, "lat": float("nan"), "lon": 36.8},
    {"name": "c", "lat": 1.0, "lon": None},
]


def test_rows_hold_no_number_that_is_none() -> None:
    rows = [ROWS[0], ROWS[1] | {"lat": None}, ROWS[2]]
    assert list(read_rows(pa.Table.from_pylist(ROWS, schema=SCHEMA))) == rows
    many = pa.Table.from_pylist(ROWS * 1000, schema=SCHEMA)
    assert list(read_rows(many)) == rows * 1000


def test_a_point_has_both_or_neither() -> None:
    lat, lon = points(pa.Table.from_pylist(ROWS, schema=SCHEMA))
    np.testing.assert_array_equal(lat, [49.5, np.nan, np.nan])
    np.testing.assert_array_equal(lon, [36.8, np.nan, np.nan])


def test_no_point_has_no_bounds() -> None:
    assert bounds(SCHEMA.empty_table()) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (date(2022, 9, 10), "2022-09-10"),
        ([], ""),
        (["a", "b|c", "d\\"], r"a|b\|c|d\\"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert text_of(value) == text
