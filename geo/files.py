"""The files under a folder that may hold reports, and their bytes as text; nothing outside the folder is opened."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from posixpath import splitext

from geo.errors import ReportError
from geo.model import Unreadable

__all__ = [
    "LARGEST_REPORT",
    "MANIFEST",
    "Source",
    "decode",
    "is_passed_over",
    "list_files",
    "open_file",
    "shown",
    "shown_path",
]

LARGEST_REPORT = 2_000_000  # bytes
MANIFEST = "reports.csv"
_IGNORED = {"README.md", MANIFEST}
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that may be opened, on the disk or in an archive.

    ``name`` is its path under the folder as shown, ``key`` the same as it is, for hashes; ``size`` is in bytes.
    """

    name: str
    key: bytes
    size: int
    open: Callable[[], BufferedReader]

    @property
    def suffix(self) -> str:
        """The suffix in lower case, with its dot, or ''."""
        return splitext(self.name)[1].casefold()


def list_files(folder: Path) -> tuple[list[Path], list[Unreadable]]:
    """Return the candidates in the order of their paths, and a line for each folder that is not entered.

    Raises:
        ReportError: there is no such folder, or it cannot be opened.
    """
    if not folder.is_dir():
        raise ReportError(f"{folder}: {'is not a folder' if folder.exists() else 'there is no such folder'}")
    files: list[Path] = []
    closed: list[Unreadable] = []

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise ReportError(f"{folder}: cannot be opened: {error.strerror}") from error
        closed.append(Unreadable(shown_path(Path(error.filename), folder), f"cannot be opened: {error.strerror}"))

    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not is_passed_over(name)]
        links = [path for name in folders if (path := Path(where, name)).is_symlink()]
        closed += [
            Unreadable(shown_path(p, folder), "is a link to a folder; such links are not followed") for p in links
        ]
        files += [Path(where, name) for name in names if not is_passed_over(name)]
    return sorted(files, key=lambda path: _key(path, folder)), sorted(closed, key=lambda item: item.report)


def is_passed_over(path: str) -> bool:
    """Tell whether a path is hidden, in a hidden folder, or no report by its name."""
    parts = path.split("/")
    return parts[-1] in _IGNORED or any(part.startswith(".") for part in parts)


def open_file(path: Path, folder: Path) -> Source:
    """Return the file of a path under the folder as one that may be opened.

    Raises:
        ReportError: it may not, and why: it is a link out of the folder, no ordinary file, or the system refuses.
    """
    if path.is_symlink():
        _check_link(path, folder)
    try:
        status = path.stat()
    except OSError as error:
        raise ReportError(f"cannot be opened: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise ReportError("is not an ordinary file")
    key = _key(path, folder)
    return Source(_shown_key(key), key, status.st_size, lambda: path.open("rb"))


def decode(raw: bytes) -> str:
    """Return the text of a file as it stands, line endings and all, without a byte order mark.

    Raises:
        ReportError: it is no text in UTF-8, or blank.
    """
    if raw.startswith(_UTF_16):
        raise ReportError("is UTF-16, not UTF-8")
    if (nul := raw.find(0)) >= 0:
        raise ReportError(f"holds a NUL byte at byte {nul:,}, so it is not text")
    skipped = len(_BOM) if raw.startswith(_BOM) else 0
    try:
        text = raw[skipped:].decode()
    except UnicodeDecodeError as error:
        raise ReportError(f"is not valid UTF-8 at byte {error.start + skipped:,}") from None
    if not text.strip():
        raise ReportError("is empty")
    return text


def shown(name: str) -> str:
    """Return a name as one printable line, whatever it holds."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _check_link(path: Path, folder: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, until Python 3.13
        raise ReportError("is a link that leads nowhere") from None
    if not target.is_relative_to(folder.resolve()):
        raise ReportError("is a link that leads out of the folder")


def _key(path: Path, folder: Path) -> bytes:
    whole, root = str(path), f"{folder}{os.sep}"
    if whole.startswith(root):  # a tenth of the time of relative_to, of which a build asks for every file
        return os.fsencode(whole[len(root) :].replace(os.sep, "/"))
    return os.fsencode(path.relative_to(folder).as_posix())


def shown_path(path: Path, folder: Path) -> str:
    """Return the path under the folder as one printable line, whatever bytes its name holds."""
    return _shown_key(_key(path, folder))


def _shown_key(key: bytes) -> str:
    return shown(key.decode("utf-8", "backslashreplace"))
