"""The promises of the store, at any size; tests keep them small, ``benchmarks/store_promises.py`` does not.

Run as ``python -m tests.promises FOLDER NAME:SIZE …``: it prints what happened, one JSON object a promise. It forks and
kills children of its own; the threads of a test run stay out of them.
"""

import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo import store
from geo.amendments import apply_corrections
from geo.build import Config, build
from geo.corrections import Action, Correction, add, read_corrections
from geo.errors import StoreError
from geo.events import claim_id
from geo.model import Claim, Status
from geo.store import Generation
from tests.correcting import numbered, publish_claims
from tests.faults import EIO, ENOSPC, KILL, Fault, count_steps, in_child, strike_at

RULES = Config(model="none")
OLD = "KYIV, Sept 12, 2022 (Reuters) - Troops captured Izyum on Saturday, the army said."
NEW = "KYIV, Sept 13, 2022 (Reuters) - Troops left Balakliia on Sunday, the army said."
READERS = 2
ROWS = 50  # of a published table that readers check


class Case:
    """A folder of reports with three builds, over which a fourth is to go.

    ``build`` builds it; ``publish`` does the last part of that alone, with the tables that a build has made.
    """

    def __init__(self, folder: Path) -> None:
        self.reports, self._data, self._spare = folder / "reports", folder / "data", folder / "spare"
        self.reports.mkdir(parents=True)
        self._root = store.project_folder(self._data, self.reports)
        self._old: list[str] = []
        for number in range(3):
            self._write(f"{OLD} It was day {number}.")
            self._old.append(self._build(self._spare).generation_id)
        self._write(NEW)
        new = self._build(folder / "undisturbed")
        self.new, self._meta = new.generation_id, new.meta
        self._tables = {name: new.table(name).to_pylist() for name in store.TABLES}

    def _write(self, text: str) -> None:
        (self.reports / "a.txt").write_text(text)

    def _build(self, data: Path) -> Generation:
        return build(self.reports, data, RULES).generation

    def build(self) -> Generation:
        """Build the new generation over the old ones."""
        return self._build(self._data)

    def publish(self) -> Generation:
        """Publish the new generation over the old ones."""
        return store.publish(self._root, self._tables, self._meta)

    def has_new(self) -> bool:
        """Whether the new generation is current."""
        generation = store.current(self._root)
        return generation is not None and generation.generation_id == self.new

    def reset(self) -> None:
        """Put the three old generations back."""
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.copytree(self._spare, self._data)

    def fault(self, resume: Callable[[], Generation]) -> str:
        """Say what is wrong with what stands now, and with what a second try gives; '' for nothing."""
        try:
            return self._fault(resume)
        except StoreError as error:
            return str(error)

    def _fault(self, resume: Callable[[], Generation]) -> str:
        root = self._root
        generation = store.current(root)
        if generation is None or generation.generation_id not in (self._old[-1], self.new):
            return f"neither the old nor the new generation is current: {generation}"
        if store._content_hash(generation.path) != generation.generation_id:
            return f"{generation.generation_id} is not whole"
        for name in store.TABLES:
            generation.table(name)
        if not all(g.path.is_dir() for g in store.generations(root)):
            return "a generation that is kept is gone"
        again = resume()
        if again.generation_id != self.new:
            return f"resumed, it gave {again.generation_id} instead of {self.new}"
        left = {path.name for path in (root / "generations").iterdir()} | {path.name for path in root.iterdir()}
        if rests := {name for name in left if name.startswith(".")}:
            return f"rests are left: {sorted(rests)}"
        return "" if len(store.generations(root)) == 3 else "not three generations are kept"


def kills_at_random(folder: Path, size: int) -> dict[str, Any]:
    """Kill the publication of a build at random instants."""
    case, rng = Case(folder), random.Random(size)
    took = max(_seconds(case) for _ in range(3))
    killed, new, faults = 0, 0, []
    while killed < size:
        case.reset()
        signal, _ = in_child(case.publish, kill_after=rng.uniform(0, took))
        if signal:
            killed += 1
            new += case.has_new()
            faults += filter(None, [case.fault(case.publish)])
    return {"n": killed, "new": new, "faults": faults}


def _seconds(case: Case) -> float:
    case.reset()
    return in_child(case.publish)[1]


def kills_at_every_step(folder: Path, _size: int) -> dict[str, Any]:
    """Kill a publication at each of its steps on the disk, then build again."""
    case = Case(folder)
    return _at_every_step(case, KILL, case.build)


def full_at_every_step(folder: Path, _size: int) -> dict[str, Any]:
    """Let the disk be full from each step of a publication on."""
    case = Case(folder)
    return _at_every_step(case, ENOSPC, case.publish)


def broken_at_every_step(folder: Path, _size: int) -> dict[str, Any]:
    """Let each step of a publication on the disk fail once."""
    case = Case(folder)
    return _at_every_step(case, EIO, case.publish)


def _at_every_step(case: Case, fault: Fault, resume: Callable[[], Generation]) -> dict[str, Any]:
    case.reset()
    steps = count_steps(case.publish)
    ends, faults = Counter[str](), []
    for step in range(1, steps + 1):
        case.reset()
        ends[end := _struck(case.publish, step, fault)] += 1
        if end not in ("killed", "StoreError", "published"):
            faults.append(f"step {step}: {end}")
        faults += [f"step {step}: {why}" for why in filter(None, [case.fault(resume)])]
    return {"n": steps, "ends": ends, "faults": faults}


def _struck(action: Callable[[], object], step: int, fault: Fault) -> str:
    """Return how a publication ended that a fault struck at a step: killed, an error's name, or published."""
    read, write = os.pipe()

    def run() -> None:
        strike_at(step, fault)
        try:
            action()
            os.write(write, b"published")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells of it
            os.write(write, type(error).__name__.encode())

    signal, _ = in_child(run)
    os.close(write)
    told = os.read(read, 100).decode()
    os.close(read)
    return "killed" if signal else told


def readers_and_a_writer(folder: Path, size: int) -> dict[str, Any]:
    """Publish under readers in processes of their own."""
    _publish_number(folder, 0)
    readers = [_Reader(folder, size) for _ in range(READERS)]
    for number in range(1, size + 1):
        _publish_number(folder, number)
    told = [reader.result() for reader in readers]
    return {"n": size, "reads": sum(t["reads"] for t in told), "faults": [fault for t in told for fault in t["faults"]]}


def _publish_number(folder: Path, number: int) -> None:
    rows = [{"report_id": f"{row:02}", "report": str(number), "text": "x" * (number % 97)} for row in range(ROWS)]
    store.publish(folder, {"reports": rows}, {"number": number})


class _Reader:
    """A process that reads until it has seen the last number, and says what was wrong."""

    def __init__(self, folder: Path, last: int) -> None:
        self._told, write = os.pipe()
        self._child = os.fork()
        if not self._child:
            try:
                os.write(write, json.dumps(_read(folder, last)).encode())
            finally:
                os._exit(0)
        os.close(write)

    def result(self) -> dict[str, Any]:
        with os.fdopen(self._told) as told:
            found: dict[str, Any] = json.load(told)
        os.waitpid(self._child, 0)
        return found


def _read(folder: Path, last: int) -> dict[str, Any]:
    seen, reads, faults = 0, 0, []
    while seen < last and len(faults) < 20:
        try:
            generation = store.current(folder)
            assert generation is not None
            rows = generation.table("reports").to_pylist()
        except StoreError as error:
            faults.append(f"error: {error}")
            continue
        number = generation.meta["number"]
        if len(rows) != ROWS or {row["report"] for row in rows} != {str(number)}:
            faults.append(f"torn: {number}")
        if number < seen:
            faults.append(f"backwards: {number} after {seen}")
        seen, reads = number, reads + 1
    return {"reads": reads, "faults": faults}


def corrections_and_rebuilds(folder: Path, size: int, rebuilds: int = 3) -> dict[str, Any]:
    """Correct claims, then rebuild while reports are edited, read otherwise and taken away for a while."""
    claims = numbered(size)
    publish_claims(folder, claims)
    made = [_correct(folder, claim, number) for number, claim in enumerate(claims)]
    rng, faults = random.Random(size), []
    for number in range(rebuilds):
        gone = {report for report in {claim.report for claim in claims} if number % 2 and rng.random() < 0.1}
        read = [_edited(claim, number) for claim in claims if claim.report not in gone]
        rng.shuffle(read)
        amended = apply_corrections(read, read_corrections(folder))
        publish_claims(folder, read, amended)
        faults += _lost(made, amended.claims, {o.correction.correction_id for o in amended.orphans}, gone)
    return {"n": size, "rebuilds": rebuilds, "faults": faults}


def _correct(folder: Path, claim: Claim, number: int) -> Correction:
    value = {"claimant": f"analyst {number}", "side": ""}
    return add(folder, Action.CLAIMANT, claim_id(claim), value, author="Ana", reason=str(number))


def _edited(claim: Claim, number: int) -> Claim:
    """Return the claim as read in a later build: the report was edited above it, or newer code reads it otherwise."""
    moved = replace(
        claim, start=claim.start + number % 3, end=claim.end + number % 3, report_id=f"{claim.report_id}.{number % 5}"
    )
    return replace(moved, status=Status.CLAIMED) if number % 4 == 3 else moved


def _lost(made: list[Correction], claims: tuple[Claim, ...], orphans: set[str], gone: set[str]) -> Iterator[str]:
    """Yield the corrections that are neither applied to their claim nor, its report being gone, told as orphaned."""
    applied = {id_: claim for claim in claims for id_ in claim.corrections}
    for correction in made:
        id_, anchor = correction.correction_id, correction.anchors[0]
        if anchor.report in gone:
            if id_ not in orphans:
                yield f"{id_}: gone without a word"
        elif id_ not in applied:
            yield f"{id_}: not applied"
        elif (applied[id_].claimant, applied[id_].text) != (correction.value["claimant"], anchor.text):
            yield f"{id_}: applied to another claim"


PROMISES: dict[str, Callable[..., dict[str, Any]]] = {
    "kills_at_random": kills_at_random,
    "kills_at_every_step": kills_at_every_step,
    "full_at_every_step": full_at_every_step,
    "broken_at_every_step": broken_at_every_step,
    "readers_and_a_writer": readers_and_a_writer,
    "corrections_and_rebuilds": corrections_and_rebuilds,
}


def main() -> None:
    """Keep each promise given as NAME:SIZE[:SIZE] in a folder of its own; print one JSON object a line."""
    for wanted in sys.argv[2:]:
        name, *sizes = wanted.split(":")
        print(json.dumps({"name": name, **PROMISES[name](Path(sys.argv[1], name), *map(int, sizes))}), flush=True)


if __name__ == "__main__":
    main()
