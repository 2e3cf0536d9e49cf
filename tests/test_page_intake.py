"""Projects, reports brought along and the notice of a build on the page."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from geo.build import build
from geo.documents import read_documents
from geo.filters import EVERYTHING, Filter
from geo.page import texts as words
from geo.projects import list_projects, remember
from geo.resources import resource
from geo.store import current, project_folder
from tests.pages import free_port, open_chromium, serve, watch, write_reports
from tests.parts import RULES, captions, markdown_of, texts
from tests.test_hostile import HOSTILE

PATIENCE = 120
FORM = "intake_new"
IZYUM = "Ukrainian troops recaptured Izyum on 10 September 2022, the mayor said."


def _page(folder: "Path") -> None:
    from pathlib import Path

    import streamlit as st

    from geo.filters import EVERYTHING
    from geo.page import intake

    st.session_state.setdefault("filter", EVERYTHING)
    shown = Path(st.session_state.get("folder") or folder)
    intake.show_projects(shown)
    if st.session_state.get("start"):
        intake.show_start()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATELINE_MODEL", "none")
    return tmp_path / "data"


@pytest.fixture
def page(reports: Path, data: Path) -> AppTest:
    """A page whose menu of projects is open."""
    return open_menu(AppTest.from_function(_page, default_timeout=PATIENCE, kwargs={"folder": reports}))


def open_menu(page: AppTest, *, is_open: bool = True) -> AppTest:
    closed = page.session_state["intake_closed"] if "intake_closed" in page.session_state else 0  # noqa: SIM401 - no get
    page.session_state[f"intake_popover_{closed}"] = is_open
    return page.run()


def press(page: AppTest, key: str) -> None:
    page.button(key=key).click().run()
    assert not page.exception


def bring(page: AppTest, form: str = FORM) -> None:
    next(b for b in page.button if b.label == words.BRING and b.form_id == f"{form}_form").click().run()
    assert not page.exception


def finish(page: AppTest) -> None:
    end = page.session_state["intake_job"].wait(PATIENCE)
    assert end.done
    page.run()
    assert not page.exception


def reasons(page: AppTest) -> list[list[str]]:
    return [row for table in page.dataframe for row in table.value.to_numpy().tolist()]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 50_000_000)
    return packed.getvalue()


def test_another_project_is_shown_and_forgotten(page: AppTest, tmp_path: Path, reports: Path, data: Path) -> None:
    assert captions(page).startswith(words.NO_PROJECTS)
    write_reports(reports, ["Izyum", "Lyman"])
    build(reports, data, RULES)
    for name in ("other", "third"):
        (tmp_path / name).mkdir()
        remember(data, tmp_path / name)
    open_menu(page)
    key, other = project_folder(data, reports).name, project_folder(data, tmp_path / "other").name
    press(page, f"intake_open_{key}")
    assert "folder" not in page.session_state
    open_menu(page)
    assert words.SHOWN_PROJECT in texts(page)
    assert any(text.startswith("2 reports  ·  read 20") for text in texts(page))
    press(page, f"intake_forget_{project_folder(data, tmp_path / 'third').name}")
    assert [p.folder.name for p in list_projects(data)] == ["reports", "other"]
    assert (tmp_path / "third").is_dir()
    page.session_state["filter"] = Filter(text="Izyum")
    page.session_state["chosen"] = 3
    press(page, f"intake_open_{other}")
    assert page.session_state["folder"] == tmp_path / "other"
    assert page.session_state["built"] is None
    assert page.session_state["filter"] == EVERYTHING
    assert "chosen" not in page.session_state


def test_a_project_whose_folder_is_gone_cannot_be_opened(page: AppTest, tmp_path: Path, data: Path) -> None:
    remember(data, tmp_path / "gone")
    open_menu(page)
    assert words.FOLDER_GONE in texts(page)
    assert page.button(key=f"intake_open_{project_folder(data, tmp_path / 'gone').name}").disabled


def test_a_list_that_is_broken_is_told_and_the_rest_works(page: AppTest, data: Path) -> None:
    data.mkdir(exist_ok=True)
    (data / "projects.json").write_text("{")
    open_menu(page)
    assert "projects.json: cannot be read" in page.code[0].value
    assert page.text_input(key="intake_path")


def test_a_folder_is_looked_into_and_opened(page: AppTest, tmp_path: Path) -> None:
    folder = tmp_path / "another"
    page.text_input(key="intake_path").set_value(str(folder)).run()
    assert page.code[0].value == f"{folder}: there is no such folder"
    folder.mkdir()
    page.run()
    assert words.FOLDER_HOLDS_NONE in texts(page)
    assert page.button(key="intake_open_path").disabled
    write_reports(folder, ["Izyum"])
    page.run()
    assert "1 file that can be read, by their names." in texts(page)
    press(page, "intake_open_path")
    assert page.session_state["folder"] == folder


def test_files_and_a_text_are_read_beside_what_is_shown(page: AppTest, data: Path, reports: Path) -> None:
    files = [
        ("../../a.txt", IZYUM.encode(), "text/plain"),
        ("../../a.txt", IZYUM.replace("Izyum", "Lyman").encode(), "text/plain"),
        ("bomb.zip", bomb(), "application/zip"),
        ("b.jsonl", b'{"text": "Words"}\n{broken\n', "application/json"),
    ]
    page.file_uploader(key=f"{FORM}_files_0").set_value(files)
    page.text_area(key=f"{FORM}_text").input("Troops left Kupiansk on 9 September 2022.")
    page.text_input(key=f"{FORM}_title").input("Kupiansk")
    page.text_input(key=f"{FORM}_name").input("../Kharkiv")
    bring(page)
    assert [row[:1] for row in reasons(page)] == [["bomb.zip"]]
    assert "unpacks to over 200 times its size" in reasons(page)[0][1]
    finish(page)
    folder = data / "inbox" / "Kharkiv"
    assert sorted(p.name for p in folder.iterdir()) == [
        "Kupiansk.txt",
        "a (2).txt",
        "a.txt",
        "b.jsonl",
        "reports.csv",
    ]
    assert any(text.startswith("Kharkiv is read: 4 reports, ") for text in texts(page))
    assert [row[0] for row in reasons(page)] == ["b.jsonl:2", "bomb.zip"]
    assert list(reports.iterdir()) == []
    assert "folder" not in page.session_state
    press(page, "intake_show")
    assert page.session_state["folder"] == folder
    assert "intake_job" not in page.session_state
    open_menu(page)
    assert page.text_area(key=f"{FORM}_text").value == ""
    page.text_area(key=f"{FORM}_text").input("Troops left Balakliia on 8 September 2022.")
    bring(page)
    finish(page)
    assert len(read_documents(folder)[0]) == 5


def test_what_cannot_be_taken_in_leaves_no_project_and_what_was_typed(page: AppTest, data: Path) -> None:
    bring(page)
    assert page.warning[0].value == words.NOTHING_BROUGHT
    page.file_uploader(key=f"{FORM}_files_0").set_value([("bomb.zip", bomb(), "application/zip")])
    page.text_area(key=f"{FORM}_text").input("nul\0")
    page.text_input(key=f"{FORM}_outlet").input("The Paper")
    bring(page)
    assert [line.partition(":")[0] for line in page.code[0].value.splitlines()] == ["bomb.zip", words.PASTED_TEXT]
    assert page.text_input(key=f"{FORM}_outlet").value == "The Paper"
    assert list((data / "inbox").glob("*/")) == []
    assert "intake_job" not in page.session_state


@pytest.mark.long
def test_a_build_is_cancelled_and_started_again(page: AppTest, data: Path) -> None:
    page.text_area(key=f"{FORM}_text").input(IZYUM)
    page.text_input(key=f"{FORM}_name").input("Izyum")
    bring(page)
    press(page, "intake_cancel_notice")
    page.run()
    assert words.CANCELLED.format(name="Izyum") in texts(page)
    root = project_folder(data, data / "inbox" / "Izyum")
    assert current(root) is None
    press(page, "intake_again")
    finish(page)
    assert current(root) is not None
    press(page, "intake_away")
    assert not any(text.startswith("Izyum is read") for text in texts(page))
    assert [p.name for p in list_projects(data)] == ["Izyum"]


def test_a_build_that_fails_says_why(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODEL", "en_missing")
    page.text_area(key=f"{FORM}_text").input(IZYUM)
    bring(page)
    finish(page)
    assert page.error[0].value == words.BUILD_FAILED
    assert "en_missing" in page.code[0].value


@pytest.mark.long
def test_where_there_is_no_report_one_is_pasted_in_place(page: AppTest, data: Path) -> None:
    page.session_state["start"] = True
    open_menu(page, is_open=False)
    assert page.subheader[0].value == words.START_TITLE
    page.text_area(key="intake_first_text").input(IZYUM)
    bring(page, "intake_first")
    finish(page)
    [report] = (data / "inbox").glob("*/*.txt")
    assert (report.parent.name, report.name) == (IZYUM.removesuffix("."), f"{IZYUM.removesuffix('.')}.txt")


def test_hostile_names_stand_in_no_markdown(page: AppTest, tmp_path: Path, data: Path) -> None:
    for n, name in enumerate(HOSTILE):
        folder = tmp_path / str(n) / name.replace("/", "-")
        folder.mkdir(parents=True)
        remember(data, folder)
    files = [(f"{name}.zip", b"no zip", "application/zip") for name in HOSTILE]
    page.file_uploader(key=f"{FORM}_files_0").set_value([*files, (f"{HOSTILE[9]}.txt", IZYUM.encode(), "text/plain")])
    page.text_input(key=f"{FORM}_name").input(HOSTILE[9])
    bring(page)
    finish(page)
    assert len(reasons(page)) == len(HOSTILE)
    open_menu(page)
    said = markdown_of(page) + "".join(button.label for button in page.button)
    assert not any(name in said for name in HOSTILE)
    press(page, "intake_show")


SCRIPT = """
import streamlit as st
from pathlib import Path
from geo.filters import EVERYTHING
from geo.page import intake, look

st.set_page_config(layout="wide")
st.html(look.style(st.context.theme.type or "light", (intake.STYLE,)))
st.session_state.setdefault("filter", EVERYTHING)
with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
    st.html("<h1>Dateline</h1>", width="content")
    intake.show_projects(Path(st.session_state.get("folder") or {folder!r}))
    with st.container(key="counts", width="stretch", horizontal_alignment="right"):
        st.text("5 reports  ·  2 independent sources  ·  61 events")

@st.fragment
def view():
    if {start!r}:
        intake.show_start()
    st.text("shown: " + str(st.session_state.get("folder", "")))

view()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.mark.long
@pytest.mark.browser
def test_reports_are_dropped_and_pasted_and_their_reading_is_watched(browser: Browser, tmp_path: Path) -> None:
    script = tmp_path / "page.py"
    script.write_text(SCRIPT.format(folder=str(resource("seeds")), start=False), "utf-8")
    (tmp_path / "dropped.txt").write_text(IZYUM, "utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port(), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    environment = {"DATELINE_DATA": str(tmp_path / "data"), "DATELINE_MODEL": "none"}
    with serve(*command, environment=environment) as (url, _), watch(browser) as watched:
        page = watched.page
        page.goto(url)
        page.get_by_role("button", name=words.SHIPPED).click()
        page.get_by_role("tab", name=words.PROJECT_TABS["new"]).click()
        page.locator("input[type=file]").set_input_files(tmp_path / "dropped.txt")
        expect(page.get_by_text("dropped.txt")).to_be_visible()
        page.get_by_role("textbox", name=words.PASTED).fill("Troops left Kupiansk on 9 September 2022.")
        page.get_by_role("textbox", name=words.NEW_NAME).fill("Харків")
        page.get_by_text("61 events").click()
        expect(page.get_by_text("dropped.txt")).to_be_hidden()
        page.get_by_role("button", name=words.SHIPPED).click()  # what was typed is still there
        page.get_by_role("button", name=words.BRING).click()
        expect(page.get_by_text("Reading Харків")).to_be_visible()
        expect(page.get_by_role("textbox", name=words.PASTED)).to_have_count(0)
        expect(page.get_by_text("Харків is read: 2 reports")).to_be_visible(timeout=PATIENCE * 1000)
        page.get_by_role("button", name=words.SHOW_MAP).click()
        expect(page.get_by_text("shown: ")).to_contain_text("Харків")
        expect(page.get_by_role("button", name="Харків")).to_be_visible()
        watched.assert_clean()
