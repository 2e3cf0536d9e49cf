import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.candidates import candidate_pairs, join_in_memory, join_out_of_core, keys
from geo.documents import make_document
from geo.shingles import Print, fingerprint
from tests.corpora import make_corpus


def printed(text: str) -> Print:
    return fingerprint(make_document("a.txt", text))


def sentences(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(f"w{rng.randrange(9_000)}" for _ in range(14)).capitalize() + "." for _ in range(count)]


def pairs(prints: Sequence[Print]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in candidate_pairs(prints).tolist()]


@pytest.fixture(scope="module")
def prints() -> list[Print]:
    return [fingerprint(made.document) for made in make_corpus(120, seed=4)]


def test_one_sentence_in_common_is_enough() -> None:
    one, other, third = sentences(1, 20), sentences(2, 20), sentences(3, 20)
    other[7] = one[12]
    assert pairs([printed(" ".join(s)) for s in (one, other, third)]) == [(0, 1)]


def test_a_sentence_in_other_words_brings_reports_together() -> None:
    one = " ".join(sentences(1, 9)).split()
    other = ["other" if n % 6 == 0 and "." not in word else word for n, word in enumerate(one)]
    assert pairs([printed(" ".join(one)), printed(" ".join(other)), printed(" ".join(sentences(2, 9)))]) == [(0, 1)]


@pytest.mark.parametrize("text", ["Army.", "", "Army takes town."])
def test_the_same_text_is_a_pair_however_short(text: str) -> None:
    assert pairs([printed(text), printed("Navy takes port."), printed(text)]) == [(0, 2)]


def test_nothing_has_no_pairs() -> None:
    assert candidate_pairs([]).shape == (0, 2)


def test_many_copies_of_one_sentence_are_chained_and_not_all_compared() -> None:
    line = sentences(5, 1)[0]
    chained = pairs([printed(" ".join([*sentences(n + 10, 3), line])) for n in range(60)])
    assert {(n, n + 1) for n in range(59)} <= set(chained)
    assert len(chained) < 600


def test_more_reports_than_fit_in_memory_give_the_same_pairs(prints: list[Print]) -> None:
    inside, outside = candidate_pairs(prints), candidate_pairs(prints, in_memory=10)
    assert len(inside) > 100
    assert np.array_equal(inside, outside)


def test_reports_may_be_signed_in_parts(prints: list[Print], tmp_path: Path) -> None:
    parts = [keys(prints[:50]), keys(prints[50:], 50)]
    for number, part in enumerate(parts):
        pq.write_table(part, tmp_path / f"{number}.parquet")
    assert np.array_equal(join_in_memory(pa.concat_tables(parts)), join_in_memory(keys(prints)))
    assert np.array_equal(join_out_of_core(tmp_path, memory="200MB"), join_in_memory(keys(prints)))


@settings(deadline=None, max_examples=30)  # DuckDB starts anew for each
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 30)), max_size=80))
def test_both_joins_agree_on_any_table(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]]
) -> None:
    columns = [
        pa.array([row[n] for row in rows], kind) for n, kind in enumerate((pa.uint8(), pa.uint64(), pa.uint32()))
    ]
    table = pa.table(columns, names=["band", "bucket", "report"])
    folder = tmp_path_factory.mktemp("keys")
    pq.write_table(table, folder / "keys.parquet")
    inside = join_in_memory(table)
    assert np.array_equal(inside, join_out_of_core(folder))
    assert all(a < b for a, b in inside.tolist())
