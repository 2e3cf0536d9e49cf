"""Import a generated GeoNames table: `python benchmarks/import_gazetteer.py [ROWS]`, 12 million by default.

Prints rows a second, the peak of memory in MiB and the size of the layer, one JSON object a line. The rows are as
``allCountries.txt`` has them: two fifths populated places, most without inhabitants, every third with other names.
12 million rows took 11 minutes and 98 MiB on one core of two (measured); the table has 1.2 GB, its layer 2.1 GB and
more while it is being sorted.
"""

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from geo.layers import FileLayer, import_layer

SYLLABLES = "ka ro mi len bur dov sta pel tor ny gra hov shi va lun der ost ber zak mol kry iv san mar".split()
COUNTRIES = "UA RU PL US CN IN ID MX BR FR DE ES TR IR PK NG".split()
CLASSES = [("P", "PPL")] * 4 + [("H", "STM"), ("T", "MT"), ("S", "SCH"), ("S", "FRM"), ("L", "LCTY"), ("A", "ADM3")]


def write_table(path: Path, rows: int, seed: int = 7) -> None:
    """Write a table of ``rows`` rows, the same for the same seed."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number in range(1, rows + 1):
            file.write("\t".join(row(number, chance)) + "\n")


def row(number: int, chance: random.Random) -> list[str]:
    """Return the 19 cells of one row."""
    name = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize()
    others = f"{name}ka,{name[:-1]}é" if number % 3 == 0 else ""
    class_, code = chance.choice(CLASSES)
    population = chance.randint(1, 90_000) if class_ == "P" and number % 20 == 0 else 0
    lat, lon = chance.uniform(-60, 70), chance.uniform(-180, 180)
    head = [str(number), name, name, others, f"{lat:.5f}", f"{lon:.5f}", class_, code, chance.choice(COUNTRIES)]
    return [*head, "", f"{number % 50:02d}", "", "", "", str(population), "", "100", "Europe/Kyiv", "2024-01-01"]


def peak_mib() -> float:
    """Return the most memory that this process has held at once, in MiB (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Write the table, import it, look a name up, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("rows", nargs="?", type=int, default=12_000_000)
    parser.add_argument("--folder", type=Path, help="where to work; by default a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        table = Path(folder) / "generated.txt"
        write_table(table, arguments.rows)
        before, start = peak_mib(), time.perf_counter()
        info = import_layer(table, folder=Path(folder) / "layers")
        seconds = time.perf_counter() - start
        layer = FileLayer(next((Path(folder) / "layers").glob("generated-*")))
        start = time.perf_counter()
        found = layer.find("kamilen")
        micro = (time.perf_counter() - start) * 1e6
        size = sum(p.stat().st_size for p in layer.folder.iterdir()) / 1e6
    figures = {
        "rows": info.places + info.bad,
        "names": info.names,
        "seconds": round(seconds, 1),
        "rows per second": round(arguments.rows / seconds),
        "peak MiB": round(peak_mib(), 1),
        "peak MiB before": round(before, 1),
        "layer MB": round(size, 1),
        "first look-up µs": round(micro),
        "places of it": len(found),
    }
    for name, value in figures.items():
        print(json.dumps({"name": f"import: {name}", "value": value, "goal": None}, ensure_ascii=False))


if __name__ == "__main__":
    main()
