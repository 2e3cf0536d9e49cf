"""Pages of one file, in a real Chromium from disk without the network; whatever is hostile is text there."""

import base64
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from geo.build import BuildReport
from geo.bundle import bundle
from geo.filters import EVERYTHING, Filter
from geo.resources import resource
from geo.standalone import Page, data_block, export_html, json_rows, write_page
from geo.store import Generation, publish
from geo.view import list_claims
from tests.pages import open_chromium
from tests.test_hostile import ALL_IN_ONE, HOSTILE, hostile_tables

MODULES = {
    "page.js": """import { read } from "./read.js";
import { paint } from "./paint.js";
paint(document.getElementById("list"), read("rows"));
globalThis.blob = atob(read("blob"));
""",
    "read.js": "export const read = (id) => JSON.parse(document.getElementById(id).textContent);\n",
    "paint.js": """export function paint(list, rows) {
  for (const row of rows) list.appendChild(document.createElement("li")).textContent = row.text;
}
""",
}


def as_html(page: Page, **data: Iterable[str]) -> str:
    file = io.StringIO()
    write_page(page, data, file)
    return file.getvalue()


def made(rows: Iterable[Mapping[str, Any]], **changes: Any) -> str:
    given = {"title": "A title", "body": '<ul id="list"></ul>', "styles": ["li { color: rgb(1, 2, 3); }"]} | changes
    page = Page(module=bundle(MODULES, "page.js"), **given)
    return as_html(page, rows=json_rows(rows), blob=data_block(b"bytes"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


class Opened:
    """A page from disk, with all that it complained of and every address that it asked for."""

    def __init__(self, tab: Tab, path: Path) -> None:
        self.tab = tab
        self.said: list[str] = []
        self.asked: list[str] = []
        tab.on("console", lambda message: self.said.append(message.text))
        tab.on("pageerror", lambda error: self.said.append(str(error)))
        tab.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.goto(path.as_uri())
        self.own = path.as_uri()

    def assert_clean(self) -> None:
        assert self.said == []
        assert [url for url in self.asked if not url.startswith(("data:", "blob:"))] == [self.own]
        assert self.tab.evaluate("window.hacked") is None


def open_page(browser: Browser, html: str, folder: Path) -> Opened:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context(offline=True)
    return Opened(context.new_page(), path)


@pytest.mark.browser
def test_it_runs_from_disk_without_the_network(browser: Browser, tmp_path: Path) -> None:
    words = [*HOSTILE, "two\u2028lines\u2029", "<!--<script>", "a\0b\r\nc"]
    opened = open_page(browser, made([{"text": w} for w in words], title=HOSTILE[6]), tmp_path)
    assert opened.tab.evaluate("[...document.querySelectorAll('li')].map((item) => item.textContent)") == words
    assert opened.tab.evaluate("[globalThis.blob, document.title]") == ["bytes", HOSTILE[6]]
    assert opened.tab.evaluate("getComputedStyle(document.querySelector('li')).color") == "rgb(1, 2, 3)"
    opened.assert_clean()


@pytest.mark.browser
def test_its_policy_runs_nothing_else_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    intruders = """<script>window.hacked = 1</script><img src="x" onerror="window.hacked = 1">
        <img src="http://127.0.0.1:9/x.png"><link rel="stylesheet" href="http://127.0.0.1:9/x.css">
        <iframe src="javascript:parent.hacked = 1"></iframe><a id="a" href="javascript:window.hacked = 1">a</a>"""
    opened = open_page(browser, made([{"text": "a"}], body=f'<ul id="list"></ul>{intruders}'), tmp_path)
    opened.tab.click("#a")
    tried = "fetch('http://127.0.0.1:9/').then(() => 'went', () => 'refused')"
    assert opened.tab.evaluate(tried) == "refused"
    assert opened.tab.evaluate("window.hacked") is None
    assert opened.tab.evaluate("document.querySelectorAll('li').length") == 1
    refused = [line for line in opened.said if "Content Security Policy" in line]
    assert len(refused) >= 6


def test_the_policy_names_each_script_and_style_by_hash() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made([]))
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == rules["connect-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/=]{44}'", rules["script-src"])
    assert re.fullmatch(r"'sha256-[\w+/=]{44}'", rules["style-src"])


@pytest.mark.parametrize("source", ["'</script>'", "'</SCRIPT '", "'<!--'", "a\r\nb"])
def test_a_script_that_would_end_itself_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="the script of the page holds"):
        as_html(Page("A title", "", module=source))
    with pytest.raises(ValueError, match="a style of the page"):
        as_html(Page("A title", "", styles=["</style>"]))


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_data_is_whole_and_never_ends_its_block(texts: list[str]) -> None:
    block = "".join(json_rows({"text": text, "day": date(2022, 9, 10)} for text in texts))
    assert not set("<\u2028\u2029\r\0") & set(block)
    assert json.loads(block) == [{"text": text, "day": "2022-09-10"} for text in texts]


def exported(generation: Generation, chosen: Filter = EVERYTHING, **words: str) -> str:
    file = io.StringIO()
    export_html(generation, chosen, file, **words)  # type: ignore[arg-type]
    return file.getvalue()


def block(html: str, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.browser
def test_the_page_shows_map_timeline_and_sentences(browser: Browser, seeds_build: BuildReport, tmp_path: Path) -> None:
    claims = list_claims(seeds_build.generation, EVERYTHING)
    opened = open_page(browser, exported(seeds_build.generation, title="Kharkiv"), tmp_path)
    tab = opened.tab
    heading, sentences = tab.locator(".evidence-heading"), tab.locator(".evidence-words")
    assert tab.inner_text("h1") == "Kharkiv"
    expect(heading).to_have_text(f"All places: {len(claims)} claims")
    assert sentences.all_inner_texts() == list(claims["sentence"])[:100]
    tab.locator(".evidence-more").click()
    expect(sentences).to_have_count(len(claims))

    tab.get_by_role("slider", name="First day shown").focus()
    tab.keyboard.press("End")  # the last day alone
    last = claims["date_to"].max().date()
    expect(heading).to_have_text(f"All places: {len(list_claims(seeds_build.generation, Filter(last, last)))} claims")
    tab.get_by_role("button", name="All", exact=True).click()
    expect(heading).to_have_text(f"All places: {len(claims)} claims")

    first = tab.locator(".dateline-places").get_by_role("option").first  # not of the player's speeds
    first.press("Enter")
    expect(heading).not_to_have_text(re.compile("^All places"))
    place = (heading.text_content() or "").partition(":")[0]
    expect(sentences).to_have_text(list(claims["sentence"][claims["place_name"] == place]))
    tab.get_by_role("button", name="Show all places").click()
    expect(heading).to_have_text(f"All places: {len(claims)} claims")
    opened.assert_clean()


@pytest.mark.browser
def test_hostile_words_are_text_on_the_page(browser: Browser, tmp_path: Path) -> None:
    generation = publish(tmp_path / "data", hostile_tables(), {})
    opened = open_page(browser, exported(generation, title=ALL_IN_ONE), tmp_path)
    assert opened.tab.inner_text("h1") == ALL_IN_ONE
    opened.assert_clean()
    shown = opened.tab.locator(".evidence-words").all_text_contents()
    assert sorted(shown) == sorted(HOSTILE)
    where = opened.tab.locator(".evidence-where").all_text_contents()
    assert sorted(where) == sorted(f"2022-09-10 · {words}" for words in HOSTILE)


@pytest.mark.browser
def test_a_page_of_nothing_opens(browser: Browser, tmp_path: Path) -> None:
    opened = open_page(browser, exported(publish(tmp_path / "data", {}, {})), tmp_path)
    assert opened.tab.inner_text("#summary") == "no claim"
    opened.assert_clean()


def test_a_page_holds_what_the_filter_lets_through_and_no_more(seeds_build: BuildReport) -> None:
    chosen = Filter(date(2022, 9, 10), date(2022, 9, 10), statuses=("claimed",))
    claims = list_claims(seeds_build.generation, chosen)
    html = exported(seeds_build.generation, chosen)
    rows = block(html, "rows")
    assert [row["sentence"] for row in rows] == list(claims["sentence"])
    assert 0 < len(rows) < len(list_claims(seeds_build.generation, EVERYTHING))
    assert all(row["from"] <= "2022-09-10" <= row["to"] and row["status"] == "claimed" for row in rows)
    scene = base64.b64decode(block(html, "scene"))
    names = json.loads(scene[4 : 4 + int.from_bytes(scene[:4], "little")])["names"]
    assert set(names) == {row["place"] for row in rows}


def test_a_page_hands_on_the_licence_of_what_it_holds(seeds_build: BuildReport) -> None:
    assert (resource("web") / "leaflet.LICENSE.txt").read_text(encoding="utf-8") in exported(seeds_build.generation)
