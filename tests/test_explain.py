"""A report explained: every place, date and claim at its own words, with the reason."""

from datetime import date

import pytest

from geo.build import Config, extract_batch, read_report
from geo.documents import make_document
from geo.errors import ReportError
from geo.explain import Kind, explain, explain_day
from tests.folders import page, write_zip

TEXT = (
    "Rebel fighters captured the airport in Goma on Monday, the Congolese army said.\n\n"
    "They took some 300 prisoners in Bukavu for two days."
)


@pytest.fixture(scope="module")
def reading():
    document = make_document("report.txt", TEXT, published=date(2024, 5, 14))
    return extract_batch([document], Config())[0]


def test_every_note_stands_at_its_words_in_its_paragraph(reading):
    paragraphs = explain(reading)
    assert [p.text for p in paragraphs] == TEXT.split("\n\n")
    for paragraph in paragraphs:
        assert paragraph.notes
        for note in paragraph.notes:
            assert TEXT[note.start : note.end] == note.words
            assert paragraph.start <= note.start < paragraph.start + len(paragraph.text)


def test_a_place_tells_its_role_and_a_date_its_days(reading):
    notes = [note for paragraph in explain(reading) for note in paragraph.notes]
    says = {(note.kind, note.words): note.says for note in notes}
    assert says[Kind.PLACE, "Goma"].startswith("the place itself. Goma is taken to be Goma, a city in")
    assert says[Kind.PLACE, "Congolese"].startswith("a word of nationality.")
    assert says[Kind.DATE, "Monday"] == "2024-05-13"
    assert says[Kind.DATE, "two days"] == "a length of time, no date"


def test_a_claim_tells_who_says_what_where_when(reading):
    claim = next(n for p in explain(reading) for n in p.notes if n.kind is Kind.CLAIM)
    assert claim.says.startswith("control-change, claimed by Congolese army for CD (“say”); at Goma (")
    assert "on 2024-05-13, “Monday”, reckoned from the report's day" in claim.says
    assert "by: Rebel fighters; to: the airport" in claim.says


def test_the_day_and_how_it_is_known():
    assert explain_day(make_document("a.txt", "Text.")).startswith("Published on an unknown day")


def test_a_file_is_read_with_the_folder_around_it(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "reports.csv").write_text("file,published\na.txt,2024-05-14\n", encoding="utf-8")
    (found,), left_out = read_report(tmp_path / "a.txt", Config())
    assert left_out == []
    assert explain_day(found.document) == "Published 2024-05-14, as reports.csv gives it."
    with pytest.raises(ReportError, match=r"b\.txt: no such file"):
        read_report(tmp_path / "b.txt", Config())


@pytest.mark.parametrize(
    ("path", "reports"),
    [
        ("a.jsonl", ["a.jsonl#x", "a.jsonl#3"]),
        ("a.jsonl#x", ["a.jsonl#x"]),
        ("b.csv", ["b.csv#in/y"]),
        ("b.csv#in/y", ["b.csv#in/y"]),
        ("c.html", ["c.html"]),
        ("d.zip", ["d.zip/a.jsonl#x", "d.zip/a.jsonl#3", "d.zip/in/c.html"]),
        ("d.zip/in/c.html", ["d.zip/in/c.html"]),
        ("d.zip/a.jsonl#3", ["d.zip/a.jsonl#3"]),
    ],
)
def test_each_report_of_a_file_of_many_is_read(tmp_path, path, reports):
    lines = '{"id": "x", "text": "Rebels took Goma."}\nbad\n{"text": "Shells fell on Goma."}\n'
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "a.jsonl2.txt").write_text("Another.", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,text\nin/y,Rebels took Goma.\n", encoding="utf-8")
    (tmp_path / "c.html").write_text(page(), encoding="utf-8")
    write_zip(tmp_path / "d.zip", {"a.jsonl": lines, "in/c.html": page()})
    found, left_out = read_report(tmp_path / path, Config(model="none"))
    assert [reading.document.report for reading in found] == reports
    bad = {"a.jsonl": ["a.jsonl:2"], "d.zip": ["d.zip/a.jsonl:2"]}
    assert [item.report for item in left_out] == bad.get(path, [])


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("a.jsonl", r"a\.jsonl:1: is not JSON: "),
        ("a.jsonl#x", r"a\.jsonl#x: no such file"),
        ("d.zip", r"d\.zip: is no zip archive that can be read: "),
        ("d.zip/a.txt", r"d\.zip/a\.txt: no such file"),
        (".hidden.txt", r"\.hidden\.txt: no report that can be read \(\.txt, \.html"),
    ],
)
def test_what_holds_no_report_is_one_line(tmp_path, path, reason):
    for name in ("a.jsonl", "d.zip", ".hidden.txt"):
        (tmp_path / name).write_text("bad", encoding="utf-8")
    with pytest.raises(ReportError, match=reason):
        read_report(tmp_path / path, Config(model="none"))
