"""Score the claims read in our own reports (tests/data/reports) against their annotated rows.

    python benchmarks/claims.py --shared ../shared [dev|rows|unseen]

Prints the totals of SHARED/tools/score_events.py, each with its 95 % bootstrap interval over reports. `dev` and `rows`
are tuned on; of `unseen` look at the totals only.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crossval import macro
from score import geoparse, read_lines, score, write_events

REPORTS = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports"

Measure = Callable[[Sequence[dict[str, Any]]], float]


def main() -> int:
    """Print the totals of one part of the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds tools/")
    parser.add_argument("part", nargs="?", choices=("dev", "rows", "news", "unseen", "news_unseen"), default="unseen")
    args = parser.parse_args()
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((REPORTS / args.part).glob("*.json"))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        answers = read_lines(geoparse((t["doc"] for t in truths), folder, args.part))
        rows = write_events(answers, folder / "claims.csv")
        scored = score(args.shared, "score_events.py", REPORTS / args.part, rows, "--json", "--names")
    reports = list(scored["documents"].values())
    print(f"{args.part}: {len(reports)} reports, {scored['total']['gold']} rows")
    for name, measure in MEASURES.items():
        value, low, high = macro(measure, [reports])
        print(f"{name:<13} {value:.3f} [{low:.3f}, {high:.3f}]")
    return 0


def share(of: str, parts: Sequence[str]) -> Measure:
    """Return a measure: the pairs of all reports over what they are a share of."""

    def measure(reports: Sequence[dict[str, Any]]) -> float:
        return sum(r[of] for r in reports) / max(1, sum(r[p] for r in reports for p in parts))

    return measure


def f1(reports: Sequence[dict[str, Any]]) -> float:
    """Return the F1 of the rows found."""
    return share("twice", ["twice", "fp", "fn"])([r | {"twice": 2 * r["tp"]} for r in reports])


def right(attribute: str, counted: str = "tp") -> Measure:
    """Return the measure of an attribute: the share of the paired rows that have it right."""

    def measure(reports: Sequence[dict[str, Any]]) -> float:
        met = [(r[attribute] or 0.0, r[counted]) for r in reports]
        return sum(rate * n for rate, n in met) / max(1, sum(n for _, n in met))

    return measure


MEASURES: dict[str, Measure] = {
    "precision": share("tp", ["tp", "fp"]),
    "recall": share("tp", ["tp", "fn"]),
    "F1": f1,
    "days overlap": right("date_overlap"),
    "status": right("status"),
    "claimant": right("claimant", "claimant_n"),
    "type": right("type"),
}


if __name__ == "__main__":
    sys.exit(main())
