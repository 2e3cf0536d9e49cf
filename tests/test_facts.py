"""What numbers say of a filter is what SQL says of the tables."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import StoreError
from geo.facts import distinct, facts_of, see, see_all_days
from geo.filters import EVERYTHING, Filter, claims_in_view, claims_relation
from geo.store import Generation
from geo.view import list_claims, list_events, list_places
from tests.pages import claim, generation, report

START = date(2022, 9, 1)
WORDS = "Fire in the river-side mill, O’Neill’s café said “no” to us: Überfall fires".split()
PLACES: list[dict[str, Any]] = [
    {"place_id": "gn:1", "place_name": "Izyum"},
    {
        "place_id": "gn:2",
        "place_name": "Café Town",
        "country_code": "FJ",
        "admin1_code": "01",
        "lat": -18.0,
        "lon": 179.0,
    },
    {"place_id": "country:UA", "place_name": "Ukraine", "place_kind": "country", "admin1_code": ""},
    {"place_id": "dl:region", "place_name": "Kharkiv region", "place_kind": "region"},
    {"place_id": "", "place_name": "", "country_code": "", "admin1_code": "", "lat": None, "lon": None},
]


def _rows(rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    reports = [
        report(
            report_id=f"r{n}",
            report=f"{n}.txt",
            title=" ".join(rng.sample(WORDS, 3)),
            outlet=rng.choice(["", "The Post"]),
            origin_id=f"o{n % 4}",
            origin=rng.choice(["", "Reuters"]),
        )
        for n in range(7)
    ]
    claims = []
    for n in range(120):
        told = rng.choice(reports)
        first = START + timedelta(days=rng.randrange(20))
        days = rng.choice(
            [(first, first), (first, first + timedelta(days=5)), (first, None), (None, first), (None, None)]
        )
        claims.append(
            claim(
                claim_id=f"c{n:03}",
                **{name: told[name] for name in ("report_id", "report", "origin_id")},
                text=" ".join(rng.sample(WORDS, 6)),
                date_from=days[0],
                date_to=days[1],
                event_type=rng.choice(["strike", "battle", "aid"]),
                status=rng.choice(["reported", "claimed"]),
                claimant=rng.choice(["", "Zoë", "Kyiv"]),
                **rng.choice(PLACES),
            )
        )
    ids = [row["claim_id"] for row in claims]
    rng.shuffle(ids)
    events = [
        {"event_id": f"e{n}", "claim_ids": ids[3 * n : 3 * n + 3], "independent_sources": n % 4, "disputed": n % 3 == 0}
        for n in range(30)
    ]
    return {"claims": claims, "events": events, "reports": reports}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    rows = _rows(random.Random(7))
    return generation(tmp_path_factory.mktemp("g"), rows.pop("claims"), **rows)


SOME = st.builds(
    Filter,
    date_from=st.sampled_from([date.min, date(2022, 9, 5), date(2022, 9, 25)]),
    date_to=st.sampled_from([date.max, date(2022, 9, 15), date(2022, 8, 1)]),
    event_types=st.sets(st.sampled_from(["strike", "aid", "protest"]), max_size=2),
    statuses=st.sets(st.sampled_from(["reported", "denied"]), max_size=1),
    claimants=st.sets(st.sampled_from(["", "Kyiv", "nobody"]), max_size=2),
    outlets=st.sets(st.sampled_from(["", "The Post", "none"]), max_size=2),
    origins=st.sets(st.sampled_from(["Reuters", "o1", "o2", "o9"]), max_size=2),
    places=st.sets(st.sampled_from(["dl:region", "region:UA.07", "country:UA", "gn:2", "gn:9"]), max_size=2),
    min_sources=st.sampled_from([0, 1, 2, 3]),
    disputed=st.booleans(),
    text=st.sampled_from(
        ["", "fire", "FIRES", "cafe", "iver", "river-side", '"the river"', "o'neill", "zoe", "überf", "no us", "e"]
    ),
    bounds=st.sampled_from([None, (40.0, 30.0, 60.0, 40.0), (-60.0, 170.0, 0.0, -170.0), (-90.0, -200.0, 90.0, 200.0)]),
)


def ids_of(found: Generation, sql: str, params: list[Any]) -> list[str]:
    return [row["claim_id"] for row in found.records(f"SELECT claim_id FROM ({sql}) ORDER BY claim_id", params)]


@given(SOME)
def test_numbers_let_through_what_sql_does(published: Generation, chosen: Filter) -> None:
    facts = facts_of(published)
    for seen, (sql, params) in (
        (see(published, chosen), claims_in_view(chosen)),
        (see_all_days(published, chosen), claims_relation(chosen)),
    ):
        found = [row[0] for row in facts.read("claims", seen.rows.tolist())]
        dated = f"SELECT * FROM ({sql}) WHERE first_day IS NOT NULL"
        assert sorted(found) == ids_of(published, dated, params)
        assert seen.n == len(found)


PLACES_SQL = """
    SELECT place_id, count(*) AS n_claims, count(DISTINCT event_id) AS n_events,
        count(DISTINCT origin_id) AS independent_sources, min(first_day) AS first_day, max(last_day) AS last_day
    FROM ({seen}) WHERE place_id <> '' GROUP BY place_id ORDER BY place_id
"""
CLAIMS_SQL = "SELECT claim_id FROM ({seen}) ORDER BY first_day, last_day, place_name, report, start, claim_id"
EVENTS_SQL = (
    "SELECT event_id, count(*) AS n_claims FROM ({seen}) WHERE event_id IS NOT NULL GROUP BY ALL ORDER BY event_id"
)


@given(SOME)
def test_lists_are_those_of_sql(published: Generation, chosen: Filter) -> None:
    seen, params = claims_in_view(chosen)
    places = list_places(published, chosen)
    expected = published.records(PLACES_SQL.format(seen=seen), params)
    days = {name: places[name].dt.date for name in ("first_day", "last_day")}
    found = places.assign(**days)[list(expected[0])] if expected else places[:0]
    assert sorted(found.to_dict("records"), key=lambda row: row["place_id"]) == expected
    claims = list_claims(published, chosen, 10)
    assert (
        list(claims["claim_id"])
        == [r["claim_id"] for r in published.records(CLAIMS_SQL.format(seen=seen), params)][:10]
    )
    events = list_events(published, chosen)[["event_id", "n_claims"]].to_dict("records")
    assert sorted(events, key=lambda row: row["event_id"]) == published.records(EVENTS_SQL.format(seen=seen), params)


def test_distinct_values_are_counted_by_group() -> None:
    facts = [(0, 5), (0, 5), (0, 6), (2, 5)]
    groups, values = zip(*facts, strict=True)
    assert distinct(np.array(groups), np.array(values, np.uint32), 4).tolist() == [2, 0, 1, 0]


def test_a_generation_whose_files_are_gone_says_so(tmp_path: Path) -> None:
    found = generation(tmp_path, [claim()])
    (found.path / "facts.parquet").unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        see(found, EVERYTHING)
