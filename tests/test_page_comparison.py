"""Two stretches of days compared on the page."""

from datetime import date
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from geo.filters import EVERYTHING, Filter
from geo.page.comparison import show_comparison
from geo.page.state import Shown
from geo.store import Generation
from tests.pages import claim, generation
from tests.parts import captions, markdown_of, run_part, shown, texts
from tests.test_hostile import HOSTILE, hostile_tables

TOWNS = {"Izyum": (1, 12), "Kupiansk": (1,), "Lyman": (13,)}


def towns(folder: Path) -> Generation:
    days = [(town, date(2022, 9, day)) for town, all_days in TOWNS.items() for day in all_days]
    return generation(
        folder,
        [
            claim(claim_id=f"{n}", place_id=town, place_name=town, date_from=day, date_to=day)
            for n, (town, day) in enumerate(days)
        ],
    )


def on(page: AppTest) -> AppTest:
    page.toggle(key="comparison_on").set_value(True).run()
    assert not page.exception
    return page


def changes(page: AppTest) -> dict[str, str]:
    frame = page.dataframe[0].value
    return dict(zip(frame.place_name, frame.change, strict=True))


def test_it_is_off_at_first_and_says_what_changed_when_on(tmp_path: Path) -> None:
    page = run_part(show_comparison, shown(towns(tmp_path)))
    assert page.session_state["returned"] is None
    assert not page.dataframe
    on(page)
    assert page.session_state["returned"] == (
        (date(2022, 9, 1), date(2022, 9, 1)),
        (date(2022, 9, 2), date(2022, 9, 13)),
    )
    assert changes(page) == {"Izyum": "same", "Kupiansk": "lost", "Lyman": "gained"}
    assert texts(page)[0] == "A  2022-09-01 to 2022-09-01 (1 day):  2 claims, 0 events, 1 independent source"
    assert "gained 1  ·  lost 1" in captions(page)
    assert page.dataframe[1].value.event_type.tolist() == ["control-change"]


def test_days_are_chosen_by_hand_or_by_a_preset(tmp_path: Path) -> None:
    page = on(run_part(show_comparison, shown(towns(tmp_path))))
    page.date_input(key="comparison_a").set_value((date(2022, 9, 12), date(2022, 9, 12))).run()
    assert changes(page) == {"Izyum": "same", "Lyman": "gained"}
    page.button(key="comparison_weeks").click().run()
    assert page.session_state["returned"] == (
        (date(2022, 8, 31), date(2022, 9, 6)),
        (date(2022, 9, 7), date(2022, 9, 13)),
    )
    page.date_input(key="comparison_a").set_value((date(2022, 9, 12),)).run()
    assert page.session_state["returned"] is None
    assert "Choose a last day" in captions(page)


def test_days_set_on_the_timeline_are_taken_over_and_a_preset_after_them_counts(tmp_path: Path) -> None:
    page = AppTest.from_function(_with_hand, kwargs={"show": show_comparison, "part": shown(towns(tmp_path))})
    page.session_state["hand"] = None
    on(page.run())
    by_hand = ((date(2022, 9, 1), date(2022, 9, 2)), (date(2022, 9, 13), date(2022, 9, 13)))
    page.session_state["hand"] = by_hand
    page.run()
    assert not page.exception
    assert page.session_state["returned"] == by_hand
    page.button(key="comparison_weeks").click().run()
    weeks = ((date(2022, 8, 31), date(2022, 9, 6)), (date(2022, 9, 7), date(2022, 9, 13)))
    assert page.session_state["returned"] == weeks
    page.session_state["hand"] = (None, weeks[1])
    page.run()
    assert page.session_state["returned"] == ((date(2022, 9, 1), date(2022, 9, 13)), weeks[1])


def _with_hand(show: "Any", part: "Shown") -> None:
    import streamlit as st

    st.session_state["returned"] = show(part, st.session_state["hand"])


def test_the_presets_keep_to_the_days_in_view(tmp_path: Path) -> None:
    page = on(run_part(show_comparison, shown(towns(tmp_path), Filter(date(2022, 9, 10), date(2022, 9, 13)))))
    assert page.session_state["returned"] == (
        (date(2022, 9, 12), date(2022, 9, 12)),
        (date(2022, 9, 13), date(2022, 9, 13)),
    )


def test_where_nothing_is_dated_there_is_nothing_to_compare(tmp_path: Path) -> None:
    page = run_part(show_comparison, shown(generation(tmp_path, [claim(date_from=None, date_to=None)]), EVERYTHING))
    assert "Not one claim has a day" in captions(page)
    assert not page.toggle


def test_hostile_words_stand_in_no_markdown(tmp_path: Path) -> None:
    page = on(run_part(show_comparison, shown(generation(tmp_path, **hostile_tables()))))
    assert set(HOSTILE) <= set(page.dataframe[0].value.place_name)
    assert not any(words in markdown_of(page) for words in HOSTILE)
