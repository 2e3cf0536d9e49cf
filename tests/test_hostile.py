"""Strings that would run in a template, a script or a page, in every field: all are plain text and nothing runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from streamlit_folium import generate_leaflet_string

from geo.filters import EVERYTHING
from geo.maps import draw_map, draw_places
from geo.resources import resource
from geo.store import publish
from geo.view import build_view
from tests.pages import claim, free_port, open_chromium, report, serve, watch

HOSTILE = [
    "{{ cycler.__init__.__globals__.os.getpid() }}",
    "{{ 1337*7 }}",
    "${window.hacked=1}",
    "`;window.hacked=1;`",
    "\\`;window.hacked=1;//",
    "{% raw %}{{ 1337*7 }}",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\\u003cimg src=x onerror=window.hacked=1\\u003e",
    "**bold** :red[x] [link](javascript:window.hacked=1) $x^2$",
]

WORDS = " and then "


def hostile_tables() -> dict[str, list[dict[str, object]]]:
    """Return a report and a claim for each string, the string in every field that is text."""
    tables: dict[str, list[dict[str, object]]] = {"claims": [], "reports": [], "tray": []}
    for n, words in enumerate(HOSTILE):
        text = f"{words} before. {words}{WORDS}{words}. {words} after."
        start = len(words) + 9
        everywhere = dict.fromkeys(
            ("text", "place_name", "place_id", "country_code", "admin1_code", "place_reason", "date_text"), words
        )
        said = dict.fromkeys(("claimant", "cue", "verification", "event_type", "status"), words)
        row = claim(claim_id=f"c{n}", report_id=f"r{n}", report=words, start=start, end=len(text) - len(words) - 7)
        tables["claims"].append(row | everywhere | said | {"lat": 48.0 + n / 4, "lon": 36.0 + n / 4})
        fields = dict.fromkeys(("report", "title", "outlet", "url", "origin", "origin_id"), words)
        tables["reports"].append(report(report_id=f"r{n}", text=text) | fields)
        tables["tray"].append(
            {"kind": "unreadable", "report": words, "reason": words, "text": words, "report_id": "", "claim_id": ""}
        )
    return tables


def test_a_folium_map_holds_none_of_them(tmp_path: Path) -> None:
    features = build_view(publish(tmp_path, hostile_tables(), {}), EVERYTHING).features
    assert {f.name for f in features} == set(HOSTILE)
    fmap = draw_map(features)
    draw_places(features, features[0].number).add_to(fmap)
    html = fmap.get_root().render() + generate_leaflet_string(fmap)
    for words in HOSTILE:
        assert words not in html
    for part in ("hacked", "cycler", "1337", "9359", "onerror", "javascript:", "**"):
        assert part not in html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


def assert_nothing_ran(page: Page, pid: int) -> None:
    for frame in page.frames:
        assert frame.evaluate("window.hacked") is None
    text = page.inner_text("body")
    assert "9359" not in text
    assert not re.search(rf"\b{pid}\b", text)


PAGE = """
import runpy
from pathlib import Path
from types import SimpleNamespace
import geo.build
from geo.store import current

def published(*_):
    return SimpleNamespace(generation=current(Path({root!r})), model="a model")

geo.build.build_if_stale = published
runpy.run_path({dashboard!r}, run_name="__main__")
"""


@pytest.mark.long
@pytest.mark.browser
def test_in_every_column_they_are_plain_text(browser: Browser, tmp_path: Path) -> None:
    publish(tmp_path, hostile_tables(), {})
    script = tmp_path / "page.py"
    script.write_text(PAGE.format(root=str(tmp_path), dashboard=str(resource("dashboard.py"))), encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port(), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    with serve(*command, environment={"DATELINE_FOLDER": str(tmp_path)}) as (url, pid), watch(browser) as watched:
        frame = watched.open(url)
        assert frame.evaluate("dateline.countPlaces()") == len(HOSTILE)
        for words in HOSTILE:
            choose(watched.page, words)
            evidence = watched.page.locator(".st-key-evidence")
            expect(evidence.locator(".st-key-sentence_0")).to_have_text(f"{words}{WORDS}{words}.")
            expect(evidence.locator(".st-key-what_0")).to_contain_text(f"{words} by {words} (“{words}”)")
            expect(evidence.locator(".st-key-notes_0")).to_contain_text(f"Place: {words}")
            hover(watched.page, frame, words)
            expect(frame.locator(".dateline-tip strong")).to_have_text(words)
        for tab in ("Trays", "Reports", "Claims"):
            watched.page.get_by_role("tab", name=tab).click()
            expect(watched.page.get_by_role("tabpanel").locator("canvas").first).to_be_visible()
        assert_nothing_ran(watched.page, pid)
        watched.assert_clean()


@pytest.mark.long
@pytest.mark.browser
def test_in_files_and_a_gazetteer_they_are_plain_text(browser: Browser, reports: Path, tmp_path: Path) -> None:
    words = [w for w in HOSTILE if not set('|,"\\') & set(w)]
    rows = [
        f"t:{n},{w},Zed{chr(97 + n)}burg,P,PPL,UA,07,{48 + n / 4},{36 + n / 4},5,,,hand" for n, w in enumerate(words)
    ]
    gazetteer = tmp_path / "gazetteer.csv"
    shipped = resource("gazetteer.csv").read_text(encoding="utf-8").splitlines()
    gazetteer.write_text("\n".join([*shipped, *rows]), encoding="utf-8")
    for n, w in enumerate(words):
        text = f"{w}\n\nUkrainian troops recaptured Zed{chr(97 + n)}burg on 10 September 2022, the mayor said {w}."
        (reports / f"{w.replace('/', '∕')}.txt").write_text(text, encoding="utf-8")
    manifest = "\n".join(f"{w.replace('/', '∕')}.txt,{w},{w},2022-09-11,{w}" for w in words)
    (reports / "reports.csv").write_text(f"file,title,outlet,published,url\n{manifest}\n", encoding="utf-8")
    (reports / f"{words[0]} broken.txt").write_bytes(b"\0")
    command = ["-m", "geo", "open", str(reports), "--gazetteer", str(gazetteer), "--model", "none"]
    command += ["--no-browser", "--port", "0"]
    with (
        serve(*command, environment={"DATELINE_DATA": str(tmp_path / "data")}) as (url, pid),
        watch(browser) as watched,
    ):
        frame = watched.open(url)
        assert frame.evaluate("dateline.countPlaces()") == len(words)
        for n, w in enumerate(words):
            choose(watched.page, w)
            sentence = f"Ukrainian troops recaptured Zed{chr(97 + n)}burg on 10 September 2022, the mayor said {w}."
            expect(watched.page.locator(".st-key-evidence .st-key-paragraph_0")).to_contain_text(sentence)
        assert_nothing_ran(watched.page, pid)
        watched.assert_clean()


def choose(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Place").click()
    page.keyboard.type(name)
    page.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(name)}\s+\(")).click()


def hover(page: Page, frame: Frame, name: str) -> None:
    at = frame.evaluate(
        """name => {
            const named = Array.from(parent.frames).find((frame) => frame.datelineNames).datelineNames;
            const layer = Object.values(map._layers).find((l) => named[l.feature?.properties.id] === name);
            return map.latLngToContainerPoint(layer.datelineAt);
        }""",
        name,
    )
    box = frame.frame_element().bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
