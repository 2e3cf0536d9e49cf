"""Make docs/dateline.png from the shipped reports: `python benchmarks/screenshot.py` (needs Debian's chromium)."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "dateline.png"
PLACE = "Kharkiv"  # what is said of it is disputed


def main() -> int:
    with tempfile.TemporaryDirectory() as data, serve(data) as url, sync_playwright() as playwright:
        arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        map_frame = page.frame_locator("iframe[title^='streamlit_folium']")
        map_frame.locator(".leaflet-control-scale").wait_for()
        page.get_by_role("combobox", name="Place").click()
        page.keyboard.type(PLACE)
        page.keyboard.press("Enter")
        page.locator(".st-key-dispute_0").wait_for()
        page.mouse.click(700, 30)
        page.wait_for_timeout(2000)  # the list's font and the map's names have no event of their own
        TARGET.parent.mkdir(exist_ok=True)
        page.screenshot(path=TARGET)
        browser.close()
    return 0


@contextmanager
def serve(data: str) -> Iterator[str]:
    """Run the page until the block ends and yield its address."""
    command = [sys.executable, "-m", "geo", "open", "--data", data, "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        address = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)), None)
        if address is None:
            raise SystemExit("the server ended without an address")
        try:
            yield address[0]
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
