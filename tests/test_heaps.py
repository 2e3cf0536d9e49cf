"""Rows are fetched from a heap by their numbers."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.heaps import Heap, write_heap


@given(st.lists(st.text()), st.integers(1, 5), st.data())
def test_rows_are_read_back_in_the_order_asked_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], size: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("heap") / "x.heap"
    write_heap(path, map(json.dumps, rows), size)
    heap = Heap(path)
    assert heap.n_rows == len(rows)
    numbers = data.draw(st.lists(st.integers(0, len(rows) - 1))) if rows else []
    assert heap.read(numbers) == [rows[number] for number in numbers]


def test_a_row_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    write_heap(tmp_path / "x.heap", ["1", "2", "3"], 2)
    with pytest.raises(IndexError):
        Heap(tmp_path / "x.heap").read([3])


@pytest.mark.parametrize("content", [b"", b"\xff" * 100])
def test_a_broken_file_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.heap").write_bytes(content)
    with pytest.raises(OSError, match="cut short"):
        Heap(tmp_path / "x.heap")
