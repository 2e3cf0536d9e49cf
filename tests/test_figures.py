"""Figures for one thing side by side as they were told."""

from datetime import date
from pathlib import Path
from typing import Any

from geo.figures import figures_over_time
from geo.filters import EVERYTHING, Filter
from tests.pages import claim, generation, report

REPORTS = [
    report(report_id="r1", report="one.txt", origin_id="o1", origin="Reuters", published=date(2022, 9, 11)),
    report(report_id="r2", report="two.txt", origin_id="o1", origin="Reuters", published=date(2022, 9, 12)),
    report(report_id="r3", report="three.txt", origin_id="o2", outlet="", published=date(2022, 9, 13)),
]


def told(number: int, quantity: float | None, **changes: Any) -> dict[str, Any]:
    figures = {"quantity": quantity, "unit": "km²", "quantity_of": "territory retaken"}
    return claim(claim_id=str(number), start=number, **(figures | changes))


def test_figures_of_one_thing_are_a_series_in_order_of_their_days(tmp_path: Path) -> None:
    later = {"date_from": date(2022, 9, 12), "date_to": date(2022, 9, 13)}
    claims = [
        told(1, 2000.0, claimant="Kyiv", status="claimed", quantity_bound="more than"),
        told(2, 2000.0, report_id="r2", report="two.txt"),
        told(3, 6000.0, report_id="r2", report="two.txt", quantity_high=7000.0, **later),
        told(4, 3000.0, report_id="r3", report="three.txt", origin_id="o2", quantity_of="territory recaptured"),
        told(5, 20.0, unit="towns", quantity_of="territory"),
        told(6, None),
        told(7, 1.0, place_id="gn:1", place_name="Chuhuiv"),
    ]
    series = figures_over_time(generation(tmp_path, claims, reports=REPORTS), EVERYTHING)
    assert [(s.what, s.place_name, s.unit, len(s.points)) for s in series] == [
        ("territory", "Izyum", "km²", 3),
        ("territory", "Chuhuiv", "km²", 1),
        ("territory", "Izyum", "towns", 1),
    ]
    first, second, third = series[0].points
    assert [(p.day, p.value, p.high) for p in (first, second, third)] == [
        (date(2022, 9, 10), 2000.0, None),
        (date(2022, 9, 10), 3000.0, None),
        (date(2022, 9, 12), 6000.0, 7000.0),
    ]
    assert (first.claimant, first.status, first.bound, first.report, first.outlet, first.origin, first.claim_id) == (
        "Kyiv",
        "claimed",
        "more than",
        "one.txt",
        "An outlet",
        "Reuters",
        "1",
    )
    assert (second.outlet, second.origin) == ("", "")
    assert (third.last_day, third.published) == (date(2022, 9, 13), date(2022, 9, 12))


def test_the_killed_and_the_wounded_are_two_things(tmp_path: Path) -> None:
    fates = ["killed", "dead", "wounded"]
    claims = [
        told(n, 5.0 + n, unit="people", quantity_of=f"people {fate}", event_type="casualties")
        for n, fate in enumerate(fates)
    ]
    series = figures_over_time(generation(tmp_path, claims, reports=REPORTS), EVERYTHING)
    assert [(s.what, [p.value for p in s.points]) for s in series] == [
        ("people killed", [5.0, 6.0]),
        ("people wounded", [7.0]),
    ]


def test_figures_follow_the_filter(tmp_path: Path) -> None:
    found = generation(tmp_path, [told(1, 2.0), told(2, 3.0, status="denied")], reports=REPORTS)
    [series] = figures_over_time(found, Filter(statuses=["denied"]))
    assert [p.value for p in series.points] == [3.0]
    assert figures_over_time(found, Filter(date(2022, 10, 1))) == []
