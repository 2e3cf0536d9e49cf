"""Copies found in a made corpus with known truth: accuracy by kind of change, speed and memory.

    python benchmarks/copies.py                      2,000 reports
    python benchmarks/copies.py --reports 20000 --seed 7

Prints pairwise precision, recall and F1; the pairs of independent reports of one event that were taken for copies,
which must be none; recall and F1 for each kind of change; how many of the true pairs that share enough words become
candidates, beside MinHash of whole reports. The corpus is that of ``tests/corpora.py``.
"""

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from rensa import RMinHash

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the corpus is the tests'

from geo.candidates import candidate_pairs
from geo.copies import find_stories
from geo.lineage import trace
from geo.shingles import fingerprint, shingles
from tests.corpora import KINDS, Made, make_corpus

GRAM = 3


def main() -> int:
    """Print the figures; return 1 where independent reports of one event were merged or F1 is below .97."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-recall", action="store_true", help="leave out the recall of candidates")
    args = parser.parse_args()
    made = make_corpus(args.reports, args.seed)
    documents = [m.document for m in made]
    words = sum(len(d.text.split()) for d in documents)
    before = _peak()
    began = time.process_time()
    stories = find_stories(documents)
    grouped = time.process_time()
    trace(documents, stories)
    traced = time.process_time()
    found = {report_id: story.origin.origin_id for story in stories for report_id in story.scores}
    _print_accuracy(made, found)
    print(f"{len(documents):,} reports, {words:,} words; words a second of CPU:")
    print(f"groups    {words / (grouped - began):12,.0f}")
    print(f"lineage   {words / (traced - grouped):12,.0f}")
    print(f"memory    {_peak() - before:12,.0f} MB above the corpus")
    if not args.no_recall:
        _print_recall(made)
    good = pairwise(made, found)
    return int(good["F1"] < 0.97 or false_merges(made, found) > 0)


def pairwise(made: Sequence[Made], found: dict[str, str]) -> dict[str, float]:
    """Return precision, recall and F1 over pairs of reports."""
    truth = _n_pairs(Counter(m.story for m in made).values())
    claimed = _n_pairs(Counter(found.values()).values())
    right = _n_pairs(Counter((m.story, found[m.document.report_id]) for m in made).values())
    return _scores(right, claimed, truth)


def false_merges(made: Sequence[Made], found: dict[str, str]) -> int:
    """Return how many pairs of independent reports of one event were taken for copies."""
    together = Counter((m.event, found[m.document.report_id]) for m in made)
    right = Counter((m.event, m.story, found[m.document.report_id]) for m in made)
    return _n_pairs(together.values()) - _n_pairs(right.values())


def by_kind(made: Sequence[Made], found: dict[str, str], kind: str) -> dict[str, float]:
    """Return the scores over the pairs of one kind of reprint with its own story's original, and false pairs of it."""
    originals = {m.story: found[m.document.report_id] for m in made if not m.kind}
    sizes = Counter(found.values())
    true_sizes = Counter((m.story, found[m.document.report_id]) for m in made)
    right = claimed = truth = 0
    for item in made:
        if item.kind == kind and item.story in originals:
            group = found[item.document.report_id]
            truth += 1
            right += group == originals[item.story]
            claimed += group == originals[item.story]
            claimed += sizes[group] - true_sizes[item.story, group]
    return _scores(right, claimed, truth)


def _print_accuracy(made: Sequence[Made], found: dict[str, str]) -> None:
    total = pairwise(made, found)
    print("all       " + "  ".join(f"{name} {value:.4f}" for name, value in total.items()))
    print(f"independent reports of one event merged: {false_merges(made, found)}")
    for kind in KINDS:
        scores = by_kind(made, found, kind)
        print(f"{kind:<18}" + "  ".join(f"{name} {value:.4f}" for name, value in scores.items()))


def _print_recall(made: Sequence[Made]) -> None:
    """Print which share of the true pairs with a containment of .20 is compared at all."""
    prints = [fingerprint(m.document) for m in made]
    grams = [np.unique(shingles(item, GRAM)[0]) for item in prints]
    stories: dict[int, list[int]] = defaultdict(list)
    for number, item in enumerate(made):
        stories[item.story].append(number)
    wanted = {
        (a, b)
        for members in stories.values()
        for a, b in combinations(sorted(members), 2)
        if len(np.intersect1d(grams[a], grams[b])) >= 0.2 * min(len(grams[a]), len(grams[b])) > 0
    }
    pairs = {(int(a), int(b)) for a, b in candidate_pairs(prints)}
    whole = _whole_report_pairs(grams)
    print(f"candidates         {len(wanted & pairs) / len(wanted):.4f} of {len(wanted):,} true pairs in {len(pairs):,}")
    print(f"of whole reports   {len(wanted & whole) / len(wanted):.4f} of them in {len(whole):,}")


def _whole_report_pairs(grams: Sequence[np.ndarray]) -> set[tuple[int, int]]:
    offsets = np.cumsum([0, *map(len, grams)]).astype(np.uint64)
    rows = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(grams), offsets, 128, 1)
    buckets: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows.to_rows()):
        for band in range(32):
            buckets[band, *row[4 * band : 4 * band + 4]].append(number)
    return {pair for members in buckets.values() if len(members) < 200 for pair in combinations(members, 2)}


def _scores(right: int, claimed: int, truth: int) -> dict[str, float]:
    precision, recall = right / max(1, claimed), right / max(1, truth)
    return {"precision": precision, "recall": recall, "F1": 2 * precision * recall / max(1e-9, precision + recall)}


def _n_pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _peak() -> float:
    """Return the most memory held so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
