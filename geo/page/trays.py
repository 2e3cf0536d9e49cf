"""The trays: what waits for a day, a place or a readable file, or was rejected, each with the reason and what mends it.

What a form has written down is in effect after the build that follows; what went wrong stands in place of it, and what
was typed stays.
"""

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from geo.corrections import Action, Correction, add, place_value, read_corrections
from geo.errors import CorrectionError, GeoError
from geo.page import tables, texts
from geo.page.placing import ask_name, ask_point
from geo.page.signing import finish_form
from geo.page.state import Shown
from geo.page.tables import MOST_ROWS, show_rest, show_table, text_column
from geo.store import Generation
from geo.trays import KINDS, Remedy, TrayItem, count_trays, read_trays

__all__ = ["STYLE", "show_trays"]

_MOST_CHOICES = 200  # items that the list offers beside the table
_LABEL = 90  # characters of an item's words in the list

STYLE = (
    tables.STYLE
    + """
.st-key-trays_item { max-width: 62rem; border-top: 1px solid var(--line); padding-top: .7rem; }
.st-key-trays_words { background: var(--mark); border-radius: 4px; padding: .4rem .7rem; }
.st-key-trays_about [data-testid="stText"] * { color: var(--muted); font-size: .88rem; }
[class*="st-key-trays_form_"] { max-width: 40rem; }
"""
)

_TYPED = (
    *(f"trays_{name}" for name in ("first", "last", "published", "name", "candidate", "point_name", *texts.POINT)),
    *(f"trays_{action.value}_{name}" for action in Action for name in ("why", "failed")),
)

Value = Callable[[], Mapping[str, Any]]


def show_trays(shown: Shown) -> None:
    """Show one tray at a time with its items, and of the chosen item what mends it."""
    trays, counts = _trays(shown.generation, MOST_ROWS)
    kind = _choose_tray(counts)
    st.caption(texts.TRAY_MEANINGS[kind])
    _tell_outcome()
    items = trays[kind]
    if not items:
        st.caption(texts.TRAY_EMPTY)
        return
    if kind == "unreadable":
        _offer_retry()
    chosen = _show_items(kind, items, counts[kind])
    if chosen is not None:
        _forget_typed(st.session_state[f"trays_item_{kind}"])
        _show_item(shown, chosen)


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Generation: lambda g: str(g.path)})
def _trays(generation: Generation, at_most: int) -> tuple[dict[str, list[TrayItem]], dict[str, int]]:
    return read_trays(generation, at_most), count_trays(generation)


def _choose_tray(counts: Mapping[str, int]) -> str:
    fullest = next((kind for kind in KINDS if counts[kind]), KINDS[0])
    st.session_state.setdefault("trays_kind", fullest)
    kind: str | None = st.segmented_control(
        texts.TRAY,
        KINDS,
        format_func=lambda kind: f"{texts.TRAYS[kind]} {counts[kind]:,}",
        key="trays_kind",
        required=True,
        help=texts.TRAY_HELP,
        label_visibility="collapsed",
        persist_state="session",
    )
    return kind or fullest


# --- the items ---


def _show_items(kind: str, items: list[TrayItem], n: int) -> TrayItem | None:
    """List a tray; return the item that is chosen, in the table or in the list under it."""
    by_id = {_id_of(n, item): item for n, item in enumerate(items)}
    key = f"trays_item_{kind}"
    if st.session_state.get(key) not in by_id:
        st.session_state[key] = None
    ids = list(by_id)
    show_rest(n, len(items))
    show_table(
        _frame(items),
        {
            "reason": text_column("reason", "medium"),
            "report": text_column("report", "medium"),
            "outlet": text_column("outlet", "small"),
            "text": text_column("text", "large"),
        },
        key=f"trays_table_{kind}",
        name=texts.TRAYS[kind],
        ids=ids,
        chosen=st.session_state[key],
        on_choose=lambda row: st.session_state.update({key: None if row is None else ids[row]}),
    )
    choices = ids[:_MOST_CHOICES]
    if st.session_state[key] is not None and st.session_state[key] not in choices:
        choices.append(st.session_state[key])
    st.selectbox(
        texts.ITEM,
        choices,
        format_func=lambda id_: _label(by_id[id_]),
        key=key,
        placeholder=texts.ITEM_HINT,
        help=texts.ITEM_HELP,
    )
    return by_id.get(st.session_state[key])


def _id_of(n: int, item: TrayItem) -> Hashable:
    """Return what an item is known by from one build to the next; ``n`` tells those apart that have no id."""
    ids = (item.kind, item.claim_id, item.correction_id, item.report)
    return ids if item.claim_id or item.correction_id else (*ids, n)


def _frame(items: list[TrayItem]) -> pd.DataFrame:
    names = ("reason", "report", "outlet", "text")
    return pd.DataFrame({name: [getattr(item, name) for item in items] for name in names})


def _label(item: TrayItem) -> str:
    words = " ".join((item.text or item.reason).split())
    return f"{item.report}: {words[:_LABEL]}{'…' if len(words) > _LABEL else ''}"


def _forget_typed(id_: Hashable) -> None:
    """Empty the forms when another item is chosen: what was typed was meant for the one before."""
    if st.session_state.get("trays_open") != id_:
        st.session_state["trays_open"] = id_
        for key in _TYPED:
            st.session_state.pop(key, None)


def _show_item(shown: Shown, item: TrayItem) -> None:
    with st.container(key="trays_item", gap="small"):
        if item.text:
            with st.container(key="trays_words"):
                st.text(item.text)
        with st.container(key="trays_about", gap=None):
            for line in _lines_about(shown, item):
                st.text(line)
        for remedy in item.remedies:
            _REMEDIES[remedy](shown, item)


def _lines_about(shown: Shown, item: TrayItem) -> list[str]:
    published = texts.PUBLISHED_ON.format(day=item.published) if item.published else ""
    lines = [item.reason, "  ·  ".join(filter(None, (item.title, item.outlet, item.report, published)))]
    correction = _correction(shown, item.correction_id)
    if correction is not None:
        lines.append(
            texts.CORRECTED_BY.format(
                action=correction.action,
                who=correction.author,
                day=correction.made_at[:10],
                why=correction.reason,
            )
        )
    return [line for line in lines if line]


def _correction(shown: Shown, correction_id: str) -> Correction | None:
    if not correction_id:
        return None
    try:
        return next((c for c in read_corrections(shown.root) if c.correction_id == correction_id), None)
    except GeoError:
        return None  # what cannot be read says so when it is taken back


# --- what mends them ---


def _show_date(shown: Shown, item: TrayItem) -> None:
    def value() -> Mapping[str, Any]:
        first = _day_of("trays_first", texts.FIRST_DAY)
        last = st.session_state.get("trays_last") or first
        return {"from": first.isoformat(), "to": last.isoformat()}

    with st.form("trays_form_date"):
        st.text(texts.SET_DATE)
        with st.container(horizontal=True, gap="small"):
            _ask_day("trays_first", texts.FIRST_DAY, texts.FIRST_DAY_HELP)
            _ask_day("trays_last", texts.LAST_DAY, texts.LAST_DAY_HELP)
        _finish(shown, Action.DATE, item.claim_id, value, texts.SET_DATE_DO)


def _show_published(shown: Shown, item: TrayItem) -> None:
    def value() -> Mapping[str, Any]:
        return {"published": _day_of("trays_published", texts.PUBLISHED).isoformat()}

    with st.form("trays_form_published"):
        st.text(texts.SET_PUBLISHED)
        _ask_day("trays_published", texts.PUBLISHED, texts.PUBLISHED_HELP)
        _finish(shown, Action.PUBLISHED, item.report, value, texts.SET_PUBLISHED_DO)


def _show_move(shown: Shown, item: TrayItem) -> None:
    st.text(texts.PLACE_IT)
    by_name = st.segmented_control(
        texts.PLACE_HOW,
        [True, False],
        default=True,
        required=True,
        format_func=lambda by_name: texts.BY_NAME if by_name else texts.BY_POINT,
        key="trays_by_name",
        help=texts.PLACE_HOW_HELP,
        label_visibility="collapsed",
    )
    named = ask_name(shown.config, "trays") if by_name else None
    if by_name and named is None:
        return
    with st.form("trays_form_move"):
        place = named or ask_point("trays")
        _finish(shown, Action.MOVE, item.claim_id, lambda: place_value(place()), texts.PLACE_DO)


def _show_retry(_shown: Shown, _item: TrayItem) -> None:
    """The button over the list reads all of them again."""


def _show_undo(shown: Shown, item: TrayItem) -> None:
    with st.form("trays_form_undo"):
        st.text(texts.UNDO)
        _finish(shown, Action.UNDO, item.correction_id, dict, texts.UNDO_DO)


def _show_reanchor(_shown: Shown, _item: TrayItem) -> None:
    st.caption(texts.REANCHOR)


_REMEDIES: Mapping[Remedy, Callable[[Shown, TrayItem], None]] = {
    Remedy.DATE: _show_date,
    Remedy.PUBLISHED: _show_published,
    Remedy.MOVE: _show_move,
    Remedy.RETRY: _show_retry,
    Remedy.UNDO: _show_undo,
    Remedy.REANCHOR: _show_reanchor,
}


def _offer_retry() -> None:
    st.button(
        texts.RETRY, key="trays_retry", help=texts.RETRY_HELP, on_click=lambda: st.session_state["rebuild"](retry=True)
    )


# --- days and places ---


def _ask_day(key: str, label: str, tip: str) -> None:
    st.date_input(label, value=None, min_value=date.min, max_value=date.max, key=key, format="YYYY-MM-DD", help=tip)


def _day_of(key: str, label: str) -> date:
    day: date | None = st.session_state.get(key)
    if day is None:
        raise CorrectionError(texts.MISSING.format(what=label))
    return day


# --- writing it down ---


def _finish(shown: Shown, action: Action, target: str, value: Value, label: str) -> None:
    def write(who: str, why: str) -> None:
        add(shown.root, action, target, value(), author=who, reason=why)
        st.session_state["trays_done"] = True

    finish_form(f"trays_{action.value}", label, write)


def _tell_outcome() -> None:
    if st.session_state.pop("trays_done", False):
        st.success(texts.WRITTEN)
