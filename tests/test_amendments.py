"""Corrections applied to what was read."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.amendments import aliases, apply_corrections, correct_days
from geo.corrections import Action, Anchor, Correction, place_value, read_corrections
from geo.documents import make_document
from geo.events import claim_id
from geo.model import Claim, DateBasis, EventType, PlaceKind, PublishedBasis, Status, TimePrecision
from tests.correcting import CLAIM, TOWN, VILLAGE, numbered

MOVE = place_value(VILLAGE)


def anchor(claim: Claim = CLAIM, *beside: Claim) -> Anchor:
    place_id = claim.place.place_id if claim.place else ""
    others = tuple(map(claim_id, beside))
    return Anchor(
        claim_id(claim), claim.report, claim.report_id, claim.text, place_id, claim.event_type.value, beside=others
    )


def correction(
    action: Action, value: dict[str, Any] | None = None, *anchors: Anchor, at: int = 0, undoes: str = ""
) -> Correction:
    anchors = anchors or (anchor(),)
    moment = f"2026-01-01T00:00:00.{at:06}Z"
    return Correction(moment, "Ana", "why", action, anchors[0].claim_id, value or {}, anchors, undoes)


# --- what a correction does ---


@pytest.mark.parametrize(
    ("action", "value", "changes"),
    [
        (Action.STATUS, {"status": "denied"}, {"status": Status.DENIED}),
        (Action.TYPE, {"type": "strike"}, {"event_type": EventType.STRIKE}),
        (Action.CLAIMANT, {"claimant": "Kyiv", "side": "UA"}, {"claimant": "Kyiv", "claimant_side": "UA"}),
        (Action.MOVE, MOVE, {"place": VILLAGE, "geo_precision": 1, "place_reason": "put there by Ana: why"}),
        (
            Action.MOVE,
            place_value(replace(TOWN, kind=PlaceKind.REGION)),
            {
                "place": replace(TOWN, kind=PlaceKind.REGION),
                "geo_precision": 3,
                "place_reason": "put there by Ana: why",
            },
        ),
    ],
)
def test_a_correction_changes_what_it_is_about(action: Action, value: dict[str, Any], changes: dict[str, Any]) -> None:
    made = correction(action, value)
    amended = apply_corrections([CLAIM], [made])
    assert amended.claims == (
        replace(
            CLAIM,
            **changes,
            read_as=claim_id(CLAIM),
            read_place_id="gn:1",
            read_event_type="control-change",
            corrections=(made.correction_id,),
        ),
    )
    assert claim_id(amended.claims[0]) == claim_id(CLAIM)
    assert (amended.rejected, amended.orphans) == ((), ())


@pytest.mark.parametrize(
    ("first", "last", "precision", "basis"),
    [
        ("2022-09-01", "2022-09-01", TimePrecision.DAY, DateBasis.CORRECTED),
        ("2022-09-01", "2022-09-07", TimePrecision.WEEK, DateBasis.CORRECTED),
        ("2022-09-01", "2022-09-08", TimePrecision.MONTH, DateBasis.CORRECTED),
        ("2022-09-01", "2022-10-02", TimePrecision.COARSER, DateBasis.CORRECTED),
        ("2022-09-01", None, TimePrecision.COARSER, DateBasis.CORRECTED),
        (None, "2022-09-01", TimePrecision.COARSER, DateBasis.CORRECTED),
        (None, None, TimePrecision.DAY, DateBasis.NONE),
    ],
)
def test_days_have_the_precision_of_their_reach(
    first: str | None, last: str | None, precision: TimePrecision, basis: DateBasis
) -> None:
    (claim,) = apply_corrections([CLAIM], [correction(Action.DATE, {"from": first, "to": last})]).claims
    assert [day and day.isoformat() for day in (claim.date_from, claim.date_to)] == [first, last]
    assert (claim.time_precision, claim.date_basis) == (precision, basis)


def test_of_one_kind_the_latest_wins_and_kinds_stand_side_by_side() -> None:
    made = [
        correction(Action.STATUS, {"status": "denied"}, at=3),
        correction(Action.STATUS, {"status": "claimed"}, at=1),
        correction(Action.TYPE, {"type": "strike"}, at=2),
    ]
    (claim,) = apply_corrections([CLAIM], made).claims
    assert (claim.status, claim.event_type) == (Status.DENIED, EventType.STRIKE)
    assert claim.corrections == (made[2].correction_id, made[0].correction_id)


def test_a_rejected_claim_is_set_aside_with_the_correction_and_comes_back() -> None:
    made = correction(Action.REJECT)
    amended = apply_corrections([CLAIM], [made])
    assert amended.claims == ()
    assert [(claim_id(r.claim), r.correction) for r in amended.rejected] == [(claim_id(CLAIM), made)]
    undo = correction(Action.UNDO, at=1, undoes=made.correction_id)
    assert apply_corrections([CLAIM], [undo, made]).claims == (CLAIM,)


def test_a_claim_without_a_place_can_get_one() -> None:
    unplaced = replace(CLAIM, place=None, reason="nowhere to be found")
    (claim,) = apply_corrections([unplaced], [correction(Action.MOVE, MOVE, anchor(unplaced))]).claims
    assert (claim.place, claim.reason, claim.read_place_id) == (VILLAGE, "", "")


def test_the_latest_word_on_a_pair_counts() -> None:
    other = replace(CLAIM, report="b.txt", report_id="r2")
    pair = tuple(sorted((claim_id(CLAIM), claim_id(other))))
    value = {"with": claim_id(other)}
    merge = correction(Action.MERGE, value, anchor(), anchor(other), at=1)
    split = correction(Action.SPLIT, {"with": claim_id(CLAIM)}, anchor(other), anchor(), at=2)
    merged = apply_corrections([CLAIM, other], [merge])
    assert (merged.together, merged.apart) == ((pair,), ())
    assert all(claim.corrections == (merge.correction_id,) for claim in merged.claims)
    parted = apply_corrections([CLAIM, other], [merge, split])
    assert (parted.together, parted.apart) == ((), (pair,))


def test_without_corrections_nothing_is_touched() -> None:
    claims = numbered(3)
    assert apply_corrections(claims, []).claims == tuple(claims)


# --- which claim is meant ---

EDITED = replace(CLAIM, report_id="r9", start=7)
SIBLING = replace(CLAIM, place=VILLAGE)
STRIKE = replace(CLAIM, event_type=EventType.STRIKE)


@pytest.mark.parametrize(
    ("made_on", "beside", "now", "meant"),
    [
        pytest.param(CLAIM, [], [EDITED], 0, id="the report was edited"),
        pytest.param(CLAIM, [], [replace(CLAIM, report="moved.txt", start=7)], 0, id="the path is another"),
        pytest.param(CLAIM, [], [replace(EDITED, text="Troops\n took  Izyum.")], 0, id="lines are broken elsewhere"),
        pytest.param(CLAIM, [], [replace(CLAIM, place=VILLAGE)], 0, id="newer code reads another place"),
        pytest.param(CLAIM, [], [replace(CLAIM, claimant="Kyiv"), STRIKE], 0, id="same place and type"),
        pytest.param(CLAIM, [], [SIBLING, replace(STRIKE, start=7)], 1, id="same place, another type"),
        pytest.param(CLAIM, [SIBLING], [SIBLING, replace(CLAIM, place=None)], 1, id="what stood beside is not meant"),
        pytest.param(CLAIM, [SIBLING], [SIBLING], None, id="only what stood beside is left"),
        pytest.param(CLAIM, [SIBLING], [replace(SIBLING, start=7)], None, id="what stood beside, in an edited report"),
        pytest.param(CLAIM, [STRIKE], [replace(STRIKE, start=7)], None, id="the same at the same place"),
        pytest.param(CLAIM, [SIBLING], [replace(SIBLING, start=7), EDITED], 1, id="both, in an edited report"),
        pytest.param(CLAIM, [], [STRIKE, replace(STRIKE, status=Status.DENIED)], None, id="two stand for it"),
        pytest.param(CLAIM, [], [replace(CLAIM, text="Troops left Izyum.", start=9)], None, id="another sentence"),
        pytest.param(CLAIM, [], [replace(EDITED, report="b.txt")], None, id="another report"),
        pytest.param(CLAIM, [], [], None, id="nothing is left"),
    ],
)
def test_a_correction_finds_its_claim_again_or_is_orphaned(
    made_on: Claim, beside: list[Claim], now: list[Claim], meant: int | None
) -> None:
    made = correction(Action.CLAIMANT, {"claimant": "corrected", "side": ""}, anchor(made_on, *beside))
    amended = apply_corrections(now, [made])
    assert [claim.claimant == "corrected" for claim in amended.claims] == [n == meant for n in range(len(now))]
    assert [orphan.correction for orphan in amended.orphans] == ([made] if meant is None else [])
    assert all(orphan.reason for orphan in amended.orphans)


def test_the_id_goes_before_all_else() -> None:
    twin = replace(CLAIM, start=50)
    amended = apply_corrections([twin, CLAIM], [correction(Action.REJECT)])
    assert amended.claims == (twin,)


def test_a_pair_that_is_read_as_one_claim_is_orphaned() -> None:
    first, second = replace(CLAIM, status=Status.CLAIMED), replace(CLAIM, status=Status.DENIED)
    made = correction(Action.MERGE, {"with": claim_id(second)}, anchor(first), anchor(second))
    assert [o.reason for o in apply_corrections([CLAIM], [made]).orphans] == ["its two claims are read as one now"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(["denied", "claimed"])), max_size=12), st.data())
def test_no_correction_is_ever_lost(rows: list[tuple[int, str]], data: st.DataObject) -> None:
    claims = numbered(12)
    made = [correction(Action.STATUS, {"status": s}, anchor(claims[n]), at=at) for at, (n, s) in enumerate(rows)]
    kept = data.draw(st.lists(st.sampled_from(claims), unique=True))
    read = data.draw(st.permutations([replace(c, report_id=f"{c.report_id}+", start=c.start + 5) for c in kept]))
    amended = apply_corrections(read, data.draw(st.permutations(made)))
    applied = {id_ for claim in amended.claims for id_ in claim.corrections}
    orphaned = {orphan.correction.correction_id for orphan in amended.orphans}
    latest = {n: c.correction_id for (n, _), c in zip(rows, made, strict=True)}
    assert applied == {id_ for n, id_ in latest.items() if claims[n] in kept}
    assert orphaned == {c.correction_id for (n, _), c in zip(rows, made, strict=True) if claims[n] not in kept}


# --- days and names ---


def test_reports_get_the_day_that_an_analyst_gives() -> None:
    documents = [make_document("a.txt", "Text"), make_document("b.txt", "Text", published=date(2022, 9, 1))]
    of = {d.report: Anchor(report=d.report, report_id=d.report_id) for d in documents}
    made = [
        correction(Action.PUBLISHED, {"published": "2022-09-10"}, of["a.txt"]),
        correction(Action.PUBLISHED, {"published": "2022-09-11"}, replace(of["b.txt"], report_id="edited"), at=1),
        correction(Action.PUBLISHED, {"published": "2022-09-12"}, replace(of["a.txt"], report="moved.txt"), at=2),
        correction(Action.PUBLISHED, {"published": "2022-09-12"}, Anchor(report="gone.txt", report_id="gone"), at=3),
    ]
    corrected, orphans = correct_days(documents, made)
    assert [d.published for d in corrected] == [date(2022, 9, 12), date(2022, 9, 11)]
    assert {d.published_basis for d in corrected} == {PublishedBasis.CORRECTED}
    assert [(o.correction, o.reason) for o in orphans] == [(made[3], "gone.txt is not among the reports")]


def test_of_names_that_look_up_alike_the_latest_counts() -> None:
    made = [
        replace(correction(Action.ALIAS, place_value(TOWN)), target="Izum", anchors=()),
        replace(correction(Action.ALIAS, place_value(VILLAGE), at=1), target="IZUM", anchors=()),
        replace(correction(Action.ALIAS, place_value(TOWN), at=2), target="Other", anchors=()),
    ]
    assert aliases(made) == {"IZUM": VILLAGE, "Other": TOWN}


def test_an_empty_project_has_nothing_to_apply(tmp_path: Path) -> None:
    assert aliases(read_corrections(tmp_path)) == {}
