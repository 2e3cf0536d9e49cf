"""Faults of the disk in a process of its own: killed, or refused, at its n-th step, or killed at any instant.

A step is one write, fsync, rename, mkdir, unlink or rmdir. A write that is killed has written half. Files are opened so
that every write of Python's buffers passes through here; Arrow writes into such files. Processes are forked from one
that has loaded everything, so that thousands of them cost little.
"""

import errno
import io
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

REFUSABLE = ("fsync", "rename", "replace", "mkdir")
STEPS = (*REFUSABLE, "unlink", "rmdir")

Action = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a step: the process is killed, or the call fails, once or from then on as a full disk does."""

    number: int = 0
    once: bool = True

    def strike(self, half: Callable[[], object]) -> None:
        """Kill this process after half a write, or fail the call."""
        if self.number:
            raise OSError(self.number, os.strerror(self.number))
        half()
        os.kill(os.getpid(), signal.SIGKILL)


KILL = Fault()
ENOSPC = Fault(errno.ENOSPC, once=False)
EIO = Fault(errno.EIO)


class _Steps:
    """Counts the steps of this process and strikes at one."""

    def __init__(self, step: int, fault: Fault) -> None:
        self.done = 0
        self._step, self._fault = step, fault

    def take(self, half: Callable[[], object] = lambda: None, *, refusable: bool = True) -> None:
        self.done += 1
        due = self.done == self._step or (self._step and self.done > self._step and not self._fault.once)
        if due and (refusable or self._fault == KILL or self._fault.once):
            self._fault.strike(half)


def strike_at(step: int, fault: Fault) -> Callable[[], int]:
    """Let a fault happen at this process's ``step``-th step, 0 for none; return a counter of the steps."""
    steps = _Steps(step, fault)

    class File(io.FileIO):
        def write(self, data: Any, /) -> int:
            view = memoryview(data)
            steps.take(lambda: io.FileIO.write(self, view[: len(view) // 2]))
            return super().write(view)

    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if "b" in mode and set(mode) & set("wxa"):
            return io.BufferedWriter(File(file, mode.replace("b", "")))
        return real_open(file, mode, *args, **kwargs)

    def before(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            steps.take(refusable=name in REFUSABLE)
            return real(*args, **kwargs)

        return wrapped

    real_open = io.open
    io.open = open_  # type: ignore[assignment]  # what Path.open calls
    for name in STEPS:
        setattr(os, name, before(name))
    return lambda: steps.done


def in_child(action: Action, *, kill_after: float | None = None) -> tuple[int, float]:
    """Run an action in a forked process; return the signal that ended it, 0 for none, and how many seconds it took.

    With ``kill_after`` it is killed that many seconds after it began, unless it ends first.
    """
    alive, hold = os.pipe()
    if not (child := os.fork()):
        os.close(alive)
        try:
            os.write(hold, b".")
            action()
        finally:
            os._exit(0)
    os.close(hold)
    os.read(alive, 1)
    began = time.perf_counter()
    ended, _, _ = select.select([alive], [], [], kill_after)  # the pipe closes when the child ends
    if not ended:
        os.kill(child, signal.SIGKILL)
    took = time.perf_counter() - began
    os.close(alive)
    return os.WTERMSIG(os.waitpid(child, 0)[1]), took


def count_steps(action: Action) -> int:
    """Return how many steps an action takes in a process of its own."""
    read, write = os.pipe()

    def counted() -> None:
        steps = strike_at(0, KILL)
        action()
        os.write(write, str(steps()).encode())

    in_child(counted)
    os.close(write)
    told = os.read(read, 10)
    os.close(read)
    return int(told)
