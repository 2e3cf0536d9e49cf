"""Score the claims read in our own reports (tests/data/reports) against their annotated rows.

    python benchmarks/claims.py --shared ../shared [dev|unseen]

Prints SHARED/tools/score_events.py's totals as JSON. Of `unseen` look at the totals only.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from score import geoparse, read_lines, score, write_events

REPORTS = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports"


def main() -> int:
    """Print the totals of one half of the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds tools/")
    parser.add_argument("half", nargs="?", choices=("dev", "unseen"), default="unseen")
    args = parser.parse_args()
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((REPORTS / args.half).glob("*.json"))]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        answers = read_lines(geoparse((t["doc"] for t in truths), folder, args.half))
        rows = write_events(answers, folder / "claims.csv")
        totals = score(args.shared, "score_events.py", REPORTS / args.half, rows, "--json", "--names")["total"]
    print(json.dumps(totals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
