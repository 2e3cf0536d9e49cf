"""Cells that a spreadsheet may open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import guarded, unguarded


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("\t=1", "'\t=1"), ("＝1", "'＝1"), ("'tis", "'tis"), ("a=1", "a=1"), ("", "")],
)
def test_formulas_are_guarded(text: str, cell: str) -> None:
    assert guarded(text) == cell


@given(st.text(st.sampled_from("='+a"), max_size=4) | st.text())
def test_a_guard_can_be_taken_off_again(text: str) -> None:
    cell = guarded(text, reversible=True)
    assert unguarded(cell) == text
    assert not cell.startswith(("=", "+", "-", "@"))
