"""Who says what in a sentence: cue verb, speaker and the words that are theirs.

On the parse a cue's content is what hangs on it; a quotation of several sentences keeps the speaker of its own cue;
pronouns and "its general staff" are led back to their owner within the report. Without a parse a pattern over the
words finds the plain cases.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from geo.language import ParsedDocument, ParsedSentence, Words
from geo.lexicon import NOUNS
from geo.model import EventType
from geo.text import SentenceKind

__all__ = ["Attribution", "find_attributions", "noun_phrase"]

_SAYING = frozenset(
    "say tell claim announce report add state declare note explain write confirm insist argue believe "
    "acknowledge "
    "admit allege assert maintain stress emphasise emphasize warn describe estimate suggest reveal disclose tweet post "
    "publish blame accuse inform remark recall reply respond quote cite concede contend testify indicate show see call "
    "spell observe predict comment boast complain hint brief conclude find count talk".split()
)
# They tell what somebody thinks of a thing, not that it happened: "condemned the raid" is no claim of it.
_JUDGING = frozenset(
    "criticize criticise praise condemn ask mention question discuss endorse slam blast worry echo liken point "
    "encourage oppose view understand learn express voice outline highlight characterize characterise portray label "
    "depict compare joke quip mock laud hail applaud defend assure remind signal caution allude refer speculate "
    "reiterate repeat underscore detail document invoke rebuke lament decry denounce deride ridicule reckon doubt "
    "wonder suspect project calculate attack support favor favour decline refuse chant sing counter interpret realize "
    "realise object protest swear advocate recommend credit fault explore tout welcome".split()
)
_DENYING = frozenset("deny reject refute dismiss dispute rebut disavow".split())
_PLANNING = frozenset(
    "vow aim plan want expect seek hope promise pledge threaten intend demand urge propose prepare consider order "
    "agree "
    "decide offer schedule forecast anticipate fear appeal".split()
)
_ISSUED = frozenset("issue release post publish share broadcast circulate".split())
_DECLARING = frozenset({"announce", "declare"})
_SPEAKING = frozenset({"say", "tell", "add", "ask"})  # they are cues even where what is said stands elsewhere
_CUES = _SAYING | _DENYING | _PLANNING | _JUDGING
# Verbs at which ``_at_cue`` looks closer.
_LIKELY = _CUES | _ISSUED | frozenset("put lay place pin estimate".split())
_HAPPENED = frozenset({EventType.BATTLE, EventType.CONTROL_CHANGE, EventType.WITHDRAWAL, EventType.CASUALTIES})
_PERSONAL = frozenset("he she they him her i we".split())
_OWNERS = frozenset("his her its their".split())
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_CONTENT = frozenset({"ccomp", "xcomp", "dobj", "acl", "parataxis", "dative", "oprd"})
_TOPICS = frozenset("of about for over that as".split())
_CIRCUMSTANCE = frozenset("after before as while when since until once because if though although where".split())
# What shows but does not speak: its words are those of whoever put it out.
_SILENT = frozenset("image photo photograph picture video footage clip map data chart".split())
# What somebody has put out and what, where nobody is named, speaks for itself.
_EXHIBITS = _SILENT | frozenset("record document report affidavit".split())
# What must be completed by a clause to tell what somebody says: "saw that", not "saw unrest".
_CLAUSE_ONLY = frozenset("see find show indicate respond reply".split())
_BODIES = frozenset("organization organisation charity agency group company watchdog".split())
_GROUPS = frozenset(
    "ministry government army police union party court newspaper paper magazine station statement report study team "
    "office committee council commission board panel force command unit militia movement network source".split()
)
_LONGEST_SENTENCE = 2_000  # characters; nobody speaks a longer one
_ENDS_PLURAL = re.compile(r"(?:s|people|police|men|women)$|\band\b")
_NOUNS_TOO = frozenset("report reports claim claims".split())
_TWO_NAMES = re.compile(r"(?:[A-Z][\w.'-]* )+[A-Z][\w'-]+")
_TITLED_NAME = re.compile(r"[a-z] [A-Z][\w'-]+ [A-Z][\w'-]+$")
_TITLE_AND_NAME = re.compile(r"(?:[Tt]he )?[a-z][\w' -]{2,60}, (?P<name>[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){1,3})")
_TITLE_WORDS = re.compile(r"^(?:an?|the|that|this|but|and|president|mr|mrs|ms|dr)\.? +", re.IGNORECASE)
_PLAIN_CUE = r"(?:said|says|told|claimed|claims|announced|reported|denied|added|confirmed|warned|wrote|stated|insisted)"
_SPEAKER_FIRST = re.compile(
    rf"(?P<who>(?:[A-Z][\w.'-]*|[a-z]+ (?=[A-Z]))(?: (?:[A-Z][\w.'-]*|of|the|and|for|[a-z]{{4,12}})){{0,7}}?)"
    rf"(?:, [^,\"]{{3,80}},)? (?P<cue>{_PLAIN_CUE})\b"
)
_SPEAKER_LAST = re.compile(
    rf"[,\"] ?(?P<cue>{_PLAIN_CUE}) (?P<who>(?:[A-Z][\w.'-]*|the|of)(?: (?:[A-Z][\w.'-]*|of|the)){{0,6}})"
)
_SOURCE_LAST = re.compile(
    r": (?P<who>(?:[\w.'-]+ ){0,4}(?:officials?|ministry|minister|police|governor|mayor|president|army|military|"
    r"sources?|authorities|reports?|media|agency|witnesses|UN|spokesman|spokeswoman))$"
)
_SAID_LAST = re.compile(
    r", (?P<who>(?!he\b|she\b|they\b|it\b|which\b|who\b|but\b|and\b)[^,\";:]{3,70}?(?:, [A-Z][^,\";:]{3,40},)?)"
    r" (?:now |also |later )?"
    r"(?P<cue>(?:said|says?|reports?|reported|added|confirms?|confirmed|claims?|claimed|announced|warned)\b"
    r"|told (?=\w))"
    r"(?:[\w ]{2,40}?)??(?: (?:on|late|early) [A-Z]\w+day| (?:yesterday|today)| in a (?:statement|report))?[.\"]*$"
)
_PRONOUN_LAST = re.compile(
    r"[,\"] (?P<who>he|she|it|they) (?:now |also |later )?(?P<cue>said|says?|added|told)\b"
    r"(?: [\w ]{2,40})?(?: (?:on|late|early) [A-Z]\w+day| in a (?:statement|report))?[.\"]*$"
)
_ACCORDING = re.compile(r"[Aa]ccording to (?:the |an? )?(?P<who>[\w' -]{3,60}?)(?=[,.;]|$)")


@dataclass(frozen=True, slots=True)
class Attribution:
    """One cue in a sentence: its lemma, the speaker as a name, and which tokens are the speaker's words.

    ``speaker_index`` is the token that stands for the speaker, -1 where the sentence has none (a quotation goes on)
    or the tree has lost him.
    """

    cue: str
    cue_index: int
    speaker: str
    tokens: frozenset[int]
    speaker_index: int = -1

    @property
    def denies(self) -> bool:
        """Whether the cue denies its content."""
        return self.cue in _DENYING

    @property
    def judges(self) -> bool:
        """Whether the cue tells what somebody thinks of its content, which is not said to be so."""
        return self.cue in _JUDGING and self.cue not in _SAYING

    @property
    def plans(self) -> bool:
        """Whether the cue speaks of what is wanted or expected."""
        return self.cue in _PLANNING


def find_attributions(parsed: ParsedDocument) -> list[list[Attribution]]:
    """Return the attributions of each sentence, outermost cue first."""
    memory = _Memory(parsed)
    found = [_of_sentence(s, memory) if s.kind is SentenceKind.BODY else [] for s in parsed.sentences]
    _carry_quotes(parsed.sentences, found)
    return found


class _Memory:
    """The names a report has used so far: full names by surname, and who spoke last."""

    def __init__(self, parsed: ParsedDocument) -> None:
        self.last_person = ""
        self.last_speaker = ""
        self.last_body = ""
        self._full: dict[str, str] = {}
        read = [s.words for s in parsed.sentences if s.has_entities and len(s.text) <= _LONGEST_SENTENCE]
        for tell in (_people, _name_pairs):
            for surname, name in (named for words in read for named in words.once(tell)):
                self._full.setdefault(surname, name)
        self._names = frozenset(self._full.values())

    def notice(self, words: Words) -> None:
        """Remember the last person that a sentence is about, for the pronouns after it."""
        subjects, body = words.once(_spoken_of)
        names = [name for text in subjects if self.is_person(name := self.full_name(text))]
        self.last_person = names[-1] if names else self.last_person
        self.last_body = body or self.last_body

    def full_name(self, name: str) -> str:
        """Return the full name that the report gives for a surname, or the name itself."""
        return self._full.get(name.casefold(), name) if " " not in name else name

    def is_person(self, name: str) -> bool:
        """Whether the report names a person by these words."""
        return name in self._names


def _people(doc: Any) -> list[tuple[str, str]]:
    """Return the surname, case-folded, and the name of each person whom the model finds with two names or more."""
    found = []
    for person in (e for e in doc.ents if e.label_ == "PERSON"):
        words = [w for w in re.findall(r"[^\W\d_][\w'-]+", person.text) if w[:1].isupper() and w != "'s"]
        if len(words) >= 2:
            found.append((words[-1].casefold(), " ".join(words)))
    return found


def _name_pairs(doc: Any) -> list[tuple[str, str]]:
    """Return, as ``_people`` does, two capitalised words that stand together as the subject of a cue.

    They are names that the model took for others.
    """
    from spacy.symbols import PROPN  # here, because the rules alone need no parts of speech

    found = []
    parts = doc.to_array("POS").tolist()
    for i in (i for i in range(1, len(parts)) if parts[i] == parts[i - 1] == PROPN):
        token, before = doc[i], doc[i - 1]
        named = before.head == token and before.is_title and token.is_title
        person = token.dep_ in _SUBJECTS | {"appos"} and before.ent_type_ not in {"GPE", "LOC", "ORG", "NORP"}
        if named and person:
            found.append((token.text.casefold(), f"{before.text} {token.text}"))
    return found


def _spoken_of(doc: Any) -> tuple[list[str], str]:
    """Return the persons that a sentence is about and the last body that it names, or ''."""
    people = [e.text for e in doc.ents if e.label_ == "PERSON" and e.root.dep_ in {"nsubj", "appos"}]
    bodies = [e.text for e in doc.ents if e.label_ == "ORG" and e.root.dep_ in {"nsubj", "pobj", "agent", "appos"}]
    return people, re.sub(r"^[Tt]he |'s$", "", bodies[-1]) if bodies else ""


def _likely_cues(doc: Any) -> list[int]:
    """Return the tokens that may be cues, by the word alone: few are, and to ask the tree costs ten times as much."""
    from spacy.symbols import AUX, VERB  # here, because the rules alone need no parts of speech

    rows = doc.to_array(["POS", "LEMMA", "LOWER"]).tolist()
    words, according = doc.vocab.strings, doc.vocab.strings["according"]
    verbs = {VERB, AUX}
    return [
        i
        for i, (part, lemma, lower) in enumerate(rows)
        if lower == according or (part in verbs and words[lemma].lower() in _LIKELY)
    ]


def _of_sentence(sentence: ParsedSentence, memory: _Memory) -> list[Attribution]:
    if len(sentence.text) > _LONGEST_SENTENCE:
        return []
    if not sentence.has_parse:
        return list(_by_pattern(sentence, memory))
    doc = sentence.doc
    found = list(_after_colon(doc, sentence.text))
    for token in map(doc.__getitem__, sentence.words.once(_likely_cues)):
        attribution = _at_according(token, memory) or _at_cue(token, memory)
        if attribution is not None and attribution.speaker:
            found.append(attribution)
            if attribution.judges or not attribution.tokens:
                continue
            memory.last_speaker = attribution.speaker
            if memory.is_person(attribution.speaker) or _is_somebody(token, attribution.speaker):
                memory.last_person = attribution.speaker
    found += _at_the_end(doc, sentence.text, memory, found)
    memory.notice(sentence.words)
    return sorted(found, key=lambda a: (-len(a.tokens), a.cue_index))


def _is_somebody(cue: Any, speaker: str) -> bool:
    """Whether "he" or "she" may mean a speaker without a name: "a resident", "a nun in the camp"."""
    if _TITLED_NAME.search(speaker):
        return True
    subject = _subject_of(cue)
    if subject is None or subject.tag_ != "NN" or subject.lemma_.lower() in _BODIES | _GROUPS:
        return False
    return any(c.dep_ == "det" and c.lower_ in {"a", "an", "one", "another"} for c in subject.children)


def _at_the_end(doc: Any, text: str, memory: _Memory, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Read the speaker at a sentence's end whose tree has lost him or part of his words: "…, aid workers said."."""
    match = _SAID_LAST.search(text)
    if match is None:
        yield from _pronoun_at_the_end(doc, text, memory, found)
        return
    cue = doc.char_span(match.start("cue"), match.start("cue") + 3, alignment_mode="expand")[0].i
    if match["cue"] in _NOUNS_TOO and doc[cue].pos_ != "VERB":
        return  # "denied the reports"
    who = memory.full_name(_TITLE_WORDS.sub("", match["who"].rstrip(",").rpartition(", ")[2]).strip())
    read = next((a for a in found if a.cue_index == cue), None)
    misled = read is None or (read.speaker_index >= 0 and doc[read.speaker_index].idx < match.start("who"))
    named = who if read is None or misled else read.speaker
    yield Attribution("say", cue, named, frozenset(t.i for t in doc if t.idx < match.start()))
    memory.last_speaker = named
    if memory.is_person(named) or _TWO_NAMES.fullmatch(named):
        memory.last_person = named


def _pronoun_at_the_end(doc: Any, text: str, memory: _Memory, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """Read "…, she added." where the tree has lost its subject or taken another one."""
    match = _PRONOUN_LAST.search(text)
    if match is None:
        return
    pronoun, cue = (doc.char_span(*match.span(name), alignment_mode="expand")[0] for name in ("who", "cue"))
    if not any(a.cue_index == cue.i and a.speaker_index == pronoun.i and a.tokens for a in found):
        own = memory.last_speaker if pronoun.lower_ in {"it", "they"} else memory.last_person
        yield Attribution("say", cue.i, own, frozenset(t.i for t in doc if t.idx < match.start()), pronoun.i)


def _after_colon(doc: Any, text: str) -> Iterator[Attribution]:
    """Read the source that a headline-like line puts last: "Dam burst in the north: officials"."""
    if match := _SOURCE_LAST.search(text):
        tokens = frozenset(t.i for t in doc if t.idx < match.start())
        yield Attribution("say", len(doc) - 1, match["who"], tokens)


_NOBODY = frozenset("nobody none neither nothing some many most others all both few one those these".split())


def _at_cue(token: Any, memory: _Memory) -> Attribution | None:
    lemma = "blame" if _puts_blame(token) else token.lemma_.lower()
    speaks = lemma in _CUES or _puts_out(token) or _puts_at(token)
    if token.pos_ not in {"VERB", "AUX"} or not speaks:
        return None
    subject = _subject_of(token) or _beside(token)
    if subject is None or subject.pos_ in {"NUM", "ADJ"} or subject.lower_ in _NOBODY:
        return None
    if (
        lemma in _CLAUSE_ONLY
        and not any(c.dep_ in {"ccomp", "xcomp"} for c in token.children)
        and not _exhibits(subject)
    ):
        return None
    if lemma == "reject" and any(NOUNS.get(c.lemma_.lower()) is EventType.BATTLE for c in token.children):
        return None  # to reject an attack is to beat it off
    if lemma == "order" and not any(c.dep_ in {"ccomp", "xcomp"} for c in token.children):
        return None
    if lemma in _DECLARING and not _tells_in_words(token):
        return None  # to declare a state of emergency is to make it so
    if lemma == "claim" and any(c.dep_ == "dobj" and c.lower_ in {"which", "that", "it"} for c in token.children):
        return None  # land that is claimed, not words
    tokens = _content(token, subject)
    if not tokens and lemma not in _SPEAKING:
        return None
    return Attribution(lemma, token.i, _speaker(subject, memory), tokens, subject.i)


def _tells_in_words(cue: Any) -> bool:
    """Whether what is declared is a clause, a quotation or a happening, not an act of office."""
    if any(c.dep_ in {"ccomp", "xcomp", "parataxis", "nsubjpass"} for c in cue.children) or cue.dep_ in {
        "ccomp",
        "parataxis",
    }:
        return True
    objects = [c.lemma_.lower() for c in cue.children if c.dep_ == "dobj"]
    return not objects or any(NOUNS.get(lemma) in _HAPPENED for lemma in objects)


def _exhibits(subject: Any) -> bool:
    return subject.lemma_.lower() in _EXHIBITS


def _at_according(token: Any, memory: _Memory) -> Attribution | None:
    if token.lower_ != "according":
        return None
    to = next((c for c in token.children if c.lower_ == "to"), None)
    named = next((c for c in to.children if c.dep_ == "pobj"), None) if to is not None else None
    if named is None:
        return None
    own = {t.i for t in token.subtree}
    tokens = frozenset(t.i for t in token.doc if t.i not in own)
    return Attribution("according", token.i, _speaker(named, memory), tokens, named.i)


def _subject_of(verb: Any) -> Any | None:
    """Return the subject of a cue, its own or the one it shares ("…, saying that"; "the town that officials say")."""
    for child in verb.children:
        if child.dep_ in _SUBJECTS:
            if child.dep_ == "nsubjpass":
                return _agent_of(verb)
            return child
    if (
        verb.dep_ in {"advcl", "xcomp", "conj"}
        and verb.head != verb
        and (verb.tag_ in {"VBG", "VBD", "VBZ", "VBP", "VBN", "VB"})
    ):
        return _subject_of(verb.head) if verb.head.pos_ in {"VERB", "AUX"} else None
    if verb.dep_ == "acl" and verb.tag_ == "VBG":
        return verb.head
    return None


def _puts_out(verb: Any) -> bool:
    """Whether a verb publishes something that shows: "put out a video of …"."""
    if verb.lemma_.lower() not in _ISSUED | {"put"}:
        return False
    return any(c.dep_ in {"dobj", "nsubjpass"} and c.lemma_.lower() in _EXHIBITS for c in verb.children)


def _puts_blame(verb: Any) -> bool:
    """Whether a verb blames: "put the blame for the blackouts on them"."""
    return verb.lemma_.lower() in {"put", "lay", "place", "pin"} and any(
        c.dep_ == "dobj" and c.lower_ == "blame" for c in verb.children
    )


def _puts_at(verb: Any) -> bool:
    """Whether a verb tells a figure: "put the toll at 14"."""
    parts = {(c.dep_, c.lower_ if c.dep_ == "prep" else "") for c in verb.children}
    return verb.lemma_.lower() in {"put", "estimate"} and {("dobj", ""), ("prep", "at")} <= parts


def _beside(cue: Any) -> Any | None:
    """Return the name right before or after a verb of saying whose subject the parse has lost."""
    if cue.lemma_ not in {"say", "tell", "add", "write"}:
        return None
    doc = cue.doc
    after = doc[cue.i + 1] if cue.i + 1 < len(doc) else None
    before = doc[cue.i - 1] if cue.i else None
    if before is not None and before.text == "," and cue.i > 1:
        before = doc[cue.i - 2]
    return next((t for t in (before, after) if t is not None and t.pos_ == "PROPN"), None)


def _agent_of(verb: Any) -> Any | None:
    for child in verb.children:
        if child.dep_ == "agent":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def _content(cue: Any, subject: Any) -> frozenset[int]:
    """Return the tokens that the cue reports: what hangs on it, and where it is inserted, what it hangs on."""
    own = {t.i for t in subject.subtree} if subject.head == cue else set()
    held = (c for c in cue.children if c != subject and (_is_content(c) or c.dep_ == "nsubjpass"))
    tokens = {t.i for c in held for t in c.subtree} - own
    if cue.lemma_.lower() in _PLANNING:
        tokens -= {t.i for i in tokens if _is_circumstance(cue.doc[i]) for t in cue.doc[i].subtree}
    if (
        cue.dep_ in {"parataxis", "ccomp"}
        and cue.head != cue
        and not any(c.dep_ in {"ccomp", "xcomp"} for c in cue.children)
    ):
        mine = {t.i for t in cue.subtree}
        tokens |= {t.i for t in cue.head.subtree} - mine
    return frozenset(tokens)


def _is_content(child: Any) -> bool:
    """Whether what hangs on a cue is what is said, not where or when it is said."""
    if child.dep_ == "prep":
        return child.lower_ in _TOPICS or _tells_in(child)
    if child.dep_ == "advcl":
        return child.i > child.head.i and not any(
            c.dep_ in {"mark", "advmod"} and c.lower_ in _CIRCUMSTANCE for c in child.children
        )
    if child.dep_ == "advmod":
        return any(t.pos_ == "VERB" for t in child.subtree)
    return child.dep_ in _CONTENT


def _tells_in(preposition: Any) -> bool:
    """Whether what is said hangs on where it is said: "said in a statement that …"."""
    objects = [c for c in preposition.children if c.dep_ == "pobj"]
    clauses = (c for o in objects for c in o.children if c.dep_ in {"relcl", "acl", "ccomp"} and c.i > o.i)
    return any(any(t.lower_ == "that" and t.i < c.i for t in c.children) for c in clauses)


def _is_circumstance(token: Any) -> bool:
    """Whether a token opens a clause on what had happened when a plan was made ("vowed to stay after taking Acre")."""
    if token.dep_ == "prep":
        return token.lower_ in _CIRCUMSTANCE and any(c.dep_ == "pcomp" for c in token.children)
    if token.dep_ != "advcl":
        return False
    return any((c.dep_ == "mark" and c.lower_ in _CIRCUMSTANCE) or c.lower_ == "having" for c in token.children)


def _speaker(subject: Any, memory: _Memory) -> str:
    if issuer := _issuer(subject):
        return _speaker(issuer, memory)
    if subject.lemma_.lower() in _SILENT and not any(t.dep_ == "poss" for t in subject.children):
        return _speaker(outer, memory) if (outer := _publisher(subject)) is not None else ""
    if subject.lower_ in _PERSONAL or subject.lower_ in {"it", "who", "which", "that"}:
        return _antecedent(subject, memory)
    person = next((e for e in subject.doc.ents if e.label_ == "PERSON" and e.start <= subject.i < e.end), None)
    person = person or _apposed_person(subject)
    if person is not None and not _has_conjunct(subject):
        name = " ".join(t.text for t in person if t.text != "'s")
        return memory.full_name(re.sub(r" ([-'.]) ?", r"\1", name))
    known = any(c.lower_ == "the" for c in subject.children) and len(list(subject.children)) == 1
    if subject.lower_ in _BODIES and known and memory.last_body:
        return memory.last_body
    return _apposed_name(subject) or _owned(subject, memory)


def _issuer(subject: Any) -> Any | None:
    """Return X for "a video issued by X" and "images on X's channel": X speaks, not the video."""
    for child in subject.children:
        if child.dep_ == "acl" and child.lemma_.lower() in _ISSUED:
            return _agent_of(child)
        if child.dep_ == "prep" and child.lower_ in {"by", "from"} and subject.lemma_.lower() in _EXHIBITS:
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def _publisher(subject: Any) -> Any | None:
    """Return who "published images showing …": the subject of the verb that the exhibit is the object of."""
    verb = subject.head
    if subject.dep_ == "dobj" and verb.lemma_.lower() in _ISSUED:
        return next((c for c in verb.children if c.dep_ in _SUBJECTS), None)
    return None


def _apposed_person(subject: Any) -> Any | None:
    """Return the person whom a title stands for ("the adviser, Ana Ruiz, said")."""
    named = (c for c in subject.children if c.dep_ == "appos")
    return next((e for c in named for e in c.doc.ents if e.label_ == "PERSON" and e.start <= c.i < e.end), None)


def _apposed_name(subject: Any) -> str:
    """Return the proper name that a common noun stands for ("the owner, Sunlight Lines, denied"), or ''."""
    if subject.pos_ != "NOUN":
        return ""
    named = next((c for c in subject.children if c.dep_ == "appos" and c.pos_ == "PROPN" and c.i > subject.i), None)
    return "" if named is None else " ".join(t.text for t in named.subtree if t.pos_ == "PROPN" and t.i <= named.i)


def _has_conjunct(token: Any) -> bool:
    return any(c.dep_ == "conj" for c in token.children)


def _antecedent(pronoun: Any, memory: _Memory) -> str:
    """Lead a pronoun back: to a person named before it in the sentence, else to the last person who spoke."""
    if pronoun.lower_ in {"who", "which", "that"} and pronoun.head.dep_ == "relcl":
        return _speaker(pronoun.head.head, memory)
    if pronoun.lower_ in {"i", "we"}:
        return ""
    if pronoun.lower_ == "they" and _ENDS_PLURAL.search(memory.last_speaker):
        return memory.last_speaker
    if pronoun.lower_ in {"it", "which", "that"}:
        subjects = [
            t
            for t in pronoun.doc[: pronoun.i]
            if t.dep_ in _SUBJECTS and t.tag_ in {"NN", "NNP", "NNPS"} and not _is_counted(t)
        ]
        return _speaker(subjects[0], memory) if subjects else memory.last_speaker
    people = [
        e
        for e in pronoun.doc.ents
        if e.label_ == "PERSON" and e.end <= pronoun.i and e.root.dep_ in _SUBJECTS | {"conj"}
    ]
    return memory.full_name(people[-1].text) if people else memory.last_person


def _is_counted(noun: Any) -> bool:
    return any(c.dep_ == "nummod" for c in noun.children)


def _owned(subject: Any, memory: _Memory) -> str:
    """Return a noun phrase without its tail; a possessive pronoun in it becomes its owner's name."""
    words = noun_phrase(subject)
    owner = next(
        (t for t in subject.subtree if t.lower_ in _OWNERS and t.dep_ == "poss" and _belongs(t, subject)), None
    )
    if owner is not None:
        name = _owner_name(owner, memory)
        words = words.replace(owner.text, f"{name}'s" if name else "", 1).strip()
    named = _TITLE_AND_NAME.fullmatch(words)
    return memory.full_name(named["name"] if named else _TITLE_WORDS.sub("", words).strip())


def noun_phrase(noun: Any) -> str:
    """Return the words of a noun phrase proper: no relative clause, no apposition, no aside."""
    return "".join(t.text_with_ws for t in noun.subtree if _belongs(t, noun)).strip(" ,\"'")


def _belongs(token: Any, subject: Any) -> bool:
    """Whether a token of the subtree is part of the phrase proper: no relative clause, no apposition, no aside."""
    node = token
    while node != subject:
        if node.dep_ in {"relcl", "appos", "acl", "advcl", "punct"} and node.head == subject:
            return False
        if node.dep_ == "prep" and node.head == subject and node.lower_ != "of":
            return False
        if node.dep_ in {"advmod", "npadvmod", "preconj"} and node.head == subject and node.i < subject.i:
            return False
        node = node.head
    return True


def _owner_name(owner: Any, memory: _Memory) -> str:
    before = owner.doc[: owner.i]
    if owner.lower_ in {"its", "their"}:
        names = [t for t in before if t.dep_ in _SUBJECTS and t.pos_ == "PROPN"]
        return names[-1].text if names else ""
    return memory.last_person


def _by_pattern(sentence: ParsedSentence, memory: _Memory) -> Iterator[Attribution]:
    for pattern in (_ACCORDING, _SPEAKER_FIRST, _SPEAKER_LAST):
        if match := pattern.search(sentence.text):
            everything = frozenset(range(len(sentence.doc)))
            cue = _base(match["cue"]) if "cue" in match.groupdict() else "according"
            who = memory.full_name(_TITLE_WORDS.sub("", match["who"]).strip(" ."))
            yield Attribution(cue, 0, memory.last_speaker if who.lower() in _PERSONAL else who, everything)
            memory.last_speaker = who
            return


def _base(cue: str) -> str:
    return {"said": "say", "says": "say", "told": "tell", "wrote": "write", "denied": "deny"}.get(cue) or re.sub(
        r"(?:(?<=[^e])ed|s|d)$", "", cue
    )


def _carry_quotes(sentences: Sequence[ParsedSentence], found: list[list[Attribution]]) -> None:
    """Give each sentence of an open quotation the speaker of the cue that closes or opened it."""
    for run in _quote_runs(sentences):
        cues = [a for i in run for a in found[i] if a.cue not in _PLANNING and not a.judges]
        if not cues:
            before = run[0] - 1
            same = before >= 0 and _same_paragraph(sentences, before, run[0])
            cues = [a for a in found[before] if not a.judges][:1] if same else []
        for i in run:
            if cues and all(a.judges for a in found[i]):
                everything = frozenset(range(len(sentences[i].doc)))
                found[i].insert(0, Attribution(cues[0].cue, -1, cues[0].speaker, everything))


def _quote_runs(sentences: Sequence[ParsedSentence]) -> Iterator[list[int]]:
    """Yield the runs of sentences of one paragraph that lie in one quotation, the closing one included."""
    run: list[int] = []
    for i, sentence in enumerate(sentences):
        if run and not _same_paragraph(sentences, run[-1], i):
            yield run
            run = []
        opens = sentence.text.count('"') % 2 == 1
        whole = sentence.text.startswith('"')
        if run:
            run.append(i)
            if opens:
                yield run
                run = []
        elif opens:
            run = [i]
        elif whole:
            yield [i]
    if run:
        yield run


def _same_paragraph(sentences: Sequence[ParsedSentence], a: int, b: int) -> bool:
    return sentences[a].sentence.paragraph == sentences[b].sentence.paragraph
