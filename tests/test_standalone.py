"""Pages of one file, in a real Chromium from disk without the network; whatever is hostile is text there."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from geo.bundle import bundle
from geo.standalone import Page, data_block, json_rows, write_page
from tests.pages import open_chromium
from tests.test_hostile import HOSTILE

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
    page = Page(scripts=["globalThis.first = 1;"], module=bundle(MODULES, "page.js"), **given)
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
    assert opened.tab.evaluate("[globalThis.first, globalThis.blob, document.title]") == [1, "bytes", HOSTILE[6]]
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
    assert re.fullmatch(r"'sha256-[\w+/=]{44}' 'sha256-[\w+/=]{44}'", rules["script-src"])
    assert re.fullmatch(r"'sha256-[\w+/=]{44}'", rules["style-src"])


@pytest.mark.parametrize("source", ["'</script>'", "'</SCRIPT '", "'<!--'", "a\r\nb"])
def test_a_script_that_would_end_itself_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="a script of the page holds"):
        as_html(Page("A title", "", scripts=[source]))
    with pytest.raises(ValueError, match="a style of the page"):
        as_html(Page("A title", "", styles=["</style>"]))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_data_is_whole_and_never_ends_its_block(texts: list[str]) -> None:
    block = "".join(json_rows({"text": text, "day": date(2022, 9, 10)} for text in texts))
    assert not set("<\u2028\u2029\r\0") & set(block)
    assert json.loads(block) == [{"text": text, "day": "2022-09-10"} for text in texts]
