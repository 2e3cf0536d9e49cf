"""Run the product on the development truth and print one JSON object a line: {"name", "value", "goal"}.

    python benchmarks/score.py --shared ../shared          everything, some minutes
    python benchmarks/score.py --shared ../shared --fast   a sample of the toponym sets, under a minute

The product is run as a user runs it (``python -m geo geoparse``); the scorers are SHARED/tools. Accuracy on the
toponym sets is in sample: the sets are what the rules were written on.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOPONYM_SETS = ("lgl", "trnews", "geovirus", "geowebnews")
FAST_DOCUMENTS = 10
NEAR_KM = 10
# The columns that score_events.py asks for.
EVENT_COLUMNS = "doc_id start end place_name lat lon date_from date_to status claimant event_type".split()


def main() -> int:
    """Print the figures; return 0 when every scorer ran."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder that holds bench/, gold/ and tools/")
    parser.add_argument("--fast", action="store_true", help="a sample of the toponym sets, and no date sets")
    parser.add_argument("--keep", type=Path, help="keep what the product answered in this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, value, goal in figures(args.shared, folder, args.fast):
            print(json.dumps({"name": name, "value": value, "goal": goal}), flush=True)
    return 0


def figures(shared: Path, folder: Path, fast: bool) -> Iterator[tuple[str, float | None, float]]:
    """Yield (name, value, goal) of every figure."""
    yield from copy_figures(shared)
    yield from dispute_figures(shared, folder)
    yield from event_figures(shared, folder)
    yield from place_figures(shared, folder)
    yield from toponym_figures(shared, folder, fast)
    if not fast:
        yield from date_figures(shared, folder)


def geoparse(records: Iterable[dict[str, Any]], folder: Path, name: str) -> Path:
    """Run ``dateline geoparse`` over records and return its output file."""
    source, target = folder / f"{name}.in.jsonl", folder / f"{name}.out.jsonl"
    with source.open("w", encoding="utf-8") as lines:
        for record in records:
            kept = {"id": record["id"], "text": record["text"]}
            if day := re.match(r"\d{4}-\d{2}-\d{2}", record.get("published") or ""):
                kept["published"] = day.group()
            lines.write(json.dumps(kept) + "\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "geo", "geoparse", str(source), str(target)], check=True, env=environment)
    return target


def score(shared: Path, tool: str, *arguments: object) -> dict[str, Any]:
    """Run a scorer and return the JSON that it prints."""
    command = [sys.executable, str(shared / "tools" / tool), *map(str, arguments)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def event_figures(shared: Path, folder: Path) -> Iterator[tuple[str, float | None, float]]:
    """Score the claims of the five originals, and how near their towns lie."""
    gold = [json.loads(p.read_text("utf-8")) for p in sorted((shared / "gold" / "seeds").glob("*.json"))]
    answers = read_lines(geoparse((g["doc"] for g in gold), folder, "seeds"))
    table = write_events(answers, folder / "events.csv")
    total = score(shared, "score_events.py", shared / "gold" / "seeds", table, "--names", "--json")["total"]
    goals = {"precision": 0.9, "recall": 0.9, "f1": 0.9, "date_overlap": 0.95, "status": 0.9, "claimant": 0.9}
    goals["type"] = 0.8
    yield from ((f"events_{name}", total[name], goal) for name, goal in goals.items())
    yield "towns_within_10km", share_of_towns_near(gold, answers), 1.0


def write_events(answers: Iterable[dict[str, Any]], path: Path) -> Path:
    """Write the claims of answers as the table that score_events.py reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, EVENT_COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**claim, "doc_id": answer["id"]} for answer in answers for claim in answer["claims"])
    return path


def share_of_towns_near(gold: list[dict[str, Any]], answers: list[dict[str, Any]]) -> float:
    """Return the share of the literal mentions of towns that are found and lie within 10 km of the truth."""
    from geopy.distance import great_circle

    found = total = 0
    for truth, answer in zip(gold, answers, strict=True):
        points = [(m["start"], m["end"], m["lat"], m["lon"]) for m in answer["mentions"] if m["lat"] is not None]
        for town in truth["mentions"]:
            if town["kind"] == "settlement" and town["use"] == "literal":
                total += 1
                found += any(
                    start < town["end"]
                    and end > town["start"]
                    and great_circle((lat, lon), (town["lat"], town["lon"])).km <= NEAR_KM
                    for start, end, lat, lon in points
                )
    return round(found / total, 4)


def copy_figures(shared: Path) -> Iterator[tuple[str, float | None, float]]:
    """Score the pairs of the originals as copies or none, and the pairs of copies as one file of the story or two."""
    sys.path.insert(0, str(ROOT))
    from geo.copies import find_stories
    from geo.documents import read_documents
    from geo.lineage import trace

    truth = json.loads((shared / "gold" / "SYNDICATION.json").read_text("utf-8"))
    origin = {doc: n for n, group in enumerate(truth) for doc in group["docs"]}
    file = {
        doc: (n, v) for n, g in enumerate(truth) for v, part in enumerate(g.get("versions", [])) for doc in part["docs"]
    }
    documents = read_documents(shared / "seeds")[0]
    copies = {Path(c.report).stem: c for c in trace(documents, find_stories(documents))[0]}
    pairs = list(combinations(sorted(origin), 2))
    right = [(origin[a] == origin[b]) == (copies[a].origin == copies[b].origin) for a, b in pairs]
    yield "copies_pairs_right", round(sum(right) / len(right), 4), 1.0
    pairs = list(combinations(sorted(file), 2))
    right = [(file[a] == file[b]) == (copies[a].version == copies[b].version) for a, b in pairs]
    yield "copies_versions_right", round(sum(right) / len(right), 4), 1.0


# Who contradicts whom in the originals, by place: the last word of a claimant on each side.
DISPUTES = {"Kharkiv": {"officials", "Russia"}, "Donetsk region": {"report", "Pushilin"}}


def dispute_figures(shared: Path, folder: Path) -> Iterator[tuple[str, float | None, float]]:
    """Build the originals and count who stands behind the capture of Balakliia, and the disputes right and wrong."""
    from geo.build import build

    events = build(shared / "seeds", folder / "data").generation.table("events").to_pylist()
    captures = [e for e in events if (e["place_name"], e["event_type"]) == ("Balakliia", "control-change")]
    widest = max(captures, key=lambda e: e["n_reports"], default={"n_reports": 0, "independent_sources": 0})
    yield "balakliia_reports", widest["n_reports"], 5
    yield "balakliia_independent_sources", widest["independent_sources"], 2
    disputed = {e["place_name"]: e["claimants"] + e["opposing_claimants"] for e in events if e["disputed"]}
    right = [p for p, names in DISPUTES.items() if names <= {c.split()[-1] for c in disputed.get(p, [])}]
    yield "disputes_right", len(right), len(DISPUTES)
    yield "disputes_wrong", len(disputed.keys() - DISPUTES.keys()), 0


def place_figures(shared: Path, folder: Path) -> Iterator[tuple[str, float | None, float]]:
    """Score place and role of every mention of the five originals."""
    gold = shared / "gold" / "seeds_toponyms.jsonl"
    result = score(shared, "score_places.py", gold, folder / "seeds.out.jsonl")
    goals = {"found": 0.95, "role": 0.95, "place_of_literal": 0.95, "right": 0.95, "extra": 20}
    yield from ((f"places_{name}", result[name], goal) for name, goal in goals.items())


def toponym_figures(shared: Path, folder: Path, fast: bool) -> Iterator[tuple[str, float | None, float]]:
    """Score recognition and resolution on each toponym set, and their macro average."""
    goals = {"recognition_f1": 0.87, "end_to_end_161km": 0.75, "end_to_end_25km": 0.63}
    sums = dict.fromkeys(goals, 0.0)
    for name in TOPONYM_SETS:
        values = one_toponym_set(shared, folder, name, fast)
        for figure, goal in goals.items():
            sums[figure] += values[figure]
            yield f"{name}_{figure}", round(values[figure], 4), goal
    yield from ((f"macro_{figure}", round(sums[figure] / len(TOPONYM_SETS), 4), goal) for figure, goal in goals.items())


def one_toponym_set(shared: Path, folder: Path, name: str, fast: bool) -> dict[str, float]:
    """Return the figures of one set; GeoVirus does not annotate demonyms, so there they are left out."""
    gold = read_lines(shared / "bench" / "toponyms" / f"{name}.jsonl")
    if fast:
        gold = gold[:: max(1, len(gold) // FAST_DOCUMENTS)][:FAST_DOCUMENTS]
    truth = folder / f"{name}.gold.jsonl"
    truth.write_text("".join(json.dumps(record) + "\n" for record in gold), "utf-8")
    answers = read_lines(geoparse(gold, folder, name))
    kept = folder / f"{name}.scored.jsonl"
    with kept.open("w", encoding="utf-8") as lines:
        for answer in answers:
            mentions = [m for m in answer["mentions"] if m["kind"] != "relative"]
            if name == "geovirus":
                mentions = [m for m in mentions if m["role"] != "demonym"]
            lines.write(json.dumps({"id": answer["id"], "mentions": mentions}) + "\n")
    result = score(shared, "score_toponyms.py", truth, kept, "--json")
    return {
        "recognition_f1": result["recognition"]["exact"]["f1"],
        "end_to_end_161km": result["end_to_end"]["exact@161km"]["accuracy"],
        "end_to_end_25km": result["end_to_end"]["exact@25km"]["accuracy"],
    }


def date_figures(shared: Path, folder: Path) -> Iterator[tuple[str, float | None, float]]:
    """Score dates on the news expressions and on WikiWars."""
    wars = shared / "bench" / "dates" / "wikiwars.jsonl"
    answers = geoparse(read_lines(wars), folder, "wikiwars")
    yield "wikiwars_value_f1", score(shared, "score_dates.py", "timex", wars, answers)["value_f1"], 0.62
    news = shared / "bench" / "dates" / "news_expressions.jsonl"
    records = read_lines(news)
    read = {a["id"]: a["timexes"] for a in read_lines(geoparse(records, folder, "news"))}
    chosen = folder / "news.scored.jsonl"
    chosen.write_text("".join(json.dumps(interval(r, read[r["id"]])) + "\n" for r in records), "utf-8")
    yield "news_expressions_exact", score(shared, "score_dates.py", "expressions", news, chosen)["exact"], 32


def interval(record: dict[str, Any], timexes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the days of the first time expression that overlaps the record's expression."""
    start = record["text"].find(record["expr"])
    end = start + len(record["expr"])
    found = next((t for t in timexes if t["start"] < end and t["end"] > start), {})
    return {"id": record["id"], "from": found.get("from"), "to": found.get("to")}


if __name__ == "__main__":
    sys.exit(main())
