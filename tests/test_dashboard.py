"""The page run without a browser: what it shows, opens, builds and says when something is wrong."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo import jobs
from geo.build import Config, build
from geo.page import texts
from geo.projects import remember
from geo.resources import data_folder, resource
from geo.store import project_folder
from tests.pages import TOWNS, write_reports
from tests.parts import captions
from tests.parts import texts as texts_of

RULES = Config(model="none")
DAYS = date(2022, 9, 2), date(2022, 9, 3)


@pytest.fixture
def page(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page on a folder of four reports, a day and a town each, to be read by the rules alone; not run yet."""
    write_reports(reports, TOWNS[:4])
    monkeypatch.setenv("DATELINE_FOLDER", str(reports))
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_MODEL", "none")
    monkeypatch.delenv("DATELINE_GAZETTEER", raising=False)
    return AppTest.from_file(str(resource("dashboard.py")), default_timeout=120)


@pytest.fixture
def built(page: AppTest, reports: Path) -> AppTest:
    """The same page of a folder that was built before, run once."""
    build(reports, data_folder(), RULES)
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return "\n".join([*texts_of(page), captions(page)])


def run_until(page: AppTest, holds: Callable[[], bool]) -> None:
    """Run the page again and again, as it does itself while a build goes on."""
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, said(page)
        page.run()
        assert not page.exception


def test_a_first_start_builds_beside_the_page_and_then_shows_the_folder(page: AppTest, reports: Path) -> None:
    page.run()
    assert not page.exception
    assert texts.BUILDING.format(name=reports.name) in texts_of(page)
    run_until(page, lambda: "4 places and 4 claims in view" in said(page))
    assert "4 reports" in said(page)
    assert page.dataframe[0].value.place_name.tolist() == TOWNS[:4]


@pytest.mark.long
def test_a_first_build_can_be_cancelled_and_begun_again(page: AppTest, reports: Path) -> None:
    page.run()
    jobs.start(reports, data_folder(), RULES).cancel()
    page.run()
    assert texts.CANCELLED.format(name=reports.name) in texts_of(page)
    page.button(key="open_again").click().run()
    run_until(page, lambda: "4 places and 4 claims in view" in said(page))


def test_what_has_changed_since_is_built_when_the_page_is_opened(page: AppTest, reports: Path) -> None:
    build(reports, data_folder(), RULES)
    (reports / "00.txt").unlink()
    page.run()
    assert not page.exception
    assert "3 places and 3 claims in view" in said(page)


def test_days_in_the_address_are_those_in_view(page: AppTest, reports: Path) -> None:
    build(reports, data_folder(), RULES)
    page.query_params["from"], page.query_params["to"] = (day.isoformat() for day in DAYS)
    page.run()
    assert not page.exception
    assert "2 places and 2 claims in view" in said(page)
    assert page.dataframe[0].value.place_name.tolist() == TOWNS[1:3]


def test_days_in_the_wrong_order_are_told_and_left_out(page: AppTest, reports: Path) -> None:
    build(reports, data_folder(), RULES)
    page.query_params["from"], page.query_params["to"] = (day.isoformat() for day in reversed(DAYS))
    page.run()
    assert not page.exception
    assert [code.value for code in page.code] == ["to: 2022-09-02 is before 2022-09-03"]
    assert "4 places and 4 claims in view" in said(page)


def test_days_that_hold_nothing_say_so_and_keep_the_map(built: AppTest) -> None:
    built.session_state["days"] = date(2022, 9, 20), date(2022, 9, 21)
    built.run()
    assert not built.exception
    assert "Nothing is dated between 2022-09-20 and 2022-09-21." in texts_of(built)
    assert any("dateline_timemap" in str(element.proto) for element in built.get("bidi_component"))


def test_a_chosen_place_shows_its_claims_and_stays_chosen(built: AppTest) -> None:
    kupiansk = next(option for option in built.selectbox(key="place").options if option.startswith(TOWNS[1]))
    built.selectbox(key="place").select(kupiansk).run()
    assert not built.exception
    assert f"Ukrainian troops recaptured {TOWNS[1]} on 2 September 2022, the mayor said." in texts_of(built)
    assert "Nobody expected it." in said(built)
    built.session_state["days"] = date(2022, 9, 3), date(2022, 9, 4)
    built.run()
    assert not built.exception
    assert built.selectbox(key="place").value is not None
    assert texts.NOTHING_OF_PLACE.format(name=TOWNS[1]) in texts_of(built)


def test_before_a_place_is_chosen_there_is_what_to_read_first(built: AppTest) -> None:
    assert texts.LEADS in texts_of(built)
    first = built.button(key="evidence_lead_button_0")
    assert any(town in first.label for town in TOWNS[:4])
    assert "2022\\-09\\-0" in first.label
    assert "00:00" not in first.label
    first.click().run()
    assert not built.exception
    assert built.selectbox(key="place").value is not None


def test_another_project_starts_anew(built: AppTest, reports: Path, tmp_path: Path) -> None:
    built.session_state["tab"] = "compare"
    built.run()
    built.toggle(key="comparison_on").set_value(True).run()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("Khartoum\n\nA flood in Khartoum killed 12 people on 10 March 2023.\n", "utf-8")
    build(other, data_folder(), RULES)
    for folder in (reports, other):
        remember(data_folder(), folder)
    built.session_state["intake_popover_0"] = True
    built.run()
    key = f"intake_open_{project_folder(data_folder(), other).name}"
    built.button(key=key).click().run()
    assert not built.exception
    assert "1 report" in said(built)
    assert built.session_state["compared"] is None
    maps = [str(element.proto) for element in built.get("bidi_component") if "dateline_timemap" in str(element.proto)]
    assert project_folder(data_folder(), other).name in maps[0]


def test_every_tab_shows_something_of_its_own(built: AppTest) -> None:
    shown = set()
    for name in texts.TABS:
        built.session_state["tab"] = name
        built.run()
        assert not built.exception, name
        shown.add((said(built), *(tuple(table.value) for table in built.dataframe)))
    assert len(shown) == len(texts.TABS)


def test_compared_days_are_kept_apart_from_the_days_in_view(built: AppTest) -> None:
    built.session_state["tab"] = "compare"
    built.run()
    built.toggle(key="comparison_on").set_value(True).run()
    assert not built.exception
    halves = (date(2022, 9, 1), date(2022, 9, 1)), (date(2022, 9, 2), date(2022, 9, 4))
    assert built.session_state["compared"] == halves
    assert "4 places and 4 claims in view" in said(built)
    built.toggle(key="comparison_on").set_value(False).run()
    assert built.session_state["compared"] is None


def test_a_correction_shows_at_once(built: AppTest, reports: Path) -> None:
    kupiansk = next(option for option in built.selectbox(key="place").options if option.startswith(TOWNS[1]))
    built.selectbox(key="place").select(kupiansk).run()
    [claim_id] = [
        pills.key.removeprefix("evidence_open_")
        for pills in built.get("button_group")
        if str(pills.key).startswith("evidence_open_")
    ]
    built.session_state[f"evidence_open_{claim_id}"] = "correct"
    built.run()
    built.selectbox(key=f"corrections_{claim_id}_wrong").set_value("reject").run()
    [who] = [box for box in built.text_input if str(box.key).endswith("_who")]
    [why] = [box for box in built.text_input if str(box.key).endswith("_why")]
    who.set_value("Ann")
    why.set_value("A rumour")
    next(b for b in built.button if b.label == texts.CORRECT_DO["reject"]).click().run()
    assert not built.exception
    assert "3 places and 3 claims in view" in said(built)


def test_without_a_language_model_the_page_says_so(built: AppTest) -> None:
    assert texts.NO_MODEL in said(built)


def test_a_broken_gazetteer_shows_file_line_and_reason(
    page: AppTest, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(reports, data_folder(), RULES)
    lines = resource("gazetteer.csv").read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "my gazetteer.csv"
    broken.write_text("\n".join([lines[0], lines[1].replace("58.0", "91"), lines[2].replace("43.4", "nan")]), "utf-8")
    monkeypatch.setenv("DATELINE_GAZETTEER", str(broken))
    page.run()
    assert not page.exception
    [shown] = page.code
    assert f"{broken.name}:2: " in shown.value
    assert f"{broken.name}:3: " in shown.value


@pytest.mark.long
def test_a_missing_folder_is_named(page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_FOLDER", str(tmp_path / "nowhere"))
    page.run()
    run_until(page, lambda: bool(page.code))
    assert "nowhere" in page.code[0].value


def test_an_empty_folder_says_what_to_do(page: AppTest, reports: Path) -> None:
    for path in reports.iterdir():
        path.unlink()
    build(reports, data_folder(), RULES)
    page.run()
    assert not page.exception
    assert [heading.value for heading in page.subheader] == [texts.START_TITLE]


def test_one_report_of_one_day_is_a_map(page: AppTest, reports: Path) -> None:
    for path in sorted(reports.iterdir())[1:]:
        path.unlink()
    build(reports, data_folder(), RULES)
    page.run()
    assert not page.exception
    assert "1 place and 1 claim in view" in said(page)


def test_the_plain_map_has_a_slider_of_the_days(page: AppTest, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(reports, data_folder(), RULES)
    monkeypatch.setenv("DATELINE_MAP", "plain")
    page.run()
    assert not page.exception
    assert page.slider(key="plain_days").value == (date(2022, 9, 1), date(2022, 9, 4))
    page.slider(key="plain_days").set_range(*DAYS).run()
    assert "2 places and 2 claims in view" in said(page)


def test_unreadable_files_wait_in_the_tray_with_the_reason(page: AppTest, reports: Path) -> None:
    (reports / "nul.txt").write_bytes(b"a\0b")
    build(reports, data_folder(), RULES)
    page.run()
    assert not page.exception
    page.session_state["tab"], page.session_state["trays_kind"] = "trays", "unreadable"
    page.run()
    assert not page.exception
    [tray] = page.dataframe
    assert tray.value.report.tolist() == ["nul.txt"]
    assert "NUL" in tray.value.reason[0]
