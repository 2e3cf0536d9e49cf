"""What a place name stands for where it is used: the place itself, its government, a part of a title.

With a parse the rules read the tree; without one they read the neighbouring words. A name can only be an actor if it
names a country, a capital, a seat of power or a bloc: what a government can be called by (``can_act``).
"""

from collections.abc import Iterator
from typing import Any

from geo.model import Role

__all__ = ["find_role"]

# Heads that make the name before them part of a title or of an institution's name.
_TITLES = frozenset(
    "president minister premier chancellor king queen prince princess governor mayor senator congressman congresswoman "
    "spokesman spokeswoman spokesperson ambassador envoy secretary official officials diplomat commander general "
    "colonel major captain lieutenant officer judge prosecutor lawyer lawmaker lawmakers deputy chief head leader "
    "adviser advisor director representative delegate commissioner ministry embassy parliament police court council "
    "university institute academy school hospital agency department bureau commission committee service services bank "
    "times post herald tribune news radio journal telegraph guardian observatory club fc united federation association "
    "league cup championship airlines airways sheriff authorities authority administration guard guards citizen "
    "national resident residents native student students company firm newspaper website magazine foreign defence "
    "defense interior prime vice foundation congress senate assembly fund treaty agreement accords convention".split()
)
# Heads after a possessive that speak of the land itself ("Ukraine's second largest city").
_LAND = frozenset(
    "city cities town towns village villages capital border borders coast coastline territory territories land mass "
    "region regions area areas province provinces district districts south north east west northeast northwest "
    "southeast southwest population people residents economy airspace waters neighbour neighbor neighborhood island "
    "islands river lake mountain mountains port ports airport street streets road roads square downtown outskirts "
    "suburb suburbs centre center hospital hospitals plant plants countryside interior frontier history climate "
    "infrastructure grid highway highways bridge bridges heart edge side part parts half".split()
)
# Verbs whose subject is a place to which something happens, not a government that does something.
_PLACE_VERBS = frozenset(
    "lie sit border stretch straddle host see experience suffer fall have remain become record register border face "
    "endure witness be contain number lack celebrate receive".split()
)
_SPOKEN_TO = frozenset(
    "blame accuse tell urge ask warn call condemn criticise criticize thank praise pressure sanction threaten back "
    "support help join defeat fight single pick slam rebuke assure defend oppose isolate punish push persuade force "
    "beat arm lobby convince".split()
)
_HEARD = frozenset(
    "say tell claim announce vow pledge deny reject warn accuse blame demand insist want seek plan hope agree refuse "
    "promise order threaten urge aim declare hit send provide supply sign recognise recognize".split()
)
_ACTING_HEADS = frozenset(
    "ally allies enemy enemies friend partner partners proxy proxies rival foe support help backing sanctions talks "
    "ties relations government army forces troops military leadership position policy pressure gains war dispute "
    "negotiations cooperation alliance deal trade cause morale hands control rule command occupation".split()
)
_LOCATIVE = frozenset(
    "in at near within inside outside around across through throughout into onto toward towards to from over along "
    "beyond off under above beside via until past".split()
)
_STATE_COMPOUNDS = frozenset("backed led ally allied brokered sponsored funded run made supplied appointed".split())


def find_role(doc: Any, start: int, end: int, can_act: bool) -> Role:
    """Return the role of the name at tokens ``start``..``end`` (end exclusive) of a spaCy ``Doc``."""
    by_neighbours = _from_neighbours(doc, start, end, can_act)
    if by_neighbours is not None:
        return by_neighbours
    if not doc.has_annotation("DEP"):
        return _without_parse(doc, start, end, can_act)
    return _from_tree(doc[start:end].root, can_act, depth=0)


def _from_neighbours(doc: Any, start: int, end: int, can_act: bool) -> Role | None:
    """Read possessives, hyphens and titles that need no tree."""
    after = doc[end] if end < len(doc) else None
    if after is None:
        return None
    if after.text in {"'s", "'"}:
        return _possessive(doc, end + 1, can_act)
    if after.text == "-" and end + 1 < len(doc) and not after.whitespace_:
        return Role.ACTOR if can_act and doc[end + 1].lower_ in _STATE_COMPOUNDS else Role.LITERAL
    if not after.is_punct and _heads_title(doc, end):
        return Role.MODIFIER
    return None


def _heads_title(doc: Any, at: int) -> bool:
    """Whether the words right after a name are a title or institution ("Kremlin spokesman")."""
    for token in doc[at : at + 3]:
        if token.lower_ in _TITLES:
            return True
        if not (
            token.is_alpha and token.lower_ in {"senior", "deputy", "military", "security", "state", "city", "top"}
        ):
            return False
    return False


def _possessive(doc: Any, at: int, can_act: bool) -> Role:
    """Read "Ukraine's …" by what is owned: a title or institution, the land itself, or else those who act."""
    owned = list(_owned(doc, at))
    if any(token.lower_ in _TITLES for token in owned):
        return Role.MODIFIER
    if owned and owned[-1].lower_ in _LAND:
        return Role.LITERAL
    return Role.ACTOR if can_act else Role.LITERAL


def _owned(doc: Any, at: int) -> Iterator[Any]:
    """Yield the words of the noun phrase that begins at a token, up to its head."""
    head = doc[at - 2].head if doc.has_annotation("DEP") else None
    for token in doc[at : at + 7]:
        if (token.is_punct and token.text != "-") or token.pos_ in {"VERB", "AUX", "ADP"}:
            return
        yield token
        if token == head or (head is None and token.lower_ in _LAND | _ACTING_HEADS):
            return


def _from_tree(root: Any, can_act: bool, depth: int) -> Role:
    dep, head = root.dep_, root.head
    if dep in {"compound", "amod", "nmod"}:
        return _premodifier(head, can_act)
    if dep in {"conj", "appos"} and depth < 4 and head != root:
        return _from_tree(head, can_act, depth + 1) if head.ent_type_ or head.pos_ == "PROPN" else Role.LITERAL
    if not can_act:
        return Role.LITERAL
    if dep == "nsubj":
        return _subject(root, head)
    if dep in {"dobj", "iobj", "dative"}:
        return Role.ACTOR if head.lemma_.lower() in _SPOKEN_TO else Role.LITERAL
    if dep == "pobj":
        return _object_of(head)
    return Role.LITERAL


def _premodifier(head: Any, can_act: bool) -> Role:
    if head.lower_ in _TITLES:
        return Role.MODIFIER
    if can_act and head.lower_ in _ACTING_HEADS:
        return Role.ACTOR
    return Role.LITERAL


def _subject(root: Any, verb: Any) -> Role:
    """A subject acts, unless its verb is one of being or undergoing and nothing says that it speaks."""
    lemma = verb.lemma_.lower()
    if lemma == "be":
        return (
            Role.ACTOR
            if any(t.lower_ in {"offensive", "ready", "able", "interested"} for t in verb.subtree)
            else Role.LITERAL
        )
    if lemma in _PLACE_VERBS and not _is_auxiliary_of_action(verb):
        return Role.LITERAL
    return Role.ACTOR


def _is_auxiliary_of_action(verb: Any) -> bool:
    return any(c.dep_ == "xcomp" and c.pos_ == "VERB" for c in verb.children)


def _object_of(preposition: Any) -> Role:
    word, governor = preposition.lower_, preposition.head
    if word in _LOCATIVE:
        return Role.LITERAL
    if word == "by":
        return Role.ACTOR if governor.pos_ in {"VERB", "AUX"} else Role.LITERAL
    if word == "on":
        return (
            Role.ACTOR
            if governor.lemma_.lower() in {"call", "pressure", "sanction", "rely", "depend"}
            else Role.LITERAL
        )
    if word in {"of", "between", "with", "for", "against"}:
        acting = governor.lower_ in _ACTING_HEADS or governor.lemma_.lower() in _HEARD
        return (
            Role.ACTOR
            if acting or (word == "with" and governor.pos_ in {"VERB", "AUX"} and _speaks(governor))
            else Role.LITERAL
        )
    return Role.LITERAL


def _speaks(verb: Any) -> bool:
    return verb.lemma_.lower() in {"agree", "negotiate", "talk", "meet", "cooperate", "side", "work", "fight"}


def _without_parse(doc: Any, start: int, end: int, can_act: bool) -> Role:
    before = doc[start - 1].lower_ if start else ""
    after = doc[end].lower_ if end < len(doc) else ""
    if before in _LOCATIVE or not can_act:
        return Role.LITERAL
    if before == "by" or _stem(after) in _HEARD:
        return Role.ACTOR
    follows = {"has", "had", "have", "will", "would", "could", "must", "may", "might", "abandoned", "did", "does"}
    return Role.ACTOR if after in follows else Role.LITERAL


def _stem(word: str) -> str:
    """Return the likely base form of a past or third-person verb; enough for the regular verbs listed above."""
    if word in {"said", "told", "sought", "sent"}:
        return {"said": "say", "told": "tell", "sought": "seek", "sent": "send"}[word]
    for suffix, base in (("ied", "y"), ("ies", "y"), ("ed", ""), ("ed", "e"), ("s", "")):
        if word.endswith(suffix) and (stem := word[: -len(suffix)] + base) in _HEARD:
            return stem
    return word
