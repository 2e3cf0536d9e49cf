from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import territories
from geo.events import build_events, event_row
from geo.grouping import claim_id
from geo.model import Bearing, Claim, Place, PlaceKind, Status
from geo.territories import Rules, Territories, event_rows, territory_of, told
from tests.correcting import CLAIM

DAY = date(2022, 9, 10)
TOWNS = [Place(f"gn:{n}", f"Town {n}", PlaceKind.SETTLEMENT, 49.0 + n / 4, 37.0, 6.0) for n in range(6)]
NEAR = [
    replace(town, place_id=f"near:{n}", kind=PlaceKind.RELATIVE, radius_km=15.0, bearing=Bearing(49.0, 37.0, 90.0))
    for n, town in enumerate(TOWNS)
]
BASE = replace(CLAIM, place=TOWNS[0], status=Status.CLAIMED, claimant="army")

claims_of_a_war = st.lists(
    st.builds(
        lambda place, report, start, shift, length, status, who: replace(
            BASE,
            place=place,
            report_id=report,
            start=start,
            date_from=DAY + timedelta(days=shift),
            date_to=DAY + timedelta(days=shift + length),
            status=status,
            claimant=who,
        ),
        st.sampled_from([*TOWNS, *NEAR]),
        st.sampled_from("abcd"),
        st.integers(0, 3),
        st.integers(0, 12),
        st.sampled_from([0, 0, 0, 1, 9]),
        st.sampled_from([Status.CLAIMED, Status.DENIED, Status.PLANNED]),
        st.sampled_from(["army", "rebels", ""]),
    ),
    max_size=25,
    unique_by=claim_id,
)


def found(folder: Path, claims: list[Claim], n: int, rules: Rules) -> list[dict[str, Any]]:
    parts = Territories(lambda: folder, n)
    for claim in claims:
        parts.add([told(claim, f"o{claim.report_id}", DAY, "same" if claim.start == 0 else "")])
    rows = [row for some in event_rows(parts, rules) for row in some]
    return sorted(rows, key=lambda row: str(row["event_id"]))


@given(claims_of_a_war, st.integers(1, 5), st.data())
def test_the_events_are_those_of_the_whole_corpus_however_many_territories_there_are(
    tmp_path_factory: pytest.TempPathFactory, claims: list[Claim], n: int, data: st.DataObject
) -> None:
    ids = [claim_id(claim) for claim in claims]
    pair = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True).map(lambda p: (min(p), max(p)))
    rules = Rules()
    if len(ids) > 1:
        rules = Rules(tuple(data.draw(st.lists(pair, max_size=2))), tuple(data.draw(st.lists(pair, max_size=2))))
    origins = {report: f"o{report}" for report in "abcd"}
    families = {(report, 0): "same" for report in "abcd"}
    days = dict.fromkeys("abcd", DAY)
    whole = build_events(claims, days, origins, rules.together, rules.apart, families)
    by_id = {claim_id(claim): claim for claim in claims}
    assert found(tmp_path_factory.getbasetemp(), claims, n, rules) == [event_row(event, by_id) for event in whole]


def test_claims_that_went_to_the_disk_come_back_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [replace(BASE, start=n, place=place) for n, place in enumerate([*TOWNS, *NEAR] * 3)]
    kept = found(tmp_path, claims, 3, Rules())
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(territories, "_BUFFER", 5)
    assert found(tmp_path, claims, 3, Rules()) == kept
    assert list(tmp_path.iterdir())


def test_a_place_is_in_one_territory_alone() -> None:
    numbers = {territory_of(replace(BASE, report_id=r, start=n), 50) for r in "abc" for n in range(9)}
    assert len(numbers) == 1
    assert len({territory_of(replace(BASE, place=town), 50) for town in TOWNS}) > 1
