"""How alike two reports were found to be, kept from one build for the next.

A pair is known by a hash of all that was compared of both, 64 bits wide: two of the million pairs of 20,000 reports
have one hash in one corpus out of thirty million.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.shingles import Hashes, Print, mixed

__all__ = ["KnownLinks", "pair_keys"]

Likeness = NDArray[np.float64]


@dataclass(slots=True, eq=False)
class KnownLinks:
    """The pairs that have been judged: ``keys`` ascending, and for each its likeness (0-1), NaN where it is no link."""

    keys: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    likeness: Likeness = field(default_factory=lambda: np.empty(0, np.float64))

    def judge(self, keys: Hashes, judge: Callable[[int], float]) -> Likeness:
        """Return the likeness of pairs; ``judge`` gives that of a position which is not known. Then know only these."""
        found = np.full(len(keys), np.nan)
        is_known = np.zeros(len(keys), np.bool_)
        if len(self.keys):
            places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            is_known = self.keys[places] == keys
            found[is_known] = self.likeness[places[is_known]]
        for position in np.flatnonzero(~is_known).tolist():
            found[position] = judge(position)
        order = np.argsort(keys, kind="stable")
        self.keys, self.likeness = keys[order], found[order]
        return found


def pair_keys(prints: Sequence[Print], pairs: NDArray[np.int64]) -> Hashes:
    """Return a key for each pair of positions, of shape (n, 2), by what is compared of both reports."""
    own = np.array([_hash(item) for item in prints], np.uint64)
    return mixed(mixed(own[pairs[:, 0]]) + own[pairs[:, 1]]) if len(pairs) else np.empty(0, np.uint64)


def _hash(item: Print) -> int:
    digest = hashlib.sha256(f"{item.text_hash} {item.published} {item.n_words}\0".encode())
    names = "\0".join(item.names).encode("utf-8", "backslashreplace")
    for part in (item.words.tobytes(), item.runs.tobytes(), names):
        digest.update(len(part).to_bytes(8) + part)
    return int.from_bytes(digest.digest()[:8])
