"""Reports at an fsspec address, cut into slices that are read apart: a folder or a file, here or in a cloud's store.

A slice is some small files, one large one, or a stretch of the lines of one. What is read of all slices is what
``geo.documents.read_documents`` reads of the folder, with the same names and ids.
"""

from dataclasses import dataclass
from io import BufferedReader, BytesIO
from typing import Any

import fsspec

from geo.documents import SUFFIXES, read_files
from geo.errors import ReportError
from geo.files import MANIFEST, Source, is_passed_over, shown
from geo.manifest import Manifest, read_manifest
from geo.model import Document, Unreadable

__all__ = ["Slice", "count_lines", "find_manifest", "list_slices", "read_slice"]

_FILES = 500  # small files of a slice
_BYTES = 16_000_000  # of a slice: some 5,000 reports
_LINES = ".jsonl"


@dataclass(frozen=True, slots=True)
class Slice:
    """Files under ``root``, by their paths there; of one file of lines perhaps only those that begin in a stretch.

    The stretch is from byte ``start`` to ``end``, exclusive; ``line`` is the number of its first line, from 1.
    """

    root: str
    names: tuple[str, ...]
    start: int = 0
    end: int | None = None
    line: int = 1

    @property
    def is_part(self) -> bool:
        """Whether it is a stretch of a file."""
        return self.end is not None


def list_slices(url: str) -> list[Slice]:
    """Return the slices of an address in the order of their files; the lines of stretches are not counted yet.

    Raises:
        ReportError: there is nothing that can be read.
    """
    _, root, sizes = _files(url)
    slices: list[Slice] = []
    small: list[str] = []
    held = 0
    for name, size in sizes:
        if small and (size > _BYTES or held + size > _BYTES or len(small) >= _FILES):
            slices.append(Slice(root, tuple(small)))
            small, held = [], 0
        if size <= _BYTES:
            small.append(name)
            held += size
        elif name.casefold().endswith(_LINES):
            slices += [Slice(root, (name,), at, min(at + _BYTES, size)) for at in range(0, size, _BYTES)]
        else:
            slices.append(Slice(root, (name,)))
    return [*slices, *([Slice(root, tuple(small))] if small else [])]


def count_lines(part: Slice) -> int:
    """Return how many lines begin in a slice that is a stretch of a file, and end."""
    return _stretch(part).count(b"\n") if part.is_part else 0


def read_slice(part: Slice, manifest: Manifest | None = None) -> list[Document | Unreadable]:
    """Return the reports of a slice and a line for each that is none; what cannot be opened is a line too."""
    system = _system(part.root)
    files = (_source(system, part, name) for name in part.names)
    return list(read_files(files, manifest))


def find_manifest(url: str) -> Manifest | None:
    """Return the manifest of an address, or None where it has none."""
    system, root, _ = _files(url)
    path = f"{root}/{MANIFEST}"
    if not system.exists(path):
        return None
    source = _source(system, Slice(root, (MANIFEST,)), MANIFEST)
    return read_manifest(source) if isinstance(source, Source) else None


def _files(url: str) -> tuple[Any, str, list[tuple[str, int]]]:
    """Return the file system, the root with its protocol, and the name and size of each file under it, in order."""
    try:
        system, path = fsspec.core.url_to_fs(url)
        if system.isfile(path):
            root, _, name = path.rpartition("/")
            return system, _full(system, root), [(name, system.size(path))]
        found = system.find(path, detail=True)
    except (OSError, ImportError, ValueError) as error:
        raise ReportError(f"{url}: cannot be opened: {error}") from error
    prefix = path.rstrip("/") + "/"
    sizes = {name.removeprefix(prefix): int(info["size"]) for name, info in found.items() if info["type"] == "file"}
    kept = sorted((name, size) for name, size in sizes.items() if not is_passed_over(name))
    if not kept:
        raise ReportError(f"{url}: holds no report ({', '.join(SUFFIXES)})")
    return system, _full(system, path), kept


def _full(system: Any, path: str) -> str:
    return str(system.unstrip_protocol(path))


def _system(root: str) -> Any:
    return fsspec.core.url_to_fs(root)[0]


def _source(system: Any, part: Slice, name: str) -> Source | Unreadable:
    path = f"{part.root.rstrip('/')}/{name}"
    shown_name = shown(name)
    if part.is_part:
        return Source(shown_name, name.encode(), (part.end or 0) - part.start, lambda: _opened(part))
    try:
        size = int(system.size(path))
    except OSError as error:
        return Unreadable(shown_name, f"cannot be opened: {error}")
    return Source(shown_name, name.encode("utf-8", "surrogateescape"), size, lambda: system.open(path, "rb"))


def _opened(part: Slice) -> BufferedReader:
    """Open a stretch behind as many blank lines as there are lines before it, so that its lines have their numbers."""
    return BufferedReader(BytesIO(b"\n" * (part.line - 1) + _stretch(part)))


def _stretch(part: Slice) -> bytes:
    """Return the lines of a file that begin in a stretch of it: the one over its start is the slice's before."""
    system = _system(part.root)
    with system.open(f"{part.root.rstrip('/')}/{part.names[0]}", "rb") as file:
        file.seek(max(0, part.start - 1))
        if part.start:
            file.readline()
        begin = file.tell()
        if part.end is None or begin >= part.end:
            return b""
        content: bytes = file.read(part.end - begin)
        return content + (b"" if content.endswith(b"\n") else file.readline())
