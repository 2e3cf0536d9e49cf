"""What the map and the lists show of a generation under a filter."""

from datetime import date
from pathlib import Path

import pytest

from geo.evidence import find_evidence
from geo.filters import EVERYTHING, Filter
from geo.trays import read_tray
from geo.view import (
    build_view,
    count_listed,
    list_claims,
    list_events,
    list_places,
    read_places,
    read_reports,
    summarise,
)
from tests.pages import claim, generation, report

SEPTEMBER_10 = Filter(date(2022, 9, 10), date(2022, 9, 10))


@pytest.mark.parametrize(
    ("first", "last", "is_seen"),
    [
        ((2022, 9, 10), (2022, 9, 10), True),
        ((2022, 9, 1), (2022, 9, 10), True),
        ((2022, 9, 10), (2022, 9, 30), True),
        ((2022, 1, 1), (2022, 12, 31), True),
        ((2022, 9, 9), (2022, 9, 9), False),
        ((2022, 9, 11), (2022, 9, 11), False),
        ((2022, 9, 10), None, True),
        (None, (2022, 9, 10), True),
        ((2022, 9, 9), None, False),
        (None, None, False),
    ],
)
def test_a_claim_is_in_view_when_its_days_overlap_the_window(
    tmp_path: Path, first: tuple[int, int, int] | None, last: tuple[int, int, int] | None, is_seen: bool
) -> None:
    days = {"date_from": first and date(*first), "date_to": last and date(*last)}
    found = generation(tmp_path, [claim(**days)])
    assert len(build_view(found, SEPTEMBER_10).features) == is_seen
    assert len(list_claims(found, SEPTEMBER_10)) == is_seen
    assert len(find_evidence(found, "dl:izyum", SEPTEMBER_10)) == is_seen


def test_a_place_has_one_feature_with_its_figures(tmp_path: Path) -> None:
    claims = [
        claim(claim_id="1", event_type="battle", origin_id="o1"),
        claim(claim_id="2", event_type="battle", origin_id="o1", status="claimed"),
        claim(claim_id="3", event_type="statement", origin_id="o2", status="denied"),
        claim(claim_id="4", place_id="dl:kharkiv-region", place_name="Kharkiv region", place_kind="region"),
    ]
    events = [{"event_id": "e", "claim_ids": ["1"], "disputed": True}]
    features = {f.place_id: f for f in build_view(generation(tmp_path, claims, events=events), SEPTEMBER_10).features}
    izyum, region = features["dl:izyum"], features["dl:kharkiv-region"]
    assert (izyum.name, izyum.lat, izyum.lon, izyum.kind) == ("Izyum", 49.21, 37.25, "point")
    assert (izyum.n_claims, izyum.independent_sources, izyum.event_type) == (3, 2, "battle")
    assert izyum.statuses == ("claimed", "denied", "reported")
    assert izyum.disputed
    assert (region.kind, region.disputed, region.n_claims) == ("area", False, 1)


def test_of_equally_frequent_types_the_one_that_says_what_happened_is_shown(tmp_path: Path) -> None:
    claims = [claim(claim_id=t, event_type=t) for t in ("statement", "other", "strike")]
    assert build_view(generation(tmp_path, claims), SEPTEMBER_10).features[0].event_type == "strike"


def test_what_has_no_coordinates_is_never_on_the_map(tmp_path: Path) -> None:
    assert build_view(generation(tmp_path, [claim(lat=None, lon=None)]), EVERYTHING).features == ()


def test_a_number_stays_when_other_places_come_and_fits_javascript(tmp_path: Path) -> None:
    one = read_places(generation(tmp_path / "1", [claim()]))
    more = read_places(generation(tmp_path / "2", [claim(), claim(claim_id="c2", place_id="a"), claim(place_id="z")]))
    numbers = {f.place_id: f.number for f in more}
    assert numbers["dl:izyum"] == one[0].number
    assert len(set(numbers.values())) == 3
    assert all(0 <= number < 2**53 for number in numbers.values())


def test_lists_and_figures(tmp_path: Path) -> None:
    tray = [
        {"kind": "unreadable", "report": "x.bin", "reason": "a NUL byte", "text": ""},
        {"kind": "undated", "report": "one.txt", "reason": "no day", "text": "Words"},
    ]
    found = generation(tmp_path, [claim(), claim(claim_id="c2")], tray=tray, reports=[report(), report(report_id="r2")])
    assert read_tray(found).kind.tolist() == ["undated", "unreadable"]
    assert read_reports(found)[["title", "n_claims"]].values.tolist() == [["A title", 2], ["A title", 0]]
    figures = summarise(found)
    assert (figures.reports, figures.independent_sources, figures.claims, figures.in_trays) == (2, 1, 2, 2)


def test_an_event_is_in_view_with_its_own_figures_when_a_claim_of_it_is(tmp_path: Path) -> None:
    claims = [
        claim(claim_id="1"),
        claim(claim_id="2", date_from=date(2022, 9, 12), date_to=date(2022, 9, 12)),
        claim(claim_id="3", status="denied"),
        claim(claim_id="4", date_from=date(2022, 9, 1), date_to=date(2022, 9, 1)),
    ]
    event = {
        "event_id": "e1",
        "claim_ids": ["1", "2", "3"],
        "place_id": "dl:izyum",
        "place_name": "Izyum",
        "date_from": date(2022, 9, 10),
        "date_to": date(2022, 9, 12),
        "event_type": "strike",
        "status": "reported",
        "headline": "Words",
        "n_reports": 4,
        "independent_sources": 3,
        "independent_claimants": 2,
        "disputed": True,
    }
    found = generation(tmp_path, claims, events=[event, {"event_id": "e2", "claim_ids": ["4"]}])
    [row] = list_events(found, SEPTEMBER_10).to_dict("records")
    assert {name: row[name] for name in event if name in row and "date" not in name} == {
        name: value for name, value in event.items() if name not in ("claim_ids", "place_id", "date_from", "date_to")
    }
    assert (row["date_from"].date(), row["date_to"].date(), row["n_claims"]) == (
        date(2022, 9, 10),
        date(2022, 9, 12),
        2,
    )
    assert row["number"] == read_places(found)[0].number
    assert list_events(found, Filter(statuses=["denied"], date_from=date(2022, 9, 12))).empty
    assert sorted(list_events(found, EVERYTHING).event_id) == ["e1", "e2"]


def test_places_are_listed_with_what_is_in_view_of_them(tmp_path: Path) -> None:
    claims = [
        claim(claim_id="1", origin_id="o1"),
        claim(claim_id="2", origin_id="o2", date_from=date(2022, 9, 9), date_to=date(2022, 9, 12)),
        claim(claim_id="3", date_from=date(2022, 9, 1), date_to=date(2022, 9, 1)),
        claim(claim_id="4", place_id="dl:sea", place_name="A sea", place_kind="natural", lat=None, lon=None),
    ]
    events = [{"event_id": "e1", "claim_ids": ["1", "2"]}, {"event_id": "e2", "claim_ids": ["3"]}]
    izyum, sea = list_places(generation(tmp_path, claims, events=events), SEPTEMBER_10).to_dict("records")
    assert (izyum["place_name"], izyum["place_kind"], izyum["n_claims"], izyum["n_events"]) == (
        "Izyum",
        "settlement",
        2,
        1,
    )
    assert (izyum["independent_sources"], izyum["first_day"].date(), izyum["last_day"].date()) == (
        2,
        date(2022, 9, 9),
        date(2022, 9, 12),
    )
    assert (sea["place_id"], sea["n_claims"], sea["n_events"]) == ("dl:sea", 1, 0)


def test_the_map_and_the_lists_follow_every_field_of_the_filter(tmp_path: Path) -> None:
    claims = [claim(claim_id="1"), claim(claim_id="2", status="denied", place_id="gn:1")]
    found = generation(tmp_path, claims)
    chosen = Filter(statuses=["denied"])
    assert [f.place_id for f in build_view(found, chosen).features] == ["gn:1"]
    assert list_claims(found, chosen).claim_id.tolist() == ["2"]
    assert list_places(found, chosen).place_id.tolist() == ["gn:1"]
    assert find_evidence(found, "dl:izyum", chosen) == []


def test_a_list_may_be_cut_short_and_its_whole_length_counted(tmp_path: Path) -> None:
    claims = [claim(claim_id=f"{n}", place_id=f"p{n % 3}", place_name=f"P{n % 3}") for n in range(4)]
    events = [{"event_id": "e0", "claim_ids": ["0", "3"]}, {"event_id": "e1", "claim_ids": ["1"]}]
    found = generation(tmp_path, [*claims, claim(claim_id="5", place_id="")], events=events)
    lists = {"claims": list_claims, "events": list_events, "places": list_places}
    assert {what: len(listed(found, SEPTEMBER_10, 1)) for what, listed in lists.items()} == dict.fromkeys(lists, 1)
    assert {what: count_listed(found, SEPTEMBER_10, what) for what in lists} == {"claims": 5, "events": 2, "places": 3}
    assert {what: len(listed(found, SEPTEMBER_10)) for what, listed in lists.items()} == {
        "claims": 5,
        "events": 2,
        "places": 3,
    }
    assert (
        list_claims(found, SEPTEMBER_10, 2).claim_id.tolist() == list_claims(found, SEPTEMBER_10).claim_id.tolist()[:2]
    )
