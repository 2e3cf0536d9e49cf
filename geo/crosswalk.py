"""Our types in other schemes' words: ACLED's type names, PLOVER's codes, GLIDE's hazards; tables in ``geo/data``."""

import csv
import re
from collections.abc import Mapping
from functools import cache

from geo.model import EventType
from geo.resources import resource

__all__ = ["crosswalk", "glide_of"]


@cache
def crosswalk() -> Mapping[EventType, Mapping[str, str]]:
    """Return the nearest names of each type in other schemes: ``acled_equiv`` and ``plover``, '' where none fits."""
    return {EventType(row["event_type"]): row for row in _rows("crosswalk.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with resource(f"data/{name}").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _hazards() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["glide"], re.compile(rf"\b(?:{row['words']})\b", re.IGNORECASE)) for row in _rows("glide.csv"))


def glide_of(kind: EventType, text: str) -> str:
    """Return the GLIDE code of the hazard that the words of a disaster name, the more special one first, or ''."""
    if kind is not EventType.DISASTER:
        return ""
    return next((code for code, words in _hazards() if words.search(text)), "")
