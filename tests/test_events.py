"""Claims → events, and the declared columns."""

from dataclasses import replace
from datetime import date

import pytest

from geo.events import TABLES, build_events, claim_id, claim_row, copy_row, edtf, event_row, lineage_row, schema
from geo.model import (
    Bearing,
    Borrowing,
    Claim,
    Copy,
    DateBasis,
    EventType,
    Origin,
    Place,
    PlaceKind,
    Status,
    TimePrecision,
)

TOWN = Place("gn:1", "Goma", PlaceKind.SETTLEMENT, -1.68, 29.23, 8.0, country_code="CD")
BASE = Claim(
    report_id="a",
    report="a.txt",
    start=0,
    end=10,
    text="Rebels captured Goma.",
    place=TOWN,
    date_from=date(2023, 5, 15),
    date_to=date(2023, 5, 15),
    date_text="on Monday",
    time_precision=TimePrecision.DAY,
    date_basis=DateBasis.RELATIVE,
    event_type=EventType.CONTROL_CHANGE,
    status=Status.CLAIMED,
    claimant="army",
)
DAYS = {"a": date(2023, 5, 16), "b": date(2023, 5, 17), "c": None}


def events(*claims: Claim, origins: dict[str, str] | None = None):
    return build_events(claims, DAYS, origins or {})


def test_claims_of_one_happening_are_one_event():
    found = events(BASE, replace(BASE, report_id="b", claimant="police"))
    assert len(found) == 1
    assert (found[0].n_reports, found[0].independent_sources, found[0].independent_claimants) == (2, 2, 2)
    assert (found[0].first_published, found[0].last_published) == (DAYS["a"], DAYS["b"])


def test_reprints_are_one_source():
    found = events(BASE, replace(BASE, report_id="b"), origins={"a": "wire", "b": "wire"})
    assert (found[0].n_reports, found[0].independent_sources) == (2, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"date_from": date(2023, 5, 20), "date_to": date(2023, 5, 20)},
        {"event_type": EventType.STRIKE},
        {"status": Status.PLANNED},
        {"place": replace(TOWN, place_id="gn:2")},
        {"date_from": None, "date_to": None},
    ],
)
def test_another_day_type_place_or_a_plan_is_another_event(change):
    assert len(events(BASE, replace(BASE, report_id="b", **change))) == 2


def test_overlapping_days_join():
    assert len(events(BASE, replace(BASE, report_id="b", date_from=date(2023, 5, 10), date_to=date(2023, 5, 15)))) == 1


def test_a_denial_beside_a_claim_is_a_dispute():
    (event,) = events(BASE, replace(BASE, report_id="b", status=Status.DENIED, claimant="rebels"))
    assert event.disputed
    assert event.headline_claim_id == claim_id(BASE)
    assert len(event.opposing_claim_ids) == 1
    assert not events(BASE, replace(BASE, report_id="b"))[0].disputed


OTHER_TOWN = replace(BASE, report_id="b", place=replace(TOWN, place_id="gn:2"))
SAME = replace(BASE, report_id="b")
THIRD = replace(BASE, report_id="c")


@pytest.mark.parametrize(
    ("claims", "together", "apart", "sizes"),
    [
        ((BASE, OTHER_TOWN), [(BASE, OTHER_TOWN)], [], [2]),
        ((BASE, OTHER_TOWN), [(OTHER_TOWN, BASE)], [], [2]),
        ((BASE, SAME, OTHER_TOWN), [(SAME, replace(OTHER_TOWN, report_id="gone"))], [], [1, 2]),
        ((BASE, SAME), [], [(BASE, SAME)], [1, 1]),
        ((BASE, SAME, THIRD), [], [(BASE, SAME)], [1, 2]),
        ((BASE, SAME, THIRD), [], [(BASE, SAME), (SAME, THIRD), (BASE, THIRD)], [1, 1, 1]),
        ((BASE, SAME, OTHER_TOWN), [(BASE, OTHER_TOWN), (SAME, OTHER_TOWN)], [(BASE, SAME)], [1, 2]),
    ],
)
def test_analysts_join_and_divide_events(claims, together, apart, sizes):
    pairs = [[(claim_id(one), claim_id(other)) for one, other in wanted] for wanted in (together, apart)]
    found = build_events(claims, DAYS, {}, *pairs)
    assert sorted(len(event.claim_ids) for event in found) == sizes
    assert {e.event_id for e in build_events(claims[::-1], DAYS, {}, *pairs)} == {e.event_id for e in found}


def test_a_corrected_claim_keeps_its_id_and_tells_what_was_read():
    corrected = replace(
        BASE,
        place=replace(TOWN, place_id="gn:2"),
        event_type=EventType.STRIKE,
        read_as=claim_id(BASE),
        read_place_id="gn:1",
        read_event_type="control-change",
        corrections=("x",),
    )
    row = claim_row(corrected, "wire")
    assert row["claim_id"] == claim_id(BASE)
    assert (row["place_id"], row["read_place_id"]) == ("gn:2", "gn:1")
    assert (row["event_type"], row["read_event_type"], row["corrections"]) == ("strike", "control-change", ["x"])
    assert claim_row(BASE, "wire")["read_place_id"] == "gn:1"


def test_a_claim_without_a_place_makes_no_event():
    assert events(replace(BASE, place=None)) == []


def test_ids_depend_on_the_claims_alone():
    other = replace(BASE, report_id="c", place=replace(TOWN, place_id="gn:9"))
    alone, beside = events(BASE), events(other, BASE)
    assert {e.event_id for e in alone} < {e.event_id for e in beside}


def test_rows_have_the_declared_columns():
    row = claim_row(BASE, "wire")
    assert list(row) == [c.name for c in TABLES["claims"]]
    event = events(BASE)[0]
    assert set(event_row(event, {claim_id(BASE): BASE})) == {c.name for c in TABLES["events"]}


def test_a_row_tells_what_a_place_in_a_direction_hangs_on():
    south = replace(TOWN, kind=PlaceKind.RELATIVE, bearing=Bearing(-1.2, 29.2, 180.0))
    row = claim_row(replace(BASE, place=south), "wire")
    assert (row["anchor_lat"], row["anchor_lon"], row["bearing"]) == (-1.2, 29.2, 180.0)
    row = claim_row(BASE, "wire")
    assert (row["anchor_lat"], row["anchor_lon"], row["bearing"]) == (None, None, None)


def test_copies_and_lineage_have_the_declared_columns():
    copy = Copy("r", "r.txt", Origin("o", "AFP"), "c", "", 0.5, 3, 2, 7, 9)
    assert list(copy_row(copy)) == [c.name for c in TABLES["copies"]]
    assert copy_row(copy)["canonical_report_id"] == "c"
    assert list(lineage_row(Borrowing("r", 0, 9, "c", 4, 12, 0.9))) == [c.name for c in TABLES["lineage"]]


def test_every_column_has_a_meaning_in_the_schema():
    for columns in TABLES.values():
        for field in schema(columns):
            assert field.metadata[b"meaning"]


@pytest.mark.parametrize(
    ("first", "last", "basis", "written"),
    [
        (date(2023, 5, 15), date(2023, 5, 15), DateBasis.RELATIVE, "2023-05-15"),
        (date(2023, 5, 15), date(2023, 5, 15), DateBasis.PUBLICATION, "2023-05-15~"),
        (date(2023, 2, 1), date(2023, 2, 28), DateBasis.EXPLICIT, "2023-02"),
        (date(2022, 12, 1), date(2022, 12, 31), DateBasis.EXPLICIT, "2022-12"),
        (date(2014, 1, 1), date(2014, 12, 31), DateBasis.EXPLICIT, "2014"),
        (date(1990, 1, 1), date(1999, 12, 31), DateBasis.EXPLICIT, "199X"),
        (date(2023, 5, 8), date(2023, 5, 14), DateBasis.INFERRED, "2023-05-08~/2023-05-14~"),
        (None, date(2023, 5, 14), DateBasis.EXPLICIT, "../2023-05-14"),
        (date(2023, 5, 14), None, DateBasis.EXPLICIT, "2023-05-14/.."),
        (None, None, DateBasis.NONE, ""),
    ],
)
def test_days_are_written_in_the_extended_date_time_format(first, last, basis, written):
    assert edtf(replace(BASE, date_from=first, date_to=last, date_basis=basis)) == written
