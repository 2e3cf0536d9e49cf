"""What else a sentence tells of a happening: who did it to whom, how many, whose side its claimant is on.

Read from the tree and the words right around; empty where the sentence does not say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from geo.attribution import noun_phrase
from geo.happenings import Scene, Trigger, clause_head
from geo.model import Document, Figure, PlaceKind, Resolution
from geo.quantities import is_measure
from geo.text import fold

__all__ = ["Sides", "figure_of", "parties"]

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_OBJECTS = frozenset({"dobj", "nsubjpass"})
_BLAMING = frozenset({"blame", "accuse"})
_DOING = frozenset("cause trigger launch conduct stage mount unleash inflict spark provoke commit perpetrate".split())
_FAR = 99
_ASIDE = frozenset({"rank", "times"})
_SPANS = frozenset("seconds minutes hours days weeks months years decades".split())
_BETWEEN = re.compile(r"(?:'s?|s')?(?:[- ][\w.'-]+){0,6} ?")
# Who has broken away from a country does not speak for it.
_BREAKAWAY = re.compile(
    r"\b(?:separatists?|rebels?|breakaway|insurgents?|militants?|self-proclaimed|exiled|pro-\w+)\b", re.IGNORECASE
)
_OWN = re.compile(r"(?:its|his|her|their|our|my)\b", re.I)
_APPOSED = re.compile(r", (?:an?|the)? ?(?:[\w'-]+ ){0,4}$")


def parties(scene: Scene, trigger: Trigger) -> tuple[str, str]:
    """Return who did it and to whom as written, '' where the sentence does not say or there is no tree."""
    if not scene.sentence.has_parse:
        return "", ""
    token = scene.doc[trigger.index]
    if (blamed := _blamed(scene, token)) is not None:
        return _named(blamed), ""
    if not trigger.verbal:
        doer = _subject(token.head) if token.dep_ == "dobj" and token.head.lemma_.lower() in _DOING else None
        actor = next((p for c in token.children if c.dep_ == "prep" and c.lower_ == "by" for p in _objects(c)), None)
        owner = next((c for c in token.children if c.dep_ == "poss"), None)
        return _named(actor or owner or doer), ""
    agent = next((p for c in token.children if c.dep_ == "agent" for p in _objects(c)), None)
    passive = any(c.dep_ in {"nsubjpass", "auxpass"} for c in token.children) or _is_participle(token)
    actor = agent if passive else _subject(token)
    target = _subject(token) if passive else next((c for c in token.children if c.dep_ == "dobj"), None)
    return _named(actor), _named(target)


def _blamed(scene: Scene, token: Any) -> Any | None:
    """Return who is blamed for a happening or accused of it."""
    for said in scene.said:
        if said.cue in _BLAMING and said.cue_index >= 0 and token.i in said.tokens:
            verb = scene.doc[said.cue_index]
            on = (p for c in verb.children if c.dep_ == "prep" and c.lower_ == "on" for p in _objects(c))
            named = (c for c in verb.children if c.dep_ == "dobj" and c.lower_ != "blame")
            return next(named, next(on, None))
    return None


def _is_participle(token: Any) -> bool:
    return bool(token.dep_ == "acl" and token.tag_ == "VBN")


def _subject(verb: Any) -> Any | None:
    """Return the subject of a verb, its own or the one that it shares."""
    own = next((c for c in verb.children if c.dep_ in _SUBJECTS), None)
    if own is not None:
        return own if own.tag_ not in {"WDT", "WP"} or verb.dep_ != "relcl" else verb.head
    if verb.dep_ in {"conj", "xcomp", "advcl"} and verb.head.pos_ in {"VERB", "AUX"}:
        return _subject(verb.head)
    return verb.head if verb.dep_ in {"acl", "relcl"} else None


def _objects(preposition: Any) -> Iterator[Any]:
    return (c for c in preposition.children if c.dep_ == "pobj")


def _named(token: Any | None) -> str:
    if token is None or token.pos_ == "PRON":
        return ""
    by = next((p for c in token.children if c.dep_ == "prep" and c.lower_ == "by" for p in _objects(c)), None)
    return noun_phrase(token) + (f" by {noun_phrase(by)}" if by is not None else "")


def figure_of(scene: Scene, trigger: Trigger, figures: Sequence[Figure]) -> Figure | None:
    """Return the figure that a happening is told with: the one of its clause that hangs nearest to it, or None.

    Spans of time, ranks and multiples are no such figures, nor is what stands in brackets behind another ("(2,400
    square miles)").
    """
    here = [f for f in figures if scene.sentence.start <= f.start < scene.sentence.end]
    fit = [f for f in here if f.unit not in _SPANS | _ASIDE and not _in_brackets(scene, f) and not _is_way(scene, f)]
    if not fit:
        return None
    if not scene.sentence.has_parse:
        return min(fit, key=lambda f: abs(f.index - trigger.index))
    steps, _, best = min((_steps(scene.doc[f.index], scene.doc[trigger.index]), n, f) for n, f in enumerate(fit))
    return best if steps < _FAR else None


def _in_brackets(scene: Scene, figure: Figure) -> bool:
    return scene.document.text[max(0, figure.start - 1) : figure.start] == "("


def _is_way(scene: Scene, figure: Figure) -> bool:
    """Whether a figure only says how far off a place lies: "74 km southeast of Kharkiv"."""
    spots = (s for s in (*scene.spots, *scene.actors) if s.place.kind is PlaceKind.RELATIVE)
    mentions = (s.resolution.mention for s in spots)
    return is_measure(figure) and any(m.start <= figure.start < m.end for m in mentions)


def _steps(figure: Any, trigger: Any) -> int:
    """Return how many edges of one clause lie between a figure and a happening, or a great many."""
    if figure == trigger or trigger in figure.ancestors:
        path = [figure]
        while path[-1] != trigger:
            path.append(path[-1].head)
        crossed = any(t.dep_ in {"ccomp", "advcl", "relcl", "conj"} and t.pos_ in {"VERB", "AUX"} for t in path[:-1])
        return _FAR if crossed else len(path)
    if figure in trigger.ancestors and clause_head(trigger) != clause_head(figure) and trigger.dep_ in {"acl", "relcl"}:
        return 2
    return 6 if clause_head(figure) == clause_head(trigger) else _FAR


class Sides:
    """Which country the speakers of a report speak for, by the words that introduce them."""

    def __init__(self, document: Document, resolutions: Iterable[Resolution]) -> None:
        """Keep the names of countries and nationalities of a report."""
        self._text = fold(document.text)
        self._named = [
            (r.mention.start, r.mention.end, r.place.country_code)
            for r in resolutions
            if r.place is not None and r.place.country_code and r.mention.relation is None
        ]
        self._codes = sorted(
            {(self._text[start:end], code) for start, end, code in self._named}, key=lambda c: (-len(c[0]), c)
        )
        self.of = cache(self._of)

    def _of(self, claimant: str) -> str:
        """Return the country code of a claimant, or '' where no words of the report tell it.

        A country or nationality in the claimant's own words ("Russian Defence Ministry"), else right before the name
        ("Ukraine's Deputy Defence Minister Hanna Malyar") or behind it ("Malyar, a Ukrainian minister").
        """
        if not claimant or _BREAKAWAY.search(claimant):
            return ""
        return self._within(claimant) or self._introduced(claimant)

    def of_party(self, words: str, claimant_side: str) -> str:
        """Return the country code of who does something or has it done to him: that of his own words, or of "its"."""
        if not words or _BREAKAWAY.search(words):
            return ""
        return self._within(words) or (claimant_side if _OWN.match(words) else "")

    def _within(self, words: str) -> str:
        plain = fold(words)
        held = ((name, code) for name, code in self._codes if name in plain)  # few are: to compile a pattern takes long
        return next((code for name, code in held if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain)), "")

    def _introduced(self, claimant: str) -> str:
        words = re.escape(fold(claimant)).replace(r"\ ", r"\s+")
        for found in re.finditer(rf"(?<!\w){words}(?!\w)", self._text) if self._named else ():
            for start, end, code in self._named:
                before = self._text[end : found.start()] if end <= found.start() else None
                if before is not None and len(before) < 60 and _BETWEEN.fullmatch(before):
                    return "" if _BREAKAWAY.search(before) else code
                behind = self._text[found.end() : start] if start >= found.end() else None
                if behind is not None and len(behind) < 40 and _APPOSED.fullmatch(behind):
                    return "" if _BREAKAWAY.search(behind) else code
        return ""
