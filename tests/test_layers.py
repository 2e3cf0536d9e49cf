"""Imported gazetteer layers: what they take in, how they stack, and how much memory they need."""

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.build import Config, open_gazetteer
from geo.errors import GazetteerError
from geo.gazetteer import COLUMNS, Gazetteer, load_gazetteer
from geo.layers import (
    FileLayer,
    LayerInfo,
    import_layer,
    layers_folder,
    layers_stamp,
    list_layers,
    open_layers,
    remove_layer,
)
from geo.model import PlaceKind
from tests.reading import gazetteer

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


def town(id_: int = 9_000_001, **cells: str) -> str:
    """A row of a GeoNames table: a town of 12,000 near Kharkiv, but for the given cells."""
    row = {
        "id": str(id_),
        "name": "Qwertyhorod",
        "ascii": "Qwertyhorod",
        "others": "",
        "lat": "49.5",
        "lon": "36.8",
        "class": "P",
        "code": "PPL",
        "country": "UA",
        "cc2": "",
        "admin1": "07",
        **dict.fromkeys(("admin2", "admin3", "admin4"), ""),
        "population": "12000",
        **dict.fromkeys(("elevation", "dem", "timezone", "modified"), ""),
    }
    return "\t".join((row | cells).values())


def curated(place_id: str = "my:q", name: str = "Qwertyhorod", **cells: str) -> str:
    row = dict.fromkeys(COLUMNS, "")
    row |= {"place_id": place_id, "name": name, "feature_class": "P", "lat": "49.5", "lon": "36.8"} | cells
    return ",".join(row.values())


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    geometry = geometry or {"type": "Point", "coordinates": [36.8, 49.5]}
    return {"type": "Feature", "properties": {"name": "Qwertyhorod"} | properties, "geometry": geometry}


def square(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the layers of a test are kept."""
    monkeypatch.setenv("DATELINE_LAYERS", str(tmp_path / "layers"))
    return tmp_path / "layers"


@pytest.fixture
def add(folder: Path, tmp_path: Path) -> Callable[..., LayerInfo]:
    """Import lines of a table or CSV, or features of GeoJSON."""

    def adding(*rows: Any, name: str = "mine", suffix: str = ".txt") -> LayerInfo:
        path = tmp_path / f"{name}{suffix}"
        if suffix == ".geojson":
            path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
        else:
            lines = ([",".join(COLUMNS)] if suffix == ".csv" else []) + list(rows)
            path.write_bytes(b"".join(line.encode("utf-8", "surrogateescape") + b"\n" for line in lines))
        return import_layer(path)

    return adding


Add = Callable[..., LayerInfo]


def opened() -> Gazetteer:
    return load_gazetteer(imported=open_layers())


def spans(found: Gazetteer, text: str) -> list[str]:
    return [text[start:end] for start, end in found.scan(text)]


# --- GeoNames tables ---


def test_a_geonames_row_becomes_a_place(add: Add) -> None:
    info = add(town(others="Квертигород,Qvertigorod,qvertigorod,QWE,https://x.org/Q,كويرتي", name="Qwërtyhorod"))
    assert (info.format, info.places, info.bad) == ("geonames", 1, 0)
    [place] = opened().lookup("Qwertyhorod")
    assert (place.place_id, place.name, place.kind) == ("gn:9000001", "Qwërtyhorod", PlaceKind.SETTLEMENT)
    assert (place.lat, place.lon, place.radius_km, place.population) == (49.5, 36.8, 1.0, 12000)
    assert (place.country_code, place.admin1_code, place.parent_id) == ("UA", "07", "country:UA")
    assert place.source == "geonames:9000001"
    names = ["qwërtyhorod", "КВЕРТИГОРОД", "Qvertigorod"]
    assert all(opened().lookup(name) == [place] for name in names)
    assert not opened().lookup("QWE")
    assert opened().get_place("gn:9000001") == place
    assert opened().region_of(place).country_code == "UA"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("one\ttwo", "2 columns instead of 19"),
        (town() + "\t", "20 columns instead of 19"),
        (town(id="x1"), "geonameid 'x1' is not a number"),
        (town(name=" "), "name is empty or holds a control character"),
        (town(name="a\x1b[31m"), "name is empty or holds a control character"),
        (town(lat="north"), "latitude 'north' is not a number"),
        (town(lat="nan"), "latitude nan is not between -90 and 90"),
        (town(lon="181"), "longitude 181 is not between -180 and 180"),
        (town(country="ZZ"), "country code 'ZZ' is unknown"),
        (town(population="-5"), "population '-5' is not a number"),
        (town(**{"class": "Q"}), "feature class 'Q' is unknown"),
        (town(name="\udcff"), "not UTF-8"),
        ("x" * 1_500_000, "longer than 1,000,000 bytes"),
        (town(), "'gn:9000001' is already on line 1"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_go_on(row: str, reason: str, add: Add) -> None:
    info = add(town(), "", row, town(9_000_002, name="Asdfhorod", ascii="Asdfhorod"))
    assert (info.places, info.bad, info.first_bad) == (2, 1, ((3, reason),))
    assert [p.place_id for p in opened().lookup("Asdfhorod")] == ["gn:9000002"]
    assert [p.place_id for p in opened().lookup("Qwertyhorod")] == ["gn:9000001"]


def test_only_the_first_bad_rows_are_named(add: Add) -> None:
    info = add(*["bad"] * 30, town(), *[town()] * 30)
    assert (info.places, info.bad) == (1, 60)
    assert [line for line, _ in info.first_bad] == list(range(1, 11))


def test_kinds_follow_class_and_code(add: Add) -> None:
    kinds = {
        ("A", "ADM1"): PlaceKind.REGION,
        ("L", "RGN"): PlaceKind.REGION,
        ("L", "AREA"): PlaceKind.OTHER,
        ("H", "LK"): PlaceKind.NATURAL,
        ("S", "AIRP"): PlaceKind.FACILITY,
        ("A", "PCLH"): PlaceKind.COUNTRY,
    }
    add(*(town(i, **{"class": c, "code": k}) for i, (c, k) in enumerate(kinds, start=9_000_000)))
    found = {(p.feature_class, p.feature_code): p.kind for p in opened().lookup("Qwertyhorod")}
    assert found == kinds


def test_text_is_searched_for_towns_and_regions_not_for_hamlets_and_words(add: Add) -> None:
    rows = {
        "Qwertyhorod": {},
        "Asdfhorod": {"population": "999"},
        "Zxcvland": {"class": "A", "code": "ADM1", "population": ""},
        "Uiopfield": {"class": "S", "code": "FRM"},
        "Mobile": {},
        "QWE": {},
    }
    add(*(town(i, name=n, ascii=n, **cells) for i, (n, cells) in enumerate(rows.items(), start=9_000_000)))
    text = "Qwertyhorod, Asdfhorod, Zxcvland, Uiopfield, Mobile phones, QWE"
    assert spans(opened(), text) == ["Qwertyhorod", "Zxcvland"]
    assert all(opened().lookup(name) for name in rows)


# --- curated CSV ---


def test_a_csv_of_the_curated_form_is_taken_in(add: Add) -> None:
    info = add(
        curated(aliases="Qvertigorod|Кверти"),
        curated("my:z", "Zed", feature_class="Z"),
        curated("my:s", "Stopword", feature_class="X"),
        curated("my:q", "Twice"),
        curated("my:u", "Bad\udcffbytes"),
        'my:o,"open',
        suffix=".csv",
    )
    assert (info.format, info.places) == ("csv", 1)
    reasons = dict(info.first_bad)
    assert reasons[3] == "feature_class 'Z' is unknown: one of A, H, L, P, S, T, X"
    assert reasons[4] == "feature_class X: stop rows belong into gazetteer.csv"
    assert reasons[5] == "'my:q' is already on line 2"
    assert reasons[6] == "not UTF-8"
    assert reasons[7].startswith("a quote is opened and never closed")
    assert [p.place_id for p in opened().lookup("Qvertigorod")] == ["my:q"]
    assert spans(opened(), "In Кверти and Qvertigorod") == ["Кверти", "Qvertigorod"]


def test_a_csv_with_another_header_is_refused(folder: Path, tmp_path: Path) -> None:
    for content in (b"name,lat,lon\nA,1,2\n", b"", b'"open', b"\xff\xfe\0"):
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(GazetteerError, match=r"^x\.csv:1: columns must be place_id,name,"):
            import_layer(tmp_path / "x.csv")
    assert list_layers() == []


# --- GeoJSON ---


def test_points_and_polygons_are_taken_in(add: Add) -> None:
    info = add(
        feature(aliases=["Qvertigorod"], country_code="UA", population=500, radius_km=3),
        feature({"type": "Polygon", "coordinates": square(36, 49, 37, 50)}, name="Zone Alpha"),
        feature(
            {"type": "MultiPolygon", "coordinates": [square(178, -1, 180, 1), square(-180, -1, -178, 1)]}, name="Far"
        ),
        suffix=".geojson",
    )
    assert (info.format, info.places, info.bad) == ("geojson", 3, 0)
    [point] = opened().lookup("Qvertigorod")
    assert (point.kind, point.lat, point.lon, point.radius_km) == (PlaceKind.SETTLEMENT, 49.5, 36.8, 3.0)
    assert (point.country_code, point.population, point.parent_id) == ("UA", 500, "country:UA")
    [zone] = opened().lookup("zone alpha")
    assert (zone.kind, zone.lat, zone.lon) == (PlaceKind.REGION, 49.5, 36.5)
    assert zone.radius_km == pytest.approx(50.5, abs=0.2)  # of 111 km by 72 km
    [far] = opened().lookup("Far")
    assert far.lat == 0
    assert abs(far.lon or 0) == 180
    assert spans(opened(), "Towards Zone Alpha") == ["Zone Alpha"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (5, "is not a feature with properties and a geometry"),
        ({"properties": {"name": "A"}, "geometry": None}, "is not a feature with properties and a geometry"),
        (feature(name=None), "has no name that is a string"),
        (feature({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}), "geometry LineString is neither Point nor "),
        (feature({"type": "Point", "coordinates": [200, 1]}), "longitude 200 is not between -180 and 180"),
        (feature({"type": "Point", "coordinates": [10**400, 1]}), "longitude '1000"),
        (feature({"type": "Point", "coordinates": ["1", "2"]}), "a coordinate is not [longitude, latitude]"),
        (feature({"type": "Point", "coordinates": {}}), "a coordinate is not [longitude, latitude]"),
        (feature({"type": "Polygon", "coordinates": []}), "the polygon has no ring"),
        (
            feature({"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]}),
            "a polygon's ring has fewer than four points",
        ),
        (feature({"type": "Polygon", "coordinates": [5]}), "the polygon has no ring"),
        (feature({"type": "Polygon", "coordinates": [[[1, 1]] * 5]}), "the polygon has no area"),
        (feature(country_code="ZZ"), "country_code 'ZZ' is unknown"),
        (feature(population="many"), "'many' is not a number from 0"),
        (feature(aliases=7), "aliases are neither a list of names "),
        (feature(feature_class="Z"), "feature class 'Z' is unknown"),
    ],
)
def test_a_bad_feature_is_named(bad: Any, reason: str, add: Add) -> None:
    info = add(feature(), bad, suffix=".geojson")
    assert (info.places, info.bad) == (1, 1)
    [(number, said)] = info.first_bad
    assert number == 2
    assert said.startswith(reason)


@pytest.mark.parametrize("content", ["", "[1]", '{"type": "Feature"}', "[" * 100_000])
def test_what_is_no_collection_is_refused(content: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text(content)
    with pytest.raises(GazetteerError, match=r"^x\.geojson: is not "):
        import_layer(tmp_path / "x.geojson")


# --- how layers stack ---


def test_own_places_win_in_the_order_of_import(add: Add) -> None:
    add(curated("one:kyiv", "Paris"), name="one", suffix=".csv")
    add(feature(name="Paris", place_id="two:paris"), name="two", suffix=".geojson")
    found = opened()
    assert [p.place_id for p in found.lookup("Paris")] == ["one:kyiv"]
    assert [p.place_id for p in found.lookup_all("Paris")][:2] == ["one:kyiv", "two:paris"]
    assert "gn:2988507" in {p.place_id for p in found.lookup_all("Paris")}
    add(curated("one:kyiv", "Elsewhere"), name="one", suffix=".csv")  # replaced: it keeps its turn
    assert [(i.name, i.number) for i in list_layers()] == [("one", 1), ("two", 2)]
    assert [p.place_id for p in opened().lookup("Paris")] == ["two:paris"]


def test_the_curated_gazetteer_wins_over_all(add: Add) -> None:
    kyiv = gazetteer().lookup("Kyiv")[0]
    add(curated("my:kyiv", "Kyiv"), suffix=".csv")
    assert opened().lookup("Kyiv")[0] == kyiv


def test_a_table_joins_the_world(add: Add) -> None:
    add(
        town(9_000_001, name="Ukraine", ascii="Ukraine", country="ES"),
        town(9_000_002, name="Paris", ascii="Paris", population="25000", country="US"),
        town(9_000_003, name="Springfield", ascii="Springfield", population="2000000", country="US"),
        town(2_988_507, name="Paris", ascii="Paris", population="2000000", country="FR"),
        town(6_252_001, name="United States", ascii="United States", country="US", **{"class": "A", "code": "PCLI"}),
    )
    found = opened()
    assert found.lookup("Ukraine")[0].place_id == "country:UA"
    assert found.lookup("Paris")[0].source == "geonames:2988507"
    assert "gn:9000002" in {p.place_id for p in found.lookup("Paris")}
    assert found.lookup("Springfield")[0].place_id == "gn:9000003"
    assert found.lookup("United States")[0] == gazetteer().get_place("country:US")


def test_without_layers_nothing_changes(folder: Path) -> None:
    assert opened().fingerprint == gazetteer().fingerprint
    assert list_layers() == []
    assert layers_stamp() == ()


def test_a_layer_changes_the_fingerprint_and_pickles(add: Add) -> None:
    add(town())
    one = opened()
    assert one.fingerprint.startswith(gazetteer().fingerprint)
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - of our own making
    assert again.fingerprint == one.fingerprint
    assert again.lookup("Qwertyhorod") == one.lookup("Qwertyhorod") != []
    add(town(population="13000"))
    assert opened().fingerprint != one.fingerprint


def test_a_build_reads_with_the_layers(add: Add) -> None:
    assert open_gazetteer(Config()).lookup("Qwertyhorod") == []
    add(town())
    assert open_gazetteer(Config()).lookup("Qwertyhorod") != []


# --- files ---


def test_the_same_file_is_not_compiled_again(add: Add, folder: Path) -> None:
    first = add(town(), "bad")
    inode = next(folder.iterdir()).stat().st_ino
    assert add(town(), "bad") == first
    assert next(folder.iterdir()).stat().st_ino == inode


def test_nothing_is_left_of_an_import_that_breaks_off(add: Add, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(town())
    before = opened().fingerprint

    def broken(_path: Path, _progress: object) -> Iterator[None]:
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules["geo.layers"]._READERS, "geonames", broken)  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        add(town(name="Other"))
    assert opened().fingerprint == before
    assert len(list(folder.iterdir())) == 1


def test_what_a_killed_import_left_is_swept_away_in_time(add: Add, folder: Path) -> None:
    for name, age in ((".building-old", 90_000), (".building-new", 60)):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (time.time() - age,) * 2)
    add(town())
    assert sorted(path.name for path in folder.glob(".*")) == [".building-new"]
    assert [info.name for info in list_layers()] == ["mine"]


def test_a_file_without_a_good_row_is_refused(add: Add, folder: Path) -> None:
    with pytest.raises(GazetteerError, match=r"^mine\.txt: holds no place that can be used: line 1: 1 columns instead"):
        add("bad")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../evil", "a/b", ".hidden", "ü", "x" * 60, "-a"])
def test_a_name_is_a_plain_word(name: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(town())
    with pytest.raises(GazetteerError, match="is no name for a layer"):
        import_layer(tmp_path / "x.txt", name=name)


def test_a_file_name_becomes_a_plain_word(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "Україна all (1).txt").write_text(town())
    assert import_layer(tmp_path / "Україна all (1).txt").name == "all-1"


def test_a_format_that_is_not_told_is_asked_for(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.dat").write_text(town())
    with pytest.raises(GazetteerError, match=r"^x\.dat: its format is not known: name one of geonames, csv, geojson"):
        import_layer(tmp_path / "x.dat")
    assert import_layer(tmp_path / "x.dat", format_="geonames").places == 1


def test_a_layer_is_removed_at_once(add: Add, folder: Path) -> None:
    add(town(), name="one")
    add(town(), name="one-two")
    remove_layer("one")
    assert [info.name for info in list_layers()] == ["one-two"]
    with pytest.raises(GazetteerError, match=r"^'one': no imported gazetteer has this name"):
        remove_layer("one")
    remove_layer("one-two")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("file", ["scan.marisa", "places.sqlite"])
def test_a_damaged_layer_is_named_and_can_be_removed(file: str, add: Add) -> None:
    add(town())
    [path] = layers_folder().glob("mine-*")
    (path / file).write_bytes((path / file).read_bytes()[:-1])
    with pytest.raises(GazetteerError, match=r"^imported gazetteer 'mine' is damaged: import it again or remove it"):
        open_layers()
    remove_layer("mine")
    assert open_layers() == []


def test_a_damaged_layer_is_mended_by_importing_it_again(add: Add) -> None:
    add(town())
    [path] = layers_folder().glob("mine-*")
    (path / "scan.marisa").write_bytes(b"")
    assert add(town()).places == 1
    assert [layer.info.name for layer in open_layers()] == ["mine"]


def test_layers_lie_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATELINE_LAYERS", raising=False)
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path))
    assert layers_folder() == tmp_path / "gazetteer"


def test_progress_grows_to_the_end(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("\n".join(town(i) for i in range(1, 20_010)))
    shares: list[float] = []
    import_layer(tmp_path / "x.txt", progress=lambda share, _text: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) >= 4


# --- memory ---


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak of memory from /proc")
def test_rows_are_not_held_in_memory(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from import_gazetteer import peak_mib, write_table; from geo.layers import import_layer\n"
        "folder = Path(sys.argv[2])\n"
        "write_table(folder / 'table.txt', 200_000)\n"
        "before = peak_mib()\n"
        "info = import_layer(folder / 'table.txt', folder=folder / 'layers')\n"
        "assert (info.places, info.bad) == (200_000, 0), info\n"
        "print(peak_mib() - before)"
    )
    command = [sys.executable, "-c", script, str(BENCHMARKS), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert float(done.stdout) < 80  # MiB: SQLite's 16 for each of two files and 5,000 rows; all rows would be 300


def test_a_layer_opens_read_only(add: Add, folder: Path) -> None:
    add(town())
    layer = FileLayer(next(folder.iterdir()))
    assert layer.find("nothing of the kind") == []
    assert layer.get("gn:1") is None
    assert layer.find("qwertyhorod'; DROP TABLE places; --") == []
    assert len(layer.find("qwertyhorod")) == 1
