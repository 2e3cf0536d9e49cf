"""The command line. Exit codes: 0 all well, 1 done but something was left out, 2 cannot go on.

Heavy modules are imported inside the commands, so that ``dateline --help`` answers at once.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo import __version__
from geo.desk import correct_app, corrections_app
from geo.errors import GeoError, StoreError
from geo.history import diff_command, generations_command, rollback_command
from geo.memory import collect_rarely
from geo.options import (
    DONE,
    FAILED,
    FOLDER_HELP,
    INCOMPLETE,
    AsJson,
    Claimants,
    Curated,
    Data,
    Disputed,
    Folder,
    From,
    Model,
    OfFolder,
    Online,
    Outlets,
    Places,
    Service,
    ServiceUrl,
    Sources,
    Statuses,
    Target,
    To,
    Types,
    Within,
    Words,
    Workers,
    config_of,
    filter_of,
    places_of,
    reports_folder,
)
from geo.resources import data_folder
from geo.telling import tell_history, why_command
from geo.terminal import (
    complain,
    count,
    end_with_input,
    open_input,
    open_output,
    open_whole,
    printable,
    progress_bar,
    progress_lines,
    show,
    write,
)

if TYPE_CHECKING:
    from geo.build import BuildReport, Config, Progress
    from geo.cluster import ClusterReport
    from geo.model import Candidate, Place, Reading
    from geo.runners import Runner

__all__ = ["app", "main", "run"]

app = typer.Typer(
    name="dateline",
    help="Read news reports into a map and timeline of what is said to have happened, where, when, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
layers_app = typer.Typer(
    help="Add layers of places of your own, and see what a name means in all.", no_args_is_help=True
)
app.add_typer(layers_app, name="gazetteer")
app.add_typer(correct_app, name="correct")
app.add_typer(corrections_app, name="corrections")
app.command("generations")(generations_command)
app.command("rollback")(rollback_command)
app.command("diff")(diff_command)
app.command("why")(why_command)


class Table(StrEnum):
    """Tables that can be exported."""

    CLAIMS = "claims"
    EVENTS = "events"


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    CSV_RAW = "csv-raw"
    GEOJSON = "geojson"
    KML = "kml"
    GEOPARQUET = "geoparquet"
    PARQUET = "parquet"
    HTML = "html"


_BINARY = {Format.GEOPARQUET, Format.PARQUET}


class Told(StrEnum):
    """How a build tells how far it is."""

    BAR = "bar"
    JSON = "json"


class LayerFormat(StrEnum):
    """File formats of an imported layer."""

    GEONAMES = "geonames"
    CSV = "csv"
    GEOJSON = "geojson"


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    if version:
        typer.echo(f"dateline {__version__}")
        raise typer.Exit


@app.command("build")
def build_command(
    source: Annotated[
        str | None, typer.Argument(metavar="[FOLDER]", help=FOLDER_HELP + " With --output also an address: s3://…")
    ] = None,
    data: Data = None,
    gazetteer: Curated = None,
    model: Model = None,
    online: Service = None,
    online_url: ServiceUrl = None,
    workers: Workers = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Read every report again, whatever earlier builds read.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read again what could not be read.")] = False,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Read on the workers of this Dask scheduler, or 'local' for own ones."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="URL",
            help="With --dask: do all of it there, and write the tables to this address as Parquet in parts.",
        ),
    ] = None,
    told: Annotated[
        Told,
        typer.Option("--progress", help="A bar on a terminal, or lines of JSON {share, stage} on standard output."),
    ] = Told.BAR,
    tethered: Annotated[
        bool, typer.Option("--tethered", help="End, unfinished, when standard input ends; for programs.")
    ] = False,
) -> None:
    """Read a folder of reports and publish its claims and events; only what has changed is read again."""
    if tethered:
        end_with_input()
    if output and not dask:
        raise typer.BadParameter("--output is where a cluster writes: say which with --dask")
    config = config_of(gazetteer, model, online, online_url)
    showing = progress_lines if told is Told.JSON else progress_bar
    if dask and output:
        with showing() as progress:
            parted = _build_there(source, dask, workers, output, config, progress)
        _tell_parts(parted)
        raise typer.Exit(INCOMPLETE if parted.unreadable else DONE)
    with showing() as progress:
        report = _build_here(source, data, dask, workers, config, progress, fresh=fresh, retry=retry)
    _tell(report)
    raise typer.Exit(INCOMPLETE if report.unreadable else DONE)


def _build_here(
    source: str | None,
    data: Path | None,
    dask: str | None,
    workers: int | None,
    config: "Config",
    progress: "Progress | None",
    *,
    fresh: bool,
    retry: bool,
) -> "BuildReport":
    """Build a folder, read by processes of our own or the workers of a cluster, and remember it."""
    from geo.build import build
    from geo.projects import remember

    folder = reports_folder(Path(source) if source else None)
    with _runner(dask, workers) as runner:
        report = build(folder, data_folder(data), config, progress, runner=runner, fresh=fresh, retry=retry)
    try:
        remember(data_folder(data), folder)
    except StoreError as error:
        complain(str(error))
    return report


@contextmanager
def _runner(dask: str | None, workers: int | None) -> Iterator["Runner"]:
    from geo.runners import default_runner

    if dask is None:
        yield default_runner(workers)
        return
    cluster = _cluster()
    with cluster.connected(dask, workers) as client:
        yield cluster.dask_runner(client)


def _build_there(
    source: str | None, dask: str, workers: int | None, output: str, config: "Config", progress: "Progress | None"
) -> "ClusterReport":
    """Build on a cluster what lies at an address."""
    cluster = _cluster()
    with cluster.connected(dask, workers) as client:
        report: ClusterReport = cluster.build_on_cluster(
            client, source or str(reports_folder(None)), output, config, progress
        )
    return report


def _cluster() -> Any:
    """Return the Dask engine.

    Raises:
        GeoError: Dask is not installed.
    """
    try:
        return import_module("geo.cluster")
    except ModuleNotFoundError as error:
        raise GeoError(f"{error.name} is not installed: pip install 'dateline[dask]'") from error


@app.command("open")
def open_command(
    folder: Folder = None,
    data: Data = None,
    gazetteer: Curated = None,
    model: Model = None,
    online: Service = None,
    online_url: ServiceUrl = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Or the next free one; 0 for any.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in your browser.")] = True,
    tiles: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Fetch map tiles from this address with {z}, {x}, {y}; none without it."),
    ] = None,
    tiles_credit: Annotated[str, typer.Option(metavar="TEXT", help="Who made the tiles, shown on the map.")] = "",
) -> None:
    """Build if anything has changed, then show the map on a local page until Ctrl-C."""
    from geo.build import build_if_stale
    from geo.layers import layers_folder
    from geo.runners import default_runner
    from geo.serve import serve

    _check_tiles(tiles, tiles_credit)
    config = config_of(gazetteer, model, online, online_url)
    with progress_bar() as progress:
        report = build_if_stale(reports_folder(folder), data_folder(data), config, progress, runner=default_runner())
    _tell(report)
    chosen = {
        "DATELINE_FOLDER": reports_folder(folder).resolve(),
        "DATELINE_DATA": data_folder(data).resolve(),
        "DATELINE_GAZETTEER": gazetteer and gazetteer.resolve(),
        "DATELINE_LAYERS": layers_folder().resolve(),
        "DATELINE_MODEL": model,
        "DATELINE_ONLINE": online,
        "DATELINE_ONLINE_URL": online_url,
        "DATELINE_TILES": tiles,
        "DATELINE_TILES_CREDIT": tiles_credit,
    }
    serve({name: str(value) for name, value in chosen.items() if value}, port=port, browser=browser)


def _check_tiles(url: str | None, credit: str) -> None:
    if url is None:
        return
    if not url.startswith(("https://", "http://")) or not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise typer.BadParameter(f"{url}: is no web address with {{z}}, {{x}} and {{y}}", param_hint="--tiles")
    if not credit.strip():
        raise typer.BadParameter("tiles need --tiles-credit, the words that their makers ask for", param_hint="--tiles")


@app.command("export")
def export_command(
    folder: Folder = None,
    table: Annotated[Table, typer.Option(help="What to write.")] = Table.CLAIMS,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.CSV,
    output: Target = None,
    raw: Annotated[bool, typer.Option("--raw", help="The same as --format csv-raw.")] = False,
    from_: From = None,
    to: To = None,
    type_: Types = None,
    status: Statuses = None,
    claimant: Claimants = None,
    outlet: Outlets = None,
    place: Places = None,
    sources: Sources = None,
    disputed: Disputed = False,
    text: Words = None,
    box: Within = None,
    data: Data = None,
    gazetteer: Curated = None,
    model: Model = None,
    online: Service = None,
    online_url: ServiceUrl = None,
) -> None:
    """Write claims, or events with such claims, for other programs, building first if anything has changed.

    csv is safe to open in a spreadsheet; csv-raw has every cell as it is. html is a page of one file with map, timeline
    and sentences, for a browser without the network.
    """
    from geo.build import build_if_stale
    from geo.export import export_view
    from geo.runners import default_runner

    if format_ in _BINARY and output is None and sys.stdout.isatty():
        raise typer.BadParameter(f"{format_} is not text: give it a file by --output")
    query = {"from": from_, "to": to, "type": type_, "status": status, "sources": sources, "text": text, "box": box}
    chosen = filter_of(query | {"disputed": "1" if disputed else None}, claimant, outlet)
    config = config_of(gazetteer, model, online, online_url)
    with progress_bar() as progress:
        report = build_if_stale(reports_folder(folder), data_folder(data), config, progress, runner=default_runner())
    chosen = replace(chosen, places=places_of(report.generation, place or ()))
    with open_whole(output) as file:
        export_view(
            report.generation, table, chosen, Format.CSV_RAW if raw and format_ is Format.CSV else format_, file
        )
    _tell_unreadable(report)
    raise typer.Exit(INCOMPLETE if report.unreadable else DONE)


@app.command("geoparse")
def geoparse_command(
    source: Annotated[str, typer.Argument(metavar="IN.jsonl", help="One {id, text, published} a line; - for stdin.")],
    target: Annotated[str, typer.Argument(metavar="OUT.jsonl", help="One record a line; - for stdout.")],
    no_demonyms: Annotated[bool, typer.Option("--no-demonyms", help="Leave nationalities (“Ukrainian”) out.")] = False,
    gazetteer: Curated = None,
    model: Model = None,
    online: Service = None,
    online_url: ServiceUrl = None,
) -> None:
    """Read texts line by line into places, dates and claims, in order.

    A record with mentions of its own ([{"start", "end"}, …]) is resolved at those spans and only there. A line that
    cannot be read gives a line with its id and the error, and exit code 1 at the end.
    """
    from geo.build import open_gazetteer
    from geo.geoparse import geoparse_lines

    config = config_of(gazetteer, model, online, online_url)
    with progress_bar() as progress:
        open_gazetteer(config, progress)
    failed = False
    with open_input(source) as lines, open_output(None if target == "-" else Path(target), source) as out:
        for number, record in geoparse_lines(lines, config, demonyms=not no_demonyms):
            if "error" in record:
                failed = True
                complain(f"{source}:{number}: {record['error']}")
            if "warning" in record:
                complain(f"{source}:{number}: {record['warning']}")
            out.write(json.dumps(record, ensure_ascii=False, allow_nan=False, default=str) + "\n")
            out.flush()
    raise typer.Exit(INCOMPLETE if failed else DONE)


@app.command("explain")
def explain_command(
    report: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A report's file, or one of many: FILE.jsonl#ID, FILE.csv#ID.", show_default=False
        ),
    ],
    gazetteer: Curated = None,
    model: Model = None,
    online: Service = None,
    online_url: ServiceUrl = None,
) -> None:
    """Print how a report was read: paragraph by paragraph its places, dates and claims, each with why.

    Of a file of many reports (.jsonl, .csv, .parquet, .zip) each is printed; what cannot be read gives exit code 1.
    """
    from geo.build import open_gazetteer, read_report

    config = config_of(gazetteer, model, online, online_url)
    with progress_bar() as progress:
        open_gazetteer(config, progress)
    readings, unreadable = read_report(report, config)
    left_out = [(r.document.report, r.error) for r in readings if r.error] + [(u.report, u.reason) for u in unreadable]
    for reading in (r for r in readings if not r.error):
        _write_explained(reading, named=len(readings) > 1)
    for name, reason in left_out:
        complain(f"{name}: {reason}")
    raise typer.Exit(INCOMPLETE if left_out else DONE)


def _write_explained(reading: "Reading", *, named: bool) -> None:
    """Print how one report was read; ``named`` says which it is, where there are several."""
    from geo.explain import explain, explain_day

    document = reading.document
    heading = f"{document.report}: {document.title}" if named and document.title else document.title or document.report
    write(f"{printable(heading)}\n{explain_day(document)}\n")
    for paragraph in explain(reading):
        write(f"\n{printable(paragraph.text)}\n")
        for note in paragraph.notes:
            write(f"    {note.kind.value:<5}  {printable(note.words)}  →  {printable(note.says)}\n")
    write("\n" if named else "")


@app.command("place")
def place_command(
    name: Annotated[str, typer.Argument(help="A name as a report has it.", show_default=False)],
    near: Annotated[str | None, typer.Option("--near", help="A country, region or town named with it.")] = None,
    history: Annotated[
        bool, typer.Option("--history", help="What the last build says happened there, in order of time, instead.")
    ] = False,
    folder: OfFolder = None,
    data: Data = None,
    as_json: AsJson = False,
    gazetteer: Curated = None,
    online: Service = None,
    online_url: ServiceUrl = None,
) -> None:
    """Show what a name may mean, best first, with scores and the reasons; or what is said to have happened there.

    A name that no gazetteer layer knows, or of which the build tells nothing, gives exit code 1.
    """
    if history:
        _leave_unless(tell_history(name, folder, data, as_json=as_json), name, "nothing is told of it")
        return
    from geo.build import open_gazetteer
    from geo.places import rank_places

    with progress_bar() as progress:
        opened = open_gazetteer(config_of(gazetteer, None, online, online_url), progress)
    found = rank_places(name, opened, near)
    if as_json:
        document = {"name": name, "near": near, "candidates": [_candidate_record(c) for c in found]}
        write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        show(
            ("score", *_PLACE_COLUMNS, "reasons"),
            ([f"{c.score:.3f}", *_cells(c.place), "; ".join(c.reasons)] for c in found),
        )
    _leave_unless(found, name)


@layers_app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A GeoNames table, a CSV like gazetteer.csv, or GeoJSON.")
    ],
    name: Annotated[str | None, typer.Option("--name", help="The layer's name. [default: the file's]")] = None,
    format_: Annotated[
        LayerFormat | None, typer.Option("--format", help="What FILE is. [default: told from its suffix]")
    ] = None,
) -> None:
    """Add a layer of places under gazetteer.csv, or put a newer file in the place of one of the same name.

    Rows of CSV and GeoJSON win over the world's places of that name; those of a GeoNames table join them, the larger
    place first. A bad row is left out and reported, and gives exit code 1.
    """
    from geo.layers import import_layer

    with progress_bar() as progress:
        info = import_layer(file, name=name, format_=format_, progress=progress)
    left_out = f"; {count(info.bad, 'bad row')} left out" if info.bad else ""
    complain(f"Imported {info.name}: {count(info.places, 'place')} under {count(info.names, 'name')}{left_out}")
    for line, reason in info.first_bad:
        complain(f"{file}:{line}: {reason}")
    if info.bad > len(info.first_bad):
        complain(f"{file}: and {info.bad - len(info.first_bad):,} more bad rows")
    raise typer.Exit(INCOMPLETE if info.bad else DONE)


@layers_app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the imported layers, the one that answers first at the head."""
    from geo.layers import list_layers

    rows = [
        {"name": i.name, "format": i.format, "places": i.places, "names": i.names, "bad": i.bad, "source": i.source}
        for i in list_layers()
    ]
    if as_json:
        write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    elif rows:
        show(tuple(rows[0]), ([str(value) for value in row.values()] for row in rows))
    else:
        complain("No gazetteer is imported")


@layers_app.command("remove")
def remove_command(name: Annotated[str, typer.Argument(help="The layer's name.", show_default=False)]) -> None:
    """Remove an imported layer."""
    from geo.layers import remove_layer

    remove_layer(name)
    complain(f"Removed {name}")


@layers_app.command("lookup")
def lookup_command(
    name: Annotated[str, typer.Argument(help="A name as a report has it.", show_default=False)],
    as_json: AsJson = False,
    gazetteer: Curated = None,
) -> None:
    """Show the places of a name in every offline layer, in the order in which the layers answer.

    A name that none knows gives exit code 1.
    """
    from geo.build import open_gazetteer

    with progress_bar() as progress:
        found = open_gazetteer(config_of(gazetteer, None, Online.NONE), progress).lookup_all(name)
    if as_json:
        write(json.dumps([_place_record(place) for place in found], ensure_ascii=False, indent=2) + "\n")
    else:
        show((*_PLACE_COLUMNS, "source"), ([*_cells(place), place.source] for place in found))
    _leave_unless(found, name)


def main(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv``, without the program's name, and return its exit code."""
    try:
        app(args=argv, prog_name="dateline")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else DONE
    except GeoError as error:
        complain(str(error))
        return FAILED
    return DONE


def run() -> None:
    """Run as the console command ``dateline``."""
    collect_rarely()
    sys.exit(main(sys.argv[1:]))


# --- places as tables and JSON ---

_PLACE_COLUMNS = ("name", "kind", "country", "lat", "lon", "population", "place_id")


def _cells(place: "Place") -> list[str]:
    lat, lon = ("" if degrees is None else f"{degrees:.4f}" for degrees in (place.lat, place.lon))
    people = f"{place.population:,}" if place.population else ""
    return [place.name, place.kind, place.country_code, lat, lon, people, place.place_id]


def _place_record(place: "Place") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(place)


def _candidate_record(candidate: "Candidate") -> dict[str, Any]:
    return {"score": candidate.score, "reasons": candidate.reasons, "place": _place_record(candidate.place)}


def _leave_unless(found: object, name: str, reason: str = "no gazetteer layer knows this name") -> None:
    if not found:
        complain(f"{name!r}: {reason}")
        raise typer.Exit(INCOMPLETE)


def _tell(report: "BuildReport") -> None:
    """Say on standard error what was built and what was left out."""
    numbers = {"report": report.reports, "independent source": report.sources}
    numbers |= {"claim": report.claims, "event": report.events}
    counts = ", ".join(count(n, noun) for noun, n in numbers.items())
    corrected = {"rejected": report.rejected, "orphaned": report.orphaned}
    trays = f"{report.undated:,} undated, {report.unplaced:,} unplaced, {len(report.unreadable):,} unreadable"
    trays += "".join(f", {n:,} {what}" for what, n in corrected.items() if n)
    complain(f"{'Built' if report.fresh else 'Nothing has changed'}: {counts}; in trays: {trays}")
    if report.fresh and report.read < report.reports:
        kept = report.reports - report.read
        complain(f"{report.read:,} of {count(report.reports, 'report')} read, {kept:,} kept from earlier builds")
    if report.warning:
        complain(report.warning)
    if not report.model:
        complain("No language model is installed or wanted: the rules alone read the reports")
    _tell_unreadable(report)


def _tell_parts(report: "ClusterReport") -> None:
    """Say on standard error what a cluster has written and what was left out."""
    numbers = {"report": report.counts["reports"], "independent source": report.counts["sources"]}
    numbers |= {"claim": report.counts["claims"], "event": report.counts["events"]}
    counts = ", ".join(count(n, noun) for noun, n in numbers.items())
    trays = ", ".join(f"{report.counts[kind]:,} {kind}" for kind in ("undated", "unplaced", "unreadable"))
    complain(f"Written to {report.output}: {counts}; in trays: {trays}")
    if not report.model:
        complain("No language model is installed or wanted: the rules alone read the reports")
    _tell_unreadable(report)


def _tell_unreadable(report: "BuildReport | ClusterReport") -> None:
    for item in report.unreadable:
        complain(f"{item.report}: {item.reason}")


if __name__ == "__main__":
    run()
