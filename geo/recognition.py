"""Which spans of a report are names of places: candidates from several sources, decided by one trained scorer.

Candidates are the gazetteer's names, the model's entities and their parts, capitalised words that a small town bears,
and words of nationality. Each has readable features; ``geo/data/recogniser.json`` holds their weights, trained by
``benchmarks/train_mentions.py``. Where candidates overlap the likelier one stays.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument, ParsedSentence
from geo.model import Document, Place, PlaceKind
from geo.scorer import Scorer
from geo.text import SentenceKind, fold

__all__ = ["THRESHOLD", "Span", "candidate_spans", "kind_word_after", "recognise", "span_features"]

THRESHOLD = 0.35
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


def recognise(
    document: Document, parsed: ParsedDocument, gazetteer: Gazetteer, scorer: Scorer | None = None
) -> Iterator[tuple[ParsedSentence, Span]]:
    """Yield the accepted spans with their sentences, in order, none overlapping; ``scorer`` is for trials."""
    scorer = scorer or Scorer.load("recogniser")
    found = candidate_spans(document, parsed, gazetteer)
    counts = _counts(found)
    for sentence, spans in found:
        scored = [_scored(document, sentence, span, gazetteer, counts, scorer) for span in spans]
        yield from ((sentence, span) for span in _best(scored))


def _scored(
    document: Document,
    sentence: ParsedSentence,
    span: Span,
    gazetteer: Gazetteer,
    counts: Mapping[str, int],
    scorer: Scorer,
) -> Span:
    """Score a candidate; what an analyst has listed counts as a name, a town unless it looks like a person's.

    The sets that the scorer is trained on do not annotate "the Kremlin", "the West" or power plants.
    """
    features = span_features(document, sentence, span, gazetteer, counts)
    score = scorer.probability(features)
    places = gazetteer.lookup(span.surface)
    if not places or not gazetteer.is_curated(places[0]) or "in PERSON" in features:
        return replace(span, score=score)
    if places[0].kind in _LISTED:
        return replace(span, score=max(score, _LISTED_SCORE))
    return replace(span, score=score if features.keys() & _PERSONAL else max(score, _LISTED_TOWN_SCORE))


def candidate_spans(
    document: Document, parsed: ParsedDocument, gazetteer: Gazetteer
) -> list[tuple[ParsedSentence, list[Span]]]:
    """Return the candidates of each sentence that is not site chrome; they may overlap."""
    return [
        (sentence, list(_of_sentence(document, sentence, gazetteer)))
        for sentence in parsed.sentences
        if sentence.kind is not SentenceKind.BOILERPLATE
    ]


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


def _counts(found: Sequence[tuple[ParsedSentence, Sequence[Span]]]) -> Counter[str]:
    return Counter(span.surface.casefold() for _, spans in found for span in spans)


# --- candidates -----------------------------------------------------------------------------------------------------


def _of_sentence(document: Document, sentence: ParsedSentence, gazetteer: Gazetteer) -> Iterator[Span]:
    text = fold(document.text[sentence.start : sentence.end])
    spans: dict[tuple[int, int], set[str]] = {}
    for start, end, source in _raw_spans(text, sentence, gazetteer):
        start, end = _fit(text, start, end)
        if start < end and not gazetteer.is_stop(text[start:end]):
            spans.setdefault((start, end), set()).add(source)
    for (start, end), sources in spans.items():
        surface = document.text[sentence.start + start : sentence.start + end]
        hint = kind_word_after(text, end)
        demonym = gazetteer.demonym(surface) is not None and not gazetteer.lookup(surface)
        at = sentence.start
        yield Span(at + start, at + end, surface, frozenset(sources), demonym, hint=hint)


def _raw_spans(text: str, sentence: ParsedSentence, gazetteer: Gazetteer) -> Iterator[tuple[int, int, str]]:
    for start, end in gazetteer.scan(text):
        yield start, end, "gazetteer"
    for start, end, label in _entities(sentence):
        if label in _PLACE_LABELS:
            yield start, end, "model"
            yield from ((a, b, "part of model") for a, b in _parts(text, start, end))
    for match in _RUN.finditer(text):
        yield from _known_in_run(text, match, gazetteer)


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


def _entities(sentence: ParsedSentence) -> Iterator[tuple[int, int, str]]:
    for ent in sentence.doc.ents:
        words = list(ent)
        while words and (words[0].lower_ in {"the", "a", "an"} or words[0].is_punct):
            words.pop(0)
        while words and (words[-1].text in {"'s", "'"} or (words[-1].is_punct and not words[-1].text.endswith("."))):
            words.pop()
        if words and words[0].text[:1].isupper():
            yield words[0].idx, words[-1].idx + len(words[-1]), ent.label_


# --- features -------------------------------------------------------------------------------------------------------


def span_features(
    document: Document, sentence: ParsedSentence, span: Span, gazetteer: Gazetteer, counts: Mapping[str, int]
) -> dict[str, float]:
    """Return the readable features of a candidate; a value is 1 where not said otherwise."""
    text = fold(document.text[sentence.start : sentence.end])
    start, end = span.start - sentence.start, span.end - sentence.start
    names = {f"from {source}" for source in span.sources}
    names |= {"from " + "+".join(sorted(span.sources))}
    names |= set(_gazetteer_features(span, gazetteer))
    names |= set(_model_features(sentence, start, end))
    names |= set(_word_features(text, start, end))
    names |= set(_neighbour_features(text, start, end, gazetteer))
    if not sentence.has_parse:
        names = {f"{name} (rules)" for name in names} | names
    found = dict.fromkeys(names, 1.0)
    found["times in report"] = math.log(counts.get(span.surface.casefold(), 1))
    return found


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


def _model_features(sentence: ParsedSentence, start: int, end: int) -> Iterator[str]:
    met = False
    for a, b, label in _entities(sentence):
        if label not in _NAMED_LABELS or a >= end or b <= start:
            continue
        met = True
        how = "is" if (a, b) == (start, end) else "in" if a <= start and b >= end else "holds" if a >= start else "cuts"
        yield f"{how} {label}"
    if not met:
        yield "no entity"
    tokens = sentence.doc.char_span(start, end, alignment_mode="expand")
    if tokens is not None and len(tokens):
        yield f"tag {tokens[-1].tag_}"
        yield f"root {tokens.root.dep_}"


def _word_features(text: str, start: int, end: int) -> Iterator[str]:
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
