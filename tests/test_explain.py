"""A report explained: every place, date and claim at its own words, with the reason."""

from datetime import date

import pytest

from geo.build import Config, extract_batch, read_report
from geo.documents import make_document
from geo.errors import ReportError
from geo.explain import Kind, explain, explain_day

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
