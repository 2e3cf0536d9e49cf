"""The networks of a model, sentence by sentence, and the finder of entities beside spaCy's own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

from geo.decoder import EntityFinder, SentenceOps
from geo.text import fold, split_sentences
from tests.reading import networks_loaded

REPORTS = Path(__file__).parent / "data" / "reports"
ODD = [
    "Goma",
    " ",
    "\t\t",
    "In ",
    "Ana Ruiz",
    "the United Nations High Commissioner for Refugees",
    "Goma  Paris",
    "-",
    "A" * 300,
]


def sentences() -> Iterator[str]:
    for path in sorted(REPORTS.glob("*/*.json"))[::15]:
        text = fold(json.loads(path.read_text(encoding="utf-8"))["doc"]["text"])
        yield from (text[s.start : s.end] for s in split_sentences(text))


def finder() -> EntityFinder:
    nlp, ops = networks_loaded()
    found = ops.faster(nlp.get_pipe("ner"))
    assert isinstance(found, EntityFinder)
    return found


def entities(texts: list[str], component: Any) -> list[Any]:
    docs = [networks_loaded()[0].make_doc(text) for text in texts]
    with networks_loaded()[1].of(docs):
        read = list(component.pipe(docs, batch_size=len(docs)))
    return [(doc.to_array(["ENT_IOB", "ENT_TYPE"]).tolist(), [(e.text, e.label_) for e in doc.ents]) for doc in read]


def test_entities_are_those_that_spacy_finds():
    texts = [*sentences(), *ODD]
    found = entities(texts, finder())
    assert found == entities(texts, networks_loaded()[0].get_pipe("ner"))
    assert sum(len(ents) for _, ents in found) > 100


def test_numbers_of_a_sentence_hang_on_no_neighbour():
    nlp, ops = networks_loaded()
    docs = [nlp.make_doc(text) for text in list(sentences())[:40]]

    def vectors(batch: list[Any]) -> list[Any]:
        with ops.of(batch):
            return list(nlp.get_pipe("tok2vec").model.predict(batch))

    together = vectors(docs)
    assert all(np.array_equal(row, vectors([doc])[0]) for doc, row in zip(docs, together, strict=True))
    assert not ops._lengths


def test_products_of_other_matrices_are_as_they_were():
    ops, (a, b) = SentenceOps(use_blis=False), np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    with ops.of([range(2), range(3)]):
        assert np.array_equal(ops.gemm(a, b, trans2=True), a @ b.T)
        assert np.array_equal(ops.gemm(a, b, trans1=True), a.T @ b)


@pytest.mark.parametrize("name", ["tagger", "parser", "attribute_ruler"])
def test_other_components_have_no_finder(name: str):
    nlp, ops = networks_loaded()
    assert ops.faster(nlp.get_pipe(name)) is nlp.get_pipe(name)


def test_a_finder_of_another_shape_is_left_to_spacy():
    nlp = spacy.blank("en")
    model = {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": True}
    tok2vec = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 8, "depth": 1, "embed_size": 10, "window_size": 1}
    tok2vec |= {"maxout_pieces": 2, "subword_features": False, "pretrained_vectors": None}
    sizes = {"hidden_width": 4, "maxout_pieces": 2, "use_upper": True, "tok2vec": tok2vec}
    ner = nlp.add_pipe("ner", config={"model": model | sizes})
    ner.add_label("PERSON")
    nlp.initialize()
    assert networks_loaded()[1].faster(ner) is ner
