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

/** The colour on the map's own canvas at a point of the host: red, green, blue, opacity. */
globalThis.pixel = (x, y) => {
  const box = canvas.getBoundingClientRect();
  const host = map.host.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [...canvas.getContext("2d").getImageData(Math.round((host.left + x - box.left) * scale), Math.round((host.top + y - box.top) * scale), 1, 1).data];
};

/** The greys of a square of so many pixels about a point of the host. */
globalThis.greys = (x, y, half) => {
  const found = [];
  for (let dy = -half; dy <= half; dy++) {
    for (let dx = -half; dx <= half; dx++) {
      const [r, g, b, a] = pixel(x + dx, y + dy);
      found.push(Math.round((0.2126 * r + 0.7152 * g + 0.0722 * b) * (a / 255) + 245 * (1 - a / 255)));
    }
  }
  return found;
};

/** What is written on the map's own canvas when it is drawn: words, box and direction. */
globalThis.written = (draw) => {
  const words = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    if (this.canvas === canvas) {
      const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right } = this.measureText(text);
      words.push({ text, direction: this.direction, box: [x - left, y - 6, x + right, y + 6] });
    }
    return fillText.call(this, text, x, y);
  };
  draw();
  CanvasRenderingContext2D.prototype.fillText = fillText;
  return words;
};
