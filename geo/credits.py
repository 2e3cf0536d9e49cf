"""Wire credits: the agency that a report names as its source."""

import re

__all__ = ["wire_credit"]

_AGENCIES = {
    "Reuters": "Reuters",
    "AP": "AP",
    "Associated Press": "AP",
    "AFP": "AFP",
    "Agence France-Presse": "AFP",
    "dpa": "dpa",
    "DPA": "dpa",
    "EFE": "EFE",
    "ANSA": "ANSA",
    "TASS": "TASS",
    "Xinhua": "Xinhua",
    "Interfax": "Interfax",
    "Ukrinform": "Ukrinform",
    "Anadolu Agency": "Anadolu",
    "UPI": "UPI",
    "PTI": "PTI",
    "IANS": "IANS",
}
_AGENCY = rf"(?P<agency>{'|'.join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True))})\b"
_DATELINE_CREDIT = re.compile(rf"[^\n(]{{2,120}}[(/](?:Thomson )?{_AGENCY}[^)\n]{{0,20}}[)/] ?[-–—.]")
_BYLINE = re.compile(
    r"\W{0,3}(?:additional )?(?:reporting|writing|written|reported|editing|edited|compiled) by\b", re.I
)
_SOURCE = re.compile(
    rf"\W{{0,3}}(?:sources?|via|©|\(c\)|copyright|from|by)\W{{0,3}}(?:\d{{4}} ?)?(?:the )?{_AGENCY}[^.!?]{{0,40}}\W?$",
    re.I,
)
_STATEMENT = re.compile(rf"{_AGENCY}(?: contributed| Trust Principles|\W{{0,3}}all rights)", re.I)
_ALONE = re.compile(rf"\W{{0,3}}(?:the )?{_AGENCY}\W{{0,3}}$", re.I)
_ANY = re.compile(rf"\b{_AGENCY}")
_WORD = re.compile(r"\w+")
_FIRST_WORDS = frozenset(_WORD.findall(name.casefold())[0] for name in _AGENCIES)
_FIRST_LINES, _LAST_LINES = 20, 3


def wire_credit(text: str) -> str:
    """Return the agency that the report credits as its source, or ''.

    A credit is a dateline "(Reuters) –", a "Reporting by … Reuters" line, "Source: AP", "AFP contributed" or the
    agency alone on one of the last lines. "Told Reuters" and a photo's credit are none.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if _FIRST_WORDS.isdisjoint(_WORD.findall(line.casefold())):
            continue  # the patterns below take twenty times as long
        patterns = [_STATEMENT, _SOURCE]
        if number < _FIRST_LINES:
            patterns.append(_DATELINE_CREDIT)
        if number >= len(lines) - _LAST_LINES:
            patterns.append(_ALONE)
        if _BYLINE.match(line):
            patterns.append(_ANY)
        for pattern in patterns:
            if match := _search(pattern, line):
                return _name(match["agency"])
    return ""


def _search(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Look for a credit anywhere in a byline or statement, for the others only where a line begins."""
    return pattern.search(line) if pattern in (_STATEMENT, _ANY) else pattern.match(line)


def _name(agency: str) -> str:
    return next(name for written, name in _AGENCIES.items() if written.casefold() == agency.casefold())
