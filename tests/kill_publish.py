"""Helper of test_store: kill a publishing process at its n-th step on the disk, for every n; print what is left.

Run as ``python kill_publish.py FOLDER``. Each step is one write, fsync, rename, mkdir or unlink. Forking from a process
of its own keeps the threads of the test run out of it.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from geo import store

Rows = dict[str, list[dict[str, Any]]]
OLD: Rows = {"reports": [{"report_id": "a", "report": "a.txt", "text": "old " * 1000}]}
NEW: Rows = {"reports": [{"report_id": "b", "report": "b.txt", "text": "new " * 1000}]}
_STEPS = ("fsync", "rename", "replace", "mkdir", "unlink", "rmdir")


def die_at(step: int) -> Callable[[], int]:
    """Make this process kill itself at its ``step``-th step; return a counter of the steps."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            count()
            return real(*args, **kwargs)

        return wrapped

    def half_written(table: Any, file: Any, **kwargs: Any) -> None:
        whole = BytesIO()
        write_table(table, whole, **kwargs)
        data = whole.getvalue()
        file.write(data[: len(data) // 2])
        file.flush()
        count()
        file.write(data[len(data) // 2 :])

    write_table = pq.write_table
    pq.write_table = half_written
    for name in _STEPS:
        setattr(os, name, before(getattr(os, name)))
    return lambda: done


def in_child(action: Callable[[], None]) -> int:
    """Run an action in a forked process; return the signal that ended it, 0 for none."""
    if not (child := os.fork()):
        try:
            action()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def count_steps(root: Path) -> int:
    """Return how many steps the publication of NEW over OLD takes."""
    read, write = os.pipe()

    def publish() -> None:
        steps = die_at(0)
        store.publish(root, NEW, {"key": "new"})
        os.write(write, str(steps()).encode())

    in_child(publish)
    return int(os.read(read, 10))


def attempt(root: Path, step: int) -> dict[str, Any]:
    """Kill at one step, then say which generation stands, whether it is whole and what a second try gives."""
    for number in range(3):  # so that the publication also has an old generation to delete
        store.publish(root, OLD, {"key": f"old{number}"})

    def publish() -> None:
        die_at(step)
        store.publish(root, NEW, {"key": "new"})

    signal_ = in_child(publish)
    generation = store.current(root)
    rows = generation.table("reports").to_pylist()
    again = store.publish(root, NEW, {"key": "new"})
    shown = {
        "signal": signal_,
        "key": generation.meta["key"],
        "whole": rows[0]["text"] == (NEW if generation.meta["key"] == "new" else OLD)["reports"][0]["text"],
        "again": again.generation_id,
        "left": sorted(p.name for p in (root / "generations").iterdir() if p.name.startswith(".")),
        "kept": len(list((root / "generations").iterdir())),
    }
    shutil.rmtree(root)
    return shown


def main() -> None:
    """Print one JSON object: the right generation's id and an attempt for every step."""
    folder = Path(sys.argv[1])
    for number in range(3):
        store.publish(folder / "count", OLD, {"key": f"old{number}"})
    steps = count_steps(folder / "count")
    expected = store.publish(folder / "expected", NEW, {"key": "new"}).generation_id
    print(json.dumps({"expected": expected, "attempts": [attempt(folder / "x", n + 1) for n in range(steps)]}))


if __name__ == "__main__":
    main()
