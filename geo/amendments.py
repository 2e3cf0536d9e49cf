"""Corrections applied to what was read: claims, publication days and names of places.

A correction belongs to the claim whose id it names. Where that is gone, since the report was edited or is read by newer
code, it belongs to the one claim of the same sentence, place and type; then of the same sentence and place; then to the
only claim of the sentence. The claims that stood beside it are never taken for it: the last two steps ask that those
are all still there. What belongs to no claim is orphaned: it is told with the reason, and applies again as soon as its
claim is back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geo.corrections import Action, Anchor, Correction, in_effect, place_of, words
from geo.errors import CorrectionError
from geo.events import claim_id
from geo.gazetteer import normal_name
from geo.model import (
    Claim,
    DateBasis,
    Document,
    EventType,
    Place,
    PlaceKind,
    PublishedBasis,
    Status,
    TimePrecision,
)

__all__ = ["Amended", "Orphan", "Rejection", "aliases", "apply_corrections", "correct_days"]

_PAIRS = frozenset({Action.MERGE, Action.SPLIT})
_COARSE = frozenset({PlaceKind.REGION, PlaceKind.COUNTRY})
_REACH_DAYS = ((1, TimePrecision.DAY), (7, TimePrecision.WEEK), (31, TimePrecision.MONTH))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A correction that belongs to nothing in this build, and why."""

    correction: Correction
    reason: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A claim that an analyst has rejected, and the correction that says so."""

    claim: Claim
    correction: Correction


@dataclass(frozen=True, slots=True)
class Amended:
    """Claims after correction, in the order they came in; ``together`` and ``apart`` are pairs of claim ids."""

    claims: tuple[Claim, ...]
    rejected: tuple[Rejection, ...]
    orphans: tuple[Orphan, ...]
    together: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]


def apply_corrections(claims: Iterable[Claim], corrections: Iterable[Correction]) -> Amended:
    """Apply the corrections that are in effect; of those of one kind on one claim, or one pair, the latest wins.

    A corrected claim keeps the id of what was read and lists its corrections.
    """
    claims = tuple(claims)
    about = [c for c in in_effect(corrections) if c.action not in (Action.ALIAS, Action.PUBLISHED)]
    if not about:
        return Amended(claims, (), (), (), ())
    index = _Index(claims, about)
    orphans: list[Orphan] = []
    on_claims: dict[str, dict[Action, Correction]] = defaultdict(dict)
    on_pairs: dict[tuple[str, str], Correction] = {}
    for correction in about:
        try:
            ids = index.find(correction)
        except CorrectionError as error:
            orphans.append(Orphan(correction, str(error)))
            continue
        if correction.action in _PAIRS:
            on_pairs[min(ids), max(ids)] = correction
        else:
            on_claims[ids[0]][correction.action] = correction
    in_pairs = _by_claim(on_pairs)
    corrected = [_corrected(claim, on_claims.get(id_, {}), in_pairs.get(id_, ())) for claim, id_ in index.claims]
    rejections = [on_claims[claim.read_as].get(Action.REJECT) if claim.read_as else None for claim in corrected]
    both = list(zip(corrected, rejections, strict=True))
    return Amended(
        claims=tuple(claim for claim, rejection in both if rejection is None),
        rejected=tuple(Rejection(claim, rejection) for claim, rejection in both if rejection is not None),
        orphans=tuple(orphans),
        together=tuple(sorted(pair for pair, c in on_pairs.items() if c.action is Action.MERGE)),
        apart=tuple(sorted(pair for pair, c in on_pairs.items() if c.action is Action.SPLIT)),
    )


def correct_days(
    documents: Sequence[Document], corrections: Iterable[Correction]
) -> tuple[list[Document], list[Orphan]]:
    """Give reports the publication days that analysts say they have; basis ``corrected``."""
    by_key = {key: number for number, d in enumerate(documents) for key in (d.report, d.report_id)}
    found, orphans = list(documents), []
    for correction in in_effect(corrections):
        if correction.action is not Action.PUBLISHED:
            continue
        anchor = correction.anchors[0]
        number = by_key.get(anchor.report_id, by_key.get(anchor.report))
        if number is None:
            orphans.append(Orphan(correction, f"{anchor.report} is not among the reports"))
            continue
        day = date.fromisoformat(correction.value["published"])
        found[number] = replace(found[number], published=day, published_basis=PublishedBasis.CORRECTED)
    return found, orphans


def aliases(corrections: Iterable[Correction]) -> dict[str, Place]:
    """Return the names that analysts have given places; of names that look up alike, the latest."""
    latest = {normal_name(c.target): c for c in in_effect(corrections) if c.action is Action.ALIAS}
    return {c.target: place_of(c.value) for c in latest.values()}


# --- which claim is meant -------------------------------------------------------------------------------------------


class _Index:
    """Finds the claim that an anchor means; holds the sentences of corrected reports only."""

    def __init__(self, claims: Sequence[Claim], corrections: Sequence[Correction]) -> None:
        self.claims = [(claim, claim_id(claim)) for claim in claims]
        anchors = [anchor for c in corrections for anchor in c.anchors]
        wanted = {anchor.report for anchor in anchors} | {anchor.report_id for anchor in anchors}
        self._ids = {id_ for _, id_ in self.claims}
        self._reports: set[str] = set()
        self._sentences: dict[tuple[str, str], dict[str, Claim]] = defaultdict(dict)
        for claim, id_ in self.claims:
            for report in {claim.report, claim.report_id} & wanted:
                self._reports.add(report)
                self._sentences[report, words(claim.text)][id_] = claim

    def find(self, correction: Correction) -> tuple[str, ...]:
        """Return the ids of the claims that a correction is about.

        Raises:
            CorrectionError: one is not to be found, and why.
        """
        ids = tuple(self._find(anchor) for anchor in correction.anchors)
        if len(set(ids)) < len(ids):
            raise CorrectionError("its two claims are read as one now")
        return ids

    def _find(self, anchor: Anchor) -> str:
        if anchor.claim_id in self._ids:
            return anchor.claim_id
        if not self._reports & {anchor.report, anchor.report_id}:
            raise CorrectionError(f"{anchor.report} is not among the reports, or no claim is read in it")
        left = {
            id_: claim
            for report in (anchor.report, anchor.report_id)
            for id_, claim in self._sentences.get((report, anchor.text), {}).items()
            if id_ not in anchor.beside
        }
        told_apart = self._ids.issuperset(anchor.beside)  # else what is left may be what stood beside, read otherwise
        tests: tuple[Callable[[Claim], bool], ...] = (
            lambda claim: _is_at(claim, anchor) and claim.event_type == anchor.event_type,
            lambda claim: told_apart and _is_at(claim, anchor),
            lambda _: told_apart,
        )
        for test in tests:
            if len(fits := [id_ for id_, claim in left.items() if test(claim)]) == 1:
                return fits[0]
        raise CorrectionError(
            f"its claim is not read any more, and none of {len(left)} in its sentence is plainly the one that was meant"
            if left
            else "its claim is not read in the report any more, and no other stands for it"
        )


def _is_at(claim: Claim, anchor: Anchor) -> bool:
    return (claim.place.place_id if claim.place else "") == anchor.place_id


# --- what a correction does to it -----------------------------------------------------------------------------------


def _by_claim(on_pairs: Mapping[tuple[str, str], Correction]) -> dict[str, list[Correction]]:
    found: dict[str, list[Correction]] = defaultdict(list)
    for pair, correction in on_pairs.items():
        for id_ in pair:
            found[id_].append(correction)
    return found


def _corrected(claim: Claim, own: Mapping[Action, Correction], in_pairs: Sequence[Correction]) -> Claim:
    if not own and not in_pairs:
        return claim
    applied = sorted((*own.values(), *in_pairs), key=lambda c: c.order)
    changes: dict[str, Any] = {}
    for correction in applied:
        if change := _CHANGES.get(correction.action):
            changes |= change(correction)
    return replace(
        claim,
        read_as=claim_id(claim),
        read_place_id=claim.place.place_id if claim.place else "",
        read_event_type=claim.event_type.value,
        corrections=tuple(c.correction_id for c in applied),
        **changes,
    )


def _moved(correction: Correction) -> dict[str, Any]:
    place = place_of(correction.value)
    precision = 3 if place.kind in _COARSE else 2 if place.kind is PlaceKind.RELATIVE else 1
    why = f"put there by {correction.author}: {correction.reason}"
    return {"place": place, "geo_precision": precision, "place_reason": why, "reason": ""}


def _redated(correction: Correction) -> dict[str, Any]:
    first, last = (day and date.fromisoformat(day) for day in (correction.value["from"], correction.value["to"]))
    return {
        "date_from": first,
        "date_to": last,
        "time_precision": _precision(first, last),
        "date_basis": DateBasis.CORRECTED if first or last else DateBasis.NONE,
        "reason": "" if first or last else f"no day, says {correction.author}: {correction.reason}",
    }


def _precision(first: date | None, last: date | None) -> TimePrecision:
    if first is None or last is None:
        return TimePrecision.DAY if first is last else TimePrecision.COARSER
    reach = (last - first).days + 1
    return next((precision for days, precision in _REACH_DAYS if reach <= days), TimePrecision.COARSER)


_CHANGES: Mapping[Action, Callable[[Correction], dict[str, Any]]] = {
    Action.MOVE: _moved,
    Action.DATE: _redated,
    Action.STATUS: lambda c: {"status": Status(c.value["status"])},
    Action.TYPE: lambda c: {"event_type": EventType(c.value["type"])},
    Action.CLAIMANT: lambda c: {"claimant": c.value["claimant"], "claimant_side": c.value["side"]},
}
