"""Figures for one thing side by side as they were told."""

from datetime import date
from pathlib import Path
from typing import Any

from geo.figures import FigurePoint, FigureSeries, count_series, list_series, read_points
from geo.filters import EVERYTHING, Filter
from geo.store import Generation
from tests.pages import claim, generation, report

REPORTS = [
    report(report_id="r1", report="one.txt", origin_id="o1", origin="Reuters", published=date(2022, 9, 11)),
    report(report_id="r2", report="two.txt", origin_id="o1", origin="Reuters", published=date(2022, 9, 12)),
    report(report_id="r3", report="three.txt", origin_id="o2", outlet="", published=date(2022, 9, 13)),
]


def told(number: int, quantity: float | None, **changes: Any) -> dict[str, Any]:
    figures = {"quantity": quantity, "unit": "km²", "quantity_of": "territory retaken"}
    return claim(claim_id=str(number), start=number, **(figures | changes))


def figures(found: Generation, chosen: Filter = EVERYTHING) -> list[tuple[FigureSeries, list[FigurePoint]]]:
    series = list_series(found, chosen)
    assert count_series(found, chosen) == len(series)
    points = [read_points(found, chosen, one) for one in series]
    assert [one.n_points for one in series] == list(map(len, points))
    return list(zip(series, points, strict=True))


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
    found = generation(tmp_path, claims, reports=REPORTS)
    series = figures(found)
    assert [(s.what, s.place_name, s.unit, s.n_points) for s, _ in series] == [
        ("territory", "Izyum", "km²", 3),
        ("territory", "Chuhuiv", "km²", 1),
        ("territory", "Izyum", "towns", 1),
    ]
    first, second, third = series[0][1]
    assert list_series(found, EVERYTHING, 1) == [series[0][0]]
    assert read_points(found, EVERYTHING, series[0][0], 2) == [first, second]
    assert list_series(found, EVERYTHING, number=series[1][0].number) == [series[1][0]]
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
    series = figures(generation(tmp_path, claims, reports=REPORTS))
    assert [(s.what, [p.value for p in points]) for s, points in series] == [
        ("people killed", [5.0, 6.0]),
        ("people wounded", [7.0]),
    ]


def test_figures_follow_the_filter(tmp_path: Path) -> None:
    found = generation(tmp_path, [told(1, 2.0), told(2, 3.0, status="denied")], reports=REPORTS)
    [(_, points)] = figures(found, Filter(statuses=["denied"]))
    assert [p.value for p in points] == [3.0]
    assert figures(found, Filter(date(2022, 10, 1))) == []
