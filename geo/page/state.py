"""What every part of the page is given, and the few words of the session that they share."""

import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from geo.build import Config
from geo.filters import Filter
from geo.store import Generation

__all__ = ["Shown", "choose_place", "chosen_place", "plain", "read_config", "show_error"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows in this run: a folder's published build under a filter.

    ``root`` is where the project's generations and corrections are kept (``geo.store.project_folder``).
    """

    folder: Path
    root: Path
    config: Config
    generation: Generation
    chosen: Filter


def chosen_place() -> int | None:
    """Return the number (``geo.view.NUMBER``) of the place whose evidence is shown, if any."""
    number: int | None = st.session_state.get("chosen")
    return number


def choose_place(number: int | None) -> None:
    """Show the evidence of a place from the next run on; for callbacks."""
    st.session_state["chosen"] = number


def read_config() -> Config:
    """Return what the page was opened with (``geo.serve``) besides its folder."""
    gazetteer = os.environ.get("DATELINE_GAZETTEER")
    return Config(Path(gazetteer) if gazetteer else None, os.environ.get("DATELINE_MODEL") or None)


def plain(text: str) -> str:
    """Return a text for a label, which Streamlit reads as Markdown, so that every character stands for itself."""
    return "".join(f"\\{c}" if c in _MARKED else c for c in " ".join(text.split()))


def show_error(words: str, reason: str) -> None:
    """Show what went wrong: words of the page, which may be Markdown, and a reason that may hold data."""
    st.error(words)
    st.code(reason, language=None, wrap_lines=True)


_MARKED = frozenset("\\`*_{}[]()<>#+-.!|~$:^=&@\"'")
