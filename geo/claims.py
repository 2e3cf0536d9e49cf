"""Sentence → claims: who says that what happened at which place on which day.

``geo.happenings`` ties each happening of a sentence to its place; here it gets its days, its status and its claimant.
A happening whose place is not known becomes a claim without one, which waits in the tray.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from functools import cache, partial
from itertools import count
from typing import Any, TypeVar

from geo.attribution import Attribution, find_attributions
from geo.details import Sides, figure_of, parties
from geo.happenings import Scene, Spot, Trigger, clause_head, find_triggers
from geo.language import ParsedDocument, ParsedSentence
from geo.model import (
    Claim,
    Document,
    EventType,
    Figure,
    PlaceKind,
    Resolution,
    Role,
    Status,
    Timex,
    Verification,
)
from geo.quantities import find_figures
from geo.selection import Carried, choose_type, select, told_types, walk
from geo.text import SentenceKind, paragraph_span
from geo.timing import When, days_of

__all__ = ["extract_claims", "read_scenes", "read_status"]

_MODALS = frozenset("will would could may might should must shall can".split())
_PLAN_NOUNS = frozenset("aim goal plan intention effort attempt bid hope threat pledge promise proposal".split())
_PLAN_VERBS = frozenset(
    "vow aim plan want expect seek hope promise pledge threaten intend demand urge propose prepare consider "
    "agree schedule anticipate forecast predict".split()
)
_PERCEIVING = frozenset("see hear feel smell watch".split())
_BEGINNING = frozenset("begin start continue manage".split())
_CEASING = frozenset("stop cease end abate subside ease die halt relent quit finish".split())
_FIRSTS = frozenset("first last only second third latest".split())
_TRYING = frozenset({"try", "attempt"})
_TURNING = frozenset("focus refocus concentrate centre center intent bent insist plan aim work".split())
# "is due in Osh on Friday", "a meeting is set for Friday", "they are expected back": no verb of the happening itself.
_DUE = re.compile(
    r"\b(?:is|are|was|were|be) (?:\w+ly |also |still |now )?"
    r"(?:due|set|scheduled|slated|planned|expected|poised|booked|timetabled|forecast|tipped|pencilled)"
    r"(?: back| out| home)? "
    r"(?:to|in|at|on|for|next|this|from|by|before|later|tomorrow|back)\b"
)
_CIRCUMSTANCE = frozenset("after before since while during following amid despite by".split())
_NEEDED = frozenset("crucial necessary important vital essential expected set due likely".split())
_COULD_NOT_VERIFY = re.compile(
    r"\b(?:could not|couldn't|cannot|unable to|not able to|has not|have not|not been|were not) (?:\w+ ){0,3}?"
    r"(?:verif|confirm)"
)
_VERIFIED = re.compile(r"\b(?:has|have|was|were|been) (?:independently )?verified\b")
_NO_HAPPENING = re.compile(
    r"\bthere (?:was|is|were|are|had been|has been) no\b|\bno (?:talk|discussion|plans?|question) of\b", re.I
)
_PICTURE_CREDIT = re.compile(r"(?:Taken|Photographed|Pictured)(?: on)?[\s\d./-]{1,20}")
_BREAK = re.compile(r"\n+")
_LONGEST_CREDIT = 24
_NUMBERS = count()
_Item = TypeVar("_Item")


def extract_claims(
    document: Document, parsed: ParsedDocument, resolutions: Sequence[Resolution], timexes: Sequence[Timex]
) -> list[Claim]:
    """Return the claims of a report in order; a claim with ``place`` None is a happening whose place is not known."""
    scenes = read_scenes(document, parsed, resolutions, timexes)
    told = told_types(scene for _, scene in scenes)
    sides = Sides(document, resolutions)
    claims: list[Claim] = []
    for scene, rows in walk(scenes, _choose):
        if _COULD_NOT_VERIFY.search(scene.sentence.text):
            claims = _mark_unverified(claims, document.text, scene.sentence.start)
        figures = cache(partial(find_figures, scene.sentence, timexes))
        typed = [(_typed(scene, trigger, spot, told), spot) for trigger, spot in rows]
        voices = [(t, spot, None) for t, spot in typed] + _other_voices(scene, typed)
        claims += [_detailed(_claim(scene, t, spot, said), scene, t, figures, sides) for t, spot, said in voices]
    return claims


def _other_voices(
    scene: Scene, told: Sequence[tuple[Trigger, Spot | None]]
) -> list[tuple[Trigger, Spot | None, Attribution]]:
    """Return what others say of the same place in a sentence: "X said it had repelled attacks on Acre, while Y said …".

    They name no place of their own and tell of the same kind of happening, or deny it in a word ("but rebels denied
    it").
    """
    voices: list[tuple[Trigger, Spot | None, Attribution]] = []
    for trigger, spot in told:
        first = _attribution(scene, trigger, spot)
        if first is None or not any(s is spot for s in scene.spots):
            continue
        for other in scene.said:
            if other.cue_index < 0 or other.speaker == first.speaker or not other.tokens:
                continue
            if trigger.index in other.tokens or any(s.start in other.tokens for s in scene.spots):
                continue
            own = next((t for t in scene.triggers if t.index in other.tokens and t.kind is trigger.kind), None)
            if own is None and other.denies and all(scene.doc[i].pos_ == "PRON" for i in other.tokens):
                own = trigger
            voices += [(own, spot, other)] if own is not None else []
    return voices


def read_scenes(
    document: Document, parsed: ParsedDocument, resolutions: Sequence[Resolution], timexes: Sequence[Timex]
) -> list[tuple[int, Scene]]:
    """Return what is known of each sentence of the body with its number; a sentence that is repeated counts once."""
    said = [[a for a in found if not a.judges] for found in find_attributions(parsed)]
    first = {s.text: number for number, s in reversed(list(enumerate(parsed.sentences)))}
    starts = [s.start for s in parsed.sentences]
    places = _by_sentence(starts, resolutions, [r.mention.start for r in resolutions])
    days = _by_sentence(starts, timexes, [t.start for t in timexes])
    return [
        (number, _scene(document, sentence, places[number], days[number], timexes, said[number]))
        for number, sentence in enumerate(parsed.sentences)
        if sentence.kind is SentenceKind.BODY
        and first[sentence.text] == number
        and not _PICTURE_CREDIT.fullmatch(sentence.text)
    ]


def _by_sentence(starts: Sequence[int], items: Iterable[_Item], at: Iterable[int]) -> dict[int, list[_Item]]:
    """Return the items by the number of the sentence that their offsets ``at`` lie in or behind."""
    found: defaultdict[int, list[_Item]] = defaultdict(list)
    for item, start in zip(items, at, strict=True):
        found[bisect_right(starts, start) - 1].append(item)
    return found


def read_status(scene: Scene, trigger: Trigger, spot: Spot | None) -> Status:
    """Return how a happening is put forward, before its days are known."""
    return _status(scene, trigger, _attribution(scene, trigger, spot))


def _choose(scene: Scene, carried: Carried | None) -> list[tuple[Trigger, Spot | None]]:
    if _COULD_NOT_VERIFY.search(scene.sentence.text):
        return []
    places = [*scene.spots, *scene.actors, *([carried.spot] if carried else [])]
    about = carried and (_likeness_of(carried.spot), carried.kind, carried.gap, carried.same_paragraph)
    chosen = scene.once((select, about), lambda: _numbered(select(scene, carried), places))
    return [(trigger, None if n is None else places[n]) for trigger, n in chosen]


def _numbered(
    chosen: Sequence[tuple[Trigger, Spot | None]], places: Sequence[Spot]
) -> list[tuple[Trigger, int | None]]:
    """Return happenings with the numbers of their places."""
    return [(t, next((n for n, place in enumerate(places) if place is spot), None)) for t, spot in chosen]


def _typed(scene: Scene, trigger: Trigger, spot: Spot | None, told: Mapping[EventType, int]) -> Trigger:
    key = (choose_type, trigger, scene.number_of(spot), frozenset(told.items()))
    return replace(trigger, kind=scene.once(key, lambda: choose_type(scene, trigger, spot, told)))


def _mark_unverified(claims: Sequence[Claim], text: str, at: int) -> list[Claim]:
    """Mark what has been claimed before a sentence that says it could not be verified, back to where the topic changes.

    The topic is that of the sentence's own paragraph and the one before; it goes on backwards as long as a paragraph
    speaks of the same place or claimant.
    """
    marked: dict[int, Claim] = {}
    places: set[str] = set()
    speakers: set[str] = set()
    for number, claim in reversed(list(enumerate(claims))):
        place = claim.place.place_id if claim.place else ""
        near = len(_BREAK.findall(text, claim.end, at)) <= 1
        if not near and place not in places and claim.claimant not in speakers:
            break
        if claim.status is Status.CLAIMED:
            marked[number] = replace(claim, verification=Verification.UNVERIFIED)
            places.add(place)
            speakers.add(claim.claimant)
    return [marked.get(number, claim) for number, claim in enumerate(claims)]


def _scene(
    document: Document,
    sentence: ParsedSentence,
    resolutions: Iterable[Resolution],
    days: Iterable[Timex],
    timexes: Iterable[Timex],
    said: Sequence[Attribution],
) -> Scene:
    here = [r for r in resolutions if r.mention.start < sentence.end]
    spots = [s for r in here if r.mention.role is Role.LITERAL and (s := _spot(sentence, r)) is not None]
    actors = [s for r in here if r.mention.role is not Role.LITERAL and (s := _spot(sentence, r)) is not None]
    unknown = [r for r in here if r.place is None and r.mention.role is Role.LITERAL and r.mention.relation is None]
    within = [t for t in days if t.start < sentence.end] or _printed_after(document, sentence, timexes)
    times = [(_token_at(sentence, t.start, t.end), t) for t in within]
    triggers = [t for t in sentence.words.once(find_triggers) if not _in_a_date(sentence, t, within)]
    scene = Scene(document, sentence, _without_anchors(spots), actors, times, said, triggers, unknown)
    return replace(scene, likeness=sentence.words.kept(_likeness(scene), lambda: next(_NUMBERS)))


def _likeness(scene: Scene) -> Hashable:
    """Return all that is known of a scene besides its words, with offsets from the start of its sentence.

    The report's day is part of it only where there are days to set beside it.
    """
    start, end = scene.sentence.start, max([scene.sentence.end, *(t.end for _, t in scene.times)])
    times = [
        (n, t.start - start, t.end - start, t.value, t.date_from, t.date_to, t.precision, t.basis)
        for n, t in scene.times
    ]
    return (
        scene.document.published if scene.times else None,
        scene.document.text[max(0, start - 1) : end],
        tuple((_likeness_of(s), s.resolution.mention.start - start) for s in scene.spots),
        tuple((_likeness_of(s), s.resolution.mention.start - start) for s in scene.actors),
        tuple(times),
        tuple(scene.said),
        len(scene.unknown),
    )


def _likeness_of(spot: Spot) -> Hashable:
    """Return all that is known of a spot but for where in its report it stands and why its place was chosen."""
    mention, relation = spot.resolution.mention, spot.resolution.mention.relation
    how = relation and (relation.word, relation.bearings, relation.distance_km, relation.kind_word)
    return spot.start, spot.end, spot.place, mention.end - mention.start, mention.role, mention.hint, how


def _in_a_date(sentence: ParsedSentence, trigger: Trigger, times: Iterable[Timex]) -> bool:
    """Whether what looks like a happening is part of a date: "5 March"."""
    at = sentence.start + sentence.doc[trigger.index].idx
    return any(t.start <= at < t.end for t in times)


def _spot(sentence: ParsedSentence, resolution: Resolution) -> Spot | None:
    mention, place = resolution.mention, resolution.place
    if place is None or place.lat is None:
        return None
    span = sentence.doc.char_span(mention.start - sentence.start, mention.end - sentence.start, alignment_mode="expand")
    return Spot(span.start, span.end, place, resolution) if span is not None and len(span) else None


def _printed_after(document: Document, sentence: ParsedSentence, timexes: Iterable[Timex]) -> list[Timex]:
    """Return the date that a caption prints after its sentence ("… in Bucha. Taken 4.2.2022")."""
    _, line_end = paragraph_span(document.text, sentence.start, sentence.end)
    rest = document.text[sentence.end : line_end]
    return [t for t in timexes if sentence.end <= t.start < line_end] if len(rest) <= _LONGEST_CREDIT else []


def _token_at(sentence: ParsedSentence, start: int, end: int) -> int:
    if start >= sentence.end:
        return len(sentence.doc) - 1
    span = sentence.doc.char_span(start - sentence.start, end - sentence.start, alignment_mode="expand")
    return int(span.root.i) if span is not None and len(span) else 0


def _without_anchors(spots: Sequence[Spot]) -> list[Spot]:
    """Drop the names inside a relative place ("south of Kharkiv" is not in it) and what only describes a name."""
    wide = [s for s in spots if s.place.kind is PlaceKind.RELATIVE]
    kept = [s for s in spots if s in wide or not any(w.start <= s.start and s.end <= w.end for w in wide)]
    return [s for s in kept if (relation := s.resolution.mention.relation) is None or relation.describes is None]


def _claim(scene: Scene, trigger: Trigger, spot: Spot | None, said: Attribution | None) -> Claim:
    document, sentence = scene.document, scene.sentence
    attribution = said or _attribution(scene, trigger, spot)
    about = (days_of, trigger, scene.number_of(spot), attribution, document.published)
    status, when = scene.once(about, lambda: _when(scene, trigger, spot, attribution))
    if _is_ahead(when, document.published) and status in (Status.REPORTED, Status.CLAIMED):
        status = Status.PLANNED
    speaks = attribution if status is not Status.REPORTED else None
    resolution = spot.resolution if spot else None
    place = spot.place if spot else None
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
        claimant=speaks.speaker if speaks else "",
        cue=speaks.cue if speaks else "",
        verification=Verification.VERIFIED if _VERIFIED.search(sentence.text) else Verification.NONE,
        geo_precision=_geo_precision(scene, spot),
        confidence=_confidence(sentence, resolution, inside),
        reason="" if place else "the sentence names no place that could be resolved",
        place_start=resolution.mention.start if resolution and inside else None,
        place_end=resolution.mention.end if resolution and inside else None,
        place_reason=_place_reason(resolution, inside),
    )


def _when(scene: Scene, trigger: Trigger, spot: Spot | None, attribution: Attribution | None) -> tuple[Status, When]:
    status = _status(scene, trigger, attribution)
    return status, days_of(scene, trigger, spot, status)


def _detailed(
    claim: Claim, scene: Scene, trigger: Trigger, figures: Callable[[], Sequence[Figure]], sides: Sides
) -> Claim:
    """Return the claim with who did it to whom, its figure and its claimant's side."""
    actor, target = scene.once((parties, trigger), lambda: parties(scene, trigger))
    side = sides.of(claim.claimant)
    claim = replace(
        claim,
        actor=actor,
        actor_side=sides.of_party(actor, side),
        target=target,
        target_side=sides.of_party(target, side),
        trigger=trigger.lemma,
        claimant_side=side,
    )
    figure = scene.once((figure_of, trigger), lambda: figure_of(scene, trigger, figures()))
    if figure is None:
        return claim
    return replace(
        claim,
        quantity=figure.value,
        quantity_high=figure.high,
        quantity_bound=figure.bound or figure.vague,
        unit=figure.unit,
        quantity_of=figure.what,
    )


def _place_reason(resolution: Resolution | None, inside: bool) -> str:
    if resolution is None:
        return ""
    return (
        resolution.reason if inside else f"carried on from {resolution.mention.surface!r} before; {resolution.reason}"
    )


def _geo_precision(scene: Scene, spot: Spot | None) -> int:
    if spot is None or spot.place.kind in (PlaceKind.REGION, PlaceKind.COUNTRY):
        return 3
    before = scene.doc[: spot.start].text_with_ws[-30:]
    near = re.search(r"\b(?:near|around|outskirts of|outside|suburbs? of)(?: the)? $", before)
    return 2 if near or spot.place.kind is PlaceKind.RELATIVE else 1


def _confidence(sentence: ParsedSentence, resolution: Resolution | None, inside: bool) -> float:
    score = 0.8 if sentence.has_parse else 0.5
    score *= resolution.mention.score if resolution else 0.5
    return score if inside else score * 0.75


def _attribution(scene: Scene, trigger: Trigger, spot: Spot | None) -> Attribution | None:
    """Return the cue whose words hold the trigger or else the place: one that denies it, else the innermost."""
    holding = [
        a
        for a in scene.said
        if (trigger.index in a.tokens and not _is_occasion(scene, trigger, a))
        or (trigger.index == a.cue_index and a.denies)
    ]
    if not holding and spot is not None and any(s is spot for s in scene.spots):
        holding = [a for a in scene.said if spot.start in a.tokens]
    denying = [a for a in holding if a.denies]
    return (denying or holding)[-1] if holding else None


def _is_occasion(scene: Scene, trigger: Trigger, attribution: Attribution) -> bool:
    """Whether a trigger only names where something is said: "told a news conference in Chadron"."""
    token = scene.doc[trigger.index]
    spoken = trigger.kind is EventType.STATEMENT and not trigger.verbal
    return spoken and token.head.i == attribution.cue_index and token.dep_ in {"dobj", "dative"}


def _status(scene: Scene, trigger: Trigger, attribution: Attribution | None) -> Status:
    spoken = trigger.kind is EventType.STATEMENT and any(a.cue_index == trigger.index for a in scene.said)
    if spoken and (attribution is None or attribution.cue_index == trigger.index):
        return Status.REPORTED
    if attribution is not None and (attribution.denies or _is_negated(scene, trigger)):
        return Status.DENIED
    if _is_planned(scene, trigger) or (attribution is not None and attribution.plans and _is_aim(scene, trigger)):
        return Status.PLANNED
    if attribution is not None and attribution.plans:
        return Status.REPORTED
    return Status.CLAIMED if attribution is not None else Status.REPORTED


def _is_aim(scene: Scene, trigger: Trigger) -> bool:
    """Whether a happening is what is wanted, not what a clause in it tells of: "whether X, who was held in …"."""
    if not scene.sentence.has_parse:
        return True
    node = scene.doc[trigger.index]
    past = node.tag_ == "VBD" or any(c.dep_ in {"aux", "auxpass"} and c.tag_ == "VBD" for c in node.children)
    while node.head != node and node.dep_ != "relcl":
        node = node.head
    return not (past and node.dep_ == "relcl")


def _is_negated(scene: Scene, trigger: Trigger) -> bool:
    """Whether a happening is said not to be: "did not strike", "no attack took place", "there was no talk of …"."""
    if trigger.kind is EventType.OTHER and _NO_HAPPENING.search(scene.sentence.text):
        return True
    if not scene.sentence.has_parse:
        return False
    token = scene.doc[trigger.index]
    holders = [token, token.head] if not trigger.verbal and token.dep_ in {"nsubj", "nsubjpass"} else [token]
    denying = (h for h in holders if h.lemma_.lower() not in _CEASING)  # what has not stopped goes on
    return any(c.dep_ == "neg" or (c.dep_ == "det" and c.lower_ == "no") for h in denying for c in h.children)


def _is_planned(scene: Scene, trigger: Trigger) -> bool:
    doc = scene.doc
    if not scene.sentence.has_parse:
        return any(t.lower_ in _MODALS or t.lower_ == "to" for t in doc[max(0, trigger.index - 2) : trigger.index])
    node = doc[trigger.index]
    if _is_due(scene, node):
        return True
    for _ in range(6):
        if _wanted(node):
            return True
        if node.dep_ == "prep" and node.lower_ in _CIRCUMSTANCE:
            return False
        if node.head == node or (node.dep_ in {"relcl", "advcl"} and not _purpose(node)):
            return False
        node = node.head
    return False


def _is_due(scene: Scene, token: Any) -> bool:
    """Whether the clause of a happening says that it is due: "is due in Osh", "both sides are to pull back"."""
    clause = clause_head(token)
    if token.dep_ == "xcomp" and token.head.lemma_ == "be" and any(c.lower_ == "to" for c in token.children):
        return True
    match = _DUE.search(scene.sentence.text)
    held = [clause, *(c for c in clause.children if c.dep_ in {"aux", "auxpass", "acomp", "attr", "xcomp", "prep"})]
    return match is not None and any(match.start() <= t.idx < match.end() for t in held)


def _wanted(token: Any) -> bool:
    lowered = {c.lower_ for c in token.children if c.dep_ in {"aux", "auxpass"}}
    if lowered & _MODALS and "have" not in lowered and not _is_perceived(token, lowered):
        return True
    head = token.head
    if token.dep_ in {"xcomp", "ccomp", "dobj"} and head.lemma_.lower() in _PLAN_VERBS and not _set_apart(token):
        return True
    if token.dep_ == "xcomp" and head.lemma_.lower() in _TRYING and head.tag_ in {"VBZ", "VBP", "VBG"}:
        return True
    if token.dep_ == "xcomp" and head.lemma_.lower() == "call":
        return True
    if token.dep_ == "pcomp" and head.lower_ in {"on", "at"} and head.head.lemma_.lower() in _TURNING:
        return True
    if token.dep_ in {"nsubj", "nsubjpass"} and _is_awaited(head):
        return True
    if token.dep_ in {"xcomp", "acl", "attr"} and head.lemma_.lower() in _PLAN_NOUNS:
        return True
    if token.dep_ == "xcomp" and (head.lower_ in _NEEDED or any(c.lower_ in _NEEDED for c in head.children)):
        return True
    if token.dep_ == "xcomp" and head.lemma_ == "be" and any(c.lemma_.lower() in _PLAN_NOUNS for c in head.children):
        return True
    return _purpose(token)


def _set_apart(token: Any) -> bool:
    """Whether a semicolon parts a token from its head: two sentences in one, of which neither is the other's words."""
    first, last = sorted((token.i, token.head.i))
    return any(t.text == ";" for t in token.doc[first:last])


def _is_perceived(token: Any, auxiliaries: Set[str]) -> bool:
    """Whether a modal only says what there was to see or hear: "smoke could be seen", "no shots could be heard"."""
    return token.lemma_.lower() in _PERCEIVING and not auxiliaries & (_MODALS - {"can", "could"})


def _is_awaited(verb: Any) -> bool:
    """Whether what is the subject of a verb is still to come: "an offensive is (to be) expected"."""
    complements = [verb, *(c for c in verb.children if c.dep_ == "xcomp")]
    return any(v.tag_ == "VBN" and v.lemma_.lower() in _PLAN_VERBS for v in complements)


def _purpose(token: Any) -> bool:
    """Whether an infinitive tells what for; "the first to reach the town" and "began … to train" tell what was done."""
    if token.dep_ not in {"advcl", "relcl", "acl"} or token.tag_ != "VB":
        return False
    head = token.head
    done = head.lemma_.lower() in _BEGINNING or any(c.lower_ in _FIRSTS for c in head.children)
    return not done and any(c.lower_ == "to" for c in token.children)


def _is_ahead(when: When, published: date | None) -> bool:
    """Whether a day lies after the report's: what happens then can only be planned."""
    return published is not None and when.date_from is not None and when.date_from > published
