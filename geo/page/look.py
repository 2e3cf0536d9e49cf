"""How the page looks: its colours in light and dark, its type, and the rules for its own parts."""

from collections.abc import Iterable

__all__ = ["style"]

_LIGHT = """
  --ink: #22303A; --muted: #5F5A4E; --line: #E0DCD2; --paper: #FFFFFF; --panel: #F5F3EE; --mark: #FFF1C2;
  --accent: #0072B2; --danger: #B34700;
"""
_DARK = """
  --ink: #E8E6E0; --muted: #ABA699; --line: #3B434A; --paper: #14191D; --panel: #1D242A; --mark: #4A4220;
  --accent: #56B4E9; --danger: #F08A4B;
"""
_RULES = """
[data-testid="stMainBlockContainer"] { padding: .9rem 1.4rem 2rem; max-width: 1840px; }
[data-testid="stHeader"] { display: none; }
[data-testid="stText"], [data-testid="stText"] * {
  font-family: inherit; white-space: pre-wrap; overflow-wrap: anywhere;
}
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-opening, .st-key-hints)):not(
  :has([data-testid="stProgress"], [data-testid="stText"], [data-testid="stAlert"], [data-testid="stCaptionContainer"])
), [class*="st-key-map_"][class*="_scene"], .st-key-address { display: none; }
.st-key-head { border-bottom: 1px solid var(--line); padding-bottom: .45rem; align-items: center; }
.st-key-head h1 { font-size: 1.35rem; font-weight: 700; letter-spacing: -.01em; padding: 0; margin: 0; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] * { color: var(--muted); opacity: 1; }
.st-key-counts [data-testid="stText"] * { font-variant-numeric: tabular-nums; color: var(--muted); font-size: .92rem; }
.st-key-hint { background: var(--panel); border-radius: 6px; padding: .35rem .8rem; align-items: center; }
.st-key-hint [data-testid="stText"] * { color: var(--muted); font-size: .92rem; }
.st-key-in_view [data-testid="stText"] * { color: var(--muted); font-size: .88rem; font-variant-numeric: tabular-nums; }
.st-key-below { min-height: 100vh; margin-top: .4rem; border-top: 1px solid var(--line); padding-top: .2rem; }
.st-key-tab { width: 100%; border-bottom: 1px solid var(--line); }
.st-key-tab [role="radiogroup"] { flex-wrap: wrap; gap: 0 1.2rem; }
.st-key-tab [role="radio"] {
  border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; padding: 0 .1rem; min-width: 0;
}
.st-key-tab [role="radio"]:hover { color: var(--accent); }
.st-key-tab [role="radiogroup"] [role="radio"][aria-checked="true"] {
  border-bottom-color: var(--accent); background: none; color: var(--accent);
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: .6rem .7rem 1.5rem; }
  .st-key-head { row-gap: .1rem; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-counts) { flex: 1 0 100%; }
}
"""


def style(theme: str, parts: Iterable[str]) -> str:
    """Return the page's one style element: the colours of a theme, the page's rules, and those of its parts."""
    colours = _DARK if theme == "dark" else _LIGHT
    return f"<style>\n:root {{{colours}}}\n{_RULES}{''.join(parts)}</style>"
