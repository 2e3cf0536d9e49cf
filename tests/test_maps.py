import re
from dataclasses import replace
from typing import Any

import folium
import pytest
from streamlit_folium import generate_leaflet_string

from geo.assets import FOLDER
from geo.maps import ASSETS, COLOURS, LEGEND, draw_map, draw_places
from geo.model import EventType
from geo.view import Feature

IZYUM = Feature(
    number=7,
    place_id="dl:izyum",
    name="Izyum",
    lat=49.21,
    lon=37.25,
    radius_km=5.0,
    kind="point",
    place_kind="settlement",
    country_code="UA",
    admin1_code="07",
    n_claims=3,
    independent_sources=2,
    event_type="battle",
    statuses=("reported",),
    disputed=False,
)
REGION = replace(IZYUM, number=8, kind="area", place_kind="region", radius_km=120.0)
UKRAINE = replace(IZYUM, number=9, kind="area", place_kind="country", admin1_code="00")
DONBAS = replace(REGION, number=10, admin1_code="", radius_km=150.0)


def drawn(*features: Feature, selected: int | None = None) -> list[dict[str, Any]]:
    [layer] = draw_places(features, selected)._children.values()
    found: list[dict[str, Any]] = layer.data["features"]
    return found


def script(*features: Feature) -> str:
    fmap = draw_map(features)
    group = draw_places(features)
    group.add_to(fmap)
    fmap.get_root().render()
    text: str = generate_leaflet_string(fmap)
    return text


def test_every_event_type_has_a_hue_and_every_hue_is_one_of_eight() -> None:
    assert set(COLOURS) == {kind.value for kind in EventType}
    assert len({colour for colour, _, _ in LEGEND}) == len(LEGEND) == 8


def test_points_are_sized_by_independent_sources() -> None:
    few, many = (drawn(replace(IZYUM, independent_sources=n))[0]["properties"] for n in (1, 9))
    assert few["r"] < many["r"]
    assert few["shape"] == -1
    assert few["km"] == 0


def test_an_area_is_its_outline_or_a_circle_of_its_radius() -> None:
    region, donbas, country = (drawn(f)[0]["properties"] for f in (REGION, DONBAS, UKRAINE))
    assert region["shape"] >= 0
    assert country["shape"] > region["shape"]
    assert (donbas["shape"], donbas["km"]) == (-1, 150.0)
    assert region["r"] == donbas["r"] == 0


def test_areas_lie_below_points_and_the_biggest_lowest() -> None:
    order = [f["properties"]["id"] for f in drawn(IZYUM, REGION, DONBAS, UKRAINE)]
    assert order == [10, 8, 9, 7]


@pytest.mark.parametrize(
    ("statuses", "dash", "is_hollow"),
    [
        (("reported",), "", False),
        (("claimed",), "4 3", False),
        (("denied",), "", True),
        (("planned",), "1 4", True),
        (("claimed", "denied", "reported"), "", False),
        (("claimed", "planned"), "4 3", False),
    ],
)
def test_outline_tells_the_firmest_status(statuses: tuple[str, ...], dash: str, is_hollow: bool) -> None:
    style = drawn(replace(IZYUM, statuses=statuses))[0]["properties"]["style"]
    assert style["dashArray"] == dash
    assert (style["fillOpacity"] == 0) == is_hollow


def test_the_selected_place_stands_out() -> None:
    plain, chosen = (drawn(IZYUM, selected=s)[0]["properties"]["style"]["weight"] for s in (None, 7))
    assert chosen > plain


def test_only_the_packages_own_files_are_asked_for_and_all_are_there() -> None:
    fmap = draw_map([IZYUM])
    links = [link for _, link in (*fmap.default_js, *fmap.default_css)]
    assert all(link.startswith(f"{ASSETS}/") for link in links)
    assert all((FOLDER / link.removeprefix(f"{ASSETS}/")).is_file() for link in links)
    assert folium.Map.default_js[0][1].startswith("https://"), "the class is as it was for other maps of the process"
    assert "http" not in script(IZYUM, REGION)


def test_the_map_does_not_change_with_what_is_on_it() -> None:
    empty = re.sub(r"_[a-z0-9]+", "", generate_leaflet_string(draw_map([IZYUM, REGION])))
    again = re.sub(r"_[a-z0-9]+", "", generate_leaflet_string(draw_map([IZYUM, REGION])))
    assert empty == again


def test_the_map_opens_where_the_claims_are() -> None:
    stray = replace(IZYUM, number=1, lat=30.7, lon=76.2, n_claims=1)
    near = [replace(IZYUM, number=n, lat=48 + n / 10, lon=36 + n / 10) for n in range(2, 12)]
    options = draw_map([*near, stray]).options
    assert options["zoom"] >= 7
    latitude, longitude = draw_map([*near, stray]).location
    assert latitude == pytest.approx(48.65, abs=0.3)
    assert longitude == pytest.approx(36.65, abs=0.3)


@pytest.mark.parametrize("places", [[], [IZYUM], [UKRAINE], [replace(IZYUM, lat=-90.0, lon=180.0)]])
def test_the_map_opens_whatever_there_is(places: list[Feature]) -> None:
    assert 2 <= draw_map(places).options["zoom"] <= 9
