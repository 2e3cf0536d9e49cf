"""Claims or events → KML 2.3 (OGC 12-007r2), as Google Earth and other globes open it.

A globe shows a description as a web page, so the words of a report go into it escaped twice: as HTML and then as XML.
``$[…]``, which fills in other fields unescaped, is broken up as well. A name is shown as plain text by some and as
HTML by others: in it the three characters that matter are replaced by their likes, which read the same in both. Every
column is in ``ExtendedData`` to the letter.
"""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TextIO
from xml.sax.saxutils import escape

import pyarrow as pa

from geo.maps import COLOURS
from geo.model import EventType
from geo.rows import read_rows, text_of

__all__ = ["export_kml"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" version="2.3">
<Document>
<name>Dateline</name>
"""
_FOOT = "</Document>\n</kml>\n"

# The balloon holds the description and nothing else: a globe's own would show names and data as HTML.
_STYLE = """<Style id="{name}">
<IconStyle><color>{colour}</color></IconStyle>
<LabelStyle><scale>0.8</scale></LabelStyle>
<BalloonStyle><text>$[description]</text></BalloonStyle>
</Style>
"""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, 2.2 Characters; UTF-8 has no surrogates
_CONTROL_PICTURES = 0x2400
_NAME = str.maketrans({"<": "‹", ">": "›", "&": "＆", "$": "＄"})


def export_kml(table: pa.Table, file: TextIO) -> None:
    """Write claims or events as KML placemarks, coloured by what happened; the days that they cover are their span.

    A row without coordinates is a placemark without a point, one without days has no span, one with half of them is
    open at that end. Characters that XML cannot hold become the picture of theirs (``␀``).
    """
    file.write(_HEAD)
    for kind, colour in COLOURS.items():
        file.write(_STYLE.format(name=kind, colour=_kml_colour(colour)))
    for row in read_rows(table):
        file.write("".join(f"{line}\n" for line in _placemark(row)))
    file.write(_FOOT)


def _placemark(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a placemark, its elements in the order that the schema wants."""
    yield "<Placemark>"
    yield f"<name>{_xml(_name(row))}</name>"
    yield f"<description>{_xml(_description(row))}</description>"
    yield from _time_span(row.get("date_from"), row.get("date_to"))
    kind = row.get("event_type")
    yield f"<styleUrl>#{kind if kind in COLOURS else EventType.OTHER}</styleUrl>"
    yield "<ExtendedData>"
    for name, value in row.items():
        yield f'<Data name="{name}"><value>{_xml(text_of(value))}</value></Data>'
    yield "</ExtendedData>"
    if row["lon"] is not None and row["lat"] is not None:
        yield f"<Point><coordinates>{row['lon']!r},{row['lat']!r}</coordinates></Point>"
    yield "</Placemark>"


def _name(row: Mapping[str, Any]) -> str:
    return ": ".join(part for part in (row.get("place_name"), row.get("event_type")) if part).translate(_NAME)


def _description(row: Mapping[str, Any]) -> str:
    """Return HTML that says what, when and who says so."""
    words = row.get("text") or row.get("headline")
    days = " to ".join(dict.fromkeys(text_of(row.get(day)) for day in ("date_from", "date_to") if row.get(day)))
    speakers = row.get("claimant") or text_of(row.get("claimants"))
    lines = (words, days, row.get("status"), speakers, row.get("report"))
    return "<br/>".join(html.escape(line).replace("$", "&#36;") for line in lines if line)


def _time_span(first: date | None, last: date | None) -> Iterator[str]:
    """Yield the span from the first second to the last: an end that is a bare day may be taken for its beginning."""
    if first or last:
        yield "<TimeSpan>"
        if first:
            yield f"<begin>{first.isoformat()}T00:00:00Z</begin>"
        if last:
            yield f"<end>{last.isoformat()}T23:59:59Z</end>"
        yield "</TimeSpan>"


def _kml_colour(colour: str) -> str:
    """Return ``#RRGGBB`` as KML's aabbggrr, opaque."""
    return f"ff{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()


def _xml(text: str) -> str:
    return escape(_FORBIDDEN.sub(_picture, text), {"\r": "&#13;"})


def _picture(match: re.Match[str]) -> str:
    """Return the picture of a control character, or the sign for one that cannot be shown."""
    code = ord(match[0])
    return chr(_CONTROL_PICTURES + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"
