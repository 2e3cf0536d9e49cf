"""Cells that a spreadsheet may open."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells import guarded, unguarded

PLAIN = ["'tis", "a=1", "", "a - b", "“We hold,” he said", "user@example.org", "a; b", "a|b"]
RISKY = [
    ("=1+1", "'=1+1"),
    ("@x", "'@x"),
    ("\t=1", "'\t'=1"),
    ("\nx", "'\nx"),
    ("＝1", "'＝1"),
    (" =1", "' =1"),
    ("\u00a0\ufeff-1", "'\u00a0\ufeff-1"),
    ('"=1', "'\"=1"),
    ("'=1", "''=1"),
    ("“+1”", "'“+1”"),
    ("\x1c" * 50 + "=1", "'" + "\x1c" * 50 + "=1"),
    ("a;=1", "a;'=1"),
    ("a\r\n -b", "a\r\n' -b"),
    ("a|=1", "a|'=1"),
]
SIGNS = "=+-@＝＋－＠"

near_formulas = st.text(st.sampled_from("='+ \"a;|\t\r\n＝\x1c"), max_size=8)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(("text", "cell"), RISKY)
def test_formulas_are_guarded(text: str, cell: str) -> None:
    assert guarded(text) == cell


@settings(deadline=None)
@given(near_formulas | st.text())
def test_a_guard_can_be_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith((*SIGNS, "\t", "\r", "\n"))


@settings(deadline=None)
@given(near_formulas, near_formulas)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_a_formula_whatever_the_file_is_split_at(separator: str, one: str, two: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerow(["a", guarded(one), guarded(two)])
    for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=separator):
        assert not [cell for cell in row if cell.strip().startswith(tuple(SIGNS))]


def test_a_long_cell_takes_no_long_time() -> None:
    text = "\x1c'" * 200_000 + "a" + ";\u200b " * 200_000
    assert unguarded(guarded(text)) == text
