"""How fast the map follows the hand on the timeline, in a real Chromium that reaches this computer only.

    python benchmarks/scrubbing.py [--places 10000] [--events 1000000] [--moves 80]

Two made generations are published: so many places with a claim each, and so many events on 20,000 spots, which are too
many to send one by one and go as cells. A page that holds nothing but the component is opened twice, so that server,
files and browser are warm; the scene is packed once and kept, as the dashboard does. ``first_map_ms`` is the second
opening, from the navigation on. Then a window of a tenth of the days is dragged over the plot, one move after another.
A move takes from the time stamp of its pointer event until the frame after the canvases were drawn has been handed on
(a message posted in the next animation frame), so up to one frame of waiting, 16 ms, is in it. Prints a JSON object a
line. On a machine at other work the figures are noisy.
"""

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the page and its rows are the tests'

from geo.model import EventType
from geo.store import Generation, publish
from tests.pages import claim, free_port, open_chromium, serve, watch

FIRST, DAYS, SPOTS = date(2020, 1, 1), 1000, 20_000
GOALS = {"median_ms": 50.0, "p95_ms": 100.0}
FIRST_MAP_MS = {"places": 2500.0, "cells": 5000.0}
TYPES = [t.value for t in EventType]

SCRIPT = """
from pathlib import Path
import streamlit as st
from geo.scene import pack_scene
from geo.store import Generation
from geo.timemap import Frame, TimemapState, send_scene, show_timemap
from geo.view import EVERYTHING

st.set_page_config(layout="wide")

@st.cache_resource
def packed():
    return pack_scene(Generation(Path({path!r}), {{}}), EVERYTHING)

send_scene(packed(), "bench")

@st.fragment
def view():
    show_timemap(TimemapState(Frame(49.0, 32.0, 5.5)), {{}}, "bench")

view()
"""

# Notes when the first map was drawn, and for each move of the pointer how long it took until it was painted.
WATCH = """
globalThis.bench = { moves: [], firstMap: null };
const afterFrame = (act) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = act;
    channel.port2.postMessage(null);
});
const isDrawn = () => [...(globalThis[Symbol.for("dateline")]?.views.values() ?? [])].some((view) => view._map);
const look = () => (isDrawn() ? afterFrame(() => (bench.firstMap = performance.now())) : requestAnimationFrame(look));
look();
addEventListener("pointermove", (event) => {
    afterFrame(() => bench.moves.push(performance.now() - event.timeStamp));
}, true);
"""


def rows(n: int, spots: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield ``n`` claims on so many places in and around Ukraine, on any of a thousand days."""
    rng = random.Random(seed)
    points = [(rng.uniform(44, 53), rng.uniform(22, 40)) for _ in range(spots)]
    kept = ("claim_id", "place_id", "place_name", "place_kind", "lat", "lon", "date_from", "date_to", "event_type")
    for i in range(n):
        lat, lon = points[i % spots]
        day = FIRST + timedelta(days=rng.randrange(DAYS))
        made = {"claim_id": f"{i:07}", "place_id": f"p{i % spots}", "place_name": f"Place {i % spots}", "lat": lat}
        made |= {"lon": lon, "date_from": day, "date_to": day, "event_type": TYPES[i % len(TYPES)]}
        whole = claim(**made)
        yield {name: whole[name] for name in kept} | {"status": "reported", "origin_id": f"o{i % 5000}"}


def scrub(browser: Browser, generation: Generation, folder: Path, moves: int) -> dict[str, float]:
    """Open the component twice and drag its window; return the figures in milliseconds."""
    script = folder / "page.py"
    script.write_text(SCRIPT.format(path=str(generation.path)), encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port(), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    with serve(*command, environment={}) as (url, _), watch(browser) as watched:
        page = watched.page
        page.add_init_script(WATCH)
        for _ in range(2):
            page.goto(url)
            page.wait_for_function("bench.firstMap !== null")
        first_map = float(page.evaluate("bench.firstMap"))
        took = drag(page, moves)
        watched.assert_clean()
    return {
        "first_map_ms": first_map,
        "median_ms": statistics.median(took),
        "p95_ms": sorted(took)[math.ceil(0.95 * len(took)) - 1],
        "max_ms": max(took),
    }


def drag(page: Page, moves: int) -> list[float]:
    """Draw a window of a tenth of the plot, then move it along in so many steps; return how long each took."""
    box = page.locator(".timeline-plot").bounding_box()
    assert box is not None
    left, width, y = box["x"], box["width"], box["y"] + 20
    page.mouse.move(left + 0.1 * width, y)
    page.mouse.down()
    page.mouse.move(left + 0.2 * width, y)
    page.mouse.up()
    page.wait_for_timeout(1000)  # the rerun of the fragment is not what is measured
    page.mouse.move(left + 0.15 * width, y)
    page.mouse.down()
    page.wait_for_timeout(100)
    page.evaluate("bench.moves.length = 0")
    for n in range(moves):
        page.mouse.move(left + (0.15 + 0.7 * (n + 1) / moves) * width, y)
        page.wait_for_function(f"bench.moves.length > {n}")
    found: list[float] = page.evaluate("bench.moves")
    page.mouse.up()
    return found


def judge(shape: str, figures: Mapping[str, float]) -> list[str]:
    """Return which goals the figures miss."""
    goals = GOALS | {"first_map_ms": FIRST_MAP_MS[shape]}
    return [f"{name} above {goal:.0f}" for name, goal in goals.items() if figures[name] > goal]


def main() -> int:
    """Measure both generations; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--moves", type=int, default=80)
    given = parser.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as name, open_chromium() as browser:
        for shape, n, spots in (("places", given.places, given.places), ("cells", given.events, SPOTS)):
            folder = Path(name) / shape
            generation = publish(folder, {"claims": list(rows(n, spots, seed=3))}, {})
            figures = scrub(browser, generation, folder, given.moves)
            faults = judge(shape, figures)
            missed += faults
            rounded = {key: round(value, 1) for key, value in figures.items()}
            print(
                json.dumps(
                    {"table": "scrubbing", "name": shape, "n": n, "moves": given.moves, **rounded, "faults": faults}
                ),
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
