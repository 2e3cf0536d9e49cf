"""Corrections on the page: each form's effect in the tables of the build that follows, and how it is taken back."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.build import build
from geo.corrections import Action, add, in_effect, place_value, point, read_corrections
from geo.filters import EVERYTHING
from geo.page import corrections
from geo.page.corrections import show_correction_log
from geo.store import project_folder
from geo.timemap import Dropped
from geo.view import read_places
from tests.pages import generation
from tests.parts import RULES, captions, markdown_of, run_part, shown, texts
from tests.test_hostile import HALVES, HOSTILE

TAKEN = "Ukrainian troops recaptured Izyum on 10 September 2022, the mayor said."
SHELLED = "Russian forces shelled Izyum on 12 September 2022, killing three people."
REPORT = f"Izyum\n\n{TAKEN}\n\n{SHELLED}\n"
AGAIN = "Izyum again\n\nUkrainian soldiers retook Izyum on 10 September 2022, officials in Kyiv said.\n"
WHY = "the mayor's own channel"


def _desk(folder: "Path", data: "Path", part: "str") -> None:
    import streamlit as st

    from geo.build import build_if_stale
    from geo.evidence import find_evidence
    from geo.page.corrections import show_correction_log, show_dropped, show_forms
    from geo.page.state import Shown
    from geo.store import project_folder
    from geo.view import read_places
    from tests.parts import RULES

    def rebuild(*, retry: bool = False) -> None:
        st.session_state["rebuilds"] += 1

    st.session_state.setdefault("rebuilds", 0)
    st.session_state["rebuild"] = rebuild
    generation = build_if_stale(folder, data, RULES).generation
    st.session_state["generation"] = generation
    chosen = st.session_state["filter"]
    shown = Shown(folder, project_folder(data, folder), RULES, generation, chosen)
    places = {place.number: place for place in read_places(generation)}
    if part == "log":
        show_correction_log(shown)
    elif part == "dropped":
        show_dropped(shown, places)
    else:
        claims = {e.claim_id: e for place in places.values() for e in find_evidence(generation, place.place_id, chosen)}
        if st.session_state["claim"] in claims:
            show_forms(shown, claims[st.session_state["claim"]])
        st.text("the end")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports, and their build beside them."""
    home = tmp_path_factory.mktemp("corrections")
    (home / "reports").mkdir()
    (home / "reports" / "one.txt").write_text(REPORT, "utf-8")
    (home / "reports" / "two.txt").write_text(AGAIN, "utf-8")
    build(home / "reports", home / "data", RULES)
    return home


class Desk:
    """Pages of the parts on one project, each with its own session."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data
        self.root = project_folder(data, folder)

    def open(self, part: str, **session: Any) -> AppTest:
        page = AppTest.from_function(
            _desk, default_timeout=120, kwargs={"folder": self.folder, "data": self.data, "part": part}
        )
        for name, value in ({"filter": EVERYTHING} | session).items():
            page.session_state[name] = value
        page.run()
        assert not page.exception
        return page

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        return build(self.folder, self.data, RULES).generation.records(sql, params)

    def claim(self, text: str) -> str:
        [row] = self.rows("SELECT claim_id FROM claims WHERE text = ?", text)
        found: str = row["claim_id"]
        return found

    def correct(self, text: str, wrong: str) -> tuple[AppTest, str]:
        """Return a page with the form open that puts a claim right, and where the form's keys begin."""
        claim = self.claim(text)
        page = self.open("forms", claim=claim)
        page.selectbox(key=f"corrections_{claim}_wrong").set_value(wrong).run()
        assert not page.exception
        return page, f"corrections_{claim}"

    def one(self) -> tuple[str, str, str, dict[str, Any]]:
        """Return action, author, reason and value of the one correction that is in effect."""
        [made] = in_effect(read_corrections(self.root))
        return made.action.value, made.author, made.reason, dict(made.value)


@pytest.fixture
def desk(built: Path, tmp_path: Path) -> Desk:
    shutil.copytree(built / "data", tmp_path / "data")
    return Desk(built / "reports", tmp_path / "data")


def sign(page: AppTest, key: str, who: str = "Desk", why: str = WHY) -> None:
    page.text_input(key=f"{key}_who").input(who)
    page.text_input(key=f"{key}_why").input(why)


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def undo_all(desk: Desk, page: AppTest | None = None) -> None:
    """Take the newest step back, in the log."""
    page = page or desk.open("log")
    page.selectbox(key="corrections_step").select_index(0).run()
    sign(page, "corrections_undo", "Chief", "no, it was right")
    press(page, "Take it back")
    assert in_effect(read_corrections(desk.root)) == []


# --- one claim ---


def test_a_claim_is_moved_by_a_name_and_the_move_is_taken_back(desk: Desk) -> None:
    page, key = desk.correct(TAKEN, "move")
    page.segmented_control(key=f"{key}_way").set_value("name").run()
    page.text_input(key=f"{key}_named_name").set_value("Kupiansk").run()
    sign(page, f"{key}_signed")
    press(page, "Move the claim")
    assert page.session_state["rebuilds"] == 1
    assert page.success
    assert page.selectbox(key=f"{key}_wrong").value is None
    where = "SELECT place_name FROM claims WHERE text = ?"
    assert desk.rows(where, TAKEN) == [{"place_name": "Kupiansk"}]
    assert desk.one()[:3] == ("move", "Desk", WHY)
    undo_all(desk)
    assert desk.rows(where, TAKEN) == [{"place_name": "Izyum"}]


def test_a_claim_is_moved_to_a_place_that_was_considered(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "springs"
    folder.mkdir()
    flood = "A flood destroyed ten houses in Springfield on 3 May 2024, the mayor said."
    (folder / "one.txt").write_text(f"Flood\n\n{flood}\n", "utf-8")
    there = Desk(folder, desk.data)
    [read] = there.rows("SELECT place_id FROM claims WHERE text = ?", flood)
    page, key = there.correct(flood, "move")
    assert page.segmented_control(key=f"{key}_way").value == "among"
    other = page.radio(key=f"{key}_among_candidate").value
    assert other != read["place_id"]
    sign(page, f"{key}_signed")
    press(page, "Move the claim")
    assert there.rows("SELECT place_id FROM claims WHERE text = ?", flood) == [{"place_id": other}]


def test_a_claim_is_moved_to_coordinates(desk: Desk) -> None:
    page, key = desk.correct(TAKEN, "move")
    page.segmented_control(key=f"{key}_way").set_value("point").run()
    sign(page, f"{key}_signed")
    press(page, "Move the claim")
    assert page.code[0].value == "Name, latitude and longitude: missing."
    assert page.text_input(key=f"{key}_signed_why").value == WHY
    page.text_input(key=f"{key}_point_point_name").input("The bridge")
    page.number_input(key=f"{key}_point_lat").set_value(49.2)
    page.number_input(key=f"{key}_point_lon").set_value(37.3)
    press(page, "Move the claim")
    moved = desk.rows("SELECT place_name, lat, lon FROM claims WHERE text = ?", TAKEN)
    assert moved == [{"place_name": "The bridge", "lat": 49.2, "lon": 37.3}]


def test_a_claim_is_given_other_days_from_its_own(desk: Desk) -> None:
    page, key = desk.correct(TAKEN, "date")
    assert page.date_input(key=f"{key}_first").value == date(2022, 9, 10)
    page.date_input(key=f"{key}_first").set_value(date(2022, 9, 11))
    sign(page, f"{key}_signed")
    press(page, "Set the days")
    assert "after its last" in page.code[0].value
    assert page.date_input(key=f"{key}_first").value == date(2022, 9, 11)
    assert page.session_state["rebuilds"] == 0
    page.date_input(key=f"{key}_last").set_value(date(2022, 9, 12))
    press(page, "Set the days")
    days = desk.rows("SELECT date_from, date_to FROM claims WHERE text = ?", TAKEN)
    assert days == [{"date_from": date(2022, 9, 11), "date_to": date(2022, 9, 12)}]


@pytest.mark.parametrize(
    ("wrong", "name", "word", "label", "column"),
    [
        ("status", "status", "denied", "Set the status", "status"),
        ("type", "event_type", "battle", "Set the type", "event_type"),
    ],
)
def test_a_claim_is_given_another_word(desk: Desk, wrong: str, name: str, word: str, label: str, column: str) -> None:
    page, key = desk.correct(TAKEN, wrong)
    read = desk.rows(f"SELECT {column} AS word FROM claims WHERE text = ?", TAKEN)
    assert page.selectbox(key=f"{key}_{name}").value == read[0]["word"]
    page.selectbox(key=f"{key}_{name}").set_value(word)
    sign(page, f"{key}_signed")
    press(page, label)
    assert desk.rows(f"SELECT {column} AS word FROM claims WHERE text = ?", TAKEN) == [{"word": word}]
    undo_all(desk)
    assert desk.rows(f"SELECT {column} AS word FROM claims WHERE text = ?", TAKEN) == read


def test_claimant_author_and_reason_are_taken_as_they_are(desk: Desk) -> None:
    words = HOSTILE[9]
    page, key = desk.correct(TAKEN, "claimant")
    page.text_input(key=f"{key}_claimant").input(words)
    page.text_input(key=f"{key}_side").input("UA")
    sign(page, f"{key}_signed", words, words)
    press(page, "Set who says so")
    said = desk.rows("SELECT claimant, claimant_side FROM claims WHERE text = ?", TAKEN)
    assert said == [{"claimant": words, "claimant_side": "UA"}]
    assert desk.one()[1:3] == (words, words)
    assert words not in markdown_of(page)


def test_a_name_is_given_a_place_in_all_reports(desk: Desk) -> None:
    words = HOSTILE[0]
    page, key = desk.correct(TAKEN, "alias")
    assert page.text_input(key=f"{key}_alias").value == "Izyum"
    page.segmented_control(key=f"{key}_way").set_value("point").run()
    page.text_input(key=f"{key}_point_point_name").input(words)
    page.number_input(key=f"{key}_point_lat").set_value(50.0)
    page.number_input(key=f"{key}_point_lon").set_value(30.0)
    sign(page, f"{key}_signed")
    press(page, "Give the name this place")
    assert {row["place_name"] for row in desk.rows("SELECT place_name FROM claims")} == {words}
    log = desk.open("log")
    assert log.dataframe[0].value.about.tolist() == ["Izyum"]
    assert log.dataframe[0].value.value.tolist() == [f"{words} (50.00000, 30.00000)"]
    assert words not in markdown_of(log) + markdown_of(page)
    undo_all(desk, log)
    assert {row["place_name"] for row in desk.rows("SELECT place_name FROM claims")} == {"Izyum"}


def test_a_report_is_given_its_day(desk: Desk) -> None:
    page, key = desk.correct(TAKEN, "published")
    sign(page, f"{key}_signed")
    press(page, "Set the report's day")
    assert page.code[0].value == "Day of publication: missing."
    page.date_input(key=f"{key}_published").set_value(date(2022, 9, 13))
    press(page, "Set the report's day")
    days = desk.rows("SELECT published FROM reports WHERE report = 'one.txt'")
    assert days == [{"published": date(2022, 9, 13)}]


def test_a_claim_is_joined_with_another_and_parted_again(desk: Desk) -> None:
    apart = desk.rows("SELECT count(*) AS n FROM events")
    page, key = desk.correct(SHELLED, "merge")
    options = page.selectbox(key=f"{key}_merge_with").options
    assert any(TAKEN in option and "2022-09-10" in option for option in options)
    sign(page, f"{key}_signed")
    press(page, "Join the two")
    assert page.code[0].value == "Same as: missing."
    page.selectbox(key=f"{key}_merge_with").set_value(desk.claim(TAKEN))
    press(page, "Join the two")
    together = "SELECT count(*) AS n FROM events WHERE list_has_all(claim_ids, ?)"
    pair = [desk.claim(SHELLED), desk.claim(TAKEN)]
    assert desk.rows(together, pair) == [{"n": 1}]
    page, key = desk.correct(SHELLED, "split")
    page.selectbox(key=f"{key}_split_with").set_value(desk.claim(TAKEN))
    sign(page, f"{key}_signed")
    press(page, "Part the two")
    assert desk.rows(together, pair) == [{"n": 0}]
    assert desk.rows("SELECT count(*) AS n FROM events") == apart
    assert desk.open("log").dataframe[0].value.state.tolist() == ["in effect", "replaced by a later one"]


def test_a_claim_is_taken_out_and_brought_back(desk: Desk) -> None:
    page, key = desk.correct(TAKEN, "reject")
    press(page, "Take the claim out")
    assert "who corrects this" in page.code[0].value
    sign(page, f"{key}_signed")
    press(page, "Take the claim out")
    assert desk.rows("SELECT claim_id FROM claims WHERE text = ?", TAKEN) == []
    assert "the end" in texts(page)
    undo_all(desk)
    assert len(desk.rows("SELECT claim_id FROM claims WHERE text = ?", TAKEN)) == 1


# --- a pin that was dragged ---


def test_a_dragged_pin_moves_the_claims_of_its_place_in_one_step(desk: Desk) -> None:
    [izyum] = read_places(build(desk.folder, desk.data, RULES).generation)
    page = desk.open("dropped", dropped=Dropped(izyum.number, 49.5, 37.5), chosen=izyum.number)
    assert f"Move {izyum.n_claims} claims of Izyum to 49.50000, 37.50000?" in texts(page)
    press(page, "Move")
    assert "who corrects this" in page.code[0].value
    sign(page, "corrections_dropped")
    press(page, "Move")
    [moved] = read_places(page.session_state["generation"])
    assert (moved.name, moved.lat, moved.lon, moved.n_claims) == ("Izyum", 49.5, 37.5, izyum.n_claims)
    assert (moved.place_kind, moved.radius_km) == (izyum.place_kind, izyum.radius_km)
    assert page.session_state["chosen"] == moved.number
    assert "dropped" not in page.session_state
    log = desk.open("log")
    assert log.dataframe[0].value.n.tolist() == [izyum.n_claims]
    undo_all(desk, log)
    assert [p.lat for p in read_places(build(desk.folder, desk.data, RULES).generation)] == [izyum.lat]
    assert log.dataframe[0].value.state.tolist() == ["in effect", "taken back"]


def test_a_dragged_pin_that_is_let_go_moves_nothing(desk: Desk) -> None:
    [izyum] = read_places(build(desk.folder, desk.data, RULES).generation)
    page = desk.open("dropped", dropped=Dropped(izyum.number, 49.5, 37.5))
    press(page, "Cancel")
    assert "dropped" not in page.session_state
    assert read_corrections(desk.root) == []
    page = desk.open("dropped", dropped=Dropped(izyum.number + 1, 49.5, 37.5))
    assert not texts(page)
    assert "dropped" not in page.session_state


# --- all corrections ---


def test_an_empty_log_says_how_to_begin(tmp_path: Path) -> None:
    page = run_part(show_correction_log, shown(generation(tmp_path, [])))
    assert "press Correct under a claim" in captions(page)
    assert not page.dataframe


def test_hostile_words_stand_in_no_markdown_of_the_log(desk: Desk) -> None:
    claim = desk.claim(TAKEN)
    for words in HALVES:
        value = {"claimant": words, "side": words}
        add(desk.root, Action.CLAIMANT, claim, value, author=words, reason=words)
        add(desk.root, Action.ALIAS, words, place_value(point(words, 1.0, 1.0)), author=words, reason=words)
    log = desk.open("log")
    assert set(log.dataframe[0].value.author) == set(HALVES)
    for n in range(4):
        log.selectbox(key="corrections_step").select_index(n).run()
        assert not log.exception
        assert HALVES[1 - n // 2] in texts(log)
        assert not any(words in markdown_of(log) for words in HOSTILE)


def test_what_was_taken_back_comes_back_when_that_is_taken_back(desk: Desk) -> None:
    add(desk.root, Action.STATUS, desk.claim(TAKEN), {"status": "denied"}, author="Desk", reason=WHY)
    assert desk.open("log").dataframe[0].value.state.tolist() == ["in effect"]
    log = desk.open("log")
    undo_all(desk, log)
    log.selectbox(key="corrections_step").select_index(0).run()
    assert "in effect again" in "\n".join(texts(log))
    sign(log, "corrections_undo")
    press(log, "Take it back")
    assert desk.one()[3] == {"status": "denied"}
    assert log.dataframe[0].value.state.tolist() == ["in effect", "taken back", "in effect"]


def test_a_correction_that_has_lost_its_claim_says_so(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(desk.folder, folder)
    there = Desk(folder, desk.data)
    add(there.root, Action.STATUS, there.claim(TAKEN), {"status": "denied"}, author="Desk", reason=WHY)
    (folder / "one.txt").unlink()
    log = there.open("log")
    assert log.dataframe[0].value.state.tolist() == ["orphaned"]
    log.selectbox(key="corrections_step").select_index(0).run()
    assert "one.txt is not among the reports" in "\n".join(texts(log))
    undo_all(there, log)


def test_corrections_go_to_a_colleague_and_come_back(desk: Desk, tmp_path: Path) -> None:
    add(desk.root, Action.STATUS, desk.claim(TAKEN), {"status": "denied"}, author=HOSTILE[9], reason="=1+1")
    csv = corrections._as_csv(read_corrections(desk.root))
    shutil.copytree(desk.data, tmp_path / "theirs")
    (project_folder(tmp_path / "theirs", desk.folder) / "corrections.sqlite").unlink()
    theirs = Desk(desk.folder, tmp_path / "theirs")
    page = theirs.open("log")
    press(page, "Bring them in")
    assert page.code[0].value == "A file is needed: choose one first."
    page.file_uploader(key="corrections_file").set_value(("c.csv", csv + b"x,y\r\n", "text/csv"))
    press(page, "Bring them in")
    assert "1 added, 0 known already, 1 refused" in texts(page)
    assert page.dataframe[1].value["why"].tolist() == ["2 cells instead of 9"]
    assert page.session_state["rebuilds"] == 1
    assert read_corrections(theirs.root) == read_corrections(desk.root)
    assert theirs.rows("SELECT status FROM claims WHERE text = ?", TAKEN) == [{"status": "denied"}]
    page.file_uploader(key="corrections_file").set_value(("c.csv", b"\xff\xfe", "text/csv"))
    press(page, "Bring them in")
    assert page.code[0].value == "line 1: not UTF-8"
