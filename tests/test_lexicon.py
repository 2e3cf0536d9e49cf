"""The words that tell what happened."""

import pytest

from geo.lexicon import IDIOMS, NAMED, NOUNS, VERBS, fields_of, refine
from geo.model import EventType


def test_every_type_can_be_told():
    assert set(VERBS.values()) | set(NOUNS.values()) == set(EventType)


def test_no_idiom_is_a_trigger():
    assert IDIOMS.isdisjoint(VERBS)


@pytest.mark.parametrize(
    ("lemma", "arguments", "kind"),
    [
        ("take", {"rebels", "town"}, EventType.CONTROL_CHANGE),
        ("take", {"rebels", NAMED}, EventType.CONTROL_CHANGE),
        ("take", {"she", "photographs"}, None),
        ("leave", {"troops", "town"}, EventType.WITHDRAWAL),
        ("leave", {"families", "town"}, EventType.MOVEMENT),
        ("hit", {"wind", "coast"}, EventType.DISASTER),
        ("hit", {"rocket", "house"}, EventType.STRIKE),
        ("attack", {"gunmen", "villagers"}, EventType.VIOLENCE_AGAINST_CIVILIANS),
        ("collapse", {"bridge"}, EventType.ACCIDENT),
        ("collapse", {"talks"}, None),
        ("send", {"army", "aid"}, EventType.AID),
        ("erupt", {"volcano"}, EventType.DISASTER),
    ],
)
def test_a_verb_is_read_by_what_hangs_on_it(lemma, arguments, kind):
    assert refine(VERBS[lemma], lemma, arguments) is kind


def test_a_word_may_be_of_several_fields_or_of_none():
    assert {"flood verbs"} <= fields_of("inundate")
    assert len(fields_of("strike")) > 1
    assert fields_of("zzz") == frozenset()
