"""When a happening is said to have been: which of its sentence's time expressions dates it, if one does.

Of the happenings of a sentence with a date only some are of that date: "the town that fell in May was shelled". Each
time expression is a choice, beside the report's own day; each has readable features, and ``geo/data/times.json``
weighs them. ``benchmarks/train_times.py`` trains it. Without a parse the nearest one is taken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from geo.happenings import SPEECH_VERBS, Scene, Spot, Trigger, clause_head, upwards
from geo.model import DateBasis, Status, TimePrecision, Timex
from geo.scorer import Scorer

__all__ = ["Choice", "Source", "When", "choices", "days_of", "features"]

_WEEKDAY = re.compile(r"day\b", re.IGNORECASE)
_MONTH = re.compile(
    r"(?P<day>\b\d{1,2}(?:st|nd|rd|th)?(?: of)? )?\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
    r"(?(day)|(?P<after> \d{1,2}\b)?)"
)
_YEAR = re.compile(r"\b\d{4}\b|\b(?:last|previous|year|past|ago)\b", re.IGNORECASE)
_DAYS_AHEAD, _MONTHS_AHEAD = 90, 180
_TILL = re.compile(r"\b(?:until|till) $", re.IGNORECASE)
_WEEKEND = re.compile(r"^(?:the |this )?weekend\b", re.IGNORECASE)
_SPAN_BEFORE = re.compile(r"\b(?:within|in|for|over|during)(?: the)?(?: next| coming)? $", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till|through|by|before) (?:at least )?$", re.IGNORECASE)
_SINCE_BEFORE = re.compile(r"\bsince (?:[^\s,;]+ ){0,5}$", re.IGNORECASE)
_HOUR = re.compile(
    r"\b(?:dawn|dusk|noon|midday|midnight|morning|afternoon|evening|night|nightfall|overnight|"
    r"\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\b|GMT|o'clock)|hours? later|minutes? later|the hour)\b"
)
_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "xcomp", "pcomp", "conj", "parataxis", "appos", "dep"})
_MARKS = frozenset(
    "when after before since while as until once because if though although where who which that whose whom during "
    "following and but amid".split()
)
_NEAR_WORDS = frozenset(
    "on in at since until till by from to before after during between through of late early for around about over "
    "within next last this past the end and".split()
)
_STILL = frozenset("now still already yet currently no longer today again so".split())
_LATER = frozenset("then later earlier afterwards soon meanwhile there".split())
_OWN_CLAUSE = 1  # rank of an expression
_OLD = ((0, "today"), (7, "this week"), (45, "these weeks"), (400, "this year"))


class Source(StrEnum):
    """Where the days of a choice come from."""

    EXPRESSION = "expression"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class When:
    """Inclusive days, None where unknown, the words that give them, how fine they are and on what they rest."""

    date_from: date | None
    date_to: date | None
    text: str
    precision: TimePrecision
    basis: DateBasis


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to when a happening was; ``index`` is the token of its expression, -1 where it has none."""

    source: Source
    when: When
    index: int = -1
    timex: Timex | None = None


def days_of(scene: Scene, trigger: Trigger, spot: Spot | None, status: Status) -> When:
    """Return the days of a happening.

    What is planned and has no expression of its own has no days; all else has the report's.
    """
    offered = choices(scene, trigger, status)
    if len(offered) == 1:
        return offered[0].when
    if not scene.sentence.has_parse:
        return min(offered, key=lambda c: abs(c.index - trigger.index) if c.timex else len(scene.doc)).when
    scorer = Scorer.load("times")
    asked = features(scene, trigger, spot, status, offered)
    return max(zip(offered, asked, strict=True), key=lambda pair: scorer.log_odds(pair[1]))[0].when


def choices(scene: Scene, trigger: Trigger, status: Status) -> list[Choice]:
    """Return what a sentence offers: each of its time expressions with days, and the report's own day."""
    own = [
        Choice(Source.EXPRESSION, when, index, timex)
        for index, timex in scene.times
        for when in _readings(scene, index, timex, status)
        if not (status is Status.PLANNED and _is_of_another(scene, index, trigger, timex, when))
    ]
    if own and own[0].timex is not None and own[0].timex.start >= scene.sentence.end:
        return own[:1]
    report = _by_report(scene, status)
    return [*own, Choice(Source.REPORT, report)]


# --- the days that an expression stands for ---


def _readings(scene: Scene, index: int, timex: Timex, status: Status) -> Iterator[When]:
    """Yield the days that an expression may stand for where a happening has this status.

    A weekday of a plan is the coming one, or where its clause is in the past tense ("was to go on Friday") perhaps the
    past one; a span of time ("within a week") begins with the report.
    """
    published = scene.document.published
    if timex.date_from is None:
        if status is Status.PLANNED and published is not None and (span := _span_ahead(scene, timex, published)):
            yield span
        return
    timex = _next_year(timex, published, status)
    if status is Status.PLANNED:
        ahead = _ahead(scene, timex)
        coming = None if ahead else _coming(timex, published)
        if coming is None or _in_the_past(scene, index):
            yield ahead or _as_it_is(scene, timex)
        if coming is not None:
            yield coming
    elif not _ends_at(scene, timex):  # "closed until Saturday" tells when it ends, not when it was
        yield _as_it_is(scene, timex)


def _in_the_past(scene: Scene, index: int) -> bool:
    """Whether the clause that an expression stands in is in the past tense; without a parse it may be."""
    if not scene.sentence.has_parse:
        return True
    verb = clause_head(scene.doc[index])
    return any(t.tag_ == "VBD" for t in [verb, *(c for c in verb.children if c.dep_ in {"aux", "auxpass"})])


def _is_of_another(scene: Scene, index: int, trigger: Trigger, timex: Timex, when: When) -> bool:
    """Whether a past day tells when a plan was made or something before it: "vowed on Tuesday to capture the town"."""
    published = scene.document.published
    if not scene.sentence.has_parse or published is None or timex.date_to is None or timex.date_to > published:
        return False
    if any(a.cue_index == clause_head(scene.doc[index]).i for a in scene.said):
        return True
    past = when.date_to is not None and when.date_to <= published
    return past and _rank(scene.doc, index, trigger) > _OWN_CLAUSE


def _as_it_is(scene: Scene, timex: Timex) -> When:
    published = scene.document.published
    last = published if published and _is_since(scene, timex) else timex.date_to
    return When(timex.date_from, last, timex.text, timex.precision, timex.basis)


def _coming(timex: Timex, published: date | None) -> When | None:
    """Return the coming weekday where an expression was read as the past one."""
    first, last = timex.date_from, timex.date_to
    if published is None or first is None or first != last or timex.basis is not DateBasis.RELATIVE:
        return None
    if not _WEEKDAY.search(timex.text) or not 0 < (published - first).days < 7:
        return None
    day = first + timedelta(days=7)
    return When(day, day, timex.text, timex.precision, timex.basis)


def _span_ahead(scene: Scene, timex: Timex, published: date) -> When | None:
    """Read "within three days", "for two weeks", "in a month" of what is planned, from the report's day on."""
    span = re.fullmatch(r"P(\d{1,3})([DWM])", timex.value)
    if span is None or not _SPAN_BEFORE.search(_words_before(scene, timex)):
        return None
    last = published + timedelta(days=int(span[1]) * {"D": 1, "W": 7, "M": 30}[span[2]])
    return When(published, last, timex.text, TimePrecision.DAY, DateBasis.INFERRED)


def _by_report(scene: Scene, status: Status) -> When:
    published = scene.document.published
    if status is Status.PLANNED or published is None:
        return When(None, None, "", TimePrecision.DAY, DateBasis.NONE)
    return _lasting(scene, published) or When(published, published, "", TimePrecision.DAY, DateBasis.PUBLICATION)


def _next_year(timex: Timex, published: date | None, status: Status) -> Timex:
    """Put a date without a year that is nearer ahead than behind into the next year: "on 1 March" in February.

    A month alone ("in March") only for what is planned: of the past one says "last March" or just so.
    """
    if timex.date_from is None or timex.date_to is None or published is None:
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


def _ahead(scene: Scene, timex: Timex) -> When | None:
    """Return the day ahead that a plan names: a weekday just past is next week's; "until" it, from the report on."""
    published = scene.document.published
    if published is None or timex.date_from is None or timex.date_to is None:
        return None
    first, last = timex.date_from, timex.date_to
    weekday = first == last and _WEEKDAY.search(timex.text)
    named = timex.basis is DateBasis.RELATIVE and (weekday or _WEEKEND.search(timex.text))
    if named and 0 < (published - last).days < 7 and not weekday:
        first, last = first + timedelta(days=7), last + timedelta(days=7)
    elif named and 0 < (published - first).days < 7:
        if not _UNTIL.search(_words_before(scene, timex)):
            return None
        first = last = first + timedelta(days=7)
    if first <= published:
        return None
    before = _words_before(scene, timex)
    start = published if _UNTIL.search(before) and not before.rstrip().endswith("by") else first
    return When(start, last, timex.text, timex.precision, timex.basis)


def _words_before(scene: Scene, timex: Timex) -> str:
    return scene.document.text[max(scene.sentence.start, timex.start - 12) : timex.start]


def _ends_at(scene: Scene, timex: Timex) -> bool:
    """Whether a weekday only says until when something holds that has begun: "schools are closed until Saturday"."""
    return bool(_WEEKDAY.search(timex.text) and _TILL.search(_words_before(scene, timex)))


def _is_since(scene: Scene, timex: Timex) -> bool:
    """Whether a happening goes on from a day that a phrase with "since" names ("since the May 3 quake")."""
    before = scene.document.text[scene.sentence.start : timex.start]
    return timex.date_from is not None and bool(_SINCE_BEFORE.search(before))


def _lasting(scene: Scene, published: date) -> When | None:
    """Read "a three-day operation" and "several days of" as the days up to publication."""
    if any(timex.date_from is not None for _, timex in scene.times):
        return None
    for _, timex in scene.times:
        match = re.fullmatch(r"P(\d+|X)D", timex.value)
        if match and timex.date_from is None and not re.search(r"\bago\b", timex.text):
            days = int(match[1]) if match[1] != "X" else 5
            if 1 < days <= 14:
                first = published - timedelta(days=days - 1)
                return When(first, published, timex.text, TimePrecision.DAY, DateBasis.INFERRED)
    return None


# --- which of them it is ---


def features(
    scene: Scene,
    trigger: Trigger,
    spot: Spot | None,
    status: Status,
    offered: Sequence[Choice],
) -> list[dict[str, float]]:
    """Return the readable features of each choice; each counts 1."""
    expressions = [c for c in offered if c.source is Source.EXPRESSION]
    around = [*_aspect(scene, trigger, status), f"{min(len(expressions), 3)} expressions"]
    found = []
    for choice in offered:
        if choice.source is Source.EXPRESSION:
            names = [*_expression_features(scene, trigger, spot, choice, expressions)]
            names += [f"expression, {name}" for name in around]
        else:
            names = [str(choice.source)]
            names += [f"{choice.source}, {name}" for name in (*around, *_sentence_features(scene))]
        found.append(dict.fromkeys(names, 1.0))
    return found


def _aspect(scene: Scene, trigger: Trigger, status: Status) -> Iterator[str]:
    token = scene.doc[trigger.index]
    yield str(status)
    verb = clause_head(token)
    yield f"tense {_tense(verb)}"
    yield f"{status} tense {_tense(verb)}"
    yield "told by a verb" if trigger.verbal else "told by a noun"
    yield f"a {trigger.kind.value}"
    if any(a.cue_index == trigger.index for a in scene.said):
        yield "the saying itself"
    if any(c.lower_ in _STILL for c in verb.children):
        yield "now or still"
    for node in upwards(token):
        if node.dep_ in {"relcl", "advcl", "acl"}:
            yield f"in {node.dep_}"
            yield f"in {node.dep_} by {_mark(node)}"
            break


def _tense(verb: Any) -> str:
    auxiliaries = sorted(c.lower_ for c in verb.children if c.dep_ in {"aux", "auxpass"})
    return f"{' '.join(auxiliaries)} {verb.tag_}".strip()


def _sentence_features(scene: Scene) -> Iterator[str]:
    doc = scene.doc
    if _HOUR.search(doc.text):
        yield "an hour"
    first = next((t for t in doc if not t.is_punct), None)
    if first is not None:
        yield f"begins with {first.lower_ if first.lower_ in _LATER or first.pos_ == 'PRON' else first.pos_}"
    if any(t.lower_ in _LATER for t in doc):
        yield "then or later"
    if scene.said:
        yield "somebody speaks"
    if doc.text.startswith('"'):
        yield "a quotation"
    if any(t.date_from is None for _, t in scene.times):
        yield "a duration"


def _expression_features(
    scene: Scene, trigger: Trigger, spot: Spot | None, choice: Choice, all_of_them: Sequence[Choice]
) -> Iterator[str]:
    assert choice.timex is not None  # noqa: S101 - an expression has one
    doc, at, token = scene.doc, choice.index, scene.doc[trigger.index]
    yield "expression"
    rank = _rank(doc, at, trigger)
    yield f"rank {rank}"
    yield from (f"path {p}" for p in _paths(doc[at], token))
    shape = _shape(choice.timex)
    yield f"a {shape}"
    yield f"a {shape}, rank {rank}"
    yield f"basis {choice.timex.basis}"
    yield f"{_age(scene, choice)}"
    yield f"{_age(scene, choice)}, rank {rank}"
    word = _word_before(scene, choice.timex)
    yield f"after {word}"
    yield f"after {word}, rank {rank}"
    yield "before the happening" if at < trigger.index else "after the happening"
    nearest = min(all_of_them, key=lambda c: abs(c.index - trigger.index))
    yield "the nearest" if nearest is choice else "not the nearest"
    yield f"rank {rank}, the best" if rank == min(_rank(doc, c.index, trigger) for c in all_of_them) else "not the best"
    low, high = sorted((at, trigger.index))
    between = doc[low:high].text
    yield from (f"{name} between" for mark, name in _BETWEEN.items() if mark in between)
    yield f"{min(abs(at - trigger.index) // 5, 4)} fives of words between"
    if any(a.cue_index == clause_head(doc[at]).i for a in scene.said):
        yield "on a word of saying"
    if spot is not None and any(s is spot for s in scene.spots):
        yield from _beside(doc, at, spot, all_of_them, choice)


_BETWEEN = {",": "a comma", ";": "a semicolon", ":": "a colon", '"': "a quotation mark", " and ": "and", " but ": "but"}


def _beside(doc: Any, at: int, spot: Spot, all_of_them: Sequence[Choice], choice: Choice) -> Iterator[str]:
    """Yield how an expression stands to the place's name."""
    same = clause_head(doc[at]) == clause_head(doc[spot.start : spot.end].root)
    yield "in the place's clause" if same else "in another clause than the place"
    nearest = min(all_of_them, key=lambda c: abs(c.index - spot.start))
    yield "nearest to the place" if nearest is choice else "not nearest to the place"
    low, high = sorted((at, spot.start))
    between = doc[low:high].text
    yield from (f"{name} to the place" for mark, name in _BETWEEN.items() if mark in between)


def _shape(timex: Timex) -> str:
    if timex.value.startswith("P"):
        return "count from it"
    if _WEEKDAY.search(timex.text) and timex.precision is TimePrecision.DAY:
        return "weekday"
    if re.search(r"\bago\b|\b(?:before|earlier|later|after)\b", timex.text):
        return "counted day"
    if timex.precision is TimePrecision.DAY:
        return "day" if timex.date_from == timex.date_to else "days"
    return timex.precision.name.lower()


def _age(scene: Scene, choice: Choice) -> str:
    published, last = scene.document.published, choice.when.date_to or choice.when.date_from
    if published is None or last is None:
        return "of unknown age"
    days = (published - last).days
    return "ahead" if days < 0 else next((name for limit, name in _OLD if days <= limit), "years ago")


def _word_before(scene: Scene, timex: Timex) -> str:
    words = _words_before(scene, timex).split()
    return words[-1].lower() if words and words[-1].lower() in _NEAR_WORDS else "no such word"


def _rank(doc: Any, index: int, trigger: Trigger) -> int:
    """Rank how a time expression hangs on a trigger: 0 on itself, 1 in its clause, 2 and 4 on clauses around."""
    token = doc[trigger.index]
    holder = clause_head(doc[index])
    if holder == token or (token in holder.ancestors and not _crosses_clause(doc[index], token)):
        return 0
    if holder == clause_head(token):
        return 1
    if holder in list(token.ancestors):
        return 2 if holder.lemma_.lower() not in SPEECH_VERBS else 4
    return 9


def _crosses_clause(lower: Any, upper: Any) -> bool:
    node = lower
    while node != upper and node.head != node:
        if node.dep_ in {"relcl", "acl", "advcl", "ccomp"}:
            return True
        node = node.head
    return False


def _paths(timed: Any, token: Any) -> Iterator[str]:
    """Yield the clauses that a path through the tree leaves and enters between an expression and a happening."""
    ups, downs = list(upwards(timed)), list(upwards(token))
    below = {t.i for t in downs}
    meet = next((t for t in ups if t.i in below), None)
    if meet is None:
        yield "far"
        return
    left = [t for t in ups[: ups.index(meet)] if t.dep_ in _CLAUSES]
    entered = [t for t in downs[: downs.index(meet)] if t.dep_ in _CLAUSES]
    up, down = "<".join(t.dep_ for t in left[-2:]), ">".join(t.dep_ for t in reversed(entered[-2:]))
    yield f"{up} | {down}"
    yield f"meets at a {_noun_or_verb(meet)}, up {len(left)}, down {len(entered)}"
    if left:
        yield f"out of {left[-1].dep_} by {_mark(left[-1])}"
        yield f"out of {left[-1].dep_} by {_mark(left[-1])}, down {down}"
    if entered:
        yield f"into {entered[-1].dep_} by {_mark(entered[-1])}, up {up}"
    if meet.lemma_.lower() in SPEECH_VERBS:
        yield f"over a word of saying, up {up}, down {down}"


def _noun_or_verb(token: Any) -> str:
    return "verb" if token.pos_ in {"VERB", "AUX"} else "noun" if token.pos_ in {"NOUN", "PROPN"} else "word"


def _mark(verb: Any) -> str:
    """Return the word that joins a clause: "when", "after", "who", or "no word"."""
    words = [c.lower_ for c in verb.children if c.i < verb.i and c.lower_ in _MARKS]
    outer = verb.head.lower_ if verb.head.pos_ in {"ADP", "SCONJ"} and verb.head.lower_ in _MARKS else ""
    return next(iter(words), outer) or "no word"
