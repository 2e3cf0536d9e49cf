"""What the tests of the page share: rows made by hand, the real server, a real Chromium that reaches 127.0.0.1 only."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Frame, Locator, Page, expect, sync_playwright

from geo.store import Generation, publish

SECOND = 1000
PATIENCE = 60 * SECOND  # for a page on a busy machine; what must be quick is timed on its own
TRIES = 4
expect.set_options(timeout=PATIENCE)

LIVE = "[...(globalThis[Symbol.for('dateline')]?.views.values() ?? [])].at(-1)"
"""The live map in the page's JavaScript."""
DRAWN = f"(({LIVE}._map.drawn().pins || 0) + {LIVE}._map.drawn().areas)"
"""How many places it has drawn."""

TOWNS = """Balakliia Kupiansk Izyum Vovchansk Lyman Bucha Kharkiv Kherson Kyiv Mariupol Bakhmut Sievierodonetsk
    Lysychansk Sloviansk Kramatorsk Chuhuiv Melitopol Odesa Mykolaiv Dnipro""".split()

HIGHLIGHTED = """words => {
    const option = document.getElementById(document.activeElement.getAttribute("aria-activedescendant"));
    return Boolean(option?.innerText.includes(words));
}"""
"""Whether the box with the focus is at an option that holds some words."""


def write_reports(folder: Path, towns: list[str] = TOWNS) -> None:
    """Write one report for each town, a day apart from 1 September 2022 on."""
    for n, town in enumerate(towns):
        day = date(2022, 9, 1) + timedelta(days=n)
        text = f"Ukrainian troops recaptured {town} on {day.day} {day:%B} {day.year}, the mayor said."
        (folder / f"{n:02}.txt").write_text(f"Report {n}\n\nNobody expected it. {text} It was raining.\n", "utf-8")


def claim(**changes: Any) -> dict[str, Any]:
    """Return a row of the claims table: Izyum, 10 September 2022, unless told otherwise."""
    return {
        "claim_id": "c1",
        "report_id": "r1",
        "report": "one.txt",
        "start": 0,
        "end": 5,
        "text": "Words",
        "place_id": "dl:izyum",
        "place_name": "Izyum",
        "country_code": "UA",
        "admin1_code": "07",
        "lat": 49.21,
        "lon": 37.25,
        "radius_km": 5.0,
        "place_kind": "settlement",
        "geo_precision": 1,
        "place_reason": "the only one of its name",
        "date_from": date(2022, 9, 10),
        "date_to": date(2022, 9, 10),
        "date_text": "on Saturday",
        "time_precision": 1,
        "date_basis": "relative",
        "event_type": "control-change",
        "status": "reported",
        "claimant": "",
        "cue": "",
        "verification": "none",
        "origin_id": "o1",
        "confidence": 1.0,
    } | changes


def report(**changes: Any) -> dict[str, Any]:
    """Return a row of the reports table."""
    return {
        "report_id": "r1",
        "report": "one.txt",
        "title": "A title",
        "outlet": "An outlet",
        "url": "",
        "published": date(2022, 9, 11),
        "published_basis": "printed",
        "origin_id": "o1",
        "origin": "",
        "text": "Words",
    } | changes


def generation(folder: Path, claims: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Generation:
    """Publish these claims of one report, and the rows of other tables that are given."""
    return publish(folder, {"reports": [report()], **tables, "claims": claims}, {})


def expect_places(page: Page, n: int) -> None:
    """Wait until the live map has drawn so many places."""
    page.wait_for_function(f"n => {DRAWN} === n", arg=n)


def place_number(page: Page, name: str) -> int:
    """Return the number of a place on the live map."""
    number: int = page.evaluate(
        f"(name) => {{ const p = {LIVE}._scene.places; return p.number[p.name.indexOf(name)]; }}", name
    )
    return number


def where(page: Page, name: str) -> tuple[float, float]:
    """Return where on the screen the pin of a place is."""
    at = page.evaluate(
        f"""(number) => {{
            const {{ x, y }} = {LIVE}._map.locate(number), box = {LIVE}._mapHost.getBoundingClientRect();
            return [box.x + x, box.y + y];
        }}""",
        place_number(page, name),
    )
    return at[0], at[1]


def choose(page: Page, name: str) -> None:
    """Choose a place in the list beside the map."""
    page.get_by_role("combobox", name="Place").click()
    page.keyboard.type(name)
    page.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(name)}\s+\(")).click()


def choose_first(box: Locator, typed: str = "") -> None:
    """Choose by keyboard the first of the options that a box offers, or of those for some words.

    A box that is drawn anew meanwhile closes its list; then, as a reader would, open it once more.
    """
    page = box.page
    for _ in range(TRIES):
        box.press("Control+a")
        page.keyboard.type(typed) if typed else page.keyboard.press("ArrowDown")
        with suppress(Error, AssertionError):
            page.wait_for_function(HIGHLIGHTED, arg=typed, timeout=PATIENCE / TRIES)
            page.keyboard.press("Enter")
            expect(box).not_to_have_value(re.compile(f"^({re.escape(typed)})?$"), timeout=PATIENCE / TRIES)
            return
    pytest.fail(f"nothing could be chosen for {typed!r}")


def free_port() -> str:
    """Return a port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


@contextmanager
def serve(*command: str, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends; yield the address that it prints and its process id."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield address[0], process.pid
                return
        pytest.fail("the server ended without an address:\n" + "".join(said))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; skip without it, or fail where a browser is required."""
    path = shutil.which("chromium")
    if path is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("DATELINE_REQUIRE_BROWSER") == "1" or os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Whatever is not on 127.0.0.1 goes to a proxy that is not there. Asking Playwright to pass or refuse each request
    # does the same, but made a page of sixty files a second slower.
    arguments = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
        --disable-component-update --disable-sync --proxy-server=127.0.0.1:9""".split()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page with all that it said and asked for: errors, and requests beyond 127.0.0.1."""

    page: Page
    errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        """Go to the address and return the page once the live map has drawn its places."""
        self.page.goto(url)
        self.page.wait_for_function(f"{LIVE}?._map && {DRAWN} > 0", timeout=PATIENCE)
        return self.page

    def open_plain(self, url: str) -> Frame:
        """Go to the address of a page with the plain map; return the map's frame once its pins are drawn."""
        self.page.goto(url)
        element = self.page.wait_for_selector("iframe[title^='streamlit_folium']", timeout=PATIENCE)
        assert element is not None
        frame = element.content_frame()
        assert frame is not None
        frame.wait_for_function("globalThis.dateline?.countPlaces?.() > 0", timeout=PATIENCE)
        return frame

    def forget(self) -> None:
        """Take the hand off the page, and forget what was said and asked for, for the next test in the same page."""
        self.page.mouse.move(0, 0)
        self.errors.clear()
        self.strayed.clear()

    def assert_clean(self) -> None:
        """Assert that nothing went wrong in the page and nothing left this computer."""
        assert self.errors == []
        assert self.strayed == []


@contextmanager
def watch(browser: Browser) -> Iterator[Watched]:
    """Open an empty page in a fresh profile that can reach 127.0.0.1 only."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(PATIENCE)
        watched = Watched(context.new_page())

        def note(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
                watched.strayed.append(url)

        def hear(message: ConsoleMessage) -> None:
            if message.type == "error":
                watched.errors.append(message.text)

        watched.page.on("request", lambda request: note(request.url))
        watched.page.on("websocket", lambda socket: note(socket.url))
        watched.page.on("console", hear)
        watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
        watched.page.on("dialog", lambda dialog: (watched.errors.append(dialog.message), dialog.dismiss()))
        yield watched
