from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from geo.documents import make_document
from geo.links import KnownLinks, pair_keys
from geo.shingles import fingerprint

TEXTS = ("Rain fell on the market in Goma.", "Rain fell on the market in Gama.", "Snow fell on the harbour of Oslo.")
PRINTS = [fingerprint(make_document(str(n), text)) for n, text in enumerate(TEXTS)]
PAIRS = np.array([[0, 1], [0, 2], [1, 2]])


def test_only_pairs_that_are_not_known_are_judged() -> None:
    known, asked = KnownLinks(), list[int]()

    def judge(position: int) -> float:
        asked.append(position)
        return [0.5, np.nan, 0.25][position]

    keys = np.array([30, 10, 20], np.uint64)
    for _ in range(2):
        assert np.array_equal(known.judge(keys, judge), [0.5, np.nan, 0.25], equal_nan=True)
    assert asked == [0, 1, 2]
    assert known.judge(np.array([20, 40], np.uint64), lambda position: 1.0).tolist() == [0.25, 1.0]
    assert known.keys.tolist() == [20, 40], "what is no candidate any more is not kept"


def test_no_pairs() -> None:
    known = KnownLinks()
    empty = np.empty((0, 2), np.int64)
    assert known.judge(pair_keys(PRINTS, empty), lambda position: 1.0).tolist() == []


def test_a_pair_has_its_key_wherever_its_reports_stand() -> None:
    keys = pair_keys(PRINTS, PAIRS)
    assert len(set(keys.tolist())) == 3
    other = pair_keys([PRINTS[2], PRINTS[0]], np.array([[1, 0]]))
    assert other.tolist() == [keys[1]]


@pytest.mark.parametrize(
    "changed",
    [
        {"text_hash": "0" * 16},
        {"n_words": 3},
        {"published": date(2022, 9, 13)},
        {"words": PRINTS[0].words[:-1], "runs": PRINTS[0].runs[:-1]},
        {"runs": PRINTS[0].runs + np.uint32(1)},
        {"names": ("Goma", "Sake")},
    ],
)
def test_what_is_compared_decides_the_key(changed: dict[str, object]) -> None:
    prints = [replace(PRINTS[0], **changed), *PRINTS[1:]]  # type: ignore[arg-type]  # one field each
    keys, others = pair_keys(PRINTS, PAIRS), pair_keys(prints, PAIRS)
    assert (keys == others).tolist() == [False, False, True]
