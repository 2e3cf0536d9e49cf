import random
from datetime import date

import pytest

from geo.copies import find_stories
from geo.documents import make_document, read_documents
from geo.lineage import trace, variants
from geo.model import Borrowing, Copy, Document
from geo.resources import resource
from geo.text import split_sentences

LINES = [
    "Rebels took the border town of Arven on Tuesday after three days of shelling.",
    "The mayor of Arven, Lena Torvik, said that forty houses had burned down.",
    "More than six thousand people crossed the river Osk into the neighbouring province.",
    "A convoy with flour and blankets was turned back at the bridge of Mirel.",
    "The army said it had withdrawn from two villages south of the railway.",
    "Observers counted eleven destroyed vehicles along the road to the quarry.",
    "The defence minister, Pavel Andor, promised that reinforcements would arrive by Friday.",
    "Hospitals in the provincial capital asked residents to donate blood without delay.",
]
EARLY = [
    "Talks between both sides in the monastery of Sant broke off before noon.",
    "The opposition called for the resignation of the whole cabinet.",
    "Farmers near Mirel reported that their harvest had been set on fire.",
]
LATE = [
    "Late in the evening the parliament voted for an emergency loan of two billion.",
    "A first train with wounded soldiers reached the capital shortly before midnight.",
    "The president will address the nation from the cathedral square on Thursday.",
]


def report(name: str, lines: list[str], day: date | None = None) -> Document:
    return make_document(name, "\n\n".join(lines), published=day)


def traced(*documents: Document) -> tuple[dict[str, Copy], list[Borrowing]]:
    copies, borrowings = trace(documents, find_stories(documents))
    return {copy.report: copy for copy in copies}, borrowings


def words(documents: list[Document], item: Borrowing) -> tuple[str, str]:
    texts = {d.report_id: d.text for d in documents}
    return (
        texts[item.report_id][item.start : item.end],
        texts[item.source_report_id][item.source_start : item.source_end],
    )


def test_the_shipped_reports_have_two_versions_of_one_story() -> None:
    documents = list(read_documents(resource("seeds"))[0])
    copies, borrowings = traced(*documents)
    versions = {name[:3]: copy.version for name, copy in copies.items()}
    assert versions["000"] == versions["001"] != versions["002"] == versions["003"]
    assert {copies[name].n_reports for name in copies} == {4, 1}
    canonical = {copy.canonical_id for name, copy in copies.items() if name[:3] != "004"}
    assert canonical == {copies["000_wire_late.txt"].report_id}
    alone = copies["004_independent.txt"]
    assert (alone.n_shared_sentences, alone.score, alone.version) == (0, 1.0, 1)
    assert all(item.report_id != alone.report_id != item.source_report_id for item in borrowings)


def test_towns_that_become_cities_are_one_sentence() -> None:
    documents = list(read_documents(resource("seeds"))[0])
    pairs = [words(documents, item) for item in traced(*documents)[1]]
    assert any("dozens of cities" in own and "dozens of towns" in source for own, source in pairs)


def test_a_sentence_comes_from_the_canonical_report_or_from_the_earliest_that_has_it() -> None:
    whole = report("whole", LINES, date(2022, 9, 13))
    first = report("first", [*LINES[:6], EARLY[0]], date(2022, 9, 12))
    second = report("second", [EARLY[0], *LINES[1:]], date(2022, 9, 14))
    copies, borrowings = traced(whole, first, second)
    assert copies["first"].canonical_id == whole.report_id
    sources = {words([whole, first, second], item): item.source_report_id for item in borrowings}
    assert sources[LINES[2], LINES[2]] == whole.report_id
    assert sources[EARLY[0], EARLY[0]] == first.report_id
    assert {item.report_id for item in borrowings} == {first.report_id, second.report_id}
    assert (copies["first"].n_shared_sentences, copies["first"].n_sentences) == (7, 7)
    assert (copies["whole"].n_shared_sentences, copies["whole"].n_sentences) == (8, 8)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("On Tuesday, after three days of shelling, rebels took Arven, a border town.", True),
        ("Rebels seized the border town of Arven on Tuesday, after shelling it for three days.", True),
        ("Rebels took the town.", False),
        ("Shelling went on in the town of Arven on Friday, and nobody was hurt.", False),
    ],
)
def test_other_words_are_told_from_other_sentences(other: str, found: bool) -> None:
    documents = report("a", LINES), report("b", [other, *LINES[1:]])
    assert (len(traced(*documents)[1]) == len(LINES)) is found


def test_members_that_share_sentences_which_the_others_lack_are_a_version() -> None:
    names = {
        "late": [*LINES, *LATE],
        "late cut": [*LATE, *LINES[:5]],
        "early": [*LINES, *EARLY],
        "early cut": [*LINES[2:7], *EARLY],
    }
    days = {"early": date(2022, 9, 12)}
    copies, _ = traced(*(report(name, lines, days.get(name)) for name, lines in names.items()))
    assert {name: copy.version for name, copy in copies.items()} == {
        "early": 1,
        "early cut": 1,
        "late": 2,
        "late cut": 2,
    }


def test_a_cut_copy_is_no_version() -> None:
    cuts = (report(f"cut {n}", lines) for n, lines in enumerate((LINES[:5], LINES[:5] * 2, LINES[3:], LINES[3:] * 2)))
    copies, _ = traced(report("whole", LINES), *cuts)
    assert {copy.version for copy in copies.values()} == {1}
    assert len({copy.origin for copy in copies.values()}) == 1


def test_a_sentence_family_holds_the_source_and_all_its_rewordings() -> None:
    reworded = "On Tuesday, after three days of shelling, rebels took Arven, a border town."
    documents = [report("a", LINES), report("b", [reworded, *LINES[1:]]), report("c", LINES[::-1])]
    families = variants(traced(*documents)[1])
    starts = [
        (d.report_id, d.text.index(line)) for d, line in zip(documents, [LINES[0], reworded, LINES[0]], strict=True)
    ]
    assert len({families[start] for start in starts}) == 1
    assert len(set(families.values())) == len(LINES)


def test_what_no_other_report_has_is_in_no_family() -> None:
    assert variants(traced(report("a", LINES), report("b", EARLY))[1]) == {}


def test_families_begin_where_sentences_do() -> None:
    documents = read_documents(resource("seeds"))[0]
    starts = {(d.report_id, s.start) for d in documents for s in split_sentences(d.text)}
    families = variants(traced(*documents)[1])
    assert len(families) > 80
    assert families.keys() <= starts


def test_lineage_does_not_hang_on_the_order_of_reports() -> None:
    documents = list(read_documents(resource("seeds"))[0])
    shuffled = random.Random(1).sample(documents, len(documents))
    assert traced(*documents) == traced(*shuffled)
