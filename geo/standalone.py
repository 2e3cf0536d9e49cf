"""One HTML file that holds all that it shows and opens from disk: no server, no network.

What anybody wrote is in blocks of data only, which no browser runs, and the page's own scripts put it on the page as
text. The page's policy lets run the scripts that are named in it by their hash and nothing else, and lets it ask for
nothing.
"""

import base64
import functools
import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TextIO

import pandas as pd

from geo.bundle import bundle
from geo.filters import Filter
from geo.maps import LEGEND, find_frame
from geo.resources import resource
from geo.scene import STATUSES, TYPES, pack_scene
from geo.store import Generation
from geo.timemap import TEXTS as TIMEMAP_TEXTS
from geo.view import build_view, list_claims

__all__ = ["TEXTS", "Page", "data_block", "export_html", "json_rows", "write_page"]

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "everywhere": "All places",
        "all_places": "Show all places",
        "claim": "claim",
        "claims": "claims",
        "more": "Show more",
    }
)
"""Every word of the list of claims, to be translated."""

_STYLES = ("leaflet.css", "app/map.css", "app/timeline.css", "app/page.css")
_ENTRY = "app/page.js"
_BODY = """<main id="page" class="page timemap">
<header class="page-head"><h1 id="title"></h1><p id="summary"></p></header>
<div id="map" class="page-map"></div>
<div id="timeline" class="page-timeline"></div>
<section id="evidence" class="page-evidence"></section>
<noscript><p>This page draws its map with JavaScript, which is switched off here.</p></noscript>
</main>
"""

# Within a script element "<" may begin its end or a comment; the other two end a line for older JavaScript.
_ESCAPES = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of, besides its data: HTML, the sources of its styles and that of its one module."""

    title: str
    body: str
    styles: Sequence[str] = ()
    module: str = ""


def export_html(
    generation: Generation, chosen: Filter, file: TextIO, *, title: str = "Dateline", texts: Mapping[str, str] = TEXTS
) -> None:
    """Write the dated claims that a filter lets through as one page: map, timeline and the sentence of each claim.

    ``texts`` are ``TEXTS`` and those of ``geo.timemap``, some or all in other words.

    Raises:
        StoreError: the generation cannot be read.
    """
    claims = list_claims(generation, chosen).rename(columns=_COLUMNS)[list(_COLUMNS.values())]
    (lat, lon), zoom = find_frame(build_view(generation, chosen).features)
    settings = {
        "title": title,
        "summary": _summary(claims),
        "frame": {"lat": lat, "lon": lon, "zoom": zoom},
        "types": [{"colour": colour, "words": words} for colour, words, _ in LEGEND],
        "hues": [next(n for n, (_, _, kinds) in enumerate(LEGEND) if name in kinds) for name in TYPES],
        "statuses": STATUSES,
        "texts": {**TIMEMAP_TEXTS, **TEXTS, **texts},
    }
    data = {
        "settings": data_block(settings),
        "scene": data_block(pack_scene(generation, chosen, in_days=True)),
        "rows": json_rows(_rows(claims)),
    }
    write_page(Page(title, _BODY, *_sources()), data, file)


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
    styles = " ".join(map(_hash, page.styles)) or "'none'"
    policy = (
        f"default-src 'none'; script-src {_hash(page.module)}; style-src {styles}; img-src data: blob:; "
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
    for ending in ("</script", "<!--", "\r", "\0"):  # the browser would read on behind the first, or hash another text
        if ending in page.module.lower():
            raise ValueError(f"the script of the page holds {ending!r}")
    for style in page.styles:
        if "</style" in style.lower() or "\r" in style:
            raise ValueError("a style of the page ends its own element")


_COLUMNS = {
    "number": "number",
    "place_name": "place",
    "date_from": "from",
    "date_to": "to",
    "event_type": "type",
    "status": "status",
    "claimant": "claimant",
    "verification": "verification",
    "sentence": "sentence",
    "outlet": "outlet",
    "report": "report",
}


def _rows(claims: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for values in claims.itertuples(index=False, name=None):
        row = dict(zip(claims.columns, values, strict=True))
        yield row | {"from": f"{row['from']:%Y-%m-%d}", "to": f"{row['to']:%Y-%m-%d}"}


def _summary(claims: pd.DataFrame) -> str:
    """Return how many claims of how many reports there are, and their first and last day."""
    if claims.empty:
        return "no claim"
    counted = ((len(claims), "claim"), (claims["report"].nunique(), "report"))
    n_claims, n_reports = (f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in counted)
    return f"{n_claims} of {n_reports}, {claims['from'].min():%Y-%m-%d} to {claims['to'].max():%Y-%m-%d}"


@functools.cache
def _sources() -> tuple[tuple[str, ...], str]:
    """Return the sources of the page's styles and of its module, from the package's ``web`` folder."""
    web = resource("web")
    modules = {path.relative_to(web).as_posix(): path.read_text(encoding="utf-8") for path in web.rglob("*.js")}
    styles = tuple((web / name).read_text(encoding="utf-8") for name in _STYLES)
    licence = (web / "leaflet.LICENSE.txt").read_text(encoding="utf-8")  # it wants to be handed on with the code
    return styles, f"/*\n{licence}*/\n{bundle(modules, _ENTRY)}"
