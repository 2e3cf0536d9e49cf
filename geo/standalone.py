"""One HTML file that holds all that it shows and opens from disk: no server, no network.

What anybody wrote is in blocks of data only, which no browser runs, and the page's own scripts put it on the page as
text. The page's policy lets run the scripts that are named in it by their hash and nothing else, and lets it ask for
nothing.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

__all__ = ["Page", "data_block", "json_rows", "write_page"]

# Within a script element "<" may begin its end or a comment; the other two end a line for older JavaScript.
_ESCAPES = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of, besides its data: sources of styles, plain scripts and one module, run in this order."""

    title: str
    body: str
    styles: Sequence[str] = ()
    scripts: Sequence[str] = ()
    module: str = ""


def write_page(page: Page, data: Mapping[str, Iterable[str]], file: TextIO) -> None:
    """Write the page with blocks of data: by the id of each, pieces of JSON as ``json_rows`` or ``data_block`` give.

    ``page.title`` may be anybody's words; the rest of ``page`` is ours and goes in as it is.

    Raises:
        ValueError: a source would end its own element.
    """
    _check(page)
    file.write(_head(page))
    for name, pieces in data.items():
        file.write(f'<script type="application/json" id="{name}">')
        file.writelines(pieces)
        file.write("</script>\n")
    for source in page.scripts:
        file.write(f"<script>{source}</script>\n")
    file.write(f'<script type="module">{page.module}</script>\n</body>\n</html>\n')


def json_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a JSON list of rows for a block of data, piece by piece; days are ISO text."""
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + _safe(row)
    yield "\n]"


def data_block(value: Any) -> Iterator[str]:
    """Yield a value as JSON for a block of data; bytes become a text in base64."""
    yield _safe(base64.b64encode(value).decode() if isinstance(value, bytes) else value)


def _safe(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).translate(_ESCAPES)


def _head(page: Page) -> str:
    scripts = " ".join(_hash(source) for source in (*page.scripts, page.module))
    styles = " ".join(map(_hash, page.styles)) or "'none'"
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; font-src data:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(page.title)}</title>
{"".join(f"<style>{style}</style>{chr(10)}" for style in page.styles)}</head>
<body>
{page.body}
"""


def _hash(source: str) -> str:
    """Return the source expression of an inline script or style (W3C CSP 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _check(page: Page) -> None:
    for source in (*page.scripts, page.module):
        for ending in (
            "</script",
            "<!--",
            "\r",
            "\0",
        ):  # the browser would read on behind the first, or hash another text
            if ending in source.lower():
                raise ValueError(f"a script of the page holds {ending!r}")
    for style in page.styles:
        if "</style" in style.lower() or "\r" in style:
            raise ValueError("a style of the page ends its own element")
