"""Train the ranker of places (geo/data/ranker.json) on the development sets and say how good it is.

    python benchmarks/train_places.py --shared ../shared [--write]

Cross-validation is over documents: no document is scored with weights that it helped to train. Printed: accuracy at
161 and 25 km on given spans, over every gold mention with coordinates, with 95 % bootstrap intervals over documents.
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from crossval import FOLDS, OWN, SETS, fold_numbers, macro, own_reports

from geo.gazetteer import Gazetteer, load_gazetteer
from geo.model import Document, Mention, Role
from geo.places import names_of
from geo.ranking import features
from geo.recognition import kind_word_after
from geo.scorer import Scorer

WEIGHTS = Path(__file__).resolve().parent.parent / "geo" / "data" / "ranker.json"
STEPS, RATE, RIDGE = 400, 0.5, 1e-3
NEAR_KM, FAR_KM = 25, 161
# Only our own reports tell towns from regions of their name all over the world.
OWN_WEIGHT = 3.0


@dataclass
class Case:
    """A gold mention: features of its candidates, how far each lies from the truth, and how much it counts."""

    rows: list[dict[str, float]]
    km: list[float]
    mentions: int
    weight: float = 1.0


def main() -> int:
    """Train, print figures, and with --write replace the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="train on everything and write geo/data/ranker.json")
    args = parser.parse_args()
    gazetteer = load_gazetteer()
    sets = {name: read_set(args.shared / "bench" / "toponyms" / f"{name}.jsonl", gazetteer) for name in SETS}
    sets[OWN] = [read_document(record, gazetteer, OWN_WEIGHT) for record in own_reports()]
    cross_validate(sets)
    if args.write:
        weights = train([case for documents in sets.values() for d in documents for case in d])
        weights.write(WEIGHTS)
    return 0


def read_set(path: Path, gazetteer: Gazetteer) -> list[list[Case]]:
    """Return the cases of each document of a set."""
    with path.open(encoding="utf-8") as lines:
        return [read_document(json.loads(line), gazetteer) for line in lines]


def read_document(record: dict, gazetteer: Gazetteer, weight: float = 1.0) -> list[Case]:
    """Return one case for each distinct gold name and truth of a document."""
    document = Document(record["id"], record["id"], record["text"])
    gold = {(m["start"], m["end"]): m for m in reversed(record["mentions"])}
    mentions = [mention(document, start, end, gazetteer) for start, end in sorted(gold)]
    names, index = names_of(document, mentions, gazetteer)
    rows = features(names)
    cases: dict[tuple, Case] = {}
    for m in mentions:
        truth = gold[m.start, m.end]
        if truth.get("lat") is None:
            continue
        i = index[m.surface.casefold(), "demonym" if m.role is Role.DEMONYM else m.hint]
        key = (i, truth["lat"], truth["lon"])
        km = [distance(p.lat, p.lon, truth["lat"], truth["lon"]) for p in names[i].places]
        cases.setdefault(key, Case(rows[i], km, 0, weight)).mentions += 1
    return list(cases.values())


def mention(document: Document, start: int, end: int, gazetteer: Gazetteer) -> Mention:
    """Return a gold span as the recogniser would hand it on."""
    surface = document.text[start:end]
    demonym = not gazetteer.lookup_all(surface) and gazetteer.demonym(surface) is not None
    role = Role.DEMONYM if demonym else Role.LITERAL
    return Mention(start, end, surface, role, "gold", hint=kind_word_after(document.text, end))


def distance(lat: float | None, lon: float | None, lat2: float, lon2: float) -> float:
    """Great-circle distance in km; half the Earth round where a candidate has no point."""
    if lat is None or lon is None:
        return 20039.0
    a, b, c, d = map(math.radians, (lat, lon, float(lat2), float(lon2)))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def train(cases: Sequence[Case]) -> Scorer:
    """Return the weights that make the right candidates likely: softmax over candidates, ridge, full-batch descent."""
    cases = [c for c in cases if len(c.rows) > 1 and min(c.km) <= FAR_KM and max(c.km) > close_km(c)]
    vocabulary = {name: i for i, name in enumerate(sorted({n for c in cases for row in c.rows for n in row}))}
    sizes = [len(c.rows) for c in cases]
    matrix = np.zeros((sum(sizes), len(vocabulary)))
    right = np.zeros(len(matrix))
    group = np.repeat(np.arange(len(cases)), sizes)
    weight = np.array([c.weight * (1 + math.log(c.mentions)) for c in cases])
    at = 0
    for case in cases:
        close = close_km(case)
        for row, km in zip(case.rows, case.km, strict=True):
            for name, value in row.items():
                matrix[at, vocabulary[name]] = value
            right[at] = km <= close
            at += 1
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    values, momentum = np.zeros(len(vocabulary)), np.zeros(len(vocabulary))
    for _ in range(STEPS):
        scores = matrix @ values
        scores -= np.maximum.reduceat(scores, starts)[group]
        raised = np.exp(scores)
        p = raised / np.add.reduceat(raised, starts)[group]
        good = p * right
        q = good / np.maximum(np.add.reduceat(good, starts)[group], 1e-12)
        gradient = matrix.T @ ((p - q) * weight[group]) / weight.sum() + RIDGE * values
        momentum = 0.9 * momentum - RATE * gradient
        values = values + momentum
    return Scorer(0.0, {name: float(values[i]) for name, i in vocabulary.items()})


def close_km(case: Case) -> float:
    """Return how far from the truth a candidate may lie to be right: little farther than the best one."""
    return min(min(case.km) + NEAR_KM, FAR_KM)


def cross_validate(sets: dict[str, list[list[Case]]]) -> None:
    """Print the accuracy on given spans of each set and their macro average, beside a perfect chooser's."""
    folds = {name: fold_numbers(len(documents)) for name, documents in sets.items()}
    results: dict[str, list[list[tuple[float, float, int]]]] = {name: [[] for _ in docs] for name, docs in sets.items()}
    for fold in range(FOLDS):
        training = [c for n, docs in sets.items() for d, f in zip(docs, folds[n], strict=True) if f != fold for c in d]
        weights = train(training)
        for name, documents in sets.items():
            for i, (cases, f) in enumerate(zip(documents, folds[name], strict=True)):
                if f == fold:
                    results[name][i] = [(chosen_km(c, weights), min(c.km, default=20039.0), c.mentions) for c in cases]
    for limit in (FAR_KM, NEAR_KM):
        report(results, limit)


def chosen_km(case: Case, weights: Scorer) -> float:
    """Return how far the chosen candidate lies from the truth."""
    if not case.rows:
        return 20039.0
    scores = [weights.log_odds(row) for row in case.rows]
    return case.km[int(np.argmax(scores))]


def report(results: dict[str, list[list[tuple[float, float, int]]]], limit: int) -> None:
    """Print accuracy within a limit: chosen, perfect chooser, and the macro average with its interval."""
    print(f"accuracy@{limit}km on given spans:", end=" ")
    for name, documents in results.items():
        print(f"{name} {accuracy(documents, limit):.3f} (of {accuracy(documents, limit, best=True):.3f})", end="  ")
    figure, low, high = macro(lambda documents: accuracy(documents, limit), [results[name] for name in SETS])
    print(f"macro {figure:.3f} [{low:.3f}, {high:.3f}]")


def accuracy(documents: Sequence[Sequence[tuple[float, float, int]]], limit: int, *, best: bool = False) -> float:
    """Return the share of mentions within a limit of km, of what was chosen or of the best candidate there was."""
    total = sum(n for d in documents for _, _, n in d)
    return sum(n for d in documents for km, least, n in d if (least if best else km) <= limit) / total if total else 0.0


if __name__ == "__main__":
    sys.exit(main())
