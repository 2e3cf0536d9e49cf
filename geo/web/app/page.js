/**
 * The page of one file that `geo.standalone` writes: map, timeline and evidence of the data blocks that stand beside it.
 */

import { createEvidence } from "./evidence.js";
import { createMap } from "./map.js";
import { decodeScene } from "./scene.js";
import { createTimeline } from "./timeline.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const element = (id) => document.getElementById(id);

const { title, summary, types, hues, statuses, texts, frame } = read("settings");
const scene = decodeScene(Uint8Array.from(atob(read("scene")), (char) => char.charCodeAt(0)));
const darkness = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (darkness.matches ? "dark" : "light");

let days = scene.everything; // in view
let selected = null;

element("page").dataset.theme = theme();
element("title").textContent = title;
element("summary").textContent = summary;
const map = createMap(element("map"), { scene, types, statuses, texts, theme: theme(), frame });
const timeline = createTimeline(element("timeline"), { scene, types, hues, texts, colourBy: "status" });
const evidence = createEvidence(element("evidence"), { rows: read("rows"), texts });

map.onSelect = select;
map.onView = () => scene.isCells && drawMap();
evidence.onAll = () => select(null);
timeline.onInput = (moved) => {
  days = moved;
  drawMap();
};
timeline.onChange = (moved) => {
  days = moved;
  draw();
};
darkness.addEventListener("change", () => {
  element("page").dataset.theme = theme();
  map.setTheme(theme());
  timeline.setTheme();
});
new ResizeObserver(() => {
  map.resize();
  timeline.resize();
}).observe(element("page"));
draw();

/** @param {number | null} number a place's */
function select(number) {
  selected = number;
  map.select(number);
  draw();
}

function drawMap() {
  if (scene.isCells) map.showCells(hued(scene.cells(days, map.zoom())));
  else map.show(hued(scene.count(days)));
}

/** The counts with the legend's types. */
function hued(counts) {
  return { ...counts, type: counts.type.map((type) => hues[type]) };
}

function draw() {
  drawMap();
  evidence.show({ from: scene.iso(days.from), to: scene.iso(days.to) }, selected);
}
