"""The commands that correct, and share corrections."""

import csv
import io
import json
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.store import current, project_folder

REPORT = "KYIV, Sept 12, 2022 (Reuters) - Troops captured Izyum on Saturday. A shell killed two people in Balakliia."
WHO = ("--by", "Ana", "--why", "it says so")


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def folder(reports: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder of one report, built."""
    (reports / "a.txt").write_text(REPORT)
    assert run("build", reports, "--model", "none") == 0
    capsys.readouterr()
    return reports


def claims(folder: Path) -> dict[str, str]:
    """Return the ids of the claims of the current build by place."""
    from geo.resources import data_folder

    generation = current(project_folder(data_folder(), folder))
    assert generation is not None
    return {row["place_name"]: row["claim_id"] for row in generation.table("claims").to_pylist()}


def listed(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, str]]:
    assert run("corrections", "list", "--json", "--folder", folder, *options) == 0
    rows: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return rows


def test_every_kind_of_correction_is_made_told_and_applied(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    izyum, balakliia = (claims(folder)[name] for name in ("Izyum", "Balakliia"))
    wanted = [
        ("move", izyum, "--to", "gn:706483"),
        ("move", balakliia, "--name", "Hamlet", "--lat", "-1.5", "--lon", "29.25", "--radius", "3", "--country", "CD"),
        ("date", izyum, "2022-09-09"),
        ("date", balakliia, "2022-09-01", ".."),
        ("status", izyum, "denied"),
        ("type", izyum, "withdrawal"),
        ("claimant", izyum, "Kyiv", "--side", "UA"),
        ("merge", izyum, balakliia),
        ("split", izyum, balakliia),
        ("alias", "Zzyzxville", "gn:707292"),
        ("published", "a.txt", "2022-09-13"),
        ("reject", balakliia),
    ]
    made = []
    for command in wanted:
        assert run("correct", *command, *WHO, "--folder", folder) == 0, command
        captured = capsys.readouterr()
        made.append(captured.out.strip())
        assert captured.err == "The next build applies it\n"
    assert run("correct", "undo", made[-1], *WHO, "--folder", folder) == 0
    capsys.readouterr()
    rows = listed(folder, capsys)
    assert [row["correction_id"] for row in rows[:-1]] == made
    assert [row["action"] for row in rows] == [command[0] for command in wanted] + ["undo"]
    assert {row["author"] for row in rows} == {"Ana"}
    assert [row["value"] for row in rows[:4]] == [
        "Kharkiv (gn:706483)",
        "Hamlet (at:-1.50000,29.25000)",
        "2022-09-09 to 2022-09-09",
        "2022-09-01 to open",
    ]
    assert [row["state"] for row in rows[-3:]] == ["waits for the next build", "taken back", f"takes back {made[-1]}"]
    assert run("build", folder, "--model", "none") == 0
    assert claims(folder).keys() == {"Kharkiv", "Hamlet"}
    capsys.readouterr()
    assert {row["state"] for row in listed(folder, capsys)[:-2]} == {"applied"}


def test_what_is_orphaned_is_listed_with_the_reason(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("corrections", "--folder", folder) == 0
    assert capsys.readouterr() == ("", "There are no corrections\n")
    assert run("correct", "reject", claims(folder)["Izyum"], *WHO, "--folder", folder) == 0
    (folder / "a.txt").write_text("Nothing happened.")
    assert run("corrections", "--orphaned", "--folder", folder) == 0
    assert capsys.readouterr().err.endswith("No correction is orphaned\n")
    assert run("build", folder, "--model", "none") == 0
    assert "in trays: 0 undated, 0 unplaced, 0 unreadable, 1 orphaned" in capsys.readouterr().err
    assert run("corrections", "--orphaned", "--folder", folder) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == "correction_id made_at author action target value reason state".split()
    assert "orphaned: a.txt is not among the reports, or no claim is read in it (reject by Ana: it says so)" in line
    assert len(listed(folder, capsys, "--orphaned")) == 1


def test_a_team_shares_corrections(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ours.csv"
    assert run("correct", "reject", claims(folder)["Izyum"], "--by", "=Ana", "--why", "+1", "--folder", folder) == 0
    assert run("corrections", "export", "-o", file, "--folder", folder) == 0
    (header, row) = csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
    assert (row[header.index("author")], row[header.index("reason")]) == ("'=Ana", "'+1")
    capsys.readouterr()
    other = ("--folder", folder, "--data", tmp_path / "other")
    assert run("corrections", "import", file, *other) == 0
    assert run("corrections", "import", file, *other) == 0
    assert capsys.readouterr().err.splitlines() == [
        "1 correction added, 0 known already, 0 refused",
        "0 corrections added, 1 known already, 0 refused",
    ]
    assert run("corrections", "export", *other) == 0
    assert capsys.readouterr().out.encode() == file.read_bytes()
    file.write_text(file.read_text(encoding="utf-8").replace("Ana", "Eve"), encoding="utf-8")
    assert run("corrections", "import", file, *other) == 1
    assert capsys.readouterr().err.splitlines()[1] == (
        f"{file}:2: correction {row[0]} is here already and says something else"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["correct", "reject", "ffff", *WHO], "'ffff': no claim of the current build has this id"),
        (["correct", "date", "{izyum}", "Monday", *WHO], "'Monday' is not a day as 2022-09-13"),
        (["correct", "move", "{izyum}", "--to", "gn:0", *WHO], "'gn:0': no gazetteer layer holds this place"),
        (["correct", "undo", "ffff", *WHO], "'ffff': no correction in effect has this id"),
        (["correct", "reject", "{izyum}", "--by", " ", "--why", "x"], "its author is empty"),
        (["corrections", "import", "{tmp}/missing.csv"], "{tmp}/missing.csv: cannot be opened: No such file"),
        (["corrections", "import", "{folder}/a.txt"], "line 1: the columns are "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    arguments: list[str], line: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"izyum": claims(folder)["Izyum"], "tmp": tmp_path, "folder": folder}
    assert run(*(a.format(**names) for a in arguments), "--folder", folder) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(line.format(**names))
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["correct"],
        ["correct", "reject", "c1", "--by", "Ana"],
        ["correct", "reject", "c1", "--why", "x"],
        ["correct", "type", "c1", "nonsense", *WHO],
        ["correct", "status", "c1", "nonsense", *WHO],
        ["correct", "move", "c1", *WHO],
        ["correct", "move", "c1", "--to", "gn:1", "--lat", "1", *WHO],
        ["correct", "move", "c1", "--name", "X", "--lat", "91", "--lon", "1", *WHO],
        ["corrections", "--orphaned", "list"],
    ],
)
def test_usage_errors_are_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATELINE_AUTHOR", raising=False)
    assert run(*arguments) == 2
    assert capsys.readouterr().out == "" or arguments == ["correct"]
