"""What was read in reports → rows of the tables, report by report: no row hangs on another report's."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.amendments import Amended, Orphan, Rejection, apply_corrections
from geo.corrections import Correction
from geo.events import claim_id, claim_row, mention_rows, report_row
from geo.model import Claim, Extract, Origin, Status, Unreadable
from geo.territories import Told, told

__all__ = [
    "Assembled",
    "Surroundings",
    "amend",
    "assemble",
    "correction_tray",
    "distinct",
    "named_reports",
    "unreadable_row",
]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows tell of a report besides what was read in it.

    ``origins`` are by report_id, ``families`` by report_id and start of a sentence (``geo.lineage.variants``), and
    ``corrected`` has the claims of the reports that a correction names, by report_id, after correction.
    """

    origins: Mapping[str, Origin]
    families: Mapping[tuple[str, int], str] = field(default_factory=dict)
    corrected: Mapping[str, Sequence[Claim]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The rows of some reports by table, and their placed claims for the events."""

    rows: dict[str, list[Row]]
    told: list[Told]


def assemble(extracts: Iterable[Extract], around: Surroundings) -> Assembled:
    """Return the rows of reports in the tables claims, reports, mentions and tray, and their placed claims."""
    rows: dict[str, list[Row]] = {"claims": [], "reports": [], "mentions": [], "tray": []}
    placed: list[Told] = []
    for item in extracts:
        id_ = item.document.report_id
        origin = around.origins[id_]
        claims = around.corrected[id_] if id_ in around.corrected else distinct(item.claims)
        rows["reports"].append(report_row(item.document, origin))
        rows["mentions"] += mention_rows(id_, item.mentions)
        rows["claims"] += [claim_row(claim, origin.origin_id) for claim in claims if claim.place is not None]
        rows["tray"] += [*_claim_tray(claims), *_broken_tray(item)]
        families = (around.families.get((id_, claim.start), "") for claim in claims)
        placed += [
            told(claim, origin.origin_id, item.document.published, family)
            for claim, family in zip(claims, families, strict=True)
            if claim.place is not None
        ]
    return Assembled(rows, placed)


def distinct(claims: Iterable[Claim]) -> list[Claim]:
    """Return one claim for each id, the surest first: the surest, and of equals the one that holds a figure."""
    best: dict[str, Claim] = {}
    for claim in claims:
        id_ = claim_id(claim)
        best[id_] = min(best[id_], claim, key=_rank) if id_ in best else claim
    return [best[id_] for id_ in sorted(best, key=lambda id_: (*_sureness(best[id_]), id_))]


def _rank(claim: Claim) -> tuple[float, bool, str]:
    return *_sureness(claim), repr(claim)


def _sureness(claim: Claim) -> tuple[float, bool]:
    return -claim.confidence, claim.quantity is None


# --- corrections ----------------------------------------------------------------------------------------------------


def named_reports(corrections: Iterable[Correction]) -> frozenset[str]:
    """Return the names and ids of the reports whose claims corrections are about."""
    anchors = [anchor for correction in corrections for anchor in correction.anchors]
    return frozenset({a.report for a in anchors} | {a.report_id for a in anchors})


def amend(extracts: Iterable[Extract], corrections: Collection[Correction]) -> tuple[Amended, dict[str, list[Claim]]]:
    """Apply corrections to the claims of the reports that they name; return these by report_id too."""
    extracts = list(extracts)
    amended = apply_corrections((c for item in extracts for c in distinct(item.claims)), corrections)
    by_report: dict[str, list[Claim]] = {item.document.report_id: [] for item in extracts}
    for claim in amended.claims:
        by_report[claim.report_id].append(claim)
    return amended, by_report


# --- the tray -------------------------------------------------------------------------------------------------------


def _claim_tray(claims: Iterable[Claim]) -> Iterator[Row]:
    for claim in claims:
        if claim.place is None:
            yield _claim_tray_row("unplaced", claim, claim.reason or "its place is not known")
        elif claim.date_from is None and claim.date_to is None:
            yield _claim_tray_row("undated", claim, claim.reason or _why_undated(claim))


def _why_undated(claim: Claim) -> str:
    if claim.status is Status.PLANNED:
        return "it is planned, and no day is given for it"
    return "no day could be read for it, and the report's own day is not known"


def correction_tray(amended: Amended, orphans: Iterable[Orphan]) -> Iterator[Row]:
    """Yield a row for each claim that an analyst has rejected and each correction that belongs to nothing."""
    yield from map(_rejected_row, amended.rejected)
    yield from map(_orphan_row, (*amended.orphans, *orphans))


def _rejected_row(rejection: Rejection) -> Row:
    row = _claim_tray_row("rejected", rejection.claim, f"rejected {_by_whom(rejection.correction)}")
    return row | {"correction_id": rejection.correction.correction_id}


def _orphan_row(orphan: Orphan) -> Row:
    correction, anchor = orphan.correction, orphan.correction.anchors[0]
    return {
        "kind": "orphaned",
        "report_id": anchor.report_id,
        "report": anchor.report,
        "claim_id": anchor.claim_id,
        "start": None,
        "end": None,
        "text": anchor.text,
        "reason": f"{orphan.reason} ({correction.action} {_by_whom(correction)})",
        "correction_id": correction.correction_id,
    }


def _by_whom(correction: Correction) -> str:
    return f"by {correction.author}: {' '.join(correction.reason.split())}"


def _claim_tray_row(kind: str, claim: Claim, reason: str) -> Row:
    return {
        "kind": kind,
        "report_id": claim.report_id,
        "report": claim.report,
        "claim_id": claim_id(claim),
        "start": claim.start,
        "end": claim.end,
        "text": claim.text,
        "reason": reason,
        "correction_id": "",
    }


def _broken_tray(item: Extract) -> Iterator[Row]:
    if item.error:
        row = unreadable_row(Unreadable(item.document.report, item.error))
        yield row | {"report_id": item.document.report_id}


def unreadable_row(item: Unreadable) -> Row:
    """Return what could not be read as a row of the tray."""
    empty = {"report_id": "", "claim_id": "", "start": None, "end": None, "text": "", "correction_id": ""}
    return {"kind": "unreadable", "report": item.report, "reason": item.reason, **empty}
