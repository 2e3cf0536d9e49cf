"""What the page saves: the names of the files, and in a browser the files themselves, the picture and the link."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.export import EXPORTS
from geo.filters import EVERYTHING, Filter
from geo.page import texts
from geo.page.exports import file_name, show_exports
from geo.page.state import Shown
from tests.pages import generation
from tests.parts import RULES, captions, run_part, shown
from tests.test_hostile import HOSTILE


def named(folder: str, chosen: Filter = EVERYTHING) -> Shown:
    return Shown(Path(folder), Path("root"), RULES, None, chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("folder", "chosen", "expected"),
    [
        ("seeds", EVERYTHING, "dateline-seeds-claims.csv"),
        (
            "My reports",
            Filter(date(2022, 9, 1), date(2022, 9, 3)),
            "dateline-My-reports-claims-2022-09-01-2022-09-03.csv",
        ),
        ("Звіти", Filter(date(2022, 9, 1)), "dateline-Звіти-claims-2022-09-01.csv"),
        ("...", EVERYTHING, "dateline-reports-claims.csv"),
    ],
)
def test_a_file_is_named_after_what_is_in_it(folder: str, chosen: Filter, expected: str) -> None:
    assert file_name(named(folder, chosen), "claims", "csv") == expected


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_folder_gives_a_harmless_name(words: str) -> None:
    name = file_name(named(words), "claims", "html")
    assert not set("/\\<>\"'`${}:*?| ") & set(name)
    assert len(name) < 100


def test_every_format_is_offered_and_named_apart(tmp_path: Path) -> None:
    assert set(texts.EXPORT_FORMATS) == {*EXPORTS, "html"}
    here = named("seeds")
    assert len({file_name(here, "claims", format_) for format_ in texts.EXPORT_FORMATS}) == len(texts.EXPORT_FORMATS)
    page = run_part(show_exports, shown(generation(tmp_path, [])), "map")
    for format_, (_, words) in texts.EXPORT_FORMATS.items():
        page.selectbox(key="exports_format").set_value(format_).run()
        assert not page.exception
        assert words in captions(page)
        assert has_tables(page) == (format_ != "html")


def has_tables(page: AppTest) -> bool:
    return "exports_table" in page.session_state
