"""Train which places of a sentence a claim is made about (geo/data/claims.json) and of what type (event_types.json).

    pip install scipy
    python benchmarks/train_claims.py --shared ../shared [--write]

Trained on the annotated originals (SHARED/gold/seeds) and on our own reports (tests/data/reports: dev, rows and news).
A place counts as told where a gold row quotes its sentence and lies there. Printed by cross-validation over reports:
precision, recall and F1 of the selection among the places that were found, and the accuracy of the types of the gold
rows met.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from crossval import OWN_NEWS, OWN_REPORTS, OWN_ROWS
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import softmax
from train_places import distance

from geo.claims import read_scenes
from geo.dates import find_dates
from geo.gazetteer import Gazetteer, load_gazetteer
from geo.happenings import Scene, Spot, Trigger
from geo.language import Language, load_language
from geo.mentions import find_mentions
from geo.model import Document, EventType
from geo.places import resolve_places
from geo.scorer import Scorer
from geo.selection import Candidate, Carried, candidates, features, told_types, type_features, walk

DATA = Path(__file__).resolve().parent.parent / "geo" / "data"
NEAR_KM, WIDE_KM, WIDE_KINDS = 25, 150, {"region", "country", "relative"}
STEPS, RIDGE, RAREST = 300, 1e-2, 3
BIAS = ""
TYPE_RIDGE = 2e-3
FAINTEST = 0.02  # a weight below is left out: a third of the file, no row changes type for it
FOLDS = 5


@dataclass
class Row:
    """A candidate with its features, whether a claim is made about it, and of what type."""

    features: dict[str, float]
    told: bool
    types: dict[EventType, dict[str, float]]
    type: str


def main() -> int:
    """Train, print figures, and with --write replace the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="train on everything and write the weights")
    args = parser.parse_args()
    gazetteer, language = load_gazetteer(), load_language()
    folders = (args.shared / "gold" / "seeds", OWN_REPORTS, OWN_ROWS, OWN_NEWS)
    paths = [path for folder in folders for path in sorted(folder.glob("*.json"))]
    reports = [read_report(json.loads(p.read_text(encoding="utf-8")), gazetteer, language) for p in paths]
    cross_validate(reports)
    if args.write:
        everything = [row for report in reports for row in report]
        train_selection(everything).write(DATA / "claims.json")
        train_types(everything).write(DATA / "event_types.json")
    return 0


def read_report(truth: dict[str, Any], gazetteer: Gazetteer, language: Language) -> list[Row]:
    """Return the candidates of a report, each place carried on as the truth carries it."""
    scenes = scenes_of(truth, gazetteer, language)
    told = told_types(scene for _, scene in scenes)
    gold = gold_rows(truth)
    rows: list[Row] = []

    def choose(scene: Scene, carried: Carried | None) -> list[tuple[Trigger, Spot | None]]:
        chosen: list[tuple[Trigger, Spot | None]] = []
        for candidate in candidates(scene, carried):
            row = matching(gold, scene, candidate)
            rows.append(
                Row(
                    features(scene, candidate),
                    row is not None,
                    type_features(scene, candidate.trigger, candidate.spot, told),
                    row["type"] if row else "",
                )
            )
            if row:
                chosen.append((candidate.trigger, candidate.spot))
        return chosen

    for _ in walk(scenes, choose):
        pass
    return rows


def scenes_of(truth: dict[str, Any], gazetteer: Gazetteer, language: Language) -> list[tuple[int, Scene]]:
    """Return the sentences of a report as the product reads them."""
    doc = truth["doc"]
    document = Document(doc["id"], doc["id"], doc["text"], published=date.fromisoformat(doc["published"]))
    parsed = language.parse(document)
    resolutions = resolve_places(document, parsed, find_mentions(document, parsed, gazetteer), gazetteer)
    return read_scenes(document, parsed, resolutions, find_dates(document, parsed))


def gold_rows(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a report's truth with their spans and how far from them a place may lie."""
    kinds = {m["name"]: m["kind"] for m in truth["mentions"]}
    text = truth["doc"]["text"]
    return [
        event
        | {
            "start": text.index(event["quote"]),
            "end": text.index(event["quote"]) + len(event["quote"]),
            "km": WIDE_KM if kinds.get(event["place"]) in WIDE_KINDS else NEAR_KM,
        }
        for event in truth["events"]
    ]


def matching(gold: Iterable[dict[str, Any]], scene: Scene, candidate: Candidate) -> dict[str, Any] | None:
    """Return the first row at a candidate's sentence and place."""
    return next(all_matching(gold, scene, candidate), None)


def all_matching(gold: Iterable[dict[str, Any]], scene: Scene, candidate: Candidate) -> Iterator[dict[str, Any]]:
    """Yield the rows at a candidate's sentence and place."""
    place, sentence = candidate.spot.place, scene.sentence
    for row in gold:
        overlaps = row["start"] < sentence.end and row["end"] > sentence.start
        near = distance(place.lat, place.lon, row["lat"], row["lon"]) <= row["km"] if row["lat"] is not None else False
        if overlaps and (near or place.name.casefold() == row["place"].casefold()):
            yield row


def train_selection(rows: Sequence[Row]) -> Scorer:
    """Return the weights of what speaks for a claim about a place."""
    return train([{True: row.features, False: {}} for row in rows], [row.told for row in rows], RIDGE)


def train_types(rows: Sequence[Row]) -> Scorer:
    """Return the weights of what speaks for a type."""
    told = [row for row in rows if row.told]
    scorer = train([row.types for row in told], [EventType(row.type) for row in told], TYPE_RIDGE)
    return Scorer(scorer.bias, {name: weight for name, weight in scorer.weights.items() if abs(weight) >= FAINTEST})


def train(rows: Sequence[dict[Any, dict[str, float]]], truth: Sequence[Any], ridge: float) -> Scorer:
    """Return the weights that make the true choices likely: softmax over choices, ridge."""
    counts = Counter(name for row in rows for choice in row.values() for name in choice)
    names = {name: i for i, name in enumerate(sorted({BIAS, *(n for n, c in counts.items() if c >= RAREST)}))}
    choices = list(rows[0])
    cells = [
        (at * len(choices) + k, names.get(name, -1), value)
        for at, row in enumerate(rows)
        for k, choice in enumerate(choices)
        for name, value in [*row[choice].items(), *([(BIAS, 1.0)] if row[choice] else [])]
    ]
    index, column, value = (np.array(cell) for cell in zip(*((r, c, v) for r, c, v in cells if c >= 0), strict=True))
    matrix = csr_matrix((value, (index, column)), shape=(len(rows) * len(choices), len(names)))
    right = np.eye(len(choices))[[choices.index(t) for t in truth]]

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = (matrix @ values).reshape(right.shape)
        p = softmax(scores, axis=1)
        gradient = matrix.T @ (p - right).ravel() / len(rows) + ridge * values
        missed = -np.log(p[right.astype(bool)] + 1e-12).mean()
        return float(missed + ridge * (values @ values) / 2), gradient

    values = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    weights = {name: float(values[i]) for name, i in names.items()}
    return Scorer(weights.pop(BIAS), weights)


def cross_validate(reports: Sequence[Sequence[Row]]) -> None:
    """Print the figures of the selection and of the types, no report read with weights that it helped to train."""
    hits = found = gold = right = everything = 0
    for fold in range(FOLDS):
        kept = [row for i, rows in enumerate(reports) if i % FOLDS != fold for row in rows]
        scorer, chooser = train_selection(kept), train_types(kept)
        for row in (row for i, rows in enumerate(reports) if i % FOLDS == fold for row in rows):
            chosen = scorer.probability(row.features) >= 0.5
            hits, found, gold = hits + (chosen and row.told), found + chosen, gold + row.told
            everything += 1
            if row.told:
                right += max(row.types, key=lambda kind: chooser.log_odds(row.types[kind])) == row.type
    base = 2 * gold / (everything + gold)
    print(f"{everything} places, {gold} told of; precision {hits / found:.3f} recall {hits / gold:.3f}", end=" ")
    print(f"F1 {2 * hits / (found + gold):.3f} (all taken: {base:.3f}); types {right / gold:.3f}", end=" ")
    print(f"± {1.96 * math.sqrt(right / gold * (1 - right / gold) / gold):.3f}")


if __name__ == "__main__":
    sys.exit(main())
