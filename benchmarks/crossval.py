"""Folds and bootstrap intervals that the training scripts and the accuracy benchmark share."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

FOLDS = 5
SETS = ("lgl", "trnews", "geovirus", "geowebnews")
WITHOUT_DEMONYMS = {"geovirus"}
"""Sets whose annotators passed over words of nationality; they are scored without them."""

_Item = TypeVar("_Item")


def fold_numbers(n: int) -> list[int]:
    """Return a fold for each of n documents, the same in every run."""
    numbers = [i % FOLDS for i in range(n)]
    random.Random(7).shuffle(numbers)
    return numbers


def macro(measure: Callable[[Sequence[_Item]], float], sets: Sequence[Sequence[_Item]]) -> tuple[float, float, float]:
    """Return a measure averaged over sets of documents, with its 95 % bootstrap interval over documents."""
    rng = random.Random(1)
    samples = sorted(sum(measure(rng.choices(s, k=len(s))) for s in sets) / len(sets) for _ in range(500))
    return sum(map(measure, sets)) / len(sets), samples[12], samples[487]
