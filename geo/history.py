"""The commands that list generations, go back to one, and tell what changed between two."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import StoreError
from geo.options import AsJson, Data, Folder, Target, project_root
from geo.terminal import complain, count, open_output, printable, show, write

if TYPE_CHECKING:
    from geo.changes import Change
    from geo.store import Generation

__all__ = ["diff_command", "generations_command", "rollback_command"]

_COUNTED = ("reports", "sources", "claims", "events")
_LONGEST_SHOWN = 80  # characters of a value
_TOLD = ("place_name", "date_from", "event_type", "status", "text", "headline")  # of a row that came or went


class DiffTable(StrEnum):
    """Tables whose changes can be told."""

    CLAIMS = "claims"
    EVENTS = "events"


class DiffFormat(StrEnum):
    """How changes are written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def generations_command(folder: Folder = None, data: Data = None, as_json: AsJson = False) -> None:
    """List the builds that are kept, newest first; * marks the one that is shown."""
    from geo.store import current, generations

    root = project_root(folder, data)
    kept, shown = generations(root), current(root)
    rows = [_record(generation, is_current=generation == shown) for generation in kept]
    if as_json:
        write(json.dumps(rows, indent=2) + "\n")
    elif rows:
        cells = ([("*" if v else "") if k == "current" else str(v) for k, v in row.items()] for row in rows)
        show(tuple(rows[0]), cells)
    else:
        complain("Nothing is built yet")


def _record(generation: "Generation", *, is_current: bool) -> dict[str, Any]:
    counts = generation.meta.get("counts", {})
    return {
        "generation": generation.generation_id,
        "current": is_current,
        "made": f"{generation.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "version": generation.meta.get("version", ""),
        **{name: counts.get(name, 0) for name in _COUNTED},
        "corrections": len(generation.meta.get("corrections", ())),
    }


def rollback_command(
    folder: Folder = None,
    to: Annotated[str | None, typer.Option("--to", help="Its id or the beginning. [default: the one before]")] = None,
    data: Data = None,
) -> None:
    """Show an older build again. It stays until reports, corrections or Dateline change, or until dateline build."""
    from geo.store import roll_back

    record = _record(roll_back(project_root(folder, data), to), is_current=True)
    counts = ", ".join(count(record[name], name[:-1]) for name in ("reports", "claims", "events"))
    complain(f"Now shown: {record['generation']} of {record['made']}: {counts}")


def diff_command(
    folder: Folder = None,
    old: Annotated[str | None, typer.Argument(help="A build's id or its beginning. [default: the one before]")] = None,
    new: Annotated[str | None, typer.Argument(help="Another's. [default: the one that is shown]")] = None,
    table: Annotated[DiffTable, typer.Option(help="What to compare.")] = DiffTable.CLAIMS,
    format_: Annotated[DiffFormat, typer.Option("--format", help="How to write it.")] = DiffFormat.TEXT,
    output: Target = None,
    data: Data = None,
) -> None:
    """Tell which claims or events were added, changed or withdrawn between two builds.

    An event that gained or lost claims is changed; its id before is in was_id.
    """
    from geo.changes import Kind, diff

    changes = diff(*_two(project_root(folder, data), old, new), table)
    with open_output(output) as file:
        if format_ is DiffFormat.CSV:
            from geo.export import write_csv

            columns, rows = _sheet(changes, table)
            write_csv(columns, rows, file)
        elif format_ is DiffFormat.JSON:
            json.dump([_change_record(c, table) for c in changes], file, ensure_ascii=False, indent=1, default=str)
            file.write("\n")
        else:
            file.writelines(f"{_line(change)}\n" for change in changes)
    kinds = [change.kind for change in changes]
    complain(f"{table.capitalize()}: {', '.join(f'{kinds.count(kind):,} {kind}' for kind in Kind)}")


def _two(root: Path, old: str | None, new: str | None) -> tuple["Generation", "Generation"]:
    from geo.store import current, find_generation, generations

    after = find_generation(root, new) if new else current(root)
    if after is None:
        raise StoreError(f"{root}: nothing is built yet")
    if old:
        return find_generation(root, old), after
    kept = generations(root)
    older = kept[[g.path for g in kept].index(after.path) + 1 :]
    if not older:
        raise StoreError(f"{root}: there is no generation before {after.generation_id}")
    return older[0], after


def _was(change: "Change", table: str) -> str:
    return str(change.before.get(f"{table[:-1]}_id", ""))


def _sheet(changes: Sequence["Change"], table: str) -> tuple[list[str], Iterator[list[Any]]]:
    """Return the columns and rows of a feed of deltas: what happened to a row, then the row, the last if withdrawn."""
    columns = list((changes[0].after or changes[0].before) if changes else ())
    rows = (
        [change.kind.value, _was(change, table), "|".join(change.columns), *(change.after or change.before).values()]
        for change in changes
    )
    return ["change", "was_id", "changed", *columns], rows


def _change_record(change: "Change", table: str) -> dict[str, Any]:
    before = {name: change.before[name] for name in change.columns} if change.columns else dict(change.before)
    return {
        "change": change.kind.value,
        "id": change.row_id,
        "was_id": _was(change, table),
        "before": before,
        "after": dict(change.after),
    }


def _line(change: "Change") -> str:
    if change.columns:
        told = "; ".join(f"{c}: {_value(change.before[c])} → {_value(change.after[c])}" for c in change.columns)
    else:
        row = change.after or change.before
        told = "  ".join(_value(row[name]) for name in _TOLD if row.get(name))
    return f"{change.kind:<9}  {change.row_id}  {told}"


def _value(value: Any) -> str:
    text = printable(" ".join(("–" if value in (None, "", []) else str(value)).split()))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
