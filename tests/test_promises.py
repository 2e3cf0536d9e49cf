"""The promises of the store and of builds at a size for every day.

``benchmarks/store_promises.py`` and ``benchmarks/build_promises.py`` keep them at full size.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SIZES = {
    "kills_at_random": "15",
    "kills_at_every_step": "0",
    "full_at_every_step": "0",
    "broken_at_every_step": "0",
    "readers_and_a_writer": "30",
    "corrections_and_rebuilds": "30:8",
}

pytestmark = [pytest.mark.long, pytest.mark.timed, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]

BUILDS = {
    "rebuilds": "3:12:none",
    "changed_reports": "100:1:none",
    "worker_kills": "3:30:none",
    "unrelated_reports": "100:60:none",
}


def keep(module: str, folder: Path, sizes: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What became of each promise, kept in one process that loads everything once."""
    wanted = [f"{name}:{size}" for name, size in sizes.items()]
    command = [sys.executable, "-m", module, folder, *wanted]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=300)
    return {record["name"]: record for record in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return keep("tests.promises", tmp_path_factory.mktemp("promises"), SIZES)


@pytest.fixture(scope="module")
def kept_by_builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return keep("tests.building", tmp_path_factory.mktemp("builds"), BUILDS)


@pytest.mark.parametrize("name", SIZES)
def test_the_promise_is_kept(kept: dict[str, dict[str, Any]], name: str) -> None:
    assert kept[name]["faults"] == []


def test_every_step_on_the_disk_was_struck(kept: dict[str, dict[str, Any]]) -> None:
    killed, full, broken = (kept[f"{what}_at_every_step"] for what in ("kills", "full", "broken"))
    assert killed["n"] == full["n"] == broken["n"] > 25
    assert killed["ends"] == {"killed": killed["n"]}
    for refused in (full, broken):  # what fails when all is done, deleting old generations, is left to the next build
        assert set(refused["ends"]) == {"StoreError", "published"}
        assert refused["ends"]["StoreError"] > 20


def test_readers_did_read(kept: dict[str, dict[str, Any]]) -> None:
    assert kept["readers_and_a_writer"]["reads"] > 60


@pytest.mark.parametrize("name", BUILDS)
def test_the_promise_of_builds_is_kept(kept_by_builds: dict[str, dict[str, Any]], name: str) -> None:
    assert kept_by_builds[name]["faults"] == []


def test_one_report_in_a_hundred_is_read_again(kept_by_builds: dict[str, dict[str, Any]]) -> None:
    again = kept_by_builds["changed_reports"]
    assert (again["n"], again["changed"], again["read"]) == (100, 1, 1)


def test_workers_were_killed_and_ids_compared(kept_by_builds: dict[str, dict[str, Any]]) -> None:
    assert kept_by_builds["worker_kills"]["n"] == 3
    stayed = kept_by_builds["unrelated_reports"]
    assert min(stayed["ids"].values()) > 50
    assert stayed["joined"] < 5
