"""Arguments and options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.resources import data_folder, resource

if TYPE_CHECKING:
    from geo.build import Config

__all__ = [
    "DONE",
    "FAILED",
    "INCOMPLETE",
    "AsJson",
    "Curated",
    "Data",
    "Folder",
    "Model",
    "OfFolder",
    "Online",
    "Service",
    "ServiceUrl",
    "Target",
    "Workers",
    "config_of",
    "project_root",
    "reports_folder",
]

DONE, INCOMPLETE, FAILED = 0, 1, 2
"""Exit codes: all well, done but something was left out, cannot go on."""


class Online(StrEnum):
    """Services that are asked for names which no offline layer knows."""

    NOMINATIM = "nominatim"
    PHOTON = "photon"
    NONE = "none"


_FOLDER_HELP = "The folder of reports (.txt, .html, .jsonl, .csv, .zip of these); without it the five shipped ones."
Folder = Annotated[
    Path | None,
    typer.Argument(
        help=_FOLDER_HELP,
        show_default=False,
    ),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Where builds are kept. [env: DATELINE_DATA, else the user's data folder]"),
]
Curated = Annotated[
    Path | None, typer.Option("--gazetteer", help="A curated gazetteer.csv in place of the shipped one.")
]
Model = Annotated[
    str | None, typer.Option("--model", help="A spaCy model's name, or 'none' for the rules alone. [default: the best]")
]

Service = Annotated[
    Online | None,
    typer.Option(
        "--online", help="Ask this service for names not known offline. [env: DATELINE_ONLINE; default: none]"
    ),
]
ServiceUrl = Annotated[
    str | None, typer.Option("--online-url", help="Your own server of that service. [env: DATELINE_ONLINE_URL]")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes that read. [default: as many as there are cores, 1 for up to 200 reports]",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]
Target = Annotated[Path | None, typer.Option("--output", "-o", help="The file. [default: standard output]")]
OfFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        help=_FOLDER_HELP,
        show_default=False,
    ),
]


def reports_folder(folder: Path | None) -> Path:
    """Return the folder of reports that is meant: the one given or the shipped one."""
    return folder or resource("seeds")


def config_of(
    gazetteer: Path | None, model: str | None, online: Online | None = None, online_url: str | None = None
) -> "Config":
    """Return what the options say of gazetteer, model and online service."""
    from geo.build import Config

    return Config(gazetteer, model, online, online_url)


def project_root(folder: Path | None, data: Path | None) -> Path:
    """Return where the generations and corrections of a folder of reports are."""
    from geo.store import project_folder

    return project_folder(data_folder(data), reports_folder(folder))
