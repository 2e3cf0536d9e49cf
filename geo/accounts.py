"""What is said of one event or one place, in order of time, by side, for a person to weigh.

Read from a published generation: every claim with its report, origin and part in the account (the first to say so, a
reprint, another source, a contradiction), and figures for one thing side by side with how they grew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from geo.errors import StoreError
from geo.grouping import same_speaker
from geo.store import Generation

__all__ = ["Account", "Entry", "Figures", "Part", "event_account", "place_history"]

_CLAIMS = """
    SELECT c.*, r.published, r.outlet, r.title, r.origin
    FROM claims c JOIN reports r USING (report_id)
"""


class Part(StrEnum):
    """What a claim adds to those published before it.

    It repeats what the same speaker has said to the same origin, adds another speaker of that origin, confirms by
    another origin, or contradicts the headline.
    """

    FIRST = "first"
    REPEATS = "repeats"
    ADDS = "adds"
    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim of an account: its row of the claims table with its report's, and its part."""

    claim: dict[str, Any]
    part: Part


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of one thing at one place, by who says so, in order of publication."""

    what: str
    place_name: str
    told: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An event's row, its claims in order of publication, and the figures told for the same thing at its place."""

    event: dict[str, Any]
    entries: tuple[Entry, ...]
    figures: tuple[Figures, ...]


def event_account(generation: Generation, beginning: str) -> Account:
    """Return the account of the one event whose id begins so.

    Raises:
        StoreError: none or several do, or the generation cannot be read.
    """
    found = _rows(generation, "SELECT * FROM events WHERE starts_with(event_id, ?) ORDER BY event_id", [beginning])
    if len(found) != 1:
        raise StoreError(
            f"{beginning!r}: {len(found) or 'no'} events begin so; `dateline export --table events` lists them"
        )
    (event,) = found
    claims = _rows(generation, f"{_CLAIMS} WHERE list_contains(?, claim_id)", [list(event["claim_ids"])])
    entries = _with_parts(claims, set(event["opposing_claim_ids"]))
    told = _rows(generation, f"{_CLAIMS} WHERE place_id = ? AND quantity IS NOT NULL", [event["place_id"]])
    things = {_thing(claim) for claim in claims if claim["quantity"] is not None}
    return Account(event, entries, tuple(f for f in _figures(told) if _thing(f.told[0]) in things))


def place_history(generation: Generation, name: str) -> tuple[list[Account], list[Figures]]:
    """Return the events of the places of a name in order of their days, and the figures told there.

    The name is the place's own or one that a report uses for it; case does not count.

    Raises:
        StoreError: the generation cannot be read.
    """
    events = _rows(
        generation,
        """
        SELECT * FROM events WHERE place_id IN (
            SELECT place_id FROM claims WHERE lower(place_name) = lower(?) AND place_id <> ''
            UNION SELECT place_id FROM mentions WHERE lower(surface) = lower(?) AND role = 'literal' AND place_id <> ''
        ) ORDER BY date_from NULLS LAST, date_to, event_id
        """,
        [name, name],
    )
    accounts = [event_account(generation, event["event_id"]) for event in events]
    figures = {(f.what, f.place_name): f for account in accounts for f in account.figures}
    return accounts, list(figures.values())


def _with_parts(claims: Iterable[dict[str, Any]], opposing: set[str]) -> tuple[Entry, ...]:
    heard: dict[bool, dict[str, set[str]]] = {True: {}, False: {}}
    entries = []
    for claim in sorted(claims, key=_in_order):
        against = claim["claim_id"] in opposing
        entries.append(Entry(claim, _part(claim, heard[against], against=against)))
        heard[against].setdefault(claim["origin_id"], set()).add(claim["claimant"])
    return tuple(entries)


def _part(claim: dict[str, Any], heard: Mapping[str, set[str]], *, against: bool) -> Part:
    """Return what a claim adds to those of its side before it, of which each origin's claimants are known."""
    same = heard.get(claim["origin_id"])
    if same and any(name == claim["claimant"] or same_speaker(name, claim["claimant"]) for name in same):
        return Part.REPEATS
    if against:
        return Part.CONTRADICTS
    if same:
        return Part.ADDS
    return Part.CONFIRMS if heard else Part.FIRST


def _in_order(claim: dict[str, Any]) -> tuple[Any, ...]:
    return claim["published"] or date.max, claim["report"], claim["start"], claim["claim_id"]


def _thing(claim: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a figure counts, so that "territory retaken" and "territory recaptured" are one thing."""
    head = (claim["quantity_of"] or claim["unit"]).split(" ")[0]
    return claim["place_id"], claim["event_type"], head


def _figures(claims: Iterable[dict[str, Any]]) -> list[Figures]:
    by_thing: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for claim in sorted(claims, key=_in_order):
        by_thing.setdefault(_thing(claim), []).append(claim)
    return [
        Figures(thing[2], told[0]["place_name"], tuple(_said_once(told))) for thing, told in sorted(by_thing.items())
    ]


def _said_once(told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out a figure that the same origin has given before."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for claim in told:
        key = (claim["origin_id"], claim["quantity"], claim["quantity_high"])
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept


def _rows(generation: Generation, sql: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rows of a query with Python's own values: days as dates, lists as lists, nothing as None."""
    frame = generation.query(sql, params)
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): _plain(value) for name, value in record.items()} for record in records]


def _plain(value: Any) -> Any:
    if hasattr(value, "date"):
        return value.date()
    return value.tolist() if hasattr(value, "tolist") else value
