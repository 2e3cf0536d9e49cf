"""The packed scene, and that the browser counts in it what `geo.view` counts."""

import base64
import functools
import json
import random
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page

from geo.build import BuildReport
from geo.cubes import write_indexes
from geo.events import TABLES, schema
from geo.filters import EVERYTHING, Filter
from geo.model import EventType, PlaceKind, Status
from geo.periods import find_days
from geo.resources import resource
from geo.scene import MOST_BYTES, STATUSES, TYPES, pack_scene
from geo.store import Generation, publish
from geo.view import Feature, build_view
from tests.pages import claim, open_chromium, watch

START = date(2022, 1, 1)


def unpack(blob: bytes) -> dict[str, Any]:
    """Return the head of a scene with its columns as lists."""
    length = struct.unpack("<I", blob[:4])[0]
    head: dict[str, Any] = json.loads(blob[4 : 4 + length])
    body = blob[-(-(4 + length) // 8) * 8 :]
    codes = {"|u1": "B", "<u2": "H", "<u4": "I", "<i4": "i", "<f4": "f", "<f8": "d"}
    for name, (kind, offset, n) in head["columns"].items():
        assert offset % 8 == 0
        head[name] = list(struct.unpack_from(f"<{n}{codes[kind]}", body, offset))
    return head


def made(n: int, seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    """Return claims and disputed events of all kinds of days, types and places, and some that are not on the map."""
    rng = random.Random(seed)
    kinds = {f"p{i}": rng.choice(list(PlaceKind)) for i in range(12)}
    rows = []
    for i in range(n):
        place = rng.choice(list(kinds))
        first = START + timedelta(days=rng.randrange(500) - (9000 if rng.random() < 0.02 else 0))
        last = first + timedelta(days=rng.choice([0, 0, 0, 1, 6, 366, 367, 2000]))
        days: Any = rng.choice([(first, last)] * 8 + [(first, None), (None, last), (None, None)])
        rows.append(
            claim(
                claim_id=f"c{i:05}",
                place_id=place if rng.random() < 0.97 else "",
                place_name=f"Place {place}",
                place_kind=kinds[place].value,
                lat=40.0 + int(place[1:]) if rng.random() < 0.98 else None,
                lon=30.0 + int(place[1:]) / 3,
                date_from=days[0],
                date_to=days[1],
                event_type=rng.choice([t.value for t in EventType]),
                status=rng.choice([*Status, *Status, "no such status"]),
                origin_id=f"o{rng.randrange(8)}",
            )
        )
    events = [
        {"event_id": f"e{i}", "claim_ids": [row["claim_id"]], "disputed": i % 3 > 0}
        | {name: row[name] for name in ("place_id", "date_from", "date_to")}
        for i, row in enumerate(rng.sample(rows, 6))
    ]
    return {"claims": rows, "events": events}


def test_a_place_carries_its_kind_and_what_it_hangs_on(tmp_path: Path) -> None:
    hung = {"anchor_lat": 49.98, "anchor_lon": 36.25, "bearing": 135.0}
    rows = [
        claim(claim_id="1"),
        claim(claim_id="2", place_id="r", place_kind="relative", place_name="74 km southeast of Kharkiv", **hung),
        claim(claim_id="3", place_id="k", place_kind="region", admin1_code="07", place_name="Kharkiv region"),
        claim(claim_id="4", place_id="u", place_kind="country", place_name="Ukraine"),
    ]
    scene = unpack(pack_scene(publish(tmp_path, {"claims": rows}, {}), EVERYTHING))
    at = {name: i for i, name in enumerate(scene["names"])}
    town, relative = at["Izyum"], at["74 km southeast of Kharkiv"]
    region, country = at["Kharkiv region"], at["Ukraine"]
    assert [scene["kind"][i] for i in (town, region, country, relative)] == [0, 1, 1, 2]
    assert [scene["isCountry"][i] for i in (town, region, country, relative)] == [0, 0, 1, 0]
    assert (scene["shape"][region] >= 0, scene["shape"][country] >= 0, scene["shape"][town]) == (True, True, -1)
    assert scene["anchorLat"][relative] == pytest.approx(49.98, abs=1e-5)
    assert scene["bearing"][relative] == 135.0
    assert scene["bearing"][town] != scene["bearing"][town]  # not a number


def test_the_same_claims_are_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    tables = made(300)
    blob = pack_scene(publish(tmp_path / "1", tables, {}), EVERYTHING)
    turned = {name: rows[::-1] for name, rows in tables.items()}
    assert pack_scene(publish(tmp_path / "2", turned, {}), EVERYTHING) == blob


def test_a_filter_s_days_do_not_count(tmp_path: Path) -> None:
    generation = publish(tmp_path, made(50), {})
    assert pack_scene(generation, Filter(START, START)) == pack_scene(generation, EVERYTHING)


@pytest.mark.parametrize("rows", [[], [claim(date_from=None, date_to=None)]])
def test_without_a_dated_claim_a_scene_is_empty(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    scene = unpack(pack_scene(publish(tmp_path, {"claims": rows}, {}), EVERYTHING))
    assert (scene["first"], scene["last"], scene["names"]) == (None, None, [])


def test_of_many_claims_only_cells_are_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.scene.MOST_CLAIMS", 5)
    monkeypatch.setattr("geo.scene._CLAIM_BYTES", MOST_BYTES)
    scene = unpack(pack_scene(publish(tmp_path, made(60), {}), EVERYTHING))
    assert scene["shape"] == "cells"
    assert "names" not in scene
    assert len(scene["starts"]) == len(scene["startsN"]) == scene["startsAt"][-1]
    assert sum(scene["startsN"]) == sum(scene["endsN"])


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page that can load the component's modules from 127.0.0.1."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(resource("web")))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open_chromium() as browser, watch(browser) as watched:
            watched.page.goto(f"http://127.0.0.1:{server.server_address[1]}/README.md")
            yield watched.page
        server.shutdown()


def load(page: Page, blob: bytes) -> None:
    """Decode a scene in the page, from bytes that begin at an odd place as they may in a message."""
    page.evaluate(
        """async (text) => {
            const { decodeScene } = await import("/app/scene.js");
            const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const whole = new Uint8Array(bytes.length + 3);
            whole.set(bytes, 3);
            globalThis.scene = decodeScene(whole.subarray(3));
        }""",
        base64.b64encode(blob).decode(),
    )


COUNT = """(window) => {
    const counts = scene.count({ from: scene.day(window[0]), to: scene.day(window[1]) });
    return scene.places.name.map((name, i) => [scene.places.number[i], name, counts.claims[i], counts.sources[i],
        counts.type[i], counts.status[i], counts.disputed[i]]).filter((row) => row[2]);
}"""


def expected(features: tuple[Feature, ...]) -> list[list[Any]]:
    def firmest(statuses: tuple[str, ...]) -> int:
        return min((STATUSES.index(s) for s in statuses if s in STATUSES), default=0)

    return [
        [
            f.number,
            f.name,
            f.n_claims,
            f.independent_sources,
            TYPES.index(f.event_type),
            firmest(f.statuses),
            f.disputed,
        ]
        for f in features
    ]


def windows(first: date, last: date, n: int) -> list[Filter]:
    rng = random.Random(n)
    span = (last - first).days
    pairs = [sorted(first + timedelta(days=rng.randint(-5, span + 5)) for _ in range(2)) for _ in range(n)]
    return [Filter(first, last), Filter(last, last), *(Filter(a, b) for a, b in pairs)]


def assert_same(page: Page, generation: Generation) -> None:
    days = find_days(generation)
    assert days is not None
    load(page, pack_scene(generation, EVERYTHING))
    for window in [*windows(days.first, days.last, 15), *windows(START, START + timedelta(days=500), 15)]:
        found = page.evaluate(COUNT, [window.date_from.isoformat(), window.date_to.isoformat()])
        assert found == expected(build_view(generation, window).features)
    for by in ("type", "status"):
        bins = page.evaluate(
            """(by) => {
                const { first, counts, keys } = scene.histogram("day", by);
                const sum = (n) => counts.slice(n * keys, (n + 1) * keys).reduce((a, b) => a + b);
                return [...first].map((day, n) => [scene.iso(day), sum(n)]).filter((row) => row[1]);
            }""",
            by,
        )
        assert bins == [[day.isoformat(), n] for day, n in days.counts.items()]


@pytest.mark.browser
def test_the_browser_counts_as_the_view_does_on_the_shipped_reports(page: Page, seeds_build: BuildReport) -> None:
    assert_same(page, seeds_build.generation)


@pytest.mark.browser
def test_the_browser_counts_as_the_view_does_on_made_claims(page: Page, tmp_path: Path) -> None:
    assert_same(page, publish(tmp_path, made(3000), {}))


@pytest.mark.browser
@pytest.mark.parametrize(("days_before", "first"), [(9000, "2022-08-31"), (10, "2022-09-03")])
def test_a_few_old_claims_do_not_press_the_news_into_one_bar(
    page: Page, tmp_path: Path, days_before: int, first: str
) -> None:
    last = date(2022, 9, 13)
    rows = [claim(claim_id=f"c{n}", date_from=last, date_to=last) for n in range(9)]
    old = last - timedelta(days=days_before)
    load(page, pack_scene(publish(tmp_path, {"claims": [*rows, claim(date_from=old, date_to=last)]}, {}), EVERYTHING))
    assert page.evaluate("[scene.iso(scene.focus.from), scene.iso(scene.focus.to)]") == [first, "2022-09-13"]


@pytest.mark.browser
@pytest.mark.parametrize("unit", ["week", "month", "year"])
def test_longer_bins_hold_the_sums_of_their_days(page: Page, tmp_path: Path, unit: str) -> None:
    generation = publish(tmp_path, made(500), {})
    days = find_days(generation)
    assert days is not None
    load(page, pack_scene(generation, EVERYTHING))
    bins = page.evaluate(
        """(unit) => {
            const { first, last, counts, keys } = scene.histogram(unit, "status");
            return [...first].map((day, n) => [scene.iso(day), scene.iso(last[n]),
                counts.slice(n * keys, (n + 1) * keys).reduce((a, b) => a + b)]);
        }""",
        unit,
    )
    begins: dict[str, Callable[[date], bool]] = {
        "week": lambda d: d.weekday() == 0,
        "month": lambda d: d.day == 1,
        "year": lambda d: (d.month, d.day) == (1, 1),
    }
    assert (bins[0][0], bins[-1][1]) == (days.first.isoformat(), days.last.isoformat())
    for first, last, n in bins:
        assert n == sum(count for day, count in days.counts.items() if first <= day.isoformat() <= last)
        assert begins[unit](date.fromisoformat(first)) or first == bins[0][0]
        assert begins[unit](date.fromisoformat(last) + timedelta(days=1)) or last == bins[-1][1]


@pytest.mark.browser
@pytest.mark.parametrize("zoom", [2, 5, 9, 11])
def test_cells_hold_the_claims_of_the_places_in_them(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    monkeypatch.setattr("geo.scene.MOST_CLAIMS", 5)
    monkeypatch.setattr("geo.scene._CLAIM_BYTES", MOST_BYTES)
    generation = publish(tmp_path, made(2000), {})
    load(page, pack_scene(generation, EVERYTHING))
    for window in windows(START, START + timedelta(days=500), 10):
        cells = page.evaluate(
            """([from, to, zoom]) => {
                const { x, y, n, type } = scene.cells({ from: scene.day(from), to: scene.day(to) }, zoom);
                return [...n].map((claims, i) => [x[i], y[i], claims, type[i]]);
            }""",
            [window.date_from.isoformat(), window.date_to.isoformat(), zoom],
        )
        features = build_view(generation, window).features
        assert sum(n for _, _, n, _ in cells) == sum(f.n_claims for f in features)
        if zoom < 9:
            continue
        # The made places lie so far apart that each has a cell of its own.
        found = sorted((n, TYPES[kind]) for _, _, n, kind in cells)
        assert found == sorted((f.n_claims, f.event_type) for f in features)
        for f in features:
            x = (f.lon + 180) / 360
            assert min(abs(x - cell[0]) for cell in cells) <= 0.5 / 2 ** min(12, zoom + 3)


@pytest.mark.timed
@pytest.mark.long
def test_a_million_claims_pack_in_little_time_and_room(tmp_path: Path) -> None:
    generation = million(tmp_path)
    pack_scene(generation, EVERYTHING)  # opens the files
    began = time.perf_counter()
    blob = pack_scene(generation, EVERYTHING)
    took = time.perf_counter() - began
    print(f"{len(blob) / 1e6:.1f} MB in {took:.2f} s")
    assert len(blob) <= 1_000_000
    assert took <= 1


def million(folder: Path) -> Generation:
    """Write a generation of a million claims past ``store.publish``, which sorts every row."""
    rng = random.Random(5)
    n = 1_000_000
    places = [(rng.uniform(44, 53), rng.uniform(22, 40)) for _ in range(20_000)]
    at = [rng.randrange(len(places)) for _ in range(n)]
    first = [date(2020, 1, 1) + timedelta(days=rng.randrange(1000)) for _ in range(n)]
    types = [t.value for t in EventType]
    columns = {
        "claim_id": [f"{i:07}" for i in range(n)],
        "place_id": [f"p{i}" for i in at],
        "place_kind": ["settlement"] * n,
        "lat": [places[i][0] for i in at],
        "lon": [places[i][1] for i in at],
        "date_from": first,
        "date_to": first,
        "event_type": [types[i % 14] for i in at],
        "status": ["reported"] * n,
        "origin_id": [f"o{i % 5000}" for i in range(n)],
    }
    for name, declared in TABLES.items():
        given = columns if name == "claims" else {}
        size = n if name == "claims" else 0
        arrays = [pa.array(given.get(c.name, [None] * size), c.type) for c in declared]
        table = pa.Table.from_arrays(arrays, schema=schema(declared))
        if name == "claims":
            table = table.sort_by([("date_from", "ascending"), ("claim_id", "ascending")])
        pq.write_table(table, folder / f"{name}.parquet")
    write_indexes(folder)
    return Generation(folder, {})
