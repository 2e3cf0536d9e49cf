"""Which claims say a word or a part of one: the words of a generation, and the rows of each."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.cubes import SEPARATORS

__all__ = ["WordIndex"]

_SEPARATED = re.compile(f"[{SEPARATORS}]")


class WordIndex:
    """The open index of a generation's words (``geo.cubes``).

    Raises:
        OSError: a file of it is missing.
    """

    def __init__(self, folder: Path) -> None:
        """Read the words; their rows stay on the disk until they are asked for."""
        table = pq.read_table(folder / "words.parquet").combine_chunks()
        self._words = table["word"].combine_chunks() if table.num_rows else pa.array([], pa.string())
        self._begins = table["begins"].to_numpy().astype(np.int64)
        self._counts = table["n"].to_numpy().astype(np.int64)
        self._postings = pq.ParquetFile(folder / "postings.parquet", memory_map=True)
        metadata = self._postings.metadata
        sizes = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
        self._group_begins = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)

    def rows(self, term: str) -> NDArray[np.uint32] | None:
        """Return the rows of the claims of which a word holds a folded term, some more than once.

        None for what may stand across two words, such as a phrase: the words do not say in which order they stood.
        """
        if _SEPARATED.search(term):
            return None
        found = np.flatnonzero(pc.match_substring(self._words, term).to_numpy(zero_copy_only=False))
        return np.concatenate([np.empty(0, np.uint32), *self._read(self._begins[found], self._counts[found])])

    def _read(self, begins: NDArray[np.int64], counts: NDArray[np.int64]) -> list[NDArray[np.uint32]]:
        """Return the stretches of the postings; each group of rows that they touch is read once."""
        parts: list[NDArray[np.uint32]] = []
        ends = begins + counts
        first = np.searchsorted(self._group_begins, begins, "right") - 1
        last = np.searchsorted(self._group_begins, ends - 1, "right") - 1
        for group in np.unique(
            np.concatenate([first, last, *(np.arange(a, b) for a, b in zip(first, last, strict=True))])
        ):
            rows = self._postings.read_row_group(int(group), use_threads=False).column(0).to_numpy()
            offset = self._group_begins[group]
            parts.extend(
                rows[max(begins[n] - offset, 0) : ends[n] - offset]
                for n in np.flatnonzero((first <= group) & (group <= last))
            )
        return parts
