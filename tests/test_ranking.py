"""Which of several places a name means, by features that can be read."""

import pytest

from geo.model import Place, PlaceKind
from geo.ranking import Name, explain, features, holds, rank_names
from tests.reading import gazetteer

ILLINOIS = Place("r1", "Illinois", PlaceKind.REGION, 40.0, -89.0, 300, "A", "ADM1", "US", "IL", population=12_000_000)
PARIS_FR = Place("p1", "Paris", PlaceKind.SETTLEMENT, 48.85, 2.35, 10, "P", "PPLC", "FR", "11", population=2_100_000)
PARIS_IL = Place("p2", "Paris", PlaceKind.SETTLEMENT, 39.6, -87.7, 3, "P", "PPL", "US", "IL", population=8_000)
CHICAGO = Place("p3", "Chicago", PlaceKind.SETTLEMENT, 41.9, -87.6, 20, "P", "PPL", "US", "IL", population=2_700_000)


def best(*names: Name) -> list[str]:
    return [ranked[0].place.place_id for ranked in rank_names(names)]


def paris(**extra) -> Name:
    return Name("Paris", "", (PARIS_FR, PARIS_IL), **extra)


def test_alone_the_great_city_is_meant():
    assert best(paris()) == ["p1"]


def test_the_area_named_after_it_decides():
    assert best(paris(container=(ILLINOIS,)), Name("Illinois", "", (ILLINOIS,))) == ["p2", "r1"]


def test_scores_sum_to_one_and_are_ordered():
    ranked = rank_names([paris()])[0]
    assert sum(c.score for c in ranked) == pytest.approx(1, abs=0.001)
    assert ranked[0].score >= ranked[1].score


def test_a_name_does_not_speak_for_itself():
    rows = features([paris()])[0]
    assert all(row["country share"] == 0 for row in rows)


def test_the_context_is_what_the_other_names_mean():
    rows = features([paris(), Name("Chicago", "", (CHICAGO,)), Name("Illinois", "", (ILLINOIS,))])[0]
    french, american = rows
    assert (french["country share"], american["country share"]) == (0, 1)
    assert "region share" in american
    assert "within 300 km" in american


def test_reasons_are_words():
    name = paris(container=(ILLINOIS,))
    row = features([name])[0][1]
    assert explain(row, PARIS_IL)[0] == "it lies in the place named after it"


def test_a_name_without_places_has_no_candidates():
    assert rank_names([Name("Nowhere", "", ())]) == [[]]


def test_areas_hold_by_codes():
    assert holds(ILLINOIS, CHICAGO)
    assert not holds(ILLINOIS, PARIS_FR)
    assert not holds(ILLINOIS, ILLINOIS)


@pytest.mark.parametrize(
    ("others", "country"),
    [(["Georgia", "Tbilisi", "Batumi"], "GE"), (["Georgia", "Atlanta", "Savannah", "Alabama"], "US")],
)
def test_georgia_is_read_by_its_neighbours(others, country):
    names = [Name(n, "", gazetteer().lookup_all(n)) for n in others]
    assert rank_names(names)[0][0].place.country_code == country
