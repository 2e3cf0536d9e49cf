"""Sentences: where they begin and end, and what they are."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import SentenceKind, fold, paragraph_span, split_sentences


def pieces(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


def kinds(text: str) -> list[str]:
    return [s.kind.value for s in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rain fell. Rivers rose.", ["Rain fell.", "Rivers rose."]),
        ("Mr. Okoro met Gen. Diallo in St. Louis.", ["Mr. Okoro met Gen. Diallo in St. Louis."]),
        ("The U.S. Navy sailed. It returned.", ["The U.S. Navy sailed.", "It returned."]),
        ("It lies 40 km (25 miles). south of Accra.", ["It lies 40 km (25 miles). south of Accra."]),
        ("It began at 9 p.m. Police came.", ["It began at 9 p.m.", "Police came."]),
        ("It begins at 10 a.m. April 25 in town.", ["It begins at 10 a.m. April 25 in town."]),
        ('"Leave now!" she said. Nobody did.', ['"Leave now!" she said.', "Nobody did."]),
        ('"We left. We will return," he said.', ['"We left.', 'We will return," he said.']),
        ("On Feb. 24 the river rose.", ["On Feb. 24 the river rose."]),
        ("One line\nAnother line, longer.", ["One line", "Another line, longer."]),
        ("  \n\n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Floods cut off three towns in Sylhet", SentenceKind.HEADLINE),
        ("WHAT COMES NEXT?", SentenceKind.HEADLINE),
        ("Floods cut off three towns in Sylhet on Monday.", SentenceKind.BODY),
        ("• Three towns are cut off in Sylhet", SentenceKind.BODY),
        ("READ MORE: Floods in Sylhet", SentenceKind.BOILERPLATE),
        ("Sign up for our newsletter.", SentenceKind.BOILERPLATE),
        ("(Additional reporting by agency staff; editing by the desk)", SentenceKind.BOILERPLATE),
        ("Minister quits over floods [LIVE BLOG]", SentenceKind.BOILERPLATE),
    ],
)
def test_a_line_is_told_from_chrome_and_headline(line, kind):
    assert kinds(line) == [kind.value]


def test_teasers_after_related_articles_are_chrome_until_prose_resumes():
    prose = (
        "The water reached the second floor of the hospital before the evening, staff said, and patients were moved."
    )
    text = f"Related articles\nStar seen in Paris\nHe told fans he loved it...\n{prose}"
    assert kinds(text) == ["boilerplate", "boilerplate", "boilerplate", "body"]


@pytest.mark.parametrize(
    ("line", "dateline"),
    [
        ("DHAKA, June 3 (Wire) - Rivers rose.", "DHAKA, June 3 (Wire) -"),
        ("NEAR SYLHET, Bangladesh, June 3 (Wire) – Rivers rose.", "NEAR SYLHET, Bangladesh, June 3 (Wire) –"),
        ("DHAKA (Wire) -- Rivers rose.", "DHAKA (Wire) --"),
    ],
)
def test_a_dateline_stands_apart_from_its_sentence(line, dateline):
    assert pieces(line) == [dateline, "Rivers rose."]
    assert kinds(line) == ["dateline", "body"]


def test_folding_keeps_every_offset():
    assert fold("“It’s” – over") == '"It\'s" - over'
    assert len(fold("“It’s” – over")) == len("“It’s” – over")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("‘It turned black,’ said Gul.", '"It turned black," said Gul.'),
        ("'I don't know. It fell.' He wept.", '"I don\'t know. It fell." He wept.'),
        (
            "The residents’ homes in Jalal’abad, the boys’ school.",
            "The residents' homes in Jalal'abad, the boys' school.",
        ),
        ("a ‘special operation’ in Kyiv", "a 'special operation' in Kyiv"),
    ],
)
def test_speech_in_single_marks_gets_double_ones(text, folded):
    assert fold(text) == folded


def test_the_paragraph_of_a_sentence_is_its_line():
    text = "Title\nOne. Two.\r\nLast."
    assert paragraph_span(text, text.index("Two"), text.index("Two") + 4) == (6, 15)
    assert paragraph_span(text, 0, 5) == (0, 5)
    assert paragraph_span(text, text.index("Last"), len(text)) == (17, len(text))


@pytest.mark.timed
def test_a_long_line_is_split_in_linear_time():
    def seconds(n: int) -> float:
        start = process_time()
        split_sentences("a. " * n)
        return process_time() - start

    seconds(1000)
    assert seconds(160_000) < 40 * max(seconds(10_000), 0.005)


@given(st.text(max_size=400))
def test_any_text_is_split_into_ordered_spans_without_edge_space(text):
    end = 0
    for sentence in split_sentences(text):
        assert end <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end] == text[sentence.start : sentence.end].strip()
        end = sentence.end


@pytest.mark.parametrize(
    "line",
    [
        "KOHAT: ",
        "RAJBIRAJ, July 16: ",
        "CONAKRY, 5 November 2014 (Health News) – ",
        "NIAMEY, Feb 25, 2021 (Presse Sahel) - ",
        "LIMA, Peru (Agencia Cordillera) — ",
        "Lima (Agencia Cordillera) - ",
        "Nairobi, 12 March 2014 – ",
    ],
)
def test_a_dateline_is_no_part_of_the_sentence(line):
    text = f"{line}Three people died on Monday in a fire, police said."
    spans = [(s.kind, text[s.start : s.end]) for s in split_sentences(text)]
    assert spans == [(SentenceKind.DATELINE, line.strip()), (SentenceKind.BODY, text.removeprefix(line))]


@pytest.mark.parametrize(
    "text", ["Held September 1-4, 2021, in Doha, it drew few.", "The talks – they failed – went on."]
)
def test_a_dash_alone_makes_no_dateline(text):
    assert [s.kind for s in split_sentences(text)] == [SentenceKind.BODY]
