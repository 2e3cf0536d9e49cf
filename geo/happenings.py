"""A sentence's happenings and the places they are tied to.

A *trigger* is a word that tells a happening (``geo.lexicon``), a *spot* a literal place. Each spot is tied to the
trigger that it hangs on in the sentence's tree; one that only serves as a landmark, a comparison or a description hangs
on none. A trigger without a spot of its own takes the sentence's, its actor's own land, or the place carried on from
the sentence before.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from geo.attribution import Attribution
from geo.language import ParsedSentence
from geo.lexicon import IDIOMS, NAMED, NOUNS, REPELLING, VERBS, refine
from geo.model import Document, EventType, Place, PlaceKind, Resolution, Timex
from geo.text import fold

__all__ = [
    "LANDMARK_VERBS",
    "SPEECH_VERBS",
    "Scene",
    "Spot",
    "Trigger",
    "clause_head",
    "find_triggers",
    "holds",
    "is_dated_aside",
    "is_landmark",
    "tie",
]

SPEECH_VERBS = frozenset("say tell speak add address announce declare report".split())
LANDMARK_VERBS = frozenset(
    "lie sit border locate situate neighbour neighbor adjoin straddle overlook base equal compare resemble".split()
)
_LANDMARK_NOUNS = frozenset("border frontier boundary ally size area".split())
_LANDMARK_BEFORE = re.compile(
    r"\b(?:next to|(?:north|south)(?:east|west)? of|(?:east|west) of|as (?:big|large|much) as|"
    r"(?:bigger|larger|smaller) than|equals|equal to|compared (?:to|with)|size of|area of|like|border with) "
    r"(?:the )?(?:[A-Z]\w+(?: [A-Z]\w+)? and )?(?:the )?$"
)
# "The largest plant in Europe" happens nowhere.
_SUPERLATIVE_BEFORE = re.compile(r"\b(?:most|\w{3,}est|worst|best) (?:[\w-]+ ){0,3}(?:in|of) (?:the )?$")
# What stands before a relative place that only says where a place named just before it lies.
_DESCRIBES_BEFORE = re.compile(
    r"(?:\b(?:lies|lie|is|are|located|situated|sits)|[A-Z][\w'-]+,"
    r"(?: an? (?:\w+ )?(?:town|city|village|port|suburb|settlement))?)(?: about| some| around)? ?$"
)
# What a banner says happens nowhere.
_SLOGAN_BEFORE = re.compile(r"\b(?:poster|banner|sign|placard|slogan|graffiti|leaflet)s?\b[^\"]{0,30}\"[^\"]{0,60}$")
_STEPS = 12  # up the tree
_LOOK_BACK = 110  # characters; room for a banner and what it says
_LANDMARK_AFTER = re.compile(r"-(?:based|born|style|registered|flagged|educated|trained)\b")
_FAILING = frozenset("thwart foil prevent stop block repel repulse fail".split())
_ATTEMPTS = frozenset("attempt effort bid plan".split())
_FORCES = frozenset("troop force soldier officer fighter unit brigade army tank".split())
_SHOWING = frozenset("show post publish share release film photograph spot see".split())
_OWN_LAND = frozenset(
    {"recapture", "retake", "liberate", "free", "recover", "regain", "reclaim", "take back", "win back"}
)
_TOWNS = frozenset("town towns city cities village villages settlement settlements".split())
_SUPPLIES = frozenset("weapon weapons arms aid munitions supplies relief assistance package packages".split())
_LAND = frozenset("territory territories land km kilometre kilometres kilometer kilometers mile miles hectares".split())
_VERB_STEMS = frozenset(phrase.partition(" ")[0] for phrase in VERBS)
_PARTICLES = frozenset({"prt", "advmod", "prep"})
_ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj", "agent"})
_HELD = frozenset({"dobj", "nsubj", "nsubjpass", "attr", "xcomp", "oprd", "acomp", "ccomp", "conj", "pcomp"})
_THING = (
    r"village|town|city|area|region|province|district|plant|square|island|site|scene|airport|hospital|building|river|"
    r"dam|bridge|mine|school|camp|port|station|market|factory"
)
_EVENT = (
    r"fighting|bombing|quake|earthquake|floods?|storm|fire|blaze|crash|blackouts?|explosion|blast|attacks?|protests?|"
    r"clashes"
)
_ANAPHOR = re.compile(rf"^it\b|\b(?:there|both areas|the (?:\w+ )?(?:{_THING})|the (?:{_EVENT}))\b", re.IGNORECASE)
_THING_ONLY = re.compile(rf"(?:{_THING})s?")
_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A happening in a sentence: the token that tells it, and its type; ``verbal`` tells a verb from a noun."""

    index: int
    lemma: str
    kind: EventType
    verbal: bool


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a sentence: its tokens (end exclusive), the place, and how the mention was resolved."""

    start: int
    end: int
    place: Place
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the stages before know about one sentence.

    ``times`` pairs a token with a time expression; ``unknown`` are the literal places that no gazetteer knows.
    ``likeness`` is the same number for scenes of the same words of which all else is the same too, but for where in
    which report they stand; None where nobody has compared.
    """

    document: Document
    sentence: ParsedSentence
    spots: Sequence[Spot]
    actors: Sequence[Spot]
    times: Sequence[tuple[int, Timex]]
    said: Sequence[Attribution]
    triggers: Sequence[Trigger]
    unknown: Sequence[Resolution] = ()
    likeness: int | None = None

    @property
    def doc(self) -> Any:
        """The sentence's spaCy ``Doc``."""
        return self.sentence.doc

    def once(self, key: Hashable, tell: Callable[[], _Told]) -> _Told:
        """Return what ``tell`` tells of the scene, told once of all scenes alike; no offset into a report is among it.

        ``key`` says what is told, and of what besides the scene.
        """
        return tell() if self.likeness is None else self.sentence.words.kept((self.likeness, key), tell)

    def number_of(self, spot: Spot | None) -> int | None:
        """Return the number of one of the scene's own places, its actors counted after them; None for any other."""
        return next((n for n, own in enumerate((*self.spots, *self.actors)) if own is spot), None)


def find_triggers(doc: Any) -> list[Trigger]:
    """Return the triggers of a sentence in order."""
    if not doc.has_annotation("DEP"):
        return [trigger for token in doc if (trigger := _plain_trigger(token)) is not None]
    return [trigger for i in _known_words(doc) if (trigger := _trigger(doc[i])) is not None]


def tie(scene: Scene, carried: Spot | None) -> Iterator[tuple[Trigger, Spot | None]]:
    """Yield each happening of a sentence with its place, None where it has none; no pair twice."""
    seen: set[tuple[str, EventType, int]] = set()
    ties = _without_containers([(t, spot) for spot in scene.spots for t in _triggers_of(scene, spot)])
    placed = {trigger.index for trigger, _ in ties}
    for trigger, spot in [*ties, *_free_ties(scene, placed, carried)]:
        key = (
            spot.place.place_id if spot else "",
            trigger.kind,
            trigger.index if is_dated_aside(scene, trigger) else -1,
        )
        if key not in seen:
            seen.add(key)
            yield trigger, spot


def clause_head(token: Any) -> Any:
    """Return the nearest verb at or above a token."""
    node = token
    while node.pos_ not in {"VERB", "AUX"} and node.head != node:
        node = node.head
    return node


def upwards(token: Any) -> Iterator[Any]:
    """Yield a token and what it hangs on, step by step up the tree, a dozen steps at most."""
    node = token
    for _ in range(_STEPS):
        yield node
        if node.head == node:
            return
        node = node.head


# --- triggers -------------------------------------------------------------------------------------------------------


def _known_words(doc: Any) -> list[int]:
    """Return the tokens that may be triggers, by the word alone: to ask the tree of each costs ten times as much."""
    from spacy.symbols import ADJ, NOUN, PROPN, VERB  # here, because the rules alone need no parts of speech

    words = doc.vocab.strings
    names, verbs = {NOUN, PROPN}, {VERB, ADJ}
    return [
        i
        for i, (part, lemma, lower) in enumerate(doc.to_array(["POS", "LEMMA", "LOWER"]).tolist())
        if (part in verbs and words[lemma].lower() in _VERB_STEMS)
        or (part in names and (words[lemma].lower() in NOUNS or words[lower] in NOUNS))
    ]


def _trigger(token: Any) -> Trigger | None:
    lemma = token.lemma_.lower()
    if token.pos_ == "VERB" or (token.pos_ == "ADJ" and token.tag_ == "VBN"):
        phrases = {f"{lemma} {c.lower_}" for c in token.children if c.dep_ in _PARTICLES}
        if phrases & IDIOMS:
            return None
        phrase = min(phrases & VERBS.keys(), default=lemma)
        kind = refine(VERBS[phrase], phrase, _arguments(token)) if phrase in VERBS else None
        return Trigger(token.i, phrase, kind, True) if kind else None
    if token.pos_ in {"NOUN", "PROPN"} and token.dep_ != "compound":
        kind = NOUNS.get(lemma) or NOUNS.get(token.lower_)
        return Trigger(token.i, lemma, kind, False) if kind else None
    return None


def _plain_trigger(token: Any) -> Trigger | None:
    """Read a trigger where no tagger is there to tell: the first base form that the lexicon knows."""
    word = token.lower_
    for suffix, base in (
        ("", ""),
        ("s", ""),
        ("es", ""),
        ("ed", ""),
        ("ed", "e"),
        ("d", ""),
        ("ing", ""),
        ("ing", "e"),
    ):
        stem = word.removesuffix(suffix) + base if word.endswith(suffix) else ""
        kind = VERBS.get(stem) or NOUNS.get(stem)
        if kind is not None:
            return Trigger(token.i, stem, kind, stem in VERBS) if kind is not EventType.OTHER else None
    return None


def _arguments(verb: Any) -> set[str]:
    """Return the words of a verb's subject and objects; a participle's object is the noun that it stands beside."""
    held = [c for c in verb.children if c.dep_ in _ARGUMENTS]
    words = {t.lower_ for c in held for t in c.subtree}
    if verb.dep_ in {"acl", "relcl"}:
        words.add(verb.head.lower_)
    named = {"dobj", "nsubjpass", "nsubj"} if verb.lemma_ == "fall" else {"dobj", "nsubjpass"}
    if any(c.pos_ == "PROPN" and c.dep_ in named for c in held):
        words.add(NAMED)
    return words


# --- places on triggers ---------------------------------------------------------------------------------------------


def _triggers_of(scene: Scene, spot: Spot) -> list[Trigger]:
    """Return the trigger that a spot hangs on and the dated asides about it ("Acre, captured last week, …")."""
    if is_landmark(scene, spot):
        return []
    if not scene.sentence.has_parse:
        nearest = min(scene.triggers, key=lambda t: abs(t.index - spot.start), default=None)
        return [nearest] if nearest else []
    root = scene.doc[spot.start : spot.end].root
    main = _climb(scene, root, spot)
    asides = [t for t in scene.triggers if is_dated_aside(scene, t) and _is_about(scene.doc[t.index], spot)]
    return ([main] if main else []) + [t for t in asides if t != main]


def is_landmark(scene: Scene, spot: Spot) -> bool:
    """Whether a place only marks where another lies, or stands on a banner."""
    start, end = scene.doc[spot.start].idx, scene.doc[spot.end].idx if spot.end < len(scene.doc) else None
    before = fold(scene.sentence.text[max(0, start - _LOOK_BACK) : start])
    after = fold(scene.sentence.text[end:][:14]) if end is not None else ""
    relation = spot.resolution.mention.relation
    if relation is not None:
        described = any(s.place.kind is PlaceKind.SETTLEMENT and s.end <= spot.start for s in scene.spots)
        return bool(_DESCRIBES_BEFORE.search(before)) or (relation.distance_km is not None and described)
    if spot.place.kind is not PlaceKind.SETTLEMENT and _SUPERLATIVE_BEFORE.search(before):
        return True
    return bool(_LANDMARK_BEFORE.search(before) or _LANDMARK_AFTER.match(after) or _SLOGAN_BEFORE.search(before))


def _climb(scene: Scene, node: Any, spot: Spot) -> Trigger | None:
    """Walk from a place up the tree to the trigger it hangs on; stop where the place only describes a thing."""
    by_index = {t.index: t for t in scene.triggers}
    start, forces = node, False
    while True:
        forces = forces or (node.pos_ == "NOUN" and node.lemma_.lower() in _FORCES)
        if node.pos_ == "VERB" and _is_speech(scene, node) and not _in_words_of(scene, start, node):
            cue = node.head if node.dep_ == "advcl" and node.head.lemma_.lower() in SPEECH_VERBS else node
            return _spoken_at(scene, cue, by_index, spot)
        if node.i in by_index:
            return _unless_thwarted(node, by_index)
        if (meant := _left_out(node)) is not None and meant.i in by_index:
            return by_index[meant.i]
        if (outer := _outside(node)) is not None:
            node = outer
            continue
        if node.pos_ in {"VERB", "AUX"}:
            if node.lemma_.lower() in LANDMARK_VERBS:
                return Trigger(node.i, node.lemma_.lower(), EventType.MOVEMENT, True) if forces else None
            if (found := _at_verb(node, by_index, forces)) is not None:
                return found
        if (node != start and _only_describes(node)) or node.head == node:
            return None
        node = node.head


def _left_out(preposition: Any) -> Any | None:
    """Return the verb that a second preposition leaves out: "focused on capturing Acre and on Jaffa" means both."""
    if preposition.pos_ != "ADP" or preposition.dep_ != "conj":
        return None
    first = (c for c in preposition.head.children if c.dep_ == "prep" and c.lower_ == preposition.lower_)
    return next((v for c in first if c.i < preposition.i for v in c.children if v.dep_ == "pcomp"), None)


def _outside(preposition: Any) -> Any | None:
    """Return the noun of a relative clause that ends on a date before "and in Acre", which is not of that clause."""
    first = preposition.head
    if preposition.pos_ != "ADP" or preposition.dep_ != "conj" or first.pos_ != "ADP":
        return None
    dated = any(c.dep_ == "pobj" and c.ent_type_ == "DATE" for c in first.children)
    verb = clause_head(first)
    return verb.head if dated and verb.dep_ == "relcl" else None


def _is_speech(scene: Scene, verb: Any) -> bool:
    """Whether a verb tells that somebody speaks, orders or plans."""
    return verb.lemma_.lower() in SPEECH_VERBS or any(a.cue_index == verb.i for a in scene.said)


def _at_verb(verb: Any, by_index: dict[int, Trigger], forces: bool) -> Trigger | None:
    """Return what a verb above a place tells: a trigger among its arguments, troops that move, a clause of its own."""
    lemma = verb.lemma_.lower()
    if (found := _in_clause(verb, by_index)) is not None:
        return found
    if forces or (lemma in _SHOWING and any(t.lemma_.lower() in _FORCES for t in verb.subtree)):
        return Trigger(verb.i, lemma, EventType.MOVEMENT, True)
    if verb.dep_ == "conj" and verb.pos_ == "VERB":
        return Trigger(verb.i, lemma, EventType.OTHER, True)
    return None


def _only_describes(node: Any) -> bool:
    """Whether what is below a node says what something is, not what happened."""
    return node.dep_ in {"relcl", "appos"} or node.lemma_.lower() in _LANDMARK_NOUNS


def _unless_thwarted(node: Any, by_index: dict[int, Trigger]) -> Trigger:
    """Return the trigger, or for an attempt that was thwarted the thwarting."""
    noun = node.head
    if node.dep_ == "dobj" and noun.i in by_index and by_index[noun.i].lemma in REPELLING:
        return by_index[noun.i]
    if node.dep_ == "acl" and noun.lemma_.lower() in _ATTEMPTS and noun.head.lemma_.lower() in _FAILING:
        verb = noun.head
        return by_index.get(verb.i) or Trigger(verb.i, verb.lemma_.lower(), EventType.BATTLE, True)
    return by_index[node.i]


def _in_words_of(scene: Scene, token: Any, cue: Any) -> bool:
    return any(a.cue_index == cue.i and token.i in a.tokens for a in scene.said)


def _spoken_at(scene: Scene, cue: Any, by_index: dict[int, Trigger], spot: Spot) -> Trigger:
    """Return what is said where a place frames it ("In Goma, officials said …"), else the speaking itself.

    What is said has its own place where its words name one: then the first place is only where it was said, and so it
    is behind the verb ("said in Goma that …") and in a capital, where governments speak of elsewhere.
    """
    words = {t for a in scene.said if a.cue_index == cue.i for t in a.tokens}
    told = [by_index[i] for i in sorted(words) if i in by_index]
    plans = any(a.cue_index == cue.i and a.plans for a in scene.said)
    only_said = spot.start > cue.i or plans or bool(spot.place.metonym_of)
    if told and not only_said and not any(s.start in words for s in scene.spots):
        return ([t for t in told if t.verbal] or told)[0]
    return Trigger(cue.i, cue.lemma_.lower(), EventType.STATEMENT, True)


def _in_clause(verb: Any, by_index: dict[int, Trigger]) -> Trigger | None:
    """Return the trigger among a verb's own arguments ("launched an offensive", "showed troops liberating …")."""
    held = [c for c in verb.children if c.dep_ in _HELD]
    for child in held:
        if child.i in by_index:
            return by_index[child.i]
    if verb.lemma_ in {"announce", "approve"} and any(t.lower_ in _SUPPLIES for c in held for t in c.subtree):
        return Trigger(verb.i, verb.lemma_, EventType.AID, True)
    for child in held:
        if child.dep_ in {"dobj", "nsubj", "attr", "xcomp", "acomp"}:
            for token in child.subtree:
                if token.i in by_index:
                    return by_index[token.i]
    return None


def is_dated_aside(scene: Scene, trigger: Trigger) -> bool:
    """Whether a trigger tells, in a clause of its own, what happened to a thing on a day of its own."""
    if not scene.sentence.has_parse or not trigger.verbal:
        return False
    token = scene.doc[trigger.index]
    if token.dep_ not in {"relcl", "acl"}:
        return False
    return any(t.date_from is not None and clause_head(scene.doc[i]) == token for i, t in scene.times)


def _aside_about(token: Any) -> list[Any]:
    """Return what a relative clause or participle speaks of: its noun, and the name that noun stands beside."""
    noun = token.head
    return [noun, noun.head, *noun.children] if noun.dep_ == "appos" else [noun]


def _is_about(clause: Any, spot: Spot) -> bool:
    return any(spot.start <= token.i < spot.end for token in _aside_about(clause))


def _without_containers(ties: list[tuple[Trigger, Spot]]) -> list[tuple[Trigger, Spot]]:
    """Drop a place that holds another one of the same happening: Bucha, not Ukraine too."""
    return [(t, s) for t, s in ties if not any(t == u and holds(s.place, o.place) for u, o in ties)]


def holds(outer: Place, inner: Place) -> bool:
    """Whether one place lies in another, by their codes."""
    if outer.place_id == inner.place_id or outer.country_code != inner.country_code:
        return False
    if outer.place_id == inner.parent_id:
        return True
    if outer.kind is PlaceKind.COUNTRY:
        return True
    finer = inner.kind not in (PlaceKind.REGION, PlaceKind.COUNTRY)
    return outer.kind is PlaceKind.REGION and finer and outer.admin1_code == inner.admin1_code != ""


# --- triggers without a place of their own --------------------------------------------------------------------------


def _free_ties(scene: Scene, placed: set[int], carried: Spot | None) -> list[tuple[Trigger, Spot | None]]:
    ties: list[tuple[Trigger, Spot | None]] = []
    for trigger in _main_triggers(scene, placed):
        spot = _place_for(scene, trigger, carried)
        if spot is not None:
            ties.append((trigger, spot))
        elif not scene.spots and trigger.kind is not EventType.STATEMENT:
            ties.append((trigger, None))
    return ties


def _main_triggers(scene: Scene, placed: set[int]) -> list[Trigger]:
    """Return the triggers that tell the sentence's own news: the first main or reported verb, else the first noun."""
    doc = scene.doc
    free = [t for t in scene.triggers if t.index not in placed and t.kind is not EventType.OTHER]
    if not scene.sentence.has_parse:
        return [] if placed else free[:1]
    verbs = [t for t in free if t.verbal and (_is_main(doc[t.index]) or (not placed and _is_reported(scene, t)))]
    if verbs:
        return verbs[:1]
    return [t for t in free if not t.verbal and _is_told(doc[t.index])][:1] if not placed else []


def _is_main(token: Any) -> bool:
    node = token
    while node.dep_ != "ROOT":
        if node.dep_ not in {"ccomp", "conj", "xcomp", "parataxis"}:
            return False
        node = node.head
    return True


def _is_reported(scene: Scene, trigger: Trigger) -> bool:
    return any(trigger.index in a.tokens for a in scene.said)


def _is_told(noun: Any) -> bool:
    if noun.dep_ in {"nsubj", "nsubjpass", "dobj", "attr", "ROOT"}:
        return True
    known = any(c.lower_ in {"the", "these", "those"} for c in noun.children)
    return noun.dep_ == "pobj" and (known or noun.head.head.lemma_ == "be")


def _place_for(scene: Scene, trigger: Trigger, carried: Spot | None) -> Spot | None:
    if (land := _own_land(scene, trigger)) is not None:
        return land
    if (there := _there(scene, trigger)) is not None:
        return there
    if carried is not None and _subject_carries(scene, trigger):
        return carried
    near = [s for s in scene.spots if not is_landmark(scene, s) and not _in_aside(scene, s)]
    if near:
        return min(near, key=lambda s: abs(s.start - trigger.index))
    return carried if not scene.spots and _ANAPHOR.search(fold(scene.doc.text)) else None


def _in_aside(scene: Scene, spot: Spot) -> bool:
    """Whether a place stands in a clause that describes something else."""
    if not scene.sentence.has_parse:
        return False
    node = scene.doc[spot.start : spot.end].root
    while node.head != node:
        if node.dep_ in {"relcl", "appos", "poss"} or node.lemma_.lower() in _LANDMARK_NOUNS:
            return True
        node = node.head
    return False


def _there(scene: Scene, trigger: Trigger) -> Spot | None:
    """Return the place named before "there" in the sentence ("the governor of X said he expected an attack there")."""
    if not any(t.lower_ == "there" and t.dep_ == "advmod" and t.i > trigger.index for t in scene.doc):
        return None
    before = [s for s in scene.spots if s.start < trigger.index]
    return before[-1] if before else None


def _own_land(scene: Scene, trigger: Trigger) -> Spot | None:
    """Return the country that takes back land of its own ("has recaptured 6,000 square km")."""
    if trigger.lemma not in _OWN_LAND or not scene.sentence.has_parse:
        return None
    words = {t.lower_ for t in scene.doc[trigger.index].subtree}
    if not words & (_LAND if scene.spots else _LAND | _TOWNS):
        return None
    before = [a for a in scene.actors if a.start < trigger.index and a.place.kind is PlaceKind.COUNTRY]
    return before[-1] if before else None


def _subject_carries(scene: Scene, trigger: Trigger) -> bool:
    """Whether the trigger's subject is "the town" or the like: the place of the sentence before."""
    if not scene.sentence.has_parse:
        return False
    subjects = [c for c in scene.doc[trigger.index].children if c.dep_ in {"nsubj", "nsubjpass"}]
    return any(
        _THING_ONLY.fullmatch(s.lower_) and any(c.lower_ in {"the", "this"} for c in s.children) for s in subjects
    )
