import json
import pickle
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.build import Config, extract_batch
from geo.copies import find_stories
from geo.documents import make_document, read_documents
from geo.events import extract
from geo.ledger import Ledger, open_ledger, pack, unpack
from geo.lineage import in_order, trace_story
from geo.links import KnownLinks
from geo.model import Claim, Document, Extract, Resolution, Timex
from geo.resources import resource
from geo.shingles import fingerprint
from tests.corpora import make_corpus

DOCUMENT = make_document("a.txt", "Ukraine took Izyum on 10 September 2022.")
EXTRACT = Extract(DOCUMENT, error="why")
FILE = "ledger.sqlite"


@pytest.fixture(scope="module")
def extracts() -> list[Extract]:
    """What the rules read in the shipped reports."""
    readings = extract_batch(read_documents(resource("seeds"))[0], Config(model="none"))
    return [extract(reading) for reading in readings]


def keep(root: Path, *extracts: Extract, code: str = "code", rest: str = "rest") -> None:
    with open_ledger(root, code, rest) as ledger:
        for read in extracts:
            ledger.keep(read)


def kept(root: Path, document: Document, *, code: str = "code", rest: str = "rest") -> Extract | None:
    with open_ledger(root, code, rest) as ledger:
        return ledger.find(document)


def build_using(root: Path, *documents: Document) -> None:
    """Use the extracts of some documents as a build does, and no others."""
    with open_ledger(root, "code", "rest") as ledger:
        for document in documents:
            ledger.find(document)
        ledger.drop_unused()


# --- answers to bytes ---


def test_a_reading_comes_back_equal_in_every_type(tmp_path: Path, extracts: list[Extract]) -> None:
    assert sum(len(r.claims) for r in extracts) > 50
    keep(tmp_path, *extracts)
    for read in extracts:
        assert repr(kept(tmp_path, read.document)) == repr(read)


@given(st.lists(st.one_of(*map(st.from_type, (Claim, Resolution, Timex)))))
def test_any_value_comes_back_equal_in_every_type(values: Sequence[Any]) -> None:
    for value in values:
        assert repr(unpack(pack(value, type(value)), type(value))) == repr(value)


@pytest.mark.parametrize("kind", [dict[str, int], set[int], object])
def test_a_type_without_a_form_is_refused(kind: Any) -> None:
    with pytest.raises(TypeError):
        pack({}, kind)


def test_answers_are_json(tmp_path: Path) -> None:
    keep(tmp_path, EXTRACT)
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        [(content,)] = database.execute("SELECT content FROM kept").fetchall()
    assert json.loads(zlib.decompress(content)) == [[], [], "why"]


# --- what decides an answer ---


@pytest.mark.parametrize(
    "changed",
    [
        {"report_id": "other"},
        {"report": "b.txt"},
        {"text": "Text"},
        {"title": "Title"},
        {"outlet": "Outlet"},
        {"url": "https://example.org"},
        {"published": date(2022, 9, 13)},
    ],
)
def test_a_changed_report_has_no_reading(tmp_path: Path, changed: dict[str, Any]) -> None:
    keep(tmp_path, EXTRACT)
    assert kept(tmp_path, DOCUMENT) == EXTRACT
    assert kept(tmp_path, replace(DOCUMENT, **changed)) is None


def test_other_code_or_anything_else_that_decides_has_no_reading(tmp_path: Path) -> None:
    keep(tmp_path, EXTRACT)
    assert kept(tmp_path, DOCUMENT, code="other") is None
    assert kept(tmp_path, DOCUMENT, rest="other") is None


# --- copies ---


def test_prints_and_lineage_come_back_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [m.document for m in make_corpus(40)]
    by_id = {d.report_id: d for d in documents}
    stories = find_stories(documents)
    members = {s.origin.origin_id: in_order(s, (by_id[id_] for id_ in s.scores)) for s in stories}
    traced = [trace_story(story, members[story.origin.origin_id]) for story in stories]
    for _ in range(2):
        with open_ledger(tmp_path, "code", "rest") as ledger:
            assert find_stories(documents, ledger.print_of) == stories
            assert [ledger.trace_of(s, members[s.origin.origin_id]) for s in stories] == traced
            for document in documents:
                one, other = ledger.print_of(document), fingerprint(document)
                assert (one.report_id, one.text_hash, one.published) == (
                    other.report_id,
                    other.text_hash,
                    other.published,
                )
                assert (one.words.dtype, one.runs.dtype, one.n_words) == (np.uint32, np.uint32, other.n_words)
                assert np.array_equal(one.words, other.words)
                assert np.array_equal(one.runs, other.runs)
        # the second time all is kept
        monkeypatch.setattr("geo.ledger.fingerprint", None)
        monkeypatch.setattr("geo.ledger.trace_story", None)


def test_what_was_found_of_pairs_comes_back_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [m.document for m in make_corpus(60)]
    known = KnownLinks()
    stories = find_stories(documents, known=known)
    assert np.count_nonzero(~np.isnan(known.likeness)) > 20
    with open_ledger(tmp_path, "code", "rest") as ledger:
        ledger.keep_links(known)
    with open_ledger(tmp_path, "code", "rest") as ledger:
        again = ledger.known_links()
    assert np.array_equal(again.keys, known.keys)
    assert np.array_equal(again.likeness, known.likeness, equal_nan=True)
    monkeypatch.setattr("geo.copies._overlap", None)  # what would be asked of pairs that are not known
    assert find_stories(documents, known=again) == stories


# --- the file ---


def test_an_answer_stays_for_three_builds(tmp_path: Path) -> None:
    other = make_document("b.txt", "Text")
    keep(tmp_path, EXTRACT, Extract(other))
    build_using(tmp_path, DOCUMENT, other)
    for _ in range(2):
        build_using(tmp_path, DOCUMENT)
    assert kept(tmp_path, other) is not None
    build_using(tmp_path, DOCUMENT)
    assert kept(tmp_path, other) is None
    assert kept(tmp_path, DOCUMENT) == EXTRACT


def test_what_was_kept_before_an_error_stays(tmp_path: Path) -> None:
    def stop() -> None:
        with open_ledger(tmp_path, "code", "rest") as ledger:
            ledger.keep(EXTRACT)
            raise KeyError

    with pytest.raises(KeyError):
        stop()
    assert kept(tmp_path, DOCUMENT) == EXTRACT


class _Harm:
    """What a pickle in a ledger would do."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a ledger ran code",))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        zlib.compress(b"nonsense"),
        zlib.compress(b"{}"),
        zlib.compress(b"[[], []]"),
        zlib.compress(b'[[], [["few"]], ""]'),
        zlib.compress(b'[3, [], ""]'),
        zlib.compress(b"[" * 100_000),
        pickle.dumps(_Harm()),
        zlib.compress(pickle.dumps(_Harm())),
    ],
)
def test_a_damaged_answer_is_none(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, EXTRACT)
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        database.execute("UPDATE kept SET content = ?", (content,))
    assert kept(tmp_path, DOCUMENT) is None


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nonsense " * 1_000)
    assert kept(tmp_path, DOCUMENT) is None
    keep(tmp_path, EXTRACT)
    assert kept(tmp_path, DOCUMENT) == EXTRACT


def test_a_file_with_a_damaged_page_is_begun_anew(tmp_path: Path) -> None:
    extracts = [Extract(make_document(f"{n}.txt", "Text"), error=str(n) * 2_000) for n in range(50)]
    keep(tmp_path, *extracts)
    path = tmp_path / FILE
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4_096)  # behind the first page, which says what tables there are
        file.write(b"\xff" * (size - 4_096))
    with open_ledger(tmp_path, "code", "rest") as ledger:
        assert [ledger.find(r.document) for r in extracts] == [None] * 50
    assert ledger.error.startswith("ledger.sqlite cannot be used, so the next build reads all reports again: ")
    keep(tmp_path, *extracts)
    with open_ledger(tmp_path, "code", "rest") as ledger:
        assert [ledger.find(r.document) for r in extracts] == extracts


def test_where_no_file_can_be_made_answers_last_for_this_build_and_it_says_so(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with open_ledger(tmp_path, "code", "rest") as ledger:
        ledger.keep(EXTRACT)
        assert ledger.find(EXTRACT.document) == EXTRACT
        ledger.drop_unused()
    assert ledger.error.startswith("ledger.sqlite cannot be opened, so the next build reads all again: ")


def test_a_ledger_that_breaks_in_use_goes_on_without_its_file_and_says_so(tmp_path: Path) -> None:
    with open_ledger(tmp_path, "code", "rest") as ledger, closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.execute("DROP TABLE kept")
        assert ledger.find(DOCUMENT) is None
        ledger.keep(EXTRACT)
        assert ledger.find(EXTRACT.document) == EXTRACT
        ledger.drop_unused()
    assert ledger.error == (
        "ledger.sqlite cannot be used, so the next build reads all reports again: no such table: kept"
    )


def test_a_fresh_ledger_holds_nothing(tmp_path: Path) -> None:
    keep(tmp_path, EXTRACT)
    with open_ledger(tmp_path, "code", "rest", fresh=True) as ledger:
        assert isinstance(ledger, Ledger)
        assert ledger.find(DOCUMENT) is None
