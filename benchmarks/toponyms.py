"""Accuracy of recognising and resolving places, by cross-validation, beside two named peers in the same run.

    python benchmarks/toponyms.py --shared ../shared

No document is read with weights that it helped to train. Every gold mention with coordinates counts. Peers: spaCy's
entities, nationalities kept, each the most populous place of that name; geotext (pip install geotext), likewise.
GeoVirus does not annotate nationalities, so there nobody's are counted. Intervals are 95 %, bootstrap over documents.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossval import FOLDS, SETS, WITHOUT_DEMONYMS, fold_numbers, macro
from geotext import GeoText
from train_mentions import Report
from train_mentions import read_document as read_spans
from train_mentions import train_both as train_recogniser
from train_places import Case, distance
from train_places import mention as gold_mention
from train_places import read_document as read_cases
from train_places import train as train_ranker

from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import RULES_ALONE, Language, ParsedDocument, load_language
from geo.model import Document, Mention, Place, Role
from geo.places import name_key, names_of
from geo.ranking import rank_names
from geo.recognition import Recogniser, recognise
from geo.scorer import Scorer

Answers = dict[tuple[int, int], Place | None]
FAR = 20039.0


@dataclass
class Text:
    """A document of a set with its parse, its gold, and what the trainers need of it; ``spans`` by the model's name."""

    document: Document
    parsed: ParsedDocument
    gold: dict[tuple[int, int], dict]
    spans: dict[str, Report]
    cases: list[Case]
    demonyms: bool


@dataclass
class Counts:
    """What one document adds: exact spans right, found, gold; gold with a point; right at 161 and 25 km."""

    right: int
    found: int
    gold: int
    placed: int
    near161: int
    near25: int
    given161: int
    given25: int


def main() -> int:
    """Print a table of figures for Dateline and its peers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    args = parser.parse_args()
    gazetteer, language = load_gazetteer(), load_language()
    sets = {name: list(read_set(args.shared, name, language, gazetteer)) for name in SETS}
    populous = MostPopulous(gazetteer)
    show("Dateline", cross_validated(sets, gazetteer), given=True)
    show("spaCy + nationalities + most populous", each(sets, populous.of_entities))
    show("geotext + most populous", each(sets, populous.of_geotext))
    return 0


def read_set(shared: Path, name: str, language: Language, gazetteer: Gazetteer) -> Iterator[Text]:
    """Yield the documents of a set."""
    with (shared / "bench" / "toponyms" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            document = Document(record["id"], record["id"], record["text"])
            gold = {(m["start"], m["end"]): m for m in reversed(record["mentions"])}
            spans = {
                reader.name: read_spans(record, name, reader, gazetteer)
                for reader in (language, load_language(RULES_ALONE))
            }
            parsed = language.split(document)
            parsed.find_entities(parsed.sentences)  # for the peer, who reads them all
            yield Text(
                document,
                parsed,
                gold,
                spans,
                read_cases(record, gazetteer),
                name not in WITHOUT_DEMONYMS,
            )


def cross_validated(sets: dict[str, list[Text]], gazetteer: Gazetteer) -> dict[str, list[Counts]]:
    """Return Dateline's counts of each document, read by weights that were trained on the other folds."""
    results: dict[str, dict[int, Counts]] = {name: {} for name in sets}
    folds = {name: fold_numbers(len(texts)) for name, texts in sets.items()}
    for fold in range(FOLDS):
        kept = {n: [t for t, f in zip(ts, folds[n], strict=True) if f != fold] for n, ts in sets.items()}
        recogniser = train_recogniser(
            {
                model: {n: [t.spans[model] for t in ts] for n, ts in kept.items()}
                for model in next(iter(sets.values()))[0].spans
            }
        )
        ranker = train_ranker([c for ts in kept.values() for t in ts for c in t.cases])
        for name, texts in sets.items():
            for i, text in enumerate(texts):
                if folds[name][i] == fold:
                    results[name][i] = counted(
                        text, ours(text, gazetteer, recogniser, ranker), given(text, gazetteer, ranker)
                    )
    return {name: [found[i] for i in sorted(found)] for name, found in results.items()}


def ours(text: Text, gazetteer: Gazetteer, recogniser: Recogniser, ranker: Scorer) -> Answers:
    """Return what Dateline finds and where it puts it."""
    mentions = [
        Mention(s.start, s.end, s.surface, Role.DEMONYM if s.demonym else Role.LITERAL, "", hint=s.hint)
        for _, s in recognise(text.document, text.parsed, gazetteer, recogniser)
        if text.demonyms or not s.demonym
    ]
    return resolved(text, mentions, gazetteer, ranker)


def given(text: Text, gazetteer: Gazetteer, ranker: Scorer) -> Answers:
    """Return where Dateline puts the gold spans."""
    mentions = [gold_mention(text.document, start, end, gazetteer) for start, end in sorted(text.gold)]
    return resolved(text, mentions, gazetteer, ranker)


def resolved(text: Text, mentions: Sequence[Mention], gazetteer: Gazetteer, ranker: Scorer) -> Answers:
    """Return the best candidate of each mention."""
    names, index = names_of(text.document, mentions, gazetteer)
    ranked = rank_names(names, ranker)
    best = {m: ranked[index[name_key(m)]] for m in mentions}
    return {(m.start, m.end): found[0].place if found else None for m, found in best.items()}


def each(sets: dict[str, list[Text]], read: Callable[[Text], Answers]) -> dict[str, list[Counts]]:
    """Return a peer's counts of each document."""
    return {name: [counted(text, read(text), {}) for text in texts] for name, texts in sets.items()}


class MostPopulous:
    """The peers: names from elsewhere, each put at the most populous place that bears it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def of_entities(self, text: Text) -> Answers:
        """Read spaCy's places and, where the set annotates them, nationalities."""
        labels = {"GPE", "LOC", "FAC"} | ({"NORP"} if text.demonyms else set())
        found: Answers = {}
        for sentence in text.parsed.sentences:
            for entity in sentence.doc.ents:
                if entity.label_ in labels:
                    start = sentence.start + entity.start_char
                    self._add(found, text, start, sentence.start + entity.end_char)
        return found

    def of_geotext(self, text: Text) -> Answers:
        """Read geotext's cities and countries; it gives words without offsets, so every occurrence counts."""
        words = GeoText(text.document.text)
        found: Answers = {}
        for name in {*words.cities, *words.countries, *(words.nationalities if text.demonyms else ())}:
            at = text.document.text.find(name)
            while at >= 0:
                self._add(found, text, at, at + len(name))
                at = text.document.text.find(name, at + 1)
        return found

    def _add(self, found: Answers, text: Text, start: int, end: int) -> None:
        name = text.document.text[start:end]
        if name.lower().startswith("the "):
            start, name = start + 4, name[4:]
        places = self._gazetteer.lookup_all(name)
        country = self._gazetteer.demonym(name)
        found[start, end] = max(places, key=lambda p: p.population, default=None) or country


def counted(text: Text, answers: Answers, at_gold: Answers) -> Counts:
    """Count one document."""
    gold = {span: m for span, m in text.gold.items() if m.get("lat") is not None}
    near = [km(m, answers[span]) for span, m in gold.items() if span in answers]
    given_km = [km(m, at_gold.get(span)) for span, m in gold.items()]
    return Counts(
        right=len(text.gold.keys() & answers.keys()),
        found=len(answers),
        gold=len(text.gold),
        placed=len(gold),
        near161=sum(d <= 161 for d in near),
        near25=sum(d <= 25 for d in near),
        given161=sum(d <= 161 for d in given_km),
        given25=sum(d <= 25 for d in given_km),
    )


def km(truth: dict, place: Place | None) -> float:
    """Return the distance of a place from the truth in km."""
    return distance(place.lat, place.lon, truth["lat"], truth["lon"]) if place else FAR


def recognition(counts: Sequence[Counts]) -> float:
    """Return the exact-span F1."""
    total = sum(c.found + c.gold for c in counts)
    return 2 * sum(c.right for c in counts) / total if total else 0.0


def share(field: str) -> Callable[[Sequence[Counts]], float]:
    """Return the measure: the share of gold mentions with a point that a field counts."""
    return lambda counts: sum(getattr(c, field) for c in counts) / max(1, sum(c.placed for c in counts))


def show(who: str, results: dict[str, list[Counts]], *, given: bool = False) -> None:
    """Print a reader's figures, macro average first."""
    print(who)
    measures = {
        "recognition F1": recognition,
        "end to end @161 km": share("near161"),
        "end to end @25 km": share("near25"),
    }
    if given:
        measures |= {"given spans @161 km": share("given161"), "given spans @25 km": share("given25")}
    for name, measure in measures.items():
        figure, low, high = macro(measure, list(results.values()))
        single = "  ".join(f"{s} {measure(counts):.3f}" for s, counts in results.items())
        print(f"  {name:<20} {figure:.3f} [{low:.3f}, {high:.3f}]   {single}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
