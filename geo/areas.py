"""First-order regions by name, and which areas are only parts of one: from the shipped tables, without a gazetteer.

A generation knows a place's country and region by their codes; for a tree of places they need names.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from geo.gazetteer import read_curated
from geo.resources import resource

__all__ = ["first_order_name", "is_second_order"]

_REGIONS = Path(__file__).resolve().parent / "data" / "regions.csv.gz"
_SOURCES = ("gn:", "fips:")  # what the ids in that table begin with
_ID, _CODE, _COUNTRY, _ADMIN1, _NAME = 0, 1, 2, 3, 8


def first_order_name(country_code: str, admin1_code: str) -> str:
    """Return the name of the first-order region of GeoNames' codes, as ``gazetteer.csv`` has it if it does, or ''."""
    return _first_order_names().get((country_code, admin1_code), "")


def is_second_order(place_id: str) -> bool:
    """Return whether a place is a county or district, which has the codes of the region that it lies in."""
    return place_id.startswith(_SOURCES) and place_id in _second_order_ids()


@cache
def _first_order_names() -> dict[tuple[str, str], str]:
    table = {(row[_COUNTRY], row[_ADMIN1]): row[_NAME] for row in _rows("ADM1")}
    curated = (row.place for row in read_curated(resource("gazetteer.csv")))
    return table | {(p.country_code, p.admin1_code): p.name for p in curated if p.feature_code == "ADM1"}


@cache
def _second_order_ids() -> frozenset[str]:
    return frozenset(row[_ID] if ":" in row[_ID] else f"gn:{row[_ID]}" for row in _rows("ADM2"))


def _rows(code: str) -> Iterator[list[str]]:
    with gzip.open(_REGIONS, "rb") as file:
        text = file.read().decode("utf-8")
    # Only the lines wanted are taken apart; the rows of both codes are never needed at once.
    return csv.reader(line for line in io.StringIO(text, newline="") if line.partition(",")[2].startswith(f"{code},"))
