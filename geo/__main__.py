"""The command line. Exit codes: 0 all well, 1 done but something was left out, 2 cannot go on.

Heavy modules are imported inside the commands, so that ``dateline --help`` answers at once.
"""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TextIO

import typer

from geo import __version__
from geo.errors import GeoError, ReportError
from geo.resources import data_folder, resource

if TYPE_CHECKING:
    from geo.build import BuildReport, Config, Progress

__all__ = ["app", "main", "run"]

_DONE, _INCOMPLETE, _FAILED = 0, 1, 2

app = typer.Typer(
    name="dateline",
    help="Read news reports into a map and timeline of what is said to have happened, where, when, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Table(StrEnum):
    """Tables that can be exported."""

    CLAIMS = "claims"
    EVENTS = "events"


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    GEOJSON = "geojson"


Folder = Annotated[
    Path | None, typer.Argument(help="The folder of reports; without it the five shipped ones.", show_default=False)
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


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        typer.echo(f"dateline {__version__}")
        raise typer.Exit


@app.command("build")
def build_command(folder: Folder = None, data: Data = None, gazetteer: Curated = None, model: Model = None) -> None:
    """Read a folder of reports and publish its claims and events."""
    from geo.build import build

    with _progress() as progress:
        report = build(_folder(folder), data_folder(data), _config(gazetteer, model), progress)
    _tell(report)
    raise typer.Exit(_INCOMPLETE if report.unreadable else _DONE)


@app.command("open")
def open_command(
    folder: Folder = None,
    data: Data = None,
    gazetteer: Curated = None,
    model: Model = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Or the next free one; 0 for any.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in your browser.")] = True,
) -> None:
    """Build if anything has changed, then show the map on a local page until Ctrl-C."""
    from geo.build import build_if_stale
    from geo.serve import serve

    with _progress() as progress:
        report = build_if_stale(_folder(folder), data_folder(data), _config(gazetteer, model), progress)
    _tell(report)
    chosen = {
        "DATELINE_FOLDER": _folder(folder).resolve(),
        "DATELINE_DATA": data_folder(data).resolve(),
        "DATELINE_GAZETTEER": gazetteer and gazetteer.resolve(),
        "DATELINE_MODEL": model,
    }
    serve({name: str(value) for name, value in chosen.items() if value}, port=port, browser=browser)


@app.command("export")
def export_command(
    folder: Folder = None,
    table: Annotated[Table, typer.Option(help="What to write.")] = Table.CLAIMS,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file. [default: standard output]")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV cells exactly as they are, even where a spreadsheet would run them.")
    ] = False,
    data: Data = None,
    gazetteer: Curated = None,
    model: Model = None,
) -> None:
    """Write the claims or events as CSV or GeoJSON, building first if anything has changed."""
    from geo.build import build_if_stale
    from geo.export import export_csv, export_geojson

    with _progress() as progress:
        report = build_if_stale(_folder(folder), data_folder(data), _config(gazetteer, model), progress)
    rows = report.generation.table(table)
    with _output(output) as file:
        if format_ is Format.CSV:
            export_csv(rows, file, raw=raw)
        else:
            export_geojson(rows, file)
    _tell_unreadable(report)
    raise typer.Exit(_INCOMPLETE if report.unreadable else _DONE)


@app.command("geoparse")
def geoparse_command(
    source: Annotated[str, typer.Argument(metavar="IN.jsonl", help="One {id, text, published} a line; - for stdin.")],
    target: Annotated[str, typer.Argument(metavar="OUT.jsonl", help="One record a line; - for stdout.")],
    gazetteer: Curated = None,
    model: Model = None,
) -> None:
    """Read texts line by line into places, dates and claims, in order.

    A line that cannot be read gives a line with its id and the error, and exit code 1 at the end.
    """
    from geo.build import open_gazetteer
    from geo.geoparse import geoparse_lines

    config = _config(gazetteer, model)
    with _progress() as progress:
        open_gazetteer(config, progress)
    failed = False
    with _input(source) as lines, _output(None if target == "-" else Path(target), source) as out:
        for number, record in geoparse_lines(lines, config):
            if "error" in record:
                failed = True
                _complain(f"{source}:{number}: {record['error']}")
            if "warning" in record:
                _complain(f"{source}:{number}: {record['warning']}")
            out.write(json.dumps(record, ensure_ascii=False, allow_nan=False, default=str) + "\n")
            out.flush()
    raise typer.Exit(_INCOMPLETE if failed else _DONE)


def main(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv``, without the program's name, and return its exit code."""
    try:
        app(args=argv, prog_name="dateline")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else _DONE
    except GeoError as error:
        _complain(str(error))
        return _FAILED
    return _DONE


def run() -> None:
    """Run as the console command ``dateline``."""
    sys.exit(main(sys.argv[1:]))


def _folder(folder: Path | None) -> Path:
    return folder or resource("seeds")


def _config(gazetteer: Path | None, model: str | None) -> "Config":
    from geo.build import Config

    return Config(gazetteer, model)


@contextmanager
def _progress() -> Iterator["Progress | None"]:
    """Show a bar on a terminal; in a pipe stay quiet."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)
        yield lambda share, text: bar.update(task, completed=share, description=text)


def _tell(report: "BuildReport") -> None:
    """Say on standard error what was built and what was left out."""
    numbers = {"report": report.reports, "independent source": report.sources}
    numbers |= {"claim": report.claims, "event": report.events}
    counts = ", ".join(f"{n:,} {noun}{'' if n == 1 else 's'}" for noun, n in numbers.items())
    trays = f"{report.undated:,} undated, {report.unplaced:,} unplaced, {len(report.unreadable):,} unreadable"
    _complain(f"{'Built' if report.fresh else 'Nothing has changed'}: {counts}; in trays: {trays}")
    if not report.model:
        _complain("No language model is installed or wanted: the rules alone read the reports")
    _tell_unreadable(report)


def _tell_unreadable(report: "BuildReport") -> None:
    for item in report.unreadable:
        _complain(f"{item.report}: {item.reason}")


def _complain(line: str) -> None:
    typer.echo(line, err=True)


def _input(source: str) -> AbstractContextManager[IO[bytes]]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise ReportError(f"{source}: cannot be opened: {error.strerror}") from error


@contextmanager
def _output(target: Path | None, source: str = "-") -> Iterator[TextIO]:
    """Open a file or standard output as UTF-8 with line ends as written; half characters become JSON escapes."""
    as_written: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
    if target is None:
        wrapper = io.TextIOWrapper(sys.stdout.buffer, **as_written)
        try:
            yield wrapper
        finally:
            wrapper.detach()
        return
    try:
        if source != "-" and target.exists() and target.samefile(source):
            raise ReportError(f"{target}: is the input; it would be lost")
        file = target.open("w", **as_written)
    except OSError as error:
        raise ReportError(f"{target}: cannot be written: {error.strerror}") from error
    with file:
        yield file


if __name__ == "__main__":
    run()
