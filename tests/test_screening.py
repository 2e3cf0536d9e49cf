import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.copies import Judge, screen_of
from geo.documents import make_document
from geo.screening import Needs, Screen
from geo.shingles import Print, fingerprint
from tests.corpora import make_corpus

DAY = date(2022, 9, 13)
NEEDS = Needs(apart=timedelta(days=7), words=50, names=4, kinship=0.15)
BASE = replace(fingerprint(make_document("a.txt", "Rain fell.")), published=DAY, n_words=80)


def printed(number: int, **changed: object) -> Print:
    return replace(BASE, text_hash=f"{number:016x}", **changed)  # type: ignore[arg-type]  # fields by their names


def may_be(prints: Sequence[Print]) -> bool:
    return bool(Screen(prints, NEEDS)(np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"published": DAY + timedelta(days=7)}, True),
        ({"published": DAY + timedelta(days=8)}, False),
        ({"published": DAY - timedelta(days=8)}, False),
        ({"published": None}, True),
        ({"n_words": 50}, True),
        ({"n_words": 49}, False),
    ],
)
def test_days_and_length(changed: dict[str, object], expected: bool) -> None:
    assert may_be([printed(1), printed(2, **changed)]) is expected
    assert may_be([printed(2, **changed), printed(1)]) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Goma Sake Beni Uvira", "Osh Naryn Talas Batken", False),
        ("Goma Sake Beni Uvira", "Osh Naryn Talas Goma", True),
        ("Goma Sake Beni", "Osh Naryn Talas Batken", True),  # too few names to tell
        ("", "", True),
    ],
)
def test_names(one: str, other: str, expected: bool) -> None:
    prints = [printed(n, names=tuple(sorted(names.split()))) for n, names in enumerate((one, other))]
    assert may_be(prints) is expected


def test_the_same_words_may_be_copies_whatever_else() -> None:
    assert may_be([printed(1), printed(1, published=DAY + timedelta(days=90), n_words=3)])


def test_more_pairs_than_are_asked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    prints = [printed(n, published=DAY + timedelta(days=n)) for n in range(20)]
    pairs = np.array(list(combinations(range(20), 2)))
    whole = Screen(prints, NEEDS)(*pairs.T)
    monkeypatch.setattr("geo.screening._PART", 7)
    assert np.array_equal(Screen(prints, NEEDS)(*pairs.T), whole)
    assert whole.tolist() == [b - a <= 7 for a, b in pairs.tolist()]


def test_no_pair_of_copies_is_lost() -> None:
    prints = [fingerprint(made.document) for made in make_corpus(120, seed=4)]
    judge, pairs = Judge(prints), np.array(list(combinations(range(len(prints)), 2)))
    kept = screen_of(prints)(*pairs.T)
    linked = [not math.isnan(judge.likeness(a, b)) for a, b in pairs.tolist()]
    assert np.count_nonzero(linked) > 50
    assert np.all(kept[linked])
    assert np.count_nonzero(kept) < len(pairs) / 2


@settings(deadline=None)
@given(st.lists(st.frozensets(st.integers(0, 5_000), max_size=120), min_size=2, max_size=5))
def test_pairs_that_share_names_enough_are_kept_however_many_bits_they_share(numbers: list[frozenset[int]]) -> None:
    prints = [printed(n, names=tuple(sorted(map(str, own)))) for n, own in enumerate(numbers)]
    pairs = np.array(list(combinations(range(len(prints)), 2)))
    kept = Screen(prints, NEEDS)(*pairs.T)
    for (a, b), may in zip(pairs.tolist(), kept.tolist(), strict=True):
        fewest = min(len(numbers[a]), len(numbers[b]))
        assert may or (fewest >= NEEDS.names and len(numbers[a] & numbers[b]) < NEEDS.kinship * fewest)
