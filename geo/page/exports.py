"""What is in view for other programs: a file in one of several formats, a picture of the map, a link to the page."""

import io
import re
from datetime import date
from functools import cache, partial
from typing import Any

import streamlit as st

from geo.assets import module_source, serve_assets
from geo.export import export_view
from geo.filters import Filter
from geo.page import texts
from geo.page.state import Shown
from geo.store import Generation

__all__ = ["STYLE", "file_name", "show_exports"]

STYLE = """
.st-key-exports { max-width: 22rem; }
"""

_ENDINGS = {
    "csv": (".csv", "text/csv"),
    "csv-raw": ("-raw.csv", "text/csv"),
    "geojson": (".geojson", "application/geo+json"),
    "kml": (".kml", "application/vnd.google-earth.kml+xml"),
    "geoparquet": (".parquet", "application/vnd.apache.parquet"),
    "parquet": ("-plain.parquet", "application/vnd.apache.parquet"),
    "html": (".html", "text/html"),
}
_LONGEST_NAME = 60  # characters of the folder's name


def show_exports(shown: Shown, map_key: str) -> None:
    """Offer what the filter shows as a file, the map with this key as a picture, and the page's address."""
    with st.popover(texts.EXPORT, key="exports_popover", help=texts.EXPORT_HELP), st.container(key="exports"):
        format_ = st.selectbox(
            texts.EXPORT_FORMAT,
            list(texts.EXPORT_FORMATS),
            format_func=lambda name: texts.EXPORT_FORMATS[name][0],
            key="exports_format",
            help=texts.EXPORT_FORMAT_HELP,
        )
        st.caption(texts.EXPORT_FORMATS[format_][1])
        table = "claims" if format_ == "html" else _choose_table()
        st.download_button(
            texts.EXPORT_DO,
            partial(_file, shown.generation, table, shown.chosen, format_),
            file_name(shown, table, format_),
            _ENDINGS[format_][1],
            key="exports_download",
            help=texts.EXPORT_DO_HELP,
            on_click="ignore",
            type="primary",
            width="stretch",
        )
        _show_tools(map_key)


def file_name(shown: Shown, table: str, format_: str) -> str:
    """Return the name of an export: the project, what is in it, the days where some are chosen, and the ending."""
    project = re.sub(r"[^\w.-]+", "-", shown.folder.name)[:_LONGEST_NAME].strip("-.") or "reports"
    ends = shown.chosen.date_from, shown.chosen.date_to
    days = [day.isoformat() for day in ends if day not in (date.min, date.max)]
    return "-".join(["dateline", project, table, *days]) + _ENDINGS[format_][0]


def _choose_table() -> str:
    table: str = st.segmented_control(
        texts.EXPORT_TABLE,
        list(texts.EXPORT_TABLES),
        default="claims",
        required=True,
        format_func=texts.EXPORT_TABLES.__getitem__,
        key="exports_table",
        help=texts.EXPORT_TABLE_HELP,
    )
    return table


def _file(generation: Generation, table: str, chosen: Filter, format_: str) -> bytes:
    file = io.BytesIO()
    export_view(generation, table, chosen, format_, file)
    return file.getvalue()


def _show_tools(map_key: str) -> None:
    """Show what only the browser can do: it has the map's picture and the page's address."""
    serve_assets()
    _tools()(data={"map": map_key, "texts": dict(texts.TOOLS)}, key="exports_tools")


@cache
def _tools() -> Any:
    return st.components.v2.component("dateline_tools", js=module_source("tools.js", "mountTools"))
