"""Write the README's table of speed from what the benchmarks have printed.

    python benchmarks/reading_speed.py --json > docs/speed.jsonl       then the other benchmarks, with >>
    python benchmarks/speed_table.py [--check]

``docs/speed.jsonl`` holds the JSON lines of reading_speed, building, view_speed, scrubbing and startup as they were
printed, on one machine. With ``--check`` nothing is written, and a README that differs is an error.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "docs" / "speed.jsonl"
README = ROOT / "README.md"
BEGIN, END = "<!-- speed: made by benchmarks/speed_table.py -->", "<!-- /speed -->"

OPENING = "opening"  # what is loaded once a generation

Row = dict[str, Any]


def main() -> int:
    """Write the table, or look whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in MEASURED.read_text(encoding="utf-8").splitlines() if line.strip()]
    wanted = with_table(text, rows)
    if args.check:
        return 0 if text == wanted else 1
    README.write_text(wanted, encoding="utf-8")
    return 0


def with_table(text: str, rows: list[Row]) -> str:
    """Return a README with the table of what was measured."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    lines = [f"| {what} | {measured} | {goal} |" for what, measured, goal in cells(rows)]
    table = "\n".join(["| what | measured | goal |", "|---|---|---|", *lines])
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def cells(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of the table: what, measured, goal."""
    yield from reading(of(rows, "reading"))
    yield from building(of(rows, "building"))
    yield from viewing(of(rows, "view"))
    yield from scrubbing(of(rows, "scrubbing"))
    for row in of(rows, "startup"):
        yield row["what"], f"{row['seconds']:.2f} s", f"≤ {row['goal']:g} s"


def of(rows: list[Row], table: str) -> list[Row]:
    """Return the rows of a benchmark."""
    return [row for row in rows if row["table"] == table]


def reading(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield each reader's words a second of processor time, and how many times as fast as spaCy it is."""
    for corpus in dict.fromkeys(row["corpus"] for row in rows):
        own = [row for row in rows if row["corpus"] == corpus]
        spacy = next(row["words_per_second"] for row in own if row["who"].startswith("spaCy"))
        for row in own:
            ratio = f" ({row['words_per_second'] / spacy:.2f} × spaCy)" if row["who"].startswith("Dateline") else ""
            yield f"{row['who']}, {corpus}", f"{row['words_per_second']:,} words a CPU-second{ratio}", ""


def building(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield each build, and how those of one kind grow with the reports."""
    goals = {
        ("one process", 1_000, 0.35): "≥ 2.0 × spaCy",
        ("one process", 1_000, 0.0): "≥ 1.3 × spaCy",
        ("whole build", 100_000, 0.35): "≤ 2,048 MiB",
    }
    for row in rows:
        beside = f", {row['times_spacy']:.2f} × spaCy a CPU-second" if row["times_spacy"] else ""
        what = f"{row['what']}, {row['reports']:,} reports, {row['reprints']:.0%} reprints"
        told = f"{row['seconds']:,.0f} s, {row['cpu_seconds']:,.0f} s CPU{beside}; {row['peak_mib']:,} MiB, "
        goal = goals.get((row["what"], row["reports"], row["reprints"]), "")
        yield what, f"{told}{row['disk_mib']:,.1f} MiB on disk", goal
    whole = {row["reports"]: row["seconds"] for row in rows if row["what"] == "whole build"}
    if {1_000, 100_000} <= whole.keys():
        slope = whole[100_000] / whole[1_000] / 100
        yield "time from 1,000 to 100,000 reports", f"{slope:.2f} × linear", "≤ 1.1 × linear"
    for before, row in pairwise(rows):  # what is compared was measured one after the other
        match before["what"], row["what"]:
            case "1 of our own processes", "2 of our own processes":
                yield "two workers beside one", f"{before['seconds'] / row['seconds']:.2f} ×", "≥ 1.7 ×"
            case "2 of our own processes", "2 Dask workers":
                times = row["seconds"] / before["seconds"]
                yield "two Dask workers beside two processes", f"{times:.2f} × the time", "≤ 1.15 ×"


def scrubbing(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield what a move of the timeline's window takes on the page."""
    for row in rows:
        what = "claims at as many places" if row["name"] == "places" else "claims, in cells"
        told = f"{row['median_ms']:.0f} ms median, {row['p95_ms']:.0f} ms 95th percentile"
        yield f"a move of the timeline, {row['n']:,} {what}", told, "≤ 50 ms, ≤ 100 ms"
        yield f"first map of them, {row['n']:,}", f"{row['first_map_ms'] / 1000:.1f} s", ""


def viewing(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield the slowest call of the view for each size, and the largest payload."""
    goals = {1_000_000: "≤ 60 ms, ≤ 100 ms; ≤ 1 MB", 10_000_000: "≤ 300 ms; ≤ 1 MB"}
    for n in sorted({row["n"] for row in rows}):
        own = [row for row in rows if row["n"] == n and row["call"] != OPENING]
        worst = max(own, key=lambda row: row["median_ms"])
        late, largest = max(row["p95_ms"] for row in own), max(row.get("bytes") or 0 for row in own)
        median = f"{worst['median_ms']:.0f} ms median ({worst['call']})"
        told = f"{median}, {late:.0f} ms 95th percentile; {largest / 1e6:.2f} MB"
        yield f"slowest query of the view, {n:,} claims", told, goals.get(n, "")
        for row in rows:
            if row["n"] == n and row["call"] == OPENING:
                yield f"the first one, which opens them, {n:,} claims", f"{row['median_ms']:.0f} ms", ""


if __name__ == "__main__":
    sys.exit(main())
