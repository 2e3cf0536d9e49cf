"""ES modules joined into one script; that it runs is shown in a browser by test_standalone."""

import shutil
import subprocess
from collections.abc import Mapping

import pytest

from geo.bundle import bundle

MODULES = {
    "app/page.js": """/** The page. */
import { double, SIZE as size } from "./lib/numbers.js";
import * as words from '../words.js'
import {
  Box,
  later,
} from "./lib/box.js";
import "./lib/effect.js";

const hidden = 1;
console.log(double(size), words.greet("you"), new Box(hidden).size, globalThis.effect, typeof later, words.again());
""",
    "app/lib/numbers.js": """const hidden = 2;
export const SIZE = 21;
/** @param {import("./box.js").Box} box */
export function double(n) { return hidden * n; }
""",
    "app/lib/box.js": """import { SIZE } from "./numbers.js";
export class Box { constructor(n) { this.size = n + SIZE; } }
export async function later() {}
export let changing = 1;
""",
    "app/lib/effect.js": "globalThis.effect = 'seen';\n",
    "words.js": """const hidden = "Hello";
function greet(who) { return `${hidden}, ${who}`; }
function* steps() { yield 3; }
export { greet, again as again2, first as again };
const again = 0;
const first = () => [...steps()][0];
""",
}


def test_modules_run_as_one_script() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    done = subprocess.run([node, "-e", bundle(MODULES, "app/page.js")], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("42 Hello, you 22 seen function 3\n", "")


def test_each_module_is_there_once_after_those_that_it_needs() -> None:
    joined = bundle(MODULES, "app/page.js")
    marks = ["SIZE = 21", 'hidden = "Hello"', "class Box", "globalThis.effect = 'seen'", "console.log"]
    places = [joined.index(mark) for mark in marks]
    assert places == sorted(places)
    assert [joined.count(mark) for mark in marks] == [1] * len(marks)


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        ({"a.js": 'import { b } from "./b.js";'}, "b.js: there is no such module for a.js"),
        ({}, "a.js: there is no such module for the page"),
        (
            {"a.js": 'import "./b.js";', "b.js": 'import "./a.js";'},
            "a.js → b.js → a.js: modules that import each other",
        ),
        ({"a.js": "export default 1;"}, "a.js: 'export default 1;' is not understood"),
        ({"a.js": 'import L from "leaflet";'}, "is not understood"),
        ({"a.js": 'export * from "./b.js";'}, "is not understood"),
        ({"a.js": "export const { a, b } = c;"}, "is not understood"),
    ],
)
def test_what_is_not_understood_is_refused(modules: Mapping[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace("*", r"\*")):
        bundle(modules, "a.js")


def test_an_import_within_words_or_a_call_is_none() -> None:
    source = "// import this\nconst url = import.meta.url;\n * import of goods\nlet exporter = 1;\n"
    assert source in bundle({"a.js": source}, "a.js")
