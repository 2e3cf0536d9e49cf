"""Options that several commands share."""

from pathlib import Path

import pytest

from geo.build import Config
from geo.options import Online, config_of, project_root, reports_folder
from geo.resources import resource
from geo.store import project_folder


def test_without_a_folder_it_is_the_shipped_reports(tmp_path: Path) -> None:
    assert reports_folder(None) == resource("seeds")
    assert reports_folder(tmp_path) == tmp_path


def test_builds_are_where_data_says_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert project_root(tmp_path, tmp_path / "data") == project_folder(tmp_path / "data", tmp_path)
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "other"))
    assert project_root(None, None) == project_folder(tmp_path / "other", resource("seeds"))


def test_options_become_a_configuration(tmp_path: Path) -> None:
    assert config_of(tmp_path, "none", Online.PHOTON, "http://x") == Config(tmp_path, "none", "photon", "http://x")
