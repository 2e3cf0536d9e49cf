"""The words behind a pin or an event: each claim in its paragraph, with its report, copies, place and corrections."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.corrections import Correction, read_corrections
from geo.filters import EVERYTHING, MEMBERS, Filter, with_seen
from geo.shingles import words_of
from geo.store import Generation

__all__ = [
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

_EVIDENCE = f"""
    SELECT claim_id, seen.report_id AS report_id, seen.report AS report, title, outlet, url, published, published_basis,
        reports.origin AS origin, reports.origin_id AS origin_id, coalesce(n_copies, 0) AS n_copies,
        copies.version AS version, first_day AS date_from, last_day AS date_to, date_text, time_precision, date_basis,
        event_type, status, claimant, cue, verification, place_name, country_code, place_reason, place_start, place_end,
        corrections, start, "end",
        coalesce(event_id, '') AS event_id, coalesce(independent_sources, 1) AS independent_sources,
        coalesce(list_contains(opposing_claim_ids, claim_id), false) AS is_against,
        substr(reports.text, greatest(start - {_CONTEXT}, 0) + 1, least(start, {_CONTEXT})) AS before,
        substr(reports.text, start + 1, "end" - start) AS sentence,
        substr(reports.text, "end" + 1, {_CONTEXT}) AS after
    FROM chosen AS seen JOIN reports USING (report_id)
    LEFT JOIN (SELECT origin_id, count(*) - 1 AS n_copies FROM reports GROUP BY origin_id) AS counted
        ON counted.origin_id = reports.origin_id
    LEFT JOIN copies ON copies.report_id = seen.report_id
    ORDER BY date_from, date_to, published NULLS LAST, report, start, claim_id LIMIT ?
"""  # noqa: S608 - put together from the constants above; values are parameters

_CHOSEN = f"""
    , chosen AS (
        SELECT seen.*, event_id, opposing_claim_ids, independent_sources
        FROM seen LEFT JOIN ({MEMBERS}) USING (claim_id) WHERE {{which}} = ?
    )
"""  # noqa: S608 - as above
_OF_PLACE = _CHOSEN.format(which="place_id") + _EVIDENCE
_OF_EVENT = _CHOSEN.format(which="event_id") + _EVIDENCE

_DISPUTES = f"""
    SELECT event_type, coalesce(date_from, date_to) AS date_from, coalesce(date_to, date_from) AS date_to, claimants,
        opposing_claimants
    FROM events WHERE event_id IN (
        SELECT event_id FROM ({MEMBERS}) JOIN seen USING (claim_id) WHERE disputed AND place_id = ?
    )
    ORDER BY date_from, date_to, event_type, event_id
"""  # noqa: S608 - as above

_SIBLINGS = """
    SELECT reports.origin_id AS origin_id, report_id, reports.report AS report, title, outlet, published, version
    FROM reports LEFT JOIN copies USING (report_id)
    WHERE reports.origin_id IN (SELECT unnest(?::VARCHAR[]))
    ORDER BY published NULLS LAST, report
"""

_LINEAGE = """
    SELECT report_id, start, "end", source_report_id, source_start, source_end
    FROM lineage WHERE report_id IN (SELECT unnest(?::VARCHAR[]))
"""

# What stands at a span of a report; without a span the sentence itself where the report has it.
_WORDS = """
    SELECT asked.number AS number,
        CASE WHEN asked.start IS NOT NULL THEN substr(text, asked.start + 1, asked."end" - asked.start)
            WHEN contains(text, asked.sentence) THEN asked.sentence ELSE '' END AS words
    FROM (SELECT unnest(?::BIGINT[]) AS number, unnest(?::VARCHAR[]) AS report_id, unnest(?::BIGINT[]) AS start,
        unnest(?::BIGINT[]) AS "end", unnest(?::VARCHAR[]) AS sentence) AS asked
    JOIN reports USING (report_id)
"""

_MENTIONS = """
    SELECT report_id, start, "end", min(reason) AS reason, any_value(candidates ORDER BY reason) AS candidates
    FROM mentions JOIN (SELECT unnest(?::VARCHAR[]) AS report_id, unnest(?::BIGINT[]) AS start,
        unnest(?::BIGINT[]) AS "end") USING (report_id, start, "end")
    GROUP BY ALL
"""

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
    return _evidence(generation, generation.records(*with_seen(chosen, _OF_PLACE, [place_id, at_most])))


def find_event_evidence(
    generation: Generation, event_id: str, chosen: Filter = EVERYTHING, at_most: int | None = None
) -> list[Evidence]:
    """Return an event's dated claims in view, by default all of them, as ``find_evidence`` does for a place.

    Raises:
        StoreError: as ``find_evidence``.
    """
    return _evidence(generation, generation.records(*with_seen(chosen, _OF_EVENT, [event_id, at_most])))


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
    rows = generation.records(*with_seen(chosen, _DISPUTES, [place_id]))
    sides = ("claimants", "opposing_claimants")
    return [Dispute(**row | {side: tuple(row[side] or ()) for side in sides}) for row in rows]


def _evidence(generation: Generation, rows: Sequence[dict[str, Any]]) -> list[Evidence]:
    if not rows:
        return []
    copies = _copies(generation, rows)
    mentions = _mentions(generation, rows)
    corrections = _corrections(generation, rows)
    return [
        _one(
            row,
            copies=copies[row["claim_id"]],
            mention=mentions.get((row["report_id"], row["place_start"], row["place_end"]), {}),
            corrections=corrections,
        )
        for row in rows
    ]


_FIELDS = frozenset(Evidence.__slots__)


def _one(
    row: Mapping[str, Any],
    copies: Sequence[CopyShown],
    mention: Mapping[str, Any],
    corrections: Mapping[str, Correction],
) -> Evidence:
    texts = {name: row[name] or "" for name in ("title", "outlet", "url", "origin")}
    applied = tuple(_applied(id_, corrections.get(id_)) for id_ in row["corrections"] or ())
    score, considered = _candidates(mention.get("candidates") or (), row["place_name"], row["country_code"])
    own = {name: value for name, value in row.items() if name in _FIELDS} | texts | _paragraph(row)
    return Evidence(
        **own
        | {
            "copies": tuple(copies),
            "score": score,
            "considered": considered,
            "choice_reason": mention.get("reason") or "",
            "corrections": applied,
        }
    )


def _paragraph(row: Mapping[str, Any]) -> dict[str, str]:
    """Cut the words around a sentence at its line's ends; paragraphs never join over a line break."""
    return {"before": row["before"].rpartition("\n")[2], "after": row["after"].partition("\n")[0]}


# --- places and corrections ---


def _mentions(generation: Generation, rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int, int], dict[str, Any]]:
    """Return the mentions that name the claims' places, by report and span."""
    spans = sorted({(r["report_id"], r["place_start"], r["place_end"]) for r in rows if r["place_start"] is not None})
    asked = [[span[n] for span in spans] for n in range(3)]
    found = generation.records(_MENTIONS, asked) if spans else []
    return {(row["report_id"], row["start"], row["end"]): row for row in found}


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


def _corrections(generation: Generation, rows: Iterable[Mapping[str, Any]]) -> dict[str, Correction]:
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


def _copies(generation: Generation, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[CopyShown]]:
    """Return for each claim the other reports of its origin, in order of publication."""
    siblings: dict[str, list[dict[str, Any]]] = defaultdict(list)
    origins = sorted({row["origin_id"] for row in rows if row["n_copies"]})
    for report in generation.records(_SIBLINGS, [origins]) if origins else ():
        siblings[report["origin_id"]].append(report)
    families = _Families(generation, [report["report_id"] for reports in siblings.values() for report in reports])
    pairs = [
        (row, report)
        for row in rows
        for report in siblings[row["origin_id"]]
        if report["report_id"] != row["report_id"]
    ]
    found: dict[str, list[CopyShown]] = defaultdict(list)
    for (row, report), words in zip(pairs, _words(generation, pairs, families), strict=True):
        same = bool(words) and words_of(words) == words_of(row["sentence"])
        found[row["claim_id"]].append(_copy(report, words, same))
    return found


def _copy(report: Mapping[str, Any], sentence: str, same_words: bool) -> CopyShown:
    return CopyShown(
        report_id=report["report_id"],
        report=report["report"],
        title=report["title"] or "",
        outlet=report["outlet"] or "",
        published=report["published"],
        version=report["version"],
        sentence=sentence,
        same_words=same_words,
    )


def _words(
    generation: Generation, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], families: "_Families"
) -> list[str]:
    """Return what each pair's report has of the claim's sentence, or ''."""
    if not pairs:
        return []
    spans = [families.span_in(report["report_id"], row) or (None, None) for row, report in pairs]
    asked = [
        list(range(len(pairs))),
        [report["report_id"] for _, report in pairs],
        [start for start, _ in spans],
        [end for _, end in spans],
        [row["sentence"] for row, _ in pairs],
    ]
    words = {row["number"]: row["words"] for row in generation.records(_WORDS, asked)}
    return [words[number] for number in range(len(pairs))]


class _Families:
    """Which sentences of some reports are one and the same, perhaps in other words."""

    def __init__(self, generation: Generation, report_ids: Sequence[str]) -> None:
        self._family: dict[str, dict[_Span, tuple[str, int]]] = defaultdict(dict)
        self._spans: dict[tuple[str, int], dict[str, _Span]] = defaultdict(dict)
        for row in generation.records(_LINEAGE, [list(report_ids)]) if report_ids else ():
            source = (row["source_report_id"], row["source_start"])
            self._add(source, row["source_report_id"], (row["source_start"], row["source_end"]))
            self._add(source, row["report_id"], (row["start"], row["end"]))

    def span_in(self, report_id: str, claim: Mapping[str, Any]) -> _Span | None:
        """Return where a report has the sentence of a claim, or None."""
        own = self._family.get(claim["report_id"], {})
        family = next((f for (start, end), f in own.items() if start < claim["end"] and end > claim["start"]), None)
        return self._spans[family].get(report_id) if family else None

    def _add(self, source: tuple[str, int], report_id: str, span: _Span) -> None:
        self._family[report_id][span] = source
        self._spans[source].setdefault(report_id, span)
