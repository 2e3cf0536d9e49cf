"""Pairs of reports that are worth comparing word by word, out of millions, by MinHash.

A third of a story in a long page is little like the whole story, but its sentences are the story's sentences. So it is
runs of words (sentences without their quotes), not reports, that are signed and banded: two reports meet where one band
of one run agrees. MinHash of whole reports misses cut copies (``benchmarks/copies.py`` prints the recall of both).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from rensa import RMinHash

from geo.shingles import Hashes, Print, distinct, mixed, runs_of

__all__ = ["candidate_pairs", "join_in_memory", "join_out_of_core", "keys"]

Pairs = NDArray[np.int64]
MayPair = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]

_BANDS, _ROWS = 8, 3  # fewer rows bring together what has but "said on" in common
_SHINGLE = 2  # words; a reworded sentence keeps more pairs of words than triples
_FEWEST_SHINGLES = 6  # of a run; shorter ones ("he told reporters") are alike everywhere
_SEED = 5
_REACH = 8  # reports that each is paired with in one bucket, in order; larger buckets are one story or site chrome
_IN_MEMORY = 200_000  # reports, whose keys take 400 MB; those of more are joined on disk
_PART = 2_000  # reports signed at a time
_MEMORY = "800MB"  # for the join on disk
_FETCHED = 1_000_000  # pairs at a time
_TEXT_BAND = _BANDS  # the band of whole texts: they meet where every word is the same
_SCHEMA = pa.schema([("band", pa.uint8()), ("bucket", pa.uint64()), ("report", pa.uint32())])


def candidate_pairs(prints: Sequence[Print], may_pair: MayPair | None = None, in_memory: int = _IN_MEMORY) -> Pairs:
    """Return pairs of positions in ``prints``, each the smaller first, sorted, in an array of shape (n, 2).

    ``may_pair`` tells of the first and the second positions of many pairs which of them to return; without it all are.
    More than ``in_memory`` reports are joined on disk, with the same pairs. Reports that stand near each other in
    ``prints`` meet more surely in a bucket that very many share, so the order should be that of days.
    """
    parts = (keys(prints[i : i + _PART], i) for i in range(0, len(prints), _PART))
    if len(prints) <= in_memory:
        return join_in_memory(pa.concat_tables([_SCHEMA.empty_table(), *parts]), may_pair)
    with TemporaryDirectory(prefix="dateline-") as folder:
        with pq.ParquetWriter(Path(folder) / "keys.parquet", _SCHEMA) as writer:
            for part in parts:
                writer.write_table(part)
        return join_out_of_core(Path(folder), may_pair)


def keys(prints: Sequence[Print], first: int = 0) -> pa.Table:
    """Return the buckets of reports as a table of (band, bucket, report); reports are numbered from ``first``."""
    tokens, offsets, owners = _tokens(prints)
    buckets = _buckets(tokens, offsets)
    bands = np.repeat(np.arange(_BANDS, dtype=np.uint8), len(owners))
    texts = np.array([int(item.text_hash, 16) for item in prints], np.uint64)
    columns = (
        np.concatenate([bands, np.full(len(prints), _TEXT_BAND, np.uint8)]),
        np.concatenate([buckets.T.ravel(), texts]),
        np.concatenate([np.tile(owners, _BANDS), np.arange(len(prints), dtype=np.uint32)]) + np.uint32(first),
    )
    return pa.table(list(columns), schema=_SCHEMA)


def join_in_memory(table: pa.Table, may_pair: MayPair | None = None) -> Pairs:
    """Return the pairs that meet in a bucket, each report with the next few in it, as ``candidate_pairs`` does."""
    return _once(_meeting(table), may_pair)


def _meeting(table: pa.Table) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the first and the second reports of pairs that meet, at most as many as there are runs."""
    band, bucket, report = (table[name] for name in _SCHEMA.names)
    for number in range(_BANDS + 1):  # one at a time: to sort all of them takes eight times the memory
        parts = [part.to_numpy() == number for part in band.chunks]
        buckets, reports = _in_order(
            *(np.concatenate([c.to_numpy()[p] for c, p in zip(x.chunks, parts, strict=True)]) for x in (bucket, report))
        )
        for step in range(1, min(_REACH, len(reports) - 1) + 1):
            alike = buckets[step:] == buckets[:-step]
            yield reports[:-step][alike], reports[step:][alike]


def _in_order(bucket: Hashes, report: NDArray[np.uint32]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the buckets of one band with their reports, sorted, each report once in a bucket."""
    order = np.lexsort((report, bucket))
    bucket, report = bucket[order], report[order]
    fresh = np.ones(len(report), bool)
    fresh[1:] = (bucket[1:] != bucket[:-1]) | (report[1:] != report[:-1])
    return bucket[fresh], report[fresh].astype(np.int64)


def _once(met: Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]], may_pair: MayPair | None) -> Pairs:
    """Return the pairs that may be, sorted, each once."""
    kept = [np.empty(0, np.int64)]
    for ones, others in met:
        may = may_pair(ones, others) if may_pair else slice(None)
        kept.append(ones[may] << 32 | others[may])
    pairs = distinct(np.concatenate(kept))  # as one number each; rows of two take ten times as long
    return np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)


def join_out_of_core(folder: Path, may_pair: MayPair | None = None, memory: str = _MEMORY) -> Pairs:
    """Return what ``join_in_memory`` does for the table in the Parquet files of a folder, which may exceed memory.

    DuckDB keeps to ``memory`` and lays the rest into the folder.
    """
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = $memory", {"memory": memory})
        connection.execute("SET temp_directory = $folder", {"folder": str(folder / "spilled")})
        query = connection.sql(_JOIN, params={"files": str(folder / "*.parquet"), "reach": _REACH})
        return _once(_fetched(query), may_pair)


def _fetched(query: duckdb.DuckDBPyRelation) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    for batch in query.to_arrow_reader(_FETCHED):
        yield batch["one"].to_numpy().astype(np.int64), batch["other"].to_numpy().astype(np.int64)


_JOIN = """
    WITH keys AS (SELECT DISTINCT band, bucket, report FROM read_parquet($files)),
    shared AS (
        SELECT band, bucket, report, row_number() OVER (PARTITION BY band, bucket ORDER BY report) AS place
        FROM keys QUALIFY count(*) OVER (PARTITION BY band, bucket) > 1
    )
    SELECT first.report AS one, second.report AS other
    FROM shared AS first JOIN shared AS second USING (band, bucket)
    WHERE second.place BETWEEN first.place + 1 AND first.place + $reach
"""


def _tokens(prints: Sequence[Print]) -> tuple[Hashes, Hashes, NDArray[np.uint32]]:
    """Return the word pairs of all long runs in a row, where each run begins, with the end, and whose it is."""
    runs = runs_of(prints)
    hashes, owners = runs.shingles(_SHINGLE)
    sizes = np.bincount(owners, minlength=len(runs.starts))
    long = sizes >= _FEWEST_SHINGLES
    offsets = np.cumsum(sizes[long], dtype=np.uint64)
    return hashes[long[owners]], np.insert(offsets, 0, 0), runs.owners[long].astype(np.uint32)


def _buckets(tokens: Hashes, offsets: Hashes) -> Hashes:
    """Return the bucket of each run in each band, of shape (runs, bands)."""
    signed = RMinHash.digest_matrix_from_flat_token_hashes(tokens, offsets, _BANDS * _ROWS, _SEED)
    signature = np.array(signed.to_rows(), np.uint64).reshape(-1, _BANDS, _ROWS)
    buckets = np.zeros(signature.shape[:2], np.uint64)
    for row in range(_ROWS):
        buckets = mixed(buckets + signature[:, :, row])
    return buckets
