from pathlib import Path

import pytest

from geo import cubes
from geo.cubes import FILES, write_indexes
from geo.store import TABLES, publish
from tests.pages import claim, report


def tables(n: int) -> dict[str, list[dict[str, object]]]:
    rows = [
        claim(claim_id=f"c{i}", report_id=f"r{i % 4}", place_id=f"p{i % 6}", text=f"Shells fell, {i % 3} said.")
        for i in range(n)
    ]
    return {"claims": rows, "reports": [report(report_id=f"r{i}", report=f"r{i}.txt") for i in range(4)]}


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("n", [0, 1, 40])
def test_the_same_tables_give_the_same_bytes_be_they_read_at_once_or_from_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    generation = publish(tmp_path / "data", tables(n), {})
    monkeypatch.setattr(cubes, "_SMALL", 0)
    again = tmp_path / "again"
    again.mkdir()
    for name in TABLES:
        (again / f"{name}.parquet").write_bytes((generation.path / f"{name}.parquet").read_bytes())
    write_indexes(again)
    assert files_of(again) == files_of(generation.path)
    assert {path.name for path in again.iterdir()} == {*FILES, *(f"{name}.parquet" for name in TABLES)}
