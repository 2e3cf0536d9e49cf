"""Figures over time: what was counted at one place, who said so, and how sure the words are of it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geo.figures import FigurePoint, FigureSeries, count_series, list_series, read_points
from geo.page import texts
from geo.page.state import Shown, choose_place
from geo.page.tables import day_column, show_rest, show_table, text_column

__all__ = ["STYLE", "show_figures", "words_for_figure"]

_MOST_POINTS = 1_000  # of one series that are drawn and listed
_MOST_SERIES = 500  # that can be chosen from

STYLE = """
.st-key-figures_chart { max-width: 70rem; }
"""

# Okabe & Ito's set in an order whose neighbours differ most; yellow is too pale for lines on white.
_HUES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#8A8F98"]
_TOLD = {"when": "day", "told": "told", "speaker": "claimant", "status": "status", "source": "origin"}
_DAY = 86_400_000  # milliseconds
_SHAPES = {"exactly": "circle", "at least": "triangle-up", "at most": "triangle-down", "about": "diamond"}


def show_figures(shown: Shown) -> None:
    """Show one series of figures as a chart and as a table; choosing a row chooses the place."""
    found = list_series(shown.generation, shown.chosen, _MOST_SERIES)
    if not found:
        st.caption(texts.NO_FIGURES)
        return
    series = _choose(shown, found)
    points = read_points(shown.generation, shown.chosen, series, _MOST_POINTS)
    with st.container(key="figures_chart"):
        st.vega_lite_chart(
            _rows(points),
            _spec(series.unit, dark=st.context.theme.type == "dark"),
            theme=None,
            width="stretch",
            key="figures_plot",
            alt=texts.FIGURES_ALT.format(n=len(points)),
        )
        st.caption(texts.FIGURES_LEGEND)
    if series.n_points > len(points):
        st.caption(texts.NOT_SHOWN.format(n=series.n_points - len(points), shown=len(points)))
    _show_told(series, points)


def words_for_figure(point: FigurePoint, unit: str) -> str:
    """Return a figure as it was told: its day, number, unit and speaker."""
    return f"{point.day}  {_number(point)} {unit} ({_speaker(point)})".replace("  (", " (")


def _choose(shown: Shown, found: Sequence[FigureSeries]) -> FigureSeries:
    """Offer the series; the chosen one is known by what it counts, for filters change how many there are."""
    by_name = _named(found)
    if st.session_state.get("figures_series") not in by_name:
        st.session_state["figures_series"] = next(iter(by_name))
    st.selectbox(
        texts.SERIES,
        list(by_name),
        format_func=lambda name: f"{name}  ({by_name[name].n_points:,})",
        key="figures_series",
        help=texts.SERIES_HELP,
    )
    if len(found) == _MOST_SERIES:
        show_rest(count_series(shown.generation, shown.chosen), _MOST_SERIES)
    return by_name[st.session_state["figures_series"]]


def _named(found: Sequence[FigureSeries]) -> dict[str, FigureSeries]:
    """Return the series by what is counted, where and in which unit; those of one name get the type, then a number."""
    by_name: dict[str, FigureSeries] = {}
    for series in found:
        name = ", ".join(dict.fromkeys(filter(None, (series.what, series.place_name, series.unit))))
        if name in by_name:
            name = f"{name} · {series.event_type}"
        while name in by_name:
            name = f"{name} · {len(by_name) + 1}"
        by_name[name] = series
    return by_name


def _number(point: FigurePoint) -> str:
    upper = f"–{point.high:,.15g}" if point.high is not None else ""
    return f"{point.bound} {point.value:,.15g}{upper}".strip()


def _speaker(point: FigurePoint) -> str:
    return point.claimant or texts.REPORT_ITSELF


def _source(point: FigurePoint) -> str:
    return point.origin or point.outlet or point.report


def _rows(points: Sequence[FigurePoint]) -> pd.DataFrame:
    """Return what the chart draws: data goes into the values alone, never into its description."""
    return pd.DataFrame(
        {
            "day": [p.day.isoformat() for p in points],
            "value": [p.value for p in points],
            "high": [p.high for p in points],
            "top": [p.value if p.high is None else p.high for p in points],
            "bound": [_bound(p) for p in points],
            "source": [_source(p) for p in points],
            "told": [_number(p) for p in points],
            "speaker": [_speaker(p) for p in points],
            "when": [p.day.isoformat() for p in points],
            "status": [p.status for p in points],
        }
    )


def _bound(point: FigurePoint) -> str:
    if not point.bound:
        return "exactly"
    return point.bound if point.bound in _SHAPES else "about"


def _spec(unit: str, *, dark: bool) -> dict[str, Any]:
    """Return the chart's description; ``unit`` only tells whether halves of a unit may stand on the axis."""
    ink, muted, line = ("#E8E6E0", "#ABA699", "#3B434A") if dark else ("#22303A", "#5F5A4E", "#E0DCD2")
    axis = {"labelColor": muted, "titleColor": muted, "gridColor": line, "domainColor": line, "tickColor": line}
    font = {"labelFont": "inherit", "titleFont": "inherit", "labelFontSize": 12, "titleFontSize": 12}
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},  # as the days are written: the reader's own zone would move them
        "axis": {
            "format": "%Y-%m-%d",
            "title": None,
            "grid": False,
            "labelOverlap": "greedy",
            "labelFlush": True,
            "tickMinStep": _DAY,
        },
    }
    whole = {"tickMinStep": 1} if unit == "people" else {}
    y = {"field": "value", "type": "quantitative", "title": texts.FIGURE_AXIS, "axis": {"format": ",~f", **whole}}
    hue = {
        "field": "source",
        "type": "nominal",
        "sort": None,
        "scale": {"range": _HUES},
        "legend": {
            "title": texts.COLUMNS["origin"][0],
            "orient": "bottom",
            "columns": 3,
            "labelLimit": 220,
            "symbolOpacity": 1,
        },
    }
    shape = {
        "field": "bound",
        "type": "nominal",
        "scale": {"domain": list(_SHAPES), "range": list(_SHAPES.values())},
        "legend": None,
    }
    tooltip = [{"field": name, "type": "nominal", "title": texts.COLUMNS[column][0]} for name, column in _TOLD.items()]
    return {
        "height": 300,
        "background": "transparent",
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 1.5, "opacity": 0.6}, "encoding": {"x": x, "y": y, "color": hue}},
            {
                "transform": [{"filter": {"field": "high", "valid": True}}],
                "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "aria": False},
                "encoding": {"x": x, "y": y, "y2": {"field": "top"}, "color": hue},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": hue, "shape": shape, "tooltip": tooltip},
            },
        ],
        "config": {
            "view": {"stroke": None},
            "axis": axis | font,
            "legend": font | {"labelColor": ink, "titleColor": muted, "symbolType": "circle"},
        },
    }


def _show_told(series: FigureSeries, points: Sequence[FigurePoint]) -> None:
    frame = pd.DataFrame(
        {
            "day": [p.day for p in points],
            "told": [_number(p) for p in points],
            "unit": [series.unit for _ in points],
            "claimant": [_speaker(p) for p in points],
            "status": [p.status for p in points],
            "origin": [_source(p) for p in points],
            "published": [p.published for p in points],
            "report": [p.report for p in points],
        }
    )
    ids = [p.claim_id for p in points]

    def choose(row: int | None) -> None:
        st.session_state["figures_claim"] = None if row is None else ids[row]
        if row is not None:
            choose_place(series.number)

    show_table(
        frame,
        {
            "day": day_column("day"),
            "told": text_column("told"),
            "unit": text_column("unit", "small"),
            "claimant": text_column("claimant"),
            "status": text_column("status", "small"),
            "origin": text_column("origin"),
            "published": day_column("published"),
            "report": text_column("report"),
        },
        key="figures_told",
        name=texts.LISTS["figures"],
        ids=ids,
        chosen=st.session_state.get("figures_claim"),
        on_choose=choose,
    )
