"""The lists under the map: events, claims, places and reports; choosing a row chooses its place, or the report."""

from typing import Literal

import pandas as pd
import streamlit as st

from geo.page import tables, texts
from geo.page.reading import show_reading
from geo.page.state import Shown, choose_place, chosen_place
from geo.page.tables import MOST_ROWS, day_column, number_column, show_rest, show_table, text_column
from geo.store import Generation
from geo.view import count_listed, list_claims, list_events, list_places, read_reports, summarise

__all__ = ["STYLE", "show_claims", "show_events", "show_places", "show_reports"]

STYLE = tables.STYLE

_MOST_READ = 5_000  # reports that can be chosen to be read; more names would be longer than all else on the page


def show_events(shown: Shown) -> None:
    """List the events in view in order of time; a chosen row's event is kept in the session as ``event``."""
    frame = list_events(shown.generation, shown.chosen, MOST_ROWS)
    _say_count(shown, "events", len(frame))
    frame["disputed"] = frame["disputed"].map({True: texts.DISPUTED_CELL, False: ""})
    _show_list(
        frame,
        {
            "date_from": day_column("date_from"),
            "date_to": day_column("date_to"),
            "place_name": text_column("place_name"),
            "event_type": text_column("event_type"),
            "status": text_column("status", "small"),
            "independent_sources": number_column("independent_sources"),
            "independent_claimants": number_column("independent_claimants"),
            "n_reports": number_column("n_reports"),
            "n_claims": number_column("n_claims"),
            "disputed": text_column("disputed", "small"),
            "headline": text_column("headline", "large"),
        },
        "events",
        "event_id",
        "event",
    )


def show_claims(shown: Shown) -> None:
    """List the claims in view in order of time."""
    frame = list_claims(shown.generation, shown.chosen, MOST_ROWS)
    _say_count(shown, "claims", len(frame))
    _show_list(
        frame,
        {
            "date_from": day_column("date_from"),
            "date_to": day_column("date_to"),
            "place_name": text_column("place_name"),
            "event_type": text_column("event_type"),
            "status": text_column("status", "small"),
            "claimant": text_column("claimant"),
            "outlet": text_column("outlet"),
            "sentence": text_column("sentence", "large"),
        },
        "claims",
        "claim_id",
        "lists_claim",
    )


def show_places(shown: Shown) -> None:
    """List the places in view, those with the most independent sources first."""
    frame = list_places(shown.generation, shown.chosen, MOST_ROWS)
    _say_count(shown, "places", len(frame))
    numbers = _numbers(frame)
    show_table(
        frame,
        {
            "place_name": text_column("place_name", "medium"),
            "place_kind": text_column("place_kind", "small"),
            "country_code": text_column("country_code", "small"),
            "independent_sources": number_column("independent_sources"),
            "n_events": number_column("n_events"),
            "n_claims": number_column("n_claims"),
            "first_day": day_column("first_day"),
            "last_day": day_column("last_day"),
        },
        key="lists_places",
        name=texts.LISTS["places"],
        ids=numbers,
        chosen=chosen_place(),
        on_choose=lambda row: choose_place(None if row is None else numbers[row]),
    )


def show_reports(shown: Shown) -> None:
    """List all reports in order of publication, and show how the chosen one was read."""
    frame, n = _reports(shown.generation)
    st.caption(texts.REPORTS_LISTED.format(n=n))
    show_rest(n, min(n, MOST_ROWS))
    names = list(frame["report"])
    show_table(
        frame[:MOST_ROWS],
        {
            "title": text_column("title", "large"),
            "outlet": text_column("outlet"),
            "published": day_column("published"),
            "published_basis": text_column("published_basis", "small"),
            "origin": text_column("origin"),
            "n_claims": number_column("n_claims"),
            "report": text_column("report"),
            "url": text_column("url"),
        },
        key="lists_reports",
        name=texts.LISTS["reports"],
        ids=names[:MOST_ROWS],
        chosen=st.session_state.get("reading_report"),
        on_choose=lambda row: st.session_state.update(reading_report=None if row is None else names[row]),
    )
    show_reading(shown, names)


@st.cache_data(show_spinner=False, max_entries=3, hash_funcs={Generation: lambda g: str(g.path)})
def _reports(generation: Generation) -> tuple[pd.DataFrame, int]:
    return read_reports(generation, _MOST_READ), summarise(generation).reports


def _show_list(frame: pd.DataFrame, columns: dict[str, object], what: str, id_column: str, kept: str) -> None:
    """Show a list whose rows have a place; the chosen row's id is kept in the session for as long as its place is."""
    ids, numbers = list(frame[id_column]), _numbers(frame)

    def choose(row: int | None) -> None:
        st.session_state[kept] = None if row is None else ids[row]
        if row is not None:
            choose_place(numbers[row])

    chosen = st.session_state.get(kept)
    if chosen in ids and numbers[ids.index(chosen)] != chosen_place():
        chosen = None
    show_table(frame, columns, key=f"lists_{what}", name=texts.LISTS[what], ids=ids, chosen=chosen, on_choose=choose)


def _numbers(frame: pd.DataFrame) -> list[int | None]:
    """Return the rows' places; a claim without a place has none."""
    named = zip(frame["number"], frame["place_name"], strict=True)
    return [int(number) if name else None for number, name in named]


def _say_count(shown: Shown, what: Literal["claims", "events", "places"], listed: int) -> None:
    total = count_listed(shown.generation, shown.chosen, what) if listed == MOST_ROWS else listed
    st.caption(texts.LISTED[what].format(n=total) if total else texts.NOTHING_LISTED)
    show_rest(total, listed)
