"""Cells of CSV files that a spreadsheet may open: none of them is run as a formula."""

__all__ = ["guarded", "unguarded"]

# OWASP, "CSV Injection": a spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_GUARD = "'"


def guarded(text: str, *, reversible: bool = False) -> str:
    """Return the text of a cell with a leading ``'`` where a spreadsheet would run it.

    With ``reversible`` one that begins with ``'`` gets another, so that ``unguarded`` gives every text back.
    """
    return _GUARD + text if text.startswith(_FORMULA) or (reversible and text.startswith(_GUARD)) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that was guarded reversibly."""
    return cell.removeprefix(_GUARD)
