"""A filter → what the map, the timeline and the lists show; no Streamlit and no Folium in it.

A claim is in view when the days it covers overlap the window. What has no day or no place waits in the trays and is
never drawn.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from geo.filters import EVERYTHING, Filter, query_view
from geo.model import Document, EventType, PublishedBasis
from geo.store import Generation

__all__ = [
    "EVERYTHING",
    "Bin",
    "Days",
    "Dispute",
    "Evidence",
    "Feature",
    "Filter",
    "Summary",
    "View",
    "build_view",
    "count_bins",
    "find_days",
    "find_disputes",
    "find_evidence",
    "list_claims",
    "read_places",
    "read_report",
    "read_reports",
    "read_tray",
    "summarise",
]

# As much of a paragraph as is shown on either side of a sentence, in characters: the longest paragraph of the five
# reports has 600, and a file without line breaks must not fill the page.
_CONTEXT = 1500
_LONGEST_COUNTED = 366
_VAGUE = {EventType.OTHER.value, EventType.STATEMENT.value}

# A number of 53 bits, all that JavaScript's own numbers hold, that says nothing of the id it is made from.
_NUMBER = "(md5_number_lower(place_id) >> 11)::BIGINT"

_FEATURES = f"""
    SELECT {_NUMBER} AS number, place_id, min(place_name) AS name, arg_min(lat, claim_id) AS lat,
        arg_min(lon, claim_id) AS lon, coalesce(max(radius_km), 0) AS radius_km,
        CASE WHEN bool_or(place_kind IN ('region', 'country')) THEN 'area' ELSE 'point' END AS kind,
        min(place_kind) AS place_kind, min(country_code) AS country_code, min(admin1_code) AS admin1_code,
        count(*) AS n_claims, count(DISTINCT origin_id) AS independent_sources, histogram(event_type) AS types,
        list(DISTINCT status) AS statuses,
        bool_or(claim_id IN (SELECT unnest(claim_ids) FROM events WHERE disputed)) AS disputed
    FROM seen WHERE place_id <> '' AND lat IS NOT NULL AND lon IS NOT NULL GROUP BY place_id ORDER BY number
"""  # noqa: S608 - put together from the constants above; values are parameters

_CLAIMS = f"""
    SELECT first_day AS date_from, last_day AS date_to, place_name, event_type, status, claimant, verification,
        coalesce(outlet, '') AS outlet, seen.text AS sentence, seen.report AS report, {_NUMBER} AS number, claim_id
    FROM seen LEFT JOIN reports USING (report_id)
    ORDER BY date_from, date_to, place_name, report, start, claim_id
"""  # noqa: S608 - as above

_EVIDENCE = f"""
    SELECT claim_id, report_id, seen.report AS report, title, outlet, url, published, published_basis, origin,
        coalesce(n_copies, 0) AS n_copies, first_day AS date_from, last_day AS date_to, date_text, time_precision,
        date_basis, event_type, status, claimant, cue, verification, place_name, place_reason,
        substr(reports.text, greatest(start - {_CONTEXT}, 0) + 1, least(start, {_CONTEXT})) AS before,
        substr(reports.text, start + 1, "end" - start) AS sentence,
        substr(reports.text, "end" + 1, {_CONTEXT}) AS after
    FROM seen JOIN reports USING (report_id)
    LEFT JOIN (SELECT origin_id, count(*) - 1 AS n_copies FROM reports GROUP BY origin_id) AS counted
        ON counted.origin_id = reports.origin_id
    WHERE place_id = ?
    ORDER BY date_from, date_to, published NULLS LAST, report, start, claim_id
"""  # noqa: S608 - as above

_DISPUTES = """
    SELECT event_type, date_from, date_to, claimants, opposing_claimants FROM events
    WHERE disputed AND event_id IN (
        SELECT event_id FROM (SELECT event_id, unnest(claim_ids) AS claim_id FROM events WHERE disputed)
        WHERE claim_id IN (SELECT claim_id FROM seen WHERE place_id = ?)
    )
    ORDER BY date_from, date_to, event_type, event_id
"""

_SPANS = "SELECT first_day, last_day, count(*) AS n FROM seen GROUP BY ALL"


@dataclass(frozen=True, slots=True)
class Feature:
    """One place on the map with what is claimed of it in view.

    ``number`` names the place to the browser and stays the same as long as its ``place_id`` does, which is what
    somebody wrote in a gazetteer and never goes into a map. ``event_type`` is the most frequent one.
    """

    number: int
    place_id: str
    name: str
    lat: float
    lon: float
    radius_km: float
    kind: Literal["point", "area"]
    place_kind: str
    country_code: str
    admin1_code: str
    n_claims: int
    independent_sources: int
    event_type: str
    statuses: tuple[str, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """An event whose claims contradict each other: what and when, who says so, and who says otherwise."""

    event_type: str
    date_from: date
    date_to: date
    claimants: tuple[str, ...]
    opposing_claimants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What a filter lets through, as the map needs it; the lists come after, by ``list_claims``."""

    filter: Filter
    features: tuple[Feature, ...]

    @property
    def n_claims(self) -> int:
        """The claims in view, over all places."""
        return sum(feature.n_claims for feature in self.features)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day that any claim covers, and how many claims cover each day (0 left out)."""

    first: date
    last: date
    counts: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Bin:
    """How many claims cover the days from ``first`` to ``last``, a claim counting once for each of its days."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim with the words that carry it: ``before`` + ``sentence`` + ``after`` is its paragraph as published.

    ``n_copies`` counts the other reports of the same origin. Whatever is a string here was written by others.
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


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of the page's head line."""

    reports: int
    independent_sources: int
    events: int
    claims: int
    in_trays: int


def build_view(generation: Generation, chosen: Filter) -> View:
    """Return the places that have claims whose days overlap the filter's window."""
    return View(chosen, tuple(map(_feature, _rows(query_view(generation, chosen, _FEATURES)))))


def list_claims(generation: Generation, chosen: Filter) -> pd.DataFrame:
    """Return one row a claim in view, in order of time: days, place, type, status, claimant, outlet, sentence, file."""
    return query_view(generation, chosen, _CLAIMS)


def read_places(generation: Generation) -> tuple[Feature, ...]:
    """Return every place that is ever on the map, whatever its claims' days."""
    return build_view(generation, EVERYTHING).features


def find_days(generation: Generation) -> Days | None:
    """Return the days that the claims cover, or None where not one is dated.

    A claim that covers more than a year counts on its first day only: "since 2014" would lift every day alike.
    """
    spans = query_view(generation, EVERYTHING, _SPANS)
    if spans.empty:
        return None
    counts: dict[date, int] = {}
    for row in _rows(spans):
        for day in _days(row["first_day"], row["last_day"]):
            counts[day] = counts.get(day, 0) + row["n"]
    return Days(_plain(spans.first_day.min()), _plain(spans.last_day.max()), dict(sorted(counts.items())))


def count_bins(days: Days, at_most: int = 240) -> list[Bin]:
    """Return the days' counts in bins of one length, a day each where there are no more than ``at_most`` days."""
    length = -(-((days.last - days.first).days + 1) // at_most)
    starts = [days.first + timedelta(days=n) for n in range(0, (days.last - days.first).days + 1, length)]
    sums = [0] * len(starts)
    for day, n in days.counts.items():
        sums[(day - days.first).days // length] += n
    return [
        Bin(start, min(start + timedelta(days=length - 1), days.last), n) for start, n in zip(starts, sums, strict=True)
    ]


def find_evidence(generation: Generation, place_id: str, chosen: Filter) -> list[Evidence]:
    """Return a place's claims in view, in order of time, each in its paragraph; none for a place without any."""
    rows = _rows(query_view(generation, chosen, _EVIDENCE, [place_id]))
    return [Evidence(**_cut_to_paragraph(row)) for row in rows]


def read_tray(generation: Generation) -> pd.DataFrame:
    """Return what waits for a day, a place or a readable file: kind, report, reason, text."""
    return generation.query("SELECT kind, report, reason, text FROM tray ORDER BY kind, report, start, reason, text")


def find_disputes(generation: Generation, place_id: str, chosen: Filter) -> list[Dispute]:
    """Return the disputed events of a place in view, by day.

    Raises:
        StoreError: the generation cannot be read.
    """
    rows = query_view(generation, chosen, _DISPUTES, [place_id]).itertuples(index=False)
    return [
        Dispute(
            row.event_type,
            pd.Timestamp(row.date_from).date(),
            pd.Timestamp(row.date_to).date(),
            tuple(row.claimants),
            tuple(row.opposing_claimants),
        )
        for row in rows
    ]


def read_reports(generation: Generation) -> pd.DataFrame:
    """Return one row a report: title, outlet, published and its basis, origin, url, and the claims it yielded."""
    return generation.query(
        """SELECT title, outlet, published, published_basis, coalesce(nullif(origin, ''), origin_id) AS origin,
            coalesce(n_claims, 0) AS n_claims, report, url
        FROM reports LEFT JOIN (SELECT report_id, count(*) AS n_claims FROM claims GROUP BY report_id) USING (report_id)
        ORDER BY published NULLS LAST, report"""
    )


def read_report(generation: Generation, report: str) -> Document:
    """Return a report as it was read: its text, its publication day and how that is known.

    Raises:
        KeyError: the generation holds no such report.
    """
    frame = generation.query(
        "SELECT report_id, report, text, title, outlet, url, published, published_basis FROM reports WHERE report = ?",
        [report],
    )
    row = next(_rows(frame), None)
    if row is None:
        raise KeyError(report)
    return Document(**row | {"published_basis": PublishedBasis(row["published_basis"])})


def summarise(generation: Generation) -> Summary:
    """Return how many reports, independent sources, events, claims and waiting items the generation holds."""
    counts = generation.query(
        """SELECT (SELECT count(*) FROM reports) AS reports,
            (SELECT count(DISTINCT origin_id) FROM reports) AS independent_sources,
            (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM claims) AS claims,
            (SELECT count(*) FROM tray) AS in_trays"""
    )
    return Summary(**{str(name): int(value) for name, value in counts.iloc[0].items()})


def _feature(row: dict[str, Any]) -> Feature:
    """Return a feature with the most frequent type; of equals, one that says what happened."""
    types: dict[str, int] = row.pop("types")
    event_type = min(types, key=lambda name: (-types[name], name in _VAGUE, name))
    return Feature(**row | {"event_type": event_type, "statuses": tuple(sorted(row["statuses"]))})


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield a query's rows as plain Python values: None for null, ``date`` for days."""
    for row in frame.itertuples(index=False):
        yield {str(name): _plain(value) for name, value in zip(frame.columns, row, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date()
    if hasattr(value, "tolist"):  # a list column, or one of numpy's own numbers
        value = value.tolist()
    return value if isinstance(value, list | dict) or not pd.isna(value) else None


def _days(first: date, last: date) -> Iterator[date]:
    """Yield each day of a span, or only the first of one longer than a year."""
    length = (last - first).days
    for n in range(length + 1 if length <= _LONGEST_COUNTED else 1):
        yield first + timedelta(days=n)


def _cut_to_paragraph(row: dict[str, Any]) -> dict[str, Any]:
    """Cut the words around a sentence at its line's ends; paragraphs never join over a line break."""
    return row | {"before": row["before"].rpartition("\n")[2], "after": row["after"].partition("\n")[0]}
