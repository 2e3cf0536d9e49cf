"""Sentence → claims: place, day, status, claimant and type, in reports of many kinds."""

from datetime import date

import pytest

from geo.model import DateBasis, EventType, PlaceKind, Status, Verification
from tests.reading import PUBLISHED, read


def rows(text: str, **options):
    return [
        (c.place.name, c.event_type.value, c.status.value, c.claimant)
        for c in read(text, **options).claims
        if c.place is not None
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An earthquake shook Antakya on Tuesday.", [("Antakya", "disaster", "reported", "")]),
        ("Police fired at protesters in Nairobi, killing two people.", None),
        ("Thousands protested in Lima on Tuesday.", [("Lima", "protest", "reported", "")]),
        ("A train derailed near Pune, officials said.", [("Pune", "accident", "claimed", "officials")]),
        ("Rebels captured Goma, the army said.", [("Goma", "control-change", "claimed", "army")]),
        ("The army denied shelling Goma.", [("Goma", "strike", "denied", "army")]),
        ("The president will visit Lagos next week.", [("Lagos", "statement", "planned", "")]),
        ("The rebels vowed to capture Goma.", [("Goma", "control-change", "planned", "rebels")]),
        ("Troops withdrew from Goma and Bukavu.",
         [("Goma", "withdrawal", "reported", ""), ("Bukavu", "withdrawal", "reported", "")]),
        ("In Goma, the governor said rebels had killed ten people.", [("Goma", "casualties", "claimed", "governor")]),
        ("Goma lies 155 km north of Bukavu.", []),
        ("Rebels captured Rutshuru, a town 70 km north of Goma.", [("Rutshuru", "control-change", "reported", "")]),
        ("The area is as big as Gaza.", []),
        ("A Nairobi-based diplomat resigned.", []),
        ("He is the governor of Lagos.", []),
    ],
)  # fmt: skip
def test_rows_of_a_sentence(text, expected):
    if expected is not None:
        assert rows(text) == expected
    else:
        assert {r[0] for r in rows(text)} == {"Nairobi"}


def test_the_most_specific_place_of_a_happening_is_kept():
    assert [r[0] for r in rows("A fire broke out in Bucha, Ukraine.")] == ["Bucha"]


def test_two_happenings_in_one_sentence_have_their_own_places_and_statuses():
    text = "Rebels captured Goma on Monday, and the army vowed to retake Bukavu."
    assert rows(text) == [
        ("Goma", "control-change", "reported", ""),
        ("Bukavu", "control-change", "planned", "army"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "last", "basis"),
    [
        ("An earthquake shook Antakya on Sunday.", date(2023, 5, 14), date(2023, 5, 14), DateBasis.RELATIVE),
        ("An earthquake shook Antakya on 6 February 2023.", date(2023, 2, 6), date(2023, 2, 6), DateBasis.EXPLICIT),
        ("An earthquake shook Antakya.", PUBLISHED, PUBLISHED, DateBasis.PUBLICATION),
        ("Antakya, which an earthquake destroyed in 2023, is being rebuilt.",
         date(2023, 1, 1), date(2023, 12, 31), DateBasis.EXPLICIT),
        ("Officials said on Tuesday that rebels had captured Goma on Sunday.",
         date(2023, 5, 14), date(2023, 5, 14), DateBasis.RELATIVE),
        ("The rebels vowed on Tuesday to capture Goma.", None, None, DateBasis.NONE),
    ],
)  # fmt: skip
def test_days_of_a_claim(text, first, last, basis):
    days = [(c.date_from, c.date_to, c.date_basis) for c in read(text).claims if c.place is not None]
    assert (first, last, basis) in days


@pytest.mark.parametrize(
    ("text", "status", "first", "last"),
    [
        ("A helicopter is due in Goma on Friday.", "planned", date(2023, 5, 19), date(2023, 5, 19)),
        (
            "Both sides are to pull their guns back from Goma by Saturday.",
            "planned",
            date(2023, 5, 20),
            date(2023, 5, 20),
        ),
        ("On Friday he is scheduled to travel to Goma.", "planned", date(2023, 5, 19), date(2023, 5, 19)),
        ("Troops reached Goma on Sunday.", "reported", date(2023, 5, 14), date(2023, 5, 14)),
    ],
)
def test_what_is_due_is_planned_and_its_day_lies_ahead(text, status, first, last):
    found = [(c.status.value, c.date_from, c.date_to) for c in read(text).claims if c.place is not None]
    assert found == [(status, first, last)]


def test_an_hour_without_a_day_is_of_the_reports_day_and_a_day_pointed_back_to_is_not():
    claims = read(
        "A quake shook Goma on Sunday. By evening the army had reached Goma. That night it reached Bukavu."
    ).claims
    days = [c.date_from for c in claims if c.place is not None]
    assert days == [date(2023, 5, 14), PUBLISHED, date(2023, 5, 14)]


def test_an_undated_report_is_never_dated_today():
    claims = read("An earthquake shook Antakya on Sunday.", published=None).claims
    assert [(c.date_from, c.date_basis) for c in claims] == [(None, DateBasis.NONE)]


def test_a_sentence_that_carries_on_takes_the_place_before_it():
    text = "The river burst its banks near Sylhet on Monday. Two bridges in the town were swept away."
    claims = read(text).claims
    assert [c.place.name for c in claims] == ["Sylhet", "Sylhet"]
    assert "carried on" in claims[1].place_reason
    assert claims[1].place_start is None


def test_a_happening_without_a_place_waits_with_its_reason():
    claims = read("Hundreds of houses were destroyed.").claims
    assert [(c.place, bool(c.reason)) for c in claims] == [(None, True)]


def test_land_taken_back_is_the_actors_own():
    assert rows("Ukraine has recaptured 6,000 square km of territory, Zelenskiy said.")[0][:2] == (
        "Ukraine",
        "control-change",
    )


def test_what_could_not_be_verified_is_marked_on_the_claims_before():
    claims = read("Rebels captured Goma, the army said. The agency could not verify the report.").claims
    assert [c.verification for c in claims] == [Verification.UNVERIFIED]


def test_a_claim_points_at_its_sentence_and_its_place():
    text = "It was late.\nAn earthquake shook Antakya on Tuesday."
    claim = read(text).claims[0]
    assert text[claim.start : claim.end] == claim.text == "An earthquake shook Antakya on Tuesday."
    assert text[claim.place_start : claim.place_end] == "Antakya"


def test_a_caption_printed_twice_is_one_claim_dated_by_its_own_line():
    line = "FILE: Firemen rescue a man in Bucha, Ukraine. Taken 4.2.2022\n"
    claims = read(line + line).claims
    assert [(c.place.name, c.date_from) for c in claims] == [("Bucha", date(2022, 4, 2))]


def test_headlines_and_chrome_yield_no_claims():
    assert read("Earthquake shakes Antakya\nREAD MORE: Floods hit Lagos.").claims == []


def test_rules_alone_still_read_place_day_and_type():
    claims = read("An earthquake shook Antakya on Sunday.", model="none").claims
    assert [(c.place.name, c.event_type, c.date_from) for c in claims] == [
        ("Antakya", EventType.DISASTER, date(2023, 5, 14))
    ]


def test_region_and_relative_places_say_how_precise_they_are():
    text = "Shells fell on Izyum. Shells fell near Lyman. An earthquake shook the Kharkiv region."
    precision = {c.place.name: c.geo_precision for c in read(text).claims}
    assert precision == {"Izyum": 1, "Lyman": 2, "Kharkiv region": 3}


def test_no_actor_becomes_a_place():
    text = "Berlin rejected the plan. Moscow abandoned its base in Izyum, and Washington sent weapons."
    claims = read(text).claims
    assert {c.place.name for c in claims if c.place} == {"Izyum"}
    assert all(c.place is None or c.place.kind is not PlaceKind.COUNTRY for c in claims)


def test_status_of_each_kind_is_reachable():
    text = (
        "Rebels captured Goma. The army said rebels captured Bukavu. The army denied shelling Kigali. "
        "The rebels plan to attack Kampala."
    )
    assert {c.status for c in read(text).claims if c.place} == set(Status)


def test_what_could_not_be_verified_is_what_was_claimed_before_on_the_same_topic():
    claims = read(
        "The mayor said shells hit a school in Goma on Monday.\n\n"
        "Officials in Lagos opened a bridge. The governor said floods swept through Kano on Sunday.\n\n"
        "The army said fighters captured Bukavu on Tuesday.\n\n"
        "The claims could not be independently verified."
    )
    verified = {c.place.name: c.verification for c in claims.claims if c.place and c.status is Status.CLAIMED}
    assert verified["Bukavu"] is Verification.UNVERIFIED
    assert verified["Goma"] is Verification.NONE


def test_a_date_without_a_year_that_is_nearer_ahead_is_ahead():
    (claim,) = read("By-elections in Lagos on 1 June, which two parties will boycott.").claims
    assert claim.date_from == date(2023, 6, 1)
    (claim,) = read("Shells hit Goma on 1 May.").claims
    assert claim.date_from == date(2023, 5, 1)


def test_until_a_weekday_is_no_day_of_what_has_begun():
    (claim,) = read("Officials closed schools in Goma until Saturday.").claims
    assert claim.date_from == PUBLISHED


@pytest.mark.parametrize(
    ("text", "place", "claimant"),
    [
        (
            "The mayor of Goma, Edgar Solares, said 300 families in Bukavu were refusing to leave.",
            "Bukavu",
            "Edgar Solares",
        ),
        ('"The walls fell on us," said Ana Ruiz, a farmer in Goma who lost her mother.', "Goma", "Ana Ruiz"),
    ],
)
def test_what_is_said_of_a_place_is_claimed_by_who_says_it(text, place, claimant):
    assert (place, claimant) in [(c.place.name, c.claimant) for c in read(text).claims if c.place]


def test_words_read_before_are_told_anew_where_the_report_has_another_day_or_other_words_before_them():
    for text, days in (
        ("Rebels captured Goma on Friday, the army said.", (date(2024, 3, 1), date(2024, 3, 8))),
        ("Rebels captured Goma, the army said.", (date(2024, 3, 6), date(2024, 3, 13))),
    ):
        longer = f"It rained.\n\n{text}"
        (one,) = (c for c in read(text, published=date(2024, 3, 6)).claims if c.place)
        (other,) = (c for c in read(longer, published=date(2024, 3, 13)).claims if c.place)
        assert (one.date_from, other.date_from) == days
        assert (one.event_type, one.claimant) == (other.event_type, other.claimant)
        assert text[one.place_start : one.place_end] == longer[other.place_start : other.place_end] == "Goma"
        assert {c.date_from for c in read(text, published=None).claims} == {None}


def test_a_carried_place_is_that_of_its_own_report():
    for town in ("Goma", "Bukavu"):
        found = read(f"Rebels shelled {town} on Monday. Three people were killed there.").claims
        assert [c.place.name for c in found if c.event_type is EventType.CASUALTIES] == [town]
