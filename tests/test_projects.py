"""The list of projects."""

import os
import threading
from pathlib import Path

import pytest

from geo import projects
from geo.build import build
from geo.errors import ReportError, StoreError
from geo.projects import forget, list_projects, look_into, remember
from tests.pages import write_reports
from tests.parts import RULES


def folders(data: Path) -> list[str]:
    return [project.folder.name for project in list_projects(data)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_last_used_comes_first_and_each_once(tmp_path: Path, data: Path) -> None:
    assert list_projects(data) == []
    for name in ("a", "b", "Ізюм", "a"):
        (tmp_path / name).mkdir(exist_ok=True)
        remember(data, tmp_path / name)
    assert folders(data) == ["a", "Ізюм", "b"]
    forget(data, tmp_path / "Ізюм")
    forget(data, tmp_path / "never there")
    assert folders(data) == ["a", "b"]
    assert (tmp_path / "Ізюм").is_dir()
    remember(data, tmp_path / "b" / ".." / "b")
    assert folders(data) == ["b", "a"]


def test_a_project_tells_its_reports_and_when_they_were_read(reports: Path, data: Path) -> None:
    remember(data, reports)
    [project] = list_projects(data)
    assert (project.name, project.reports, project.built, project.is_there) == ("reports", None, None, True)
    write_reports(reports, ["Izyum", "Lyman"])
    made = build(reports, data, RULES).generation.made_at
    [project] = list_projects(data)
    assert (project.reports, project.built) == (2, made)
    next(data.glob("reports-*/CURRENT")).write_text("nonsense")
    [project] = list_projects(data)
    assert project.reports is None


@pytest.mark.skipif(os.name == "nt", reason="no such names on Windows")
def test_a_name_of_any_bytes_is_kept_and_shown_on_one_line(tmp_path: Path, data: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xffa\nb"))
    folder.mkdir()
    remember(data, folder)
    [project] = list_projects(data)
    assert project.folder == folder
    assert project.is_there
    assert project.name == "\\udcffa\\nb"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"folders": 3}', '{"folders": [3]}', "{}"])
def test_a_list_that_cannot_be_read_is_told_and_not_lost(tmp_path: Path, data: Path, text: str) -> None:
    data.mkdir()
    (data / "projects.json").write_text(text)
    with pytest.raises(StoreError, match=r"projects\.json: cannot be read"):
        list_projects(data)
    with pytest.raises(StoreError, match=r"projects\.json: cannot be read"):
        remember(data, tmp_path)
    assert (data / "projects.json").read_text() == text


def test_those_who_write_at_once_lose_nothing(tmp_path: Path, data: Path) -> None:
    threads = [threading.Thread(target=remember, args=(data, tmp_path / str(n))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(folders(data), key=int) == [str(n) for n in range(12)]
    assert not list(data.glob("*.draft"))


def test_a_folder_is_looked_into_before_it_is_opened(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_reports(reports, ["Izyum", "Lyman"])
    (reports / "deep").mkdir()
    for name in ("deep/a.HTML", "deep/b.pdf", ".hidden.txt", "reports.csv", "README.md"):
        (reports / name).write_text("x")
    assert look_into(f' "{reports}" ') == projects.FoundFolder(reports, 3, is_whole=True)
    monkeypatch.setattr(projects, "_MOST_SEEN", 2)
    assert look_into(str(reports)).is_whole is False


def test_a_path_under_the_home_may_be_short(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(reports.parent))
    assert look_into("~/reports").folder == reports


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("reports", "is not a whole path"),
        ("~nobody-of-this-name/x", "home"),
        ("{reports}/gone", "there is no such folder"),
        ("{reports}/a.txt", "is not a folder"),
        ("{reports}/\0", "there is no such folder"),
        ("{reports}/" + "a" * 5_000, "there is no such folder|File name too long"),
    ],
)
def test_a_path_that_names_no_folder_says_why(reports: Path, path: str, reason: str) -> None:
    (reports / "a.txt").write_text("x")
    with pytest.raises(ReportError, match=reason) as caught:
        look_into(path.format(reports=reports))
    assert str(caught.value).isprintable()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that this user may not open")
def test_a_closed_folder_says_so(reports: Path) -> None:
    reports.chmod(0)
    try:
        with pytest.raises(ReportError, match="cannot be opened: Permission denied"):
            look_into(str(reports))
    finally:
        reports.chmod(0o700)
