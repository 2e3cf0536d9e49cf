"""What a place name stands for: the place, its government, a part of a title."""

import pytest

from geo.model import Role
from tests.reading import read

L, A, M = Role.LITERAL, Role.ACTOR, Role.MODIFIER


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Floods hit Kenya on Monday.", "Kenya", L),
        ("Thousands marched in Berlin on Monday.", "Berlin", L),
        ("Berlin rejected the plan on Monday.", "Berlin", A),
        ("Kenya said it would send troops to Haiti.", "Kenya", A),
        ("Kenya said it would send troops to Haiti.", "Haiti", L),
        ("The minister blamed Iran for the blast.", "Iran", A),
        ("The village was occupied by Russia last year.", "Russia", A),
        ("France's president met farmers in Lyon.", "France", M),
        ("France's second largest port was closed.", "France", L),
        ("France's allies were silent.", "France", A),
        ("Kremlin spokesman Dmitry Peskov told reporters so.", "Kremlin", M),
        ("The Kremlin denied the report.", "Kremlin", A),
        ("Protesters gathered near the Kremlin on Sunday.", "Kremlin", L),
        ("U.S. officials were told on Sunday.", "U.S.", M),
        ("A Moscow-based diplomat was not surprised.", "Moscow", L),
        ("Lyon was flooded after the storm.", "Lyon", L),
        ("They called on the West to act.", "the West", A),
    ],
)
def test_role_by_use(text, name, role):
    assert read(text).resolution(name).mention.role is role


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Thousands marched in Berlin on Monday.", "Berlin", L),
        ("Berlin rejected the plan on Monday.", "Berlin", A),
        ("The village was occupied by Russia last year.", "Russia", A),
        ("Kremlin spokesman Dmitry Peskov told reporters so.", "Kremlin", M),
    ],
)
def test_role_without_a_model(text, name, role):
    assert read(text, model="none").resolution(name).mention.role is role
