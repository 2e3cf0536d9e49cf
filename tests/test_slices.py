import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from geo import slices
from geo.documents import read_documents
from geo.errors import ReportError
from geo.model import Document, Unreadable
from geo.slices import count_lines, find_manifest, list_slices, read_slice
from tests.folders import page, write_zip


def numbered(url: str) -> Iterator[slices.Slice]:
    line, last = 1, ""
    for part in list_slices(url):
        line = line if part.names[0] == last else 1
        yield replace(part, line=line) if part.is_part else part
        line, last = line + count_lines(part), part.names[0]


def read(url: str) -> tuple[list[Document], list[Unreadable]]:
    found = [item for part in numbered(url) for item in read_slice(part)]
    return [x for x in found if isinstance(x, Document)], [x for x in found if isinstance(x, Unreadable)]


@pytest.fixture
def folder(reports: Path) -> Path:
    (reports / "a.txt").write_text("Ukraine took Izyum on 10 September 2022.")
    (reports / "b").mkdir()
    (reports / "b" / "c.html").write_text(page())
    write_zip(reports / "d.zip", {"e.txt": "Fighting went on in Kupiansk."})
    (reports / ".hidden").write_text("no report")
    (reports / "README.md").write_text("no report")
    (reports / "lines.jsonl").write_text(
        "".join(
            json.dumps({"text": f"Shells fell on Izyum {'again ' * (n % 7)}on day {n}."}) + "\n\n" for n in range(60)
        )
        + "no record\n"
        + json.dumps({"id": "last", "text": "It ended."})
    )
    return reports


@pytest.mark.parametrize("size", [50, 333, 1_000, 10**9])
def test_slices_of_any_size_read_what_the_folder_holds(
    folder: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(slices, "_BYTES", size)
    whole, left_out = read_documents(folder)
    documents, unreadable = read(f"file://{folder}")
    assert documents == whole
    assert unreadable == left_out
    assert len(list_slices(str(folder))) > 1 or size == 10**9


def test_a_single_file_and_a_store_in_memory_are_addresses_too(folder: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe_file("/corpus/a.txt", (folder / "a.txt").read_bytes())
    assert [d.report for d in read("memory://corpus")[0]] == ["a.txt"]
    assert [d.report for d in read(str(folder / "a.txt"))[0]] == ["a.txt"]


def test_the_manifest_is_found_and_no_report(folder: Path) -> None:
    assert find_manifest(str(folder)) is None
    (folder / "reports.csv").write_text("file,outlet\na.txt,Paper\n")
    manifest = find_manifest(str(folder))
    (document,) = [d for d in read_slice(list_slices(str(folder))[0], manifest) if d.report == "a.txt"]
    assert isinstance(document, Document)
    assert document.outlet == "Paper"


@pytest.mark.parametrize(
    ("url", "reason"), [("", "holds no report"), ("nothing://x", "cannot be opened"), ("/no/such", "holds no report")]
)
def test_where_nothing_can_be_read_it_says_so(tmp_path: Path, url: str, reason: str) -> None:
    with pytest.raises(ReportError, match=reason):
        list_slices(url or str(tmp_path))
