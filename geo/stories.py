"""The day of a report that prints none, from the dated reports of its story and the weekdays that it names.

News tells what happened in the last days by weekday, and most of it today. Of the weekdays that a report names, today's
is the one that all the others lie least far behind: of "Friday" and "Saturday" it is Saturday. The day is that
weekday's nearest to the day of the dated reports that share its names. It is an inference and is marked as one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geo.model import Document, PublishedBasis

__all__ = ["Clue", "clue_of", "infer_days", "inferred", "with_inferred"]

_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKDAY = re.compile(rf"\b(?P<other>last |next )?(?P<day>{'|'.join(_WEEKDAYS)})\b")
_NAME = re.compile(r"\b[A-Z][\w'-]{3,}")
_FEWEST_SHARED, _LEAST_SHARE = 8, 0.25  # names in common, and of the shorter list
_MOST_REPORTS = 200  # a name that more reports bear tells no story
_LONGEST_READ = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Clue:
    """What tells the day of a report: its day, where it is known; the names that it holds; the weekday that is today.

    ``today`` is a weekday's number, Monday 0, or None where the report names none.
    """

    published: date | None
    names: frozenset[str]
    today: int | None


def infer_days(documents: Sequence[Document]) -> list[Document]:
    """Give each undated report the day that its story and its weekdays point to; basis ``story``.

    A report that names no weekday, is in no dated report's story, or is pulled to different days stays undated.
    """
    if all(d.published for d in documents):
        return list(documents)
    days = inferred([clue_of(d) for d in documents])
    return [with_inferred(document, day) for document, day in zip(documents, days, strict=True)]


def clue_of(document: Document) -> Clue:
    """Return what tells the day of a report."""
    names = frozenset(_NAME.findall(document.text[:_LONGEST_READ])) - set(_WEEKDAYS)
    return Clue(document.published, names, _today(document.text))


def inferred(clues: Sequence[Clue]) -> list[date | None]:
    """Return the day that is inferred for each report, None for those that have one or get none."""
    bearers: dict[str, list[int]] = defaultdict(list)
    for number, clue in enumerate(clues):
        for name in clue.names if clue.published else ():
            bearers[name].append(number)
    return [None if clue.published else _day(clue, _story_days(clue.names, clues, bearers)) for clue in clues]


def with_inferred(document: Document, day: date | None) -> Document:
    """Return a report with the day that was inferred for it."""
    return document if day is None else replace(document, published=day, published_basis=PublishedBasis.STORY)


def _story_days(own: frozenset[str], clues: Sequence[Clue], bearers: dict[str, list[int]]) -> list[date]:
    """Return the days of the dated reports that share enough names with a report, the closest first."""
    shared = Counter(n for name in own if len(bearers.get(name, ())) <= _MOST_REPORTS for n in bearers.get(name, ()))
    close = [
        n
        for n, count in shared.most_common()
        if count >= _FEWEST_SHARED and count >= _LEAST_SHARE * min(len(own), len(clues[n].names))
    ]
    return [day for n in close if (day := clues[n].published) is not None]


def _day(clue: Clue, days: Sequence[date]) -> date | None:
    found = set() if clue.today is None else {_nearest(day, clue.today) for day in days}
    return found.pop() if len(found) == 1 else None


def _today(text: str) -> int | None:
    """Return the number of the weekday that a report is of, Monday 0, or None where it names none."""
    named = {_WEEKDAYS.index(m["day"]) for m in _WEEKDAY.finditer(text[:_LONGEST_READ]) if not m["other"]}
    return min(named, key=lambda today: (max((today - day) % 7 for day in named), today), default=None)


def _nearest(day: date, weekday: int) -> date:
    """Return the date of a weekday that lies nearest to a day: at most three days off."""
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)
