"""Which spans of a report are names of places: candidates from several sources, decided by a trained scorer.

Candidates are the gazetteer's names, the model's entities and their parts, capitalised words that a small town bears,
and words of nationality. Each has readable features; ``geo/data/recogniser.json`` holds their weights, and
``recogniser_words.json`` those for words without a model, trained by ``benchmarks/train_mentions.py``. Where candidates
overlap the likelier one stays.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument, ParsedSentence
from geo.model import Document, Place, PlaceKind
from geo.scorer import Scorer
from geo.text import SentenceKind

__all__ = [
    "THRESHOLD",
    "Context",
    "Recogniser",
    "Span",
    "entity_features",
    "find_entities",
    "kind_word_after",
    "recognise",
    "report_context",
    "source_features",
    "with_entities",
    "word_features",
    "word_spans",
]

THRESHOLD = 0.35
_HOPEFUL = 0.02
_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
_NAMED_LABELS = _PLACE_LABELS | {"ORG", "PERSON", "NORP", "EVENT", "WORK_OF_ART", "PRODUCT", "LAW"}
# News sets print "Granville County" as one name and "Kharkiv region" as a name and a common noun: of 240 capitalised
# words after a name, annotators took 216 in; of 44 in lower case, 3 (counted on the development sets).
_NAME_WORD = re.compile(r" (?:County|Province|Prefecture|Governorate|Oblast|District|Valley|Peninsula|River|Island)\b")
_KIND_WORD = re.compile(r" (region|oblast|province|prefecture|governorate|county|state|district|republic|river)\b")
_RUN = re.compile(
    r"(?<![\w'-])(?:[A-Z][\w'-]*[a-z][\w-]*|[A-Z]{3,})(?: (?:[A-Z][\w'-]*[a-z][\w-]*|[A-Z]{3,})){0,2}(?![\w-])"
)
_WORD = re.compile(r"[\w'.-]+")
_LISTED = (PlaceKind.FACILITY, PlaceKind.REGION, PlaceKind.OTHER, PlaceKind.NATURAL)
_LISTED_SCORE, _LISTED_TOWN_SCORE = 0.8, 0.5
_PERSONAL = {"is PERSON", "in ORG", "after title", "after capitalised", "before capitalised", "before saying"}
_KNOWN_SOURCES = frozenset({"gazetteer", "demonym"})
_COUNTRY_VOTE, _TOWN_VOTE = 2.0, 0.5  # a large town or region votes 1
_LARGE_TOWN, _SMALL_TOWN = 100_000, 15_000  # inhabitants
_SHARES = (0.5, 0.2, 0.05)
_MOST_SENSES = 12  # places of one name that are looked at
_LONGEST_RUN = 40  # characters
_BEFORE = 24  # characters that are looked at on either side

_LAST_WORDS = {
    "road": "street avenue road lane drive boulevard highway route street st. ave. rd. blvd. way court bridge",
    "school": "university college school academy institute seminary",
    "site": "park hospital church center centre hall stadium airport station mall museum hotel cemetery jail prison",
    "area": "county province prefecture district township parish borough region valley island islands peninsula",
    "water": "river lake creek bay sea ocean gulf canal strait",
    "body": "police department council court sheriff's office service authority committee agency ministry bank",
    "team": "united city fc rovers wanderers eagles tigers bulldogs lions hawks wildcats panthers bears",
    "paper": "times post herald tribune news gazette journal press chronicle observer telegraph",
}
_CLASS = {word: name for name, words in _LAST_WORDS.items() for word in words.split()}
_TITLES = frozenset(
    "mr mr. mrs mrs. ms ms. dr dr. sir president minister judge sheriff officer senator sen sen. rep rep. gov gov. gen "
    "gen. col col. capt capt. lt lt. sgt sgt. coach mayor chief attorney professor rev rev. saint king "
    "queen prince".split()
)
_SAYING = frozenset("said says told added wrote asked explained noted".split())


Entity = tuple[int, int, str]
"""Offsets into the sentence and the model's label."""


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate in a report: offsets into its text, the words, how sure it is a place, and the noun beside it."""

    start: int
    end: int
    surface: str
    sources: frozenset[str]
    demonym: bool = False
    score: float = 0.0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The two scorers of candidates: by words alone, and with a model's entities beside them."""

    by_words: Scorer
    with_entities: Scorer

    @classmethod
    def load(cls) -> "Recogniser":
        """Return the shipped scorers."""
        return cls(Scorer.load("recogniser_words"), Scorer.load("recogniser"))


def recognise(
    document: Document, parsed: ParsedDocument, gazetteer: Gazetteer, recogniser: Recogniser | None = None
) -> Iterator[tuple[ParsedSentence, Span]]:
    """Yield the accepted spans with their sentences, in order, none overlapping; ``recogniser`` is for trials.

    Sentences whose words alone leave no hope of a place are not shown to the model: they are four tenths of the words
    of news, and hold one to three of a hundred names accepted without this (measured on the development sets).
    """
    recogniser = recogniser or Recogniser.load()
    found = word_spans(document, parsed, gazetteer)
    context = report_context(found, gazetteer)
    read = [
        (sentence, [(span, word_features(sentence, span, gazetteer, context)) for span in spans])
        for sentence, spans in found
    ]
    scored = [(s, [_scored(span, words, recogniser.by_words, gazetteer) for span, words in row]) for s, row in read]
    if not parsed.language.name:
        yield from ((sentence, span) for sentence, spans in scored for span in _best(spans))
        return
    hopeful = [any(span.score >= _HOPEFUL for span in spans) for _, spans in scored]
    parsed.find_entities(sentence for (sentence, _), hope in zip(scored, hopeful, strict=True) if hope)
    for (sentence, row), hope in zip(read, hopeful, strict=True):
        if not hope:
            continue
        known = {(span.start, span.end): words for span, words in row}
        entities = find_entities(sentence)
        spans = []
        for span in with_entities(document, sentence, [span for span, _ in row], entities, gazetteer):
            words = known.get((span.start, span.end)) or word_features(sentence, span, gazetteer, context)
            features = words | entity_features(sentence, span, entities)
            spans.append(_scored(span, features, recogniser.with_entities, gazetteer))
        yield from ((sentence, span) for span in _best(spans))


def _scored(span: Span, features: Mapping[str, float], scorer: Scorer, gazetteer: Gazetteer) -> Span:
    """Score a candidate; what an analyst has listed counts as a name, a town unless it looks like a person's.

    The sets that the scorer is trained on do not annotate "the Kremlin", "the West" or power plants.
    """
    score = scorer.probability(dict(features) | source_features(span))
    places = gazetteer.lookup(span.surface)
    if not places or not gazetteer.is_curated(places[0]) or "in PERSON" in features:
        return replace(span, score=score)
    if places[0].kind in _LISTED:
        return replace(span, score=max(score, _LISTED_SCORE))
    return replace(span, score=score if features.keys() & _PERSONAL else max(score, _LISTED_TOWN_SCORE))


def word_spans(
    document: Document, parsed: ParsedDocument, gazetteer: Gazetteer
) -> list[tuple[ParsedSentence, list[Span]]]:
    """Return the candidates of each sentence that is not site chrome, by words alone; they may overlap."""
    return [
        (sentence, list(_of_sentence(document, sentence, gazetteer)))
        for sentence in parsed.sentences
        if sentence.kind is not SentenceKind.BOILERPLATE
    ]


def with_entities(
    document: Document,
    sentence: ParsedSentence,
    spans: Sequence[Span],
    entities: Sequence[Entity],
    gazetteer: Gazetteer,
) -> list[Span]:
    """Return the candidates with those that the model's entities add or confirm."""
    text = sentence.text
    found: dict[tuple[int, int], set[str]] = {}
    for start, end, source in _entity_spans(text, entities):
        start, end = _fit(text, start, end)
        if start < end and not gazetteer.is_stop(text[start:end]):
            found.setdefault((sentence.start + start, sentence.start + end), set()).add(source)
    known = {(span.start, span.end) for span in spans}
    confirmed = [
        replace(span, sources=span.sources | sources) if (sources := found.get((span.start, span.end))) else span
        for span in spans
    ]
    added = [
        _span(document, sentence, start, end, frozenset(sources), gazetteer)
        for (start, end), sources in found.items()
        if (start, end) not in known
    ]
    return confirmed + added


def find_entities(sentence: ParsedSentence) -> list[Entity]:
    """Return the model's entities that begin with a capital, without articles and marks around them."""
    return list(_trimmed(sentence.doc.ents))


def _trimmed(entities: Iterable[Any]) -> Iterator[Entity]:
    for ent in entities:
        words = list(ent)
        while words and (words[0].lower_ in {"the", "a", "an"} or words[0].is_punct):
            words.pop(0)
        while words and (words[-1].text in {"'s", "'"} or (words[-1].is_punct and not words[-1].text.endswith("."))):
            words.pop()
        if words and words[0].text[:1].isupper():
            yield words[0].idx, words[-1].idx + len(words[-1]), ent.label_


@dataclass(frozen=True, slots=True)
class Context:
    """What a report's candidates say of each other: how often each stands there, and the countries that they speak of.

    ``votes`` holds for each well-known name the country and region it votes for and its weight; the sums are in
    ``countries`` and ``regions``.
    """

    counts: Mapping[str, int]
    votes: Mapping[str, tuple[str, tuple[str, str], float]]
    countries: Mapping[str, float]
    regions: Mapping[tuple[str, str], float]
    total: float


def report_context(found: Sequence[tuple[ParsedSentence, Sequence[Span]]], gazetteer: Gazetteer) -> Context:
    """Return the context that the candidates of a report give: countries, nationalities, regions and large towns."""
    counts = Counter(span.surface.casefold() for _, spans in found for span in spans)
    known = {span.surface: span for _, spans in found for span in spans if span.sources & _KNOWN_SOURCES}
    votes = {
        surface.casefold(): vote for surface, span in known.items() if (vote := _vote(span, gazetteer)) is not None
    }
    countries: Counter[str] = Counter()
    regions: Counter[tuple[str, str]] = Counter()
    for country, region, weight in votes.values():
        countries[country] += weight  # type: ignore[assignment]  # a Counter sums what it is given
        regions[region] += weight  # type: ignore[assignment]
    return Context(counts, votes, countries, regions, sum(countries.values()))


def _vote(span: Span, gazetteer: Gazetteer) -> tuple[str, tuple[str, str], float] | None:
    places = [gazetteer.demonym(span.surface)] if span.demonym else gazetteer.lookup(span.surface)[:1]
    place = places[0] if places else None
    if place is None or not place.country_code:
        return None
    region = (place.country_code, place.admin1_code if place.kind is not PlaceKind.COUNTRY else "")
    weight = (
        _COUNTRY_VOTE if place.kind is PlaceKind.COUNTRY else 1.0 if place.population >= _LARGE_TOWN else _TOWN_VOTE
    )
    return place.country_code, region, weight


def kind_word_after(text: str, end: int) -> str:
    """Return the common noun right after a name that says what kind of place it is ("region"), or ''."""
    match = _KIND_WORD.match(text, end)
    return match[1] if match else ""


def _best(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (-s.score, -(s.end - s.start), s.start)):
        if span.score >= THRESHOLD and all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


# --- candidates -----------------------------------------------------------------------------------------------------


def _of_sentence(document: Document, sentence: ParsedSentence, gazetteer: Gazetteer) -> Iterator[Span]:
    found = sentence.words.kept((_fitting_spans, gazetteer), lambda: _fitting_spans(sentence.text, gazetteer))
    for (start, end), sources in found.items():
        yield _span(document, sentence, sentence.start + start, sentence.start + end, frozenset(sources), gazetteer)


def _fitting_spans(text: str, gazetteer: Gazetteer) -> Mapping[tuple[int, int], Set[str]]:
    """Return the candidates of a sentence by where they stand in it, each with who takes it for one."""
    spans: dict[tuple[int, int], set[str]] = {}
    for start, end, source in _known_spans(text, gazetteer):
        start, end = _fit(text, start, end)
        if start < end and not gazetteer.is_stop(text[start:end]):
            spans.setdefault((start, end), set()).add(source)
    return spans


def _span(
    document: Document, sentence: ParsedSentence, start: int, end: int, sources: frozenset[str], gazetteer: Gazetteer
) -> Span:
    surface = document.text[start:end]
    demonym = gazetteer.demonym(surface) is not None and not gazetteer.lookup(surface)
    return Span(start, end, surface, sources, demonym, hint=kind_word_after(sentence.text, end - sentence.start))


def _known_spans(text: str, gazetteer: Gazetteer) -> Iterator[tuple[int, int, str]]:
    for start, end in gazetteer.scan(text):
        yield start, end, "gazetteer"
    for match in _RUN.finditer(text):
        yield from _known_in_run(text, match, gazetteer)


def _entity_spans(text: str, entities: Sequence[Entity]) -> Iterator[tuple[int, int, str]]:
    for start, end, label in entities:
        if label in _PLACE_LABELS:
            yield start, end, "model"
            yield from ((a, b, "part of model") for a, b in _parts(text, start, end))


def _known_in_run(text: str, run: re.Match[str], gazetteer: Gazetteer) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches of a run of capitalised words that are a small town's name or tell a nationality."""
    words = [m.span() for m in _WORD.finditer(text, run.start(), min(run.end(), run.start() + _LONGEST_RUN))]
    for i, (start, _) in enumerate(words):
        for _, end in words[i:]:
            name = text[start:end].removesuffix("'s")
            if gazetteer.lookup(name, small=True):
                yield start, start + len(name), "small"
            if gazetteer.demonym(name) is not None and not name.lower().startswith("the "):
                yield start, start + len(name), "demonym"


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield an entity without its first or its last word: the model often takes one too many."""
    words = [m.span() for m in _WORD.finditer(text, start, end)]
    if len(words) > 1:
        yield words[1][0], end
        yield start, words[-2][1]


def _fit(text: str, start: int, end: int) -> tuple[int, int]:
    """Take "County" into the name and leave "region" and the article out of it."""
    if text[start:end].lower().startswith("the ") and text[start:end] != "the West":
        start += 4
    if match := _NAME_WORD.match(text, end):
        end = match.end()
    elif (match := _KIND_WORD.search(text, start, end)) and match.end() == end:
        end = match.start()
    return start, end


# --- features -------------------------------------------------------------------------------------------------------


def word_features(sentence: ParsedSentence, span: Span, gazetteer: Gazetteer, context: Context) -> dict[str, float]:
    """Return the readable features of a candidate that words and gazetteer give; 1 where not said otherwise."""
    text = sentence.text
    start, end = span.start - sentence.start, span.end - sentence.start
    found = dict.fromkeys(_gazetteer_features(span, gazetteer), 1.0)
    found |= dict.fromkeys(_shape_features(text, start, end), 1.0)
    found |= dict.fromkeys(_neighbour_features(text, start, end, gazetteer), 1.0)
    found |= dict.fromkeys(_context_features(span, gazetteer, context), 1.0)
    found["times in report"] = math.log(context.counts.get(span.surface.casefold(), 1))
    return found


def _context_features(span: Span, gazetteer: Gazetteer, context: Context) -> Iterator[str]:
    """Yield how much of the rest of a report speaks of a country, and of a region, that holds a place of this name."""
    places = [] if span.demonym else gazetteer.lookup(span.surface, small=True)[:_MOST_SENSES]
    if not places:
        return
    country, region, weight = context.votes.get(span.surface.casefold(), ("", ("", ""), 0.0))
    size = "small" if places[0].population < _SMALL_TOWN else "known"
    countries = {p.country_code for p in places}
    regions = {(p.country_code, p.admin1_code) for p in places if p.admin1_code}
    total = context.total - weight
    yield f"{size}, {_share('country', context.countries, countries, country, weight, total)}"
    yield f"{size}, {_share('region', context.regions, regions, region, weight, total)}"


_Key = TypeVar("_Key", str, tuple[str, str])


def _share(
    what: str, sums: Mapping[_Key, float], keys: Collection[_Key], own: _Key, weight: float, total: float
) -> str:
    """Name the share of the report's other votes that the best of some countries or regions has."""
    if total <= 0:
        return f"no {what} to share"
    best = max((sums.get(key, 0.0) - (weight if key == own else 0.0) for key in keys), default=0.0) / total
    share = next((limit for limit in _SHARES if best >= limit), 0)
    return f"{what} share {share}" if share else f"{what} not shared"


def source_features(span: Span) -> dict[str, float]:
    """Return who proposed a candidate, each alone and all together."""
    return dict.fromkeys(
        [*(f"from {source}" for source in span.sources), "from " + "+".join(sorted(span.sources))], 1.0
    )


def entity_features(sentence: ParsedSentence, span: Span, entities: Sequence[Entity]) -> dict[str, float]:
    """Return how the model's entities lie to a candidate."""
    start, end = span.start - sentence.start, span.end - sentence.start
    found = {}
    for a, b, label in entities:
        if label in _NAMED_LABELS and a < end and b > start:
            how = (
                "is"
                if (a, b) == (start, end)
                else "in"
                if a <= start and b >= end
                else "holds"
                if a >= start
                else "cuts"
            )
            found[f"{how} {label}"] = 1.0
    return found or {"no entity": 1.0}


def _gazetteer_features(span: Span, gazetteer: Gazetteer) -> Iterator[str]:
    if span.demonym:
        yield "demonym"
        return
    places = gazetteer.lookup(span.surface)
    tier = "known"
    if not places:
        places, tier = gazetteer.lookup(span.surface, small=True), "small"
    if not places:
        yield "unknown"
        return
    best = places[0]
    yield f"{tier} {_kind(best)}"
    yield f"{tier} {best.kind.value} of {min(7, int(math.log10(best.population + 1)))} digits"
    if best.metonym_of:
        yield "capital"


def _kind(place: Place) -> str:
    return place.feature_code if place.kind is PlaceKind.REGION else place.kind.value


def _shape_features(text: str, start: int, end: int) -> Iterator[str]:
    name = text[start:end]
    words = name.split()
    yield f"{min(len(words), 4)} words"
    if name.isupper():
        yield "capitals" if len(name) > 3 else "code"
    if any(c.isdigit() for c in name):
        yield "digit"
    last = words[-1].lower() if words else ""
    if len(words) > 1 and last in _CLASS:
        yield f"ends as {_CLASS[last]}"
    if words and words[0].lower() in {"north", "south", "east", "west", "northern", "southern", "eastern", "western"}:
        yield "begins with direction"
    if not text[:start].strip("\"'([ "):
        yield "begins sentence"


def _neighbour_features(text: str, start: int, end: int, gazetteer: Gazetteer) -> Iterator[str]:
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _BEFORE]
    previous = before.split()[-1] if before.split() else ""
    following = after.split()[0] if after.split() else ""
    yield f"after {_word_class(previous)}"
    yield f"before {_word_class(following)}"
    if previous.lower() in _TITLES:
        yield "after title"
    if previous[:1].isupper() and before.endswith(" ") and previous[-1:].isalnum():
        yield "after capitalised"
    if following[:1].isupper() and after.startswith(" "):
        yield "before capitalised"
        if previous.lower() in _TITLES:
            yield "between title and name"
        if (kind := _CLASS.get(following.strip(".,;:'\"").lower())) is not None:
            yield f"before {kind} word"
    if after.startswith("'s"):
        yield "possessive"
    if after.startswith("-"):
        yield "before hyphen"
    if match := re.match(r", ([A-Z][\w.]*(?: [A-Z]\w+)?)", text[end : end + 40]):
        areas = [p for p in gazetteer.lookup(match[1].rstrip(".") or match[1]) if p.kind is not PlaceKind.SETTLEMENT]
        yield "before comma and area" if areas or gazetteer.lookup(match[1]) else "before comma and name"
    if re.search(r"[A-Z]\w+, $", before):
        yield "after name and comma"


def _word_class(word: str) -> str:
    """Return a neighbour as a feature: itself if it is a short word of grammar, else its shape."""
    plain = word.strip("\"'([").lower()
    if plain in _GRAMMAR:
        return plain
    if plain.rstrip(".,;:") in _SAYING:
        return "saying"
    if not plain:
        return "edge"
    if not plain[0].isalnum():
        return plain[0]
    return "number" if plain[0].isdigit() else "name" if word.strip("\"'([")[:1].isupper() else "word"


_GRAMMAR = frozenset(
    "in at near from to of into on outside around across through between and the a an for by with over off along "
    "toward towards via within under is was were are has had have will would 's , . ; : ) city town village county "
    "state southern northern eastern western central downtown nearby who that which when while as after "
    "before said".split()
)
