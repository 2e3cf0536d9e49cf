"""Train which time expression of a sentence dates a happening (geo/data/times.json).

    pip install scipy
    python benchmarks/train_times.py --shared ../shared [--write]

Trained on the annotated originals (SHARED/gold/seeds) and on our own reports (tests/data/reports: dev, rows and news):
a choice is right where its days are those of the gold row at the claim's sentence and place, or share a day with them
where no choice has just those. Printed by cross-validation over reports: the share of rows whose days overlap, what the
best choice would reach, and what the report's own day reaches.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from crossval import OWN_NEWS, OWN_REPORTS, OWN_ROWS
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from train_claims import DATA, all_matching, gold_rows, scenes_of

from geo.claims import read_status
from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import Language, load_language
from geo.scorer import Scorer
from geo.selection import Candidate, select, walk
from geo.timing import Choice, When, choices, features

STEPS, RIDGE, RAREST, FOLDS = 300, 6e-3, 3, 8
FAINTEST = 0.02


@dataclass
class Row:
    """What a happening may be dated by: features of each choice, which are right, and which only overlap."""

    features: list[dict[str, float]]
    right: list[bool]
    overlaps: list[bool]


def main() -> int:
    """Train, print figures, and with --write replace the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="train on everything and write the weights")
    args = parser.parse_args()
    gazetteer, language = load_gazetteer(), load_language()
    folders = (args.shared / "gold" / "seeds", OWN_REPORTS, OWN_ROWS, OWN_NEWS)
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    reports = [list(read_report(json.loads(p.read_text(encoding="utf-8")), gazetteer, language)) for p in paths]
    cross_validate(reports)
    if args.write:
        train([row for report in reports for row in report]).write(DATA / "times.json")
    return 0


def read_report(truth: dict[str, Any], gazetteer: Gazetteer, language: Language) -> Iterator[Row]:
    """Yield the rows of a report whose claims meet a row of the truth."""
    scenes = scenes_of(truth, gazetteer, language)
    gold = gold_rows(truth)
    for scene, told in walk(scenes, select):
        for trigger, spot in told:
            met = list(all_matching(gold, scene, Candidate(trigger, spot, ""))) if spot else []
            if not met:
                continue
            status = read_status(scene, trigger, spot)
            row = max(met, key=lambda row: (row["status"] == status, row["type"] == trigger.kind))
            offered = choices(scene, trigger, status)
            if len(offered) > 1:
                yield _row(features(scene, trigger, spot, status, offered), offered, row)


def _row(asked: list[dict[str, float]], offered: Sequence[Choice], truth: dict[str, Any]) -> Row:
    days = (truth["date_from"], truth["date_to"] or truth["date_from"])
    overlaps = [_overlap(c.when, days) for c in offered]
    exact = [
        (str(c.when.date_from), str(c.when.date_to)) == days or days == (None, None) == _ends(c.when) for c in offered
    ]
    return Row(asked, exact if any(exact) else overlaps, overlaps)


def _ends(when: When) -> tuple[str | None, str | None]:
    return (when.date_from.isoformat() if when.date_from else None, when.date_to.isoformat() if when.date_to else None)


def _overlap(when: When, days: tuple[str | None, str | None]) -> bool:
    first, last = (str(d) if d else None for d in (when.date_from or when.date_to, when.date_to or when.date_from))
    if first is None or last is None or days[0] is None or days[1] is None:
        return first is None and days[0] is None
    return first <= days[1] and days[0] <= last


def train(rows: Sequence[Row]) -> Scorer:
    """Return the weights that make the right choices likely: softmax over the choices of a row, ridge."""
    rows = [row for row in rows if any(row.right) and not all(row.right)]
    counts = Counter(name for row in rows for choice in row.features for name in choice)
    names = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= RAREST))}
    starts = np.cumsum([0, *(len(row.features) for row in rows)])
    cells = [
        (at + k, names[name], value)
        for at, row in zip(starts, rows, strict=False)
        for k, choice in enumerate(row.features)
        for name, value in choice.items()
        if name in names
    ]
    index, column, value = (np.array(cell) for cell in zip(*cells, strict=True))
    matrix = csr_matrix((value, (index, column)), shape=(starts[-1], len(names)))
    right = np.concatenate([row.right for row in rows]).astype(float)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ values
        power = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts[:-1]), np.diff(starts)))
        p = power / np.repeat(np.add.reduceat(power, starts[:-1]), np.diff(starts))
        good = np.add.reduceat(p * right, starts[:-1])
        q = p * right / np.repeat(good, np.diff(starts))
        gradient = matrix.T @ (p - q) / len(rows) + RIDGE * values
        return float(-np.log(good).mean() + RIDGE * (values @ values) / 2), gradient

    values = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return Scorer(0.0, {name: float(values[i]) for name, i in names.items() if abs(values[i]) >= FAINTEST})


def cross_validate(reports: Sequence[Sequence[Row]]) -> None:
    """Print the share of rows whose days overlap, no report read with weights that it helped to train."""
    hits = best = own = n = 0
    for fold in range(FOLDS):
        scorer = train([row for i, rows in enumerate(reports) if i % FOLDS != fold for row in rows])
        for row in (row for i, rows in enumerate(reports) if i % FOLDS == fold for row in rows):
            odds = [scorer.log_odds(f) for f in row.features]
            hits += row.overlaps[odds.index(max(odds))]
            best, own, n = best + any(row.overlaps), own + row.overlaps[-1], n + 1
    print(
        f"{n} rows with a choice: days overlap {hits / n:.3f}; best choice {best / n:.3f}; report's day {own / n:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main())
