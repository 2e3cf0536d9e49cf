"""Who corrects something, and why: both are asked for with every correction, who only once a session."""

from collections.abc import Callable

import streamlit as st

from geo.errors import CorrectionError, GeoError
from geo.page import texts
from geo.page.state import show_error

__all__ = ["ask_who_and_why", "finish_form", "forget_why", "read_who_and_why"]

_LONGEST_WHO, _LONGEST_WHY = 200, 4_000  # characters, as ``geo.corrections`` takes them


def ask_who_and_why(key: str) -> tuple[str, str] | None:
    """Ask for both in two inputs, to be called inside a form; return them as last sent, None while one is missing.

    The inputs have the keys ``{key}_who`` and ``{key}_why``. Who is kept in the session as ``who``.
    """
    if not st.session_state.get(f"{key}_who"):
        st.session_state[f"{key}_who"] = st.session_state.get("who", "")
    st.text_input(texts.WHO, key=f"{key}_who", max_chars=_LONGEST_WHO, help=texts.WHO_HELP)
    st.text_input(texts.WHY, key=f"{key}_why", max_chars=_LONGEST_WHY, help=texts.WHY_HELP)
    return read_who_and_why(key)


def read_who_and_why(key: str) -> tuple[str, str] | None:
    """Return what was sent with the form of ``ask_who_and_why``, None while one is missing; for its callback."""
    who, why = (str(st.session_state.get(f"{key}_{name}") or "").strip() for name in ("who", "why"))
    if who:
        st.session_state["who"] = who
    return (who, why) if who and why else None


def forget_why(key: str) -> None:
    """Empty the reason once it is written down; for the form's callback."""
    st.session_state[f"{key}_why"] = ""


def finish_form(
    key: str, label: str, write: Callable[[str, str], None], cancel: Callable[[], None] | None = None
) -> None:
    """End a form: who and why, the button that calls ``write`` with both and builds again, and one that cancels.

    What ``write`` raises as a GeoError stands under the button, and what was typed stays.
    """
    ask_who_and_why(key)
    with st.container(horizontal=True, gap="small"):
        st.form_submit_button(label, type="primary", on_click=_sign, args=(key, write))
        if cancel is not None:
            st.form_submit_button(texts.CANCEL, on_click=cancel)
    if (reason := st.session_state.pop(f"{key}_failed", None)) is not None:
        show_error(texts.NOT_WRITTEN, reason)


def _sign(key: str, write: Callable[[str, str], None]) -> None:
    signed = read_who_and_why(key)
    try:
        if signed is None:
            raise CorrectionError(texts.WHO_AND_WHY)
        write(*signed)
    except GeoError as error:
        st.session_state[f"{key}_failed"] = str(error)
        return
    forget_why(key)
    st.session_state["rebuild"]()
