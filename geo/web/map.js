/**
 * The map's own drawing, shared by whatever shows the map: land and lines under the pins, the shapes of areas, names.
 *
 * Loaded after leaflet.js and world.js. Python sends numbers only; names come beside it (names.js) and are drawn as
 * text: on the canvas, or as textContent, never as HTML.
 *
 * @typedef {{id: number, shape: number, km: number, r: number, n: number, src: number, label: number}} Properties
 *   id: the place's number; shape: its outline in world.js or -1; km: radius of an area without an outline or 0;
 *   r: radius of a point in pixels; n: claims; src: independent sources; label: how much its name is wanted, 0 where it is not drawn
 */
"use strict";

(() => {
  const FONT = '"Source Sans 3", sans-serif';
  const FONT_FILES = {
    latin: "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC",
    "latin-ext": "U+0100-0130, U+0132-0151, U+0154-02BA, U+1E00-1E9F",
    cyrillic: "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116",
  };
  const COLOURS = { land: "#f7f5f0", coast: "#a9bac4", region: "#e0dcd2", border: "#a8a294", base: "#a39d8f" };
  const [COAST, REGION, BORDER, DISPUTED] = [0, 1, 2, 3];
  const LINES = [
    { kind: REGION, colour: COLOURS.region, width: 0.8, dash: [], fromZoom: 5 },
    { kind: COAST, colour: COLOURS.coast, width: 0.8, dash: [], fromZoom: 0 },
    { kind: BORDER, colour: COLOURS.border, width: 1.2, dash: [], fromZoom: 0 },
    { kind: DISPUTED, colour: COLOURS.border, width: 1, dash: [4, 3], fromZoom: 0 },
  ];

  const LONGEST_NAME = 28; // characters: longer ones are relative places, told in full by the tooltip and the list

  const dateline = globalThis.dateline;
  const world = dateline.world;

  const DIGITS = new Map([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((c, i) => [c.charCodeAt(0), i]));

  /** Read an arc's steps as benchmarks/rebuild_assets.py wrote them. */
  function* readSteps(text) {
    let [value, shift] = [0, 0];
    for (let i = 0; i < text.length; i++) {
      const digit = DIGITS.get(text.charCodeAt(i));
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      yield value & 1 ? -(value >> 1) : value >> 1;
      [value, shift] = [0, 0];
    }
  }

  const { scale, translate } = world.transform;

  /** Web Mercator, the whole world being 0..1 both ways, of a point of the topology. */
  const toX = (x) => (x * scale[0] + translate[0]) / 360 + 0.5;
  const toY = (y) => {
    const sine = Math.sin((Math.max(-85.05, Math.min(85.05, y * scale[1] + translate[1])) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };

  const decoded = [];

  /** The points of an arc as x, y, x, y …; decoded when first in sight. */
  function arcPoints(a) {
    if (decoded[a]) return decoded[a];
    const steps = [...readSteps(world.arcs[a])];
    let [x, y] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      steps[i] = toX(x);
      steps[i + 1] = toY(y);
    }
    return (decoded[a] = Float64Array.from(steps));
  }

  const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

  const boxes = world.boxes.map(([west, south, east, north]) => [toX(west), toY(north), toX(east), toY(south)]);

  /** Call `visit(x, y, isFirst)` for each point of a ring, whose arcs run either way. */
  function walkRing(ring, visit) {
    let isFirst = true;
    for (const a of ring) {
      const points = arcPoints(a < 0 ? ~a : a);
      const n = points.length / 2;
      for (let i = isFirst ? 0 : 1; i < n; i++) {
        const at = 2 * (a < 0 ? n - 1 - i : i);
        visit(points[at], points[at + 1], isFirst);
        isFirst = false;
      }
    }
  }

  /** A renderer that paints something of its own instead of layers; Leaflet calls `_draw` whenever it must. */
  const Painter = L.Canvas.extend({
    initialize(pane, paint) {
      L.Canvas.prototype.initialize.call(this, { pane, padding: 0.3 });
      this._paint = paint;
    },
    _draw() {
      const map = this._map;
      if (!map || !this._bounds) return;
      const size = 256 * 2 ** map.getZoom();
      const origin = map.getPixelOrigin();
      const { min, max } = this._bounds;
      const view = [min.x + origin.x, min.y + origin.y, max.x + origin.x, max.y + origin.y].map((v) => v / size);
      this._paint(this._ctx, { map, view, toX: (x) => x * size - origin.x, toY: (y) => y * size - origin.y });
    },
    _onMouseMove() {},
    _onClick() {},
    _handleMouseOut() {},
    repaint() {
      if (this._map) this._redraw();
    },
  });

  function paintLand(context, frame) {
    const arcs = new Set();
    context.beginPath();
    for (let n = 0; n < world.nRegions; n++) {
      if (!meets(boxes[n], frame.view)) continue;
      for (const ring of world.shapes[n].flat()) {
        walkRing(ring, (x, y, isFirst) => context[isFirst ? "moveTo" : "lineTo"](frame.toX(x), frame.toY(y)));
        context.closePath();
        for (const a of ring) arcs.add(a < 0 ? ~a : a);
      }
    }
    context.fillStyle = COLOURS.land;
    context.fill();
    for (const line of LINES) if (frame.map.getZoom() >= line.fromZoom) paintLines(context, frame, arcs, line);
    paintBaseNames(context, frame);
  }

  function paintLines(context, frame, arcs, { kind, colour, width, dash }) {
    context.beginPath();
    for (const a of arcs) {
      if (world.lines[a] !== kind) continue;
      const points = arcPoints(a);
      context.moveTo(frame.toX(points[0]), frame.toY(points[1]));
      for (let i = 2; i < points.length; i += 2) context.lineTo(frame.toX(points[i]), frame.toY(points[i + 1]));
    }
    context.setLineDash(dash);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  function paintBaseNames(context, { map }) {
    const zoom = map.getZoom();
    if (zoom < 3) return;
    const [baseNames, first, font] = zoom >= 6 ? [world.regionLabels, 0, "italic 12px"] : [world.countryLabels, world.nRegions, "12px"];
    const named = new Set([...layers].filter((layer) => map.hasLayer(layer)).map((layer) => layer.feature.properties.shape));
    const taken = [];
    context.font = `${font} ${FONT}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = COLOURS.base;
    baseNames.forEach((label, n) => {
      if (!label || named.has(first + n)) return;
      const [name, lon, lat] = label;
      const at = map.latLngToLayerPoint([lat, lon]);
      const half = context.measureText(name).width / 2;
      if (claimSpace(taken, [at.x - half, at.y - 7, at.x + half, at.y + 7])) context.fillText(name, at.x, at.y);
    });
  }

  /** Add the box to those taken unless it meets one of them; return whether it was added. */
  function claimSpace(taken, box) {
    if (taken.some((other) => meets(other, box))) return false;
    taken.push(box);
    return true;
  }

  /** The layers now on each map, as drawn by `drawFeature`, biggest first. */
  const layers = new Set();
  let names = {};

  function paintNames(context, { map }) {
    context.font = `600 13px ${FONT}`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const shown = [...layers].filter((layer) => map.hasLayer(layer));
    const spots = shown.map((layer) => spotOf(map, layer));
    const taken = spots.filter(({ p }) => p.r).map(({ at, p }) => [at.x - p.r, at.y - p.r, at.x + p.r, at.y + p.r]);
    for (const { at, p } of spots.sort((a, b) => b.p.label - a.p.label || b.p.src - a.p.src || b.p.n - a.p.n)) {
      if (p.label && names[p.id]) paintName(context, taken, shorten(String(names[p.id])), at, p.r);
    }
  }

  const shorten = (name) => ([...name].length > LONGEST_NAME ? `${[...name].slice(0, LONGEST_NAME - 1).join("")}…` : name);

  function spotOf(map, layer) {
    return { at: map.latLngToLayerPoint(layer.datelineAt), p: layer.feature.properties };
  }

  /** Draw a name right of its pin, else left of it, else (an area's, or where both are taken) not at all or centred. */
  function paintName(context, taken, name, at, r) {
    const width = context.measureText(name).width;
    const lefts = r ? [at.x + r + 4, at.x - r - 4 - width] : [at.x - width / 2];
    const left = lefts.find((x) => claimSpace(taken, [x - 1, at.y - 8, x + width + 1, at.y + 8]));
    if (left === undefined) return;
    context.strokeStyle = "rgba(255, 255, 255, 0.9)";
    context.lineWidth = 3;
    context.strokeText(name, left, at.y);
    context.fillStyle = r ? "#22303a" : "#6a6456";
    context.fillText(name, left, at.y);
  }

  function outline(shape) {
    const toLatLng = (x, y) => L.latLng((Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, (x - 0.5) * 360);
    return world.shapes[shape].map((polygon) =>
      polygon.map((ring) => {
        const points = [];
        walkRing(ring, (x, y) => points.push(toLatLng(x, y)));
        return points;
      }),
    );
  }

  /** Folium's `pointToLayer`: an area as its outline, or a circle of so many kilometres; else a point. */
  dateline.drawFeature = (feature, latlng) => {
    const { shape, km, r } = feature.properties;
    const layer =
      shape >= 0 ? L.polygon(outline(shape)) : km ? L.circle(latlng, { radius: km * 1000 }) : L.circleMarker(latlng, { radius: r });
    layer.datelineAt = latlng;
    layer.toGeoJSON = () => feature; // what a click reports: a country's outline would be some megabytes
    layer.on("add", () => (layers.add(layer), repaint()));
    layer.on("remove", () => (layers.delete(layer), hideTip(), repaint()));
    layer.on("mouseover mousemove", (event) => showTip(event.target, event.latlng));
    layer.on("mouseout", hideTip);
    return layer;
  };

  const tip = L.tooltip({ direction: "top", offset: [0, -6], className: "dateline-tip" });

  function showTip(layer, latlng) {
    const { id, n, src } = layer.feature.properties;
    const content = document.createElement("div");
    const name = content.appendChild(document.createElement("strong"));
    name.textContent = names[id] ?? "";
    const counts = content.appendChild(document.createElement("div"));
    counts.textContent = `${n} ${n === 1 ? "claim" : "claims"}, ${src} independent ${src === 1 ? "source" : "sources"}`;
    tip.setLatLng(latlng).setContent(content).addTo(layer._map);
  }

  function hideTip() {
    tip.remove();
  }

  const grounds = [];
  const labels = [];
  let waiting = 0;
  let namedShapes = "";

  /** Paint anew once after a change of many layers, not once a layer; the land only where its own names change. */
  function repaint() {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      const shapes = [...layers].map((layer) => layer.feature.properties.shape).sort().join();
      if (shapes !== namedShapes) grounds.forEach((painter) => painter.repaint());
      namedShapes = shapes;
      labels.forEach((painter) => painter.repaint());
    });
  }

  dateline.setNames = (given) => {
    names = given;
    repaint();
  };

  /** How many places are drawn now; the tests read it. */
  dateline.countPlaces = () => layers.size;

  function furnish(map) {
    for (const [pane, order] of [["land", 150], ["names", 620]]) {
      map.createPane(pane).style.zIndex = order;
      map.getPane(pane).style.pointerEvents = "none";
    }
    map.whenReady(() => {
      grounds.push(new Painter("land", paintLand).addTo(map));
      labels.push(new Painter("names", paintNames).addTo(map));
      map.attributionControl.setPrefix(false);
      map.attributionControl.addAttribution("Leaflet, Natural Earth");
      L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    });
  }

  L.Map.addInitHook(function () {
    furnish(this);
  });

  for (const [script, range] of Object.entries(FONT_FILES)) {
    const file = new URL(`source-sans-3-${script}.woff2`, document.currentScript.src);
    const face = new FontFace("Source Sans 3", `url("${file}")`, { weight: "200 900", unicodeRange: range });
    document.fonts.add(face);
    if (script === "latin") face.load();
  }
  document.fonts.addEventListener("loadingdone", () => [...grounds, ...labels].forEach((painter) => painter.repaint()));

  for (let i = 0; i < window.parent.frames.length; i++) {
    const known = window.parent.frames[i].datelineNames;
    if (known) names = known;
  }
})();
