"""The page: `streamlit run dashboard.py`, or `dateline open FOLDER`. Widgets and calls only.

Whatever was read from a report, a file name or a gazetteer is shown by `st.text`, `st.code` or `st.dataframe`, which
take it as plain text. `st.html` holds constants of this file alone.
"""

import os
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo.assets import serve_assets, tell_names
from geo.build import BuildReport, Config, build_if_stale, extract_batch
from geo.errors import GeoError, ReportError
from geo.evidence import Dispute, Evidence, find_disputes, find_evidence
from geo.explain import Paragraph, explain, explain_day
from geo.filters import Filter
from geo.maps import LEGEND, draw_map, draw_places
from geo.model import Status
from geo.periods import Days, count_bins, find_days
from geo.resources import data_folder, resource
from geo.store import Generation
from geo.trays import read_tray
from geo.view import (
    Feature,
    View,
    build_view,
    list_claims,
    read_places,
    read_report,
    read_reports,
    summarise,
)

MAP_HEIGHT = 520
EVIDENCE_HEIGHT = 640  # to where the legend ends
NOTHING = Filter(date.max, date.min)  # no claim's days overlap it
DATE_BASES = {
    "explicit": "Day as written:",
    "relative": "Day reckoned from",
    "publication": "Day: the report's own",
    "inferred": "Day inferred",
    "none": "Day unknown",
}
CLAIM_COLUMNS = ["date_from", "date_to", "place_name", "event_type", "status", "claimant", "outlet", "sentence"]
NOTED_WORDS = 60  # characters of a note's words that are repeated
EVIDENCE_SHOWN = 25  # claims of one place that are laid out at once; more are a click away

STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 1.1rem 1.6rem 2rem; max-width: 1800px; }
[data-testid="stHeader"] { display: none; }
[data-testid="stText"], [data-testid="stText"] * {
  font-family: inherit; white-space: pre-wrap; overflow-wrap: anywhere;
}
.st-key-head { border-bottom: 1px solid #E0DCD2; padding-bottom: .5rem; align-items: baseline; }
.st-key-head h1 { font-size: 1.35rem; font-weight: 700; letter-spacing: -.01em; padding: 0; margin: 0; }
.st-key-folder [data-testid="stText"] { color: #6A6456; }
.st-key-counts [data-testid="stText"] { font-variant-numeric: tabular-nums; }
.st-key-evidence [data-testid="stVerticalBlock"] { gap: .25rem; }
[class*="st-key-claim_"] { border-top: 1px solid #E0DCD2; padding: .7rem 0 .5rem; }
[class*="st-key-what_"] [data-testid="stText"] { font-weight: 600; font-size: .92rem; }
[class*="st-key-dispute_"] [data-testid="stText"] { border-left: 3px solid #D55E00; padding-left: .6rem; }
[class*="st-key-notes_"] [data-testid="stText"] { color: #6A6456; font-size: .82rem; line-height: 1.45; }
[class*="st-key-paragraph_"] { display: block; line-height: 1.55; }
[class*="st-key-paragraph_"] * { display: inline; }
[class*="st-key-paragraph_"] > :not(:last-child) { margin-right: .25em; }
[class*="st-key-paragraph_"] [data-testid="stText"] { color: #6A6456; font-size: .95rem; }
[class*="st-key-sentence_"] [data-testid="stText"] { color: #22303A; background: #FFF1C2; padding: .1em 0; }
.bars { position: relative; display: flex; align-items: flex-end; height: 34px; margin: 0 6px; gap: 1px; }
.bars i { flex: 1; background: #0072B2; }
.bars::before, .bars::after { content: ""; position: absolute; top: 0; bottom: 0; background: rgb(255 255 255 / 75%); }
.bars::before { left: 0; width: var(--from); } .bars::after { left: var(--to); right: 0; }
.st-key-timeline [data-testid="stSlider"] { margin-top: .1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .82rem; color: #4A4D50; }
.legend span { white-space: nowrap; }
.legend i {
  display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin-right: 6px; vertical-align: -1px;
}
.legend .reported, .legend .claimed, .legend .denied, .legend .planned {
  border: 1.5px solid #22303A; background: #E5E1D8;
}
.legend .claimed, .legend .planned { border-style: dashed; }
.legend .planned { border-style: dotted; }
.legend .denied, .legend .planned { background: none; }
.legend .area { border-radius: 3px; width: 15px; border: 1.5px dashed #8A8F98; background: #EFEDE7; }
</style>"""


SHAPES = '<span><i class="area"></i>region or country</span><span>larger: more independent sources</span>'


def main() -> None:
    st.set_page_config(page_title="Dateline", layout="wide")
    st.html(STYLE)
    serve_assets()
    folder = Path(os.environ.get("DATELINE_FOLDER") or resource("seeds"))
    report = open_build(folder)
    if report is None:
        return
    show_head(folder, report)
    places = read_places(report.generation)
    lists = read_tray(report.generation), read_reports(report.generation)
    show_view(report.generation, places, find_days(report.generation), *lists)
    tell_names({place.number: place.name for place in places}, key="names")


def open_build(folder: Path) -> BuildReport | None:
    """Build what is stale, showing how far it is; None where that failed and the reason is on the page."""
    bar, words = st.empty(), st.empty()

    def progress(share: float, text: str) -> None:
        bar.progress(share)
        words.text(text)

    try:
        report = build_if_stale(folder, data_folder(), read_config(), progress)
    except GeoError as error:
        st.error("The map cannot be shown. Mend this, then reload the page:")
        st.code(str(error), language=None, wrap_lines=True)
        return None
    finally:
        bar.empty()
        words.empty()
    return report


def read_config() -> Config:
    gazetteer = os.environ.get("DATELINE_GAZETTEER")
    return Config(Path(gazetteer) if gazetteer else None, os.environ.get("DATELINE_MODEL") or None)


def show_head(folder: Path, report: BuildReport) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="head"):
        st.html("<h1>Dateline</h1>", width="content")
        with st.container(key="folder", width="content"):
            st.text(folder.name or str(folder))
        with st.container(key="counts", width="stretch", horizontal_alignment="right"):
            counts = summarise(report.generation)
            figures = [
                words_for_count(counts.reports, "report"),
                words_for_count(counts.independent_sources, "independent source"),
                words_for_count(counts.events, "event"),
                words_for_count(counts.claims, "claim"),
                f"{counts.in_trays:,} in trays",
            ]
            st.text("  ·  ".join(figures))
    if not counts.reports:
        st.info("There is no report here yet. Put .txt, .html, .jsonl, .csv or .zip files into it, then reload.")
    if not report.model:
        st.caption("No language model is installed: the reports were read by the rules alone, which find less.")


@st.fragment
def show_view(
    generation: Generation,
    places: tuple[Feature, ...],
    days: Days | None,
    waiting: pd.DataFrame,
    reports: pd.DataFrame,
) -> None:
    """Show map, evidence, timeline and lists; moving the slider or choosing a place runs this part alone."""
    left, right = st.columns([0.64, 0.36], gap="medium")
    with left:
        canvas, timeline = st.container(), st.container(gap="xxsmall", key="timeline")
    with timeline:
        show_bars(days)
        chosen = choose_days(days)
    view = build_view(generation, chosen)
    with canvas:
        show_map(places, view)
    with timeline:
        shade_bars(days, chosen)
        show_counts(view)
        show_legend()
    with right:
        show_evidence(generation, places, view)
    claims, tray, files = st.tabs(["Claims", "Trays", "Reports"])
    with claims:
        show_claims(list_claims(generation, view.filter))
    with tray:
        show_tray(waiting)
    with files:
        show_reports(reports)
        show_reading(generation, reports)


def choose_days(days: Days | None) -> Filter:
    if days is None:
        st.caption("Not one claim has a day: they are all in the trays below.")
        return NOTHING
    # A slider needs two different ends.
    last = max(days.last, days.first + timedelta(days=1))
    start, end = st.slider(
        "Days",
        min_value=days.first,
        max_value=last,
        value=(days.first, last),
        format="YYYY-MM-DD",
        key="days",
        bind="query-params",
        label_visibility="collapsed",
    )
    return Filter(start, end)


def show_bars(days: Days | None) -> None:
    """Draw how many claims cover each day, over the slider; numbers and constants only."""
    if days is None:
        return
    bins = count_bins(days)
    top = max(b.count for b in bins)
    heights = (max(100 * b.count / top, 6 if b.count else 0) for b in bins)
    bars = "".join(f'<i style="height:{height:.0f}%"></i>' for height in heights)
    st.html(f'<div class="bars" aria-hidden="true">{bars}</div>')


def shade_bars(days: Days | None, chosen: Filter) -> None:
    """Pale the days outside the window: a line of style a move, for 240 bars took the page 10 ms."""
    if days is None:
        return
    length = (days.last - days.first).days + 1
    start, end = (chosen.date_from - days.first).days / length, ((chosen.date_to - days.first).days + 1) / length
    st.html(f"<style>.bars {{ --from: {start:.2%}; --to: {min(end, 1):.2%}; }}</style>")


def show_map(places: tuple[Feature, ...], view: View) -> None:
    st_folium(
        draw_map(places),
        key="map",
        height=MAP_HEIGHT,
        use_container_width=True,
        feature_group_to_add=draw_places(view.features, st.session_state.get("chosen")),
        returned_objects=["last_active_drawing", "last_object_clicked_count"],
        on_change=take_click,
    )


def take_click() -> None:
    """Choose the place whose pin was clicked; the browser says which by its number."""
    clicked = st.session_state["map"].get("last_active_drawing") or {}
    number = clicked.get("properties", {}).get("id")
    if isinstance(number, int):
        st.session_state["chosen"] = number


def show_counts(view: View) -> None:
    if view.features:
        st.text(f"{words_for_count(len(view.features), 'place')} and {words_for_count(view.n_claims, 'claim')} in view")
    else:
        st.text(f"Nothing is dated between {view.filter.date_from} and {view.filter.date_to}.")


def show_legend() -> None:
    hues = "".join(f'<span><i style="background:{colour}"></i>{words}</span>' for colour, words, _ in LEGEND)
    lines = "".join(f'<span><i class="{status}"></i>{status}</span>' for status in Status)
    st.html(f'<div class="legend">{hues}{lines}{SHAPES}</div>')


def show_evidence(generation: Generation, places: tuple[Feature, ...], view: View) -> None:
    chosen = choose_place(places, view)
    with st.container(height=EVIDENCE_HEIGHT, border=False, key="evidence"):
        if chosen is None:
            st.caption("Choose a place, on the map or in the list above, to read what is said of it and who says so.")
            return
        found = find_evidence(generation, chosen.place_id, view.filter)
        if not found:
            st.text("Nothing is said of this place in these days.")
        for n, dispute in enumerate(find_disputes(generation, chosen.place_id, view.filter)):
            show_dispute(n, dispute)
        shown = len(found) if st.session_state.get("all_of") == chosen.number else EVIDENCE_SHOWN
        for n, evidence in enumerate(found[:shown]):
            show_claim(n, evidence)
        if len(found) > shown:
            st.button(f"Show all {len(found):,}", on_click=st.session_state.update, kwargs={"all_of": chosen.number})


def show_dispute(n: int, dispute: Dispute) -> None:
    days = " to ".join(dict.fromkeys([str(dispute.date_from), str(dispute.date_to)]))
    sides = (", ".join(side) or "the report itself" for side in (dispute.claimants, dispute.opposing_claimants))
    with st.container(key=f"dispute_{n}"):
        st.text(f"Disputed  ·  {dispute.event_type}, {days}: {' against '.join(sides)}")


def choose_place(places: tuple[Feature, ...], view: View) -> Feature | None:
    """Offer the places in view, those with the most sources first, and the chosen one even when it is not in view."""
    by_number = {place.number: place for place in places}
    in_view = {feature.number: feature for feature in view.features}
    chosen = st.session_state.get("chosen")
    order = sorted(in_view, key=lambda n: (-in_view[n].independent_sources, -in_view[n].n_claims, in_view[n].name))
    if chosen in by_number and chosen not in in_view:
        order.append(chosen)
    st.session_state["place"] = chosen if chosen in by_number else None

    def label(number: int) -> str:
        n = in_view[number].n_claims if number in in_view else 0
        return f"{by_number[number].name}  ({n:,})"

    st.selectbox(
        "Place",
        order,
        format_func=label,
        key="place",
        placeholder="Choose a place",
        on_change=lambda: st.session_state.update(chosen=st.session_state["place"]),
        label_visibility="collapsed",
    )
    return by_number.get(chosen)


def show_claim(n: int, evidence: Evidence) -> None:
    with st.container(key=f"claim_{n}", gap="xxsmall"):
        with st.container(key=f"what_{n}"):
            st.text(f"{words_for_days(evidence)}  ·  {evidence.event_type}  ·  {words_for_status(evidence)}")
        with st.container(key=f"paragraph_{n}"):
            if evidence.before.strip():
                st.text(evidence.before)
            with st.container(key=f"sentence_{n}"):
                st.text(evidence.sentence)
            if evidence.after.strip():
                st.text(evidence.after)
        with st.container(key=f"notes_{n}"):
            st.text("\n".join(words_for_source(evidence)))


def words_for_count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def words_for_days(evidence: Evidence) -> str:
    first, last = evidence.date_from, evidence.date_to
    return f"{first}" if first == last else f"{first} to {last}"


def words_for_status(evidence: Evidence) -> str:
    if not evidence.claimant:
        return evidence.status
    return f"{evidence.status} by {evidence.claimant}" + (f" (“{evidence.cue}”)" if evidence.cue else "")


def words_for_source(evidence: Evidence) -> list[str]:
    published = f"published {evidence.published} ({evidence.published_basis})" if evidence.published else "undated"
    copies = f"with {words_for_count(evidence.n_copies, 'reprint')}" if evidence.n_copies else ""
    origin = f"from {evidence.origin}" if evidence.origin else ""
    precision = {1: "", 2: ", to the week", 3: ", to the month"}.get(evidence.time_precision, ", roughly")
    day = DATE_BASES[evidence.date_basis] + (f" “{evidence.date_text}”" if evidence.date_text else "") + precision
    checked = {"unverified": "The report could not verify this.", "verified": "The report verified this."}
    lines = [
        "  ·  ".join(filter(None, (evidence.outlet or evidence.report, published, origin, copies))),
        day,
        f"Place: {evidence.place_reason}" if evidence.place_reason else "",
        checked.get(evidence.verification, ""),
    ]
    return [line for line in lines if line]


def show_claims(claims: pd.DataFrame) -> None:
    st.dataframe(
        claims,
        hide_index=True,
        column_order=CLAIM_COLUMNS,
        column_config={
            "date_from": st.column_config.DateColumn("From", width="small"),
            "date_to": st.column_config.DateColumn("To", width="small"),
            "place_name": st.column_config.TextColumn("Place"),
            "event_type": st.column_config.TextColumn("Type"),
            "status": st.column_config.TextColumn("Status", width="small"),
            "claimant": st.column_config.TextColumn("Claimant"),
            "outlet": st.column_config.TextColumn("Outlet"),
            "sentence": st.column_config.TextColumn("Claim", width="large"),
        },
    )


def show_tray(waiting: pd.DataFrame) -> None:
    st.caption(
        "Not dated, not placed, not readable, rejected, or a correction whose claim is gone: each with the reason."
    )
    st.dataframe(
        waiting,
        hide_index=True,
        column_config={
            "kind": st.column_config.TextColumn("Tray", width="small"),
            "report": st.column_config.TextColumn("Report"),
            "reason": st.column_config.TextColumn("Reason", width="medium"),
            "text": st.column_config.TextColumn("Claim", width="large"),
        },
    )


def show_reports(reports: pd.DataFrame) -> None:
    st.dataframe(
        reports,
        hide_index=True,
        column_config={
            "title": st.column_config.TextColumn("Title", width="large"),
            "outlet": st.column_config.TextColumn("Outlet"),
            "published": st.column_config.DateColumn("Published", width="small"),
            "published_basis": st.column_config.TextColumn("How known", width="small"),
            "origin": st.column_config.TextColumn("Origin"),
            "n_claims": st.column_config.NumberColumn("Claims", width="small"),
            "report": st.column_config.TextColumn("File"),
            "url": st.column_config.TextColumn("Address"),
        },
    )


def show_reading(generation: Generation, reports: pd.DataFrame) -> None:
    """Show how the report that is chosen was read, each paragraph with its places, dates and claims."""
    chosen = st.selectbox(
        "How was this read?",
        list(reports["report"]),
        index=None,
        placeholder="Choose a report",
        help="Every place, date and claim of the report, paragraph by paragraph, each with why.",
    )
    if chosen is None:
        return
    try:
        day, paragraphs = read_again(generation, chosen)
    except GeoError as error:
        st.error("The report cannot be read again:")
        st.code(str(error), language=None, wrap_lines=True)
        return
    st.text(day)
    for number, paragraph in enumerate(paragraphs):
        st.text(paragraph.text)
        with st.container(key=f"notes_read_{number}", gap="xxsmall"):
            for note in paragraph.notes:
                words = note.words if len(note.words) <= NOTED_WORDS else f"{note.words[:NOTED_WORDS].rstrip()}…"
                st.text(f"{note.kind.value}  “{words}” → {note.says}")


@st.cache_data(show_spinner="Reading the report", max_entries=20, hash_funcs={Generation: lambda g: str(g.path)})
def read_again(generation: Generation, report: str) -> tuple[str, list[Paragraph]]:
    reading = extract_batch([read_report(generation, report)], read_config())[0]
    if reading.error:
        raise ReportError(reading.error)
    return explain_day(reading.document), explain(reading)


main()
