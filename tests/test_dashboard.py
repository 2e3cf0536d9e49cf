from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.resources import resource
from tests.pages import TOWNS, write_reports

FIRST, LAST = date(2022, 9, 1), date(2022, 9, 4)


@pytest.fixture
def page(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page on a folder of four reports, a day and a town each, read by the rules alone; not run yet."""
    write_reports(reports, TOWNS[:4])
    monkeypatch.setenv("DATELINE_FOLDER", str(reports))
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_MODEL", "none")
    monkeypatch.delenv("DATELINE_GAZETTEER", raising=False)
    return AppTest.from_file(str(resource("dashboard.py")), default_timeout=120)


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.text, *page.caption, *page.info))


def test_first_start_builds_and_shows_the_folder(page: AppTest, reports: Path) -> None:
    page.run()
    assert not page.exception
    assert f"{reports.name}" in texts(page)
    assert "4 reports" in texts(page)
    assert "4 places and 4 claims in view" in texts(page)
    assert page.slider(key="days").value == (FIRST, LAST)
    assert page.dataframe[0].value.place_name.tolist() == TOWNS[:4]


def test_the_slider_says_what_is_in_view(page: AppTest) -> None:
    page.run().slider(key="days").set_range(date(2022, 9, 2), date(2022, 9, 3)).run()
    assert not page.exception
    assert "2 places and 2 claims in view" in texts(page)
    assert page.dataframe[0].value.place_name.tolist() == TOWNS[1:3]


def test_an_empty_range_says_so_and_keeps_the_map(page: AppTest, reports: Path) -> None:
    (reports / "01.txt").unlink()
    (reports / "02.txt").unlink()
    page.run().slider(key="days").set_range(date(2022, 9, 2), date(2022, 9, 3)).run()
    assert not page.exception
    assert "Nothing is dated between 2022-09-02 and 2022-09-03." in texts(page)
    assert any("st_folium" in str(element.proto) for element in page.get("component_instance"))


def test_a_chosen_place_shows_its_claims_and_stays_chosen(page: AppTest) -> None:
    page.run()
    kupiansk = next(option for option in page.selectbox(key="place").options if option.startswith(TOWNS[1]))
    page.selectbox(key="place").select(kupiansk).run()
    assert not page.exception
    assert f"Ukrainian troops recaptured {TOWNS[1]} on 2 September 2022, the mayor said." in texts(page)
    assert "Nobody expected it." in texts(page)
    assert "2022-09-02" in texts(page)
    page.slider(key="days").set_range(date(2022, 9, 3), date(2022, 9, 4)).run()
    assert not page.exception
    assert page.selectbox(key="place").value is not None
    assert "Nothing is said of this place in these days." in texts(page)


def test_without_a_language_model_the_page_says_so(page: AppTest) -> None:
    page.run()
    assert "No language model" in texts(page)


def test_a_broken_gazetteer_shows_file_line_and_reason(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = resource("gazetteer.csv").read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "my gazetteer.csv"
    broken.write_text("\n".join([lines[0], lines[1].replace("58.0", "91"), lines[2].replace("43.4", "nan")]), "utf-8")
    monkeypatch.setenv("DATELINE_GAZETTEER", str(broken))
    page.run()
    assert not page.exception
    [shown] = page.code
    assert f"{broken.name}:2: " in shown.value
    assert f"{broken.name}:3: " in shown.value
    assert not page.slider


def test_a_missing_folder_is_named(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_FOLDER", str(tmp_path / "nowhere"))
    page.run()
    assert not page.exception
    assert "nowhere" in page.code[0].value


def test_an_empty_folder_says_what_to_do(page: AppTest, reports: Path) -> None:
    for path in reports.iterdir():
        path.unlink()
    page.run()
    assert not page.exception
    assert "Put .txt" in texts(page)


def test_one_day_makes_a_slider_all_the_same(page: AppTest, reports: Path) -> None:
    for path in sorted(reports.iterdir())[1:]:
        path.unlink()
    page.run()
    assert not page.exception
    assert "1 place and 1 claim in view" in texts(page)


def test_unreadable_files_wait_in_the_tray_with_the_reason(page: AppTest, reports: Path) -> None:
    (reports / "nul.txt").write_bytes(b"a\0b")
    page.run()
    assert not page.exception
    tray = page.dataframe[1].value
    assert "nul.txt" in tray[tray.kind == "unreadable"].report.tolist()


def test_a_chosen_report_is_explained_paragraph_by_paragraph(page: AppTest, reports: Path) -> None:
    page.run()
    chooser = next(box for box in page.selectbox if box.label == "How was this read?")
    name = chooser.options[0]
    chooser.select(name).run()
    assert not page.exception
    paragraphs = [line.strip() for line in (reports / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    shown = [text.value for text in page.text]
    assert all(paragraph in shown for paragraph in paragraphs)
    assert any(text.startswith("Published ") for text in shown)
