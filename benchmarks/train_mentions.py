"""Train the recogniser of place names on the development sets and say how good it is.

Its weights are geo/data/recogniser.json for reading with a language model, recogniser_words.json for words alone.

    python benchmarks/train_mentions.py --shared ../shared [--write]

Cross-validation is over documents: no document is scored with weights that it helped to train. Printed: exact-span
precision, recall and F1 of each set, and the macro F1 with its 95 % bootstrap interval over documents.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from crossval import FOLDS, OWN, SETS, WITHOUT_DEMONYMS, fold_numbers, macro, own_reports

from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import RULES_ALONE, Language, load_language
from geo.model import Document
from geo.recognition import (
    THRESHOLD,
    Recogniser,
    Span,
    entity_features,
    find_entities,
    report_context,
    source_features,
    with_entities,
    word_features,
    word_spans,
)
from geo.scorer import Scorer

DATA = Path(__file__).resolve().parent.parent / "geo" / "data"
STEPS, RATE, RIDGE, RAREST = 500, 1.0, 3e-5, 5


@dataclass
class Report:
    """A document's candidates with their features, and its gold spans."""

    spans: list[Span]
    rows: list[dict[str, float]]
    gold: set[tuple[int, int]]


def main() -> int:
    """Train, print figures, and with --write replace the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="train on everything and write the weights")
    args = parser.parse_args()
    gazetteer = load_gazetteer()
    read: dict[str, dict[str, list[Report]]] = {}
    for model in (None, RULES_ALONE):
        language = load_language(model)
        read[language.name] = {
            name: read_set(args.shared / "bench" / "toponyms" / f"{name}.jsonl", name, language, gazetteer)
            for name in SETS
        }
        read[language.name][OWN] = [read_document(record, OWN, language, gazetteer) for record in own_reports()]
    cross_validate(read)
    if args.write:
        recogniser = train_both(read)
        recogniser.by_words.write(DATA / "recogniser_words.json")
        recogniser.with_entities.write(DATA / "recogniser.json")
    return 0


def read_set(path: Path, name: str, language: Language, gazetteer: Gazetteer) -> list[Report]:
    """Return the candidates of each document of a set."""
    with path.open(encoding="utf-8") as lines:
        return [read_document(json.loads(line), name, language, gazetteer) for line in lines]


def read_document(record: dict, name: str, language: Language, gazetteer: Gazetteer) -> Report:
    """Return a document's candidates; a set that does not annotate demonyms says nothing about them."""
    document = Document(record["id"], record["id"], record["text"])
    parsed = language.split(document)
    found = word_spans(document, parsed, gazetteer)
    if name in WITHOUT_DEMONYMS:
        found = [(sentence, [s for s in spans if not s.demonym]) for sentence, spans in found]
    context = report_context(found, gazetteer)
    if language.name:
        parsed.find_entities(parsed.sentences)
        found = [(s, with_entities(document, s, spans, find_entities(s), gazetteer)) for s, spans in found]
    pairs = [
        (
            span,
            word_features(sentence, span, gazetteer, context)
            | source_features(span)
            | (entity_features(sentence, span, find_entities(sentence)) if language.name else {}),
        )
        for sentence, spans in found
        for span in spans
    ]
    gold = {(m["start"], m["end"]) for m in record["mentions"]}
    return Report([s for s, _ in pairs], [f for _, f in pairs], gold)


def weighted(sets: dict[str, list[Report]]) -> list[list[tuple[Report, float]]]:
    """Return the reports of each set with a weight, so that every set counts the same in training."""
    sizes = {name: sum(len(r.rows) for r in reports) for name, reports in sets.items()}
    mean = sum(sizes.values()) / len(sizes)
    return [[(r, mean / sizes[name]) for r in reports] for name, reports in sets.items()]


def train_both(read: dict[str, dict[str, list[Report]]]) -> Recogniser:
    """Return the scorers of what a model's reading and words alone give; ``read`` holds both by the model's name."""
    by_words, entities = (train([r for rs in weighted(sets) for r in rs]) for _, sets in sorted(read.items()))
    return Recogniser(by_words, entities)


def train(reports: Sequence[tuple[Report, float]]) -> Scorer:
    """Return logistic regression with ridge, by full-batch descent with momentum."""
    counts = Counter(n for r, _ in reports for row in r.rows for n in row)
    vocabulary = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= RAREST))}
    total = sum(len(r.rows) for r, _ in reports)
    matrix = np.zeros((total, len(vocabulary) + 1), dtype=np.float32)
    labels, weight = np.zeros(total, dtype=np.float32), np.zeros(total, dtype=np.float32)
    at = 0
    for report, w in reports:
        for span, row in zip(report.spans, report.rows, strict=True):
            for name, value in row.items():
                if name in vocabulary:
                    matrix[at, vocabulary[name]] = value
            matrix[at, -1] = 1.0
            labels[at] = (span.start, span.end) in report.gold
            weight[at] = w
            at += 1
    values = np.zeros(matrix.shape[1], dtype=np.float32)
    momentum = np.zeros_like(values)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-np.clip(matrix @ values, -30, 30)))
        gradient = matrix.T @ ((p - labels) * weight) / weight.sum() + RIDGE * values
        momentum = 0.9 * momentum - RATE * gradient
        values = values + momentum
    return Scorer(float(values[-1]), {name: float(values[i]) for name, i in vocabulary.items()})


def cross_validate(read: dict[str, dict[str, list[Report]]]) -> None:
    """Print precision, recall and F1 of each set with a model and without."""
    results = {(m, n): [(0, 0, 0)] * len(reports) for m, sets in read.items() for n, reports in sets.items()}
    folds = {name: fold_numbers(len(reports)) for name, reports in read[""].items()}
    for fold in range(FOLDS):
        for model, sets in read.items():
            kept = {n: [r for r, f in zip(rs, folds[n], strict=True) if f != fold] for n, rs in sets.items()}
            scorer = train([r for rs in weighted(kept) for r in rs])
            for name, reports in sets.items():
                for i, f in enumerate(folds[name]):
                    if f == fold:
                        results[model, name][i] = hits(reports[i], scorer)
    for model in read:
        print(f"with {model or 'rules alone'}:", end=" ")
        show({name: counts for (m, name), counts in results.items() if m == model})


def hits(report: Report, scorer: Scorer) -> tuple[int, int, int]:
    """Return how many accepted spans are gold, were accepted, and are gold in all."""
    scored = sorted(zip(map(scorer.probability, report.rows), report.spans, strict=True), key=lambda s: -s[0])
    kept: list[Span] = []
    for p, span in scored:
        if p >= THRESHOLD and all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sum((k.start, k.end) in report.gold for k in kept), len(kept), len(report.gold)


def f1(counts: Sequence[tuple[int, int, int]]) -> float:
    """Return the micro F1 of documents."""
    right, found, gold = (sum(c[i] for c in counts) for i in range(3))
    return 2 * right / (found + gold) if found + gold else 0.0


def show(results: dict[str, list[tuple[int, int, int]]]) -> None:
    """Print each set's figures and the macro F1 of the four news sets with its interval."""
    for name, counts in results.items():
        right, found, gold = (sum(c[i] for c in counts) for i in range(3))
        print(f"{name} P {right / max(1, found):.3f} R {right / gold:.3f} F {f1(counts):.3f}", end="  ")
    figure, low, high = macro(f1, [results[name] for name in SETS])
    print(f"macro F1 {figure:.3f} [{low:.3f}, {high:.3f}]")


if __name__ == "__main__":
    sys.exit(main())
