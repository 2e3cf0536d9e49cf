"""A place's history on the page."""

from datetime import date
from pathlib import Path

import pytest

from geo.filters import Filter
from geo.page import history
from geo.page.history import show_history
from geo.view import read_places
from tests.pages import claim, generation
from tests.parts import captions, markdown_of, run_part, shown, texts
from tests.test_hostile import ALL_IN_ONE, HOSTILE, hostile_tables


def test_both_sides_and_the_figures_are_told(tmp_path: Path) -> None:
    claims = [
        claim(
            claim_id="1", text="They took it.", quantity=2000.0, unit="km²", quantity_of="territory", claimant="Kyiv"
        ),
        claim(claim_id="2", text="They did not.", status="denied", claimant="Moscow"),
    ]
    events = [{"event_id": "e", "claim_ids": ["1", "2"], "opposing_claim_ids": ["2"], "disputed": True}]
    found = generation(tmp_path, claims, events=events)
    [place] = read_places(found)
    page = run_part(show_history, shown(found), place.number, place.name)
    said = texts(page)
    assert said[0].startswith("Izyum: ")
    assert said.index("2022-09-10") < said.index("They took it.") < said.index("Against") < said.index("They did not.")
    assert "control-change  ·  denied by Moscow" in said
    assert "1 origin, 1 report  ·  first told 2022-09-11, An outlet" in said
    assert "territory, control-change: 2022-09-10  2,000 km² (Kyiv)" in said


def test_a_long_history_is_cut_until_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_MOST_LINES", 2)
    days = [date(2022, 9, n) for n in range(1, 6)]
    found = generation(tmp_path, [claim(claim_id=f"{d}", date_from=d, date_to=d) for d in days])
    [place] = read_places(found)
    page = run_part(show_history, shown(found), place.number, place.name)
    assert [str(day) in texts(page) for day in days] == [True, True, False, False, False]
    page.button(key="history_show_all").click().run()
    assert all(str(day) in texts(page) for day in days)
    assert not page.button


def test_where_nothing_is_said_the_page_says_so(tmp_path: Path) -> None:
    page = run_part(show_history, shown(generation(tmp_path, [claim()]), Filter(date(2023, 1, 1))), 1, "Izyum")
    assert "Nothing is said of this place" in captions(page)


def test_hostile_words_stand_in_no_markdown(tmp_path: Path) -> None:
    found = generation(tmp_path, **hostile_tables([ALL_IN_ONE]))
    [place] = read_places(found)
    page = run_part(show_history, shown(found), place.number, place.name)
    assert any(ALL_IN_ONE in text for text in texts(page))
    assert not any(words in markdown_of(page) for words in HOSTILE)
