"""Ways to map the reading of reports over batches: in this process, or in several that a hostile report may cost.

A runner is a function of the work and the batches that yields the results in order. Each worker is a process of its own
with one batch at a time, so that whose work it was is known when it dies; ``ProcessPoolExecutor`` breaks as a whole and
does not tell. The batch of a worker that died is read again report by report: a report over which three workers die,
alone with it, is set aside, and one whose worker was killed from outside is read after all.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from os import cpu_count
from threading import Thread, Timer
from time import monotonic

from geo.memory import collect_rarely
from geo.model import Document, Extract

__all__ = ["POISON", "Eager", "Limits", "Runner", "Work", "apart", "default_runner", "prepared", "processes"]

POISON = "killed the worker that read it"

Work = Callable[[list[Document]], list[Extract]]
Runner = Callable[[Work, Iterable[list[Document]]], Iterable[list[Extract]]]

_FEW = 200  # reports; to read so many takes about as long as workers take to load the model (measured: 4 s each)
# Deaths over one report alone: of 100 kills from outside, two hit one report in a run out of three (computed).
_FATAL = 3
_LEAST_SECONDS = 5.0  # for an answer that begins at the last moment
_FALSE_STARTS = 5  # in a row, after which no worker is started any more


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds without an answer after which a worker counts as dead."""

    start: float = 300.0
    batch: float = 30.0
    report: float = 5.0

    def of(self, batch: Sequence[Document]) -> float:
        """Return the seconds that a batch may take."""
        return self.batch + self.report * len(batch)


@dataclass(frozen=True, slots=True)
class Eager:
    """A runner that begins when it is called, not when somebody asks for the first result."""

    run: Runner

    def __call__(self, work: Work, batches: Iterable[list[Document]]) -> Iterable[list[Extract]]:
        """Begin, and return the results as they come."""
        return self.run(work, batches)


def default_runner(workers: int | None = None) -> Runner:
    """Return the runner for so many workers: 1 reads in this process, None takes all cores for over 200 reports."""
    if workers is not None:
        return map if workers == 1 else processes(workers)
    cores = cpu_count() or 1
    return partial(_processes_for_many, cores) if cores > 1 else map


def apart(runner: Runner) -> Runner:
    """Return the runner itself, or processes in place of one that may read in this process, which a report can end."""
    if runner is map or (isinstance(runner, partial) and runner.func is _processes_for_many):
        return processes(cpu_count() or 1)
    return runner


def processes(workers: int, limits: Limits | None = None) -> Runner:
    """Return a runner over so many processes.

    They are spawned: a program that builds in this way guards its own start with ``if __name__ == "__main__"``.
    Errors that ``work`` raises are raised here.
    """
    return partial(_run, workers, limits or Limits())


@contextmanager
def prepared(runner: Runner, work: Work, n_reports: int) -> Iterator[Runner | None]:
    """Yield a runner for ``work`` on about so many reports that does not wait to be asked; None where there is none.

    That is ``runner`` itself where it is ``Eager``. Where it is one of processes, these load at once, read what it is
    called with while the caller does other things, and end with the context.
    """
    if isinstance(runner, Eager) and n_reports:
        yield runner
        return
    if isinstance(runner, partial) and runner.func is _processes_for_many and n_reports > _FEW:
        runner = processes(*runner.args)
    if not (isinstance(runner, partial) and runner.func is _run and n_reports):
        yield None
        return
    workers, limits = runner.args
    pool = _Pool(workers, limits, work)
    try:
        pool.start(workers)
        yield partial(_begin, pool)
    finally:
        pool.end()


def _processes_for_many(workers: int, work: Work, batches: Iterable[list[Document]]) -> Iterable[list[Extract]]:
    batches = list(batches)
    runner = processes(workers) if sum(map(len, batches)) > _FEW else map
    return runner(work, batches)


# --- in this process: who reads what ---


@dataclass(slots=True)
class _Results:
    """What has been read, held until all before it has been."""

    batches: Sequence[list[Document]]
    readings: dict[int, dict[int, Extract]] = field(default_factory=dict)
    done: int = 0

    @property
    def are_all(self) -> bool:
        """Whether all have been taken."""
        return self.done == len(self.batches)

    def add(self, part: "_Part", readings: Sequence[Extract]) -> None:
        """Take what was read of a part."""
        found = self.readings.setdefault(part.batch, {})
        found.update(enumerate(readings, part.first))

    def take(self) -> Iterator[list[Extract]]:
        """Yield the batches whose turn it is."""
        while self.done < len(self.batches) and len(self.readings.get(self.done, ())) == len(self.batches[self.done]):
            found = self.readings.pop(self.done, {})
            self.done += 1
            yield [found[n] for n in sorted(found)]


@dataclass(slots=True)
class _Part:
    """Reports to be read in one go: a whole batch, or one report of a batch that cost a worker; and whose results."""

    results: _Results
    batch: int
    first: int
    documents: list[Document]
    deaths: int = 0

    def alone(self) -> "list[_Part]":
        """Return each report as a part of its own."""
        return [
            _Part(self.results, self.batch, self.first + n, [document]) for n, document in enumerate(self.documents)
        ]


@dataclass(slots=True)
class _Worker:
    """A process, the pipe to it, what it reads (None while it loads or waits) and when that must be done."""

    process: SpawnProcess
    pipe: Connection
    deadline: float
    part: _Part | None = None
    is_ready: bool = False

    def give(self, part: _Part, limits: Limits) -> None:
        """Let the worker read a part; if it is dead already, that is seen when its answer is awaited."""
        self.part, self.deadline = part, monotonic() + limits.of(part.documents)
        with self._in_time(), suppress(OSError):
            self.pipe.send(part.documents)

    def answer(self) -> "list[Extract] | Exception | None":
        """Return what the worker sent, None where it died or sent half an answer."""
        try:
            with self._in_time():
                answer: list[Extract] | Exception = self.pipe.recv()
        except (OSError, EOFError):
            return None
        return answer

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """End the process at its deadline: a pipe to or from one that has stopped blocks until it is dead."""
        timer = Timer(max(_LEAST_SECONDS, self.deadline - monotonic()), self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def end(self) -> None:
        """End the process, whatever it does."""
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def _run(workers: int, limits: Limits, work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Extract]]:
    pool = _Pool(workers, limits, work)
    try:
        yield from _rest(pool, pool.queue(batches))
    finally:
        pool.end()


def _begin(pool: "_Pool", _work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Extract]]:
    """Read as far as there is time until the first result is asked for, and the rest then."""
    pool.pause()
    results = pool.queue(batches)
    pool.go_on()
    return _rest(pool, results)


def _rest(pool: "_Pool", results: "_Results") -> Iterator[list[Extract]]:
    pool.pause()
    yield from results.take()
    while not results.are_all:
        pool.step()
        yield from results.take()


class _Pool:
    """Workers, and the parts that wait for one.

    Between ``go_on`` and ``pause`` a thread has it, and nothing else may be called.
    """

    def __init__(self, workers: int, limits: Limits, work: Work) -> None:
        self._size, self._limits, self._work = workers, limits, work
        self._waiting: deque[_Part] = deque()
        self._workers: list[_Worker] = []
        self._false_starts = 0
        self._thread: Thread | None = None
        self._failure: Exception | None = None
        self._bell, self._cord = Pipe(duplex=False)

    def start(self, n: int) -> None:
        """Start so many workers."""
        self._workers += [_start(self._work, self._limits) for _ in range(n)]

    def queue(self, batches: Iterable[list[Document]]) -> _Results:
        """Let batches wait for a worker; return where their results will be."""
        results = _Results(list(batches))
        self._waiting.extend(_Part(results, n, 0, batch) for n, batch in enumerate(results.batches) if batch)
        return results

    def end(self) -> None:
        """End all workers."""
        self._stop_thread()
        for worker in self._workers:
            worker.end()
        self._workers = []
        self._bell.close()
        self._cord.close()

    def go_on(self) -> None:
        """Keep all workers busy in a thread, while the caller does other things."""
        self._thread = Thread(target=self._keep_busy, daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Leave the workers to the caller again; raise what the work has raised meanwhile."""
        self._stop_thread()
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    def _stop_thread(self) -> None:
        if self._thread:
            self._cord.send(None)
            self._thread.join()
            self._thread = None
            self._bell.recv()

    def _keep_busy(self) -> None:
        try:
            while self._has_work and self._false_starts < _FALSE_STARTS and not self._bell.poll():
                self.step()
        except Exception as error:  # noqa: BLE001 - raised by ``pause``, in the thread of whoever waits for the results
            self._failure = error

    @property
    def _has_work(self) -> bool:
        return bool(self._waiting) or any(worker.part for worker in self._workers)

    def step(self) -> None:
        """Keep all workers busy until the next answers have come."""
        if self._false_starts >= _FALSE_STARTS:
            self._read_here()
            return
        self._employ()
        nearest = min(worker.deadline for worker in self._workers)
        ready = wait([self._bell, *(w.pipe for w in self._workers)], timeout=max(0.0, nearest - monotonic()))
        for worker in [w for w in self._workers if w.pipe in ready]:
            self._hear(worker)
        for worker in [w for w in self._workers if w.deadline < monotonic() and w.pipe not in ready]:
            self._bury(worker)

    def _employ(self) -> None:
        """Give each idle worker a part, and start as many workers as there is work for."""
        for worker in self._workers:
            if worker.is_ready and worker.part is None and self._waiting:
                worker.give(self._waiting.popleft(), self._limits)
        loading = sum(not worker.is_ready for worker in self._workers)
        self.start(min(self._size - len(self._workers), len(self._waiting) - loading))

    def _hear(self, worker: _Worker) -> None:
        answer = worker.answer()
        if answer is None:
            self._bury(worker)
            return
        if isinstance(answer, Exception):
            raise answer
        self._false_starts = 0
        done = worker.part
        worker.part, worker.is_ready, worker.deadline = None, True, float("inf")
        self._employ()  # before the answer is looked at, which takes the builder a while
        if done:
            done.results.add(done, answer)

    def _bury(self, worker: _Worker) -> None:
        """End a worker that died or hangs; its reports are read again alone, but for one that has cost too many."""
        self._workers.remove(worker)
        worker.end()
        part = worker.part
        if part is None:
            self._false_starts += not worker.is_ready
        elif len(part.documents) > 1:
            self._waiting.extendleft(reversed(part.alone()))
        elif part.deaths + 1 < _FATAL:
            self._waiting.appendleft(replace(part, deaths=part.deaths + 1))
        else:
            part.results.add(part, [Extract(part.documents[0], error=POISON)])

    def _read_here(self) -> None:
        """Read one part in this process, where no worker can be started: that is slow, but nothing is lost."""
        part = self._waiting.popleft()
        readings = self._work(part.documents) if not part.deaths else [Extract(part.documents[0], error=POISON)]
        part.results.add(part, readings)


# --- in the worker ---


def _start(work: Work, limits: Limits) -> _Worker:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, work), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here, monotonic() + limits.start)


def _serve(pipe: Connection, work: Work) -> None:
    """Answer batches until the pipe closes; the first answer, to nothing, says that all is loaded."""
    collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the builder, which ends its workers
    with suppress(EOFError, OSError):
        pipe.send(_answer(work, []))
        while True:
            pipe.send(_answer(work, pipe.recv()))


def _answer(work: Work, documents: list[Document]) -> list[Extract] | Exception:
    try:
        return work(documents)
    except Exception as error:  # noqa: BLE001 - raised again in the builder, as if the work had been done there
        return error
