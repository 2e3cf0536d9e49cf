import gc
import subprocess
import sys
from pathlib import Path

import pytest

from geo.memory import collect_rarely

HELD = """
from pathlib import Path
from geo.memory import give_back

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

pieces = [bytes(3_000) for _ in range(60_000)]
kept = bytes(3_000)  # above them: only what lies at the very end is given back by itself
most = held()
del pieces
before = held()
give_back()
print(most, before, held())
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux")
def test_freed_pieces_are_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True)
    most, before, after = map(int, done.stdout.split())
    assert before > 0.8 * most, "else there is nothing to give back"
    assert most - after > 100_000_000


def test_garbage_is_looked_for_less_often_and_still_found() -> None:
    before = gc.get_threshold()
    try:
        collect_rarely()
        assert gc.get_threshold()[0] >= 10 * 700
        assert gc.get_threshold()[1:] == before[1:]
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
