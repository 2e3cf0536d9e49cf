"""Pairs of reports that are worth comparing word by word, out of millions, by MinHash.

A third of a story in a long page is little like the whole story, but its sentences are the story's sentences. So it is
runs of words (sentences without their quotes), not reports, that are signed and banded: two reports meet where one band
of one run agrees. MinHash of whole reports misses cut copies (``benchmarks/copies.py`` prints the recall of both).
"""

from collections.abc import Sequence
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

_BANDS, _ROWS = 8, 3  # fewer rows bring together what has but "said on" in common
_SHINGLE = 2  # words; a reworded sentence keeps more pairs of words than triples
_FEWEST_SHINGLES = 6  # of a run; shorter ones ("he told reporters") are alike everywhere
_SEED = 5
_REACH = 8  # reports that each is paired with in one bucket, in order; larger buckets are one story or site chrome
_IN_MEMORY = 5_000_000  # reports; the keys of more are joined on disk
_PART = 2_000  # reports signed at a time
_MEMORY = "2GB"  # for the join on disk
_TEXT_BAND = _BANDS  # the band of whole texts: they meet where every word is the same
_SCHEMA = pa.schema([("band", pa.uint8()), ("bucket", pa.uint64()), ("report", pa.uint32())])


def candidate_pairs(prints: Sequence[Print], in_memory: int = _IN_MEMORY) -> Pairs:
    """Return pairs of positions in ``prints``, each the smaller first, sorted, in an array of shape (n, 2).

    More than ``in_memory`` reports are joined on disk, with the same pairs. Reports that stand near each other in
    ``prints`` meet more surely in a bucket that very many share, so the order should be that of days.
    """
    parts = (keys(prints[i : i + _PART], i) for i in range(0, len(prints), _PART))
    if len(prints) <= in_memory:
        return join_in_memory(pa.concat_tables([_SCHEMA.empty_table(), *parts]))
    with TemporaryDirectory(prefix="dateline-") as folder:
        with pq.ParquetWriter(Path(folder) / "keys.parquet", _SCHEMA) as writer:
            for part in parts:
                writer.write_table(part)
        return join_out_of_core(Path(folder))


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


def join_in_memory(table: pa.Table) -> Pairs:
    """Return the pairs that meet in a bucket, each report with the next few in it, as ``candidate_pairs`` does."""
    found = [np.empty(0, np.int64)]
    band, bucket, report = (table[name] for name in _SCHEMA.names)
    for number in range(_BANDS + 1):  # one at a time: to sort all of them takes eight times the memory
        parts = [part.to_numpy() == number for part in band.chunks]
        own = [
            np.concatenate([c.to_numpy()[p] for c, p in zip(x.chunks, parts, strict=True)]) for x in (bucket, report)
        ]
        found.append(_meeting(*own))
    pairs = distinct(np.concatenate(found))  # as one number each; rows of two take ten times as long
    return np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)


def _meeting(bucket: Hashes, report: NDArray[np.uint32]) -> Pairs:
    """Return the pairs that meet in the buckets of one band, each as one number."""
    order = np.lexsort((report, bucket))
    bucket, report = bucket[order], report[order]
    fresh = np.ones(len(report), bool)
    fresh[1:] = (bucket[1:] != bucket[:-1]) | (report[1:] != report[:-1])
    bucket, numbers = bucket[fresh], report[fresh].astype(np.int64)
    steps = range(1, min(_REACH, len(numbers) - 1) + 1)
    same = ((step, bucket[step:] == bucket[:-step]) for step in steps)
    met = (numbers[:-step][alike] << 32 | numbers[step:][alike] for step, alike in same)
    return distinct(np.concatenate([np.empty(0, np.int64), *met]))


def join_out_of_core(folder: Path, memory: str = _MEMORY) -> Pairs:
    """Return what ``join_in_memory`` does for the table in the Parquet files of a folder, which may exceed memory.

    DuckDB keeps to ``memory`` and lays the rest into the folder.
    """
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = $memory", {"memory": memory})
        connection.execute("SET temp_directory = $folder", {"folder": str(folder / "spilled")})
        query = connection.execute(_JOIN, {"files": str(folder / "*.parquet"), "reach": _REACH})
        columns = query.fetchnumpy()
    pairs: Pairs = np.stack([columns["one"], columns["other"]], axis=1).astype(np.int64)
    return pairs


_JOIN = """
    WITH keys AS (SELECT DISTINCT band, bucket, report FROM read_parquet($files)),
    shared AS (
        SELECT band, bucket, report, row_number() OVER (PARTITION BY band, bucket ORDER BY report) AS place
        FROM keys QUALIFY count(*) OVER (PARTITION BY band, bucket) > 1
    )
    SELECT DISTINCT first.report AS one, second.report AS other
    FROM shared AS first JOIN shared AS second USING (band, bucket)
    WHERE second.place BETWEEN first.place + 1 AND first.place + $reach
    ORDER BY one, other
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
