"""The live map (``geo/web/app/map.js``) over made data, in a real Chromium: what it draws and what the hand does."""

import itertools
import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.assets import FOLDER
from tests.pages import TOWNS, Watched, open_chromium, watch
from tests.test_hostile import HOSTILE

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parent / "web"
SHOW_MS = 100  # for 10,000 places; 2 to 4 on a quiet machine, where 10 are wanted
IZYUM, KHARKIV, MELITOPOL = 3, 7, 17
SHAPES: dict[str, int] = json.loads((FOLDER / "shapes.json").read_text(encoding="ascii"))


class Files(SimpleHTTPRequestHandler):
    """Serves the package's web folder at ``/web/`` and the test's page at ``/``."""

    def translate_path(self, path: str) -> str:
        path = path.partition("?")[0]
        return str(FOLDER / path.removeprefix("/web/")) if path.startswith("/web/") else str(PAGE / path[1:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/map.html"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def fresh(browser: Browser) -> Iterator[Page]:
    """An empty page in a profile of its own."""
    with watch(browser) as watched:
        yield watched.page
        watched.assert_clean()


@pytest.fixture(scope="module")
def tab(browser: Browser, address: str) -> Iterator[Watched]:
    """The one page in which each test opens a map of its own: to load the page for each took four times as long."""
    with watch(browser) as watched:
        load(watched.page, address)
        yield watched


@pytest.fixture
def page(tab: Watched) -> Iterator[Page]:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.forget()
    yield tab.page
    tab.page.wait_for_function("!map.leaflet._animatingZoom")
    tab.page.evaluate("map.remove(); document.activeElement.blur()")
    tab.assert_clean()


@contextmanager
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, device_scale_factor=2) as context:
        yield load(context.new_page(), address)


def load(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_function("globalThis.isReady")
    return page


def show_towns(page: Page, **options: Any) -> None:
    page.evaluate(
        "async (o) => { await open(made.towns(), o); map.show(made.countsOf(made.townCounts())); }",
        options,
    )


def show(page: Page, places: list[dict[str, Any]], counts: list[dict[str, Any]], **options: Any) -> None:
    page.evaluate(
        "async ([p, c, o]) => { await open(p, o); map.show(made.countsOf(c)); }",
        [places, counts, options],
    )


def locate(page: Page, number: int) -> tuple[float, float]:
    spot = page.evaluate("n => map.locate(n)", number)
    return spot["x"], spot["y"]


def drawn(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate("map.drawn()")
    return found


def near(a: list[int], hue: str, slack: int = 12) -> bool:
    return all(abs(part - int(hue[at : at + 2], 16)) <= slack for part, at in zip(a, (1, 3, 5), strict=False))


def test_every_place_in_view_is_a_pin_in_the_hue_of_its_type(page: Page) -> None:
    spots = [{"lat": 49, "lon": 33 + n} for n in range(8)]
    show(page, spots, [{"type": n, "sources": 30} for n in range(7)] + [{"claims": 0}])
    assert drawn(page) == {"pins": 7, "areas": 0, "cells": 0, "fan": 0}
    for n, hue in enumerate(["#D55E00", "#E69F00", "#0072B2", "#56B4E9", "#CC79A7", "#F0E442", "#009E73"]):
        x, y = locate(page, n + 1)
        assert near(page.evaluate("([x, y]) => pixel(x - 14, y)", [x, y]), hue), hue
    assert page.evaluate("map.locate(8)") is None


def test_a_pin_grows_with_its_independent_sources(page: Page) -> None:
    show(page, [{"lat": 49, "lon": 34}, {"lat": 49, "lon": 37}], [{"sources": 1}, {"sources": 16}])
    at_twelve = [page.evaluate("([x, y]) => pixel(x - 12, y)[3]", locate(page, n)) for n in (1, 2)]
    assert at_twelve[0] == 0
    assert at_twelve[1] == 255


def test_types_statuses_and_disputes_differ_in_grey_print(page: Page) -> None:
    kinds = [{"type": n} for n in range(8)]
    kinds += [{"type": 7, "status": n} for n in (1, 2, 3)] + [{"type": 7, "disputed": 1}]
    spots = [{"lat": 48 + n // 6, "lon": 33 + n % 6, "label": 0} for n in range(len(kinds))]
    # All types in one grey: what is left is form.
    grey = [{"colour": "#8A8F98", "words": "a type"}] * 8
    show(page, spots, [kind | {"sources": 4} for kind in kinds], types=grey)
    looks = [page.evaluate("([x, y]) => greys(x, y, 16)", locate(page, n + 1)) for n in range(len(kinds))]
    for a, b in itertools.combinations(looks, 2):
        assert sum(abs(x - y) > 60 for x, y in zip(a, b, strict=True)) >= 20


def test_an_area_is_its_outline_and_never_hides_a_point(page: Page) -> None:
    region = {"name": "Kharkiv region", "lat": 49.6, "lon": 36.5, "kind": 1, "shape": SHAPES["UA.07"]}
    country = {"name": "Ukraine", "lat": 49, "lon": 31, "kind": 1, "shape": SHAPES["UA"]}
    donbas = {"name": "Donbas", "lat": 48.3, "lon": 38.4, "kind": 1, "radiusKm": 60}
    show(page, [{"name": "Kharkiv", "lat": 49.98, "lon": 36.25}, region, country, donbas], [{}] * 4)
    assert drawn(page) == {"pins": 1, "areas": 3, "cells": 0, "fan": 0}
    for number, (lat, lon) in [(1, (49.98, 36.25)), (2, (49.4, 36.9)), (3, (50.0, 34.0)), (4, (48.5, 38.4))]:
        x, y = page.evaluate(
            "p => { const at = map.leaflet.latLngToContainerPoint(p); return [at.x, at.y]; }", [lat, lon]
        )
        assert page.evaluate("([x, y]) => pixel(x, y)[3]", [x, y]) > 0
        page.mouse.click(x, y)
        assert page.evaluate("calls.selected.at(-1)") == number


def test_a_relative_place_is_a_sector_or_without_a_bearing_a_circle(page: Page) -> None:
    kharkiv = {"anchorLat": 49.98, "anchorLon": 36.25}
    southeast = {"lat": 49.5, "lon": 36.95, "kind": 2, "radiusKm": 12, "bearing": 135, **kharkiv}
    around = {"lat": 49.71, "lon": 38.8, "kind": 2, "radiusKm": 20}
    options = {"frame": {"lat": 49.6, "lon": 37.2, "zoom": 8}}
    show(page, [southeast | {"label": 0}, around | {"label": 0}], [{}, {}], **options)
    look = "p => { const at = map.leaflet.latLngToContainerPoint(p); return pixel(at.x, at.y)[3]; }"
    inside = [(49.8, 36.5), (49.55, 36.7), (49.71, 39.0)]
    outside = [(49.8, 36.1), (50.1, 36.4), (49.4, 37.4), (49.71, 39.3)]
    assert all(page.evaluate(look, point) > 0 for point in inside)
    assert not any(page.evaluate(look, point) for point in outside)


def test_the_radius_of_a_point_is_shown_on_hover_and_on_choice(page: Page) -> None:
    show(page, [{"lat": 49.5, "lon": 36.5, "radiusKm": 60}], [{}])
    count = """() => { const over = map.overSheet._container; return over.getContext('2d')
        .getImageData(0, 0, over.width, over.height).data.filter((value, n) => n % 4 === 3 && value).length; }"""
    assert page.evaluate(count) == 0
    metres_a_pixel = 40_075_017 * math.cos(math.radians(49.5)) / (256 * 2**6.5)
    radius = 60_000 / metres_a_pixel
    page.mouse.move(*locate(page, 1))
    on_hover = page.evaluate(count)
    page.mouse.move(5, 400)
    assert page.evaluate(count) == 0
    page.evaluate("map.select(1)")
    assert min(on_hover, page.evaluate(count)) > 3.14 * radius**2


def test_hovering_tells_of_a_place_in_words(page: Page) -> None:
    show_towns(page)
    page.mouse.move(*locate(page, MELITOPOL))
    expect(page.locator(".dateline-hint strong")).to_have_text("Melitopol")
    expect(page.locator(".dateline-hint")).to_contain_text("4 claims, 9 independent sources")
    expect(page.locator(".dateline-hint")).to_contain_text("battle; reported")
    page.mouse.move(600, 20)
    expect(page.locator(".dateline-hint")).to_be_hidden()


def test_a_click_chooses_a_place_and_a_click_beside_it_none(page: Page) -> None:
    show_towns(page)
    page.mouse.click(*locate(page, MELITOPOL))
    page.mouse.click(1100, 650)
    assert page.evaluate("calls.selected") == [MELITOPOL, None]


def heap(n: int) -> list[dict[str, Any]]:
    return [{"name": f"Spot {k}", "lat": 49.2 + k / 1000, "lon": 37.2} for k in range(n)]


@pytest.mark.parametrize("n", [3, 9, 14])
def test_pins_on_one_another_fan_out_and_each_can_be_clicked(page: Page, n: int) -> None:
    show(page, heap(n), [{"sources": 1 + k % 4} for k in range(n)])
    page.mouse.click(*locate(page, 1))
    assert drawn(page)["fan"] == n
    assert page.evaluate("calls.selected") == []
    for number in range(1, n + 1):
        page.mouse.click(*locate(page, number))
        assert page.evaluate("calls.selected.at(-1)") == number
    page.mouse.click(1100, 120)
    assert drawn(page)["fan"] == 0
    assert page.evaluate("calls.selected.at(-1)") is None


def test_a_fan_follows_what_is_in_view(page: Page) -> None:
    show(page, heap(3), [{}] * 3)
    page.mouse.click(*locate(page, 1))
    page.evaluate("map.show(made.countsOf([{}, {}, { claims: 0 }]))")
    assert drawn(page)["fan"] == 2
    page.evaluate("map.show(made.countsOf([{}, { claims: 0 }, { claims: 0 }]))")
    assert drawn(page)["fan"] == 0


def show_many(page: Page, n: int = 10_000) -> None:
    page.evaluate(
        "async n => { await open(made.randomRows(n)); map.show(made.countsOf(made.randomCounts(n))); }",
        n,
    )


def test_too_many_places_are_counted_in_squares_and_a_click_goes_nearer(page: Page) -> None:
    show_many(page)
    before = drawn(page)
    assert before["pins"] == 0
    assert 100 < before["cells"] < 2000
    zoom = page.evaluate("map.zoom()")
    page.mouse.move(640, 380)
    expect(page.locator(".dateline-hint strong")).to_contain_text("claims")
    page.mouse.click(640, 380)
    page.wait_for_function("zoom => map.zoom() === zoom + 2", arg=zoom)
    assert page.evaluate("calls.selected") == []


def test_squares_stay_on_their_places_while_the_map_is_moved(page: Page) -> None:
    show_many(page)
    look = "([dx, dy]) => [...Array(40).keys()].map((n) => pixel(400 + 13 * n - dx, 300 + 7 * (n % 9) - dy))"
    before = page.evaluate(look, [0, 0])
    page.evaluate("map.leaflet.panBy([57, 33], { animate: false })")
    assert page.evaluate(look, [57, 33]) == before


def test_cells_of_a_large_scene_are_squares_with_counts(page: Page) -> None:
    show(page, [], [])
    page.evaluate(
        """() => map.showCells({ x: Float64Array.of(213 / 360, 0.6, 0.6), y: Float64Array.of(0.343, 0.343, 0.35),
            type: Uint8Array.of(0, 2, 1), n: Uint32Array.of(41000, 7, 0) })"""
    )
    assert drawn(page)["cells"] == 2
    x, y = page.evaluate("map.leaflet.latLngToContainerPoint([49, 33])").values()
    page.mouse.move(x, y)
    expect(page.locator(".dateline-hint strong")).to_have_text("41,000 claims")
    expect(page.locator(".dateline-hint")).to_contain_text("mostly battle")
    expect(page.locator("canvas[role=img]")).to_have_attribute("aria-label", "Map: 41,007 claims")


def test_compared_places_tell_by_form_what_came_and_what_went(page: Page) -> None:
    spots = [{"lat": 49, "lon": 33 + n, "label": 0} for n in range(6)]
    page.evaluate(
        """async (spots) => {
            await open(spots);
            const counts = (claims) => made.countsOf(claims.map((n) => ({ claims: n, sources: 4 })));
            map.compare({ a: counts([0, 2, 2, 2, 2, 0]), b: counts([2, 0, 2, 3, 1, 0]) }); }""",
        spots,
    )
    assert drawn(page)["pins"] == 5
    looks = [page.evaluate("([x, y]) => greys(x, y, 12)", locate(page, n)) for n in range(1, 6)]
    for a, b in itertools.combinations(looks, 2):
        assert sum(abs(x - y) > 40 for x, y in zip(a, b, strict=True)) >= 12
    for number, words in enumerate(["only in the second", "only in the first", "unchanged", "more", "fewer"], 1):
        page.mouse.move(*locate(page, number))
        expect(page.locator(".dateline-hint")).to_contain_text(words)
    expect(page.locator(".dateline-legend li")).to_have_count(6)
    page.evaluate("map.show(made.countsOf(Array(6).fill({})))")
    expect(page.locator(".dateline-legend li").first).to_have_text("battle")


def test_names_keep_out_of_each_others_way(page: Page) -> None:
    show_towns(page)
    words = page.evaluate("written(() => map.show(made.countsOf(made.townCounts())))")
    assert {"Melitopol", "Kyiv", "Odesa", "Poltava"} <= {word["text"] for word in words}
    for a, b in itertools.combinations([word["box"] for word in words], 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_names_of_other_scripts_run_their_own_way_and_no_name_turns_another_round(page: Page) -> None:
    names = ["مدينة حمص", "(12) קריית שמונה", "Изюм", "evil\u202eeman", "x" * 500, "👩‍👩‍👧" * 40]
    show(page, [{"name": name, "lat": 47 + n, "lon": 36} for n, name in enumerate(names)], [{}] * len(names))
    words = page.evaluate("written(() => map.show(made.countsOf(Array(6).fill({}))))")
    directions = {word["text"]: word["direction"] for word in words if word["text"]}
    assert directions[names[0]] == directions[names[1]] == "rtl"
    assert directions["Изюм"] == directions["evil eman"] == "ltr"
    assert "x" * 27 + "…" in directions
    assert "👩‍👩‍👧" * 27 + "…" in directions


def test_hostile_names_and_words_stay_text(page: Page) -> None:
    spots = [{"name": words, "lat": 46 + n / 2, "lon": 34 + n / 2} for n, words in enumerate(HOSTILE)]
    hostile = HOSTILE[7]
    types = [{"colour": "#D55E00", "words": hostile}]
    credit = {"url": "data:,{z}{x}{y}", "attribution": hostile}
    show(page, spots, [{}] * len(spots), types=types, tiles=credit, statuses=[hostile] * 4, texts={"legend": hostile})
    for n, words in enumerate(HOSTILE):
        page.mouse.move(*locate(page, n + 1))
        expect(page.locator(".dateline-hint strong")).to_have_text(words)
        expect(page.locator(".dateline-hint")).to_contain_text(hostile)
    expect(page.locator(".dateline-places li")).to_have_count(len(HOSTILE))
    assert HOSTILE[0] in page.locator(".dateline-places").inner_text()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(hostile)
    expect(page.locator(".dateline-legend summary")).to_have_text(hostile)
    assert page.evaluate("[window.hacked, document.querySelectorAll('.dateline-map img[src=x]').length]") == [None, 0]


def test_the_keyboard_reaches_the_map_and_moves_it(fresh: Page, address: str) -> None:
    page = load(fresh, address)
    show_towns(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Map of what is said to have happened"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    before = page.evaluate("map.leaflet.getCenter().lng")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => map.leaflet.getCenter().lng > before", arg=before)


def test_the_keyboard_steps_through_the_places_by_their_sources(page: Page) -> None:
    show_towns(page)
    options = page.get_by_role("option")
    expect(options).to_have_count(len(TOWNS))
    expect(page.locator("canvas[role=img]")).to_have_attribute("aria-label", "Map: 20 places in view with 138 claims")
    options.first.focus()
    expect(options.first).to_contain_text("Kherson; 7 claims, 9 independent sources; statement, other; planned")
    expect(page.locator(".dateline-hint strong")).to_have_text("Kherson")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("calls.selected") == [MELITOPOL]
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(options.last).to_be_focused()
    page.keyboard.press("Escape")
    assert page.evaluate("calls.selected") == [MELITOPOL, None]


def test_the_keyboard_spreads_pins_on_one_another(page: Page) -> None:
    show(page, heap(4), [{}] * 4)
    page.get_by_role("option").nth(2).focus()
    assert drawn(page)["fan"] == 4
    page.keyboard.press("Enter")
    assert page.evaluate("calls.selected") == [3]


def test_the_list_follows_what_is_in_view_and_keeps_the_focus(page: Page) -> None:
    show_towns(page)
    kharkiv = page.get_by_role("option", name="Kharkiv")
    kharkiv.focus()
    page.evaluate("() => { const c = made.townCounts(); c[0].claims = c[7].claims = 0; map.show(made.countsOf(c)); }")
    expect(page.get_by_role("option")).to_have_count(len(TOWNS) - 2)
    expect(page.get_by_role("option", name="Kharkiv")).to_be_focused()


def test_the_legend_is_a_list_that_folds_away(page: Page, browser: Browser, address: str) -> None:
    show_towns(page)
    legend = page.locator(".dateline-legend")
    expect(legend.get_by_role("list", name="What happened").get_by_role("listitem")).to_have_count(8)
    for words in ("battle", "claimed", "denied", "planned", "disputed", "larger: more sources"):
        expect(legend.get_by_role("listitem").filter(has_text=words)).to_be_visible()
    legend.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(legend.get_by_text("battle")).to_be_hidden()
    with phone(browser, address) as small:
        show_towns(small)
        expect(small.locator(".dateline-legend summary")).to_be_visible()
        expect(small.locator(".dateline-legend li").first).to_be_hidden()


def test_a_finger_hits_a_small_pin_on_a_phone(browser: Browser, address: str) -> None:
    with phone(browser, address) as small:
        show(small, [{"lat": 49, "lon": 36.2}], [{"sources": 1}])
        x, y = locate(small, 1)
        small.touchscreen.tap(x + 13, y + 12)
        small.wait_for_function("calls.selected.length === 1")
        assert small.evaluate("document.documentElement.scrollWidth") == 390


def drag(page: Page, start: tuple[float, float], dx: float, dy: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for step in (1, 2, 3, 4):
        page.mouse.move(start[0] + dx * step / 4, start[1] + dy * step / 4)
    page.mouse.up()


def test_in_edit_mode_the_chosen_pin_is_dragged_and_otherwise_the_map(page: Page) -> None:
    show_towns(page)
    page.evaluate(f"map.select({MELITOPOL})")
    centre = page.evaluate("map.leaflet.getCenter()")
    page.evaluate("map.setEdit(true)")
    start = locate(page, MELITOPOL)
    drag(page, start, 80, -40)
    [[number, lat, lon]] = page.evaluate("calls.drops")
    assert number == MELITOPOL
    assert page.evaluate("map.leaflet.getCenter()") == centre
    x, y = page.evaluate("p => { const at = map.leaflet.latLngToContainerPoint(p); return [at.x, at.y]; }", [lat, lon])
    assert (x, y) == pytest.approx((start[0] + 80, start[1] - 40), abs=1)
    assert locate(page, MELITOPOL) == pytest.approx((x, y), abs=1)
    assert page.evaluate("calls.selected") == []
    page.evaluate("map.setEdit(false)")
    drag(page, locate(page, MELITOPOL), 80, 40)
    assert len(page.evaluate("calls.drops")) == 1
    assert page.evaluate("map.leaflet.getCenter()") != centre


def test_a_map_that_goes_as_the_hand_lets_go_says_nothing(page: Page) -> None:
    show_towns(page)
    moved = page.evaluate(
        """async () => {
            const before = map.leaflet.getCenter();
            const mouse = (type, x) => new MouseEvent(type, { bubbles: true, clientX: x, clientY: 300, view: window });
            map.leaflet.getPane("mapPane").dispatchEvent(mouse("mousedown", 600));
            for (const x of [610, 640, 680, 720]) {
                document.body.dispatchEvent(mouse("mousemove", x));
                await new Promise(requestAnimationFrame);
            }
            document.body.dispatchEvent(mouse("mouseup", 720));
            const moved = !map.leaflet.getCenter().equals(before);
            map.remove();
            for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
            return moved;
        }"""
    )
    assert moved
    show_towns(page)


def test_another_scene_keeps_the_zoom_the_choice_and_the_picture(page: Page) -> None:
    show_towns(page)
    page.evaluate(f"map.select({IZYUM}); map.leaflet.setView([48.6, 36.4], 7, {{ animate: false }})")
    spot = list(locate(page, IZYUM))
    assert page.evaluate("p => { map.setScene(made.sceneOf(made.towns().slice(2))); return pixel(...p)[3]; }", spot) > 0
    page.evaluate("map.leaflet.panBy([9, 0], { animate: false })")
    assert drawn(page)["pins"] == len(TOWNS)
    page.evaluate("map.show(made.countsOf(made.townCounts().slice(2)))")
    assert page.evaluate("map.zoom()") == 7
    assert drawn(page)["pins"] < len(TOWNS)
    assert page.evaluate("calls.selected") == []


def test_while_the_map_zooms_the_picture_goes_with_it(page: Page) -> None:
    show_towns(page)
    seen = page.evaluate(
        """async () => {
            map.leaflet.zoomIn(1);
            const seen = [];
            while (seen.length < 3 || map.leaflet._animatingZoom) {
                await new Promise(requestAnimationFrame);
                const { data } = canvas.getContext("2d").getImageData(900, 400, 200, 200);
                seen.push([data.some((value) => value > 0), canvas.style.transform]);
                map.show(made.countsOf(made.townCounts()));
            }
            return seen;
        }"""
    )
    assert all(is_drawn for is_drawn, _ in seen)
    assert "scale(2)" in seen[0][1]
    assert "scale" not in seen[-1][1]


def test_dragging_beyond_the_margin_shows_no_blank(page: Page) -> None:
    show_towns(page)
    page.mouse.move(200, 120)
    page.mouse.down()
    for x in range(200, 1200, 100):
        page.mouse.move(x, 120)
    covers = "() => { const a = canvas.getBoundingClientRect(); return a.left <= 0 && a.right >= 1280; }"
    page.wait_for_function(covers)
    page.mouse.up()


def test_the_theme_changes_colours_and_nothing_else(page: Page) -> None:
    show_towns(page)
    land = """() => { const { width, height } = map.landSheet._container;
        return [...map.landSheet._context.getImageData(width / 2, height / 2, 1, 1).data]; }"""
    light = page.evaluate(land)
    page.evaluate("map.setTheme('dark')")
    dark = page.evaluate(land)
    assert sum(light[:3]) > 600 > 300 > sum(dark[:3])
    assert page.evaluate("calls.views") == []
    assert drawn(page)["pins"] == len(TOWNS)


def test_the_view_is_told_when_the_map_rests(page: Page) -> None:
    show_towns(page)
    page.evaluate("map.leaflet.setView([50, 30], 7, { animate: false })")
    view = page.evaluate("calls.views.at(-1)")
    south, west, north, east = view["bounds"]
    assert south < 50 < north
    assert west < 30 < east
    assert view["zoom"] == 7
    page.evaluate("map.fit()")
    page.wait_for_function(
        "map.leaflet.getBounds().contains([46.48, 30.73]) && map.leaflet.getBounds().contains([48.95, 38.49])"
    )


def test_a_picture_holds_sea_land_and_pins(page: Page) -> None:
    show_towns(page)
    x, y = locate(page, MELITOPOL)
    picture = page.evaluate(
        """([x, y]) => { const picture = map.picture(); const context = picture.getContext("2d");
            const at = (x, y) => [...context.getImageData(x, y, 1, 1).data];
            const size = [picture.width, picture.height];
            return { size, pin: at(x - 10, y), land: at(900, 60), sea: at(680, 660) }; }""",
        [x, y],
    )
    assert picture["size"] == [1280, 800]
    assert near(picture["pin"], "#D55E00")
    assert near(picture["land"], "#f7f5f0")
    assert near(picture["sea"], "#dbe7ec")


def test_it_works_inside_a_shadow_root_and_goes_without_a_trace(fresh: Page, address: str) -> None:
    page = load(fresh, f"{address}?shadow")
    show_towns(page)
    page.mouse.click(*locate(page, MELITOPOL))
    assert page.evaluate("calls.selected") == [MELITOPOL]
    assert page.evaluate("document.head.querySelectorAll('link[rel=stylesheet]').length") == 0
    assert page.evaluate("getComputedStyle(map.ground).position") == "absolute"
    options = page.get_by_role("option")
    options.first.focus()
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_be_focused()
    assert page.evaluate("(() => { map.remove(); return map.host.childElementCount; })()") == 0


def test_it_follows_the_size_of_its_host(page: Page) -> None:
    show_towns(page)
    page.set_viewport_size({"width": 1500, "height": 900})
    page.wait_for_function("canvas.getBoundingClientRect().right >= 1500")
    assert drawn(page)["pins"] == len(TOWNS)


@pytest.mark.timed
def test_ten_thousand_places_are_shown_at_once(page: Page) -> None:
    show_many(page)
    for zoom in (6.5, 9):
        page.evaluate("zoom => map.leaflet.setView([48.5, 36], zoom, { animate: false })", zoom)
        took = page.evaluate(
            """() => { const two = [3, 4].map((seed) => made.countsOf(made.randomCounts(10000, seed)));
                return Array.from({ length: 40 }, (_, n) => {
                    const started = performance.now(); map.show(two[n % 2]); return performance.now() - started;
                }).sort((a, b) => a - b); }"""
        )
        print(f"show, 10,000 places, zoom {zoom}: median {took[20]:.1f} ms, p95 {took[37]:.1f}, {drawn(page)}")
        assert took[20] <= SHOW_MS
