"""What a thousand words hold: whether made news is like news, for what is measured on it hangs on that.

    python benchmarks/density.py [--shared ../shared] [--reports 60]

prints a line for made news (``news.py``), for our own reports, from which it is cut, and with ``--shared`` for each
news set of places: words a document, and claims, places named and time expressions a thousand words, as Dateline
reads them with the model.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from crossval import SETS
from news import READ, TEMPLATES, make_news

from geo.build import Config, extract_batch
from geo.documents import make_document
from geo.model import Document, Role

DAY = date(2024, 3, 6)


def main() -> None:
    """Read each corpus and print what its words hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--reports", type=int, default=60, help="of each corpus")
    args = parser.parse_args()
    print(f"{'':12}{'words':>8}{'claims':>8}{'places':>8}{'times':>8}")
    for name, texts in corpora(args.shared, args.reports):
        print(f"{name:12}" + "".join(f"{figure:8.0f}" for figure in density(texts)), flush=True)


def corpora(shared: Path | None, n: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each corpus and so many of its texts."""
    yield "made news", [made.record["text"] for made in make_news(n, 0.0)]
    for part in READ:
        paths = sorted((TEMPLATES / part).glob("*.json"))[:n]
        yield f"own {part}", [json.loads(path.read_text(encoding="utf-8"))["doc"]["text"] for path in paths]
    for name in SETS if shared else ():
        with (shared / "bench" / "toponyms" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            yield name, [json.loads(line)["text"] for line in lines][:n]


def density(texts: Sequence[str]) -> tuple[float, float, float, float]:
    """Return the words a document, and the claims, places named and time expressions a thousand words."""
    documents = [_document(n, text) for n, text in enumerate(texts)]
    readings = extract_batch(documents, Config())
    words = sum(len(text.split()) for text in texts)
    named = sum(r.mention.role is Role.LITERAL for reading in readings for r in reading.resolutions)
    counts = sum(len(r.claims) for r in readings), named, sum(len(r.timexes) for r in readings)
    claims, places, times = (1000 * count / words for count in counts)
    return words / len(texts), claims, places, times


def _document(n: int, text: str) -> Document:
    made = make_document(f"{n}.txt", text)
    return made if made.published else Document(made.report_id, made.report, text, published=DAY)


if __name__ == "__main__":
    main()
