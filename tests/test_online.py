"""The online layer over real HTTP, against a stand-in server on this computer."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geo import __version__
from geo.__main__ import main
from geo.build import Config, build_if_stale
from geo.errors import GazetteerError, UnknownPlaceError
from geo.geoparse import geoparse
from geo.model import Place, PlaceKind
from geo.online import OnlineGazetteer, offline, open_online, with_online
from tests.reading import gazetteer

UNKNOWN = "Qwertyhorod"

VILLAGE = {
    "place_id": 7,
    "osm_type": "node",
    "osm_id": 256,
    "lat": "49.21",
    "lon": "37.25",
    "class": "place",
    "type": "village",
    "addresstype": "village",
    "name": UNKNOWN,
    "display_name": f"{UNKNOWN}, Ukraine",
    "address": {"country_code": "ua"},
    "extratags": {"population": "321"},
    "boundingbox": ["49.20", "49.22", "37.24", "37.26"],
}
FEATURE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [37.25, 49.21]},
    "properties": {
        "osm_type": "R",
        "osm_id": 9,
        "osm_key": "boundary",
        "osm_value": "administrative",
        "type": "state",
        "name": UNKNOWN,
        "countrycode": "UA",
        "extent": [37.0, 50.0, 38.0, 49.0],
    },
}


@dataclass
class Server:
    """What the stand-in answers, and what it was asked: path, query and User-Agent of each request."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"[]"
    before: Callable[[], object] = lambda: None
    drip: threading.Event | None = None
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)

    def answer(self, document: Any) -> None:
        self.body = json.dumps(document).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    standing = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            standing.asked.append((parts.path, parse_qs(parts.query), self.headers["User-Agent"]))
            standing.before()
            with suppress(OSError):  # the client has gone: what a time-out looks like from here
                self.reply()

        def reply(self) -> None:
            self.send_response(standing.status)
            for name, value in standing.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if standing.drip is None:
                self.wfile.write(standing.body)
                return
            while not standing.drip.wait(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    standing.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield standing
    if standing.drip:
        standing.drip.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def connect(server: Server, tmp_path: Path) -> Iterator[Callable[..., OnlineGazetteer]]:
    opened: list[OnlineGazetteer] = []

    def make(service: str = "nominatim", url: str | None = None, **options: Any) -> OnlineGazetteer:
        opened.append(OnlineGazetteer(service, url or server.url, tmp_path / "cache" / "online.sqlite", **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


Connect = Callable[..., OnlineGazetteer]


# --- answers ---


def test_nominatim_answers_become_places(server: Server, connect: Connect) -> None:
    server.answer([VILLAGE])
    assert connect().lookup(UNKNOWN) == [
        Place(
            place_id="osm:node:256",
            name=UNKNOWN,
            kind=PlaceKind.SETTLEMENT,
            lat=49.21,
            lon=37.25,
            radius_km=1.3,
            feature_class="P",
            feature_code="PPL",
            country_code="UA",
            parent_id="country:UA",
            population=321,
            source="online:nominatim",
        )
    ]
    [(path, query, agent)] = server.asked
    assert (path, query["q"], agent) == ("/search", [UNKNOWN], f"dateline/{__version__}")


def test_photon_answers_become_places(server: Server, connect: Connect) -> None:
    server.answer({"type": "FeatureCollection", "features": [FEATURE]})
    [place] = connect("photon").lookup(UNKNOWN)
    assert (place.place_id, place.kind, place.source) == ("osm:relation:9", PlaceKind.REGION, "online:photon")
    assert (place.lat, place.lon, place.country_code, place.feature_code) == (49.21, 37.25, "UA", "ADM1")
    assert place.radius_km == pytest.approx(66.2, abs=0.5)
    assert server.asked[0][0] == "/api"
    assert server.asked[0][2] == f"dateline/{__version__}"


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"type": "city"}, PlaceKind.SETTLEMENT),
        ({"type": "state"}, PlaceKind.REGION),
        ({"type": "country"}, PlaceKind.COUNTRY),
        ({"type": "island"}, PlaceKind.NATURAL),
        ({"type": "yard"}, PlaceKind.OTHER),
        ({"class": "boundary", "type": "administrative", "addresstype": "country"}, PlaceKind.COUNTRY),
        ({"class": "boundary", "type": "administrative", "addresstype": "town"}, PlaceKind.SETTLEMENT),
        ({"class": "boundary", "type": "administrative", "addresstype": "state"}, PlaceKind.REGION),
        ({"class": "boundary", "type": "national_park", "addresstype": "park"}, PlaceKind.OTHER),
        ({"class": "waterway", "type": "river"}, PlaceKind.NATURAL),
        ({"class": "natural", "type": "peak"}, PlaceKind.NATURAL),
        ({"class": "aeroway", "type": "aerodrome"}, PlaceKind.FACILITY),
        ({"class": "power", "type": "plant"}, PlaceKind.FACILITY),
    ],
)
def test_kinds_come_from_class_and_type(
    change: dict[str, str], kind: PlaceKind, server: Server, connect: Connect
) -> None:
    server.answer([VILLAGE | change])
    assert [place.kind for place in connect().lookup(UNKNOWN)] == [kind]


@pytest.mark.parametrize(
    "change",
    [
        {"class": "highway", "type": "residential"},
        {"class": "amenity", "type": "restaurant"},
        {"lat": "nan"},
        {"lat": "91"},
        {"name": "bad\x00name"},
        {"osm_id": "1; DROP TABLE"},
        {"osm_type": "page"},
    ],
)
def test_what_is_no_place_is_passed_over(change: dict[str, str], server: Server, connect: Connect) -> None:
    server.answer([VILLAGE | change, VILLAGE | {"osm_id": 1}])
    assert [place.place_id for place in connect().lookup(UNKNOWN)] == ["osm:node:1"]


def test_a_country_is_asked_for(server: Server, connect: Connect) -> None:
    server.answer([VILLAGE, VILLAGE | {"osm_id": 1, "address": {"country_code": "pl"}}])
    online = connect()
    assert [p.country_code for p in online.lookup(UNKNOWN, "UA")] == ["UA"]
    assert server.asked[0][1]["countrycodes"] == ["ua"]
    assert len(online.lookup(UNKNOWN)) == 2  # another question


@pytest.mark.parametrize("name", ["", "x", "  ", "y" * 500, "half \ud800", "nul\0"])
def test_what_cannot_be_a_name_is_not_asked(name: str, server: Server, connect: Connect) -> None:
    assert connect().lookup(name) == []
    assert server.asked == []


# --- the cache ---


@pytest.mark.parametrize("answer", [[VILLAGE], []])
def test_an_answer_is_asked_for_once(answer: list[Any], server: Server, connect: Connect) -> None:
    server.answer(answer)
    first = connect().lookup(UNKNOWN)
    server.answer([VILLAGE | {"osm_id": 999}])
    assert connect().lookup(f"  {UNKNOWN.upper()} ") == first  # another process, after the world has changed
    assert len(server.asked) == 1
    assert len(first) == len(answer)


def test_services_and_servers_have_answers_of_their_own(server: Server, connect: Connect) -> None:
    server.answer([VILLAGE])
    connect().lookup(UNKNOWN)
    server.answer({"features": []})
    assert connect("photon").lookup(UNKNOWN) == []
    assert connect(url=f"{server.url}/sub").fingerprint != connect().fingerprint
    assert len(server.asked) == 2


def test_a_cache_that_is_no_database_is_made_anew(server: Server, connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "online.sqlite").write_bytes(b"no database" * 100)
    server.answer([VILLAGE])
    assert connect().lookup(UNKNOWN)
    assert connect().lookup(UNKNOWN)
    assert len(server.asked) == 1


def test_without_a_folder_for_the_cache_it_still_answers(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    server.answer([VILLAGE])
    online = OnlineGazetteer("nominatim", server.url, tmp_path / "file" / "online.sqlite")
    assert online.lookup(UNKNOWN) == online.lookup(UNKNOWN) != []
    assert len(server.asked) == 1
    online.close()


# --- what goes wrong ---


def refuse(server: Server) -> None:
    server.url = "http://127.0.0.1:9"  # discard: nothing listens there


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda s: setattr(s, "status", 429), "HTTP 429"),
        (lambda s: setattr(s, "status", 500), "HTTP 500"),
        (lambda s: setattr(s, "status", 503), "HTTP 503"),
        (lambda s: setattr(s, "body", b"<html>busy</html>"), "not JSON"),
        (lambda s: setattr(s, "body", b"[" * 100_000), "not JSON"),
        (lambda s: setattr(s, "body", b'"text"'), "no list of places"),
        (lambda s: setattr(s, "body", b"[1, 2]"), "no list of places"),
        (lambda s: setattr(s, "body", b'[{"lat": {}, "lon": []}]'), "no place of the answer has a point"),
        (lambda s: setattr(s, "body", b"\xff\xfe[]"), "not UTF-8"),
        (lambda s: setattr(s, "body", b" " * 2_100_000), "longer than 2,000,000 bytes"),
        (lambda s: s.headers.update({"Content-Length": "99"}), "cut short"),
        (lambda s: setattr(s, "drip", threading.Event()), "no answer within 0.3 s"),
        (refuse, "refused"),
    ],
)
def test_a_failure_is_one_line_and_no_place(
    spoil: Callable[[Server], object],
    reason: str,
    server: Server,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    right = server.url
    spoil(server)
    online = connect(timeout_s=0.3)
    assert online.lookup(UNKNOWN) == online.lookup("Asdfhorod") == []
    [record] = caplog.records
    assert reason in record.getMessage()
    assert "\n" not in record.getMessage()
    if server.drip:
        server.drip.set()
    asked, server.drip, server.status, server.url = len(server.asked), None, 200, right
    server.headers.clear()
    server.answer([VILLAGE])
    assert connect().lookup(UNKNOWN), "a failure is not kept"
    assert len(server.asked) == asked + 1


def test_a_server_that_never_answers_is_left_in_time(
    server: Server, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    hold = threading.Event()
    server.before = hold.wait
    start = time.monotonic()
    assert connect(timeout_s=0.2).lookup(UNKNOWN) == []
    assert time.monotonic() - start < 5
    assert "no answer within 0.2 s" in caplog.text
    hold.set()


def test_after_three_failures_in_a_row_nothing_more_is_asked(
    server: Server, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    online = connect()
    names = [f"{UNKNOWN} {letter}" for letter in "abcdefgh"]
    server.status = 429
    assert [online.lookup(name) for name in names[:2]] == [[], []]
    server.status = 200
    server.answer([VILLAGE])
    assert online.lookup(names[2])  # so the count begins anew
    server.status = 429
    assert [online.lookup(name) for name in names[3:]] == [[]] * 5
    assert len(server.asked) == 6
    assert len(caplog.records) == 1
    assert online.lookup(names[2]), "what is known is told all the same"


# --- courtesy ---


@pytest.mark.parametrize(
    ("url", "delay"),
    [(None, 1.0), ("https://example.org/n", 1.0), ("http://127.0.0.1:1", 0.0), ("http://localhost:1", 0.0)],
)
def test_public_servers_are_asked_once_a_second(url: str | None, delay: float, tmp_path: Path) -> None:
    online = OnlineGazetteer("photon", url, tmp_path / "online.sqlite")
    assert online._geocode.min_delay_seconds == delay  # type: ignore[attr-defined]
    online.close()


def test_requests_keep_their_distance(server: Server, connect: Connect) -> None:
    times: list[float] = []
    server.before = lambda: times.append(time.monotonic())
    online = connect(delay_s=0.2)
    online.lookup(UNKNOWN)
    online.lookup("Asdfhorod")
    assert times[1] - times[0] >= 0.19


# --- behind the offline layers ---


def test_only_what_no_offline_layer_knows_is_asked(server: Server, connect: Connect) -> None:
    server.answer([VILLAGE])
    both = with_online(gazetteer(), connect())
    known = ("Izyum", "Ukraine", "Telegram", "Ukrainian", "Izyum region", "Volokhiv Yar", "")
    assert [both.lookup(name) for name in known] == [gazetteer().lookup(name) for name in known]
    assert server.asked == []
    [place] = both.lookup(UNKNOWN)
    assert place.source == "online:nominatim"
    assert both.get_place(place.place_id) == place
    assert both.get_place("country:UA").name == "Ukraine"
    with pytest.raises(UnknownPlaceError):
        both.get_place("osm:node:404")


def test_all_else_is_the_gazetteers_own(server: Server, connect: Connect) -> None:
    both = with_online(gazetteer(), connect())
    assert list(both.scan("To Izyum")) == [(3, 8)]
    assert both.demonym("Ukrainian") == gazetteer().demonym("Ukrainian")
    assert offline(both) is offline(gazetteer()) is gazetteer()
    assert both.fingerprint.startswith(gazetteer().fingerprint)
    assert both.fingerprint != gazetteer().fingerprint


def test_it_is_off_unless_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    monkeypatch.delenv("DATELINE_ONLINE", raising=False)
    assert open_online() is None
    monkeypatch.setenv("DATELINE_ONLINE", "photon")
    monkeypatch.setenv("DATELINE_ONLINE_URL", "http://127.0.0.1:1")
    online = open_online()
    assert online is not None
    assert online.fingerprint == "photon http://127.0.0.1:1"
    online.close()
    assert open_online("none") is None


@pytest.mark.parametrize(
    ("service", "url", "line"),
    [
        ("google", None, "online service 'google' is unknown: one of nominatim, photon"),
        ("photon", "file:///etc/passwd", "online server 'file:///etc/passwd' is not an address like "),
        ("photon", "example.org", "online server 'example.org' is not an address like "),
        ("photon", "http://a b", "online server 'http://a b' is not an address like "),
        ("photon", "http://[::1", "online server 'http://[::1' is not an address like "),
        ("photon", "http://h:99999", "online server 'http://h:99999' is not an address like "),
    ],
)
def test_a_wrong_choice_is_named(service: str, url: str | None, line: str) -> None:
    with pytest.raises(GazetteerError) as caught:
        open_online(service, url)
    assert str(caught.value).startswith(line)


def test_what_was_read_once_is_read_the_same_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.online.cache_folder", lambda: tmp_path)
    server.answer([VILLAGE])
    text = f"Ukraine said it had retaken {UNKNOWN} near Izyum. Shelling hit {UNKNOWN}."
    record = {"id": 1, "text": text, "mentions": [{"start": 28, "end": 39}, {"start": 45, "end": 50}]}
    first = geoparse(record, Config(model="none", online="nominatim", online_url=server.url))
    assert [m["place_id"] for m in first["mentions"]] == ["osm:node:256", "gn:707292"]
    server.status = 500
    monkeypatch.setattr("geo.build._opened", {})  # as in another process
    assert geoparse(record, Config(model="none", online="nominatim", online_url=server.url)) == first
    assert len(server.asked) == 1
    assert geoparse(record, Config(model="none", online="none"))["mentions"][0]["place_id"] is None


def test_a_build_is_stale_when_the_service_changes(
    server: Server, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.online.cache_folder", lambda: tmp_path)
    (reports / "a.txt").write_text("Ukraine took Izyum on 10 September 2022.")
    data, config = tmp_path / "data", Config(model="none", online="photon", online_url=server.url)
    assert build_if_stale(reports, data, Config(model="none")).fresh
    assert build_if_stale(reports, data, config).fresh
    assert not build_if_stale(reports, data, config).fresh


def test_the_command_line_asks_where_it_is_told_to(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("geo.online.cache_folder", lambda: tmp_path)
    server.answer([VILLAGE])
    assert main(["place", UNKNOWN]) == 1
    assert server.asked == []
    assert main(["place", UNKNOWN, "--online", "nominatim", "--online-url", server.url, "--json"]) == 0
    assert '"place_id": "osm:node:256"' in capsys.readouterr().out
    monkeypatch.setenv("DATELINE_ONLINE", "nominatim")
    monkeypatch.setenv("DATELINE_ONLINE_URL", server.url)
    assert main(["place", UNKNOWN]) == 0
    assert main(["place", UNKNOWN, "--online", "none"]) == 1
    assert main(["gazetteer", "lookup", UNKNOWN]) == 1, "what the layers know"
    assert len(server.asked) == 1


def test_on_the_command_line_the_line_goes_to_standard_error(tmp_path: Path) -> None:
    script = f"from geo.online import open_online; open_online('photon', 'http://127.0.0.1:9').lookup('{UNKNOWN}')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == ""
    assert done.stderr.startswith("Online place names: 127.0.0.1:9: ")
    assert done.stderr.count("\n") == 1


def test_its_answers_are_logged_nowhere_else(
    server: Server, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.answer([VILLAGE])
    connect().lookup(UNKNOWN)
    assert caplog.records == []
