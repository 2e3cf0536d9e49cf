"""Happenings that everybody knows by a word: "since the coup", "shortly after its invasion".

News dates much by them and never says when they were. ``geo/data/epochs.csv`` holds their days, the words that stand
for them, and the names of which a report that means them speaks; it is edited by hand, from general knowledge.
"""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from geo.resources import resource

__all__ = ["Epoch", "epochs_of", "words_of_epochs"]

_LONGEST_AGO = 20  # years; an older one is not what "the war" of a report means
_READ = 50_000  # characters
_NAME = re.compile(r"\b[A-Z][\w-]+")


@dataclass(frozen=True, slots=True)
class Epoch:
    """A well-known happening; ``date_to`` is None while it goes on."""

    name: str
    words: tuple[str, ...]
    about: frozenset[str]
    date_from: date
    date_to: date | None


def epochs_of(text: str, published: date) -> Mapping[str, Epoch]:
    """Return the known happenings that a report may mean, by word ("invasion"), in lower case.

    It has to speak of what the happening is about and to come after it; of several, the one whose names it speaks of
    most often counts, then the latest.
    """
    named = Counter(_NAME.findall(text[:_READ]))
    meant: dict[str, tuple[int, date, Epoch]] = {}
    for epoch in _epochs():
        often = sum(named[name] for name in epoch.about) if epoch.about else 1
        if not often or not epoch.date_from < published or published.year - epoch.date_from.year > _LONGEST_AGO:
            continue
        for word in epoch.words:
            if word not in meant or meant[word][:2] < (often, epoch.date_from):
                meant[word] = (often, epoch.date_from, epoch)
    return {word: epoch for word, (_, _, epoch) in meant.items()}


def words_of_epochs() -> frozenset[str]:
    """Return all words, in lower case, that may stand for a known happening."""
    return frozenset(word for epoch in _epochs() for word in epoch.words)


@cache
def _epochs() -> tuple[Epoch, ...]:
    with resource("data/epochs.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_epoch(row) for row in csv.DictReader(file))


def _epoch(row: Mapping[str, str]) -> Epoch:
    return Epoch(
        row["name"],
        tuple(row["words"].split("|")),
        frozenset(filter(None, row["about"].split("|"))),
        date.fromisoformat(row["date_from"]),
        date.fromisoformat(row["date_to"]) if row["date_to"] else None,
    )
