"""How a report was read: each paragraph with its places, dates and claims, each with why."""

from collections.abc import Sequence

import streamlit as st

from geo.build import Config, extract_batch
from geo.errors import GeoError, ReportError
from geo.explain import Paragraph, explain, explain_day
from geo.page import texts
from geo.page.state import Shown
from geo.store import Generation
from geo.view import read_report

__all__ = ["STYLE", "show_reading"]

_NOTED_WORDS = 60  # characters of a note's words that are repeated
_MOST_PARAGRAPHS = 200

STYLE = """
.st-key-reading { max-width: 62rem; }
[class*="st-key-reading_notes_"] { border-left: 2px solid var(--line); padding-left: .7rem; margin-bottom: .4rem; }
[class*="st-key-reading_notes_"] [data-testid="stText"] { color: var(--muted); font-size: .82rem; line-height: 1.45; }
"""


def show_reading(shown: Shown, reports: Sequence[str]) -> None:
    """Offer the reports, and show how the chosen one, in the session as ``reading_report``, was read."""
    with st.container(key="reading"):
        if st.session_state.get("reading_report") not in reports:
            st.session_state["reading_report"] = None
        st.selectbox(
            texts.READING, reports, key="reading_report", placeholder=texts.READING_HINT, help=texts.READING_HELP
        )
        report = st.session_state["reading_report"]
        if report is not None:
            _show_paragraphs(shown, report)


def _show_paragraphs(shown: Shown, report: str) -> None:
    try:
        day, paragraphs = _read_again(shown.generation, shown.config, report)
    except GeoError as error:
        st.error(texts.READING_FAILED)
        st.code(str(error), language=None, wrap_lines=True)
        return
    st.text(day)
    for number, paragraph in enumerate(paragraphs[:_MOST_PARAGRAPHS]):
        st.text(paragraph.text)
        if paragraph.notes:
            with st.container(key=f"reading_notes_{number}", gap=None):
                st.text("\n".join(f"{n.kind.value}  “{_short(n.words)}” → {n.says}" for n in paragraph.notes))
    if len(paragraphs) > _MOST_PARAGRAPHS:
        st.caption(texts.PARAGRAPHS_LEFT.format(n=len(paragraphs) - _MOST_PARAGRAPHS))


def _short(words: str) -> str:
    return words if len(words) <= _NOTED_WORDS else f"{words[:_NOTED_WORDS].rstrip()}…"


@st.cache_data(
    show_spinner=texts.READING_NOW, max_entries=20, hash_funcs={Generation: lambda g: str(g.path), Config: repr}
)
def _read_again(generation: Generation, config: Config, report: str) -> tuple[str, list[Paragraph]]:
    reading = extract_batch([read_report(generation, report)], config)[0]
    if reading.error:
        raise ReportError(reading.error)
    return explain_day(reading.document), explain(reading)
