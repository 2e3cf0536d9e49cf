"""Keep the promises of the store at full size; print one JSON object a promise, {"name", "value", "goal", "n"}.

    python benchmarks/store_promises.py [--kills N] [--publishes N] [--corrections N] [--rebuilds N]

``value`` counts what went wrong, of ``n``: publications killed at random instants, and killed, out of disk or refused
by the disk at each of their steps, after which neither the old nor the new generation is whole or a second try gives
other bytes; torn, failed and backward reads under a writer; corrections lost. Every process is started and killed here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print what became of each promise; return 1 where one is broken."""
    options = _options()
    wanted = (
        f"kills_at_random:{options.kills}",
        "kills_at_every_step:0",
        "full_at_every_step:0",
        "broken_at_every_step:0",
        f"readers_and_a_writer:{options.publishes}",
        f"corrections_and_rebuilds:{options.corrections}:{options.rebuilds}",
    )
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.promises", folder, *wanted]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                record = json.loads(line)
                broken += bool(record["faults"])
                print(json.dumps({"name": record["name"], "value": len(record["faults"]), "goal": 0, "n": record["n"]}))
                for fault in record["faults"][:5]:
                    print(fault, file=sys.stderr)
    return int(broken > 0 or process.returncode != 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--publishes", type=int, default=1_000)
    parser.add_argument("--corrections", type=int, default=1_000)
    parser.add_argument("--rebuilds", type=int, default=100)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
