"""JSON lines and CSV of reports, one record at a time."""

import csv
import io
import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import records
from geo.errors import ReportError
from geo.records import BadRecord, Record, read_csv, read_json_lines

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def from_json(raw: bytes) -> list[Record | BadRecord]:
    return list(read_json_lines(io.BytesIO(raw)))


def from_csv(raw: bytes) -> list[Record | BadRecord]:
    return list(read_csv(io.BytesIO(raw)))


# --- JSON lines ---


@pytest.mark.parametrize(
    ("line", "record"),
    [
        (b'{"text": "T."}', Record(1, "", "T.", "", "", None, "")),
        (b'{"id": 7, "text": "T."}', Record(1, "7", "T.", "", "", None, "")),
        (b'{"report_id": "r", "text": "T."}', Record(1, "r", "T.", "", "", None, "")),
        (b'{"id": "i", "report_id": "r", "text": "T."}', Record(1, "i", "T.", "", "", None, "")),
        (b'{"id": null, "report_id": " r ", "text": "T."}', Record(1, "r", "T.", "", "", None, "")),
        (b'{"id": 0, "text": "T."}', Record(1, "0", "T.", "", "", None, "")),
        (
            b'{"text": " T. ", "title": "A", "outlet": "B", "published": "2022-09-13T10:00Z", "url": "C", "more": [1]}',
            Record(1, "", " T. ", "A", "B", date(2022, 9, 13), "C"),
        ),
        (b'\xef\xbb\xbf{"text": "T."}\r\n', Record(1, "", "T.", "", "", None, "")),
        (b'{"text": "caf\\u00e9 {{7*7}}\\r\\n"}', Record(1, "", "café {{7*7}}\r\n", "", "", None, "")),
        (b'{"text": "\\ud83d\\ude00"}', Record(1, "", "\N{GRINNING FACE}", "", "", None, "")),
    ],
)
def test_a_line_is_a_record(line: bytes, record: Record) -> None:
    assert from_json(line) == [record]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"bad", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b'"text"', "is not a JSON object"),
        (b"[" * 100_000, "is not JSON: maximum recursion depth exceeded"),
        (b'{"text": "a\0b"}', "is not JSON: Invalid control character at: line 1 column 12 (char 11)"),
        (b'{"text": "caf\xe9"}', "is not valid UTF-8 at byte 13 of the line"),
        (b'{"text": "a\\u0000b"}', "the text holds a NUL at character 1, so it is not text"),
        (b'{"text": "a\\ud800b"}', "the text holds half a surrogate pair at character 1"),
        (b'{"title": "T"}', "has no text that is a string"),
        (b'{"text": ["T"]}', "has no text that is a string"),
        (b'{"text": " \\n"}', "the text is empty"),
        (b'{"text": "T.", "id": true}', "the id is no string or whole number"),
        (b'{"text": "T.", "id": {}}', "the id is no string or whole number"),
        (b'{"text": "T.", "id": "\\ud800"}', "the id holds half a surrogate pair at character 0"),
        (b'{"text": "T.", "id": "%s"}' % (b"x" * 201), "the id is too long: the limit is 200 characters"),
        (b'{"text": "T.", "title": 1}', "the title is no string"),
        (b'{"text": "T.", "published": "13 Sept"}', "published is '13 Sept', not a day like 2022-09-13"),
        (b'{"text": "T.", "published": 20220913}', "the published is no string"),
        (
            b'{"text": "%s"}' % ("é" * 1_000_001).encode(),
            "the text is too large: 2,000,002 bytes, the limit is 2,000,000",
        ),
        (b'{"text": "%s"}' % (b"x" * 30_000_000), "the line is too long: the limit is 30,000,000 bytes"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_read(line: bytes, reason: str) -> None:
    before, bad, after = from_json(b'{"text": "One."}\n\n' + line + b'\n{"text": "Two."}')
    assert (before, after) == (Record(1, "", "One.", "", "", None, ""), Record(4, "", "Two.", "", "", None, ""))
    assert isinstance(bad, BadRecord)
    assert bad.line == 3
    assert bad.reason.startswith(reason)
    assert "\n" not in bad.reason


def test_the_largest_text_is_read_however_it_is_escaped() -> None:
    for text in ("é" * 1_000_000, "x" * 2_000_000):
        escaped = "".join(f"\\u{ord(c):04x}" for c in text)
        [record] = from_json(b'{"text": "%s"}' % escaped.encode())
        assert isinstance(record, Record)
        assert record.text == text


# --- CSV ---


def test_rows_are_records_with_the_lines_at_which_they_start() -> None:
    raw = b'\xef\xbb\xbfID, Text ,published\r\n1,"Two\r\nlines, and ""more""",2022-09-13\r\n\r\n,Short\r\n'
    assert from_csv(raw) == [
        Record(2, "1", 'Two\r\nlines, and "more"', "", "", date(2022, 9, 13), ""),
        Record(5, "", "Short", "", "", None, ""),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b",T.,,", "has too many cells"),
        (b"1,,", "the text is empty"),
        (b"1", "has no text that is a string"),
        (b"1,T.,yesterday", "published is 'yesterday', not a day like 2022-09-13"),
        (b"1,caf\xe9,", "the text is not valid UTF-8 at character 3"),
        (b"\xff,T.,", "the id is not valid UTF-8 at character 0"),
        (b"1,a\0b,", "the text holds a NUL at character 1, so it is not text"),
        (b'1,"T."x,', "is not CSV: ',' expected after '\"'"),
        (
            b"1,a\rb,",
            "is not CSV: new-line character seen in unquoted field",
        ),
        (b"1,%s," % (b"x" * 2_000_001), "the text is too large: 2,000,001 bytes, the limit is 2,000,000"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(row: bytes, reason: str) -> None:
    found = from_csv(b"id,text,published\na,One.,\n" + row + b"\nb,Two.,\n")
    assert found == [
        Record(2, "a", "One.", "", "", None, ""),
        BadRecord(3, reason),
        Record(4, "b", "Two.", "", "", None, ""),
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "has no column 'text'; a file of reports has the columns id,title,outlet,published,url,text"),
        (b"a;b;text\n1;2;3\n", "has no column 'text'"),
        (b"\0\1\2\n", "has no column 'text'"),
        (b"text,id,Text\n", "has the column 'text' twice"),
        (b"claim_id,report,text\n1,2,3\n", "is a table that was exported, not reports"),
        (b'text\r\r"\n', "is not CSV: new-line character seen in unquoted field"),
        ("text\nT.".encode("utf-16"), "is UTF-16, not UTF-8"),
    ],
)
def test_a_csv_file_that_holds_no_reports(raw: bytes, reason: str) -> None:
    with pytest.raises(ReportError, match=reason):
        from_csv(raw)


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (
            b'"' + b"x\n" * 4_000_001,
            "the row at line 3 is too long: the limit is 8,000,000 bytes; what follows is left out",
        ),
        (b"x," * 4_000_001, "the row at line 3 is too long"),
    ],
)
def test_what_comes_before_a_row_without_end_is_kept(rest: bytes, reason: str) -> None:
    found = read_csv(io.BytesIO(b"text\nOne.\n" + rest))
    assert next(found) == Record(2, "", "One.", "", "", None, "")
    with pytest.raises(ReportError, match=reason):
        list(found)


def test_a_quote_that_is_never_closed_is_named_where_it_is_opened() -> None:
    one, bad = from_csv(b'text\nOne.\n"Two.\nThree.\n')
    assert (one.line, bad) == (2, BadRecord(3, "is not CSV: unexpected end of data"))


def test_a_utf_16_file_of_json_lines_is_one_line() -> None:
    with pytest.raises(ReportError, match="is UTF-16, not UTF-8"):
        from_json('{"text": "T."}\n'.encode("utf-16"))


def test_the_largest_cell_is_read_and_the_limit_of_others_stays() -> None:
    csv.field_size_limit(1_000)
    [record] = from_csv(b'text\n"' + b'""' * 2_000_000 + b'"\n')
    assert isinstance(record, Record)
    assert record.text == '"' * 2_000_000
    assert csv.field_size_limit(131_072) == 1_000


# --- properties ---


@given(st.lists(st.tuples(WORDS, WORDS.filter(str.strip)), max_size=5))
def test_what_is_written_is_read_from_either(rows: list[tuple[str, str]]) -> None:
    lines = "".join(json.dumps({"title": title, "text": text}) + "\n" for title, text in rows)
    table = io.StringIO()
    csv.writer(table, quoting=csv.QUOTE_ALL).writerows([("title", "text"), *rows])
    wanted = [(title.strip(), text) for title, text in rows]
    for found in (from_json(lines.encode()), from_csv(table.getvalue().encode())):
        assert [(r.title, r.text) for r in found if isinstance(r, Record)] == wanted


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_reasons(raw: bytes) -> None:
    assert all(isinstance(found, Record | BadRecord) for found in from_json(b"\n" + raw))
    for found in read_csv(io.BytesIO(b"text\n" + raw.replace(b'"', b""))):
        assert isinstance(found, Record | BadRecord)


class Endless(io.RawIOBase):
    """A file of a million rows of 4 kB, made as they are read."""

    def __init__(self, head: bytes, row: bytes) -> None:
        self._head, self._rows = head, iter(lambda: row, None)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._head or next(self._rows)
        self._head = piece[len(buffer) :]
        buffer[: len(piece)] = piece[: len(buffer)]
        return min(len(piece), len(buffer))


@pytest.mark.parametrize(
    ("read", "head", "row"),
    [
        (read_json_lines, b"", b'{"text": "%s"}\n' % (b"word " * 800)),
        (read_csv, b"text\n", b"word " * 800 + b"\n"),
        (read_json_lines, b"", b'"%s"\n' % (b"word " * 800)),
    ],
)
def test_no_more_than_a_record_is_held(read: object, head: bytes, row: bytes) -> None:
    found: Iterator[object] = read(io.BufferedReader(Endless(head, row)))  # type: ignore[operator]
    tracemalloc.start()
    try:
        for _ in range(5_000):  # 20 MB
            next(found)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.timed
@pytest.mark.parametrize("raw", [b'{"text": "' * 1_000_000, b"[" * 10_000_000, b"\n" * 1_000_000, b"1" * 10_000_000])
def test_megabytes_of_anything_take_no_time(raw: bytes) -> None:
    began = time.process_time()
    from_json(raw)
    assert time.process_time() - began < 2


def test_public_names_exist() -> None:
    assert all(hasattr(records, name) for name in records.__all__)
