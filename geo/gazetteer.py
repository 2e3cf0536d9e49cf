"""Layers of places under one index: what a name may mean.

The curated layer is a spreadsheet, ``gazetteer.csv``, that a user edits; it wins over the compiled world of
``geo.world``. :func:`load_gazetteer` opens both.
"""

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Protocol

import marisa_trie

from geo.errors import GazetteerError, UnknownPlaceError
from geo.model import Place, PlaceKind
from geo.resources import resource
from geo.world import (
    TYPE_WORDS,
    Layer,
    Progress,
    World,
    country_codes,
    fold,
    is_code,
    normal_name,
    open_world,
    scan_forms,
    spellings,
    without_marks,
)

__all__ = [
    "COLUMNS",
    "CuratedRow",
    "Gazetteer",
    "ImportedLayer",
    "load_gazetteer",
    "normal_name",
    "read_curated",
    "read_row",
]

COLUMNS = (
    "place_id",
    "name",
    "aliases",
    "feature_class",
    "feature_code",
    "country_code",
    "admin1_code",
    "lat",
    "lon",
    "radius_km",
    "parent_id",
    "metonym_of",
    "source",
)
"""The columns of a curated layer."""


# --- the curated layer ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CuratedRow:
    """One row of ``gazetteer.csv``: a place, its other names, and the line of the file on which the row begins."""

    place: Place
    aliases: tuple[str, ...]
    line: int

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the place, its own first."""
        return (self.place.name, *self.aliases)

    @property
    def is_stop(self) -> bool:
        """Whether the row says that its names are no place (feature class X)."""
        return self.place.feature_class == "X"


def read_curated(path: Path) -> list[CuratedRow]:
    """Read a curated layer: UTF-8, comma-separated, the columns of ``gazetteer.csv``.

    Cells are data: none is executed or used as a template.

    Raises:
        GazetteerError: the file cannot be used; one line "file:line: reason" for each broken row.
    """
    faults: list[str] = []
    rows: list[CuratedRow] = []
    for line, cells in _read_cells(path):
        try:
            rows.append(read_row(cells, line))
        except GazetteerError as error:
            faults.append(f"{path.name}:{line}: {error}")
    faults += [f"{path.name}:{line}: {reason}" for line, reason in _conflicts(rows)]
    if faults:
        raise GazetteerError(
            "\n".join(sorted(faults, key=lambda fault: int(fault.removeprefix(path.name).split(":")[1])))
        )
    return rows


def _read_cells(path: Path) -> list[tuple[int, list[str]]]:
    """Return (line, cells) of every row under a right header; blank lines are passed over."""
    text = _read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        header = next(reader, [])
        if missing := [column for column in COLUMNS if column not in header]:
            raise GazetteerError(f"{path.name}:1: missing column {', '.join(missing)}")
        if header != list(COLUMNS):
            raise GazetteerError(f"{path.name}:1: columns must be {','.join(COLUMNS)}")
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return found
            if cells:
                found.append((line, cells))
    except csv.Error as error:
        raise GazetteerError(f"{path.name}:{line}: {error}") from error


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise GazetteerError(f"{path.name}: {error.strerror}") from error
    if b"\0" in raw:
        raise GazetteerError(f"{path.name}:{raw[: raw.index(0)].count(10) + 1}: NUL byte")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GazetteerError(f"{path.name}:{raw[: error.start].count(10) + 1}: not UTF-8") from error


def read_row(cells: list[str], line: int) -> CuratedRow:
    """Read the cells of one row.

    Raises:
        GazetteerError: they are not right; the text is the reason.
    """
    if len(cells) != len(COLUMNS):
        raise GazetteerError(f"{len(cells)} cells instead of {len(COLUMNS)}")
    row = {column: cell.strip() for column, cell in zip(COLUMNS, cells, strict=True)}
    if not row["place_id"]:
        raise GazetteerError("place_id is empty")
    if not normal_name(row["name"]):
        raise GazetteerError("name is empty")
    lat, lon = _number(row, "lat", -90, 90), _number(row, "lon", -180, 180)
    if (lat is None) != (lon is None):
        raise GazetteerError("lat and lon must both be given or both be empty")
    place = Place(
        place_id=row["place_id"],
        name=row["name"],
        kind=_kind(row["feature_class"], row["feature_code"]),
        lat=lat,
        lon=lon,
        radius_km=_number(row, "radius_km", 0, 20_040) or 0.0,
        feature_class=row["feature_class"],
        feature_code=row["feature_code"],
        country_code=_country_code(row["country_code"]),
        admin1_code=row["admin1_code"],
        parent_id=row["parent_id"],
        metonym_of=row["metonym_of"],
        source=row["source"],
    )
    return CuratedRow(place, tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip()), line)


def _number(row: Mapping[str, str], column: str, low: float, high: float) -> float | None:
    cell = row[column]
    if not cell:
        return None
    try:
        number = float(cell)
    except ValueError:
        raise GazetteerError(f"{column} {cell!r} is not a number") from None
    if not math.isfinite(number) or not low <= number <= high:
        raise GazetteerError(f"{column} {cell} is not between {low} and {high}")
    return number


def _country_code(code: str) -> str:
    if code and code not in country_codes():
        raise GazetteerError(f"country_code {code!r} is unknown")
    return code


_KINDS = {
    "P": PlaceKind.SETTLEMENT,
    "S": PlaceKind.FACILITY,
    "H": PlaceKind.NATURAL,
    "T": PlaceKind.NATURAL,
    "X": PlaceKind.OTHER,
}


def _kind(feature_class: str, feature_code: str) -> PlaceKind:
    """Return what a place is by its GeoNames feature class and code."""
    if feature_class == "A":
        return PlaceKind.COUNTRY if feature_code.startswith("PCL") else PlaceKind.REGION
    if feature_class == "L":
        return PlaceKind.REGION if feature_code.startswith("RGN") else PlaceKind.OTHER
    if feature_class not in _KINDS:
        raise GazetteerError(f"feature_class {feature_class!r} is unknown: one of A, H, L, P, S, T, X")
    return _KINDS[feature_class]


def _conflicts(rows: list[CuratedRow]) -> Iterator[tuple[int, str]]:
    """Yield (line, reason) where rows contradict each other."""
    lines: dict[str, int] = {}
    claims: dict[tuple[str, str], CuratedRow] = {}
    for row in rows:
        if (first := lines.setdefault(row.place.place_id, row.line)) != row.line:
            yield row.line, f"place_id {row.place.place_id!r} is already on line {first}"
        for name in row.names:
            owner = claims.setdefault((normal_name(name), row.place.feature_class), row)
            if owner is not row:
                yield row.line, f"name {name!r} is already claimed by {owner.place.place_id} on line {owner.line}"
    for row in rows:
        for column, target in (("parent_id", row.place.parent_id), ("metonym_of", row.place.metonym_of)):
            if target and target not in lines and not _is_country(target):
                yield row.line, f"{column} {target!r} is unknown"


def _is_country(place_id: str) -> bool:
    return place_id.startswith("country:") and place_id.removeprefix("country:") in country_codes()


# --- the index ------------------------------------------------------------------------------------------------------

_CAPITALS = "".join(c for c in map(chr, (*range(0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00))) if c.isupper())
_ARTICLE = "the "
# A name begins with a capital that no letter stands before; "the West" begins before its capital.
_START = re.compile(rf"(?<![^\W_])(?<!\w['’])(?:[{_CAPITALS}]|{_ARTICLE}(?=[A-Z]))")
# It ends where no letter follows, nor an apostrophe inside a word (Luhans'ka), except the genitive's.
_END = re.compile(r"(?![^\W_])(?!['’ʼ](?![sS](?![^\W_]))[^\W\d_])")
# "Oxford, MS": what an abbreviation that is a word too stands after
_AFTER_NAME = re.compile(rf"(?<![^\W_])[{_CAPITALS}][\w'’.-]*, \Z")
_LONGEST_NAME = 72  # characters; the longest name of a town above 15,000 that text holds is shorter


_Groups = tuple[tuple[Layer, tuple[Place, ...]], ...]  # what a name may mean, layer by layer


class ImportedLayer(Protocol):
    """A layer that a user has imported, between the curated one and the world.

    With ``wins`` it answers alone; without, it joins what the world knows. ``prefixes(folded)`` are the names that
    text is searched for and that ``folded`` begins with.
    """

    wins: bool
    fingerprint: str
    prefixes: Callable[[str], list[str]]

    def find(self, normal: str) -> list[Place]:
        """Return the places of a normal name, best first."""

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id, or None."""


class Gazetteer:
    """Stacked layers of places: curated, then countries with their capitals, then regions, towns and airports.

    ``fingerprint`` is a hash of all that the layers were made from, for keys of caches and ledgers. Safe to share
    between threads; pickles as the curated rows and the path of the compiled world.
    """

    def __init__(
        self,
        curated: Iterable[CuratedRow],
        world: World,
        fingerprint: str,
        imported: Sequence[ImportedLayer] = (),
        aliases: Mapping[str, Place] | None = None,
    ) -> None:
        """Index the curated rows in memory above imported layers, the first to answer first, and an opened world.

        ``aliases`` are names to which an analyst has given a place: they mean that place alone.
        """
        self.fingerprint = fingerprint
        self._imported = tuple(imported)
        self._world = world
        self._aliases = dict(aliases or {})
        own = {name: replace(place, source="correction") for name, place in self._aliases.items()}
        self._given = {form: place for name, place in own.items() for form in spellings(name)}
        self._given_places = {place.place_id: place for place in own.values()}
        self._rows = tuple(_with_population(row, world) for row in curated)
        self._by_id = {row.place.place_id: row.place for row in self._rows if not row.is_stop}
        self._regions = {
            (place.country_code, place.admin1_code): place for place in self._by_id.values() if _is_first_order(place)
        }
        self._curated = _by_name(row for row in self._rows if not row.is_stop)
        stops = frozenset(_by_name(row for row in self._rows if row.is_stop))
        self._stops = stops - self._curated.keys() - self._given.keys()
        self._layers = lru_cache(maxsize=20_000)(self._find_layers)
        self._people = lru_cache(maxsize=20_000)(self._find_people)
        listed = [*(name for row in self._rows for name in row.names), *self._aliases]
        names = marisa_trie.Trie(sorted({form for name in listed for form in scan_forms(name)}))
        self._prefixes = _joined([names.prefixes, *(layer.prefixes for layer in self._imported)])
        self._articled = {fold(name) for name in listed if name.startswith(_ARTICLE)}
        self._codes = world.codes | {fold(name) for name in listed if is_code(name)}

    def __reduce__(self) -> tuple[type["Gazetteer"], tuple[object, ...]]:
        """Pickle without the index: 350 curated rows are indexed again in milliseconds."""
        return Gazetteer, (self._rows, self._world, self.fingerprint, self._imported, self._aliases)

    def lookup(self, name: str, *, small: bool = False) -> list[Place]:
        """Return what a name may mean in the first layer that knows it, best first; nothing for a stop row's name.

        Layers: curated; countries, capitals, continents and seas; regions, counties, towns from 15,000 inhabitants and
        airports together. With ``small``, towns from 500 and counties without the word ("Clinton") answer where none
        of these does. Best is first by population: a first-order region's counts a quarter, a second-order one's an
        eighth, a third of that where its seat bears the name, and another name's an eighth. Airports of one name come
        in the order of their towns' size.
        """
        layers = self._layers(name)
        return next((list(places) for layer, places in layers if small or layer is not Layer.SMALL), [])

    def lookup_all(self, name: str) -> list[Place]:
        """Return what a name may mean in every layer, towns from 500 inhabitants included, in layer order."""
        found = {place.place_id: place for _, places in self._layers(name) for place in places}
        return list(found.values())

    def lookup_in(self, name: str, country_code: str, admin1_code: str = "") -> list[Place]:
        """Return what a name may mean inside a country, or inside its first-order region, in every layer.

        For names already judged places in a report about that country: towns from 500 inhabitants and counties
        without the word ("Clinton") are among the answers, larger layers first.
        """
        return [
            place
            for place in self.lookup_all(name)
            if place.country_code == country_code
            and place.kind is not PlaceKind.COUNTRY
            and admin1_code in ("", place.admin1_code)
        ]

    def get_place(self, place_id: str) -> Place:
        """Return the place of an id.

        Raises:
            UnknownPlaceError: no layer holds it.
        """
        imported = (layer.get(place_id) for layer in self._imported if not _is_country(place_id))
        place = self._by_id.get(place_id) or next(filter(None, imported), None) or self._world.get(place_id)
        place = place or self._given_places.get(place_id)
        if place is None:
            raise UnknownPlaceError(f"{place_id!r}: no gazetteer layer holds this place")
        return place

    def demonym(self, word: str) -> Place | None:
        """Return the place whose people a word names: Ukrainian, Russians, European, Ohioan, Londoners."""
        return self._people(word)

    def is_stop(self, name: str) -> bool:
        """Return whether a stop row of the curated layer says that the name is no place."""
        return normal_name(name) in self._stops

    def is_curated(self, place: Place) -> bool:
        """Return whether a place comes from an analyst, the curated layer or an imported one that wins: final words."""
        if self._given_places.get(place.place_id) == place:
            return True
        wins = (layer for layer in self._imported if layer.wins)
        return place.place_id in self._by_id or any(layer.get(place.place_id) for layer in wins)

    def region_of(self, place: Place) -> Place | None:
        """Return the first-order region that a place lies in or is, or None."""
        seen: set[str] = set()
        here: Place | None = place
        while here is not None and here.place_id not in seen:
            if _is_first_order(here):
                return here
            seen.add(here.place_id)
            here = self._by_id.get(here.parent_id)
        key = (place.country_code, place.admin1_code)
        return self._regions.get(key) or self._world.region(*key)

    def town_points(self, country_code: str) -> tuple[tuple[float, float], ...]:
        """Return latitude and longitude of a country's towns from 15,000 inhabitants: where its people live."""
        return self._world.town_points(country_code)

    def scan(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the spans of known names in ``text``, leftmost first, the longest at each start, none overlapping.

        A name begins with a capital at the start of a word and ends at the end of one; capitals throughout match too,
        abbreviations such as US only so. Names of stop rows are passed over whole ("Kyiv" in "Kyiv Independent").
        Small towns and towns called as a common English word are left out.
        """
        folded = fold(text)
        done = 0
        for match in _START.finditer(text):
            start = match.start()
            if start < done:
                continue
            name = self._longest(text, folded, start)
            if name is None or (match.group() == _ARTICLE and self._is_longer_without(name, text, folded, start)):
                continue
            done = start + len(name)
            if name.removeprefix(_ARTICLE) not in self._stops:
                yield start, done

    def _longest(self, text: str, folded: str, start: int) -> str | None:
        """Return the longest known name at ``start`` in folded form."""
        window = folded[start : start + _LONGEST_NAME]
        names = self._world.prefixes(window) + self._prefixes(window)
        for name in sorted(names, key=len, reverse=True) if len(names) > 1 else names:
            end = start + len(name)
            if _END.match(text, end) and self._is_written_so(name, text[start:end]):
                if name in self._world.after_comma and not _AFTER_NAME.search(text, max(0, start - 40), start):
                    continue
                return name
        return None

    def _is_longer_without(self, name: str, text: str, folded: str, start: int) -> bool:
        """Return whether a longer name follows the article: "the West Bank" is not "the West"."""
        plain = self._longest(text, folded, start + len(_ARTICLE))
        return plain is not None and len(plain) > len(name) - len(_ARTICLE)

    def _is_written_so(self, name: str, written: str) -> bool:
        """Return whether capitals and article are right: not "us" as "Us", nor "the woodlands" as "the Woodlands"."""
        if written.startswith(_ARTICLE):
            return name in self._articled
        last = written.rpartition(" ")[2]
        if last in TYPE_WORDS and name not in self._prefixes(name):
            return False
        return name not in self._codes or written.isupper()

    def _find_people(self, word: str) -> Place | None:
        place = self._world.people(normal_name(word))
        return place and self._as_curated(place)

    def _find_layers(self, name: str) -> _Groups:
        normal = normal_name(name)
        if normal in self._stops:
            return ()
        plain = without_marks(normal)
        if given := self._given.get(normal) or self._given.get(plain):
            return ((Layer.CURATED, (given,)),)
        curated = self._curated.get(normal) or self._curated.get(plain, [])
        hits = [(Layer.CURATED, place) for place in curated]
        hits += [hit for hit in self._world.find(normal) or self._world.find(plain) if not self._is_replaced(hit[1])]
        groups = tuple(
            (layer, tuple(self._by_id.get(place.place_id, place) for _, place in group))
            for layer, group in groupby(hits, key=itemgetter(0))
            if layer is not Layer.DEMONYM
        )
        return self._with_imported(groups, normal, plain) if self._imported else groups

    def _with_imported(self, groups: _Groups, normal: str, plain: str) -> _Groups:
        """Return the answers with those of the imported layers between the curated one and the world."""
        curated = tuple(group for group in groups if group[0] is Layer.CURATED)
        world = groups[len(curated) :]
        own: _Groups = ()
        for layer in self._imported:
            hits = [self._known(place) for place in layer.find(normal) or layer.find(plain)]
            if hits and layer.wins:
                own += ((Layer.CURATED, tuple(hits)),)
            elif hits:
                world = _joining(hits, world)
        return curated + own + world

    def _known(self, place: Place) -> Place:
        """Return the curated row of an imported place, and of a country the world's."""
        country = self._world.get(place.place_id) if _is_country(place.place_id) else None
        return self._by_id.get(place.place_id) or country or place

    def _as_curated(self, place: Place) -> Place:
        """Return the curated layer's version of a place of the world, or the place itself."""
        if self._is_replaced(place):
            return self._regions[place.country_code, place.admin1_code]
        return self._by_id.get(place.place_id, place)

    def _is_replaced(self, place: Place) -> bool:
        """Return whether the curated layer has this first-order region under an id of its own."""
        ours = self._regions.get((place.country_code, place.admin1_code)) if _is_first_order(place) else None
        return ours is not None and ours.place_id != place.place_id


def _joined(searches: Sequence[Callable[[str], list[str]]]) -> Callable[[str], list[str]]:
    if len(searches) == 1:
        return searches[0]
    return lambda folded: [name for prefixes in searches for name in prefixes(folded)]


def _joining(hits: Sequence[Place], world: _Groups) -> _Groups:
    """Return the world's answers with a layer's that does not win; rows of the same id are the layer's.

    Before the world's come only those that have more inhabitants and are no rival of a country or capital, so that a
    hamlet called Ukraine is not the country.
    """
    if not world or world[0][0] not in (Layer.COUNTRY, Layer.TOWN):
        return ((Layer.CURATED, tuple(hits)), *world)
    (layer, places), *rest = world
    ours, known = {hit.place_id: hit for hit in hits}, {place.place_id for place in places}
    new = [hit for hit in hits if hit.place_id not in known]
    before = [hit for hit in new if layer is Layer.TOWN and hit.population > places[0].population]
    after = [hit for hit in new if hit not in before]
    return ((layer, (*before, *(ours.get(place.place_id, place) for place in places), *after)), *rest)


def _with_population(row: CuratedRow, world: World) -> CuratedRow:
    """Return the row with the inhabitants that GeoNames gives; the spreadsheet has no such column."""
    known = world.get(row.place.place_id)
    return row if known is None else replace(row, place=replace(row.place, population=known.population))


def _by_name(rows: Iterable[CuratedRow]) -> dict[str, list[Place]]:
    places: defaultdict[str, list[Place]] = defaultdict(list)
    for row in rows:
        for form in {form for name in row.names for form in spellings(name)}:
            places[form].append(row.place)
    for group in places.values():
        group.sort(key=lambda place: -place.population)
    return dict(places)


def _is_first_order(place: Place) -> bool:
    return place.feature_code == "ADM1"


def load_gazetteer(
    curated: Path | None = None,
    *,
    progress: Progress | None = None,
    imported: Sequence[ImportedLayer] = (),
    aliases: Mapping[str, Place] | None = None,
) -> Gazetteer:
    """Open the gazetteer: the curated file, by default the shipped ``gazetteer.csv``, above the compiled world.

    The first call on a machine compiles the world into the cache folder, about 20 s, of which ``progress`` hears
    (share done, 0 to 1, and what is being done); later ones open it in milliseconds.

    ``imported`` layers (``geo.layers.open_layers``) stand between the two, the first to answer first. ``aliases`` are
    names that mean one place alone, over every layer.

    Raises:
        GazetteerError: the curated file cannot be used.
    """
    path = curated or resource("gazetteer.csv")
    rows = read_curated(path)
    world = open_world(progress)
    print_of_rows = blake2b(path.read_bytes(), digest_size=8).hexdigest()
    prints = "".join(f"-{layer.fingerprint}" for layer in imported)
    if aliases:
        prints += f"-{blake2b(repr(sorted(aliases.items(), key=itemgetter(0))).encode(), digest_size=8).hexdigest()}"
    return Gazetteer(rows, world, f"{world.key}-{print_of_rows}{prints}", imported, aliases)
