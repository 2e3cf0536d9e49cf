"""A filter → what the map and the lists show; no Streamlit and no Folium in it.

A claim is in view when the filter lets it through and the days it covers overlap its window; an event or a place is in
view when one of its claims is. What has no day or no place waits in the trays and is never drawn.
"""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.filters import EVERYTHING, MEMBERS, Filter, with_seen
from geo.model import Document, EventType, PublishedBasis
from geo.store import Generation

__all__ = [
    "NUMBER",
    "Feature",
    "Summary",
    "View",
    "build_view",
    "count_listed",
    "count_view",
    "find_place_id",
    "list_claims",
    "list_events",
    "list_leads",
    "list_places",
    "read_places",
    "read_report",
    "read_reports",
    "summarise",
]

# Of equally frequent types of a place one that says what happened stands for it.
_VAGUE = f"'{EventType.OTHER}', '{EventType.STATEMENT}'"

NUMBER = "(md5_number_lower(place_id) >> 11)::BIGINT"
"""SQL for a place's number: 53 bits, all that JavaScript's own numbers hold, that say nothing of its place_id."""

_FEATURES = f"""
    SELECT {NUMBER} AS number, place_id, name, lat, lon, radius_km, kind, place_kind, country_code, admin1_code,
        n_claims, independent_sources, event_type, statuses, disputed
    FROM (
        SELECT place_id, min(place_name) AS name, arg_min(lat, claim_id) AS lat, arg_min(lon, claim_id) AS lon,
            coalesce(max(radius_km), 0) AS radius_km,
            CASE WHEN bool_or(place_kind IN ('region', 'country')) THEN 'area' ELSE 'point' END AS kind,
            min(place_kind) AS place_kind, min(country_code) AS country_code, min(admin1_code) AS admin1_code,
            count(*) AS n_claims, count(DISTINCT origin_id) AS independent_sources,
            list_sort(list(DISTINCT status)) AS statuses,
            bool_or(claim_id IN (SELECT unnest(claim_ids) FROM events WHERE disputed)) AS disputed
        FROM seen WHERE place_id <> '' AND lat IS NOT NULL AND lon IS NOT NULL GROUP BY place_id
    ) JOIN (
        SELECT place_id, first(event_type ORDER BY n DESC, event_type IN ({_VAGUE}), event_type) AS event_type
        FROM (
            SELECT place_id, event_type, count(*) AS n FROM seen
            WHERE lat IS NOT NULL AND lon IS NOT NULL GROUP BY ALL
        ) GROUP BY place_id
    ) USING (place_id)
    ORDER BY number
"""  # noqa: S608 - put together from the constants above; values are parameters

_CLAIMS = f"""
    SELECT first_day AS date_from, last_day AS date_to, place_name, event_type, status, claimant, verification,
        coalesce(outlet, '') AS outlet, seen.text AS sentence, seen.report AS report, {NUMBER} AS number, claim_id
    FROM seen LEFT JOIN reports USING (report_id)
    ORDER BY date_from, date_to, place_name, report, start, claim_id
"""  # noqa: S608 - as above

_EVENT_ROWS = f"""
    SELECT coalesce(date_from, date_to) AS date_from, coalesce(date_to, date_from) AS date_to, place_name, event_type,
        status, headline, n_claims, n_reports, independent_sources, independent_claimants, disputed,
        {NUMBER} AS number, event_id
    FROM events JOIN (
        SELECT event_id, count(*) AS n_claims FROM ({MEMBERS}) JOIN seen USING (claim_id) GROUP BY event_id
    ) USING (event_id)
"""  # noqa: S608 - as above
_EVENTS = f"{_EVENT_ROWS} ORDER BY date_from, date_to, place_name, event_type, event_id"
_LEADS = f"""
    {_EVENT_ROWS} WHERE place_name <> ''
    ORDER BY disputed DESC, independent_sources DESC, n_reports DESC, date_from DESC, place_name, event_id
"""

_PLACES = f"""
    SELECT min(place_name) AS place_name, min(place_kind) AS place_kind, min(country_code) AS country_code,
        count(*) AS n_claims, count(DISTINCT event_id) AS n_events,
        count(DISTINCT seen.origin_id) AS independent_sources, min(first_day) AS first_day, max(last_day) AS last_day,
        {NUMBER} AS number, place_id
    FROM seen LEFT JOIN ({MEMBERS}) USING (claim_id)
    WHERE place_id <> '' GROUP BY place_id
    ORDER BY independent_sources DESC, n_claims DESC, place_name, place_id
"""  # noqa: S608 - as above

_COUNTS = {
    "claims": "SELECT count(*) AS n FROM seen",
    "events": f"SELECT count(DISTINCT event_id) AS n FROM ({MEMBERS}) JOIN seen USING (claim_id)",  # noqa: S608 - as above
    "places": "SELECT count(DISTINCT place_id) AS n FROM seen WHERE place_id <> ''",
}


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
class View:
    """What a filter lets through, as the map needs it; the lists come after, by ``list_claims``."""

    filter: Filter
    features: tuple[Feature, ...]

    @property
    def n_claims(self) -> int:
        """The claims in view, over all places."""
        return sum(feature.n_claims for feature in self.features)


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of the page's head line."""

    reports: int
    independent_sources: int
    events: int
    claims: int
    in_trays: int


def build_view(generation: Generation, chosen: Filter) -> View:
    """Return the places that have claims in view."""
    rows = generation.records(*with_seen(chosen, _FEATURES))
    return View(chosen, tuple(Feature(**row | {"statuses": tuple(row["statuses"])}) for row in rows))


def count_view(generation: Generation, chosen: Filter) -> tuple[int, int]:
    """Return how many places with a point, and how many claims of them, are in view, without building the view."""
    placed = "place_id <> '' AND lat IS NOT NULL AND lon IS NOT NULL"
    sql = f"SELECT count(DISTINCT place_id) AS places, count(*) AS claims FROM seen WHERE {placed}"  # noqa: S608 - constants
    (counts,) = generation.records(*with_seen(chosen, sql))
    return counts["places"], counts["claims"]


def list_claims(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row a claim in view, in order of time: days, place, type, status, claimant, outlet, sentence, file.

    With ``at_most`` only the first so many, here and in the other lists.
    """
    return _listed(generation, chosen, _CLAIMS, at_most)


def list_events(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row an event in view, in order of time: days, place, type, status, headline and its figures.

    ``n_claims`` counts its claims in view; reports, sources, claimants and the dispute are those of the whole event.
    """
    return _listed(generation, chosen, _EVENTS, at_most)


def list_leads(generation: Generation, chosen: Filter, at_most: int) -> pd.DataFrame:
    """Return the events in view to read first, as ``list_events`` does: disputed ones, then those most sources tell."""
    return _listed(generation, chosen, _LEADS, at_most)


def list_places(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row a place in view, those with the most sources first: kind, claims, events, sources and days.

    All count what is in view; the days are the first and last that a claim in view covers.
    """
    return _listed(generation, chosen, _PLACES, at_most)


def count_listed(generation: Generation, chosen: Filter, what: Literal["claims", "events", "places"]) -> int:
    """Return how many rows the list of the claims, events or places in view has when nothing cuts it short."""
    (counts,) = generation.records(*with_seen(chosen, _COUNTS[what]))
    n: int = counts["n"]
    return n


def _listed(generation: Generation, chosen: Filter, sql: str, at_most: int | None) -> pd.DataFrame:
    return generation.query(*with_seen(chosen, f"{sql} LIMIT ?", [at_most]))


def read_places(generation: Generation) -> tuple[Feature, ...]:
    """Return every place that is ever on the map, whatever its claims' days."""
    return build_view(generation, EVERYTHING).features


def find_place_id(generation: Generation, number: int) -> str | None:
    """Return the ``place_id`` of the place of a number, None where the generation has no such place."""
    found = generation.records(f"SELECT place_id FROM claims WHERE place_id <> '' AND {NUMBER} = ? LIMIT 1", [number])  # noqa: S608 - constants
    return found[0]["place_id"] if found else None


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
    found = generation.records(
        "SELECT report_id, report, text, title, outlet, url, published, published_basis FROM reports WHERE report = ?",
        [report],
    )
    if not found:
        raise KeyError(report)
    return Document(**found[0] | {"published_basis": PublishedBasis(found[0]["published_basis"])})


def summarise(generation: Generation) -> Summary:
    """Return how many reports, independent sources, events, claims and waiting items the generation holds."""
    (counts,) = generation.records(
        """SELECT (SELECT count(*) FROM reports) AS reports,
            (SELECT count(DISTINCT origin_id) FROM reports) AS independent_sources,
            (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM claims) AS claims,
            (SELECT count(*) FROM tray) AS in_trays"""
    )
    return Summary(**counts)
