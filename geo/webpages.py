"""Web pages → their text and what they say of themselves, read by a worker process that a hostile page may cost.

The worker (``geo.extraction``) bounds its own processor time and memory where the system has such limits; here it is
killed when it takes too long all the same. A page that ends the worker is one line, and the next page gets a new one.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self

from geo.errors import ReportError

__all__ = ["Webpage", "WebpageReader", "read_frame", "write_frame"]

_LARGEST_ANSWER = 64_000_000  # bytes of JSON; a page has 2 MB
_LENGTH = 8  # bytes before each frame, which tell its length
_CPU_SECONDS = 10
_WALL_SECONDS = 60.0  # a busy machine may give the worker a sixth of a processor
_LEAVING_SECONDS = 5.0
_MEMORY = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Webpage:
    """A page as read: ``text`` is the report's own; '' and None stand for what the page does not say.

    ``published`` is the day that its metadata gives, ``printed`` the one that it prints beside the text.
    """

    text: str
    title: str = ""
    outlet: str = ""
    url: str = ""
    published: date | None = None
    printed: date | None = None


class WebpageReader:
    """Reads pages one after another in a worker that is started with the first and ends with the ``with`` block."""

    def __init__(
        self, cpu_seconds: int = _CPU_SECONDS, wall_seconds: float = _WALL_SECONDS, memory: int = _MEMORY
    ) -> None:
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory = memory
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, raw: bytes) -> Webpage:
        """Return a page from its bytes.

        Raises:
            ReportError: the page cannot be read; one line with the reason.
        """
        answer = self._answer(raw)
        if answer is None:
            raise ReportError(self._epitaph())
        if answer.pop("spent"):
            self._stop()
        if "error" in answer:
            raise ReportError(answer["error"])
        days = {name: answer[name] and date.fromisoformat(answer[name]) for name in ("published", "printed")}
        return Webpage(**answer | days)

    def _answer(self, raw: bytes) -> dict[str, Any] | None:
        """Return what the worker answers to a page, or None where it ended over it."""
        worker = self._worker = self._worker or self._start()
        assert worker.stdin is not None, "it is a pipe"  # noqa: S101 - tells the type checker so
        assert worker.stdout is not None, "it is a pipe"  # noqa: S101 - likewise
        timer = Timer(self._wall_seconds, worker.kill)
        timer.start()
        try:
            write_frame(worker.stdin, raw)
            answer = read_frame(worker.stdout, _LARGEST_ANSWER)
        except BrokenPipeError:
            return None
        finally:
            timer.cancel()
        return None if answer is None else json.loads(answer)

    def _start(self) -> subprocess.Popen[bytes]:
        """Start a worker that imports this very package, whatever the current folder holds."""
        paths = (str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", ""))
        return subprocess.Popen(  # noqa: S603 - this interpreter with our own module; the page comes by a pipe
            [sys.executable, "-P", "-m", "geo.extraction", str(self._cpu_seconds), str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONHASHSEED": "0"},
        )

    def _epitaph(self) -> str:
        """Return why the worker ended over a page."""
        code = self._stop()
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"takes more than {self._cpu_seconds} s to be read as a web page"
        if code == -getattr(signal, "SIGKILL", 0):
            return f"takes more than {self._wall_seconds:g} s to be read as a web page, or more memory than there is"
        return f"broke the reader of web pages (exit code {code})"

    def _stop(self) -> int:
        """End the worker, if any, and return its exit code."""
        worker, self._worker = self._worker, None
        if worker is None:
            return 0
        for pipe in filter(None, (worker.stdin, worker.stdout)):
            pipe.close()
        try:
            return worker.wait(_LEAVING_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            return worker.wait()


# --- the pipes ---


def write_frame(file: IO[bytes], content: bytes) -> None:
    """Write the length of a content and the content; an unbuffered pipe may take it in pieces."""
    left = memoryview(len(content).to_bytes(_LENGTH) + content)
    while left:
        left = left[file.write(left) :]


def read_frame(file: IO[bytes], largest: int) -> bytes | None:
    """Return the next frame of a pipe, or None where the pipe ends or the frame is larger."""
    head = _read_exactly(file, _LENGTH)
    length = int.from_bytes(head or b"")
    return None if head is None or length > largest else _read_exactly(file, length)


def _read_exactly(file: IO[bytes], length: int) -> bytes | None:
    content = bytearray()
    while len(content) < length:
        if not (piece := file.read(length - len(content))):
            return None
        content += piece
    return bytes(content)
