"""The commands on generations."""

import csv
import io
import json
from pathlib import Path

import pytest

from geo.__main__ import main


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def folder(reports: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder that was built twice, the second time with a second report."""
    (reports / "a.txt").write_text("KYIV, Sept 12, 2022 (Reuters) - Troops captured Izyum on Saturday.")
    assert run("build", reports, "--model", "none") == 0
    (reports / "b.txt").write_text("KYIV, Sept 12, 2022 (AP) - Troops captured Izyum on Saturday, {{7*7}} said.")
    assert run("build", reports, "--model", "none") == 0
    capsys.readouterr()
    return reports


def generations(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert run("generations", folder, "--json") == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def test_generations_are_listed_and_rolled_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, old = generations(folder, capsys)
    assert (new["reports"], old["reports"], new["current"], old["current"]) == (2, 1, True, False)
    assert run("generations", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == "generation current made version reports sources claims events corrections".split()
    assert lines[1].split()[:2] == [new["generation"], "*"]
    assert run("rollback", folder) == 0
    assert capsys.readouterr().err.startswith(f"Now shown: {old['generation']} of {old['made']}: 1 report, ")
    assert [row["current"] for row in generations(folder, capsys)] == [False, True]
    assert run("export", folder, "--model", "none") == 0
    assert "b.txt" not in capsys.readouterr().out, "nothing has changed: what was chosen stays"
    assert run("rollback", folder, "--to", str(new["generation"])[:10]) == 0
    assert [row["current"] for row in generations(folder, capsys)] == [True, False]


def test_the_difference_as_lines_csv_and_json(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff", folder) == 0
    out, err = capsys.readouterr()
    assert err == "Claims: 1 added, 0 changed, 0 withdrawn\n"
    assert out.startswith("added      ")
    assert "  Izyum  2022-09-10  control-change  " in out
    assert run("diff", folder, "--table", "events", "--format", "json") == 0
    out, err = capsys.readouterr()
    (change,) = json.loads(out)
    assert err == "Events: 0 added, 1 changed, 0 withdrawn\n"
    assert (change["change"], change["before"]["n_reports"], change["after"]["n_reports"]) == ("changed", 1, 2)
    assert change["was_id"] == change["before"]["event_id"] != change["id"]
    assert run("diff", folder, "--table", "events") == 0
    assert "n_reports: 1 → 2" in capsys.readouterr().out
    assert run("diff", folder, "--format", "csv", "-o", tmp_path / "out.csv") == 0
    header, row = csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline=""))
    assert (header[:4], row[0]) == (["change", "was_id", "changed", "claim_id"], "added")
    assert row[header.index("report")] == "b.txt"


def test_two_generations_of_ones_choice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, old = (str(row["generation"]) for row in generations(folder, capsys))
    assert run("diff", folder, new, old) == 0
    assert capsys.readouterr().err == "Claims: 0 added, 0 changed, 1 withdrawn\n"
    assert run("diff", folder, old[:8]) == 0
    assert capsys.readouterr().err == "Claims: 1 added, 0 changed, 0 withdrawn\n"
    assert run("diff", folder, new, new, "--format", "csv") == 0
    assert capsys.readouterr().out == "change,was_id,changed\r\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rollback", "{tmp}"], "nothing is built yet"),
        (["diff", "{tmp}"], "nothing is built yet"),
        (["diff", "{folder}", "xyz"], "'xyz': no generations begin so; there are: "),
        (["rollback", "{folder}", "--to", "xyz"], "'xyz': no generations begin so; there are: "),
    ],
)
def test_what_is_not_there_is_one_line_and_2(
    arguments: list[str], line: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*(a.format(tmp=tmp_path, folder=folder) for a in arguments)) == 2
    captured = capsys.readouterr()
    assert line in captured.err
    assert captured.err.count("\n") == 1


def test_the_oldest_has_none_before_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rollback", folder) == 0
    for command in ("rollback", "diff"):
        capsys.readouterr()
        assert run(command, folder) == 2
        assert "there is no generation before" in capsys.readouterr().err


def test_before_the_first_build_the_list_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generations", tmp_path) == 0
    assert capsys.readouterr() == ("", "Nothing is built yet\n")
