"""The last layer of places, off by default: OpenStreetMap's names asked over the network through geopy.

A name that no offline layer knows is sent to Nominatim or Photon, at most one a second to a public server, and the
answer is kept on disk, so that the same build gives the same map without asking again. Whatever goes wrong there
costs one line and no build.
"""

import json
import logging
import math
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from email.message import Message
from hashlib import blake2b
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, urlsplit
from urllib.request import Request

from geopy.adapters import AdapterHTTPError, URLLibAdapter
from geopy.distance import great_circle
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim, Photon

from geo import __version__
from geo.errors import GazetteerError, UnknownPlaceError
from geo.gazetteer import Gazetteer
from geo.model import Place, PlaceKind
from geo.resources import cache_folder
from geo.world import country_codes, normal_name

__all__ = ["NO_SERVICE", "SERVICES", "OnlineGazetteer", "offline", "open_online", "with_online"]

SERVICES = ("nominatim", "photon")
NO_SERVICE = "none"
"""The name that asks for no service, even where the environment names one."""

_HOSTS = {"nominatim": "https://nominatim.openstreetmap.org", "photon": "https://photon.komoot.io"}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TIMEOUT_S = 10.0
_DELAY_S = 1.0  # Nominatim's usage policy: no more than one request a second
_FAILURES = 3  # in a row, after which a run asks no more
_ANSWERS = 10  # places asked for a name
_LONGEST_NAME = 120  # characters
_LONGEST_ANSWER = 2_000_000  # bytes

_log = logging.getLogger(__name__)


# --- HTTP -----------------------------------------------------------------------------------------------------------


class _Adapter(URLLibAdapter):  # type: ignore[misc]  # geopy ships no types
    """geopy's plain adapter with an end to every request: geopy's own waits for each packet anew and reads it all."""

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Return a Nominatim list or a Photon collection."""
        try:
            answer = json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError):
            raise GeocoderParseError("the answer is not JSON") from None
        found = answer.get("features") if isinstance(answer, dict) else answer
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise GeocoderParseError("the answer is no list of places")
        pointed = [item for item in found if _has_point(item)]  # one without would make geopy throw the others away
        if found and not pointed:
            raise GeocoderParseError("no place of the answer has a point")
        return {"features": pointed} if isinstance(answer, dict) else pointed

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Return the body of an answer, read to its end within ``timeout`` seconds for each step and for all."""
        deadline = time.monotonic() + timeout
        try:
            with self.urlopen(Request(url, headers=dict(headers)), timeout=timeout) as page:  # noqa: S310 - http(s) only, checked
                return _read(page, deadline).decode("utf-8")
        except HTTPError as error:
            with error:
                raise AdapterHTTPError(
                    f"HTTP {error.code} {error.reason}", status_code=error.code, headers=_lower(error.headers), text=""
                ) from None
        except TimeoutError:
            raise GeocoderTimedOut(f"no answer within {timeout:g} s") from None
        except URLError as error:
            late = isinstance(error.reason, TimeoutError)
            raise GeocoderServiceError(f"no answer within {timeout:g} s" if late else f"{error.reason}") from None
        except UnicodeDecodeError:
            raise GeocoderParseError("the answer is not UTF-8") from None
        except (OSError, HTTPException) as error:
            raise GeocoderServiceError(f"{type(error).__name__}: {error}") from None


def _has_point(item: Mapping[str, Any]) -> bool:
    lat, lon = (item.get("lat"), item.get("lon")) if "lat" in item else _photon_point(item)
    return _degrees(lat, 90) is not None and _degrees(lon, 180) is not None


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _read(page: Any, deadline: float) -> bytes:
    body = b""
    while chunk := page.read1(65_536):
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            raise GeocoderParseError(f"the answer is longer than {_LONGEST_ANSWER:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError
    if getattr(page, "length", None):  # "[]" of a longer answer would be kept as "no such place"
        raise GeocoderServiceError("the answer is cut short")
    return body


def _address(service: str, url: str | None) -> SplitResult:
    """Return the parts of a server's address.

    Raises:
        GazetteerError: it is no http or https address, or the service is none of ``SERVICES``.
    """
    if service not in SERVICES:
        raise GazetteerError(f"online service {service!r} is unknown: one of {', '.join(SERVICES)}")
    address = (url or _HOSTS[service]).rstrip("/")
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment or not address.isprintable() or " " in address:
        raise GazetteerError(f"online server {address!r} is not an address like http://127.0.0.1:8080")
    return parts


# --- answers to places ----------------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PLACE_WORDS = {
    "country": PlaceKind.COUNTRY,
    **dict.fromkeys(
        "state region province county district state_district municipality department subdistrict".split(),
        PlaceKind.REGION,
    ),
    **dict.fromkeys(
        "city town village hamlet suburb quarter neighbourhood borough city_district city_block isolated_dwelling "
        "farm allotments locality".split(),
        PlaceKind.SETTLEMENT,
    ),
    **dict.fromkeys("island islet archipelago peninsula sea ocean".split(), PlaceKind.NATURAL),
}
_FIRST_ORDER = frozenset("state region province".split())
_WATER = frozenset("water waterway bay strait sea ocean".split())
# Streets and shops are called after places everywhere, and reports do not mean them
_PASSED_OVER = frozenset("highway shop office craft".split())
_PASSED_OVER_TYPES = frozenset("restaurant cafe bar pub fast_food house".split())
_OSM_TYPES = {"N": "node", "W": "way", "R": "relation", "node": "node", "way": "way", "relation": "relation"}
_FEATURES = {
    PlaceKind.SETTLEMENT: ("P", "PPL"),
    PlaceKind.COUNTRY: ("A", "PCLI"),
    PlaceKind.FACILITY: ("S", ""),
    PlaceKind.OTHER: ("L", ""),
}
_RADII_KM = {PlaceKind.SETTLEMENT: 2.0, PlaceKind.REGION: 30.0, PlaceKind.COUNTRY: 300.0, PlaceKind.NATURAL: 10.0}
_LARGEST_TOWN_KM, _LARGEST_KM = 25.0, 5000.0


def _nominatim_places(raw: Mapping[str, Any]) -> Iterator[Place]:
    kind_of = (raw.get("class", raw.get("category")), raw.get("type"), raw.get("addresstype"))
    address, extra = _mapping(raw.get("address")), _mapping(raw.get("extratags"))
    box = raw.get("boundingbox")
    south, north, west, east = box if isinstance(box, list) and len(box) == 4 else (None,) * 4
    yield from _places(
        osm=(raw.get("osm_type"), raw.get("osm_id")),
        kind_of=kind_of,
        name=raw.get("name") or str(raw.get("display_name", "")).split(",", 1)[0],
        point=(raw.get("lat"), raw.get("lon")),
        box=(south, west, north, east),
        country=address.get("country_code"),
        population=extra.get("population"),
        service="nominatim",
    )


def _photon_places(raw: Mapping[str, Any]) -> Iterator[Place]:
    about = _mapping(raw.get("properties"))
    box = about.get("extent")
    west, north, east, south = box if isinstance(box, list) and len(box) == 4 else (None,) * 4
    yield from _places(
        osm=(about.get("osm_type"), about.get("osm_id")),
        kind_of=(about.get("osm_key"), about.get("osm_value"), about.get("type")),
        name=about.get("name"),
        point=_photon_point(raw),
        box=(south, west, north, east),
        country=about.get("countrycode"),
        population=None,
        service="photon",
    )


def _photon_point(raw: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return latitude and longitude of a GeoJSON point, which has them the other way round, or (None, None)."""
    point = _mapping(raw.get("geometry")).get("coordinates")
    return (point[1], point[0]) if isinstance(point, list) and len(point) in (2, 3) else (None, None)


def _places(
    *,
    osm: tuple[Any, Any],
    kind_of: tuple[Any, Any, Any],
    name: Any,
    point: tuple[Any, Any],
    box: tuple[Any, Any, Any, Any],
    country: Any,
    population: Any,
    service: str,
) -> Iterator[Place]:
    """Yield the place of one answer, or nothing where it lacks an id, a name or a point, or is a street or shop."""
    class_, type_, word = (str(part or "").lower() for part in kind_of)
    lat, lon = _degrees(point[0], 90), _degrees(point[1], 180)
    osm_type = _OSM_TYPES.get(str(osm[0]))
    if class_ in _PASSED_OVER or type_ in _PASSED_OVER_TYPES or osm_type is None or not str(osm[1]).isdecimal():
        return
    if lat is None or lon is None or not isinstance(name, str) or not name.strip() or _CONTROL.search(name):
        return
    kind = _kind(class_, type_, word)
    feature_class, feature_code = _feature(kind, class_, type_, word)
    code = country.upper() if isinstance(country, str) and country.upper() in country_codes() else ""
    yield Place(
        place_id=f"osm:{osm_type}:{osm[1]}",
        name=name.strip()[:_LONGEST_NAME],
        kind=kind,
        lat=lat,
        lon=lon,
        radius_km=_radius(kind, box),
        feature_class=feature_class,
        feature_code=feature_code,
        country_code=code,
        parent_id=f"country:{code}" if code and kind is not PlaceKind.COUNTRY else "",
        population=int(population) if str(population).isdecimal() and len(str(population)) < 11 else 0,
        source=f"online:{service}",
    )


def _kind(class_: str, type_: str, word: str) -> PlaceKind:
    """Return what an OpenStreetMap object is; ``word`` is the service's own for what a boundary encloses."""
    if class_ == "place":
        return _PLACE_WORDS.get(type_, PlaceKind.OTHER)
    if class_ == "boundary":
        return _PLACE_WORDS.get(word, PlaceKind.REGION if type_ == "administrative" else PlaceKind.OTHER)
    return PlaceKind.NATURAL if class_ in {"natural", "water", "waterway"} else PlaceKind.FACILITY


def _feature(kind: PlaceKind, class_: str, type_: str, word: str) -> tuple[str, str]:
    if kind is PlaceKind.REGION:
        return "A", "ADM1" if {type_, word} & _FIRST_ORDER else "ADM2"
    if kind is PlaceKind.NATURAL:
        return ("H" if {class_, type_} & _WATER else "T"), ""
    return _FEATURES[kind]


def _radius(kind: PlaceKind, box: tuple[Any, Any, Any, Any]) -> float:
    """Return half the diagonal of a bounding box in km, a town's at most 25; without a box what its kind suggests."""
    south, north = _degrees(box[0], 90), _degrees(box[2], 90)
    west, east = _degrees(box[1], 180), _degrees(box[3], 180)
    if south is None or west is None or north is None or east is None:
        return _RADII_KM.get(kind, 1.0)
    half = float(great_circle((south, west), (north, east)).km) / 2
    return round(min(max(half, 0.1), _LARGEST_TOWN_KM if kind is PlaceKind.SETTLEMENT else _LARGEST_KM), 1)


def _degrees(value: Any, limit: int) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return round(number, 6) if math.isfinite(number) and -limit <= number <= limit else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# --- the cache ------------------------------------------------------------------------------------------------------


class _Cache:
    """Answers on disk, one row a query; the first answer stays. Where the folder cannot be written, in memory."""

    _SCHEMA = (
        "CREATE TABLE IF NOT EXISTS answers (query TEXT PRIMARY KEY, places TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS places (place_id TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID",
    )

    def __init__(self, path: Path) -> None:
        self._db = self._open(path)

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._connect(str(path))
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:  # a file that is no database: nothing in it is lost
                path.unlink()
                return self._connect(str(path))
        except (OSError, sqlite3.Error):
            return self._connect(":memory:")

    def _connect(self, path: str) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            for statement in self._SCHEMA:
                db.execute(statement)
        except sqlite3.Error:
            db.close()
            raise
        return db

    def find(self, query: str) -> list[Place] | None:
        """Return the places kept for a query, [] where the service knew none, None where it was never asked."""
        try:
            row = self._db.execute("SELECT places FROM answers WHERE query = ?", (query,)).fetchone()
            return None if row is None else [_place(cells) for cells in json.loads(row[0])]
        except (sqlite3.Error, ValueError, TypeError, KeyError):  # a damaged file is as good as none
            return None

    def keep(self, query: str, places: list[Place]) -> list[Place]:
        """Keep an answer and return the one that counts: another process may have been faster."""
        cells = [asdict(place) for place in places]
        with suppress(sqlite3.Error):  # a full disk: asked again next time
            self._db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?)", (query, json.dumps(cells)))
            rows = [(place["place_id"], json.dumps(place)) for place in cells]
            self._db.executemany("INSERT OR IGNORE INTO places VALUES (?, ?)", rows)
            counts = self.find(query)
            return places if counts is None else counts
        return places

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id that was once an answer, or None."""
        row = self._db.execute("SELECT place FROM places WHERE place_id = ?", (place_id,)).fetchone()
        return None if row is None else _place(json.loads(row[0]))

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _place(cells: Mapping[str, Any]) -> Place:
    return Place(**{**cells, "kind": PlaceKind(cells["kind"])})


# --- asking ---------------------------------------------------------------------------------------------------------


class OnlineGazetteer:
    """OpenStreetMap's places by name, from a Nominatim or Photon server; may be shared by threads.

    ``fingerprint`` names the service and server, for keys of builds. The first failure of a run is logged as one
    warning; after three in a row nothing more is asked. Failures are not kept, so the next run asks again.
    """

    def __init__(
        self,
        service: str,
        url: str | None = None,
        cache: Path | None = None,
        *,
        timeout_s: float = _TIMEOUT_S,
        delay_s: float | None = None,
    ) -> None:
        """Connect to nothing yet.

        ``url`` is an own server's address, None for the public one; ``cache`` the SQLite file of answers, by default
        ``online.sqlite`` in the cache folder; ``delay_s`` the least time between requests, by default 1 s and none
        for a server on this computer.

        Raises:
            GazetteerError: the service is unknown or ``url`` no http address.
        """
        parts = _address(service, url)
        self.service, self.fingerprint = service, f"{service} {parts.geturl()}"
        self._host, self._timeout = parts.netloc.rpartition("@")[2], timeout_s
        own = parts.hostname in _LOOPBACK
        coder = (Nominatim if service == "nominatim" else Photon)(
            scheme=parts.scheme,
            domain=f"{parts.netloc}{parts.path}",
            user_agent=f"dateline/{__version__}",
            timeout=timeout_s,
            proxies={} if own else None,
            adapter_factory=_Adapter,
        )
        delay = delay_s if delay_s is not None else 0.0 if own else _DELAY_S
        self._geocode: Callable[..., Any] = RateLimiter(
            coder.geocode,
            min_delay_seconds=delay,
            max_retries=0,
            error_wait_seconds=max(5.0, delay),
            swallow_exceptions=False,
        )
        self._cache = _Cache(cache or cache_folder() / "online.sqlite")
        self._lock = threading.Lock()
        self._failures, self._told = 0, False

    def lookup(self, name: str, country_code: str = "") -> list[Place]:
        """Return what a name may mean, in the service's order; [] where it knows none or cannot be asked.

        ``country_code`` (ISO 3166, two letters) leaves out the places of other countries.
        """
        words = " ".join(name.split())
        if not words.isprintable() or not 1 < len(words) <= _LONGEST_NAME:
            return []
        query = "\n".join((self.fingerprint, country_code.upper(), normal_name(words)))
        with self._lock:
            known = self._cache.find(query)
            if known is not None or self._failures >= _FAILURES:
                return known or []
            try:
                places = self._ask(words, country_code)
            except (GeopyError, ValueError, TypeError, LookupError, AttributeError) as error:
                self._fail(error)
                return []
            self._failures = 0
            return self._cache.keep(query, places)

    def get(self, place_id: str) -> Place | None:
        """Return the place of an id ("osm:node:1") that was once an answer, or None."""
        with self._lock:
            return self._cache.get(place_id)

    def close(self) -> None:
        """Close the cache."""
        self._cache.close()

    def _ask(self, name: str, country_code: str) -> list[Place]:
        if self.service == "nominatim":
            found = self._geocode(
                name,
                exactly_one=False,
                limit=_ANSWERS,
                addressdetails=True,
                extratags=True,
                language="en",
                country_codes=country_code.lower() or None,
            )
            places = [place for location in found or () for place in _nominatim_places(location.raw)]
        else:
            found = self._geocode(name, exactly_one=False, limit=_ANSWERS, language="en")
            places = [place for location in found or () for place in _photon_places(location.raw)]
        distinct = {place.place_id: place for place in places}
        return [place for place in distinct.values() if country_code.upper() in ("", place.country_code)]

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        if not self._told:
            self._told = True
            reason = " ".join(str(error).split())[:120] if isinstance(error, GeopyError) else "the answer is garbage"
            _log.warning(
                "Online place names: %s: %s; such names stay without a place, and after %d failures in a row nothing "
                "more is asked",
                self._host,
                reason,
                _FAILURES,
            )


def open_online(service: str | None = None, url: str | None = None) -> OnlineGazetteer | None:
    """Open the service that was chosen, else the one in $DATELINE_ONLINE (and $DATELINE_ONLINE_URL), else None.

    Raises:
        GazetteerError: the service is unknown or the address no http address.
    """
    chosen = service or os.environ.get("DATELINE_ONLINE") or NO_SERVICE
    if chosen == NO_SERVICE:
        return None
    return OnlineGazetteer(chosen, url or os.environ.get("DATELINE_ONLINE_URL") or None)


# --- behind the offline layers --------------------------------------------------------------------------------------

_KIND_WORDS = frozenset("region oblast province prefecture governorate county state district republic river".split())


class _WithOnline:
    """A gazetteer whose look-ups ask online where every offline layer is empty; all else is the gazetteer's."""

    def __init__(self, gazetteer: Gazetteer, online: OnlineGazetteer) -> None:
        self._offline, self._online = gazetteer, online
        key = blake2b(online.fingerprint.encode(), digest_size=4).hexdigest()
        self.fingerprint = f"{gazetteer.fingerprint}-{key}"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # while it is being copied there is no gazetteer yet
            raise AttributeError(name)
        return getattr(self._offline, name)

    def lookup(self, name: str, **options: Any) -> list[Place]:
        """Return what a name may mean, as the gazetteer does, or else as the service does."""
        return self._offline.lookup(name, **options) or self._ask(name)

    def lookup_all(self, name: str) -> list[Place]:
        """Return what a name may mean in every layer, as the gazetteer does, or else as the service does."""
        return self._offline.lookup_all(name) or self._ask(name)

    def get_place(self, place_id: str) -> Place:
        """Return the place of an id, also one that the service once gave."""
        try:
            return self._offline.get_place(place_id)
        except UnknownPlaceError:
            place = self._online.get(place_id)
            if place is None:
                raise
            return place

    def _ask(self, name: str) -> list[Place]:
        return self._online.lookup(name) if self._is_unknown(name) else []

    def _is_unknown(self, name: str) -> bool:
        """Return whether no offline layer has anything to say: no small town, no stop row, no nationality.

        "Izyum region" is known where "Izyum" is: resolving tries such phrases before the name itself.
        """
        head, _, kind = normal_name(name).rpartition(" ")
        names = (name, head) if head and kind in _KIND_WORDS else (name,)
        gazetteer = self._offline
        return not any(gazetteer.is_stop(n) or gazetteer.lookup_all(n) or gazetteer.demonym(n) for n in names)


def with_online(gazetteer: Gazetteer, online: OnlineGazetteer) -> Gazetteer:
    """Return an object with a gazetteer's methods whose ``lookup`` and ``lookup_all`` fall back on ``online``.

    It is asked only for names of which no offline layer knows anything.
    """
    return cast(Gazetteer, _WithOnline(gazetteer, online))  # by its methods; a base class would need its index


def offline(gazetteer: Gazetteer) -> Gazetteer:
    """Return the offline part: names are recognised without the network, only resolved with it."""
    return gazetteer._offline if isinstance(gazetteer, _WithOnline) else gazetteer
