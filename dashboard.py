"""The page: `streamlit run dashboard.py`, or `dateline open FOLDER`. What stands where; the parts are in `geo.page`."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo import jobs
from geo.assets import serve_assets
from geo.build import BuildReport, build, build_if_stale
from geo.errors import GeoError
from geo.filters import Filter
from geo.maps import find_frame
from geo.page import (
    comparison,
    corrections,
    evidence,
    exports,
    figures,
    filters,
    history,
    intake,
    lists,
    look,
    plain_map,
    reading,
    texts,
    trays,
)
from geo.page.state import Shown, choose_place, chosen_place, read_config, show_error
from geo.resources import data_folder, resource
from geo.scene import MOST_CLAIMS, pack_scene
from geo.store import Generation, current, project_folder
from geo.timemap import TEXTS, Frame, Tiles, TimemapState, frame_bounds, read_timemap, send_scene, show_timemap
from geo.view import Feature, count_at, count_view, list_places, read_places, summarise

MOST_CHOICES = 500  # places in the list beside the map; more are found by search
STYLES = tuple(
    dict.fromkeys(
        part.STYLE
        for part in (
            filters,
            plain_map,
            evidence,
            corrections,
            lists,
            reading,
            history,
            comparison,
            figures,
            trays,
            intake,
            exports,
        )
    )
)
ONE_GENERATION = {Generation: lambda generation: str(generation.path)}


def main() -> None:
    st.set_page_config(page_title=texts.TITLE, layout="wide")
    st.html(look.style(theme(), STYLES))
    serve_assets()
    filters.read_address()
    st.session_state["rebuild"] = rebuild
    folder = Path(st.session_state.get("folder") or os.environ.get("DATELINE_FOLDER") or resource("seeds"))
    counts = show_head(folder)
    with st.container(key="opening"):  # always there: what comes and goes before the map would have it mounted anew
        report = open_build(folder)
    if report is None:
        return
    show_counts(counts, report)
    if not summarise(report.generation).reports:
        intake.show_start()
        return
    chosen = filters.without_days(filters.chosen_filter())
    st.session_state["packed"] = chosen
    send_scene(packed(report.generation, chosen), map_key(folder))
    show_view(folder, report.generation)


def map_key(folder: Path) -> str:
    """Return the map's key: each project has a map of its own, which opens where its places are."""
    return f"map_{project_folder(data_folder(), folder).name}"


def theme() -> Literal["light", "dark"]:
    return "dark" if st.context.theme.type == "dark" else "light"


# --- the build that is shown ---


def open_build(folder: Path) -> BuildReport | None:
    """Build what is stale, once a session and after each correction; None while there is nothing to show."""
    known = st.session_state.get("built")
    if known and known[0] == folder:
        report: BuildReport = known[1]
        return report
    try:
        if current(project_folder(data_folder(), folder)) is None and not is_built_beside(folder):
            return None
        report = build_here(folder)
    except GeoError as error:
        show_error(texts.BROKEN, str(error))
        return None
    st.session_state["built"] = (folder, report)
    return report


def is_built_beside(folder: Path) -> bool:
    """Build a folder for the first time in a process of its own, which can be cancelled; show how far it is."""
    started, job = st.session_state.get("opening", (None, None))
    if started != folder:
        job = jobs.start(folder, data_folder(), read_config())
        st.session_state["opening"] = (folder, job)
    intake.show_job(job)
    progress = job.poll()
    if progress.cancelled or progress.error:
        st.button(texts.BUILD_AGAIN, key="open_again", help=texts.BUILD_AGAIN_HELP, on_click=forget_opening)
    return progress.done and not progress.cancelled and not progress.error


def forget_opening() -> None:
    del st.session_state["opening"]


def build_here(folder: Path) -> BuildReport:
    bar, words = st.empty(), st.empty()

    def progress(share: float, text: str) -> None:
        bar.progress(share)
        words.text(text)

    try:
        if st.session_state.pop("retry", False):
            return build(folder, data_folder(), read_config(), progress, retry=True)
        return build_if_stale(folder, data_folder(), read_config(), progress)
    finally:
        bar.empty()
        words.empty()


def rebuild(*, retry: bool = False) -> None:
    """Build again in the run that follows, which shows what has changed; for callbacks of the page's parts."""
    st.session_state["built"] = None
    st.session_state["retry"] = retry


@st.cache_data(show_spinner=False, max_entries=6, hash_funcs=ONE_GENERATION)
def packed(generation: Generation, chosen: Filter) -> bytes:
    return pack_scene(generation, chosen)


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs=ONE_GENERATION)
def all_places(generation: Generation) -> dict[int, Feature]:
    return {place.number: place for place in read_places(generation)}


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs=ONE_GENERATION)
def opening_frame(generation: Generation) -> Frame:
    (lat, lon), zoom = find_frame(list(all_places(generation).values()))  # of 30,000 places 200 ms (measured)
    return Frame(lat, lon, zoom)


# --- the page ---


def show_head(folder: Path) -> DeltaGenerator:
    """Show the title and the projects; return where the counts go once they are known."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
        st.html(f"<h1>{texts.TITLE}</h1>", width="content")
        intake.show_projects(folder)
        return st.container(key="counts", width="stretch", horizontal_alignment="right")


def show_counts(where: DeltaGenerator, report: BuildReport) -> None:
    counts = summarise(report.generation)
    figures = [
        texts.count(counts.reports, texts.REPORT),
        texts.count(counts.independent_sources, texts.SOURCE),
        texts.count(counts.events, texts.EVENT),
        texts.count(counts.claims, texts.CLAIM),
        texts.IN_TRAYS.format(n=counts.in_trays),
    ]
    where.text("  ·  ".join(figures))
    with st.container(key="hints"):  # always there, as above
        if not report.model:
            st.caption(texts.NO_MODEL)
        if counts.reports and not st.session_state.get("hint_away"):
            with st.container(horizontal=True, key="hint"):
                st.text(texts.HINT)
                st.button(
                    texts.HINT_AWAY,
                    key="hint_away_button",
                    help=texts.HINT_AWAY_HELP,
                    type="tertiary",
                    on_click=put_hint_away,
                )


def put_hint_away() -> None:
    st.session_state["hint_away"] = True


@st.fragment
def show_view(folder: Path, generation: Generation) -> None:
    """Show map, evidence and lists; whatever the hand does in them runs this part alone, unless the claims change."""
    chosen = filters.chosen_filter()
    if st.session_state.get("built") is None or filters.without_days(chosen) != st.session_state["packed"]:
        st.rerun()
    shown = Shown(folder, project_folder(data_folder(), folder), read_config(), generation, chosen)
    places, frame = all_places(generation), opening_frame(generation)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        filters.show_filters(shown, st.session_state.get("bounds") or frame_bounds(frame))
        show_options()
        exports.show_exports(shown, map_key(folder))
        filters.show_chips(shown, {place.place_id: place.name for place in places.values()})
        comparison.show_chip(st.session_state.get("compared"))
    left, right = st.columns([0.64, 0.36], gap="medium")
    with left:
        show_map(shown, places, frame)
        show_in_view(shown)
    with right:
        corrections.show_dropped(shown, places)
        show_evidence(shown, places)
    with st.container(key="below"):
        show_tabs(shown, places)
    filters.write_address(chosen, address_of_place())


def address_of_place() -> dict[str, str]:
    number = chosen_place()
    return {} if number is None else {"at": str(number)}


def show_options() -> None:
    with st.popover(texts.VIEW, key="view_popover"):
        st.segmented_control(
            texts.COLOUR_BY,
            list(texts.COLOURS),
            default="status",
            required=True,
            format_func=texts.COLOURS.__getitem__,
            key="colour_by",
            help=texts.COLOUR_BY_HELP,
        )
        st.toggle(texts.EDIT, key="edit", help=texts.EDIT_HELP)
        st.toggle(texts.PLAIN_MAP, key="plain_map", help=texts.PLAIN_MAP_HELP)


def show_map(shown: Shown, places: dict[int, Feature], frame: Frame) -> None:
    if st.session_state.get("plain_map") or os.environ.get("DATELINE_MAP") == "plain":
        plain_map.show_plain_map(shown, tuple(places.values()))
        return
    compared = st.session_state.get("compared")
    state = TimemapState(
        frame=frame,
        window=compared[0] if compared else st.session_state.get("days"),
        compare=compared[1] if compared else None,
        selected=chosen_place(),
        colour_by=st.session_state.get("colour_by", "status"),
        theme=theme(),
        edit=bool(st.session_state.get("edit")),
        dropped=st.session_state.get("dropped") is not None,
        tiles=wanted_tiles(),
    )
    key = map_key(shown.folder)
    show_timemap(state, TEXTS, key, on_change=lambda: take_hand(key))
    if shown.generation.meta.get("counts", {}).get("claims", 0) > MOST_CLAIMS:
        st.caption(texts.MAP_IS_COARSE)


def wanted_tiles() -> Tiles | None:
    url, credit = (os.environ.get(name, "") for name in ("DATELINE_TILES", "DATELINE_TILES_CREDIT"))
    return Tiles(url, credit) if url else None


def take_hand(key: str) -> None:
    """Take over what the hand did on the map or the timeline."""
    result = read_timemap(key)
    if result.dropped is not None:
        st.session_state["dropped"] = result.dropped
        return
    days = (result.date_from, result.date_to) if result.date_from and result.date_to else None
    if result.compare is None:
        filters.choose_days(days)
    elif st.session_state.get("compared"):
        st.session_state["compared"] = (days, result.compare)
    choose_place(result.selected)
    st.session_state["bounds"] = result.bounds


def show_in_view(shown: Shown) -> None:
    n_places, n_claims = count_view(shown.generation, shown.chosen)
    with st.container(key="in_view"):
        if n_claims:
            places, claims = texts.count(n_places, texts.PLACES), texts.count(n_claims, texts.CLAIM)
            st.text(texts.IN_VIEW.format(places=places, claims=claims))
        elif filters.without_days(shown.chosen) != Filter():
            st.text(texts.NOTHING_FOUND)
        elif shown.chosen.date_from == date.min:
            st.text(texts.NOT_DATED)
        else:
            st.text(texts.NOTHING_IN_DAYS.format(first=shown.chosen.date_from, last=shown.chosen.date_to))


def places_in_view(shown: Shown) -> dict[int, int]:
    """Return the claims in view by place, of the places with the most independent sources and the chosen one."""
    frame = list_places(shown.generation, shown.chosen, MOST_CHOICES)
    found = {int(number): int(n) for number, n in zip(frame["number"], frame["n_claims"], strict=True)}
    chosen = chosen_place()
    if chosen is not None and chosen not in found and (n := count_at(shown.generation, shown.chosen, chosen)):
        found[chosen] = n
    return found


def show_evidence(shown: Shown, places: dict[int, Feature]) -> None:
    in_view = places_in_view(shown)
    chosen = chosen_place()
    order = list(in_view)
    if chosen in places and chosen not in order:
        order.append(chosen)
    st.session_state["place"] = chosen if chosen in places else None
    st.selectbox(
        texts.PLACE,
        order,
        format_func=lambda number: f"{places[number].name}  ({in_view.get(number, 0):,})",
        key="place",
        placeholder=texts.PLACE_HINT,
        help=texts.PLACE_HELP,
        on_change=lambda: choose_place(st.session_state["place"]),
        label_visibility="collapsed",
    )
    name = places[chosen].name if chosen in places else ""
    number = chosen if chosen in places else None
    evidence.show_evidence(shown, number, name, number in in_view, correct=corrections.show_forms)


def show_tabs(shown: Shown, places: dict[int, Feature]) -> None:
    """Show one list of many under the map.

    Not with Streamlit's own tabs: on a slow page they go back to a tab that was left, and lose the keyboard's focus.
    """
    show: dict[str, Callable[[], object]] = {
        "events": lambda: lists.show_events(shown),
        "claims": lambda: lists.show_claims(shown),
        "places": lambda: lists.show_places(shown),
        "history": lambda: show_history(shown, places),
        "compare": lambda: show_comparison(shown),
        "figures": lambda: figures.show_figures(shown),
        "trays": lambda: trays.show_trays(shown),
        "reports": lambda: lists.show_reports(shown),
        "corrections": lambda: corrections.show_correction_log(shown),
    }
    name: str = st.segmented_control(
        texts.TAB,
        list(texts.TABS),
        default="events",
        required=True,
        format_func=texts.TABS.__getitem__,
        key="tab",
        label_visibility="collapsed",
    )
    with st.container(key=f"tab_{name}"):
        show[name]()


def show_history(shown: Shown, places: dict[int, Feature]) -> None:
    chosen = chosen_place()
    if chosen is None or chosen not in places:
        st.caption(texts.CHOOSE_FOR_HISTORY)
    else:
        history.show_history(shown, chosen, places[chosen].name)


def show_comparison(shown: Shown) -> None:
    """Show what differs between two stretches of days; while they are compared, the timeline shows them too."""
    by_hand = st.session_state.get("compared")
    compared = comparison.show_comparison(shown, by_hand)
    st.session_state["compared"] = compared
    if compared != by_hand:
        st.rerun()


main()
