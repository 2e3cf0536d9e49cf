"""The lists under the map."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest

from geo.build import build
from geo.filters import Filter
from geo.page import lists
from geo.view import read_places
from tests.pages import claim, free_port, generation, open_chromium, report, serve, watch, write_reports
from tests.parts import RULES, captions, markdown_of, run_part, shown, texts
from tests.test_hostile import HOSTILE, hostile_tables

TOWNS = ("Izyum", "Kupiansk", "Lyman")
ROW, BOX = 33, 16  # pixels of a row's height and to the middle of its box


def events(n: int) -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"e{i}",
            "claim_ids": [f"c{i}"],
            "opposing_claim_ids": [],
            "place_id": f"p{i}",
            "place_name": TOWNS[i],
            "event_type": "strike",
            "status": "reported",
            "date_from": date(2022, 9, 10 - i),
            "date_to": date(2022, 9, 10 - i),
            "headline": f"Something happened in {TOWNS[i]}",
            "n_reports": 1,
            "independent_sources": 1,
            "independent_claimants": 0,
            "disputed": i == 0,
        }
        for i in range(n)
    ]


def claims(n: int) -> list[dict[str, Any]]:
    return [
        claim(
            claim_id=f"c{i}",
            start=i,
            place_id=f"p{i}",
            place_name=TOWNS[i],
            lat=49.0 + i,
            date_from=date(2022, 9, 10 - i),
            date_to=date(2022, 9, 10 - i),
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("show", "column", "names"),
    [
        (lists.show_events, "place_name", ["Lyman", "Kupiansk", "Izyum"]),
        (lists.show_claims, "place_name", ["Lyman", "Kupiansk", "Izyum"]),
        (lists.show_places, "place_name", ["Izyum", "Kupiansk", "Lyman"]),
        (lists.show_reports, "report", ["one.txt"]),
    ],
)
def test_each_list_is_in_its_order_and_says_how_much_it_holds(
    tmp_path: Path, show: Any, column: str, names: list[str]
) -> None:
    page = run_part(show, shown(generation(tmp_path, claims(3), events=events(3))))
    assert page.dataframe[0].value[column].tolist() == names
    assert captions(page).startswith(f"{len(names)} in ")


def test_a_disputed_event_says_so(tmp_path: Path) -> None:
    page = run_part(lists.show_events, shown(generation(tmp_path, claims(2), events=events(2))))
    assert page.dataframe[0].value.disputed.tolist() == ["", "disputed"]


@pytest.mark.parametrize("show", [lists.show_events, lists.show_claims, lists.show_places])
def test_a_long_list_is_cut_and_says_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, show: Any) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 2)
    page = run_part(show, shown(generation(tmp_path, claims(3), events=events(3))))
    assert len(page.dataframe[0].value) == 2
    assert captions(page).startswith("3 in view")
    assert "The first 2 are shown; 1 more are not." in captions(page)


@pytest.mark.parametrize("show", [lists.show_events, lists.show_claims, lists.show_places])
def test_an_empty_list_says_what_to_do(tmp_path: Path, show: Any) -> None:
    page = run_part(show, shown(generation(tmp_path, claims(1), events=events(1)), Filter(date(2023, 1, 1))))
    assert "Nothing is in view." in captions(page)


def test_the_chosen_place_is_marked_wherever_its_row_is(tmp_path: Path) -> None:
    found = generation(tmp_path, claims(3))
    kupiansk = next(place.number for place in read_places(found) if place.name == "Kupiansk")

    def show(date_from: date) -> None:
        lists.show_places(shown(found, Filter(date_from)))

    page = AppTest.from_function(_chosen, default_timeout=60, kwargs={"show": show, "number": kupiansk})
    for day, row in ((8, 1), (9, 1), (10, None)):
        page.session_state["day"] = date(2022, 9, day)
        page.run()
        assert not page.exception
        assert page.session_state["lists_places"]["selection"]["rows"] == ([] if row is None else [row])


def _chosen(show: "Any", number: int) -> None:
    import streamlit as st

    from geo.page.state import choose_place

    choose_place(number)
    show(st.session_state["day"])


def test_a_chosen_report_is_explained_paragraph_by_paragraph(reports: Path, tmp_path: Path) -> None:
    write_reports(reports, ["Izyum"])
    built = build(reports, tmp_path / "data", RULES).generation
    page = run_part(lists.show_reports, shown(built))
    page.selectbox(key="reading_report").select("00.txt").run()
    assert not page.exception
    paragraphs = [line for line in (reports / "00.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert all(paragraph in texts(page) for paragraph in paragraphs)
    assert any(text.startswith("Published ") for text in texts(page))
    assert any("claim  “" in text and "Izyum" in text for text in texts(page))
    assert page.session_state["lists_reports"]["selection"]["rows"] == [0]


@pytest.mark.parametrize("show", [lists.show_events, lists.show_claims, lists.show_places, lists.show_reports])
def test_hostile_words_stand_in_no_markdown(tmp_path: Path, show: Any) -> None:
    page = run_part(show, shown(generation(tmp_path, **hostile_tables())))
    assert not any(words in markdown_of(page) for words in HOSTILE)


# --- in the browser -------------------------------------------------------------------------------------------------

SCRIPT = """
import os
from pathlib import Path
import streamlit as st
from geo.filters import Filter
from geo.page import comparison, figures, history, lists, trays
from geo.page.state import Shown, chosen_place
from geo.store import current
from geo.build import Config

root = Path(os.environ["ROOT"])
if st.button("Fewer"):
    st.session_state["fewer"] = True
words = '"and then"' if st.session_state.get("fewer") else ""
shown = Shown(root, root, Config(model="none"), current(root), Filter(event_types=(), text=words))
st.html("<style>" + lists.STYLE + "</style>")
lists.show_events(shown)
st.text(f"place {chosen_place()} event {st.session_state.get('event')}")
lists.show_claims(shown)
lists.show_places(shown)
lists.show_reports(shown)
comparison.show_comparison(shown)
figures.show_figures(shown)
if chosen_place() is not None:
    history.show_history(shown, chosen_place(), "a place")
trays.show_trays(shown)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as opened:
        yield opened


def rest(page: Page) -> None:
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


@pytest.mark.long
@pytest.mark.browser
def test_choosing_a_row_chooses_its_place_and_hostile_words_run_nothing(tmp_path: Path, browser: Browser) -> None:
    tables = hostile_tables()
    for row in tables["claims"]:
        row |= {"quantity": 5.0, "unit": row["text"], "quantity_of": row["text"], "quantity_bound": row["text"]}
    tables["claims"].append(claim(claim_id="plain", place_id="p9", place_name="Izyum"))
    tables["reports"].append(report())
    tables["events"] = [
        events(1)[0] | {"event_id": "e9", "claim_ids": ["plain"], "place_id": "p9", "headline": HOSTILE[7]}
    ]
    found = generation(tmp_path, **tables)
    izyum = next(place.number for place in read_places(found) if place.name == "Izyum")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port()]
    with serve(*command, environment={"ROOT": str(tmp_path)}) as (url, _), watch(browser) as watched:
        page = watched.page
        zone = page.context.new_cdp_session(page)
        zone.send("Emulation.setTimezoneOverride", {"timezoneId": "America/Los_Angeles"})
        page.goto(url)
        table = page.get_by_test_id("stDataFrame").first
        expect(table).to_be_visible()
        expect(page.get_by_text("place None event None")).to_be_visible()
        table.click(position={"x": BOX, "y": ROW + BOX})
        expect(page.get_by_text(f"place {izyum} event e9")).to_be_visible()
        table.hover()
        expect(page.get_by_role("button", name="Search: Events in view")).to_be_visible()
        expect(page.get_by_role("button", name="Download as CSV: Events in view")).to_be_hidden()
        page.get_by_text("Compare two stretches").click()
        expect(page.get_by_text("By type")).to_be_visible()
        page.locator("svg.marks .mark-symbol path").first.hover()
        expect(page.locator("#vg-tooltip-element")).to_contain_text("Figure")
        expect(page.locator("svg.marks .role-axis-label text").first).to_have_text("2022-09-10")
        rest(page)
        assert page.evaluate("globalThis.hacked") is None
        assert page.locator("img[src=x]").count() == 0
        watched.assert_clean()
