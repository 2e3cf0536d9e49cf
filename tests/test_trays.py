"""What waits, and what mends it."""

from datetime import date
from pathlib import Path
from typing import Any

from geo.build import _TRAYS
from geo.trays import KINDS, Remedy, count_trays, read_tray, read_trays
from tests.pages import generation, report


def row(kind: str, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "report_id": "r1", "report": "one.txt", "reason": "so", "text": "Words"} | changes


def test_each_item_comes_with_what_mends_it(tmp_path: Path) -> None:
    tray = [
        row("undated", claim_id="c1", start=0, end=5),
        row("undated", claim_id="c2", report_id="r2", report="two.txt"),
        row("unplaced", claim_id="c3"),
        row("unreadable", report_id="", report="x.bin", text=None),
        row("rejected", claim_id="c4", correction_id="k1"),
        row("orphaned", claim_id="c5", report_id="gone", report="gone.txt", correction_id="k2"),
    ]
    reports = [report(), report(report_id="r2", report="two.txt", published=None)]
    trays = read_trays(generation(tmp_path, [], tray=tray, reports=reports))
    assert tuple(trays) == KINDS
    found = {(item.kind, item.claim_id): item.remedies for items in trays.values() for item in items}
    assert found == {
        ("undated", "c1"): (Remedy.DATE,),
        ("undated", "c2"): (Remedy.PUBLISHED, Remedy.DATE),
        ("unplaced", "c3"): (Remedy.MOVE,),
        ("unreadable", ""): (Remedy.RETRY,),
        ("rejected", "c4"): (Remedy.UNDO,),
        ("orphaned", "c5"): (Remedy.REANCHOR, Remedy.UNDO),
    }
    first = trays["undated"][0]
    assert (first.title, first.outlet, first.published, first.start, first.end) == (
        "A title",
        "An outlet",
        date(2022, 9, 11),
        0,
        5,
    )
    assert (first.report, first.text, first.reason) == ("one.txt", "Words", "so")
    assert trays["rejected"][0].correction_id == "k1"
    [unreadable] = trays["unreadable"]
    assert (unreadable.report, unreadable.text, unreadable.title, unreadable.published) == ("x.bin", "", "", None)


def test_empty_trays_are_there(tmp_path: Path) -> None:
    assert read_trays(generation(tmp_path, [])) == {kind: [] for kind in KINDS}


def test_the_kinds_are_those_of_a_build(tmp_path: Path) -> None:
    assert set(KINDS) == set(_TRAYS)
    assert read_tray(generation(tmp_path, [], tray=[row(kind) for kind in KINDS])).kind.tolist() == sorted(KINDS)


def test_a_tray_may_be_cut_short_and_its_items_counted(tmp_path: Path) -> None:
    tray = [{"kind": "undated", "report": f"{n}.txt", "reason": "no day", "text": "Words"} for n in range(3)]
    found = generation(tmp_path, [], tray=tray)
    assert [item.report for item in read_trays(found, 2)["undated"]] == ["0.txt", "1.txt"]
    assert count_trays(found) == {"undated": 3, "unplaced": 0, "unreadable": 0, "rejected": 0, "orphaned": 0}
