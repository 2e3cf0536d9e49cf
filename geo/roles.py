"""What a place name stands for where it is used: the place itself, its government, a part of a title.

Rules answer where they are sure ("in Kharkiv", "Kremlin spokesman", "Ukraine's forces"); elsewhere a trained linear
scorer weighs the name's grammar and neighbours (``features``; weights in ``geo/data/roles.json``). Literal against
acting, rules and scorer together: .85 of ReLocaR's 1,026 training sentences by 10-fold cross-validation (95 %: .83 to
.87), .81 of SemEval-2007's 925, .90 of 469 names of GeoWebNews unseen in training, where rules alone had .67, .79, .84
(``benchmarks/train_roles.py``). A name that no government is called by (``can_act`` false) acts only where the scorer
is surer: a team, a town's council. Without a parse rules read the neighbouring words.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from geo.model import Role
from geo.scorer import Scorer

__all__ = ["features", "find_role", "sure_role"]

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
# The titles of persons that take the place with "of" ("leader of the separatist republic").
_OFFICES = frozenset(
    "president minister premier chancellor king queen prince governor mayor senator spokesman spokeswoman spokesperson "
    "ambassador head leader commissioner archbishop bishop".split()
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
# Right before a name they can only speak of the place ("the capital Kyiv"); "north" could end a phrase of its own.
_SETTLED = frozenset("capital city town village port".split())
# Heads that make a name before them part of the name of a site: to be "at Ntungamo Police Station" is to be there.
_SITES = frozenset(
    "hospital clinic airport airfield base barracks station stadium prison jail school college university camp port "
    "harbour harbor terminal bridge market mosque church cathedral temple hotel palace museum park plant mine refinery "
    "dam checkpoint border crossing square courthouse mall centre center factory depot".split()
)
_AT_SITE = frozenset("in at near to from inside outside into on around through towards toward".split())
_ACTING_HEADS = frozenset(
    "ally allies enemy enemies friend partner partners proxy proxies rival foe support help backing sanctions talks "
    "ties relations government army forces troops military leadership position policy pressure gains war dispute "
    "negotiations cooperation alliance deal trade cause morale hands control rule command occupation advance offensive "
    "counteroffensive campaign invasion strategy".split()
)
_SIDES = frozenset("ally enemy friend partner proxy rival foe opponent".split())
_SPOKEN_TO = frozenset(
    "blame accuse tell urge ask warn call condemn criticise criticize thank praise pressure sanction threaten back "
    "support help join defeat fight single pick slam rebuke assure defend oppose isolate punish push persuade force "
    "beat arm lobby convince".split()
)
_HEARD = frozenset(
    "say tell claim announce vow pledge deny reject warn accuse blame demand insist want seek plan hope agree refuse "
    "promise order threaten urge aim declare hit send provide supply sign recognise recognize".split()
)
_INSIDE = frozenset("in near within inside outside around across throughout".split())
# After a name they show that it ends there and belongs to no longer one.
_CLOSES = frozenset(
    "and or but on after before when where who which that with to for at in by as from since during was is".split()
)
# "Attack on", "offensive against", "invasion of": what is hit is the place.
_ATTACKS = frozenset("attack strike assault offensive invasion bombing bombardment raid shelling airstrike".split())
_FALLS = frozenset("fall rain land drop advance close march descend".split())
_PRESSED_ON = frozenset("call pressure sanction rely depend".split())
_WITH_SIDES = frozenset("agree negotiate talk meet cooperate side work fight be stand ally".split())
_LOCATIVE = frozenset(
    "in at near within inside outside around across through throughout into onto toward towards to from over along "
    "beyond off under above beside via until past".split()
)
_POSSESSIVE = frozenset({"'s", "'"})
_STATE_COMPOUNDS = frozenset("backed led ally allied brokered sponsored funded run made supplied appointed".split())
# What is done to ground, by armies and by nature; the scorer knows such verbs from matches, if at all.
_DONE_TO_GROUND = frozenset(
    "attack liberate capture recapture retake seize shell bomb bombard border encircle besiege storm evacuate reach "
    "enter visit cross flee leave control occupy reoccupy regain recover strike hit pound reclaim surround target "
    "overrun shake rock jolt rattle batter lash ravage devastate destroy flood flatten engulf sweep grip blanket "
    "paralyse paralyze connect link tour search".split()
)
_UNDERGOES = frozenset("lie sit stretch straddle experience suffer fall remain endure witness come wake lose".split())
_GIVE = frozenset("give provide supply send offer deliver donate grant".split())
_GIFTS = frozenset("aid weapon arms ammunition missile munition package programme program shipment assistance".split())

# Classes of words for the scorer, by lemma; a word may stand in several.
_CLASSES = {
    "speech": "say tell claim announce declare state add note report confirm insist argue suggest maintain reply "
    "respond comment warn promise pledge vow explain admit acknowledge",
    "refusal": "deny reject refuse oppose protest object criticise criticize condemn denounce blame accuse veto "
    "resist boycott ban forbid prohibit",
    "will": "want seek plan hope decide agree choose intend aim consider believe expect try attempt prefer fear "
    "think know regard accept recognise recognize approve support back fail wish opt need",
    "demand": "ask urge call demand order request appeal persuade convince force pressure press lobby tell allow "
    "let permit help assist advise invite encourage",
    "diplomacy": "sign negotiate ratify cooperate join leave withdraw ally accede enter adopt pass enact abolish "
    "establish introduce launch conclude break sever participate",
    "war": "attack invade defeat fight occupy annex bomb capture conquer surrender retaliate defend threaten strike "
    "hit shell seize besiege liberate control rule govern colonise colonize mobilise cede declare resist sack raid "
    "fall colony occupation invasion conquest annexation",
    "giving": "give provide supply send sell buy export import offer pay lend donate fund finance deploy grant "
    "receive purchase acquire deliver invest transfer",
    "sport": "beat win lose draw score play compete finish qualify advance debut represent face meet defeat cap "
    "host reach concede trail outscore thrash edge tie dominate rout eliminate relegate champion captain coach "
    "transfer sign loan join",
    "staying": "live reside bear die work study arrive locate situate travel move settle return grow visit go come "
    "stay base find occur happen hold lie stand bury raise perform record tour flee emigrate migrate educate serve "
    "spend meet",
    "undergoing": "lie border stretch straddle see experience suffer contain number lack cover consist surround "
    "flood destroy lose separate divide bound rise",
    "being": "be become remain seem have include",
    "match": "team squad side player captain coach manager goalkeeper striker midfielder defender champion "
    "championship winner loser match game final semi-final semifinal quarter-final tournament cup title league "
    "season medal debut cap appearance goal win victory defeat loss draw club score point round tie opponent test "
    "series rival tour olympics race run try penalty friendly qualifier bronze gold silver runner-up century innings "
    "wicket batsman bowler event",
    "state": "government army force troop military leadership parliament policy treaty pact alliance war relation "
    "tie deal agreement talk negotiation sanction ally enemy support aid peace dispute tension embassy ambassador "
    "independence invasion attack surrender conflict cooperation diplomacy republic empire king emperor minister "
    "president loan embargo debt accession membership representative delegation recognition",
    "land": "city town village capital border coast territory region area province district south north east west "
    "centre center part island river lake mountain port airport street road population suburb building station land "
    "place site school university church college museum hospital native resident citizen flora fauna species "
    "mainland map climate soil shore valley",
}


def _by_word() -> dict[str, tuple[str, ...]]:
    classes: dict[str, list[str]] = {}
    for name, words in _CLASSES.items():
        for word in dict.fromkeys(words.split()):
            classes.setdefault(word, []).append(f"[{name}]")
    return {word: tuple(names) for word, names in classes.items()}


_CLASSES_OF = _by_word()
_OBJECTS = frozenset({"dobj", "dative", "npadvmod"})  # "npadvmod": how the model reads "beat Everton 2-1"
_BESIDE = frozenset("nsubj dobj attr acomp xcomp prep agent ccomp oprd auxpass".split())
_LONGEST_SITE = 4  # words after the name
_COORDINATION = 4  # names up a list; further ones say nothing new
_SENTENCE = 30  # words either side that may give the subject away; bounds the work on endless sentences
# Chances above which a name acts. For a plain town .8 costs ReLocaR .3 points against .5 and GeoWebNews nothing, and a
# town taken for its team loses a pin.
_ACTS = 0.5
_ACTS_THOUGH_NO_STATE = 0.8


def find_role(doc: Any, start: int, end: int, can_act: bool, scorer: Scorer | None = None) -> Role:
    """Return the role of the name at tokens ``start``..``end`` (end exclusive) of a spaCy ``Doc``.

    ``can_act``: the name is a country, a capital, a seat of power or a bloc, what a government can be called by.
    ``scorer`` stands in for the shipped one when another is measured.
    """
    parsed = doc.has_annotation("DEP")
    sure = sure_role(doc, start, end, can_act)
    if sure is None and end < len(doc) and doc[end].text in _POSSESSIVE:
        sure = _possessive(doc, end + 1, can_act)
    if sure is None and parsed:
        sure = _from_tree(doc, start, end, can_act)
    if sure is not None:
        return sure
    if not parsed:
        return _without_parse(doc, start, end, can_act)
    chance = (scorer or Scorer.load("roles")).probability(features(doc, start, end))
    return Role.ACTOR if chance > (_ACTS if can_act else _ACTS_THOUGH_NO_STATE) else Role.LITERAL


def sure_role(doc: Any, start: int, end: int, can_act: bool) -> Role | None:
    """Return the role of a name where its neighbours leave no doubt, or None; this needs no tree."""
    before = doc[start - 1].lower_ if start else ""
    if before in _SETTLED:
        return Role.LITERAL
    after = doc[end] if end < len(doc) else None
    if before in _INSIDE and _closes(after):
        return Role.LITERAL
    if after is None or after.text in _POSSESSIVE:
        return None
    if after.text == "-" and end + 1 < len(doc) and not after.whitespace_:
        return Role.ACTOR if can_act and doc[end + 1].lower_ in _STATE_COMPOUNDS else Role.LITERAL
    if not after.is_punct and _is_at_site(doc, start, end):
        return Role.LITERAL
    if not after.is_punct and _heads_title(doc, end):
        return Role.MODIFIER
    return None


def _is_at_site(doc: Any, start: int, end: int) -> bool:
    """Whether a name begins that of a site where something is: "taken to Mymensingh Medical College Hospital"."""
    before = start - 1
    while before >= 0 and doc[before].lower_ in {"the", "a", "its"}:
        before -= 1
    if before < 0 or doc[before].lower_ not in _AT_SITE:
        return False
    last = end
    while (
        last < len(doc) and last - end < _LONGEST_SITE and (doc[last].text[:1].isupper() or doc[last].lower_ in _SITES)
    ):
        last += 1
    return last > end and doc[last - 1].lower_ in _SITES


def _closes(after: Any | None) -> bool:
    """Whether the token after a name shows that it ends there: "in Kharkiv, …", not "in Kharkiv-based …"."""
    if after is None:
        return True
    return after.lower_ in _CLOSES or (after.is_punct and after.text not in _POSSESSIVE and bool(after.whitespace_))


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


def _possessive(doc: Any, at: int, can_act: bool) -> Role | None:
    """Read "Ukraine's …" by what is owned: a title or institution, the land itself, those who act, or none of these."""
    owned = list(_owned(doc, at))
    if any(token.lower_ in _TITLES for token in owned):
        return Role.MODIFIER
    if owned and owned[-1].lower_ in _LAND:
        return Role.LITERAL
    return Role.ACTOR if can_act and owned and owned[-1].lower_ in _ACTING_HEADS else None


def _owned(doc: Any, at: int) -> Iterator[Any]:
    """Yield the words of the noun phrase that begins at a token, up to its head."""
    head = doc[at - 2].head if doc.has_annotation("DEP") else None
    for token in doc[at : at + 7]:
        if (token.is_punct and token.text != "-") or token.pos_ in {"VERB", "AUX", "ADP"}:
            return
        yield token
        if token == head or (head is None and token.lower_ in _LAND | _ACTING_HEADS):
            return


def _from_tree(doc: Any, start: int, end: int, can_act: bool) -> Role | None:
    """Read the word that governs the name, where it leaves no doubt."""
    name = _first_of_list(doc[start:end].root)
    head, lemma = name.head, name.head.lemma_.lower()
    if _undergoes(name.dep_, head, lemma):
        return Role.LITERAL
    if not can_act and _may_undergo(name.dep_, head, lemma) and not _speaks_of_match(doc, start, end):
        return Role.LITERAL
    if name.dep_ in {"compound", "amod", "nmod"}:
        return _premodifier(head, can_act)
    if name.dep_ == "appos" and head.lower_ in _LAND:
        return Role.LITERAL
    if name.dep_ == "pobj":
        return _object_of(head, can_act)
    acts = (name.dep_ == "conj" and head.lower_ in _ACTING_HEADS) or (name.dep_ in _OBJECTS and lemma in _SPOKEN_TO)
    return Role.ACTOR if can_act and acts else None


def _undergoes(dep: str, verb: Any, lemma: str) -> bool:
    """Whether the verb does something to the place, or only says where it is."""
    if dep in _OBJECTS:
        return lemma in _DONE_TO_GROUND or lemma in _GIVE
    if dep == "nsubjpass":
        return lemma in _DONE_TO_GROUND
    return dep == "nsubj" and lemma == "be" and _is_somewhere(verb)


def _may_undergo(dep: str, head: Any, lemma: str) -> bool:
    """Whether something is done to a name that no government is called by: "took Goma", though not "beat Everton"."""
    if dep in _OBJECTS:
        return lemma not in _SPOKEN_TO
    if dep == "pobj":
        return lemma == "on" and head.head.lemma_.lower() not in _PRESSED_ON
    return dep == "nsubjpass" or (dep == "nsubj" and lemma in _UNDERGOES)


def _speaks_of_match(doc: Any, start: int, end: int) -> bool:
    return "sentence [match]" in _subject_matter(doc, start, end)


def _is_somewhere(verb: Any) -> bool:
    """Whether "is" is completed by a place alone ("Izyum is at the crossing")."""
    labels = {child.dep_ for child in verb.children}
    placed = any(child.dep_ == "prep" and child.lower_ in _LOCATIVE for child in verb.children)
    return placed and labels.isdisjoint({"attr", "acomp", "xcomp"})


def _first_of_list(root: Any) -> Any:
    """Return the name that stands in the sentence for a list of names or for its apposition."""
    for _ in range(_COORDINATION):
        head = root.head
        if root.dep_ not in {"conj", "appos"} or not (head.ent_type_ or head.pos_ == "PROPN"):
            break
        root = head
    return root


def _premodifier(head: Any, can_act: bool) -> Role | None:
    if head.lower_ in _TITLES:
        return Role.MODIFIER
    if head.lower_ in _LAND:
        return Role.LITERAL
    return Role.ACTOR if can_act and head.lower_ in _ACTING_HEADS else None


def _object_of(preposition: Any, can_act: bool) -> Role | None:
    word, governor = preposition.lower_, preposition.head
    if word in _INSIDE:
        return Role.LITERAL
    lemma = governor.lemma_.lower()
    if word == "of" and can_act and lemma in _OFFICES:
        return Role.MODIFIER
    if word == "of" and can_act and lemma in _SIDES:
        return Role.ACTOR
    if word == "with" and can_act and lemma in _WITH_SIDES:
        return Role.ACTOR
    if word in {"of", "with"} and (governor.lower_ in _LAND or governor.lower_ == "out"):
        return Role.LITERAL
    if word in {"of", "on", "against"} and lemma in _ATTACKS:
        return Role.LITERAL
    if word == "on" and lemma in _FALLS:
        return Role.LITERAL
    if (word == "to" and lemma in _GIVE) or (word in {"to", "for"} and lemma in _GIFTS):
        return Role.LITERAL
    return None


def features(doc: Any, start: int, end: int) -> list[str]:
    """Return what the scorer weighs, by readable names: grammar, neighbouring words, subject matter of the sentence.

    ``[war]`` and the like are classes of words; the rest are lemmas, dependency labels and parts of speech of spaCy.
    """
    root = doc[start:end].root
    name = _first_of_list(root)
    found = [f"entity {root.ent_type_}", f"words {min(end - start, 3)}"]
    if name is not root:
        found.append("in a list")
    found += _grammar(name)
    found += _neighbours(doc, start, end)
    found += _subject_matter(doc, start, end)
    return found


def _grammar(name: Any) -> Iterator[str]:
    """Yield how the name hangs on its governor, and through a preposition on the word before that."""
    dep, head = name.dep_, name.head
    yield dep
    if head == name:
        return
    pos, lemma = head.pos_, head.lemma_.lower()
    yield f"{dep} {pos}"
    yield f"{dep} {lemma}"
    for word_class in _classes(lemma):
        yield f"{dep} {word_class}"
    if dep == "pobj":
        yield from _through(head)
    elif pos in {"VERB", "AUX"}:
        yield from _beside(name, dep, head)
    elif dep == "poss":
        yield f"poss of {head.dep_}"


def _classes(lemma: str) -> tuple[str, ...]:
    return _CLASSES_OF.get(lemma, ())


def _through(preposition: Any) -> Iterator[str]:
    word, governor = preposition.lower_, preposition.head
    lemma = governor.lemma_.lower()
    yield "place preposition" if word in _LOCATIVE else "other preposition"
    if preposition.dep_ == "agent":
        yield "by agent"
    yield f"{word} {governor.pos_}"
    yield f"{word} {lemma}"
    for word_class in _classes(lemma):
        yield f"{word} {word_class}"
        yield f"preposition {word_class}"


def _beside(name: Any, dep: str, verb: Any) -> Iterator[str]:
    """Yield what else hangs on the verb that governs the name."""
    for child in verb.children:
        label = child.dep_
        if label in _BESIDE and child != name:
            yield f"{dep} with {label}"
            for word_class in _classes(child.lemma_.lower()):
                yield f"{dep} with {label} {word_class}"


def _neighbours(doc: Any, start: int, end: int) -> Iterator[str]:
    before, after = doc[max(0, start - 3) : start], doc[end : end + 3]
    for side, words in (("before", before), ("after", after)):
        for token in words:
            lemma = token.lemma_.lower()
            yield f"{side} {lemma}"
            for word_class in _classes(lemma):
                yield f"{side} {word_class}"
    if not len(before):
        yield "begins the sentence"
    elif len(after):
        yield f"{doc[start - 1].lower_} _ {after[0].lower_}"


def _subject_matter(doc: Any, start: int, end: int) -> set[str]:
    """Return the classes of the words around, each once; read as numbers, a third of the time of reading strings."""
    lemmas = doc.to_array("LEMMA")
    around = [*lemmas[max(0, start - _SENTENCE) : start].tolist(), *lemmas[end : end + _SENTENCE].tolist()]
    known = _classes_by_number()
    return {name for lemma in around if lemma in known for name in known[lemma]}


@cache
def _classes_by_number() -> dict[int, tuple[str, ...]]:
    """Return the names of the sentence's features by spaCy's number of each lemma, lower case and capitalised."""
    from spacy.strings import get_string_id  # here, because the rules without a parse need no spaCy model

    return {
        get_string_id(form): tuple(f"sentence {word_class}" for word_class in classes)
        for word, classes in _CLASSES_OF.items()
        for form in (word, word.capitalize())
    }


def _without_parse(doc: Any, start: int, end: int, can_act: bool) -> Role:
    before = doc[start - 1].lower_ if start else ""
    after = doc[end].lower_ if end < len(doc) else ""
    if not can_act or (before in _LOCATIVE and after not in _POSSESSIVE):
        return Role.LITERAL
    if before == "by" or after in _POSSESSIVE or _stem(after) in _HEARD:
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
