"""Which claims say a word, a part of one, or a phrase: the words of a generation, and the rows of each."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.cubes import SEPARATORS

__all__ = ["WordIndex"]

_PIECE = re.compile(f"[{SEPARATORS}]+|[^{SEPARATORS}]+", re.ASCII)  # as DuckDB reads the same pattern
_SEPARATED = re.compile(f"[{SEPARATORS}]", re.ASCII)
_STRETCH = 1 << 20  # tokens looked at at a time, which the processor's cache holds

Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]


class WordIndex:
    """The open index of a generation's words (``geo.cubes``).

    Raises:
        OSError: a file of it is missing.
    """

    def __init__(self, folder: Path) -> None:
        """Read the words; their rows, and in which order they stood, stay on the disk until they are asked for."""
        table = pq.read_table(folder / "words.parquet").combine_chunks()
        self._pieces = table["word"].combine_chunks() if table.num_rows else pa.array([], pa.string())
        self._begins = table["begins"].to_numpy().astype(np.int64)
        self._counts = table["n"].to_numpy().astype(np.int64)
        self._postings, self._tokens, self._sayings = (
            _mapped(folder / f"{name}.u32") for name in ("postings", "tokens", "sayings")
        )
        self._ends = np.flatnonzero(self._tokens == 0)

    def rows(self, term: str) -> Numbers:
        """Return the rows of the claims that hold a folded term with plain marks, some more than once.

        The term stands in one word or goes on from the end of one through others; nothing goes from a sentence on to
        its title.
        """
        if _SEPARATED.search(term):
            return self._rows_of_phrase(term)
        found = np.flatnonzero(_flags(pc.match_substring(self._pieces, term)))
        stretches = zip(self._begins[found].tolist(), self._counts[found].tolist(), strict=True)
        return np.concatenate([np.empty(0, np.uint32), *(self._postings[b : b + n] for b, n in stretches)])

    def _rows_of_phrase(self, phrase: str) -> Numbers:
        pieces = [piece for piece in _PIECE.findall(phrase) if piece != " "]
        marked = [self._meant(piece, n, len(pieces)) for n, piece in enumerate(pieces)]
        said = np.zeros(len(self._ends), np.bool_)
        said[np.searchsorted(self._ends, self._places(marked))] = True
        rows: Numbers = np.flatnonzero(said[self._sayings]).astype(np.uint32)
        return rows

    def _meant(self, piece: str, n: int, of: int) -> Mask:
        """Return which tokens the ``n``-th piece of a phrase means: its first may end a word, its last begin one."""
        if of == 1:
            found = pc.match_substring(self._pieces, piece)
        elif n == 0:
            found = pc.ends_with(self._pieces, piece)
        elif n == of - 1:
            found = pc.starts_with(self._pieces, piece)
        else:
            found = pc.equal(self._pieces, piece)
        return np.append(False, _flags(found))  # the end of a saying is none

    def _places(self, marked: list[Mask]) -> NDArray[np.int64]:
        """Return where tokens stand one after the other of which each is among those marked for it.

        The rarest of them is sought first, by its words' claims.
        """
        if not all(mark.any() for mark in marked):
            return np.empty(0, np.int64)
        rarest = min(range(len(marked)), key=lambda n: (self._counts[marked[n][1:]].sum() or np.inf, n))
        found = self._found(marked[rarest]) - rarest
        found = found[(found >= 0) & (found + len(marked) <= len(self._tokens))]
        for n, mark in enumerate(marked):
            if n != rarest:
                found = found[mark[self._tokens[found + n]]]
        return found

    def _found(self, marked: Mask) -> NDArray[np.int64]:
        """Return where tokens stand that are marked; neighbours in the list of words are found by two comparisons."""
        numbers = np.flatnonzero(marked)
        first, span = np.uint32(numbers[0]), np.uint32(numbers[-1] - numbers[0])
        is_row = span + 1 == len(numbers)
        found = [np.empty(0, np.int64)]
        for at in range(0, len(self._tokens), _STRETCH):
            tokens = self._tokens[at : at + _STRETCH]
            found.append(at + np.flatnonzero(tokens - first <= span if is_row else marked[tokens]))
        return np.concatenate(found)


def _mapped(path: Path) -> Numbers:
    """Return numbers that stay on the disk until they are looked at; an empty file cannot be mapped."""
    return np.memmap(path, "<u4", "r") if path.stat().st_size else np.empty(0, np.uint32)


def _flags(column: pa.BooleanArray) -> Mask:
    flags: Mask = column.to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags
