"""Which spans of a report are names of places."""

import json
from itertools import pairwise

import pytest

from geo.language import load_language
from geo.model import Document
from geo.recognition import THRESHOLD, find_entities, kind_word_after, recognise, with_entities, word_spans
from geo.resources import resource
from tests.reading import gazetteer


def accepted(text: str, model: str | None = None) -> list[str]:
    document = Document("id", "name", text)
    return [s.surface for _, s in recognise(document, load_language(model).parse(document), gazetteer())]


@pytest.mark.parametrize("model", [None, "none"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The flood reached Mombasa on Monday.", ["Mombasa"]),
        ("A fire broke out in Springfield, Illinois, police said.", ["Springfield", "Illinois"]),
        ("He was born in Harare and works in Lusaka.", ["Harare", "Lusaka"]),
        ("The Queensland government sent boats to Cairns.", ["Queensland", "Cairns"]),
        ("She teaches maths. Since then she has written three books.", []),
        ("The Kremlin denied the report.", ["Kremlin"]),
        ("Izyum lost power after the attack.", ["Izyum"]),
    ],
)
def test_names_are_found_with_and_without_a_model(text, expected, model):
    assert accepted(text, model) == expected


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Judge Virginia Dalton read the verdict.", "Virginia"),
        ("Mr. Paris Mensah owns the shop.", "Paris"),
    ],
)
def test_a_person_is_no_place(text, person):
    assert person not in accepted(text)


def test_a_nationality_is_marked_as_one():
    document = Document("id", "name", "Kenyan troops flew to Haiti.")
    spans = {s.surface: s.demonym for _, s in recognise(document, load_language().parse(document), gazetteer())}
    assert spans == {"Kenyan": True, "Haiti": False}


def test_what_is_accepted_is_likely_and_never_overlaps():
    text = "Fighting in North Kivu reached Goma, the capital of North Kivu province in DR Congo."
    document = Document("id", "name", text)
    spans = [s for _, s in recognise(document, load_language().parse(document), gazetteer())]
    assert all(s.score >= THRESHOLD for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_candidates_point_at_their_words():
    text = "“Kyiv’s” suburbs, Bucha and Irpin."
    document = Document("id", "name", text)
    parsed = load_language().parse(document)
    for sentence, spans in word_spans(document, parsed, gazetteer()):
        everything = with_entities(document, sentence, spans, find_entities(sentence), gazetteer())
        assert {s.surface for s in everything} >= {"Bucha", "Irpin"}
        assert all(text[s.start : s.end] == s.surface for s in everything)


def test_the_model_is_shown_only_sentences_that_may_name_a_place():
    document = Document("id", "name", "She had hoped for rain. The river rose in Goma.")
    parsed = load_language().split(document)
    assert [s.surface for _, s in recognise(document, parsed, gazetteer())] == ["Goma"]
    assert [s.has_entities for s in parsed.sentences] == [False, True]


def test_what_the_model_has_read_before_changes_nothing():
    """Wherever a report was read whole before, the same names come out as where only the hopeful sentences were."""
    text = "Reading is fun. Victoria Azarenka won. Troops left Goma for Sake, said Paris Hilton."
    document = Document("id", "name", text)
    language = load_language()
    spans = [
        [s for _, s in recognise(document, read(document), gazetteer())] for read in (language.split, language.parse)
    ]
    assert spans[0] == spans[1]


def test_the_noun_after_a_name():
    assert kind_word_after("Idlib province fell", 5) == "province"
    assert kind_word_after("Idlib fell", 5) == ""


@pytest.mark.parametrize(("scorer", "against"), [("recogniser", "in PERSON"), ("recogniser_words", "before saying")])
def test_weights_can_be_read(scorer, against):
    weights = json.loads((resource("data") / f"{scorer}.json").read_text("utf-8"))["weights"]
    assert weights[against] < 0 < weights["after in"]
