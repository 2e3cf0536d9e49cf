"""Gazetteer layers that a user imports: a GeoNames table, a curated CSV file or GeoJSON, compiled into the data folder.

They stand between the curated layer and the world, in the order of their import. A file is read as a stream and sorted
on disk, so that GeoNames' ``allCountries.txt`` (12 million rows) needs no more memory than a village's list.

What text is searched for (``scan``): every name of CSV and GeoJSON layers, which their owner has chosen; of GeoNames
tables the names of populated places from 1,000 inhabitants and of countries and first- and second-order regions, but
for common English words. Every other name is found by ``lookup``. Abbreviations in capitals are never searched for.
"""

import csv
import json
import math
import os
import re
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from itertools import islice, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

import marisa_trie

from geo.errors import GazetteerError
from geo.gazetteer import COLUMNS, read_row
from geo.model import PLACE_CELLS, Place, PlaceKind
from geo.resources import data_folder
from geo.world import Progress, country_codes, is_code, is_common, scan_forms, spellings

__all__ = [
    "FORMATS",
    "FileLayer",
    "LayerInfo",
    "import_layer",
    "layers_folder",
    "layers_stamp",
    "list_layers",
    "open_layers",
    "remove_layer",
]

FORMATS = ("geonames", "csv", "geojson")

_CODE_VERSION = 1  # raise it when the same file would compile to something else
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # GeoNames' names do hold joiners and no-break spaces
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_REPORTED = 10  # bad rows that are named; the others are counted
_BATCH = 5_000  # rows written at a time
_CACHE_KIB = 16_000  # what SQLite keeps and sorts in memory
_MOST_ANSWERS = 100  # places of one name: there are 3,000 San Josés
_LONGEST_LINE = 1_000_000  # bytes
_LARGEST_GEOJSON = 200_000_000  # bytes: it is read whole
_READ, _SORTED = 0.75, 0.95  # shares of an import's progress at which the file is read and its names are sorted


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """An imported layer: what it was made from, how much is in it, and which rows were refused.

    ``first_bad`` are the first refused rows, (line, reason); a feature of GeoJSON counts as a line. ``number`` is the
    layer's turn: the lower one answers first.
    """

    name: str
    format: str
    source: str
    places: int
    names: int
    bad: int
    first_bad: tuple[tuple[int, str], ...]
    key: str
    number: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A place on its way in: its line, and its names with how much less each counts than its inhabitants.

    ``scanned`` is whether text is searched for its names, ``chosen`` whether for those that are common words, too.
    """

    line: int
    place: Place
    names: Sequence[tuple[str, int]]
    scanned: bool = True
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class _Bad:
    """A refused row."""

    line: int
    reason: str


Rows = Iterator[_Row | _Bad]


# --- GeoNames tables ------------------------------------------------------------------------------------------------

_GEONAMES_COLUMNS = 19
_ALTERNATE_DISCOUNT = 8  # as in the world: "Aleksandrovka" is a town of that name before it is Donetsk
_REGION_DISCOUNT = 4  # "New York" is the city more often than the state
_SCANNED_FROM = 1_000  # inhabitants
_SCANNED_REGIONS = frozenset({"ADM1", "ADM2"})
_KINDS = {
    "P": PlaceKind.SETTLEMENT,
    "S": PlaceKind.FACILITY,
    "R": PlaceKind.FACILITY,
    "H": PlaceKind.NATURAL,
    "T": PlaceKind.NATURAL,
    "U": PlaceKind.NATURAL,
    "V": PlaceKind.NATURAL,
    "L": PlaceKind.OTHER,
    "": PlaceKind.OTHER,
}
_AREA_RADII_KM = {"ADM1": 60.0, "ADM2": 25.0, "ADM3": 10.0, "ADM4": 5.0}
_PAST_CYRILLIC = "\u0530"  # GeoNames has names in every script; reports in English hold Latin, Greek and Cyrillic


def _geonames_rows(path: Path, progress: Progress) -> Rows:
    codes = country_codes()
    for number, line in _lines(path, progress):
        try:
            yield _geonames_row(number, line, codes)
        except GazetteerError as error:
            yield _Bad(number, str(error))


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, bytes]]:
    """Yield the numbered lines of a file that are not blank; one that is too long comes cut, and so is refused."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as file:
        for number, line in enumerate(_cut_lines(file), start=1):
            if number % 20_000 == 0:
                progress(_READ * file.tell() / size, f"read {number:,} rows")
            if line and not line.isspace():
                yield number, line


def _cut_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE)
        yield line


def _geonames_row(number: int, line: bytes, codes: frozenset[str]) -> _Row:
    cells = _decoded(line).rstrip("\r\n").split("\t")
    if len(cells) != _GEONAMES_COLUMNS:
        raise GazetteerError(f"{len(cells)} columns instead of {_GEONAMES_COLUMNS}")
    id_, name, ascii_name, others, lat, lon, class_, code, country = cells[:9]
    if not id_.isdecimal():
        raise GazetteerError(f"geonameid {id_[:40]!r} is not a number")
    if country and country not in codes:
        raise GazetteerError(f"country code {country[:40]!r} is unknown")
    kind, population = _geonames_kind(class_, code), _population(cells[14])
    is_country = kind is PlaceKind.COUNTRY and code != "PCLH" and bool(country)
    place = Place(
        place_id=f"country:{country}" if is_country else f"gn:{int(id_)}",
        name=_checked_name(name),
        kind=kind,
        lat=_degrees(lat, "latitude", 90),
        lon=_degrees(lon, "longitude", 180),
        radius_km=_radius(kind, code, population),
        feature_class=class_,
        feature_code=code,
        country_code=country,
        admin1_code=cells[10],
        parent_id=f"country:{country}" if country and not is_country else "",
        population=population,
        source=f"geonames:{int(id_)}",
    )
    return _Row(number, place, _geonames_names(place, ascii_name, others), _is_scanned(place), chosen=False)


def _decoded(line: bytes) -> str:
    if len(line) >= _LONGEST_LINE:
        raise GazetteerError(f"longer than {_LONGEST_LINE:,} bytes")
    try:
        return line.decode("utf-8-sig" if line.startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeDecodeError:
        raise GazetteerError("not UTF-8") from None


def _geonames_kind(class_: str, code: str) -> PlaceKind:
    if class_ == "A":
        return PlaceKind.COUNTRY if code.startswith("PCL") else PlaceKind.REGION
    if class_ == "L" and code.startswith("RGN"):
        return PlaceKind.REGION
    if class_ not in _KINDS:
        raise GazetteerError(f"feature class {class_[:40]!r} is unknown")
    return _KINDS[class_]


def _population(cell: str) -> int:
    if cell and not (cell.isdecimal() and len(cell) <= 11):
        raise GazetteerError(f"population {cell[:40]!r} is not a number")
    return int(cell or 0)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or _CONTROL.search(name):
        raise GazetteerError("name is empty or holds a control character")
    return name


def _degrees(cell: Any, what: str, limit: int) -> float:
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise GazetteerError(f"{what} {str(cell)[:40]!r} is not a number") from None
    if not -limit <= number <= limit:  # NaN is neither
        raise GazetteerError(f"{what} {number:g} is not between -{limit} and {limit}")
    return number


def _radius(kind: PlaceKind, code: str, population: int) -> float:
    if kind is PlaceKind.SETTLEMENT:
        return round(min(25.0, max(1.0, math.sqrt(population) / 110)), 1)
    if kind is PlaceKind.REGION:
        return _AREA_RADII_KM.get(code, 30.0)
    return {PlaceKind.COUNTRY: 300.0, PlaceKind.NATURAL: 5.0}.get(kind, 1.0)


def _geonames_names(place: Place, ascii_name: str, others: str) -> list[tuple[str, int]]:
    discount = _REGION_DISCOUNT if place.kind is PlaceKind.REGION else 1
    names = [(place.name, discount)]
    if ascii_name and ascii_name != place.name:
        names.append((ascii_name, discount))
    if others:
        names += [(name, _ALTERNATE_DISCOUNT) for name in others.split(",") if _is_name(name)]
    return names


def _is_name(name: str) -> bool:
    """Return whether an alternate name is one, not a link, a code or a keyboard romanisation ("bai lin")."""
    return len(name) > 2 and name[0] < _PAST_CYRILLIC and name[0].isupper() and not name.isupper() and "/" not in name


def _is_scanned(place: Place) -> bool:
    if place.kind is PlaceKind.SETTLEMENT:
        return place.population >= _SCANNED_FROM
    return place.kind is PlaceKind.COUNTRY or place.feature_code in _SCANNED_REGIONS


# --- CSV in the form of gazetteer.csv -------------------------------------------------------------------------------


def _csv_rows(path: Path, progress: Progress) -> Rows:
    size = max(1, path.stat().st_size)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        if not isinstance(head := _csv_cells(reader), list) or head != list(COLUMNS):
            raise GazetteerError(f"{path.name}:1: columns must be {','.join(COLUMNS)}")
        line = reader.line_num + 1
        while (cells := _csv_cells(reader)) is not None:
            if line % 1_000 == 0:
                progress(_READ * min(1.0, 100 * line / size), f"read {line:,} rows")
            if isinstance(cells, str):
                yield _Bad(line, cells)
            elif cells:
                yield _csv_row(line, cells)
            line = reader.line_num + 1


def _csv_cells(reader: Iterator[list[str]]) -> list[str] | str | None:
    """Return the next row, or the reason why it is none, or None at the end."""
    try:
        return next(reader, None)
    except csv.Error as error:
        lost = str(error) == "unexpected end of data"
        return "a quote is opened and never closed: the rest of the file is inside it" if lost else str(error)


def _csv_row(line: int, cells: list[str]) -> _Row | _Bad:
    try:
        "".join(cells).encode()
        row = read_row(cells, line)
        names = [(_checked_name(name), 1) for name in row.names]
    except UnicodeEncodeError:
        return _Bad(line, "not UTF-8")
    except GazetteerError as error:
        return _Bad(line, str(error))
    if row.is_stop:
        return _Bad(line, "feature_class X: stop rows belong into gazetteer.csv")
    return _Row(line, row.place, names)


# --- GeoJSON --------------------------------------------------------------------------------------------------------


def _geojson_rows(path: Path, progress: Progress) -> Rows:
    if path.stat().st_size > _LARGEST_GEOJSON:
        raise GazetteerError(f"{path.name}: is too large: GeoJSON is read whole, up to {_LARGEST_GEOJSON:,} bytes")
    progress(0.0, "reading GeoJSON")
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise GazetteerError(f"{path.name}: is not JSON: {error}") from None
    found = document.get("features") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise GazetteerError(f"{path.name}: is not a GeoJSON FeatureCollection")
    for number, feature in enumerate(found, start=1):
        if number % 1_000 == 0:
            progress(_READ * number / len(found), f"read {number:,} features")
        try:
            yield _geojson_row(number, feature)
        except GazetteerError as error:
            yield _Bad(number, str(error))


def _geojson_row(number: int, feature: Any) -> _Row:
    about = feature.get("properties") if isinstance(feature, dict) else None
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(about, dict) or not isinstance(shape, dict):
        raise GazetteerError("is not a feature with properties and a geometry")
    if not isinstance(about.get("name"), str):
        raise GazetteerError("has no name that is a string")
    name = _checked_name(about["name"])
    lat, lon, radius, is_area = _shape(shape)
    class_ = str(about.get("feature_class") or ("A" if is_area else "P"))
    code = str(about.get("feature_code") or "")
    country = str(about.get("country_code") or "")
    if country and country not in country_codes():
        raise GazetteerError(f"country_code {country[:40]!r} is unknown")
    place = Place(
        place_id=str(about.get("place_id") or _hashed(name, lat, lon)),
        name=name,
        kind=_geonames_kind(class_, code),
        lat=lat,
        lon=lon,
        radius_km=_positive(about.get("radius_km"), radius),
        feature_class=class_,
        feature_code=code,
        country_code=country,
        admin1_code=str(about.get("admin1_code") or ""),
        parent_id=str(about.get("parent_id") or (f"country:{country}" if country else "")),
        population=int(_positive(about.get("population"), 0.0)),
        source=str(about.get("source") or "geojson"),
    )
    return _Row(number, place, [(n, 1) for n in (name, *_aliases(about.get("aliases")))])


def _hashed(name: str, lat: float, lon: float) -> str:
    """Return an id made of the content: a feature's own is often 1, 2, 3, in every file anew."""
    return f"geojson:{blake2b(f'{name}|{lat}|{lon}'.encode(), digest_size=6).hexdigest()}"


def _positive(value: Any, default: float) -> float:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e11:
        raise GazetteerError(f"{str(value)[:40]!r} is not a number from 0")
    return float(value)


def _aliases(value: Any) -> list[str]:
    names = value.split("|") if isinstance(value, str) else value or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise GazetteerError("aliases are neither a list of names nor names with | between them")
    return [_checked_name(name) for name in names if name.strip()]


def _shape(shape: Mapping[str, Any]) -> tuple[float, float, float, bool]:
    """Return latitude, longitude and radius in km of a point (1 km) or of polygons, and whether it is an area."""
    kind, coordinates = shape.get("type"), shape.get("coordinates")
    if kind == "Point":
        lon, lat = _position(coordinates)
        return lat, lon, 1.0, False
    if kind not in {"Polygon", "MultiPolygon"}:
        raise GazetteerError(f"geometry {str(kind)[:40]} is neither Point nor Polygon nor MultiPolygon")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons or not all(isinstance(p, list) and p for p in polygons):
        raise GazetteerError("the polygon has no ring")
    outer = [polygon[0] for polygon in polygons]
    if not all(isinstance(ring, list) for ring in outer):
        raise GazetteerError("the polygon has no ring")
    return *_middle([[_position(point) for point in ring] for ring in outer]), True


def _position(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) < 2 or any(isinstance(v, bool | str) for v in value[:2]):
        raise GazetteerError("a coordinate is not [longitude, latitude]")
    return _degrees(value[0], "longitude", 180), _degrees(value[1], "latitude", 90)


def _middle(rings: list[list[tuple[float, float]]]) -> tuple[float, float, float]:
    """Return the centroid (lat, lon) of outer rings, weighed by area, and the radius of a circle of their area."""
    points = [point for ring in rings for point in ring]
    if not points or any(len(ring) < 4 for ring in rings):
        raise GazetteerError("a polygon's ring has fewer than four points")
    longitudes = [lon for lon, _ in points]
    shift = 360.0 if max(longitudes) - min(longitudes) > 180 else 0.0  # cut at the date line, as RFC 7946 has it
    lon0, lat0 = points[0]
    area = moment_x = moment_y = 0.0
    for ring in rings:
        xy = [((lon + shift if lon < 0 else lon) - lon0, lat - lat0) for lon, lat in ring]
        parts = [(x1 * y2 - x2 * y1, x1 + x2, y1 + y2) for (x1, y1), (x2, y2) in pairwise(xy)]
        sign = math.copysign(1.0, sum(part[0] for part in parts))
        area += sign * sum(cross for cross, _, _ in parts) / 2
        moment_x += sign * sum(cross * x for cross, x, _ in parts) / 6
        moment_y += sign * sum(cross * y for cross, _, y in parts) / 6
    if area <= 1e-12:
        raise GazetteerError("the polygon has no area")
    lat, lon = lat0 + moment_y / area, (lon0 + moment_x / area + 180) % 360 - 180
    km2 = area * 111.195**2 * math.cos(math.radians(lat))
    return round(lat, 6), round(lon, 6), round(math.sqrt(km2 / math.pi), 1)


# --- importing ------------------------------------------------------------------------------------------------------

_READERS: Mapping[str, Callable[[Path, Progress], Rows]] = {
    "geonames": _geonames_rows,
    "csv": _csv_rows,
    "geojson": _geojson_rows,
}
_SUFFIXES = {".csv": "csv", ".geojson": "geojson", ".json": "geojson", ".txt": "geonames", ".tsv": "geonames"}


def layers_folder() -> Path:
    """Return the folder of the imported layers: $DATELINE_LAYERS, else ``gazetteer`` in the data folder."""
    return Path(os.environ.get("DATELINE_LAYERS") or data_folder() / "gazetteer")


def import_layer(
    path: Path,
    *,
    name: str | None = None,
    format_: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> LayerInfo:
    """Compile a file into a layer; one of the same name is replaced and keeps its turn.

    ``name`` is by default the file's, ``format_`` one of ``FORMATS``, by default told from the file's suffix.
    ``progress`` hears of the share done, 0 to 1. Bad rows are left out, counted and the first of them named. The same
    file under the same name is not compiled again.

    Raises:
        GazetteerError: the file cannot be read, is not of that format or holds no good row; the name is no name; the
            folder cannot be written.
    """
    progress, folder = progress or (lambda share, text: None), folder or layers_folder()
    layer, kind = _layer_name(path.stem if name is None else name, given=name is not None), _format(path, format_)
    try:
        key = _content_key(path, kind)
        present = {info.name: info for info in list_layers(folder)}
        if layer in present and present[layer].key == key and _is_sound(folder / f"{layer}-{key}"):
            return present[layer]
        number = present[layer].number if layer in present else 1 + max((i.number for i in present.values()), default=0)
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        built = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    except OSError as error:
        raise GazetteerError(f"{path}: {error.strerror or error}") from error
    try:
        info = LayerInfo(layer, kind, path.name, 0, 0, 0, (), key, number)
        info = _compile(built, _READERS[kind](path, progress), info, progress)
        _publish(built, folder, info, present.get(layer))
        progress(1.0, "imported")
        return info
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(f"{folder}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(built, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Delete what imports that were killed left behind a day ago or earlier; those at work are younger."""
    for left in folder.glob(".*-*"):
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)


def _layer_name(name: str, *, given: bool) -> str:
    plain = name if given else re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:41]
    if not _NAME.fullmatch(plain):
        raise GazetteerError(f"{name!r} is no name for a layer: letters, digits, - and _, up to 41")
    return plain


def _format(path: Path, format_: str | None) -> str:
    kind = format_ or _SUFFIXES.get(path.suffix.lower(), "")
    if kind not in FORMATS:
        raise GazetteerError(f"{path.name}: its format is not known: name one of {', '.join(FORMATS)}")
    return kind


def _content_key(path: Path, kind: str) -> str:
    digest = blake2b(f"{_CODE_VERSION} {kind}\0".encode(), digest_size=8)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _compile(built: Path, rows: Rows, info: LayerInfo, progress: Progress) -> LayerInfo:
    """Write ``places.sqlite``, ``scan.marisa`` and ``layer.json`` into an empty folder."""
    db = _database(built)
    try:
        bad, first_bad = _stage(db, rows)
        progress(_READ, "sorting names")
        bad, first_bad = _drop_repeated(db, bad, first_bad)
        places, names = _sort_names(db, progress)
        if not places:
            first = f": line {first_bad[0][0]}: {first_bad[0][1]}" if first_bad else ""
            raise GazetteerError(f"{info.source}: holds no place that can be used{first}")
        progress(_SORTED, "writing names to search text for")
        forms = (row[0] for row in db.execute("SELECT DISTINCT form FROM staged.scanned ORDER BY form"))
        marisa_trie.Trie(forms).save(str(built / "scan.marisa"))
    finally:
        db.close()
    (built / "staging.sqlite").unlink()
    info = replace(info, places=places, names=names, bad=bad, first_bad=tuple(first_bad))
    (built / "layer.json").write_text(json.dumps(asdict(info) | {"sums": _sums(built)}), encoding="utf-8")
    return info


def _database(built: Path) -> sqlite3.Connection:
    db = sqlite3.connect(built / "places.sqlite", isolation_level=None)
    db.execute("ATTACH ? AS staged", (str(built / "staging.sqlite"),))
    for schema in ("main", "staged"):
        db.execute(f"PRAGMA {schema}.journal_mode = OFF")
        db.execute(f"PRAGMA {schema}.synchronous = OFF")
        db.execute(f"PRAGMA {schema}.cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA temp_store = FILE")
    db.execute(f"CREATE TABLE places (id INTEGER PRIMARY KEY, {', '.join(PLACE_CELLS)})")
    db.execute("CREATE TABLE names (form TEXT, place INTEGER, weight INTEGER, PRIMARY KEY (form, place)) WITHOUT ROWID")
    db.execute("CREATE TABLE staged.names (form TEXT, place INTEGER, weight INTEGER)")
    db.execute("CREATE TABLE staged.scanned (form TEXT, place INTEGER)")
    return db


def _stage(db: sqlite3.Connection, rows: Rows) -> tuple[int, list[tuple[int, str]]]:
    """Write the good rows unsorted; return how many are bad and the first of those."""
    holders = ", ".join("?" * (len(PLACE_CELLS) + 1))
    cells = attrgetter(*PLACE_CELLS)
    bad = 0
    first_bad: list[tuple[int, str]] = []
    while batch := list(islice(rows, _BATCH)):
        good = [row for row in batch if isinstance(row, _Row)]
        refused = [(row.line, row.reason) for row in batch if isinstance(row, _Bad)]
        bad += len(refused)
        first_bad += refused[: _REPORTED - len(first_bad)]
        db.execute("BEGIN")
        db.executemany(f"INSERT INTO places VALUES ({holders})", ((r.line, *cells(r.place)) for r in good))  # noqa: S608
        db.executemany("INSERT INTO staged.names VALUES (?, ?, ?)", (name for r in good for name in _forms(r)))
        db.executemany("INSERT INTO staged.scanned VALUES (?, ?)", (form for r in good for form in _scanned(r)))
        db.execute("COMMIT")
    return bad, first_bad


def _forms(row: _Row) -> Iterator[tuple[str, int, int]]:
    for name, discount in row.names:
        weight = row.place.population // discount
        for form in spellings(name):
            yield form, row.line, weight


def _scanned(row: _Row) -> Iterator[tuple[str, int]]:
    if not row.scanned:
        return
    for name, _ in row.names:
        if not is_code(name):
            for form in scan_forms(name.removeprefix("the ")):
                if row.chosen or (len(form) > 2 and not is_common(form)):
                    yield form, row.line


def _drop_repeated(
    db: sqlite3.Connection, bad: int, first_bad: list[tuple[int, str]]
) -> tuple[int, list[tuple[int, str]]]:
    """Leave out the rows whose id an earlier row has, and count them as bad."""
    db.execute("CREATE INDEX by_place_id ON places (place_id)")
    db.execute(
        "CREATE TEMP TABLE repeated AS SELECT id, place_id, first FROM "
        "(SELECT id, place_id, MIN(id) OVER (PARTITION BY place_id) AS first FROM places) WHERE id <> first"
    )
    [count] = db.execute("SELECT COUNT(*) FROM repeated").fetchone()
    if count:
        found = db.execute("SELECT id, place_id, first FROM repeated ORDER BY id LIMIT ?", (_REPORTED,))
        first_bad = first_bad + [(line, f"{id_!r} is already on line {first}") for line, id_, first in found]
        for table, column in (("main.places", "id"), ("staged.names", "place"), ("staged.scanned", "place")):
            db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM repeated)")  # noqa: S608
    return bad + count, sorted(first_bad)[:_REPORTED]


def _sort_names(db: sqlite3.Connection, progress: Progress) -> tuple[int, int]:
    """Move the names into their table in order, so that it is written once from front to back."""
    db.execute("INSERT INTO names SELECT form, place, MAX(weight) FROM staged.names GROUP BY form, place")
    progress((_READ + _SORTED) / 2, "counting")
    [places], [names] = (db.execute(f"SELECT COUNT(*) FROM main.{t}").fetchone() for t in ("places", "names"))  # noqa: S608
    return places, names


def _sums(folder: Path) -> dict[str, int]:
    """Return a check sum of the small file and the length of the large one."""
    return {
        "scan.marisa": zlib.crc32((folder / "scan.marisa").read_bytes()),
        "places.sqlite": (folder / "places.sqlite").stat().st_size,
    }


def _is_sound(folder: Path) -> bool:
    """Return whether the files are as they were written: a cut trie would crash the process that maps it."""
    try:
        return _read_info(folder)[1] == _sums(folder)
    except (OSError, GazetteerError):
        return False


def _publish(built: Path, folder: Path, info: LayerInfo, replaced: LayerInfo | None) -> None:
    """Move a finished layer to its place, then take away the one that it replaces."""
    target = folder / f"{info.name}-{info.key}"
    if target.exists():  # it is damaged, or another process was faster
        _discard(target)
    built.rename(target)
    if replaced is not None and replaced.key != info.key:
        _discard(folder / f"{replaced.name}-{replaced.key}")


def _discard(folder: Path) -> None:
    """Take a layer away at once, then delete its files."""
    gone = Path(tempfile.mkdtemp(prefix=".removed-", dir=folder.parent))
    folder.rename(gone / folder.name)
    shutil.rmtree(gone, ignore_errors=True)


# --- reading --------------------------------------------------------------------------------------------------------


class FileLayer:
    """A compiled layer, read-only; may be shared by threads, and pickles as its folder.

    ``wins`` is whether it answers alone: CSV and GeoJSON do, whose owner chose every name; a GeoNames table joins the
    world, or importing the United States would move Paris to Texas.
    """

    def __init__(self, folder: Path) -> None:
        """Open the folder.

        Raises:
            GazetteerError: a file of it is missing or damaged.
        """
        self.folder = folder
        self.info, _ = _read_info(folder)
        if not _is_sound(folder):
            raise GazetteerError(f"imported gazetteer {self.info.name!r} is damaged: import it again or remove it")
        self.wins = self.info.format != "geonames"
        self.fingerprint = f"{self.info.name}:{self.info.key}"
        self._db = sqlite3.connect(
            f"{(folder / 'places.sqlite').resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self.prefixes: Callable[[str], list[str]] = marisa_trie.Trie().mmap(str(folder / "scan.marisa")).prefixes

    def __reduce__(self) -> tuple[type["FileLayer"], tuple[Path]]:
        """Pickle as the path: a worker process opens the same files."""
        return FileLayer, (self.folder,)

    def find(self, normal: str) -> list[Place]:
        """Return the places of a normal name, the largest first, at most a hundred."""
        query = (
            f"SELECT {', '.join(PLACE_CELLS)} FROM names JOIN places ON places.id = names.place WHERE form = ? "  # noqa: S608
            f"ORDER BY weight DESC, place_id LIMIT {_MOST_ANSWERS}"
        )
        return [_place(cells) for cells in self._db.execute(query, (normal,))]

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id, or None."""
        query = f"SELECT {', '.join(PLACE_CELLS)} FROM places WHERE place_id = ?"  # noqa: S608
        cells = self._db.execute(query, (place_id,)).fetchone()
        return None if cells is None else _place(cells)


def _place(cells: Sequence[Any]) -> Place:
    place = Place(*cells)
    return replace(place, kind=PlaceKind(place.kind))


def _read_info(folder: Path) -> tuple[LayerInfo, dict[str, int]]:
    try:
        cells = json.loads((folder / "layer.json").read_text(encoding="utf-8"))
        sums = cells.pop("sums")
        first_bad = tuple((line, reason) for line, reason in cells.pop("first_bad"))
        return LayerInfo(**cells, first_bad=first_bad), sums
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise GazetteerError(f"{folder}: is no imported gazetteer: remove the folder") from error


def list_layers(folder: Path | None = None) -> list[LayerInfo]:
    """Return the imported layers, the one that answers first at the head.

    Raises:
        GazetteerError: one has lost its description.
    """
    return sorted((_read_info(path)[0] for path in _folders(folder)), key=lambda info: (info.number, info.name))


def layers_stamp(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the layers' folders, which change with their content: cheap to compare."""
    return tuple(path.name for path in _folders(folder))


def open_layers(folder: Path | None = None) -> list[FileLayer]:
    """Open the imported layers, the one that answers first at the head; none without the folder.

    Raises:
        GazetteerError: one is damaged.
    """
    opened = [FileLayer(path) for path in _folders(folder)]
    return sorted(opened, key=lambda layer: (layer.info.number, layer.info.name))


def remove_layer(name: str, folder: Path | None = None) -> None:
    """Remove a layer.

    Raises:
        GazetteerError: there is none of that name, or it cannot be removed.
    """
    found = [path for path in _folders(folder) if path.name.rpartition("-")[0] == name]
    if not found:
        raise GazetteerError(f"{name!r}: no imported gazetteer has this name")
    try:
        for path in found:
            _discard(path)
    except OSError as error:
        raise GazetteerError(f"{name}: cannot be removed: {error.strerror}") from error


def _folders(folder: Path | None) -> list[Path]:
    root = folder or layers_folder()
    return sorted(path for path in root.glob("[A-Za-z0-9]*-*") if path.is_dir()) if root.is_dir() else []
