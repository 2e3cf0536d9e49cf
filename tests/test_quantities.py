"""Figures: value, unit, bound and what they count; and what is no figure."""

import pytest

from geo.dates import find_dates
from geo.language import load_language
from geo.model import Document
from geo.quantities import canonical_unit, find_figures


def figures(text: str, model: str | None = None):
    document = Document("id", "name", text)
    parsed = load_language(model).parse(document)
    times = find_dates(document, parsed)
    return [figure for sentence in parsed.sentences for figure in find_figures(sentence, times)]


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound", "what"),
    [
        ("The army retook roughly 3,200 square km of land.", 3200, "km²", "about", "land retaken"),
        ("Soldiers liberated 90,000 people.", 90000, "people", "", "people liberated"),
        ("At least 41 miners were killed in the blast.", 41, "miners", "at least", "miners killed"),
        ("Up to two dozen houses burned down.", 24, "houses", "at most", "houses burned"),
        ("The fire destroyed some 12 barns and sheds.", 12, "barns and sheds", "about", "barns and sheds destroyed"),
        ("Rebels hold a third of the province.", 1 / 3, "share of province", "", "province held"),
        ("Half a million people fled.", 500_000, "people", "", "people fled"),
        ("A quake of magnitude 6.4 shook the island.", 6.4, "magnitude", "", None),
        ("The 5.8-magnitude quake shook the island.", 5.8, "magnitude", "", None),
        ("The bank gave $2.5 million in loans.", 2.5e6, "US dollars", "", None),
        ("The bus fell 80m into a gorge.", 80, "m", "", None),
        ("The storm left 14 dead.", 14, "people", "", "people dead"),
        ("The toll stands at 63.", 63, "people", "", "people dead"),
        ("Winds of 140 km/h were measured.", 140, "km/h", "", None),
        ("Twenty-three families were moved.", 23, "families", "", "families moved"),
        ("About 40 percent of voters stayed at home.", 40, "%", "about", None),
        ("Losses reached 2 lakh rupees.", 200_000, "rupees", "", None),
        ("Manta is the second largest port of the country.", 2, "rank", "", None),
        ("They ran a five-day operation.", 5, "days", "", ""),
        ("Aid rose to twice what was sent in May.", 2, "times", "", None),
        ("She was the only survivor.", 1, "survivors", "", None),
    ],
)
def test_a_figure_has_value_unit_bound_and_what_it_tells_of(text, value, unit, bound, what):
    figure = figures(text)[0]
    assert figure.value == pytest.approx(value, rel=1e-3)
    assert (figure.unit, figure.bound) == (unit, bound)
    assert what is None or figure.what == what
    assert text[figure.start : figure.end] == figure.text


def test_a_range_keeps_both_ends():
    (figure,) = figures("Between 20 and 30 people were hurt.")
    assert (figure.value, figure.high, figure.unit) == (20, 30, "people")


@pytest.mark.parametrize(
    ("text", "vague", "unit"),
    [("Dozens of homes burned.", "dozens", "homes"), ("They spent billions of dollars.", "billions", "US dollars")],
)
def test_vague_words_have_no_value(text, vague, unit):
    (figure,) = figures(text)
    assert (figure.value, figure.vague, figure.unit) == (None, vague, unit)


@pytest.mark.parametrize(
    "text",
    [
        "It began on 5 March 2014.",
        "Ana Ruiz, 34, was unhurt.",
        "A 12-year-old girl was unhurt.",
        "The boat left at 6:30 a.m. on Monday.",
        "The court cited Article 5.",
        "One of them spoke.",
        "A three-member panel spoke.",
    ],
)
def test_dates_ages_hours_and_names_are_no_figures(text):
    assert [f.text for f in figures(text) if f.unit not in {"days", "years"}] == []


def test_without_a_model_the_next_plural_is_counted():
    (figure,) = figures("At least 41 young miners were killed.", "none")
    assert (figure.value, figure.unit, figure.bound) == (41, "miners", "at least")


def test_units_are_known_by_all_their_words():
    assert canonical_unit("Square Kilometers") == canonical_unit("sq km") == "km²"
    assert canonical_unit("towns") == "towns"
