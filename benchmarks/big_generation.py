"""Generations of any size for the benchmarks of the view, written as Parquet without going through rows of Python.

A report for every five claims, two origins in five reports, which say the same; 30,000 places, of which a few are in
most reports; a thousand days, the later ones fuller; words as frequent as words are. The same number gives the same
bytes. 10 million claims take some minutes and 2 GB of memory; their reports hold nothing but the sentences told of.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.cubes import write_indexes
from geo.events import TABLES, schema
from geo.model import EventType, Status
from geo.store import ORDERS, Generation, write_table

PLACES, DAYS, OUTLETS, PEOPLE, VOCABULARY = 30_000, 1_000, 400, 20_000, 30_000
FIRST_DAY = date(2020, 1, 1)
COUNTRIES = "UA RU FR DE SY IQ US SD ET CD MM AF YE SO ML".split()
FREQUENT = """troops town region military strike officials reported wounded village bridge artillery river evacuated
    hospital power station residents shelling overnight""".split()
STORIES = 10_000  # of a chunk, each told by two or three reports of five claims
SENTENCE = 20  # words
_Ints = NDArray[np.int64]


def open_generation(folder: Path, n_claims: int) -> Generation:
    """Return the generation of so many claims in a folder, made first if it is not there."""
    path = folder / str(n_claims) / "generations" / "0123456789abcdef"
    if not path.exists():
        _make(path, n_claims)
    return Generation(path, {})


def _make(path: Path, n_claims: int) -> None:
    draft = path.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    raw = {name: draft / f"{name}.raw" for name in ("claims", "reports", "mentions")}
    writers: dict[str, pq.ParquetWriter] = {}
    for chunk in _chunks(n_claims):
        for name, table in chunk.items():
            if name not in writers:
                writers[name] = pq.ParquetWriter(raw[name], table.schema, compression="lz4")
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()
    _write_tables(draft, raw)
    for file in raw.values():
        file.unlink()
    (draft / "meta.json").write_text(json.dumps({}))
    write_indexes(draft)
    draft.rename(path)


# --- rows, a chunk of stories at a time ---


def _chunks(n_claims: int) -> Iterator[dict[str, pa.Table]]:
    n_reports = max(1, n_claims // 5)
    words = pa.array(FREQUENT + [_pseudo_word(n) for n in range(VOCABULARY - len(FREQUENT))])
    filler = 15 if n_claims <= 1_000_000 else 0
    n_stories = (n_reports * 2 + 4) // 5
    for first in range(0, n_stories, STORIES):
        stories = range(first, min(first + STORIES, n_stories))
        reports = np.arange(-(-stories.start * 5 // 2), min(-(-stories.stop * 5 // 2), n_reports))
        yield _chunk(np.random.default_rng(first), reports, words, filler)


def _pseudo_word(n: int) -> str:
    syllables = "ba de ki lo mu na pe ri so tu va ze cha sho".split()
    word = ""
    n += 200
    while n:
        n, at = divmod(n, len(syllables))
        word += syllables[at]
    return word


def _chunk(rng: np.random.Generator, reports: _Ints, words: pa.Array, filler: int) -> dict[str, pa.Table]:
    story = reports * 2 // 5
    facts = _facts(rng, np.unique(story), words)
    report = np.repeat(reports, 5)
    fact = (np.repeat(story - story[0], 5) * 5) + np.tile(np.arange(5), len(reports))
    sentences = facts["text"].take(pa.array(fact))
    lengths = pc.utf8_length(sentences).to_numpy().reshape(-1, 5)
    ends = np.cumsum(lengths + 1, axis=1) - 1
    start, end = (ends - lengths).ravel(), ends.ravel()
    ids = _hex(report * 5 + np.tile(np.arange(5), len(reports)), 1)
    origin_ids = _prefixed("o", np.repeat(story, 5))
    claims = facts.take(pa.array(fact)).append_column("claim_id", ids)
    of_claim = {
        "report_id": _hex(report, 2),
        "report": _names(report),
        "start": start,
        "end": end,
        "status": _drawn(rng, [s.value for s in Status], len(report), [0.6, 0.3, 0.06, 0.04]),
        "claimant": _people(rng, len(report)),
        "origin_id": origin_ids,
        "place_start": start,
        "place_end": start + 5,
    }
    for name, values in of_claim.items():
        claims = claims.append_column(name, pa.array(values))
    text = _joined(sentences, 5)
    if filler:
        more = _sentences(rng, len(reports), filler * SENTENCE, words)
        text = pc.binary_join_element_wise(text, more, "\n")
    published = facts["day"].to_numpy()[fact][::5] + rng.integers(0, 3, len(reports))
    told = {
        "report_id": _hex(reports, 2),
        "report": _names(reports),
        "title": _sentences(rng, len(reports), 7, words),
        "outlet": _prefixed("Outlet ", (rng.random(len(reports)) ** 3 * OUTLETS).astype(np.int64)),
        "published": _days(published),
        "origin_id": _prefixed("o", story),
        "origin": pa.array(np.array(["Reuters", "AP", "AFP", "", ""])[story % 5]),
        "text": text,
    }
    mentions = {"report_id": of_claim["report_id"], "start": start, "end": start + 5, "place_id": claims["place_id"]}
    return {"claims": claims, "reports": pa.table(told), "mentions": pa.table(mentions)}


def _facts(rng: np.random.Generator, stories: _Ints, words: pa.Array) -> pa.Table:
    """Return the five things that each story tells: where, when, what, in which words."""
    n = len(stories) * 5
    place = (rng.random(n) ** 3 * PLACES).astype(np.int64)
    day = (np.sqrt(rng.random(n)) * DAYS).astype(np.int64)
    burst = rng.random(n) < 0.15
    day[burst] = rng.integers(0, 25, burst.sum()) * 37 + 50
    length = np.array([0, 0, 0, 0, 0, 0, 1, 3, 30, 500])[rng.integers(0, 10, n)]
    length[rng.random(n) > 0.9] = 0
    undated, unplaced = rng.random(n) < 0.02, rng.random(n) < 0.02
    quantity = np.array([3.0, 40.0, 6000.0, 12.0])[rng.integers(0, 4, n)]
    has_figure = rng.random(n) < 1 / 6
    of_place = _places(place, unplaced)
    return pa.table(
        of_place
        | {
            "fact": np.repeat(stories, 5) * 5 + np.tile(np.arange(5), len(stories)),
            "day": day,
            "text": _sentences(rng, n, SENTENCE, words),
            "date_from": _days(day, undated),
            "date_to": _days(day + length, undated),
            "event_type": _drawn(rng, [t.value for t in EventType], n),
            "quantity": pa.array(quantity, mask=~has_figure),
            "unit": pa.array(np.where(has_figure, "people", "")),
            "quantity_of": pa.array(
                np.where(has_figure, np.array(["people killed", "people wounded"])[rng.integers(0, 2, n)], "")
            ),
        }
    )


def _places(place: _Ints, unplaced: NDArray[np.bool_]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    lat, lon = rng.uniform(-50, 65, PLACES), rng.uniform(-170, 170, PLACES)
    country = (rng.random(PLACES) ** 2 * len(COUNTRIES)).astype(np.int64)
    kind = np.where(np.arange(PLACES) % 400 == 7, "region", "settlement")
    kind[np.arange(PLACES) % 3000 == 11] = "country"
    admin1 = np.array([f"{n:02}" for n in range(25)])[rng.integers(0, 25, PLACES)]
    admin1[kind == "country"] = ""
    none = unplaced
    return {
        "place_id": pa.array(np.where(none, "", np.char.add("gn:", place.astype(str)))),
        "place_name": pa.array(np.where(none, "", np.char.add("Place ", place.astype(str)))),
        "country_code": pa.array(np.where(none, "", np.array(COUNTRIES)[country[place]])),
        "admin1_code": pa.array(np.where(none, "", admin1[place])),
        "lat": pa.array(lat[place], mask=none),
        "lon": pa.array(lon[place], mask=none),
        "radius_km": pa.array(np.where(kind[place] == "settlement", 5.0, 150.0), mask=none),
        "place_kind": pa.array(np.where(none, "", kind[place])),
    }


def _sentences(rng: np.random.Generator, n: int, n_words: int, words: pa.Array) -> pa.Array:
    drawn = (rng.random(n * n_words) ** 4 * VOCABULARY).astype(np.int32)
    return _joined(words.take(pa.array(drawn)), n_words, " ")


def _joined(values: Any, size: int, between: str = "\n") -> pa.Array:
    flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    offsets = pa.array(np.arange(0, len(flat) + 1, size, dtype=np.int32))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, flat), between)


def _drawn(rng: np.random.Generator, values: Sequence[str], n: int, weights: Sequence[float] | None = None) -> pa.Array:
    return pa.array(np.array(values)[rng.choice(len(values), n, p=weights)])


def _people(rng: np.random.Generator, n: int) -> pa.Array:
    person = (rng.random(n) ** 4 * PEOPLE).astype(np.int64)
    return pa.array(np.where(rng.random(n) < 0.5, "", np.char.add("Person ", person.astype(str))))


def _prefixed(prefix: str, numbers: _Ints) -> pa.Array:
    return pa.array(np.char.add(prefix, numbers.astype(str)))


def _names(reports: _Ints) -> pa.Array:
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(_hex(reports, 3), 0, 10), ".txt", "")


def _hex(numbers: _Ints, salt: int) -> pa.Array:
    """Return sixteen hex digits for each number that say nothing of it: SplitMix64's finish is one to one."""
    z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    raw = (z ^ (z >> np.uint64(31))).astype(">u8").tobytes()
    text = raw.hex()
    return pa.array(np.frombuffer(text.encode(), "S16").astype("U16"))


def _days(numbers: _Ints, none: NDArray[np.bool_] | None = None) -> pa.Array:
    epoch = (FIRST_DAY - date(1970, 1, 1)).days
    return pa.array((numbers + epoch).astype(np.int32), mask=none).cast(pa.date32())


# --- tables in the store's order ---

_RAW = {
    "claims": """
        SELECT claim_id, report_id, report, start, "end", text, place_id, place_name, country_code, admin1_code, lat,
            lon, radius_km, place_kind, 1 AS geo_precision, place_start, place_end, 'the only one' AS place_reason,
            date_from, date_to, 'on a day' AS date_text, '' AS date_edtf, 1 AS time_precision, 'explicit' AS date_basis,
            event_type, '' AS acled_equiv, '' AS plover, '' AS glide, status, claimant, '' AS claimant_side, '' AS cue,
            'none' AS verification, quantity, '' AS quantity_bound, unit, quantity_of, origin_id, 0.9 AS confidence,
            CAST([] AS VARCHAR[]) AS corrections, place_id AS read_place_id, event_type AS read_event_type
        FROM claims
    """,
    "reports": "SELECT *, '' AS url, 'printed' AS published_basis FROM reports",
    "mentions": """
        SELECT *, 'Place' AS surface, 'literal' AS role, 0.9 AS score, 'the only one' AS reason,
            ['Place (UA): 0.9', 'Place (US): 0.4'] AS candidates FROM mentions
    """,
    "copies": """
        SELECT report_id, report, origin_id, origin, first(report_id ORDER BY report_id) OVER story
            AS canonical_report_id, count(*) OVER story AS n_reports, 0.8 AS copy_score,
            row_number() OVER (PARTITION BY origin_id ORDER BY published, report) AS version, 5 AS n_shared_sentences,
            5 AS n_sentences FROM reports WINDOW story AS (PARTITION BY origin_id)
    """,
    "lineage": """
        SELECT report_id, start, "end", source_report_id, source_start, source_end, 1.0 AS similarity FROM (
            SELECT report_id, start, "end", arg_min(report_id, report_id) OVER told AS source_report_id,
                arg_min(start, report_id) OVER told AS source_start, arg_min("end", report_id) OVER told AS source_end
            FROM claims WINDOW told AS (PARTITION BY fact)
        ) WHERE report_id <> source_report_id
    """,
    "events": """
        SELECT min(claim_id) AS event_id, list_sort(list(claim_id)) AS claim_ids,
            min(claim_id) AS headline_claim_id, any_value(text) AS headline, any_value(place_id) AS place_id,
            any_value(place_name) AS place_name, any_value(country_code) AS country_code,
            any_value(admin1_code) AS admin1_code, any_value(lat) AS lat, any_value(lon) AS lon,
            any_value(radius_km) AS radius_km, any_value(place_kind) AS place_kind, min(date_from) AS date_from,
            max(date_to) AS date_to, any_value(event_type) AS event_type, min(status) AS status,
            count(*) AS n_reports, 1 + (fact // 7) % 5 % 3 AS independent_sources,
            count(DISTINCT claimant) AS independent_claimants, fact % 20 = 0 AND count(*) > 1 AS disputed,
            CAST([] AS VARCHAR[]) AS claimants, CAST([] AS VARCHAR[]) AS opposing_claimants,
            CASE WHEN fact % 20 = 0 AND count(*) > 1 THEN [max(claim_id)] ELSE [] END AS opposing_claim_ids
        FROM claims WHERE place_id <> '' GROUP BY fact
    """,
    "tray": """
        SELECT 'undated' AS kind, report_id, report, claim_id, start, "end", text, 'no day' AS reason,
            '' AS correction_id FROM claims WHERE date_from IS NULL
        UNION ALL SELECT 'unplaced', report_id, report, claim_id, start, "end", text, 'no place', ''
        FROM claims WHERE place_id = ''
    """,
}


def _write_tables(folder: Path, raw: dict[str, Path]) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET memory_limit = '1800MB'; SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{folder / 'temp'}'")
        for name, file in raw.items():
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{file}')")  # noqa: S608 - own paths
        for name, columns in TABLES.items():
            given = connection.sql(f"SELECT * FROM ({_RAW[name]}) LIMIT 0").columns  # noqa: S608 - own words
            listed = ", ".join(f'"{c.name}"' if c.name in given else f'NULL AS "{c.name}"' for c in columns)
            rows = connection.sql(f"SELECT {listed} FROM ({_RAW[name]}) ORDER BY {ORDERS[name]}")  # noqa: S608 - own words
            batches = rows.to_arrow_reader(50_000)
            write_table(folder / f"{name}.parquet", name, (b.cast(schema(columns)) for b in batches))
    shutil.rmtree(folder / "temp", ignore_errors=True)
