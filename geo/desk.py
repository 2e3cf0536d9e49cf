"""The commands by which analysts correct what was read, and share their corrections."""

import json
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import CorrectionError
from geo.model import EventType, Place, Status
from geo.options import (
    INCOMPLETE,
    AsJson,
    Curated,
    Data,
    OfFolder,
    Online,
    Target,
    config_of,
    project_root,
)
from geo.terminal import complain, count, open_input, open_output, progress_bar, show, write

if TYPE_CHECKING:
    from geo.corrections import Action, Correction

__all__ = ["correct_app", "corrections_app"]

_LONGEST_SHOWN = 60  # characters of a cell

correct_app = typer.Typer(
    help="Correct what was read; every later build keeps to it. Nothing is overwritten: undo takes a correction back.",
    no_args_is_help=True,
)
corrections_app = typer.Typer(
    help="List the corrections, or share them as CSV; without a command, list.", invoke_without_command=True
)

ClaimId = Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's claim_id.", show_default=False)]
OtherId = Annotated[str, typer.Argument(metavar="OTHER", help="The other claim's claim_id.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who corrects.", envvar="DATELINE_AUTHOR", show_default=False)]
Why = Annotated[str, typer.Option("--why", help="Why, for those who read it later.", show_default=False)]


@correct_app.command("move")
def move_command(
    claim: ClaimId,
    by: By,
    why: Why,
    to: Annotated[str | None, typer.Option("--to", help="A place_id, as dateline place shows it.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="With --lat and --lon: what the place is called.")] = None,
    lat: Annotated[float | None, typer.Option("--lat", help="Degrees north.", min=-90, max=90)] = None,
    lon: Annotated[float | None, typer.Option("--lon", help="Degrees east.", min=-180, max=180)] = None,
    radius: Annotated[float, typer.Option("--radius", help="How far off it may lie, in km.", min=0, max=20_000)] = 1.0,
    country: Annotated[str, typer.Option("--country", help="Its country's code, as UA.")] = "",
    folder: OfFolder = None,
    data: Data = None,
    gazetteer: Curated = None,
) -> None:
    """Put a claim at another place: one of the gazetteer, or a point."""
    from geo.corrections import Action, place_value, point

    if to and (name, lat, lon) == (None, None, None):
        place = _place(to, gazetteer)
    elif not to and name and lat is not None and lon is not None:
        place = point(name, lat, lon, radius, country)
    else:
        raise typer.BadParameter("give either --to, or --name, --lat and --lon")
    _add(folder, data, by, why, Action.MOVE, claim, place_value(place))


@correct_app.command("date")
def date_command(
    claim: ClaimId,
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first day, as 2022-09-13, or .. for an open end.")],
    by: By,
    why: Why,
    last: Annotated[str | None, typer.Argument(metavar="[TO]", help="The last day, or ..; without it FROM.")] = None,
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Give a claim other days; ".." alone says that no day is known."""
    from geo.corrections import Action

    days = {"from": _day(first), "to": _day(last or first)}
    _add(folder, data, by, why, Action.DATE, claim, days)


@correct_app.command("status")
def status_command(
    claim: ClaimId,
    status: Annotated[Status, typer.Argument(help="How it is put forward.", show_default=False)],
    by: By,
    why: Why,
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Say that a claim is reported, claimed, denied or planned."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.STATUS, claim, {"status": status.value})


@correct_app.command("type")
def type_command(
    claim: ClaimId,
    event_type: Annotated[EventType, typer.Argument(metavar="TYPE", help="One of the types.", show_default=False)],
    by: By,
    why: Why,
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Say what happened: battle, strike, disaster, protest and so on."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.TYPE, claim, {"type": event_type.value})


@correct_app.command("claimant")
def claimant_command(
    claim: ClaimId,
    claimant: Annotated[str, typer.Argument(help="Who says so; '' for the outlet itself.", show_default=False)],
    by: By,
    why: Why,
    side: Annotated[str, typer.Option("--side", help="The country that they speak for, as UA.")] = "",
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Say who says so."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.CLAIMANT, claim, {"claimant": claimant, "side": side})


@correct_app.command("reject")
def reject_command(claim: ClaimId, by: By, why: Why, folder: OfFolder = None, data: Data = None) -> None:
    """Take a claim off the map: it waits in the trays."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.REJECT, claim, {})


@correct_app.command("merge")
def merge_command(claim: ClaimId, other: OtherId, by: By, why: Why, folder: OfFolder = None, data: Data = None) -> None:
    """Make the events of two claims one event."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.MERGE, claim, {"with": other})


@correct_app.command("split")
def split_command(claim: ClaimId, other: OtherId, by: By, why: Why, folder: OfFolder = None, data: Data = None) -> None:
    """Keep two claims out of one event."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.SPLIT, claim, {"with": other})


@correct_app.command("alias")
def alias_command(
    name: Annotated[str, typer.Argument(help="A name as reports have it.", show_default=False)],
    place_id: Annotated[str, typer.Argument(metavar="PLACE_ID", help="What it means here.", show_default=False)],
    by: By,
    why: Why,
    folder: OfFolder = None,
    data: Data = None,
    gazetteer: Curated = None,
) -> None:
    """Say which place a name means in these reports, whatever the gazetteer says."""
    from geo.corrections import Action, place_value

    _add(folder, data, by, why, Action.ALIAS, name, place_value(_place(place_id, gazetteer)))


@correct_app.command("published")
def published_command(
    report: Annotated[str, typer.Argument(help="The report's path under its folder.", show_default=False)],
    day: Annotated[str, typer.Argument(help="The day, as 2022-09-13.", show_default=False)],
    by: By,
    why: Why,
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Say on which day a report was published."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.PUBLISHED, report, {"published": day})


@correct_app.command("undo")
def undo_command(
    correction: Annotated[str, typer.Argument(help="The correction's id.", show_default=False)],
    by: By,
    why: Why,
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Take a correction back; an undo can be taken back, too."""
    from geo.corrections import Action

    _add(folder, data, by, why, Action.UNDO, correction, {})


def _add(
    folder: Path | None, data: Path | None, by: str, why: str, action: "Action", target: str, value: dict[str, Any]
) -> None:
    from geo.corrections import add

    made = add(project_root(folder, data), action, target, value, author=by, reason=why)
    write(f"{made.correction_id}\n")
    complain("The next build applies it")


def _place(place_id: str, gazetteer: Path | None) -> Place:
    from geo.build import open_gazetteer

    with progress_bar() as progress:
        return open_gazetteer(config_of(gazetteer, None, Online.NONE), progress).get_place(place_id)


def _day(text: str) -> str | None:
    if text == "..":
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CorrectionError(f"{text!r} is not a day as 2022-09-13") from None


# --- the list -------------------------------------------------------------------------------------------------------

Orphaned = Annotated[bool, typer.Option("--orphaned", help="Only those whose claim or report is gone, with why.")]


@corrections_app.callback()
def corrections_command(
    context: typer.Context,
    orphaned: Orphaned = False,
    folder: OfFolder = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the corrections, or share them as CSV; without a command, list."""
    if context.invoked_subcommand is None:
        list_command(orphaned, folder, data, as_json)
    elif orphaned or folder or data or as_json:
        raise typer.BadParameter(f"options go after {context.invoked_subcommand!r}")


@corrections_app.command("list")
def list_command(
    orphaned: Orphaned = False, folder: OfFolder = None, data: Data = None, as_json: AsJson = False
) -> None:
    """List the corrections, oldest first, and what became of each in the current build."""
    from geo.corrections import in_effect, read_corrections

    root = project_root(folder, data)
    corrections = read_corrections(root)
    standing = {c.correction_id for c in in_effect(corrections)}
    built, orphans = _built(root)
    rows = [_record(c, standing, built, orphans) for c in corrections]
    if orphaned:
        rows = [row for row in rows if row["state"].startswith("orphaned")]
    if as_json:
        write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    elif rows:
        show(tuple(rows[0]), ([_short(value) for value in row.values()] for row in rows))
    else:
        complain("No correction is orphaned" if orphaned else "There are no corrections")


def _built(root: Path) -> tuple[set[str], dict[str, str]]:
    """Return the ids that the current build knows, and of those orphaned in it the reasons."""
    from geo.store import current

    generation = current(root)
    if generation is None:
        return set(), {}
    tray = generation.table("tray", ["kind", "correction_id", "reason"]).to_pylist()
    orphans = {row["correction_id"]: row["reason"] for row in tray if row["kind"] == "orphaned"}
    return set(generation.meta.get("corrections", ())), orphans


def _record(correction: "Correction", standing: set[str], built: set[str], orphans: dict[str, str]) -> dict[str, Any]:
    id_ = correction.correction_id
    if correction.undoes:
        state = f"takes back {correction.undoes}"
    elif id_ not in standing:
        state = "taken back"
    elif id_ not in built:
        state = "waits for the next build"
    else:
        state = f"orphaned: {orphans[id_]}" if id_ in orphans else "applied"
    return {
        "correction_id": id_,
        "made_at": correction.made_at,
        "author": correction.author,
        "action": correction.action.value,
        "target": correction.target,
        "value": _told(correction),
        "reason": correction.reason,
        "state": state,
    }


def _told(correction: "Correction") -> str:
    """Return the value in words."""
    if place := correction.value.get("place"):
        return f"{place['name']} ({place['place_id']})"
    return " to ".join("open" if value is None else str(value) for value in correction.value.values() if value != "")


def _short(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= _LONGEST_SHOWN or text.startswith("orphaned") else f"{text[: _LONGEST_SHOWN - 1]}…"


# --- as CSV ---------------------------------------------------------------------------------------------------------


@corrections_app.command("export")
def export_command(output: Target = None, folder: OfFolder = None, data: Data = None) -> None:
    """Write every correction as CSV, for others to import; safe to open in a spreadsheet."""
    from geo.corrections import export_corrections, read_corrections

    corrections = read_corrections(project_root(folder, data))
    with open_output(output) as file:
        export_corrections(corrections, file)


@corrections_app.command("import")
def import_command(
    file: Annotated[str, typer.Argument(metavar="FILE.csv", help="What export has written; - for standard input.")],
    folder: OfFolder = None,
    data: Data = None,
) -> None:
    """Add another's corrections; those that are here already stay. A bad row is named and gives exit code 1."""
    from geo.corrections import import_corrections

    with open_input(file) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        done = import_corrections(project_root(folder, data), text)
    complain(f"{count(done.added, 'correction')} added, {done.known:,} known already, {len(done.refused):,} refused")
    for line, reason in done.refused:
        complain(f"{file}:{line}: {reason}")
    if done.refused:
        raise typer.Exit(INCOMPLETE)
