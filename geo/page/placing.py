"""Where something is to be: a place asked for by a name that the gazetteer holds, by coordinates, or among a few.

Each asks under the keys that begin with the ``key`` given, and returns what gives the place once the form is sent.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from geo.build import Config, open_gazetteer
from geo.corrections import point
from geo.errors import CorrectionError, GeoError
from geo.gazetteer import Gazetteer
from geo.model import Place
from geo.page import texts
from geo.page.state import plain, show_error

__all__ = ["ask_among", "ask_name", "ask_point", "gazetteer_of", "words_for_place"]

_MOST_CANDIDATES = 20  # places of a name
_DIGITS = 4  # of degrees in a candidate's label
_NAME = 200  # characters of a place's name


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Config: repr})
def gazetteer_of(config: Config) -> Gazetteer:
    """Return the gazetteer that a build with this configuration looks names up in."""
    return open_gazetteer(config)


def ask_name(config: Config, key: str) -> Callable[[], Place] | None:
    """Look a name up, outside any form; the place is the one chosen of those that bear it, None while there is none."""
    st.text_input(texts.PLACE_NAME, key=f"{key}_name", max_chars=_NAME, help=texts.PLACE_NAME_HELP)
    name = (st.session_state.get(f"{key}_name") or "").strip()
    if not name:
        return None
    try:
        found = gazetteer_of(config).lookup(name, small=True)[:_MOST_CANDIDATES]
    except GeoError as error:
        show_error(texts.NOT_LOOKED_UP, str(error))
        return None
    if not found:
        st.caption(texts.NO_SUCH_PLACE)
        return None
    return ask_among(found, key)


def ask_among(places: Sequence[Place], key: str) -> Callable[[], Place]:
    """Offer places, the likeliest first."""
    by_id = {place.place_id: place for place in places}
    if st.session_state.get(f"{key}_candidate") not in by_id:
        st.session_state[f"{key}_candidate"] = next(iter(by_id))
    st.radio(
        texts.CANDIDATE,
        list(by_id),
        format_func=lambda id_: plain(words_for_place(by_id[id_])),
        key=f"{key}_candidate",
        help=texts.CANDIDATE_HELP,
    )
    return lambda: by_id[st.session_state[f"{key}_candidate"]]


def ask_point(key: str) -> Callable[[], Place]:
    """Ask for a name and WGS84 degrees; the place raises a CorrectionError while one of them is missing."""
    st.text_input(texts.POINT_NAME, key=f"{key}_point_name", max_chars=_NAME, help=texts.POINT_NAME_HELP)
    with st.container(horizontal=True, gap="small"):
        for name, (label, tip, limits) in texts.POINT.items():
            st.number_input(
                label, *limits, None, key=f"{key}_{name}", format="%.5f" if name != "radius" else "%.1f", help=tip
            )

    def place() -> Place:
        lat, lon, radius = (st.session_state.get(f"{key}_{name}") for name in texts.POINT)
        name = (st.session_state.get(f"{key}_point_name") or "").strip()
        if not name or lat is None or lon is None:
            raise CorrectionError(texts.MISSING.format(what=texts.POINT_NEEDED))
        return point(name, lat, lon, 1.0 if radius is None else radius)

    return place


def words_for_place(place: Place) -> str:
    """Return a place in one line: name, kind, country, region, inhabitants, degrees."""
    where = (
        f"{place.lat:.{_DIGITS}f}, {place.lon:.{_DIGITS}f}" if place.lat is not None and place.lon is not None else ""
    )
    people = texts.PEOPLE.format(n=place.population) if place.population else ""
    return " · ".join(filter(None, (place.name, place.kind, place.country_code, place.admin1_code, people, where)))
