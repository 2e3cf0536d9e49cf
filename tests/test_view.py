from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.store import Generation, publish
from geo.view import (
    EVERYTHING,
    Days,
    Filter,
    build_view,
    count_bins,
    find_days,
    find_disputes,
    find_evidence,
    list_claims,
    read_places,
    read_reports,
    read_tray,
    summarise,
)
from tests.pages import claim, report

SEPTEMBER_10 = Filter(date(2022, 9, 10), date(2022, 9, 10))


def generation(folder: Path, claims: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Generation:
    return publish(folder, {"reports": [report()], **tables, "claims": claims}, {})


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


TEXT = "First paragraph. Not here.\nBefore it.  Émile 🌍 said “so”. After it.\n\nLast paragraph."


def test_evidence_is_the_sentence_in_its_paragraph(tmp_path: Path) -> None:
    sentence = "Émile 🌍 said “so”."
    start = TEXT.index(sentence)
    row = claim(start=start, end=start + len(sentence), claimant="Émile", cue="said", verification="unverified")
    reports = [report(text=TEXT, origin="Reuters"), report(report_id="r2", report="copy.txt")]
    [evidence] = find_evidence(generation(tmp_path, [row], reports=reports), "dl:izyum", SEPTEMBER_10)
    assert (evidence.before, evidence.sentence, evidence.after) == ("Before it.  ", sentence, " After it.")
    assert (evidence.claimant, evidence.cue, evidence.verification) == ("Émile", "said", "unverified")
    assert (evidence.outlet, evidence.published, evidence.published_basis) == (
        "An outlet",
        date(2022, 9, 11),
        "printed",
    )
    assert (evidence.origin, evidence.n_copies) == ("Reuters", 1)
    assert (evidence.date_from, evidence.date_to, evidence.date_basis) == (*[date(2022, 9, 10)] * 2, "relative")
    assert evidence.place_reason == "the only one of its name"


@settings(max_examples=20, deadline=None)  # each publishes a generation, with all its fsyncs
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), st.data())
def test_offsets_are_code_points_of_the_original_text(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = generation(tmp_path_factory.mktemp("g"), [claim(start=start, end=end)], reports=[report(text=text)])
    [evidence] = find_evidence(found, "dl:izyum", SEPTEMBER_10)
    assert evidence.sentence == text[start:end]
    assert text[:start].endswith(evidence.before)
    assert text[end:].startswith(evidence.after)


def test_evidence_comes_in_order_of_time(tmp_path: Path) -> None:
    days = [date(2022, 9, 12), date(2022, 9, 8), date(2022, 9, 10)]
    claims = [claim(claim_id=str(n), date_from=day, date_to=day) for n, day in enumerate(days)]
    found = find_evidence(generation(tmp_path, claims), "dl:izyum", EVERYTHING)
    assert [e.date_from for e in found] == sorted(days)


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


def test_a_dispute_is_in_view_with_both_sides_in_its_days_only(tmp_path: Path) -> None:
    events = [
        {
            "event_id": "e1",
            "claim_ids": ["c1"],
            "event_type": "strike",
            "date_from": date(2022, 9, 9),
            "date_to": date(2022, 9, 10),
            "disputed": True,
            "claimants": ["Kyiv"],
            "opposing_claimants": ["Moscow"],
        },
        {"event_id": "e2", "claim_ids": ["c2"], "date_from": date(2022, 9, 10), "disputed": False},
    ]
    found = generation(tmp_path, [claim(), claim(claim_id="c2")], events=events)
    [dispute] = find_disputes(found, "dl:izyum", SEPTEMBER_10)
    assert (dispute.claimants, dispute.opposing_claimants) == (("Kyiv",), ("Moscow",))
    assert (dispute.date_from, dispute.date_to) == (date(2022, 9, 9), date(2022, 9, 10))
    assert find_disputes(found, "dl:izyum", Filter(date(2022, 9, 11), date(2022, 9, 11))) == []
