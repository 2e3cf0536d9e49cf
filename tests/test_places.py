"""Which place a mention means, and where relative places lie."""

import pytest
from geopy.distance import great_circle

from geo.model import PlaceKind
from geo.places import _middle_longitude
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
    resolution = read("A fire broke out in the village of Qwertzhausen, Germany.").resolution("Qwertzhausen")
    assert resolution.place is None
    assert "Qwertzhausen" in resolution.reason


def test_a_choice_among_several_is_explained():
    resolution = read("A fire broke out in Springfield, Illinois.").resolution("Springfield")
    assert len(resolution.candidates) > 1
    assert "it lies in the place named after it" in resolution.reason


# Relative places with where they lie: towns at that distance, centres of those parts, road midpoints.
RELATIVE = [
    ("It happened 74 km southeast of Kharkiv.", "74 km southeast of Kharkiv", (49.508, 36.977)),
    ("It lies 46 miles southeast of Kharkiv.", "46 miles southeast of Kharkiv", (49.508, 36.977)),
    ("It struck 25 miles (40 km) southwest of Lyon.", "25 miles (40 km) southwest of Lyon", (45.506, 4.472)),
    ("The boat sank 120 km north of Tripoli in Libya.", "120 km north of Tripoli", (33.97, 13.19)),
    ("It was felt 60 km west of Accra.", "60 km west of Accra", (5.56, -0.74)),
    ("A village northwest of Balakliia burns.", "A village northwest of Balakliia", (49.552, 36.692)),
    ("They live in a village east of Izyum.", "a village east of Izyum", (49.20, 37.45)),
    ("They advance into areas south of Kharkiv.", "areas south of Kharkiv", (49.58, 36.25)),
    ("They hold the territory near Kharkiv.", "territory near Kharkiv", (50.10, 36.30)),
    ("Rain fell on towns around Bergamo.", "towns around Bergamo", (45.75, 9.75)),
    ("They hold the territory adjacent to Crimea.", "territory adjacent to Crimea", (46.3, 33.8)),
    ("The road between Kupiansk and Svatove is cut.", "between Kupiansk and Svatove", (49.55, 37.88)),
    ("A bus crashed between Nairobi and Mombasa.", "between Nairobi and Mombasa", (-2.69, 38.17)),
    ("Guns fell silent in southern Lebanon.", "southern Lebanon", (33.3, 35.4)),
    ("Floods hit northern Italy.", "northern Italy", (45.4, 9.9)),
    ("Troops advance in eastern Ukraine.", "eastern Ukraine", (48.7, 37.9)),
    ("Troops advance in northeastern Ukraine.", "northeastern Ukraine", (49.8, 36.9)),
    ("Ukraine is at war. Guns fire in the south and east.", "the south and east", (47.6, 36.2)),
    ("Fires burn in western Canada.", "western Canada", (51.5, -117.0)),
    ("Shells fall in the Donetsk region. They fell in the northern part of the region.",
     "the northern part of the region", (48.9, 37.7)),
    ("Smugglers were held along the Syrian border. Turkey sent men to Kilis in Turkey.", "Syrian border", (36.8, 38.5)),
    ("Mali mourned. It struck near the border with Burkina Faso.", "the border with Burkina Faso", (13.5, -2.5)),
    ("Troops massed on the border between Chad and Sudan.", "the border between Chad and Sudan", (13.4, 22.3)),
    ("He spoke on the outskirts of Izyum.", "the outskirts of Izyum", (49.2, 37.3)),
    ("Rebels hold hills outside Idlib.", "hills outside Idlib", (35.9, 36.6)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "surface", "truth"), RELATIVE)
def test_relative_places_are_computed_within_their_radius(text, surface, truth):
    found = place(text, surface)
    assert found.kind is PlaceKind.RELATIVE
    assert great_circle((found.lat, found.lon), truth).km <= found.radius_km


@pytest.mark.parametrize(
    ("text", "surface", "most_km"),
    [
        ("It happened 74 km southeast of Kharkiv.", "74 km southeast of Kharkiv", 35),
        ("A village northwest of Balakliia burns.", "A village northwest of Balakliia", 20),
        ("They hold the territory near Kharkiv.", "territory near Kharkiv", 50),
        ("Guns fell silent in southern Lebanon.", "southern Lebanon", 60),
    ],
)
def test_a_radius_is_no_wider_than_the_words_leave_open(text, surface, most_km):
    assert place(text, surface).radius_km <= most_km


@pytest.mark.parametrize(
    ("text", "surface", "degrees"),
    [
        ("It happened 74 km southeast of Kharkiv.", "74 km southeast of Kharkiv", 135.0),
        ("They advance into areas south of Kharkiv.", "areas south of Kharkiv", 180.0),
    ],
)
def test_a_place_in_a_direction_keeps_what_it_hangs_on(text, surface, degrees):
    bearing = place(text, surface).bearing
    assert bearing.degrees == degrees
    assert great_circle((bearing.lat, bearing.lon), (49.98, 36.25)).km < 5


def test_a_place_without_a_direction_hangs_on_none():
    assert place("They hold the territory near Kharkiv.", "territory near Kharkiv").bearing is None


def test_between_two_places_across_the_date_line_is_the_short_way():
    assert _middle_longitude(170.0, -170.0) in (180.0, -180.0)
    assert _middle_longitude(10.0, 20.0) == 15.0


def test_an_open_part_is_named_after_its_whole():
    found = place("Ukraine is at war. Guns fire in the south and east.", "the south and east")
    assert found.name == "southern and eastern Ukraine"


def test_a_phrase_that_describes_a_name_checks_which_place_it_is():
    text = "Springfield, about 140 km west of Boston, was hit by a storm. It blew over Chicago in Illinois."
    assert place(text, "Springfield").admin1_code == "MA"
    assert "140 km west of Boston" in read(text).resolution("Springfield").reason


def test_a_phrase_that_describes_a_name_is_no_second_place():
    claims = read("Troops captured Balakliia, which lies 74 km southeast of Kharkiv.").claims
    assert {c.place.name for c in claims if c.place} == {"Balakliia"}


@pytest.mark.parametrize("text", ["Poland's border guards watched.", "They met the Mexican border police in Tijuana."])
def test_those_who_guard_a_border_are_no_border(text):
    assert not any(r.mention.relation for r in read(text).resolutions)
