"""What changed between two generations."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.changes import Change, Kind, _paired, diff
from geo.errors import StoreError
from geo.store import Generation, publish


def claim(number: int, **cells: Any) -> dict[str, Any]:
    return {"claim_id": f"c{number}", "report": "a.txt", "place_name": "Izyum", **cells}


Shown = list[tuple[str, str, tuple[str, ...]]]


def event(id_: str, *claims: int, **cells: Any) -> dict[str, Any]:
    return {"event_id": id_, "claim_ids": [f"c{number}" for number in claims], "n_reports": len(claims), **cells}


def changes(tmp_path: Path, table: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Change]:
    before = publish(tmp_path, {table: old}, {"key": "old"})
    return diff(before, publish(tmp_path, {table: new}, {"key": "new"}), table)


def shown(found: list[Change]) -> Shown:
    return [(change.kind.value, change.row_id, change.columns) for change in found]


def test_claims_are_added_changed_and_withdrawn(tmp_path: Path) -> None:
    old = [claim(1), claim(2), claim(3, date_from=date(2022, 9, 1)), claim(5)]
    new = [claim(1), claim(3, date_from=date(2022, 9, 2), corrections=["x"]), claim(4), claim(5)]
    found = changes(tmp_path, "claims", old, new)
    assert shown(found) == [
        ("added", "c4", ()),
        ("changed", "c3", ("date_from", "corrections")),
        ("withdrawn", "c2", ()),
    ]
    assert (found[0].before, found[2].after) == ({}, {})
    assert (found[1].before["date_from"], found[1].after["date_from"]) == (date(2022, 9, 1), date(2022, 9, 2))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([event("a", 1)], [event("b", 1, 2)], [("changed", "b", ("event_id", "claim_ids", "n_reports"))]),
        (
            [event("a", 1, 2, 3)],
            [event("b", 3), event("c", 1, 2)],
            [("added", "b", ()), ("changed", "c", ("event_id", "claim_ids", "n_reports"))],
        ),
        (
            [event("a", 1), event("b", 2, 3)],
            [event("c", 1, 2, 3)],
            [("changed", "c", ("event_id", "claim_ids", "n_reports")), ("withdrawn", "a", ())],
        ),
        ([event("a", 1)], [event("b", 2)], [("added", "b", ()), ("withdrawn", "a", ())]),
        ([event("a", 1)], [event("a", 1, disputed=True)], [("changed", "a", ("disputed",))]),
        ([event("a", 1)], [event("a", 1)], []),
    ],
    ids=["grown", "split", "merged", "another", "same claims", "the same"],
)
def test_an_event_is_the_one_with_which_it_shares_most_claims(
    tmp_path: Path,
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
    expected: Shown,
) -> None:
    assert shown(changes(tmp_path, "events", old, new)) == expected


def test_a_column_that_one_side_lacks_is_no_change(tmp_path: Path) -> None:
    before = publish(tmp_path / "old", {"claims": [claim(1)]}, {})
    file = before.path / "claims.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["corrections"]), file)
    after = publish(tmp_path / "new", {"claims": [claim(1, corrections=["x"])]}, {})
    assert diff(before, after) == []


def test_a_generation_that_is_gone_is_one_line(tmp_path: Path) -> None:
    there = publish(tmp_path, {}, {})
    with pytest.raises(StoreError, match="cannot be compared") as caught:
        diff(there, Generation(tmp_path / "gone", {}))
    assert "\n" not in str(caught.value)


@settings(max_examples=settings().max_examples // 6)  # each publishes two generations
@given(
    st.dictionaries(st.integers(0, 8), st.sampled_from("abc"), max_size=8),
    st.dictionaries(st.integers(0, 8), st.sampled_from("abc"), max_size=8),
)
def test_the_changes_turn_the_old_rows_into_the_new(
    tmp_path_factory: pytest.TempPathFactory, old: dict[int, str], new: dict[int, str]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    sides = ([claim(number, place_name=name) for number, name in rows.items()] for rows in (old, new))
    rows = {f"c{number}": name for number, name in old.items()}
    for change in changes(folder, "claims", *sides):
        if change.kind is Kind.WITHDRAWN:
            del rows[change.row_id]
        else:
            rows[change.row_id] = change.after["place_name"]
    assert rows == {f"c{number}": name for number, name in new.items()}


def test_no_row_is_paired_twice() -> None:
    assert _paired([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]) == {"x": "a", "y": "b"}
