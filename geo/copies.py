"""Near copies → syndication groups: ten reprints of one wire story are one source.

Word 3-gram containment tells the copies of a story (.33 and more on the originals) from an independent report of the
same event (.03 and less); document embeddings and SimHash do not (measured). What independent reports share makes no
copy: quotes (``shingles`` leaves them out), a paragraph of background, and standing texts, which are sentences that
reports of quite different things carry. A page that carries two stories does not make one story of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from math import nan

import numpy as np
from numpy.typing import NDArray

from geo.candidates import candidate_pairs
from geo.links import KnownLinks, pair_keys
from geo.model import Document, Origin, PublishedBasis, Story
from geo.screening import Needs, Screen
from geo.shingles import (
    Hashes,
    Print,
    distinct,
    fingerprint,
    held,
    run_hashes,
    runs_of,
    shingles,
    without_runs,
    words_of,
)

__all__ = [
    "Judge",
    "agreed_days",
    "bearing_runs",
    "containment",
    "find_stories",
    "group_copies",
    "inherit_days",
    "place_of",
    "screen_of",
    "shared_runs",
    "standing_runs",
    "stories_of",
    "with_copied_day",
    "without_standing",
]

_GRAM = 3  # words
_KEPT = 20_000  # reports, 150 MB; pairs come in the order of days, so that more are hardly asked for again
_PART = 2_000  # reports whose sentences are hashed at a time
_LINK = 0.20  # containment from which two reports are copies
_FEWEST_GRAMS = 60  # of a report's words; below so many, containment says nothing
_FEWEST_WORDS = _FEWEST_GRAMS + _GRAM - 1
_FEWEST_SHARED = 20  # 3-grams; short reports of one event have 15 in common by chance, among twenty thousand
_PARAGRAPH = 3  # runs of words; a paragraph of background that two reports share is about as long
_BESIDES = 0.08  # containment that must be left without that paragraph
_SURELY = 0.50  # containment from which it does not matter where the shared words stand
_MUCH = 0.5  # of what two reports share is their story's: not their outlet's, and held by a third copy
_APART = timedelta(days=7)  # between two copies
_LASTING = timedelta(days=14)  # of a group: a chain of copies ends there
_RUN = 5  # words of a sentence that is known again
_MOST_OF_ONE = 0.6  # of those reports, that may be of one subject: its story is copied into pages of other things too
_SAMPLE = 12  # reports looked at for one sentence, or members of a group
_FEWEST_NAMES = 4  # names that tell what a report is about
_ONE_SUBJECT = 0.4  # of the shorter list of names; copies share .6 and more, reports of one event about .4, others .1
_OTHER_SUBJECT = 0.15  # of it; parts of one story share more
_STANDING = (
    (3, _ONE_SUBJECT),
    (2, _OTHER_SUBJECT),
)  # so many subjects, told apart by that share, carry a standing text


def find_stories(
    documents: Iterable[Document],
    print_of: Callable[[Document], Print] = fingerprint,
    known: KnownLinks | None = None,
) -> list[Story]:
    """Return the stories of a corpus, sorted by origin; a report with no copies is a story of its own.

    Whatever the order of ``documents``, the stories are the same, and unrelated reports change none. ``print_of``
    stands in for ``fingerprint`` and ``known`` has what earlier calls found of pairs, where that was kept.
    """
    by_id = {document.report_id: document for document in documents}
    whole = sorted(map(print_of, by_id.values()), key=place_of)
    parts = [bearing_runs(whole[first : first + _PART], first) for first in range(0, len(whole), _PART)]
    prints = without_standing(whole, standing_runs(parts, [item.names for item in whole]))
    pairs = candidate_pairs(prints, screen_of(prints))
    judge = Judge(prints)
    likeness = (known or KnownLinks()).judge(pair_keys(prints, pairs), lambda n: judge.likeness(*pairs[n].tolist()))
    return stories_of(prints, pairs, likeness)


def stories_of(prints: Sequence[Print], pairs: NDArray[np.int64], likeness: NDArray[np.float64]) -> list[Story]:
    """Return the stories of reports in the order of ``place_of``, given the pairs that were judged.

    ``pairs`` are positions, of shape (n, 2); ``likeness`` is what ``Judge.likeness`` says of each. Of reports in no
    pair of copies the words are not asked for.
    """
    judge = Judge(prints)
    links = _links(judge, pairs, likeness)
    groups = _Groups(judge)
    for link in links:
        groups.join(link)
    nearest: dict[int, float] = defaultdict(float)
    for link in links:
        if groups.root(link.one) == groups.root(link.other):
            nearest[link.one] = max(nearest[link.one], link.likeness)
            nearest[link.other] = max(nearest[link.other], link.likeness)
    stories = (_story(judge, members, nearest) for members in groups.members())
    return sorted(stories, key=lambda story: story.origin.origin_id)


def group_copies(documents: Iterable[Document]) -> dict[str, Origin]:
    """Return each report's syndication group, by report_id; a report with no copies is a group of its own.

    The group's id is the smallest hash of its members' texts, so unrelated reports never change it; its name is the
    wire that most members credit, or ''.
    """
    return {report_id: story.origin for story in find_stories(documents) for report_id in story.scores}


def inherit_days(documents: Sequence[Document], origins: Mapping[str, Origin]) -> list[Document]:
    """Give each undated report the day of its dated copies if these agree within a day; basis ``copy``.

    Of two neighbouring days the more frequent counts, then the earlier: a reprint follows its wire.
    """
    days = agreed_days((origins[d.report_id].origin_id, d.published) for d in documents)
    return [with_copied_day(document, days.get(origins[document.report_id].origin_id)) for document in documents]


def agreed_days(published: Iterable[tuple[str, date | None]]) -> dict[str, date]:
    """Return the day of each group, by origin_id, whose dated copies agree within a day, as ``inherit_days`` has it."""
    days: dict[str, list[date]] = defaultdict(list)
    for origin_id, day in published:
        if day:
            days[origin_id].append(day)
    return {origin: min(found, key=lambda d: (-found.count(d), d)) for origin, found in days.items() if _agree(found)}


def containment(one: str, other: str) -> float:
    """Return the share (0-1) of the shorter text's word 3-grams that the other one holds too."""
    first, second = (
        {tuple(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1)} for words in map(words_of, (one, other))
    )
    return len(first & second) / max(1, min(len(first), len(second)))


# --- which reports are copies ---


def _links(judge: "Judge", pairs: NDArray[np.int64], likeness: NDArray[np.float64]) -> list["_Link"]:
    """Return the links between copies, the surest first."""
    found = np.flatnonzero(~np.isnan(likeness))
    links = [
        _Link(one, other, like, judge.same_text(one, other))
        for (one, other), like in zip(pairs[found].tolist(), likeness[found].tolist(), strict=True)
    ]
    return sorted(links, key=lambda x: (not x.same_text, -x.likeness, x.one, x.other))


@dataclass(frozen=True, slots=True)
class _Link:
    """Two copies by their positions, the smaller first, and how much of the shorter one the other holds (0-1)."""

    one: int
    other: int
    likeness: float
    same_text: bool


def screen_of(prints: Sequence[Print]) -> Screen:
    """Return what tells for certain of most pairs that are no copies, as ``Judge.likeness`` would."""
    return Screen(prints, Needs(_APART, _FEWEST_WORDS, _FEWEST_NAMES, _OTHER_SUBJECT))


class Judge:
    """Judges pairs of reports, given by their positions."""

    def __init__(self, prints: Sequence[Print]) -> None:
        """Judge reports by their prints, which have no standing texts any more."""
        self.prints = prints
        self.grams = lru_cache(maxsize=_KEPT)(lambda number: _Grams.of(prints[number]))
        self.names = lru_cache(maxsize=_KEPT)(lambda number: frozenset(prints[number].names))

    def same_text(self, one: int, other: int) -> bool:
        """Return whether two reports are the same word for word."""
        return self.prints[one].text_hash == self.prints[other].text_hash

    def likeness(self, one: int, other: int) -> float:
        """Return how much of the shorter one of two copies the other holds (0-1); NaN for reports that are none."""
        first, second = self.prints[one], self.prints[other]
        if self.same_text(one, other):
            return 1.0
        if first.published and second.published and abs(first.published - second.published) > _APART:
            return nan
        if min(first.n_words, second.n_words) < _FEWEST_WORDS:
            return nan
        kinship = self.kinship(one, other)
        if kinship < _OTHER_SUBJECT:  # asked first: it costs a tenth of the next question (measured)
            return nan
        overlap = _overlap(self.grams(one), self.grams(other))
        if overlap.shared < max(_FEWEST_SHARED, _LINK * overlap.of):
            return nan
        surely = overlap.shared >= _SURELY * overlap.of
        if not surely and kinship < _ONE_SUBJECT:
            return nan
        if not surely and not _is_spread(overlap, _overlap(*map(_Grams.of, _without_page(first, second)))):
            return nan
        return overlap.shared / overlap.of

    def holds(self, third: int, one: int, other: int) -> bool:
        """Return whether a third report has much of what two reports share."""
        shared = np.intersect1d(self.grams(one).hashes, self.grams(other).hashes, assume_unique=True)
        kept = held(shared, self.grams(third).hashes)
        return bool(np.count_nonzero(kept) >= _MUCH * len(shared))

    def kinship(self, one: int, other: int) -> float:
        """Return the share (0-1) of names that both reports have."""
        return _kinship(self.names(one), self.names(other))


def place_of(item: Print) -> tuple[date, str, str]:
    """Return what reports are sorted by: day, text, id; undated ones come last."""
    return item.published or date.max, item.text_hash, item.report_id


@dataclass(frozen=True, slots=True, eq=False)
class _Grams:
    """The distinct 3-grams of a report in ascending order, and for each the run where it stands first."""

    hashes: Hashes
    runs: NDArray[np.int64]

    @classmethod
    def of(cls, item: Print) -> "_Grams":
        hashes, runs = shingles(item, _GRAM)
        distinct, first = np.unique(hashes, return_index=True)
        return cls(distinct, np.unique(runs[first], return_inverse=True)[1])


@dataclass(frozen=True, slots=True, eq=False)
class _Overlap:
    """How many of the shorter report's 3-grams the longer one holds, and the runs of those."""

    shared: int
    of: int
    runs: NDArray[np.int64]

    @property
    def in_one_paragraph(self) -> int:
        """How many of them stand in one paragraph of the shorter report."""
        by_run = np.bincount(self.runs, minlength=1)
        return int(np.convolve(by_run, np.ones(_PARAGRAPH, np.int64)).max())


def _overlap(one: _Grams, other: _Grams) -> _Overlap:
    shorter, longer = (one, other) if len(one.hashes) <= len(other.hashes) else (other, one)
    shared = held(shorter.hashes, longer.hashes)
    return _Overlap(int(np.count_nonzero(shared)), len(shared), shorter.runs[shared])


def _is_spread(whole: _Overlap, without_page: _Overlap) -> bool:
    """Return whether two reports share more than a paragraph of background and what their outlet puts on its pages."""
    left = whole.shared - whole.in_one_paragraph, without_page.shared - without_page.in_one_paragraph
    return min(left) >= _BESIDES * whole.of and without_page.shared >= _MUCH * whole.shared


def _without_page(one: Print, other: Print) -> tuple[Print, Print]:
    """Return two reports without the runs that both begin or end with: two pages of one outlet do."""
    (first, numbers), (second, others) = run_hashes(one), run_hashes(other)
    fewest = min(len(first), len(second))
    head = _n_equal(first[:fewest], second[:fewest])
    tail = min(_n_equal(first[::-1][:fewest], second[::-1][:fewest]), fewest - head)
    ends = [np.concatenate([n[:head], n[len(n) - tail :]]) for n in (numbers, others)]
    return without_runs(one, ends[0]), without_runs(other, ends[1])


def _n_equal(one: Hashes, other: Hashes) -> int:
    """Return how many hashes are equal before the first that differs."""
    differ = np.flatnonzero(one != other)
    return int(differ[0]) if len(differ) else len(one)


# --- what reports are about ---


def _kinship(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share (0-1) of the shorter list of names that both reports have; 1 where it is too short."""
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest >= _FEWEST_NAMES else 1.0


def bearing_runs(prints: Sequence[Print], first: int = 0) -> tuple[Hashes, NDArray[np.int64]]:
    """Return a hash of each sentence long enough to be known again, and the report, from ``first``, it is of."""
    runs = runs_of(prints)
    long = runs.counts >= _RUN
    return runs.hashes()[long], runs.owners[long] + first


def standing_runs(parts: Iterable[tuple[Hashes, NDArray[np.int64]]], names: Sequence[Iterable[str]]) -> Hashes:
    """Return in ascending order the hashes of the sentences that reports of different things carry, word for word.

    ``parts`` are of ``bearing_runs`` and together hold all bearers of a sentence; ``names`` are those of each report.
    """
    hashes, owners = _joined(parts)
    known = cache(lambda bearers: _is_standing([frozenset(names[n]) for n in bearers]))
    return np.array(sorted(key for key, bearers in _bearers(hashes, owners) if known(bearers)), np.uint64)


def shared_runs(parts: Iterable[tuple[Hashes, NDArray[np.int64]]]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return of ``bearing_runs`` what several reports carry, each with a sample of these, which says as much."""
    hashes, owners = _joined(parts)
    found = [(key, owner) for key, bearers in _bearers(hashes, owners) for owner in bearers]
    return np.array([key for key, _ in found], np.uint64), np.array([owner for _, owner in found], np.int64)


def _joined(parts: Iterable[tuple[Hashes, NDArray[np.int64]]]) -> tuple[Hashes, NDArray[np.int64]]:
    found = list(parts)
    hashes = np.concatenate([np.empty(0, np.uint64), *(part[0] for part in found)])
    return hashes, np.concatenate([np.empty(0, np.int64), *(part[1] for part in found)])


def without_standing(prints: Sequence[Print], standing: Hashes) -> list[Print]:
    """Return the prints without standing texts."""
    return [_without(item, standing) for item in prints] if len(standing) else list(prints)


def _without(item: Print, standing: Hashes) -> Print:
    hashes, numbers = run_hashes(item)
    known = held(hashes, standing)
    if not known.any():
        return item
    long = np.bincount(item.runs)[numbers] >= _RUN
    return without_runs(item, numbers[known & long])


def _bearers(hashes: Hashes, owners: NDArray[np.int64]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield each hash that two or more reports carry, with a sample of them."""
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    fresh = np.ones(len(hashes), np.bool_)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    hashes, owners = hashes[fresh], owners[fresh]
    values, starts, counts = np.unique(hashes, return_index=True, return_counts=True)
    several = counts > 1
    for value, start, count in zip(*(part[several].tolist() for part in (values, starts, counts)), strict=True):
        yield value, tuple(owners[start : start + count : -(-count // _SAMPLE)].tolist())


def _is_standing(bearers: Sequence[frozenset[str]]) -> bool:
    """Tell a standing text from a sentence of a story: its bearers are about many things, and mostly not about one."""
    return any(
        len(sizes) >= fewest and max(sizes) <= _MOST_OF_ONE * len(bearers)
        for fewest, least in _STANDING
        for sizes in [_sizes_of_kinds(bearers, least)]
    )


def _sizes_of_kinds(reports: Sequence[frozenset[str]], least: float) -> list[int]:
    """Return how many reports are about each subject; those of one subject have ``least`` kinship with its first."""
    kinds: list[list[frozenset[str]]] = []
    for report in reports:
        kin = (kind for kind in kinds if _kinship(kind[0], report) >= least)
        if (found := next(kin, None)) is None:
            kinds.append([report])
        else:
            found.append(report)
    return [len(kind) for kind in kinds]


# --- groups ---


class _Groups:
    """Reports joined by links, refusing those that would make one story of two."""

    def __init__(self, pairs: Judge) -> None:
        self._pairs = pairs
        self._parents = list(range(len(pairs.prints)))
        self._members = [[n] for n in range(len(pairs.prints))]

    def root(self, number: int) -> int:
        """Return the number that stands for the report's group."""
        while self._parents[number] != number:
            self._parents[number] = number = self._parents[self._parents[number]]
        return number

    def members(self) -> Iterator[list[int]]:
        """Yield the members of each group."""
        return (found for n, found in enumerate(self._members) if self._parents[n] == n)

    def join(self, link: _Link) -> None:
        """Join the groups of two copies, unless the chain would last too long or its ends are about other things."""
        one, other = self.root(link.one), self.root(link.other)
        if one == other or not (link.same_text or self._may_join(link, one, other)):
            return
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        self._parents[other] = one
        self._members[one] += self._members[other]
        self._members[other] = []

    def _may_join(self, link: _Link, one: int, other: int) -> bool:
        first, second = self._members[one], self._members[other]
        if self._span([*first, *second]) > max(_LASTING, self._span(first), self._span(second)):
            return False
        return self._take(first, link.one, link.other, link) and self._take(second, link.other, link.one, link)

    def _take(self, members: Sequence[int], linked: int, newcomer: int, link: _Link) -> bool:
        """Return whether the members besides the linked one take the newcomer for theirs.

        A page may hold two stories: what is surely a copy of it must be about what another member is about. What is
        less surely a copy may share the page alone: another member must hold the words that the two share.
        """
        others = sorted(set(members) - {linked})
        others = others[:: -(-len(others) // _SAMPLE)] if others else []
        if not others:
            return True
        if link.likeness >= _SURELY:
            return any(self._pairs.kinship(n, newcomer) >= _OTHER_SUBJECT for n in others)
        return any(self._pairs.holds(n, linked, newcomer) for n in others)

    def _span(self, members: Sequence[int]) -> timedelta:
        days = [day for n in members if (day := self._pairs.prints[n].published)]
        return max(days) - min(days) if days else timedelta(0)


def _story(pairs: Judge, members: Sequence[int], nearest: Mapping[int, float]) -> Story:
    prints = [pairs.prints[n] for n in members]
    grams = [distinct(shingles(item, _GRAM)[0]) for item in prints] if len(members) > 1 else [np.empty(0, np.uint64)]
    canonical = _canonical(prints, grams)
    scores = (
        round(max(nearest.get(n, 0.0), _contained(own, grams[canonical])), 4)
        for n, own in zip(members, grams, strict=True)
    )
    by_id = zip([item.report_id for item in prints], scores, strict=True)
    return Story(
        origin=Origin(min(item.text_hash for item in prints), _most_credited(item.credit for item in prints)),
        canonical_id=prints[canonical].report_id,
        scores=dict(sorted(by_id)),
        credits={item.report_id: item.credit for item in prints},
    )


def _canonical(prints: Sequence[Print], grams: Sequence[Hashes]) -> int:
    """Return the position of the member that holds most of what two members or more tell.

    Of equals: one with a wire credit, the earliest, the one with the smallest hash.
    """
    every, counts = np.unique(np.concatenate(grams), return_counts=True)
    told = every[counts > 1]
    counted = [np.count_nonzero(held(own, told)) for own in grams]
    return min(range(len(prints)), key=lambda n: (-counted[n], not prints[n].credit, place_of(prints[n])))


def _contained(own: Hashes, canonical: Hashes) -> float:
    """Return the share of the shorter report's 3-grams that the other holds; 1 for a report without any."""
    fewest = min(len(own), len(canonical))
    return float(held(own, canonical).sum() / fewest) if fewest else 1.0


def _most_credited(names: Iterable[str]) -> str:
    counts = Counter(filter(None, names))
    return min(counts, key=lambda name: (-counts[name], name), default="")


# --- days ---


def _agree(days: Sequence[date]) -> bool:
    return max(days) - min(days) <= timedelta(days=1)


def with_copied_day(document: Document, day: date | None) -> Document:
    """Return a report with the day of its copies, where it has none of its own."""
    if document.published or day is None:
        return document
    return replace(document, published=day, published_basis=PublishedBasis.COPY)
