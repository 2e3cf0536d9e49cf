"""Document → mentions of places: names, and relative places built on them, each with its role.

``geo.recognition`` says which words are names, ``geo.roles`` what each stands for; here they become mentions, and
relative places are read around them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from geo.gazetteer import Gazetteer
from geo.language import ParsedDocument, ParsedSentence
from geo.model import Document, Mention, Place, PlaceKind, Relation, Role
from geo.recognition import Span, kind_word_after, recognise
from geo.roles import find_role, sure_role
from geo.text import SentenceKind

__all__ = ["BEARINGS", "find_mentions", "mention_at"]

_IN_PLACE = re.compile(r"\b(?:in|at|near|outside|inside) (?:the )?$")

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
_AREA_NOUN = (
    r"(?:villages?|towns?|areas?|territory|territories|settlements?|positions|districts?|countryside|parts|hills|"
    r"mountains|forests?|woods|farmland|farms|fields|desert|bush|waters)"
)
_SECTOR = re.compile(
    rf"(?:\b(?:an? |the )?(?:[\w-]+ )?(?P<noun>{_AREA_NOUN}) )(?:just |to the )?(?P<dir>{_DIRECTION}) of (?:the )?$",
    re.IGNORECASE,
)
_NEAR = re.compile(
    rf"\b(?:[\w-]+ )?(?P<noun>{_AREA_NOUN}) (?P<word>near|around|outside|adjacent to|close to|next to|bordering) "
    r"(?:the )?$",
    re.IGNORECASE,
)
_EDGE_OF = re.compile(
    rf"\b(?:the )?(?:(?:{_PARTLY}|{_DIRECTION}) )?(?P<noun>outskirts|suburbs|environs|vicinity) of (?:the )?$", re.I
)
_BORDER_BEFORE = re.compile(r"\b(?:(?:the|its|their|\w+'s) )?border (?:with|between) (?:the )?$", re.IGNORECASE)
_BORDER_AFTER = re.compile(
    r"(?:'s)? (?:land )?border\b(?! (?:guards?|police|control|patrol|agency|officials?|troops|security|dispute))"
)
_TWO_SIDED = re.compile(r"(?: and |-)$")
_AT_BORDER = re.compile(
    r"\b(?:along|near|on|at|across|over|to|towards?|from|of|crossed|close to|reached) (?:the )?(?:\w+-)?$", re.I
)
# Between a name and a relative phrase that only says where it lies: ", which lies some".
_DESCRIBES = re.compile(
    r"(?: \([^()]{1,40}\))?,? ?(?:which|that)?(?: ?(?:lies|is|sits|stands))?(?: ?(?:located|situated|lying))?"
    r"(?: ?an? (?:\w+ )?(?:town|city|village|settlement|port)(?: (?:of|with) [\w ,]{1,30})?)?"
    r"(?: ?(?:some|about|around|just|roughly|nearly|only))? ?$"
)
# What one of the patterns above and below ends with: most names follow none of these words.
_LEAD = 20  # characters
_LEADS_ON = re.compile(r"(?:of|near|around|outside|to|bordering|ern|central) (?:the )?$", re.IGNORECASE)
_PART_OF = re.compile(
    rf"\b(?:the )?(?:(?P<dir>{_DIRECTION})|(?P<part>{_PARTLY}) (?:parts?|half|edge|tip|coast|border)) of (?:the )?$",
    re.I,
)
_PART_NAME = re.compile(rf"\b(?P<part>{_PARTLY}) $", re.IGNORECASE)
_BETWEEN_BEFORE = re.compile(r"\bbetween (?:the )?$", re.IGNORECASE)
_PART_OPEN = re.compile(
    rf"\b(?:the (?P<dir1>{_DIRECTION})(?: and (?P<dir2>{_DIRECTION}))?"
    r"(?: of (?:the )?(?P<whole1>country|region|province))?"
    rf"|the (?P<whole2>country|region|nation)'s (?P<dir3>{_DIRECTION})"
    rf"|the (?P<part>{_PARTLY}) (?:part|half) of the (?P<whole3>country|region|province))\b"
)
_IN_THE = re.compile(r" in the (?:(?:north|south)(?:east|west)?|east|west)\b")
_KM_PER = {"km": 1.0, "mi": 1.609344}


def find_mentions(document: Document, parsed: ParsedDocument, gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions of places in order of their start; a relative place may hold its anchor's mention.

    Site chrome is passed over; headlines are read.
    """
    mentions: list[Mention] = []
    found = list(recognise(document, parsed, gazetteer))
    parsed.find_trees(dict.fromkeys(s for s, span in found if not span.demonym and not _is_sure(s, span, gazetteer)))
    for sentence, spans in groupby(found, key=itemgetter(0)):
        names = [_mention(document, sentence, span, gazetteer) for _, span in spans]
        mentions += names
        mentions += _anchored_places(document, sentence, names)
    mentions += (
        m
        for s in parsed.sentences
        if s.kind is not SentenceKind.BOILERPLATE
        for m in _open_parts(document, s, mentions)
    )
    return sorted(mentions, key=lambda m: (m.start, -m.end))


def _mention(document: Document, sentence: ParsedSentence, span: Span, gazetteer: Gazetteer) -> Mention:
    role = Role.DEMONYM if span.demonym else _role(document, sentence, span.start, span.end, gazetteer)
    source = "+".join(sorted(span.sources))
    return Mention(span.start, span.end, span.surface, role, source, round(span.score, 3), hint=span.hint)


def _is_sure(sentence: ParsedSentence, span: Span, gazetteer: Gazetteer) -> bool:
    tokens = _tokens(sentence, span.start, span.end)
    return sure_role(sentence.doc, tokens.start, tokens.end, _can_act(gazetteer.lookup(span.surface))) is not None


def _tokens(sentence: ParsedSentence, start: int, end: int) -> Any:
    return sentence.doc.char_span(start - sentence.start, end - sentence.start, alignment_mode="expand")


def _role(document: Document, sentence: ParsedSentence, start: int, end: int, gazetteer: Gazetteer) -> Role:
    tokens = _tokens(sentence, start, end)
    places = gazetteer.lookup(document.text[start:end])
    role = find_role(sentence.doc, tokens.start, tokens.end, _can_act(places))
    stands_in = _IN_PLACE.search(document.text[max(sentence.start, start - 14) : start])
    return Role.ACTOR if _always_acts(places) and role is not Role.MODIFIER and not stands_in else role


def _can_act(places: Sequence[Place]) -> bool:
    """Whether a name can stand for a government: a country, a capital, a seat of power, a bloc."""
    if not places:
        return False
    return places[0].kind is PlaceKind.COUNTRY or bool(places[0].metonym_of) or _always_acts(places)


def _always_acts(places: Sequence[Place]) -> bool:
    """Seats of power ("the Kremlin") and blocs without a point ("the West") act unless a place word precedes."""
    if not places:
        return False
    first = places[0]
    seat = first.kind is PlaceKind.FACILITY and bool(first.metonym_of)
    return seat or (first.kind is PlaceKind.OTHER and first.lat is None)


def _anchored_places(document: Document, sentence: ParsedSentence, names: Sequence[Mention]) -> Iterator[Mention]:
    text = sentence.text
    borders = list(_borders(document, sentence, names))
    ways = _between(document, sentence, text, names)
    yield from borders
    yield from (way for way in ways if all(way.end <= b.start or way.start >= b.end for b in borders))
    for anchor in names:
        if anchor.role is not Role.DEMONYM and (found := _anchored(text, anchor, sentence.start)) is not None:
            start, end, relation = found
            described = _described(text, names, start, sentence.start)
            yield _relative(
                document, sentence.start + start, sentence.start + end, replace(relation, describes=described)
            )


def _described(text: str, names: Sequence[Mention], start: int, offset: int) -> int | None:
    """Return the start of the name that a relative phrase at ``start`` only describes, or None."""
    before = [m for m in names if m.end - offset <= start and m.role is not Role.DEMONYM]
    if not before:
        return None
    between = text[before[-1].end - offset : start]
    return before[-1].start if between.strip() and _DESCRIBES.fullmatch(between) else None


def _borders(document: Document, sentence: ParsedSentence, names: Sequence[Mention]) -> Iterator[Mention]:
    """Yield "the border with Senegal", "along the Syrian border" and "the border between Chad and Sudan"."""
    text, done = sentence.text, -1
    for i, name in enumerate(names):
        if name.start < done:
            continue
        at, end = name.start - sentence.start, name.end - sentence.start
        before = text[max(0, at - 40) : at]
        other = names[i + 1] if i + 1 < len(names) else None
        joined = other is not None and bool(_TWO_SIDED.match(text[end : other.start - sentence.start]))
        last = other if other is not None and joined else name
        if match := _BORDER_BEFORE.search(before):
            start, end = at - len(before) + match.start(), last.end - sentence.start
        elif (tail := _BORDER_AFTER.match(text, last.end - sentence.start)) and _AT_BORDER.search(before):
            start, end = at, tail.end()
        else:
            continue
        done = sentence.start + end
        relation = Relation("border", name.start, other_start=other.start if other is not None and joined else None)
        yield _relative(document, sentence.start + start, done, relation)


def _between(document: Document, sentence: ParsedSentence, text: str, names: Sequence[Mention]) -> Iterator[Mention]:
    """Yield "between Acre and Haifa": somewhere on the way from one place to another."""
    for first, second in pairwise(names):
        before = text[: first.start - sentence.start]
        joined = document.text[first.end : second.start] == " and "
        literal = Role.LITERAL in (first.role, second.role)
        if joined and literal and (match := _BETWEEN_BEFORE.search(before)):
            start = sentence.start + match.start()
            yield _relative(document, start, second.end, Relation("between", first.start, other_start=second.start))


def _open_parts(document: Document, sentence: ParsedSentence, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield parts whose whole is left open: "in the south and east"."""
    text = sentence.text
    for match in _PART_OPEN.finditer(text):
        start, end = sentence.start + match.start(), sentence.start + match.end()
        west = text[match.start() :].startswith("the west") and not match["whole1"]
        if not west and all(end <= m.start or start >= m.end for m in mentions) and not _names_whole(text, match):
            yield _relative(document, start, end, _open_relation(match))


def _names_whole(text: str, match: re.Match[str]) -> bool:
    return text[match.end() : match.end() + 4].startswith(" of ")


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
    if not _LEADS_ON.search(before[-_LEAD:]):
        return None
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
    if match := _EDGE_OF.search(before):
        return shift + match.start(), end, Relation("near", anchor.start, kind_word=match["noun"].lower())
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


def mention_at(document: Document, parsed: ParsedDocument, start: int, end: int, gazetteer: Gazetteer) -> Mention:
    """Return the mention at a span that someone else has found, with the role and hint that it has there.

    A noun of kind inside the span ("Kharkiv region") is the hint where the gazetteer has no such name as a whole; then
    ``surface`` is the name alone. Relative places are found by ``find_mentions``, not here.
    """
    written = document.text[start:end]
    surface, hint = written.strip(), kind_word_after(document.text, end)
    head, _, last = surface.rpartition(" ")
    if head and kind_word_after(f" {last}", 0) and not gazetteer.lookup_all(surface):
        surface, hint = head, last
    if gazetteer.demonym(surface) is not None and not gazetteer.lookup(surface):
        return Mention(start, end, surface, Role.DEMONYM, "given", hint=hint)
    first = start + len(written) - len(written.lstrip())
    at = bisect_right(parsed.sentences, first, key=lambda sentence: sentence.start) - 1
    sentence = parsed.sentences[at] if at >= 0 else None
    if sentence is None or first >= sentence.end:
        return Mention(start, end, surface, Role.LITERAL, "given", hint=hint)
    role = _role(document, sentence, first, min(start + len(written.rstrip()), sentence.end), gazetteer)
    return Mention(start, end, surface, role, "given", hint=hint)
