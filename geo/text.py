"""Paragraphs and sentences of a report, each with what it is; offsets always into the original text.

Nothing is deleted: site chrome, credits and headlines are marked, so that later stages pass over them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

__all__ = ["KEYBOARD_MARKS", "Sentence", "SentenceKind", "fold", "paragraph_span", "split_sentences"]

KEYBOARD_MARKS = {
    **dict.fromkeys("’‘ʼ", "'"),
    **dict.fromkeys("“”„«»", '"'),
    "\u00a0": " ",
    "‑": "-",
}
"""Typographic marks, and what stands on a keyboard for them: what a search takes them for."""


class SentenceKind(StrEnum):
    """What a sentence is; only body sentences yield claims."""

    BODY = "body"
    HEADLINE = "headline"
    DATELINE = "dateline"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at ``text[start:end]`` in paragraph number ``paragraph`` (0-based line with text)."""

    start: int
    end: int
    paragraph: int
    kind: SentenceKind


_PLAIN = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"}
_TYPOGRAPHIC = re.compile("[" + "".join(_PLAIN) + "]")
# Words of speech in single quotation marks: they open before a capital and close after a mark that ends words.
_SINGLE_QUOTED = re.compile(
    r"(?<![\w'])'(?=[A-Z])(?P<said>[^'\n\"]{1,400}(?:'\w[^'\n\"]{0,400}){0,20}?(?<=[.,!?]))'(?!\w)"
)


def fold(text: str) -> str:
    """Return the text with typographic quotes and dashes made plain; every character keeps its offset.

    Speech in single quotation marks gets double ones.
    """
    return _folded(text) if len(text) < _WHOLE_REPORT else _folded_report(text)


def _folded(text: str) -> str:
    plain = _TYPOGRAPHIC.sub(lambda mark: _PLAIN[mark.group()], text)  # str.translate is four times slower
    return _SINGLE_QUOTED.sub(r'"\g<said>"', plain) if "'" in plain else plain


_WHOLE_REPORT = 300  # characters; what is as long is mostly a report's text, which each stage of reading folds
_folded_report = lru_cache(maxsize=32)(_folded)


# Lines that sites put around a report, and credits. Matched at the start of a line, case-insensitively.
_CHROME = re.compile(
    r"\W*(?:"
    r"read more|see also|related (?:articles?|stories|topics?|links)|more on this|recommended|most read|"
    r"sign up|subscribe|newsletter|register now|log ?in\b|accessibility links|skip to|breaking news$|loading\b|"
    r"share (?:post|this|on)|follow us|leave a (?:comment|reply)|post a comment|please enter your|comments?$|"
    r"advertisement|sponsored|cookie|all rights reserved|copyright\b|©|our standards|terms of (?:use|service)|"
    r"privacy policy|\(?(?:additional )?(?:reporting|writing|editing|compiled|photographs?|photography) by\b|"
    r"\(?(?:written|edited|reported) by\b|\(?this (?:story|article|report) (?:has|was|is)\b|"
    r"(?:photo|image|picture|video|credit|source)s?(?: credit)?:|tags?:|topics?:"
    r")",
    re.IGNORECASE,
)
# From one of these lines on, what follows is other reports' teasers or a form, until a long paragraph that ends well.
_TAIL = re.compile(
    r"\W*(?:related (?:articles?|stories|topics|links)|recommended|most read|leave a|please enter)", re.I
)
_PROMO = re.compile(r"\[[A-Z][A-Z &-]+\]\s*$")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY = rf"(?:{_MONTH} ?\d{{0,2}}(?:,? ?\d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?)"
_AGENCY = r"\([A-Z][\w ./&'-]{1,40}\)"
_REGION = r"(?:, ?[A-Z][\w. ]{1,30}){0,2}"
# "KYIV, Sept 13 (Reuters) -", "KOHAT:", and, where an agency or a day shows what it is, "Lima (AFP) -".
_CITY = r"[A-Z][\w'.-]+(?: [A-Z][\w'.-]+){0,2}"
_DATELINE = re.compile(
    rf"\s*(?:[A-Z][A-Z' .-]{{2,60}}{_REGION}(?:,? {_DAY})? ?(?:{_AGENCY})? ?(?:-|--|:) ?(?=[\"'A-Z0-9])"
    rf"|{_CITY}{_REGION}(?:,? {_DAY} ?(?:{_AGENCY})?| ?{_AGENCY})(?: --? |: )(?=[\"'A-Z]))"
)
_PRINTED_DATE = re.compile(r"\s*(?:date[: ]+)?\d{4}-\d{2}-\d{2}\s+(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[•*·▪‣-]|\d{1,2}[.)]|FILE(?: PHOTO)?:)\s+")
_END = re.compile(r"[.!?…][\"')\]]{0,3}(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Sgt|Adm|Cmdr|Rev|Hon|Sen|Rep|Gov|Pres|St|Ste|Mt|Ft|vs|No|Nos|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Ltd|Co|Corp|Bros|Jr|Sr|approx|est|dept|Ave|Blvd|Rd|"
    r"e\.g|i\.e|Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Md|Mass|Mich|Minn|Miss|Mo|Mont|Neb|Nev|"
    r"Okla|Ore|Pa|Tenn|Tex|Vt|Va|Wash|Wis|Wyo)|\b(?:[A-Za-z]\.){1,4}[A-Za-z]|(?<![A-Za-z])[A-Z])\.$"
)
_CLOSED_ABBREVIATION = re.compile(r"\b(?:[ap]\.m|Jr|Sr|Inc|Ltd|Corp|Co)\.$")
_LONGEST_GAP = 16  # characters of space and quotes between two sentences
_LONGEST_ABBREVIATION = 12  # characters
_FOLLOWING = re.compile(rf"[\s\"'(\[•-]{{1,{_LONGEST_GAP}}}(?P<first>[^\W_]\w*)")
_CALENDAR = re.compile(r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec|Mon|Tues?|Wed|Thu|Fri|Sat|Sun)[a-z]*$")
_LONGEST_TITLE = 160


def split_sentences(text: str) -> list[Sentence]:
    """Return the sentences of a report in order; a line break always ends one."""
    folded = fold(text)
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\r\n]+", folded) if m.group().strip()]
    sentences: list[Sentence] = []
    tail = False
    for number, (start, end) in enumerate(lines):
        line = folded[start:end]
        tail = bool(_TAIL.match(line)) or (tail and not _ends_well(line))
        chrome = tail or bool(_CHROME.match(line)) or bool(_PROMO.search(line))
        sentences += _line_sentences(folded, start, end, number, chrome)
    return sentences


def paragraph_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the line or lines of ``text`` that hold ``text[start:end]``."""
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    ends = [i for i in (text.find("\n", end), text.find("\r", end)) if i >= 0]
    return first, min(ends, default=len(text))


def _ends_well(line: str) -> bool:
    return len(line) > 80 and not line.rstrip().endswith("...") and bool(re.search(r"[.!?][\"')]*\s*$", line))


def _line_sentences(folded: str, start: int, end: int, number: int, chrome: bool) -> Iterator[Sentence]:
    if chrome:
        yield Sentence(*_trim(folded, start, end), number, SentenceKind.BOILERPLATE)
        return
    for head, kind in ((_PRINTED_DATE, SentenceKind.DATELINE), (_DATELINE, SentenceKind.DATELINE)):
        if match := head.match(folded, start, end):
            yield Sentence(*_trim(folded, start, match.end()), number, kind)
            start = match.end()
    bullet = _BULLET.match(folded, start, end)
    start = bullet.end() if bullet else start
    spans = list(_sentence_spans(folded, start, end))
    for a, b in spans:
        yield Sentence(a, b, number, _kind(folded[a:b], alone=len(spans) == 1 and not bullet))


def _sentence_spans(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(folded, start, end):
        if _is_boundary(folded, at, match, end):
            if (span := _trim(folded, at, match.end()))[0] < span[1]:
                yield span
            at = match.end()
    if (span := _trim(folded, at, end))[0] < span[1]:
        yield span


def _is_boundary(folded: str, at: int, match: re.Match[str], end: int) -> bool:
    following = _FOLLOWING.match(folded, match.end(), end)
    if following is None:
        return match.end() >= end
    first = following["first"]
    if not (first[0].isupper() or first[0].isdigit()):
        return False
    if folded[match.start()] != "." or match.end() - match.start() > 1:
        return True
    # the last word is enough, and keeps a long line from being read again at every full stop
    before = folded[max(at, match.start() - _LONGEST_ABBREVIATION) : match.start() + 1]
    if _CLOSED_ABBREVIATION.search(before):
        return first[0].isupper() and not _CALENDAR.match(first)
    return not _ABBREVIATION.search(before)


def _kind(sentence: str, alone: bool) -> SentenceKind:
    """Tell a headline or crosshead from body: no full stop on a line of its own, or all in capitals."""
    if sentence.isupper():
        return SentenceKind.HEADLINE
    closed = re.search(r"[.!?…:;][\"')\]]*$|,[\"']$", sentence)
    if alone and not closed and len(sentence) <= _LONGEST_TITLE:
        return SentenceKind.HEADLINE
    return SentenceKind.BODY


def _trim(folded: str, start: int, end: int) -> tuple[int, int]:
    part = folded[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())
