"""What a user gets from ``pip install``: the wheel, built here without the network."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from geo import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [path] = folder.glob("dateline-*.whl")
    return path


def test_the_wheel_carries_page_gazetteer_reports_and_assets(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    assert {"geo/.streamlit/config.toml", "geo/dashboard.py", "geo/gazetteer.csv", "geo/seeds/reports.csv"} <= names
    for folder, suffix in (("seeds", ".txt"), ("web", ""), ("data", "")):
        source = ROOT / folder if folder == "seeds" else ROOT / "geo" / folder
        wanted = {f"geo/{folder}/{p.name}" for p in source.iterdir() if p.is_file() and p.name.endswith(suffix)}
        assert wanted <= names
        assert wanted or folder == "data"
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or name.endswith(".pyc")]


def test_the_wheel_has_the_command_and_the_version(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        info = f"dateline-{__version__}.dist-info"
        assert "dateline = geo.__main__:run" in archive.read(f"{info}/entry_points.txt").decode()
        assert f"Version: {__version__}\n" in archive.read(f"{info}/METADATA").decode()
        assert "Permission is hereby granted" in archive.read(f"{info}/licenses/LICENSE").decode()


def test_the_wheel_finds_its_own_files_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path / "site")
    names = ("seeds", "gazetteer.csv", "dashboard.py")
    script = f"from geo.resources import resource; print(*map(resource, {names}), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert [Path(line).parent for line in done.stdout.splitlines()] == [tmp_path / "site" / "geo"] * 3


def test_every_module_is_a_layer() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = config["tool"]["importlinter"]["contracts"]
    layers = {name for layer in contract["layers"] for name in layer.split(" : ")}
    packages = {p.parent.name for p in (ROOT / "geo").glob("*/__init__.py")}
    assert layers == {p.stem for p in (ROOT / "geo").glob("*.py")} - {"__init__"} | packages


def test_the_table_of_speed_is_what_the_benchmarks_printed() -> None:
    made = subprocess.run([sys.executable, ROOT / "benchmarks" / "speed_table.py", "--check"], check=False)
    assert made.returncode == 0
