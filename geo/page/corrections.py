"""Corrections on the page: what can be done to a claim, to a place whose pin was dragged, and all that was done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pandas as pd
import streamlit as st

from geo.corrections import (
    Action,
    Correction,
    Imported,
    add,
    add_all,
    export_corrections,
    import_corrections,
    in_effect,
    place_value,
    point,
    read_corrections,
)
from geo.errors import CorrectionError, GeoError
from geo.evidence import Evidence
from geo.filters import MEMBERS, with_seen
from geo.model import EventType, Place, PlaceKind, Status
from geo.page import tables, texts
from geo.page.placing import ask_among, ask_name, ask_point, gazetteer_of
from geo.page.signing import finish_form
from geo.page.state import Shown, choose_place, show_error
from geo.page.tables import MOST_ROWS, show_rest, show_table
from geo.store import Generation
from geo.timemap import Dropped
from geo.view import NUMBER, Feature

__all__ = ["STYLE", "show_correction_log", "show_dropped", "show_forms"]

_LABEL = 90  # characters of a claim's words in a list
_MOST_CHOICES = 200  # of a list
_MOST_AMONG = 10  # places that were considered
_MOST_ABOUT = 20  # targets of one correction that are told
_LONGEST_LINE = 500  # characters of a claimant, as ``geo.corrections`` takes it
_MOST_UPLOADED = 100  # MB
_WIDTHS = {"made": 130, "state": 130, "about": 300, "value": "medium", "reason": "medium"}  # pixels, or as named

STYLE = (
    tables.STYLE
    + """
[class*="st-key-corrections_forms_"] { border-left: 2px solid var(--accent); padding-left: .7rem; }
.st-key-corrections_dropped { border: 1px solid var(--accent); border-radius: 6px; padding: .6rem .8rem; }
.st-key-corrections_question [data-testid="stText"] * { font-weight: 600; font-variant-numeric: tabular-nums; }
.st-key-corrections_one { max-width: 62rem; border-top: 1px solid var(--line); padding-top: .7rem; }
.st-key-corrections_one [data-testid="stForm"] { max-width: 40rem; }
.st-key-corrections_about [data-testid="stText"] * { color: var(--muted); font-size: .88rem; }
.st-key-corrections_share { max-width: 40rem; border-top: 1px solid var(--line); padding-top: .7rem; }
.st-key-corrections_share [data-testid="stText"] { font-variant-numeric: tabular-nums; }
"""
)

_OWN = """
    SELECT place_id, claimant_side, date_from, date_to,
        coalesce(substr(reports.text, place_start + 1, place_end - place_start), '') AS name
    FROM claims LEFT JOIN reports USING (report_id) WHERE claim_id = ?
"""

_OTHERS = f"""
    WITH own AS (SELECT * FROM claims LEFT JOIN ({MEMBERS}) USING (claim_id) WHERE claim_id = ?)
    SELECT other.claim_id AS claim_id, coalesce(other.date_from, other.date_to) AS day, other.event_type AS event_type,
        other.text AS text, other.report AS report
    FROM claims AS other LEFT JOIN ({MEMBERS}) AS members ON members.claim_id = other.claim_id, own
    WHERE other.claim_id <> own.claim_id AND {{which}}
    ORDER BY abs(coalesce(other.date_from, other.date_to) - coalesce(own.date_from, own.date_to)) NULLS LAST, day,
        other.report, other.start, other.claim_id
    LIMIT {_MOST_CHOICES}
"""  # noqa: S608 - put together from constants; values are parameters
_WHICH = {
    Action.MERGE: "other.place_id = own.place_id AND (members.event_id IS NULL OR own.event_id IS NULL "
    "OR members.event_id <> own.event_id)",
    Action.SPLIT: "members.event_id = own.event_id",
}

Value = Callable[[], Mapping[str, Any]]


# --- one claim ---


@dataclass(frozen=True, slots=True)
class _Form:
    """The forms of one claim: what they change, where their keys begin, and what the evidence does not hold of it."""

    shown: Shown
    claim: Evidence
    key: str
    own: Mapping[str, Any]

    def at(self, name: str) -> str:
        return f"{self.key}_{name}"

    def typed(self, name: str) -> Any:
        value = st.session_state.get(self.at(name))
        return value.strip() if isinstance(value, str) else value

    def start_with(self, name: str, value: Any) -> str:
        """Return the key of an input that holds the value until something else is typed."""
        st.session_state.setdefault(self.at(name), value)
        return self.at(name)


def show_forms(shown: Shown, claim: Evidence) -> None:
    """Ask what is wrong with a claim, and show the form that puts it right."""
    key = f"corrections_{claim.claim_id}"
    with st.container(key=f"corrections_forms_{claim.claim_id}", gap="small"):
        if st.session_state.get("corrections_done") == claim.claim_id:
            del st.session_state["corrections_done"]
            st.success(texts.WRITTEN)
        wrong = st.selectbox(
            texts.WRONG,
            list(texts.WRONGS),
            index=None,
            format_func=texts.WRONGS.__getitem__,
            key=f"{key}_wrong",
            placeholder=texts.WRONG_HINT,
            help=texts.WRONG_HELP,
        )
        if wrong is None:
            return
        if wrong in texts.CORRECT_MEANINGS:
            st.caption(texts.CORRECT_MEANINGS[wrong])
        try:
            form = _Form(shown, claim, key, _own(shown.generation, claim.claim_id))
            _FORMS[Action(wrong)](form)
        except GeoError as error:
            show_error(texts.CORRECTIONS_UNREAD, str(error))


def _own(generation: Generation, claim_id: str) -> Mapping[str, Any]:
    """Return what is known of a claim beyond its evidence; nothing where it is of an earlier build."""
    found = generation.records(_OWN, [claim_id])
    return (
        found[0]
        if found
        else dict.fromkeys(("place_id", "claimant_side", "name"), "") | dict.fromkeys(("date_from", "date_to"))
    )


def _show_move(form: _Form) -> None:
    _show_placed(form, Action.MOVE, lambda: form.claim.claim_id)


def _show_alias(form: _Form) -> None:
    st.text_input(
        texts.ALIAS, key=form.start_with("alias", _line(form.own["name"])), max_chars=200, help=texts.ALIAS_HELP
    )

    def name() -> str:
        if not form.typed("alias"):
            raise CorrectionError(texts.MISSING.format(what=texts.ALIAS))
        typed: str = form.typed("alias")
        return typed

    _show_placed(form, Action.ALIAS, name)


def _show_placed(form: _Form, action: Action, target: Callable[[], str]) -> None:
    """Ask for a place, in one of the ways there are, for a claim or a name."""
    considered = _considered(form)
    ways = [way for way in texts.PLACE_WAYS if considered or way != "among"]
    way = st.segmented_control(
        texts.PLACE_HOW,
        ways,
        default=ways[0],
        required=True,
        format_func=texts.PLACE_WAYS.__getitem__,
        key=form.at("way"),
        help=texts.PLACE_HOW_HELP,
        label_visibility="collapsed",
    )
    named = ask_name(form.shown.config, form.at("named")) if way == "name" else None
    if way == "name" and named is None:
        return
    with _form(form, action):
        place = named or (ask_among(considered, form.at("among")) if way == "among" else ask_point(form.at("point")))
        _finish(form, action, target, lambda: place_value(place()))


def _considered(form: _Form) -> list[Place]:
    """Return the places that the name may also mean, in the order in which the evidence ranks them."""
    found: dict[str, Place] = {}
    for other in form.claim.considered[:_MOST_AMONG]:
        for place in gazetteer_of(form.shown.config).lookup_all(other.name):
            if (place.name, place.country_code) == (other.name, other.country_code):
                found.setdefault(place.place_id, place)
    found.pop(form.own["place_id"], None)
    return list(found.values())[:_MOST_AMONG]


def _show_date(form: _Form) -> None:
    def value() -> Mapping[str, Any]:
        first = _needed(form, "first", texts.FIRST_DAY)
        return {"from": first.isoformat(), "to": (form.typed("last") or first).isoformat()}

    with _form(form, Action.DATE):
        with st.container(horizontal=True, gap="small"):
            _ask_day(texts.FIRST_DAY, form.start_with("first", form.own["date_from"]), texts.FIRST_DAY_HELP)
            _ask_day(texts.LAST_DAY, form.start_with("last", form.own["date_to"]), texts.LAST_DAY_HELP)
        _finish(form, Action.DATE, lambda: form.claim.claim_id, value)


def _show_published(form: _Form) -> None:
    with _form(form, Action.PUBLISHED):
        _ask_day(texts.PUBLISHED, form.start_with("published", form.claim.published), texts.PUBLISHED_HELP)
        _finish(
            form,
            Action.PUBLISHED,
            lambda: form.claim.report,
            lambda: {"published": _needed(form, "published", texts.PUBLISHED).isoformat()},
        )


def _show_status(form: _Form) -> None:
    with _form(form, Action.STATUS):
        _ask_word(form, "status", [s.value for s in Status], texts.STATUS, texts.STATUS_HELP)
        _finish(
            form, Action.STATUS, lambda: form.claim.claim_id, lambda: {"status": _needed(form, "status", texts.STATUS)}
        )


def _show_type(form: _Form) -> None:
    with _form(form, Action.TYPE):
        _ask_word(form, "event_type", [t.value for t in EventType], texts.TYPE, texts.TYPE_HELP)
        _finish(
            form, Action.TYPE, lambda: form.claim.claim_id, lambda: {"type": _needed(form, "event_type", texts.TYPE)}
        )


def _show_claimant(form: _Form) -> None:
    with _form(form, Action.CLAIMANT):
        with st.container(horizontal=True, gap="small"):
            st.text_input(
                texts.CLAIMANT,
                key=form.start_with("claimant", _line(form.claim.claimant)),
                max_chars=_LONGEST_LINE,
                help=texts.CLAIMANT_HELP,
            )
            st.text_input(
                texts.SIDE,
                key=form.start_with("side", _line(form.own["claimant_side"])),
                max_chars=_LONGEST_LINE,
                help=texts.SIDE_HELP,
                width=110,
            )
        _finish(
            form,
            Action.CLAIMANT,
            lambda: form.claim.claim_id,
            lambda: {"claimant": form.typed("claimant") or "", "side": form.typed("side") or ""},
        )


def _show_merge(form: _Form) -> None:
    _show_pair(form, Action.MERGE)


def _show_split(form: _Form) -> None:
    _show_pair(form, Action.SPLIT)


def _show_pair(form: _Form, action: Action) -> None:
    rows = form.shown.generation.records(_OTHERS.format(which=_WHICH[action]), [form.claim.claim_id])
    if not rows:
        st.caption(texts.NOTHING_WITH[action])
        return
    labels = {row["claim_id"]: _words_for_claim(row) for row in rows}
    key = form.at(f"{action.value}_with")
    if st.session_state.get(key) not in labels:
        st.session_state[key] = None
    with _form(form, action):
        st.selectbox(
            texts.WITH[action],
            list(labels),
            format_func=labels.__getitem__,
            key=key,
            placeholder=texts.WITH_HINT,
            help=texts.WITH_HELP[action],
        )
        other = f"{action.value}_with"
        _finish(
            form,
            action,
            lambda: form.claim.claim_id,
            lambda: {"with": _needed(form, other, texts.WITH[action])},
        )


def _words_for_claim(row: Mapping[str, Any]) -> str:
    day = row["day"] or texts.NO_DAY
    return f"{day} · {row['event_type']} · {_short(row['text'])} · {row['report']}"


def _show_reject(form: _Form) -> None:
    with _form(form, Action.REJECT):
        _finish(form, Action.REJECT, lambda: form.claim.claim_id, dict)


_FORMS: Mapping[Action, Callable[[_Form], None]] = {
    Action.MOVE: _show_move,
    Action.DATE: _show_date,
    Action.STATUS: _show_status,
    Action.TYPE: _show_type,
    Action.CLAIMANT: _show_claimant,
    Action.PUBLISHED: _show_published,
    Action.ALIAS: _show_alias,
    Action.MERGE: _show_merge,
    Action.SPLIT: _show_split,
    Action.REJECT: _show_reject,
}


def _form(form: _Form, action: Action) -> Any:
    """Return a form of the claim; all have one key, so that who and why stay where another one is chosen."""
    return st.form(form.at("form"), border=False)


def _finish(form: _Form, action: Action, target: Callable[[], str], value: Value) -> None:
    def write(who: str, why: str) -> None:
        add(form.shown.root, action, target(), value(), author=who, reason=why)
        st.session_state[form.at("wrong")] = None
        st.session_state["corrections_done"] = form.claim.claim_id

    finish_form(form.at("signed"), texts.CORRECT_DO[action], write)


def _ask_day(label: str, key: str, tip: str) -> None:
    st.date_input(label, min_value=date.min, max_value=date.max, key=key, format="YYYY-MM-DD", help=tip)


def _ask_word(form: _Form, name: str, words: Sequence[str], label: str, tip: str) -> None:
    """Offer the words that there are, the claim's own chosen."""
    read = getattr(form.claim, name)
    st.selectbox(label, words, key=form.start_with(name, read if read in words else None), help=tip)


def _needed(form: _Form, name: str, label: str) -> Any:
    if not (value := form.typed(name)):
        raise CorrectionError(texts.MISSING.format(what=label))
    return value


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _short(text: str) -> str:
    words = _line(text)
    return words if len(words) <= _LABEL else f"{words[:_LABEL].rstrip()}…"


# --- a pin that was dragged ---


def show_dropped(shown: Shown, places: Mapping[int, Feature]) -> None:
    """Where a pin was dragged on the map, ask who moves its claims in view there, and why."""
    dropped: Dropped | None = st.session_state.get("dropped")
    place = places.get(dropped.number) if dropped else None
    if dropped is None or place is None:
        st.session_state.pop("dropped", None)
        return
    with st.container(key="corrections_dropped", gap="small"):
        ids = _claims_at(shown, place.place_id)
        if not ids:
            st.caption(texts.NOTHING_DROPPED)
            st.button(texts.CANCEL, key="corrections_dropped_cancel", on_click=_forget_dropped)
            return
        with st.container(key="corrections_question"):
            claims = texts.count(len(ids), texts.CLAIM)
            st.text(
                texts.DROPPED.format(claims=claims, place=place.name, lat=dropped.lat, lon=dropped.lon),
                help=texts.DROPPED_HELP,
            )

        def write(who: str, why: str) -> None:
            there = _moved(place, dropped)
            about = [(id_, place_value(there)) for id_ in ids]
            add_all(shown.root, Action.MOVE, about, author=who, reason=why)
            _forget_dropped()
            choose_place(_number_of(shown.generation, there.place_id))

        with st.form("corrections_dropped_form", border=False):
            finish_form("corrections_dropped", texts.DROPPED_DO, write, cancel=_forget_dropped)


def _claims_at(shown: Shown, place_id: str) -> list[str]:
    sql = "SELECT claim_id FROM seen WHERE place_id = ? ORDER BY claim_id"
    return [row["claim_id"] for row in shown.generation.records(*with_seen(shown.chosen, sql, [place_id]))]


def _moved(place: Feature, dropped: Dropped) -> Place:
    """Return the place at another point: what it is, and how uncertain, stays as it was."""
    there = point(place.name, dropped.lat, dropped.lon, place.radius_km, place.country_code)
    return replace(there, kind=PlaceKind(place.place_kind), admin1_code=place.admin1_code)


def _number_of(generation: Generation, place_id: str) -> int:
    (row,) = generation.records(f"SELECT {NUMBER} AS number FROM (SELECT ? AS place_id)", [place_id])  # noqa: S608 - own words
    number: int = row["number"]
    return number


def _forget_dropped() -> None:
    st.session_state.pop("dropped", None)


# --- all corrections ---


@dataclass(frozen=True, slots=True)
class _Step:
    """What one hand did at once: corrections of one kind, author, reason and second, each with its state."""

    corrections: tuple[Correction, ...]
    states: tuple[str, ...]

    @property
    def first(self) -> Correction:
        return self.corrections[0]

    @property
    def made(self) -> str:
        return self.first.made_at[:16].replace("T", " ")

    @property
    def standing(self) -> list[str]:
        """The ids that can be taken back."""
        both = zip(self.corrections, self.states, strict=True)
        return [correction.correction_id for correction, state in both if state != "undone"]

    @property
    def state(self) -> str:
        """The states in words, with their counts where there are several."""
        counts = {state: self.states.count(state) for state in texts.STATES if state in self.states}
        if len(counts) == 1:
            return texts.STATES[self.states[0]]
        return ", ".join(f"{n:,} {texts.STATES[state]}" for state, n in counts.items())


def show_correction_log(shown: Shown) -> None:
    """Show every correction that was made, what became of it, and what takes it back; share them as CSV."""
    try:
        corrections = read_corrections(shown.root)
        orphans = _orphans(shown.generation)
    except GeoError as error:
        show_error(texts.CORRECTIONS_UNREAD, str(error))
        return
    if st.session_state.pop("corrections_undone", False):
        st.success(texts.WRITTEN)
    if corrections:
        _show_steps(shown, corrections, orphans)
    else:
        st.caption(texts.NO_CORRECTIONS)
    _show_share(shown, corrections)


def _orphans(generation: Generation) -> dict[str, str]:
    """Return why each orphaned correction has lost its claim, by its id."""
    rows = generation.records("SELECT correction_id, reason FROM tray WHERE kind = 'orphaned'")
    return {row["correction_id"]: row["reason"] for row in rows}


def _show_steps(shown: Shown, corrections: Sequence[Correction], orphans: Mapping[str, str]) -> None:
    steps = {
        step.first.correction_id: step
        for step in _steps(corrections, orphans, set(shown.generation.meta.get("corrections", ())))
    }
    by_id = {correction.correction_id: correction for correction in corrections}
    st.caption(texts.CORRECTIONS_LISTED.format(n=texts.count(len(corrections), texts.CORRECTION)))
    if st.session_state.get("corrections_step") not in steps:
        st.session_state["corrections_step"] = None
    ids = list(steps)[:MOST_ROWS]
    show_rest(len(steps), MOST_ROWS)
    show_table(
        pd.DataFrame([_row(steps[id_], by_id) for id_ in ids]),
        {name: _column(name) for name in texts.CORRECTION_COLUMNS},
        key="corrections_table",
        name=texts.CORRECTIONS_LIST,
        ids=ids,
        chosen=st.session_state["corrections_step"],
        on_choose=lambda row: st.session_state.update({"corrections_step": None if row is None else ids[row]}),
    )
    choices = ids[:_MOST_CHOICES]
    if st.session_state["corrections_step"] is not None and st.session_state["corrections_step"] not in choices:
        choices.append(st.session_state["corrections_step"])
    st.selectbox(
        texts.CORRECTION_CHOICE,
        choices,
        format_func=lambda id_: _label(steps[id_], by_id),
        key="corrections_step",
        placeholder=texts.CORRECTION_CHOICE_HINT,
        help=texts.CORRECTION_CHOICE_HELP,
    )
    if (step := steps.get(st.session_state["corrections_step"])) is not None:
        _show_step(shown, step, by_id, orphans)


def _steps(corrections: Iterable[Correction], orphans: Iterable[str], built: set[str]) -> list[_Step]:
    """Return what was done, the newest first; ``built`` are the ids that the generation was made with."""
    found: dict[tuple[str, ...], list[Correction]] = defaultdict(list)
    made = list(corrections)
    for correction in made:
        second = correction.made_at[:19]
        found[second, correction.author, correction.reason, correction.action.value].append(correction)
    states = _states(made, set(orphans), built)
    return [_Step(tuple(group), tuple(states[c.correction_id] for c in group)) for group in found.values()][::-1]


def _states(corrections: Sequence[Correction], orphans: set[str], built: set[str]) -> dict[str, str]:
    """Return a key of ``texts.STATES`` for each correction."""
    taken_back = _taken_back(corrections)
    latest = {_what_it_sets(c): c.correction_id for c in in_effect(corrections)}
    states = {}
    for correction in corrections:
        id_ = correction.correction_id
        if id_ in taken_back:
            states[id_] = "undone"
        elif correction.action is Action.UNDO:
            states[id_] = "in_effect"
        elif id_ not in built:
            states[id_] = "waiting"
        elif id_ in orphans:
            states[id_] = "orphaned"
        else:
            states[id_] = "in_effect" if latest[_what_it_sets(correction)] == id_ else "replaced"
    return states


def _taken_back(corrections: Sequence[Correction]) -> set[str]:
    """Return the ids of what is taken back, undos too, by an undo that stands itself; these are later than theirs."""
    undone: set[str] = set()
    for correction in sorted(corrections, key=lambda c: c.order, reverse=True):
        if correction.undoes and correction.correction_id not in undone:
            undone.add(correction.undoes)
    return undone


def _what_it_sets(correction: Correction) -> tuple[object, ...]:
    """Return what only the latest correction decides: one thing of a claim, report or name, or whether two are one."""
    if correction.action in (Action.MERGE, Action.SPLIT):
        return ("pair", *sorted((correction.target, str(correction.value.get("with")))))
    return correction.action, correction.target


def _row(step: _Step, by_id: Mapping[str, Correction]) -> dict[str, Any]:
    more = len(step.corrections) - 1
    about = _about(step.first, by_id)
    return {
        "made": step.made,
        "author": step.first.author,
        "action": texts.ACTIONS[step.first.action],
        "about": f"{about} {texts.AND_MORE_ABOUT.format(n=more)}" if more else about,
        "value": _told(step.first),
        "reason": step.first.reason,
        "n": len(step.corrections),
        "state": step.state,
    }


def _column(name: str) -> Any:
    label, tip = texts.CORRECTION_COLUMNS[name]
    if name == "n":
        return st.column_config.NumberColumn(label, width="small", help=tip, format="localized")
    width: Any = _WIDTHS.get(name, "small")
    return st.column_config.TextColumn(label, width=width, help=tip)


def _label(step: _Step, by_id: Mapping[str, Correction]) -> str:
    about = _short(_about(step.first, by_id))
    return f"{step.made} · {texts.ACTIONS[step.first.action]} · {about} · {step.first.author}"


def _about(correction: Correction, by_id: Mapping[str, Correction]) -> str:
    """Return what a correction is about: a claim's words, a name, a report; of an undo, what it takes back."""
    if correction.action is Action.UNDO:
        undone = by_id.get(correction.undoes)
        return correction.undoes if undone is None else f"{texts.ACTIONS[undone.action]}: {_about(undone, by_id)}"
    words = [anchor.text for anchor in correction.anchors if anchor.text]
    return " | ".join(words) or correction.target


def _told(correction: Correction) -> str:
    """Return the value in words; what merges and splits name is told by what they are about."""
    value = correction.value
    if correction.action in (Action.MERGE, Action.SPLIT):
        return ""
    if isinstance(place := value.get("place"), Mapping):
        lat, lon = place.get("lat"), place.get("lon")
        where = f" ({lat:.5f}, {lon:.5f})" if isinstance(lat, float | int) and isinstance(lon, float | int) else ""
        return f"{place.get('name', '')}{where}"
    if correction.action is Action.DATE:
        first, last = (value.get(name) or texts.OPEN_END for name in ("from", "to"))
        return first if first == last else texts.TO.format(first=first, last=last)
    return ", ".join(str(cell) for cell in value.values() if cell not in (None, ""))


def _show_step(shown: Shown, step: _Step, by_id: Mapping[str, Correction], orphans: Mapping[str, str]) -> None:
    with st.container(key="corrections_one", gap="small"):
        action = texts.ACTIONS[step.first.action].capitalize()
        st.text(texts.CORRECTED_AT.format(action=action, who=step.first.author, when=step.made))
        st.text(step.first.reason)
        with st.container(key="corrections_about", gap=None):
            st.text("\n".join(_lines_about(step, by_id, orphans)))
        ids = step.standing
        if not ids:
            return

        def write(who: str, why: str) -> None:
            add_all(shown.root, Action.UNDO, [(id_, {}) for id_ in ids], author=who, reason=why)
            st.session_state["corrections_undone"] = True

        with st.form("corrections_undo_form"):
            st.text(texts.REDO if step.first.action is Action.UNDO else texts.UNDO_ALL)
            finish_form("corrections_undo", texts.UNDO_DO, write)


def _lines_about(step: _Step, by_id: Mapping[str, Correction], orphans: Mapping[str, str]) -> list[str]:
    lines = []
    for correction, state in list(zip(step.corrections, step.states, strict=True))[:_MOST_ABOUT]:
        parts = [
            *dict.fromkeys(anchor.report for anchor in correction.anchors if anchor.report),
            _about(correction, by_id),
            _told(correction),
            texts.STATES[state] if correction.correction_id not in orphans else "",
            texts.ORPHANED_WHY.format(why=orphans[correction.correction_id]) if state == "orphaned" else "",
        ]
        lines.append("  ·  ".join(filter(None, map(_line, parts))))
    if (more := len(step.corrections) - _MOST_ABOUT) > 0:
        lines.append(texts.AND_MORE_ABOUT.format(n=more))
    return lines


# --- as CSV ---


def _show_share(shown: Shown, corrections: Sequence[Correction]) -> None:
    with st.container(key="corrections_share", gap="small"):
        st.text(texts.SHARE)
        if corrections:
            st.download_button(
                texts.CORRECTIONS_EXPORT,
                lambda: _as_csv(corrections),
                "dateline-corrections.csv",
                "text/csv",
                key="corrections_export",
                help=texts.CORRECTIONS_EXPORT_HELP,
                on_click="ignore",
            )
        with st.form("corrections_import_form"):
            st.file_uploader(
                texts.CORRECTIONS_FILE,
                type="csv",
                key="corrections_file",
                help=texts.CORRECTIONS_FILE_HELP,
                max_upload_size=_MOST_UPLOADED,
            )
            st.form_submit_button(
                texts.CORRECTIONS_IMPORT, help=texts.CORRECTIONS_IMPORT_HELP, on_click=_import, args=(shown,)
            )
        _show_imported(shown)


def _as_csv(corrections: Iterable[Correction]) -> bytes:
    file = StringIO(newline="")
    export_corrections(corrections, file)
    return file.getvalue().encode()


def _import(shown: Shown) -> None:
    """Bring the file in and keep what came of it, or why nothing did."""
    file = st.session_state.get("corrections_file")
    try:
        if file is None:
            raise CorrectionError(texts.NO_FILE)
        with TextIOWrapper(BytesIO(file.getvalue()), "utf-8-sig", newline="") as text:
            done: Imported | str = import_corrections(shown.root, text)
    except GeoError as error:
        done = str(error)
    st.session_state["corrections_imported"] = (shown.root, done)
    if isinstance(done, Imported) and done.added:
        st.session_state["rebuild"]()


def _show_imported(shown: Shown) -> None:
    root, done = st.session_state.get("corrections_imported", (None, None))
    if root != shown.root or done is None:
        return
    if isinstance(done, str):
        show_error(texts.IMPORT_FAILED, done)
        return
    st.text(texts.IMPORTED.format(added=done.added, known=done.known, refused=len(done.refused)))
    if done.refused:
        show_rest(len(done.refused), MOST_ROWS)
        st.dataframe(
            pd.DataFrame(done.refused[:MOST_ROWS], columns=list(texts.REFUSED_COLUMNS)),
            hide_index=True,
            column_config={
                name: st.column_config.Column(label, help=tip) for name, (label, tip) in texts.REFUSED_COLUMNS.items()
            },
            key="corrections_refused",
            alt=texts.REFUSED,
        )
