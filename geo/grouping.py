"""Claims that speak of one happening, and which of them contradict each other.

One happening: the same place, the same type, days that overlap, nobody else who did it; a plan never joins what has
happened. A claim of many days joins a finer event only where exactly one fits, and so does one about a computed place
("near Acre"). What contradicts joins what it contradicts: a denial, the blame for it put on the other side, two sides
that each say they repelled the other.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from geopy.distance import great_circle

from geo.lexicon import REPELLING
from geo.model import Claim, DateBasis, EventType, Place, PlaceKind, Status

__all__ = ["Group", "claim_id", "group_claims", "opposed", "same_speaker"]

Pair = tuple[str, str]
Families = Mapping[tuple[str, int], str]

_FINE_DAYS = 7  # a claim of more days is a coarse one
_ANSWERED_WITHIN = timedelta(days=7)
_BLAMING = frozenset({"blame", "accuse"})
# Done by one side to another: two that do it at one place on one day do two things.
_DIRECTED = frozenset(
    {EventType.STRIKE, EventType.CONTROL_CHANGE, EventType.WITHDRAWAL, EventType.VIOLENCE_AGAINST_CIVILIANS}
)
_HARM = frozenset(
    {
        EventType.STRIKE,
        EventType.DAMAGE,
        EventType.CASUALTIES,
        EventType.VIOLENCE_AGAINST_CIVILIANS,
        EventType.BATTLE,
        EventType.DISASTER,
        EventType.ACCIDENT,
    }
)


@dataclass(slots=True)
class Group:
    """The claims of one event in order of their ids, and the pairs of ids that contradict each other."""

    claims: list[Claim]
    opposed: set[Pair] = field(default_factory=set)


def claim_id(claim: Claim) -> str:
    """Return 16 hex digits that depend on what was read alone: a corrected claim keeps the id that it was read with."""
    if claim.read_as:
        return claim.read_as
    parts = (
        claim.report_id,
        claim.start,
        claim.end,
        claim.place.place_id if claim.place else "",
        claim.event_type,
        claim.status,
        claim.claimant,
        claim.date_from,
        claim.date_to,
    )
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def group_claims(
    claims: Iterable[Claim],
    families: Families | None = None,
    together: Collection[Pair] = (),
    apart: Collection[Pair] = (),
) -> list[Group]:
    """Return the placed claims in groups, each of one happening.

    ``families`` names sentences that are one and the same in several reports, by report_id and start: these never
    contradict each other. ``together`` and ``apart`` are pairs of claim ids that an analyst has put into one event, or
    never into one; ``apart`` goes first.
    """
    families = families or {}
    buckets: dict[tuple[str, str, bool], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.place is not None:
            buckets[claim.place.place_id, claim.event_type.value, claim.status is Status.PLANNED].append(claim)
    runs = [run for key in sorted(buckets) for run in _runs(sorted(buckets[key], key=claim_id))]
    runs = _with_contradictions(_with_computed_places(runs), families)
    divided = {frozenset(pair) for pair in apart}
    runs = [part for run in runs for part in (_separated(run, divided) if divided else [run])]
    return [_group(run, families) for run in _joined(runs, together, divided)]


# --- one place, one type ---


def _runs(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Split the claims of one place and type into happenings."""
    undated = [c for c in claims if c.date_from is None]
    dated = [c for c in claims if c.date_from is not None]
    runs = [part for run in _by_days(c for c in dated if not _is_coarse(c)) for part in _by_actor(run)]
    coarse = [(c, [run for run in runs if _overlap(c, run)]) for c in dated if _is_coarse(c)]
    for claim, homes in coarse:
        if len(homes) == 1:
            homes[0].append(claim)
    homeless = [claim for claim, homes in coarse if len(homes) != 1]
    return [*runs, *_by_days(homeless), *([undated] if undated else [])]


def _is_coarse(claim: Claim) -> bool:
    first, last = _days(claim)
    return last - first >= timedelta(days=_FINE_DAYS)


def _days(claim: Claim) -> tuple[date, date]:
    """Return the first and last day of a dated claim."""
    first = claim.date_from or claim.date_to or date.min
    return first, max(first, claim.date_to or first)


def _by_days(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Split dated claims into runs whose days overlap."""
    runs: list[list[Claim]] = []
    end = date.min
    for claim in sorted(claims, key=lambda c: (*_days(c), claim_id(c))):
        first, last = _days(claim)
        if first > end or not runs:
            runs.append([])
            end = last
        runs[-1].append(claim)
        end = max(end, last)
    return runs


def _by_actor(run: list[Claim]) -> list[list[Claim]]:
    """Split a run of what one side does to another by who did it; claims that do not say so go with the most."""
    if run[0].event_type not in _DIRECTED:
        return [run]
    by_side: dict[str, list[Claim]] = defaultdict(list)
    for claim in run:
        by_side["" if claim.cue in _BLAMING or claim.status is Status.DENIED else claim.actor_side].append(claim)
    unsaid = by_side.pop("", [])
    if len(by_side) < 2:
        return [run]
    most = min(by_side, key=lambda side: (-len(by_side[side]), side))
    by_side[most] += unsaid
    return [by_side[side] for side in sorted(by_side)]


def _overlap(one: Claim, others: Iterable[Claim]) -> bool:
    if one.date_from is None:
        return False
    first, last = _days(one)
    spans = [_days(c) for c in others if c.date_from is not None]
    return any(first <= end and start <= last for start, end in spans)


# --- computed places and contradictions ---


def _with_computed_places(runs: list[list[Claim]]) -> list[list[Claim]]:
    """Join what is told of a computed place to the one event of a named place that lies within their radii."""
    named: dict[tuple[EventType, bool, int, int], list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        if _place(run).kind is not PlaceKind.RELATIVE and (cell := _cell(run[0])) is not None:
            named[run[0].event_type, run[0].status is Status.PLANNED, *cell].append(number)
    joined = dict(enumerate(runs))
    for number, run in enumerate(runs):
        cell = _cell(run[0]) if _place(run).kind is PlaceKind.RELATIVE else None
        if cell is None:
            continue
        kind = (run[0].event_type, run[0].status is Status.PLANNED)
        cells = [(cell[0] + i, cell[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        near = [n for c in cells for n in named.get((*kind, *c), ()) if _touch(run, joined[n])]
        if len(near) == 1:
            joined[near[0]] = [*joined[near[0]], *joined.pop(number)]
    return list(joined.values())


def _place(run: Sequence[Claim]) -> Place:
    place = run[0].place
    assert place is not None, "only placed claims are grouped"  # noqa: S101 - tells the type checker so
    return place


def _cell(claim: Claim) -> tuple[int, int] | None:
    """Return the degree that a place lies in; None for areas and what has no point."""
    place = claim.place
    if place is None or place.lat is None or place.lon is None:
        return None
    return None if place.kind in {PlaceKind.REGION, PlaceKind.COUNTRY} else (int(place.lat // 1), int(place.lon // 1))


def _touch(one: Sequence[Claim], other: Sequence[Claim]) -> bool:
    """Whether two runs overlap in days and their places in radii."""
    a, b = _place(one), _place(other)
    if not any(_overlap(claim, other) for claim in one):
        return False
    return bool(great_circle((a.lat, a.lon), (b.lat, b.lon)).km <= a.radius_km + b.radius_km)


def _with_contradictions(runs: list[list[Claim]], families: Families) -> list[list[Claim]]:
    """Join to each run of a place the ones whose claims contradict its own; an answer joins the latest it answers."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        by_place[_place(run).place_id].append(number)
    joined = {number: list(run) for number, run in enumerate(runs)}
    for numbers in by_place.values():
        if len(numbers) < 2 or not any(_is_contentious(c) for n in numbers for c in runs[n]):
            continue
        home = {number: [number] for number in numbers}
        for a, b in _contradicting(numbers, runs, families):
            keep, gone = sorted((home[a], home[b]), key=lambda members: members[0])
            if keep is not gone:
                joined[keep[0]] += joined.pop(gone[0])
                keep += gone
                home |= dict.fromkeys(gone, keep)
    return list(joined.values())


def _contradicting(
    numbers: Sequence[int], runs: Sequence[Sequence[Claim]], families: Families
) -> Iterator[tuple[int, int]]:
    """Yield the runs of a place that belong together since one contradicts the other."""
    answers = {n for n in numbers if all(_is_answer(c) for c in runs[n])}
    told = {n: [_moved_back(c) for c in runs[n]] if n in answers else runs[n] for n in numbers}
    answered: dict[int, list[int]] = defaultdict(list)
    for a, b in _meeting(told):
        if {a, b} <= answers or not _contradict(told[a], told[b], families):
            continue
        if a in answers or b in answers:
            answer, what = (a, b) if a in answers else (b, a)
            answered[answer].append(what)
        else:
            yield a, b
    for answer, met in answered.items():
        yield answer, max(met, key=lambda n: (max(_days(c)[1] for c in runs[n]), -n))


def _meeting(told: Mapping[int, Sequence[Claim]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of runs whose days overlap, in one sweep over their days: a country has a run for every day."""
    dated = {n: [_days(c) for c in claims if c.date_from is not None] for n, claims in told.items()}
    spans = sorted((min(first for first, _ in d), max(last for _, last in d), n) for n, d in dated.items() if d)
    going_on: list[tuple[date, int]] = []
    for first, last, number in spans:
        going_on = [(end, other) for end, other in going_on if end >= first]
        yield from ((min(number, other), max(number, other)) for _, other in going_on)
        going_on.append((last, number))


def _is_answer(claim: Claim) -> bool:
    """Whether a claim answers another one, and so may be of a later day than what it speaks of."""
    return claim.status is Status.DENIED or claim.cue in _BLAMING


def _is_contentious(claim: Claim) -> bool:
    """Whether a claim may contradict another: most do not, and need not be compared."""
    return (
        claim.status is Status.DENIED or claim.cue in _BLAMING or claim.trigger in REPELLING or bool(claim.actor_side)
    )


def _contradict(ones: Sequence[Claim], others: Sequence[Claim], families: Families) -> bool:
    for one in ones:
        for other in others:
            if _is_related(one, other) and _overlap(one, [other]) and opposed(one, other, families):
                return True
    return False


def _moved_back(answer: Claim) -> Claim:
    """Return an answer as one of the days before it, unless it says its own day."""
    if answer.date_from is None or answer.date_basis not in {DateBasis.PUBLICATION, DateBasis.INFERRED}:
        return answer
    return replace(answer, date_from=answer.date_from - _ANSWERED_WITHIN)


def _is_related(one: Claim, other: Claim) -> bool:
    """Whether two claims may be of one happening though their types differ."""
    if (one.status is Status.PLANNED) != (other.status is Status.PLANNED):
        return False
    if one.trigger and one.trigger == other.trigger:
        return True
    types = {one.event_type, other.event_type}
    if _is_wide(one):
        return False
    blames = bool(_BLAMING & {one.cue, other.cue})
    return len(types) == 1 or (blames and types <= _HARM)


def opposed(one: Claim, other: Claim, families: Families | None = None) -> bool:
    """Return whether two claims of one happening contradict each other.

    One denies what the other says; each puts the blame on the other's side, or one blames whom the other does not; or
    both say that they repelled the other. The same speaker does not contradict himself, nor one sentence its reprint.
    """
    if same_speaker(one.claimant, other.claimant):
        return False
    if (_is_wide(one) or _is_wide(other)) and (
        one.trigger != other.trigger or one.claimant_side == other.claimant_side
    ):
        return False
    if (one.status is Status.DENIED) != (other.status is Status.DENIED):
        return not _is_reprint(one, other, families or {})
    if not (one.claimant and other.claimant) or Status.DENIED in (one.status, other.status):
        return False
    return _blame_each_other(one, other) or _repel_each_other(one, other)


def _is_wide(claim: Claim) -> bool:
    """Whether a claim is about a country: too wide for two happenings to be one for their place and day alone."""
    return claim.place is not None and claim.place.kind is PlaceKind.COUNTRY


def _is_reprint(one: Claim, other: Claim, families: Families) -> bool:
    """Whether two claims are of one sentence in two reports: where they differ, one of them was misread."""
    family = families.get((one.report_id, one.start))
    return bool(family) and one.report_id != other.report_id and family == families.get((other.report_id, other.start))


def same_speaker(one: str, other: str) -> bool:
    """Return whether two names are one: "Zelenskiy" and "President Volodymyr Zelenskiy"."""
    a, b = one.casefold(), other.casefold()
    return bool(a and b) and (a in b or b in a)


def _blame_each_other(one: Claim, other: Claim) -> bool:
    """Whether one puts on the other's side what that one tells of, or both on different sides."""
    pairs = ((one, other), (other, one))
    if any(a.cue in _BLAMING and a.actor_side and a.actor_side == b.claimant_side for a, b in pairs):
        return True
    if not one.actor_side or not other.actor_side or one.actor_side == other.actor_side:
        return False
    mutual = (one.claimant_side, other.claimant_side) == (other.actor_side, one.actor_side)
    return mutual or bool(_BLAMING & {one.cue, other.cue})


def _repel_each_other(one: Claim, other: Claim) -> bool:
    if not {one.trigger, other.trigger} <= REPELLING:
        return False
    return any(a.actor_side and a.actor_side == b.target_side for a, b in ((one, other), (other, one)))


# --- what analysts have put together or apart ---


def _separated(claims: list[Claim], divided: Collection[frozenset[str]]) -> list[list[Claim]]:
    """Split a group so that no pair of ``divided`` is in one part; each claim goes to the first part that takes it."""
    parts: list[list[Claim]] = []
    for claim in sorted(claims, key=claim_id):
        fits = (part for part in parts if not _divides(divided, [claim], part))
        part = next(fits, None)
        if part is None:
            parts.append(part := [])
        part.append(claim)
    return parts


def _joined(
    runs: list[list[Claim]], together: Collection[Pair], divided: Collection[frozenset[str]]
) -> list[list[Claim]]:
    """Join the runs of each pair, unless that would bring together what is divided."""
    home = {claim_id(claim): number for number, run in enumerate(runs) for claim in run} if together else {}
    joined = dict(enumerate(runs))
    for one, other in sorted(together):
        a, b = home.get(one), home.get(other)
        if a is None or b is None or a == b or _divides(divided, joined[a], joined[b]):
            continue
        for claim in joined[b]:
            home[claim_id(claim)] = a
        joined[a] = joined[a] + joined.pop(b)
    return list(joined.values())


def _divides(divided: Collection[frozenset[str]], ones: Iterable[Claim], others: Iterable[Claim]) -> bool:
    if not divided:
        return False
    ids = [claim_id(other) for other in others]
    return any(frozenset((claim_id(one), other)) in divided for one in ones for other in ids)


def _group(run: Sequence[Claim], families: Families) -> Group:
    claims = sorted({claim_id(c): c for c in run}.values(), key=claim_id)
    contentious = [c for c in claims if _is_contentious(c)]
    pairs = ((a, b) for a in contentious for b in claims if a is not b and opposed(a, b, families))
    return Group(claims, {(claim_id(a), claim_id(b)) for x, y in pairs for a, b in ((x, y), (y, x))})
