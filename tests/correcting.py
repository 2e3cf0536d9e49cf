"""Claims, and a store with them, for the tests of corrections; benchmarks use them too."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from geo.amendments import Amended
from geo.events import claim_id, claim_row
from geo.model import Claim, DateBasis, EventType, Place, PlaceKind, Status, TimePrecision
from geo.store import Generation, publish

TOWN = Place("gn:1", "Izyum", PlaceKind.SETTLEMENT, 49.2, 37.3, 5.0, country_code="UA")
VILLAGE = Place("gn:2", "Hrushuvakha", PlaceKind.SETTLEMENT, 49.3, 36.9, 1.0, country_code="UA")
CLAIM = Claim(
    report_id="r1",
    report="a.txt",
    start=0,
    end=20,
    text="Troops took Izyum.",
    place=TOWN,
    date_from=date(2022, 9, 10),
    date_to=date(2022, 9, 10),
    date_text="",
    time_precision=TimePrecision.DAY,
    date_basis=DateBasis.EXPLICIT,
    event_type=EventType.CONTROL_CHANGE,
    status=Status.REPORTED,
)


def numbered(count: int) -> list[Claim]:
    """Return claims of different sentences, ten to a report."""
    return [
        replace(CLAIM, report=f"{n // 10}.txt", report_id=f"r{n // 10}", start=n % 10, text=f"Troops took town {n}.")
        for n in range(count)
    ]


def publish_claims(root: Path, claims: Iterable[Claim], amended: Amended | None = None) -> Generation:
    """Publish claims, after correction where they are amended, and their reports."""
    read = list(claims)
    shown = read if amended is None else amended.claims
    reports = {(claim.report_id, claim.report) for claim in read}
    tray = [
        {
            "kind": "rejected",
            "claim_id": claim_id(r.claim),
            **_sentence(r.claim),
            "correction_id": r.correction.correction_id,
        }
        for r in (amended.rejected if amended else ())
    ]
    tray += [
        {"kind": "unplaced", "claim_id": claim_id(claim), **_sentence(claim)} for claim in shown if not claim.place
    ]
    tables = {
        "claims": [claim_row(claim, "wire") for claim in shown if claim.place],
        "reports": [{"report_id": id_, "report": path} for id_, path in sorted(reports)],
        "tray": tray,
    }
    return publish(root, tables, {"key": "k"})


def _sentence(claim: Claim) -> dict[str, object]:
    return {"report_id": claim.report_id, "report": claim.report, "start": claim.start, "text": claim.text}
