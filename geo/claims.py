"""Sentence → claims: who says that what happened at which place on which day.

A *trigger* is a word that tells a happening (``geo.lexicon``). Each literal place is tied to the trigger that it hangs
on in the sentence's tree; places that only serve as a landmark, comparison or title hang on none and give no row. A
trigger without a place takes the sentence's, or carries on with the place before it; else it waits in the tray.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from geo.attribution import Attribution, find_attributions
from geo.language import ParsedDocument, ParsedSentence
from geo.lexicon import NOUNS, VERBS, refine
from geo.model import (
    Claim,
    DateBasis,
    Document,
    EventType,
    Place,
    PlaceKind,
    Resolution,
    Role,
    Status,
    TimePrecision,
    Timex,
    Verification,
)
from geo.text import SentenceKind, fold

__all__ = ["extract_claims"]

_MODALS = frozenset("will would could may might should must shall can".split())
_PLAN_NOUNS = frozenset("aim goal plan intention effort attempt bid hope threat pledge promise proposal".split())
_PLAN_VERBS = frozenset(
    "vow aim plan want expect seek hope promise pledge threaten intend demand urge propose prepare consider order "
    "agree call try attempt schedule anticipate".split()
)
_LANDMARK_VERBS = frozenset("lie sit border locate situate neighbour neighbor adjoin straddle overlook".split())
_LANDMARK_BEFORE = re.compile(
    r"\b(?:next to|(?:north|south)(?:east|west)? of|(?:east|west) of|as big as|size of|area of|like) (?:the )?$"
)
_SPEECH_VERBS = frozenset("say tell speak add address announce declare report".split())
_OWN_LAND = frozenset("recapture retake liberate recover regain reclaim take_back".split())
_LAND_WORDS = frozenset(
    "territory territories land km kilometre kilometres kilometer kilometers miles town towns cities city".split()
)
_ANAPHOR = re.compile(
    r"\b(?:there|the (?:village|town|city|area|region|province|district|plant|square|island|site|scene|airport|"
    r"hospital|building|river|dam|bridge|mine|school|camp|port)|both areas|the (?:fighting|bombing|quake|earthquake|flood|"
    r"floods|storm|fire|blaze|crash|blackouts|explosion|blast|attack|protest|protests|clashes|outbreak)|it)\b",
    re.IGNORECASE,
)
_COULD_NOT_VERIFY = re.compile(
    r"\b(?:could not|couldn't|cannot|unable to|not able to|has not|have not|not been|were not) (?:\w+ ){0,3}?"
    r"(?:verif|confirm)"
)
_VERIFIED = re.compile(r"\b(?:has|have|was|were|been) (?:independently )?verified\b")
_NO_HAPPENING = re.compile(
    r"\bthere (?:was|is|were|are|had been|has been) no\b|\bno (?:talk|discussion|plans?|question) of\b", re.I
)
_CARRY_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A happening in a sentence: the token that tells it, and its type."""

    index: int
    lemma: str
    kind: EventType
    verbal: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in a sentence: its tokens and what it resolved to."""

    start: int
    end: int
    resolution: Resolution

    @property
    def place(self) -> Place:
        """The place; spots are only made of resolved mentions."""
        if self.resolution.place is None:
            raise AssertionError("a spot is made of a resolved mention")
        return self.resolution.place


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is known about one sentence."""

    document: Document
    sentence: ParsedSentence
    spots: Sequence[_Spot]
    actors: Sequence[_Spot]
    times: Sequence[tuple[int, Timex]]
    said: Sequence[Attribution]
    triggers: Sequence[_Trigger]


def extract_claims(
    document: Document, parsed: ParsedDocument, resolutions: Sequence[Resolution], timexes: Sequence[Timex]
) -> list[Claim]:
    """Return the claims of a report in order; a claim with ``place`` None is a happening whose place is not known."""
    said = find_attributions(parsed)
    claims: list[Claim] = []
    seen: set[str] = set()
    last: tuple[int, _Spot] | None = None
    for number, sentence in enumerate(parsed.sentences):
        words = document.text[sentence.start : sentence.end]
        if sentence.kind is not SentenceKind.BODY or words in seen:
            continue
        seen.add(words)
        scene = _scene(document, sentence, resolutions, timexes, said[number])
        if _COULD_NOT_VERIFY.search(fold(words)):
            claims = _mark_unverified(claims)
            continue
        carried = last[1] if last is not None and number - last[0] <= _CARRY_SENTENCES else None
        found = list(_of_sentence(scene, carried))
        claims += found
        if (spot := _spot_to_carry(scene, found)) is not None:
            last = (number, spot)
        elif found and last is not None and any(c.place is not None for c in found):
            last = (number, last[1])
    return claims


def _mark_unverified(claims: Sequence[Claim]) -> list[Claim]:
    return [replace(c, verification=Verification.UNVERIFIED) if c.status is Status.CLAIMED else c for c in claims]


def _scene(
    document: Document,
    sentence: ParsedSentence,
    resolutions: Iterable[Resolution],
    timexes: Iterable[Timex],
    said: Sequence[Attribution],
) -> _Scene:
    here = [r for r in resolutions if sentence.start <= r.mention.start < sentence.end and r.place is not None]
    spots = [s for r in here if r.mention.role is Role.LITERAL and (s := _spot(sentence, r)) is not None]
    actors = [s for r in here if r.mention.role is not Role.LITERAL and (s := _spot(sentence, r)) is not None]
    within = [t for t in timexes if sentence.start <= t.start < sentence.end]
    times = [(_token_at(sentence, t.start, t.end), t) for t in within]
    return _Scene(document, sentence, _without_anchors(spots), actors, times, said, list(_triggers(sentence.doc)))


def _spot(sentence: ParsedSentence, resolution: Resolution) -> _Spot | None:
    mention = resolution.mention
    span = sentence.doc.char_span(mention.start - sentence.start, mention.end - sentence.start, alignment_mode="expand")
    return _Spot(span.start, span.end, resolution) if span is not None and len(span) else None


def _token_at(sentence: ParsedSentence, start: int, end: int) -> int:
    span = sentence.doc.char_span(start - sentence.start, end - sentence.start, alignment_mode="expand")
    return int(span.root.i) if span is not None and len(span) else 0


def _without_anchors(spots: Sequence[_Spot]) -> list[_Spot]:
    """Drop the names inside a relative place: "south of Kharkiv" is not in Kharkiv."""
    wide = [s for s in spots if s.place.kind is PlaceKind.RELATIVE]
    return [s for s in spots if s in wide or not any(w.start <= s.start and s.end <= w.end for w in wide)]


def _triggers(doc: Any) -> Iterator[_Trigger]:
    parsed = doc.has_annotation("DEP")
    for token in doc:
        if (trigger := _trigger(token, parsed)) is not None:
            yield trigger


def _trigger(token: Any, parsed: bool) -> _Trigger | None:
    if not parsed:
        lemma = _plain_lemma(token.lower_)
        kind = VERBS.get(lemma) or NOUNS.get(lemma)
        return _Trigger(token.i, lemma, kind, lemma in VERBS) if kind and kind is not EventType.OTHER else None
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" or (token.pos_ == "ADJ" and token.tag_ == "VBN"):
        particle = next((c.lower_ for c in token.children if c.dep_ == "prt"), "")
        kind = VERBS.get(f"{lemma} {particle}") if particle else None
        kind = kind or VERBS.get(lemma)
        kind = refine(kind, lemma, _arguments(token)) if kind else None
        return _Trigger(token.i, lemma, kind, True) if kind else None
    if token.pos_ in {"NOUN", "PROPN"} and token.dep_ != "compound":
        kind = NOUNS.get(lemma) or NOUNS.get(token.lower_)
        return _Trigger(token.i, lemma, kind, False) if kind else None
    return None


def _arguments(verb: Any) -> list[str]:
    return [t.lower_ for c in verb.children if c.dep_ in {"nsubj", "nsubjpass", "dobj", "agent"} for t in c.subtree]


def _plain_lemma(word: str) -> str:
    """Return the first base form of a word that the lexicon knows, where no tagger is there to tell."""
    for suffix, base in (
        ("", ""),
        ("s", ""),
        ("es", ""),
        ("ed", ""),
        ("ed", "e"),
        ("d", ""),
        ("ing", ""),
        ("ing", "e"),
    ):
        if word.endswith(suffix) and (stem := word[: len(word) - len(suffix)] + base) in VERBS.keys() | NOUNS.keys():
            return stem
    return word


def _of_sentence(scene: _Scene, carried: _Spot | None) -> Iterator[Claim]:
    placed: set[int] = set()
    rows: set[tuple[str, EventType, int]] = set()
    for spot in scene.spots:
        trigger = _governing(scene, spot)
        if trigger is None:
            continue
        placed.add(trigger.index)
        key = (spot.place.place_id, trigger.kind, 0)
        if key not in rows:
            rows.add(key)
            yield _claim(scene, trigger, spot)
    for trigger in _main_triggers(scene, placed):
        spot = _borrowed(scene, trigger) or (carried if _carries_on(scene) else None)
        if spot is None:
            if not scene.spots and trigger.kind is not EventType.STATEMENT:
                yield _claim(scene, trigger, None)
            return
        key = (spot.place.place_id, trigger.kind, 0)
        if key not in rows:
            rows.add(key)
            yield _claim(scene, trigger, spot)


def _governing(scene: _Scene, spot: _Spot) -> _Trigger | None:
    doc = scene.sentence.doc
    before = doc[: spot.start].text_with_ws[-40:]
    if _LANDMARK_BEFORE.search(before) and spot.place.kind is not PlaceKind.RELATIVE:
        return None
    if not doc.has_annotation("DEP"):
        return min(scene.triggers, key=lambda t: abs(t.index - spot.start), default=None)
    return _climb(scene, doc[spot.start : spot.end].root)


def _climb(scene: _Scene, node: Any) -> _Trigger | None:
    """Walk from a place up the tree to the trigger it hangs on; stop where it only locates a thing."""
    by_index = {t.index: t for t in scene.triggers}
    while True:
        if node.i in by_index:
            return by_index[node.i]
        if node.pos_ in {"VERB", "AUX"}:
            lemma = node.lemma_.lower()
            if lemma in _LANDMARK_VERBS:
                return None
            if (found := _in_clause(node, by_index)) is not None:
                return found
            if lemma in _SPEECH_VERBS:
                return _Trigger(node.i, lemma, EventType.STATEMENT, True)
        elif node.dep_ == "appos" and node.pos_ == "NOUN" and node.lower_ in {"city", "capital", "town"}:
            return None
        if node.head == node:
            return None
        node = node.head


def _in_clause(verb: Any, by_index: dict[int, _Trigger]) -> _Trigger | None:
    """Return the trigger among a verb's own arguments ("launched an offensive", "showed troops liberating …")."""
    for child in verb.children:
        if (
            child.dep_ in {"dobj", "nsubj", "nsubjpass", "attr", "xcomp", "oprd", "acomp", "ccomp", "conj", "pcomp"}
            and child.i in by_index
        ):
            return by_index[child.i]
    for child in verb.children:
        if child.dep_ in {"dobj", "nsubj", "attr", "xcomp", "acomp"}:
            for token in child.subtree:
                if token.i in by_index:
                    return by_index[token.i]
    return None


def _main_triggers(scene: _Scene, placed: set[int]) -> list[_Trigger]:
    """Return the triggers that tell the sentence's own news: main and reported verbs, else the first noun."""
    doc = scene.sentence.doc
    free = [t for t in scene.triggers if t.index not in placed and t.kind is not EventType.OTHER]
    if not doc.has_annotation("DEP"):
        return [] if placed else free[:1]
    verbs = [t for t in free if t.verbal and _is_main(doc[t.index])]
    if verbs:
        return verbs[:1]
    nouns = [t for t in free if not t.verbal and doc[t.index].dep_ in {"nsubj", "nsubjpass", "dobj", "attr", "ROOT"}]
    return [] if placed else nouns[:1]


def _is_main(token: Any) -> bool:
    node = token
    while node.dep_ != "ROOT":
        if node.dep_ not in {"ccomp", "conj", "xcomp", "parataxis"}:
            return False
        node = node.head
    return True


def _borrowed(scene: _Scene, trigger: _Trigger) -> _Spot | None:
    """Return the place that a trigger without one of its own may use: the sentence's, or its actor's own country."""
    hanging = [s for s in scene.spots if _governing(scene, s) is not None]
    if hanging:
        return min(hanging, key=lambda s: abs(s.start - trigger.index))
    if trigger.lemma in _OWN_LAND and scene.sentence.has_parse:
        words = set(_arguments(scene.sentence.doc[trigger.index]))
        if words & _LAND_WORDS and scene.actors:
            before = [a for a in scene.actors if a.start < trigger.index] or list(scene.actors)
            return before[-1]
    return None


def _carries_on(scene: _Scene) -> bool:
    if scene.spots:
        return False
    return bool(_ANAPHOR.search(fold(scene.sentence.doc.text)))


def _spot_to_carry(scene: _Scene, found: Sequence[Claim]) -> _Spot | None:
    places = {c.place.place_id for c in found if c.place is not None}
    own = [s for s in scene.spots if s.place.place_id in places]
    return own[0] if own else None


def _claim(scene: _Scene, trigger: _Trigger, spot: _Spot | None) -> Claim:
    document, sentence = scene.document, scene.sentence
    attribution = _attribution(scene, trigger)
    status = _status(scene, trigger, attribution)
    when = _when(scene, trigger, status)
    resolution = spot.resolution if spot else None
    place = resolution.place if resolution else None
    inside = resolution is not None and sentence.start <= resolution.mention.start < sentence.end
    return Claim(
        report_id=document.report_id,
        report=document.report,
        start=sentence.start,
        end=sentence.end,
        text=document.text[sentence.start : sentence.end],
        place=place,
        date_from=when.date_from,
        date_to=when.date_to,
        date_text=when.text,
        time_precision=when.precision,
        date_basis=when.basis,
        event_type=trigger.kind,
        status=status,
        claimant=attribution.speaker if attribution else "",
        cue=attribution.cue if attribution else "",
        verification=Verification.VERIFIED if _VERIFIED.search(sentence.doc.text) else Verification.NONE,
        geo_precision=_geo_precision(scene, spot),
        confidence=_confidence(sentence, resolution, inside),
        reason="" if place else "the sentence names no place that could be resolved",
        place_start=resolution.mention.start if resolution and inside else None,
        place_end=resolution.mention.end if resolution and inside else None,
        place_reason=_place_reason(resolution, inside),
    )


def _place_reason(resolution: Resolution | None, inside: bool) -> str:
    if resolution is None:
        return ""
    return (
        resolution.reason if inside else f"carried on from {resolution.mention.surface!r} before; {resolution.reason}"
    )


def _geo_precision(scene: _Scene, spot: _Spot | None) -> int:
    if spot is None or spot.place.kind in (PlaceKind.REGION, PlaceKind.COUNTRY):
        return 3
    before = scene.sentence.doc[: spot.start].text_with_ws[-30:]
    near = re.search(r"\b(?:near|around|outskirts of|outside|suburbs? of)(?: the)? $", before)
    return 2 if near or spot.place.kind is PlaceKind.RELATIVE else 1


def _confidence(sentence: ParsedSentence, resolution: Resolution | None, inside: bool) -> float:
    score = 0.8 if sentence.has_parse else 0.5
    score *= resolution.mention.score if resolution else 0.5
    return score if inside else score * 0.75


def _attribution(scene: _Scene, trigger: _Trigger) -> Attribution | None:
    """Return the innermost cue whose words hold the trigger."""
    holding = [a for a in scene.said if trigger.index in a.tokens or (trigger.index == a.cue_index and a.denies)]
    return holding[-1] if holding else None


def _status(scene: _Scene, trigger: _Trigger, attribution: Attribution | None) -> Status:
    text = fold(scene.sentence.doc.text)
    if attribution is not None and (
        attribution.denies or (_NO_HAPPENING.search(text) and trigger.kind is EventType.OTHER)
    ):
        return Status.DENIED
    if _is_planned(scene, trigger) or (attribution is not None and attribution.plans):
        return Status.PLANNED
    return Status.CLAIMED if attribution is not None else Status.REPORTED


def _is_planned(scene: _Scene, trigger: _Trigger) -> bool:
    doc = scene.sentence.doc
    if not doc.has_annotation("DEP"):
        return any(t.lower_ in _MODALS or t.lower_ == "to" for t in doc[max(0, trigger.index - 2) : trigger.index])
    node = doc[trigger.index]
    for _ in range(6):
        if _wanted(node):
            return True
        if node.head == node or (node.dep_ in {"relcl", "advcl"} and not _purpose(node)):
            return False
        node = node.head
    return False


def _wanted(token: Any) -> bool:
    lowered = {c.lower_ for c in token.children if c.dep_ in {"aux", "auxpass"}}
    if lowered & _MODALS and "have" not in lowered:
        return True
    head = token.head
    if token.dep_ in {"xcomp", "ccomp", "dobj", "prep"} and head.lemma_.lower() in _PLAN_VERBS:
        return True
    if token.dep_ in {"xcomp", "acl", "attr"} and head.lemma_.lower() in _PLAN_NOUNS:
        return True
    if token.dep_ == "xcomp" and head.lemma_ == "be" and any(c.lemma_.lower() in _PLAN_NOUNS for c in head.children):
        return True
    return _purpose(token)


def _purpose(token: Any) -> bool:
    return (
        token.dep_ in {"advcl", "relcl", "acl"} and token.tag_ == "VB" and any(c.lower_ == "to" for c in token.children)
    )


@dataclass(frozen=True, slots=True)
class _When:
    date_from: date | None
    date_to: date | None
    text: str
    precision: TimePrecision
    basis: DateBasis


def _when(scene: _Scene, trigger: _Trigger, status: Status) -> _When:
    """Return the days of a happening: its own time expression, else for what is not planned the report's day."""
    timex = _timex_of(scene, trigger)
    if timex is not None:
        return _When(timex.date_from, timex.date_to, timex.text, timex.precision, timex.basis)
    published = scene.document.published
    if status is Status.PLANNED or published is None:
        return _When(None, None, "", TimePrecision.DAY, DateBasis.NONE)
    if (span := _lasting(scene, published)) is not None:
        return span
    return _When(published, published, "", TimePrecision.DAY, DateBasis.PUBLICATION)


def _lasting(scene: _Scene, published: date) -> _When | None:
    """Read "a three-day operation" and "several days of" as the days up to publication."""
    for _, timex in scene.times:
        match = re.fullmatch(r"P(\d+|X)D", timex.value)
        if match and timex.date_from is None and not re.search(r"\bago\b", timex.text):
            days = int(match[1]) if match[1] != "X" else 5
            if 1 < days <= 14:
                first = published - timedelta(days=days - 1)
                return _When(first, published, timex.text, TimePrecision.DAY, DateBasis.INFERRED)
    return None


def _timex_of(scene: _Scene, trigger: _Trigger) -> Timex | None:
    dated = [(i, t) for i, t in scene.times if t.date_from is not None]
    if not dated:
        return None
    doc = scene.sentence.doc
    if not doc.has_annotation("DEP"):
        return min(dated, key=lambda it: abs(it[0] - trigger.index))[1]
    ranked = [
        (rank, abs(i - trigger.index), n) for n, (i, t) in enumerate(dated) if (rank := _time_rank(doc, i, trigger)) < 9
    ]
    return dated[min(ranked)[2]][1] if ranked else None


def _time_rank(doc: Any, index: int, trigger: _Trigger) -> int:
    """Rank how a time expression hangs on a trigger: 0 on itself or its verb, then on clauses around; 9 not at all."""
    token = doc[trigger.index]
    holder = _clause_head(doc[index])
    if holder == token or (token in holder.ancestors and not _crosses_clause(doc[index], token)):
        return 0
    own = _clause_head(token)
    if holder == own:
        return 1
    if holder in list(token.ancestors):
        return 2 if holder.lemma_.lower() not in _SPEECH_VERBS else 4
    return 9


def _clause_head(token: Any) -> Any:
    """Return the nearest verb at or above a token."""
    node = token
    while node.pos_ not in {"VERB", "AUX"} and node.head != node:
        node = node.head
    return node


def _crosses_clause(lower: Any, upper: Any) -> bool:
    node = lower
    while node != upper and node.head != node:
        if node.dep_ in {"relcl", "acl", "advcl", "ccomp"}:
            return True
        node = node.head
    return False
