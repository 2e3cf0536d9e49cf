"""Document → mentions of places: names, and relative places built on them, each with its role.

Two recognisers feed one decision: the gazetteer's names and, where a model is installed, its named entities. Together
they find 50 of the 55 towns and sites of the first five reports, either alone at most 34 (measured, DESIGN §6).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument, ParsedSentence
from geo.model import Document, Mention, Place, PlaceKind, Relation, Role
from geo.roles import find_role
from geo.text import SentenceKind, fold

__all__ = ["BEARINGS", "find_mentions"]

_PLACE_LABELS = frozenset({"GPE", "LOC", "FAC"})
# News sets print "Granville County" as one name and "Kharkiv region" as a name and a common noun: of 240 capitalised
# words after a name, annotators took 216 in; of 44 in lower case, 3 (counted on the development sets).
_NAME_WORD = re.compile(r" (?:County|Province|Prefecture|Governorate|Oblast|District|Valley|Peninsula|River|Island)\b")
_KIND_WORD = re.compile(r" (region|oblast|province|prefecture|governorate|county|state|district|republic|river)\b")
_LOCATIVE_BEFORE = re.compile(r"(?:\b(?:in|at|near|from|to|into|outside|around|of|across|toward|towards) |, )$")
# Words after a name that show a person or a thing bearing it.
_PERSON_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Sir|Gen|Col|Sen|Rep|Gov|President|Minister|Judge|Sheriff|Saint)\.? $")
_THRESHOLD = 0.5

BEARINGS = {
    "north": 0.0,
    "northeast": 45.0,
    "east": 90.0,
    "southeast": 135.0,
    "south": 180.0,
    "southwest": 225.0,
    "west": 270.0,
    "northwest": 315.0,
}
_DIRECTION = r"(?:north|south)(?:-?(?:east|west))?|east|west"
_PARTLY = r"(?:(?:north|south)(?:-?(?:east|west))?|east|west)ern|central"
_DISTANCE = re.compile(
    rf"(?:some |about |around |roughly |nearly )?(?P<n>\d[\d,.]*)[ -]?(?P<unit>km|kms|kilomet(?:er|re)s?|miles?|mi)\b"
    rf"(?: ?\([^()]{{1,30}}\))?\.? (?:to the )?(?P<dir>{_DIRECTION}) of (?:the )?$",
    re.IGNORECASE,
)
_AREA_NOUN = r"(?:villages?|towns?|areas?|territory|territories|settlements?|positions|districts?|countryside|parts)"
_SECTOR = re.compile(
    rf"(?:\b(?:an? |the )?(?:[\w-]+ )?(?P<noun>{_AREA_NOUN}) )(?:just |to the )?(?P<dir>{_DIRECTION}) of (?:the )?$",
    re.IGNORECASE,
)
_NEAR = re.compile(
    rf"\b(?:[\w-]+ )?(?P<noun>{_AREA_NOUN}) (?P<word>near|around|adjacent to|close to|next to|bordering) (?:the )?$",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    rf"\b(?:the )?(?:(?P<dir>{_DIRECTION})|(?P<part>{_PARTLY}) (?:parts?|half|edge|tip|coast|border)) of (?:the )?$",
    re.I,
)
_PART_NAME = re.compile(rf"\b(?P<part>{_PARTLY}) $", re.IGNORECASE)
_PART_OPEN = re.compile(
    rf"\b(?:the (?P<dir1>{_DIRECTION})(?: and (?P<dir2>{_DIRECTION}))?"
    r"(?: of (?:the )?(?P<whole1>country|region|province))?"
    rf"|the (?P<whole2>country|region|nation)'s (?P<dir3>{_DIRECTION})"
    rf"|the (?P<part>{_PARTLY}) (?:part|half) of the (?P<whole3>country|region|province))\b"
)
_AFTER_OPEN = re.compile(r"(?: around| near)? (?=[A-Z])")
_IN_THE = re.compile(r" in the (?:(?:north|south)(?:east|west)?|east|west)\b")
_KM_PER = {"km": 1.0, "mi": 1.609344}


@dataclass(frozen=True, slots=True)
class _Span:
    """A span in a sentence, in characters from the sentence's start."""

    start: int
    end: int
    source: str
    score: float
    hint: str = ""


def find_mentions(document: Document, parsed: ParsedDocument, gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions of places in order of their start; a relative place may hold its anchor's mention.

    Site chrome is passed over; headlines are read.
    """
    mentions: list[Mention] = []
    for sentence in parsed.sentences:
        if sentence.kind is not SentenceKind.BOILERPLATE:
            names = list(_names(document, sentence, gazetteer))
            mentions += names
            mentions += _demonyms(sentence, names, document, gazetteer)
            mentions += _relatives(document, sentence, names)
    return sorted(mentions, key=lambda m: (m.start, -m.end))


def _names(document: Document, sentence: ParsedSentence, gazetteer: Gazetteer) -> Iterator[Mention]:
    text = fold(document.text[sentence.start : sentence.end])
    for span in _decide(text, _candidates(text, sentence, gazetteer)):
        tokens = sentence.doc.char_span(span.start, span.end, alignment_mode="expand")
        surface = document.text[sentence.start + span.start : sentence.start + span.end]
        places = gazetteer.lookup(surface)
        role = find_role(sentence.doc, tokens.start, tokens.end, _can_act(surface, places))
        if _always_acts(places) and role is not Role.MODIFIER and not _stands_in(text, span):
            role = Role.ACTOR
        start, end = sentence.start + span.start, sentence.start + span.end
        yield Mention(start, end, surface, role, span.source, round(span.score, 3), hint=span.hint)


def _stands_in(text: str, span: _Span) -> bool:
    return bool(re.search(r"\b(?:in|at|near|outside|inside) (?:the )?$", text[max(0, span.start - 14) : span.start]))


def _can_act(surface: str, places: list[Place]) -> bool:
    """Whether the name can stand for a government: a country, a capital, a seat of power, a bloc."""
    if not places:
        return False
    first = places[0]
    return first.kind is PlaceKind.COUNTRY or bool(first.metonym_of) or _always_acts(places)


def _always_acts(places: list[Place]) -> bool:
    """Seats of power ("the Kremlin") and blocs without a point ("the West") act unless a place word precedes."""
    if not places:
        return False
    first = places[0]
    return (first.kind is PlaceKind.FACILITY and bool(first.metonym_of)) or (
        first.kind is PlaceKind.OTHER and first.lat is None
    )


def _candidates(text: str, sentence: ParsedSentence, gazetteer: Gazetteer) -> list[_Span]:
    spans = [_Span(a, b, "gazetteer", _prior(text, a, b, sentence, gazetteer)) for a, b in _scan(text, gazetteer)]
    spans += [
        _Span(a, b, "model", 0.75 if gazetteer.lookup(text[a:b]) else 0.6)
        for a, b, label in _entities(sentence)
        if label in _PLACE_LABELS and _may_be_name(text[a:b], gazetteer)
    ]
    return [_fit(text, s) for s in spans]


def _scan(text: str, gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    return ((a, b) for a, b in gazetteer.scan(text) if not gazetteer.is_stop(text[a:b]))


def _entities(sentence: ParsedSentence) -> Iterator[tuple[int, int, str]]:
    for ent in sentence.doc.ents:
        words = list(ent)
        while words and (words[0].lower_ in {"the", "a", "an"} or words[0].is_punct):
            words.pop(0)
        while words and (words[-1].text in {"'s", "'"} or words[-1].is_punct) and not words[-1].text.endswith("."):
            words.pop()
        if words:
            yield words[0].idx, words[-1].idx + len(words[-1]), ent.label_


def _may_be_name(name: str, gazetteer: Gazetteer) -> bool:
    return name[:1].isupper() and not gazetteer.is_stop(name) and gazetteer.demonym(name) is None and "\n" not in name


def _prior(text: str, start: int, end: int, sentence: ParsedSentence, gazetteer: Gazetteer) -> float:
    """Score a gazetteer hit: what it is, what the model calls it, and what stands before it."""
    places = gazetteer.lookup(text[start:end])
    if not places:
        return 0.0
    best = places[0]
    labels = [
        (label, b - a)
        for a, b, label in _entities(sentence)
        if a < end and b > start and label not in {"DATE", "CARDINAL"}
    ]
    known = best.kind is not PlaceKind.SETTLEMENT or best.source.startswith(("hand", "geonames:"))
    score = 0.9 if known else 0.55 if best.population >= 100_000 else 0.4
    if any(label in _PLACE_LABELS for label, _ in labels):
        score = max(score, 0.8) + 0.1
    elif any(length > end - start for _, length in labels):
        score -= 0.5 if any(label in {"PERSON", "NORP", "WORK_OF_ART"} for label, _ in labels) else 0.35
    elif labels and not known:
        score -= 0.2
    if _LOCATIVE_BEFORE.search(text[max(0, start - 10) : start]):
        score += 0.15
    if _PERSON_BEFORE.search(text[max(0, start - 12) : start]):
        score -= 0.4
    return score


def _fit(text: str, span: _Span) -> _Span:
    """Take "County" into the name and leave "region" beside it, as a hint of what kind of place is meant."""
    if match := _NAME_WORD.match(text, span.end):
        return replace(span, end=match.end())
    if (match := _KIND_WORD.search(text, span.start, span.end)) and match.end() == span.end:
        return replace(span, end=match.start(), hint=match[1])
    if match := _KIND_WORD.match(text, span.end):
        return replace(span, hint=match[1])
    return span


def _decide(text: str, spans: Iterable[_Span]) -> list[_Span]:
    """Keep the accepted spans that do not overlap; an agreed span counts for more, then the longer one wins."""
    merged: dict[tuple[int, int], _Span] = {}
    for span in spans:
        key = (span.start, span.end)
        other = merged.get(key)
        both = other is not None and other.source != span.source
        score = max(span.score, other.score if other else 0.0)
        hint = span.hint or (other.hint if other else "")
        merged[key] = replace(span, score=min(1.0, score), source="both" if both else span.source, hint=hint)
    kept: list[_Span] = []
    for span in sorted(merged.values(), key=lambda s: (s.source == "model", -(s.end - s.start), s.start)):
        if span.score >= _THRESHOLD and all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _demonyms(
    sentence: ParsedSentence, names: list[Mention], document: Document, gazetteer: Gazetteer
) -> Iterator[Mention]:
    taken = [(m.start, m.end) for m in names]
    text = fold(document.text[sentence.start : sentence.end])
    for match in re.finditer(r"[A-Z][a-z]+(?:[ -][A-Z][a-z]+)?|[A-Z][a-z]+", text):
        for word_end in {match.end(), match.start() + len(match.group().split(" ")[0].split("-")[0])}:
            start, end = sentence.start + match.start(), sentence.start + word_end
            word = text[match.start() : word_end]
            if gazetteer.demonym(word) is not None and all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                yield Mention(start, end, document.text[start:end], Role.DEMONYM, "gazetteer", 0.9)


def _relatives(document: Document, sentence: ParsedSentence, names: list[Mention]) -> Iterator[Mention]:
    text = fold(document.text[sentence.start : sentence.end])
    taken: list[tuple[int, int]] = []
    for anchor in names:
        if (found := _anchored(text, anchor, sentence.start)) is not None:
            start, end, relation = found
            taken.append((start, end))
            yield _relative(document, sentence.start + start, sentence.start + end, relation)
    for match in _PART_OPEN.finditer(text):
        start, end = match.span()
        if all(end <= a or start >= b for a, b in taken) and not text[end : end + 3].strip().startswith("of"):
            if text[match.start() : match.end() + 5].lower().startswith("the west") and not match["whole1"]:
                continue
            yield _relative(document, sentence.start + start, sentence.start + end, _open_relation(match))


def _relative(document: Document, start: int, end: int, relation: Relation) -> Mention:
    return Mention(start, end, document.text[start:end], Role.LITERAL, "relative", 0.9, relation=relation)


def _open_relation(match: re.Match[str]) -> Relation:
    words = [w for w in (match["dir1"], match["dir2"], match["dir3"], match["part"]) if w]
    whole = match["whole1"] or match["whole2"] or match["whole3"] or "country"
    return Relation("part", None, tuple(_bearing(w) for w in words), kind_word=whole.lower())


def _anchored(text: str, anchor: Mention, offset: int) -> tuple[int, int, Relation] | None:
    """Return the span of the relative place that ends at an anchor's name, and how it hangs on it."""
    at = anchor.start - offset
    end = anchor.end - offset
    before = text[max(0, at - 90) : at]
    shift = at - len(before)
    if match := _DISTANCE.search(before):
        km = (
            float(match["n"].replace(",", "").rstrip("."))
            * _KM_PER["mi" if match["unit"].lower().startswith("mi") else "km"]
        )
        return shift + match.start("n"), end, Relation("from", anchor.start, (_bearing(match["dir"]),), km)
    if match := _SECTOR.search(before):
        relation = Relation("from", anchor.start, (_bearing(match["dir"]),), kind_word=match["noun"].lower())
        return shift + _skip_verb(before, match), end, relation
    if match := _NEAR.search(before):
        tail = _IN_THE.match(text, end)
        relation = Relation("near", anchor.start, kind_word=match["noun"].lower())
        return shift + match.start("noun"), tail.end() if tail else end, relation
    if match := _PART_OF.search(before):
        return shift + match.start(), end, Relation("part", anchor.start, (_bearing(match["dir"] or match["part"]),))
    if (match := _PART_NAME.search(before)) and not _describes_whole(before, match, anchor):
        return shift + match.start(), end, Relation("part", anchor.start, (_bearing(match["part"]),))
    return None


def _describes_whole(before: str, match: re.Match[str], anchor: Mention) -> bool:
    """Whether "the eastern Donetsk region" is all of that region, which lies in the east of its country."""
    return bool(anchor.hint) and before[: match.start()].lower().endswith("the ")


def _skip_verb(before: str, match: re.Match[str]) -> int:
    """Leave out a preposition or verb that the optional adjective of a sector phrase swallowed ("into areas")."""
    head = before[match.start() : match.start("noun")].split()
    words = [w for w in head if w.lower() not in {"in", "into", "from", "to", "at", "on", "for", "of", "and", "across"}]
    return match.start("noun") - sum(len(w) + 1 for w in words)


def _bearing(word: str) -> float:
    """Return degrees from north; "central" has none and is given as -1."""
    plain = word.lower().replace("-", "").removesuffix("ern")
    return BEARINGS.get(plain, -1.0)
