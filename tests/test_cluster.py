"""The Dask engine with a real scheduler and workers in processes of their own."""

import gc
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client

from geo import cluster, slices
from geo.__main__ import main
from geo.build import Config, build
from geo.cluster import build_on_cluster, connected, dask_runner
from geo.documents import SAME_NAME
from geo.errors import GeoError, ReportError, StoreError
from geo.events import TABLES
from geo.model import Document, Extract
from geo.resources import resource
from geo.runners import POISON
from geo.store import publish
from tests.corpora import make_corpus
from tests.test_build import FATAL_MODEL

pytestmark = pytest.mark.long
RULES = Config(model="none")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected("local", 2) as found:
        yield found


def test_workers_of_our_own_look_for_garbage_less_often(client: Client) -> None:
    assert {threshold[0] for threshold in client.run(gc.get_threshold).values()} == {20_000}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped reports and made ones, some undated, in a file of lines with one that is none."""
    folder = tmp_path_factory.mktemp("corpus") / "reports"
    shutil.copytree(resource("seeds"), folder)
    made = [m.document for m in make_corpus(120, seed=3)]
    lines = [
        json.dumps({"id": d.report, "text": d.text, "published": f"{d.published}" if d.published else None})
        for d in made
    ]
    (folder / "made.jsonl").write_text("\n".join([*lines, "no record", lines[0]]))
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small parts of few reports."""
    monkeypatch.setattr(slices, "_BYTES", 60_000)
    monkeypatch.setattr(cluster, "_PER_PART", 30)
    monkeypatch.setattr(cluster, "_PER_TERRITORY", 40)
    monkeypatch.setattr(cluster, "_BATCH", 7)


def tables(output: Path) -> dict[str, list[dict[str, Any]]]:
    empty = [pa.Table.from_pylist([])]
    return {
        name: pa.concat_tables(
            [pq.read_table(path) for path in sorted((output / name).glob("part-*.parquet"))] or empty
        ).to_pylist()
        for name in TABLES
    }


def sha256(output: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in output.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(output)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.usefixtures("small")
def test_the_tables_are_those_of_a_build_on_one_machine(client: Client, corpus: Path, tmp_path: Path) -> None:
    report = build_on_cluster(client, f"file://{corpus}", f"file://{tmp_path}/out", RULES)
    local = build(corpus, tmp_path / "data", RULES)
    written = tables(tmp_path / "out")
    unreadable = {row["reason"] for row in written["tray"] if row["kind"] == "unreadable"}
    together = publish(tmp_path / "together", written, {})
    for name in TABLES:
        read = "SELECT * FROM tray WHERE kind <> 'unreadable'" if name == "tray" else f"SELECT * FROM {name}"
        assert together.records(read) == local.generation.records(read), name
    assert len(list((tmp_path / "out" / "claims").iterdir())) > 3
    assert unreadable == {"is not JSON: Expecting value: line 1 column 1 (char 0)", SAME_NAME}
    assert {u.reason for u in report.unreadable} == unreadable
    assert dict(report.counts) == {name: local.generation.meta["counts"][name] for name in report.counts}
    assert json.loads((tmp_path / "out" / "meta.json").read_text())["counts"] == dict(report.counts)


@pytest.mark.usefixtures("small")
def test_workers_that_are_killed_change_no_byte(client: Client, corpus: Path, tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "one", tmp_path / "two"
    build_on_cluster(client, str(corpus), str(undisturbed), RULES)
    deaths: list[int] = []

    def strike(share: float, _text: str) -> None:
        if len(deaths) < 2 and share > 0.2 * (1 + len(deaths)):
            pid = next(iter(client.run(os.getpid).values()))
            os.kill(pid, signal.SIGKILL)
            deaths.append(pid)

    build_on_cluster(client, str(corpus), str(killed), RULES, strike)
    assert len(deaths) == 2
    assert sha256(killed) == sha256(undisturbed)


@pytest.mark.usefixtures("small")
def test_a_folder_read_by_a_clusters_workers_is_published_as_by_ones_own(
    client: Client, corpus: Path, tmp_path: Path
) -> None:
    own = build(corpus, tmp_path / "own", RULES)
    theirs = build(corpus, tmp_path / "theirs", RULES, runner=dask_runner(client))
    assert theirs.generation.generation_id == own.generation.generation_id


def die_of_poison(documents: list[Document]) -> list[Extract]:
    if any(d.text == "poison" for d in documents):
        os.kill(os.getpid(), signal.SIGKILL)
    return [Extract(d, error=f"read {d.text}") for d in documents]


def test_a_report_that_kills_its_workers_is_set_aside_and_the_others_are_read(client: Client) -> None:
    batches = [[Document(f"{n}{m}", f"{n}{m}", f"{n}{m}") for m in range(3)] for n in range(4)]
    batches[1][1] = Document("bad", "bad", "poison")
    found = [item for part in dask_runner(client)(die_of_poison, batches) for item in part]
    assert [x.error for x in found if x.document.text != "poison"] == [
        f"read {d.text}" for batch in batches for d in batch if d.text != "poison"
    ]
    assert [x.error for x in found if x.document.text == "poison"] == [POISON]


def test_a_worker_that_dies_as_it_starts_is_replaced() -> None:
    """With one worker, and all the work waiting for it, each new one has the poison before its nanny knows it."""
    batches = [[Document("bad", "bad", "poison")], [Document("good", "good", "good")]]
    with connected("local", 1) as own:
        found = [x.error for part in dask_runner(own)(die_of_poison, batches) for x in part]
    assert found == [POISON, "read good"]


def test_an_address_where_nobody_answers_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(GeoError, match=r"tcp://127\.0\.0\.1:1: no Dask scheduler answers there"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass


def test_an_empty_address_is_told(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="holds no report"):
        build_on_cluster(client, str(tmp_path), str(tmp_path / "out"), RULES)


def test_the_command_builds_here_with_workers_and_there_to_an_address(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "a.txt").write_text("Fighting went on in Izyum on 10 September 2022.")
    common = [str(reports), "--model", "none", "--dask", "local", "--workers", "1"]
    assert main(["build", *common, "--data", str(tmp_path / "data")]) == 0
    assert main(["build", *common, "--output", f"file://{tmp_path}/out"]) == 0
    told = capsys.readouterr().err
    assert "Built: 1 report, 1 independent source, 1 claim, 1 event" in told
    assert f"Written to file://{tmp_path}/out: 1 report, 1 independent source, 1 claim, 1 event" in told
    assert len(tables(tmp_path / "out")["claims"]) == 1


def test_an_output_without_a_cluster_is_refused(tmp_path: Path) -> None:
    assert main(["build", "--output", str(tmp_path)]) == 2


def test_an_output_that_holds_what_no_build_wrote_is_refused_and_left_alone(
    client: Client, reports: Path, tmp_path: Path
) -> None:
    (reports / "a.txt").write_text("Fighting went on in Izyum on 10 September 2022.")
    with pytest.raises(StoreError, match=r"holds reports/a\.txt, which no build wrote"):
        build_on_cluster(client, str(reports), str(tmp_path), RULES)
    assert (reports / "a.txt").exists()


def test_an_output_is_written_anew_over_an_earlier_one(client: Client, reports: Path, tmp_path: Path) -> None:
    (reports / "a.txt").write_text("Fighting went on in Izyum on 10 September 2022.")
    output = tmp_path / "out"
    build_on_cluster(client, str(reports), str(output), RULES)
    (output / "claims" / "part-00007.parquet").write_bytes(b"of an earlier, larger build")
    build_on_cluster(client, str(reports), str(output), RULES)
    assert [row["place_name"] for row in tables(output)["claims"]] == ["Izyum"]


def test_a_report_that_kills_the_workers_of_a_whole_build_waits_in_its_tray(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, town in enumerate(("Izyum", "Gorgon", "Balakliia")):
        (reports / f"{number}.txt").write_text(f"Fighting went on in {town} on 10 September 2022.")
    (tmp_path / "en_core_web_fatal.py").write_text(FATAL_MODEL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(cluster.__file__).parent.parent}")
    with connected("local", 1) as own:
        report = build_on_cluster(own, str(reports), str(tmp_path / "out"), Config(model="en_core_web_fatal"))
    assert report.counts["reports"] == 3
    tray = [row for row in tables(tmp_path / "out")["tray"] if row["kind"] == "unreadable"]
    assert [(row["report"], row["reason"]) for row in tray] == [("1.txt", POISON)]
    assert {row["report_id"] for row in tables(tmp_path / "out")["mentions"]}.isdisjoint({tray[0]["report_id"]})
