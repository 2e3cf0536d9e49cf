"""What a place name stands for: the place, its government, a part of a title."""

import pytest

from geo.language import load_language
from geo.model import Document, Role
from geo.roles import features, find_role
from geo.scorer import Scorer
from tests.reading import read

L, A, M = Role.LITERAL, Role.ACTOR, Role.MODIFIER


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Floods hit Kenya on Monday.", "Kenya", L),
        ("Thousands marched in Berlin on Monday.", "Berlin", L),
        ("Berlin rejected the plan on Monday.", "Berlin", A),
        ("Kenya said it would send troops to Haiti.", "Kenya", A),
        ("Kenya said it would send troops to Haiti.", "Haiti", L),
        ("The minister blamed Iran for the blast.", "Iran", A),
        ("The village was occupied by Russia last year.", "Russia", A),
        ("France's president met farmers in Lyon.", "France", M),
        ("France's second largest port was closed.", "France", L),
        ("France's allies were silent.", "France", A),
        ("Kremlin spokesman Dmitry Peskov told reporters so.", "Kremlin", M),
        ("The Kremlin denied the report.", "Kremlin", A),
        ("Protesters gathered near the Kremlin on Sunday.", "Kremlin", L),
        ("U.S. officials were told on Sunday.", "U.S.", M),
        ("A Moscow-based diplomat was not surprised.", "Moscow", L),
        ("Lyon was flooded after the storm.", "Lyon", L),
        ("They called on the West to act.", "the West", A),
    ],
)
def test_role_by_use(text, name, role):
    assert read(text).resolution(name).mention.role is role


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Thousands marched in Berlin on Monday.", "Berlin", L),
        ("Berlin rejected the plan on Monday.", "Berlin", A),
        ("The village was occupied by Russia last year.", "Russia", A),
        ("Kremlin spokesman Dmitry Peskov told reporters so.", "Kremlin", M),
    ],
)
def test_role_without_a_model(text, name, role):
    assert read(text, model="none").resolution(name).mention.role is role


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("An earthquake shook Antakya on Tuesday.", "Antakya", L),
        ("A storm battered Cuba on Monday.", "Cuba", L),
        ("Kenya has been hit by drought.", "Kenya", L),
        ("Rebels took Goma on Sunday.", "Goma", L),
        ("Shells fell on Kyiv all night.", "Kyiv", L),
        ("The goal was to liberate Mariupol.", "Mariupol", L),
        ("On Sunday Kramatorsk lost power.", "Kramatorsk", L),
        ("Donors sent Sudan blankets and tents.", "Sudan", L),
        ("A drone attack on Odesa killed two people.", "Odesa", L),
        ("They moved out of the capital Kyiv.", "Kyiv", L),
        ("Mariupol has been under siege for weeks.", "Mariupol", L),
        ("Parts of Lebanon were without water.", "Lebanon", L),
        ("Liverpool beat Chelsea 2-1 on Sunday.", "Liverpool", A),
        ("Hungary, an ally of Russia, disagreed.", "Russia", A),
        ("The president of Kenya was in Lyon.", "Kenya", M),
        ("Brazil won the final against Spain.", "Spain", A),
        ("Tensions between Iran and Israel are rising.", "Israel", A),
        ("He signed the treaty with Japan.", "Japan", A),
    ],
)
def test_role_of_what_acts_and_what_is_acted_upon(text, name, role):
    assert read(text).resolution(name).mention.role is role


def test_the_shipped_weights_are_those_of_the_trainer():
    scorer = Scorer.load("roles")
    assert len(scorer.weights) == 980
    assert scorer.weights["nsubj [speech]"] > 0 > scorer.weights["place preposition"]


@pytest.mark.parametrize(
    ("text", "name", "chance"),
    [
        ("Kenya said on Monday that it would not sign.", "Kenya", 0.973),
        ("She grew up in a village in Kenya.", "Kenya", 0.002),
        ("Spain lost the final against Brazil.", "Brazil", 0.965),
        ("The mountains of Chile are high.", "Chile", 0.089),
    ],
)
def test_inference_gives_what_the_trainer_predicted(text, name, chance):
    doc = parse(text)
    span = doc.char_span(text.index(name), text.index(name) + len(name))
    assert Scorer.load("roles").probability(features(doc, span.start, span.end)) == pytest.approx(chance, abs=0.002)


def test_features_can_be_read():
    found = features(parse("On Monday Kenya beat Spain."), 2, 3)
    assert {"entity GPE", "nsubj", "nsubj VERB", "nsubj beat", "nsubj [sport]", "after [sport]"} <= set(found)


def test_another_scorer_can_be_measured():
    doc = parse("For Kenya it was over.")
    roles = [find_role(doc, 1, 2, True, Scorer(bias, {})) for bias in (-1.0, 1.0)]
    assert roles == [L, A]


def test_a_name_that_no_government_is_called_by_needs_a_higher_chance():
    doc = parse("For Lyon it was over.")
    assert [find_role(doc, 1, 2, can_act, Scorer(0.5, {})) for can_act in (True, False)] == [A, L]


def parse(text):
    """The one sentence of a text, read by the model."""
    return load_language().parse(Document("0" * 16, "test.txt", text)).sentences[0].doc
