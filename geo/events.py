"""Claims → events, and the one declaration of every table's columns.

A column's name, type, unit and meaning stand here and nowhere else: the store writes by them, the data dictionary
in the documentation is made from them.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import partial
from typing import Any

import pyarrow as pa

from geo.crosswalk import crosswalk, glide_of
from geo.grouping import Group, claim_id, group_claims, same_speaker
from geo.model import (
    Borrowing,
    Claim,
    Copy,
    DateBasis,
    Document,
    Event,
    Extract,
    Origin,
    Place,
    Reading,
    Resolution,
    Status,
)

__all__ = [
    "CLAIM_COLUMNS",
    "COPY_COLUMNS",
    "EVENT_COLUMNS",
    "LINEAGE_COLUMNS",
    "MENTION_COLUMNS",
    "REPORT_COLUMNS",
    "TABLES",
    "TRAY_COLUMNS",
    "Column",
    "build_events",
    "claim_id",
    "claim_row",
    "copy_row",
    "edtf",
    "event_row",
    "extract",
    "lineage_row",
    "mention_rows",
    "mention_values",
    "report_row",
    "schema",
    "to_event",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: Arrow type, unit ('' for none) and meaning for the data dictionary."""

    name: str
    type: pa.DataType
    unit: str
    meaning: str


_TEXT, _INT, _FLOAT, _DAY, _BOOL = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()

CLAIM_COLUMNS: tuple[Column, ...] = (
    Column("claim_id", _TEXT, "", "stable hash of the claim's content"),
    Column("report_id", _TEXT, "", "stable hash of the report's path and content"),
    Column("report", _TEXT, "", "the report's path under the folder that was read, or its id"),
    Column("start", _INT, "characters", "where the claim's sentence begins in the report's original text"),
    Column("end", _INT, "characters", "where that sentence ends, exclusive"),
    Column("text", _TEXT, "", "the claim's words"),
    Column("place_id", _TEXT, "", "the resolved place"),
    Column("place_name", _TEXT, "", "its usual English name"),
    Column("country_code", _TEXT, "", "ISO 3166-1 alpha-2 code of its country"),
    Column("admin1_code", _TEXT, "", "GeoNames code of its first-order region"),
    Column("lat", _FLOAT, "degrees WGS84", "latitude, or null"),
    Column("lon", _FLOAT, "degrees WGS84", "longitude, or null"),
    Column("radius_km", _FLOAT, "km", "uncertainty radius"),
    Column("place_kind", _TEXT, "", "settlement, region, country, facility, natural, relative or other"),
    Column("anchor_lat", _FLOAT, "degrees WGS84", "latitude of that from which the place is told by its direction"),
    Column("anchor_lon", _FLOAT, "degrees WGS84", "its longitude; null, as latitude and bearing, for all other places"),
    Column("bearing", _FLOAT, "degrees from north", "that direction, clockwise"),
    Column("geo_precision", _INT, "", "1 the place itself, 2 near it or part of it, 3 region or coarser"),
    Column("place_start", _INT, "characters", "where the words that name the place begin in the report, or null"),
    Column("place_end", _INT, "characters", "where they end, exclusive, or null"),
    Column("place_reason", _TEXT, "", "why this place was chosen"),
    Column("date_from", _DAY, "", "first day, inclusive, or null"),
    Column("date_to", _DAY, "", "last day, inclusive, or null"),
    Column("date_text", _TEXT, "", "the date expression as written"),
    Column("date_edtf", _TEXT, "", "the days as an Extended Date/Time Format string (ISO 8601-2), ~ where approximate"),
    Column("time_precision", _INT, "", "1 day, 2 week, 3 month, 9 coarser"),
    Column("date_basis", _TEXT, "", "explicit, relative, publication, inferred, corrected or none"),
    Column("event_type", _TEXT, "", "what happened, one of fourteen types"),
    Column("acled_equiv", _TEXT, "", "the nearest ACLED event type's name, or empty"),
    Column("plover", _TEXT, "", "the nearest PLOVER event code, or empty"),
    Column("glide", _TEXT, "", "the GLIDE hazard code of a disaster, or empty"),
    Column("status", _TEXT, "", "reported, claimed, denied or planned"),
    Column("claimant", _TEXT, "", "who says so, as written; empty for the outlet itself"),
    Column("claimant_side", _TEXT, "", "the country that the claimant speaks for, ISO 3166-1 alpha-2, or empty"),
    Column("cue", _TEXT, "", "the word that carries the attribution"),
    Column("verification", _TEXT, "", "none, unverified or verified"),
    Column("quantity", _FLOAT, "see unit", "the figure claimed, or null"),
    Column("quantity_high", _FLOAT, "see unit", "the upper end where the words give a range, or null"),
    Column(
        "quantity_bound", _TEXT, "", "at least, at most, about, a vague word in place of a figure (dozens), or empty"
    ),
    Column("unit", _TEXT, "", "the figure's unit, or what it counts in the plural"),
    Column("quantity_of", _TEXT, "", "what the figure tells of: territory recaptured, people killed"),
    Column("actor", _TEXT, "", "who did it, where the sentence says"),
    Column("actor_side", _TEXT, "", "country code of that actor, or empty"),
    Column("target", _TEXT, "", "to whom, where the sentence says"),
    Column("target_side", _TEXT, "", "country code of that target, or empty"),
    Column("trigger", _TEXT, "", "the word that tells what happened, in its base form"),
    Column("origin_id", _TEXT, "", "the syndication group of the report"),
    Column("confidence", _FLOAT, "0-1", "of the extraction, not of the truth"),
    Column("corrections", pa.list_(_TEXT), "", "the analysts' corrections in effect on it, oldest first"),
    Column("read_place_id", _TEXT, "", "the place as it was read, whatever corrections say"),
    Column("read_event_type", _TEXT, "", "the type as it was read, whatever corrections say"),
)

EVENT_COLUMNS: tuple[Column, ...] = (
    Column("event_id", _TEXT, "", "stable hash of the event's claims"),
    Column("claim_ids", pa.list_(_TEXT), "", "its claims"),
    Column("headline_claim_id", _TEXT, "", "the claim that speaks for it"),
    Column("headline", _TEXT, "", "that claim's words"),
    Column("place_id", _TEXT, "", "where"),
    Column("place_name", _TEXT, "", "the place's usual English name"),
    Column("country_code", _TEXT, "", "ISO 3166-1 alpha-2 code of its country"),
    Column("admin1_code", _TEXT, "", "GeoNames code of its first-order region"),
    Column("lat", _FLOAT, "degrees WGS84", "latitude"),
    Column("lon", _FLOAT, "degrees WGS84", "longitude"),
    Column("radius_km", _FLOAT, "km", "uncertainty radius"),
    Column("place_kind", _TEXT, "", "settlement, region, country, facility, natural, relative or other"),
    Column("date_from", _DAY, "", "first day of its claims, inclusive, or null"),
    Column("date_to", _DAY, "", "last day of its claims, inclusive, or null"),
    Column("event_type", _TEXT, "", "what happened, one of fourteen types"),
    Column("status", _TEXT, "", "the headline claim's status"),
    Column("n_reports", _INT, "reports", "reports that carry it"),
    Column("independent_sources", _INT, "origins", "distinct origins among those reports"),
    Column("independent_claimants", _INT, "claimants", "distinct claimants"),
    Column("disputed", _BOOL, "", "whether its claims contradict each other"),
    Column("claimants", pa.list_(_TEXT), "", "who says so, on the headline's side"),
    Column("opposing_claimants", pa.list_(_TEXT), "", "who contradicts the headline, where it is disputed"),
    Column("opposing_claim_ids", pa.list_(_TEXT), "", "the claims that do"),
    Column("first_published", _DAY, "", "publication day of the earliest report, or null"),
    Column("last_published", _DAY, "", "publication day of the latest report, or null"),
)

REPORT_COLUMNS: tuple[Column, ...] = (
    Column("report_id", _TEXT, "", "stable hash of the report's path and content"),
    Column("report", _TEXT, "", "path under the folder that was read, or its id"),
    Column("title", _TEXT, "", "headline"),
    Column("outlet", _TEXT, "", "who published it"),
    Column("url", _TEXT, "", "its address, if known"),
    Column("published", _DAY, "", "publication day, or null"),
    Column("published_basis", _TEXT, "", "corrected, manifest, metadata, printed, dateline, copy, story or none"),
    Column("origin_id", _TEXT, "", "the syndication group"),
    Column("origin", _TEXT, "", "the group's origin as credited, or empty"),
    Column("text", _TEXT, "", "the report's original text"),
)

MENTION_COLUMNS: tuple[Column, ...] = (
    Column("report_id", _TEXT, "", "the report"),
    Column("start", _INT, "characters", "where the mention begins"),
    Column("end", _INT, "characters", "where it ends, exclusive"),
    Column("surface", _TEXT, "", "as written"),
    Column("role", _TEXT, "", "literal, actor, modifier or demonym"),
    Column("place_id", _TEXT, "", "the place chosen, or empty"),
    Column("place_name", _TEXT, "", "its name"),
    Column("place_kind", _TEXT, "", "its kind"),
    Column("lat", _FLOAT, "degrees WGS84", "latitude, or null"),
    Column("lon", _FLOAT, "degrees WGS84", "longitude, or null"),
    Column("radius_km", _FLOAT, "km", "uncertainty radius"),
    Column("score", _FLOAT, "0-1", "confidence that this is a mention of a place"),
    Column("reason", _TEXT, "", "why this place, or why none"),
    Column("candidates", pa.list_(_TEXT), "", "other places considered, best first, as 'name (country): score'"),
)

COPY_COLUMNS: tuple[Column, ...] = (
    Column("report_id", _TEXT, "", "the report"),
    Column("report", _TEXT, "", "its path or id"),
    Column("origin_id", _TEXT, "", "the syndication group"),
    Column("origin", _TEXT, "", "the wire that most of the group credit, or empty"),
    Column("credit", _TEXT, "", "the wire that the report itself credits, or empty"),
    Column("canonical_report_id", _TEXT, "", "the member that holds most of the story"),
    Column("n_reports", _INT, "reports", "members of the group, this one included"),
    Column(
        "copy_score", _FLOAT, "0-1", "share of the shorter text held in common with the canonical or the nearest member"
    ),
    Column("version", _INT, "", "which file of the story it is, from 1, in order of publication"),
    Column("n_shared_sentences", _INT, "sentences", "its sentences that another member has, perhaps in other words"),
    Column("n_sentences", _INT, "sentences", "its sentences of 5 to 200 words"),
)

LINEAGE_COLUMNS: tuple[Column, ...] = (
    Column("report_id", _TEXT, "", "the report that has the sentence from another"),
    Column("start", _INT, "characters", "where the sentence begins in its original text"),
    Column("end", _INT, "characters", "where it ends, exclusive"),
    Column("source_report_id", _TEXT, "", "the canonical report if it has the sentence, else the earliest that does"),
    Column("source_start", _INT, "characters", "where the sentence begins there"),
    Column("source_end", _INT, "characters", "where it ends there, exclusive"),
    Column("similarity", _FLOAT, "0-1", "of their words; 1 where these are the same"),
)

TRAY_COLUMNS: tuple[Column, ...] = (
    Column("kind", _TEXT, "", "undated, unplaced, unreadable, rejected or orphaned"),
    Column("report_id", _TEXT, "", "the report, or empty for an unreadable one"),
    Column("report", _TEXT, "", "its path or id"),
    Column("claim_id", _TEXT, "", "the claim, undated, unplaced, rejected or of an orphaned correction, or empty"),
    Column("start", _INT, "characters", "where the sentence begins, or null"),
    Column("end", _INT, "characters", "where it ends, exclusive, or null"),
    Column("text", _TEXT, "", "its words"),
    Column("reason", _TEXT, "", "why it waits here"),
    Column("correction_id", _TEXT, "", "the correction that rejected the claim or is orphaned, or empty"),
)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "claims": CLAIM_COLUMNS,
    "events": EVENT_COLUMNS,
    "reports": REPORT_COLUMNS,
    "mentions": MENTION_COLUMNS,
    "copies": COPY_COLUMNS,
    "lineage": LINEAGE_COLUMNS,
    "tray": TRAY_COLUMNS,
}


def schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the Arrow schema of a table, each field with its unit and meaning as metadata."""
    return pa.schema([pa.field(c.name, c.type, metadata={"unit": c.unit, "meaning": c.meaning}) for c in columns])


def edtf(claim: Claim) -> str:
    """Return the days of a claim in the Extended Date/Time Format, level 1, or '' where none is known.

    Whole months, years and decades are written as such; ``..`` is an open end; ``~`` marks days that the sentence
    itself does not give (the report's own day, or one inferred).
    """
    first, last = claim.date_from, claim.date_to
    mark = "~" if claim.date_basis in (DateBasis.PUBLICATION, DateBasis.INFERRED) else ""
    if first is None and last is None:
        return ""
    if first is None or last is None:
        return f"{first or '..'}/{last or '..'}"
    whole = _whole(first, last)
    return whole + mark if whole else f"{first}{mark}/{last}{mark}"


def _whole(first: date, last: date) -> str:
    """Return the day, month, year or decade that two days are the ends of, or ''."""
    if first == last:
        return f"{first}"
    after = last + timedelta(days=1)
    if first.day != 1 or after.day != 1:
        return ""
    if (after.year - first.year) * 12 + after.month - first.month == 1:
        return f"{first:%Y-%m}"
    if first.month != 1 or after.month != 1:
        return ""
    years = after.year - first.year
    return f"{first:%Y}" if years == 1 else f"{first.year // 10}X" if years == 10 and first.year % 10 == 0 else ""


def claim_row(claim: Claim, origin_id: str) -> dict[str, Any]:
    """Return the claim as a row of the claims table."""
    place = claim.place
    bearing = place.bearing if place else None
    return {
        "claim_id": claim_id(claim),
        "report_id": claim.report_id,
        "report": claim.report,
        "start": claim.start,
        "end": claim.end,
        "text": claim.text,
        **_place_values(place),
        "anchor_lat": bearing.lat if bearing else None,
        "anchor_lon": bearing.lon if bearing else None,
        "bearing": bearing.degrees if bearing else None,
        "geo_precision": claim.geo_precision,
        "place_start": claim.place_start,
        "place_end": claim.place_end,
        "place_reason": claim.place_reason,
        "date_from": claim.date_from,
        "date_to": claim.date_to,
        "date_text": claim.date_text,
        "date_edtf": edtf(claim),
        "time_precision": int(claim.time_precision),
        "date_basis": claim.date_basis.value,
        "event_type": claim.event_type.value,
        "acled_equiv": crosswalk()[claim.event_type]["acled_equiv"],
        "plover": crosswalk()[claim.event_type]["plover"],
        "glide": glide_of(claim.event_type, claim.text),
        "status": claim.status.value,
        "claimant": claim.claimant,
        "claimant_side": claim.claimant_side,
        "cue": claim.cue,
        "verification": claim.verification.value,
        "quantity": claim.quantity,
        "quantity_high": claim.quantity_high,
        "quantity_bound": claim.quantity_bound,
        "unit": claim.unit,
        "quantity_of": claim.quantity_of,
        "actor": claim.actor,
        "actor_side": claim.actor_side,
        "target": claim.target,
        "target_side": claim.target_side,
        "trigger": claim.trigger,
        "origin_id": origin_id,
        "confidence": round(claim.confidence, 4),
        "corrections": list(claim.corrections),
        "read_place_id": claim.read_place_id if claim.read_as else place.place_id if place else "",
        "read_event_type": claim.read_event_type or claim.event_type.value,
    }


def _place_values(place: Place | None) -> dict[str, Any]:
    """Return the columns that say where, of a claim or an event; without a place they are empty."""
    if place is None:
        return {**dict.fromkeys(_PLACE, ""), "lat": None, "lon": None, "radius_km": None, "place_kind": ""}
    values = (place.place_id, place.name, place.country_code, place.admin1_code)
    point = {"lat": place.lat, "lon": place.lon, "radius_km": place.radius_km, "place_kind": place.kind.value}
    return dict(zip(_PLACE, values, strict=True)) | point


_PLACE = ("place_id", "place_name", "country_code", "admin1_code")


def report_row(document: Document, origin: Origin) -> dict[str, Any]:
    """Return the report as a row of the reports table."""
    return {
        "report_id": document.report_id,
        "report": document.report,
        "title": document.title,
        "outlet": document.outlet,
        "url": document.url,
        "published": document.published,
        "published_basis": document.published_basis.value,
        "origin_id": origin.origin_id,
        "origin": origin.name,
        "text": document.text,
    }


def copy_row(copy: Copy) -> dict[str, Any]:
    """Return what a report is in its story as a row of the copies table."""
    return {
        "report_id": copy.report_id,
        "report": copy.report,
        "origin_id": copy.origin.origin_id,
        "origin": copy.origin.name,
        "credit": copy.credit,
        "canonical_report_id": copy.canonical_id,
        "n_reports": copy.n_reports,
        "copy_score": copy.score,
        "version": copy.version,
        "n_shared_sentences": copy.n_shared_sentences,
        "n_sentences": copy.n_sentences,
    }


_LINEAGE = tuple(f.name for f in fields(Borrowing))


def lineage_row(borrowing: Borrowing) -> dict[str, Any]:
    """Return a sentence that a report has from another as a row of the lineage table."""
    return {name: getattr(borrowing, name) for name in _LINEAGE}  # a fifth of the time of asdict, which copies deeply


def extract(reading: Reading) -> Extract:
    """Return what the tables need of a reading."""
    mentions = tuple(map(mention_values, reading.resolutions))
    return Extract(reading.document, mentions, reading.claims, reading.error)


def mention_values(r: Resolution) -> tuple[Any, ...]:
    """Return a resolved mention's values in the order of ``MENTION_COLUMNS``, without its report's id."""
    return (
        r.mention.start,
        r.mention.end,
        r.mention.surface,
        r.mention.role.value,
        r.place.place_id if r.place else "",
        r.place.name if r.place else "",
        r.place.kind.value if r.place else "",
        r.place.lat if r.place else None,
        r.place.lon if r.place else None,
        r.place.radius_km if r.place else None,
        round(r.mention.score, 4),
        r.reason,
        [f"{c.place.name} ({c.place.country_code or '-'}): {c.score:.2f}" for c in r.candidates],
    )


_MENTION = tuple(column.name for column in MENTION_COLUMNS)


def mention_rows(report_id: str, mentions: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return the mentions of a report, as ``mention_values`` gives them, as rows of the mentions table."""
    return [dict(zip(_MENTION, (report_id, *values), strict=True)) for values in mentions]


def build_events(
    claims: Iterable[Claim],
    published: Mapping[str, date | None],
    origins: Mapping[str, str],
    together: Collection[tuple[str, str]] = (),
    apart: Collection[tuple[str, str]] = (),
    families: Mapping[tuple[str, int], str] | None = None,
) -> list[Event]:
    """Group placed claims that speak of one happening (``geo.grouping``) and count who stands behind each.

    ``published`` and ``origins`` map a report_id to its publication day and its origin_id; ``together`` and ``apart``
    are pairs of claim ids that an analyst has put into one event, or never into one; ``families`` names the sentences
    that copies share.
    """
    groups = group_claims(claims, families, together, apart)
    return sorted((to_event(group, published, origins) for group in groups), key=lambda e: e.event_id)


def event_row(event: Event, by_id: Mapping[str, Claim]) -> dict[str, Any]:
    """Return the event as a row of the events table; ``by_id`` maps claim_id to its claims."""
    claims, against = [by_id[c] for c in event.claim_ids], set(event.opposing_claim_ids)
    headline = by_id[event.headline_claim_id]
    return {
        "event_id": event.event_id,
        "claim_ids": list(event.claim_ids),
        "headline_claim_id": event.headline_claim_id,
        "headline": headline.text,
        **_place_values(headline.place),
        "date_from": min((c.date_from for c in claims if c.date_from), default=None),
        "date_to": max((c.date_to for c in claims if c.date_to), default=None),
        "event_type": headline.event_type.value,
        "status": headline.status.value,
        "n_reports": event.n_reports,
        "independent_sources": event.independent_sources,
        "independent_claimants": event.independent_claimants,
        "disputed": event.disputed,
        "claimants": _claimants(by_id[c] for c in event.claim_ids if c not in against),
        "opposing_claimants": _claimants(by_id[c] for c in event.opposing_claim_ids),
        "opposing_claim_ids": list(event.opposing_claim_ids),
        "first_published": event.first_published,
        "last_published": event.last_published,
    }


def _claimants(claims: Iterable[Claim]) -> list[str]:
    return sorted({claim.claimant for claim in claims if claim.claimant})


def _hash(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def to_event(group: Group, published: Mapping[str, date | None], origins: Mapping[str, str]) -> Event:
    """Return the event of a group; ``published`` and ``origins`` are as in ``build_events``."""
    claims = group.claims
    ids = [claim_id(c) for c in claims]
    days = sorted(d for d in (published.get(c.report_id) for c in claims) if d is not None)
    headline = min(claims, key=partial(_rank_of_headline, group.disputed))
    return Event(
        event_id=_hash(*ids),
        claim_ids=tuple(ids),
        headline_claim_id=claim_id(headline),
        opposing_claim_ids=_opposing(group, headline),
        n_reports=len({c.report_id for c in claims}),
        independent_sources=len({origins.get(c.report_id, c.report_id) for c in claims}),
        independent_claimants=_count_speakers(c.claimant for c in claims if c.claimant),
        disputed=bool(group.disputed),
        first_published=days[0] if days else None,
        last_published=days[-1] if days else None,
    )


def _rank_of_headline(disputed: Collection[str], claim: Claim) -> tuple[Any, ...]:
    """Rank what speaks for an event: what is disputed, not its denial, the nearest place, the surest."""
    id_ = claim_id(claim)
    return (
        bool(disputed) and id_ not in disputed,
        claim.status is Status.DENIED,
        claim.geo_precision,
        -claim.confidence,
        id_,
    )


def _opposing(group: Group, headline: Claim) -> tuple[str, ...]:
    """Return the claims that contradict the headline, and whatever else their claimants say of it."""
    against = group.against(headline)
    speakers = {c.claimant for c in group.claims if claim_id(c) in against and c.claimant}
    theirs = {name for name in {c.claimant for c in group.claims} if any(same_speaker(name, s) for s in speakers)}
    also = {claim_id(c) for c in group.claims if c.claimant in theirs}
    return tuple(sorted(against | also - {claim_id(headline)}))


def _count_speakers(claimants: Iterable[str]) -> int:
    """Count distinct claimants; a name that another one holds is the same ("Zelenskiy", "Volodymyr Zelenskiy")."""
    kept: list[str] = []
    for name in sorted({c.casefold() for c in claimants}, key=lambda n: (-len(n), n)):
        if not any(name in longer for longer in kept):
            kept.append(name)
    return len(kept)
