"""What is to be seen of a generation: a filter, its SQL, and its parameters in an address bar.

Nothing here knows of a page: the command line and the exports choose by the same filter. Values reach SQL as parameters
only, and whatever they hold, a filter never raises.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from geo.areas import is_second_order
from geo.model import EventType, Status
from geo.text import KEYBOARD_MARKS

__all__ = [
    "EVERYTHING",
    "IN_DAYS",
    "MEMBERS",
    "Bounds",
    "Filter",
    "Sql",
    "claims_in_view",
    "claims_relation",
    "conditions",
    "days_of",
    "from_query",
    "longitudes",
    "passing",
    "says",
    "terms_of",
    "to_query",
    "with_seen",
]

Bounds = tuple[float, float, float, float]
"""South, west, north, east, in degrees WGS84; west is greater than east where the box crosses 180°."""

Sql = tuple[str, list[Any]]
"""A statement or a condition, and the values of its ``?`` in order."""

_LONGEST_TEXT = 1_000  # characters
_MOST_TERMS = 32  # of a search: the time to plan it grows with their square, and 300 took seconds (measured)
_MOST_VALUES = 1_000  # of one list of a query
_MOST_SOURCES = 1_000_000
_LONGEST_SHOWN = 40  # characters of a wrong value that its reason repeats


@dataclass(frozen=True, slots=True)
class Filter:
    """What is to be seen; an empty list, an empty text, 0, False and None restrict nothing.

    A claim passes when its days overlap ``date_from``..``date_to``, both inclusive, and each other field lets it
    through:

    - ``event_types``, ``statuses``, ``claimants``, ``outlets``: it has one of them, '' being a claim of the report
      itself or a report without an outlet;
    - ``origins``: its report's origin has one of these ids or is credited so;
    - ``places``: it is at one of these, or in one of them, for a country (also as ``country:UA``) and a first-order
      region (also as ``region:UA.07``);
    - ``min_sources``: so many independent sources stand behind its event;
    - ``disputed``: its event's claims contradict each other;
    - ``text``: each word, and each "phrase in quotation marks", stands in its sentence, place, claimant or report's
      title, whatever its case and accents; the first 1,000 characters and 32 terms count;
    - ``bounds``: its point lies in the box.

    Lists are kept sorted, each value once; bounds to five decimals, which is a metre.
    """

    date_from: date = date.min
    date_to: date = date.max
    event_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    min_sources: int = 0
    disputed: bool = False
    text: str = ""
    bounds: Bounds | None = None

    def __post_init__(self) -> None:
        """Bring what was given into the one form that each choice has."""
        for name in _LISTS:
            object.__setattr__(self, name, tuple(sorted({_clean(value) for value in getattr(self, name)})))
        words = " ".join(_clean(self.text).split())
        object.__setattr__(self, "text", words[:_LONGEST_TEXT].strip())
        object.__setattr__(self, "min_sources", max(0, min(self.min_sources, _MOST_SOURCES)))
        if self.bounds is not None:
            south, west, north, east = (round(float(degrees), 5) + 0.0 for degrees in self.bounds)  # + 0.0: no -0.0
            object.__setattr__(self, "bounds", (south, west, north, east))


_LISTS = ("event_types", "statuses", "claimants", "outlets", "origins", "places")


def _clean(text: str) -> str:
    """Replace lone surrogates, which neither SQL nor an address can hold."""
    return text.encode("utf-8", "replace").decode()


EVERYTHING = Filter()


# --- SQL ---

# Half-open expressions ("until Friday") count for the one day that they name.
_FIRST, _LAST = "coalesce(date_from, date_to)", "coalesce(date_to, date_from)"

IN_DAYS = f"{_FIRST} <= ? AND {_LAST} >= ?"
"""The condition on the days of a row with ``date_from`` and ``date_to``; ``days_of`` gives its parameters."""

_DAYS = f"{_FIRST} AS first_day, {_LAST} AS last_day"

MEMBERS = """
    SELECT unnest(claim_ids) AS claim_id, event_id, disputed, independent_sources FROM events
"""
"""One row a claim that belongs to an event."""

_OPPOSING = "SELECT unnest(opposing_claim_ids) FROM events"

_LISTED = "(SELECT unnest(?::VARCHAR[]))"

_IN_PLACE = f"""(
    place_id IN {_LISTED}
    OR country_code IN (
        SELECT unnest(?::VARCHAR[]) UNION ALL
        SELECT country_code FROM claims WHERE place_kind = 'country' AND country_code <> '' AND place_id IN {_LISTED}
    )
    OR country_code || '.' || admin1_code IN (
        SELECT unnest(?::VARCHAR[]) UNION ALL
        SELECT country_code || '.' || admin1_code FROM claims
        WHERE place_kind = 'region' AND country_code <> '' AND admin1_code <> '' AND place_id IN {_LISTED}
    )
)"""  # noqa: S608 - put together from constants; values are parameters

_PLAIN = str.maketrans(KEYBOARD_MARKS)
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


def days_of(chosen: Filter) -> list[Any]:
    """Return the parameters of ``IN_DAYS``."""
    return [chosen.date_to, chosen.date_from]


def conditions(chosen: Filter) -> dict[str, Sql]:
    """Return what the filter asks of a row of the claims table, by field, all but the days."""
    found: dict[str, Sql] = {}
    for name, column in (("event_types", "event_type"), ("statuses", "status"), ("claimants", "claimant")):
        if values := getattr(chosen, name):
            found[name] = f"{column} IN {_LISTED}", [list(values)]
    if chosen.outlets:
        found["outlets"] = _of_reports(f"outlet IN {_LISTED}"), [list(chosen.outlets)]
    if chosen.origins:
        is_of = f"(origin_id IN {_LISTED} OR {_of_reports(f'origin IN {_LISTED}')})"
        found["origins"] = is_of, [list(chosen.origins)] * 2
    if chosen.places:
        found["places"] = _IN_PLACE, _place_params(chosen.places)
    if chosen.min_sources > 1:
        found["min_sources"] = _of_events("independent_sources >= ?"), [chosen.min_sources]
    if chosen.disputed:
        found["disputed"] = _of_events("disputed"), []
    if terms := terms_of(chosen.text):
        found["text"] = says(terms)
    if chosen.bounds is not None:
        found["bounds"] = _in_box(chosen.bounds)
    return found


def passing(chosen: Filter) -> Sql:
    """Return a SELECT of the claims that pass all but the days, with ``first_day`` and ``last_day``."""
    where, params = _where(chosen)
    return f"SELECT *, {_DAYS} FROM claims WHERE {where}", params  # noqa: S608 - as above


def with_seen(chosen: Filter, sql: str, params: Iterable[Any] = ()) -> Sql:
    """Return a SELECT in which ``seen`` is the claims in view, with ``first_day`` and ``last_day``."""
    relation, values = passing(chosen)
    return f"WITH seen AS ({relation} AND {IN_DAYS}) {sql}", [*values, *days_of(chosen), *params]


def claims_relation(chosen: Filter) -> Sql:
    """Return a SELECT of the claims that pass all but the days, undated ones too, for use as ``FROM (…)``.

    Its columns are those of the claims table, in their order, then ``first_day`` and ``last_day`` (the days that it
    covers, null where undated) and its event's ``event_id``, ``event_disputed``, ``event_sources`` (independent
    sources) and ``opposes_headline``, null for a claim without an event.
    """
    where, params = _where(chosen)
    # The conditions stand inside, so that their columns are the claims' own.
    relation = f"""
        SELECT found.*, {_DAYS}, members.event_id, members.disputed AS event_disputed,
            members.independent_sources AS event_sources,
            CASE WHEN members.event_id IS NOT NULL THEN found.claim_id IN ({_OPPOSING}) END AS opposes_headline
        FROM (SELECT * FROM claims WHERE {where}) AS found LEFT JOIN ({MEMBERS}) AS members
            ON members.claim_id = found.claim_id
    """  # noqa: S608 - as above
    return relation, params


def claims_in_view(chosen: Filter) -> Sql:
    """Return the rows of ``claims_relation`` whose days overlap the filter's window."""
    relation, params = claims_relation(chosen)
    return f"SELECT * FROM ({relation}) WHERE {IN_DAYS}", [*params, *days_of(chosen)]  # noqa: S608 - as above


def _where(chosen: Filter) -> Sql:
    found = conditions(chosen).values()
    return " AND ".join(sql for sql, _ in found) or "true", [value for _, params in found for value in params]


def _of_reports(condition: str) -> str:
    return f"report_id IN (SELECT report_id FROM reports WHERE {condition})"  # noqa: S608 - as above


def _of_events(condition: str) -> str:
    return f"claim_id IN (SELECT unnest(claim_ids) FROM events WHERE {condition})"  # noqa: S608 - as above


def _place_params(places: Iterable[str]) -> list[Any]:
    """Return the parameters of ``_IN_PLACE``; what lies in a county is not known, so it stands for itself alone."""
    chosen = list(places)
    countries = [place.removeprefix("country:") for place in chosen if place.startswith("country:")]
    regions = [place.removeprefix("region:") for place in chosen if place.startswith("region:")]
    wide = [place for place in chosen if not is_second_order(place)]
    return [chosen, countries, chosen, regions, wide]


def terms_of(text: str) -> list[str]:
    """Return the words and phrases of a search that count; a quotation mark without another is none."""
    plain = text.translate(_PLAIN)
    terms = dict.fromkeys(term for pair in _TERM.findall(plain) if (term := "".join(pair).strip()))
    return list(terms)[:_MOST_TERMS]


def says(terms: Sequence[str]) -> Sql:
    """Return the condition that every term is said; only marks that a term may mean are made plain, for speed.

    A row's own words are looked at where the other conditions let it through; titles are fewer than claims.
    """
    meant = [mark for mark, plain in KEYBOARD_MARKS.items() if any(plain in term for term in terms)]
    said = _folded("concat_ws(chr(10), text, place_name, claimant)", meant)
    titled = _of_reports(f"contains({_folded('title', meant)}, {_folded('?', ())})")
    says = f"(contains({said}, {_folded('?', ())}) OR {titled})"
    return " AND ".join([says] * len(terms)), [value for term in terms for value in (term, term)]


def _folded(text: str, marks: Iterable[str]) -> str:
    """Return SQL for a text without case, accents and some typographic marks.

    translate() would take six times as long (measured).
    """
    for mark in marks:
        plain = KEYBOARD_MARKS[mark].replace("'", "''")
        text = f"replace({text}, '{mark}', '{plain}')"
    return f"strip_accents(lower({text}))"


def _in_box(bounds: Bounds) -> Sql:
    """Return the condition that a point lies in the box; one that is dragged around the world has other longitudes."""
    south, _, north, _ = bounds
    if (across := longitudes(bounds)) is None:
        return "lat BETWEEN ? AND ?", [south, north]
    west, east = across
    joined = "AND" if west <= east else "OR"
    return f"lat BETWEEN ? AND ? AND (lon >= ? {joined} lon <= ?)", [south, north, west, east]


def longitudes(bounds: Bounds) -> tuple[float, float] | None:
    """Return the west and east of a box between -180° and 180°, None for one that goes around the world."""
    _, west, _, east = bounds
    if east - west >= 360 or not (math.isfinite(west) and math.isfinite(east)):
        return None
    return _wrapped(west), _wrapped(east)


def _wrapped(degrees: float) -> float:
    """Return a longitude between -180° and 180°; both of these stay what they are."""
    return degrees if -180 <= degrees <= 180 else (degrees + 180) % 360 - 180


# --- address bar ---

_NAMES = {
    "date_from": "from",
    "date_to": "to",
    "event_types": "type",
    "statuses": "status",
    "claimants": "claimant",
    "outlets": "outlet",
    "origins": "origin",
    "places": "place",
    "min_sources": "sources",
    "disputed": "disputed",
    "text": "text",
    "bounds": "box",
}
_KNOWN: Mapping[str, frozenset[str]] = {"event_types": frozenset(EventType), "statuses": frozenset(Status)}
_TOKENS = re.compile(r"\\(.?)|(,)|([^\\,]+)", re.DOTALL)
_EMPTY = "0"  # after a backslash: many readers of addresses drop a parameter without a value


def to_query(chosen: Filter) -> dict[str, str]:
    r"""Return the filter as parameters of an address: only what it restricts, and days as ISO 8601.

    The values of a list stand between commas; a comma or backslash in one has a backslash before it, and an empty one
    is ``\0``. They are plain text: whoever writes the address quotes them.

    >>> to_query(Filter(date(2022, 9, 8), event_types=("battle", "strike"), claimants=("Smith, J.",)))
    {'from': '2022-09-08', 'type': 'battle,strike', 'claimant': 'Smith\\, J.'}
    """
    given = ((field.name, getattr(chosen, field.name)) for field in fields(Filter))
    return {_NAMES[name]: _written(value) for name, value in given if value != getattr(EVERYTHING, name)}


def from_query(query: Mapping[str, str | Iterable[str]]) -> tuple[Filter, list[str]]:
    """Return the filter that an address asks for, and one line for each part of it that is wrong and left out.

    A parameter may be given once or as several values, of which a list takes all and the others the last. Parameters
    of other names are passed over.
    """
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for name, parameter in _NAMES.items():
        given = query.get(parameter, ())
        values = [given] if isinstance(given, str) else list(given)
        if values:
            try:
                found[name] = _read(name, values, wrong)
            except (ValueError, OverflowError):
                wrong.append(f"{parameter}: {_shown(values[-1])} is {_EXPECTED[name]}")
    return Filter(**found), wrong


_EXPECTED = {
    "date_from": "no day (YYYY-MM-DD)",
    "date_to": "no day (YYYY-MM-DD)",
    "min_sources": "no number of sources",
    "disputed": "neither 0 nor 1",
    "bounds": "no box (south,west,north,east in degrees)",
}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(_escaped(part) if isinstance(part, str) else str(part).removesuffix(".0") for part in value)
    return str(value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,") or f"\\{_EMPTY}"


def _split(text: str) -> list[str]:
    values = [""] if text else []
    for escaped, comma, plain in _TOKENS.findall(text):
        if comma:
            values.append("")
        else:
            values[-1] += escaped.removeprefix(_EMPTY) + plain
    return values


def _read(name: str, given: list[str], wrong: list[str]) -> Any:
    """Return a field's value as written.

    Raises:
        ValueError, OverflowError: it is no such value.
    """
    if name in _LISTS:
        return _read_list(name, [value for text in given for value in _split(text)], wrong)
    text = given[-1]
    if name in ("date_from", "date_to"):
        return date.fromisoformat(text)
    if name == "min_sources":
        return int(text)
    if name == "disputed":
        return _read_switch(text)
    return _read_bounds(text) if name == "bounds" else text


def _read_list(name: str, values: list[str], wrong: list[str]) -> list[str]:
    known = _KNOWN.get(name)
    unknown = [value for value in values if known is not None and value not in known]
    if unknown:
        others = f" and {len(unknown) - 1:,} more are" if len(unknown) > 1 else " is"
        wrong.append(f"{_NAMES[name]}: {_shown(unknown[0])}{others} not known")
    kept = [value for value in values if known is None or value in known]
    if len(kept) > _MOST_VALUES:
        wrong.append(f"{_NAMES[name]}: only the first {_MOST_VALUES:,} of {len(kept):,} values count")
    return kept[:_MOST_VALUES]


def _read_switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _read_bounds(text: str) -> Bounds:
    south, west, north, east = map(float, text.split(","))
    if not (-90 <= south <= north <= 90 and math.isfinite(west) and math.isfinite(east)):
        raise ValueError(text)
    return south, west, north, east


def _shown(value: str) -> str:
    return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…")
