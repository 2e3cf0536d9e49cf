"""ES modules → one script that runs from a file on disk, where modules may not load each other.

Each module becomes a function that returns what it exports, called once, after those that it imports from. Understood
is what our own modules use, each at the beginning of a line: ``import {a, b as c} from "./x.js"``, ``import * as x
from …``, ``import "./x.js"``, ``export`` before a function, a class or one variable, and ``export {a, b as c}``.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping

__all__ = ["bundle"]

_IMPORT = re.compile(
    r"""^import\s+(?:(?P<what>\{[^}]*\}|\*\s*as\s+[\w$]+)\s*from\s*)?(["'])(?P<source>\.[^"'\n]+)\2;?[ \t]*$""",
    re.MULTILINE,
)
_DECLARATION = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\b\s*\*?|class\b|(?:const|let|var)\b)\s*(?P<name>[\w$]+))", re.MULTILINE
)
_LIST = re.compile(r"^export\s*\{(?P<names>[^}]*)\};?[ \t]*$", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b(?!\.).*", re.MULTILINE)


def bundle(modules: Mapping[str, str], entry: str) -> str:
    """Return one script that does what the module ``entry`` does; ``modules`` are sources by path.

    A variable that a module exports has for others the value that it had when the module had run.

    Raises:
        ValueError: a module is missing, imports itself through others, or has a statement that is not understood.
    """
    order = list(_in_order(modules, entry, ()))
    names = {name: f"module{n}" for n, name in enumerate(dict.fromkeys(order))}
    return "".join(f"const {names[name]} = {_function(name, modules[name], names)};\n" for name in names)


def _in_order(modules: Mapping[str, str], name: str, importers: tuple[str, ...]) -> Iterator[str]:
    """Yield the modules that one needs, each after those that it needs itself, and the one; some more than once."""
    if name in importers:
        raise ValueError(f"{' → '.join((*importers, name))}: modules that import each other cannot be joined")
    if name not in modules:
        raise ValueError(f"{name}: there is no such module for {importers[-1] if importers else 'the page'}")
    for match in _IMPORT.finditer(modules[name]):
        yield from _in_order(modules, _resolved(match["source"], name), (*importers, name))
    yield name


def _function(name: str, source: str, names: Mapping[str, str]) -> str:
    exported = [match["name"] for match in _DECLARATION.finditer(source)]
    for match in _LIST.finditer(source):
        exported += [_pair(item, "{1}: {0}") for item in match["names"].split(",") if item.strip()]
    body = _IMPORT.sub(lambda match: _binding(match, name, names), source)
    body = _LIST.sub("", _DECLARATION.sub("", body))
    if left := _OTHER.search(body):
        raise ValueError(f"{name}: {left[0]!r} is not understood")
    return f"(() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})()"


def _binding(match: re.Match[str], importer: str, names: Mapping[str, str]) -> str:
    """Return what an import becomes: the names that it brings, or nothing where it brings none."""
    what = match["what"]
    if what is None:
        return ""
    module = names[_resolved(match["source"], importer)]
    if what.startswith("*"):
        return f"const {what.split()[-1]} = {module};"
    brought = (_pair(item, "{0}: {1}") for item in what[1:-1].split(",") if item.strip())
    return f"const {{ {', '.join(brought)} }} = {module};"


def _pair(item: str, form: str) -> str:
    """Return ``a`` as it is and ``a as b`` in a form of the two."""
    here, _, there = (part.strip() for part in item.partition(" as "))
    return form.format(here, there) if there else here


def _resolved(source: str, importer: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), source))
