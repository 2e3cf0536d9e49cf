"""The head of a report: its title and the days that are printed there. Every pattern here is linear-time."""

import re
from datetime import date

from geo.text import SentenceKind, split_sentences

__all__ = ["calendar_day", "find_title", "full_dates", "printed_day", "wire_day", "written_day"]

_HEAD = 600  # characters in which a printed date speaks of the report itself
_DATELINE_HEAD = 2_000  # a dateline may come after a headline, bullet points and a caption
_LONGEST_TITLE = 200
_LONGEST_DAY = 64

_WEEKDAY = r"(?i:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? )?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_FULL_DATE = re.compile(
    r"\b(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?=\b|T\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<m2>{_MONTH}),? (?P<y2>\d{{4}})\b"
    rf"|(?P<m3>{_MONTH}) (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>\d{{4}})\b)"
)
_LABEL = re.compile(
    r"\W{0,5}(?i:(?:publication |release )?(?:date|(?:first )?published|posted|issued|(?:last )?updated|last modified)"
    rf"\b(?: on| at)?)\W{{0,3}}{_WEEKDAY}"
)
# What may stand around a date that is not part of a sentence: "By Jane Doe, Kyiv, Tuesday, 13 September 2022, 14:05".
_BEFORE_DATE = re.compile(rf"\W{{0,5}}(?:(?:By )?(?:[A-ZÀ-ÞА-Я]\w{{0,20}}[ ,]{{1,2}}){{1,6}})?{_WEEKDAY}")
_AFTER_DATE = re.compile(
    r"(?:T[\d:.]{1,15})?[\s,]{0,5}(?:at )?(?:\d{1,2}[:.]\d{2}[\d:.]{0,8})?\s?(?:[ap]\.?m\.?)?\s?[A-Z]{0,5}[\W\d]*"
)
_PIECES = re.compile(r"\s*[|·•—–]\s*|\s-\s")
_WIRE_DAY = re.compile(
    r"\W{0,3}(?P<place>[^\W\d_][^\n()\d]{1,80}?),? "
    rf"(?:(?P<m>{_MONTH}) (?P<d>\d{{1,2}})|(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH}))(?:,? (?P<y>\d{{4}}))?"
    r"\.? ?(?P<agency>\([A-Z][^()\n]{1,40}\)|/[A-Z]{3,12}/)?(?: ?[-–—]|\.)"
)


def wire_day(text: str) -> tuple[int | None, int, int] | None:
    """Return (year or None, month, day) of a dateline like "KYIV, Sept 13 (Reuters) –", or None without one."""
    for line in text[:_DATELINE_HEAD].splitlines():
        if (match := _WIRE_DAY.match(line)) and (match["agency"] or match["place"].split(",")[0].isupper()):
            year = int(match["y"]) if match["y"] else None
            return year, _month(match["m"] or match["m2"]), int(match["d"] or match["d2"])
    return None


def find_title(text: str) -> str:
    """Return the first line that is not site chrome, if it reads like a headline; else ''."""
    for line in text[:_DATELINE_HEAD].splitlines():
        sentences = split_sentences(line)
        if not sentences or all(s.kind is SentenceKind.BOILERPLATE for s in sentences):
            continue
        title = line.strip()
        headline = len(title) <= _LONGEST_TITLE and not title.endswith((".", ":")) and " " in title
        return title if headline and not _WIRE_DAY.match(line) and not printed_day(title) else ""
    return ""


def printed_day(text: str) -> date | None:
    """Return the day that the head prints as its own: labelled, or on a line with at most a place, name or time.

    A full date inside a sentence says when something happened, not when the report came out.
    """
    pieces = [piece for line in text[:_HEAD].splitlines() for piece in _PIECES.split(line)]
    dated = [(piece, match) for piece in pieces if (match := _FULL_DATE.search(piece))]
    for is_own in (_is_labelled, _is_alone):
        for piece, match in dated:
            if is_own(piece, match) and (day := _match_day(match)):
                return day
    return None


def written_day(words: str) -> date | None:
    """Return the day that a field for a date names, or None unless it names exactly one in at most 64 characters."""
    days = set(full_dates(words)) if len(words) <= _LONGEST_DAY else set()
    return days.pop() if len(days) == 1 else None


def _is_labelled(piece: str, match: re.Match[str]) -> bool:
    return bool(_LABEL.fullmatch(piece, 0, match.start()))


def _is_alone(piece: str, match: re.Match[str]) -> bool:
    before = match.start() == 0 or _BEFORE_DATE.fullmatch(piece, 0, match.start())
    return bool(before and _AFTER_DATE.fullmatch(piece, match.end()))


def full_dates(text: str) -> list[date]:
    """Return the full dates of a text in their order: 2022-09-13, 13 September 2022, Sept. 13, 2022."""
    return [day for match in _FULL_DATE.finditer(text) if (day := _match_day(match))]


def _match_day(match: re.Match[str]) -> date | None:
    year = match["y"] or match["y2"] or match["y3"]
    month = match["m"] or match["m2"] or match["m3"]
    day = match["d"] or match["d2"] or match["d3"]
    return calendar_day(int(year), int(month) if month.isdigit() else _month(month), int(day))


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where the calendar has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
