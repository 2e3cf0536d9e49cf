"""Where the product's own files and the user's folders are."""

from pathlib import Path

import pytest

from geo.resources import cache_folder, data_folder, resource


@pytest.mark.parametrize("name", ["dashboard.py", "gazetteer.csv", "seeds"])
def test_what_is_shipped_is_found(name):
    assert resource(name).exists()


def test_what_is_missing_is_named():
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        resource("nothing.csv")


def test_a_chosen_folder_comes_before_the_environment_and_that_before_the_users(monkeypatch):
    monkeypatch.setenv("DATELINE_DATA", "from-environment")
    assert data_folder("chosen") == Path("chosen")
    assert data_folder() == Path("from-environment")
    monkeypatch.delenv("DATELINE_DATA")
    assert data_folder().name == "dateline"


def test_the_cache_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
