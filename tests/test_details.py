"""Actor, target, figure and side of claims."""

from datetime import date

import pytest

from geo.claims import extract_claims
from geo.dates import find_dates
from geo.gazetteer import load_gazetteer
from geo.language import load_language
from geo.mentions import find_mentions
from geo.model import Document
from geo.places import resolve_places


def claims(text: str):
    document = Document("id", "name", text, published=date(2024, 5, 14))
    parsed, gazetteer = load_language().parse(Document("id", "name", text)), load_gazetteer()
    places = resolve_places(document, parsed, find_mentions(document, parsed, gazetteer), gazetteer)
    return extract_claims(document, parsed, places, find_dates(document, parsed))


@pytest.mark.parametrize(
    ("text", "actor", "target"),
    [
        ("Rebel fighters captured the airport in Goma on Monday.", "Rebel fighters", "the airport"),
        ("The airport in Goma was captured by rebel fighters on Monday.", "rebel fighters", "The airport"),
    ],
)
def test_active_and_passive_tell_who_did_it_to_whom(text, actor, target):
    (claim,) = claims(text)
    assert (claim.actor, claim.target) == (actor, target)


def test_each_happening_takes_its_own_figure():
    found = claims("Shells killed 12 people in Goma, and a mudslide buried 30 houses in Bukavu.")
    assert {(c.place.name, c.quantity, c.unit) for c in found if c.place} == {
        ("Goma", 12, "people"),
        ("Bukavu", 30, "houses"),
    }


def test_what_stands_in_brackets_and_how_far_off_a_place_lies_is_no_figure_of_a_claim():
    (claim,) = claims("Rebels captured 900 square km (350 square miles) of land 40 km north of Goma on Monday.")
    assert (claim.quantity, claim.unit, claim.quantity_of) == (900, "km²", "land captured")


def test_a_claimant_is_on_the_side_that_introduces_him():
    found = claims(
        "Rwanda's army chief Jean Bosco Nkusi said shells hit Goma on Monday. "
        "The Congolese Defence Ministry said Goma was calm after shells hit the port of Goma."
    )
    assert {(c.claimant, c.claimant_side) for c in found} >= {
        ("Jean Bosco Nkusi", "RW"),
        ("Congolese Defence Ministry", "CD"),
    }
