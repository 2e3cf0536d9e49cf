"""What a move of the filter costs: every question that the page asks, under filters drawn by chance.

    python benchmarks/view_speed.py [--claims 100000 1000000] [--filters 20] [--only NAME] [--data FOLDER] [--json]

Made generations (``big_generation``) are kept in the folder of ``--data``. Each call is asked under so many filters,
each of which nobody asked before: days, types, places, statuses, words, sources and boxes, alone and together. Times
are milliseconds, of the wall and of the processors; ``bytes`` is the most that an answer weighs on its way to the page.
What is loaded once a generation is timed apart, as ``opening``.
"""

import argparse
import json
import math
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.big_generation import COUNTRIES, DAYS, FIRST_DAY, FREQUENT, PEOPLE, PLACES, open_generation
from geo.chronicle import read_chronicle
from geo.evidence import find_disputes, find_evidence
from geo.facets import count_facets
from geo.figures import list_series, read_points
from geo.filters import EVERYTHING, Filter
from geo.model import EventType, Status
from geo.page.tables import MOST_ROWS
from geo.periods import compare_periods, find_halves, histogram
from geo.scene import pack_scene
from geo.store import Generation
from geo.trays import read_trays
from geo.view import (
    count_listed,
    count_view,
    list_claims,
    list_events,
    list_leads,
    list_places,
    read_reports,
    summarise,
)

MOST_EVIDENCE = 25
TYPES, STATUSES = [t.value for t in EventType], [s.value for s in Status]
Call = Callable[[Generation, Filter, random.Random], Any]


def main() -> int:
    """Make the generations and print a line for each call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--filters", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for n_claims in given.claims:
            for row in measure(given.data or Path(folder), n_claims, given.filters, given.only):
                print(json.dumps(row) if given.json else _line(row), flush=True)
    return 0


def _line(row: Mapping[str, Any]) -> str:
    times = "  ".join(f"{name} {row[name]:8.1f}" for name in ("median_ms", "p95_ms", "cpu_ms"))
    return f"{row['n']:>10,}  {row['call']:24} {times}  {row['bytes']:>10,} bytes"


def measure(folder: Path, n_claims: int, n_filters: int, only: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each call on a generation of so many claims."""
    generation = open_generation(folder, n_claims)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = replace(EVERYTHING, text="market", origins=("AFP",))  # words and tables are opened by the first who asks
    opened = timed(lambda: (count_facets(generation, EVERYTHING), list_events(generation, first, 1)))
    yield _row(n_claims, "opening", [opened]) | {
        "more_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    }
    for name, call in CALLED.items():
        if only in name:
            call(generation, EVERYTHING, random.Random(0))  # opens what it needs
            rng = random.Random(name)
            drawn = [draw_filter(rng) for _ in range(n_filters)]
            yield _row(n_claims, name, [timed(partial(call, generation, chosen, rng)) for chosen in drawn])


@dataclass(frozen=True, slots=True)
class Timed:
    """What a call took, in milliseconds, and what its answer weighs."""

    wall: float
    cpu: float
    n_bytes: int


def timed(call: Callable[[], Any]) -> Timed:
    """Return what a call took."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = call()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Timed(wall * 1000, cpu * 1000, weigh(answer))


def weigh(answer: Any) -> int:
    """Return what an answer weighs: of bytes and frames as they are sent, of others as text."""
    if isinstance(answer, bytes):
        return len(answer)
    if isinstance(answer, pd.DataFrame):
        return len(answer.to_json(orient="values", date_format="iso").encode())
    return len(str(answer).encode())


def _row(n: int, call: str, took: list[Timed]) -> dict[str, Any]:
    wall = sorted(t.wall for t in took)
    return {
        "table": "view",
        "n": n,
        "call": call,
        "median_ms": round(statistics.median(wall), 2),
        "p95_ms": round(wall[math.ceil(0.95 * len(wall)) - 1], 2),
        "cpu_ms": round(statistics.median(t.cpu for t in took), 2),
        "cpu_p95_ms": round(sorted(t.cpu for t in took)[math.ceil(0.95 * len(took)) - 1], 2),
        "bytes": max(t.n_bytes for t in took),
    }


# --- filters ---


def draw_filter(rng: random.Random) -> Filter:
    """Return days drawn by chance, with up to three more choices."""
    first = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    length = timedelta(days=rng.choice([0, 6, 30, 180, DAYS]) + rng.randrange(7))
    chosen = Filter(first, first + length)
    for name in rng.sample(list(_CHOICES), rng.choice([0, 0, 1, 1, 2, 3])):
        chosen = replace(chosen, **{name: _CHOICES[name](rng)})
    return chosen


def _draw_places(rng: random.Random) -> tuple[str, ...]:
    one = f"gn:{int(rng.random() ** 3 * PLACES)}"
    return rng.choice(
        [(one,), (f"country:{rng.choice(COUNTRIES)}",), (f"region:{rng.choice(COUNTRIES)}.{rng.randrange(25):02}",)]
    )


def _draw_box(rng: random.Random) -> tuple[float, float, float, float]:
    south, west = rng.uniform(-50, 50), rng.uniform(-170, 150)
    return south, west, south + rng.uniform(1, 40), west + rng.uniform(1, 60)


_CHOICES: Mapping[str, Callable[[random.Random], Any]] = {
    "event_types": lambda rng: tuple(rng.sample(TYPES, rng.randint(1, 4))),
    "statuses": lambda rng: tuple(rng.sample(STATUSES, rng.randint(1, 2))),
    "claimants": lambda rng: (f"Person {int(rng.random() ** 4 * PEOPLE)}", ""),
    "outlets": lambda rng: (f"Outlet {rng.randrange(400)}", "Outlet 1", "Outlet 0"),
    "origins": lambda rng: (rng.choice(["Reuters", "AP", "AFP"]),),
    "places": _draw_places,
    "min_sources": lambda rng: rng.choice([2, 3]),
    "disputed": lambda rng: True,
    "text": lambda rng: " ".join(rng.sample(FREQUENT, rng.randint(1, 2))),
    "bounds": _draw_box,
}

# --- calls ---


def _place(rng: random.Random) -> int:
    return int(rng.random() ** 3 * PLACES)


def _number(generation: Generation, place: int) -> int:
    (row,) = generation.records("SELECT (md5_number_lower(?) >> 11)::BIGINT AS number", [f"gn:{place}"])
    number: int = row["number"]
    return number


def _words(n_words: int) -> Call:
    """Search for words that are in many or in few claims and were never asked for."""

    def search(generation: Generation, chosen: Filter, rng: random.Random) -> Any:
        words = rng.choice([["ba", "de", "ki"], ["lomu", "napeba"], ["bridge"], ["hosp", "rive"]])
        ending = "" if rng.random() < 0.5 else rng.choice("aeiou")
        text = " ".join(rng.choice(words) + ending for _ in range(n_words))
        return count_view(generation, replace(chosen, text=text))

    return search


def _search_phrase(generation: Generation, chosen: Filter, rng: random.Random) -> Any:
    return count_view(generation, replace(chosen, text=f'"{rng.choice(FREQUENT)} {rng.choice(FREQUENT)}"'))


def _compare(generation: Generation, chosen: Filter, rng: random.Random) -> Any:
    middle = FIRST_DAY + timedelta(days=rng.randrange(100, DAYS))
    week = timedelta(days=rng.choice([7, 30, 300]))
    day = timedelta(days=1)
    return compare_periods(generation, chosen, (middle - week, middle - day), (middle, middle + week), MOST_ROWS)


def _figures(generation: Generation, chosen: Filter, rng: random.Random) -> Any:
    series = list_series(generation, chosen, 500)
    return series, read_points(generation, chosen, series[0], 1000) if series else ()


CALLED: Mapping[str, Call] = {
    "count_view": lambda g, f, _: count_view(g, f),
    "list_events": lambda g, f, _: (list_events(g, f, MOST_ROWS), count_listed(g, f, "events"))[0],
    "list_claims": lambda g, f, _: (list_claims(g, f, MOST_ROWS), count_listed(g, f, "claims"))[0],
    "list_places": lambda g, f, _: (list_places(g, f, MOST_ROWS), count_listed(g, f, "places"))[0],
    "list_leads": lambda g, f, _: list_leads(g, f, 8),
    "count_facets": lambda g, f, _: count_facets(g, f),
    "histogram": lambda g, f, _: histogram(g, f),
    "histogram by type": lambda g, f, _: histogram(g, f, "day", "type"),
    "search word": _words(1),
    "search two words": _words(2),
    "search phrase": _search_phrase,
    "find_halves": lambda g, f, _: find_halves(g, f),
    "compare_periods": _compare,
    "figures": _figures,
    "find_evidence": lambda g, f, rng: find_evidence(g, f"gn:{_place(rng)}", f, MOST_EVIDENCE),
    "find_disputes": lambda g, f, rng: find_disputes(g, f"gn:{_place(rng)}", f),
    "read_chronicle": lambda g, f, rng: read_chronicle(g, _number(g, _place(rng)), f, 60),
    "pack_scene": lambda g, f, _: pack_scene(g, replace(f, date_from=date.min, date_to=date.max)),
    "read_trays": lambda g, *_: read_trays(g, MOST_ROWS),
    "read_reports": lambda g, *_: read_reports(g, MOST_ROWS),
    "summarise": lambda g, *_: summarise(g),
}


if __name__ == "__main__":
    sys.exit(main())
