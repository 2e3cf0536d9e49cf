import random
from dataclasses import replace
from datetime import date

import pytest

from geo.copies import containment, group_copies, inherit_days
from geo.documents import make_document, read_documents
from geo.model import Document, PublishedBasis
from geo.resources import resource


def story(seed: int, words: int = 200) -> str:
    rng = random.Random(seed)
    return " ".join(f"w{rng.randrange(5_000)}" for _ in range(words))


def document(name: str, text: str, published: date | None = None) -> Document:
    return make_document(name, text, published=published)


def origins(*documents: Document) -> list[str]:
    found = group_copies(documents)
    return [found[d.report_id].origin_id for d in documents]


def test_the_shipped_reports_are_one_story_and_one_report_of_its_own() -> None:
    documents = read_documents(resource("seeds"))[0]
    found = group_copies(documents)
    groups = [found[d.report_id] for d in documents]
    assert groups[0] == groups[1] == groups[2] == groups[3] != groups[4]
    assert (groups[0].name, groups[4].name) == ("Reuters", "")
    days = {d.report[:3]: (d.published, d.published_basis) for d in inherit_days(documents, found)}
    assert days["001"] == days["003"] == (date(2022, 9, 13), PublishedBasis.COPY)
    assert days["004"] == (date(2022, 9, 10), PublishedBasis.MANIFEST)


def test_a_lone_undated_report_stays_undated() -> None:
    lone, other = document("a", story(1)), document("b", story(2), date(2022, 9, 13))
    assert [d.published for d in inherit_days([lone, other], group_copies([lone, other]))] == [None, other.published]


def test_a_cut_and_reordered_copy_is_linked_and_an_independent_report_is_not() -> None:
    whole = story(1)
    words = whole.split()
    cut = " ".join(words[100:160] + ["own", "words"] * 20 + words[:60])
    first, second, third = origins(document("a", whole), document("b", cut), document("c", story(2)))
    assert first == second != third


def test_short_texts_are_copies_only_if_they_are_the_same() -> None:
    one, other, third = (
        document(n, t) for n, t in (("a", "Army takes town."), ("b", "ARMY takes town!"), ("c", "Army"))
    )
    first, second, last = origins(one, other, third)
    assert first == second != last


def test_the_same_text_years_apart_is_a_copy_and_a_likeness_is_not() -> None:
    text, like = story(1), story(1) + " and more"
    first, same, later = origins(
        document("a", text, date(2021, 1, 1)),
        document("b", text, date(2022, 1, 1)),
        document("c", like, date(2023, 1, 1)),
    )
    assert first == same != later


def test_groups_do_not_hang_on_order_or_on_unrelated_reports() -> None:
    family = [document(f"{n}", story(1) + f" ending {n}") for n in range(5)]
    others = [document(f"x{n}", story(100 + n)) for n in range(80)]
    alone = origins(*family)
    assert len(set(alone)) == 1
    mixed = random.Random(3).sample(family + others, 85)
    found = group_copies(mixed)
    assert [found[d.report_id].origin_id for d in family] == alone
    assert len({o.origin_id for o in found.values()}) == 81


def test_more_copies_than_are_remembered_for_a_phrase_are_still_one_group() -> None:
    assert len(set(origins(*(document(f"{n}", story(1) + f" ending {n}") for n in range(120))))) == 1


def test_containment_is_the_share_of_the_shorter_text() -> None:
    assert containment("a b c d e f", "x a b c d y z q r s") == 0.5
    assert containment("a b", "a b") == 0


def test_the_origin_is_named_by_any_member() -> None:
    text = story(1)
    family = [document("a", text), document("b", f"{text}\n(Reporting by A of Reuters)")]
    assert {o.name for o in group_copies(family).values()} == {"Reuters"}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([13], 13),
        ([13, 14], 13),
        ([13, 14, 14], 14),
        ([12, 14], None),
        ([], None),
    ],
)
def test_an_undated_copy_takes_the_day_on_which_the_others_agree(days: list[int], expected: int | None) -> None:
    text = story(1)
    dated = [document(f"d{n}", f"{text} {n}", date(2022, 9, day)) for n, day in enumerate(days)]
    undated = document("u", text)
    [found] = (
        inherit_days([undated], group_copies([undated, *dated]))
        if not dated
        else [inherit_days([undated, *dated], group_copies([undated, *dated]))[0]]
    )
    day = date(2022, 9, expected) if expected else None
    basis = PublishedBasis.COPY if expected else PublishedBasis.NONE
    assert found == replace(undated, published=day, published_basis=basis)
