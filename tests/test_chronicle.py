"""What is said of a place, stretch of days by stretch of days, by side."""

from datetime import date
from pathlib import Path
from typing import Any

from geo.chronicle import read_chronicle
from geo.filters import EVERYTHING, Filter
from geo.store import Generation
from geo.view import read_places
from tests.pages import claim, generation, report

REPORTS = [
    report(report_id="r1", report="one.txt", origin_id="o1", published=date(2022, 9, 12), outlet="Late"),
    report(report_id="r2", report="two.txt", origin_id="o1", published=date(2022, 9, 11), outlet="Early"),
    report(report_id="r3", report="three.txt", origin_id="o2", published=None, outlet=None),
]


def said(number: int, **changes: Any) -> dict[str, Any]:
    return claim(claim_id=str(number), start=number, text=f"Words {number}", **changes)


def izyum(found: Generation) -> int:
    return next(place.number for place in read_places(found) if place.name == "Izyum")


def test_what_one_speaker_says_is_told_once_with_its_origins_and_who_had_it_first(tmp_path: Path) -> None:
    claims = [
        said(1, claimant="Kyiv", status="claimed"),
        said(2, claimant="Kyiv", status="claimed", report_id="r2", report="two.txt"),
        said(3, claimant="Kyiv", status="claimed", report_id="r3", report="three.txt", origin_id="o2"),
        said(4),
        said(5, place_id="other", place_name="Kupiansk"),
    ]
    found = generation(tmp_path, claims, reports=REPORTS)
    [stretch], _ = read_chronicle(found, izyum(found), EVERYTHING)
    assert (stretch.first, stretch.last, stretch.against) == (date(2022, 9, 10), date(2022, 9, 10), ())
    kyiv, report_itself = stretch.says
    assert (kyiv.claimant, kyiv.status, kyiv.n_reports, kyiv.n_origins) == ("Kyiv", "claimed", 3, 2)
    assert (kyiv.sentence, kyiv.outlet, kyiv.report, kyiv.published) == (
        "Words 2",
        "Early",
        "two.txt",
        date(2022, 9, 11),
    )
    assert (report_itself.claimant, report_itself.n_reports) == ("", 1)


def test_sides_stand_apart_and_days_in_order(tmp_path: Path) -> None:
    earlier = {"date_from": date(2022, 9, 8), "date_to": date(2022, 9, 9)}
    claims = [said(1), said(2, status="denied", report_id="r3", report="three.txt", origin_id="o2"), said(3, **earlier)]
    events = [{"event_id": "e", "claim_ids": ["1", "2"], "opposing_claim_ids": ["2"], "disputed": True}]
    found = generation(tmp_path, claims, reports=REPORTS, events=events)
    stretches, n = read_chronicle(found, izyum(found), EVERYTHING)
    first, second = stretches
    assert n == 2
    assert read_chronicle(found, izyum(found), EVERYTHING, 1) == ([first], 2)
    assert (first.first, first.last) == (date(2022, 9, 8), date(2022, 9, 9))
    assert [s.sentence for s in second.says] == ["Words 1"]
    [against] = second.against
    assert (against.sentence, against.outlet, against.published) == ("Words 2", "", None)


def test_the_chronicle_follows_the_filter(tmp_path: Path) -> None:
    found = generation(tmp_path, [said(1), said(2, status="denied")], reports=REPORTS)
    [stretch], _ = read_chronicle(found, izyum(found), Filter(statuses=("denied",)))
    assert [s.status for s in stretch.says] == ["denied"]
    assert read_chronicle(found, izyum(found), Filter(date(2023, 1, 1))) == ([], 0)
