"""Placed claims by territory, so that the events of a corpus are found a part at a time, in any process.

A territory holds all claims about some of the places. Runs of claims, and what contradicts them, are of one place each;
only what is told of a computed place ("near Acre") may join a run of another territory: for that the reaches of such
runs are shown to all of them. However many territories there are, the events are the same.
"""

import pickle
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any

from geo.events import claim_id, event_row, to_event
from geo.grouping import (
    Computed,
    Pair,
    Reach,
    Run,
    find_homes,
    find_meetings,
    is_computed,
    join_pairs,
    reach_of,
    run_id,
    settle,
    split_runs,
    to_group,
    with_guests,
    without_home,
)
from geo.model import Claim, Place

__all__ = [
    "Guests",
    "Rules",
    "Settled",
    "Territories",
    "Told",
    "computed_reaches",
    "event_rows",
    "guests_of",
    "meetings",
    "settle_rest",
    "settle_territory",
    "territory_of",
    "told",
]

_BUFFER = 20_000  # claims held before they go to the disk, 30 MB
_LEVEL = 1  # of compression
_NAMES = [f.name for f in fields(Claim)]
_VALUES = attrgetter(*_NAMES)
_READ_AS, _PLACE = _NAMES.index("read_as"), _NAMES.index("place")
_UNASKED = [_NAMES.index(name) for name in ("reason", "place_reason", "date_text")]
_PLACE_VALUES = attrgetter(*(f.name for f in fields(Place)))


@dataclass(frozen=True, slots=True)
class Told:
    """A placed claim with what its event asks of its report: origin_id, day, and the family of its sentence or ''."""

    claim: Claim
    origin_id: str
    published: date | None
    family: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Pairs of claim ids that analysts have put into one event, or never into one."""

    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()

    @property
    def joined(self) -> frozenset[str]:
        """The claims that are in a pair put together."""
        return frozenset(id_ for pair in self.together for id_ in pair)


Guests = list[tuple[str, list[Told]]]
"""Runs about computed places, each with the id of the run of another territory that it is at home in."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The events of a territory as rows, and the runs that wait for those of others, since an analyst joins them."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[list[Told]] = field(default_factory=list)


def told(claim: Claim, origin_id: str, published: date | None, family: str) -> Told:
    """Return a placed claim for its territory, without what no event asks of it; it keeps its id."""
    values = list(_VALUES(claim))
    values[_READ_AS] = claim_id(claim)
    for position in _UNASKED:
        values[position] = ""
    return Told(Claim(*values), origin_id, published, family)


def territory_of(claim: Claim, n: int) -> int:
    """Return the number, below ``n``, of the territory of a placed claim."""
    return zlib.crc32(claim.place.place_id.encode()) % n if claim.place else 0


# --- one territory --------------------------------------------------------------------------------------------------


def computed_reaches(computed: Sequence[Told]) -> list[Reach]:
    """Return the reaches of a territory's runs about computed places."""
    return [reach for run in _runs(computed) if (reach := reach_of(run)) is not None]


def meetings(named: Sequence[Told], computed: Iterable[Reach]) -> list[Pair]:
    """Return which runs about computed places, of all territories, meet which of a territory's others."""
    return list(find_meetings(Computed(computed), map(reach_of, _runs(named))))


def guests_of(computed: Sequence[Told], homes: Mapping[str, str]) -> Guests:
    """Return the runs of a territory that are at home in another run, anywhere."""
    by_id = _by_id(computed)
    runs = ((run, homes.get(run_id(run))) for run in _runs(computed))
    return [(home, [by_id[claim_id(c)] for c in run]) for run, home in runs if home is not None]


def settle_territory(
    named: Sequence[Told], computed: Sequence[Told], guests: Guests, homes: Mapping[str, str], rules: Rules
) -> Settled:
    """Return the events of a territory, given the runs that come to it and where those of its own go."""
    by_id = _by_id([*named, *computed, *(item for _, run in guests for item in run)])
    coming = [[item.claim for item in run] for _, run in guests]
    runs = [*with_guests(_runs(named), coming, homes), *without_home(_runs(computed), homes)]
    settled = settle(runs, _families(by_id.values()), rules.apart)
    waits = rules.joined
    waiting = [run for run in settled if waits and any(claim_id(c) in waits for c in run)]
    ready = [run for run in settled if run not in waiting] if waiting else settled
    return Settled(_rows(ready, by_id), [[by_id[claim_id(c)] for c in run] for run in waiting])


def settle_rest(waiting: Iterable[Sequence[Told]], rules: Rules) -> list[dict[str, Any]]:
    """Return the events of the runs that waited, in all territories, for what analysts have put together."""
    runs = list(waiting)
    by_id = _by_id([item for run in runs for item in run])
    return _rows(join_pairs([[item.claim for item in run] for run in runs], rules.together, rules.apart), by_id)


def _runs(items: Sequence[Told]) -> list[Run]:
    return split_runs(item.claim for item in items)


def _by_id(items: Iterable[Told]) -> dict[str, Told]:
    return {claim_id(item.claim): item for item in items}


def _families(items: Iterable[Told]) -> dict[tuple[str, int], str]:
    return {(item.claim.report_id, item.claim.start): item.family for item in items if item.family}


def _rows(runs: Iterable[Run], by_id: Mapping[str, Told]) -> list[dict[str, Any]]:
    families = _families(by_id.values())
    published = {item.claim.report_id: item.published for item in by_id.values()}
    origins = {item.claim.report_id: item.origin_id for item in by_id.values()}
    claims = {id_: item.claim for id_, item in by_id.items()}
    return [event_row(to_event(to_group(run, families), published, origins), claims) for run in runs]


# --- all of them, in one process ------------------------------------------------------------------------------------


class Territories:
    """The placed claims of a corpus in ``n`` territories: few in memory, many in files of a folder."""

    def __init__(self, folder: Callable[[], Path], n: int) -> None:
        """Begin without claims; the folder is asked for, and files are written there, only when there are many."""
        self.n = n
        self._folder = folder
        self._spilled: set[tuple[int, bool]] = set()
        self._held: dict[tuple[int, bool], list[Told]] = defaultdict(list)
        self._n_held = 0

    def add(self, items: Iterable[Told]) -> None:
        """Take claims, each into its territory."""
        for item in items:
            self._held[territory_of(item.claim, self.n), is_computed(item.claim)].append(item)
            self._n_held += 1
        if self._n_held >= _BUFFER:
            self._spill()

    def named(self, number: int) -> list[Told]:
        """Return a territory's claims about places with names."""
        return self._of(number, computed=False)

    def computed(self, number: int) -> list[Told]:
        """Return a territory's claims about computed places."""
        return self._of(number, computed=True)

    def _of(self, number: int, *, computed: bool) -> list[Told]:
        key = (number, computed)
        spilled = _unpickled(self._path(number, computed)) if key in self._spilled else ()
        return [*spilled, *self._held.get(key, ())]

    def _spill(self) -> None:
        for (number, computed), items in self._held.items():
            content = zlib.compress(pickle.dumps(list(map(_flat, items))), _LEVEL)
            with self._path(number, computed).open("ab") as file:
                file.write(len(content).to_bytes(8) + content)
            self._spilled.add((number, computed))
        self._held.clear()
        self._n_held = 0

    def _path(self, number: int, computed: bool) -> Path:
        return self._folder() / f"territory-{number}-{'computed' if computed else 'named'}"


def _unpickled(path: Path) -> Iterator[Told]:
    """Yield what this process has written there itself."""
    with path.open("rb") as file:
        while size := file.read(8):
            yield from map(_told, pickle.loads(zlib.decompress(file.read(int.from_bytes(size)))))  # noqa: S301 - our own


def _flat(item: Told) -> tuple[Any, ...]:
    """Return a claim as tuples: pickle takes three times as long for frozen dataclasses."""
    values = _VALUES(item.claim)
    place = _PLACE_VALUES(item.claim.place)
    return (*values[:_PLACE], place, *values[_PLACE + 1 :]), item.origin_id, item.published, item.family


def _told(flat: tuple[Any, ...]) -> Told:
    """Undo ``_flat``."""
    values, origin_id, published, family = flat
    whole = [*values]
    whole[_PLACE] = Place(*values[_PLACE])
    return Told(Claim(*whole), origin_id, published, family)


def event_rows(territories: Territories, rules: Rules) -> Iterator[list[dict[str, Any]]]:
    """Yield the events of all territories as rows, a territory at a time."""
    numbers = range(territories.n)
    reaches = [reach for n in numbers for reach in computed_reaches(territories.computed(n))]
    met = [(n, pair) for n in numbers if reaches for pair in meetings(territories.named(n), reaches)]
    homes = find_homes(pair for _, pair in met)
    found_in = {named: n for n, (_, named) in met}
    guests: dict[int, Guests] = defaultdict(list)
    for n in numbers if homes else ():
        for home, run in guests_of(territories.computed(n), homes):
            guests[found_in[home]].append((home, run))
    waiting: list[list[Told]] = []
    for n in numbers:
        settled = settle_territory(territories.named(n), territories.computed(n), guests[n], homes, rules)
        waiting += settled.waiting
        yield settled.rows
    yield settle_rest(waiting, rules)
