"""Claims of one happening, and what contradicts what."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import grouping
from geo.grouping import claim_id, group_claims, opposed
from geo.model import DateBasis, EventType, PlaceKind, Status
from tests.test_events import BASE, TOWN

DAY = date(2023, 5, 15)
STRIKE = replace(BASE, event_type=EventType.STRIKE, trigger="shell", cue="say")
REGION = replace(TOWN, place_id="r:1", kind=PlaceKind.REGION)
COUNTRY = replace(TOWN, place_id="c:1", kind=PlaceKind.COUNTRY)
NEAR = replace(TOWN, place_id="rel:1", kind=PlaceKind.RELATIVE, lat=TOWN.lat + 0.05, radius_km=10.0)
NEXT_TOWN = replace(TOWN, place_id="gn:3", lat=TOWN.lat + 0.08)


def sizes(*claims, **how):
    return sorted(len(group.claims) for group in group_claims(claims, **how))


def disputed(*claims, **how):
    return [bool(group.disputed) for group in group_claims(claims, **how)]


def other(claim, **change):
    return replace(claim, report_id="b", **change)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((BASE, other(BASE)), [2]),
        ((BASE, other(BASE, date_from=date(2023, 5, 1))), [2]),  # coarse, and one event fits
        ((BASE, other(BASE, date_from=date(2023, 5, 20), date_to=date(2023, 5, 20)),
          replace(BASE, report_id="c", date_from=date(2023, 5, 1), date_to=date(2023, 5, 31))), [1, 1, 1]),
        ((BASE, other(BASE, place=NEAR)), [2]),
        ((BASE, other(BASE, place=replace(NEAR, lat=TOWN.lat + 1))), [1, 1]),
        ((BASE, other(BASE, place=NEXT_TOWN), replace(BASE, report_id="c", place=NEAR)), [1, 1, 1]),  # two within reach
        ((replace(STRIKE, actor_side="RU"), other(STRIKE, actor_side="UA")), [1, 1]),
        ((replace(STRIKE, actor_side="RU"), other(STRIKE, actor_side="")), [2]),
    ],
)  # fmt: skip
def test_what_is_one_happening(claims, expected):
    assert sizes(*claims) == expected
    assert sizes(*claims[::-1]) == expected


MUTUAL = (
    replace(STRIKE, claimant="Kyiv", claimant_side="UA", actor_side="RU"),
    other(STRIKE, claimant="Moscow", claimant_side="RU", actor_side="UA"),
)
BLACKOUT = (
    replace(STRIKE, claimant="Kyiv", claimant_side="UA", actor_side="RU", trigger="blackout"),
    other(STRIKE, claimant="Russia", actor_side="UA", trigger="blackout", cue="blame", event_type=EventType.DAMAGE),
)
REPELLED = (
    replace(BASE, event_type=EventType.BATTLE, trigger="repel", claimant="staff", actor_side="UA"),
    replace(BASE, event_type=EventType.BATTLE, trigger="repel", claimant="Pushilin", target_side="UA"),
)
DENIED = (
    replace(BASE, trigger="capture"),
    other(BASE, status=Status.DENIED, claimant="rebels", trigger="capture", event_type=EventType.BATTLE),
)


@pytest.mark.parametrize("claims", [MUTUAL, BLACKOUT, REPELLED, DENIED])
def test_what_contradicts_is_one_disputed_event(claims):
    assert sizes(*claims) == [2]
    assert disputed(*claims) == disputed(*claims[::-1]) == [True]


@pytest.mark.parametrize(
    "claims",
    [
        (BASE, other(BASE, claimant="rebels")),
        (BASE, other(BASE, status=Status.DENIED, claimant="the army")),  # the same speaker
        (BASE, other(BASE, status=Status.DENIED, claimant="rebels", event_type=EventType.AID)),
        (replace(BASE, place=COUNTRY), other(BASE, place=COUNTRY, status=Status.DENIED, claimant="x", trigger="vote")),
        (replace(STRIKE, claimant="Kyiv", actor_side="RU"), other(STRIKE, claimant="Oslo", actor_side="UA")),
        (replace(BASE, status=Status.PLANNED), other(BASE, status=Status.DENIED, claimant="rebels")),
    ],
)
def test_what_is_no_dispute(claims):
    assert not any(disputed(*claims))


def test_a_reprint_that_was_read_otherwise_is_no_contradiction():
    reworded = other(BASE, status=Status.DENIED, claimant="rebels", start=7)
    families = {("a", 0): "f", ("b", 7): "f"}
    assert disputed(BASE, reworded) == [True]
    assert disputed(BASE, reworded, families=families) == [False]


def test_a_denial_without_a_day_answers_the_latest_of_the_days_before_it():
    old = replace(BASE, report_id="b", date_from=date(2023, 5, 11), date_to=date(2023, 5, 11))
    denial = replace(
        BASE,
        report_id="c",
        status=Status.DENIED,
        claimant="rebels",
        date_from=date(2023, 5, 17),
        date_to=date(2023, 5, 17),
        date_basis=DateBasis.PUBLICATION,
    )
    groups = group_claims((old, BASE, denial))
    assert [[c.report_id for c in g.claims] for g in groups if g.disputed] in ([["a", "c"]], [["c", "a"]])
    assert len(groups) == 2
    assert not any(g.disputed for g in group_claims((BASE, replace(denial, date_basis=DateBasis.RELATIVE))))


def test_both_sides_of_a_dispute_are_against_each_other():
    (group,) = group_claims(REPELLED)
    ids = {claim_id(c) for c in REPELLED}
    assert group.disputed == ids
    assert [group.against(claim) for claim in group.claims] == [ids - {claim_id(claim)} for claim in group.claims]


CLAIMS = st.builds(
    replace,
    st.just(STRIKE),
    report_id=st.sampled_from("abc"),
    place=st.sampled_from([TOWN, NEAR, REGION, COUNTRY]),
    date_from=st.dates(date(2023, 5, 1), date(2023, 5, 9)),
    date_to=st.dates(date(2023, 5, 9), date(2023, 5, 20)),
    status=st.sampled_from([Status.CLAIMED, Status.DENIED, Status.PLANNED]),
    claimant=st.sampled_from(["Kyiv", "Moscow", ""]),
    actor_side=st.sampled_from(["", "UA", "RU"]),
    event_type=st.sampled_from([EventType.STRIKE, EventType.DAMAGE, EventType.BATTLE]),
)


@given(st.lists(CLAIMS, max_size=8, unique_by=claim_id), st.randoms())
def test_every_claim_is_in_one_group_whatever_the_order(claims, chance):
    groups = group_claims(claims)
    ids = sorted(claim_id(c) for group in groups for c in group.claims)
    assert ids == sorted(map(claim_id, claims))
    shuffled = chance.sample(claims, len(claims))
    assert _as_sets(group_claims(shuffled)) == _as_sets(groups)


@given(CLAIMS, CLAIMS)
def test_contradiction_is_mutual(one, two):
    assert opposed(one, two) == opposed(two, one)


@given(st.lists(CLAIMS, max_size=8, unique_by=claim_id))
def test_disputed_is_whatever_another_claim_of_its_group_contradicts(claims):
    families = {("a", 0): "f", ("b", 0): "f"}
    for group in group_claims(claims, families):
        assert group.disputed == {claim_id(c) for c in group.claims if group.against(c)}


class EachWithEach(grouping._Dated):
    """The claims of a run, of which none is passed over."""

    def __init__(self, run, families):
        super().__init__(run, families)
        self.run = [c for c in run if c.date_from]

    def opposed_to(self, others):
        return self.run

    def near(self, claim):
        return [c for c in self.run if c.date_from <= claim.date_to and claim.date_from <= c.date_to]


@given(st.lists(CLAIMS | st.builds(replace, CLAIMS, cue=st.just("blame")), max_size=8, unique_by=claim_id))
def test_what_is_not_compared_contradicts_nothing(claims):
    families = {("a", 0): "f", ("b", 0): "f"}
    quick = group_claims(claims, families)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "_Dated", EachWithEach)
        assert _as_sets(group_claims(claims, families)) == _as_sets(quick)


@pytest.mark.parametrize("denied_on", [None, 0])
def test_of_thousands_of_claims_few_are_compared(monkeypatch, denied_on):
    n, asked = 2_000, []
    spoken = [
        replace(
            STRIKE,
            report_id=f"r{i}",
            claimant=f"speaker {i}",
            actor_side="RU",
            event_type=(EventType.STRIKE, EventType.DAMAGE)[i % 2],
            status=Status.DENIED if i == denied_on else Status.CLAIMED,
            date_from=DAY + timedelta(days=i // 10),
            date_to=DAY + timedelta(days=i // 10 + 1),
        )
        for i in range(n)
    ]
    monkeypatch.setattr(grouping, "opposed", lambda *claims: asked.append(1) or opposed(*claims))
    groups = group_claims(spoken)
    assert len(groups) == (2 if denied_on is None else 1)
    assert any(group.disputed for group in groups) is (denied_on is not None)
    assert len(asked) < 3 * n


def _as_sets(groups):
    return {frozenset(claim_id(c) for c in group.claims) for group in groups}
