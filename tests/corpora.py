"""Made corpora with known truth: wire stories, their reprints, and independent reports of the same events.

All of it is invented: places and people are made of syllables, sentences of a small grammar. Independent reports of one
event share what such reports share: quotes with their attribution, figures, names, a standing paragraph of background.
Reprints are what outlets make of a wire story: cut, reordered, reworded, retitled, set into a page. None of the changes
knows how copies are found.
"""

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from geo.documents import make_document
from geo.model import Document

__all__ = ["KINDS", "Made", "make_corpus"]

_DAY = date(2031, 3, 3)
_VOICE = 0.35  # of the words of the grammar, changed by each outlet of its own accord; two that tell of one event then
# have .06 of their 3-grams in common, somewhat more than real ones
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True, slots=True)
class Made:
    """A made report: copies share ``story``, all that tell of one event ``event``; ``kind`` is one of KINDS or ''."""

    document: Document
    story: int
    event: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Country:
    name: str
    capital: str
    president: str
    demonym: str
    background: list[str]


@dataclass(frozen=True, slots=True)
class _Event:
    """What happened: the slots of the grammar and the statements that were made."""

    number: int
    slots: dict[str, str]
    quotes: list[str]
    background: list[str]
    day: date


@dataclass(slots=True)
class _Page:
    title: str
    paragraphs: list[list[str]]  # of sentences
    credit: str = ""
    dateline: str = ""
    chrome: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))

    def text(self) -> str:
        """Return the page as its reader copies it."""
        body = [" ".join(sentences) for sentences in self.paragraphs if sentences]
        if self.dateline and body:
            body[0] = f"{self.dateline} {body[0]}"
        top, bottom = self.chrome
        return "\n\n".join([*top, self.title, *body, *([self.credit] if self.credit else []), *bottom])


_GRAMMAR = tomllib.loads((Path(__file__).parent / "data" / "grammar.toml").read_text("utf-8"))


def _words(name: str) -> list[str]:
    return str(_GRAMMAR[name]).split()


_ONSETS, _VOWELS, _CODAS = _words("onsets"), _words("vowels"), _words("codas")
_ADJECTIVES, _NOUNS, _VERBS = _words("adjectives"), _words("nouns"), _words("verbs")
_PLACES, _TAILS, _ADVERBS = _words("places"), _words("tails"), _words("adverbs")


def _synonyms() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for line in _GRAMMAR["synonyms"].strip().splitlines():
        words = line.split()
        for word in words:
            table.setdefault(word, []).extend(w.replace("-", " ") for w in words if w != word)
    return table


_TABLE = _synonyms()


def _grow(rng: random.Random, template: str, slots: dict[str, str]) -> str:
    """Return a template with one of each {a|b} chosen and its <slots> filled."""
    while re.search(r"\{[^{}]*\}", template):
        template = re.sub(r"\{([^{}]*)\}", lambda m: rng.choice(m[1].split("|")), template)
    text = re.sub(r"<(\w+)(\|cap)?>", lambda m: _slot(rng, slots[m[1]], m[2]), template)
    text = re.sub(r"\s+([,;.])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return text[0].upper() + text[1:]


def _slot(rng: random.Random, value: str, cap: str | None) -> str:
    chosen = rng.choice(value.split("|"))
    return chosen[0].upper() + chosen[1:] if cap else chosen


def _name(rng: random.Random, syllables: int = 2) -> str:
    word = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(syllables)) + rng.choice(_CODAS)
    return word.capitalize()


def _person(rng: random.Random) -> str:
    return f"{_name(rng, 1)} {_name(rng)}"


# --- events and their reports ---


def _country(rng: random.Random) -> _Country:
    name = _name(rng) + "ia"
    country = _Country(name, _name(rng), _person(rng), name + "n", [])
    slots = {"country": name, "capital": country.capital, "president": country.president.split()[1]}
    slots |= {"year": str(rng.randrange(1991, 2024)), "n1": str(rng.randrange(3, 30))}
    country.background.extend(_grow(rng, template, slots) for template in _GRAMMAR["background"])
    return country


def _event(rng: random.Random, number: int, country: _Country) -> _Event:
    kind = rng.choice(sorted(_GRAMMAR["things"]))
    thing, hit, objects = _GRAMMAR["things"][kind]
    day = _DAY + timedelta(days=rng.randrange(60))
    slots = {
        "thing": thing,
        "hit": hit,
        "object": objects,
        "town": _name(rng),
        "neighbour": _name(rng),
        "region": _name(rng) + rng.choice([" province", " district", " valley", " county"]),
        "country": country.name,
        "capital": country.capital,
        "president": country.president.split()[1],
        "official": _person(rng),
        "role": rng.choice(
            ["the provincial governor", "head of civil defence", "the deputy mayor", "an army spokesman"]
        ),
        "weekday": _WEEKDAYS[day.weekday()],
        "hospital": _name(rng),
        "dead": str(rng.randrange(3, 240)),
        "hurt": str(rng.randrange(20, 900)),
        "fled": f"{rng.randrange(2, 90)},{rng.randrange(100, 1000)}",
        "people": f"{rng.randrange(4, 400)},000",
        "cost": str(rng.randrange(4, 900)),
        "grant": f"{rng.randrange(1, 50)},000",
        "adj": "quiet|remote|prosperous|walled|riverside|mining|much-bombed|hilly|once wealthy",
        "year": str(rng.randrange(1991, 2024)),
    }
    return _Event(number, slots, _statements(rng, slots), country.background, day)


def _statements(rng: random.Random, slots: dict[str, str]) -> list[str]:
    speakers = [slots["official"], _person(rng), slots["president"], _person(rng), _person(rng)]
    says = ["said", "told reporters on <weekday>", "told a news conference in <capital>", "wrote on social media"]
    chosen = rng.sample(_GRAMMAR["quotes"], 5)
    return [
        _grow(rng, f'"{quote}," {{{speaker}}} {rng.choice(says)}.', slots)
        for quote, speaker in zip(chosen, speakers, strict=True)
    ]


def _colour(rng: random.Random) -> str:
    """Return a sentence that no other report has: of the observer's own eye, not of the event."""
    subject, thing, place, last = (_noun_phrase(rng) for _ in range(4))
    verb, then = rng.sample(_VERBS, 2)
    where, tail = f"{rng.choice(_PLACES)} {place}", f"{rng.choice(_TAILS)} {last} {then} {rng.choice(_NOUNS)}s"
    orders = (
        f"{where}, {subject} {verb} {thing} {tail}.",
        f"{subject} {verb} {thing} {where}, {tail}.",
        f"{tail}, {subject} {verb} {thing} {where}.",
        f"{thing} {where}: {subject} {verb} it {tail}.",
    )
    text = rng.choice(orders)
    return text[0].upper() + text[1:]


def _noun_phrase(rng: random.Random) -> str:
    words = [rng.choice(["the", "a", "one", "some", "that", "another"]), rng.choice(_ADJECTIVES), rng.choice(_NOUNS)]
    return " ".join(words if rng.random() < 0.6 else words[::2])


def _report(rng: random.Random, event: _Event) -> _Page:
    """Return an outlet's own report of an event: its choice, order and words, and the statements that all have."""
    slots = event.slots | {
        "n1": str(rng.randrange(3, 60)),
        "witness": _person(rng),
        "job": "farmer|clerk|nurse|mechanic|cook|miner",
    }
    kinds = rng.sample(_GRAMMAR["facts"], rng.randrange(6, len(_GRAMMAR["facts"]) + 1))
    facts = [_grow(rng, rng.choice(kind), slots) for kind in kinds]
    facts += [_colour(rng) for _ in range(rng.randrange(4, 12))]
    facts = [_other_words(rng, fact, _VOICE) for fact in facts]
    rng.shuffle(facts)
    quotes = rng.sample(event.quotes, rng.randrange(2, len(event.quotes) + 1))
    paragraphs = [[_other_words(rng, _grow(rng, rng.choice(_GRAMMAR["lead"]), slots), _VOICE)]]
    while facts:
        take = rng.randrange(1, 4)
        paragraphs.append(facts[:take])
        facts = facts[take:]
    for quote in quotes:
        paragraphs.insert(rng.randrange(1, len(paragraphs) + 1), [quote])
    if rng.random() < 0.4:
        paragraphs.append(list(event.background))
    return _Page(_grow(rng, rng.choice(_GRAMMAR["headlines"]), slots), paragraphs)


# --- what outlets make of a story ---


def _whole(rng: random.Random, page: _Page) -> None:
    """Nothing but other chrome."""


def _cut(rng: random.Random, page: _Page) -> None:
    """Keep 20 to 100 % of the words: from the top, or a stretch of it."""
    wanted = rng.uniform(0.2, 1.0) * sum(len(s.split()) for p in page.paragraphs for s in p)
    first = 0 if rng.random() < 0.6 else rng.randrange(max(1, len(page.paragraphs) // 3))
    kept: list[list[str]] = []
    for paragraph in page.paragraphs[first:]:
        kept.append(paragraph)
        wanted -= sum(len(s.split()) for s in paragraph)
        if wanted <= 0:
            break
    page.paragraphs = kept


def _reordered(rng: random.Random, page: _Page) -> None:
    """Move paragraphs about, and break some up."""
    sentences = [[s] for p in page.paragraphs for s in p] if rng.random() < 0.5 else page.paragraphs
    rest = sentences[1:]
    rng.shuffle(rest)
    page.paragraphs = [sentences[0], *rest]


def _retitled(rng: random.Random, page: _Page) -> None:
    """Give it another headline, subheadings and the outlet's own first sentence."""
    page.title = _colour(rng).rstrip(".")
    page.paragraphs.insert(0, [_colour(rng)])
    for _ in range(2):
        page.paragraphs.insert(rng.randrange(1, len(page.paragraphs)), [_colour(rng).split(",")[0].rstrip(".").upper()])


def _reworded(strength: float) -> Callable[[random.Random, _Page], None]:
    def reword(rng: random.Random, page: _Page) -> None:
        """Change about that share of the words: synonyms, phrases moved, words dropped and added, figures rounded."""
        page.paragraphs = [[_other_words(rng, s, strength) for s in p] for p in page.paragraphs]

    return reword


def _other_words(rng: random.Random, sentence: str, strength: float) -> str:
    # editors rework one sentence and leave the next
    strength = min(0.9, strength * rng.uniform(0, 2))
    words: list[str] = []
    for word in sentence.split():
        words += _other_word(rng, word) if rng.random() < strength else [word]
    text = " ".join(words) or sentence
    if ", " in text and '"' not in text and rng.random() < strength:
        head, tail = text.rstrip(".").split(", ", 1)
        text = f"{tail}, {head}."
    return text[0].upper() + text[1:]


def _other_word(rng: random.Random, word: str) -> list[str]:
    bare = word.strip(".,;\"'").lower()
    if bare in _TABLE:
        other = rng.choice(_TABLE[bare])
        return [word.lower().replace(bare, other) if word.islower() else word.replace(bare, other)]
    if bare.replace(",", "").isdigit():
        return (
            ["about", word]
            if rng.random() < 0.5
            else [f"{int(bare.replace(',', '')) // 10 * 10}" + word[-1:] * (word[-1] in ",.")]
        )
    return [[], [rng.choice(_ADVERBS), word], [word]][rng.randrange(3)] if word.isalpha() and word.islower() else [word]


def _embedded(rng: random.Random, page: _Page) -> None:
    """Set about a third of the story into a page of other matter."""
    n = max(3, len(page.paragraphs) * 2 // 5)
    first = rng.randrange(max(1, len(page.paragraphs) - n))
    own = [[_colour(rng) for _ in range(rng.randrange(1, 4))] for _ in range(rng.randrange(6, 12))]
    page.paragraphs = [*own[:2], *page.paragraphs[first : first + n], *own[2:]]


def _mixed(rng: random.Random, page: _Page) -> None:
    """Cut, reorder and reword."""
    _cut(rng, page)
    _reordered(rng, page)
    _reworded(0.12)(rng, page)


_CHANGES: dict[str, Callable[[random.Random, _Page], None]] = {
    "whole": _whole,
    "cut": _cut,
    "reordered": _reordered,
    "retitled": _retitled,
    "reworded lightly": _reworded(0.10),
    "reworded": _reworded(0.25),
    "reworded strongly": _reworded(0.45),
    "embedded": _embedded,
    "mixed": _mixed,
}
KINDS = tuple(_CHANGES)
_WIRES = {
    "Reuters": ("(Reuters)", "Reporting by Reuters reporters"),
    "AFP": ("(AFP)", "Source: AFP"),
    "AP": ("(AP)", "Source: Associated Press"),
}


def make_corpus(reports: int, seed: int = 1) -> list[Made]:
    """Return about ``reports`` made reports in a shuffled order, the same for the same seed."""
    rng = random.Random(seed)
    countries = [_country(rng) for _ in range(max(2, reports // 150))]
    outlets = [_outlet(rng) for _ in range(max(12, reports // 20))]
    made: list[Made] = []
    story = 0
    for number in range(reports):
        if len(made) >= reports:
            break
        event = _event(rng, number, rng.choice(countries))
        for _ in range(rng.choice([1, 2, 2, 3, 4])):
            pages = _story_pages(rng, event, rng.sample(outlets, 10))
            made += [_made(page, day, story, number, kind, len(made) + i) for i, (page, day, kind) in enumerate(pages)]
            story += 1
    made = made[:reports]
    rng.shuffle(made)
    return made


def _outlet(rng: random.Random) -> tuple[str, list[str], list[str]]:
    name = f"{_name(rng)} {rng.choice(['Post', 'Times', 'Courier', 'Online', 'Tribune', 'Radio'])}"
    slots = {"outlet": name, "n1": str(rng.randrange(2, 9))}
    top = [_grow(rng, t, slots) for t in _GRAMMAR["chrome_top"] if rng.random() < 0.7]
    bottom = [_grow(rng, t, slots) for t in _GRAMMAR["chrome_bottom"] if rng.random() < 0.7]
    return name, top, bottom


def _story_pages(
    rng: random.Random, event: _Event, outlets: list[tuple[str, list[str], list[str]]]
) -> Iterator[tuple[_Page, date | None, str]]:
    """Yield an original report and its reprints, some without a day."""
    original = _report(rng, event)
    day = event.day + timedelta(days=rng.randrange(2))
    wire = rng.choice([*_WIRES, ""])
    n = rng.choice([0, 0, 0, 1, 2, 3, 4, 6, 9])
    for place, outlet in enumerate(outlets[: n + 1]):
        page = _Page(original.title, [list(p) for p in original.paragraphs], chrome=outlet[1:])
        kind = rng.choice(KINDS) if place else ""
        if kind:
            _CHANGES[kind](rng, page)
        if wire and (not kind or rng.random() < 0.4):
            page.dateline = f"{event.slots['town'].upper()}, {day:%B} {day.day} {_WIRES[wire][0]} -"
            page.credit = _WIRES[wire][1]
        published = None if rng.random() < 0.2 else day + timedelta(days=rng.randrange(3) if kind else 0)
        yield page, published, kind


def _made(page: _Page, day: date | None, story: int, event: int, kind: str, number: int) -> Made:
    document = make_document(f"{number:06}", page.text(), published=day)
    return Made(document, story, event, kind)
