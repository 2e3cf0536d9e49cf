"""What a filter lets through, and its way into an address and back."""

import math
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.events import CLAIM_COLUMNS, TABLES
from geo.filters import EVERYTHING, Filter, claims_in_view, claims_relation, from_query, to_query, with_seen
from geo.model import EventType, Status
from geo.store import Generation, publish
from tests.pages import claim, report

DISTRICT = "gn:12189508"  # a district of the region UA.19
REPORTS = [
    report(report_id="r1", title="A quiet day", outlet="The Post", origin_id="o1", origin="Reuters"),
    report(report_id="r2", title="Élections", outlet="", origin_id="o2"),
]
CLAIMS = [
    claim(claim_id="izyum", event_type="strike", claimant="Kyiv", text="Troops entered the “old” town"),
    claim(claim_id="region", place_id="dl:kharkiv-region", place_kind="region", status="denied", text="The old Town"),
    claim(claim_id="ukraine", place_id="country:UA", place_kind="country", admin1_code="", lat=49.0, lon=32.0),
    claim(claim_id="rivne", place_id="gn:695594", place_name="Рівне", admin1_code="19", report_id="r2", origin_id="o2"),
    claim(claim_id="district", place_id=DISTRICT, place_kind="region", admin1_code="19", date_from=None, date_to=None),
    claim(claim_id="suva", place_id="gn:2198148", place_name="Suva", country_code="FJ", lat=-18.1, lon=178.4),
    claim(claim_id="apia", place_id="gn:4035413", place_name="Apia", country_code="WS", lat=-13.8, lon=-171.8),
    claim(claim_id="sea", place_id="dl:sea", country_code="", admin1_code="", place_kind="natural", lat=None, lon=None),
]
ALL = {row["claim_id"] for row in CLAIMS}
EVENTS = [
    {"event_id": "e1", "claim_ids": ["izyum", "region"], "disputed": True, "independent_sources": 3},
    {"event_id": "e2", "claim_ids": ["rivne"], "disputed": False, "independent_sources": 1},
]
EVENTS[0]["opposing_claim_ids"] = ["region"]


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return publish(tmp_path_factory.mktemp("g"), {"claims": CLAIMS, "events": EVENTS, "reports": REPORTS}, {})


def passing(generation: Generation, chosen: Filter) -> set[str]:
    return set(generation.query(*claims_relation(chosen)).claim_id)


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        ({}, ALL),
        ({"date_from": date(2030, 1, 1)}, ALL),
        ({"event_types": ["strike"]}, {"izyum"}),
        ({"event_types": ["strike", "aid"], "statuses": ["denied"]}, set()),
        ({"statuses": ["denied"]}, {"region"}),
        ({"claimants": ["Kyiv"]}, {"izyum"}),
        ({"claimants": [""]}, ALL - {"izyum"}),
        ({"outlets": ["The Post"]}, ALL - {"rivne"}),
        ({"outlets": [""]}, {"rivne"}),
        ({"origins": ["o2"]}, {"rivne"}),
        ({"origins": ["Reuters"]}, ALL - {"rivne"}),
        ({"places": ["dl:izyum"]}, {"izyum"}),
        ({"places": ["country:UA"]}, {"izyum", "region", "ukraine", "rivne", "district"}),
        ({"places": ["dl:kharkiv-region"]}, {"izyum", "region"}),
        ({"places": ["region:UA.07"]}, {"izyum", "region"}),
        ({"places": ["region:UA.19"]}, {"rivne", "district"}),
        ({"places": [DISTRICT]}, {"district"}),
        ({"places": ["gn:2198148", "country:WS"]}, {"suva", "apia"}),
        ({"min_sources": 1}, ALL),
        ({"min_sources": 2}, {"izyum", "region"}),
        ({"min_sources": 4}, set()),
        ({"disputed": True}, {"izyum", "region"}),
        ({"text": "TOWN old"}, {"izyum", "region"}),
        ({"text": '"old town"'}, {"region"}),
        ({"text": '“"old" town”'}, {"izyum", "region"}),
        ({"text": "elections"}, {"rivne"}),
        ({"text": "РІВНЕ"}, {"rivne"}),
        ({"text": "kyiv entered"}, {"izyum"}),
        ({"text": "kyiv elections"}, set()),
        ({"text": '"'}, ALL),
        ({"bounds": (49, 37, 50, 38)}, {"izyum", "region", "rivne", "district"}),
        ({"bounds": (-20, 170, 0, -160)}, {"suva", "apia"}),
        ({"bounds": (-20, 170, 0, 200)}, {"suva", "apia"}),
        ({"bounds": (-20, -190, 0, -175)}, {"suva"}),
        ({"bounds": (-90, -400, 0, 400)}, {"suva", "apia"}),
    ],
)
def test_each_field_lets_through_what_it_names(generation: Generation, choice: dict[str, Any], ids: set[str]) -> None:
    assert passing(generation, Filter(**choice)) == ids


def test_the_relation_has_the_claims_own_columns_then_days_and_event(generation: Generation) -> None:
    frame = generation.query(*claims_relation(EVERYTHING)).set_index("claim_id", drop=False)
    assert list(frame)[: len(CLAIM_COLUMNS)] == [column.name for column in CLAIM_COLUMNS]
    added = ["first_day", "last_day", "event_id", "event_disputed", "event_sources", "opposes_headline"]
    assert list(frame)[len(CLAIM_COLUMNS) :] == added
    assert frame.loc["region", added[2:]].tolist() == ["e1", True, 3, True]
    assert not frame.loc["izyum", "opposes_headline"]
    assert frame.loc["suva", ["event_id", "event_sources"]].isna().all()
    assert frame.loc["district", ["first_day", "last_day"]].isna().all()


def test_in_view_is_what_passes_and_lies_in_the_window(generation: Generation) -> None:
    chosen = Filter(date(2022, 9, 10), date(2022, 9, 10), places=("country:UA",))
    ids = {"izyum", "region", "ukraine", "rivne"}
    assert set(generation.query(*claims_in_view(chosen)).claim_id) == ids
    assert set(generation.query(*with_seen(chosen, "SELECT claim_id FROM seen")).claim_id) == ids
    assert generation.query(*claims_in_view(Filter(date(2022, 9, 11)))).empty


def test_an_event_of_thousands_of_claims_fits_into_bounded_memory(tmp_path: Path) -> None:
    ids = [f"c{n}" for n in range(6_000)]
    event = {"event_id": "e", "claim_ids": ids, "opposing_claim_ids": ids[::2], "disputed": True}
    generation = publish(tmp_path, {"claims": [claim(claim_id=id_) for id_ in ids], "events": [event]}, {})
    with closing(duckdb.connect(config={"threads": 1, "memory_limit": "100MB", "temp_directory": ""})) as connection:
        for name in TABLES:
            connection.read_parquet(str(generation.path / f"{name}.parquet")).create_view(name)
        relation, params = claims_relation(EVERYTHING)
        counted = f"SELECT count(*), count_if(opposes_headline) FROM ({relation})"
        assert connection.execute(counted, params).fetchone() == (6_000, 3_000)


def test_a_choice_has_one_form() -> None:
    one = Filter(event_types=["strike", "aid", "strike"], text="  a \n b ", bounds=(1, 2.0000001, 3, -0.0))
    assert one == Filter(event_types=("aid", "strike"), text="a b", bounds=(1.0, 2.0, 3.0, 0.0))
    assert hash(one) == hash(Filter(event_types=("aid", "strike"), text="a b", bounds=(1.0, 2.0, 3.0, 0.0)))


WORDS = st.text(max_size=30) | st.sampled_from(
    [",", "\\", "\\0", "|", '"', "a\nb", "'", "%", "\0", "\ud800", "{{7*7}}"]
)
LONGITUDES = st.floats(-540, 540)


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    south, north = sorted(draw(st.tuples(st.floats(-90, 90), st.floats(-90, 90))))
    return south, draw(LONGITUDES), north, draw(LONGITUDES)


FILTERS = st.builds(
    Filter,
    date_from=st.dates(),
    date_to=st.dates(),
    event_types=st.lists(st.sampled_from([kind.value for kind in EventType]), max_size=3),
    statuses=st.lists(st.sampled_from([status.value for status in Status]), max_size=3),
    claimants=st.lists(WORDS, max_size=3),
    outlets=st.lists(WORDS, max_size=3),
    origins=st.lists(WORDS, max_size=3),
    places=st.lists(WORDS, max_size=3),
    min_sources=st.integers(),
    disputed=st.booleans(),
    text=WORDS,
    bounds=st.none() | boxes(),
)


@given(FILTERS)
def test_a_filter_goes_through_an_address_and_back(chosen: Filter) -> None:
    query = to_query(chosen)
    assert from_query(query) == (chosen, [])
    assert from_query(parse_qs(urlencode(query))) == (chosen, [])
    assert all(query.values())


@given(FILTERS)
def test_no_value_makes_a_filter_raise(generation: Generation, chosen: Filter) -> None:
    assert passing(generation, chosen) <= ALL
    assert len(generation.query(*claims_in_view(chosen))) <= len(ALL)


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(text="a " * 5000),
        Filter(text='"' * 999),
        Filter(text=" ".join(f"{n:03}" for n in range(250))),
        Filter(claimants=[str(n) for n in range(20_000)]),
        Filter(places=["country:", "region:", "region:.", "gn:", "') OR 1=1 --"]),
        Filter(bounds=(math.nan, math.nan, math.inf, -math.inf)),
        Filter(min_sources=10**30),
    ],
)
def test_extreme_choices_only_find_nothing(generation: Generation, chosen: Filter) -> None:
    assert passing(generation, chosen) < ALL or chosen.text


@given(
    st.dictionaries(st.sampled_from(["from", "to", "type", "sources", "disputed", "box", "x"]), WORDS | st.lists(WORDS))
)
def test_whatever_an_address_says_is_a_filter(query: dict[str, str | list[str]]) -> None:
    chosen, wrong = from_query(query)
    assert from_query(to_query(chosen)) == (chosen, [])
    assert len(wrong) <= len(query)
    assert all("\n" not in line for line in wrong)


@pytest.mark.parametrize(
    ("query", "chosen", "says"),
    [
        ({"from": "2022-13-01", "to": "2022-09-13"}, Filter(date_to=date(2022, 9, 13)), "from: '2022-13-01' is no day"),
        ({"type": "strike,flood,rain"}, Filter(event_types=["strike"]), "type: 'flood' and 1 more are not known"),
        ({"status": ["denied", "x"]}, Filter(statuses=["denied"]), "status: 'x' is not known"),
        ({"sources": "many"}, EVERYTHING, "sources: 'many' is no number of sources"),
        ({"sources": "9" * 5000}, EVERYTHING, "sources: '" + "9" * 40 + "…' is no number"),
        ({"disputed": "yes"}, EVERYTHING, "disputed: 'yes' is neither 0 nor 1"),
        ({"box": "50,1,40,2"}, EVERYTHING, "box: '50,1,40,2' is no box"),
        ({"box": "1,2,3"}, EVERYTHING, "box: '1,2,3' is no box"),
        ({"box": "nan,0,1,inf"}, EVERYTHING, "box: 'nan,0,1,inf' is no box"),
        ({"place": [str(n) for n in range(1002)]}, None, "place: only the first 1,000 of 1,002 values count"),
    ],
)
def test_what_is_wrong_in_an_address_is_left_out_and_named(
    query: dict[str, Any], chosen: Filter | None, says: str
) -> None:
    found, wrong = from_query(query)
    assert len(wrong) == 1
    assert wrong[0].startswith(says)
    assert chosen is None or found == chosen


def test_lists_are_taken_whole_and_of_other_values_the_last() -> None:
    found, wrong = from_query({"type": ["strike", "aid,battle"], "from": ["2022-01-01", "2022-02-02"], "page": "7"})
    assert found == Filter(date(2022, 2, 2), event_types=["aid", "battle", "strike"])
    assert wrong == []
