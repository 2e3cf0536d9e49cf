"""Cells of CSV files that a spreadsheet may open: none of them is run as a formula."""

import re

__all__ = ["guarded", "unguarded"]

_GUARD = "'"

# OWASP, "CSV Injection": a spreadsheet runs a cell that begins with one of the signs as a formula, and may take a
# tab or line break before it away. Blanks, marks without width and quotes before a sign are no shield: what opens the
# file may strip them. Nor is a cell one cell for a spreadsheet that splits at ";" or tab (Excel in much of Europe):
# a sign after one of these, after a line break or after our own "|" in lists begins a cell there.
_SIGN = r"[=+\-@＝＋－＠]"
_ANY = re.compile(rf"{_SIGN}|[\t\r\n]")  # most cells have none and are passed over at once
_PADDING = r"(?:(?![\t\r\n])[\s\x00-\x1f'\"`´“”„‟‘’‚‛«»\u200b-\u200f\u2060\ufeff])*"
_AT_START = rf"(?={_PADDING}(?:{_SIGN}|[\t\r\n]))"
_WITHIN = rf"(?={_PADDING}{_SIGN})"
_RISKY = re.compile(rf"\A{_AT_START}|(?<=[;|\t\r\n]){_WITHIN}")
_GUARDED = re.compile(rf"\A{_GUARD}{_AT_START}|(?<=[;|\t\r\n]){_GUARD}{_WITHIN}")


def guarded(text: str) -> str:
    """Return the text of a cell with a ``'`` wherever a spreadsheet would begin to run it; ``unguarded`` undoes it."""
    return _RISKY.sub(_GUARD, text) if _ANY.search(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that ``guarded`` has returned."""
    return _GUARDED.sub("", cell)
