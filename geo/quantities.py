"""Figures of a sentence: how many of what, in which unit, how sure of themselves the words are.

"6,000 square km of territory", "at least 180 people", "some 30 towns and villages", "a fifth of the country",
"dozens of homes", "a magnitude of 6.1", "double". Dates, ages and numbers in names are no figures. Units and the words
for them are in ``geo/data/units.csv``; a counted thing is its own unit ("towns").
"""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any

from geo.language import ParsedSentence
from geo.model import Figure, Timex
from geo.resources import resource
from geo.text import fold

__all__ = ["canonical_unit", "find_figures", "is_measure"]

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: float(n) for n, word in enumerate([*_UNITS, *_TEENS], 1)}
_WORDS |= {word: n * 10.0 for n, word in enumerate(_TENS, 2)}
_WORDS |= {"a": 1, "an": 1, "half": 0.5}
_MULTIPLES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12,
    "lakh": 1e5,
    "crore": 1e7,
}
_MULTIPLES |= {"m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12, "k": 1e3}
_SHARES = {name: n for n, name in enumerate("half third quarter fifth sixth seventh eighth ninth tenth".split(), 2)}
_SHARES |= {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}
_ORDINALS: dict[str, int] = {
    name: n for n, name in enumerate("second third fourth fifth sixth seventh eighth ninth tenth".split(), 2)
}

_NAMED = "|".join(_WORDS.keys() - {"a", "an", "half"})
_LARGE = "hundred|thousand|million|billion|trillion|dozen|lakh|crore"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d,.]\d)|\d+(?:\.\d+)?"
_SPELT = (
    rf"(?:(?:{_NAMED})(?:-(?:{_NAMED}))?|an?(?= (?:{_LARGE})\b)|half an?(?= (?:{_LARGE})\b))"
    rf"(?:[ -](?:{_LARGE})\b(?: and (?:{_NAMED})(?:-(?:{_NAMED}))?\b(?! \w+ and\b))?)*"
)
_VAGUE = (
    r"(?:tens|hundreds) of thousands|tens of millions|hundreds of millions|dozens|scores|hundreds|thousands|millions|"
    r"billions|trillions|several|a few|a handful|a couple"
)
_NUMBER = re.compile(
    rf"(?<![\w.,/:-])(?P<money>(?:US|A|C|NZ|HK)?\$|£|€|¥)?"
    rf"(?:(?P<digits>{_DIGITS})(?P<scale>(?: (?:{_LARGE})|(?:mn|bn|tn|k)|(?<=\d)m(?=\b))\b)?"
    rf"|(?P<spelt>(?:{_SPELT}))\b|(?P<vague>{_VAGUE})\b)",
    re.IGNORECASE,
)
_TO = re.compile(rf" ?(?:-|to|and) ?(?P<high>{_DIGITS})(?P<scale> (?:{_LARGE})\b)?(?![\w.,:/-]*\d)", re.IGNORECASE)
_SHARE = re.compile(
    rf"\b(?P<n>an?|one|two|three|four|five|six|seven|eight|nine|about|around|nearly|almost|over)?[ -]?"
    rf"\b(?P<share>half|{'|'.join(_SHARES)})s? of (?:the |its |their |all |his |her )?(?P<whole>[\w-]+)",
    re.IGNORECASE,
)
_RANK = re.compile(
    rf"\b(?:(?P<nth>{'|'.join(_ORDINALS)}|\d+(?:nd|rd|th))[- ]|(?P<owner>[A-Z]\w+'s |the world's |the country's ))"
    r"(?P<most>most \w+|(?!(?:north|south)?-?west|forest|interest|latest|nearest|request|protest|arrest)\w{3,}est"
    r"|worst)\b"
)
_MAGNITUDE = re.compile(
    r"\b(?:magnitude(?:[ -]of)?[ -]|measured |measuring |registered )(?P<after>\d(?:\.\d)?)\b(?! ?(?:m|cm|km|metres)\b)"
    r"|(?<![\w.])(?P<before>\d(?:\.\d)?)[ -]magnitude",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(?:(?P<twice>double|twice|triple|treble)(?= (?:what|as|the|that|its|their|last)\b)|"
    r"(?P<n>[\w.]+) times (?=as|the|more|larger))",
    re.I,
)
_TIMES_WORDS = ("double", "twice", "triple", "treble", " times ")
_DIGIT = re.compile(r"\d")
_ONLY = re.compile(r"\bthe only(?= [a-z]{3,}\b)")
_FOR_LONG = re.compile(r"\b(?:for|over|after|in) (?P<vague>days|weeks|months|years|decades)\b(?! ago)")
_SPAN = re.compile(r"P(?P<n>\d+|X)(?P<unit>[DWMY])|PT(?P<t>\d+|X)(?P<tunit>[HM])")
_SPAN_UNITS = {"D": "days", "W": "weeks", "M": "months", "Y": "years", "TH": "hours", "TM": "minutes"}
_BOUNDS = {
    "at least": r"at least|more than|over|above|no fewer than|no less than|upwards? of|exceeding|well over",
    "at most": r"at most|up to|as many as|as much as|fewer than|less than|under|below|no more than|a maximum of",
    "about": r"about|around|some|roughly|nearly|almost|approximately|an estimated|estimated|close to|just over|"
    r"just under|more or less|or so|circa|as few as",
}
_BOUND = {name: re.compile(rf"\b(?:{words}) ?(?:[£€$¥]|US\$)?$", re.IGNORECASE) for name, words in _BOUNDS.items()}
_BOUND_AFTER = re.compile(r" or (?P<how>more|fewer|less|so)\b")
_NO_FIGURE_BEFORE = re.compile(
    r"(?:\bNo\.? ?|\baged? |\bage of |\bArticle |\bSection |\bChapter |\bRoute |\bHighway |\bFlight |\bResolution |"
    r"\b[A-Z][\w]*-|#|\bversion |\bpage )$"
)
_AGE_AFTER = re.compile(r"[ -](?:years?|months?)[ -]olds?\b|-(?:year|month)-olds?\b")
_ORDINAL_AFTER = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_CLOCK_AFTER = re.compile(r"[:.]\d\d\b|:\d| ?(?:[ap]\.?m\b|o'clock|GMT|UTC)", re.IGNORECASE)
_PLAIN_NOUN = re.compile(
    r"(?: of)?(?: the| its| their)?(?: (?!and\b|or\b|to\b|in\b|by\b|for\b|on\b|at\b)[a-z-]+){0,3}? "
    r"(?P<noun>people|men|women|children|police|troops|[a-z]{3,}s)\b"
)
_OF_BEHIND = re.compile(r"(?: \([^()]{1,30}\))? of (?!the\b|an?\b|its\b)(?P<thing>[a-z]{3,})\b")
_MONEY = {"$": "US dollars", "US$": "US dollars", "£": "pounds", "€": "euros", "¥": "yen"}
_NOT_COUNTED = frozenset("one other another side thing way time part end hand".split())
_OF_PEOPLE = frozenset(
    "kill injure wound hurt arrest detain rescue evacuate displace die drown kidnap abduct hospitalise hospitalize "
    "save strand execute shoot behead trap bury dead injured wounded missing toll".split()
)
_HARMED = frozenset({"dead", "injured", "wounded", "missing"})
_PEOPLE = "people"
_LONGEST_SENTENCE, _MOST_FIGURES = 2_000, 40  # characters and figures; with more it is a table


def find_figures(sentence: ParsedSentence, timexes: Sequence[Timex]) -> list[Figure]:
    """Return the figures of a sentence in order; ``timexes`` are those of its report in order.

    Offsets count in the report's text. Without a tree what is counted is the next plural noun.
    """
    if len(sentence.text) > _LONGEST_SENTENCE:
        return []
    by_start = attrgetter("start")
    here = timexes[
        bisect_left(timexes, sentence.start, key=by_start) : bisect_left(timexes, sentence.end, key=by_start)
    ]
    found: list[Figure] = []
    taken: set[int] = set()
    for figure in chain(_special(sentence), _lasting(sentence, here), _counted(sentence, here)):
        if taken.isdisjoint(range(figure.start, figure.end)):
            found.append(figure)
            taken.update(range(figure.start, figure.end))
        if len(found) > _MOST_FIGURES:
            return []
    return sorted(found, key=by_start)


def canonical_unit(words: str) -> str:
    """Return the unit that words mean ("square miles" is mi²), or the words themselves."""
    return _unit_words().get(words.casefold().strip(), words.strip())


def is_measure(figure: Figure) -> bool:
    """Whether a figure measures something, in a unit, and counts no things."""
    return figure.unit in _unit_words().values()


@cache
def _unit_words() -> dict[str, str]:
    with resource("data/units.csv").open(encoding="utf-8", newline="") as lines:
        return {word.casefold(): row["unit"] for row in csv.DictReader(lines) for word in row["words"].split("|")}


@cache
def _unit_pattern() -> re.Pattern[str]:
    words = sorted(_unit_words(), key=len, reverse=True)
    return re.compile(rf"[ -]?(?P<unit>{'|'.join(map(re.escape, words))})(?![\w²³])", re.IGNORECASE)


# --- one way of writing a figure after the other -------------------------------------------------------------------


def _special(sentence: ParsedSentence) -> Iterator[Figure]:
    """Yield magnitudes, shares, ranks, multiples and "the only"."""
    text, lower = sentence.text, sentence.text.lower()  # most hold no word of most patterns, which is soon seen
    for m in _MAGNITUDE.finditer(text) if _DIGIT.search(text) else ():
        yield _figure(sentence, m.start(), m.end(), float(m["after"] or m["before"]), "magnitude")
    for m in _SHARE.finditer(text) if " of " in lower else ():
        many = _WORDS.get((m["n"] or "").lower(), 1)
        value = 0.5 if m["share"].lower() == "half" else many / _SHARES[m["share"].lower()]
        yield _figure(sentence, m.start(), m.end(), round(value, 4), f"share of {_whole(sentence, m)}")
    for m in _RANK.finditer(text):
        nth = (m["nth"] or "").lower()
        yield _figure(sentence, m.start(), m.end(), _ORDINALS.get(nth) or int(re.sub(r"\D", "", nth) or 1), "rank")
    for m in _TIMES.finditer(text) if any(word in lower for word in _TIMES_WORDS) else ():
        factor = {"triple": 3.0, "treble": 3.0}.get(m["twice"].lower(), 2.0) if m["twice"] else _value(m["n"])
        if factor:
            yield _figure(sentence, m.start(), m.end(), factor, "times")
    for m in _FOR_LONG.finditer(text):
        yield _figure(sentence, m.start("vague"), m.end(), None, m["vague"], m["vague"])
    for m in _ONLY.finditer(text) if sentence.has_parse else ():
        noun = sentence.doc.char_span(m.start(), m.end(), alignment_mode="expand")[-1].head
        if noun.pos_ == "NOUN" and noun.tag_ == "NN":
            yield _figure(sentence, m.start(), m.end(), 1.0, _plural(noun.lower_), noun=noun)


def _whole(sentence: ParsedSentence, share: re.Match[str]) -> str:
    """Return the noun that something is a share of: "frontier" in "half of the 970-km frontier"."""
    token = sentence.doc.char_span(share.start("whole"), share.end("whole"), alignment_mode="expand").root
    while token.dep_ in {"amod", "nummod", "compound", "poss", "nmod"} and token.head != token:
        token = token.head
    return str(token.lower_)


def _lasting(sentence: ParsedSentence, times: Iterable[Timex]) -> Iterator[Figure]:
    """Yield spans of time: "seven months", "a three-day operation", "the past week", "for months"."""
    for timex in times:
        if m := _SPAN.fullmatch(timex.value):
            count, unit = m["n"] or m["t"], _SPAN_UNITS[m["unit"] or f"T{m['tunit']}"]
            start, end = timex.start - sentence.start, timex.end - sentence.start
            if _AGE_AFTER.match(sentence.text, end) or re.search(r"\bold\b", timex.text):
                continue
            vague = "" if count != "X" else "several" if "several" in timex.text else unit
            yield _figure(sentence, start, end, None if vague else float(count), unit, vague)


def _counted(sentence: ParsedSentence, times: Sequence[Timex]) -> Iterator[Figure]:
    """Yield numbers with a unit or with what they count."""
    text = sentence.text
    dated = {at for t in times for at in range(t.start - sentence.start, t.end - sentence.start)}
    for m in _NUMBER.finditer(text):
        if m.start() in dated or _is_no_figure(text, m):
            continue
        end, high = m.end(), None
        if m["digits"] and (to := _TO.match(text, end)) and _is_range(text, m, to):
            end, high = to.end(), _value(to["high"], to["scale"] or "")
        scale = m["scale"] or ""
        if scale == "m" and not m["money"]:  # "150m" is a length, "£150m" is millions
            scale, end = "", m.end() - 1
        value = None if m["vague"] else _value(m["digits"] or m["spelt"], scale)
        vague = m["vague"].lower() if m["vague"] else ""
        figure = _measured(sentence, m, end, value, vague) or _of_things(sentence, m, end, value, vague)
        if figure is not None:
            yield figure if high is None else _ranged(figure, high)


def _is_no_figure(text: str, m: re.Match[str]) -> bool:
    """Whether a number is an age, an hour, an ordinal or part of a name."""
    before = text[max(0, m.start() - 14) : m.start()]
    if _NO_FIGURE_BEFORE.search(before) or _AGE_AFTER.match(text, m.end()):
        return True
    return bool(_CLOCK_AFTER.match(text, m.end())) or (bool(m["digits"]) and bool(_ORDINAL_AFTER.match(text, m.end())))


def _is_range(text: str, m: re.Match[str], to: re.Match[str]) -> bool:
    between = text[m.end() : to.start("high")].strip()
    return between != "and" or bool(re.search(r"\bbetween (?:about |some )?$", text[: m.start()], re.IGNORECASE))


def _ranged(figure: Figure, high: float) -> Figure:
    return replace(figure, high=high)


def _measured(sentence: ParsedSentence, m: re.Match[str], end: int, value: float | None, vague: str) -> Figure | None:
    """Return a number with a unit of measure or of money behind or before it."""
    text = sentence.text
    if m["money"]:
        unit = _MONEY.get(m["money"].upper(), m["money"])
        return _figure(sentence, m.start(), end, value, unit, vague)
    start = end + 3 if text.startswith(" of ", end) and vague else end
    if unit_match := _unit_pattern().match(text, start):
        written = unit_match["unit"]
        if len(written) > 2 or m["digits"]:
            return _figure(sentence, m.start(), unit_match.end(), value, canonical_unit(written), vague)
    return None


def _of_things(sentence: ParsedSentence, m: re.Match[str], end: int, value: float | None, vague: str) -> Figure | None:
    """Return a number with the noun that it counts, or None where it counts nothing."""
    if sentence.text.startswith("-", end):
        return None  # "a three-member panel"
    if not sentence.has_parse:
        noun = _PLAIN_NOUN.match(sentence.text, end)
        return _figure(sentence, m.start(), end, value, noun["noun"], vague) if noun else None
    span = sentence.doc.char_span(m.start(), end, alignment_mode="expand")
    noun = _noun_of(span) if span is not None else None
    if noun is None:
        return None
    if noun == _PEOPLE:
        return _figure(sentence, m.start(), end, value, _PEOPLE, vague, what=_people_what(span))
    return _figure(sentence, m.start(), end, value, _things(noun, value), vague, noun)


def _noun_of(span: Any) -> Any | None:
    """Return the noun that a number counts: a token, "people" where a verb of harm has the number alone, or None."""
    number = span.root
    if number.pos_ == "NOUN" or number.lower_ in {"dozens", "scores", "hundreds", "thousands", "millions", "several"}:
        of = next((c for c in number.children if c.lower_ == "of"), None)
        counted = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
        if counted is not None:
            return counted if counted.pos_ == "NOUN" else None
    head = number.head
    if head.lower_ in _HARMED and head.i == span.end:
        return _PEOPLE
    if number.dep_ in {"nummod", "amod", "quantmod", "det", "compound"} and head.i >= span.end and head.pos_ == "NOUN":
        return head if head.lemma_.lower() not in _NOT_COUNTED else None
    return _PEOPLE if number.dep_ not in {"nummod", "appos", "compound"} and _counts_people(number) else None


def _counts_people(number: Any) -> bool:
    around = [number.head, *number.head.children, number.head.head, *number.head.head.children, *number.children]
    return any(t.lemma_.lower() in _OF_PEOPLE for t in around)


def _things(noun: Any, value: float | None) -> str:
    """Return a counted noun in the plural with the one that it is joined to: "towns and villages"."""
    doc = noun.doc
    written = noun.lower_ if noun.tag_ in {"NNS", "NNPS"} or (value or 2) > 1 else _plural(noun.lower_)
    if noun.i >= 2 and doc[noun.i - 1].text == "-":
        written = f"{doc[noun.i - 2].lower_}-{written}"
    if noun.i + 2 < len(doc) and doc[noun.i + 1].lower_ == "and" and doc[noun.i + 2].tag_ == "NNS":
        return f"{written} and {doc[noun.i + 2].lower_}"
    return written


def _plural(noun: str) -> str:
    if noun.endswith("s") or noun in {_PEOPLE, "police", "men", "women", "children"}:
        return noun
    irregular = {"person": _PEOPLE, "man": "men", "woman": "women", "child": "children"}
    if noun in irregular:
        return irregular[noun]
    if noun.endswith(("sh", "ch", "x")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in set("aeiou") else f"{noun}s"


# --- putting it together -----------------------------------------------------------------------------------------


def _figure(
    sentence: ParsedSentence,
    start: int,
    end: int,
    value: float | None,
    unit: str,
    vague: str = "",
    noun: Any = None,
    what: str = "",
) -> Figure:
    token = sentence.doc.char_span(start, end, alignment_mode="expand").root
    counted = noun if noun is not None else _measured_noun(sentence, token)
    return Figure(
        sentence.start + start,
        sentence.start + end,
        sentence.text[start:end],
        value,
        unit,
        vague=vague,
        bound=_bound(sentence.text, start, end),
        what=what or _what(sentence, counted, unit, end),
        index=(counted if counted is not None else token).i,
    )


def _measured_noun(sentence: ParsedSentence, token: Any) -> Any | None:
    """Return the word that stands for a measured figure in the tree: "km" in "6,000 square km"."""
    if not sentence.has_parse:
        return None
    return token.head if token.dep_ in {"nummod", "quantmod", "compound", "amod"} else token


def _what(sentence: ParsedSentence, noun: Any | None, unit: str, end: int) -> str:
    """Return what a figure counts with what befell it: "territory recaptured", "people killed"."""
    if noun is None or not sentence.has_parse:
        return "" if unit in _unit_words().values() else unit
    of = (c for c in noun.children if c.dep_ == "prep" and c.lower_ in {"of", "in", "worth"})
    thing = next((p.lower_ for c in of for p in c.children if p.dep_ == "pobj" and p.pos_ == "NOUN"), "")
    if not thing and (behind := _OF_BEHIND.match(sentence.text, end)):
        thing = behind["thing"]
    measured = unit in _unit_words().values() or unit in {"magnitude", "rank", "times"} or unit.startswith("share of ")
    base = thing if measured else unit
    if unit in _SPAN_UNITS.values():
        return base
    return " ".join(filter(None, (base, _befell(noun)))).strip()


def _people_what(span: Any) -> str:
    number = span.root
    around = [number.head, number.head.head, *number.head.head.children]
    verb = next((t for t in around if t.lemma_.lower() in _OF_PEOPLE), None)
    if verb is None or verb.lemma_.lower() == "toll":
        return f"{_PEOPLE} dead" if verb is not None else _PEOPLE
    return f"{_PEOPLE} {participle(verb.lemma_.lower()) if verb.pos_ == 'VERB' else verb.lower_}"


def _befell(noun: Any) -> str:
    """Return what befell the thing that a noun names: the participle of the verb whose object or subject it is."""
    for child in noun.children:
        if child.dep_ == "acl" and child.tag_ == "VBN":
            return str(child.lower_)
        if child.dep_ in {"amod", "acomp"} and child.lower_ in _HARMED:
            return str(child.lower_)
    verb = noun.head
    if verb.pos_ != "VERB":
        return ""
    if noun.dep_ in {"dobj", "nsubjpass"}:
        return str(verb.lower_) if verb.tag_ == "VBN" else participle(verb.lemma_.lower())
    return str(verb.lower_) if noun.dep_ == "nsubj" and verb.tag_ in {"VBD", "VBN"} else ""


_IRREGULAR = dict(
    pair.split("=")
    for pair in "take=taken give=given see=seen lose=lost leave=left find=found hold=held have=had bring=brought "
    "send=sent shoot=shot hit=hit drive=driven burn=burned bury=buried flee=fled seize=seized build=built sell=sold "
    "spend=spent win=won put=put cut=cut make=made pay=paid steal=stolen sink=sunk fly=flown feed=fed tell=told "
    "retake=retaken retook=retaken overrun=overrun withdraw=withdrawn show=shown catch=caught meet=met run=run get=got "
    "do=done sweep=swept kidnap=kidnapped admit=admitted transfer=transferred commit=committed".split()
)


def participle(lemma: str) -> str:
    """Return the past participle of a verb, by rule where the table has none: "kill" → "killed"."""
    if lemma in _IRREGULAR:
        return _IRREGULAR[lemma]
    if lemma.endswith("e"):
        return f"{lemma}d"
    if lemma.endswith("y") and lemma[-2:-1] not in set("aeiou"):
        return f"{lemma[:-1]}ied"
    doubled = re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", lemma)
    return f"{lemma}{lemma[-1]}ed" if doubled else f"{lemma}ed"


def _bound(text: str, start: int, end: int) -> str:
    """Return how sure a figure is of itself: "at least", "at most", "about", or '' where the words do not say."""
    before = text[max(0, start - 24) : start]
    for name, pattern in _BOUND.items():
        if pattern.search(before):
            return name
    if match := _BOUND_AFTER.match(text, end):
        return {"more": "at least", "so": "about"}.get(match["how"], "at most")
    return ""


def _value(words: str, scale: str = "") -> float | None:
    """Return the number that digits or words stand for, or None."""
    factor = _MULTIPLES.get(scale.strip().lower(), 1.0)
    plain = words.replace(",", "").replace(" ", "") if words[:1].isdigit() else ""
    if plain:
        try:
            return float(plain) * factor
        except ValueError:
            return None
    total = current = 0.0
    for word in re.split(r"[ -]", fold(words).lower()):
        if word in _MULTIPLES:
            current = (current or 1.0) * _MULTIPLES[word]
            if _MULTIPLES[word] >= 1000:
                total, current = total + current, 0.0
        elif word in _WORDS and word not in {"a", "an"}:
            current += _WORDS[word]
        elif word not in {"and", "a", "an"}:
            return None
    return (total + current) or None
