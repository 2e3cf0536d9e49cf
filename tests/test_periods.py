"""Days, bins of days, and two periods side by side."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from geo.filters import EVERYTHING, Filter
from geo.periods import Counts, Days, Unit, compare_periods, count_bins, find_days, find_halves, histogram
from geo.view import list_claims
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


def test_halves_hold_as_many_claims_and_one_old_day_does_not_stretch_them(tmp_path: Path) -> None:
    days = [date(1990, 1, 1), *(date(2022, 9, n) for n in range(1, 11))]
    claims = [claim(claim_id=f"{n}", date_from=day, date_to=day) for n, day in enumerate(days)]
    halves = (date(2022, 8, 28), date(2022, 9, 4)), (date(2022, 9, 5), date(2022, 9, 10))
    assert find_halves(generation(tmp_path / "old", claims), EVERYTHING) == halves
    one_day = date(2022, 9, 10)
    assert find_halves(generation(tmp_path / "one", [claim()]), EVERYTHING) == ((one_day, one_day), (one_day, one_day))
    assert find_halves(generation(tmp_path / "none", [claim(date_from=None, date_to=None)]), EVERYTHING) is None


@pytest.mark.parametrize("last", [date(2022, 1, 1), date(2022, 3, 1), date(2022, 12, 31), date(2090, 7, 9)])
def test_bins_cover_all_days_once(last: date) -> None:
    first = date(2022, 1, 1)
    bins = count_bins(Days(first, last, {first: 2, last: 3} if last > first else {first: 5}))
    assert len(bins) <= 240
    assert (bins[0].first, bins[-1].last) == (first, last)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(bins))
    assert sum(b.count for b in bins) == 5


SPANS = [
    claim(claim_id="1", date_from=date(2022, 9, 8), date_to=date(2022, 9, 12), status="claimed"),
    claim(claim_id="2", event_type="strike"),
    claim(claim_id="3", date_from=None, date_to=None),
    claim(claim_id="4", date_from=date(2014, 3, 1), date_to=date(2022, 9, 13)),
    claim(claim_id="5", date_from=date(2022, 9, 20), date_to=None, status="claimed"),
    claim(claim_id="6", date_from=date(2022, 9, 12), date_to=date(2022, 9, 8)),
]


def test_day_bins_agree_with_the_days(tmp_path: Path) -> None:
    found = generation(tmp_path, SPANS)
    days = find_days(found)
    assert days is not None
    bins = histogram(found, EVERYTHING, "day")
    assert {b.first: b.total for b in bins if b.total} == days.counts
    assert (bins[0].first, bins[-1].first) == (days.first, days.last)


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_a_bin_counts_the_claims_that_its_days_would_show(tmp_path: Path, unit: Unit) -> None:
    found = generation(tmp_path, [row for row in SPANS if row["claim_id"] in "1235"])
    bins = histogram(found, EVERYTHING, unit)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(bins))
    assert {"day": True, "week": bins[0].first.isoweekday() == 1, "month": bins[0].first.day == 1}[unit]
    for b in bins:
        assert b.total == len(list_claims(found, Filter(b.first, b.last)))


def test_bins_follow_the_filter_but_not_its_days_and_keep_their_axis(tmp_path: Path) -> None:
    found = generation(tmp_path, [row for row in SPANS if row["claim_id"] in "125"])
    bins = histogram(found, Filter(date(2030, 1, 1), event_types=["strike"]), by="type")
    assert [(b.first, b.counts) for b in bins if b.counts] == [(date(2022, 9, 10), {"strike": 1})]
    assert len(bins) == 13
    (tenth,) = [b for b in histogram(found, EVERYTHING) if b.first == date(2022, 9, 10)]
    assert tenth.counts == {"claimed": 1, "reported": 1}


@pytest.mark.parametrize(
    ("last", "unit", "days"),
    [
        (date(2022, 8, 1), None, 1),
        (date(2022, 10, 1), None, 7),
        (date(2028, 1, 1), None, 31),
        (date(2028, 1, 1), "day", 1),
        (date(2122, 1, 1), "day", 7),
    ],
)
def test_the_unit_goes_by_the_length_of_time(tmp_path: Path, last: date, unit: Unit | None, days: int) -> None:
    ends = (date(2022, 1, 3), last)
    found = generation(tmp_path, [claim(claim_id=str(day), date_from=day, date_to=day) for day in ends])
    bins = histogram(found, EVERYTHING, unit)
    assert (bins[0].last - bins[0].first).days + 1 == days
    assert sum(b.total for b in bins) == 2


@pytest.mark.long
def test_the_first_and_the_last_day_there_is_are_in_bins(tmp_path: Path) -> None:
    ends = (date.min, date.max)
    found = generation(tmp_path, [claim(claim_id=str(day), date_from=day, date_to=day) for day in ends])
    for unit in ("day", "week", "month"):
        bins = histogram(found, EVERYTHING, unit)
        assert (bins[0].total, bins[-1].total, bins[-1].last) == (1, 1, date.max)
    assert histogram(generation(tmp_path / "none", []), EVERYTHING) == []


def _told(number: int, day: int, place: str, origin: str, **changes: Any) -> dict[str, Any]:
    at = date(2022, 9, day)
    return claim(claim_id=f"c{number}", date_from=at, date_to=at, place_id=place, origin_id=origin, **changes)


def test_two_periods_side_by_side(tmp_path: Path) -> None:
    claims = [
        _told(1, 1, "lost", "o1"),
        _told(2, 8, "gained", "o1", event_type="strike"),
        _told(3, 1, "grown", "o1"),
        _told(4, 8, "grown", "o2"),
        _told(5, 9, "grown", "o3"),
        _told(6, 1, "reprinted", "o1"),
        _told(7, 8, "reprinted", "o1"),
        _told(8, 9, "reprinted", "o1"),
        _told(9, 1, "shrunk", "o1"),
        _told(10, 2, "shrunk", "o1"),
        _told(11, 8, "shrunk", "o1"),
    ]
    groups = [["c1"], ["c2"], ["c3"], ["c4", "c5"], ["c6", "c7", "c8"], ["c9"], ["c10"], ["c11"]]
    events = [{"event_id": str(n), "claim_ids": group} for n, group in enumerate(groups)]
    found = generation(tmp_path, claims, events=events)
    first, second = (date(2022, 9, 1), date(2022, 9, 7)), (date(2022, 9, 8), date(2022, 9, 14))
    comparison = compare_periods(found, Filter(date(2030, 1, 1)), first, second)
    assert {p.value: p.change.value for p in comparison.places} == {
        "lost": "lost",
        "gained": "gained",
        "grown": "grown",
        "reprinted": "same",
        "shrunk": "shrunk",
    }
    grown = comparison.places[0]
    assert (grown.label, grown.a, grown.b) == ("Izyum", Counts(1, 1, 1), Counts(2, 1, 2))
    assert grown.number > 0
    types = {t.value: (t.a.claims, t.b.claims, t.change.value) for t in comparison.types}
    assert types == {"control-change": (5, 5, "grown"), "strike": (0, 1, "gained")}
    assert (comparison.total_a, comparison.total_b) == (Counts(5, 5, 1), Counts(6, 4, 3))
    only = compare_periods(found, Filter(event_types=["strike"]), first, second)
    assert [p.value for p in only.places] == ["gained"]


def test_a_period_that_ends_before_it_begins_has_nothing_in_it(tmp_path: Path) -> None:
    backwards = (date(2022, 9, 30), date(2022, 9, 1))
    comparison = compare_periods(generation(tmp_path, [claim()]), EVERYTHING, backwards, backwards)
    assert (comparison.total_a, comparison.places, comparison.types) == (Counts(), (), ())
