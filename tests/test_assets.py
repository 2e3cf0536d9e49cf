import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geo.assets
from geo.assets import FOLDER
from geo.maps import ASSETS


def test_the_map_looks_for_the_files_where_streamlit_serves_them() -> None:
    component = geo.assets.serve_assets()
    assert f"../{component.name}" == ASSETS
    assert Path(component.path) == FOLDER


def test_nothing_in_the_folder_reaches_beyond_it() -> None:
    others = {"leaflet.js", "leaflet.css", "world.js"}
    ours = [f for f in FOLDER.rglob("*") if f.suffix in {".html", ".js", ".css"} and f.name not in others]
    assert len(ours) > 4
    for file in ours:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|innerHTML|insertAdjacentHTML|document\.write|eval\(", text), file


def test_every_file_is_named_with_its_origin() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [f.name for f in FOLDER.iterdir() if f.name not in readme and f.name != "README.md"] == []


def test_the_land_is_small_enough_to_ship() -> None:
    assert len(gzip.compress((FOLDER / "world.js").read_bytes())) < 1_500_000


def read_world() -> dict[str, Any]:
    text = (FOLDER / "world.js").read_text(encoding="ascii")
    world: dict[str, Any] = json.loads(text[text.index("{", text.index("world =")) : text.rindex(";")])
    return world


def read_shapes() -> dict[str, int]:
    shapes: dict[str, int] = json.loads((FOLDER / "shapes.json").read_text(encoding="ascii"))
    return shapes


def test_crimea_lies_in_ukraine() -> None:
    world, shapes = read_world(), read_shapes()
    ukraine, crimea, russia = (set(flat(world["shapes"][shapes[key]])) for key in ("UA", "UA.11", "RU"))
    assert world["regionLabels"][shapes["UA.11"]][0].endswith("Crimea")
    assert crimea & ukraine, "its coast is Ukraine's"
    assert not crimea & russia


def flat(polygons: list[list[list[int]]]) -> Iterator[int]:
    return (a if a >= 0 else ~a for polygon in polygons for ring in polygon for a in ring)


def test_shapes_and_boxes_and_lines_belong_together() -> None:
    world, shapes = read_world(), read_shapes()
    assert len(world["boxes"]) == len(world["shapes"])
    assert len(world["lines"]) == len(world["arcs"])
    assert len(world["regionLabels"]) == world["nRegions"]
    assert len(world["countryLabels"]) == len(world["shapes"]) - world["nRegions"]
    assert max(shapes.values()) < len(world["shapes"])
    assert all(number >= world["nRegions"] for code, number in shapes.items() if "." not in code)
    assert world["countryLabels"][shapes["UA"] - world["nRegions"]][0] == "Ukraine"
    assert world["regionLabels"][shapes["UA.07"]][0] == "Kharkiv"
