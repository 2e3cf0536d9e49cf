"""Near copies → syndication groups: ten reprints of one wire story are one source.

Word 3-gram containment tells the copies of a story (.33 and more on the originals) from an independent report of the
same event (.03 and less); document embeddings and SimHash do not (measured). Pairs worth comparing share an 8-gram.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from geo.model import Document, Origin, PublishedBasis

__all__ = ["containment", "group_copies", "inherit_days", "wire_credit"]

_LINK = 0.20  # containment from which two reports are copies
_FEWEST_GRAMS = 60  # below so many 3-grams containment says nothing
_APART = timedelta(days=7)
_POSTINGS = 50  # reports remembered for one 8-gram; more share it only if it is site chrome or one story
_WORD = re.compile(r"\w+")

_AGENCIES = {
    "Reuters": "Reuters",
    "AP": "AP",
    "Associated Press": "AP",
    "AFP": "AFP",
    "Agence France-Presse": "AFP",
    "dpa": "dpa",
    "DPA": "dpa",
    "EFE": "EFE",
    "ANSA": "ANSA",
    "TASS": "TASS",
    "Xinhua": "Xinhua",
    "Interfax": "Interfax",
    "Ukrinform": "Ukrinform",
    "Anadolu Agency": "Anadolu",
    "UPI": "UPI",
    "PTI": "PTI",
    "IANS": "IANS",
}
_AGENCY = rf"(?P<agency>{'|'.join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True))})\b"
_DATELINE_CREDIT = re.compile(rf"[^\n(]{{2,120}}[(/](?:Thomson )?{_AGENCY}[^)\n]{{0,20}}[)/] ?[-–—.]")
_BYLINE = re.compile(
    r"\W{0,3}(?:additional )?(?:reporting|writing|written|reported|editing|edited|compiled) by\b", re.I
)
_SOURCE = re.compile(
    rf"\W{{0,3}}(?:sources?|via|©|\(c\)|copyright|from|by)\W{{0,3}}(?:\d{{4}} ?)?(?:the )?{_AGENCY}[^.!?]{{0,40}}\W?$",
    re.I,
)
_STATEMENT = re.compile(rf"{_AGENCY}(?: contributed| Trust Principles|\W{{0,3}}all rights)", re.I)
_ALONE = re.compile(rf"\W{{0,3}}(?:the )?{_AGENCY}\W{{0,3}}$", re.I)
_ANY = re.compile(rf"\b{_AGENCY}")
_FIRST_LINES, _LAST_LINES = 20, 3


def group_copies(documents: Iterable[Document]) -> dict[str, Origin]:
    """Return each report's syndication group, by report_id; a report with no copies is a group of its own.

    The group's id is the smallest hash of its members' texts, so unrelated reports never change it; its name is the
    wire that most members credit, or ''.
    """
    prints = sorted(map(_fingerprint, documents), key=lambda p: (p.text_hash, p.report_id))
    groups = _Groups(len(prints))
    for one, other in _candidates(prints):
        if not groups.joined(one, other) and _are_copies(prints[one], prints[other]):
            groups.join(one, other)
    members: dict[int, list[_Print]] = defaultdict(list)
    for number, item in enumerate(prints):
        members[groups.root(number)].append(item)
    return {item.report_id: origin for group in members.values() for origin in [_origin(group)] for item in group}


def inherit_days(documents: Sequence[Document], origins: Mapping[str, Origin]) -> list[Document]:
    """Give each undated report the day of its dated copies if these agree within a day; basis ``copy``.

    Of two neighbouring days the more frequent counts, then the earlier: a reprint follows its wire.
    """
    days: dict[str, list[date]] = defaultdict(list)
    for document in documents:
        if document.published:
            days[origins[document.report_id].origin_id].append(document.published)
    agreed = {origin: min(found, key=lambda d: (-found.count(d), d)) for origin, found in days.items() if _agree(found)}
    return [_dated(document, agreed.get(origins[document.report_id].origin_id)) for document in documents]


def containment(one: str, other: str) -> float:
    """Return the share (0-1) of the shorter text's word 3-grams that the other one holds too."""
    return _share(_grams(_words(one), 3), _grams(_words(other), 3))


def wire_credit(text: str) -> str:
    """Return the agency that the report credits as its source, or ''.

    A credit is a dateline "(Reuters) –", a "Reporting by … Reuters" line, "Source: AP", "AFP contributed" or the
    agency alone on one of the last lines. "Told Reuters" and a photo's credit are none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        patterns = [_STATEMENT, _SOURCE]
        if number < _FIRST_LINES:
            patterns.append(_DATELINE_CREDIT)
        if number >= len(lines) - _LAST_LINES:
            patterns.append(_ALONE)
        if _BYLINE.match(line):
            patterns.append(_ANY)
        for pattern in patterns:
            if match := _search(pattern, line):
                return _name(match["agency"])
    return ""


def _search(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Look for a credit anywhere in a byline or statement, for the others only where a line begins."""
    return pattern.search(line) if pattern in (_STATEMENT, _ANY) else pattern.match(line)


def _name(agency: str) -> str:
    return next(name for written, name in _AGENCIES.items() if written.casefold() == agency.casefold())


@dataclass(frozen=True, slots=True)
class _Print:
    """What is compared of a report: its word 3-grams and 8-grams."""

    report_id: str
    text_hash: str
    published: date | None
    credit: str
    short: frozenset[str]
    long: frozenset[str]


def _fingerprint(document: Document) -> _Print:
    words = _words(document.text)
    return _Print(
        report_id=document.report_id,
        text_hash=hashlib.sha256(" ".join(words).encode()).hexdigest()[:16],
        published=document.published,
        credit=wire_credit(document.text),
        short=_grams(words, 3),
        long=_grams(words, 8),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _grams(words: Sequence[str], length: int) -> frozenset[str]:
    return frozenset(" ".join(words[i : i + length]) for i in range(len(words) - length + 1))


def _candidates(prints: Sequence[_Print]) -> Iterator[tuple[int, int]]:
    """Yield pairs of reports that share an 8-gram or every word; those that share most come first for each report."""
    postings: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(prints):
        if number and prints[number - 1].text_hash == item.text_hash:
            yield number - 1, number
        shared: Counter[int] = Counter()
        for gram in item.long:
            shared.update(postings[gram])
            if len(postings[gram]) < _POSTINGS:
                postings[gram].append(number)
        for other in sorted(shared, key=lambda o: (-shared[o], o)):
            yield other, number


def _are_copies(one: _Print, other: _Print) -> bool:
    if one.text_hash == other.text_hash:
        return True
    if one.published and other.published and abs(one.published - other.published) > _APART:
        return False
    enough = min(len(one.short), len(other.short)) >= _FEWEST_GRAMS
    return enough and _share(one.short, other.short) >= _LINK


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _origin(group: Sequence[_Print]) -> Origin:
    credits_ = Counter(item.credit for item in group if item.credit)
    name = min(credits_, key=lambda c: (-credits_[c], c), default="")
    return Origin(min(item.text_hash for item in group), name)


def _agree(days: Sequence[date]) -> bool:
    return max(days) - min(days) <= timedelta(days=1)


def _dated(document: Document, day: date | None) -> Document:
    if document.published or day is None:
        return document
    return replace(document, published=day, published_basis=PublishedBasis.COPY)


class _Groups:
    """Union-find over numbers."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = number = self._parents[self._parents[number]]
        return number

    def joined(self, one: int, other: int) -> bool:
        return self.root(one) == self.root(other)

    def join(self, one: int, other: int) -> None:
        self._parents[self.root(one)] = self.root(other)
