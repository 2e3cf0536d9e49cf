"""The Dask engine: reports are read by the workers of a cluster, on one machine or on many.

``dask_runner`` maps the reading of a build over workers in place of processes of its own. ``build_on_cluster`` does all
of the build there: reports are read from an address, near copies joined and events grouped by shuffles, and tables
written as Parquet in parts. The scheduler holds no reports; the driver, which is this process, holds of each its names,
day and story, and the words of those that have copies. A worker that dies is started anew or missed: what it had is
worked out again, to the same bytes. A report over which three workers die, alone, is set aside.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import attrgetter, itemgetter
from os import cpu_count
from typing import Any

import fsspec
import numpy as np
from dask import config as settings
from distributed import Client, LocalCluster, WorkerPlugin, as_completed
from distributed.scheduler import KilledWorker
from tornado.ioloop import PeriodicCallback

from geo import __version__, parts
from geo.assembly import unreadable_row
from geo.build import Config, Progress, read_batch
from geo.copies import agreed_days, place_of, screen_of, shared_runs, standing_runs, stories_of, without_standing
from geo.documents import SAME_NAME
from geo.errors import GeoError, StoreError
from geo.events import TABLES
from geo.grouping import find_homes
from geo.language import load_language
from geo.memory import collect_rarely
from geo.model import Document, Extract, Origin, Story, Unreadable
from geo.parts import Numbers, Pairs
from geo.runners import POISON, Eager, Runner, Work
from geo.screening import Screen
from geo.shingles import Print, distinct
from geo.slices import count_lines, find_manifest, list_slices
from geo.stories import inferred
from geo.territories import Guests, computed_reaches, guests_of, meetings

__all__ = ["LOCAL", "ClusterReport", "build_on_cluster", "connected", "dask_runner"]

LOCAL = "local"
"""The address that asks for workers on this machine."""

_BATCH = 50  # reports
_PER_PART = 2_000  # reports of a part after the first shuffle
_PER_TERRITORY = 5_000
_RETRIES = 2  # of what fails for want of a file or a connection
_DEATHS = 3
# Milliseconds between looks for workers that are gone for good: a nanny starts none anew that died as it started.
_KEEPING = 1_000
# A local worker's profiler looks at its stack a hundred times a second, and a limit on memory to be given back has each
# of our matrices asked of the system anew: together a quarter of the time of reading (measured).
_SETTINGS = {
    "distributed.scheduler.allowed-failures": _DEATHS,
    "distributed.logging.distributed": "error",
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}
_META = "meta.json"
_OURS = re.compile(rf"{re.escape(_META)}|(?:{'|'.join(TABLES)})/\.?part-\d+\.parquet(?:\.[0-9a-f]+)?")
"""What a build writes to an output, the drafts of one that was killed among it."""


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What a build on a cluster did: where its tables lie, their counts, and a line for what could not be read."""

    output: str
    counts: Mapping[str, int]
    unreadable: tuple[Unreadable, ...]
    model: str


@contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Client]:
    """Connect to a scheduler ("tcp://HOST:8786"), or start one with so many workers on this machine ("local").

    Raises:
        GeoError: no scheduler answers there.
    """
    with settings.set(_SETTINGS):
        if address != LOCAL:
            try:
                client = Client(address, timeout=10, set_as_default=False)
            except (OSError, ValueError) as error:
                raise GeoError(f"{address}: no Dask scheduler answers there: {error}") from error
            with client:
                yield client
            return
        count = workers or cpu_count() or 1
        cluster = LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",  # None takes port 8787, which is there once
            memory_limit=0,
            silence_logs="CRITICAL",
        )
        keeper = PeriodicCallback(lambda: cluster.scale(count), _KEEPING)
        with cluster, Client(cluster, set_as_default=False) as client:
            client.register_plugin(_OurWorker())
            client.loop.add_callback(keeper.start)
            try:
                yield client
            finally:
                client.loop.add_callback(keeper.stop)


class _OurWorker(WorkerPlugin):
    """What a worker does that reads reports and nothing else."""

    def setup(self, worker: Any) -> None:
        collect_rarely()


# --- a runner for the build of a folder -----------------------------------------------------------------------------


def dask_runner(client: Client) -> Runner:
    """Return a runner that reads batches of reports on the workers of a cluster, as ``geo.runners`` describes it."""
    return Eager(partial(_run, client))


def _run(client: Client, work: Work, batches: Iterable[list[Document]]) -> Iterator[list[Extract]]:
    given = list(batches)
    return _results(client, work, given, {_submit(client, work, batch): n for n, batch in enumerate(given)})


def _results(
    client: Client, work: Work, given: Sequence[list[Document]], waiting: dict[Any, int]
) -> Iterator[list[Extract]]:
    done: dict[int, list[Extract]] = {}
    turn = 0
    for future in as_completed(list(waiting), loop=client.loop):
        n = waiting.pop(future)
        done[n] = _read_of(client, work, future, given[n])
        future.release()
        while turn in done:
            yield done.pop(turn)
            turn += 1


def _submit(client: Client, work: Work, documents: Any) -> Any:
    return client.submit(work, documents, pure=False, retries=_RETRIES)


def _read_of(client: Client, work: Work, future: Any, documents: Sequence[Document]) -> list[Extract]:
    """Return what was read in a batch; where its workers died, it is read again report by report."""
    try:
        found: list[Extract] = future.result()
    except KilledWorker:
        return [_read_alone(client, work, document) for document in documents]
    return found


def _read_alone(client: Client, work: Work, document: Document) -> Extract:
    """Read one report while no other is sent, so that whose work a worker died of is known."""
    try:
        (found,) = _submit(client, work, [document]).result()
    except KilledWorker:
        return Extract(document, error=POISON)
    extract: Extract = found
    return extract


# --- all of a build -------------------------------------------------------------------------------------------------


def build_on_cluster(
    client: Client, source: str, output: str, config: Config | None = None, progress: Progress | None = None
) -> ClusterReport:
    """Read the reports at an fsspec address on a cluster and write their tables to another, as Parquet in parts.

    ``output/TABLE/part-NNNNN.parquet`` holds rows of ``geo.events.TABLES``, sorted in each part; ``meta.json``, written
    last, tells that all are there. The same reports give the same bytes, whatever workers there are and die. Analysts'
    corrections belong to a project's folder and are not applied.

    Raises:
        ReportError: there is nothing to read at the address.
        StoreError: the output cannot be written.
    """
    told = progress or (lambda _share, _text: None)
    return _Build(client, output, config or Config(), told).run(source)


@dataclass(slots=True)
class _Corpus:
    """The reports of a build as futures of its parts, and of each report what the driver knows: its print's head."""

    parts: list[Any]
    heads: list[list[Print]]

    @property
    def n_reports(self) -> int:
        return sum(map(len, self.heads))


class _Build:
    """One build; each method is a stage, which submits functions of ``geo.parts`` and gathers what decides the next."""

    def __init__(self, client: Client, output: str, config: Config, progress: Progress) -> None:
        self._client, self._output, self._config, self._progress = client, output.rstrip("/"), config, progress
        self._work = partial(read_batch, config=config)
        self._counts: Counter[str] = Counter()
        self._unreadable: list[Unreadable] = []

    def run(self, source: str) -> ClusterReport:
        self._begin()
        documents = self._load(source)
        prints = [self._do(parts.prints_of, part) for part in documents]
        corpus = _Corpus(documents, self._all([self._do(parts.without_words, item) for item in prints]))
        self._progress(0.1, "Comparing the reports")
        stories = self._stories(corpus, prints)
        finished = self._read(corpus, stories)
        self._progress(0.9, "Grouping the claims")
        self._events(finished, 1 + corpus.n_reports // _PER_TERRITORY)
        return self._end(corpus, stories)

    # --- reports ---

    def _load(self, source: str) -> list[Any]:
        slices = list_slices(source)
        manifest = find_manifest(source)
        lines = self._all([self._do(count_lines, item) for item in slices])
        slices = [
            item if not item.is_part else parts.with_line(item, 1 + before)
            for item, before in zip(slices, _lines_before(slices, lines), strict=True)
        ]
        loaded = [self._do(parts.load, item, manifest) for item in slices]
        heads = self._all([self._do(parts.head_of, item) for item in loaded])
        days = frozenset[date]().union(*(found for _, found, _ in heads))
        names: set[str] = set()
        dropped: list[frozenset[int]] = []
        for own, _, unreadable in heads:
            dropped.append(_known_again(own, names))
            repeated = (Unreadable(own[n], SAME_NAME) for n in sorted(dropped[-1]))
            self._unreadable += [*unreadable, *repeated]
        if manifest is not None:
            self._unreadable += manifest.complaints(parts.names_in(slices, names))
        return [self._do(parts.resolve, item, gone, days) for item, gone in zip(loaded, dropped, strict=True)]

    # --- stories ---

    def _stories(self, corpus: _Corpus, prints: Sequence[Any]) -> list[Story]:
        heads = [(head, part, at) for part, own in enumerate(corpus.heads) for at, head in enumerate(own)]
        heads.sort(key=lambda item: place_of(item[0]))
        numbers = [np.zeros(len(own), np.int64) for own in corpus.heads]
        for number, (_, part, at) in enumerate(heads):
            numbers[part][at] = number
        cleaned = self._cleaned(prints, numbers, [head.names for head, _, _ in heads])
        pairs = self._pairs(cleaned, numbers, screen_of([head for head, _, _ in heads]))
        homes = [(part, at) for _, part, at in heads]
        likeness = self._judged(cleaned, homes, pairs)
        linked = sorted({n for pair in pairs[~np.isnan(likeness)].tolist() for n in pair})
        known = [head for head, _, _ in heads]
        for number, item in zip(linked, self._picked(cleaned, [homes[n] for n in linked]), strict=True):
            known[number] = item
        return stories_of(known, pairs, likeness)

    def _cleaned(self, prints: Sequence[Any], numbers: Sequence[Numbers], names: Sequence[Sequence[str]]) -> list[Any]:
        n = len(prints)
        cut = [self._do(parts.cut_runs, item, own, n) for item, own in zip(prints, numbers, strict=True)]
        shared = self._all([self._do(shared_runs, pieces) for pieces in self._shuffled(cut, n)])
        standing = standing_runs(shared, names)
        return [self._do(without_standing, item, standing) for item in prints]

    def _pairs(self, cleaned: Sequence[Any], numbers: Sequence[Numbers], screen: Screen) -> Pairs:
        n = len(cleaned)
        cut = [self._do(parts.cut_keys, item, own, n) for item, own in zip(cleaned, numbers, strict=True)]
        met = [self._do(parts.pairs_of, pieces) for pieces in self._shuffled(cut, n)]
        kept = [np.empty(0, np.int64)]
        for _, pairs in as_completed(met, with_results=True, loop=self._client.loop):
            ones, others = pairs[screen(pairs[:, 0], pairs[:, 1])].T
            kept.append(ones << 32 | others)
        packed = distinct(np.concatenate(kept))
        return np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)

    def _judged(self, cleaned: Sequence[Any], homes: Sequence[tuple[int, int]], pairs: Pairs) -> Any:
        """Judge the pairs in as many stretches as there are parts; they are in order of days, and so are copies."""
        stretches = np.array_split(pairs, len(cleaned))
        members = [sorted({n for pair in stretch.tolist() for n in pair}) for stretch in stretches]
        lent = self._shuffled(self._lend(cleaned, homes, members), len(members))
        found = []
        for stretch, own, pieces in zip(stretches, members, lent, strict=True):
            order = [n for part in range(len(cleaned)) for n in own if homes[n][0] == part]
            place = {n: at for at, n in enumerate(order)}
            local = np.array([[place[a], place[b]] for a, b in stretch.tolist()], np.int64).reshape(-1, 2)
            found.append(self._do(parts.judge_pairs, pieces, local))
        return np.concatenate([np.empty(0, np.float64), *self._all(found)])

    def _lend(
        self, cleaned: Sequence[Any], homes: Sequence[tuple[int, int]], members: Sequence[Sequence[int]]
    ) -> list[Any]:
        """Cut each part's prints by the stretches that want them."""
        wanted: list[list[list[int]]] = [[[] for _ in members] for _ in cleaned]
        for stretch, own in enumerate(members):
            for n in own:
                part, at = homes[n]
                wanted[part][stretch].append(at)
        return [self._do(parts.cut_prints, item, own) for item, own in zip(cleaned, wanted, strict=True)]

    def _picked(self, cleaned: Sequence[Any], wanted: Sequence[tuple[int, int]]) -> list[Print]:
        """Return the prints at (part, position)s, with their words."""
        by_part: dict[int, list[int]] = defaultdict(list)
        for part, at in wanted:
            by_part[part].append(at)
        cut = self._all([self._do(parts.cut_prints, cleaned[part], [own]) for part, own in by_part.items()])
        found = {
            (part, at): p
            for (part, own), (got,) in zip(by_part.items(), cut, strict=True)
            for at, p in zip(own, got, strict=True)
        }
        return [found[key] for key in wanted]

    # --- reading ---

    def _read(self, corpus: _Corpus, stories: Sequence[Story]) -> list[Any]:
        """Return the rows of all parts as futures, written to the output, once all their reports have been read."""
        n, territories = 1 + corpus.n_reports // _PER_PART, 1 + corpus.n_reports // _PER_TERRITORY
        origins = {report_id: story.origin for story in stories for report_id in story.scores}
        target = {id_: parts.target_of(origin.origin_id, n) for id_, origin in origins.items()}
        targets = [[target[head.report_id] for head in own] for own in corpus.heads]
        cut = [self._do(parts.cut_documents, p, t, n) for p, t in zip(corpus.parts, targets, strict=True)]
        copied, found = self._days(corpus, origins)
        own_stories: list[list[Story]] = [[] for _ in range(n)]
        for story in stories:
            own_stories[parts.target_of(story.origin.origin_id, n)].append(story)
        members = Counter(target.values())
        readers = [
            self._part(number, pieces, own, members[number], copied, found)
            for number, (pieces, own) in enumerate(zip(self._shuffled(cut, n), own_stories, strict=True))
        ]
        return self._finished(readers, corpus.n_reports, territories)

    def _part(
        self,
        number: int,
        pieces: Sequence[Any],
        stories: Sequence[Story],
        n_reports: int,
        copied: Mapping[str, date],
        found: Mapping[str, date],
    ) -> "_Reader":
        origins = {id_: story.origin for story in stories for id_ in story.scores}
        ids = {id_: origin.origin_id for id_, origin in origins.items()}
        documents = self._do(parts.merge_documents, pieces, ids)
        trace = self._do(parts.traced, documents, stories)
        days = [{id_: day for id_, day in known.items() if id_ in ids} for known in (copied, found)]
        dated = self._do(parts.apply_days, documents, *days)
        batches = [self._do(parts.batch_of, dated, at, at + _BATCH) for at in range(0, n_reports, _BATCH)]
        return _Reader(number, batches, [_submit(self._client, self._work, batch) for batch in batches], trace, origins)

    def _days(self, corpus: _Corpus, origins: Mapping[str, Origin]) -> tuple[dict[str, date], dict[str, date]]:
        """Return the days that undated reports have from their copies, and those inferred, by report_id."""
        heads = [head for own in corpus.heads for head in own]
        agreed = agreed_days((origins[h.report_id].origin_id, h.published) for h in heads)
        undated = [h for h in heads if h.published is None]
        copied = {h.report_id: day for h in undated if (day := agreed.get(origins[h.report_id].origin_id))}
        if len(copied) == len(undated):
            return copied, {}
        clues = self._all([self._do(parts.clues_of, part, copied) for part in corpus.parts])
        days = inferred([clue for own in clues for clue in own])
        return copied, {h.report_id: day for h, day in zip(heads, days, strict=True) if day is not None}

    def _finished(self, readers: Sequence["_Reader"], n_reports: int, territories: int) -> list[Any]:
        waiting = {future: (reader, at) for reader in readers for at, future in enumerate(reader.read)}
        finished: list[Any] = [None] * len(readers)
        for reader in readers:
            if not reader.read:
                finished[reader.number] = self._finish(reader, territories)
        for done, future in enumerate(as_completed(list(waiting), loop=self._client.loop), 1):
            reader, at = waiting.pop(future)
            if future.status == "error":  # put among the arguments: what is scattered to a worker dies with it
                reader.read[at] = _read_of(self._client, self._work, future, reader.batches[at].result())
            reader.left -= 1
            share = 0.1 + 0.8 * done / (done + len(waiting))
            self._progress(share, f"Read {min(n_reports, done * _BATCH):,} of {n_reports:,} reports")
            if not reader.left:
                finished[reader.number] = self._finish(reader, territories)
        return finished

    def _finish(self, reader: "_Reader", territories: int) -> Any:
        done = self._do(parts.finish, reader.read, reader.trace, reader.origins, territories)
        written = self._do(parts.write_rows, self._do(attrgetter("rows"), done), self._output, reader.number)
        return written, self._do(attrgetter("tray"), done), self._do(attrgetter("told"), done)

    # --- events ---

    def _events(self, finished: Sequence[tuple[Any, Any, Any]], n: int) -> None:
        for counts in self._all([written for written, _, _ in finished]):
            self._counts.update(counts)
        for tray in self._all([tray for _, tray, _ in finished]):
            self._counts.update(tray)
        territories = [self._do(parts.merge_told, pieces) for pieces in self._shuffled([t for _, _, t in finished], n)]
        computed = [self._do(itemgetter(1), item) for item in territories]
        reaches = [reach for own in self._all([self._do(computed_reaches, item) for item in computed]) for reach in own]
        named = [self._do(itemgetter(0), item) for item in territories]
        met = self._all([self._do(meetings, item, reaches) for item in named]) if reaches else [[] for _ in named]
        homes = find_homes(pair for own in met for pair in own)
        found_in = {name: number for number, own in enumerate(met) for _, name in own}
        guests: dict[int, Guests] = defaultdict(list)
        for own in self._all([self._do(guests_of, item, homes) for item in computed]) if homes else ():
            for home, run in own:
                guests[found_in[home]].append((home, run))
        settled = [self._do(parts.settle, item, guests[k], homes) for k, item in enumerate(territories)]
        written = [
            self._do(parts.write_rows, self._do(parts.event_rows_of, item), self._output, k)
            for k, item in enumerate(settled)
        ]
        for counts in self._all(written):
            self._counts.update(counts)

    # --- the output ---

    def _begin(self) -> None:
        """Take away what an earlier build has left in the output: it is none until ``meta.json`` is there.

        Nothing else is deleted: an address may be mistyped, or be the reports' own.
        """
        try:
            system, path = fsspec.core.url_to_fs(self._output)
            prefix = f"{path.rstrip('/')}/"
            files = {name.removeprefix(prefix): name for name in system.find(path)} if system.exists(path) else {}
            if foreign := next((name for name in sorted(files) if not _OURS.fullmatch(name)), None):
                raise StoreError(f"{self._output}: holds {foreign}, which no build wrote; choose another address")
            for name in sorted(files, key=lambda name: name != _META):
                system.rm_file(files[name])
            system.makedirs(path, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self._output}: cannot be written: {error}") from error

    def _end(self, corpus: _Corpus, stories: Sequence[Story]) -> ClusterReport:
        lines = tuple(self._unreadable)
        rest = {"tray": list(map(unreadable_row, lines))}
        parts.write_rows(rest, self._output, 1 + corpus.n_reports // _PER_PART)
        self._counts.update(parts.tray_counts(rest["tray"]))
        model = load_language(self._config.model).name
        names = ("reports", "claims", "events", "undated", "unplaced", "unreadable")
        counts = {name: self._counts[name] for name in names} | {"sources": len({s.origin for s in stories})}
        system, path = fsspec.core.url_to_fs(self._output)
        meta = {"version": __version__, "model": model, "counts": counts}
        parts.write_file(system, f"{path}/{_META}", json.dumps(meta, indent=1, sort_keys=True).encode())
        self._progress(1.0, "Done")
        return ClusterReport(self._output, counts, lines, model)

    # --- the scheduler ---

    def _do(self, function: Callable[..., Any], *given: Any) -> Any:
        return self._client.submit(function, *given, pure=False, retries=_RETRIES)

    def _all(self, futures: Sequence[Any]) -> list[Any]:
        found: list[Any] = self._client.gather(list(futures))
        return found

    def _shuffled(self, cut: Sequence[Any], n: int) -> list[list[Any]]:
        """Return for each of ``n`` targets its pieces of all parts, in their order."""
        return [[self._do(itemgetter(k), item) for item in cut] for k in range(n)]


@dataclass(slots=True)
class _Reader:
    """A part while its reports are read: its batches, what is read of each, and what else its rows need."""

    number: int
    batches: list[Any]
    read: list[Any]
    trace: Any
    origins: Mapping[str, Origin]
    left: int = 0

    def __post_init__(self) -> None:
        self.left = len(self.read)


def _known_again(own: Sequence[str], names: set[str]) -> frozenset[int]:
    """Return the positions of the names that are known already, and know the others from now on."""
    again = set()
    for n, name in enumerate(own):
        if name in names:
            again.add(n)
        names.add(name)
    return frozenset(again)


def _lines_before(slices: Sequence[Any], lines: Sequence[int]) -> list[int]:
    """Return for each slice how many lines of its file stand before it."""
    before: list[int] = []
    for item, own in zip(slices, zip([None, *slices], [0, *lines], strict=False), strict=False):
        last, n = own
        same = last is not None and last.is_part and last.names == item.names
        before.append(before[-1] + n if same else 0)
    return before
