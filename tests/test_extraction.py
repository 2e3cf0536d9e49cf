"""What is taken from a web page: its text, names and day."""

import socket
import sys
from datetime import date

import pytest

from geo import extraction
from geo.errors import ReportError
from geo.extraction import extract_page
from tests.folders import page

DAY = date(2022, 9, 13)
PUBLISHED = '<meta property="article:published_time" content="2022-09-13T10:00:00Z">'


def linked(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


@pytest.mark.parametrize(
    ("head", "byline", "day"),
    [
        (PUBLISHED, "", DAY),
        ('<meta name="Date" content="13 September 2022">', "", DAY),
        ('<meta itemprop="datePublished" content="Tue, 13 Sep 2022 10:00:00 GMT">', "", DAY),
        (linked('{"@type": "NewsArticle", "datePublished": "2022-09-13", "dateModified": "2022-10-01"}'), "", DAY),
        (linked('{"@graph": [{"@type": "WebSite"}, {"datePublished": "2022-09-13T01:00"}]}'), "", DAY),
        (linked("{bad") + PUBLISHED, "", DAY),
        (linked("[" * 100_000) + PUBLISHED, "", DAY),
        (
            "",
            '<time datetime="2022-09-13T10:00" itemprop="datePublished">Tuesday</time><time datetime="2014-01-01">',
            DAY,
        ),
        ("", '<time datetime="2022-09-13">Tuesday</time>', DAY),
        ('<link rel="canonical" href="https://example.org/2022/09/13/a">', "", DAY),
        (PUBLISHED + '<meta name="date" content="2022-10-01">', '<time datetime="2014-01-01">', DAY),
        (PUBLISHED + '<meta name="datePublished" content="2022-10-01">', "", None),
        (linked('{"datePublished": "2022-09-13"}') + linked('{"datePublished": "2022-09-12"}'), "", None),
        (linked('{"isPartOf": {"datePublished": "2014-01-01"}}'), "", None),
        ("", '<time datetime="2022-09-13">A</time><time datetime="2022-09-12">B</time>', None),
        ('<meta property="article:modified_time" content="2022-09-13">', "", None),
        ('<meta property="og:image" content="https://example.org/2022/09/13/a.jpg">', "", None),
        ('<meta name="date" content="2022-02-30">', "", None),
        (
            "<!-- 2022-09-13 -->",
            '<p>It began on 24 February 2022, the 24.02.2022.</p><img src="/2022/09/13/a.jpg">',
            None,
        ),
        ("", "", None),
    ],
)
def test_the_day_is_that_of_the_metadata_or_none(head: str, byline: str, day: date | None) -> None:
    html = page(head, byline)
    if "canonical" in head:
        html = html.replace('<link rel="canonical" href="https://example.org/news/a">', "")
    assert extract_page(html.encode()).published == day


@pytest.mark.parametrize(
    ("byline", "day"),
    [
        ("<p class=byline>By Jane Doe, 13 September 2022</p>", DAY),
        ("<div id=posted-on>Posted on <b>September 13, 2022</b></div>", DAY),
        ("<time>13 September 2022</time>", DAY),
        ("<span class=date>13 September 2022</span><span class=date>13 September 2022</span>", DAY),
        ("<span class=date>13 September 2022</span><span class=date>12 September 2022</span>", None),
        ("<aside><span class=date>13 September 2022</span></aside>", None),
        ("<a><time>13 September 2022</time></a>", None),
        ("<p class=update>He was born on 13 September 2022 and lives.</p>", None),
    ],
)
def test_the_day_that_a_page_prints_is_kept_apart(byline: str, day: date | None) -> None:
    found = extract_page(page(byline=byline).encode())
    assert (found.published, found.printed) == (None, day)


def test_paragraphs_stay_lines_however_short_the_report() -> None:
    html = page(byline="<p class=byline>By Jane Doe, 14 September 2022</p>").replace("\n", "")
    assert extract_page(html.encode()).text.splitlines() == [
        "Army takes town",
        "The army took the town of Izyum on Saturday, the mayor said in a call.",
        "It had been shelled for days, people there told us, and {{7*7}} was written on a wall.",
    ]
    short = "<article><h1>Head line</h1><p>Army took Izyum.</p><p>Kharkiv was shelled.</p></article>"
    assert extract_page(f"<html><body>{short}</body></html>".encode()).text.splitlines()[-2:] == [
        "Army took Izyum.",
        "Kharkiv was shelled.",
    ]


def test_scripts_and_what_is_around_the_report_are_left_out_and_braces_are_text() -> None:
    text = extract_page(page().encode()).text
    assert "{{7*7}}" in text
    assert not any(word in text for word in ("never", "alert", "Sport", "Copyright"))


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_of_the_web(canonical: str, url: str) -> None:
    assert extract_page(page().replace("https://example.org/news/a", canonical).encode()).url == url


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-u">', "koi8-u"),
        ('<meta charset="utf-16">', "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(head: str, encoding: str) -> None:
    html = f"<html><head>{head}</head><body><p>Війська взяли Ізюм.</p><p>Так сказав мер міста.</p></body></html>"
    assert extract_page(html.encode(encoding)).text == "Війська взяли Ізюм.\nТак сказав мер міста."


def test_latin_1_stands_for_windows_1252_and_an_xml_declaration_counts() -> None:
    html = '<?xml version="1.0" encoding="ISO-8859-1"?><html><body><p>A café – “open”, he said to us.</p></body></html>'
    assert extract_page(html.encode("cp1252")).text == "A café – “open”, he said to us."


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<html><body></body></html>", "holds no text that reads like a report"),
        (b"<!-- only a comment -->", "holds no text that reads like a report"),
        (b"<p>a\0b</p>", "holds a NUL byte at byte 4, so it is not text"),
        (b"<p>caf\xe9</p>", "is not valid UTF-8 at byte 6"),
        ("<p>Text</p>".encode("utf-16"), "is UTF-16, not UTF-8"),
        (b"<meta charset=shift_jis><p>\x81</p>", "is not valid SHIFT_JIS at byte 27"),
        (b"<meta charset=nonsense><p>Text</p>", "declares the encoding 'nonsense', which is not known"),
        (b"<meta charset=rot13><p>Text</p>", "declares the encoding 'rot13', which is not known"),
        (b"<div>" * 300 + b"Text", "nests its elements too deeply to be read as a web page"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_line(raw: bytes, reason: str) -> None:
    with pytest.raises(ReportError) as caught:
        extract_page(raw)
    assert str(caught.value) == reason


def test_windows_line_ends_are_no_part_of_the_words() -> None:
    assert extract_page(page().replace("\n", "\r\n").encode()) == extract_page(page().encode())


@pytest.mark.skipif(sys.platform != "linux", reason="this system does not tell what a process holds")
@pytest.mark.parametrize(("memory", "spent"), [(1 << 20, True), (1 << 40, False)])
def test_a_worker_that_holds_over_half_of_its_memory_is_spent(memory: int, spent: bool) -> None:
    for raw in (page().encode(), b""):
        assert extraction._answer(raw, memory)["spent"] is spent


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    html = page(
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<img src="http://example.org/a.png"><iframe src="http://example.org">',
    )
    assert extract_page(html.encode()).title == "Army takes town"
    with pytest.raises(ReportError, match="holds no text"):
        extract_page(b"<html></html>")
    assert (
        extract_page(b"http://example.org/a-page-to-be-fetched.html").text
        == "http://example.org/a-page-to-be-fetched.html"
    )


def test_public_names_exist() -> None:
    assert all(hasattr(extraction, name) for name in extraction.__all__)
