"""Where the product's own files and the user's folders are, in a checkout and in an installed wheel."""

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

__all__ = ["cache_folder", "data_folder", "resource"]

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder: ``dashboard.py``, ``gazetteer.csv``, ``seeds``.

    A wheel carries them inside the package, a checkout beside it.

    Raises:
        FileNotFoundError: neither place has it.
    """
    for folder in (_PACKAGE, _PACKAGE.parent):
        if (path := folder / name).exists():
            return path
    raise FileNotFoundError(f"{name}: missing from the installation at {_PACKAGE}")


def data_folder(chosen: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds the generations: ``chosen``, else $DATELINE_DATA, else the user's data folder."""
    return Path(chosen or os.environ.get("DATELINE_DATA") or user_data_path("dateline", appauthor=False))


def cache_folder() -> Path:
    """Return the folder for compiled files that may be deleted at any time: $DATELINE_CACHE or the user's cache."""
    return Path(os.environ.get("DATELINE_CACHE") or user_cache_path("dateline", appauthor=False))
