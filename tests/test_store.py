import errno
import os
import random
import threading
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from geo import store
from geo.cubes import FILES
from geo.errors import StoreError
from geo.events import TABLES
from geo.store import current, find_generation, generations, is_stale, project_folder, publish, roll_back

ROWS: list[dict[str, Any]] = [
    {"report_id": f"{n:02}", "report": f"{n:02}.txt", "text": f"text {n}", "published": date(2022, 9, 1 + n)}
    for n in range(9)
]


def test_what_is_published_is_read_back(tmp_path: Path) -> None:
    assert current(tmp_path) is None
    publish(tmp_path, {"reports": ROWS}, {"key": "k", "counts": {"reports": 9}})
    generation = current(tmp_path)
    assert generation is not None
    assert generation.meta == {"key": "k", "counts": {"reports": 9}}
    assert generation.table("reports", ["report_id", "published"]).to_pylist()[1] == {
        "report_id": "01",
        "published": date(2022, 9, 2),
    }
    assert generation.query("SELECT report FROM reports WHERE published > ?", [date(2022, 9, 8)])[
        "report"
    ].to_list() == ["08.txt"]
    for name, columns in TABLES.items():
        assert generation.table(name).column_names == [c.name for c in columns]
        assert list(generation.query(f"SELECT * FROM {name}").columns) == [c.name for c in columns]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    one = publish(tmp_path / "one", {"reports": ROWS}, {"b": 1, "a": 2})
    shuffled = random.Random(1).sample(ROWS, len(ROWS))
    other = publish(tmp_path / "other", {"reports": shuffled}, {"a": 2, "b": 1})
    assert one.generation_id == other.generation_id
    files = sorted(p.name for p in one.path.iterdir())
    assert files == sorted([*(f"{name}.parquet" for name in TABLES), *FILES, "meta.json"])
    assert [(one.path / f).read_bytes() for f in files] == [(other.path / f).read_bytes() for f in files]


def test_the_last_three_generations_stay(tmp_path: Path) -> None:
    made = [publish(tmp_path, {}, {"key": n}) for n in range(5)]
    assert [g.path.exists() for g in made] == [False, False, True, True, True]
    made[2].query("SELECT count(*) FROM claims")
    with pytest.raises(StoreError, match="cannot be read"):
        made[0].query("SELECT count(*) FROM claims")
    with pytest.raises(StoreError, match="cannot be read"):
        made[0].table("claims")


def test_publishing_the_same_again_keeps_the_others(tmp_path: Path) -> None:
    made = [publish(tmp_path, {}, {"key": n}) for n in range(3)]
    again = publish(tmp_path, {}, {"key": 0})
    assert again.path == made[0].path
    assert all(g.path.exists() for g in made)
    assert (found := current(tmp_path)) is not None
    assert found.path == again.path


def keys(root: Path) -> list[int]:
    return [g.meta["key"] for g in generations(root)]


def shown(root: Path) -> int:
    generation = current(root)
    assert generation is not None
    key: int = generation.meta["key"]
    return key


def test_generations_are_listed_newest_first(tmp_path: Path) -> None:
    assert generations(tmp_path) == []
    for number in range(4):
        publish(tmp_path, {"reports": ROWS[:number]}, {"key": number, "counts": {"reports": number}})
    assert [g.meta["counts"]["reports"] for g in generations(tmp_path)] == [3, 2, 1]
    assert generations(tmp_path)[0] == current(tmp_path)
    assert all(g.made_at.tzinfo is not None for g in generations(tmp_path))


def test_rolling_back_shows_an_older_generation_and_keeps_the_others(tmp_path: Path) -> None:
    made = [publish(tmp_path, {"reports": ROWS[:n]}, {"key": n}) for n in range(3)]
    assert roll_back(tmp_path) == made[1]
    assert (shown(tmp_path), keys(tmp_path)) == (1, [2, 1, 0])
    assert roll_back(tmp_path) == made[0]
    assert (shown(tmp_path), keys(tmp_path)) == (0, [2, 1, 0])
    with pytest.raises(StoreError, match="no generation before the current one"):
        roll_back(tmp_path)
    assert roll_back(tmp_path, made[2].generation_id[:9]) == made[2]
    assert (tmp_path / "CURRENT").read_text().split() == [g.generation_id for g in reversed(made)]


def test_a_publication_goes_on_top_of_what_was_rolled_back_to(tmp_path: Path) -> None:
    for number in range(3):
        publish(tmp_path, {}, {"key": number})
    roll_back(tmp_path)
    publish(tmp_path, {}, {"key": 3})
    assert (shown(tmp_path), keys(tmp_path)) == (3, [3, 1, 2])
    assert roll_back(tmp_path).meta["key"] == 1


def test_what_was_rolled_back_from_is_not_built_again_until_the_input_changes(tmp_path: Path) -> None:
    for key in ("old", "new"):
        publish(tmp_path, {}, {"key": key})
    roll_back(tmp_path)
    assert not is_stale(tmp_path, "new")
    assert not is_stale(tmp_path, "old")
    assert is_stale(tmp_path, "newer")


def test_an_id_may_be_cut_short_while_it_means_one(tmp_path: Path) -> None:
    made = [publish(tmp_path, {}, {"key": n}) for n in range(3)]
    assert find_generation(tmp_path, made[0].generation_id[:8]) == made[0]
    with pytest.raises(StoreError, match="'': 3 generations begin so; there are: "):
        find_generation(tmp_path, "")
    with pytest.raises(StoreError, match="'xyz': no generations begin so"):
        roll_back(tmp_path, "xyz")


def test_there_is_no_way_back_to_what_is_damaged_or_of_another_version(tmp_path: Path) -> None:
    older = [publish(tmp_path, {}, {"key": n}) for n in range(3)]
    (older[0].path / "meta.json").write_text("{")
    assert keys(tmp_path) == [2, 1]
    table = older[1].path / "claims.parquet"
    pq.write_table(pq.read_table(table).drop_columns(["corrections"]), table)
    with pytest.raises(StoreError, match="is damaged or was made by another version"):
        roll_back(tmp_path)
    table.unlink()
    with pytest.raises(StoreError, match="is damaged or was made by another version"):
        roll_back(tmp_path)
    assert shown(tmp_path) == 2


def test_a_current_generation_that_is_damaged_can_be_rolled_back(tmp_path: Path) -> None:
    made = [publish(tmp_path, {}, {"key": n}) for n in range(2)]
    (made[1].path / "meta.json").write_text("{")
    assert roll_back(tmp_path) == made[0]
    assert shown(tmp_path) == 0


def test_before_the_first_build_there_is_no_way_back(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing is built yet"):
        roll_back(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_staleness_is_a_matter_of_the_key(tmp_path: Path) -> None:
    assert is_stale(tmp_path, "k")
    publish(tmp_path, {}, {"key": "k"})
    assert not is_stale(tmp_path, "k")
    assert is_stale(tmp_path, "other")


@pytest.mark.parametrize("damage", ["gone", "nonsense", "empty", "meta"])
def test_a_damaged_store_says_so_and_is_built_anew(tmp_path: Path, damage: str) -> None:
    generation = publish(tmp_path, {}, {"key": "k"})
    match damage:
        case "gone":
            (tmp_path / "CURRENT").write_text("0123456789abcdef\n")
        case "nonsense":
            (tmp_path / "CURRENT").write_bytes(b"../../etc\xff")
        case "empty":
            (tmp_path / "CURRENT").write_text("")
        case "meta":
            (generation.path / "meta.json").write_text("{")
    with pytest.raises(StoreError) as caught:
        current(tmp_path)
    assert "\n" not in str(caught.value)
    assert is_stale(tmp_path, "k")
    publish(tmp_path, {}, {"key": "new"})
    assert (found := current(tmp_path)) is not None
    assert found.meta["key"] == "new"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "rename", "replace"])
def test_a_failing_disk_leaves_the_old_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    publish(tmp_path, {"reports": ROWS}, {"key": "old"})

    def fail(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StoreError, match=os.strerror(number)):
            publish(tmp_path, {}, {"key": "new"})
    assert (found := current(tmp_path)) is not None
    assert found.meta["key"] == "old"
    assert found.table("reports").num_rows == 9
    assert publish(tmp_path, {}, {"key": "new"}).meta["key"] == "new"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        publish(tmp_path / "file", {}, {})


def test_a_reader_never_sees_half_a_generation_or_an_older_one(tmp_path: Path) -> None:
    publish(tmp_path, {}, {"key": 0})
    finished = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not finished.is_set():
            generation = current(tmp_path)
            assert generation is not None
            seen.append(generation.meta["key"])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 25):
        publish(tmp_path, {"reports": ROWS[: number % 9]}, {"key": number})
    finished.set()
    reader.join()
    assert seen == sorted(seen)
    assert len(seen) > 24


def test_two_writers_at_once(tmp_path: Path) -> None:
    writers = [
        threading.Thread(target=lambda n=n: [publish(tmp_path, {}, {"key": f"{n}-{m}"}) for m in range(5)])
        for n in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (found := current(tmp_path)) is not None
    assert found.meta["key"].endswith("-4")
    assert len(list((tmp_path / "generations").iterdir())) == 3


def test_a_writer_that_waits_too_long_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, {}, {"key": "k"})
    monkeypatch.setattr(store, "_LOCK_SECONDS", 0)
    with store.locked(tmp_path), pytest.raises(StoreError, match="cannot be locked"):
        publish(tmp_path, {}, {"key": "new"})


def test_a_store_that_cannot_be_locked(tmp_path: Path) -> None:
    (tmp_path / "lock.sqlite").mkdir()
    with pytest.raises(StoreError, match="cannot be locked for writing: unable to open"):
        publish(tmp_path, {}, {})


def test_queries_reach_nothing_but_the_generation(tmp_path: Path) -> None:
    generation = publish(tmp_path / "store", {"reports": ROWS}, {})
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for sql in (
        f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises((duckdb.Error, StoreError)):
            generation.query(sql)
    assert not (tmp_path / "out.csv").exists()


def test_odd_folder_names(tmp_path: Path) -> None:
    root = tmp_path / "it's [a]* {{7*7}} Ünï"
    assert publish(root, {"reports": ROWS}, {}).query("SELECT count(*) AS n FROM reports")["n"][0] == 9


def test_each_folder_has_a_project_of_its_own(tmp_path: Path) -> None:
    names = [project_folder(Path("data"), tmp_path / name).name for name in ("a/seeds", "b/seeds", "Zeitung Ü!", "...")]
    assert len(set(names)) == 4
    assert [name.rsplit("-", 1)[0] for name in names] == ["seeds", "seeds", "zeitung", "reports"]
    assert project_folder(Path("data"), tmp_path / "a" / ".." / "a" / "seeds").name == names[0]
