"""A model's networks run so that what is read in a sentence hangs on that sentence alone, and its entities faster.

A matrix product rounds a row by where the row stands in the matrix. So products are made sentence by sentence: the same
sentence gives the same numbers in whatever report and batch it stands.

spaCy's finder of entities asks at each token each of 74 moves whether it may follow, which is half of the time of the
whole entities (measured). But outside of an entity its network sees only the token, so that all of these scores are one
product; inside only two moves may follow.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import reduce
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from thinc.api import NumpyOps, get_current_ops, set_current_ops

from geo.vectors import VectorPipe, WordVectors, is_known

__all__ = ["EntityFinder", "SentenceOps", "loaded"]

_Floats = NDArray[np.float32]
_PADDING = 4  # rows that a network of four layers sees beyond a sentence's ends
_FEATURES = 3  # of the finder's network: the token, the first one of the entity and the one before


def loaded(load: Callable[[], Any]) -> tuple[Any, "SentenceOps"]:
    """Return the pipeline that ``load`` makes and the operations that its networks work with."""
    ops, before = SentenceOps(use_blis=False), get_current_ops()
    set_current_ops(ops)
    try:
        return load(), ops
    finally:
        set_current_ops(before)


class SentenceOps(NumpyOps):  # type: ignore[misc]  # thinc's Cython class has no types
    """Thinc's operations with the rows of each sentence multiplied apart from others' while ``of`` holds."""

    _lengths: Sequence[int] = ()

    def faster(self, component: Any) -> Any:
        """Return what reads as a component of the pipeline does, faster where its network is known; else itself."""
        if _is_known(component):
            return EntityFinder(component, self)
        if getattr(component, "name", "") == "tok2vec" and is_known(component.model):
            return VectorPipe(WordVectors(component.model, self.one_by_one))
        return component

    def one_by_one(self, rows: int) -> AbstractContextManager[None]:
        """Multiply row by row inside."""
        return self.of([range(1)] * rows)

    @contextmanager
    def of(self, docs: Sequence[Any]) -> Iterator[None]:
        """Multiply sentence by sentence inside: the rows of matrices are the tokens of ``docs`` one after the other."""
        before, self._lengths = self._lengths, [len(doc) for doc in docs]
        try:
            yield
        finally:
            self._lengths = before

    def gemm(
        self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False
    ) -> Any:  # the name and the arguments are thinc's
        """Return the product of two matrices, either of them transposed first."""
        cuts = () if trans1 else self._cuts(len(x))
        if not cuts:
            return super().gemm(x, y, out=out, trans1=trans1, trans2=trans2)
        right = y.T if trans2 else y
        found = np.empty((len(x), right.shape[1]), dtype=x.dtype) if out is None else out
        for start, end in cuts:
            np.dot(x[start:end], right, out=found[start:end])
        return found

    def _cuts(self, rows: int) -> list[tuple[int, int]]:
        """Return where the rows of each sentence begin and end, in a matrix with or without padding around them."""
        sizes = self._lengths
        if rows == sum(sizes) + _PADDING * (len(sizes) + 1):
            sizes = [_PADDING, *chain.from_iterable((size, _PADDING) for size in sizes)]
        return list(pairwise(accumulate(sizes, initial=0))) if rows == sum(sizes) else []


class EntityFinder:
    """A spaCy component that finds entities, with its moves chosen here; for sentences that nothing is known of."""

    def __init__(self, component: Any, ops: SentenceOps) -> None:
        """Read the moves and weights of a component that ``fits``."""
        model, moves = component.model, component.moves
        lower, upper = model.get_ref("lower"), model.get_ref("upper")
        self._ops = ops
        network, _, self._narrowed = model.get_ref("tok2vec").layers
        self._vectors = WordVectors(network, ops.one_by_one)
        self._lower: _Floats = lower.get_param("W").reshape(-1, lower.get_dim("nI"))
        self._shape = (_FEATURES, lower.get_dim("nO"), lower.get_dim("nP"))
        self._bias: _Floats = lower.get_param("b")
        self._missing: _Floats = lower.get_param("pad")[0]
        self._upper, self._upper_bias = upper.get_param("W"), upper.get_param("b")
        names = [moves.get_class_name(i) for i in range(moves.n_moves)]
        self._begins = np.array([name[:2] == "B-" for name in names])
        self._closed = np.array([i for i, name in enumerate(names) if name[:2] in {"B-", "U-", "O"} and name != "U-"])
        self._outside = np.array([i for i, name in enumerate(names) if name == "O"])
        self._names = names
        self._number = {name: i for i, name in enumerate(names)}

    def pipe(self, docs: Sequence[Any], batch_size: int = 0) -> Sequence[Any]:
        """Set the entities of docs and return them; all are one batch."""
        read = [doc for doc in docs if len(doc)]
        if read:
            vectors = self._narrowed.predict(self._vectors.of(read))
            sums = self._ops.gemm(vectors, self._lower, trans2=True).reshape(-1, *self._shape)
            closed = self._scores(sums[:, 0] + self._missing[1] + self._missing[2])
            at = 0
            for doc in read:
                end = at + len(doc)
                doc.set_ents(list(self._entities(doc, sums[at:end], closed[at:end])), default="outside")
                at = end
        return docs

    def _scores(self, sums: _Floats) -> _Floats:
        pieces = np.moveaxis(sums + self._bias, 2, 0)
        hidden = reduce(np.maximum, pieces)  # a tenth of the time of a maximum along so short an axis (measured)
        scores: _Floats = self._ops.gemm(hidden, self._upper, trans2=True) + self._upper_bias
        return scores

    def _entities(self, doc: Any, sums: _Floats, closed: _Floats) -> Iterator[Any]:
        """Yield the spans of one doc, first to last."""
        from spacy.tokens import Span

        moves = self._moves_outside(doc, closed)
        end = 0
        for start in np.flatnonzero(moves != self._outside[0]).tolist():
            if start < end:
                continue
            name = self._names[moves[start]]
            label = name[2:]
            end = start + 1 if name[0] == "U" else self._end(sums, start, label)
            yield Span(doc, start, end, label=label)

    def _moves_outside(self, doc: Any, closed: _Floats) -> NDArray[np.int64]:
        """Return the best move at each token where no entity is open: none begins on white space or at the last."""
        best: NDArray[np.int64] = self._closed[closed[:, self._closed].argmax(axis=1)]
        best[[i for i, token in enumerate(doc.to_array("IS_SPACE").tolist()) if token]] = self._outside[0]
        if self._begins[best[-1]]:
            last = self._closed[~self._begins[self._closed]]
            best[-1] = self._outside[0] if doc[len(doc) - 1].is_space else last[closed[-1, last].argmax()]
        return best

    def _end(self, sums: _Floats, start: int, label: str) -> int:
        """Return the end, exclusive, of an entity that begins with more than one token."""
        going_on, last = self._number[f"I-{label}"], self._number[f"L-{label}"]
        weights, bias = self._upper[[going_on, last]], self._upper_bias[[going_on, last]]
        for at in range(start + 1, len(sums) - 1):
            hidden = (sums[at, 0] + sums[start, 1] + sums[at - 1, 2] + self._bias).max(axis=1)
            go, stop = weights @ hidden + bias
            if stop > go:
                return at + 1
        return len(sums)


def _is_known(component: Any) -> bool:
    """Tell whether a component is spaCy's greedy finder with the features that are known here."""
    if type(getattr(component, "moves", None)).__name__ != "BiluoPushDown" or component.cfg.get("beam_width", 1) != 1:
        return False
    model, moves = component.model, component.moves
    if not model.attrs.get("has_upper") or not {"tok2vec", "lower", "upper"} <= set(model.ref_names):
        return False
    lower, vectors = model.get_ref("lower"), model.get_ref("tok2vec").layers
    if [layer.name for layer in vectors[1:]] != ["list2array", "linear"] or not is_known(vectors[0]):
        return False
    kinds = {moves.get_class_name(i)[:2] for i in range(moves.n_moves)}
    return bool(lower.get_dim("nF") == _FEATURES and lower.get_dim("nP") > 1 and kinds == {"B-", "I-", "L-", "U-", "O"})
