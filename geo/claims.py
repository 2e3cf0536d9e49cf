"""Sentence → claims: who says that what happened at which place on which day.

``geo.happenings`` ties each happening of a sentence to its place; here it gets its days, its status and its claimant.
A happening whose place is not known becomes a claim without one, which waits in the tray.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from geo.attribution import Attribution, find_attributions
from geo.details import Sides, figure_of, parties
from geo.happenings import SPEECH_VERBS, Scene, Spot, Trigger, clause_head, find_triggers
from geo.language import ParsedDocument, ParsedSentence
from geo.model import (
    Claim,
    DateBasis,
    Document,
    EventType,
    Figure,
    PlaceKind,
    Resolution,
    Role,
    Status,
    TimePrecision,
    Timex,
    Verification,
)
from geo.quantities import find_figures
from geo.selection import Carried, choose_type, select, told_types, walk
from geo.text import SentenceKind, fold, paragraph_span

__all__ = ["extract_claims", "read_scenes"]

_MODALS = frozenset("will would could may might should must shall can".split())
_PLAN_NOUNS = frozenset("aim goal plan intention effort attempt bid hope threat pledge promise proposal".split())
_PLAN_VERBS = frozenset(
    "vow aim plan want expect seek hope promise pledge threaten intend demand urge propose prepare consider "
    "agree schedule anticipate forecast predict".split()
)
_FIXED = frozenset("schedule expect plan set slate be book".split())
_PERCEIVING = frozenset("see hear feel smell watch".split())
_BEGINNING = frozenset("begin start continue manage".split())
_FIRSTS = frozenset("first last only second third latest".split())
_TRYING = frozenset({"try", "attempt"})
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
_BREAK = re.compile(r"\n+")
_WEEKDAY = re.compile(r"day\b", re.IGNORECASE)
_MONTH = re.compile(
    r"(?P<day>\b\d{1,2}(?:st|nd|rd|th)?(?: of)? )?\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
    r"(?(day)|(?P<after> \d{1,2}\b)?)"
)
_YEAR = re.compile(r"\b\d{4}\b|\b(?:last|previous|year|past|ago)\b", re.IGNORECASE)
_DAYS_AHEAD, _MONTHS_AHEAD = 90, 180
_TILL = re.compile(r"\b(?:until|till) $", re.IGNORECASE)
_WEEKEND = re.compile(r"^(?:the |this )?weekend\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|through|by|before) (?:at least )?$", re.IGNORECASE)
_SINCE_BEFORE = re.compile(r"\bsince (?:[^\s,;]+ ){0,5}$", re.IGNORECASE)
_LONGEST_CREDIT = 24
# How far up the tree a time expression may stand from the happening that it dates.
_OWN_CLAUSE, _ANY_CLAUSE, _UNRELATED = 1, 4, 9


@dataclass(frozen=True, slots=True)
class _When:
    date_from: date | None
    date_to: date | None
    text: str
    precision: TimePrecision
    basis: DateBasis


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
        figures = find_figures(scene.sentence, timexes) if rows else []
        typed = [(_typed(scene, trigger, spot, told), spot) for trigger, spot in rows]
        claims += [_detailed(_claim(scene, t, spot), scene, t, figures, sides) for t, spot in typed]
    return claims


def read_scenes(
    document: Document, parsed: ParsedDocument, resolutions: Sequence[Resolution], timexes: Sequence[Timex]
) -> list[tuple[int, Scene]]:
    """Return what is known of each sentence of the body with its number; a sentence that is repeated counts once."""
    said = [[a for a in found if not a.judges] for found in find_attributions(parsed)]
    first = {s.text: number for number, s in reversed(list(enumerate(parsed.sentences)))}
    return [
        (number, _scene(document, sentence, resolutions, timexes, said[number]))
        for number, sentence in enumerate(parsed.sentences)
        if sentence.kind is SentenceKind.BODY and first[sentence.text] == number
    ]


def _choose(scene: Scene, carried: Carried | None) -> list[tuple[Trigger, Spot | None]]:
    return [] if _COULD_NOT_VERIFY.search(scene.sentence.text) else select(scene, carried)


def _typed(scene: Scene, trigger: Trigger, spot: Spot | None, told: Mapping[EventType, int]) -> Trigger:
    return replace(trigger, kind=choose_type(scene, trigger, spot, told))


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
    timexes: Iterable[Timex],
    said: Sequence[Attribution],
) -> Scene:
    here = [r for r in resolutions if sentence.start <= r.mention.start < sentence.end]
    spots = [s for r in here if r.mention.role is Role.LITERAL and (s := _spot(sentence, r)) is not None]
    actors = [s for r in here if r.mention.role is not Role.LITERAL and (s := _spot(sentence, r)) is not None]
    unknown = [r for r in here if r.place is None and r.mention.role is Role.LITERAL and r.mention.relation is None]
    within = [t for t in timexes if sentence.start <= t.start < sentence.end] or _printed_after(
        document, sentence, timexes
    )
    times = [(_token_at(sentence, t.start, t.end), t) for t in within]
    triggers = [t for t in find_triggers(sentence.doc) if not _in_a_date(sentence, t, within)]
    return Scene(document, sentence, _without_anchors(spots), actors, times, said, triggers, unknown)


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


def _claim(scene: Scene, trigger: Trigger, spot: Spot | None) -> Claim:
    document, sentence = scene.document, scene.sentence
    attribution = _attribution(scene, trigger, spot)
    status = _status(scene, trigger, attribution)
    when = _when(scene, trigger, status)
    if _is_ahead(when, document.published) and status in (Status.REPORTED, Status.CLAIMED):
        status = Status.PLANNED
    said = attribution if status is not Status.REPORTED else None
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
        claimant=said.speaker if said else "",
        cue=said.cue if said else "",
        verification=Verification.VERIFIED if _VERIFIED.search(sentence.doc.text) else Verification.NONE,
        geo_precision=_geo_precision(scene, spot),
        confidence=_confidence(sentence, resolution, inside),
        reason="" if place else "the sentence names no place that could be resolved",
        place_start=resolution.mention.start if resolution and inside else None,
        place_end=resolution.mention.end if resolution and inside else None,
        place_reason=_place_reason(resolution, inside),
    )


def _detailed(claim: Claim, scene: Scene, trigger: Trigger, figures: Sequence[Figure], sides: Sides) -> Claim:
    """Return the claim with who did it to whom, its figure and its claimant's side."""
    actor, target = parties(scene, trigger)
    claim = replace(claim, actor=actor, target=target, claimant_side=sides.of(claim.claimant))
    figure = figure_of(scene, trigger, figures)
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
    if _NO_HAPPENING.search(fold(scene.doc.text)) and trigger.kind is EventType.OTHER:
        return True
    if not scene.sentence.has_parse:
        return False
    token = scene.doc[trigger.index]
    holders = [token, token.head] if not trigger.verbal and token.dep_ in {"nsubj", "nsubjpass"} else [token]
    return any(c.dep_ == "neg" or (c.dep_ == "det" and c.lower_ == "no") for h in holders for c in h.children)


def _is_planned(scene: Scene, trigger: Trigger) -> bool:
    doc = scene.doc
    if not doc.has_annotation("DEP"):
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
    match = _DUE.search(scene.doc.text)
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


def _when(scene: Scene, trigger: Trigger, status: Status) -> _When:
    """Return the days of a happening: its own time expression, else for what is not planned the report's day."""
    published = scene.document.published
    timex = _timex_of(scene, trigger, _OWN_CLAUSE if status is Status.PLANNED else _ANY_CLAUSE)
    timex = timex and _next_year(timex, published, status)
    if status is Status.PLANNED and (
        ahead := _ahead(scene, timex or _next_year(_timex_of(scene, trigger, _ANY_CLAUSE), published, status))
    ):
        return ahead
    if timex is not None and not (status is not Status.PLANNED and _ends_at(scene, timex)):
        last = published if published and _is_since(scene, timex) else timex.date_to
        return _When(timex.date_from, last, timex.text, timex.precision, timex.basis)
    if status is Status.PLANNED or published is None:
        return _When(None, None, "", TimePrecision.DAY, DateBasis.NONE)
    if (span := _lasting(scene, published)) is not None:
        return span
    return _When(published, published, "", TimePrecision.DAY, DateBasis.PUBLICATION)


def _next_year(timex: Timex | None, published: date | None, status: Status) -> Timex | None:
    """Put a date without a year that is nearer ahead than behind into the next year: "on 1 March" in February.

    A month alone ("in March") only for what is planned: of the past one says "last March" or just so.
    """
    if timex is None or timex.date_from is None or timex.date_to is None or published is None:
        return timex
    if not (named := _MONTH.search(timex.text)) or _YEAR.search(timex.text) or timex.date_to >= published:
        return timex
    later = timex.date_from.replace(year=timex.date_from.year + 1, day=min(timex.date_from.day, 28))
    first = later + timedelta(days=timex.date_from.day - later.day)
    with_day = bool(named["day"] or named["after"])
    near = (first - published).days <= (_DAYS_AHEAD if with_day else _MONTHS_AHEAD)
    if first < published or not near or not (with_day or status is Status.PLANNED):
        return timex
    return replace(timex, date_from=first, date_to=first + (timex.date_to - timex.date_from))


def _is_ahead(when: _When, published: date | None) -> bool:
    """Whether a day lies after the report's: what happens then can only be planned."""
    return published is not None and when.date_from is not None and when.date_from > published


def _ahead(scene: Scene, timex: Timex | None) -> _When | None:
    """Return the day ahead that a plan names: a weekday just past is next week's; "until" it, from the report on."""
    published = scene.document.published
    if published is None or timex is None or timex.date_from is None or timex.date_to is None:
        return None
    first, last = timex.date_from, timex.date_to
    weekday = first == last and _WEEKDAY.search(timex.text)
    named = timex.basis is DateBasis.RELATIVE and (weekday or _WEEKEND.search(timex.text))
    if named and 0 < (published - last).days < 7 and not weekday:
        first, last = first + timedelta(days=7), last + timedelta(days=7)
    elif named and 0 < (published - first).days < 7:
        before = scene.document.text[max(scene.sentence.start, timex.start - 12) : timex.start]
        if not _UNTIL.search(before):
            return None
        first = last = first + timedelta(days=7)
    if first <= published:
        return None
    before = scene.document.text[max(scene.sentence.start, timex.start - 12) : timex.start]
    start = published if _UNTIL.search(before) and not before.rstrip().endswith("by") else first
    return _When(start, last, timex.text, timex.precision, timex.basis)


def _ends_at(scene: Scene, timex: Timex) -> bool:
    """Whether a weekday only says until when something holds that has begun: "schools are closed until Saturday"."""
    before = scene.document.text[max(scene.sentence.start, timex.start - 12) : timex.start]
    return bool(_WEEKDAY.search(timex.text) and _TILL.search(before))


def _is_since(scene: Scene, timex: Timex) -> bool:
    """Whether a happening goes on from a day that a phrase with "since" names ("since the May 3 quake")."""
    before = scene.document.text[scene.sentence.start : timex.start]
    return timex.date_from is not None and bool(_SINCE_BEFORE.search(before))


def _lasting(scene: Scene, published: date) -> _When | None:
    """Read "a three-day operation" and "several days of" as the days up to publication."""
    if any(timex.date_from is not None for _, timex in scene.times):
        return None
    for _, timex in scene.times:
        match = re.fullmatch(r"P(\d+|X)D", timex.value)
        if match and timex.date_from is None and not re.search(r"\bago\b", timex.text):
            days = int(match[1]) if match[1] != "X" else 5
            if 1 < days <= 14:
                first = published - timedelta(days=days - 1)
                return _When(first, published, timex.text, TimePrecision.DAY, DateBasis.INFERRED)
    return None


def _timex_of(scene: Scene, trigger: Trigger, furthest: int) -> Timex | None:
    dated = [(i, t) for i, t in scene.times if t.date_from is not None]
    if not dated:
        return None
    if dated[0][1].start >= scene.sentence.end:
        return dated[0][1]
    doc = scene.doc
    if not doc.has_annotation("DEP"):
        return min(dated, key=lambda it: abs(it[0] - trigger.index))[1]
    ranked = [
        (rank, abs(i - trigger.index), n)
        for n, (i, t) in enumerate(dated)
        if (rank := _time_rank(doc, i, trigger)) <= furthest
    ]
    return dated[min(ranked)[2]][1] if ranked else None


def _time_rank(doc: Any, index: int, trigger: Trigger) -> int:
    """Rank how a time expression hangs on a trigger: 0 on itself, 1 in its clause, 2 and 4 on clauses around."""
    token = doc[trigger.index]
    holder = clause_head(doc[index])
    if holder == token or (token in holder.ancestors and not _crosses_clause(doc[index], token)):
        return 0
    own = clause_head(token)
    if holder == own:
        return 1
    if holder in list(token.ancestors):
        if _is_completed_by(holder, token):
            return 1
        return 2 if holder.lemma_.lower() not in SPEECH_VERBS else 4
    return _UNRELATED


def _is_completed_by(verb: Any, token: Any) -> bool:
    """Whether a happening is what a verb of plan or duty is completed by: "on Friday he is scheduled to travel"."""
    if verb.lemma_.lower() not in _FIXED:
        return False
    node = token
    while node != verb and node.dep_ in {"xcomp", "conj"}:
        node = node.head
    return bool(node == verb)


def _crosses_clause(lower: Any, upper: Any) -> bool:
    node = lower
    while node != upper and node.head != node:
        if node.dep_ in {"relcl", "acl", "advcl", "ccomp"}:
            return True
        node = node.head
    return False
