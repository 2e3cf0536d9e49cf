"""A page of one part alone, for the tests of the page's parts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from geo.build import Config
from geo.filters import EVERYTHING, Filter
from geo.page.state import Shown
from geo.store import Generation

RULES = Config(model="none")


def shown(generation: Generation, chosen: Filter = EVERYTHING) -> Shown:
    """Return what the page shows of a generation that stands in its own project folder."""
    return Shown(Path("nowhere"), generation.root, RULES, generation, chosen)


def run_part(show: Callable[..., Any], *args: Any) -> AppTest:
    """Run a page of one part; what it returns is in the session as ``returned``."""
    page = AppTest.from_function(_page, default_timeout=120, kwargs={"show": show, "args": args}).run()
    assert not page.exception
    return page


def _page(show: "Callable[..., Any]", args: "tuple[Any, ...]") -> None:
    import streamlit as st

    st.session_state["returned"] = show(*args)


def texts(page: AppTest) -> list[str]:
    """Return what stands on a page as plain text."""
    return [element.value for element in page.text]


def captions(page: AppTest) -> str:
    """Return the captions of a page."""
    return "\n".join(element.value for element in page.caption)


def markdown_of(page: AppTest) -> str:
    """Return all that a page would read as Markdown or HTML, but labels."""
    kinds = (page.markdown, page.caption, page.info, page.error, page.success, page.warning, page.get("html"))
    return "\n".join(str(element.proto) for kind in kinds for element in kind)
