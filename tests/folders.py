"""Folders of reports, for the tests of what is read from them."""

import zipfile
from pathlib import Path

from geo.documents import read_documents
from geo.model import Document

PAGE = """<!DOCTYPE html>
<html><head><title>Army takes town - The Paper</title>
<meta property="og:site_name" content="The Paper"><link rel="canonical" href="https://example.org/news/a">
HEAD</head><body><nav><a href="/">Home</a><a href="/sport">Sport</a></nav>
<article><h1>Army takes town</h1>BYLINE
<p>The army took the town of Izyum on Saturday, the mayor said in a call.</p>
<p>It had been shelled for days, people there told us, and {{7*7}} was written on a wall.</p>
<script>alert("never")</script></article>
<footer>Copyright 2021 The Paper</footer></body></html>
"""


def page(head: str = "", byline: str = "") -> str:
    """A web page of two paragraphs under a headline, with more in its head and between headline and text."""
    return PAGE.replace("HEAD", head).replace("BYLINE", byline)


def read_one(folder: Path) -> Document:
    """The one report of a folder in which everything can be read."""
    [document], unreadable = read_documents(folder)
    assert unreadable == []
    return document


def reasons(folder: Path) -> dict[str, str]:
    """Why what cannot be read in a folder is left out, by name."""
    return {item.report: item.reason for item in read_documents(folder)[1]}


def write_manifest(folder: Path, *rows: str) -> None:
    """Write a ``reports.csv`` of these rows."""
    (folder / "reports.csv").write_text("\n".join(("file,title,outlet,published,url", *rows)) + "\n")


def write_zip(path: Path, members: dict[str, bytes | str]) -> None:
    """Write an archive of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
