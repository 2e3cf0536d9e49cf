"""Builds in a process of their own: progress, cancelling, what a dying server leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from geo.build import Config, build_if_stale
from geo.jobs import Job, Progress, start
from geo.projects import list_projects
from geo.store import current, project_folder
from tests.pages import write_reports
from tests.parts import RULES

PATIENCE = 120


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def steps(job: Job) -> list[Progress]:
    """Return each progress that a build has told, to its end."""
    seen = [job.poll()]
    deadline = time.monotonic() + PATIENCE
    while not seen[-1].done and time.monotonic() < deadline:
        now = job.wait(0.01)
        if now != seen[-1]:
            seen.append(now)
    return seen


def group(leader: int) -> int:
    """Return how many processes a process and those that it has started are."""
    n = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, pgrp, *_ = stat.read_text().rpartition(")")[2].split()
            n += int(pgrp) == leader and state != "Z"
    return n


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_a_build_tells_how_far_it_is_and_the_page_finds_it_done(reports: Path, data: Path) -> None:
    write_reports(reports, ["Izyum", "Lyman"])
    (reports / "broken.txt").write_bytes(b"a\0b")
    told = steps(start(reports, data, RULES))
    assert [p.done for p in told] == [False] * (len(told) - 1) + [True]
    assert (told[-1].share, told[-1].error, told[-1].cancelled) == (1.0, "", False)
    assert [p.share for p in told] == sorted(p.share for p in told)
    found = build_if_stale(reports, data, RULES)
    assert (found.fresh, found.reports, len(found.unreadable)) == (False, 2, 1)
    assert [p.folder for p in list_projects(data)] == [reports]


@pytest.mark.long
def test_a_failure_is_told_in_the_words_of_the_build(reports: Path, data: Path) -> None:
    end = start(reports, data, Config(model="en_missing")).wait(PATIENCE)
    assert end.done
    assert "language model 'en_missing' is not installed" in end.error
    assert start(reports / "gone", data, RULES).wait(PATIENCE).error == f"{reports / 'gone'}: there is no such folder"


def test_a_build_that_is_cancelled_leaves_the_old_map(reports: Path, data: Path) -> None:
    write_reports(reports, ["Izyum"])
    before = build_if_stale(reports, data, RULES).generation
    write_reports(reports)
    job = start(reports, data, RULES)
    job.cancel()
    end = job.poll()
    assert (end.done, end.cancelled, end.error) == (True, True, "")
    assert current(project_folder(data, reports)) == before
    assert build_if_stale(reports, data, RULES).reports == 20
    job.cancel()
    assert job.poll() == end


@pytest.mark.long
def test_a_second_start_joins_the_first(reports: Path, data: Path) -> None:
    write_reports(reports, ["Izyum"])
    job = start(reports, data, RULES)
    assert start(reports / ".." / reports.name, data, RULES) is job
    job.cancel()
    again = start(reports, data, RULES)
    assert again is not job
    assert again.wait(PATIENCE).error == ""


def test_a_build_that_is_killed_from_outside_says_so(reports: Path, data: Path) -> None:
    write_reports(reports, ["Izyum"])
    job = start(reports, data, RULES)
    os.kill(job.pid, signal.SIGKILL)
    assert job.wait(PATIENCE).error == "the build was ended from outside (signal 9)"


SERVER = """
import sys, time
from pathlib import Path
from geo.jobs import start
from tests.parts import RULES
job = start(Path(sys.argv[1]), Path(sys.argv[2]), RULES)
print(job.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="reads /proc")
def test_a_build_ends_with_its_server(reports: Path, data: Path) -> None:
    for n in range(300):  # more than 200 are read by workers, which end too
        (reports / f"many {n}.txt").write_text(f"Ukraine took Izyum on 10 September 2022, said man {n}.\n")
    command = [sys.executable, "-c", SERVER, str(reports), str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        wait_for(lambda: group(pid) > 1)
        server.kill()
    wait_for(lambda: group(pid) == 0)
