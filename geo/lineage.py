"""Which sentences of a copy came from where, and which file of the story it is.

A reworded copy keeps its source's sentences in other words ("towns" become "cities", "he" becomes "she"). Sentences are
aligned by the words that they share; what is aligned is one sentence, said once. Members that share sentences which the
others lack are a version of the story: an earlier or a later file of the wire.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from geo.model import Borrowing, Copy, Document, Story
from geo.shingles import words_of
from geo.text import SentenceKind, split_sentences

__all__ = ["Trace", "in_order", "trace", "trace_story", "variants"]

_ALIKE = 80  # token_set_ratio, 0-100, from which two sentences are one
_FEWEST_WORDS = 5  # of a sentence that can be told from others
_MOST_WORDS = 200  # of a sentence; what is longer is a table or a page without stops, and aligning takes its square
_LEAST_LENGTH = 0.4  # of the longer one's words: token_set_ratio calls a part alike the whole, however small
_OWN = 2  # sentences, each in two members or more, that make a version

Span = tuple[int, int]


Trace = tuple[tuple[Copy, ...], tuple[Borrowing, ...]]
"""What the members of one story are in it, and the sentences that they have from each other."""


def trace(
    documents: Iterable[Document],
    stories: Iterable[Story],
    one: Callable[[Story, Sequence[Document]], Trace] | None = None,
) -> tuple[list[Copy], list[Borrowing]]:
    """Return a ``Copy`` for each report, and the sentences that reports have from others, in order of report and text.

    A sentence's source is the canonical report if that has it, else the earliest member that does. ``one`` traces a
    story in place of ``trace_story``, as from what was kept of an earlier build.
    """
    by_id = {document.report_id: document for document in documents}
    traced = [
        (one or trace_story)(story, in_order(story, (by_id[report_id] for report_id in story.scores)))
        for story in stories
    ]
    copies = sorted((c for found, _ in traced for c in found), key=lambda c: c.report_id)
    return copies, sorted((b for _, found in traced for b in found), key=lambda b: (b.report_id, b.start))


def in_order(story: Story, members: Iterable[Document]) -> list[Document]:
    """Return the members of a story in the order in which they are asked for a sentence."""
    return sorted(members, key=lambda d: (d.report_id != story.canonical_id, d.published or date.max, d.report_id))


def trace_story(story: Story, members: Sequence[Document]) -> Trace:
    """Return what each of a story's members, given ``in_order``, is in it, and the sentences it has from others."""
    sentences = [_sentences(member.text) for member in members]
    borrowed = _align(members, sentences)
    return tuple(_copies(story, members, [len(found) for found in sentences], borrowed)), tuple(borrowed)


def variants(borrowings: Iterable[Borrowing]) -> dict[tuple[str, int], str]:
    """Return the sentence family of (report_id, start of sentence) for every sentence that two reports have.

    Sentences of one family are one sentence, reworded perhaps: it is neither a second source nor a contradiction.
    """
    families: dict[tuple[str, int], str] = {}
    family = cache(_family)
    for item in borrowings:
        source = (item.source_report_id, item.source_start)
        families[source] = families[item.report_id, item.start] = family(*source)
    return families


def _family(report_id: str, start: int) -> str:
    return hashlib.sha256(f"{report_id}:{start}".encode()).hexdigest()[:16]


def _sentences(text: str) -> dict[Span, str]:
    """Return the sentences that can be known again, as spans with their words."""
    found = ((s, words_of(text[s.start : s.end])) for s in split_sentences(text) if s.kind is SentenceKind.BODY)
    return {(s.start, s.end): " ".join(words) for s, words in found if _FEWEST_WORDS <= len(words) <= _MOST_WORDS}


# --- where sentences came from ---


class _Sources:
    """The distinct sentences of a story so far, each with the report and span where it stands first."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._places: list[tuple[str, Span]] = []
        self._exact: dict[str, int] = {}

    def add(self, words: str, report_id: str, span: Span) -> None:
        """Take a sentence that no member before has."""
        self._exact[words] = len(self._words)
        self._words.append(words)
        self._places.append((report_id, span))

    def find(self, sentences: Sequence[str]) -> list[tuple[tuple[str, Span], float] | None]:
        """Return for each sentence where it came from and how alike the two are (0-1), or None for a new one."""
        missing = [words for words in sentences if words not in self._exact]
        nearest = dict(zip(missing, self._nearest(missing), strict=True))
        return [
            (self._places[self._exact[words]], 1.0) if words in self._exact else nearest[words] for words in sentences
        ]

    def _nearest(self, sentences: Sequence[str]) -> list[tuple[tuple[str, Span], float] | None]:
        if not sentences or not self._words:
            return [None] * len(sentences)
        likeness = process.cdist(
            sentences, self._words, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE, dtype=np.float32
        )
        likeness[~_long_enough(sentences, self._words)] = 0
        best = likeness.argmax(axis=1)
        found = [(self._places[n], float(likeness[row, n]) / 100) for row, n in enumerate(best)]
        return [item if item[1] else None for item in found]


def _long_enough(sentences: Sequence[str], others: Sequence[str]) -> NDArray[np.bool_]:
    """Return for each pair whether the shorter one is long enough to be the other and not a phrase of it."""
    one = np.array([s.count(" ") + 1 for s in sentences])[:, None]
    other = np.array([s.count(" ") + 1 for s in others])[None, :]
    enough: NDArray[np.bool_] = np.minimum(one, other) >= _LEAST_LENGTH * np.maximum(one, other)
    return enough


def _align(members: Sequence[Document], sentences: Sequence[Mapping[Span, str]]) -> list[Borrowing]:
    sources = _Sources()
    borrowed: list[Borrowing] = []
    for member, own in zip(members, sentences, strict=True):
        found = sources.find(list(own.values())) if len(members) > 1 else []
        for (span, words), origin in zip(own.items(), found, strict=False):
            if origin is None:
                sources.add(words, member.report_id, span)
            else:
                (report_id, (start, end)), likeness = origin
                borrowed.append(Borrowing(member.report_id, *span, report_id, start, end, round(likeness, 4)))
    return borrowed


# --- copies and versions ---


def _copies(
    story: Story, members: Sequence[Document], n_sentences: Sequence[int], borrowed: Sequence[Borrowing]
) -> list[Copy]:
    families = variants(borrowed)
    own: dict[str, set[str]] = defaultdict(set)
    shared: dict[str, int] = defaultdict(int)
    for (report_id, _), family in families.items():
        own[report_id].add(family)
        shared[report_id] += 1
    versions = _versions(members, [own[m.report_id] for m in members])
    return [
        Copy(
            report_id=member.report_id,
            report=member.report,
            origin=story.origin,
            canonical_id=story.canonical_id,
            credit=story.credits[member.report_id],
            score=story.scores[member.report_id],
            n_reports=len(members),
            version=version,
            n_shared_sentences=shared[member.report_id],
            n_sentences=count,
        )
        for member, version, count in zip(members, versions, n_sentences, strict=True)
    ]


def _versions(members: Sequence[Document], families: Sequence[set[str]]) -> list[int]:
    """Return the version of each member: 1 for the one that was published first, or whose smallest id is smaller."""
    parts = _split(list(range(len(members))), families)
    order = sorted(parts, key=lambda part: _first_of(members[n] for n in part))
    return [next(v for v, part in enumerate(order, 1) if n in part) for n in range(len(members))]


def _first_of(members: Iterable[Document]) -> tuple[date, str]:
    known = list(members)
    return min(m.published or date.max for m in known), min(m.report_id for m in known)


def _split(part: list[int], families: Sequence[set[str]]) -> list[list[int]]:
    """Split members in two as long as both halves have sentences of their own.

    The two members that are least alike draw the others. A cut copy is no version: all it has is in the whole story.
    """
    if len(part) < 2 * _OWN:
        return [part]
    likeness = _likeness([families[n] for n in part])
    one, other = np.unravel_index(int(likeness.argmin()), likeness.shape)
    nearer = likeness[:, one] >= likeness[:, other]
    nearer[[one, other]] = True, False
    halves = [[n for n, near in zip(part, nearer.tolist(), strict=True) if near is side] for side in (True, False)]
    if any(_n_own(half, part, families) < _OWN for half in halves):
        return [part]
    return [found for half in halves for found in _split(half, families)]


def _likeness(families: Sequence[set[str]]) -> NDArray[np.float64]:
    """Return the share of the shorter list of sentences that each two members have in common, 1 with itself."""
    names = sorted(set().union(*families))
    holds = np.array([[name in own for name in names] for own in families], np.float64)
    counts = holds.sum(axis=1)
    shared = (holds @ holds.T) / np.maximum(1, np.minimum.outer(counts, counts))
    np.fill_diagonal(shared, 1)
    return np.asarray(shared, np.float64)


def _n_own(half: Sequence[int], part: Sequence[int], families: Sequence[set[str]]) -> int:
    """Return how many sentences two members of a half have and none of the rest has."""
    elsewhere = set().union(*(families[n] for n in part if n not in half))
    own = [family for n in half for family in families[n] if family not in elsewhere]
    return sum(own.count(family) > 1 for family in set(own))
