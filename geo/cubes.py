"""Files beside the tables of a generation that keep every question of the page bounded in time.

``facts`` holds the claims as numbers, in the order of their table: whatever a filter asks of them is asked of numbers,
and whatever is counted is counted of numbers. What the numbers stand for is in ``values``, ``spots`` (places with all
that claims say of them), ``told`` (reports) and ``happenings`` (events), each by the number of its row. Two columns of
``facts`` number the pairs of a place with an origin and with an event, so that distinct ones are counted without
sorting. ``words`` holds each word of the claims, of titles too, and what stands between words, with where the claims of
a word are in ``postings``; ``tokens`` are the distinct things said, as numbers of these, and ``sayings`` tells which of
them each claim says (``geo.words``). The heaps hold the rows that lists and evidence show (``geo.heaps``).

The same tables give the same bytes.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.heaps import write_heap
from geo.text import KEYBOARD_MARKS

__all__ = ["CLAIM", "EVENT", "FILES", "NEVER", "NONE", "REPORT", "SEPARATORS", "folded", "quoted", "write_indexes"]

FILES = (
    "facts.parquet",
    "values.parquet",
    "spots.parquet",
    "places.parquet",
    "told.parquet",
    "happenings.parquet",
    "words.parquet",
    "postings.u32",
    "tokens.u32",
    "sayings.u32",
    "figures.parquet",
    "series.parquet",
    "claims.heap",
    "reports.heap",
    "events.heap",
    "mentions.heap",
    "lineage.heap",
)
"""What ``write_indexes`` writes."""

NONE = 0xFFFFFFFF
"""Stands in ``facts`` for no report, no event."""

NEVER = -(2**31)
"""Stands for no day; other days count from 1970-01-01."""

SEPARATORS = "\\s!-/:-@\\[-`{-~\u2018\u2019\u02bc\u201c\u201d\u201e\u00ab\u00bb\u00a0\u2010-\u2015\u2026"
"""What ends a word, inside the brackets of a regular expression."""

CLAIM = {
    name: n
    for n, name in enumerate(
        """claim_id report_id report start end text date_text time_precision date_basis cue place_reason place_start
        place_end corrections quantity quantity_high quantity_bound""".split()
    )
}
"""Where each column of a claim stands in a row of its heap."""

REPORT = "report_id report title outlet url published published_basis origin origin_id text".split()
"""The columns of a report in a row of its heap."""

EVENT = """date_from date_to place_name event_type status headline n_reports independent_sources independent_claimants
    disputed number event_id claimants opposing_claimants""".split()
"""The columns of an event in a row of its heap."""

_PLAIN = str.maketrans(KEYBOARD_MARKS)
_ROWS = 131_072  # of a group of rows
_MEMORY, _PER_CLAIM = 400_000_000, 60  # bytes
_SMALL = 1_000_000  # bytes of a table that is read once: a file is opened anew by every question
_LINES = 2_048  # of a heap that are written at once

_PLACE = (
    "place_id, place_name, place_kind, country_code, admin1_code, lat, lon, radius_km, anchor_lat, anchor_lon, bearing"
)
_SAME_PLACE = " AND ".join(f"spots.{name} IS NOT DISTINCT FROM claims.{name}" for name in _PLACE.split(", "))


def folded(text: str) -> str:
    """Return SQL for a text without case and accents."""
    return f"strip_accents(lower({text}))"


_DAY = "coalesce({0} - DATE '1970-01-01', {1})::INTEGER"
_FIRST = _DAY.format("coalesce(date_from, date_to)", NEVER)
_LAST = _DAY.format("coalesce(date_to, date_from)", NEVER)

_PREPARED = f"""
    CREATE TABLE spots AS SELECT row_number() OVER (ORDER BY {_PLACE}) - 1 AS spot, *,
        dense_rank() OVER (ORDER BY place_id) - 1 AS place
        FROM (SELECT {_PLACE}, min(claim_id) AS first_claim FROM claims GROUP BY ALL);
    CREATE TABLE members AS
        SELECT claim_id, min(event) AS event, bool_or(against) AS against
        FROM (
            SELECT unnest(claim_ids) AS claim_id, file_row_number AS event, false AS against FROM events UNION ALL
            SELECT unnest(opposing_claim_ids), file_row_number, true FROM events
        ) GROUP BY claim_id;
    CREATE TABLE told AS SELECT report_id, min(file_row_number) AS report,
            arg_min(coalesce(outlet, ''), file_row_number) AS outlet,
            arg_min(coalesce(origin, ''), file_row_number) AS origin,
            arg_min(coalesce(title, ''), file_row_number) AS title
        FROM reports GROUP BY report_id;
    CREATE VIEW coded AS
        SELECT claims.file_row_number AS claim, coalesce(event_type, '') AS coded_event_type,
            coalesce(status, '') AS coded_status, coalesce(claimant, '') AS coded_claimant,
            coalesce(told.outlet, '') AS coded_outlet, coalesce(origin_id, '') AS coded_origin_id,
            coalesce(nullif(told.origin, ''), origin_id, '') AS coded_credit,
            coalesce(verification, '') AS coded_verification, date_from, date_to, {_PLACE},
            coalesce(nullif(told.origin, ''), nullif(title, ''), claims.report) AS label, told.report AS told
        FROM claims LEFT JOIN told USING (report_id);
    CREATE VIEW origins AS SELECT coded_origin_id, label, told FROM coded UNION ALL
        SELECT coalesce(origin_id, ''), coalesce(nullif(origin, ''), nullif(title, ''), report), file_row_number
        FROM reports;
"""  # noqa: S608 - put together from constants

_LISTED = ("event_type", "status", "claimant", "outlet", "origin_id", "credit", "verification")
_LABELLED = ("origin_id", "credit")
_VALUES = " UNION ALL ".join(
    f"""SELECT '{name}' AS facet, row_number() OVER (ORDER BY coded_{name}) - 1 AS code, coded_{name} AS value,
        {"arg_min(label, coalesce(told, 4294967295))" if name in _LABELLED else f"coded_{name}"} AS label,
        {folded(f"coded_{name}")} AS folded
    FROM {"origins" if name == "origin_id" else "coded"} GROUP BY coded_{name}"""  # noqa: S608 - as above
    for name in _LISTED
)

_OWN = ("event_type", "status", "claimant", "origin_id", "verification")
_OF_REPORT = ("outlet", "credit")
_CODED_AS = "JOIN named AS {0}s ON {0}s.facet = '{0}' AND {0}s.value = coded_{0}"

# Many SELECTs, each with few joins and no order, for the tables of more joins do not fit into the memory together at 10
# million claims, nor does a sort (measured).
_FACTS = (
    f"SELECT file_row_number AS claim, {_FIRST} AS first, {_LAST} AS last FROM claims",  # noqa: S608 - as above
    *(
        f"""
        SELECT claim, {name}s.code::UINTEGER AS {name}
        FROM (SELECT file_row_number AS claim, coalesce({name}, '') AS coded_{name} FROM claims)
            {_CODED_AS.format(name)}
        """  # noqa: S608 - as above
        for name in _OWN
    ),
    f"""
    SELECT claim, {", ".join(f"{name}s.code::UINTEGER AS {name}" for name in _OF_REPORT)},
        coalesce(told, {NONE})::UINTEGER AS told
    FROM coded {" ".join(map(_CODED_AS.format, _OF_REPORT))}
    """,  # noqa: S608 - as above
    f"""
    SELECT claims.file_row_number AS claim, spot::UINTEGER AS spot, place::UINTEGER AS place
    FROM claims JOIN spots ON {_SAME_PLACE}
    """,  # noqa: S608 - as above
    f"""
    SELECT claims.file_row_number AS claim, coalesce(event, {NONE})::UINTEGER AS event,
        coalesce(against, false) AS against
    FROM claims LEFT JOIN members USING (claim_id)
    """,  # noqa: S608 - as above
)

_SPOTS = f"""
    SELECT {_PLACE}, {folded("coalesce(place_name, '')")} AS folded, place::UINTEGER AS place FROM spots ORDER BY spot
"""  # noqa: S608 - as above

# A place is what its claims say of it, whichever of them are in view.
_PLACES = """
    SELECT place_id, min(place_name) AS name, arg_min(lat, first_claim) AS lat, arg_min(lon, first_claim) AS lon,
        coalesce(max(radius_km), 0) AS radius_km, min(place_kind) AS place_kind,
        coalesce(bool_or(place_kind IN ('region', 'country')), false) AS is_area, min(country_code) AS country_code,
        min(admin1_code) AS admin1_code, arg_min(anchor_lat, first_claim) AS anchor_lat,
        arg_min(anchor_lon, first_claim) AS anchor_lon, arg_min(bearing, first_claim) AS bearing,
        (md5_number_lower(place_id) >> 11)::BIGINT AS number,
        (row_number() OVER (ORDER BY min(place_name), place_id) - 1)::UINTEGER AS rank,
        coalesce(place_id, '') <> '' AS named, named AND bool_or(lat IS NOT NULL AND lon IS NOT NULL) AS mapped
    FROM spots GROUP BY place, place_id ORDER BY place
"""

# Mentions and lineage are in order of their reports, so those of one are a stretch of rows.
_STRETCHES = ("mentions", "lineage")
_STRETCH = """
    LEFT JOIN (SELECT report_id, min(file_row_number) AS begins, count(*) AS n FROM {0} GROUP BY ALL) AS {0}
        USING (report_id)
"""
_TOLD = f"""
    SELECT coalesce(o.code, {NONE})::UINTEGER AS origin_id, {_DAY.format("published", NEVER)} AS published,
        {", ".join(f"coalesce({x}.begins, 0)::UINTEGER AS {x}_begin" for x in _STRETCHES)},
        {", ".join(f"coalesce({x}.n, 0)::UINTEGER AS {x}_n" for x in _STRETCHES)},
        coalesce(version, 0)::UINTEGER AS version
    FROM reports LEFT JOIN named AS o ON o.facet = 'origin_id' AND o.value = coalesce(reports.origin_id, '')
        LEFT JOIN (SELECT report_id, min(version) AS version FROM copies GROUP BY ALL) AS copies USING (report_id)
        {" ".join(map(_STRETCH.format, _STRETCHES))}
    ORDER BY reports.file_row_number
"""  # noqa: S608 - as above

_HAPPENINGS = """
    SELECT coalesce(independent_sources, 0)::UINTEGER AS sources, coalesce(disputed, false) AS disputed,
        (row_number() OVER (ORDER BY disputed DESC, independent_sources DESC, n_reports DESC,
            coalesce(date_from, date_to) DESC, place_name, event_id) - 1)::UINTEGER AS lead,
        coalesce(place_name, '') <> '' AS placed
    FROM events ORDER BY file_row_number
"""

_DEAD = "'killed', 'dead', 'died', 'slain', 'perished'"
_WHAT = f"""
    CASE WHEN head = 'people' AND fate <> '' THEN 'people ' || CASE WHEN fate IN ({_DEAD}) THEN 'killed' ELSE fate END
    ELSE head END
"""

# A figure is "said" again where its thing, origin and numbers are the same (geo.accounts).
_FIGURES = f"""
    CREATE TABLE figures AS
        SELECT claim, place_id, place_name, event_type, {_WHAT} AS what, unit, origin_id, quantity, quantity_high,
            published, report, start, claim_id
        FROM (
            SELECT claims.*, claims.file_row_number AS claim, published,
                coalesce(nullif(quantity_of, ''), unit, '') AS counted, split_part(counted, ' ', 1) AS head,
                CASE WHEN contains(counted, ' ') THEN substr(counted, strpos(counted, ' ') + 1) ELSE '' END AS fate
            FROM claims
                LEFT JOIN (SELECT report_id, min(published) AS published FROM reports GROUP BY ALL) USING (report_id)
            WHERE quantity IS NOT NULL AND place_id <> ''
        );
    CREATE TABLE things AS SELECT row_number() OVER (ORDER BY place_id, event_type, what) - 1 AS thing, *
        FROM (SELECT DISTINCT place_id, event_type, what FROM figures);
    CREATE TABLE series AS SELECT row_number() OVER (ORDER BY thing, unit) - 1 AS series, *
        FROM (SELECT thing, unit, min(place_name) AS place_name
            FROM figures JOIN things USING (place_id, event_type, what) GROUP BY ALL);
    CREATE TABLE said AS SELECT row_number() OVER (ORDER BY thing, origin_id, quantity, quantity_high) - 1 AS said, *
        FROM (SELECT DISTINCT thing, origin_id, quantity, quantity_high
            FROM figures JOIN things USING (place_id, event_type, what));
"""  # noqa: S608 - as above

_SAID = """
    SELECT claim::UINTEGER AS claim, series::UINTEGER AS series, said::UINTEGER AS said
    FROM figures JOIN things USING (place_id, event_type, what)
        JOIN series ON series.thing = things.thing AND series.unit IS NOT DISTINCT FROM figures.unit
        JOIN said ON said.thing = things.thing AND said.origin_id IS NOT DISTINCT FROM figures.origin_id
            AND said.quantity = figures.quantity AND said.quantity_high IS NOT DISTINCT FROM figures.quantity_high
    ORDER BY things.thing, published NULLS LAST, report, start, claim_id, claim
"""

_SERIES = """
    SELECT what, place_name, event_type, coalesce(unit, '') AS unit, place_id,
        (md5_number_lower(place_id) >> 11)::BIGINT AS number,
        (row_number() OVER (ORDER BY place_name, what, event_type, unit, number) - 1)::UINTEGER AS rank
    FROM series JOIN things USING (thing) ORDER BY series
"""

# The heaps hold the rows of a table in its own order, with no other's beside them: nothing is joined or sorted.
_CLAIM_ROWS = """
    SELECT json_array(claim_id, report_id, report, start, "end", text, date_text, time_precision, date_basis, cue,
        place_reason, place_start, place_end, coalesce(corrections, []), quantity, quantity_high,
        coalesce(quantity_bound, '')) FROM claims
"""

_REPORT_ROWS = """
    SELECT json_array(report_id, report, coalesce(title, ''), coalesce(outlet, ''), coalesce(url, ''), published,
        published_basis, coalesce(origin, ''), origin_id, text) FROM reports
"""

_MENTION_ROWS = 'SELECT json_array(start, "end", reason, coalesce(candidates, [])) FROM mentions'

_LINEAGE_ROWS = """
    SELECT json_array(report_id, start, "end", source_report_id, source_start, source_end) FROM lineage
"""

_EVENT_ROWS = """
    SELECT json_array(coalesce(date_from, date_to), coalesce(date_to, date_from), place_name, event_type, status,
        headline, n_reports, independent_sources, independent_claimants, disputed,
        (md5_number_lower(place_id) >> 11)::BIGINT, event_id, coalesce(claimants, []),
        coalesce(opposing_claimants, []))
    FROM events
"""

_HEAPS = {
    "claims": (_CLAIM_ROWS, 16),
    "events": (_EVENT_ROWS, 16),
    "reports": (_REPORT_ROWS, 4),
    "mentions": (_MENTION_ROWS, 16),
    "lineage": (_LINEAGE_ROWS, 32),
}
"""What each heap holds, and how many rows of it make a block."""

# Claims of copies say the same, so each distinct sentence with its title is taken apart once.
_WORDS = (
    """
    CREATE TABLE saying AS SELECT sentence, heading FROM (
        SELECT coalesce(text, '') AS sentence, coalesce(title, '') AS heading, min(file_row_number) AS first
        FROM claims LEFT JOIN told USING (report_id) GROUP BY ALL
    ) ORDER BY first
    """,
    """
    CREATE TABLE told_so AS SELECT saying.rowid AS saying, claims.file_row_number AS claim
        FROM claims LEFT JOIN told USING (report_id)
        JOIN saying ON sentence = coalesce(text, '') AND heading = coalesce(title, '')
    """,
    f"""
    CREATE TABLE spoken AS SELECT saying, unnest(list_distinct(regexp_split_to_array(plain, '[{SEPARATORS}]+'))) AS word
        FROM (SELECT rowid AS saying, {folded("sentence || chr(10) || heading")} AS plain FROM saying)
    """,  # noqa: S608 - as above
    """
    CREATE TABLE words AS SELECT row_number() OVER (ORDER BY word) - 1 AS number, word
        FROM (SELECT DISTINCT word FROM spoken WHERE word <> '')
    """,
    "CREATE TABLE spelt AS SELECT number, saying FROM spoken JOIN words USING (word)",
    "DROP TABLE spoken",
    "CREATE TABLE counted AS SELECT number, count(*) AS n FROM spelt JOIN told_so USING (saying) GROUP BY number",
)

# In the order of the table, in which one thread reads it: to sort lists of words would take minutes of a large one.
_PIECES = f"""
    SELECT regexp_extract_all({folded("sentence || chr(10) || heading")}, '[{SEPARATORS}]+|[^{SEPARATORS}]+') AS pieces
    FROM saying
"""  # noqa: S608 - as above

_BETWEEN = """
    INSERT INTO words SELECT (SELECT count(*) FROM words) + generate_subscripts($between, 1) - 1, unnest($between)
"""

_COUNTED = """
    SELECT word, coalesce(sum(n) OVER (ORDER BY number) - n, 0)::UBIGINT AS begins, coalesce(n, 0)::UBIGINT AS n
    FROM words LEFT JOIN counted USING (number) ORDER BY number
"""

_POSTINGS = "SELECT claim::UINTEGER AS claim FROM spelt JOIN told_so USING (saying) ORDER BY number, claim"

_SAYINGS = "SELECT saying::UINTEGER AS saying FROM told_so ORDER BY claim"


def write_indexes(folder: Path) -> None:
    """Write ``FILES`` into a folder that holds the tables of a generation.

    Memory is 400 MB and 60 bytes a claim, and besides that what the facts take; what needs more is laid on the disk.

    Raises:
        OSError, duckdb.IOException, pa.ArrowInvalid: a table is missing or broken.
    """
    spill = folder / ".spill"
    memory = _MEMORY + _PER_CLAIM * pq.read_metadata(folder / "claims.parquet").num_rows
    with closing(duckdb.connect(":memory:", config={"threads": 1, "memory_limit": f"{memory}B"})) as connection:
        connection.execute(f"SET temp_directory = {quoted(spill)}")
        for name in ("claims", "events", "reports", "mentions", "copies", "lineage"):
            path = folder / f"{name}.parquet"
            kind = "TABLE" if path.stat().st_size < _SMALL else "VIEW"
            rows = f"SELECT * FROM read_parquet({quoted(path)}, file_row_number = true)"  # noqa: S608 - quoted
            connection.execute(f"CREATE {kind} {name} AS {rows}")
        for name, (sql, size) in _HEAPS.items():
            write_heap(folder / f"{name}.heap", _lines(connection.sql(sql).to_arrow_reader(_LINES)), size)
        connection.execute(_PREPARED)
        connection.execute(f"CREATE TABLE named AS {_VALUES}")
        _write_facts(connection, folder)
        connection.execute("DROP VIEW origins; DROP VIEW coded; DROP TABLE members")
        _write(connection, folder, "values", "SELECT facet, value, label, folded FROM named ORDER BY facet, code")
        _write(connection, folder, "spots", _SPOTS)
        _write(connection, folder, "places", _PLACES)
        _write(connection, folder, "told", _TOLD)
        _write(connection, folder, "happenings", _HAPPENINGS)
        connection.execute(_FIGURES)
        _write(connection, folder, "figures", _SAID)
        _write(connection, folder, "series", _SERIES)
        connection.execute("DROP TABLE figures; DROP TABLE said; DROP TABLE things; DROP TABLE series")
        for sql in _WORDS:
            connection.execute(sql)
        between = _write_tokens(connection, folder)
        connection.execute(_BETWEEN, {"between": between})
        _write(connection, folder, "words", _COUNTED)
        _write_numbers(connection, folder, "postings", _POSTINGS)
        _write_numbers(connection, folder, "sayings", _SAYINGS)
    shutil.rmtree(spill, ignore_errors=True)


def _write_facts(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the claims as numbers, with the pairs of place and origin, and of place and event, numbered too."""
    facts = {name: column for sql in _FACTS for name, column in _by_claim(connection, sql).items()}
    place = facts["place"].astype(np.uint64) << np.uint64(32)
    for name, of in (("place_origin", "origin_id"), ("place_event", "event")):
        _, pairs = np.unique(place | facts[of], return_inverse=True)
        facts[name] = pairs.astype(np.uint32)
    table = pa.table({name: pa.array(column) for name, column in facts.items()})
    pq.write_table(table, folder / "facts.parquet", compression="zstd", row_group_size=_ROWS)


def _by_claim(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, NDArray[Any]]:
    """Return the columns of a SELECT that gives each claim once, in the order of the claims."""
    (n,) = connection.sql("SELECT count(*) FROM claims").fetchall()[0]
    batches = connection.sql(sql).to_arrow_reader(_ROWS)
    found = {field.name: np.empty(n, field.type.to_pandas_dtype()) for field in batches.schema}
    for batch in batches:
        rows = batch["claim"].to_numpy()
        for name, column in found.items():
            column[rows] = batch[name].to_numpy(zero_copy_only=False)
    del found["claim"]
    return found


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, sql: str) -> None:
    """Write the rows of a SELECT as a file of this name; its batches are its groups of rows."""
    batches = connection.sql(sql).to_arrow_reader(_ROWS)
    with pq.ParquetWriter(folder / f"{name}.parquet", batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=_ROWS)


def _write_numbers(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, sql: str) -> None:
    """Write the one column of a SELECT as bare little-endian numbers, for stretches of it are read by the thousand."""
    with (folder / f"{name}.u32").open("wb") as file:
        for batch in connection.sql(sql).to_arrow_reader(_ROWS):
            file.write(batch.column(0).to_numpy().astype("<u4").tobytes())


def _write_tokens(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Write what is said as numbers of words from 1, each saying ended by 0; return what else stands between words.

    That is numbered behind the words. One space alone is left out.
    """
    words = connection.sql("SELECT word FROM words ORDER BY number").to_arrow_table()["word"].combine_chunks()
    between: dict[str, int] = {}
    with (folder / "tokens.u32").open("wb") as file:
        for batch in connection.sql(_PIECES).to_arrow_reader(_ROWS):
            file.write(_tokens(batch.column(0), words, between).tobytes())
    return list(between)


def _tokens(sayings: pa.ListArray, words: pa.StringArray, between: dict[str, int]) -> NDArray[np.uint32]:
    """Return sayings, each a list of words and of what stands between, as numbers; learn new ``between``."""
    coded = sayings.flatten().dictionary_encode()
    known = pc.index_in(coded.dictionary, value_set=words).to_pylist()
    numbers = [
        n + 1 if n is not None else _number_between(piece, between, 1 + len(words))
        for n, piece in zip(known, coded.dictionary.to_pylist(), strict=True)
    ]
    lengths = pc.list_value_length(sayings).to_numpy()
    found = np.zeros(len(coded) + len(lengths), np.uint32)
    found[np.arange(len(coded)) + np.repeat(np.arange(len(lengths)), lengths)] = np.array(numbers, np.uint32)[
        coded.indices.to_numpy()
    ]
    kept: NDArray[np.uint32] = found[found != NONE].astype("<u4")
    return kept


def _number_between(piece: str, between: dict[str, int], first: int) -> int:
    plain = piece.translate(_PLAIN)
    return NONE if plain == " " else between.setdefault(plain, first + len(between))


def _lines(batches: pa.RecordBatchReader) -> Iterator[str]:
    for batch in batches:
        yield from batch.column(0).to_pylist()


def quoted(path: Path) -> str:
    """Return a path as SQL."""
    return "'" + str(path).replace("'", "''") + "'"
