"""How long the product takes to answer: the help, the import, and the first map of reports that are already built.

    python benchmarks/startup.py [--runs 5] [--json]

The shipped reports are built once, in a folder of the benchmark's own. Each start is a process of its own, with the
operating system's file cache warm from one start before that is not counted. The first map takes from the start of
``dateline open`` until Chromium, already running, has drawn the places in a fresh profile. ``seconds`` is the best of
the runs, for what else the machine does only adds to it; ``median`` is the middle one.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the starts are the tests'

from geo.build import Config, build
from geo.resources import resource
from tests.pages import open_chromium
from tests.starting import FIRST_MAP, GOALS, HELP, IMPORT, import_package, measure, open_map, show_help


@contextmanager
def starts() -> Iterator[dict[str, Callable[[], float]]]:
    """Yield what starts each; the reports are built and the browser runs."""
    with tempfile.TemporaryDirectory() as data, open_chromium() as browser:
        build(resource("seeds"), Path(data), Config())
        yield {HELP: show_help, IMPORT: import_package, FIRST_MAP: partial(open_map, browser, Path(data))}


def main() -> int:
    """Measure all and print a row for each; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    given = parser.parse_args()
    missed = False
    if not given.json:
        print(f"{'':28}{'best':>8}{'median':>9}{'goal':>8}")
    with starts() as started:
        for what, start in started.items():
            took = measure(start, given.runs)
            best, median = min(took), statistics.median(took)
            missed |= best > GOALS[what]
            print(told(what, best, median, as_json=given.json), flush=True)
    return int(missed)


def told(what: str, best: float, median: float, *, as_json: bool) -> str:
    """Return a row as text or as JSON."""
    if as_json:
        row = {"table": "startup", "what": what, "seconds": round(best, 3), "median": round(median, 3)}
        return json.dumps(row | {"goal": GOALS[what]})
    return f"{what:28}{best:7.2f}s{median:8.2f}s{GOALS[what]:7.1f}s"


if __name__ == "__main__":
    sys.exit(main())
