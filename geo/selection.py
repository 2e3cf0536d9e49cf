"""Which places of a sentence a claim is made about, and of what type it is.

Most places that a sentence of news names literally are where something is said to happen: of 625 such places in 23
hand-annotated reports, 448 are. The others hold another place of the sentence, mark the way to one, describe a thing or
are where somebody came from. Each candidate has readable features; ``geo/data/claims.json`` weighs whether a claim is
made about it, ``geo/data/event_types.json`` what type of happening it is. ``benchmarks/train_claims.py`` trains both.

Without a parse the ties of ``geo.happenings`` stand as they are.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from geo.attribution import Attribution
from geo.happenings import (
    LANDMARK_VERBS,
    SPEECH_VERBS,
    Scene,
    Spot,
    Trigger,
    clause_head,
    holds,
    is_dated_aside,
    is_landmark,
    tie,
    upwards,
)
from geo.language import Words
from geo.lexicon import fields_of
from geo.model import EventType
from geo.scorer import Scorer

__all__ = [
    "Candidate",
    "Carried",
    "candidates",
    "choose_type",
    "features",
    "select",
    "told_types",
    "type_features",
    "walk",
]

_LIKELY = 0.45
# A happening right after its place's sentence goes on with it unless much speaks against: left out, it would have none.
_LIKELY_CARRIED = 0.38
_MOTION = frozenset(
    "go come travel arrive leave head drive fly sail move march flee return depart send bring take carry ship transfer "
    "enter reach cross withdraw advance".split()
)
_BEING = frozenset("be have lie remain become include seem belong".split())
_PREPOSITIONS = frozenset(
    "in at on near from to of into for with between across around outside inside through along over by against toward "
    "towards off beyond throughout under past via than like since including".split()
)
_PRONOUNS = frozenset("he she it they we i this that these those there".split())
_OPENERS = frozenset("but and however meanwhile also another other separately later earlier".split())
_CONTAINER_BEFORE = re.compile(r"\w, (?:in )?(?:the )?$")
_CLAUSES = frozenset({"relcl", "acl", "advcl", "ccomp", "xcomp", "appos", "conj", "pcomp", "parataxis"})
_OLD_DAYS = 45
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_CARRY_SENTENCES = 4
_SHARE = "share of the report"
_WORD_SIGNS = (" in", " beside", " told")  # what features of words end with, before the type
_FIELD_SIGN = re.compile(r" as \w+$")


@dataclass(frozen=True, slots=True)
class Carried:
    """The place that a sentence may carry on with: its spot, the type last told of it, and how many sentences ago."""

    spot: Spot
    kind: EventType
    gap: int
    same_paragraph: bool


Choose = Callable[[Scene, Carried | None], list[tuple[Trigger, Spot | None]]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of a sentence, or the one carried on, with the happening that it would be told of.

    ``tied`` says how ``geo.happenings`` tied the two: "tied", "aside" (a second, dated happening of the place),
    "own land" (the country of whoever acts), "carried", or "loose" where it did not.
    """

    trigger: Trigger
    spot: Spot
    tied: str
    carried: Carried | None = None


def select(scene: Scene, carried: Carried | None) -> list[tuple[Trigger, Spot | None]]:
    """Return the happenings of a sentence with their places; a happening without a known place has None."""
    if not scene.sentence.has_parse:
        return list(tie(scene, carried.spot if carried else None))
    scorer = Scorer.load("claims")
    chosen = [c for c in candidates(scene, carried) if scorer.probability(features(scene, c)) >= _least(c)]
    if chosen:
        return [(c.trigger, c.spot) for c in chosen]
    return [(trigger, None) for trigger, spot in tie(scene, None) if spot is None]


def _least(candidate: Candidate) -> float:
    """Return the probability from which a claim is made about a candidate."""
    near = candidate.carried is not None and candidate.carried.gap == 1 and candidate.carried.same_paragraph
    return _LIKELY_CARRIED if near else _LIKELY


def candidates(scene: Scene, carried: Carried | None) -> list[Candidate]:
    """Return the places that a sentence may tell of, each with its happening.

    These are the places it names, once each and once more for a dated aside about them; its actor's own land; and the
    place carried on, where the sentence names none or speaks of "the town".
    """
    ties = [(t, s) for t, s in tie(scene, carried.spot if carried else None) if s is not None]
    own = [c for spot in _distinct(scene.spots) for c in _of_place(scene, spot, ties)]
    known = {spot.place.place_id for spot in scene.spots}
    actors = [Candidate(t, s, "own land") for t, s in ties if s in scene.actors and s.place.place_id not in known]
    return [*own, *actors, *_of_carried(scene, carried, ties)]


def _distinct(spots: Sequence[Spot]) -> list[Spot]:
    return list({spot.place.place_id: spot for spot in reversed(spots)}.values())[::-1]


def _of_place(scene: Scene, spot: Spot, ties: Sequence[tuple[Trigger, Spot]]) -> list[Candidate]:
    tied = [t for t, s in ties if s.place.place_id == spot.place.place_id and not _is_elsewhere(scene, t, spot)]
    if is_landmark(scene, spot) or _completes_name(scene, spot):
        return []
    if (cue := _cue_of_words(scene, spot)) is not None:
        tied = [t for t in tied if t.index != cue.cue_index]
        if not tied and (trigger := _in_words(scene, cue)) is not None:
            return [Candidate(trigger, spot, "loose")]
    if not tied:
        trigger = None if _only_describes(scene, spot) else _loose_trigger(scene, spot)
        return [Candidate(trigger, spot, "loose")] if trigger else []
    first = next((t for t in tied if t.kind is not EventType.CASUALTIES), tied[0])
    asides = [t for t in tied if t != first and is_dated_aside(scene, t)]
    return [Candidate(first, spot, "tied"), *(Candidate(t, spot, "aside") for t in asides)]


def _cue_of_words(scene: Scene, spot: Spot) -> Attribution | None:
    """Return the cue in whose words a place stands or whose speaker it belongs to: "a farmer in Liwa said"."""
    if not scene.sentence.has_parse or not any(s is spot for s in scene.spots):
        return None
    up = {t.i for t in upwards(scene.doc[spot.start : spot.end].root)}
    of_words = [a for a in scene.said if a.cue_index >= 0 and spot.start in a.tokens and a.tokens]
    of_speaker = [a for a in scene.said if a.speaker_index in up and a.cue_index >= 0 and a.tokens]
    return next(iter([*reversed(of_words), *reversed(of_speaker)]), None)


def _in_words(scene: Scene, cue: Attribution) -> Trigger | None:
    """Return what somebody's words tell of first of all, by the tree."""
    if not cue.tokens:
        return None
    top = next((scene.doc[i] for i in sorted(cue.tokens) if scene.doc[i].head.i not in cue.tokens), None)
    inside = [t for t in scene.triggers if t.index in cue.tokens and t.index != cue.cue_index]
    main = [t for t in inside if top is not None and (t.index == top.i or scene.doc[t.index].head == top)]
    if main or inside:
        return (main or inside)[0]
    if top is None or top.pos_ not in {"VERB", "AUX"}:
        return None
    return Trigger(top.i, top.lemma_.lower(), EventType.OTHER, True)


def _is_elsewhere(scene: Scene, trigger: Trigger, spot: Spot) -> bool:
    """Whether a happening stands in a clause joined to the one that a place stands in: "passed Bari, and he hopes"."""
    if not scene.sentence.has_parse or not any(s is spot for s in scene.spots):
        return False
    verb = clause_head(scene.doc[spot.start : spot.end].root)
    node = scene.doc[trigger.index]
    if verb.pos_ != "VERB" or node == verb or verb not in node.ancestors:
        return False
    while node != verb:
        if node.dep_ == "conj" and node.pos_ in {"VERB", "AUX"} and any(c.dep_ in _SUBJECTS for c in node.children):
            return True
        node = node.head
    return False


def _completes_name(scene: Scene, spot: Spot) -> bool:
    """Whether a place only says which one the name before it is: "Bucha, Ukraine"."""
    before = [s for s in scene.spots if s.end < spot.start and holds(spot.place, s.place)]
    return any(scene.doc[s.end : spot.start].text == "," for s in before)


def _only_describes(scene: Scene, spot: Spot) -> bool:
    """Whether a place says where another lies or what somebody is: "Goma lies …", "is the governor of Lagos"."""
    root = scene.doc[spot.start : spot.end].root
    verb = clause_head(root)
    if verb.lemma_.lower() in LANDMARK_VERBS:
        return True
    noun = root.head.head
    return bool(root.dep_ == "pobj" and root.head.lower_ == "of" and noun.dep_ == "attr" and noun.head == verb)


def _of_carried(scene: Scene, carried: Carried | None, ties: Sequence[tuple[Trigger, Spot]]) -> list[Candidate]:
    if carried is None or scene.unknown or any(s.place.place_id == carried.spot.place.place_id for s in scene.spots):
        return []
    tied = [t for t, s in ties if s is carried.spot]
    if tied:
        return [Candidate(tied[0], carried.spot, "carried", carried)]
    trigger = None if scene.spots else _main_trigger(scene)
    told = trigger is not None and (trigger.verbal or trigger.kind is not EventType.OTHER)
    return [Candidate(trigger, carried.spot, "loose", carried)] if trigger and told else []


def _loose_trigger(scene: Scene, spot: Spot) -> Trigger | None:
    """Return the happening of the clause that a place stands in, of whatever type."""
    root = scene.doc[spot.start : spot.end].root
    verb = clause_head(root)
    inside = [t for t in scene.triggers if clause_head(scene.doc[t.index]) == verb]
    if inside:
        return min(inside, key=lambda t: (not t.verbal, abs(t.index - spot.start)))
    if verb.pos_ in {"VERB", "AUX"}:
        return Trigger(verb.i, verb.lemma_.lower(), EventType.OTHER, True)
    return _main_trigger(scene) or Trigger(root.i, root.lemma_.lower(), EventType.OTHER, False)


def _main_trigger(scene: Scene) -> Trigger | None:
    """Return the sentence's main happening: what is said where it tells that somebody says something."""
    root = next((t for t in scene.doc if t.dep_ == "ROOT"), None)
    if root is None:
        return None
    if root.lemma_.lower() in SPEECH_VERBS:
        root = next((c for c in root.children if c.dep_ == "ccomp"), root)
    near = [t for t in scene.triggers if t.index == root.i] or [
        t for t in scene.triggers if scene.doc[t.index].head == root
    ]
    return near[0] if near else Trigger(root.i, root.lemma_.lower(), EventType.OTHER, root.pos_ in {"VERB", "AUX"})


# --- is a claim made about it? --------------------------------------------------------------------------------------


def features(scene: Scene, candidate: Candidate) -> dict[str, float]:
    """Return the readable features of a candidate; each counts 1."""
    if candidate.carried is not None:
        names = [f"carried: {name}" for name in _carried_features(scene, candidate, candidate.carried)]
    else:
        names = list(_place_features(scene, candidate))
    return dict.fromkeys([*names, *_sentence_features(scene, candidate)], 1.0)


def _place_features(scene: Scene, candidate: Candidate) -> Iterator[str]:
    spot, doc = candidate.spot, scene.doc
    root = doc[spot.start : spot.end].root
    kind = spot.place.kind
    yield f"{candidate.tied}"
    yield f"{candidate.tied} {candidate.trigger.kind.value}"
    yield f"a {kind.value}"
    if (relation := spot.resolution.mention.relation) is not None:
        yield f"relative by {relation.word}"
    if _is_cue(scene, candidate.trigger):
        yield "where somebody speaks"
    others = [s for s in _distinct(scene.spots) if s.place.place_id != spot.place.place_id]
    yield f"{min(len(others), 3)} other places"
    if any(holds(spot.place, s.place) for s in others):
        yield "holds another"
        yield f"a {kind.value} that holds another"
    if any(holds(s.place, spot.place) for s in others):
        yield "held by another"
    if others and spot.start < min(s.start for s in others):
        yield "first place"
    if _CONTAINER_BEFORE.search(doc[: spot.start].text_with_ws[-30:]) and any(s.end < spot.start for s in others):
        yield "after a place and a comma"
    yield from _grammar_features(scene, spot, root)
    if any(spot.start in a.tokens for a in scene.said):
        yield "in somebody's words"
    if doc[: spot.start].text.count('"') % 2:
        yield "in quotation marks"


def _grammar_features(scene: Scene, spot: Spot, root: Any) -> Iterator[str]:
    name = _first_of_list(root)
    if name is not root:
        yield "in a list"
    yield f"is {name.dep_}"
    if spot.end < len(scene.doc) and scene.doc[spot.end].text in {"'s", "'"}:
        yield "owns"
    if name.dep_ == "pobj":
        word = name.head.lower_
        word = word if word in _PREPOSITIONS else "other"
        governor = name.head.head
        yield f"after {word}"
        yield f"after {word} on a {_part(governor)}"
        yield f"after {word} on {_class(governor)}"
    elif name.dep_ in {"dobj", "nsubj", "nsubjpass", "compound", "poss", "npadvmod"}:
        yield f"is {name.dep_} of {_class(name.head)}"
    clauses = {node.dep_ for node in upwards(name) if node.dep_ in _CLAUSES}
    yield from (f"inside {dep}" for dep in clauses)


def _first_of_list(root: Any) -> Any:
    return next((t for t in upwards(root) if t.dep_ not in {"conj", "appos"} or t.head.pos_ != "PROPN"), root)


def _part(token: Any) -> str:
    return {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "name", "ADP": "preposition"}.get(
        token.pos_, "other word"
    )


def _class(token: Any) -> str:
    lemma = token.lemma_.lower()
    if lemma in SPEECH_VERBS:
        return "saying"
    if lemma in _MOTION:
        return "motion"
    if lemma in _BEING:
        return "being"
    return _part(token)


def _carried_features(scene: Scene, candidate: Candidate, carried: Carried) -> Iterator[str]:
    doc, trigger = scene.doc, candidate.trigger
    yield "always"
    yield "beside other places" if scene.spots else "no other place"
    yield f"{candidate.tied}"
    yield f"{candidate.tied} {trigger.kind.value}"
    yield f"{min(carried.gap, 3)} sentences on"
    yield "same paragraph" if carried.same_paragraph else "new paragraph"
    if trigger.kind is carried.kind:
        yield "same type"
    first = next((t for t in doc if not t.is_punct), None)
    if first is not None:
        opener = "opener" if first.lower_ in _OPENERS else first.pos_
        yield f"begins with {'pronoun' if first.lower_ in _PRONOUNS else opener}"
    subject = next((t for t in doc if t.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is not None and subject.lower_ in _PRONOUNS:
        yield f"of {subject.lower_}"
    if any(t.lower_ == "there" and t.dep_ == "advmod" for t in doc):
        yield "there"
    if doc.text.startswith('"'):
        yield "a quotation"
    yield "has happenings" if scene.triggers else "no happening"
    yield "short" if len(doc) < 9 else "long" if len(doc) > 30 else "middling"
    if any(a.place.place_id for a in scene.actors):
        yield "names an actor"


def _sentence_features(scene: Scene, candidate: Candidate) -> Iterator[str]:
    who = "carried: " if candidate.carried is not None else ""
    published = scene.document.published
    dated = [t for _, t in scene.times if t.date_from is not None]
    yield who + ("dated" if dated else "undated")
    if published and any(t.date_to and (published - t.date_to).days > _OLD_DAYS for t in dated):
        yield who + "an old date"
    if scene.said:
        yield who + "somebody speaks"
    root = next((t for t in scene.doc if t.dep_ == "ROOT"), None)
    if root is not None:
        yield who + f"tense {root.tag_}"
        yield who + f"root {_class(root)}"


# --- what type is it of? --------------------------------------------------------------------------------------------


def choose_type(scene: Scene, trigger: Trigger, spot: Spot | None, told: Mapping[EventType, int]) -> EventType:
    """Return the type of a happening; ``told`` counts the types of the triggers of the whole report."""
    if not scene.sentence.has_parse or (trigger.kind is EventType.STATEMENT and _is_cue(scene, trigger)):
        return trigger.kind
    scorer, by_words = Scorer.load("event_types"), _type_weights()
    told_by = {kind: list(own) for kind, own in _own_weights(trigger.kind, trigger.verbal).items()}
    for words in _words_of(scene, trigger):
        for kind, weight in by_words.get(words, ()):
            told_by[kind].append(weight)
    for kind, names in _signs_around(scene, trigger, spot, told):
        told_by[kind] += [scorer.weights.get(name, 0.0) for name in names]
    of_share, total = scorer.weights.get(_SHARE, 0.0), sum(told.values()) or 1
    for kind, times in told.items():
        told_by[kind].append(of_share * (times / total))
    return max(told_by, key=lambda kind: math.fsum(told_by[kind]))


@cache
def _type_weights() -> Mapping[str, Sequence[tuple[EventType, float]]]:
    """Return the weights of words by what stands before the type's name, for one look-up instead of one a type."""
    kinds = {str(kind): kind for kind in EventType}
    found: defaultdict[str, list[tuple[EventType, float]]] = defaultdict(list)
    for name, weight in Scorer.load("event_types").weights.items():
        words, _, kind = name.rpartition(" ")
        if kind in kinds and (words.endswith(_WORD_SIGNS) or _FIELD_SIGN.search(words)):
            found[words].append((kinds[kind], weight))
    return found


@cache
def _own_weights(own: EventType, verbal: bool) -> Mapping[EventType, Sequence[float]]:
    """Return the weights that speak for each type whatever stands around, for a trigger of a type."""
    scorer = Scorer.load("event_types")
    return {
        kind: [scorer.bias, *(scorer.weights.get(name, 0.0) for name in _own_signs(kind, own, verbal=verbal))]
        for kind in EventType
    }


def _is_cue(scene: Scene, trigger: Trigger) -> bool:
    """Whether the happening is the speaking itself ("she said on the road to Balakliia")."""
    return any(a.cue_index == trigger.index for a in scene.said)


def type_features(
    scene: Scene, trigger: Trigger, spot: Spot | None, told: Mapping[EventType, int]
) -> dict[EventType, dict[str, float]]:
    """Return for each type the readable features that speak for it."""
    words_of = _words_of(scene, trigger)
    total = sum(told.values()) or 1
    around = dict(_signs_around(scene, trigger, spot, told))
    found: dict[EventType, dict[str, float]] = {}
    for kind in EventType:
        names = [*_own_signs(kind, trigger.kind, verbal=trigger.verbal), *around.get(kind, ())]
        names += [f"{words} {kind}" for words in words_of]
        found[kind] = dict.fromkeys(names, 1.0) | {_SHARE: told.get(kind, 0) / total}
    return found


def _own_signs(kind: EventType, own: EventType, *, verbal: bool) -> list[str]:
    """Return the features that speak for a type whatever stands around a trigger of a type of its own."""
    told = [f"any {kind}", f"{own} told as {kind}"]
    how = "verb" if verbal else "noun"
    return [*told, "the trigger", f"the trigger, a {how}", f"the trigger, {kind}"] if kind is own else told


def _signs_around(
    scene: Scene, trigger: Trigger, spot: Spot | None, told: Mapping[EventType, int]
) -> Iterator[tuple[EventType, list[str]]]:
    """Yield the types that are told of around a trigger, each with the features that speak for it, besides words."""
    others = [t for t in scene.triggers if t.index != trigger.index]
    clauses = scene.sentence.words.once(_clauses) if others else ()
    around = {t.kind for t in others}
    beside = {t.kind for t in others if clauses[t.index] == clauses[trigger.index]}
    near = _nearest(spot, others, scene)
    most = max(told, key=lambda kind: (told[kind], str(kind)), default=None)
    for kind in EventType:
        names = []
        if kind in beside:
            names += ["in its clause", f"in the clause of {trigger.kind}"]
        if kind in around:
            names += ["in the sentence", f"{kind} in a sentence of {trigger.kind}"]
        if near is kind:
            names.append("nearest to the place")
        if most is kind:
            names += ["most told of", f"most told of, trigger {trigger.kind}"]
        if names:
            yield kind, names


def _words_of(scene: Scene, trigger: Trigger) -> set[str]:
    """Return the words of a happening's clause and of its sentence, each with the fields that it belongs to."""
    words = scene.sentence.words
    clause = words.once(_clauses)[trigger.index]
    hanging = [c for c in scene.doc[trigger.index].children if c.pos_ in {"NOUN", "VERB", "ADJ"}]
    found = {f"{trigger.lemma} told"} | {f"{field} told" for field in fields_of(trigger.lemma.partition(" ")[0])}
    found |= {f"{field} as {c.dep_}" for c in hanging for field in fields_of(c.lemma_.lower())}
    return found | words.kept((_words_around, clause), lambda: _words_around(words, clause))


def _words_around(words: Words, clause: int) -> set[str]:
    """Return the words in a clause and beside it in its sentence."""
    clauses, telling = words.once(_clauses), words.once(_telling)
    inside = {lemma for i, lemma in telling if clauses[i] == clause}
    found = {f"{word} in" for word in inside} | {f"{field} words in" for word in inside for field in fields_of(word)}
    return found | words.kept(_words_beside, lambda: _words_beside({lemma for _, lemma in telling}))


def _words_beside(words: Set[str]) -> set[str]:
    return {f"{word} beside" for word in words} | {f"{f} words beside" for word in words for f in fields_of(word)}


def _telling(doc: Any) -> list[tuple[int, str]]:
    """Return the nouns, verbs and adjectives of a sentence: token and lemma in lower case."""
    from spacy.symbols import ADJ, NOUN, VERB  # here, because the rules alone need no parts of speech

    names, told = doc.vocab.strings, {ADJ, NOUN, VERB}
    rows = doc.to_array(["POS", "LEMMA"]).tolist()
    return [(i, names[lemma].lower()) for i, (part, lemma) in enumerate(rows) if part in told]


def _clauses(doc: Any) -> list[int]:
    """Return for each token the one that ``clause_head`` finds, all at once."""
    from spacy.symbols import AUX, VERB  # here, because the rules alone need no parts of speech

    parts = doc.to_array("POS").tolist()
    heads = [i + step for i, step in enumerate(doc.to_array("HEAD").astype(np.int64).tolist())]
    above = [i if part in {VERB, AUX} else head for i, (part, head) in enumerate(zip(parts, heads, strict=True))]
    while (further := [above[i] for i in above]) != above:  # each step is twice as far as the one before
        above = further
    return above


def _nearest(spot: Spot | None, triggers: Sequence[Trigger], scene: Scene) -> EventType | None:
    if spot is None or not any(s is spot for s in scene.spots):
        return None
    return min(triggers, key=lambda t: abs(t.index - spot.start)).kind if triggers else None


# --- through a report -----------------------------------------------------------------------------------------------


def walk(
    scenes: Iterable[tuple[int, Scene]], choose: Choose
) -> Iterator[tuple[Scene, list[tuple[Trigger, Spot | None]]]]:
    """Yield each scene with what ``choose`` tells of it, given the place that it may carry on with.

    ``scenes`` come with the number of their sentence; a place is carried on over four sentences at most.
    """
    last: list[tuple[Trigger, Spot]] = []
    at = paragraph = -1
    for number, scene in scenes:
        here = scene.sentence.sentence.paragraph
        gap = number - at
        carried = _carry(last, scene, gap, same_paragraph=here == paragraph) if gap <= _CARRY_SENTENCES else None
        told = choose(scene, carried)
        yield scene, told
        if placed := [(t, s) for t, s in told if s is not None]:
            last, at, paragraph = placed, number, here


def _carry(last: Sequence[tuple[Trigger, Spot]], scene: Scene, gap: int, *, same_paragraph: bool) -> Carried | None:
    """Return the place that was told of last: of several the one of a happening that is named again, else the first."""
    if not last:
        return None
    again = {t.lemma for t in scene.triggers}
    trigger, spot = next(((t, s) for t, s in last if t.lemma in again), last[0])
    return Carried(spot, trigger.kind, gap, same_paragraph)


def told_types(scenes: Iterable[Scene]) -> Counter[EventType]:
    """Return how often each type is told of in a report."""
    return Counter(t.kind for scene in scenes for t in scene.triggers)
