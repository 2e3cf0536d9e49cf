"""Value and unit of the annotated figures of ``shared/gold/FIGURES.json``.

    python benchmarks/figures.py --shared ../shared [--misses]

A figure is found where the reader gives one of its value and unit in its sentence; a vague value ("dozens") must be the
same word. Units are compared in the names of ``geo/data/units.csv``. Figures that are read and not annotated are
counted, not held against the reader: the annotators took those of weight.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from crossval import macro

from geo.dates import find_dates
from geo.language import load_language
from geo.model import Document, Figure
from geo.quantities import canonical_unit, find_figures


def main() -> int:
    """Print the share of figures read right, with its interval."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    gold = json.loads((args.shared / "gold" / "FIGURES.json").read_text(encoding="utf-8"))
    read = {quote: figures_of(quote) for quote in {row["quote"] for row in gold}}
    right = [any(is_same(figure, row) for figure in read[row["quote"]]) for row in gold]
    for row, ok in zip(gold, right, strict=True):
        if args.misses and not ok:
            print("missed", row["value"], row["unit"], "|", [(f.value, f.vague, f.unit) for f in read[row["quote"]]])
    share, low, high = macro(lambda rows: sum(rows) / len(rows), [right])
    count = sum(len(figures) for figures in read.values())
    print(
        f"figures: value and unit {share:.3f} [{low:.3f}, {high:.3f}] of {len(gold)}; {count} read in their sentences"
    )
    return 0


def figures_of(text: str) -> list[Figure]:
    """Return the figures of all sentences of a text."""
    document = Document("id", "name", text)
    parsed = load_language().parse(document)
    times = find_dates(document, parsed)
    return [figure for sentence in parsed.sentences for figure in find_figures(sentence, times)]


def is_same(figure: Figure, row: dict[str, Any]) -> bool:
    """Whether a figure has the annotated value and unit."""
    unit = canonical_unit(re.sub(r" \(.*", "", row["unit"]))
    vague = isinstance(row["value"], str)
    value = figure.vague == row["value"] if vague else figure.value == row["value"]
    return value and canonical_unit(figure.unit) == unit


if __name__ == "__main__":
    raise SystemExit(main())
