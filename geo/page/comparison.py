"""Two stretches of days side by side: what was gained, lost, grew or shrank, by place and by type."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from geo.filters import EVERYTHING
from geo.page import tables, texts
from geo.page.state import Shown, choose_place, chosen_place
from geo.page.tables import MOST_ROWS, number_column, show_rest, show_table, text_column
from geo.periods import Change, Compared, Counts, Days, Period, compare_periods, find_days, find_halves
from geo.store import Generation

__all__ = ["STYLE", "show_chip", "show_comparison"]

_DAY = timedelta(days=1)

STYLE = (
    tables.STYLE
    + """
.st-key-comparison_totals [data-testid="stText"] { font-variant-numeric: tabular-nums; }
.st-key-comparison_periods { max-width: 60rem; }
"""
)


def show_comparison(shown: Shown, by_hand: tuple[Period | None, Period] | None = None) -> tuple[Period, Period] | None:
    """Compare two stretches of days under the filter's other choices; return them, None while it is off.

    ``by_hand`` are both as the timeline shows them, the earlier one None for all days; where they differ from what was
    returned last, they are taken over.
    """
    halves = find_halves(shown.generation, shown.chosen) or find_halves(shown.generation, EVERYTHING)
    if halves is None:
        st.caption(texts.NOTHING_DATED)
        return None
    on = st.toggle(texts.COMPARE, key="comparison_on", help=texts.COMPARE_HELP, persist_state="session")
    if not on:
        st.session_state.pop("comparison_given", None)
        return None
    _take_over(shown, halves, by_hand)
    periods = _choose_periods({"halves": halves, "weeks": _weeks(halves[1][1])})
    if periods is None:
        st.caption(texts.BOTH_DAYS)
        return None
    st.session_state["comparison_given"] = periods
    _show_compared(shown, *periods)
    return periods


def show_chip(compared: tuple[Period | None, Period] | None) -> None:
    """Say what is compared, beside the filters, with a way to end it; nothing while nothing is."""
    if compared is None:
        return
    a, b = (texts.ALL_DAYS if days is None else texts.PERIOD.format(first=days[0], last=days[1]) for days in compared)
    st.button(texts.COMPARED.format(a=a, b=b), key="chip_compared", help=texts.COMPARED_HELP, on_click=_end)


def _end() -> None:
    st.session_state["comparison_on"] = False
    st.session_state["compared"] = None
    st.session_state.pop("comparison_given", None)


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Generation: lambda g: str(g.path)})
def _days(generation: Generation) -> Days | None:
    return find_days(generation)


# --- the periods ---


def _take_over(shown: Shown, halves: tuple[Period, Period], by_hand: tuple[Period | None, Period] | None) -> None:
    """Set what the inputs hold: at first the halves, then what the hand has done on the timeline since."""
    for name, half in zip("ab", halves, strict=True):
        st.session_state.setdefault(f"comparison_{name}", half)
    is_news = by_hand not in (st.session_state.get("comparison_hand"), st.session_state.get("comparison_given"))
    st.session_state["comparison_hand"] = by_hand
    if by_hand is not None and is_news:
        days = _days(shown.generation)
        st.session_state["comparison_a"] = by_hand[0] or (days and (days.first, days.last))
        st.session_state["comparison_b"] = by_hand[1]


def _choose_periods(presets: Mapping[str, tuple[Period, Period]]) -> tuple[Period, Period] | None:
    """Ask for both; None while one has no end yet."""
    with st.container(key="comparison_periods"):
        with st.container(horizontal=True, gap="small"):
            for name, (label, tip) in texts.PRESETS.items():
                st.button(
                    label,
                    key=f"comparison_{name}",
                    help=tip,
                    on_click=_set_periods,
                    args=(presets[name],),
                )
        left, right = st.columns(2, gap="medium")
        chosen = []
        for column, name, (label, tip) in ((left, "a", texts.PERIOD_A), (right, "b", texts.PERIOD_B)):
            with column:
                value = st.date_input(
                    label,
                    min_value=date.min,
                    max_value=date.max,
                    key=f"comparison_{name}",
                    format="YYYY-MM-DD",
                    help=tip,
                    persist_state="session",
                )
            chosen.append(value)
    a, b = ((value[0], value[1]) if isinstance(value, tuple) and len(value) == 2 else None for value in chosen)
    return (a, b) if a and b else None


def _set_periods(periods: tuple[Period, Period]) -> None:
    st.session_state["comparison_a"], st.session_state["comparison_b"] = periods


def _weeks(last: date) -> tuple[Period, Period]:
    """Return the seven days to the last one and the seven before, those before first."""
    start = max(last, date.min + 13 * _DAY) - 6 * _DAY
    return (start - 7 * _DAY, start - _DAY), (start, start + 6 * _DAY)


# --- what differs ---


def _show_compared(shown: Shown, a: Period, b: Period) -> None:
    comparison = compare_periods(shown.generation, shown.chosen, a, b, MOST_ROWS)
    with st.container(key="comparison_totals", gap=None):
        st.text(_words_for_total("A", a, comparison.total_a))
        st.text(_words_for_total("B", b, comparison.total_b))
        st.caption(_words_for_changes(comparison.changes))
    numbers = [place.number for place in comparison.places]
    show_rest(sum(comparison.changes.values()), len(numbers))
    _show_rows(
        comparison.places,
        "places",
        "place_name",
        chosen=chosen_place(),
        on_choose=lambda row: choose_place(None if row is None else numbers[row]),
    )
    st.text(texts.BY_TYPE)
    types = [kind.value for kind in comparison.types]
    _show_rows(
        comparison.types,
        "types",
        "event_type",
        chosen=st.session_state.get("comparison_type"),
        on_choose=lambda row: st.session_state.update(comparison_type=None if row is None else types[row]),
    )


def _show_rows(
    rows: Sequence[Compared], what: str, label: str, *, chosen: Hashable | None, on_choose: Callable[[int | None], None]
) -> None:
    frame = pd.DataFrame(
        {
            label: [row.label for row in rows],
            "change": [texts.CHANGES[row.change] for row in rows],
            "both": [[row.a.independent_sources, row.b.independent_sources] for row in rows],
            "sources_a": [row.a.independent_sources for row in rows],
            "sources_b": [row.b.independent_sources for row in rows],
            "events_a": [row.a.events for row in rows],
            "events_b": [row.b.events for row in rows],
            "claims_a": [row.a.claims for row in rows],
            "claims_b": [row.b.claims for row in rows],
        }
    )
    top = max((max(pair) for pair in frame["both"]), default=1)
    both, tip = texts.COLUMNS["both"]
    show_table(
        frame,
        {
            label: text_column(label, "medium"),
            "change": text_column("change", "small"),
            "both": st.column_config.BarChartColumn(both, width="small", help=tip, y_min=0, y_max=max(top, 1)),
            **{f"{name}_{side}": number_column(f"{name}_{side}") for name in _COUNTED for side in "ab"},
        },
        key=f"comparison_{what}",
        name=texts.LISTS[f"compared_{what}"],
        ids=[row.number if what == "places" else row.value for row in rows],
        chosen=chosen,
        on_choose=on_choose,
    )


_COUNTED = ("sources", "events", "claims")


def _words_for_total(name: str, days: Period, counts: Counts) -> str:
    return texts.PERIOD_TOTAL.format(
        name=name,
        first=days[0],
        last=days[1],
        length=texts.count((days[1] - days[0]).days + 1, texts.DAY),
        claims=texts.count(counts.claims, texts.CLAIM),
        events=texts.count(counts.events, texts.EVENT),
        sources=texts.count(counts.independent_sources, texts.SOURCE),
    )


def _words_for_changes(changes: Mapping[Change, int]) -> str:
    return "  ·  ".join(f"{texts.CHANGES[change]} {changes.get(change, 0):,}" for change in Change)
