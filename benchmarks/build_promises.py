"""Keep the promises of builds at full size; print one JSON object a promise, {"name", "value", "goal", "n"}.

    python benchmarks/build_promises.py [--reports N] [--rebuilds N] [--kills N] [--added N] [--workers N]
                                        [--model NAME] [--only NAME]

``rebuilds`` counts other hashes than the first, over 1, 2 and 4 workers, shuffled input, hash seeds, time zones and
locales; ``worker_kills`` builds that gave other bytes, or hung; ``unrelated_reports`` tables in which ids changed.
``changed_reports`` changes one report in a hundred of N: the reports read again beyond those, the share of a full
build's time, and whether the bytes are others than a full build's. Every process is started and killed here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = 50  # reports that may be read again besides the changed ones
SHARE = 0.05  # of a full build's time
SECONDS = 30  # without progress


def main() -> int:
    """Print what became of each promise; return 1 where one is broken."""
    options = _options()
    # as many reports as let each run take a few seconds; the promise is about how often, not about how many
    wanted = {
        "rebuilds": f"rebuilds:{options.rebuilds}:200:none",
        "changed_reports": f"changed_reports:{options.reports}:{options.workers}:{options.model}",
        "worker_kills": f"worker_kills:{options.kills}:400:none",
        "unrelated_reports": f"unrelated_reports:{options.added}:1000:none",
    }
    chosen = [text for name, text in wanted.items() if options.only in (None, name)]
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.building", folder, *chosen]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                for record in _records(json.loads(line)):
                    broken += record["value"] > record["goal"]
                    print(json.dumps(record), flush=True)
    return int(broken > 0 or process.returncode != 0)


def _records(kept: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name, n = kept["name"], kept["n"]
    yield {"name": name, "value": len(kept["faults"]), "goal": 0, "n": n}
    for fault in kept["faults"][:5]:
        print(fault, file=sys.stderr)
    if name == "changed_reports":
        share = round(kept["seconds"] / kept["full_seconds"], 4)
        yield {"name": f"{name} read", "value": kept["read"], "goal": kept["changed"] + BATCH, "n": n}
        yield {"name": f"{name} share of the time", "value": share, "goal": SHARE, "n": n}
        print(f"{kept['full_seconds']:.0f} s in full, {kept['seconds']:.0f} s again", file=sys.stderr)
    if name == "worker_kills":
        yield {"name": f"{name} longest wait", "value": round(kept["longest_wait"], 1), "goal": SECONDS, "n": n}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--rebuilds", type=int, default=50)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--added", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", default="", help="of the changed reports' builds; the best one installed by default")
    parser.add_argument("--only", help="the name of one promise")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
