"""The worker that reads web pages: a program of its own, started by ``geo.webpages`` and ended by a hostile page.

It reads frames from standard input, a page each, and answers each with a frame of JSON. ``trafilatura`` finds the text
and what the page calls itself; its downloads are never called. The day is read here: ``htmldate`` takes any date on the
page rather than none, up to today's.
"""

import codecs
import json
import math
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from configparser import ConfigParser
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document as Extracted
from trafilatura.settings import use_config

from geo.errors import ReportError
from geo.files import shown
from geo.heads import printed_day, written_day
from geo.webpages import Webpage, read_frame, write_frame

try:
    import resource
except ImportError:  # Windows: the reader's own clock is left
    resource = None  # type: ignore[assignment]  # None stands for the module, as the checks of it say

__all__ = ["extract_page", "main"]

_LARGEST_PAGE = 16_000_000  # bytes that the pipe takes; the reader's own limit is lower
_SPENT = 0.5  # of its memory, of which a worker may hold no more after a page: the next page is to have as much
_STATM = Path("/proc/self/statm")
_SHORT = 25  # characters under which what was extracted is too little to be a report
_PRESCAN = 1_024  # bytes in which a page declares its encoding
_LONGEST_LINE = 100  # characters of a line that prints a date
_MOST_PIECES = 20  # of text in such a line

_CHARSET = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})""", re.I
)
_LATIN = {"ascii", "iso8859-1"}  # which stand for windows-1252 on the web
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")
_URL_DAY = re.compile(r"/(\d{4})[/-](\d{2})[/-](\d{2})(?=[/-]|$)")
_PUBLISHED = frozenset(
    "article:published_time og:article:published_time og:published_time datepublished rnews:datepublished".split()
)
_DATED = frozenset(
    "date dc.date dc.date.issued dcterms.date dcterms.issued dcterms.created pubdate publishdate publish-date "
    "publish_date publication_date publication-date parsely-pub-date sailthru.date citation_publication_date "
    "article.published".split()
)
_DATE_LINE = re.compile(r"date|publi|posted|byline|timestamp", re.I)
_ASIDE = {"nav", "aside", "footer", "a"}


def extract_page(raw: bytes) -> Webpage:
    """Return the text of a page and what the page says of itself.

    Raises:
        ReportError: there is no page that can be read; one line with the reason.
    """
    tree = _parse(_decode(raw))
    meta = extract_metadata(_headings(tree), date_config={"extensive_search": False})
    url = meta.url or ""
    published, printed = _published(tree, url), _printed(tree)
    found = bare_extraction(tree, include_comments=False, include_formatting=False, config=_config())
    text = (found.text or "").strip() if isinstance(found, Extracted) else ""
    if not text:
        raise ReportError("holds no text that reads like a report")
    return Webpage(text, meta.title or "", meta.sitename or "", url, published, printed)


@cache
def _config() -> ConfigParser:
    """Return trafilatura's settings, but that the words of a short report are not taken as one paragraph."""
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(_SHORT))
    return config


# --- bytes to a tree ---


def _decode(raw: bytes) -> str:
    """Return the text of a page in the encoding that it declares, else UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ReportError("is UTF-16, not UTF-8")
    if (nul := raw.find(0)) >= 0:
        raise ReportError(f"holds a NUL byte at byte {nul:,}, so it is not text")
    encoding = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else _declared_encoding(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReportError(f"is not valid {encoding.removesuffix('-sig').upper()} at byte {error.start:,}") from None


def _declared_encoding(raw: bytes) -> str:
    match = _CHARSET.search(raw[:_PRESCAN])
    if not match:
        return "utf-8"
    declared = match[1].decode("ascii", "replace")
    try:
        name = codecs.lookup(declared).name
        "".encode(name)
    except LookupError:  # also of those that encode no text, as rot13
        raise ReportError(f"declares the encoding {declared!r}, which is not known") from None
    if name.startswith("utf-16"):  # the declaration was read byte by byte, so it is none
        return "utf-8"
    return "cp1252" if name in _LATIN else name


def _parse(text: str) -> HtmlElement:
    text = _DECLARATION.sub("", text, count=1)
    if not text.strip():
        raise ReportError("is empty")
    parser = HTMLParser()
    try:
        tree = document_fromstring(text, parser=parser)
    except etree.ParserError:
        raise ReportError("holds no text that reads like a report") from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ReportError("nests its elements too deeply to be read as a web page")
    return tree


def _headings(tree: HtmlElement) -> HtmlElement:
    """Return a page of only what says what the page is, so that no metadata is sought in the text."""
    page = document_fromstring("<html><head></head><body></body></html>")
    head, body = page.find("head"), page.find("body")
    for element in tree.iter("meta", "title", "link", "script", "h1", "h2"):
        if element.tag != "script" or _is_linked_data(element):
            (body if element.tag in ("h1", "h2") else head).append(_alone(element))
    return page


def _alone(element: HtmlElement) -> HtmlElement:
    copied = deepcopy(element)
    copied.tail = None
    return copied


def _is_linked_data(script: HtmlElement) -> bool:
    return bool(script.get("type", "").strip().casefold() == "application/ld+json")


# --- the day ---


def _published(tree: HtmlElement, url: str) -> date | None:
    """Return the day of the first kind of metadata that names exactly one, else None.

    A kind that names several says of none of them that it is the page's.
    """
    times = list(tree.iter("time"))
    own = [t for t in times if t.get("itemprop") == "datePublished" or "pubdate" in t.attrib]
    kinds = (
        _meta(tree, _PUBLISHED),
        _linked_data_days(tree),
        _meta(tree, _DATED),
        (time.get("datetime", "") for time in own),
        ("-".join(match.groups()) for match in _URL_DAY.finditer(url)),
        (time.get("datetime", "") for time in times),
    )
    return next(filter(None, map(_only_day, kinds)), None)


def _only_day(values: Iterable[str]) -> date | None:
    days = {day for value in values if (day := written_day(value.strip()))}
    return days.pop() if len(days) == 1 else None


def _meta(tree: HtmlElement, names: frozenset[str]) -> Iterator[str]:
    for element in tree.iter("meta"):
        given = (element.get(attribute, "") for attribute in ("property", "name", "itemprop"))
        if any(name.strip().casefold() in names for name in given):
            yield element.get("content", "")


def _linked_data_days(tree: HtmlElement) -> Iterator[str]:
    """Yield when the things that a page's linked data is about were published; not those that they link to."""
    for script in filter(_is_linked_data, tree.iter("script")):
        with suppress(ValueError, RecursionError):
            waiting: list[Any] = [json.loads(script.text or "")]
            while waiting:
                thing = waiting.pop()
                if isinstance(thing, list):
                    waiting += thing
                elif isinstance(thing, dict):
                    waiting.append(thing.get("@graph"))
                    yield str(thing.get("datePublished", ""))


def _printed(tree: HtmlElement) -> date | None:
    """Return the day that the lines about the page print, where they agree; the extracted text may leave them out."""
    days = {day for line in _date_lines(tree) if (day := printed_day(line))}
    return days.pop() if len(days) == 1 else None


def _date_lines(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("time", "p", "span", "div"):
        if _tells_of_a_date(element) and not any(around.tag in _ASIDE for around in element.iterancestors()):
            line = " ".join("".join(islice(element.itertext(), _MOST_PIECES)).split())
            if len(line) <= _LONGEST_LINE:
                yield line


def _tells_of_a_date(element: HtmlElement) -> bool:
    marks = " ".join(element.get(attribute, "") for attribute in ("class", "id", "itemprop"))
    return element.tag == "time" or _DATE_LINE.search(marks) is not None


# --- the worker ---


def main(argv: Sequence[str]) -> int:
    """Answer pages until standard input ends; ``argv`` is the processor seconds of a page and the bytes of all."""
    cpu_seconds, memory = map(int, argv)
    pages, answers = sys.stdin.buffer, _own_output()
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_AS", memory)
    while (raw := read_frame(pages, _LARGEST_PAGE)) is not None:
        _limit("RLIMIT_CPU", math.ceil(time.process_time()) + cpu_seconds)
        write_frame(answers, json.dumps(_answer(raw, memory), default=date.isoformat).encode())
        answers.flush()
    return 0


def _answer(raw: bytes, memory: int) -> dict[str, Any]:
    try:
        answer = asdict(extract_page(raw))
    except ReportError as error:
        answer = {"error": str(error)}
    except MemoryError:
        return {"error": "needs more memory than a web page may take", "spent": True}
    except Exception as error:  # noqa: BLE001 - whatever a hostile page breaks, the next is read all the same
        reason = shown(str(error).partition("\n")[0])[:200]
        answer = {"error": f"cannot be read as a web page: {type(error).__name__}: {reason}"}
    return answer | {"spent": _held_memory() > _SPENT * memory}


def _own_output() -> IO[bytes]:
    """Return standard output for the answers alone; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return answers


def _limit(name: str, value: int) -> None:
    """Lower a limit of this process, where the system knows it and allows it."""
    if resource is not None and hasattr(resource, name):
        kind = getattr(resource, name)
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _held_memory() -> int:
    """Return the bytes of this process's address space, which its limit is about; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
