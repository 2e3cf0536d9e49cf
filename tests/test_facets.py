"""Each option shows what it says it shows, under all other choices."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import first_order_name
from geo.facets import FACETS, LEAST_SOURCES, Option, count_facets
from geo.filters import EVERYTHING, Filter, claims_in_view
from geo.store import Generation
from tests.pages import claim, generation, report

REPORTS = [
    report(report_id="r1", outlet="The Post", origin_id="o1", origin="Reuters", title="One"),
    report(report_id="r2", outlet="", origin_id="o2", title="Two"),
    report(report_id="r3", outlet="", origin_id="o3", title="", report="three.txt"),
]
PLACES: list[dict[str, Any]] = [
    {"place_id": "dl:izyum", "place_name": "Izyum"},
    {"place_id": "gn:1", "place_name": "Chuhuiv"},
    {"place_id": "dl:kharkiv-region", "place_name": "Kharkivshchyna", "place_kind": "region"},
    {"place_id": "country:UA", "place_name": "Ukraine", "place_kind": "country", "admin1_code": ""},
    {"place_id": "gn:12189508", "place_name": "A district", "place_kind": "region", "admin1_code": "19"},
    {"place_id": "dl:donbas", "place_name": "Donbas", "place_kind": "region", "admin1_code": ""},
    {"place_id": "gn:2", "place_name": "Suva", "country_code": "FJ", "admin1_code": "01", "lat": -18.1, "lon": 178.4},
    {"place_id": "dl:sea", "place_name": "A sea", "country_code": "", "admin1_code": "", "place_kind": "natural"},
]


def _claims() -> Iterator[dict[str, Any]]:
    """Yield claims of every place with the other values turning at different speeds."""
    for n in range(64):
        yield claim(
            claim_id=f"c{n}",
            report_id=f"r{n % 3 + 1}",
            report=REPORTS[n % 3]["report"],
            origin_id=f"o{n % 3 + 1}",
            event_type=("strike", "battle", "aid")[n // 2 % 3],
            status=("reported", "claimed")[n // 5 % 2],
            claimant=("", "Kyiv", "Moscow, said")[n // 7 % 3],
            date_from=date(2022, 9, 1 + n % 20),
            date_to=date(2022, 9, 1 + n % 20),
            text=f"Words of {'fire' if n % 4 else 'water'}",
            **PLACES[n // 2 % len(PLACES)],
        )


CLAIMS = list(_claims())
EVENTS = [
    {
        "event_id": f"e{n}",
        "claim_ids": [f"c{m}" for m in range(n, 60, 20)],
        "independent_sources": n % 5,
        "disputed": n % 3 == 0,
    }
    for n in range(20)
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return generation(tmp_path_factory.mktemp("g"), CLAIMS, events=EVENTS, reports=REPORTS)


def all_of(options: Iterable[Option]) -> Iterator[Option]:
    for option in options:
        yield option
        yield from all_of(option.children)


def chosen_by(facet: str, value: str) -> Any:
    return {"min_sources": lambda: int(value), "disputed": lambda: True}.get(facet, lambda: (value,))()


def shown(published: Generation, chosen: Filter) -> int:
    relation, params = claims_in_view(chosen)
    (row,) = published.records(f"SELECT count(*) AS n FROM ({relation})", params)
    n: int = row["n"]
    return n


SOME = st.builds(
    Filter,
    date_from=st.sampled_from([date.min, date(2022, 9, 5)]),
    date_to=st.sampled_from([date.max, date(2022, 9, 15)]),
    event_types=st.sets(st.sampled_from(["strike", "aid", "protest"]), max_size=2),
    statuses=st.sets(st.sampled_from(["reported", "denied"]), max_size=1),
    claimants=st.sets(st.sampled_from(["", "Kyiv", "nobody"]), max_size=2),
    outlets=st.sets(st.sampled_from(["", "The Post"]), max_size=1),
    origins=st.sets(st.sampled_from(["Reuters", "o1", "o2"]), max_size=1),
    places=st.sets(st.sampled_from(["dl:kharkiv-region", "region:UA.07", "country:UA", "gn:2", "gn:9"]), max_size=2),
    min_sources=st.sampled_from([0, 1, 2]),
    disputed=st.booleans(),
    text=st.sampled_from(["", "", "fire"]),
    bounds=st.sampled_from([None, None, (40.0, 30.0, 60.0, 40.0)]),
)


@settings(max_examples=settings().max_examples // 3)  # each asks for every option of every facet
@given(SOME)
def test_an_option_counts_what_choosing_it_shows(published: Generation, chosen: Filter) -> None:
    facets = count_facets(published, chosen)
    assert tuple(facets) == FACETS
    for facet, options in facets.items():
        for option in all_of(options):
            assert option.n_claims == shown(published, replace(chosen, **{facet: chosen_by(facet, option.value)})), (
                option
            )
        if facet not in ("min_sources", "disputed"):
            assert set(getattr(chosen, facet)) <= {option.value for option in all_of(options)}


def test_options_come_with_words_the_most_claims_first(published: Generation) -> None:
    facets = count_facets(published, EVERYTHING)
    assert [o.value for o in facets["event_types"]] == ["battle", "strike", "aid"]
    assert {(o.value, o.label) for o in facets["claimants"]} == {
        ("", "the report itself"),
        ("Kyiv", "Kyiv"),
        ("Moscow, said", "Moscow, said"),
    }
    assert {o.label for o in facets["outlets"]} == {"The Post", "no outlet named"}
    assert {(o.value, o.label) for o in facets["origins"]} == {
        ("Reuters", "Reuters"),
        ("o2", "Two"),
        ("o3", "three.txt"),
    }
    assert [o.value for o in facets["min_sources"]] == [str(least) for least in LEAST_SOURCES]


def test_places_are_a_tree_of_countries_regions_and_places(published: Generation) -> None:
    top = {o.label: o for o in count_facets(published, EVERYTHING)["places"]}
    assert {(o.label, o.value) for o in top.values()} == {
        ("Ukraine", "country:UA"),
        ("Fiji", "country:FJ"),
        ("A sea", "dl:sea"),
    }
    within = {o.label: o for o in top["Ukraine"].children}
    assert {(o.label, o.value) for o in within.values()} == {
        ("Kharkiv region", "region:UA.07"),
        (first_order_name("UA", "19"), "region:UA.19"),
        ("Donbas", "dl:donbas"),
    }
    assert {o.label for o in within["Kharkiv region"].children} == {"Izyum", "Chuhuiv"}
    assert top["Ukraine"].n_claims == 48


def test_an_area_stands_by_the_id_by_which_it_was_chosen(published: Generation) -> None:
    chosen = count_facets(published, Filter(places=["dl:kharkiv-region"]))["places"]
    values = [o.value for o in all_of(chosen)]
    assert "dl:kharkiv-region" in values
    assert "region:UA.07" not in values


def test_only_so_many_are_offered_and_those_chosen(published: Generation) -> None:
    facets = count_facets(published, Filter(claimants=["Moscow, said"]), at_most=1)
    assert {o.value for o in facets["claimants"]} == {"", "Moscow, said"}
    facets = count_facets(published, Filter(places=["gn:2"]), at_most=1)
    leaves = {o.value for o in all_of(facets["places"])} & {place["place_id"] for place in PLACES[:2] + PLACES[4:]}
    assert "gn:2" in leaves
    assert len(leaves) <= 2


def test_a_generation_without_claims_has_no_options(tmp_path: Path) -> None:
    facets = count_facets(generation(tmp_path, []), Filter(claimants=["Kyiv"]))
    assert facets["claimants"] == [Option("Kyiv", "Kyiv", 0)]
    assert facets["places"] == facets["event_types"] == []
    assert [o.n_claims for o in facets["min_sources"]] == [0] * len(LEAST_SOURCES)
