"""Arguments and options that several commands share."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.resources import data_folder, resource

if TYPE_CHECKING:
    from geo.build import Config
    from geo.filters import Filter
    from geo.store import Generation

__all__ = [
    "DONE",
    "FAILED",
    "FOLDER_HELP",
    "INCOMPLETE",
    "AsJson",
    "Claimants",
    "Curated",
    "Data",
    "Disputed",
    "Folder",
    "From",
    "Model",
    "OfFolder",
    "Online",
    "Outlets",
    "Places",
    "Service",
    "ServiceUrl",
    "Sources",
    "Statuses",
    "Target",
    "To",
    "Types",
    "Within",
    "Words",
    "Workers",
    "config_of",
    "filter_of",
    "places_of",
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


FOLDER_HELP = (
    "The folder of reports (.txt, .html, .jsonl, .csv, .parquet, .zip of these); without it the five shipped ones."
)
Folder = Annotated[
    Path | None,
    typer.Argument(
        help=FOLDER_HELP,
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
        help=FOLDER_HELP,
        show_default=False,
    ),
]

From = Annotated[str | None, typer.Option("--from", help="Only what reaches this day or later.", metavar="YYYY-MM-DD")]
To = Annotated[str | None, typer.Option("--to", help="Only what begins by this day.", metavar="YYYY-MM-DD")]
Types = Annotated[
    list[str] | None, typer.Option("--type", help="Only this type of happening; may be given again, or a,b,c.")
]
Statuses = Annotated[
    list[str] | None, typer.Option("--status", help="Only reported, claimed, denied or planned; may be given again.")
]
Claimants = Annotated[list[str] | None, typer.Option("--claimant", help="Only what this one says, as written.")]
Outlets = Annotated[list[str] | None, typer.Option("--outlet", help="Only reports of this outlet.")]
Places = Annotated[
    list[str] | None,
    typer.Option("--place", help="Only this place, by name or id, and what lies in it; also country:UA, region:UA.07."),
]
Sources = Annotated[str | None, typer.Option("--sources", help="Only events of so many independent sources or more.")]
Disputed = Annotated[bool, typer.Option("--disputed", help="Only events whose claims contradict each other.")]
Words = Annotated[
    str | None, typer.Option("--text", help='Only what has these words, or this "phrase in quotation marks".')
]
Within = Annotated[str | None, typer.Option("--box", help="Only what is in it.", metavar="SOUTH,WEST,NORTH,EAST")]


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


def filter_of(
    query: Mapping[str, str | Sequence[str] | None], claimants: Sequence[str] | None, outlets: Sequence[str] | None
) -> "Filter":
    """Return the filter of an address-bar query (``geo.filters``) and of names, which may hold commas.

    Raises:
        typer.BadParameter: a part of the query is wrong.
    """
    from geo.filters import from_query

    chosen, wrong = from_query({name: value for name, value in query.items() if value})
    if wrong:
        raise typer.BadParameter(f"--{'; --'.join(wrong)}")
    return replace(chosen, claimants=tuple(claimants or ()), outlets=tuple(outlets or ()))


def places_of(generation: "Generation", names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the places of these names or ids in a generation; ``country:`` and ``region:`` stay.

    Raises:
        typer.BadParameter: nothing is told of such a place.
    """
    found: list[str] = []
    for name in names:
        if name.startswith(("country:", "region:")):
            found.append(name)
            continue
        sql = "SELECT DISTINCT place_id FROM claims WHERE place_id = ? OR lower(place_name) = lower(?) ORDER BY 1"
        ids = list(generation.query(sql, [name, name])["place_id"])
        if not ids:
            raise typer.BadParameter(f"--place: nothing is told of {name!r}")
        found += ids
    return tuple(found)
