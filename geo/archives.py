"""The files in a zip archive as streams, and a line for each member that is not to be opened.

An archive may be made to fill the memory or to reach outside its folder. Nothing is unpacked to the disk; what a member
becomes is bounded by the size that its entry declares, and so are all together.
"""

import io
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from geo.errors import ReportError
from geo.files import MANIFEST, Source, is_passed_over, shown
from geo.model import Unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Limits", "open_members"]

_LARGEST_DIRECTORY = 8_000_000  # bytes of the list of members, which is read as a whole
_SMALL = 1_000_000  # bytes; what unpacks to less may swell as it likes
_ENCRYPTED = 0x1
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold: files, their ratio unpacked to packed, bytes of the largest and in total."""

    members: int = 20_000
    ratio: int = 200
    largest: int = 1_000_000_000
    total: int = 4_000_000_000


def open_members(archive: Source, limits: Limits | None = None) -> Iterator[Source | Unreadable]:
    """Yield the files of a zip archive in the order of their names, and a line for each that is refused.

    A ``reports.csv`` at the root comes first; other files that are passed over in a folder are so here. A file may be
    opened until the next is asked for.

    Raises:
        ReportError: the archive as a whole cannot be read.
        OSError: the system refuses.
    """
    limits = limits or Limits()
    with archive.open() as file, _open(file) as opened:
        left, seen = limits.total, set[str]()
        for info in _members(opened, limits):
            name = f"{archive.name}/{shown(_path(info))}"
            reason = _refusal(info, limits) or _refusal_among(info, name, left, seen)
            if reason:
                yield Unreadable(name, reason)
                continue
            seen.add(name)
            left -= info.file_size
            key = archive.key + b"/" + _path(info).encode("utf-8", "surrogateescape")
            yield Source(name, key, info.file_size, partial(_open_member, opened, info))


@contextmanager
def _open(file: IO[bytes]) -> Iterator[ZipFile]:
    with _in_one_line():
        opened = ZipFile(_BoundedReads(file))
    with opened:
        yield opened


def _members(opened: ZipFile, limits: Limits) -> list[ZipInfo]:
    """Return the members that are reports by their name, or lead out of the archive, the manifest first."""
    found = [info for info in opened.infolist() if not info.is_dir()]
    if len(found) > limits.members:
        raise ReportError(f"holds {len(found):,} files, the limit is {limits.members:,}")
    wanted = [info for info in found if _leads_out(info) or _is_wanted(_path(info))]
    return sorted(wanted, key=lambda info: (_path(info) != MANIFEST, info.filename, info.header_offset))


def _is_wanted(name: str) -> bool:
    return name == MANIFEST or not is_passed_over(name)


def _refusal(info: ZipInfo, limits: Limits) -> str:
    """Return why a member is not to be opened whatever the others are, or ''."""
    mode = info.external_attr >> 16  # zero unless a Unix system wrote it
    checks: Sequence[tuple[bool, str]] = (
        (_leads_out(info), "has a name that leads out of the archive"),
        (stat.S_ISLNK(mode), "is a link; links in an archive are not followed"),
        (stat.S_IFMT(mode) not in (0, stat.S_IFREG), "is not an ordinary file"),
        (bool(info.flag_bits & _ENCRYPTED), "is encrypted"),
        (info.compress_type not in (ZIP_STORED, ZIP_DEFLATED), "is compressed by another method than deflate"),
        (info.file_size > limits.largest, f"is too large: {info.file_size:,} bytes, the limit is {limits.largest:,}"),
        (_swells(info, limits.ratio), f"unpacks to over {limits.ratio} times its size, which no report does"),
    )
    return next((reason for is_so, reason in checks if is_so), "")


def _refusal_among(info: ZipInfo, name: str, left: int, seen: set[str]) -> str:
    """Return why a member is not to be opened after those before it, or ''."""
    if name in seen:
        return "has the name of another file in the archive"
    return "is left out: the archive unpacks to more bytes than the limit" if info.file_size > left else ""


def _swells(info: ZipInfo, ratio: int) -> bool:
    return info.file_size > _SMALL and info.file_size > ratio * info.compress_size


def _leads_out(info: ZipInfo) -> bool:
    path = info.filename.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or path[1:2] == ":"


def _path(info: ZipInfo) -> str:
    """Return the path of a member in the archive; those made on Windows may part folders by backslashes."""
    return "/".join(part for part in info.filename.replace("\\", "/").split("/") if part not in ("", "."))


# --- streams ---


class _BoundedReads:
    """A file for ``ZipFile``, which reads the list of members at once, as long as the archive declares it to be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_DIRECTORY:
            raise ReportError(f"has too long a list of members: the limit is {_LARGEST_DIRECTORY:,} bytes")
        return self._file.read(_LARGEST_DIRECTORY if size < 0 else size)


class _Member(io.RawIOBase):
    """A member as it is unpacked; what is broken in it is a ReportError."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        with _in_one_line():
            chunk = self._file.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._file.close()
        super().close()


def _open_member(opened: ZipFile, info: ZipInfo) -> io.BufferedReader:
    with _in_one_line():
        return io.BufferedReader(_Member(opened.open(info)))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn what a broken archive raises into a ReportError."""
    try:
        yield
    except ReportError:  # which is a ValueError
        raise
    except _BROKEN as error:
        reason = shown(str(error).partition("\n")[0])[:200]
        raise ReportError(f"is no zip archive that can be read: {reason or type(error).__name__}") from error
