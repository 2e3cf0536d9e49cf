"""Make the pictures of docs/ from the shipped reports: `python benchmarks/screenshot.py` (needs Debian's chromium).

``dateline.png`` is the README's; ``page-WIDTH-THEME.png`` show the page on a laptop and on a phone, light and dark.
"""

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the page is opened as the tests open it

from tests.pages import Watched, choose, open_chromium, serve

Theme = Literal["light", "dark"]

DOCS = Path(__file__).resolve().parent.parent / "docs"
PLACE = "Kharkiv"  # what is said of it is disputed
SIZES = {"1280": (1280, 800), "390": (390, 844)}
THEMES: tuple[Theme, ...] = ("light", "dark")


def main() -> int:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, open_chromium() as browser:
        command = ("-m", "geo", "open", "--data", data, "--no-browser", "--port", "0")
        with serve(*command, environment={}) as (url, _):
            picture(browser, url, (1440, 900), "light", "dateline.png")
            for name, size in SIZES.items():
                for theme in THEMES:
                    picture(browser, url, size, theme, f"page-{name}-{theme}.png")
    return 0


def picture(browser: Browser, url: str, size: tuple[int, int], theme: Theme, name: str) -> None:
    """Open the page at a size and save what is seen: on a phone all of it, for there it is one column."""
    width, height = size
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme) as context:
        page = Watched(context.new_page()).open(url)
        choose(page, PLACE)
        expect(page.locator("[class*='st-key-evidence_dispute_']").first).to_be_visible()
        page.get_by_role("button", name="Understood").click()
        expect(page.get_by_role("button", name="Understood")).to_be_hidden()
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(2000)  # the lists are drawn on canvases, which have no event of their own
        if width < 500:
            height = page.evaluate("document.querySelector('[data-testid=\"stMainBlockContainer\"]').scrollHeight")
            page.set_viewport_size({"width": width, "height": min(height, 2600)})
            page.wait_for_timeout(1000)
        page.screenshot(path=DOCS / name)


if __name__ == "__main__":
    sys.exit(main())
