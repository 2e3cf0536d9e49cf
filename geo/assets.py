"""Serves the package's ``web/`` folder to the page, and tells the map the names of its places.

A declared component is the one folder that Streamlit serves with the right types and without opening it to other web
sites, from a checkout and from a wheel alike; the map's frame finds it at ``../geo.assets.web/``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components

__all__ = ["FOLDER", "module_source", "serve_assets", "tell_names"]

FOLDER = Path(__file__).resolve().parent / "web"

# The page may be at any path: it is where Streamlit's own scripts are. An import is done once a page, however often the
# component is mounted.
_LOADER = """
const own = document.querySelector('script[src*="static/js/"]');
const page = own ? new URL("../../", own.src) : new URL("./", document.baseURI);
export default async (component) => {
  const module = await import(new URL("component/geo.assets.web/app/%s", page).href);
  return module.%s(component);
};
"""


def serve_assets() -> Any:
    """Declare the folder to Streamlit and return the component; to be called on every run, it costs microseconds."""
    return components.declare_component("web", path=str(FOLDER))


def module_source(module: str, function: str) -> str:
    """Return the script of a v2 component that is mounted by a function which a module of ``web/app`` exports."""
    return _LOADER % (module, function)


def tell_names(names: Mapping[int, str], key: str) -> None:
    """Send the places' names to the map, beside Folium: as data, which the map draws as text and nothing else.

    A name is what somebody wrote in a gazetteer or a report: ``{{…}}`` in a Folium string would run on the server.
    """
    serve_assets()(names={str(number): name for number, name in names.items()}, key=key, default=None)
