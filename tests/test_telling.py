"""The commands that tell what is said of an event or a place."""

import json

import pytest

from geo.__main__ import main

REPORT = """Officials said on Monday that rebels had shelled Goma. The rebels denied shelling Goma.

Rebels shelled Goma on Monday, killing 14 people, police said.
"""


@pytest.fixture
def built(tmp_path, monkeypatch):
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "a.txt").write_text(f"GOMA, 17 May 2023 (Wire) - {REPORT}", encoding="utf-8")
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    assert main(["build", str(reports)]) == 0
    return reports


def test_the_history_of_a_place_tells_who_says_what_and_which_event(built, capsys):
    capsys.readouterr()
    assert main(["place", "Goma", "--history", "--folder", str(built)]) == 0
    told = capsys.readouterr().out
    assert "Officials (say)" in told
    assert "disputed: " in told
    event = told.split("  event ", 1)[1].split()[0]
    assert main(["why", event[:10], str(built), "--json"]) == 0
    account = json.loads(capsys.readouterr().out)
    assert account["event"]["event_id"] == event
    assert account["entries"][0]["part"] == "first"
    assert main(["why", event, str(built)]) == 0
    assert event in capsys.readouterr().out


def test_a_place_of_which_nothing_is_told_is_said_so(built, capsys):
    assert main(["place", "Bukavu", "--history", "--folder", str(built)]) == 1
    assert "'Bukavu': nothing is told of it" in capsys.readouterr().err


def test_nothing_built_and_no_such_event_are_one_line(built, tmp_path, capsys):
    assert main(["why", "ffff", str(built)]) != 0
    assert main(["why", "ffff", str(tmp_path)]) != 0
    errors = capsys.readouterr().err
    assert "no events begin so" in errors
    assert "nothing is built yet" in errors
