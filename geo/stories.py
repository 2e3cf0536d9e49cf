"""The day of a report that prints none, from the dated reports of its story and the weekdays that it names.

News tells what happened in the last days by weekday, and most of it today. Of the weekdays that a report names, today's
is the one that all the others lie least far behind: of "Friday" and "Saturday" it is Saturday. The day is that
weekday's nearest to the day of the dated reports that share its names. It is an inference and is marked as one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from geo.model import Document, PublishedBasis

__all__ = ["infer_days"]

_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKDAY = re.compile(rf"\b(?P<other>last |next )?(?P<day>{'|'.join(_WEEKDAYS)})\b")
_NAME = re.compile(r"\b[A-Z][\w'-]{3,}")
_FEWEST_SHARED, _LEAST_SHARE = 8, 0.25  # names in common, and of the shorter list
_MOST_REPORTS = 200  # a name that more reports bear tells no story
_LONGEST_READ = 20_000  # characters


def infer_days(documents: Sequence[Document]) -> list[Document]:
    """Give each undated report the day that its story and its weekdays point to; basis ``story``.

    A report that names no weekday, is in no dated report's story, or is pulled to different days stays undated.
    """
    if all(d.published for d in documents):
        return list(documents)
    names = [_names(d.text) for d in documents]
    bearers: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for name in names[number] if document.published else ():
            bearers[name].append(number)
    return [
        document if document.published else _dated(document, _story_days(names[number], names, bearers, documents))
        for number, document in enumerate(documents)
    ]


def _names(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(text[:_LONGEST_READ])) - set(_WEEKDAYS)


def _story_days(
    own: frozenset[str],
    names: Sequence[frozenset[str]],
    bearers: dict[str, list[int]],
    documents: Sequence[Document],
) -> list[date]:
    """Return the days of the dated reports that share enough names with a report, the closest first."""
    shared = Counter(n for name in own if len(bearers.get(name, ())) <= _MOST_REPORTS for n in bearers.get(name, ()))
    close = [
        n
        for n, count in shared.most_common()
        if count >= _FEWEST_SHARED and count >= _LEAST_SHARE * min(len(own), len(names[n]))
    ]
    return [day for n in close if (day := documents[n].published) is not None]


def _dated(document: Document, days: Sequence[date]) -> Document:
    weekday = _today(document.text)
    if weekday is None or not days:
        return document
    found = {_nearest(day, weekday) for day in days}
    if len(found) != 1:
        return document
    return replace(document, published=found.pop(), published_basis=PublishedBasis.STORY)


def _today(text: str) -> int | None:
    """Return the number of the weekday that a report is of, Monday 0, or None where it names none."""
    named = {_WEEKDAYS.index(m["day"]) for m in _WEEKDAY.finditer(text[:_LONGEST_READ]) if not m["other"]}
    return min(named, key=lambda today: (max((today - day) % 7 for day in named), today), default=None)


def _nearest(day: date, weekday: int) -> date:
    """Return the date of a weekday that lies nearest to a day: at most three days off."""
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)
