from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from geo import spool, store
from geo.spool import Spool
from geo.store import publish
from tests.pages import claim, report


def rows(n: int) -> dict[str, list[dict[str, Any]]]:
    claims = [claim(claim_id=f"c{i % 7}-{i}", report=f"r{i % 5}.txt", start=i % 3, corrections=["x"]) for i in range(n)]
    return {"claims": claims, "reports": [report(report_id=f"r{i}", report=f"r{i}.txt") for i in range(5)]}


def test_few_rows_never_touch_the_disk(tmp_path: Path) -> None:
    kept = Spool(lambda: tmp_path)
    kept.add(rows(20))
    assert kept.tables()["claims"] == rows(20)["claims"]
    assert kept.counts == {"claims": 20, "reports": 5}
    assert list(tmp_path.iterdir()) == []


def test_many_rows_are_published_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = publish(tmp_path / "whole", rows(100), {})
    monkeypatch.setattr(spool, "_HELD", 7)
    monkeypatch.setattr(store, "ROW_GROUP", 16)
    (tmp_path / "work").mkdir()
    kept = Spool(lambda: tmp_path / "work")
    for item in rows(100)["claims"][::-1]:
        kept.add({"claims": [item]})
    kept.add({"reports": rows(0)["reports"]})
    assert kept.counts["claims"] == 100
    tables = kept.tables()
    assert pq.read_table(tables["claims"]).num_rows == 100
    sorted_on_disk = publish(tmp_path / "spooled", tables, {})
    for name in ("claims", "reports", "events"):
        assert sorted_on_disk.table(name).equals(whole.table(name))
