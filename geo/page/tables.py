"""Tables of which a row may be chosen; the choice stays with its thing while filters change the rows."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geo.page import texts

__all__ = ["MOST_ROWS", "STYLE", "day_column", "number_column", "show_rest", "show_table", "text_column"]

MOST_ROWS = 500
"""The rows that a table sends to the browser at most."""

# What the table's own button would save is cut short and holds cells that a spreadsheet runs; the exports are neither.
STYLE = """
[data-testid="stElementToolbarButton"]:has(button[aria-label^="Download as CSV"]) { display: none; }
"""


def show_table(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    name: str,
    ids: Sequence[Hashable],
    chosen: Hashable | None,
    on_choose: Callable[[int | None], None],
) -> None:
    """Show the named columns of a frame; ``on_choose`` is told the number of the row chosen, None when it is let go.

    ``ids`` name the rows, and the row of the ``chosen`` one is marked. ``name`` is for those who cannot see the table.
    """
    rows = [ids.index(chosen)] if chosen in ids else []
    if _chosen_rows(key) != rows:
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        frame[list(columns)],
        hide_index=True,
        column_config=dict(columns),
        key=key,
        on_select=lambda: on_choose(next(iter(_chosen_rows(key)), None)),
        selection_mode="single-row",
        placeholder="",
        lazy=False,
        alt=name,
    )


def show_rest(total: int, shown: int) -> None:
    """Say how many rows are not shown, if any."""
    if total > shown:
        st.caption(texts.NOT_SHOWN.format(n=total - shown, shown=shown))


def text_column(name: str, width: Any = None) -> Any:
    """Return a column of text with the label and help that ``texts.COLUMNS`` has for its name."""
    label, tip = texts.COLUMNS[name]
    return st.column_config.TextColumn(label, width=width, help=tip)


def number_column(name: str) -> Any:
    """Return a narrow column of whole numbers."""
    label, tip = texts.COLUMNS[name]
    return st.column_config.NumberColumn(label, width="small", help=tip, format="localized")


def day_column(name: str) -> Any:
    """Return a narrow column of ISO days."""
    label, tip = texts.COLUMNS[name]
    return st.column_config.DateColumn(label, width="small", help=tip, format="YYYY-MM-DD")


def _chosen_rows(key: str) -> list[int]:
    state = st.session_state.get(key)
    return list(state["selection"]["rows"]) if state else []
