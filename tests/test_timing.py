"""Which time expression dates a happening."""

from datetime import date

import pytest

from geo.claims import read_scenes, read_status
from geo.dates import find_dates
from geo.model import Status
from geo.selection import select, walk
from geo.timing import Source, choices, days_of
from tests.reading import PUBLISHED, read


def told(text):
    """Return (scene, trigger, spot, status) of each happening with a place."""
    reading = read(text)
    timexes = find_dates(reading.document, reading.parsed)
    scenes = read_scenes(reading.document, reading.parsed, reading.resolutions, timexes)
    rows = [(scene, t, s) for scene, rows in walk(scenes, select) for t, s in rows if s is not None]
    return [(scene, trigger, spot, read_status(scene, trigger, spot)) for scene, trigger, spot in rows]


@pytest.mark.parametrize(
    ("text", "place", "first", "last"),
    [
        ("Shells hit Goma on Monday.", "Goma", date(2023, 5, 15), date(2023, 5, 15)),
        ("Police opened fire in Goma when a crowd approached the station on Monday evening.", "Goma",
         date(2023, 5, 15), date(2023, 5, 15)),
        ("A man who was arrested in 2019 was killed in Goma on Monday.", "Goma", date(2023, 5, 15), date(2023, 5, 15)),
        ("Rebels have shelled Goma since Monday.", "Goma", date(2023, 5, 15), PUBLISHED),
        ("Rain is forecast for Goma on Friday.", "Goma", date(2023, 5, 19), date(2023, 5, 19)),
        ("The water will leave Goma within two weeks.", "Goma", PUBLISHED, date(2023, 5, 31)),
        ("The rebels vowed on Tuesday to capture Goma.", "Goma", None, None),
    ],
)  # fmt: skip
def test_the_days_of_a_happening(text, place, first, last):
    days = [(s.place.name, days_of(scene, t, s, status)) for scene, t, s, status in told(text)]
    assert (place, first, last) in [(name, when.date_from, when.date_to) for name, when in days]


def test_a_happening_is_offered_every_expression_and_the_report():
    scene, trigger, _, status = told("On Monday shells hit Goma, which rebels took in 2019.")[0]
    offered = choices(scene, trigger, status)
    assert [c.source for c in offered] == [Source.EXPRESSION, Source.EXPRESSION, Source.REPORT]
    assert offered[-1].when.date_from == PUBLISHED


def test_a_plan_is_offered_the_coming_weekday_and_no_day_of_the_report():
    scene, trigger, _, status = told("Rebels want to attack Goma on Monday.")[0]
    assert status is Status.PLANNED
    days = [c.when.date_from for c in choices(scene, trigger, status)]
    assert date(2023, 5, 22) in days
    assert days[-1] is None
