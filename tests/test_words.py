from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store import publish
from geo.words import WordIndex
from tests.pages import claim, report

TEXTS = [
    "Shells fell on Izyum.",
    "The mayor’s house fell",
    "Ízyum was quiet",
    "",
    "re-entered the town; shell-shocked",
    "“Shells fell on Izyum.”",
    "fell, on … the  town",
]
PLAIN = [f"{text}\na title".lower().translate(str.maketrans("í’“”", 'i\'""')) for text in TEXTS]


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    rows = [claim(claim_id=f"c{n}", start=n, text=text) for n, text in enumerate(TEXTS)]
    made = publish(tmp_path_factory.mktemp("words"), {"claims": rows, "reports": [report(title="A Title")]}, {})
    return WordIndex(made.path)


def found(words: WordIndex, term: str) -> set[int]:
    return set(words.rows(term).tolist())


def test_a_part_of_a_word_finds_its_claims_without_case_and_accents(words: WordIndex) -> None:
    assert found(words, "izyu") == {0, 2, 5}


def test_a_title_is_of_all_claims_of_its_report(words: WordIndex) -> None:
    assert found(words, "title") == found(words, "a title") == set(range(len(TEXTS)))


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("fell on", {0, 5}),
        ("ell on izy", {0, 5}),
        ("fell, on", {6}),
        ("on fell", set()),
        ("shells fell on izyum was", set()),
        ("shell-shocked", {4}),
        ("e-e", {4}),
        ("-", {4}),
        ("mayor's h", {1}),
        ('"shells', {5}),
        ("izyum.", {0, 5}),
        ('m."', {5}),
        ("the town", {4}),  # the other has two spaces
        ("; shell", {4}),
        ("fell a title", set()),  # what ends a sentence does not go on in its title
        ("quiet unheard", set()),
    ],
)
def test_a_phrase_is_found_where_it_stands_mark_by_mark(words: WordIndex, phrase: str, expected: set[int]) -> None:
    assert found(words, phrase) == expected == {n for n, text in enumerate(PLAIN) if phrase in text}


@given(st.text("abcdefilmnorstuy", min_size=1, max_size=4))
def test_the_claims_found_are_those_that_hold_the_letters(words: WordIndex, term: str) -> None:
    assert found(words, term) == {n for n, text in enumerate(PLAIN) if term in text}


@given(st.sampled_from(PLAIN), st.integers(0, 40), st.integers(1, 40))
def test_any_cutting_of_a_text_is_found_in_it(words: WordIndex, text: str, start: int, length: int) -> None:
    cutting = " ".join(text[start : start + length].split("\n")[0].split(" ")).strip()
    if cutting:
        assert found(words, cutting) == {n for n, plain in enumerate(PLAIN) if cutting in plain}


def test_a_phrase_is_found_wherever_the_tokens_are_cut(words: WordIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 3, 5):
        monkeypatch.setattr("geo.words._STRETCH", size)
        assert found(words, "shells fell on izyum") == {0, 5}


def test_where_nothing_is_said_nothing_is_found(tmp_path: Path) -> None:
    words = WordIndex(publish(tmp_path, {}, {}).path)
    assert words.rows("a").tolist() == words.rows("a b").tolist() == []
