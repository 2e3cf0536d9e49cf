"""The stages of a build over parts of a corpus, each a pure function: what a scheduler may run anywhere, and again.

Nothing here knows a scheduler. A part is some reports; a shuffle is a function that cuts a part into pieces, one for
each target, and one that joins the pieces of a target in the order of their parts, so that the same input gives the
same bytes, whoever worked it out how often.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any
from uuid import uuid4

import fsspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.assembly import Surroundings, assemble
from geo.candidates import join_in_memory, keys
from geo.copies import Judge, bearing_runs, with_copied_day
from geo.documents import resolve_years
from geo.events import copy_row, lineage_row
from geo.grouping import is_computed
from geo.lineage import trace, variants
from geo.manifest import Manifest, names_of
from geo.model import Document, Extract, Origin, Story, Unreadable
from geo.shingles import Hashes, Print, fingerprint
from geo.slices import Slice, read_slice
from geo.store import table_bytes
from geo.stories import Clue, clue_of, with_inferred
from geo.territories import Guests, Rules, Settled, Told, settle_territory, territory_of

__all__ = [
    "Finished",
    "Loaded",
    "Origins",
    "apply_days",
    "batch_of",
    "clues_of",
    "cut_documents",
    "cut_keys",
    "cut_prints",
    "cut_runs",
    "event_rows_of",
    "finish",
    "head_of",
    "judge_pairs",
    "load",
    "merge_documents",
    "merge_told",
    "names_in",
    "pairs_of",
    "prints_of",
    "resolve",
    "settle",
    "target_of",
    "traced",
    "tray_counts",
    "with_line",
    "without_words",
    "write_file",
    "write_rows",
]

Numbers = NDArray[np.int64]
Pairs = NDArray[np.int64]
Rows = dict[str, list[dict[str, Any]]]
Origins = Mapping[str, Origin]
_NO_WORDS = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The reports of a slice, and a line for each that is none."""

    documents: tuple[Document, ...]
    unreadable: tuple[Unreadable, ...]

    @property
    def days(self) -> frozenset[date]:
        """The publication days of its reports."""
        return frozenset(d.published for d in self.documents if d.published)


def load(part: Slice, manifest: Manifest | None) -> Loaded:
    """Read a slice."""
    found = read_slice(part, manifest)
    documents = (item for item in found if isinstance(item, Document))
    return Loaded(tuple(documents), tuple(item for item in found if isinstance(item, Unreadable)))


def head_of(loaded: Loaded) -> tuple[list[str], frozenset[date], tuple[Unreadable, ...]]:
    """Return what is asked of all slices together: names of reports, their days, and what could not be read."""
    return [d.report for d in loaded.documents], loaded.days, loaded.unreadable


def resolve(loaded: Loaded, dropped: frozenset[int], days: frozenset[date]) -> list[Document]:
    """Return the reports without those at some positions, with the years of their datelines."""
    return resolve_years((d for n, d in enumerate(loaded.documents) if n not in dropped), days)


def with_line(part: Slice, line: int) -> Slice:
    """Return a slice that knows the number of its first line."""
    return replace(part, line=line)


def names_in(slices: Iterable[Slice], reports: Iterable[str]) -> set[str]:
    """Return the names by which a manifest may speak of what was found: files and reports."""
    return {name for part in slices for name in part.names} | {name for report in reports for name in names_of(report)}


def batch_of(documents: Sequence[Document], start: int, end: int) -> list[Document]:
    """Return some reports of a part."""
    return list(documents[start:end])


def clues_of(documents: Iterable[Document], copied: Mapping[str, date]) -> list[Clue]:
    """Return what tells the days of reports that may have one from their copies, by report_id."""
    return [clue_of(with_copied_day(d, copied.get(d.report_id))) for d in documents]


# --- near copies ----------------------------------------------------------------------------------------------------


def prints_of(documents: Iterable[Document]) -> list[Print]:
    """Return what is compared of reports."""
    return list(map(fingerprint, documents))


def without_words(prints: Iterable[Print]) -> list[Print]:
    """Return prints as those need them who ask for names, days and credits only."""
    return [replace(item, words=_NO_WORDS, runs=_NO_WORDS) for item in prints]


def cut_runs(prints: Sequence[Print], numbers: Numbers, n: int) -> list[tuple[Hashes, Numbers]]:
    """Cut the sentences of reports, as hashes with the number of their report, by their hash."""
    hashes, owners = bearing_runs(prints)
    target = (hashes % np.uint64(n)).astype(np.int64)
    return [(hashes[target == k], numbers[owners[target == k]]) for k in range(n)]


def cut_keys(prints: Sequence[Print], numbers: Numbers, n: int) -> list[pa.Table]:
    """Cut the buckets of reports, in which copies meet, by bucket."""
    table = keys(prints)
    own = pa.array(numbers[table["report"].to_numpy()].astype(np.uint32))
    table = table.set_column(2, "report", own)
    target = table["bucket"].to_numpy() % np.uint64(n)
    return [table.filter(pa.array(target == k)) for k in range(n)]


def pairs_of(pieces: Sequence[pa.Table]) -> Pairs:
    """Return the pairs of reports that meet in some buckets."""
    return join_in_memory(pa.concat_tables(pieces))


def cut_prints(prints: Sequence[Print], wanted: Sequence[Sequence[int]]) -> list[list[Print]]:
    """Return for each target the prints at the positions that it wants."""
    return [[prints[at] for at in positions] for positions in wanted]


def judge_pairs(pieces: Sequence[Sequence[Print]], pairs: Pairs) -> NDArray[np.float64]:
    """Return how alike the reports of each pair are; ``pairs`` are positions in the pieces put together."""
    judge = Judge(list(chain.from_iterable(pieces)))
    return np.array([judge.likeness(one, other) for one, other in pairs.tolist()], np.float64)


# --- reports by story -----------------------------------------------------------------------------------------------


def target_of(origin_id: str, n: int) -> int:
    """Return the number, below ``n``, of the part that a story's reports go to: copies are read side by side."""
    return zlib.crc32(origin_id.encode()) % n


def cut_documents(documents: Sequence[Document], targets: Sequence[int], n: int) -> list[list[Document]]:
    """Cut reports by the part that each goes to."""
    pieces: list[list[Document]] = [[] for _ in range(n)]
    for document, target in zip(documents, targets, strict=True):
        pieces[target].append(document)
    return pieces


def merge_documents(pieces: Sequence[Sequence[Document]], origins: Mapping[str, str]) -> list[Document]:
    """Return the reports of a part, copies side by side; ``origins`` has the origin_id of each."""
    return sorted(chain.from_iterable(pieces), key=lambda d: (origins[d.report_id], d.report_id))


def apply_days(
    documents: Iterable[Document], copied: Mapping[str, date], inferred: Mapping[str, date]
) -> list[Document]:
    """Give undated reports the days of their copies, then those inferred for them, by report_id."""
    days = (with_copied_day(d, copied.get(d.report_id)) for d in documents)
    return [with_inferred(d, inferred.get(d.report_id)) for d in days]


Traced = tuple[Rows, dict[tuple[str, int], str]]
"""Rows of the tables copies and lineage, and the families of sentences."""


def traced(documents: Sequence[Document], stories: Sequence[Story]) -> Traced:
    """Return what the reports of whole stories have from each other."""
    copies, borrowings = trace(documents, stories)
    rows = {"copies": list(map(copy_row, copies)), "lineage": list(map(lineage_row, borrowings))}
    return rows, variants(borrowings)


@dataclass(frozen=True, slots=True)
class Finished:
    """The rows of a part by table, the counts of its tray, and its placed claims, cut by territory."""

    rows: Rows
    tray: Counter[str]
    told: list[list[Told]]


def finish(extracts: Sequence[Sequence[Extract]], found: Traced, origins: Origins, n: int) -> Finished:
    """Return the rows of a part from what was read in its batches of reports."""
    rows, families = found
    assembled = assemble(chain.from_iterable(extracts), Surroundings(origins, families))
    told: list[list[Told]] = [[] for _ in range(n)]
    for item in assembled.told:
        told[territory_of(item.claim, n)].append(item)
    return Finished(assembled.rows | rows, tray_counts(assembled.rows["tray"]), told)


def tray_counts(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how many rows of the tray are of each kind."""
    return Counter(row["kind"] for row in rows)


# --- events ---------------------------------------------------------------------------------------------------------


Territory = tuple[list[Told], list[Told]]
"""Claims about places with names, and about computed ones."""


def merge_told(pieces: Sequence[Sequence[Told]]) -> Territory:
    """Return the claims of a territory."""
    found = list(chain.from_iterable(pieces))
    return [x for x in found if not is_computed(x.claim)], [x for x in found if is_computed(x.claim)]


def settle(territory: Territory, guests: Guests, homes: Mapping[str, str]) -> Settled:
    """Return the events of a territory."""
    return settle_territory(*territory, guests, homes, Rules())


def event_rows_of(settled: Settled) -> Rows:
    """Return the events of a territory as rows."""
    return {"events": settled.rows}


# --- what is written ------------------------------------------------------------------------------------------------


def write_file(system: Any, path: str, content: bytes) -> None:
    """Write a file whole or not at all; the stores of clouds do that of themselves."""
    if "file" not in system.protocol:
        system.pipe_file(path, content)
        return
    folder, _, name = path.rpartition("/")
    draft = f"{folder}/.{name}.{uuid4().hex}"
    system.pipe_file(draft, content)
    system.mv(draft, path)


def write_rows(rows: Rows, root: str, number: int) -> dict[str, int]:
    """Write the rows of a part as ``root/TABLE/part-NUMBER.parquet``, each file whole or not at all; return counts."""
    system, path = fsspec.core.url_to_fs(root)
    for name, own in rows.items():
        system.makedirs(f"{path}/{name}", exist_ok=True)
        target = f"{path}/{name}/part-{number:05}.parquet"
        write_file(system, target, table_bytes(name, own))
    return {name: len(own) for name, own in rows.items()}
