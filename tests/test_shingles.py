import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.documents import make_document
from geo.shingles import (
    Print,
    distinct,
    fingerprint,
    held,
    names_of,
    run_hashes,
    runs_of,
    shingles,
    text_hash,
    without_runs,
)


def printed(text: str) -> Print:
    return fingerprint(make_document("a.txt", text))


def grams(text: str) -> set[int]:
    return set(shingles(printed(text), 3)[0].tolist())


def test_a_shingle_is_of_words_in_a_row_whatever_their_case_and_marks() -> None:
    assert grams("The army took the town.") == grams("the ARMY, took the town!")
    assert len(grams("The army took the town.")) == 3
    assert grams("The army took the town.") != grams("The town took the army.")


def test_a_sentence_end_breaks_a_run() -> None:
    assert len(grams("The army took it. The town fell silent.")) == 4


@pytest.mark.parametrize(
    "text",
    [
        'The mayor said on Friday: "nobody came for two days" and left the room.',
        "The mayor said on Friday: “nobody came for two days” and left the room.",
        "The mayor said on Friday: ‘nobody came, for two days,’ and left the room.",
        "The mayor said on Friday: «nobody came for two days» and left the room.",
        "The mayor said on Friday: „nobody came for two days“ and left the room.",
    ],
)
def test_quoted_words_are_left_out(text: str) -> None:
    assert grams(text) == grams("The mayor said on Friday.") | grams("And left the room.")
    assert printed(text).n_words == 14


def test_a_quote_without_an_end_ends_with_its_line() -> None:
    assert grams('"Nobody came for us.\nThe mayor left the room.') == grams("The mayor left the room.")


@pytest.mark.parametrize("text", ["The mayor's car and the town's bus met.", "It was 5 o'clock in the dogs' home."])
def test_apostrophes_are_no_quotes(text: str) -> None:
    assert len(printed(text).words) == printed(text).n_words


def test_a_speech_is_told_in_its_quotes() -> None:
    assert len(grams('She said: "We came here and we stayed here and we shall not be moved."')) > 8


def test_chrome_credits_and_datelines_are_left_out() -> None:
    told = "Rebels took the town of Arven."
    page = f"Read more: the best of our week\n\nKYIV, Sept 13 (Reuters) - {told}\n\nSign up for our letter today"
    assert grams(page) == grams(told)


def test_runs_are_known_again_by_their_words() -> None:
    first, second = printed("The army took it all today. Yes."), printed("Yes. The army took it all today.")
    assert run_hashes(first)[0].tolist() == run_hashes(second)[0].tolist()[::-1]
    assert run_hashes(printed("one two three"))[0] != run_hashes(printed("three two one"))[0]


def test_the_runs_of_many_reports_are_those_of_each() -> None:
    prints = [printed(text) for text in ("The army took it. The town fell silent.", "", "Yes.", "Nobody saw them go.")]
    runs = runs_of(prints)
    found = [(*run_hashes(item), n) for n, item in enumerate(prints)]
    assert runs.owners.tolist() == [n for hashes, _, n in found for _ in hashes]
    assert runs.numbers.tolist() == [number for _, numbers, _ in found for number in numbers]
    assert runs.hashes().tolist() == [value for hashes, _, _ in found for value in hashes]
    assert [runs.words[start : start + n].tolist() for start, n in zip(runs.starts, runs.counts, strict=True)] == [
        item.words[item.runs == number].tolist() for item in prints for number in np.unique(item.runs)
    ]
    for length in (2, 3):
        grams_of_all, owners = runs.shingles(length)
        assert grams_of_all.tolist() == [g for item in prints for g in shingles(item, length)[0].tolist()]
        assert runs.numbers[owners].tolist() == [n for item in prints for n in shingles(item, length)[1].tolist()]


def test_names_are_those_of_sentences_and_not_of_menus() -> None:
    told = "Home Sport Weather Culture\nOn Monday the mayor of Arven met Lena Korva in Upper Dorn."
    assert names_of(told) == ("Arven", "Dorn", "Korva", "Lena", "Upper")
    assert printed(told).names == names_of(told)


def test_the_wire_that_a_report_credits_is_kept() -> None:
    assert printed("KYIV, Sept 13 (Reuters) - Rebels took Arven.").credit == "Reuters"
    assert printed("Rebels took Arven, he told Reuters.").credit == ""


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_distinct_and_held_do_what_numpy_does(own: list[int], others: list[int]) -> None:
    values, among = np.array(own, np.uint64), distinct(np.array(others, np.uint64))
    assert among.tolist() == sorted(set(others))
    assert held(values, among).tolist() == np.isin(values, among).tolist()


def test_a_run_can_be_taken_out() -> None:
    whole = printed("The army took it. The town fell silent. Nobody saw them.")
    assert set(shingles(without_runs(whole, np.array([1], np.uint32)), 3)[0].tolist()) == grams(
        "The army took it. Nobody saw them."
    )


@pytest.mark.parametrize("text", ["", "\n", "…", "Army."])
def test_little_or_no_text_has_no_shingles(text: str) -> None:
    assert not grams(text)
    assert not any(n >= 2 for n in runs_of([printed(text)]).counts)


@given(st.text(max_size=300))
def test_any_text_can_be_printed(text: str) -> None:
    found = printed(text)
    assert len(found.words) == len(found.runs) <= found.n_words
    assert (np.diff(found.runs.astype(int)) >= 0).all()
    assert len(shingles(found, 3)[0]) <= len(found.words)


def test_hashes_are_the_same_in_every_process() -> None:
    code = (
        "from geo.documents import make_document as m; from geo.shingles import *;"
        "print(shingles(fingerprint(m('a', 'The army took Žabljak.')), 3)[0].tolist(), text_hash('Army'))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    expected = shingles(printed("The army took Žabljak."), 3)[0].tolist()
    assert answer.stdout.strip() == f"{expected} {text_hash('Army')}"
