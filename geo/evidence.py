"""The words behind a pin or an event: each claim in its paragraph, with its report, copies, place and corrections."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo.corrections import Correction, read_corrections
from geo.cubes import CLAIM, EVENT, NEVER, NONE, REPORT
from geo.facts import Facts, Seen, day_of, see
from geo.filters import EVERYTHING, Filter
from geo.shingles import words_of
from geo.store import Generation

__all__ = [
    "MOST_COPIES",
    "AppliedCorrection",
    "Considered",
    "CopyShown",
    "Dispute",
    "Evidence",
    "find_disputes",
    "find_event_evidence",
    "find_evidence",
    "split_sides",
]

# As much of a paragraph as is shown on either side of a sentence, in characters: the longest paragraph of the five
# reports has 600, and a file without line breaks must not fill the page.
_CONTEXT = 1500

MOST_COPIES = 50
"""Copies that are looked into; ``n_copies`` counts all."""

_CANDIDATE = re.compile(r"(?P<name>.*) \((?P<country>[^()]*)\): (?P<score>-?[0-9.]+)", re.DOTALL)

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CopyShown:
    """Another report of the claim's origin, and what it has of the sentence.

    ``version`` is which file of the story it carries, from 1, or None. ``sentence`` is '' where it has it not;
    ``same_words`` is whether it has it word for word.
    """

    report_id: str
    report: str
    title: str
    outlet: str
    published: date | None
    version: int | None
    sentence: str
    same_words: bool


@dataclass(frozen=True, slots=True)
class Considered:
    """Another place that the name may mean, with its score; ``country_code`` is '' where it has none."""

    name: str
    country_code: str
    score: float


@dataclass(frozen=True, slots=True)
class AppliedCorrection:
    """A correction in effect on a claim; all but its id is '' where the project no longer holds it."""

    correction_id: str
    action: str = ""
    author: str = ""
    reason: str = ""
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim with the words that carry it: ``before`` + ``sentence`` + ``after`` is its paragraph as published.

    ``start`` and ``end`` are the sentence's offsets in the report's text. ``copies`` are the other ``n_copies`` reports
    of the same origin. ``event_id`` is '' for a claim without an event, of which ``independent_sources`` is then 1;
    ``is_against`` is whether it contradicts its event's headline. ``considered`` are the other places that the name may
    mean, best first, ``score`` that of the place it was read as, None where it has none, and ``choice_reason`` why it
    was read so; a correction may have moved the claim since. Whatever is a string here was written by others.
    """

    claim_id: str
    report_id: str
    report: str
    title: str
    outlet: str
    url: str
    published: date | None
    published_basis: str
    origin: str
    n_copies: int
    version: int | None
    date_from: date
    date_to: date
    date_text: str
    time_precision: int
    date_basis: str
    event_type: str
    status: str
    claimant: str
    cue: str
    verification: str
    place_name: str
    place_reason: str
    before: str
    sentence: str
    after: str
    start: int
    end: int
    event_id: str
    independent_sources: int
    is_against: bool
    copies: tuple[CopyShown, ...]
    score: float | None
    considered: tuple[Considered, ...]
    choice_reason: str
    corrections: tuple[AppliedCorrection, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """An event whose claims contradict each other: what and when, who says so, and who says otherwise."""

    event_type: str
    date_from: date
    date_to: date
    claimants: tuple[str, ...]
    opposing_claimants: tuple[str, ...]


def find_evidence(generation: Generation, place_id: str, chosen: Filter, at_most: int | None = None) -> list[Evidence]:
    """Return a place's claims in view, in order of time, or the first ``at_most``; none for a place without any.

    Raises:
        StoreError: the generation or the project's corrections cannot be read.
    """
    seen = see(generation, chosen)
    place = _row_of(seen.facts.places["place_id"], place_id)
    return [] if place is None else _evidence(generation, seen, seen.of("place") == place, at_most)


def find_event_evidence(
    generation: Generation, event_id: str, chosen: Filter = EVERYTHING, at_most: int | None = None
) -> list[Evidence]:
    """Return an event's dated claims in view, by default all of them, as ``find_evidence`` does for a place.

    Raises:
        StoreError: as ``find_evidence``.
    """
    seen = see(generation, chosen)
    found = generation.records("SELECT file_row_number AS row FROM event_rows WHERE event_id = ?", [event_id])
    return _evidence(generation, seen, seen.of("event") == found[0]["row"], at_most) if found else []


def _row_of(column: Any, value: str) -> int | None:
    row: int = pc.index(column, value).as_py()
    return None if row < 0 else row


def split_sides(found: Iterable[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Return the claims on the headline's side and those against it, each in the order given."""
    sides: tuple[list[Evidence], list[Evidence]] = ([], [])
    for evidence in found:
        sides[evidence.is_against].append(evidence)
    return sides


def find_disputes(generation: Generation, place_id: str, chosen: Filter) -> list[Dispute]:
    """Return the disputed events of which a claim at the place is in view, by day.

    Raises:
        StoreError: the generation cannot be read.
    """
    seen = see(generation, chosen)
    facts = seen.facts
    place = _row_of(facts.places["place_id"], place_id)
    if place is None:
        return []
    events = np.unique(seen.of("event")[(seen.of("place") == place) & seen.of(facts.disputed)])
    rows = [dict(zip(EVENT, row, strict=True)) for row in facts.read("events", events.tolist())]
    return [_dispute(row) for row in sorted(rows, key=_order)]


def _order(event: Mapping[str, Any]) -> tuple[Any, ...]:
    return event["date_from"] or "9999", event["date_to"] or "9999", event["event_type"] or "", event["event_id"]


def _dispute(event: Mapping[str, Any]) -> Dispute:
    first, last = (event[name] and date.fromisoformat(event[name]) for name in ("date_from", "date_to"))
    return Dispute(event["event_type"], first, last, tuple(event["claimants"]), tuple(event["opposing_claimants"]))


def _evidence(generation: Generation, seen: Seen, among: NDArray[np.bool_], at_most: int | None) -> list[Evidence]:
    """Return some of the claims in view, of those whose report is there, in order of time, then of publication."""
    facts = seen.facts
    rows = seen.rows[among]
    rows = rows[facts["told"][rows] != NONE]
    told = facts["told"][rows]
    rows = rows[np.lexsort((told, facts.published(rows), facts["last"][rows], facts["first"][rows]))][:at_most]
    found = _read_claims(facts, rows)
    if not found:
        return []
    copies = _copies(facts, found)
    corrections = _corrections(generation, found)
    return [_one(row, copies=copies[row["claim_id"]], corrections=corrections) for row in found]


def _read_claims(facts: Facts, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the claims of some rows with their reports and all that is coded of them."""
    told = facts["told"][rows]
    reports = _read_reports(facts, told.tolist())
    names = {name: facts.names(name, rows) for name in ("event_type", "status", "claimant", "verification")}
    spots = (
        facts.spots.select(["place_name", "country_code"]).take(pa.array(facts["spot"][rows], pa.int64())).to_pylist()
    )
    events = _read_events(facts, facts["event"][rows])
    found = []
    for n, values in enumerate(facts.read("claims", rows.tolist())):
        row = dict(zip(CLAIM, values, strict=True))
        report = reports[n]
        found.append(
            report
            | row
            | {name: of_rows[n] for name, of_rows in names.items()}
            | {name: value or "" for name, value in spots[n].items()}
            | events[n]
            | {
                "date_from": day_of(facts["first"][rows[n]]),
                "date_to": day_of(facts["last"][rows[n]]),
                "is_against": bool(facts["against"][rows[n]]),
            }
            | _context(report["text"], row["start"], row["end"])
            | {"mention": _mention(facts, report["told"], (row["place_start"], row["place_end"]))}
        )
    return found


def _read_reports(facts: Facts, rows: Sequence[int]) -> list[dict[str, Any]]:
    """Return reports with how many copies each has, and the row of each."""
    found = []
    for row, values in zip(rows, facts.read("reports", rows), strict=True):
        report = dict(zip(REPORT, values, strict=True))
        origin = facts.told["origin_id"][row]
        day = facts.told["published"][row]
        found.append(
            report
            | {
                "told": row,
                "origin_code": int(origin),
                "published": None if day == NEVER else day_of(day),
                "n_copies": int(np.count_nonzero(facts.told["origin_id"] == origin)) - 1,
                "version": int(facts.told["version"][row]) or None,
            }
        )
    return found


def _read_events(facts: Facts, events: NDArray[Any]) -> list[dict[str, Any]]:
    """Return the ids of events and how many sources they have, of a claim without one none and 1."""
    known = [int(event) for event in events if event != NONE]
    ids = dict(zip(known, (row[EVENT.index("event_id")] for row in facts.read("events", known)), strict=True))
    sources = facts.happenings["sources"]
    return [
        {
            "event_id": ids.get(int(event), ""),
            "independent_sources": int(sources[event]) if event != NONE else 1,
        }
        for event in events
    ]


def _context(text: str, start: int, end: int) -> dict[str, str]:
    """Cut the words around a sentence at its line's ends; paragraphs never join over a line break."""
    before, after = text[max(start - _CONTEXT, 0) : start], text[end : end + _CONTEXT]
    return {
        "before": before.rpartition("\n")[2],
        "sentence": text[start:end],
        "after": after.partition("\n")[0],
    }


_FIELDS = frozenset(Evidence.__slots__)


def _one(row: Mapping[str, Any], copies: Sequence[CopyShown], corrections: Mapping[str, Correction]) -> Evidence:
    mention = row["mention"]
    applied = tuple(_applied(id_, corrections.get(id_)) for id_ in row["corrections"])
    score, considered = _candidates(mention.get("candidates", ()), row["place_name"], row["country_code"])
    return Evidence(
        **{name: value for name, value in row.items() if name in _FIELDS}
        | {
            "copies": tuple(copies),
            "score": score,
            "considered": considered,
            "choice_reason": mention.get("reason") or "",
            "corrections": applied,
        }
    )


# --- places and corrections ---


def _mention(facts: Facts, told: int, span: tuple[int | None, int | None]) -> dict[str, Any]:
    """Return the mention that names a claim's place, of several at a span that of the first reason; none is empty."""
    if span[0] is None:
        return {}
    begin, n = (int(facts.told[name][told]) for name in ("mentions_begin", "mentions_n"))
    there = [row for row in facts.read("mentions", range(begin, begin + n)) if (row[0], row[1]) == span]
    first = min(there, key=lambda row: row[2] or "", default=None)
    return {} if first is None else {"reason": first[2], "candidates": first[3]}


def _candidates(written: Iterable[str], name: str, country_code: str) -> tuple[float | None, tuple[Considered, ...]]:
    """Return the score of the chosen place, which is the best one of its name and country, and the other candidates."""
    score: float | None = None
    others = []
    for match in filter(None, map(_CANDIDATE.fullmatch, written)):
        candidate = Considered(match["name"], match["country"].removeprefix("-"), float(match["score"]))
        if score is None and (candidate.name, candidate.country_code) == (name, country_code or ""):
            score = candidate.score
        else:
            others.append(candidate)
    return score, tuple(others)


def _corrections(generation: Generation, rows: Sequence[Mapping[str, Any]]) -> dict[str, Correction]:
    if not any(row["corrections"] for row in rows):
        return {}
    return {correction.correction_id: correction for correction in read_corrections(generation.root)}


def _applied(correction_id: str, correction: Correction | None) -> AppliedCorrection:
    if correction is None:
        return AppliedCorrection(correction_id)
    return AppliedCorrection(
        correction_id, correction.action.value, correction.author, correction.reason, correction.made_at
    )


# --- copies ---


def _copies(facts: Facts, claims: Sequence[Mapping[str, Any]]) -> dict[str, list[CopyShown]]:
    """Return for each claim the other reports of its origin, in order of publication, the first of many."""
    siblings = {
        code: _siblings(facts, code) for code in {claim["origin_code"] for claim in claims if claim["n_copies"]}
    }
    families = _Families(facts, [report["told"] for reports in siblings.values() for report in reports], claims)
    found: dict[str, list[CopyShown]] = defaultdict(list)
    for claim in claims:
        others = [r for r in siblings.get(claim["origin_code"], ()) if r["report_id"] != claim["report_id"]]
        for report in others[:MOST_COPIES]:
            words = _words(report, claim, families)
            same = bool(words) and words_of(words) == words_of(claim["sentence"])
            found[claim["claim_id"]].append(_copy(report, words, same))
    return found


def _siblings(facts: Facts, origin: int) -> list[dict[str, Any]]:
    """Return the reports of an origin in order of publication, as many as may be shown beside one of them."""
    rows = np.flatnonzero(facts.told["origin_id"] == origin)
    published = facts.told["published"][rows].astype(np.int64)
    published[published == NEVER] = np.iinfo(np.int64).max
    return _read_reports(facts, rows[np.lexsort((rows, published))][: MOST_COPIES + 1].tolist())


def _words(report: Mapping[str, Any], claim: Mapping[str, Any], families: "_Families") -> str:
    """Return what a report has of a claim's sentence, or ''; without a span the sentence itself where it has it."""
    text: str = report["text"]
    if span := families.span_in(report["report_id"], claim):
        return text[span[0] : span[1]]
    sentence: str = claim["sentence"]
    return sentence if sentence in text else ""


def _copy(report: Mapping[str, Any], sentence: str, same_words: bool) -> CopyShown:
    return CopyShown(
        **{name: report[name] for name in ("report_id", "report", "title", "outlet", "published", "version")},
        sentence=sentence,
        same_words=same_words,
    )


class _Families:
    """Which sentences of some reports are one and the same, perhaps in other words."""

    def __init__(self, facts: Facts, told: Sequence[int], claims: Sequence[Mapping[str, Any]]) -> None:
        self._family: dict[str, dict[_Span, tuple[str, int]]] = defaultdict(dict)
        self._spans: dict[tuple[str, int], dict[str, _Span]] = defaultdict(dict)
        reports = sorted({*told, *(claim["told"] for claim in claims if claim["n_copies"])})
        begins, sizes = (facts.told[name][reports].tolist() for name in ("lineage_begin", "lineage_n"))
        rows = [row for begin, n in zip(begins, sizes, strict=True) for row in range(begin, begin + n)]
        for report_id, start, end, source_id, source_start, source_end in facts.read("lineage", rows):
            source = (source_id, source_start)
            self._add(source, source_id, (source_start, source_end))
            self._add(source, report_id, (start, end))

    def span_in(self, report_id: str, claim: Mapping[str, Any]) -> _Span | None:
        """Return where a report has the sentence of a claim, or None."""
        own = self._family.get(claim["report_id"], {})
        family = next((f for (start, end), f in own.items() if start < claim["end"] and end > claim["start"]), None)
        return self._spans[family].get(report_id) if family else None

    def _add(self, source: tuple[str, int], report_id: str, span: _Span) -> None:
        self._family[report_id][span] = source
        self._spans[source].setdefault(report_id, span)
