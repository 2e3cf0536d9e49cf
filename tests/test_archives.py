"""Zip archives as piles of files, made by friends and by others."""

import io
import stat
import struct
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import archives
from geo.archives import Limits, open_members
from geo.errors import ReportError
from geo.files import Source
from geo.model import Unreadable


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for info, content in members:
            archive.writestr(info, content)
    return raw.getvalue()


def source(raw: bytes) -> Source:
    return Source("z.zip", b"z.zip", len(raw), lambda: io.BytesIO(raw))


def opened(raw: bytes, limits: Limits | None = None) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the contents of the members that may be opened, and the reasons of the others."""
    contents: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for item in open_members(source(raw), limits):
        if isinstance(item, Unreadable):
            refused[item.report] = item.reason
            continue
        with item.open() as file:
            contents[item.name] = file.read()
    return contents, refused


def member(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    return info


def repeated(name: str, times: int) -> bytes:
    """Return an archive whose list of members names one of them so many times."""
    raw = packed((name, b""))
    start, end = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    entries = raw[start:end] * times
    sizes = struct.pack("<HHLL", times % 65_536, times % 65_536, len(entries), start)
    return raw[:start] + entries + raw[end : end + 8] + sizes + b"\0\0"


def test_members_come_in_order_with_the_manifest_first_and_hidden_ones_passed_over() -> None:
    names = ["b.txt", "a/z.txt", "a/", ".hidden", ".git/a.txt", "__MACOSX/._b.txt", "README.md", "a/reports.csv"]
    contents, refused = opened(packed(*((name, b"") for name in [*names, "./reports.csv", "./c//d.txt", "e\\f.txt"])))
    assert refused == {}
    assert list(contents) == ["z.zip/reports.csv", "z.zip/c/d.txt", "z.zip/a/z.txt", "z.zip/b.txt", "z.zip/e/f.txt"]


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        (member("../up.txt"), "has a name that leads out of the archive"),
        (member("a/../../up.txt"), "has a name that leads out of the archive"),
        (member("/etc/passwd"), "has a name that leads out of the archive"),
        (member("..\\up.txt"), "has a name that leads out of the archive"),
        (member("C:\\up.txt"), "has a name that leads out of the archive"),
        (member("link.txt", stat.S_IFLNK | 0o777), "is a link; links in an archive are not followed"),
        (member("pipe.txt", stat.S_IFIFO | 0o644), "is not an ordinary file"),
    ],
)
def test_a_member_that_leads_elsewhere_is_refused_and_the_rest_opened(info: zipfile.ZipInfo, reason: str) -> None:
    contents, refused = opened(packed(("a.txt", b"A."), (info, b"/etc/passwd"), ("b.txt", b"B.")))
    assert contents == {"z.zip/a.txt": b"A.", "z.zip/b.txt": b"B."}
    assert list(refused.values()) == [reason]
    assert all(name.startswith("z.zip/") for name in refused)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_may_take_much_memory_are_refused(method: int) -> None:
    assert opened(packed(("a.txt", b"A."), method=method)) == (
        {},
        {"z.zip/a.txt": "is compressed by another method than deflate"},
    )


def test_an_encrypted_member_is_refused() -> None:
    raw = packed(("a.txt", b"A."))
    at = raw.index(b"PK\1\2") + 8
    encrypted = raw[:at] + b"\1" + raw[at + 1 :]
    assert opened(encrypted) == ({}, {"z.zip/a.txt": "is encrypted"})


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    contents, refused = opened(packed(("bomb.txt", bytes(50_000_000)), ("a.txt", b"A."), ("small.txt", bytes(900_000))))
    assert list(contents) == ["z.zip/a.txt", "z.zip/small.txt"]
    assert refused == {"z.zip/bomb.txt": "unpacks to over 200 times its size, which no report does"}


def test_a_member_never_becomes_more_than_it_declares() -> None:
    """The declared size is what the limits are about, so that a false one must not get more through."""
    raw = packed(("a.txt", bytes(50_000_000)))
    at = raw.index(b"PK\1\2") + 24
    small = raw[:at] + (1_000).to_bytes(4, "little") + raw[at + 4 :]
    tracemalloc.start()
    for item in open_members(source(small)):
        assert isinstance(item, Source)
        with item.open() as file, pytest.raises(ReportError, match="is no zip archive that can be read: Bad CRC-32"):
            file.read()
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_sizes_are_capped_one_by_one_and_together() -> None:
    raw = packed(*((f"{n}.txt", b"x" * size) for n, size in enumerate((40, 90, 40, 10, 40))))
    contents, refused = opened(raw, Limits(largest=80, total=100))
    assert list(contents) == ["z.zip/0.txt", "z.zip/2.txt", "z.zip/3.txt"]
    assert refused == {
        "z.zip/1.txt": "is too large: 90 bytes, the limit is 80",
        "z.zip/4.txt": "is left out: the archive unpacks to more bytes than the limit",
    }


@pytest.mark.timed
def test_too_many_members_are_one_line() -> None:
    raw = repeated("a.txt", 100_000)
    began = time.process_time()
    with pytest.raises(ReportError, match="holds 100,000 files, the limit is 20,000"):
        opened(raw)
    assert time.process_time() - began < 10


def test_a_list_of_members_that_is_too_long_is_not_read() -> None:
    raw = repeated("a" * 200, 35_000)
    with pytest.raises(ReportError, match="has too long a list of members: the limit is 8,000,000 bytes"):
        opened(raw)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_a_name_is_refused() -> None:
    contents, refused = opened(packed(("a.txt", b"A."), ("a.txt", b"B."), ("./a.txt", b"C.")))
    assert list(contents) == ["z.zip/a.txt"]
    assert refused == {"z.zip/a.txt": "has the name of another file in the archive"}


@pytest.mark.parametrize("raw", [b"", b"PK", b"no archive at all", b"PK\5\6" + b"\xff" * 18, bytes(100_000)])
def test_what_is_no_archive_is_one_line(raw: bytes) -> None:
    with pytest.raises(ReportError, match=r"is no zip archive that can be read|has too long a list"):
        opened(raw)


@pytest.mark.parametrize(
    ("method", "good", "bad", "reason"),
    [
        (zipfile.ZIP_STORED, b"abc", b"xyz", "Bad CRC-32 for file 'a.txt'"),
        (zipfile.ZIP_DEFLATED, zlib.compress(b"abc", wbits=-15), b"\xff\xff", "Error -3 while decompressing data: "),
    ],
)
def test_a_broken_member_is_named_and_the_next_is_opened(method: int, good: bytes, bad: bytes, reason: str) -> None:
    raw = packed(("a.txt", b"abc"), ("b.txt", b"def"), method=method)
    at = raw.index(good)
    read: list[bytes | str] = []
    for item in open_members(source(raw[:at] + bad + raw[at + len(bad) :])):
        assert isinstance(item, Source)
        try:
            with item.open() as file:
                read.append(file.read())
        except ReportError as error:
            read.append(str(error))
    assert str(read[0]).startswith(f"is no zip archive that can be read: {reason}")
    assert read[1:] == [b"def"]


@given(st.data())
def test_an_archive_broken_anywhere_raises_report_errors_only(data: st.DataObject) -> None:
    raw = bytearray(packed(("a.txt", b"A report. " * 20), ("b/c.txt", b"Another.")))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    except (ReportError, OSError):
        return


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened(packed(("a.txt", b"A."), ("../b.txt", b"B.")))
    assert list(tmp_path.rglob("*")) == []


def test_public_names_exist() -> None:
    assert all(hasattr(archives, name) for name in archives.__all__)
