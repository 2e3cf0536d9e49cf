"""One place's history: who says what of which days, the two sides beside each other, and the figures told there."""

import streamlit as st

from geo.chronicle import Said, Stretch, read_chronicle
from geo.figures import list_series, read_points
from geo.page import texts
from geo.page.figures import words_for_figure
from geo.page.state import Shown

__all__ = ["STYLE", "show_history"]

_MOST_LINES = 60  # that are laid out at once; the rest is a click away

STYLE = """
[class*="st-key-history_days_"] { border-top: 1px solid var(--line); padding-top: .55rem; }
[class*="st-key-history_when_"] [data-testid="stText"] {
  font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap;
}
[class*="st-key-history_against_"] { border-left: 3px solid var(--danger); padding-left: .7rem; }
[class*="st-key-history_who_"] [data-testid="stText"] { font-weight: 600; font-size: .92rem; }
[class*="st-key-history_source_"] [data-testid="stText"] * { color: var(--muted); font-size: .82rem; }
[class*="st-key-history_side_"] [data-testid="stText"] * {
  color: var(--danger); font-size: .78rem; font-weight: 600; letter-spacing: .02em;
}
.st-key-history_figures { border-top: 1px solid var(--line); padding-top: .55rem; }
@media (max-width: 640px) {
  [class*="st-key-history_days_"] [data-testid="stHorizontalBlock"] { gap: .4rem; }
}
"""


def show_history(shown: Shown, number: int, name: str) -> None:
    """Show what is in view of a place, a row for each stretch of days, what is said beside what is said against it."""
    all_of = st.session_state.get("history_all") == number
    stretches, n = read_chronicle(shown.generation, number, shown.chosen, None if all_of else _MOST_LINES)
    if not stretches:
        st.caption(texts.NO_HISTORY)
        return
    st.text(texts.HISTORY_OF.format(name=name, stretches=texts.count(n, texts.STRETCH)))
    for at, stretch in enumerate(stretches):
        _show_stretch(at, stretch)
    if len(stretches) < n:
        st.button(
            texts.HISTORY_ALL.format(n=n - len(stretches)),
            key="history_show_all",
            help=texts.HISTORY_ALL_HELP,
            on_click=st.session_state.update,
            kwargs={"history_all": number},
        )
    _show_figures(shown, number)


def _show_stretch(n: int, stretch: Stretch) -> None:
    with st.container(key=f"history_days_{n}"):
        when, says, against = st.columns([0.16, 0.42, 0.42], gap="medium")
        with when, st.container(key=f"history_when_{n}"):
            st.text(_words_for_days(stretch))
        with says:
            _show_side(f"{n}_says", stretch.says)
        if stretch.against:
            with against, st.container(key=f"history_against_{n}", gap="xsmall"):
                with st.container(key=f"history_side_{n}"):
                    st.text(texts.AGAINST)
                _show_side(f"{n}_against", stretch.against)


def _show_side(key: str, side: tuple[Said, ...]) -> None:
    for n, said in enumerate(side):
        with st.container(key=f"history_said_{key}_{n}", gap=None):
            with st.container(key=f"history_who_{key}_{n}"):
                st.text(f"{said.event_type}  ·  {_words_for_speaker(said)}")
            st.text(said.sentence)
            with st.container(key=f"history_source_{key}_{n}"):
                st.text(_words_for_source(said))


def _words_for_days(stretch: Stretch) -> str:
    return f"{stretch.first}" if stretch.first == stretch.last else f"{stretch.first}\nto {stretch.last}"


def _words_for_speaker(said: Said) -> str:
    return texts.SAID_BY.format(status=said.status, who=said.claimant) if said.claimant else said.status


def _words_for_source(said: Said) -> str:
    counts = f"{texts.count(said.n_origins, texts.ORIGIN)}, {texts.count(said.n_reports, texts.REPORT)}"
    first = texts.FIRST_TOLD.format(day=said.published or texts.UNDATED_REPORT, where=said.outlet or said.report)
    return f"{counts}  ·  {first}"


def _show_figures(shown: Shown, number: int) -> None:
    here = list_series(shown.generation, shown.chosen, _MOST_LINES, number)
    if not here:
        return
    with st.container(key="history_figures", gap="xsmall"):
        st.text(texts.FIGURES_TOLD)
        for series in here:
            points = read_points(shown.generation, shown.chosen, series, _MOST_LINES)
            told = "   →   ".join(words_for_figure(point, series.unit) for point in points)
            st.text(f"{series.what}, {series.event_type}: {told}")
