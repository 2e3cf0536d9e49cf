"""JSON lines in, JSON lines out: the whole line of work on one text at a time, in order, with bounded memory."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO, Any

from geo.build import Config, Reading, extract_batch
from geo.copies import group_copies
from geo.dates import find_dates
from geo.documents import make_document, resolve_years
from geo.errors import ReportError
from geo.events import claim_row
from geo.language import RULES_ALONE, load_language
from geo.model import DateBasis, Document, Resolution, Timex

__all__ = ["LONGEST_TEXT", "geoparse", "geoparse_lines"]

LONGEST_TEXT = 2_000_000  # characters
_LONGEST_DAY = 64  # characters
_LONGEST_LINE = 30_000_000  # bytes; a text of that length with every character escaped fits


def geoparse_lines(file: IO[bytes], config: Config) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, output record) for each line of a JSON lines file that is not blank.

    A line that cannot be read yields ``{"id", "error"}``, so that the order of the input is kept.

    Raises:
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    for number, line in _lines(file):
        record: dict[str, Any] = {}
        try:
            record = _parsed(line)
            yield number, geoparse(record, config)
        except ReportError as error:
            yield number, {"id": record.get("id"), "error": str(error)}


def geoparse(record: Mapping[str, Any], config: Config) -> dict[str, Any]:
    """Read one ``{"id", "text", "published"}`` into ``{"id", "mentions", "timexes", "claims"}``.

    ``published`` is an ISO day, or words that name one ("Dec 17, 2013 7:58 AM ET"), and may be missing; then the
    text's own date counts. Where it cannot be read the text is read all the same and the answer has a ``warning``.
    Claims have the columns of the claims table; days are ``datetime.date`` objects.

    Raises:
        ReportError: the record is not of that form, or its text broke a stage.
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    published = record.get("published")
    day = _day(published)
    document = _document(record, day)
    reading = extract_batch([document], config)[0]
    if reading.error:
        raise ReportError(reading.error)
    warning = f"published is {json.dumps(published)[:40]}, not a day like 2022-09-13: it is passed over"
    return {
        "id": record["id"],
        **({"warning": warning} if published and day is None else {}),
        "mentions": [_mention(resolution) for resolution in reading.resolutions],
        "timexes": [_timex(timex) for timex in reading.timexes],
        "claims": _claims(reading),
    }


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines that are not blank; one that is too long comes cut, and so is refused later."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE)
        if line.strip():
            yield number, line


def _parsed(line: bytes) -> dict[str, Any]:
    if len(line) == _LONGEST_LINE:
        raise ReportError(f"the line is too long: the limit is {_LONGEST_LINE:,} bytes")
    try:
        record = json.loads(line)
    except UnicodeDecodeError as error:
        raise ReportError(f"is not valid UTF-8 at byte {error.start:,} of the line") from None
    except (ValueError, RecursionError) as error:
        raise ReportError(f"is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise ReportError("is not a JSON object")
    return record


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


def _mention(resolution: Resolution) -> dict[str, Any]:
    mention, place = resolution.mention, resolution.place
    return {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
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
    origin = group_copies([reading.document])[reading.document.report_id]
    return [claim_row(claim, origin.origin_id) for claim in reading.claims if claim.place is not None]
