"""Projects, reports brought along, and how far a build is.

A build runs in a process of its own (``geo.jobs``); what is shown meanwhile stays. Its notice stands under the page's
head until it is put away.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from geo.errors import GeoError, ReportError
from geo.files import LARGEST_REPORT, shown
from geo.inbox import add_file, add_text, is_inbox, new_inbox
from geo.jobs import Job, start
from geo.page import filters, texts
from geo.page.state import plain, read_config
from geo.projects import FoundFolder, Project, forget, list_projects, look_into, remember
from geo.resources import data_folder, resource
from geo.store import Generation, current, project_folder
from geo.trays import read_trays

__all__ = ["STYLE", "show_job", "show_projects", "show_start"]

_MOST_PROJECTS = 30
_MOST_LEFT_OUT = 500
_MEGABYTES = 200  # of one file that is dropped, which the server holds in memory
_EVERY = 0.7  # seconds from one look at a build to the next
_LONGEST_NAME = 40  # characters
_LONGEST_CELL = 2_000
_KINDS = ["txt", "html", "htm", "jsonl", "csv", "zip"]
_JOB, _CLOSED = "intake_job", "intake_closed"

STYLE = """
[data-testid="stPopoverBody"]:has(.st-key-intake_tabs) { width: min(36rem, 94vw); max-height: min(52rem, 86vh); }
[class*="st-key-intake_project_"] { border-bottom: 1px solid var(--line); padding: .15rem 0 .4rem; }
[class*="st-key-intake_project_"] [data-testid="stText"] * { color: var(--muted); font-size: .85rem; }
[class*="st-key-intake_open_"] button p { font-weight: 600; }
.st-key-intake_found [data-testid="stText"] * { color: var(--muted); font-size: .9rem; }
[class*="st-key-intake_build_"] [data-testid="stText"] { font-variant-numeric: tabular-nums; }
[class*="st-key-intake_build_"] [role="progressbar"] > div { background: var(--line); }
[data-testid="stLayoutWrapper"]:has(> .st-key-intake_notice) { flex: 1 0 100%; order: 9; }
.st-key-intake_notice {
  background: var(--panel); border-left: 3px solid var(--accent); border-radius: 6px; padding: .6rem .9rem;
}
.st-key-intake_start { max-width: 46rem; margin: 1.2rem auto; }
.st-key-intake_start [data-testid="stHeading"] h3 { font-size: 1.2rem; padding-top: 0; }
"""


def show_projects(folder: Path) -> None:
    """Show the menu of projects, named by the folder that is shown, and the notice of a build that was started here."""
    data = data_folder()
    _remember(data, folder)
    popover = st.popover(plain(_short(_name(folder))), key=_menu_key(), on_change="rerun", help=texts.PROJECT_HELP)
    with popover, st.container(key="intake_tabs"):  # also while it is closed: else what was typed would be lost
        shown_tabs = st.tabs(list(texts.PROJECT_TABS.values()), key="intake_tab", on_change="rerun")
        tabs = dict(zip(texts.PROJECT_TABS, shown_tabs, strict=True))
        with tabs["projects"]:
            if popover.open:
                _show_list(data, folder)
        with tabs["folder"]:
            _show_folder(look=bool(popover.open))
        with tabs["new"]:
            _show_form(data, folder, "intake_new")
    job = st.session_state.get(_JOB)
    if job is not None:
        with st.container(key="intake_notice", gap="small"):
            _show_notice(data, job)


def show_start() -> None:
    """Show what to do where there is no report yet: drop files or paste a text in place."""
    with st.container(key="intake_start", gap="small"):
        st.subheader(texts.START_TITLE)
        st.caption(texts.START_WORDS)
        folder = st.session_state.get("folder")
        _show_form(data_folder(), Path(folder) if folder else None, "intake_first")
    if st.session_state.pop("intake_started", False):
        st.rerun()  # the notice stands in the head, which may not be in the fragment that this is


def show_job(job: Job, key: str = "shown") -> None:
    """Show how far a build is, with a button that ends it; when it has ended, the page runs again.

    Of one that has ended shows why it failed, or that it was cancelled, and nothing where it went well. ``key`` tells
    builds apart that are shown at once.
    """
    progress = job.poll()
    name = _name(job.folder)
    if not progress.done:
        _follow(job, key)
    elif progress.cancelled:
        st.text(texts.CANCELLED.format(name=name))
    elif progress.error:
        _show_error(texts.BUILD_FAILED, progress.error)


@st.fragment(run_every=_EVERY)
def _follow(job: Job, key: str) -> None:
    progress = job.poll()
    if progress.done:
        st.rerun()
    with st.container(key=f"intake_build_{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(texts.BUILDING.format(name=_name(job.folder)), width="stretch")
            st.button(texts.CANCEL, key=f"intake_cancel_{key}", help=texts.CANCEL_HELP, on_click=job.cancel)
        st.progress(progress.share)
        st.text(texts.STAGE.format(share=progress.share, stage=progress.text or texts.STARTING))


# --- the list ---


def _remember(data: Path, folder: Path) -> None:
    """Keep the folder that is shown in the list, once it is built."""
    if st.session_state.get("intake_remembered") == folder:
        return
    with suppress(GeoError):  # what is wrong with the list is told in it
        if current(project_folder(data, folder)) is not None:
            remember(data, folder)
            st.session_state["intake_remembered"] = folder


def _show_list(data: Path, folder: Path) -> None:
    if (reason := st.session_state.pop("intake_list_failed", None)) is not None:
        _show_error(texts.NOT_LISTED, reason)
    try:
        projects = list_projects(data)
    except GeoError as error:
        _show_error(texts.NOT_LISTED, str(error))
        return
    if not projects:
        st.caption(texts.NO_PROJECTS)
    for project in projects[:_MOST_PROJECTS]:
        _show_project(data, project, is_shown=project.folder == folder.resolve())
    if len(projects) > _MOST_PROJECTS:
        st.caption(texts.PROJECTS_LEFT.format(n=len(projects) - _MOST_PROJECTS))


def _show_project(data: Path, project: Project, *, is_shown: bool) -> None:
    key = project_folder(data, project.folder).name
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"intake_project_{key}"):
        with st.container(gap=None, width="stretch"):
            st.button(
                plain(_short(_name(project.folder))),
                key=f"intake_open_{key}",
                help=texts.SHOWN_HELP if is_shown else texts.OPEN_PROJECT_HELP,
                disabled=not project.is_there,
                on_click=_close_menu if is_shown else _switch,
                args=() if is_shown else (project.folder,),
                type="tertiary",
            )
            st.text(_about(project))
            st.text(shown(str(project.folder)))
        if is_shown:
            st.text(texts.SHOWN_PROJECT, width="content")
            return
        st.button(
            texts.FORGET,
            key=f"intake_forget_{key}",
            help=texts.FORGET_HELP,
            on_click=_forget,
            args=(data, project.folder),
            type="tertiary",
        )


def _about(project: Project) -> str:
    if not project.is_there:
        return texts.FOLDER_GONE
    if project.reports is None or project.built is None:
        return texts.NOT_BUILT
    return texts.BUILT_ON.format(
        reports=texts.count(project.reports, texts.REPORT), day=project.built.date().isoformat()
    )


def _forget(data: Path, folder: Path) -> None:
    try:
        forget(data, folder)
    except GeoError as error:
        st.session_state["intake_list_failed"] = str(error)


def _switch(folder: Path) -> None:
    """Show another project from the next run on; for callbacks."""
    st.session_state["folder"] = folder
    st.session_state["built"] = None
    _close_menu()
    filters.forget_filter()


def _close_menu() -> None:
    """Put another menu, which is closed, in its place.

    A browser closes a menu where the server has told it first that it is open, then that it is closed: not where the
    menu was opened so shortly before that the first was never told.
    """
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1


def _menu_key() -> str:
    return f"intake_popover_{st.session_state.get(_CLOSED, 0)}"


# --- a folder of the user's ---


def _show_folder(*, look: bool) -> None:
    """Ask for a path; ``look`` into the folder and offer to open it."""
    path = st.text_input(
        texts.FOLDER, key="intake_path", placeholder=texts.FOLDER_HINT, help=texts.FOLDER_HELP, max_chars=_LONGEST_CELL
    )
    if not look or not (path or "").strip():
        return
    try:
        found = look_into(path)
    except ReportError as error:
        _show_error(texts.FOLDER_NOT_OPENED, str(error))
        return
    with st.container(key="intake_found"):
        st.text(_words_for_found(found))
    st.button(
        texts.FOLDER_OPEN,
        key="intake_open_path",
        help=texts.FOLDER_OPEN_HELP,
        type="primary",
        disabled=found.is_whole and not found.files,
        on_click=_switch,
        args=(found.folder,),
    )


def _words_for_found(found: FoundFolder) -> str:
    if found.is_whole and not found.files:
        return texts.FOLDER_HOLDS_NONE
    words = texts.FOLDER_HOLDS if found.is_whole else texts.FOLDER_HOLDS_LEAST
    return words.format(files=texts.count(found.files, texts.FILE))


# --- reports brought along ---


def _show_form(data: Path, folder: Path | None, key: str) -> None:
    """Ask for files or a text; ``key`` begins the keys of its inputs."""
    _tell_refused(key)
    may_join = folder is not None and is_inbox(data, folder)
    with st.form(f"{key}_form", border=False):
        st.file_uploader(
            texts.FILES,
            type=_KINDS,
            accept_multiple_files=True,
            max_upload_size=_MEGABYTES,
            key=_uploads(key),
            help=texts.FILES_HELP.format(megabytes=_MEGABYTES),
        )
        st.text_area(
            texts.PASTED,
            key=f"{key}_text",
            placeholder=texts.PASTED_HINT,
            help=texts.PASTED_HELP,
            max_chars=LARGEST_REPORT,
            height=100,
        )
        with st.container(horizontal=True, gap="small"):
            _ask_line(f"{key}_title", texts.PASTED_TITLE)
            _ask_line(f"{key}_outlet", texts.PASTED_OUTLET)
        with st.container(horizontal=True, gap="small"):
            label, tip = texts.PASTED_DAY
            st.date_input(label, value=None, key=f"{key}_day", format="YYYY-MM-DD", help=tip)
            _ask_line(f"{key}_url", texts.PASTED_URL)
        if may_join:
            st.radio(
                texts.INTO,
                [texts.INTO_THIS, texts.INTO_NEW],
                key=f"{key}_into",
                help=texts.INTO_HELP,
                horizontal=True,
            )
        _ask_line(f"{key}_name", (texts.NEW_NAME, texts.NEW_NAME_HELP))
        st.form_submit_button(
            texts.BRING, help=texts.BRING_HELP, type="primary", on_click=_bring, args=(data, folder, key)
        )


def _ask_line(key: str, words: tuple[str, str]) -> None:
    st.text_input(words[0], key=key, help=words[1], max_chars=_LONGEST_CELL)


def _uploads(key: str) -> str:
    """Return the key of the form's files, which is another one once they are taken in: that empties the input."""
    return f"{key}_files_{st.session_state.get(f'{key}_round', 0)}"


def _bring(data: Path, current_folder: Path | None, key: str) -> None:
    """Take in what the form holds and build it; what cannot be taken in is told with the reason, the rest goes on."""
    things = _things(key)
    if not things:
        st.session_state[f"{key}_refused"] = []
        return
    try:
        joins = st.session_state.get(f"{key}_into") == texts.INTO_THIS
        joined = current_folder if joins and current_folder and is_inbox(data, current_folder) else None
        folder = joined or new_inbox(data, _project_name(key))
        refused = _take_in(folder, things)
        if len(refused) == len(things):
            if joined is None:
                folder.rmdir()
            st.session_state[f"{key}_refused"] = [f"{name}: {reason}" for name, reason in refused]
            return
        remember(data, folder)
        st.session_state[_JOB] = start(folder, data, read_config())
    except (GeoError, OSError) as error:
        st.session_state[f"{key}_refused"] = [str(error)]
        return
    st.session_state["intake_refused"] = refused
    st.session_state["intake_started"] = True
    _close_menu()
    _empty(key, keep_text=texts.PASTED_TEXT in (name for name, _ in refused))


Put = Callable[[Path], Path]


def _things(key: str) -> list[tuple[str, Put]]:
    """Return what the form holds: the name of each, and how it is put into a folder."""
    uploads = st.session_state.get(_uploads(key)) or []
    things: list[tuple[str, Put]] = [(u.name, partial(_put_upload, upload=u)) for u in uploads]
    if text := _typed(key, "text").strip():
        title, outlet, url = (_typed(key, part).strip() for part in ("title", "outlet", "url"))
        day = st.session_state.get(f"{key}_day")
        put = partial(add_text, text=text, title=title, outlet=outlet, published=day, url=url)
        things.append((texts.PASTED_TEXT, put))
    return things


def _put_upload(folder: Path, upload: Any) -> Path:
    upload.seek(0)
    return add_file(folder, upload.name, upload)


def _typed(key: str, part: str) -> str:
    return st.session_state.get(f"{key}_{part}") or ""


def _project_name(key: str) -> str:
    """Return the name that was typed, or that of the first report."""
    files = [Path(upload.name).stem for upload in st.session_state.get(_uploads(key)) or []]
    first_line = _typed(key, "text").strip().partition("\n")[0]
    return next(filter(None, (_typed(key, "name").strip(), *files, _typed(key, "title").strip(), first_line)), "")


def _take_in(folder: Path, things: Iterable[tuple[str, Put]]) -> list[tuple[str, str]]:
    """Put things into a folder; return what was not taken in, each with the reason."""
    refused = []
    for name, put_into in things:
        try:
            put_into(folder)
        except GeoError as error:
            refused.append((name, str(error)))
    return refused


def _empty(key: str, *, keep_text: bool) -> None:
    st.session_state[f"{key}_round"] = st.session_state.get(f"{key}_round", 0) + 1
    if not keep_text:
        for part in ("text", "title", "outlet", "url", "name"):
            st.session_state[f"{key}_{part}"] = ""
        st.session_state[f"{key}_day"] = None


def _tell_refused(key: str) -> None:
    refused = st.session_state.pop(f"{key}_refused", None)
    if refused is None:
        return
    if not refused:
        st.warning(texts.NOTHING_BROUGHT)
    else:
        _show_error(texts.ALL_LEFT_OUT, "\n".join(refused))


# --- the notice of a build ---


def _show_notice(data: Path, job: Job) -> None:
    progress = job.poll()
    if progress.done and not progress.cancelled and not progress.error:
        _show_result(data, job)
    else:
        show_job(job, "notice")
    if refused := st.session_state.get("intake_refused"):
        _show_left_out(texts.NOT_BROUGHT, refused)
    if not progress.done:
        return
    with st.container(horizontal=True, gap="small"):
        if progress.cancelled or progress.error:
            st.button(
                texts.BUILD_AGAIN, key="intake_again", help=texts.BUILD_AGAIN_HELP, on_click=_again, args=(data, job)
            )
        else:
            st.button(
                texts.SHOW_MAP,
                key="intake_show",
                help=texts.SHOW_MAP_HELP,
                type="primary",
                on_click=_show_built,
                args=(job.folder,),
            )
        st.button(texts.PUT_AWAY, key="intake_away", help=texts.PUT_AWAY_HELP, on_click=_put_away)


def _show_result(data: Path, job: Job) -> None:
    try:
        generation = current(project_folder(data, job.folder))
    except GeoError as error:
        _show_error(texts.BUILD_FAILED, str(error))
        return
    if generation is None:
        return
    counts = generation.meta["counts"]
    kinds = {"reports": texts.REPORT, "sources": texts.SOURCE, "claims": texts.CLAIM, "events": texts.EVENT}
    words = ", ".join(texts.count(counts[name], noun) for name, noun in kinds.items())
    st.text(texts.BUILT.format(name=_name(job.folder), counts=words))
    if unreadable := _unreadable(generation):
        _show_left_out(texts.LEFT_OUT.format(reports=texts.count(len(unreadable), texts.REPORT)), unreadable)


@st.cache_data(show_spinner=False, max_entries=3, hash_funcs={Generation: lambda g: str(g.path)})
def _unreadable(generation: Generation) -> list[tuple[str, str]]:
    return [(item.report, item.reason) for item in read_trays(generation, kinds=("unreadable",))["unreadable"]]


def _show_left_out(words: str, items: list[tuple[str, str]]) -> None:
    st.caption(words)
    columns: Mapping[str, Any] = {
        name: st.column_config.TextColumn(label, help=tip) for name, (label, tip) in texts.LEFT_OUT_COLUMNS.items()
    }
    frame = pd.DataFrame(items[:_MOST_LEFT_OUT], columns=list(columns))
    st.dataframe(frame, hide_index=True, column_config=dict(columns), alt=words)
    if len(items) > _MOST_LEFT_OUT:
        st.caption(texts.NOT_SHOWN.format(n=len(items) - _MOST_LEFT_OUT, shown=_MOST_LEFT_OUT))


def _again(data: Path, job: Job) -> None:
    try:
        st.session_state[_JOB] = start(job.folder, data, read_config())
    except GeoError:
        st.session_state[_JOB] = job  # whose error still stands


def _show_built(folder: Path) -> None:
    _put_away()
    _switch(folder)


def _put_away() -> None:
    st.session_state.pop(_JOB, None)
    st.session_state.pop("intake_refused", None)


# --- words ---


def _name(folder: Path) -> str:
    if folder.resolve() == resource("seeds").resolve():
        return texts.SHIPPED
    return Project(folder, None, None).name


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _show_error(words: str, reason: str) -> None:
    st.error(words)
    st.code(reason, language=None, wrap_lines=True)
