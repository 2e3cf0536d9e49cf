"""The timeline component in a real Chromium, on a page of the test's own, and the check of what a browser sends."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from geo.store import publish
from geo.timemap import TEXTS, Dropped, Frame, TimemapResult, TimemapState, _given, _result, frame_bounds
from tests.pages import Watched, claim, free_port, open_chromium, serve, watch
from tests.test_hostile import HOSTILE

FIRST = date(2022, 9, 1)
STATE = _given(TimemapState(Frame(49.2, 37.2, 6.0), window=(FIRST, FIRST)), {}, "timemap")
NOTHING_SENT = TimemapResult(FIRST, FIRST)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (None, NOTHING_SENT),
        ("text", NOTHING_SENT),
        ({}, TimemapResult()),
        ({"window": {"from": "2022-09-02", "to": "2022-09-05"}}, TimemapResult(date(2022, 9, 2), date(2022, 9, 5))),
        ({"window": {"from": "2022-09-05", "to": "2022-09-02"}}, TimemapResult()),
        ({"window": {"from": "{{7*7}}", "to": "2022-09-02"}}, TimemapResult()),
        ({"window": {"from": 20220902, "to": None}}, TimemapResult()),
        ({"window": ["2022-09-02"]}, TimemapResult()),
        ({"selected": 2**53 - 1}, TimemapResult(selected=2**53 - 1)),
        ({"selected": 2**53}, TimemapResult()),
        ({"selected": -1}, TimemapResult()),
        ({"selected": True}, TimemapResult()),
        ({"selected": "1; DROP TABLE claims"}, TimemapResult()),
        ({"bounds": [48, 35.5, 50, 39], "zoom": 7}, TimemapResult(bounds=(48.0, 35.5, 50.0, 39.0), zoom=7.0)),
        ({"bounds": [48, 35, 500, 39], "zoom": 1e9}, TimemapResult()),
        ({"bounds": [48, 35, "50", 39], "zoom": float("nan")}, TimemapResult()),
        ({"bounds": [48, 35, 50], "zoom": [7]}, TimemapResult()),
    ],
)
def test_what_a_browser_sends_is_taken_only_where_it_makes_sense(sent: Any, expected: TimemapResult) -> None:
    assert _result(STATE, sent, None) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"number": 7, "lat": 49.2, "lon": 37.25}, Dropped(7, 49.2, 37.25)),
        ({"number": 7, "lat": 49.2, "lon": 397.25}, Dropped(7, 49.2, 37.25)),
        ({"number": 7, "lat": 91, "lon": 37.25}, None),
        ({"number": 7.5, "lat": 49, "lon": 37.25}, None),
        ({"number": 7, "lat": 49}, None),
        ([7, 49, 37], None),
    ],
)
def test_a_pin_is_dropped_somewhere_on_earth_or_not_at_all(sent: Any, expected: Dropped | None) -> None:
    assert _result(STATE, None, sent).dropped == expected


SCRIPT = """
from dataclasses import asdict
from datetime import date
from pathlib import Path
import json
import math
import streamlit as st
from geo.scene import pack_scene
from geo.store import Generation
from geo.timemap import Frame, TimemapState, read_timemap, send_scene, show_timemap
from geo.view import EVERYTHING

st.set_page_config(layout="wide")
other = st.checkbox("Another filter")
st.checkbox("The whole page")
send_scene(pack_scene(Generation(Path({other!r} if other else {path!r}), {{}}), EVERYTHING), "timemap")

def take():
    st.session_state["taken"] = str(read_timemap("timemap").date_to)

@st.fragment
def view():
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    kept = st.checkbox("Three days of Python's own")
    compare = (date(2022, 9, 1), date(2022, 9, 3)) if st.checkbox("Compare") else None
    window = (date(2022, 9, 5), date(2022, 9, 7)) if kept else None
    state = TimemapState(Frame(49.2, 37.2, 6.0), window=window, compare=compare, height=300)
    result = show_timemap(state, {{"play": "Abspielen"}}, "timemap", take)
    st.text(json.dumps({{"runs": runs, **asdict(result)}}, default=str))
    st.text("taken: " + st.session_state.get("taken", "nothing"))

view()
"""


def rows(places: int, claims: int = 1, **changes: Any) -> list[dict[str, Any]]:
    """Return claims of one day at a place of its own, day after day from 1 September 2022 on."""
    return [
        claim(
            claim_id=f"c{i}-{n}",
            place_id=f"p{i}",
            place_name=f"Place {i}",
            lat=48.0 + i / 10,
            lon=36.0 + i / 5,
            date_from=FIRST + timedelta(days=i),
            date_to=FIRST + timedelta(days=i),
            origin_id=f"o{n}",
            **changes,
        )
        for i in range(places)
        for n in range(claims)
    ]


@contextmanager
def served(folder: Path, claims: list[dict[str, Any]], others: list[dict[str, Any]]) -> Iterator[str]:
    path, other = (publish(folder / name, {"claims": c}, {}).path for name, c in (("1", claims), ("2", others)))
    script = folder / "page.py"
    script.write_text(SCRIPT.format(path=str(path), other=str(other)), encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port(), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    with serve(*command, environment={}) as (url, _):
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("timemap"), rows(20, 150), rows(20, status="denied")[::2]) as url:
        yield url


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Watched]:
    """One page for the tests, each of which loads it anew: a fresh profile for each took half as long again."""
    with watch(browser) as watched:
        yield watched


@pytest.fixture
def watched(tab: Watched, address: str) -> Iterator[Watched]:
    tab.page.goto("about:blank")  # what the last page says while it is left is nobody's
    tab.forget()
    open_timemap(tab.page, address)
    yield tab
    tab.assert_clean()


def open_timemap(page: Page, url: str) -> None:
    page.goto(url)
    expect(slider(page, "window_from")).to_be_visible()


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=TEXTS[name], exact=True)


def expect_days(page: Page, first: int, last: int) -> None:
    """Expect the window to reach from one day to another of September 2022."""
    expect(slider(page, "window_from")).to_have_attribute("aria-valuetext", f"2022-09-{first:02}")
    expect(slider(page, "window_to")).to_have_attribute("aria-valuetext", f"2022-09-{last:02}")


def told(page: Page) -> dict[str, Any]:
    """What Python last heard, and how often the fragment has run."""
    found: dict[str, Any] = json.loads(page.get_by_text('{"runs"').inner_text())
    return found


def expect_told(page: Page, first: int, last: int) -> None:
    words = f'"date_from": "2022-09-{first:02}", "date_to": "2022-09-{last:02}"'
    if (first, last) == (1, 20):  # those are all there are: a later build may have more
        words = '"date_from": null, "date_to": null'
    expect(page.get_by_text('{"runs"')).to_contain_text(words)


def count(page: Page) -> int:
    """How many places the component has in view."""
    claims = f"{VIEW}._scene.count({VIEW}._days({VIEW}._window) ?? {VIEW}._scene.everything).claims"
    return int(page.evaluate(f"{claims}.filter(Boolean).length"))


VIEW = "globalThis[Symbol.for('dateline')].views.get('timemap')"


def at_day(page: Page, day: int) -> tuple[float, float]:
    """Where on the screen the middle of a day of September 2022 is, of the twenty that the plot spans."""
    box = page.locator(".timeline-plot").bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (day - 0.5) / 20, box["y"] + 10


@pytest.mark.browser
def test_the_map_follows_a_drag_and_python_hears_once_when_the_hand_lets_go(watched: Watched) -> None:
    page = watched.page
    expect_days(page, 1, 20)
    before = told(page)
    page.mouse.move(*at_day(page, 4))
    page.mouse.down()
    for day in (5, 6, 9, 12):
        page.mouse.move(*at_day(page, day))
        expect_days(page, 4, day)
        assert count(page) == day - 3
    assert told(page) == before
    page.mouse.up()
    expect_told(page, 4, 12)
    assert told(page)["runs"] == before["runs"] + 1
    expect_days(page, 4, 12)
    expect(page.get_by_text("taken: 2022-09-12")).to_be_visible()


@pytest.mark.long
@pytest.mark.browser
def test_a_window_and_its_ends_can_be_dragged(watched: Watched) -> None:
    page = watched.page
    for grab, drop, expected in [(4, 8, (4, 8)), (6, 10, (8, 12))]:
        drag(page, grab, drop)
        expect_days(page, *expected)
        expect_told(page, *expected)
    handle = slider(page, "window_to").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 20)
    page.mouse.down()
    page.mouse.move(*at_day(page, 17))
    page.mouse.up()
    expect(slider(page, "window_from")).to_have_attribute("aria-valuetext", "2022-09-08")
    assert int(slider(page, "window_to").get_attribute("aria-valuenow") or 0) in (15, 16)


def drag(page: Page, grab: int, drop: int) -> None:
    page.mouse.move(*at_day(page, grab))
    page.mouse.down()
    page.mouse.move(*at_day(page, drop), steps=3)
    page.mouse.up()


@pytest.mark.browser
def test_all_can_be_done_by_keyboard(watched: Watched) -> None:
    page = watched.page
    slider(page, "window_from").focus()
    for key, first in [("ArrowRight", 2), ("Shift+ArrowRight", 9), ("ArrowLeft", 8), ("PageDown", 6), ("Home", 1)]:
        page.keyboard.press(key)
        expect_days(page, first, 20)
        expect_told(page, first, 20)
    slider(page, "window_to").focus()
    page.keyboard.press("Home")
    expect_days(page, 1, 1)
    slider(page, "window").focus()
    for key, day in [("Shift+ArrowRight", 8), ("ArrowLeft", 7), ("End", 20)]:
        page.keyboard.press(key)
        expect_days(page, day, day)
    expect(slider(page, "window")).to_have_attribute("aria-valuetext", "2022-09-20")
    page.get_by_role("button", name="Last 7 days").click()
    expect_told(page, 14, 20)
    page.get_by_role("button", name="Step back").click()
    expect_told(page, 13, 19)
    page.get_by_role("button", name="All", exact=True).click()
    expect_told(page, 1, 20)


@pytest.mark.long
@pytest.mark.browser
def test_play_moves_the_window_to_the_end_and_then_tells_python(watched: Watched) -> None:
    page = watched.page
    drag(page, 16, 17)
    expect_told(page, 16, 17)
    runs = told(page)["runs"]
    page.get_by_label(TEXTS["speed"]).select_option("4")
    page.get_by_role("button", name="Abspielen").click()
    expect_told(page, 19, 20)
    assert told(page)["runs"] == runs + 1
    page.get_by_label(TEXTS["mode"]).select_option("cumulative")
    page.get_by_role("button", name="Abspielen").click()
    expect_told(page, 1, 20)


@pytest.mark.long
@pytest.mark.browser
def test_another_filter_keeps_zoom_window_choice_and_play(watched: Watched) -> None:
    page = watched.page
    page.locator(".leaflet-control-zoom-in").click()
    expect(page.get_by_text('{"runs"')).to_contain_text(re.compile(r'"zoom": (6\.5|7\.0)'))
    drag(page, 1, 2)
    expect_told(page, 1, 2)
    zoom = told(page)["zoom"]
    page.evaluate(f"{VIEW}._mapHost.dataset.mark = 'same'")
    page.evaluate(f"{VIEW}._choose({VIEW}._scene.places.number[0])")
    expect(page.get_by_text('{"runs"')).to_contain_text(re.compile(r'"selected": \d+'))
    page.get_by_label(TEXTS["loop"]).check()
    page.get_by_role("button", name="Abspielen").click()
    page.get_by_text("Another filter").click()
    page.wait_for_function(f"{VIEW}._scene.places.length === 10")
    expect(page.get_by_role("button", name=TEXTS["pause"])).to_be_visible()
    page.get_by_role("button", name=TEXTS["pause"]).click()
    assert page.evaluate(f"{VIEW}._mapHost.dataset.mark") == "same"
    assert page.evaluate(f"{VIEW}._map.zoom()") == zoom
    assert told(page)["selected"] is not None


@pytest.mark.long
@pytest.mark.browser
def test_python_can_move_the_window_and_the_hand_keeps_it(watched: Watched) -> None:
    page = watched.page
    page.get_by_text("Three days of Python's own").click()
    expect_days(page, 5, 7)
    page.get_by_text("Compare", exact=True).click()
    expect(slider(page, "compare_to")).to_have_attribute("aria-valuetext", "2022-09-03")
    expect_days(page, 5, 7)
    slider(page, "compare_to").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text('{"runs"')).to_contain_text("2022-09-04")
    page.get_by_text("Compare", exact=True).click()
    expect(slider(page, "compare_to")).to_be_hidden()


@pytest.mark.long
@pytest.mark.browser
def test_python_hears_of_a_dropped_pin_in_one_run_alone(watched: Watched) -> None:
    page = watched.page
    heard = page.get_by_text('{"runs"')
    page.evaluate(f"{VIEW}._map.onDrop(7, 49.5, 37.25)")
    expect(heard).to_contain_text('"dropped": {"number": 7, "lat": 49.5, "lon": 37.25}')
    slider(page, "window_from").focus()
    page.keyboard.press("ArrowRight")
    expect_told(page, 2, 20)
    expect(heard).to_contain_text('"dropped": null')


@pytest.mark.browser
def test_the_claims_are_sent_once_and_lie_at_no_address(browser: Browser, address: str) -> None:
    with watch(browser) as watched:
        urls: list[str] = []
        sizes: list[int] = []
        watched.page.on("request", lambda request: urls.append(request.url))
        watched.page.on("websocket", lambda s: s.on("framereceived", lambda frame: sizes.append(len(frame))))
        open_timemap(watched.page, address)
        assert sum(sizes) > 50_000
        sizes.clear()
        slider(watched.page, "window_from").focus()
        watched.page.keyboard.press("ArrowRight")
        expect_told(watched.page, 2, 20)
        runs = told(watched.page)["runs"]
        watched.page.get_by_text("The whole page").click()
        expect(watched.page.get_by_text('{"runs"')).to_contain_text(f'{{"runs": {runs + 1},')
        assert sum(sizes) < 20_000
        assert not [url for url in urls if "/media/" in url and "/static/media/" not in url]
        watched.assert_clean()


@pytest.mark.long
@pytest.mark.browser
def test_hostile_names_stay_text(browser: Browser, tmp_path: Path) -> None:
    claims = [row | {"place_name": words, "place_id": words} for row, words in zip(rows(10), HOSTILE, strict=True)]
    with served(tmp_path, claims, claims) as url, watch(browser) as watched:
        open_timemap(watched.page, url)
        assert sorted(watched.page.evaluate(f"{VIEW}._scene.places.name")) == sorted(HOSTILE)
        for number in watched.page.evaluate(f"[...{VIEW}._scene.places.number]"):
            watched.page.evaluate(f"{VIEW}._choose({number})")
        expect(watched.page.get_by_text('{"runs"')).to_contain_text(re.compile(r'"selected": \d+'))
        assert watched.page.evaluate("window.hacked") is None
        watched.assert_clean()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_and_a_finger(browser: Browser, address: str, width: int) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 900}, has_touch=True, is_mobile=width < 500
    ) as context:
        page = context.new_page()
        open_timemap(page, address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in page.locator(".timeline-controls button").all():
            box = button.bounding_box()
            assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= width)
        x, y = at_day(page, 6)
        page.touchscreen.tap(x, y)
        expect_told(page, 6, 6)


def test_a_map_that_has_not_moved_shows_the_frame_that_it_opened_with() -> None:
    south, west, north, east = frame_bounds(Frame(49.0, 36.0, 6.0))
    assert (west + east) / 2 == pytest.approx(36.0)
    assert east - west == pytest.approx(900 / (256 * 2**6) * 360)
    assert south < 49.0 < north
    assert (north - south) / (east - west) == pytest.approx(520 / 900 * math.cos(math.radians(49.0)), rel=0.02)
