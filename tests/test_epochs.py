"""Happenings that everybody knows by a word."""

from datetime import date

import pytest

from geo.epochs import epochs_of, words_of_epochs


@pytest.mark.parametrize(
    ("text", "published", "word", "name"),
    [
        ("Ukraine said it would fight on.", date(2022, 9, 13), "invasion", "Russian invasion of Ukraine"),
        ("Baghdad has seen more bombs.", date(2005, 9, 13), "invasion", "US-led invasion of Iraq"),
        ("The Malian army left Bamako.", date(2021, 1, 3), "coup", "Malian coup of 2020"),
        ("The Malian army left Bamako.", date(2022, 1, 3), "coup", "Malian coup of 2021"),
        ("Thai police met Thai students in Rangoon, in Myanmar.", date(2022, 1, 3), "coup", "Thai coup of 2014"),
    ],
)
def test_a_word_means_what_the_report_speaks_of(text, published, word, name):
    assert epochs_of(text, published)[word].name == name


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Peru voted.", date(2022, 9, 13)),
        ("Ukraine said it would fight on.", date(2021, 9, 13)),  # before it began
        ("Kuwait sold oil.", date(2020, 9, 13)),  # too long ago to be "the invasion"
    ],
)
def test_what_a_report_cannot_mean_is_not_offered(text, published):
    assert "invasion" not in epochs_of(text, published)


def test_the_table_is_in_order():
    assert "invasion" in words_of_epochs()
    assert all(word == word.lower() and word.strip() for word in words_of_epochs())
