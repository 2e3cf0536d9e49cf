"""Which place a mention means, and where relative places lie."""

import pytest
from geopy.distance import great_circle

from geo.model import PlaceKind
from tests.reading import read

TOWNS = {
    "Balakliia": (49.4564, 36.8389),
    "Kupiansk": (49.7107, 37.6157),
    "Izyum": (49.2125, 37.2560),
    "Vovchansk": (50.2910, 36.9410),
    "Lyman": (48.9890, 37.8020),
    "Bucha": (50.5435, 30.2120),
    "Kharkiv": (49.9808, 36.2527),
    "Kherson": (46.6354, 32.6169),
    "Kyiv": (50.4501, 30.5234),
}


def place(text: str, surface: str):
    return read(text).resolution(surface).place


@pytest.mark.parametrize("name", TOWNS)
def test_the_towns_of_the_first_reports_lie_where_they_are(name):
    found = place(f"Shells fell on the town of {name} on Monday.", name)
    assert found.kind is PlaceKind.SETTLEMENT
    assert great_circle((found.lat, found.lon), TOWNS[name]).km <= 5


@pytest.mark.parametrize(
    ("text", "surface", "name", "kind"),
    [
        ("Shells fell on Kharkiv.", "Kharkiv", "Kharkiv", PlaceKind.SETTLEMENT),
        ("Shells fell across the Kharkiv region.", "Kharkiv", "Kharkiv region", PlaceKind.REGION),
        ("Shells fell across Luhansk Oblast.", "Luhansk Oblast", "Luhansk region", PlaceKind.REGION),
        ("Fighting goes on in Donetsk and Luhansk.", "Luhansk", "Luhansk region", PlaceKind.REGION),
        ("They hold the towns of Kupiansk and Izyum in Kharkiv.", "Kharkiv", "Kharkiv region", PlaceKind.REGION),
        ("The lights went out in Kharkiv and elsewhere.", "Kharkiv", "Kharkiv", PlaceKind.SETTLEMENT),
        ("Rain fell on Ukraine.", "Ukraine", "Ukraine", PlaceKind.COUNTRY),
        ("Rain fell on Armenia.", "Armenia", "Armenia", PlaceKind.COUNTRY),
        ("They live in Oxford, Mississippi.", "Mississippi", "Mississippi", PlaceKind.REGION),
        (
            "The Zaporizhzhia nuclear power plant was shelled.",
            "Zaporizhzhia nuclear power plant",
            None,
            PlaceKind.FACILITY,
        ),
    ],
)
def test_town_region_country_and_plant_are_told_apart(text, surface, name, kind):
    found = place(text, surface)
    assert found.kind is kind
    assert name is None or found.name == name


def test_the_plant_is_not_in_its_namesake_city():
    plant = place("The Zaporizhzhia nuclear power plant was shelled.", "Zaporizhzhia nuclear power plant")
    city = place("Shells fell on Zaporizhzhia.", "Zaporizhzhia")
    assert great_circle((plant.lat, plant.lon), (city.lat, city.lon)).km > 40


def test_a_region_after_a_comma_decides_between_towns_of_one_name():
    assert place("A fire broke out in Springfield, Illinois.", "Springfield").admin1_code == "IL"
    assert place("A fire broke out in Springfield, Massachusetts.", "Springfield").admin1_code == "MA"


def test_one_sense_holds_throughout_a_report():
    text = "A fire broke out in Springfield, Illinois.\nSpringfield has a new mayor."
    assert {r.place.admin1_code for r in read(text).resolutions if r.mention.surface == "Springfield"} == {"IL"}


def test_an_unknown_name_has_no_place_and_says_why():
    resolution = next(
        r
        for r in read("The bus left the town of Qwertzhausen in Germany.").resolutions
        if "Qwertz" in r.mention.surface
    )
    assert resolution.place is None
    assert "Qwertzhausen" in resolution.reason


def test_a_choice_among_several_is_explained():
    resolution = read("A fire broke out in Springfield, Illinois.").resolution("Springfield")
    assert len(resolution.candidates) > 1
    assert "named with Illinois" in resolution.reason


@pytest.mark.parametrize(
    ("text", "surface", "truth", "within_km"),
    [
        ("It happened 74 km southeast of Kharkiv.", "74 km southeast of Kharkiv", (49.5079, 36.9774), 3),
        ("It lies 46 miles southeast of Kharkiv.", "46 miles southeast of Kharkiv", (49.5079, 36.9774), 3),
        ("A village northwest of Balakliia burns.", "A village northwest of Balakliia", (49.5517, 36.6919), 15),
        ("Troops advance in eastern Ukraine.", "eastern Ukraine", (48.7, 37.9), 150),
        ("Troops advance in southern Ukraine.", "southern Ukraine", (46.9, 33.6), 150),
        ("Troops advance in northeastern Ukraine.", "northeastern Ukraine", (49.8, 36.9), 150),
        ("Ukraine is at war. Guns fire in the south and east.", "the south and east", (47.6, 36.2), 150),
        ("Shells fall in the Donetsk region. They fell in the northern part of the region.",
         "the northern part of the region", (48.9, 37.7), 60),
    ],
)  # fmt: skip
def test_relative_places_are_computed(text, surface, truth, within_km):
    found = place(text, surface)
    assert found.kind is PlaceKind.RELATIVE
    assert great_circle((found.lat, found.lon), truth).km <= within_km
    assert found.radius_km > 0


def test_an_open_part_is_named_after_its_whole():
    found = place("Ukraine is at war. Guns fire in the south and east.", "the south and east")
    assert found.name == "southern and eastern Ukraine"
