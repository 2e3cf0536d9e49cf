"""Which places of a sentence a claim is made about, and of what type it is."""

import pytest

from geo.claims import read_scenes
from geo.dates import find_dates
from geo.model import EventType
from geo.selection import candidates, choose_type, features, told_types, type_features, walk
from tests.reading import Read, read


def scenes(text: str):
    found: Read = read(text)
    return read_scenes(found.document, found.parsed, found.resolutions, find_dates(found.document, found.parsed))


def told(text: str) -> list[tuple[str, str]]:
    return [(c.place.name, c.event_type.value) for c in read(text).claims if c.place is not None]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Trains were halted in Lyon and Marseille on Monday.", ["Lyon", "Marseille"]),
        ("A tent city has grown at Kampala since May.", ["Kampala"]),
        ("Schools stayed shut in Nairobi on Tuesday.", ["Nairobi"]),
        ("Firemen rescued a man in Bucha, Ukraine.", ["Bucha"]),
        ("Lima lies west of Cusco.", []),
        ("The city is as big as Nairobi.", []),
        ("He is the governor of Lagos.", []),
    ],
)
def test_places_that_a_sentence_tells_of(text, places):
    assert [name for name, _ in told(text)] == places


def test_the_sentence_after_carries_the_place_on():
    claims = told("Gunmen stormed a school in Kaduna on Monday. They killed two guards and fled.")
    assert [name for name, _ in claims] == ["Kaduna", "Kaduna"]


def test_a_place_is_carried_over_four_sentences_at_most():
    text = "A flood hit Kaduna. It rained. He slept. She ate. They left. Nobody came."
    carried = []

    def choose(scene, place):
        carried.append(place is not None)
        return [(c.trigger, c.spot) for c in candidates(scene, place)] if scene.spots else []

    for _ in walk(scenes(text), choose):
        pass
    assert carried == [False, True, True, True, True, False]


def test_a_place_is_told_of_once_though_it_is_named_twice():
    assert [name for name, _ in told("Police in Lima fired at a crowd in Lima on Monday.")] == ["Lima"]


def test_what_is_said_at_a_place_is_a_statement():
    assert told("She promised more troops, she said on the road to Goma.")[-1][1] == "statement"


def test_months_are_no_marches():
    (_, scene), *_ = scenes("A helicopter reached Lima on 9 March.")
    assert all(t.kind is not EventType.PROTEST for t in scene.triggers)


def test_features_say_how_a_place_stands_in_its_sentence():
    (_, scene), *_ = scenes("Gunmen attacked farmers near Kaduna on Monday.")
    (candidate,) = candidates(scene, None)
    assert {"after near", "a settlement", "dated", "0 other places"} <= features(scene, candidate).keys()


def test_every_type_can_be_chosen_by_its_own_trigger():
    (_, scene), *_ = scenes("Protesters marched in Lima.")
    trigger = next(t for t in scene.triggers if t.lemma == "march")
    by_type = type_features(scene, trigger, scene.spots[0], {EventType.PROTEST: 2})
    assert set(by_type) == set(EventType)
    assert "the trigger" in by_type[EventType.PROTEST]
    assert "the trigger" not in by_type[EventType.AID]
    assert choose_type(scene, trigger, scene.spots[0], {EventType.PROTEST: 2}) is EventType.PROTEST


def test_walk_tells_how_many_sentences_ago_a_place_was_told_of():
    gaps = []

    def choose(scene, carried):
        gaps.append(carried.gap if carried else None)
        return [(c.trigger, c.spot) for c in candidates(scene, carried)] if scene.spots else []

    for _ in walk(scenes("Shells fell on Goma. It was dark. Nobody slept."), choose):
        pass
    assert gaps == [None, 1, 2]


def test_types_of_a_report_are_counted():
    counts = told_types(scene for _, scene in scenes("Floods hit Goma. Floods hit Bukavu. Police arrested a man."))
    assert counts[EventType.DISASTER] >= 2
