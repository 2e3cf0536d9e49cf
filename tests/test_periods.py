"""Days, bins of days, and two periods side by side."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from geo.periods import Days, count_bins, find_days
from tests.pages import claim, generation


def test_days_count_each_claim_on_each_of_its_days(tmp_path: Path) -> None:
    claims = [
        claim(claim_id="1", date_from=date(2022, 9, 8), date_to=date(2022, 9, 10)),
        claim(claim_id="2"),
        claim(claim_id="3", date_from=None, date_to=None),
        claim(claim_id="4", date_from=date(2014, 3, 1), date_to=date(2022, 9, 13)),
    ]
    days = find_days(generation(tmp_path, claims))
    assert days is not None
    assert (days.first, days.last) == (date(2014, 3, 1), date(2022, 9, 13))
    assert days.counts == {
        date(2014, 3, 1): 1,
        date(2022, 9, 8): 1,
        date(2022, 9, 9): 1,
        date(2022, 9, 10): 2,
    }


def test_there_are_no_days_where_nothing_is_dated(tmp_path: Path) -> None:
    assert find_days(generation(tmp_path, [claim(date_from=None, date_to=None)])) is None
    assert find_days(generation(tmp_path / "empty", [])) is None


@pytest.mark.parametrize("last", [date(2022, 1, 1), date(2022, 3, 1), date(2022, 12, 31), date(2090, 7, 9)])
def test_bins_cover_all_days_once(last: date) -> None:
    first = date(2022, 1, 1)
    bins = count_bins(Days(first, last, {first: 2, last: 3} if last > first else {first: 5}))
    assert len(bins) <= 240
    assert (bins[0].first, bins[-1].last) == (first, last)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(bins))
    assert sum(b.count for b in bins) == 5
