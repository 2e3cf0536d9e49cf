"""JSON lines in, JSON lines out: the whole line of work on one text at a time, in order, with bounded memory."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO, Any

from geo.build import Config, Reading, extract_batch
from geo.copies import group_copies
from geo.documents import make_document, resolve_years
from geo.errors import ReportError
from geo.events import claim_row
from geo.model import Document, Resolution, Timex

__all__ = ["LONGEST_TEXT", "geoparse", "geoparse_lines"]

LONGEST_TEXT = 2_000_000  # characters
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

    ``published`` is an ISO day and may be missing; then the text's own date counts. Claims have the columns of the
    claims table; days are ``datetime.date`` objects.

    Raises:
        ReportError: the record is not of that form, or its text broke a stage.
        GazetteerError, ModelMissingError: what ``config`` names cannot be used.
    """
    document = _document(record)
    reading = extract_batch([document], config)[0]
    if reading.error:
        raise ReportError(reading.error)
    return {
        "id": record["id"],
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


def _document(record: Mapping[str, Any]) -> Document:
    id_, text, published = record.get("id"), record.get("text"), record.get("published")
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
    return resolve_years([make_document(str(id_), text, published=_day(published))])[0]


def _day(published: Any) -> date | None:
    if published is None or published == "":
        return None
    if isinstance(published, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[T ].{0,40})?", published):
        try:
            return date.fromisoformat(published[:10])
        except ValueError:
            pass
    raise ReportError(f"published is {json.dumps(published)[:40]}, not a day like 2022-09-13")


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
