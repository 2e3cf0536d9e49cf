"""The reader of web pages and the worker that hostile ones may cost."""

import io
import os
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from geo import webpages
from geo.errors import ReportError
from geo.webpages import Webpage, WebpageReader, read_frame, write_frame
from tests.folders import page

GOOD = page('<meta property="article:published_time" content="2022-09-13">').encode()
SLOW = b"<p>" + b"a<br>" * 390_000  # takes over twenty seconds of a processor
LIMITED = pytest.mark.skipif(sys.platform != "linux", reason="this system does not hold processes to such limits")


@pytest.fixture(scope="module")
def reader() -> Iterator[WebpageReader]:
    with WebpageReader() as pages:
        yield pages


def reads_on(pages: WebpageReader) -> bool:
    return pages.read(GOOD).title == "Army takes town"


def test_a_page_comes_with_what_it_says_of_itself(reader: WebpageReader) -> None:
    text = (
        "Army takes town\nThe army took the town of Izyum on Saturday, the mayor said in a call.\n"
        "It had been shelled for days, people there told us, and {{7*7}} was written on a wall."
    )
    url = "https://example.org/news/a"
    assert reader.read(GOOD) == Webpage(text, "Army takes town", "The Paper", url, date(2022, 9, 13), None)


@pytest.mark.long
@LIMITED
def test_a_page_that_takes_too_long_costs_the_worker_and_no_more() -> None:
    with WebpageReader(cpu_seconds=1) as pages:
        assert reads_on(pages)
        with pytest.raises(ReportError, match=r"^takes more than 1 s to be read as a web page$"):
            pages.read(SLOW)
        assert reads_on(pages)


def test_a_worker_that_never_answers_is_killed() -> None:
    """Where the system sets no limits the reader's own clock is what is left."""
    with WebpageReader(cpu_seconds=1_000, wall_seconds=0.5) as pages:
        with pytest.raises(ReportError, match=r"^takes more than 0\.5 s to be read as a web page, or more memory"):
            pages.read(SLOW)
        pages._wall_seconds = 60
        assert reads_on(pages)


@pytest.mark.long
@LIMITED
def test_a_page_that_takes_too_much_memory_is_refused() -> None:
    with WebpageReader(memory=400_000_000) as pages:
        assert reads_on(pages)
        with pytest.raises(ReportError, match=r"memory|broke the reader of web pages"):
            pages.read(b"<p>" + b"<a href=x>a</a>" * 130_000)
        assert reads_on(pages)


@pytest.mark.parametrize(
    "raw",
    [
        b"<div>" * 200_000,
        b"<html><body>" + b"<div>text " * 100_000,
        b"<b>x" * 250_000,
        b"<table><tr><td>" * 66_000,
    ],
)
def test_a_megabyte_of_unclosed_tags_is_one_line(reader: WebpageReader, raw: bytes) -> None:
    with pytest.raises(ReportError, match=r"^nests its elements too deeply to be read as a web page$"):
        reader.read(raw)
    assert reads_on(reader)


@pytest.mark.parametrize(
    "raw",
    [
        b"<" * 2_000_000,
        b"<!--" * 500_000,
        b"&" * 2_000_000,
        b"<p title='" + b"a" * 1_990_000,
        b"<script type=application/ld+json>" + b"[" * 1_900_000,
        b"<meta name=date content='" + b"2022-09-13 " * 180_000 + b"'>",
        pytest.param(b"<html><head>" + b"<meta name=date content=2022-09-13>" * 50_000, marks=pytest.mark.long),
        b"<meta " * 300_000,
        b"\xef\xbb\xbf" * 600_000,
        random.Random(1).randbytes(2_000_000).replace(b"\0", b"\1"),
    ],
)
def test_two_megabytes_of_anything_are_a_page_or_one_line(reader: WebpageReader, raw: bytes) -> None:
    with suppress(ReportError):
        reader.read(raw)
    assert reads_on(reader)


def test_a_worker_that_dies_between_pages_is_one_line_and_replaced() -> None:
    with WebpageReader() as pages:
        assert reads_on(pages)
        assert pages._worker is not None
        pages._worker.terminate()
        pages._worker.wait()
        with pytest.raises(ReportError, match=r"^broke the reader of web pages"):
            pages.read(GOOD)
        assert reads_on(pages)


def test_the_worker_ends_with_the_reading() -> None:
    with WebpageReader() as pages:
        assert pages._worker is None
        pages.read(GOOD)
        worker = pages._worker
        pages.read(GOOD)
        assert worker is pages._worker
    assert worker is not None
    assert worker.returncode == 0


def test_a_module_of_the_current_folder_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "geo").mkdir()
    for name in ("geo/__init__.py", "lxml.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    with WebpageReader() as pages:
        assert reads_on(pages)


# --- the pipes ---


def test_frames_pass_through_a_pipe_in_pieces() -> None:
    content = random.Random(1).randbytes(300_000)
    out, into = os.pipe()
    with os.fdopen(out, "rb", 0) as reading, os.fdopen(into, "wb", 0) as writing:
        sending = threading.Thread(target=write_frame, args=(writing, content))
        sending.start()
        assert read_frame(reading, 300_000) == content
        sending.join()


@pytest.mark.parametrize(
    ("raw", "frame"),
    [
        (bytes(8), b""),
        (b"\0\0\0\0\0\0\0\2abc", b"ab"),
        (b"\0\0\0\0\0\0\0\2a", None),
        (b"\0\0\0", None),
        (b"", None),
        (b"\0\0\0\0\0\0\0\5abcde", None),
    ],
)
def test_a_frame_that_is_cut_or_too_large_is_none(raw: bytes, frame: bytes | None) -> None:
    assert read_frame(io.BytesIO(raw), 4) == frame


def test_public_names_exist() -> None:
    assert all(hasattr(webpages, name) for name in webpages.__all__)
