"""The projects that a data folder knows: the folders of reports that were built, the last used first.

They stand in ``<data>/projects.json``, which is replaced as a whole. To forget one takes it from the list; its reports
and its builds stay where they are.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geo.documents import SUFFIXES
from geo.errors import ReportError, StoreError
from geo.files import is_passed_over, shown
from geo.store import current, first_line, locked, project_folder

__all__ = ["FoundFolder", "Project", "forget", "list_projects", "look_into", "remember"]

_FILE = "projects.json"
_MOST_SEEN = 20_000  # files that are looked at before a folder may be opened, a tenth of a second (measured)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of reports and its current build; ``reports`` and ``built`` are None where there is none to be read."""

    folder: Path
    reports: int | None
    built: datetime | None

    @property
    def name(self) -> str:
        """The folder's name as one printable line."""
        return shown(self.folder.name) or shown(str(self.folder))

    @property
    def is_there(self) -> bool:
        """Whether the folder is still there."""
        return self.folder.is_dir()


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder that may be opened, and how many files in it are reports by their names.

    ``is_whole`` is False where there are so many files that only the first were looked at.
    """

    folder: Path
    files: int
    is_whole: bool


def list_projects(data: Path) -> list[Project]:
    """Return the known projects, the last used first.

    Raises:
        StoreError: the list cannot be read.
    """
    return [_project(data, folder) for folder in _read(data)]


def remember(data: Path, folder: Path) -> None:
    """Put a folder at the head of the list.

    Raises:
        StoreError: the list cannot be read or written.
    """
    whole = folder.resolve()
    _change(data, lambda folders: [whole, *(f for f in folders if f != whole)])


def forget(data: Path, folder: Path) -> None:
    """Take a folder from the list, and nothing else.

    Raises:
        StoreError: the list cannot be read or written.
    """
    gone = {folder, folder.resolve()}
    _change(data, lambda folders: [f for f in folders if f not in gone])


def look_into(path: str) -> FoundFolder:
    """Return the folder that a whole path names, as somebody typed it, with the number of reports in it.

    Links to folders are not followed, as in a build.

    Raises:
        ReportError: there is no such folder, or it cannot be opened.
    """
    typed = path.strip().strip("\"'")
    try:
        folder = Path(typed).expanduser()
        if not folder.is_absolute():
            raise ReportError(f"{shown(typed)}: is not a whole path, like {Path.home() / 'reports'}")
        if not folder.is_dir():
            raise ReportError(f"{shown(typed)}: {'is not a folder' if folder.exists() else 'there is no such folder'}")
        return _count(folder.resolve())
    except OSError as error:
        raise ReportError(f"{shown(typed)}: cannot be opened: {error.strerror}") from error
    except RuntimeError as error:  # no home of that name
        raise ReportError(f"{shown(typed)}: {error}") from error


def _count(folder: Path) -> FoundFolder:
    files = 0
    for seen, name in enumerate(_names(folder)):
        if seen == _MOST_SEEN:
            return FoundFolder(folder, files, is_whole=False)
        files += not is_passed_over(name) and name.casefold().endswith(SUFFIXES)
    return FoundFolder(folder, files, is_whole=True)


def _names(folder: Path) -> Iterator[str]:
    """Yield the names in a folder and in those under it, hidden ones left out; folders as '' so that they count."""

    def refuse(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise error

    for _, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not is_passed_over(name)]
        yield from names
        yield ""


# --- the list on the disk ---


def _project(data: Path, folder: Path) -> Project:
    try:
        generation = current(project_folder(data, folder))
        if generation is None:
            return Project(folder, None, None)
        return Project(folder, generation.meta["counts"]["reports"], generation.made_at)
    except (StoreError, OSError, LookupError):
        return Project(folder, None, None)  # what is wrong with a build is told where it is opened


def _read(data: Path) -> list[Path]:
    path = data / _FILE
    try:
        listed = json.loads(path.read_bytes())
        return [Path(folder) for folder in listed["folders"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read: {first_line(error)}") from error


def _change(data: Path, change: Callable[[list[Path]], list[Path]]) -> None:
    """Replace the list by what ``change`` makes of it, one process at a time."""
    path = data / _FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        with locked(data):
            before = _read(data)
            after = change(list(before))
            if after != before:
                _replace(path, json.dumps({"folders": [str(folder) for folder in after]}, indent=1) + "\n")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {first_line(error)}") from error


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
