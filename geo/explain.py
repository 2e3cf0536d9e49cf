"""How a report was read: paragraph by paragraph its places, dates and claims, each with why.

The command ``dateline explain`` prints it and the page's panel "How was this read?" shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from geo.model import Claim, DateBasis, Document, PublishedBasis, Reading, Resolution, Role, Timex

__all__ = ["Kind", "Note", "Paragraph", "explain", "explain_day"]

_PUBLISHED = {
    PublishedBasis.CORRECTED: "as an analyst corrected it",
    PublishedBasis.MANIFEST: "as reports.csv gives it",
    PublishedBasis.METADATA: "as its own metadata gives it",
    PublishedBasis.PRINTED: "as printed in its head",
    PublishedBasis.DATELINE: "from its dateline, the year from the context",
    PublishedBasis.COPY: "from a near copy of it that is dated",
    PublishedBasis.STORY: "inferred from the story's other reports",
}
_ROLES = {
    Role.LITERAL: "the place itself",
    Role.ACTOR: "its government, army or people, not the place",
    Role.MODIFIER: "part of a name or title",
    Role.DEMONYM: "a word of nationality",
}
_BASES = {
    DateBasis.EXPLICIT: "as written",
    DateBasis.RELATIVE: "reckoned from the report's day",
    DateBasis.PUBLICATION: "the report's day, since the sentence gives none",
    DateBasis.INFERRED: "inferred from the text around",
    DateBasis.CORRECTED: "as an analyst corrected it",
    DateBasis.NONE: "not known",
}


class Kind(StrEnum):
    """What a note is about."""

    PLACE = "place"
    DATE = "date"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Note:
    """What was read at some words: ``start`` and ``end`` are offsets into the report, ``words`` what stands there."""

    kind: Kind
    start: int
    end: int
    words: str
    says: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as written and the notes on it, in order of their start; a claim stands with its sentence."""

    start: int
    text: str
    notes: tuple[Note, ...]


def explain(reading: Reading) -> list[Paragraph]:
    """Return the paragraphs of a report with what was read in each."""
    document = reading.document
    notes = sorted(
        chain(
            (_of_place(r) for r in reading.resolutions),
            (_of_date(t) for t in reading.timexes),
            (_of_claim(c, document) for c in reading.claims),
        ),
        key=lambda note: (note.start, -note.end, note.kind.value, note.says),
    )
    return [
        Paragraph(start, document.text[start:end], tuple(n for n in notes if start <= n.start < end))
        for start, end in _paragraphs(document.text)
    ]


def explain_day(document: Document) -> str:
    """Return in words which day a report was published and how that is known."""
    if document.published is None:
        return "Published on an unknown day: what it tells only by weekday stays undated."
    return f"Published {document.published}, {_PUBLISHED.get(document.published_basis, 'as given')}."


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield start, start + len(line.rstrip())
        start += len(line)


def _of_place(resolution: Resolution) -> Note:
    mention = resolution.mention
    what = _ROLES[mention.role]
    return Note(Kind.PLACE, mention.start, mention.end, mention.surface, f"{what}. {resolution.explain()}")


def _of_date(timex: Timex) -> Note:
    return Note(Kind.DATE, timex.start, timex.end, timex.text, _days(timex.date_from, timex.date_to) or _undated(timex))


def _undated(timex: Timex) -> str:
    return "a length of time, no date" if timex.value.startswith("P") else f"no day on the calendar ({timex.value})"


def _days(first: object, last: object) -> str:
    if first is None:
        return ""
    return f"{first}" if first == last else f"{first} to {last or 'open'}"


def _of_claim(claim: Claim, document: Document) -> Note:
    parts = [f"{claim.event_type.value}, {_told_by(claim)}", _where(claim), _when(claim), _figure(claim)]
    parts += [f"{label}: {who}" for label, who in (("by", claim.actor), ("to", claim.target)) if who]
    if claim.verification.value != "none":
        parts.append(claim.verification.value)
    return Note(
        Kind.CLAIM, claim.start, claim.end, document.text[claim.start : claim.end], "; ".join(filter(None, parts))
    )


def _told_by(claim: Claim) -> str:
    if not claim.claimant:
        return claim.status.value
    side = f" for {claim.claimant_side}" if claim.claimant_side else ""
    cue = f" (“{claim.cue}”)" if claim.cue else ""
    return f"{claim.status.value} by {claim.claimant}{side}{cue}"


def _where(claim: Claim) -> str:
    if claim.place is None:
        return f"place not known: {claim.reason}"
    reason = f" ({claim.place_reason})" if claim.place_reason else ""
    return f"at {claim.place.name}{reason}"


def _when(claim: Claim) -> str:
    days = _days(claim.date_from, claim.date_to)
    words = f" “{claim.date_text}”," if claim.date_text else ""
    return f"on {days},{words} {_BASES[claim.date_basis]}" if days else "day not known"


def _figure(claim: Claim) -> str:
    if claim.quantity is None:
        return f"{claim.quantity_bound} {claim.quantity_of or claim.unit}".strip() if claim.quantity_bound else ""
    value = f"{claim.quantity:,.10g}" + (f" to {claim.quantity_high:,.10g}" if claim.quantity_high is not None else "")
    of = f" ({claim.quantity_of})" if claim.quantity_of and claim.quantity_of != claim.unit else ""
    return f"{claim.quantity_bound} {value} {claim.unit}{of}".strip()
