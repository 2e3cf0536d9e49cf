"""The vectors of words beside those that the model's own network gives."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

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


@pytest.fixture(autouse=True)
def _on_one_core() -> Iterator[None]:
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture(params=[None, False])
def in_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool | None:
    """Whether sentences are multiplied together: as this machine's library allows, and never."""
    if request.param is not None:
        monkeypatch.setattr(module, "_rounds_alike", lambda *_: request.param)
    asked: bool | None = request.param
    return asked


def networks() -> list[Any]:
    nlp, _ = networks_loaded()
    return [nlp.get_pipe("tok2vec").model, nlp.get_pipe("ner").model.get_ref("tok2vec").layers[0]]


def docs() -> list[Any]:
    return [networks_loaded()[0].make_doc(text) for text in TEXTS if text]


@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("which", [0, 1])
def test_vectors_are_those_of_the_network(which: int):
    network = networks()[which]
    assert is_known(network)
    ours = WordVectors(network, networks_loaded()[1].one_by_one).of(docs())
    assert np.abs(ours - np.concatenate(network.predict(docs()))).max() < 1e-4


@pytest.mark.usefixtures("in_blocks")
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


@pytest.mark.usefixtures("in_blocks")
def test_vectors_of_a_sentence_are_the_same_wherever_in_a_block_it_stands():
    make, vectors = networks_loaded()[0].make_doc, WordVectors(networks()[0], networks_loaded()[1].one_by_one)
    doc, rain = make(TEXTS[0]), make("Rain fell.")
    alone = vectors.of([doc])
    for before in range(0, 100, 7):
        together = vectors.of([*[rain] * before, doc, rain])
        at = before * len(rain)
        assert np.array_equal(together[at : at + len(doc)], alone), before


def test_where_products_hang_on_their_place_sentences_are_multiplied_apart(monkeypatch: pytest.MonkeyPatch):
    real = module._of_block
    monkeypatch.setattr(module, "_of_block", lambda *given: real(*given) + np.arange(len(given[1]), dtype=np.float32))
    assert not module._rounds_alike.__wrapped__(288, 288)  # the function itself, for its answer is kept
