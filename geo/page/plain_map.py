"""The plain map: Folium and a slider, where the live map cannot run; it follows when the hand lets go."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from geo.assets import tell_names
from geo.maps import LEGEND, draw_map, draw_places
from geo.model import Status
from geo.page import texts
from geo.page.filters import choose_days
from geo.page.state import Shown, choose_place, chosen_place
from geo.periods import Days, count_bins, find_days
from geo.store import Generation
from geo.view import Feature, build_view

__all__ = ["STYLE", "show_plain_map"]

STYLE = """
.bars { position: relative; display: flex; align-items: flex-end; height: 34px; margin: 0 6px; gap: 1px; }
.bars i { flex: 1; background: var(--accent); }
.bars::before, .bars::after {
  content: ""; position: absolute; top: 0; bottom: 0; background: color-mix(in srgb, var(--paper) 75%, transparent);
}
.bars::before { left: 0; width: var(--from); } .bars::after { left: var(--to); right: 0; }
.st-key-timeline [data-testid="stSlider"] { margin-top: .1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .82rem; color: var(--muted); }
.legend span { white-space: nowrap; }
.legend i {
  display: inline-block; width: 11px; height: 11px; border-radius: 50%; margin-right: 6px; vertical-align: -1px;
}
.legend .reported, .legend .claimed, .legend .denied, .legend .planned {
  border: 1.5px solid var(--ink); background: var(--line);
}
.legend .claimed, .legend .planned { border-style: dashed; }
.legend .planned { border-style: dotted; }
.legend .denied, .legend .planned { background: none; }
.legend .area { border-radius: 3px; width: 15px; border: 1.5px dashed var(--muted); background: var(--panel); }
"""

_HEIGHT = 520
_KEY, _SLIDER = "plain", "plain_days"


def show_plain_map(shown: Shown, places: Sequence[Feature]) -> None:
    """Show the places in view on a Folium map, with a slider of days under it."""
    from streamlit_folium import st_folium  # a third of a second that the live map does without

    features = build_view(shown.generation, shown.chosen).features
    st_folium(
        draw_map(places),
        key=_KEY,
        height=_HEIGHT,
        use_container_width=True,
        feature_group_to_add=draw_places(features, chosen_place()),
        returned_objects=["last_active_drawing", "last_object_clicked_count"],
        on_change=_take_click,
    )
    days = _days(shown.generation)
    with st.container(gap="xxsmall", key="timeline"):
        if days is not None:
            _show_bars(days, shown.chosen.date_from, shown.chosen.date_to)
            _show_slider(days, shown.chosen.date_from, shown.chosen.date_to)
        _show_legend()
    tell_names({place.number: place.name for place in places}, key="names")


@st.cache_data(show_spinner=False, max_entries=3, hash_funcs={Generation: lambda generation: str(generation.path)})
def _days(generation: Generation) -> Days | None:
    return find_days(generation)


def _take_click() -> None:
    """Choose the place whose pin was clicked; the browser says which by its number."""
    clicked = st.session_state[_KEY].get("last_active_drawing") or {}
    number = clicked.get("properties", {}).get("id")
    if isinstance(number, int):
        choose_place(number)


def _show_slider(days: Days, first: date, last: date) -> None:
    end = max(days.last, days.first + timedelta(days=1))  # a slider needs two different ends
    bounds = (days.first, end)
    st.session_state[_SLIDER] = tuple(min(max(day, days.first), end) for day in (first, last))
    st.slider(
        texts.DAYS,
        min_value=bounds[0],
        max_value=bounds[1],
        format="YYYY-MM-DD",
        key=_SLIDER,
        label_visibility="collapsed",
        on_change=lambda: choose_days(st.session_state[_SLIDER]),
    )


def _show_bars(days: Days, first: date, last: date) -> None:
    """Draw how many claims cover each day, over the slider, pale outside the window; numbers and constants only."""
    bins = count_bins(days)
    top = max(b.count for b in bins)
    heights = (max(100 * b.count / top, 6 if b.count else 0) for b in bins)
    bars = "".join(f'<i style="height:{height:.0f}%"></i>' for height in heights)
    length = (days.last - days.first).days + 1
    start = min(max((first - days.first).days / length, 0), 1)
    end = min(max(((last - days.first).days + 1) / length, 0), 1)
    window = f"--from: {start:.2%}; --to: {end:.2%}"
    st.html(f'<div class="bars" style="{window}" aria-hidden="true">{bars}</div>')


def _show_legend() -> None:
    hues = "".join(f'<span><i style="background:{colour}"></i>{words}</span>' for colour, words, _ in LEGEND)
    lines = "".join(f'<span><i class="{status}"></i>{status}</span>' for status in Status)
    shapes = f'<span><i class="area"></i>{texts.AREA}</span><span>{texts.LARGER}</span>'
    st.html(f'<div class="legend">{hues}{lines}{shapes}</div>')
