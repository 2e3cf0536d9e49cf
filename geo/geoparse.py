"""JSON lines in, JSON lines out: the whole line of work on one text at a time, in order, with bounded memory."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import IO, Any

from geo.build import Config, extract_batch
from geo.dates import find_dates
from geo.documents import make_document, resolve_years
from geo.errors import ReportError
from geo.events import claim_row
from geo.gazetteer import Gazetteer
from geo.language import RULES_ALONE, ParsedDocument, load_language
from geo.mentions import find_mentions, mention_at
from geo.model import DateBasis, Document, Mention, Reading, Resolution, Role, Timex
from geo.records import json_lines, parse_object
from geo.shingles import text_hash

__all__ = ["LONGEST_TEXT", "geoparse", "geoparse_lines"]

LONGEST_TEXT = 2_000_000  # characters
_LONGEST_DAY = 64  # characters

Spans = Sequence[tuple[int, int]]
"""Starts and ends in characters of a text, end exclusive."""


def geoparse_lines(file: IO[bytes], config: Config, *, demonyms: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, output record) for each line of a JSON lines file that is not blank.

    ``demonyms`` is as for ``geoparse``. A line that cannot be read yields ``{"id", "error"}``, so that the order of the
    input is kept.

    Raises:
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    for number, line in json_lines(file):
        record: dict[str, Any] = {}
        try:
            record = parse_object(line)
            yield number, geoparse(record, config, demonyms=demonyms)
        except ReportError as error:
            yield number, {"id": record.get("id"), "error": str(error)}


def geoparse(record: Mapping[str, Any], config: Config, *, demonyms: bool = True) -> dict[str, Any]:
    """Read one ``{"id", "text", "published"}`` into ``{"id", "mentions", "timexes", "claims"}``.

    ``published`` is an ISO day, or words that name one ("Dec 17, 2013 7:58 AM ET"), and may be missing; then the
    text's own date counts. Where it cannot be read the text is read all the same and the answer has a ``warning``.
    Claims have the columns of the claims table; days are ``datetime.date`` objects.

    A record that brings ``mentions``, a list of objects with ``start`` and ``end``, is resolved at those spans and
    only there: the answer holds exactly them, in the given order. Else ``demonyms=False`` leaves nationalities out.

    Raises:
        ReportError: the record is not of that form, or its text broke a stage.
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    published = record.get("published")
    day = _day(published)
    document = _document(record, day)
    spans = _spans(record.get("mentions"), document.text)
    reading = _read(document, config, spans)
    resolutions = reading.resolutions if spans is None else _at_spans(spans, reading, config)
    if spans is None and not demonyms:
        resolutions = [r for r in resolutions if r.mention.role is not Role.DEMONYM]
    warning = f"published is {json.dumps(published)[:40]}, not a day like 2022-09-13: it is passed over"
    return {
        "id": record["id"],
        **({"warning": warning} if published and day is None else {}),
        "mentions": [_mention(resolution, document.text) for resolution in resolutions],
        "timexes": [_timex(timex) for timex in reading.timexes],
        "claims": _claims(reading),
    }


# --- spans that the record brings ---


def _spans(given: Any, text: str) -> Spans | None:
    """Return the spans of a record's mentions, or None where it brings none."""
    if given is None:
        return None
    if not isinstance(given, list):
        raise ReportError("mentions is not a list")
    return [_span(number, item, text) for number, item in enumerate(given)]


def _span(number: int, item: Any, text: str) -> tuple[int, int]:
    start, end = (item.get("start"), item.get("end")) if isinstance(item, dict) else (None, None)
    if type(start) is not int or type(end) is not int:  # True and 1.0 are no offsets
        raise ReportError(f"mention {number} has no start and end that are whole numbers")
    if not 0 <= start < end <= len(text):
        raise ReportError(f"mention {number} is at {start} to {end}, not inside the text of {len(text):,} characters")
    if text[start:end].isspace():
        raise ReportError(f"mention {number} is at {start} to {end}, where the text is blank")
    return start, end


def _read(document: Document, config: Config, spans: Spans | None) -> Reading:
    find = None if spans is None else partial(_mentions_at, spans)
    reading = extract_batch([document], config, find)[0]
    if reading.error:
        raise ReportError(reading.error)
    return reading


def _mentions_at(spans: Spans, document: Document, parsed: ParsedDocument, gazetteer: Gazetteer) -> list[Mention]:
    """Return the mentions at the given spans, in order of their start, and the anchors of relative ones.

    Of several spans with one start only the first counts: the anchor of a relative place is known by its start.
    """
    found = {(m.start, m.end): m for m in find_mentions(document, parsed, gazetteer)}
    chosen: dict[int, Mention] = {}
    for start, end in spans:
        mention = found.get((start, end)) or mention_at(document, parsed, start, end, gazetteer)
        chosen.setdefault(start, mention)
    relations = [m.relation for m in chosen.values() if m.relation is not None]
    wanted = {start for r in relations for start in (r.anchor_start, r.other_start)}
    wanted -= {m.start for m in chosen.values() if m.relation is None}
    anchors = {m.start: m for m in found.values() if m.start in wanted and m.relation is None}
    return sorted([*chosen.values(), *anchors.values()], key=lambda m: (m.start, -m.end))


def _at_spans(spans: Spans, reading: Reading, config: Config) -> list[Resolution]:
    """Return one resolution for each span, in the given order; spans that share a start are read one after another."""
    resolved: dict[tuple[int, int], Resolution] = {}
    while True:
        resolved |= {(r.mention.start, r.mention.end): r for r in reading.resolutions}
        missing = [span for span in dict.fromkeys(spans) if span not in resolved]
        if not missing:
            return [resolved[span] for span in spans]
        reading = _read(reading.document, config, missing)


# --- records ---


def _document(record: Mapping[str, Any], day: date | None) -> Document:
    id_, text = record.get("id"), record.get("text")
    if not isinstance(id_, str | int) or isinstance(id_, bool):
        raise ReportError("has no id that is a string or a whole number")
    if not isinstance(text, str):
        raise ReportError("has no text that is a string")
    if len(text) > LONGEST_TEXT:
        raise ReportError(f"the text is too long: {len(text):,} characters, the limit is {LONGEST_TEXT:,}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ReportError(f"the text holds half a surrogate pair at character {error.start:,}") from None
    return resolve_years([make_document(str(id_), text, published=day)])[0]


def _day(published: Any) -> date | None:
    """Return the day that ``published`` names, an ISO day or words of up to 64 characters, or None."""
    if not isinstance(published, str) or len(published) > _LONGEST_DAY:
        return None
    if re.match(r"\d{4}-\d{2}-\d{2}(?!\d)", published):
        try:
            return date.fromisoformat(published[:10])
        except ValueError:
            return None
    words = Document("", "", published)
    days = find_dates(words, load_language(RULES_ALONE).parse(words))
    named = [t.date_from for t in days if t.basis is DateBasis.EXPLICIT and t.date_from == t.date_to]
    return named[0] if named else None


def _mention(resolution: Resolution, text: str) -> dict[str, Any]:
    mention, place = resolution.mention, resolution.place
    return {
        "start": mention.start,
        "end": mention.end,
        "surface": text[mention.start : mention.end],
        "name": place.name if place else None,
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "radius_km": place.radius_km if place else None,
        "place_id": place.place_id if place else None,
        "kind": place.kind if place else None,
        "role": mention.role,
        "score": round(mention.score, 4),
    }


def _timex(timex: Timex) -> dict[str, Any]:
    return {
        "start": timex.start,
        "end": timex.end,
        "value": timex.value,
        "from": timex.date_from,
        "to": timex.date_to,
        "precision": int(timex.precision),
        "basis": timex.basis,
    }


def _claims(reading: Reading) -> list[dict[str, Any]]:
    origin_id = text_hash(reading.document.text)
    return [claim_row(claim, origin_id) for claim in reading.claims if claim.place is not None]
