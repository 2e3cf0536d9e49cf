"""The promises of builds, at any size; tests keep them small, ``benchmarks/build_promises.py`` does not.

Run as ``python -m tests.building FOLDER NAME:SIZE:SIZE:MODEL …``: it prints what happened, one JSON object a promise.
An empty MODEL is the best one installed. It starts workers and kills them; the threads of a test run stay out of that.
"""

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

from geo.build import BuildReport, Config, build
from geo.documents import read_documents
from geo.resources import resource
from geo.runners import default_runner, processes
from geo.store import Generation, current, project_folder
from tests.corpora import make_corpus

ROOT = Path(__file__).resolve().parent.parent
SURROUNDINGS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "42", "TZ": "America/St_Johns", "LC_ALL": "POSIX"},
)
WORKERS = (1, 2, 4)
HANG = 30.0  # seconds without progress


def rebuilds(folder: Path, n: int, reports: int, model: str) -> dict[str, Any]:
    """Build a folder again and again, each time written in another order, in other surroundings, by 1, 2, 4 workers."""
    texts = _texts(reports) | _seeds()
    rng, hashes = random.Random(n), set[str]()
    surroundings = cycle(SURROUNDINGS)
    for number in range(n):
        shutil.rmtree(folder, ignore_errors=True)
        _write(folder / "reports", dict(rng.sample(sorted(texts.items()), len(texts))))
        workers = WORKERS[number % len(WORKERS)]
        hashes.add(_built_elsewhere(folder, workers, model, next(surroundings)))
    return {"n": n, "reports": len(texts), "faults": sorted(hashes)[1:]}


def _built_elsewhere(folder: Path, workers: int, model: str, surroundings: Mapping[str, str]) -> str:
    """Build in a process of its own; return the SHA-256 of the generation."""
    command = [sys.executable, "-m", "geo", "build", str(folder / "reports"), "--data", str(folder / "data")]
    command += ["--workers", str(workers), *(["--model", model] if model else [])]
    subprocess.run(command, cwd=ROOT, env=os.environ | surroundings, check=True, capture_output=True)
    generation = current(project_folder(folder / "data", folder / "reports"))
    assert generation is not None
    return _sha256(generation)


def changed_reports(folder: Path, reports: int, workers: int, model: str) -> dict[str, Any]:
    """Change one report in a hundred: what is read again, in what share of the time, and is it what all give?"""
    texts = _texts(reports)
    _write(folder / "reports", texts)
    _, full_seconds = _timed_build(folder, "data", workers, model)
    changed = random.Random(reports).sample(sorted(texts), max(1, len(texts) // 100))
    _write(folder / "reports", {name: f"{texts[name]}\n\nIt was quiet after that." for name in changed})
    again, seconds = _timed_build(folder, "data", workers, model)
    anew, _ = _timed_build(folder, "elsewhere", workers, model)
    faults = [] if _sha256(again.generation) == _sha256(anew.generation) else ["not the bytes of a full build"]
    return {
        "n": len(texts),
        "changed": len(changed),
        "read": again.read,
        "full_seconds": full_seconds,
        "seconds": seconds,
        "faults": faults,
    }


def _timed_build(folder: Path, data: str, workers: int, model: str) -> tuple[BuildReport, float]:
    began = time.perf_counter()
    report = build(folder / "reports", folder / data, _config(model), runner=default_runner(workers))
    return report, time.perf_counter() - began


def worker_kills(folder: Path, kills: int, reports: int, model: str) -> dict[str, Any]:
    """Kill workers at random instants of builds; look for other bytes, reports set aside and time without progress."""
    _write(folder / "reports", _texts(reports) | _seeds())
    undisturbed = build(folder / "reports", folder / "data", _config(model))
    killer, gaps, faults = _Killer(kills), [0.0], []
    while killer.done < kills:
        clock = _Clock(gaps)
        with killer.at_work():
            report = build(
                folder / "reports", folder / "data", _config(model), clock.tick, runner=processes(2), fresh=True
            )
        if report.generation.generation_id != undisturbed.generation.generation_id:
            faults.append(f"after {killer.done} kills: other bytes, {[u.reason for u in report.unreadable]}")
    if max(gaps) > HANG:
        faults.append(f"{max(gaps):.0f} s without progress")
    return {"n": killer.done, "longest_wait": max(gaps), "faults": faults}


class _Clock:
    """Notes how long a build goes without a word of progress."""

    def __init__(self, gaps: list[float]) -> None:
        self._gaps, self._last = gaps, time.monotonic()

    def tick(self, _share: float, _text: str) -> None:
        """Note that something was done."""
        now = time.monotonic()
        self._gaps.append(now - self._last)
        self._last = now


class _Killer:
    """Kills workers of this process from a thread until ``limit`` are dead."""

    def __init__(self, limit: int) -> None:
        self.done, self._limit, self._rng = 0, limit, random.Random(limit)
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill a worker from time to time."""
        self._over.clear()
        thread = threading.Thread(target=self._kill)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _kill(self) -> None:
        while self.done < self._limit and not self._over.wait(self._rng.uniform(0.05, 3.0)):
            if workers := [w.pid for w in multiprocessing.active_children() if w.pid]:
                with suppress(ProcessLookupError):
                    os.kill(self._rng.choice(workers), signal.SIGKILL)
                    self.done += 1


def unrelated_reports(folder: Path, added: int, reports: int, model: str) -> dict[str, Any]:
    """Add reports of other countries and people: which ids of claims, events and origins change?

    They are of the same year: it is reports of the same days in another one that make a dateline's year doubtful. An
    event to which one of them brings a claim is related after all ("joined"): by a word that is a real place's name.
    """
    _write(folder / "reports", _texts(reports) | _seeds())
    old = build(folder / "reports", folder / "data", _config(model)).generation
    _write(folder / "reports" / "more", _texts(added, seed=2))
    new = build(folder / "reports", folder / "data", _config(model)).generation
    before, after = _ids(old), _ids(new)
    joined = _joined(old, new)
    before["events"] -= joined
    faults = [f"{table}: {sorted(ids - after[table])[:3]}" for table, ids in before.items() if ids - after[table]]
    ids = {table: len(found) for table, found in before.items()}
    return {"n": added, "ids": ids, "joined": len(joined), "faults": faults}


def _ids(generation: Generation) -> dict[str, set[tuple[str, ...]]]:
    """Return the ids that are to stay, with what they are ids of."""
    columns = {
        "claims": ("claim_id", "report", "origin_id"),
        "events": ("event_id",),
        "reports": ("report_id", "origin_id"),
        "copies": ("report_id", "origin_id", "canonical_report_id"),
    }
    return {
        table: {tuple(row.values()) for row in generation.table(table, names).to_pylist()}
        for table, names in columns.items()
    }


def _joined(old: Generation, new: Generation) -> set[tuple[str, ...]]:
    """Return the ids of old events that hold a claim which now stands beside a claim of an added report."""
    added = {row["claim_id"] for row in new.table("claims").to_pylist() if row["report"].startswith("more/")}
    events = [set(row["claim_ids"]) for row in new.table("events").to_pylist()]
    mixed = set().union(*(claims for claims in events if claims & added))
    return {(row["event_id"],) for row in old.table("events").to_pylist() if mixed & set(row["claim_ids"])}


# --- reports and generations ---


def _texts(n: int, seed: int = 1) -> dict[str, str]:
    """Return made reports by name, each headed by its day if it has one."""
    made = (m.document for m in make_corpus(n, seed))
    return {f"{d.report}.txt": f"{d.published}\n\n{d.text}" if d.published else d.text for d in made}


def _seeds() -> dict[str, str]:
    documents, _ = read_documents(resource("seeds"))
    return {f"seed-{d.report}": d.text for d in documents}


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


def _sha256(generation: Generation) -> str:
    digest = hashlib.sha256()
    for path in sorted(generation.path.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _config(model: str) -> Config:
    return Config(model=model or None)


PROMISES: dict[str, Callable[..., dict[str, Any]]] = {
    "rebuilds": rebuilds,
    "changed_reports": changed_reports,
    "worker_kills": worker_kills,
    "unrelated_reports": unrelated_reports,
}


def main(wanted: Iterable[str], folder: Path) -> None:
    """Keep each promise given as NAME:SIZE:SIZE:MODEL in a folder of its own; print one JSON object a line."""
    for text in wanted:
        name, one, other, model = text.split(":")
        record = {"name": name, **PROMISES[name](folder / name, int(one), int(other), model)}
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main(sys.argv[2:], Path(sys.argv[1]))
