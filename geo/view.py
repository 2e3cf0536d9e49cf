"""A filter → what the map and the lists show; no Streamlit and no Folium in it.

A claim is in view when the filter lets it through and the days it covers overlap its window; an event or a place is in
view when one of its claims is. What has no day or no place waits in the trays and is never drawn.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from geo.cubes import CLAIM, EVENT, NEVER, NONE
from geo.facts import Seen, days_column, facts_of, see
from geo.filters import EVERYTHING, Filter
from geo.model import Document, EventType, PublishedBasis
from geo.store import Generation

__all__ = [
    "NUMBER",
    "Feature",
    "Summary",
    "View",
    "build_view",
    "count_at",
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
_VAGUE = (EventType.OTHER.value, EventType.STATEMENT.value)

NUMBER = "(md5_number_lower(place_id) >> 11)::BIGINT"
"""SQL for a place's number: 53 bits, all that JavaScript's own numbers hold, that say nothing of its place_id."""

_PLACE_COLUMNS = (
    "number", "place_id", "name", "lat", "lon", "radius_km", "is_area", "place_kind", "country_code", "admin1_code"
)  # fmt: skip


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
    seen = see(generation, chosen)
    facts = seen.facts
    n_claims, sources, place = seen.count_places(), seen.count_origins(), seen.of("place")
    shown = np.flatnonzero((n_claims > 0) & facts.mapped)
    shown = shown[np.argsort(facts.places["number"].to_numpy()[shown])]
    types = _usual_types(seen)
    statuses = _by_place(seen, "status") > 0
    disputed = np.bincount(place[seen.of(facts.disputed)], minlength=facts.n_places) > 0
    names = facts.values("status").values.to_pylist()
    told = facts.places.select(_PLACE_COLUMNS).take(pa.array(shown)).to_pylist()
    return View(
        chosen,
        tuple(
            Feature(
                **_described(row),
                n_claims=int(n_claims[n]),
                independent_sources=int(sources[n]),
                event_type=types[n],
                statuses=tuple(name for name, is_there in zip(names, statuses[n], strict=True) if is_there),
                disputed=bool(disputed[n]),
            )
            for n, row in zip(shown.tolist(), told, strict=True)
        ),
    )


def _described(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a feature says of its place, whatever is claimed of it."""
    kind = "area" if row.pop("is_area") else "point"
    return row | {"kind": kind}


def _by_place(seen: Seen, column: str) -> NDArray[np.int64]:
    """Return for each place, and each value of a column in order of their numbers, how many claims have it."""
    size = max(1, len(seen.facts.values(column).values))
    pairs = seen.of("place").astype(np.int64) * size + seen.of(column)
    return np.bincount(pairs, minlength=seen.facts.n_places * size).reshape(-1, size)


def _usual_types(seen: Seen) -> list[str]:
    """Return each place's most frequent type."""
    names = seen.facts.values("event_type").values.to_pylist()
    order = sorted(range(len(names)), key=lambda n: (names[n] in _VAGUE, names[n]))
    usual = _by_place(seen, "event_type")[:, order].argmax(axis=1).tolist() if names else []
    return [names[order[n]] for n in usual]


def count_view(generation: Generation, chosen: Filter) -> tuple[int, int]:
    """Return how many places with a point, and how many claims of them, are in view, without building the view."""
    seen = see(generation, chosen)
    counts = seen.count_places()[seen.facts.mapped]
    return int(np.count_nonzero(counts)), int(counts.sum())


def count_at(generation: Generation, chosen: Filter, number: int) -> int:
    """Return how many claims are in view of the place of a number, 0 where there is no such place."""
    seen = see(generation, chosen)
    place = seen.facts.place_of(number)
    return 0 if place is None else int(np.count_nonzero(seen.of("place") == place))


def list_claims(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row a claim in view, in order of time: days, place, type, status, claimant, outlet, sentence, file.

    With ``at_most`` only the first so many, here and in the other lists.
    """
    seen = see(generation, chosen)
    facts, rows = seen.facts, seen.first(at_most)
    told = facts.read("claims", rows)
    spots = facts.spots.take(pa.array(facts["spot"][rows], pa.int64()))
    numbers = facts.places["number"].to_numpy()[facts["place"][rows]]
    return pd.DataFrame(
        {
            "date_from": days_column(facts["first"][rows]),
            "date_to": days_column(facts["last"][rows]),
            "place_name": spots["place_name"].to_pylist(),
            **{
                name: facts.names(name, rows) for name in ("event_type", "status", "claimant", "verification", "outlet")
            },
            "sentence": [row[CLAIM["text"]] for row in told],
            "report": [row[CLAIM["report"]] for row in told],
            "number": numbers,
            "claim_id": [row[CLAIM["claim_id"]] for row in told],
        }
    )


def list_events(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row an event in view, in order of time: days, place, type, status, headline and its figures.

    ``n_claims`` counts its claims in view; reports, sources, claimants and the dispute are those of the whole event.
    """
    seen = see(generation, chosen)
    return _events(seen, seen.events()[:at_most])


def list_leads(generation: Generation, chosen: Filter, at_most: int) -> pd.DataFrame:
    """Return the events in view to read first, as ``list_events`` does: disputed ones, then those most sources tell."""
    seen = see(generation, chosen)
    lead = seen.facts.happenings["lead"]
    events = seen.events()
    events = events[seen.facts.happenings["placed"][events]]
    if len(events) > at_most:
        events = events[np.argpartition(lead[events], at_most)[:at_most]]
    return _events(seen, events[np.argsort(lead[events])])


def _events(seen: Seen, events: NDArray[Any]) -> pd.DataFrame:
    """Return the rows of some events, with how many of their claims are in view."""
    wanted = np.zeros(len(seen.facts.happenings["lead"]) + 1, np.int64)
    wanted[events] = np.arange(1, len(events) + 1)
    n_claims = np.bincount(wanted.take(seen.of("event"), mode="clip"), minlength=len(events) + 1)[1:]
    rows = seen.facts.read("events", events.tolist())
    columns: dict[str, Any] = {name: [row[n] for row in rows] for n, name in enumerate(EVENT)}
    days = {name: pd.to_datetime(pd.Series(columns[name], dtype="object")) for name in ("date_from", "date_to")}
    return pd.DataFrame(columns | days | {"n_claims": n_claims})[list(_LISTED)]


_LISTED = (
    "date_from", "date_to", "place_name", "event_type", "status", "headline", "n_claims", "n_reports",
    "independent_sources", "independent_claimants", "disputed", "number", "event_id",
)  # fmt: skip


def list_places(generation: Generation, chosen: Filter, at_most: int | None = None) -> pd.DataFrame:
    """Return one row a place in view, those with the most sources first: kind, claims, events, sources and days.

    All count what is in view; the days are the first and last that a claim in view covers.
    """
    seen = see(generation, chosen)
    facts = seen.facts
    n_claims, sources = seen.count_places(), seen.count_origins()
    found = np.flatnonzero((n_claims > 0) & facts.named)
    order = np.lexsort((facts.places["rank"].to_numpy()[found], -n_claims[found], -sources[found]))
    found = found[order[:at_most]]
    told = facts.places.take(pa.array(found))
    first, last = _days_of_places(seen)
    return pd.DataFrame(
        {
            "place_name": told["name"].to_pylist(),
            "place_kind": told["place_kind"].to_pylist(),
            "country_code": told["country_code"].to_pylist(),
            "n_claims": n_claims[found],
            "n_events": seen.count_events()[found],
            "independent_sources": sources[found],
            "first_day": days_column(first[found]),
            "last_day": days_column(last[found]),
            "number": told["number"].to_numpy(),
            "place_id": told["place_id"].to_pylist(),
        }
    )


def _days_of_places(seen: Seen) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the first and the last day that a claim in view of each place covers."""
    place = seen.of("place")
    first, last = (np.full(seen.facts.n_places, NEVER, np.int32) for _ in range(2))
    first[place[::-1]] = seen.of("first")[::-1]  # in order of their first days: the earliest is written last
    np.maximum.at(last, place, seen.of("last"))
    return first, last


def count_listed(generation: Generation, chosen: Filter, what: Literal["claims", "events", "places"]) -> int:
    """Return how many rows the list of the claims, events or places in view has when nothing cuts it short."""
    seen = see(generation, chosen)
    if what == "claims":
        return seen.n
    return len(seen.events()) if what == "events" else int(np.count_nonzero(seen.count_places()[seen.facts.named]))


def read_places(generation: Generation) -> tuple[Feature, ...]:
    """Return every place that is ever on the map, whatever its claims' days."""
    return build_view(generation, EVERYTHING).features


def find_place_id(generation: Generation, number: int) -> str | None:
    """Return the ``place_id`` of the place of a number, None where the generation has no such place."""
    facts = facts_of(generation)
    place = facts.place_of(number)
    return None if place is None else cast(str, facts.places["place_id"][place].as_py())


def read_reports(generation: Generation, at_most: int | None = None) -> pd.DataFrame:
    """Return one row a report: title, outlet, published and its basis, origin, url, and the claims it yielded.

    In order of publication; with ``at_most`` only the first so many.
    """
    found = generation.query(
        """SELECT title, outlet, published, published_basis, coalesce(nullif(origin, ''), origin_id) AS origin,
            file_row_number AS n_claims, report, url
        FROM report_rows ORDER BY published NULLS LAST, report LIMIT ?""",
        [at_most],
    )
    facts = facts_of(generation)
    told = facts["told"]
    n_claims = np.bincount(told[told != NONE], minlength=len(facts.told["published"]))
    found["n_claims"] = n_claims[found["n_claims"].to_numpy()]
    return found


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
    facts = facts_of(generation)
    (counts,) = generation.records("SELECT count(*) AS n FROM tray")
    origins = np.zeros(len(facts.values("origin_id").values), np.bool_)
    origins[facts.told["origin_id"]] = True
    return Summary(
        reports=len(facts.told["origin_id"]),
        independent_sources=int(np.count_nonzero(origins)),
        events=len(facts.happenings["lead"]),
        claims=facts.n,
        in_trays=counts["n"],
    )
