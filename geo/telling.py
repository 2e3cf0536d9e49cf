"""The commands that tell what is said of an event or a place: ``why`` and the history of ``place``."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import StoreError
from geo.options import AsJson, Data, Folder, project_root
from geo.terminal import count, printable, write

if TYPE_CHECKING:
    from pathlib import Path

    from geo.accounts import Account, Entry, Figures
    from geo.store import Generation

__all__ = ["tell_history", "why_command"]


def why_command(
    event: Annotated[str, typer.Argument(help="An event's id, or how it begins.", show_default=False)],
    folder: Folder = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print the evidence for an event: its claims in order of time, who says so, what repeats and what contradicts."""
    from geo.accounts import event_account

    account = event_account(_current(folder, data), event)
    if as_json:
        _write_json(asdict(account))
    else:
        write("".join(f"{printable(line)}\n" for line in _account_lines(account)))


def tell_history(name: str, folder: "Path | None", data: "Path | None", *, as_json: bool) -> bool:
    """Print what is said to have happened at a place, in order of time; return whether anything is."""
    from geo.accounts import place_history

    accounts, figures = place_history(_current(folder, data), name)
    if as_json:
        _write_json({"name": name, "events": [asdict(a) for a in accounts], "figures": [asdict(f) for f in figures]})
    for account in () if as_json else accounts:
        write("".join(f"{printable(line)}\n" for line in _account_lines(account)) + "\n")
    return bool(accounts)


def _current(folder: "Path | None", data: "Path | None") -> "Generation":
    from geo.store import current

    generation = current(project_root(folder, data))
    if generation is None:
        raise StoreError("nothing is built yet; `dateline build` comes first")
    return generation


def _account_lines(account: "Account") -> Iterator[str]:
    event = account.event
    counts = f"{count(event['n_reports'], 'report')}, {count(event['independent_sources'], 'independent source')}"
    yield f"{event['place_name']}, {_span(event)}: {event['event_type']}, {event['status']}; {counts}"
    yield f"  event {event['event_id']}"
    if event["disputed"]:
        yield f"  disputed: {_names(event['claimants'])} against {_names(event['opposing_claimants'])}"
    for entry in account.entries:
        yield from _entry_lines(entry)
    for figures in account.figures:
        yield from _figure_lines(figures)


def _entry_lines(entry: "Entry") -> Iterator[str]:
    claim = entry.claim
    who = f"{claim['claimant']} ({claim['cue']})" if claim["claimant"] else "the report itself"
    where = claim["report"] + (f", {claim['outlet']}" if claim["outlet"] else "")
    yield f"  {claim['published'] or 'undated'}  {entry.part.value}: {claim['status']} by {who}, in {where}"
    yield f"      {' '.join(claim['text'].split())}"


def _figure_lines(figures: "Figures") -> Iterator[str]:
    yield f"  figures for {figures.what}:"
    for claim in figures.told:
        number = f"{claim['quantity_bound']} {claim['quantity']:,g}".strip()
        yield f"      {claim['published'] or 'undated'}  {number} {claim['unit']}, {_teller(claim)}"


def _teller(claim: Mapping[str, Any]) -> str:
    return f"{claim['claimant'] or 'the report itself'}, in {claim['report']}"


def _span(event: dict[str, Any]) -> str:
    first, last = event["date_from"], event["date_to"]
    if first is None and last is None:
        return "no day"
    return f"{first}" if first == last else f"{first or '..'} to {last or '..'}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "the report itself"


def _write_json(document: dict[str, Any]) -> None:
    write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
