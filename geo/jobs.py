"""Builds in a process of their own, so that the page stays alive: how far they are, and an end to them on demand.

The process is ``dateline build --progress json --tethered``. It ends when whoever started it does, and with it the
processes that it has started. A build that is ended leaves the map as it was.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from geo.build import Config
from geo.errors import StoreError
from geo.store import project_folder

__all__ = ["Job", "Progress", "start"]

_PACKAGE = Path(__file__).resolve().parent
_GRACE = 3.0  # seconds
_MOST_SAID = 4_000  # bytes of what went wrong
_LEFT_OUT = 1  # the exit code of a build that is done but for what could not be read


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: its share (0-1), what is being done, and whether it has ended and how.

    ``error`` is why it failed, or ''. One that was cancelled is done, without an error.
    """

    share: float
    text: str
    done: bool = False
    error: str = ""
    cancelled: bool = False


class Job:
    """One build that runs, or has ended; ``start`` makes them."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        """Follow a process that tells its progress on standard output; ``said`` is the file of its other words."""
        self.folder = folder
        self._process = process
        self._said = said
        self._told = Progress(0.0, "")
        self._end: Progress | None = None
        self._ending = threading.Lock()
        self._cancelled = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def poll(self) -> Progress:
        """Return how far the build is."""
        with self._ending:
            if self._end is None and self._process.poll() is not None:
                self._end = self._finish()
        return self._end or self._told

    def cancel(self) -> None:
        """End the build and return when it has ended; one that has ended already stays as it is."""
        if self._process.poll() is not None:
            return
        self._cancelled = True
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if os.name != "nt":
            self._signal(signal.SIGKILL)  # its workers, of which one may hang

    def wait(self, seconds: float) -> Progress:
        """Return the progress when the build has ended, or after so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            self._listener.join(seconds)
        return self.poll()

    def _listen(self) -> None:
        assert self._process.stdout is not None, "it is a pipe"  # noqa: S101 - tells the type checker so
        with self._process.stdout as lines:
            for line in lines:
                self._told = _progress(line) or self._told

    def _finish(self) -> Progress:
        told, error = self._told, "" if self._cancelled else self._error()
        assert self._process.stdin is not None, "it is a pipe"  # noqa: S101 - tells the type checker so
        self._process.stdin.close()
        self._said.close()
        share = told.share if error or self._cancelled else 1.0
        return Progress(share, told.text, done=True, error=error, cancelled=self._cancelled)

    def _error(self) -> str:
        """Return the last words of a build that failed, '' of one that did not."""
        code = self._process.returncode
        if code in (0, _LEFT_OUT):
            return ""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _MOST_SAID))
        words = self._said.read().decode("utf-8", "replace").strip()
        ended = f"the build was ended from outside (signal {-code})" if code < 0 else f"the build failed (code {code})"
        return words or ended

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "nt":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, number)  # it leads a group: its workers end with it


_running: dict[Path, Job] = {}
_starting = threading.Lock()


def start(folder: Path, data: Path, config: Config | None = None, *, retry: bool = False) -> Job:
    """Build a folder under ``data`` in a process of its own; where one does so already, return that one.

    ``retry`` reads again what could not be read.

    Raises:
        StoreError: the system starts no process.
    """
    root = project_folder(data, folder)
    with _starting:
        for known in [known for known, job in _running.items() if job.poll().done]:
            del _running[known]
        if root not in _running:
            _running[root] = _start(_command(folder, data, config or Config(), retry), folder)
        return _running[root]


def _start(command: list[str], folder: Path) -> Job:
    own = [str(_PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    said = tempfile.TemporaryFile()  # noqa: SIM115 - the job closes it
    try:
        process = subprocess.Popen(  # noqa: S603 - the product itself
            command,
            stdin=subprocess.PIPE,  # never written to: it ends with this process, and the build ends with it
            stdout=subprocess.PIPE,
            stderr=said,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(own)},
            start_new_session=True,
        )
    except OSError as error:
        said.close()
        raise StoreError(f"{folder}: no build can be started: {error.strerror}") from error
    return Job(folder, process, said)


def _command(folder: Path, data: Path, config: Config, retry: bool) -> list[str]:
    """Return the command line; -P keeps modules out that lie in the folder in which the page was opened."""
    options = {
        "--data": data.resolve(),
        "--gazetteer": config.gazetteer and config.gazetteer.resolve(),
        "--model": config.model,
        "--online": config.online,
        "--online-url": config.online_url,
    }
    chosen = [part for name, value in options.items() if value for part in (name, str(value))]
    flags = ["--progress", "json", "--tethered", *(["--retry"] if retry else [])]
    return [sys.executable, "-P", "-m", "geo", "build", str(folder.resolve()), *chosen, *flags]


def _progress(line: bytes) -> Progress | None:
    try:
        told = json.loads(line)
        return Progress(min(max(float(told["share"]), 0.0), 1.0), str(told["stage"]))
    except (ValueError, LookupError, TypeError):
        return None
