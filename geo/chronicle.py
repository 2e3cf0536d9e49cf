"""What is said of one place, stretch of days by stretch of days, by side: the place's history at a glance."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from geo.cubes import CLAIM, NONE, REPORT
from geo.facts import Facts, day_of, distinct, see
from geo.filters import Filter
from geo.store import Generation

__all__ = ["Said", "Stretch", "read_chronicle"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one speaker says happened, of one type and status, in the words of the report that had it first.

    ``claimant`` is '' for the report itself, ``published`` the first day it was told, None where that is not known.
    ``n_reports`` carry it, of ``n_origins`` independent origins. Every string was written by others.
    """

    event_type: str
    status: str
    claimant: str
    sentence: str
    report: str
    outlet: str
    published: date | None
    n_reports: int
    n_origins: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is told of the days from ``first`` to ``last``: on the side of its event's headline, and against it."""

    first: date
    last: date
    says: tuple[Said, ...]
    against: tuple[Said, ...]


def read_chronicle(
    generation: Generation, number: int, chosen: Filter, at_most: int | None = None
) -> tuple[list[Stretch], int]:
    """Return what is in view of the place of a number (``geo.view.NUMBER``), in order of the days it speaks of.

    With ``at_most`` as many whole stretches as have no more lines, at least one; and how many stretches there are.

    Raises:
        StoreError: the generation cannot be read.
    """
    seen = see(generation, chosen)
    place = seen.facts.place_of(number)
    if place is None:
        return [], 0
    told = _Told(seen.facts, seen.rows[seen.of("place") == place])
    stretches = [list(lines) for _, lines in groupby(range(len(told.heads)), key=told.days)]
    fitting = _fitting(stretches, at_most)
    says = iter(told.say([line for lines in fitting for line in lines]))
    return [_stretch(told, lines, [next(says) for _ in lines]) for lines in fitting], len(stretches)


def _fitting(stretches: list[list[int]], at_most: int | None) -> list[list[int]]:
    if at_most is None:
        return stretches
    n_lines = np.cumsum([len(lines) for lines in stretches])
    return stretches[: max(1, int(np.searchsorted(n_lines, at_most, "right")))]


def _stretch(told: "_Told", lines: list[int], says: list[Said]) -> Stretch:
    sides: tuple[list[Said], list[Said]] = ([], [])
    for line, said in zip(lines, says, strict=True):
        sides[told.is_against(line)].append(said)
    first, last = map(day_of, told.days(lines[0]))
    return Stretch(first, last, says=tuple(sides[False]), against=tuple(sides[True]))


_SAME = ("first", "last", "against", "event_type", "status", "claimant")


class _Told:
    """The claims of a place, those that say the same put together, in order of their days and of publication."""

    def __init__(self, facts: Facts, rows: NDArray[np.int64]) -> None:
        """Sort the claims; each line's head is the one that was published first."""
        self._facts = facts
        published = facts.published(rows)
        keys = [facts[name][rows] for name in _SAME]
        rows = rows[np.lexsort((rows, facts["told"][rows], published, *reversed(keys)))]
        keys = [facts[name][rows] for name in _SAME]
        new = np.ones(len(rows), np.bool_)
        new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
        line, heads = np.cumsum(new) - 1, rows[new]
        counts = [distinct(line, facts[name][rows], len(heads)) for name in ("told", "origin_id")]
        first, last, against, *kinds = (facts[name][heads] for name in _SAME)
        order = np.lexsort((against, *reversed(kinds), facts.published(heads), last, first))
        self.heads = heads[order]
        self._n_reports, self._n_origins = (n[order] for n in counts)

    def days(self, line: int) -> tuple[int, int]:
        """Return the first and last day of a line, as the facts have them."""
        row = self.heads[line]
        return int(self._facts["first"][row]), int(self._facts["last"][row])

    def is_against(self, line: int) -> bool:
        """Return whether a line contradicts its event's headline."""
        return bool(self._facts["against"][self.heads[line]])

    def say(self, lines: list[int]) -> list[Said]:
        """Return what some lines say."""
        facts, rows = self._facts, self.heads[lines]
        names = [facts.names(name, rows) for name in ("event_type", "status", "claimant")]
        told = facts["told"][rows]
        reports = iter(facts.read("reports", told[told != NONE].tolist()))
        found = []
        claims = facts.read("claims", rows.tolist())
        for line, report, claim, kind, status, claimant in zip(lines, told, claims, *names, strict=True):
            values = dict(zip(REPORT, next(reports), strict=True)) if report != NONE else {}
            published = values.get("published")
            found.append(
                Said(
                    event_type=kind,
                    status=status,
                    claimant=claimant,
                    sentence=claim[CLAIM["text"]],
                    report=claim[CLAIM["report"]],
                    outlet=values.get("outlet") or "",
                    published=date.fromisoformat(published) if published else None,
                    n_reports=int(self._n_reports[line]),
                    n_origins=int(self._n_origins[line]),
                )
            )
        return found
