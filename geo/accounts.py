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

__all__ = ["Account", "Entry", "Figures", "Part", "event_account", "group_figures", "place_history"]

_CLAIMS = """
    SELECT c.*, r.published, r.outlet, r.title, r.origin
    FROM claims c JOIN reports r USING (report_id)
"""

_DEAD = frozenset({"killed", "dead", "died", "slain", "perished"})


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
    told: tuple[Mapping[str, Any], ...]


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
    found = generation.records("SELECT * FROM events WHERE starts_with(event_id, ?) ORDER BY event_id", [beginning])
    if len(found) != 1:
        raise StoreError(
            f"{beginning!r}: {len(found) or 'no'} events begin so; `dateline export --table events` lists them"
        )
    (event,) = found
    claims = generation.records(f"{_CLAIMS} WHERE list_contains(?, claim_id)", [list(event["claim_ids"])])
    entries = _with_parts(claims, set(event["opposing_claim_ids"]))
    told = generation.records(f"{_CLAIMS} WHERE place_id = ? AND quantity IS NOT NULL", [event["place_id"]])
    things = {_thing(claim) for claim in claims if claim["quantity"] is not None}
    return Account(event, entries, tuple(f for f in group_figures(told) if _thing(f.told[0]) in things))


def place_history(generation: Generation, name: str) -> tuple[list[Account], list[Figures]]:
    """Return the events of the places of a name in order of their days, and the figures told there.

    The name is the place's own or one that a report uses for it; case does not count.

    Raises:
        StoreError: the generation cannot be read.
    """
    events = generation.records(
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


def _in_order(claim: Mapping[str, Any]) -> tuple[Any, ...]:
    return claim["published"] or date.max, claim["report"], claim["start"], claim["claim_id"]


def group_figures(claims: Iterable[Mapping[str, Any]]) -> list[Figures]:
    """Return the figures of claims that have one, by thing and place, each in order of publication.

    A claim is a row of the claims table with its report's day as ``published``. What one origin repeats is left out.
    """
    by_thing: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for claim in sorted(claims, key=_in_order):
        by_thing.setdefault(_thing(claim), []).append(claim)
    return [
        Figures(thing[2], told[0]["place_name"], tuple(_said_once(told))) for thing, told in sorted(by_thing.items())
    ]


def _thing(claim: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a figure counts, so that "territory retaken" and "territory recaptured" are one thing.

    What befell people is not left out: the killed and the wounded are two things.
    """
    head, _, fate = (claim["quantity_of"] or claim["unit"]).partition(" ")
    if head == "people" and fate:
        head = f"people {'killed' if fate in _DEAD else fate}"
    return claim["place_id"], claim["event_type"], head


def _said_once(told: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out a figure that the same origin has given before."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for claim in told:
        key = (claim["origin_id"], claim["quantity"], claim["quantity_high"])
        if key not in seen:
            seen.add(key)
            kept.append(claim)
    return kept
