"""Claims that speak of one happening, and which of them contradict each other.

One happening: the same place, the same type, days that overlap, nobody else who did it; a plan never joins what has
happened. A claim of many days joins a finer event only where exactly one fits, and so does one about a computed place
("near Acre"). What contradicts joins what it contradicts: a denial, the blame for it put on the other side, two sides
that each say they repelled the other.
"""

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate, chain

from geopy.distance import great_circle

from geo.lexicon import REPELLING
from geo.model import Claim, DateBasis, EventType, Place, PlaceKind, Status

__all__ = [
    "Computed",
    "Group",
    "Pair",
    "Reach",
    "Run",
    "claim_id",
    "find_homes",
    "find_meetings",
    "group_claims",
    "is_computed",
    "join_pairs",
    "opposed",
    "reach_of",
    "run_id",
    "same_speaker",
    "settle",
    "split_runs",
    "to_group",
    "with_guests",
    "without_home",
]

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


Run = list[Claim]
"""Claims of one happening at one place, before anything joins them to another run."""


@dataclass(slots=True)
class Group:
    """The claims of one event in order of their ids, and the ids of those that another one contradicts.

    Of which pairs contradict each other only those of one claim are ever asked for: of thousands that all deny what
    thousands say, the pairs would take gigabytes.
    """

    claims: list[Claim]
    disputed: Set[str] = frozenset()
    families: Families = field(default_factory=dict)

    def against(self, claim: Claim) -> set[str]:
        """Return the ids of the claims that contradict one of them."""
        return {claim_id(other) for other in self.claims if opposed(claim, other, self.families)}


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
    claims = [claim for claim in claims if claim.place is not None]
    named = split_runs(claim for claim in claims if not is_computed(claim))
    computed = split_runs(claim for claim in claims if is_computed(claim))
    homes = find_homes(find_meetings(Computed(map(reach_of, computed)), map(reach_of, named)))
    runs = settle([*with_guests(named, computed, homes), *without_home(computed, homes)], families, apart)
    return [to_group(run, families) for run in join_pairs(runs, together, apart)]


# --- one place, one type ---


def split_runs(claims: Iterable[Claim]) -> list[Run]:
    """Return the placed claims in runs, each of one place, one type, days that overlap, and one actor."""
    buckets: dict[tuple[str, str, bool], list[Claim]] = defaultdict(list)
    for claim in claims:
        buckets[_place([claim]).place_id, claim.event_type.value, _is_planned(claim)].append(claim)
    return [run for key in sorted(buckets) for run in _runs(sorted(buckets[key], key=claim_id))]


def run_id(run: Sequence[Claim]) -> str:
    """Return what a run is known by: the smallest id of its claims."""
    return min(map(claim_id, run))


def _is_planned(claim: Claim) -> bool:
    return claim.status is Status.PLANNED


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


# --- computed places ---


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides whether two runs meet: type, place with its radius in km, and the days of their claims."""

    run_id: str
    kind: EventType
    planned: bool
    lat: float
    lon: float
    radius_km: float
    days: tuple[tuple[date, date], ...]

    @property
    def cell(self) -> tuple[int, int]:
        """The degree that the place lies in."""
        return int(self.lat // 1), int(self.lon // 1)

    def meets(self, other: "Reach") -> bool:
        """Whether the two overlap in days and their places in radii."""
        if not any(first <= end and start <= last for first, last in self.days for start, end in other.days):
            return False
        apart = great_circle((self.lat, self.lon), (other.lat, other.lon)).km
        return bool(apart <= self.radius_km + other.radius_km)


def is_computed(claim: Claim) -> bool:
    """Whether a claim's place is computed from another one: "near Acre"."""
    return claim.place is not None and claim.place.kind is PlaceKind.RELATIVE


def reach_of(run: Sequence[Claim]) -> Reach | None:
    """Return the reach of a run; None for areas and what has no point or no day."""
    place = _place(run)
    days = tuple(_days(c) for c in run if c.date_from is not None)
    if place.lat is None or place.lon is None or place.kind in {PlaceKind.REGION, PlaceKind.COUNTRY} or not days:
        return None
    return Reach(run_id(run), run[0].event_type, _is_planned(run[0]), place.lat, place.lon, place.radius_km, days)


class Computed:
    """The reaches of runs about computed places, found by the degrees around them."""

    def __init__(self, reaches: Iterable[Reach | None]) -> None:
        """Keep the reaches; None is passed over."""
        self._near: dict[tuple[EventType, bool, int, int], list[Reach]] = defaultdict(list)
        for reach in reaches:
            if reach is not None:
                lat, lon = reach.cell
                for cell in ((lat + i, lon + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
                    self._near[reach.kind, reach.planned, *cell].append(reach)

    def met_by(self, named: Reach) -> list[str]:
        """Return the runs that a run about a named place meets."""
        near = self._near.get((named.kind, named.planned, *named.cell), ())
        return [reach.run_id for reach in near if reach.meets(named)]


def find_meetings(computed: Computed, named: Iterable[Reach | None]) -> Iterator[Pair]:
    """Yield a run about a computed place and a run about a named one that meet, by their ids."""
    for reach in named:
        if reach is not None:
            yield from ((met, reach.run_id) for met in computed.met_by(reach))


def find_homes(meetings: Iterable[Pair]) -> dict[str, str]:
    """Return for each run about a computed place that meets exactly one run about a named place the id of that one."""
    met: dict[str, list[str]] = defaultdict(list)
    for computed, named in meetings:
        met[computed].append(named)
    return {computed: found[0] for computed, found in met.items() if len(found) == 1}


def with_guests(named: Iterable[Run], computed: Iterable[Run], homes: Mapping[str, str]) -> list[Run]:
    """Return the runs about named places, each with the claims of the runs that are at home there."""
    guests: dict[str, Run] = defaultdict(list)
    for run in computed:
        if (home := homes.get(run_id(run))) is not None:
            guests[home] += run
    return [[*run, *guests[id_]] if guests and (id_ := run_id(run)) in guests else run for run in named]


def without_home(computed: Iterable[Run], homes: Mapping[str, str]) -> list[Run]:
    """Return the runs about computed places that stay by themselves."""
    return [run for run in computed if run_id(run) not in homes]


def _place(run: Sequence[Claim]) -> Place:
    place = run[0].place
    assert place is not None, "only placed claims are grouped"  # noqa: S101 - tells the type checker so
    return place


# --- contradictions ---


def settle(runs: Sequence[Run], families: Families, apart: Collection[Pair] = ()) -> list[Run]:
    """Return the runs of whole places, joined where one contradicts another, and split where an analyst says so."""
    divided = {frozenset(pair) for pair in apart}
    joined = _with_contradictions(runs, families)
    return [part for run in joined for part in (_separated(run, divided) if divided else [run])]


def _with_contradictions(runs: Sequence[Run], families: Families) -> list[list[Claim]]:
    """Join to each run of a place the ones whose claims contradict its own; an answer joins the latest it answers."""
    by_place: dict[str, list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        by_place[_place(run).place_id].append(number)
    joined = {number: list(run) for number, run in enumerate(runs)}
    for numbers in by_place.values():
        if len(numbers) < 2 or not any(_is_contentious(c) for n in numbers for c in runs[n]):
            continue
        home = {number: [number] for number in numbers}
        for a, b in _contradicting({n: runs[n] for n in numbers}, families, home):
            keep, gone = sorted((home[a], home[b]), key=lambda members: members[0])
            if keep is not gone:
                joined[keep[0]] += joined.pop(gone[0])
                keep += gone
                home |= dict.fromkeys(gone, keep)
    return list(joined.values())


def _contradicting(
    runs: Mapping[int, Sequence[Claim]], families: Families, home: Mapping[int, list[int]]
) -> Iterator[tuple[int, int]]:
    """Yield the runs of a place that belong together since one contradicts the other.

    Those that have one ``home`` meanwhile are not compared any more, but for answers, of which each has one question.
    """
    answers = {n for n, run in runs.items() if all(_is_answer(c) for c in run)}
    told = {n: [_moved_back(c) for c in run] if n in answers else run for n, run in runs.items()}
    found_by_day = {n: _Dated(run, families) for n, run in told.items()}
    answered: dict[int, list[int]] = defaultdict(list)
    for a, b in _meeting(told):
        asked = answers & {a, b}
        if len(asked) == 2 or (not asked and home[a] is home[b]):
            continue
        if not _contradict(found_by_day[a], found_by_day[b], families):
            continue
        if asked:
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


def _contradict(ones: "_Dated", others: "_Dated", families: Families) -> bool:
    mine, theirs = ones.opposed_to(others), others.opposed_to(ones)
    if len(mine) <= len(theirs):
        pairs = ((one, other) for one in mine for other in others.near(one))
    else:
        pairs = ((one, other) for other in theirs for one in ones.near(other))
    return any(_is_related(one, other) and opposed(one, other, families) for one, other in pairs)


class _Dated:
    """The dated claims of a run, found by their days and by what may relate them to a claim of another type.

    Of claims that say the same of the same days there is one: of a place that thousands of reports speak of, each with
    each could not be compared.
    """

    def __init__(self, run: Sequence[Claim], families: Families) -> None:
        dated = {
            (_days(c), c.event_type, _is_planned(c), *_stance(c, families)): c for c in run if c.date_from is not None
        }
        claims = sorted(dated.values(), key=_days)
        self._by_position = _by_position(claims)
        by_trigger: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_trigger[claim.trigger].append(claim)
        self._types = {c.event_type for c in claims}
        self._all = _ByDay(claims)
        self._blaming = _ByDay([c for c in claims if c.cue in _BLAMING])
        self._by_trigger = {trigger: _ByDay(found) for trigger, found in by_trigger.items() if trigger}

    def opposed_to(self, others: "_Dated") -> list[Claim]:
        """Return the claims that may contradict others."""
        heads = [claims[0] for claims in others._by_position]
        hostile = (claims for claims in self._by_position if any(_may_oppose(claims[0], head) for head in heads))
        return list(chain.from_iterable(hostile))

    def near(self, claim: Claim) -> Iterator[Claim]:
        """Yield the claims whose days overlap those of another one to which they may be related."""
        days = _days(claim)
        may_blame = claim.event_type in _HARM
        if claim.event_type in self._types or (may_blame and claim.cue in _BLAMING):
            yield from self._all.overlapping(*days)
            return
        if claim.trigger in self._by_trigger:
            yield from self._by_trigger[claim.trigger].overlapping(*days)
        if may_blame:
            yield from self._blaming.overlapping(*days)


class _ByDay:
    """Claims in order of their first days."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._first = [_days(c)[0] for c in claims]
        self._last = [_days(c)[1] for c in claims]
        self._latest = list(accumulate(self._last, max))

    def overlapping(self, first: date, last: date) -> Iterator[Claim]:
        """Yield the claims of which a day lies in a stretch of days."""
        n = bisect_right(self._first, last)
        while n and self._latest[n - 1] >= first:
            n -= 1
            if self._last[n] >= first:
                yield self._claims[n]


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
    if same_speaker(one.claimant, other.claimant) or not _may_oppose(one, other):
        return False
    if (_is_wide(one) or _is_wide(other)) and (
        one.trigger != other.trigger or one.claimant_side == other.claimant_side
    ):
        return False
    return not (_denies(one, other) and _is_reprint(one, other, families or {}))


def _may_oppose(one: Claim, other: Claim) -> bool:
    """Whether two claims contradict each other, whoever speaks, wherever it is and in whichever sentence."""
    if _denies(one, other):
        return True
    if not (one.claimant and other.claimant) or one.status is Status.DENIED:
        return False
    return _blame_each_other(one, other) or _repel_each_other(one, other)


def _denies(one: Claim, other: Claim) -> bool:
    """Whether one denies what the other may say."""
    return (one.status is Status.DENIED) != (other.status is Status.DENIED)


def _by_position(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Return claims of which ``_may_oppose`` says the same, together."""
    found: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[_position(claim)].append(claim)
    return list(found.values())


def _position(claim: Claim) -> tuple[object, ...]:
    """Return all that ``_may_oppose`` asks of a claim: few things, so that few are in all that thousands say."""
    return (
        claim.status is Status.DENIED,
        bool(claim.claimant),
        claim.claimant_side,
        claim.cue in _BLAMING,
        claim.trigger if claim.trigger in REPELLING else "",
        claim.actor_side,
        claim.target_side,
    )


def _stance(claim: Claim, families: Families) -> tuple[object, ...]:
    """Return all that ``opposed`` asks of a claim: two of one stance contradict the same ones, and not each other."""
    family = families.get((claim.report_id, claim.start))
    return *_position(claim), claim.claimant, claim.trigger, _is_wide(claim), family and (family, claim.report_id)


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


def join_pairs(runs: Sequence[Run], together: Collection[Pair], apart: Collection[Pair] = ()) -> list[Run]:
    """Join the runs of each pair that an analyst has put together, unless that would bring together what is apart."""
    divided = {frozenset(pair) for pair in apart}
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


def to_group(run: Sequence[Claim], families: Families) -> Group:
    """Return a run as a group, with those of its claims that another one contradicts."""
    claims = sorted({claim_id(c): c for c in run}.values(), key=claim_id)
    by_stance: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        by_stance[_stance(claim, families)].append(claim)
    positions = _by_position(alike[0] for alike in by_stance.values())
    hostile = {
        _position(ours[0]): [theirs for theirs in positions if _may_oppose(ours[0], theirs[0])] for ours in positions
    }
    disputed = {
        claim_id(claim)
        for one, *alike in by_stance.values()
        if any(opposed(one, other, families) for other in chain.from_iterable(hostile[_position(one)]))
        for claim in (one, *alike)
    }
    return Group(claims, disputed, families)
