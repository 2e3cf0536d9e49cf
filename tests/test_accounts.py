"""What is said of an event or a place, in order of time and by side."""

from dataclasses import replace
from datetime import date

import pytest

from geo.accounts import event_account, place_history
from geo.errors import StoreError
from geo.events import build_events, claim_id, claim_row, event_row, report_row
from geo.model import Document, EventType, Origin, Place, PlaceKind, Status
from geo.store import publish
from tests.test_events import BASE, TOWN

DAYS = {"a": date(2023, 5, 16), "b": date(2023, 5, 17), "c": date(2023, 5, 18), "d": None}
ORIGINS = {"a": "wire", "b": "wire", "c": "own", "d": "other"}
LATER = {"date_from": date(2023, 5, 20), "date_to": date(2023, 5, 20)}
FIRST = replace(BASE, quantity=2_000.0, unit="km", quantity_of="territory retaken")
CLAIMS = (
    FIRST,
    replace(FIRST, report_id="b", report="b.txt"),
    replace(BASE, report_id="b", report="b.txt", start=20, claimant="a mayor"),
    replace(BASE, report_id="c", report="c.txt", claimant="police"),
    replace(BASE, report_id="c", report="c.txt", start=30, claimant="rebels", status=Status.DENIED),
    replace(BASE, report_id="d", report="d.txt", quantity=6_000.0, unit="km²", quantity_of="territory recaptured"),
    replace(BASE, report_id="a", start=90, event_type=EventType.STRIKE, **LATER),
    replace(BASE, report_id="a", start=99, place=Place("gn:7", "Bukavu", PlaceKind.SETTLEMENT, -2.5, 28.9, 5.0)),
)


@pytest.fixture
def generation(tmp_path):
    by_id = {claim_id(c): c for c in CLAIMS}
    rows = {claim_id(c): claim_row(c, ORIGINS[c.report_id]) for c in CLAIMS}
    documents = [Document(id_, f"{id_}.txt", "", published=day) for id_, day in DAYS.items()]
    tables = {
        "claims": list(rows.values()),
        "events": [event_row(e, by_id) for e in build_events(CLAIMS, DAYS, ORIGINS)],
        "reports": [report_row(d, Origin(ORIGINS[d.report_id])) for d in documents],
    }
    return publish(tmp_path, tables, {"key": "k"})


def event_at(generation, place, kind):
    sql = "SELECT event_id FROM events WHERE place_name = ? AND event_type = ?"
    return generation.query(sql, [place, kind]).event_id[0]


def test_claims_are_told_in_order_with_what_they_add(generation):
    account = event_account(generation, event_at(generation, TOWN.name, "control-change"))
    told = [(e.claim["report"], e.claim["claimant"], e.part.value) for e in account.entries]
    assert told == [
        ("a.txt", "army", "first"),
        ("b.txt", "army", "repeats"),
        ("b.txt", "a mayor", "adds"),
        ("c.txt", "police", "confirms"),
        ("c.txt", "rebels", "contradicts"),
        ("d.txt", "army", "confirms"),
    ]
    assert account.event["disputed"]
    assert account.event["opposing_claimants"] == ["rebels"]


def test_figures_for_one_thing_stand_side_by_side_once_an_origin(generation):
    (figures,) = event_account(generation, event_at(generation, TOWN.name, "control-change")).figures
    assert figures.what == "territory"
    assert [(c["quantity"], c["report"]) for c in figures.told] == [(2_000.0, "a.txt"), (6_000.0, "d.txt")]


def test_the_history_of_a_place_is_its_events_in_order_of_their_days(generation):
    accounts, figures = place_history(generation, TOWN.name.upper())
    assert [a.event["event_type"] for a in accounts] == ["control-change", "strike"]
    assert len(figures) == 1
    assert place_history(generation, "Nowhere") == ([], [])


@pytest.mark.parametrize(("beginning", "says"), [("zz", "no events"), ("", "3 events")])
def test_an_id_that_means_none_or_several_is_refused(generation, beginning, says):
    with pytest.raises(StoreError, match=says):
        event_account(generation, beginning)
