"""Types in other schemes' words, and the hazards of disasters."""

import pytest

from geo.crosswalk import crosswalk, glide_of
from geo.model import EventType


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A strong earthquake shook the town.", "EQ"),
        ("Flash floods swept the valley.", "FF"),
        ("Floods swept the valley.", "FL"),
        ("The wildfire reached the town.", "WF"),
        ("Nobody was hurt.", ""),
    ],
)
def test_disasters_have_a_hazard_code(text, code):
    assert glide_of(EventType.DISASTER, text) == code
    assert glide_of(EventType.ACCIDENT, text) == ""


def test_every_type_stands_in_the_crosswalk():
    assert set(crosswalk()) == set(EventType)
