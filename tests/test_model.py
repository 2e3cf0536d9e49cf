"""The sentence with which a resolution explains itself."""

from dataclasses import replace

import pytest

from geo.model import Candidate, Mention, Place, PlaceKind, Resolution, Role
from tests.reading import read

IZYUM = Place("gn:1", "Izyum", PlaceKind.SETTLEMENT, 49.2, 37.3, 2, country_code="UA", population=45_884)
OTHER = Place("gn:2", "Izyum", PlaceKind.SETTLEMENT, 51.0, 40.0, 1, country_code="RU")


THIRD = Place("gn:3", "Izyum", PlaceKind.SETTLEMENT, 46.0, 33.0, 1, country_code="UA")


def resolution(place: Place | None, candidates: tuple[Candidate, ...] = (), reason: str = "") -> Resolution:
    return Resolution(Mention(0, 5, "Izium", Role.LITERAL, "gazetteer"), place, candidates, reason)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            resolution(IZYUM, (Candidate(IZYUM, 0.9, ("population 45,884", "a town", "within 30 km of Kyiv")),)),
            "Izium is taken to be Izyum, a town in Ukraine, since it has 45,884 inhabitants, it is a town and it lies "
            "within 30 km of Kyiv.",
        ),
        (
            resolution(IZYUM, (Candidate(IZYUM, 0.9, ("the report names its region",)), Candidate(OTHER, 0.1))),
            "Izium is taken to be Izyum, a town in Ukraine, since the report names its region; 1 other place bears the "
            "name.",
        ),
        (
            resolution(
                IZYUM,
                (Candidate(OTHER, 0.5), Candidate(IZYUM, 0.4), Candidate(THIRD, 0.1)),
                "it was said; ahead of 2",
            ),
            "Izium is taken to be Izyum, a town in Ukraine, since it was said; 2 other places bear the name.",
        ),
        (
            resolution(IZYUM, reason="the only place of that name"),
            "Izium is taken to be Izyum, a town in Ukraine, since it is the only place of that name.",
        ),
        (
            resolution(IZYUM, (Candidate(IZYUM, 0.4), Candidate(OTHER, 0.1)), "ahead of 1 other of that name"),
            "Izium is taken to be Izyum, a town in Ukraine, since it is the likeliest of that name; 1 other place "
            "bears the name.",
        ),
        (
            resolution(IZYUM),
            "Izium is taken to be Izyum, a town in Ukraine, since no other place bears the name.",
        ),
        (
            resolution(Place("country:US", "United States", PlaceKind.COUNTRY, 39.8, -98.6, 1700, country_code="US")),
            "Izium is taken to be United States, a country, since no other place bears the name.",
        ),
        (
            resolution(replace(IZYUM, name="Dallas", country_code="US", population=1_300_000)),
            "Izium is taken to be Dallas, a city in the United States, since no other place bears the name.",
        ),
        (
            resolution(Place("x", "Prizren", PlaceKind.REGION, 42.2, 20.7, 9, country_code="XK")),
            "Izium is taken to be Prizren, a region in XK, since no other place bears the name.",
        ),
        (
            resolution(None, reason="no gazetteer layer knows 'Izium'"),
            "Izium is taken to be no place on the map, since no gazetteer layer knows 'Izium'.",
        ),
        (resolution(None), "Izium is taken to be no place on the map, since nothing fits."),
    ],
)
def test_a_resolution_explains_itself_in_one_sentence(given: Resolution, sentence: str) -> None:
    assert given.explain() == sentence


def test_real_resolutions_explain_themselves() -> None:
    found = read("Ukraine retook Izyum, 74 km southeast of Kharkiv, and eastern Donetsk.", model="none").resolutions
    said = [r.explain() for r in found]
    assert next(s for s in said if s.startswith("Izyum ")).startswith(
        "Izyum is taken to be Izyum, a town in Ukraine, since "
    )
    assert all(s.endswith(".") and "\n" not in s and s.count(" is taken to be ") == 1 for s in said)
