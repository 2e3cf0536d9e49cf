"""Fixtures that several test modules share; nothing here is specific to one."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from geo.build import BuildReport, Config, build
from geo.resources import resource

# Without a deadline: what else the machine does is no failure. What must be quick is marked ``timed``.
settings.register_profile("quick", max_examples=30, deadline=None)
settings.register_profile("full", max_examples=100, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


LONGEST = """browser hostile web_map timemap dashboard page_corrections main gazetteer page_intake facets scene
    build""".split()
"""The modules that take 13 s of processor time or more, those of the quick suite and the long tests, longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: a worker that takes such a file last leaves the others idle."""
    rank = {f"test_{name}": at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test, and every process that it starts, out of the user's data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def _own_main_module() -> Iterator[None]:
    """Put ``__main__`` back: Streamlit's AppTest leaves its script there, and a spawned worker would run that file."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def seeds_build(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The shipped reports, built once with the language model."""
    return build(resource("seeds"), tmp_path_factory.mktemp("seeds-data"), Config())


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """An empty folder for a test's own reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder
