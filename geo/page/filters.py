"""The filters: search, a value of each facet with what it would show, and a chip for each that is on.

The session holds one ``Filter`` without days, and the days beside it; widgets are set from them and write to them. The
page's address says the same, so that a link shows the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from geo.areas import first_order_name
from geo.assets import module_source, serve_assets
from geo.facets import Option, count_facets
from geo.filters import EVERYTHING, Bounds, Filter, from_query, to_query
from geo.model import country_name
from geo.page import texts
from geo.page.state import Shown, plain, show_error

__all__ = [
    "STYLE",
    "choose_days",
    "chosen_filter",
    "forget_filter",
    "read_address",
    "show_chips",
    "show_filters",
    "without_days",
    "write_address",
]

STYLE = """
.st-key-filters { align-items: end; row-gap: .3rem; }
.st-key-filters [data-testid="stTextInput"] { min-width: 15rem; }
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-chips, .st-key-filters_wrong)) { flex: 1 0 100%; }
[class*="st-key-chip_"] button {
  border-radius: 999px; padding: .05rem .7rem; min-height: 1.75rem; background: var(--mark); border-color: var(--line);
}
[class*="st-key-chip_"] button p { font-size: .82rem; color: var(--ink); }
"""

_OF_PROJECT = frozenset(("chosen", "bounds", "compared", "dropped"))
_FILTER, _DAYS, _WRONG = "filter", "days", "address_wrong"
_PLACE_INDENT = "\u2003"
_LONGEST_CHIP = 40  # characters
_MOST_CHIPS = 3  # of one facet; more are one chip


def read_address() -> None:
    """Take the filter that the page's address asks for, once a session."""
    if _FILTER in st.session_state:
        return
    asked, wrong = from_query({name: st.query_params.get_all(name) for name in st.query_params})
    st.session_state[_FILTER] = without_days(asked)
    st.session_state[_WRONG] = wrong
    if asked.date_from > asked.date_to:
        wrong.append(texts.WRONG_DAYS.format(first=asked.date_from, last=asked.date_to))
    elif (asked.date_from, asked.date_to) != (date.min, date.max):
        st.session_state[_DAYS] = (asked.date_from, asked.date_to)
    number = st.query_params.get("at", "")
    if number.isdigit():
        st.session_state["chosen"] = int(number)


def write_address(chosen: Filter, more: Mapping[str, str]) -> None:
    """Let the page's address say what is shown; ``more`` are parameters of the page's own."""
    serve_assets()
    _address()(data={"query": urlencode(to_query(chosen) | dict(more), doseq=True)}, key="address")


@cache
def _address() -> Any:
    return st.components.v2.component("dateline_address", js=module_source("address.js", "mountAddress"))


def chosen_filter() -> Filter:
    """Return the filter with its days."""
    chosen: Filter = st.session_state[_FILTER]
    days: tuple[date, date] | None = st.session_state.get(_DAYS)
    return chosen if days is None else replace(chosen, date_from=days[0], date_to=days[1])


def choose_days(days: tuple[date, date] | None) -> None:
    """Show these days from the next run on, all of them without any; for callbacks."""
    st.session_state[_DAYS] = days


def forget_filter() -> None:
    """Show all of the project that is shown from the next run on: a filter of another one means nothing in it."""
    _clear()
    for name in [n for n in st.session_state if n in _OF_PROJECT or str(n).startswith("comparison_")]:
        del st.session_state[name]


def without_days(chosen: Filter) -> Filter:
    """Return the filter for all days, as the map's claims are packed."""
    return replace(chosen, date_from=date.min, date_to=date.max)


def show_filters(shown: Shown, bounds: Bounds) -> None:
    """Show the search and the filters; ``bounds`` is what the map shows now."""
    if wrong := st.session_state.get(_WRONG):
        with st.container(key="filters_wrong"):
            show_error(texts.WRONG_ADDRESS, "\n".join(wrong))
    _show_search()
    n_active = len(list(_active(shown.chosen, {})))
    label = texts.FILTERS_ON.format(n=n_active) if n_active else texts.FILTERS
    popover = st.popover(label, key="filter_popover", on_change="rerun")
    if popover.open:
        with popover:
            _show_facets(count_facets(shown.generation, shown.chosen), shown.chosen, bounds)


def show_chips(shown: Shown, names: Mapping[str, str]) -> None:
    """Show a chip for each filter that is on, which takes it away; ``names`` has the places' by their ids."""
    active = list(_active(shown.chosen, names))
    if not active:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for n, (name, value, words) in enumerate(active):
            st.button(words, key=f"chip_{n}", on_click=_take_away, args=(name, value), help=texts.TAKE_AWAY)


def _show_search() -> None:
    st.session_state["filter_text"] = st.session_state[_FILTER].text
    st.text_input(
        texts.SEARCH,
        key="filter_text",
        placeholder=texts.SEARCH_HINT,
        help=texts.SEARCH_HELP,
        type="search",
        label_visibility="collapsed",
        on_change=lambda: _set("text", st.session_state["filter_text"]),
        width=260,
    )


def _show_facets(options: Mapping[str, list[Option]], chosen: Filter, bounds: Bounds) -> None:
    for name, (label, help_) in texts.FACETS.items():
        _show_values(name, label, help_, list(_flat(options[name])), getattr(chosen, name))
    _show_sources(options["min_sources"], chosen.min_sources)
    st.session_state["filter_disputed"] = chosen.disputed
    st.toggle(
        texts.DISPUTED.format(n=options["disputed"][0].n_claims),
        key="filter_disputed",
        help=texts.DISPUTED_HELP,
        on_change=lambda: _set("disputed", st.session_state["filter_disputed"]),
    )
    with st.container(horizontal=True):
        if chosen.bounds is None:
            st.button(
                texts.HERE,
                key="filter_here",
                help=texts.HERE_HELP,
                on_click=_set,
                args=("bounds", bounds),
            )
        else:
            st.button(texts.ANYWHERE, key="filter_anywhere", on_click=_set, args=("bounds", None))
        st.button(texts.CLEAR, key="filter_clear", help=texts.CLEAR_HELP, on_click=_clear)


def _show_values(name: str, label: str, help_: str, options: list[tuple[str, str]], chosen: Iterable[str]) -> None:
    labels = dict(options)
    key = f"filter_{name}"
    st.session_state[key] = [value for value in chosen if value in labels]
    st.multiselect(
        label,
        list(labels),
        key=key,
        format_func=lambda value: labels.get(value, value),
        placeholder=texts.ANY,
        help=help_,
        on_change=lambda: _set(name, tuple(st.session_state[key])),
    )


def _show_sources(options: Iterable[Option], least: int) -> None:
    labels = {int(o.value): texts.SOURCES_OPTION.format(label=o.label, n=o.n_claims) for o in options}
    st.session_state["filter_sources"] = max(n for n in labels if n <= max(least, 1))
    st.selectbox(
        texts.SOURCES,
        list(labels),
        key="filter_sources",
        format_func=lambda n: labels[n],
        help=texts.SOURCES_HELP,
        on_change=lambda: _set("min_sources", st.session_state["filter_sources"]),
    )


def _flat(options: Iterable[Option], depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the values of a facet with their words, those of a tree indented below what holds them."""
    for option in options:
        yield option.value, f"{_PLACE_INDENT * depth}{option.label} ({option.n_claims:,})"
        yield from _flat(option.children, depth + 1)


# --- what is on ---


def _active(chosen: Filter, names: Mapping[str, str]) -> Iterator[tuple[str, str | None, str]]:
    """Yield the field, the value if it is one of several, and a chip's words for each restriction that is on."""
    for field in fields(Filter):
        value = getattr(chosen, field.name)
        if field.name in ("date_from", "date_to") or value == getattr(EVERYTHING, field.name):
            continue
        if field.name in texts.FACETS and len(value) > _MOST_CHIPS:
            yield field.name, None, _chip(texts.FACETS[field.name][0], texts.SEVERAL.format(n=len(value)))
        elif field.name in texts.FACETS:
            for one in value:
                words = _place_name(one, names) if field.name == "places" else one or texts.UNNAMED
                yield field.name, one, _chip(texts.FACETS[field.name][0], words)
        else:
            yield field.name, None, _chip(texts.CHIPS[field.name], _words(value))


def _place_name(place: str, names: Mapping[str, str]) -> str:
    """Return the name of a place, or of a country or region as the tree of places has it."""
    kind, _, code = place.partition(":")
    if kind == "country":
        return country_name(code) or code
    if kind == "region":
        return first_order_name(*code.partition(".")[::2]) or code
    return names.get(place, place)


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{degrees:.1f}°" for degrees in value)
    return "" if value is True else str(value)


def _chip(facet: str, value: str) -> str:
    words = value if len(value) <= _LONGEST_CHIP else f"{value[: _LONGEST_CHIP - 1]}…"
    return plain(texts.CHIP.format(facet=facet.lower(), value=words) if words else f"{facet} ✕")


def _take_away(name: str, value: str | None) -> None:
    kept = () if value is None else tuple(v for v in getattr(st.session_state[_FILTER], name) if v != value)
    _set(name, getattr(EVERYTHING, name) if value is None else kept)


def _set(name: str, value: Any) -> None:
    change: dict[str, Any] = {name: value}
    st.session_state[_FILTER] = replace(st.session_state[_FILTER], **change)
    st.session_state[_WRONG] = []


def _clear() -> None:
    st.session_state[_FILTER] = EVERYTHING
    st.session_state[_DAYS] = None
    st.session_state[_WRONG] = []
