"""Which words are places, and which relative places are built on them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.model import Role
from tests.reading import read


def surfaces(text: str, **options: str) -> list[str]:
    return [r.mention.surface for r in read(text, **options).resolutions if r.mention.role is not Role.DEMONYM]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The river burst its banks near Sylhet.", ["Sylhet"]),
        ("KYIV, Sept 13 (Wire) - Shells fell on Izyum.", ["KYIV", "Izyum"]),
        ("Antony Blinken flew home. Since then nothing happened.", []),
        ("He reads the Telegram channel every morning.", []),
        ("Troops left Балаклія on Monday.", ["Балаклія"]),
        ("She lives in Granville County, North Carolina.", ["Granville County", "North Carolina"]),
        ("The fire spread from Izyum's market to Lyman.", ["Izyum", "Lyman"]),
    ],
)
def test_names_found(text, expected):
    assert surfaces(text) == expected


def test_a_common_noun_beside_a_name_is_a_hint_and_no_part_of_it():
    mention = read("Shells fell across the Kharkiv region.").resolution("Kharkiv").mention
    assert mention.hint == "region"


def test_demonyms_are_told_from_places():
    roles = {r.mention.surface: r.mention.role for r in read("French troops left Mali.").resolutions}
    assert roles == {"French": Role.DEMONYM, "Mali": Role.LITERAL}


@pytest.mark.parametrize(
    ("text", "surface", "word", "bearings", "km"),
    [
        ("It happened 40 km north of Lyon.", "40 km north of Lyon", "from", (0.0,), 40.0),
        ("It struck 25 miles (40 km) southwest of Lyon.", "25 miles (40 km) southwest of Lyon", "from", (225.0,), 40.2),
        ("They live in a village east of Izyum.", "a village east of Izyum", "from", (90.0,), None),
        ("Guns fell silent in southern Lebanon.", "southern Lebanon", "part", (180.0,), None),
        ("They hold the territory near Kupiansk.", "territory near Kupiansk", "near", (), None),
        ("It rained in Kenya, mostly in the northeast.", "the northeast", "part", (45.0,), None),
        ("Mali is tense. Fighting goes on in the north and east.", "the north and east", "part", (0.0, 90.0), None),
    ],
)
def test_relative_places(text, surface, word, bearings, km):
    relation = read(text).resolution(surface).mention.relation
    assert relation is not None
    assert (relation.word, relation.bearings) == (word, bearings)
    assert relation.distance_km == pytest.approx(km, abs=0.1) if km else relation.distance_km is None


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("Guns fell silent in eastern Ukraine.", True),
        ("Guns fell silent in northern Donetsk region.", True),
        ("Guns fell silent in the eastern Donetsk region.", False),
    ],
)
def test_an_adjective_that_describes_a_whole_region_makes_no_part_of_it(text, relative):
    assert any(r.mention.relation for r in read(text).resolutions) is relative


def test_an_anchor_keeps_its_own_mention():
    assert surfaces("It happened 40 km north of Lyon.") == ["40 km north of Lyon", "Lyon"]


def test_site_chrome_is_passed_over():
    assert surfaces("READ MORE: Floods in Kenya\nThe flood reached Mombasa on Monday.") == ["Mombasa"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("Paris Kyiv of the-'’.,\n 12 km north\u0301Ж"), max_size=120))
def test_any_text_gives_mentions_whose_words_stand_at_their_offsets(text):
    for resolution in read(text, model="none").resolutions:
        mention = resolution.mention
        assert text[mention.start : mention.end] == mention.surface != ""
