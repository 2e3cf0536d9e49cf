"""How long the product takes to answer; tests hold it to the bounds, ``benchmarks/startup.py`` prints the figures.

Each start is a process of its own. The product's code is compiled and kept as for any user, also where the environment
forbids Python to write such files: to compile it anew would be most of what is measured.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from tests.pages import serve, watch

HELP, IMPORT, FIRST_MAP = "dateline --help", 'python -c "import geo"', "dateline open, first map"
GOALS = {HELP: 0.3, IMPORT: 0.3, FIRST_MAP: 4.0}
"""The longest that each may take, in seconds."""

_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def measure(start: Callable[[], float], runs: int) -> list[float]:
    """Return the seconds of so many starts, after one that only warms the file cache."""
    start()
    return [start() for _ in range(runs)]


def show_help() -> float:
    """Return the seconds of ``dateline --help``."""
    return _run_python("-m", "geo", "--help")


def import_package() -> float:
    """Return the seconds of a process that imports the package."""
    return _run_python("-c", "import geo")


def _run_python(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=os.environ | _COMPILED, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def open_map(browser: Browser, data: Path) -> float:
    """Open the shipped reports, built in ``data``, in a fresh profile; return the seconds until their map was drawn."""
    command = ("-m", "geo", "open", "--data", str(data), "--no-browser", "--port", "0")
    began = time.perf_counter()
    with serve(*command, environment=_COMPILED) as (url, _), watch(browser) as watched:
        watched.open(url)
        took = time.perf_counter() - began
        watched.assert_clean()
    return took
