import { createMap, loadStyles } from "/web/app/map.js";
import * as made from "./made.js";

const TYPES = [
  ["#D55E00", "battle"], ["#E69F00", "strike"], ["#0072B2", "control change"], ["#56B4E9", "withdrawal, movement"],
  ["#CC79A7", "violence, casualties"], ["#F0E442", "damage, disaster, accident"], ["#009E73", "aid, protest"],
  ["#8A8F98", "statement, other"],
].map(([colour, words]) => ({ colour, words }));

const asked = new URLSearchParams(location.search);

/** Open a map of these places; what it calls is kept in `calls`. */
async function open(rows, options = {}) {
  const host = document.getElementById("host");
  const root = asked.has("shadow") ? (host.shadowRoot ?? host.attachShadow({ mode: "open" })) : document;
  let into = host;
  if (asked.has("shadow")) {
    into = root.appendChild(document.createElement("div"));
    into.style.height = "100%";
  }
  await loadStyles(root);
  const map = createMap(into, { scene: made.sceneOf(rows), types: TYPES, theme: asked.get("theme") ?? "light", frame: { lat: 48.9, lon: 36.2, zoom: 6.5 }, ...options });
  const calls = { selected: [], views: [], drops: [] };
  map.onSelect = (number) => calls.selected.push(number);
  map.onView = (view) => calls.views.push(view);
  map.onDrop = (...drop) => calls.drops.push(drop);
  await document.fonts.ready;
  return Object.assign(globalThis, { map, calls, canvas: map.canvas });
}

Object.assign(globalThis, { made, open, isReady: true });
