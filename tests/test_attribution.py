"""Who says what: cue, speaker and the words that are theirs."""

import pytest

from geo.attribution import find_attributions
from geo.language import load_language
from geo.model import Document


def attributions(text: str, model: str | None = None):
    parsed = load_language(model).parse(Document("id", "name", text))
    return parsed, find_attributions(parsed)


def speakers(text: str, model: str | None = None) -> list[str]:
    return [a.speaker for found in attributions(text, model)[1] for a in found]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Maria Lopez said the dam had burst.", "Maria Lopez"),
        ("The dam had burst, Maria Lopez said.", "Maria Lopez"),
        ('"The dam has burst," said Maria Lopez.', "Maria Lopez"),
        ("According to the interior ministry, the dam had burst.", "interior ministry"),
        ("The dam had burst, according to the interior ministry.", "interior ministry"),
        ("A video issued by the coast guard showed that the dam had burst.", "coast guard"),
        ("A report by the coast guard said the dam had burst.", "coast guard"),
        ("The coast guard put out a video of the burst dam.", "coast guard"),
        ("The attack was claimed by the rebels.", "rebels"),
        ("The mayor, Maria Lopez, said the dam had burst.", "Maria Lopez"),
        ("Maria Lopez spoke first. Later she said the dam had burst.", "Maria Lopez"),
        ("Maria Lopez spoke first. Lopez said the dam had burst.", "Maria Lopez"),
        ("Kenya was hit, its disaster agency said.", "Kenya's disaster agency"),
        ("• Dam bursts in the north: police", "police"),
        ("The owner, Sunlight Lines, said the boat was safe.", "Sunlight Lines"),
        ("Court records show the dam had burst before.", "Court records"),
        ("Maria Lopez said in a radio address that the dam had burst.", "Maria Lopez"),
    ],
)
def test_speaker(text, speaker):
    assert speakers(text)[-1] == speaker


def test_a_speaker_at_the_end_is_read_where_the_tree_has_lost_it():
    text = (
        "Three people were killed and at least 40 injured Thursday when police opened fire on farmers who tried to "
        "storm a police station in the highland town of Ayaviri, hospital officials and witnesses said."
    )
    assert speakers(text) == ["hospital officials and witnesses"]


@pytest.mark.parametrize(
    "text", ["The president declared a state of emergency.", "The governor ordered the closure of all schools."]
)
def test_an_act_of_office_is_no_claim(text):
    assert speakers(text) == []


def test_only_the_reported_words_are_the_speakers():
    parsed, found = attributions("Floods hit Kenya after Maria Lopez said the dam had burst.")
    words = {parsed.sentences[0].doc[i].text for i in found[0][0].tokens}
    assert {"dam", "burst"} <= words
    assert "Floods" not in words


def test_where_and_when_something_is_said_is_not_what_is_said():
    parsed, found = attributions("Maria Lopez said in Nairobi on Monday that the dam had burst.")
    words = {parsed.sentences[0].doc[i].text for i in found[0][0].tokens}
    assert words.isdisjoint({"Nairobi", "Monday"})


def test_a_quotation_of_several_sentences_keeps_its_speaker():
    assert speakers('"The dam burst. The water came at night," Maria Lopez said.') == ["Maria Lopez", "Maria Lopez"]
    assert speakers('"The dam burst," Maria Lopez said. "The water came at night."') == ["Maria Lopez", "Maria Lopez"]


def test_a_denial_and_a_plan_are_told_from_a_statement():
    _, denied = attributions("The army denied shelling the town.")
    _, planned = attributions("The army vowed to take the town.")
    assert [a.denies for a in denied[0]] == [True]
    assert [a.plans for a in planned[0]] == [True]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Maria Lopez said the dam had burst.", "Maria Lopez"),
        ("According to the interior ministry, the dam had burst.", "interior ministry"),
        ('"The dam has burst," said Maria Lopez.', "Maria Lopez"),
    ],
)
def test_speaker_without_a_model(text, speaker):
    assert speakers(text, "none") == [speaker]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("A convoy was turned back at Goma, two drivers told the agency.", "two drivers"),
        ("Two men drowned, the institute's deputy director, Amélia Nhantumbo, told reporters.", "Amélia Nhantumbo"),
        ("A nun in Goma said the town was calm. “We count in the morning,” she said.", "nun"),
        ("Two officials confirmed the raid. They added that crews had trained near Goma.", "Two officials"),
        ("The army put the toll at 14 dead.", "army"),
        ("Drones hit a fuel farm near Engels and a repair plant in Rostov, a source in the service said.",
         "source in the service"),
        ("Maria Lopez runs the clinic. Four people were unaccounted for, ten of them children, she added.",
         "Maria Lopez"),
    ],
)  # fmt: skip
def test_speakers_at_the_end_without_a_name_and_of_figures(text, speaker):
    parsed = load_language().parse(Document("id", "name", text))
    assert find_attributions(parsed)[-1][0].speaker == speaker


@pytest.mark.parametrize(
    "text", ["The minister denied the reports.", "Nobody said anything.", "The Kremlin ordered the attack."]
)
def test_what_is_no_speaker_or_no_saying(text):
    parsed = load_language().parse(Document("id", "name", text))
    assert not [a for a in find_attributions(parsed)[0] if a.cue in {"say", "order", "report"}]


def test_a_cue_that_judges_is_no_claim():
    (found,) = find_attributions(load_language().parse(Document("id", "name", "Niger condemned the raid on Goma.")))
    assert [a.judges for a in found] == [True]
