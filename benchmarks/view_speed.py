"""What a move of the filter costs: the processor time of each list and count, on a made generation.

    python benchmarks/view_speed.py [--claims N]

A report for every five claims, a place for every thirty, two origins in five reports each; the words are drawn by
chance. Processor time, the median of seven calls after a first one that opens the files; the first facets of a
generation take a second more, for they are then turned into numbers.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the rows are the tests'

from geo.evidence import find_event_evidence, find_evidence
from geo.facets import count_facets
from geo.figures import figures_over_time
from geo.filters import EVERYTHING, Filter
from geo.model import EventType, Status
from geo.periods import compare_periods, histogram
from geo.store import Generation, publish
from geo.view import build_view, list_claims, list_events, list_places
from tests.pages import claim, report

CALLS = 7
WORDS = """troops town region military strike officials reported wounded village bridge artillery river evacuated
    hospital power station residents shelling overnight""".split()
COUNTRIES = "UA RU FR DE SY IQ US".split()
FIRST_DAY = date(2022, 1, 1)
DAYS = 400

SUMMER = (date(2022, 6, 1), date(2022, 9, 1))
FILTERS = {
    "everything": EVERYTHING,
    "three months": Filter(*SUMMER),
    "+ type, place, status": Filter(
        *SUMMER, event_types=("battle", "strike"), places=("country:UA",), statuses=("reported",)
    ),
    "+ words, sources": Filter(*SUMMER, text="hospital bridge", min_sources=2),
}
CALLED: dict[str, Callable[[Generation, Filter], Any]] = {
    "build_view": build_view,
    "count_facets": count_facets,
    "histogram": histogram,
    "list_events": list_events,
    "list_places": list_places,
    "list_claims": list_claims,
    "compare_periods": lambda generation, chosen: compare_periods(generation, chosen, SUMMER, (SUMMER[1], date.max)),
    "figures_over_time": figures_over_time,
}


def main() -> int:
    """Make the generation and print a line for each call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=100_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        generation = make_generation(Path(folder), args.claims)
        for name, call in CALLED.items():
            for words, chosen in FILTERS.items():
                print(f"{name:20} {words:24} {milliseconds(partial(call, generation, chosen)):7.1f} ms")
        place = list_places(generation, EVERYTHING).place_id[0]
        (event,) = generation.records("SELECT event_id FROM events ORDER BY len(claim_ids) DESC, event_id LIMIT 1")
        first = milliseconds(lambda: find_evidence(generation, place, EVERYTHING, 25))
        print(f"{'find_evidence':20} {'25 claims of a place':24} {first:7.1f} ms")
        whole = milliseconds(lambda: find_event_evidence(generation, event["event_id"]))
        print(f"{'find_event_evidence':20} {'':24} {whole:7.1f} ms")
    return 0


def milliseconds(call: Callable[[], Any]) -> float:
    """Return the median processor time of a call."""
    call()
    times = []
    for _ in range(CALLS):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def make_generation(folder: Path, n_claims: int) -> Generation:
    """Publish made claims with their reports and events."""
    rng = random.Random(1)
    reports = list(_reports(rng, max(1, n_claims // 5)))
    places = list(_places(rng, max(1, n_claims // 30)))
    claims = list(_claims(rng, n_claims, reports, places))
    return publish(folder, {"reports": reports, "claims": claims, "events": list(_events(rng, claims))}, {})


def _sentence(rng: random.Random, n_words: int) -> str:
    return " ".join(rng.choices(WORDS, k=n_words)).capitalize() + "."


def _reports(rng: random.Random, n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        yield report(
            report_id=f"r{number}",
            report=f"{number}.txt",
            title=_sentence(rng, 6),
            outlet=f"Outlet {rng.randrange(200)}",
            origin_id=f"o{rng.randrange(1 + n // 2)}",
            origin=rng.choice(["Reuters", "AP", "AFP", "", ""]),
            text="\n".join(_sentence(rng, 20) for _ in range(20)),
            published=FIRST_DAY + timedelta(days=rng.randrange(DAYS)),
        )


def _places(rng: random.Random, n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        yield {
            "place_id": f"gn:{number}",
            "place_name": f"Place {number}",
            "country_code": rng.choice(COUNTRIES),
            "admin1_code": f"{rng.randrange(25):02}",
            "lat": rng.uniform(-60, 70),
            "lon": rng.uniform(-180, 180),
        }
    for code in COUNTRIES:
        yield {
            "place_id": f"country:{code}",
            "place_name": code,
            "country_code": code,
            "admin1_code": "",
            "place_kind": "country",
        }


def _claims(
    rng: random.Random, n: int, reports: list[dict[str, Any]], places: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    frequent = rng.choices(places, weights=[1 / (1 + rank) ** 0.7 for rank in range(len(places))], k=n)
    for number, place in enumerate(frequent):
        told = rng.choice(reports)
        first = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        yield claim(
            claim_id=f"{number:016x}",
            report_id=told["report_id"],
            report=told["report"],
            origin_id=told["origin_id"],
            end=50,
            text=_sentence(rng, 20),
            date_from=first,
            date_to=first + timedelta(days=rng.choice([0, 0, 0, 1, 3, 30, 500])),
            event_type=rng.choice(list(EventType)).value,
            status=rng.choices(list(Status), [8, 4, 1, 1])[0].value,
            claimant=rng.choice(["", f"Person {rng.randrange(5000)}"]),
            quantity=rng.choice([None, None, None, None, None, 3.0, 40.0, 6000.0]),
            unit="people",
            quantity_of=rng.choice(["people killed", "people wounded"]),
            **place,
        )


def _events(rng: random.Random, claims: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Put up to three claims of a place and type into an event."""
    order = sorted(claims, key=lambda row: (row["place_id"], row["event_type"], row["claim_id"]))
    copied = ("place_id", "place_name", "country_code", "admin1_code", "date_from", "date_to", "event_type", "status")
    while order:
        group = [order.pop() for _ in range(min(len(order), rng.choice([1, 1, 1, 2, 3])))]
        yield {
            "event_id": group[0]["claim_id"],
            "claim_ids": [row["claim_id"] for row in group],
            "headline": group[0]["text"],
            "independent_sources": len({row["origin_id"] for row in group}),
            "disputed": len(group) > 1 and rng.random() < 0.1,
            **{name: group[0][name] for name in copied},
        }


if __name__ == "__main__":
    sys.exit(main())
