"""The vectors of a sentence's words by a model's own weights, for half of the time that its networks take in spaCy.

What a word's vector begins with hangs on the word alone, so it is kept; the layers over it see a few neighbours and are
run so that no other sentence changes them, without what they need only to be trained.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

__all__ = ["VectorPipe", "WordVectors", "is_known"]

Floats = NDArray[np.float32]

_KEPT = 20_000  # words; 8 MB
_DEPTH = 4  # layers, each of which sees one neighbour on either side
_EPSILON = np.float32(1e-8)  # thinc's
_BLOCK, _END = 256, 8  # words that are multiplied together, and of those at either end whose product may be another


def is_known(model: Any) -> bool:
    """Tell whether a network is spaCy's of hashed words and four layers over three words each."""
    shape = "residual(expand_window>>maxout>>layernorm>>dropout)"
    if not model.name.startswith("extract_features>>list2ragged>>with_array(ints-getitem>>hashembed"):
        return False
    embed, encode = model.layers[0], model.layers[-1]
    if len(model.layers) != 2 or len(embed.layers) != 5 or encode.name != f"with_array({'>>'.join([shape] * _DEPTH)})":
        return False
    return all(node.attrs["window_size"] == 1 for node in encode.walk() if node.name == "expand_window")


class WordVectors:
    """The network that gives each word of a sentence its vector, from a model that ``is_known``.

    ``alone`` is a context in which the rows of a matrix are multiplied one by one, given their number.
    """

    def __init__(self, model: Any, alone: Callable[[int], Any]) -> None:
        """Read the weights."""
        embed, encode = model.layers
        self._columns = embed.layers[0].attrs["columns"]
        self._hashed, self._mixed = embed.layers[2].layers[0], embed.layers[3].layers[0]
        self._layers = [_Layer.of(residual.layers[0]) for residual in encode.layers[0].layers]
        width = self._layers[0].gain.shape[0]
        self._known: dict[bytes, int] = {}
        self._kept: Floats = np.empty((_KEPT, width), dtype=np.float32)
        self._alone = alone
        self._beyond = self._layers[0](
            np.zeros((3, width), dtype=np.float32), np.array([3])
        )  # what the first layer sees of nothing

    def of(self, docs: Sequence[Any]) -> Floats:
        """Return the vectors of the tokens of sentences, one row each, one sentence after the other."""
        first, second, third, fourth = self._layers
        sizes = np.array([len(doc) for doc in docs])
        words = self._words(np.concatenate([doc.to_array(self._columns) for doc in docs]))
        rows = first(_widened(words, sizes, np.zeros_like(self._beyond)), sizes + 4)
        rows = second(_widened(rows, sizes + 2, self._beyond), sizes + 6)
        return fourth(third(rows, sizes + 4), sizes + 2)

    def _words(self, rows: NDArray[np.uint64]) -> Floats:
        keys: list[Any] = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel().tolist()
        new = {key: i for i, key in enumerate(keys) if key not in self._known}
        if new:
            if len(self._known) + len(new) > _KEPT:
                self._known.clear()
                return self._words_anew(rows) if len(keys) > _KEPT else self._words(rows)
            at = len(self._known)
            self._kept[at : at + len(new)] = self._words_anew(rows[list(new.values())])
            self._known |= {key: at + i for i, key in enumerate(new)}
        return self._kept[[self._known[key] for key in keys]]

    def _words_anew(self, rows: NDArray[np.uint64]) -> Floats:
        with self._alone(len(rows)):
            found: Floats = self._mixed.predict(self._hashed.predict(rows))
        return found


@dataclass(frozen=True, slots=True)
class _Layer:
    """A residual layer over three words: the largest of three products, normalised, added to the word in the middle."""

    product: "_Product"  # three words to what they give, piece by piece
    bias: Floats
    gain: Floats
    shift: Floats

    @classmethod
    def of(cls, chain: Any) -> "_Layer":
        maxout, norm = (node for node in chain.walk() if node.name in {"maxout", "layernorm"})
        weights, bias = maxout.get_param("W"), maxout.get_param("b")  # (out, pieces, in) and (out, pieces)
        by_piece = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(-1, weights.shape[2]))
        columns = (norm.get_param(name)[:, None] for name in ("G", "b"))
        return cls(_Product(by_piece), bias.T.reshape(-1, 1), *columns)

    def __call__(self, rows: Floats, sizes: NDArray[np.int64]) -> Floats:
        """Return what the layer gives for all rows of each sentence but its first and its last; it has ``sizes``."""
        width, step = rows.shape[1], rows.itemsize
        windows = as_strided(rows, (len(rows) - 2, 3 * width), (width * step, step), writeable=False)
        middle = _places(sizes - 2, 1)
        # Words are columns from here on, and one is put behind them: one alone would be summed up in another order.
        best: Floats = np.empty((width, len(middle) + 1), dtype=np.float32)
        for columns, sums in self.product.blocks(windows[np.append(middle - 1, 0)], np.append(sizes - 2, 1)):
            sums += self.bias
            np.maximum(sums[:width], sums[width : 2 * width], out=best[:, columns])
            np.maximum(best[:, columns], sums[2 * width :], out=best[:, columns])
        best -= np.add.reduce(best, axis=0) / np.float32(width)
        spread = np.add.reduce(best * best, axis=0) / np.float32(width)
        spread += _EPSILON
        best *= spread ** np.float32(-0.5)
        best *= self.gain
        best += self.shift
        found = rows[middle]
        found += best.T[:-1]
        return found


class _Product:
    """The products of a matrix with the words of sentences, so that each hangs on its sentence alone.

    A library of matrices may round a word's product by where the word stands. Some do so only near the ends of a block
    of words: then blocks over several sentences, with nothing asked of their ends, take three quarters of the time that
    sentence by sentence takes (measured).
    """

    def __init__(self, matrix: Floats) -> None:
        """Take the matrix; the library is to work on one core, as it does for ``geo.language``."""
        self._matrix = matrix
        self._in_blocks = _rounds_alike(*matrix.shape)

    def blocks(self, words: Floats, sizes: NDArray[np.int64]) -> Iterator[tuple[slice, Floats]]:
        """Yield columns for some of ``words``, which are rows, and where they are; their sentences have ``sizes``.

        All of them together would not fit into the processor's own memory, from which they are used at once.
        """
        if self._in_blocks:
            for start in range(0, len(words), _BLOCK - 2 * _END):
                some = slice(start, start + _BLOCK - 2 * _END)
                yield some, _of_block(self._matrix, words[some])
            return
        for start, end in pairwise([0, *np.cumsum(sizes).tolist()]):
            yield slice(start, end), self._matrix @ words[start:end].T


def _of_block(matrix: Floats, words: Floats) -> Floats:
    block = np.zeros((_BLOCK, words.shape[1]), dtype=np.float32)
    block[_END : _END + len(words)] = words
    found: Floats = (matrix @ block.T)[:, _END : _END + len(words)]
    return found


@cache
def _rounds_alike(height: int, width: int) -> bool:
    """Try whether a word's product with a matrix of this shape is the same wherever in a block it stands."""
    chance = np.random.default_rng(0)
    matrix, word = (chance.standard_normal(shape).astype(np.float32) for shape in ((height, width), width))
    with threadpool_limits(limits=1, user_api="blas"):
        found = _of_block(matrix, np.tile(word, (_BLOCK - 2 * _END, 1)))
    return bool((found == found[:, :1]).all())


def _places(sizes: NDArray[np.int64], margin: int) -> NDArray[np.int64]:
    """Return where the rows of sentences stand that have a margin on either side."""
    return np.arange(sizes.sum()) + np.repeat(margin * (2 * np.arange(len(sizes)) + 1), sizes)


def _widened(rows: Floats, sizes: NDArray[np.int64], beyond: Floats) -> Floats:
    """Return the rows with two more on either side of each sentence."""
    wider = np.repeat(beyond, len(rows) + 4 * len(sizes), axis=0)
    wider[_places(sizes, 2)] = rows
    return wider


class VectorPipe:
    """A spaCy component that gives words their vectors, with its network run here."""

    def __init__(self, vectors: WordVectors) -> None:
        """Keep the network."""
        self._vectors = vectors

    def pipe(self, docs: Sequence[Any], batch_size: int = 0) -> Sequence[Any]:
        """Set the vectors of docs, none of them empty, and return them; all are one batch."""
        rows = self._vectors.of(docs)
        at = 0
        for doc in docs:
            doc.tensor = rows[at : at + len(doc)]
            at += len(doc)
        return docs
