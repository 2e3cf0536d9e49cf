"""Folds and bootstrap intervals that the training scripts and the accuracy benchmark share."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

FOLDS = 5
SETS = ("lgl", "trnews", "geovirus", "geowebnews")
OWN = "own reports"
"""Our own annotated reports, trained on beside the sets."""
WITHOUT_DEMONYMS = {"geovirus", OWN}
"""Sets whose annotators passed over words of nationality; they are scored without them."""

OWN_REPORTS = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports" / "dev"
OWN_ROWS = OWN_REPORTS.parent / "rows"
"""Reports annotated with their rows alone, without every mention of a place."""
OWN_NEWS = OWN_REPORTS.parent / "news"
"""Plain newswire reports annotated with their rows alone."""

_Item = TypeVar("_Item")


def own_reports() -> list[dict[str, Any]]:
    """Return our own reports as records of a set; their truth has no words of nationality."""
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(OWN_REPORTS.glob("*.json"))]
    return [t["doc"] | {"mentions": [m for m in t["mentions"] if m["kind"] != "relative"]} for t in truths]


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
