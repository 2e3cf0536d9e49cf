import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from geo.errors import GazetteerError
from geo.model import Document, Extract
from geo.runners import POISON, Eager, Limits, Runner, apart, default_runner, prepared, processes

HASTY = Limits(start=60.0, batch=1.0, report=0.0)


def documents(n: int, **texts: str) -> list[Document]:
    """Documents named by number; ``texts`` gives some of them a text, as d3="die"."""
    return [Document(f"d{i}", f"{i}.txt", texts.get(f"d{i}", "text")) for i in range(n)]


def batches(found: list[Document], size: int) -> list[list[Document]]:
    return [found[i : i + size] for i in range(0, len(found), size)]


def read(marks: Path, found: list[Document]) -> list[Extract]:
    """Read what is harmless; do what the text of the others says, those that end in "once" for the first time only."""
    for document in found:
        mark = marks / document.report_id
        what, _, once = document.text.partition(" ")
        if what in HARM and not (once and mark.exists()):
            mark.touch()
            HARM[what]()
    return [Extract(document, error=f"read {document.text}") for document in found]


def refuse(found: list[Document]) -> list[Extract]:
    raise GazetteerError(f"refused {len(found)}")


def start_never(here: int, found: list[Document]) -> list[Extract]:
    """Die wherever the work is not done in the process that asks for it."""
    if os.getpid() != here:
        os._exit(1)
    return [Extract(document) for document in found]


def tell_process(found: list[Document]) -> list[Extract]:
    return [Extract(document, error=str(os.getpid())) for document in found]


def tell(told: Path, found: list[Document]) -> list[Extract]:
    """Write the names of what is read to whoever listens."""
    if found:
        with told.open("w") as lines:
            lines.writelines(f"{document.report_id}\n" for document in found)
    return [Extract(document) for document in found]


HARM: dict[str, Callable[[], object]] = {
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda: os._exit(3),
    "hang": lambda: threading.Event().wait(),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
}


def run(runner: Runner, marks: Path, found: list[Document], size: int = 4) -> dict[str, str]:
    readings = [r for batch in runner(partial(read, marks), batches(found, size)) for r in batch]
    assert [r.document for r in readings] == found, "in order, each once"
    return {r.document.report_id: r.error for r in readings if r.error != f"read {r.document.text}"}


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_results_come_in_the_order_of_the_batches(tmp_path: Path, workers: int) -> None:
    assert run(processes(workers), tmp_path, documents(23)) == {}
    assert active_children() == []


def test_nothing_to_read_starts_nobody(tmp_path: Path) -> None:
    assert list(processes(2)(partial(read, tmp_path), [])) == []
    assert list(processes(2)(partial(read, tmp_path), [[]])) == [[]]


@pytest.mark.long
@pytest.mark.parametrize("harm", HARM)
def test_a_report_that_costs_its_worker_is_set_aside(tmp_path: Path, harm: str) -> None:
    assert run(processes(2, HASTY), tmp_path, documents(11, d5=harm)) == {"d5": POISON}


@pytest.mark.long
def test_several_of_them_in_one_batch(tmp_path: Path) -> None:
    found = documents(9, d1="crash", d2="killed", d8="crash")
    assert run(processes(2), tmp_path, found) == {"d1": POISON, "d2": POISON, "d8": POISON}


@pytest.mark.long
@pytest.mark.parametrize("harm", HARM)
def test_a_report_whose_worker_was_ended_from_outside_is_read(tmp_path: Path, harm: str) -> None:
    assert run(processes(2, HASTY), tmp_path, documents(11, d5=f"{harm} once", d9=f"{harm} once")) == {}


def test_what_the_work_raises_is_raised_here() -> None:
    with pytest.raises(GazetteerError, match="refused 0"):
        list(processes(2)(refuse, [documents(1)]))
    assert active_children() == []


@pytest.mark.long
def test_where_no_worker_starts_the_work_is_done_here() -> None:
    found = documents(5)
    readings = list(processes(2)(partial(start_never, os.getpid()), batches(found, 2)))
    assert [r.document for batch in readings for r in batch] == found


def test_whoever_leaves_early_leaves_no_process(tmp_path: Path) -> None:
    results = iter(processes(2)(partial(read, tmp_path), batches(documents(20), 2)))
    next(results)
    assert active_children()
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert active_children() == []


@pytest.mark.parametrize(
    ("workers", "n", "here"), [(1, 500, True), (None, 200, True), (None, 201, False), (2, 1, False)]
)
def test_few_reports_are_read_in_this_process(
    monkeypatch: pytest.MonkeyPatch, workers: int | None, n: int, here: bool
) -> None:
    monkeypatch.setattr("geo.runners.cpu_count", lambda: 2)
    readings = [r for batch in default_runner(workers)(tell_process, batches(documents(n), 50)) for r in batch]
    assert len(readings) == n
    assert (str(os.getpid()) in {r.error for r in readings}) is here


def test_one_core_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.runners.cpu_count", lambda: 1)
    assert default_runner() is map


def test_what_may_read_in_this_process_is_replaced_by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.runners.cpu_count", lambda: 2)
    for runner in (default_runner(1), default_runner()):
        [[reading]] = apart(runner)(tell_process, batches(documents(1), 1))
        assert reading.error != str(os.getpid())
    several = processes(2)
    assert apart(several) is several


def test_workers_of_a_prepared_runner_load_before_they_are_asked(tmp_path: Path) -> None:
    work, found = partial(read, tmp_path), documents(6)
    with prepared(processes(2, HASTY), work, 6) as runner:
        assert runner is not None
        waiting = active_children()
        assert len(waiting) == 2
        assert [e.error for batch in runner(work, batches(found, 2)) for e in batch] == ["read text"] * 6
        assert active_children() == waiting
    assert not active_children()


def test_they_read_before_anybody_waits_for_it(tmp_path: Path) -> None:
    told, found = tmp_path / "told", documents(6)
    os.mkfifo(told)
    work = partial(tell, told)
    with prepared(processes(2), work, 6) as runner:
        assert runner is not None
        results = runner(work, batches(found, 2))
        with told.open() as lines:  # waits until a worker has opened it too
            assert lines.readline().strip() in {d.report_id for d in found}
            assert [e.document for batch in results for e in batch] == found


def test_what_nobody_waits_for_ends_with_its_context(tmp_path: Path) -> None:
    work = partial(read, tmp_path)
    with prepared(processes(2), work, 6) as runner:
        assert runner is not None
        runner(work, batches(documents(6, d0="hang"), 2))
    assert not active_children()


def test_what_the_work_raises_meanwhile_is_raised_to_whoever_asks() -> None:
    with prepared(processes(2), refuse, 1) as runner:
        assert runner is not None
        results = runner(refuse, [documents(1)])
        with pytest.raises(GazetteerError, match="refused 0"):
            list(results)


@pytest.mark.parametrize("n_reports", [0, 500])
def test_a_runner_that_begins_when_it_is_called_needs_no_other(n_reports: int) -> None:
    runner = Eager(map)
    with prepared(runner, refuse, n_reports) as ready:
        assert ready is (runner if n_reports else None)
    assert apart(runner) is runner


def test_a_reading_may_begin_while_another_goes_on(tmp_path: Path) -> None:
    work, found = partial(read, tmp_path), documents(9, d1="first", d8="last")
    with prepared(processes(2, HASTY), work, 9) as runner:
        assert runner is not None
        outer = iter(runner(work, batches(found, 2)))
        told = next(outer)
        inner = [e.error for batch in runner(work, batches(found[::-1], 4)) for e in batch]
        told += [e for batch in outer for e in batch]
    assert [e.document for e in told] == found
    assert [e.error for e in told] == inner[::-1] == [f"read {document.text}" for document in found]


@pytest.mark.parametrize(
    ("runner", "n_reports", "workers"),
    [
        (map, 500, 0),
        (processes(2, HASTY), 0, 0),
        (default_runner(2), 500, 2),
        (default_runner(1), 500, 0),
    ],
)
def test_only_processes_that_will_be_needed_are_prepared(
    tmp_path: Path, runner: Runner, n_reports: int, workers: int
) -> None:
    with prepared(runner, partial(read, tmp_path), n_reports) as ready:
        assert (ready is not None) is bool(workers)
        assert len(active_children()) == workers


@pytest.mark.parametrize(("n_reports", "workers"), [(200, 0), (201, 2)])
def test_few_reports_prepare_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_reports: int, workers: int
) -> None:
    monkeypatch.setattr("geo.runners.cpu_count", lambda: 2)
    with prepared(default_runner(), partial(read, tmp_path), n_reports):
        assert len(active_children()) == workers
