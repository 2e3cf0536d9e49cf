import io
import json
from datetime import date
from typing import Any

import pytest

from geo import geoparse as module
from geo.build import Config
from geo.errors import ReportError
from geo.events import CLAIM_COLUMNS
from geo.geoparse import geoparse, geoparse_lines

RULES = Config(model="none")
TEXT = "KYIV, Sept 13 (Reuters) - Ukraine said on Tuesday it had retaken Balakliia."


def parsed(*lines: bytes) -> list[tuple[int, dict[str, Any]]]:
    return list(geoparse_lines(io.BytesIO(b"\n".join(lines)), RULES))


def test_a_text_becomes_mentions_timexes_and_claims() -> None:
    found = geoparse({"id": "a", "text": TEXT, "published": "2022-09-13"}, Config())
    balakliia = next(m for m in found["mentions"] if m["surface"] == "Balakliia")
    assert list(balakliia) == "start end surface name lat lon radius_km place_id kind role score".split()
    assert (balakliia["start"], balakliia["end"], balakliia["role"]) == (65, 74, "literal")
    assert balakliia["lat"] == pytest.approx(49.46, abs=0.05)
    tuesday = next(t for t in found["timexes"] if TEXT[t["start"] : t["end"]].endswith("Tuesday"))
    assert list(tuesday) == "start end value from to precision basis".split()
    assert (tuesday["from"], tuesday["precision"]) == (date(2022, 9, 13), 1)
    assert found["claims"]
    assert list(found["claims"][0]) == [column.name for column in CLAIM_COLUMNS]


@pytest.mark.parametrize(
    ("line", "id_", "error"),
    [
        (b"nonsense", None, "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[" * 100_000, None, "is not JSON: maximum recursion depth exceeded"),
        (b"[1]", None, "is not a JSON object"),
        (b'{"id": "\xff"}', None, "is not valid UTF-8 at byte 8 of the line"),
        (b'{"text": "x"}', None, "has no id that is a string or a whole number"),
        (b'{"id": true, "text": "x"}', True, "has no id that is a string or a whole number"),
        (b'{"id": 1}', 1, "has no text that is a string"),
        (b'{"id": 1, "text": 2}', 1, "has no text that is a string"),
        (b'{"id": 1, "text": "x\\ud800"}', 1, "the text holds half a surrogate pair at character 1"),
    ],
)
def test_a_bad_line_keeps_its_place(line: bytes, id_: Any, error: str) -> None:
    good = b'{"id": "good", "text": ""}'
    first, bad, last = parsed(good, line, good)
    assert (first[0], bad[0], last[0]) == (1, 2, 3)
    assert bad[1]["id"] == id_
    assert bad[1]["error"].startswith(error)
    assert first[1] == last[1] == {"id": "good", "mentions": [], "timexes": [], "claims": []}


def test_blank_lines_are_passed_over_and_counted() -> None:
    assert [number for number, _ in parsed(b"", b'{"id": 1, "text": ""}', b" ", b'{"id": 2, "text": ""}')] == [2, 4]


def test_a_line_or_text_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.records._LONGEST_LINE", 100)
    monkeypatch.setattr(module, "LONGEST_TEXT", 20)
    found = parsed(
        b'{"id": 1, "text": "' + b"x" * 500 + b'"}',
        b'{"id": 2, "text": "' + b"x" * 21 + b'"}',
        b'{"id": 3, "text": ""}',
    )
    assert [(n, r["id"], r.get("error")) for n, r in found] == [
        (1, None, "the line is too long: the limit is 100 bytes"),
        (2, 2, "the text is too long: 21 characters, the limit is 20"),
        (3, 3, None),
    ]


@pytest.mark.parametrize(
    "published", ["2022-09-13", "2022-09-13T08:00:00Z", "2022-09-13 08:00:00.5-05", "Sep 13, 2022 7:58 AM ET"]
)
def test_the_day_given_counts(published: str) -> None:
    found = geoparse({"id": 1, "text": "It fell on Monday.", "published": published}, RULES)
    assert [t["from"] for t in found["timexes"]] == [date(2022, 9, 12)]


@pytest.mark.parametrize("published", [None, ""])
def test_without_a_day_the_text_is_not_dated_today(published: str | None) -> None:
    found = geoparse({"id": 1, "text": "It fell on Monday.", "published": published}, RULES)
    assert [t["from"] for t in found["timexes"]] == [None]


@pytest.mark.parametrize("published", ["soon", 5, "2022-02-30", "7:58 AM ET", "x" * 1000])
def test_a_day_that_cannot_be_read_is_said_and_passed_over(published: Any) -> None:
    found = geoparse({"id": 1, "text": "It fell on Monday.", "published": published}, RULES)
    assert "not a day like 2022-09-13" in found["warning"]
    assert [t["from"] for t in found["timexes"]] == [None]


def test_a_text_that_breaks_a_stage_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("geo.build.find_dates", fail)
    with pytest.raises(ReportError, match="could not be read: RuntimeError: broken"):
        geoparse({"id": 1, "text": "x"}, RULES)


def test_records_are_made_one_at_a_time() -> None:
    read: list[bytes] = []

    class Source(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            read.append(line := super().readline(size))
            return line

    lines = geoparse_lines(Source(b'{"id": 1, "text": ""}\n' * 3), RULES)
    next(lines)
    assert len(read) == 1
    assert json.loads(read[0])["id"] == 1


# --- nationalities, and spans that the record brings ---


def spans(text: str, *words: str) -> list[dict[str, int]]:
    return [{"start": text.index(word), "end": text.index(word) + len(word)} for word in words]


def test_nationalities_can_be_left_out() -> None:
    record = {"id": 1, "text": "Ukrainian troops entered Izyum."}
    assert [(m["surface"], m["role"]) for m in geoparse(record, RULES)["mentions"]] == [
        ("Ukrainian", "demonym"),
        ("Izyum", "literal"),
    ]
    assert [m["surface"] for m in geoparse(record, RULES, demonyms=False)["mentions"]] == ["Izyum"]
    assert geoparse(record, RULES, demonyms=False)["claims"] == geoparse(record, RULES)["claims"]
    assert [r["mentions"] for _, r in geoparse_lines(io.BytesIO(json.dumps(record).encode()), RULES, demonyms=False)]


def test_given_spans_are_resolved_and_only_they_in_their_order() -> None:
    text = "Moscow said troops were in Izyum. A mine blew up 74 km southeast of Kharkiv. Ukrainian guns fell silent."
    wanted = ["Ukrainian", "74 km southeast of Kharkiv", "Izyum", "Moscow"]
    found = geoparse({"id": 1, "text": text, "mentions": spans(text, *wanted)}, Config(), demonyms=False)["mentions"]
    assert [m["surface"] for m in found] == wanted
    assert [text[m["start"] : m["end"]] for m in found] == wanted
    assert [m["role"] for m in found] == ["demonym", "literal", "literal", "actor"]
    assert [m["place_id"] for m in found][0::2] == ["country:UA", "gn:707292"]
    assert found[1]["kind"] == "relative"
    assert (found[1]["lat"], found[1]["lon"]) == (pytest.approx(49.5, abs=0.05), pytest.approx(36.98, abs=0.05))


def test_spans_may_repeat_overlap_and_begin_together() -> None:
    text = "He lives in Kharkiv region."
    given = [*spans(text, "Kharkiv", "Kharkiv region", "Kharkiv"), {"start": 15, "end": 18}, {"start": 16, "end": 26}]
    found = geoparse({"id": 1, "text": text, "mentions": given}, RULES)["mentions"]
    assert [{"start": m["start"], "end": m["end"]} for m in found] == given
    assert found[1]["kind"] == "region"
    assert [m["name"] for m in found[3:]] == [None, None]


def test_no_given_spans_give_no_mentions() -> None:
    found = geoparse({"id": 1, "text": TEXT, "published": "2022-09-13", "mentions": []}, RULES)
    assert (found["mentions"], bool(found["timexes"])) == ([], True)


@pytest.mark.parametrize(
    ("mentions", "error"),
    [
        ({}, "mentions is not a list"),
        ("Izyum", "mentions is not a list"),
        ([5], "mention 0 has no start and end that are whole numbers"),
        ([{"start": 0}], "mention 0 has no start and end that are whole numbers"),
        ([{"start": 0, "end": 2.0}], "mention 0 has no start and end that are whole numbers"),
        ([{"start": False, "end": True}], "mention 0 has no start and end that are whole numbers"),
        ([{"start": "0", "end": "2"}], "mention 0 has no start and end that are whole numbers"),
        (
            [{"start": 0, "end": 1}, {"start": 3, "end": 3}],
            "mention 1 is at 3 to 3, not inside the text of 8 characters",
        ),
        ([{"start": 2, "end": 1}], "mention 0 is at 2 to 1, not inside"),
        ([{"start": -1, "end": 2}], "mention 0 is at -1 to 2, not inside"),
        ([{"start": 4, "end": 9}], "mention 0 is at 4 to 9, not inside"),
        ([{"start": 2, "end": 3}], "mention 0 is at 2 to 3, where the text is blank"),
    ],
)
def test_a_wrong_span_is_the_lines_error(mentions: Any, error: str) -> None:
    line = json.dumps({"id": 7, "text": "To Izyum", "mentions": mentions}).encode()
    [(number, record)] = parsed(line)
    assert (number, record["id"]) == (1, 7)
    assert record["error"].startswith(error)


@pytest.mark.parametrize("text", ["Izyum\n\n Kyiv", "...", "Kyiv", " Izyum ", "Kyiv’s", "a\nb\nc"])
def test_any_span_of_any_text_is_answered(text: str) -> None:
    given = [
        {"start": a, "end": b} for a in range(len(text)) for b in range(a + 1, len(text) + 1) if not text[a:b].isspace()
    ]
    assert len(geoparse({"id": 1, "text": text, "mentions": given}, RULES)["mentions"]) == len(given)
