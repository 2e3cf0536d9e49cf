import random
from dataclasses import replace
from datetime import date

import pytest

from geo.copies import containment, find_stories, group_copies, inherit_days
from geo.documents import make_document, read_documents
from geo.model import Document, PublishedBasis
from geo.resources import resource
from tests.corpora import Made, make_corpus


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


# --- what is no copy ---

NAMES = "Torvik of Arven, near Mirel and Osk, met Andor and Sant. "


def told(seed: int, names: str, words: int = 240) -> str:
    """Return a report of one outlet's own words, in lines, with names in it."""
    rng = random.Random(seed)
    lines = [" ".join(f"w{rng.randrange(9_000)}" for _ in range(12)).capitalize() + "." for _ in range(words // 12)]
    return "\n".join([f"Word came, {names}", *lines])


def first_names(seed: int) -> str:
    rng = random.Random(seed)
    return "from " + ", ".join("".join(rng.choices("abdeklmnorstuv", k=7)).capitalize() for _ in range(9)) + "."


BACKGROUND = (
    "The two provinces split from the union in 1994 after a war of eleven months that took nine thousand lives. "
    "A treaty signed that winter gave them a parliament of their own but left the mines to the state. "
    "Every government since has promised a vote on the border and none of them has ever held it."
)
QUOTES = [
    f'"We {verb} all night on the far side of the river and nobody came to help us before the morning," Torvik said.'
    for verb in "waited worked prayed walked watched hid sang dug".split()
]


def test_independent_reports_that_print_the_same_quotes_are_no_copies() -> None:
    one, other = (document(f"{n}", "\n".join([told(n, NAMES, 150), *QUOTES])) for n in (1, 2))
    assert containment(one.text, other.text) > 0.25
    first, second = origins(one, other)
    assert first != second


def test_a_paragraph_of_background_makes_no_copy_of_a_report() -> None:
    one, other = (document(f"{n}", f"{told(n, NAMES)}\n{BACKGROUND}") for n in (1, 2))
    assert containment(one.text, other.text) > 0.15
    first, second = origins(one, other)
    assert first != second


def test_the_words_around_the_pages_of_one_outlet_make_no_copies() -> None:
    top = "\n".join(told(50, "by Gravel Post and Radio.", 60).splitlines())
    bottom = "\n".join(told(51, "by Gravel Post and Radio.", 60).splitlines())
    pages = [document(f"{n}", f"{top}\n{told(n, first_names(n), 140)}\n{bottom}") for n in range(5)]
    assert containment(pages[0].text, pages[1].text) > 0.4
    assert len(set(origins(*pages))) == 5


def test_a_page_that_carries_two_stories_makes_no_one_story_of_them() -> None:
    one, other = (told(n, first_names(n)) for n in (1, 2))
    copied = [document("a1", one), document("a2", f"{one} x"), document("b1", other), document("b2", f"{other} x")]
    found = origins(*copied, document("page", f"{one}\n{other}"))
    assert found[0] == found[1] != found[2] == found[3]
    assert found[4] in found[:4]


def test_a_chain_of_copies_ends_where_the_days_drift_too_far() -> None:
    text = told(1, NAMES)
    days = [date(2022, 9, 1 + 6 * n) for n in range(5)]
    found = origins(*(document(f"{n}", f"{text} {n}", day) for n, day in enumerate(days)))
    assert len(set(found)) == 2
    assert found == sorted(found, key=found.index)


def test_an_undated_copy_joins_no_stories_months_apart() -> None:
    text = told(1, NAMES)
    early, late = (document(f"{month}", f"{text} {month}", date(2022, month, 1)) for month in (3, 9))
    found = origins(early, late, document("u", text))
    assert found[0] != found[1]


# --- stories ---


def test_the_canonical_report_is_the_one_that_holds_most_of_the_story() -> None:
    text = told(1, NAMES)
    lines = text.splitlines()
    cut, padded = "\n".join(lines[:9]), "\n".join([*lines[4:15], *told(2, NAMES).splitlines()])
    members = [document("cut", cut), document("whole", text), document("padded", padded)]
    [story] = find_stories(members)
    assert story.canonical_id == members[1].report_id
    assert story.scores[members[1].report_id] == 1
    assert story.scores[members[0].report_id] == 1


def test_of_equal_copies_the_credited_then_the_earliest_is_canonical() -> None:
    text = told(1, NAMES)
    days = [date(2022, 9, day) for day in (12, 13, 14)]
    plain = [document(f"{n}", text, day) for n, day in enumerate(days)]
    [story] = find_stories(plain)
    assert story.canonical_id == plain[0].report_id
    credited = document("c", f"{text}\nSource: AFP", days[2])
    [story] = find_stories([*plain, credited])
    assert story.canonical_id == credited.report_id
    assert story.credits[credited.report_id] == "AFP"


# --- a made corpus ---


@pytest.fixture(scope="module")
def made() -> list[Made]:
    return make_corpus(400, seed=11)


def test_planted_reprints_are_found_and_independent_reports_kept_apart(made: list[Made]) -> None:
    found = group_copies(m.document for m in made)
    groups = [found[m.document.report_id].origin_id for m in made]
    pairs = [(a, b) for a in range(len(made)) for b in range(a)]
    true = {(a, b) for a, b in pairs if made[a].story == made[b].story}
    claimed = {(a, b) for a, b in pairs if groups[a] == groups[b]}
    assert len(true) > 500
    assert not [(a, b) for a, b in claimed - true if made[a].event == made[b].event]
    assert 2 * len(true & claimed) / (len(true) + len(claimed)) >= 0.97


def test_stories_do_not_hang_on_the_order_of_reports(made: list[Made]) -> None:
    documents = [m.document for m in made[:150]]
    assert find_stories(documents) == find_stories(random.Random(5).sample(documents, len(documents)))


def test_unrelated_reports_change_no_story(made: list[Made]) -> None:
    stories = find_stories(m.document for m in made[:150])
    others = [document(f"other {n}", told(1_000 + n, first_names(n), 120)) for n in range(300)]
    together = find_stories([*(m.document for m in made[:150]), *others])
    assert len(together) == len(stories) + len(others)
    assert [story for story in together if story in stories] == stories
