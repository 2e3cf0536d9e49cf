"""The day of an undated report, from its story's other reports and its weekdays."""

from datetime import date

import pytest

from geo.documents import make_document
from geo.model import PublishedBasis
from geo.stories import infer_days

NAMES = "Goma, Bukavu, Rutshuru, Masisi, Sake, Minova, Kibumba, General Kabamba and Colonel Ntambwe"
DATED = make_document("dated.txt", f"Fighting near {NAMES} went on.", published=date(2024, 5, 14))  # a Tuesday


def day_of(text: str, *others):
    found = infer_days([*(others or (DATED,)), make_document("undated.txt", text)])[-1]
    return found.published, found.published_basis


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (f"The army said on Saturday that {NAMES} were calm. Shells fell late on Friday.", date(2024, 5, 11)),
        (f"The army said on Thursday that {NAMES} were calm.", date(2024, 5, 16)),
        (f"On Sunday and Monday {NAMES} were shelled. Last Friday they were calm.", date(2024, 5, 13)),
    ],
)
def test_the_weekday_nearest_to_the_storys_day(text, day):
    assert day_of(text) == (day, PublishedBasis.STORY)


@pytest.mark.parametrize(
    "text",
    [f"The army said that {NAMES} were calm.", "The army said on Saturday that Lagos, Ibadan and Kano were calm."],
)
def test_without_a_weekday_or_a_story_it_stays_undated(text):
    assert day_of(text) == (None, PublishedBasis.NONE)


def test_reports_that_pull_to_different_days_leave_it_undated():
    later = make_document("later.txt", DATED.text + " Again.", published=date(2024, 6, 14))
    text = f"The army said on Saturday that {NAMES} were calm."
    assert day_of(text, DATED, later) == (None, PublishedBasis.NONE)


def test_dated_reports_stay_as_they_are():
    assert infer_days([DATED]) == [DATED]
