import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.store import publish
from geo.words import WordIndex
from tests.pages import claim, report

TEXTS = ["Shells fell on Izyum.", "The mayor's house fell", "Ízyum was quiet", "", "re-entered the town; shell-shocked"]


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    rows = [claim(claim_id=f"c{n}", start=n, text=text) for n, text in enumerate(TEXTS)]
    made = publish(tmp_path_factory.mktemp("words"), {"claims": rows, "reports": [report(title="A Title")]}, {})
    return WordIndex(made.path)


def test_a_part_of_a_word_finds_its_claims_without_case_and_accents(words: WordIndex) -> None:
    found = words.rows("izyu")
    assert found is not None
    assert sorted(set(found.tolist())) == [0, 2]


def test_a_title_is_of_all_claims_of_its_report(words: WordIndex) -> None:
    found = words.rows("title")
    assert found is not None
    assert set(found.tolist()) == set(range(len(TEXTS)))


def test_what_may_stand_across_two_words_is_not_known(words: WordIndex) -> None:
    assert words.rows("fell on") is None
    assert words.rows("shell-shocked") is None


@given(st.text("abcdefilmnorstuy", min_size=1, max_size=4))
def test_the_claims_found_are_those_that_hold_the_letters(words: WordIndex, term: str) -> None:
    plain = [f"{text} a title".lower().replace("í", "i") for text in TEXTS]
    found = words.rows(term)
    assert found is not None
    assert set(found.tolist()) == {n for n, text in enumerate(plain) if term in text}
