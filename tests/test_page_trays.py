"""The trays on the page: each item with its reason and what mends it, which is in effect after the next build."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.build import build
from geo.corrections import Action, add, in_effect, read_corrections
from geo.filters import EVERYTHING
from geo.page import trays
from geo.page.trays import show_trays
from geo.store import project_folder
from geo.trays import read_trays
from geo.view import read_places
from tests.pages import generation, report
from tests.parts import RULES, captions, markdown_of, run_part, shown, texts
from tests.test_hostile import HOSTILE

UNDATED = "Ukrainian troops recaptured Izyum on Saturday, the mayor said."
UNPLACED = "Ukrainian troops shelled the village on 3 September 2022, the mayor said."


def _desk(folder: "Path", data: "Path") -> None:
    import streamlit as st

    from geo.build import build, build_if_stale
    from geo.page.state import Shown
    from geo.page.trays import show_trays
    from geo.store import project_folder
    from tests.parts import RULES

    def rebuild(*, retry: bool = False) -> None:
        st.session_state["rebuilds"] = [*st.session_state["rebuilds"], retry]

    st.session_state.setdefault("rebuilds", [])
    st.session_state["rebuild"] = rebuild
    if st.session_state["rebuilds"][-1:] == [True]:
        built = build(folder, data, RULES, retry=True)
    else:
        built = build_if_stale(folder, data, RULES)
    st.session_state["generation"] = built.generation
    show_trays(Shown(folder, project_folder(data, folder), RULES, built.generation, st.session_state["filter"]))


@pytest.fixture
def desk(reports: Path, tmp_path: Path) -> AppTest:
    """A page of the trays on a folder with something in three of them, which builds again when it is told to."""
    (reports / "undated.txt").write_text(f"A headline\n\n{UNDATED}\n", "utf-8")
    (reports / "unplaced.txt").write_text(f"A headline\n\n{UNPLACED}\n", "utf-8")
    (reports / "broken.txt").write_bytes(b"a\0b")
    page = AppTest.from_function(_desk, default_timeout=120, kwargs={"folder": reports, "data": tmp_path / "data"})
    page.session_state["filter"] = EVERYTHING
    return page.run()


def choose(page: AppTest, kind: str, n: int = 0) -> None:
    page.segmented_control(key="trays_kind").set_value(kind).run()
    page.selectbox(key=f"trays_item_{kind}").select_index(n).run()
    assert not page.exception


def sign(page: AppTest, action: str) -> None:
    page.text_input(key=f"trays_{action}_who").input("Desk")
    page.text_input(key=f"trays_{action}_why").input("the mayor's own channel")


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def waiting(page: AppTest, kind: str) -> list[str]:
    return [item.text for item in read_trays(page.session_state["generation"])[kind]]


def test_each_tray_tells_its_count_meaning_and_reasons(desk: AppTest) -> None:
    assert not desk.exception
    control = desk.segmented_control(key="trays_kind")
    assert control.options == [
        "Undated 1",
        "Unplaced 1",
        "Unreadable 1",
        "Rejected 0",
        "Orphaned 0",
    ]
    assert control.value == "undated"
    assert "Claims without a day" in captions(desk)
    assert desk.dataframe[0].value.report.tolist() == ["undated.txt"]
    desk.segmented_control(key="trays_kind").set_value("unreadable").run()
    assert desk.dataframe[0].value.report.tolist() == ["broken.txt"]
    assert all(desk.dataframe[0].value.reason)
    desk.segmented_control(key="trays_kind").set_value("rejected").run()
    assert "Nothing waits here." in captions(desk)


def test_a_claim_is_given_its_days(desk: AppTest) -> None:
    choose(desk, "undated")
    assert UNDATED in texts(desk)
    desk.date_input(key="trays_first").set_value(date(2022, 9, 10))
    sign(desk, "date")
    press(desk, "Set the days")
    assert desk.session_state["rebuilds"] == [False]
    [correction] = read_corrections(desk.session_state["generation"].root)
    assert (correction.action, correction.author, correction.reason, dict(correction.value)) == (
        Action.DATE,
        "Desk",
        "the mayor's own channel",
        {"from": "2022-09-10", "to": "2022-09-10"},
    )
    assert desk.success
    assert waiting(desk, "undated") == []
    assert "Izyum" in {place.name for place in read_places(desk.session_state["generation"])}


def test_a_report_is_given_its_day(desk: AppTest) -> None:
    choose(desk, "undated")
    desk.date_input(key="trays_published").set_value(date(2022, 9, 12))
    sign(desk, "published")
    press(desk, "Set the report's day")
    assert waiting(desk, "undated") == []
    claims = desk.session_state["generation"].records("SELECT date_from FROM claims WHERE place_name = 'Izyum'")
    assert claims == [{"date_from": date(2022, 9, 10)}]


def test_a_claim_is_placed_by_a_name(desk: AppTest) -> None:
    choose(desk, "unplaced")
    desk.text_input(key="trays_name").set_value("Nowhereville-on-Sea").run()
    assert "no place of this name" in captions(desk)
    desk.text_input(key="trays_name").set_value("Kupiansk").run()
    assert "Kupiansk" in desk.radio(key="trays_candidate").options[0]
    sign(desk, "move")
    press(desk, "Place it here")
    assert waiting(desk, "unplaced") == []
    assert "Kupiansk" in {place.name for place in read_places(desk.session_state["generation"])}


def test_a_claim_is_placed_by_coordinates(desk: AppTest) -> None:
    choose(desk, "unplaced")
    desk.segmented_control(key="trays_by_name").set_value(False).run()
    desk.text_input(key="trays_point_name").input("The village")
    desk.number_input(key="trays_lat").set_value(49.5)
    desk.number_input(key="trays_lon").set_value(37.5)
    sign(desk, "move")
    press(desk, "Place it here")
    [place] = read_places(desk.session_state["generation"])
    assert (place.name, place.lat, place.lon, place.radius_km) == ("The village", 49.5, 37.5, 1.0)


def test_what_is_missing_is_named_and_what_was_typed_stays(desk: AppTest) -> None:
    choose(desk, "undated")
    desk.text_input(key="trays_date_why").input("seen")
    press(desk, "Set the days")
    assert "who corrects this" in desk.code[0].value
    assert desk.text_input(key="trays_date_why").value == "seen"
    desk.text_input(key="trays_date_who").input("Desk")
    press(desk, "Set the days")
    assert desk.code[0].value == "First day: missing."
    desk.date_input(key="trays_first").set_value(date(2022, 9, 10))
    desk.date_input(key="trays_last").set_value(date(2022, 9, 9))
    press(desk, "Set the days")
    assert "after its last" in desk.code[0].value
    assert desk.date_input(key="trays_first").value == date(2022, 9, 10)
    assert desk.session_state["rebuilds"] == []
    assert read_corrections(desk.session_state["generation"].root) == []


def test_what_was_typed_for_one_item_is_not_offered_for_the_next(desk: AppTest, reports: Path) -> None:
    (reports / "undated too.txt").write_text(f"A headline\n\n{UNDATED.replace('Izyum', 'Lyman')}\n", "utf-8")
    choose(desk.run(), "undated")
    desk.date_input(key="trays_first").set_value(date(2022, 9, 10))
    press(desk, "Set the days")
    choose(desk, "undated", 1)
    assert desk.date_input(key="trays_first").value is None


def test_unreadable_files_are_read_again_once_they_are_mended(desk: AppTest, reports: Path) -> None:
    desk.segmented_control(key="trays_kind").set_value("unreadable").run()
    (reports / "broken.txt").write_text(f"KYIV, Sept 12, 2022\n\n{UNDATED}\n", "utf-8")
    desk.button(key="trays_retry").click().run()
    assert not desk.exception
    assert desk.session_state["rebuilds"] == [True]
    assert waiting(desk, "unreadable") == []


def test_a_rejection_is_taken_back(reports: Path, tmp_path: Path, desk: AppTest) -> None:
    root = project_folder(tmp_path / "data", reports)
    [item] = read_trays(desk.session_state["generation"])["undated"]
    add(root, Action.REJECT, item.claim_id, author="Somebody", reason="a slip of the hand")
    choose(desk.run(), "rejected")
    assert any("reject by Somebody" in text and "a slip of the hand" in text for text in texts(desk))
    sign(desk, "undo")
    press(desk, "Take it back")
    assert in_effect(read_corrections(root)) == []
    assert waiting(desk, "rejected") == []
    assert waiting(desk, "undated") == [UNDATED]


def test_an_orphaned_correction_is_taken_back(reports: Path, tmp_path: Path, desk: AppTest) -> None:
    root = project_folder(tmp_path / "data", reports)
    [item] = read_trays(desk.session_state["generation"])["undated"]
    add(root, Action.STATUS, item.claim_id, {"status": "denied"}, author="Somebody", reason="it is")
    (reports / "undated.txt").unlink()
    build(reports, tmp_path / "data", RULES)
    choose(desk.run(), "orphaned")
    assert "make the correction again there" in captions(desk)
    sign(desk, "undo")
    press(desk, "Take it back")
    assert waiting(desk, "orphaned") == []


def test_a_long_tray_offers_so_many_in_the_list_and_all_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trays, "_MOST_CHOICES", 2)
    tray = [
        {"kind": "unplaced", "claim_id": f"c{n}", "report_id": "r1", "report": "one.txt", "reason": "so", "text": "w"}
        for n in range(4)
    ]
    page = run_part(show_trays, shown(generation(tmp_path, [], tray=tray)))
    assert len(page.dataframe[0].value) == 4
    assert len(page.selectbox(key="trays_item_unplaced").options) == 2
    monkeypatch.setattr(trays, "MOST_ROWS", 3)
    page.run()
    assert len(page.dataframe[0].value) == 3
    assert "The first 3 are shown; 1 more are not." in captions(page)


def test_hostile_words_stand_in_no_markdown(tmp_path: Path) -> None:
    tray = [
        {"kind": "undated", "claim_id": words, "report_id": "r1", "report": words, "reason": words, "text": words}
        for words in HOSTILE
    ]
    page = run_part(show_trays, shown(generation(tmp_path, [], tray=tray, reports=[report(title=HOSTILE[9])])))
    for words in sorted(HOSTILE):
        page.selectbox(key="trays_item_undated").set_value(("undated", words, "", words)).run()
        assert not page.exception
        assert words in texts(page)
        assert not any(hostile in markdown_of(page) for hostile in HOSTILE)
