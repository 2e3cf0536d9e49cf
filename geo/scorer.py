"""A linear scorer whose weights can be read: the sum of the weights of the features present, as a probability.

Trained by a script in ``benchmarks/``, kept in ``geo/data/NAME.json`` as ``{"bias": b, "weights": {feature: w}}`` with
one feature a line; a weight is in natural-log odds, so +0.69 doubles the odds. No learning library is needed to use it.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

from geo.resources import resource

__all__ = ["Scorer"]

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Scorer:
    """Logistic regression: ``bias`` and the ``weights`` of the features by name, in log odds."""

    bias: float
    weights: Mapping[str, float] = field(repr=False)

    @classmethod
    def load(cls, name: str) -> "Scorer":
        """Return the shipped scorer ``name``, read once a process.

        Raises:
            FileNotFoundError: no ``geo/data/NAME.json`` is shipped.
        """
        return _shipped(name)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the scorer of a weights file.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no JSON.
            KeyError: it has no bias or no weights.
        """
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(float(content["bias"]), {str(k): float(w) for k, w in content["weights"].items()})

    def write(self, path: Path) -> None:
        """Write the weights file, sorted by name and rounded to four digits; weights that round to 0 are left out."""
        rounded = {name: round(weight, _DIGITS) for name, weight in sorted(self.weights.items())}
        content = {"bias": round(self.bias, _DIGITS), "weights": {k: w for k, w in rounded.items() if w}}
        path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    def log_odds(self, features: Iterable[str] | Mapping[str, float]) -> float:
        """Return bias plus weights; a name given without a value counts 1 each time, an unknown one nothing.

        The sum is exact before it is rounded, so it never hangs on the order of the features (a set has none).
        """
        weight = self.weights.get
        if isinstance(features, Mapping):
            return math.fsum([self.bias, *(weight(name, 0.0) * value for name, value in features.items())])
        return math.fsum([self.bias, *(weight(name, 0.0) for name in features)])

    def probability(self, features: Iterable[str] | Mapping[str, float]) -> float:
        """Return the probability, 0 to 1, of the class that the scorer was trained to find.

        >>> round(Scorer(0.0, {"capital letter": 2.0}).probability(["capital letter", "never seen"]), 4)
        0.8808
        """
        odds = self.log_odds(features)
        if odds >= 0:
            return 1.0 / (1.0 + math.exp(-odds))
        power = math.exp(odds)  # exp of a large positive number would overflow
        return power / (1.0 + power)


@cache
def _shipped(name: str) -> Scorer:
    return Scorer.read(resource(f"data/{name}.json"))
