"""Strings that would run in a template, a script or a page, in every field: all are plain text and nothing runs."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit_folium import generate_leaflet_string

from geo.filters import EVERYTHING, Filter, to_query
from geo.maps import draw_map, draw_places
from geo.page import texts
from geo.resources import resource
from geo.store import project_folder, publish
from geo.view import build_view
from tests.pages import choose, claim, expect_places, free_port, open_chromium, report, serve, watch, where

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

HALVES = [" ".join(HOSTILE[:6]), " ".join(HOSTILE[6:])]
"""For what shows one string at a time, and costs a page for each: short enough for an author and for a sentence."""
ALL_IN_ONE = " ".join(HALVES)

WORDS = " and then "


def hostile_tables(strings: Sequence[str] = HOSTILE) -> dict[str, list[dict[str, object]]]:
    """Return a report and a claim for each string, the string in every field that is text."""
    tables: dict[str, list[dict[str, object]]] = {"claims": [], "reports": [], "tray": []}
    for n, words in enumerate(strings):
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
def test_in_every_column_they_are_plain_text(browser: Browser, reports: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    root = project_folder(data, reports)
    publish(root, hostile_tables([*HALVES, *HOSTILE]), {})
    script = tmp_path / "page.py"
    script.write_text(PAGE.format(root=str(root), dashboard=str(resource("dashboard.py"))), encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port(), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    environment = {"DATELINE_FOLDER": str(reports), "DATELINE_DATA": str(data)}
    with serve(*command, environment=environment) as (url, pid), watch(browser) as watched:
        page = watched.open(url)
        expect_places(page, len(HALVES + HOSTILE))
        for words in HALVES:
            choose(page, words)
            evidence = page.locator("[class*='st-key-evidence_panel']")
            expect(evidence.locator("[class*='st-key-evidence_sentence_']")).to_have_text(f"{words}{WORDS}{words}.")
            expect(evidence.locator("[class*='st-key-evidence_said_']")).to_contain_text(f"{words} (cue: {words})")
            evidence.get_by_role("radio", name=texts.WHY_HERE).click()
            expect(evidence.get_by_text(texts.READ_AS.format(name=words, why=words))).to_be_visible()
            page.mouse.move(*where(page, words))
            expect(page.locator(".dateline-hint strong")).to_have_text(words)
        for name, tab in texts.TABS.items():
            page.get_by_role("radio", name=tab, exact=True).click()
            expect(page.locator(f".st-key-tab_{name} > *").first).to_be_visible()
        for words in HALVES:
            chosen = Filter(claimants=(words,), outlets=(words,), origins=(words,), places=(words,), text=words)
            page.goto(f"{url}/?{urlencode(to_query(chosen), doseq=True)}")
            expect(page.locator(".st-key-chips [class*='st-key-chip_']")).to_have_count(5)
            page.get_by_role("button", name=texts.FILTERS_ON.format(n=5)).click()
            expect(page.get_by_role("combobox", name=texts.FACETS["claimants"][0])).to_be_visible()
        assert_nothing_ran(page, pid)
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
        page = watched.open(url)
        expect_places(page, len(words))
        for n, w in enumerate(words):
            choose(page, w)
            sentence = f"Ukrainian troops recaptured Zed{chr(97 + n)}burg on 10 September 2022, the mayor said {w}."
            expect(page.locator("[class*='st-key-evidence_paragraph_']").first).to_contain_text(sentence)
        assert_nothing_ran(page, pid)
        watched.assert_clean()
