"""KML: well-formed, in the order that the schema wants, and nothing that a globe would run."""

import io
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.build import BuildReport
from geo.events import CLAIM_COLUMNS, schema
from geo.kml import export_kml
from geo.maps import COLOURS
from geo.model import EventType
from tests.pages import claim
from tests.test_hostile import HOSTILE

KML = "{http://www.opengis.net/kml/2.2}"

# OGC 12-007r2: AbstractFeatureGroup with PlacemarkType, DocumentType and StyleType, as far as they are used here.
ORDER = {
    "Document": ["name", "Style", "Placemark"],
    "Placemark": ["name", "description", "TimeSpan", "styleUrl", "ExtendedData", "Point"],
    "Style": ["IconStyle", "LabelStyle", "BalloonStyle"],
    "TimeSpan": ["begin", "end"],
}


def claims(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([claim(**row) for row in rows], schema=schema(CLAIM_COLUMNS))


def as_kml(rows: pa.Table) -> ElementTree.Element:
    file = io.StringIO()
    export_kml(rows, file)
    return ElementTree.fromstring(file.getvalue().encode())  # noqa: S314 - what we have written ourselves


def placemarks(rows: pa.Table) -> list[ElementTree.Element]:
    return as_kml(rows).findall(f"{KML}Document/{KML}Placemark")


def said(element: ElementTree.Element, path: str) -> str | None:
    return element.findtext("/".join(KML + step for step in path.split("/")))


def data(placemark: ElementTree.Element) -> dict[str | None, str | None]:
    found = placemark.iterfind(f"{KML}ExtendedData/{KML}Data")
    return {item.get("name"): said(item, "value") for item in found}


def test_a_claim_is_a_placemark() -> None:
    [placemark] = placemarks(claims({"date_to": date(2022, 9, 12), "claimant": "the mayor"}))
    assert said(placemark, "name") == "Izyum: control-change"
    assert said(placemark, "Point/coordinates") == "37.25,49.21"
    assert said(placemark, "TimeSpan/begin") == "2022-09-10T00:00:00Z"
    assert said(placemark, "TimeSpan/end") == "2022-09-12T23:59:59Z"
    assert said(placemark, "styleUrl") == "#control-change"
    assert said(placemark, "description") == "Words<br/>2022-09-10 to 2022-09-12<br/>reported<br/>the mayor<br/>one.txt"
    assert list(data(placemark)) == [column.name for column in CLAIM_COLUMNS]
    assert data(placemark)["radius_km"] == "5.0"


@pytest.mark.parametrize(
    ("changes", "absent"),
    [
        ({"lat": None}, ["Point"]),
        ({"date_from": None, "date_to": None}, ["TimeSpan"]),
        ({"date_from": None}, ["TimeSpan/begin"]),
        ({"date_to": None}, ["TimeSpan/end"]),
    ],
)
def test_what_is_unknown_is_left_out(changes: dict[str, Any], absent: list[str]) -> None:
    [placemark] = placemarks(claims(changes))
    assert [
        path for path in ("Point", "TimeSpan", "TimeSpan/begin", "TimeSpan/end") if _is_without(placemark, path)
    ] == (["TimeSpan", "TimeSpan/begin", "TimeSpan/end"] if absent == ["TimeSpan"] else absent)


def _is_without(placemark: ElementTree.Element, path: str) -> bool:
    return placemark.find("/".join(KML + step for step in path.split("/"))) is None


@pytest.mark.parametrize("name", ["claims", "events"])
def test_elements_are_in_the_order_of_the_schema(seeds_build: BuildReport, name: str) -> None:
    rows = seeds_build.generation.table(name)
    root = as_kml(rows)
    assert root.get("version") == "2.3"
    assert len(root.findall(f".//{KML}Placemark")) == rows.num_rows
    for parent, order in ORDER.items():
        for element in root.iter(KML + parent):
            ranks = [order.index(child.tag.removeprefix(KML)) for child in element]
            assert ranks == sorted(ranks)


def test_there_is_a_style_for_each_type_in_its_colour() -> None:
    styles = {s.get("id"): said(s, "IconStyle/color") for s in as_kml(claims()).iter(f"{KML}Style")}
    assert list(styles) == list(COLOURS)
    assert set(styles) == set(EventType)
    assert COLOURS["battle"] == "#D55E00"
    assert styles["battle"] == "ff005ed5"


@pytest.mark.parametrize("words", [*HOSTILE, "$[text] & <b>", "]]></description>"])
def test_hostile_text_is_text_also_where_a_globe_reads_html(words: str) -> None:
    row = dict.fromkeys(("text", "place_name", "claimant", "status", "event_type", "report"), words)
    [placemark] = placemarks(claims(row))
    for shown in ("name", "description"):
        html = (said(placemark, shown) or "").replace("<br/>", "")
        assert not set("<>$") & set(html)
    assert said(placemark, "styleUrl") == "#other"
    assert data(placemark)["text"] == words


def test_a_balloon_shows_the_description_alone() -> None:
    texts = {said(s, "BalloonStyle/text") for s in as_kml(claims()).iter(f"{KML}Style")}
    assert texts == {"$[description]"}


def test_what_xml_cannot_hold_is_shown_as_its_picture() -> None:
    [placemark] = placemarks(claims({"text": "a\0b\x1bc\uffffd\r\n\te"}))
    assert data(placemark)["text"] == "a␀b␛c\N{REPLACEMENT CHARACTER}d\r\n\te"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_every_other_text_is_whole(text: str) -> None:
    assert data(placemarks(claims({"text": text}))[0])["text"] == text
