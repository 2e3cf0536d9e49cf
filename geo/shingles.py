"""What is compared of a report: the words of its own telling, as hashes, in runs that no quote or sentence end breaks.

Reports of one event print the same statements, so words in quotation marks do not make a copy; nor do site chrome,
credits and datelines. Hashes are of the words alone: the same in every process and on every machine.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from geo.model import Document
from geo.text import SentenceKind, fold, split_sentences

__all__ = ["Hashes", "Print", "fingerprint", "mixed", "run_hashes", "shingles", "text_hash", "without_runs", "words_of"]

Hashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_QUOTE = re.compile(
    r'"[^"\n]*(?:"|$)'
    r"|«[^«»\n]*»"
    r'|„[^"„\n]*"'
    # British quotes, told from apostrophes by the stop before their end
    r"""|(?<!\w)'(?=\w)(?:[^"'\n]|(?<=\w)'(?=\w)){12,600}(?<=[.,!?])'(?!\w)""",
    re.MULTILINE,
)
_LEAST_TOLD = 0.3  # of a report's words outside quotes; below it is a speech, and the quotes are what it tells
_TOLD = (SentenceKind.BODY, SentenceKind.HEADLINE)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # the odd constant of splitmix64
_SHIFT = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What is compared of a report.

    ``words`` are 32-bit hashes of the words told, in reading order; ``runs`` numbers the run that each stands in,
    ascending. ``text_hash`` is of every word of the text; ``n_words`` counts those of its telling and its quotes.
    """

    report_id: str
    text_hash: str
    published: date | None
    words: NDArray[np.uint32]
    runs: NDArray[np.uint32]
    n_words: int


def fingerprint(document: Document) -> Print:
    """Return what is compared of a report."""
    folded = fold(document.text)
    spans = [(s.start, s.end) for s in split_sentences(document.text) if s.kind in _TOLD]
    whole = [words_of(folded[start:end]) for start, end in spans]
    masked = _QUOTE.sub(lambda quote: '"' * len(quote.group()), folded)
    told = [words_of(piece) for start, end in spans for piece in masked[start:end].split('"') if piece]
    n_words = sum(map(len, whole))
    if sum(map(len, told)) < _LEAST_TOLD * n_words:
        told = whole
    return Print(
        report_id=document.report_id,
        text_hash=text_hash(document.text),
        published=document.published,
        words=np.array([crc32(word.encode()) for run in told for word in run], np.uint32),
        runs=np.repeat(np.arange(len(told), dtype=np.uint32), [len(run) for run in told]),
        n_words=n_words,
    )


def text_hash(text: str) -> str:
    """Return 16 hex digits of a text's words: the origin_id of a report that has no copies."""
    return hashlib.sha256(" ".join(words_of(text)).encode()).hexdigest()[:16]


def words_of(text: str) -> list[str]:
    """Return the words of a text without case and punctuation."""
    return _WORD.findall(text.casefold())


def shingles(item: Print, length: int) -> tuple[Hashes, NDArray[np.uint32]]:
    """Return a hash for every ``length`` words in a row that one run holds, in reading order, and its run."""
    n = len(item.words) - length + 1
    if n <= 0:
        return np.empty(0, np.uint64), np.empty(0, np.uint32)
    hashes = np.zeros(n, np.uint64)
    for place in range(length):
        hashes = mixed(hashes + item.words[place : place + n])
    inside = item.runs[:n] == item.runs[length - 1 :]
    return hashes[inside], item.runs[:n][inside]


def run_hashes(item: Print, fewest_words: int) -> tuple[Hashes, NDArray[np.uint32]]:
    """Return a hash of the words of each run that has at least ``fewest_words``, and its number."""
    numbers, starts, counts = np.unique(item.runs, return_index=True, return_counts=True)
    if not len(numbers):
        return np.empty(0, np.uint64), numbers
    place = (np.arange(len(item.words)) - np.repeat(starts, counts)).astype(np.uint64)
    hashes = np.add.reduceat(mixed(item.words + mixed(place)), starts)
    long = counts >= fewest_words
    return hashes[long], numbers[long]


def without_runs(item: Print, numbers: NDArray[np.uint32]) -> Print:
    """Return a print that has not got the runs of these numbers."""
    kept = ~np.isin(item.runs, numbers)
    return replace(item, words=item.words[kept], runs=item.runs[kept])


def mixed(values: Hashes) -> Hashes:
    """Scatter 64-bit values; multiplication wraps."""
    values = (values + _MIX) * _MIX
    values ^= values >> _SHIFT
    mixed: Hashes = values * _MIX
    return mixed
