"""The vectors of words beside those that the model's own network gives."""

from typing import Any

import numpy as np
import pytest

from geo import vectors as module
from geo.vectors import WordVectors, is_known
from tests.reading import networks_loaded

TEXTS = [
    "Rebels took Goma on 4 May, the army said.",
    "Rain.",
    "",
    "\t",
    "Rain fell in Goma; the army took shelter.",
    "a b " * 40,
]


def networks() -> list[Any]:
    nlp, _ = networks_loaded()
    return [nlp.get_pipe("tok2vec").model, nlp.get_pipe("ner").model.get_ref("tok2vec").layers[0]]


def docs() -> list[Any]:
    return [networks_loaded()[0].make_doc(text) for text in TEXTS if text]


@pytest.mark.parametrize("which", [0, 1])
def test_vectors_are_those_of_the_network(which: int):
    network = networks()[which]
    assert is_known(network)
    ours = WordVectors(network, networks_loaded()[1].one_by_one).of(docs())
    assert np.abs(ours - np.concatenate(network.predict(docs()))).max() < 1e-4


def test_vectors_of_a_sentence_hang_on_no_neighbour():
    vectors = WordVectors(networks()[0], networks_loaded()[1].one_by_one)
    alone = [vectors.of([doc]) for doc in docs()]
    assert np.array_equal(vectors.of(docs()), np.concatenate(alone))
    assert np.array_equal(vectors.of(docs()[::-1]), np.concatenate(alone[::-1]))


@pytest.mark.parametrize("room", [4, 12])
def test_more_words_than_are_kept_are_read_all_the_same(room: int, monkeypatch: pytest.MonkeyPatch):
    vectors = WordVectors(networks()[0], networks_loaded()[1].one_by_one)
    monkeypatch.setattr(module, "_KEPT", room)
    narrow = WordVectors(networks()[0], networks_loaded()[1].one_by_one)
    for doc in docs():
        assert np.array_equal(narrow.of([doc]), vectors.of([doc]))
    assert len(narrow._known) <= room


def test_other_networks_are_not_known():
    nlp, _ = networks_loaded()
    assert not any(is_known(nlp.get_pipe(name).model) for name in ("tagger", "parser", "ner"))
