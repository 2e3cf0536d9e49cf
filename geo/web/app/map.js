/**
 * The live map: a Leaflet map that draws reported places on a canvas of its own, at once whenever it is told to.
 *
 * Whatever comes from a scene is drawn as canvas text or set as `textContent`. Nothing is fetched.
 */
import { Areas, addRadius } from "./areas.js";
import { fanOut } from "./fan.js";
import { latOf, lonOf } from "./geometry.js";
import { HitGrid } from "./hits.js";
import { CHANGE, KIND, boxOfArea, layOutCells, layOutPlaces, radiusOf, widthOfArea } from "./layout.js";
import { Legend } from "./legend.js";
import { PlaceList } from "./list.js";
import { loadStyles, readLook } from "./look.js";
import { Marks } from "./marks.js";
import { L, drawing, land } from "./shared.js";
import { MAP_TEXTS, counted, fill } from "./texts.js";
import { Tip } from "./tip.js";

export { loadStyles };

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").World} World */
/** @typedef {import("./types.js").Counts} Counts */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").CellCounts} CellCounts */
/** @typedef {import("./types.js").Layout} Layout */

/**
 * @typedef {object} MapOptions
 * @property {Scene} scene
 * @property {import("./types.js").TypeEntry[]} types  hue (#rrggbb) and words of each type, as `geo.maps.LEGEND` has them
 * @property {string[]} [statuses]  words of the four statuses
 * @property {Partial<typeof MAP_TEXTS>} [texts]
 * @property {"light" | "dark"} [theme]
 * @property {{lat: number, lon: number, zoom: number}} frame  where the map opens
 * @property {{url: string, attribution: string} | null} [tiles]  online tiles over the land; none unless asked for
 *
 * @typedef {{bounds: [number, number, number, number], zoom: number}} View  bounds: south, west, north, east
 * @typedef {{places: number[], at: {x: number, y: number}[], x: number, y: number}} Fan  x, y: its middle, Web Mercator
 * @typedef {{place: number} | {cell: number} | null} Found
 */

const MOST_NAMES = 60; // that are drawn at most, those with the most sources first; more would only overlap
const MOST_LISTED = 200;
const MOST_FANNED = 40;
const MOST_FAN_NAMES = 9; // as many as stand on one circle, with room beside them
const [SMALLEST_ZOOM, LARGEST_ZOOM, LARGEST_TILED_ZOOM] = [2, 12, 17];
const SETTLE_MS = 250; // what is told in words comes after the hand has rested, not at every step of a drag
const REACH = { mouse: 4, touch: 14 }; // pixels beyond a mark's edge that still hit it: 24 pixels across at least
const CREDIT = "Leaflet, Natural Earth";
const MARGIN = 0.15; // of the map's width and height, drawn on each side: what is drawn often is drawn small
const MOST_NAME_BOXES = 600; // marks that names keep clear of, the largest first

/** @param {HTMLElement} host  an element of a document or a shadow root, with a size @param {MapOptions} options */
export function createMap(host, options) {
  return new EventMap(host, options);
}

export class EventMap {
  /** @type {(number: number | null) => void} */
  onSelect = () => {};
  /** @type {(view: View) => void} */
  onView = () => {};
  /** @type {(number: number, lat: number, lon: number) => void} */
  onDrop = () => {};

  /** @type {World} */
  #world;
  /** @type {Shown | null} */
  #shown = null;
  /** @type {CellCounts | null} */
  #cells = null;
  /** @type {Layout | null} */
  #layout = null;
  /** @type {HitGrid | null} */
  #grid = null;
  /** @type {number | null} */
  #selected = null;
  /** @type {number | null} */
  #hovered = null;
  /** @type {Fan | null} */
  #fan = null;
  /** @type {{number: number, x: number, y: number} | null} where a dragged pin is, Web Mercator */
  #dragged = null;
  #isEditing = false;
  #settling = 0;

  /** @param {HTMLElement} host @param {MapOptions} options */
  constructor(host, options) {
    this.host = host;
    this.texts = { ...MAP_TEXTS, ...options.texts };
    this.types = options.types;
    const { reported, claimed, denied, planned } = this.texts;
    this.statuses = options.statuses ?? [reported, claimed, denied, planned];
    this.frame = options.frame;
    this.#world = worldOf(options.scene);
    host.classList.add("dateline-map");
    host.dataset.theme = options.theme ?? "light";
    this.ground = host.appendChild(document.createElement("div"));
    this.ground.className = "dateline-ground";
    this.look = readLook(host);
    this.marks = new Marks(this.types, this.look, globalThis.devicePixelRatio || 1);
    this.areas = new Areas();
    this.leaflet = this.#openLeaflet(options);
    this.tip = new Tip(host);
    this.list = new PlaceList(host, this.texts.list, {
      onActive: (number) => this.#step(number),
      onChoose: (number) => this.#choose(number),
    });
    this.#addSheets();
    this.legend = new Legend(this.leaflet, this.texts, this.types, this.statuses);
    this.legend.render(this.marks, false);
    this.#listen();
  }

  /** @param {MapOptions} options */
  #openLeaflet({ frame, tiles }) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(this.ground, {
      center: [frame.lat, frame.lon],
      zoom: frame.zoom,
      minZoom: SMALLEST_ZOOM,
      maxZoom: tiles ? LARGEST_TILED_ZOOM : LARGEST_ZOOM,
      zoomSnap: 0.5,
      maxBounds: [[-85.05, -220], [85.05, 220]],
      maxBoundsViscosity: 0.8,
      zoomAnimation: !isStill,
      fadeAnimation: !isStill,
      inertia: !isStill,
      zoomControl: false,
      attributionControl: false,
    });
    L.control.zoom({ zoomInTitle: this.texts.zoom_in, zoomOutTitle: this.texts.zoom_out }).addTo(map);
    addCredit(map, tiles ? `${CREDIT}, ${tiles.attribution}` : CREDIT);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    if (tiles) L.tileLayer(tiles.url, { maxZoom: LARGEST_TILED_ZOOM }).addTo(map);
    this.ground.setAttribute("role", "region");
    this.ground.setAttribute("aria-label", this.texts.map);
    return map;
  }

  #addSheets() {
    /** @param {string} name @param {number} order @param {(context: CanvasRenderingContext2D, frame: Frame) => void} paint @param {number} [margin] */
    const add = (name, order, paint, margin) => {
      const pane = this.leaflet.createPane(name);
      Object.assign(pane.style, { zIndex: order, pointerEvents: "none" });
      return new drawing.Sheet(name, paint, margin).addTo(this.leaflet);
    };
    this.landSheet = add("land", 150, (context, frame) => land.paint(context, frame, this.look));
    this.markSheet = add("marks", 450, (context, frame) => this.#paintMarks(context, frame), MARGIN);
    this.overSheet = add("over", 460, (context, frame) => this.#paintOver(context, frame), MARGIN);
    this.canvas = /** @type {HTMLCanvasElement} */ (this.markSheet._container);
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.texts.map);
    for (const sheet of [this.landSheet, this.overSheet]) sheet._container.setAttribute("aria-hidden", "true");
  }

  #listen() {
    const map = this.leaflet;
    map.on("moveend", () => this.#rest());
    map.on("zoomstart", () => this.#closeFan());
    map.on("mousemove", (/** @type {any} */ event) => {
      if (event.originalEvent.target?.closest?.(".leaflet-control")) this.#hover(null);
      else this.#hoverAt(event.layerPoint);
    });
    map.on("mouseout movestart", () => this.#hover(null));
    map.on("click", (/** @type {any} */ event) => this.#clickAt(event));
    this.ground.addEventListener("pointerdown", (event) => this.#armDrag(event), true);
    this.ground.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#choose(null);
    });
    this.onFonts = () => {
      this.#renewMarks();
      this.#repaintAll();
    };
    document.fonts.addEventListener("loadingdone", this.onFonts);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.ground);
  }

  // What whoever made the map calls.

  /** Draw these counts, one for each place of the scene, before returning. @param {Counts} counts */
  show(counts) {
    this.#draw({ world: this.#world, counts, change: null }, null);
  }

  /** Draw these cells instead of places, before returning. @param {CellCounts} cells */
  showCells(cells) {
    this.#draw(null, cells);
  }

  /** Draw what two counts differ in, before returning. @param {{a: Counts, b: Counts}} both */
  compare({ a, b }) {
    this.#draw({ world: this.#world, ...compareCounts(a, b) }, null);
  }

  /** Take another scene; what is drawn stays until the next call of `show`. @param {Scene} scene */
  setScene(scene) {
    this.#world = worldOf(scene);
    this.#dragged = null;
  }

  /** @param {number | null} number */
  select(number) {
    if (number === this.#selected) return;
    this.#dragged = null;
    this.#selected = number;
    this.markSheet.repaint(); // names make room for the ring
    this.overSheet.repaint();
    this.#settle();
  }

  /** @param {"light" | "dark"} theme */
  setTheme(theme) {
    this.host.dataset.theme = theme;
    this.look = readLook(this.host);
    this.#renewMarks();
    this.#repaintAll();
  }

  /** In edit mode the selected pin can be dragged. @param {boolean} isEditing */
  setEdit(isEditing) {
    this.#isEditing = isEditing;
    this.#dragged = null;
    this.host.classList.toggle("dateline-edits", isEditing);
    this.overSheet.repaint();
  }

  /** Pull the map to a place that lies out of sight, at the same zoom. @param {number | null} number */
  bringIntoSight(number) {
    const i = number === null || !this.#shown ? -1 : this.#indexOf(number);
    if (i < 0) return;
    const at = this.leaflet.layerPointToLatLng(L.point(this.#spotOf(this.overSheet.frame, i)));
    if (!this.leaflet.getBounds().contains(at)) this.leaflet.panTo(at, { animate: false });
  }

  /** Put a pin that was dragged back to where its place is. */
  putBack() {
    this.#dragged = null;
    this.overSheet.repaint();
  }

  /** Bring all that is drawn into sight; whole areas only where there is nothing finer. */
  fit() {
    const box = this.#boxOfAll();
    if (!box) this.leaflet.setView([this.frame.lat, this.frame.lon], this.frame.zoom);
    else this.leaflet.fitBounds([[latOf(box[3]), lonOf(box[0])], [latOf(box[1]), lonOf(box[2])]], { padding: [40, 40], maxZoom: 9 });
  }

  /** Fit the map to its host; it does so by itself where the host changes. */
  resize() {
    this.leaflet.invalidateSize({ pan: false });
    if (this.marks.ratio !== (globalThis.devicePixelRatio || 1)) this.#renewMarks();
  }

  zoom() {
    return this.leaflet.getZoom();
  }

  remove() {
    clearTimeout(this.#settling);
    this.sizes?.disconnect();
    if (this.onFonts) document.fonts.removeEventListener("loadingdone", this.onFonts);
    this.leaflet.panBy = () => this.leaflet; // a map that is let go moves on in the next frame, when it is no more
    this.leaflet.remove();
    this.host.replaceChildren();
    this.host.classList.remove("dateline-map", "dateline-edits");
  }

  /** The places now drawn as pins or areas, or the cells: what tests and whoever made the map may ask. */
  drawn() {
    const { spots, areas, cells } = this.#layout ?? { spots: { n: 0 }, areas: [], cells: null };
    return { pins: cells ? 0 : spots.n, areas: areas.length, cells: cells?.length ?? 0, fan: this.#fan?.places.length ?? 0 };
  }

  /** Where a place's pin is in the host, in pixels, with its place in a fan where it is spread; null where it is not drawn. @param {number} number */
  locate(number) {
    const i = this.#indexOf(number);
    const frame = this.overSheet.frame;
    if (i < 0 || !this.#shown?.counts.claims[i]) return null;
    const at = this.leaflet.layerPointToContainerPoint(L.point(this.#spotOf(frame, i)));
    return { x: at.x, y: at.y };
  }

  /** What is in sight as a picture of its own, credited; without tiles, controls and legend. @returns {HTMLCanvasElement} */
  picture() {
    const { ratio } = this.markSheet.frame;
    const { x: width, y: height } = this.leaflet.getSize();
    const picture = document.createElement("canvas");
    Object.assign(picture, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
    context.scale(ratio, ratio);
    context.fillStyle = this.look.sea;
    context.fillRect(0, 0, width, height);
    for (const sheet of [this.landSheet, this.markSheet, this.overSheet]) {
      const { x, y } = this.leaflet.layerPointToContainerPoint(L.point(sheet.frame.bounds));
      context.drawImage(sheet._container, x, y, sheet._container.width / ratio, sheet._container.height / ratio);
    }
    context.font = `11px ${drawing.FONT}`;
    context.textAlign = "right";
    context.fillStyle = this.look.quiet;
    context.fillText(CREDIT, width - 6, height - 6);
    return picture;
  }

  // Drawing.

  /** @param {Shown | null} shown @param {CellCounts | null} cells */
  #draw(shown, cells) {
    const compares = Boolean(shown?.change);
    if (shown?.world !== this.#shown?.world) {
      this.areas.forget();
      this.#fan = null;
    }
    this.#shown = shown;
    this.#cells = cells;
    if (this.#fan) this.#keepFan();
    if (this.#hovered !== null && !this.#isShown(this.#indexOf(this.#hovered))) this.#hover(null);
    this.markSheet.repaint();
    this.overSheet.repaint();
    if (compares !== this.legend.compares) this.legend.render(this.marks, compares);
    this.#settle();
  }

  #repaintAll() {
    for (const sheet of [this.landSheet, this.markSheet, this.overSheet]) sheet.repaint();
  }

  #renewMarks() {
    this.marks = new Marks(this.types, this.look, globalThis.devicePixelRatio || 1);
    this.legend.render(this.marks, this.legend.compares);
  }

  /** @param {CanvasRenderingContext2D} context @param {Frame} frame */
  #paintMarks(context, frame) {
    const layout = this.#layOut(frame);
    this.#layout = layout;
    this.#grid = null;
    const taken = this.#boxesOf(layout);
    const placed = drawing.placeNames(context, this.#labels(frame, layout), taken);
    const named = new Set(layout.areas.map((i) => this.#shown?.world.places.shape[i]));
    land.paintNames(context, frame, this.look, taken, named);
    this.#paintAreas(context, frame, layout);
    if (layout.cells) this.#paintCells(context, layout);
    else this.#paintSpots(context, layout);
    drawing.paintNames(context, placed, this.look);
  }

  /** @param {Frame} frame @returns {Layout} */
  #layOut(frame) {
    if (this.#shown) return layOutPlaces(frame, this.#shown);
    return layOutCells(frame, this.#cells ?? NO_CELLS);
  }

  /** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Layout} layout */
  #paintAreas(context, frame, { areas, relatives }) {
    const shown = this.#shown;
    if (!shown) return;
    for (const i of areas) this.areas.paintArea(context, frame, shown, i, this.marks.colourOf(shown.counts.type[i]), this.look);
    for (const i of relatives) this.areas.paintRelative(context, frame, shown.world, i, this.#hueOf(i), this.look);
  }

  /** @param {CanvasRenderingContext2D} context @param {Layout} layout */
  #paintSpots(context, { spots }) {
    for (let s = 0; s < spots.n; s++) this.marks.drawMark(context, spots.x[s], spots.y[s], this.#markOf(spots.ref[s]));
  }

  /** @param {CanvasRenderingContext2D} context @param {Layout} layout */
  #paintCells(context, { spots, cells }) {
    const compares = Boolean(this.#shown?.change);
    cells?.forEach((cell, s) => this.marks.drawCell(context, spots.x[s], spots.y[s], spots.r[s], cell, compares));
  }

  /** @param {number} i */
  #markOf(i) {
    const { counts, change } = /** @type {Shown} */ (this.#shown);
    return {
      r: radiusOf(counts.sources[i]),
      type: counts.type[i],
      status: counts.status[i],
      disputed: counts.disputed[i] > 0,
      change: change?.[i] ?? CHANGE.none,
    };
  }

  /** @param {number} i */
  #hueOf(i) {
    const { counts, change } = /** @type {Shown} */ (this.#shown);
    return change ? this.look.same : this.marks.colourOf(counts.type[i]);
  }

  /** The names that want to be drawn, the most wanted first. @param {Frame} frame @param {Layout} layout @returns {import("./types.js").Label[]} */
  #labels(frame, { areas, spots, cells }) {
    const shown = this.#shown;
    if (!shown) return [];
    const { places, x, y } = shown.world;
    const wanted = this.#mostWanted(cells ? areas : [...areas, ...spots.ref]);
    return wanted.map((i) => ({
      name: places.name[i],
      x: frame.toX(x[i]),
      y: frame.toY(y[i]),
      r: places.kind[i] === KIND.area ? 0 : this.#reachOf(i),
    }));
  }

  /** As many places as names are drawn, by how much their name is wanted and then by sources. @param {number[]} places */
  #mostWanted(places) {
    const { world, counts } = /** @type {Shown} */ (this.#shown);
    const { number, label, name } = world.places;
    const worth = (/** @type {number} */ i) => (number[i] === this.#selected ? 256 : label[i]) * 65536 + Math.min(65535, counts.sources[i]);
    const worths = Float64Array.from(places, worth).sort();
    const least = worths[Math.max(0, places.length - MOST_NAMES)];
    const best = places.filter((i) => worth(i) >= Math.max(65536, least) && name[i]);
    return best.sort((a, b) => worth(b) - worth(a) || number[a] - number[b]).slice(0, MOST_NAMES);
  }

  /** How far a pin reaches with all its rings, in pixels. @param {number} i */
  #reachOf(i) {
    const { world, counts } = /** @type {Shown} */ (this.#shown);
    const isDisputed = counts.disputed[i] > 0;
    const rings = world.places.number[i] === this.#selected ? (isDisputed ? 11 : 7) : isDisputed ? 5 : 0;
    return radiusOf(counts.sources[i]) + rings;
  }

  /** The boxes of the marks that names keep clear of. @param {Layout} layout @returns {import("./types.js").Box[]} */
  #boxesOf({ spots, cells }) {
    const boxes = [];
    for (let s = 0; s < Math.min(spots.n, MOST_NAME_BOXES); s++) {
      const [x, y, r] = [spots.x[s], spots.y[s], cells ? spots.r[s] : this.#reachOf(spots.ref[s])];
      boxes.push(/** @type {import("./types.js").Box} */ ([x - r, y - r, x + r, y + r]));
    }
    return boxes;
  }

  /** Paint what the hand and the keyboard are at, over everything else. @param {CanvasRenderingContext2D} context @param {Frame} frame */
  #paintOver(context, frame) {
    if (!this.#shown) return;
    const [selected, hovered] = [this.#selected, this.#hovered].map((number) => this.#indexOf(number));
    for (const i of new Set([selected, hovered])) if (this.#isShown(i)) this.#paintExtent(context, frame, i);
    if (this.#fan) this.#paintFan(context, frame, this.#fan);
    if (this.#isShown(selected)) this.#paintChosen(context, frame, selected);
    if (this.#isShown(hovered) && hovered !== selected) this.#paintRing(context, frame, hovered, 2, []);
  }

  /** How uncertain a place is: its radius, or its outline. @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} i */
  #paintExtent(context, frame, i) {
    const { world } = /** @type {Shown} */ (this.#shown);
    let path = new Path2D();
    if (world.places.kind[i] === KIND.point) addRadius(path, frame, world, i);
    else path = this.areas.pathOf(frame, world, i);
    context.fillStyle = context.strokeStyle = this.look.ink;
    context.globalAlpha = 0.06;
    context.fill(path);
    context.globalAlpha = 0.85;
    context.lineWidth = world.places.number[i] === this.#selected ? 1.8 : 1.2;
    context.setLineDash(world.places.kind[i] === KIND.point ? [4, 4] : []);
    context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} i */
  #paintChosen(context, frame, i) {
    const { world } = /** @type {Shown} */ (this.#shown);
    if (world.places.kind[i] === KIND.area) return;
    const { x, y } = this.#spotOf(frame, i);
    if (!this.#layout?.cells) this.marks.drawMark(context, x, y, this.#markOf(i));
    this.#paintRing(context, frame, i, 3, this.#isEditing ? [5, 3] : []);
  }

  /** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {number} i @param {number} width @param {number[]} dash */
  #paintRing(context, frame, i, width, dash) {
    const { world, counts } = /** @type {Shown} */ (this.#shown);
    if (world.places.kind[i] === KIND.area) return;
    const { x, y } = this.#spotOf(frame, i);
    const r = radiusOf(counts.sources[i]) + (counts.disputed[i] ? 9 : 5);
    for (const [style, w, d] of /** @type {[string, number, number[]][]} */ ([[this.look.paper, width + 2.5, []], [this.look.focus, width, dash]])) {
      context.beginPath();
      context.arc(x, y, r, 0, 2 * Math.PI);
      context.setLineDash(d);
      context.strokeStyle = style;
      context.lineWidth = w;
      context.stroke();
    }
    context.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Fan} fan */
  #paintFan(context, frame, fan) {
    const { world, counts } = /** @type {Shown} */ (this.#shown);
    const [x, y] = [frame.toX(fan.x), frame.toY(fan.y)];
    const reach = Math.max(...fan.at.map((at, n) => Math.hypot(at.x, at.y) + radiusOf(counts.sources[fan.places[n]]))) + 8;
    context.beginPath();
    context.arc(x, y, reach, 0, 2 * Math.PI);
    context.globalAlpha = 0.9;
    context.fillStyle = this.look.paper;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = this.look.quiet;
    context.lineWidth = 1;
    context.stroke();
    context.beginPath();
    fan.places.forEach((i, n) => {
      context.moveTo(frame.toX(world.x[i]), frame.toY(world.y[i]));
      context.lineTo(x + fan.at[n].x, y + fan.at[n].y);
    });
    context.strokeStyle = this.look.ink;
    context.stroke();
    fan.places.forEach((i, n) => this.marks.drawMark(context, x + fan.at[n].x, y + fan.at[n].y, this.#markOf(i)));
    if (fan.places.length <= MOST_FAN_NAMES) this.#paintFanNames(context, x, y, fan);
  }

  /** The names of a fan's places, outwards. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {Fan} fan */
  #paintFanNames(context, x, y, fan) {
    const { world } = /** @type {Shown} */ (this.#shown);
    context.font = drawing.NAME_FONT;
    const placed = fan.places.map((i, n) => {
      const name = drawing.shorten(world.places.name[i]);
      const away = this.#reachOf(i) + 5;
      const isLeft = fan.at[n].x < -1;
      const left = x + fan.at[n].x + (isLeft ? -away - context.measureText(name).width : away);
      return { name, left, y: y + fan.at[n].y, isArea: false };
    });
    drawing.paintNames(context, placed, this.look);
  }

  /** Where a place's pin is, in layer pixels: dragged, spread in a fan, or at its place. @param {Frame} frame @param {number} i */
  #spotOf(frame, i) {
    const { world } = /** @type {Shown} */ (this.#shown);
    if (this.#dragged?.number === world.places.number[i]) return { x: frame.toX(this.#dragged.x), y: frame.toY(this.#dragged.y) };
    const n = this.#fan?.places.indexOf(i) ?? -1;
    if (this.#fan && n >= 0) return { x: frame.toX(this.#fan.x) + this.#fan.at[n].x, y: frame.toY(this.#fan.y) + this.#fan.at[n].y };
    return { x: frame.toX(world.x[i]), y: frame.toY(world.y[i]) };
  }

  // Finding what is at a point.

  /** @param {number | null} number */
  #indexOf(number) {
    return number === null || !this.#shown ? -1 : (this.#shown.world.index.get(number) ?? -1);
  }

  /** @param {number} i */
  #isShown(i) {
    return i >= 0 && Boolean(this.#shown?.counts.claims[i]);
  }

  /** The places of a fan at a point, then pins, then areas, the smallest first. @param {{x: number, y: number}} point  layer pixels @param {number} reach @returns {Found[]} */
  #findAt({ x, y }, reach) {
    const fanned = this.#findInFan(x, y, reach);
    if (fanned.length) return fanned;
    const { areas, cells, spots } = this.#layout ?? { areas: [], cells: null, spots: null };
    if (!spots) return [];
    this.#grid ??= new HitGrid(spots, this.markSheet.frame.bounds);
    const direct = this.#grid.at(x, y, 1);
    const hits = direct.length ? direct : this.#grid.at(x, y, reach).slice(0, 1);
    if (hits.length) return hits.map((s) => (cells ? { cell: s } : { place: spots.ref[s] }));
    const shown = this.#shown;
    if (!shown) return [];
    const inside = areas.filter((i) => this.areas.holds(this.markSheet.frame, shown.world, i, x, y));
    return inside.reverse().map((place) => ({ place }));
  }

  /** @param {number} x @param {number} y @param {number} reach @returns {Found[]} */
  #findInFan(x, y, reach) {
    const fan = this.#fan;
    const frame = this.overSheet.frame;
    if (!fan || !this.#shown) return [];
    const { sources } = this.#shown.counts;
    const away = fan.places.map((_, n) => Math.hypot(frame.toX(fan.x) + fan.at[n].x - x, frame.toY(fan.y) + fan.at[n].y - y));
    const n = away.indexOf(Math.min(...away));
    return away[n] <= radiusOf(sources[fan.places[n]]) + reach ? [{ place: fan.places[n] }] : [];
  }

  // What the hand does.

  /** @param {any} event  Leaflet's */
  #clickAt({ layerPoint, originalEvent }) {
    const reach = originalEvent?.pointerType === "touch" ? REACH.touch : REACH.mouse;
    const found = this.#findAt(layerPoint, reach);
    const [first] = found;
    if (first && "cell" in first) this.#zoomTo(first.cell);
    else if (first && this.#isFanned(first.place)) this.#choose(numberAt(this.#shown, first.place));
    else this.#chooseOrFan(found.flatMap((hit) => (hit && "place" in hit ? [hit.place] : [])));
  }

  /** @param {number} i */
  #isFanned(i) {
    return this.#fan?.places.includes(i) ?? false;
  }

  /** @param {number[]} places  that lie at one point */
  #chooseOrFan(places) {
    const pins = this.#withThoseBelow(places.filter((i) => this.#shown?.world.places.kind[i] !== KIND.area));
    if (pins.length > 1) this.#openFan(pins);
    else {
      this.#closeFan();
      this.#choose(places.length ? numberAt(this.#shown, places[0]) : null);
    }
  }

  /** Pins with all whose middle they cover, which could not be chosen otherwise. @param {number[]} pins */
  #withThoseBelow(pins) {
    if (!this.#grid || !this.#shown || !pins.length) return pins;
    const { spots } = this.#grid;
    const { sources } = this.#shown.counts;
    const frame = this.markSheet.frame;
    const found = new Set(pins);
    for (const i of pins) {
      const [x, y] = [frame.toX(this.#shown.world.x[i]), frame.toY(this.#shown.world.y[i])];
      for (const s of this.#grid.at(x, y, 0)) {
        const away = Math.hypot(spots.x[s] - x, spots.y[s] - y);
        if (away < 0.6 * Math.max(radiusOf(sources[i]), spots.r[s])) found.add(spots.ref[s]);
      }
    }
    return [...found];
  }

  /** @param {number} s */
  #zoomTo(s) {
    const cell = this.#layout?.cells?.[s];
    if (cell) this.leaflet.setView([latOf(cell.y), lonOf(cell.x)], this.leaflet.getZoom() + 2);
  }

  /** @param {number[]} pins */
  #openFan(pins) {
    if (!this.#shown) return;
    const { world, counts } = this.#shown;
    const places = [...pins].sort((a, b) => counts.sources[b] - counts.sources[a] || a - b).slice(0, MOST_FANNED);
    const mean = (/** @type {Float64Array} */ of) => places.reduce((sum, i) => sum + of[i], 0) / places.length;
    this.#fan = { places, at: fanOut(places.map((i) => radiusOf(counts.sources[i]))), x: mean(world.x), y: mean(world.y) };
    this.#hover(null);
    this.overSheet.repaint();
    this.#settle();
  }

  #closeFan() {
    if (!this.#fan) return;
    this.#fan = null;
    this.overSheet.repaint();
  }

  /** Keep of an open fan what is still to be seen. */
  #keepFan() {
    const still = this.#fan?.places.filter((i) => this.#isShown(i)) ?? [];
    this.#fan = null;
    if (still.length > 1) this.#openFan(still);
  }

  /** @param {{x: number, y: number}} point  layer pixels */
  #hoverAt(point) {
    if (this.#dragged) return;
    const [found] = this.#findAt(point, REACH.mouse);
    this.ground.classList.toggle("dateline-over", Boolean(found));
    if (found && "cell" in found) {
      this.#hover(null);
      this.#tellCell(found.cell);
    } else this.#hover(found ? numberAt(this.#shown, found.place) : null, point);
  }

  /** @param {number | null} number @param {{x: number, y: number}} [point]  layer pixels: where to tell of an area */
  #hover(number, point) {
    if (number !== this.#hovered) {
      this.#hovered = number;
      this.overSheet.repaint();
    }
    const i = this.#indexOf(number);
    if (this.#isShown(i)) this.#tellPlace(i, point);
    else this.tip.hide();
  }

  /** @param {number} i @param {{x: number, y: number}} [point] */
  #tellPlace(i, point) {
    const { world, counts } = /** @type {Shown} */ (this.#shown);
    const isArea = world.places.kind[i] === KIND.area;
    const at = isArea && point ? point : this.#spotOf(this.overSheet.frame, i);
    const { x, y } = this.leaflet.layerPointToContainerPoint(L.point(at));
    this.tip.show(this.#linesOf(i), x, y, isArea ? 0 : radiusOf(counts.sources[i]));
  }

  /** What is said of a place, in words. @param {number} i */
  #linesOf(i) {
    const { world, counts, change } = /** @type {Shown} */ (this.#shown);
    const type = this.types[counts.type[i]]?.words ?? "";
    const told = [type, this.statuses[counts.status[i]], counts.disputed[i] ? this.texts.disputed : ""];
    if (change) told.push(this.texts[CHANGE_NAMES[change[i]]] ?? "");
    const sums = [counted(this.texts, "claims", counts.claims[i]), counted(this.texts, "sources", counts.sources[i])];
    return [world.places.name[i], sums.join(", "), told.filter(Boolean).join("; ")];
  }

  /** @param {number} s */
  #tellCell(s) {
    const layout = this.#layout;
    const cell = layout?.cells?.[s];
    if (!layout || !cell) return;
    const { x, y } = this.leaflet.layerPointToContainerPoint(L.point(layout.spots.x[s], layout.spots.y[s]));
    const mostly = fill(this.texts.mostly, { type: this.types[cell.type]?.words ?? "" });
    this.tip.show([counted(this.texts, "claims", cell.n), mostly, this.texts.zoom_here], x, y, layout.spots.r[s]);
  }

  /** Select a place and say so. @param {number | null} number */
  #choose(number) {
    if (number === null) this.#closeFan();
    if (number === this.#selected) return;
    this.select(number);
    this.onSelect(number);
  }

  /** The keyboard has come to a place of the list: show where it is, spread where it lies under others. @param {number | null} number */
  #step(number) {
    const i = this.#indexOf(number);
    if (this.#isShown(i) && !this.#isFanned(i) && !this.#layout?.cells) {
      this.#findAt({ x: 0, y: 0 }, 0); // the grid is there from now on
      const pins = this.#shown?.world.places.kind[i] === KIND.area ? [] : this.#withThoseBelow([i]);
      if (pins.length > 1) this.#openFan(pins);
      else this.#closeFan();
    }
    this.#hover(number);
    if (this.#isShown(i)) this.#uncover(i);
  }

  /** Fold the legend where it lies on what the keyboard has come to. @param {number} i */
  #uncover(i) {
    const { x, y } = this.leaflet.layerPointToContainerPoint(L.point(this.#spotOf(this.overSheet.frame, i)));
    const ground = this.ground.getBoundingClientRect();
    const legend = this.legend.element.getBoundingClientRect();
    const at = [ground.left + x, ground.top + y];
    if (drawing.meets([...at, ...at], [legend.left, legend.top, legend.right, legend.bottom])) this.legend.element.open = false;
  }

  // Dragging the selected pin.

  /** @param {PointerEvent} event */
  #armDrag(event) {
    const i = this.#indexOf(this.#selected);
    if (!this.#isEditing || event.button !== 0 || !this.#isShown(i)) return;
    if (this.#shown?.world.places.kind[i] === KIND.area || !this.#isOnPin(event, i)) return;
    event.preventDefault();
    this.leaflet.dragging.disable();
    const gone = new AbortController();
    const { signal } = gone;
    const end = (/** @type {boolean} */ drops) => {
      gone.abort();
      this.leaflet.dragging.enable();
      this.#endDrag(drops);
    };
    addEventListener("pointermove", (move) => this.#dragTo(move), { signal });
    addEventListener("pointerup", () => end(true), { signal });
    addEventListener("pointercancel", () => end(false), { signal });
    addEventListener("keydown", (key) => key.key === "Escape" && end(false), { signal, capture: true });
  }

  /** @param {PointerEvent} event @param {number} i */
  #isOnPin(event, i) {
    const at = this.leaflet.mouseEventToLayerPoint(event);
    const pin = this.#spotOf(this.overSheet.frame, i);
    const reach = event.pointerType === "touch" ? REACH.touch : REACH.mouse;
    return Math.hypot(at.x - pin.x, at.y - pin.y) <= radiusOf(/** @type {Shown} */ (this.#shown).counts.sources[i]) + reach;
  }

  /** @param {PointerEvent} event */
  #dragTo(event) {
    const { lat, lng } = this.leaflet.mouseEventToLatLng(event);
    this.tip.hide();
    this.#dragged = { number: /** @type {number} */ (this.#selected), x: drawing.worldX(lng), y: drawing.worldY(lat) };
    this.overSheet.repaint();
  }

  /** The pin stays where it was dropped until there is another scene. @param {boolean} drops */
  #endDrag(drops) {
    const dragged = this.#dragged;
    if (!drops) this.#dragged = null;
    this.overSheet.repaint();
    if (!dragged || !drops) return;
    // The click that follows is this drag's end, not a choice.
    const swallow = (/** @type {Event} */ click) => click.stopPropagation();
    this.ground.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => this.ground.removeEventListener("click", swallow, true));
    this.onDrop(dragged.number, latOf(dragged.y), lonOf(dragged.x));
  }

  // What is told in words.

  #rest() {
    const bounds = this.leaflet.getBounds();
    this.#settle();
    this.onView({
      bounds: [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()],
      zoom: this.leaflet.getZoom(),
    });
  }

  #settle() {
    clearTimeout(this.#settling);
    this.#settling = window.setTimeout(() => this.#tell(), SETTLE_MS);
  }

  #tell() {
    const inSight = this.#listInSight();
    const { claims } = this.#shown?.counts ?? { claims: [] };
    const n = this.#cells ? this.#cells.n.reduce((sum, each) => sum + each, 0) : inSight.reduce((sum, i) => sum + claims[i], 0);
    const summary = this.#cells ? this.texts.summary_cells : this.texts.summary;
    const words = { places: counted(this.texts, "places", inSight.length), claims: counted(this.texts, "claims", n) };
    this.canvas?.setAttribute("aria-label", fill(summary, words));
    const entries = inSight.slice(0, MOST_LISTED).map((i) => ({
      number: /** @type {number} */ (numberAt(this.#shown, i)),
      words: this.#linesOf(i).filter(Boolean).join("; "),
    }));
    this.list.update(entries, this.#selected);
  }

  /** The places in sight, those with the most sources first. @returns {number[]} */
  #listInSight() {
    if (!this.#shown) return [];
    const { world, counts } = this.#shown;
    const { sight } = this.markSheet.frame;
    const found = [];
    for (let i = 0; i < world.places.length; i++) {
      if (!counts.claims[i]) continue;
      const box = world.places.kind[i] === KIND.area ? boxOfArea(world, i) : [world.x[i], world.y[i], world.x[i], world.y[i]];
      if (drawing.meets(box, sight)) found.push(i);
    }
    return found.sort((a, b) => counts.sources[b] - counts.sources[a] || counts.claims[b] - counts.claims[a] || a - b);
  }

  /** @returns {import("./types.js").Box | null} */
  #boxOfAll() {
    if (this.#cells) return boxOf(this.#cells.x, this.#cells.y, (i) => this.#cells?.n[i] ?? 0);
    const shown = this.#shown;
    if (!shown) return null;
    const { world, counts } = shown;
    const finer = boxOf(world.x, world.y, (i) => (world.places.kind[i] === KIND.area ? 0 : counts.claims[i]));
    if (finer) return finer;
    const areas = Array.from(counts.claims.keys()).filter((i) => counts.claims[i]);
    areas.sort((a, b) => widthOfArea(world, a) - widthOfArea(world, b));
    return areas.length ? boxOfArea(world, areas[0]) : null;
  }
}

/** @type {CellCounts} */
const NO_CELLS = { x: new Float64Array(0), y: new Float64Array(0), n: new Uint32Array(0), type: new Uint8Array(0) };

const CHANGE_NAMES = /** @type {(keyof typeof MAP_TEXTS)[]} */ (Object.keys(CHANGE));

/** @param {Scene} scene @returns {World} */
function worldOf({ places }) {
  const [x, y] = [new Float64Array(places.length), new Float64Array(places.length)];
  const index = new Map();
  for (let i = 0; i < places.length; i++) {
    x[i] = drawing.worldX(places.lon[i]);
    y[i] = drawing.worldY(places.lat[i]);
    index.set(places.number[i], i);
  }
  return { places, x, y, index };
}

/** @param {Shown | null} shown @param {number} i */
const numberAt = (shown, i) => shown?.world.places.number[i] ?? null;

/**
 * Join two counts into one, the second's where a place is in both, with what became of each place.
 * @param {Counts} a @param {Counts} b @returns {{counts: Counts, change: Uint8Array}}
 */
function compareCounts(a, b) {
  const change = b.claims.map((n, i) => changeOf(a.claims[i], n));
  /** @template {Uint32Array | Uint8Array} T @param {T} before @param {T} after @returns {T} */
  const join = (before, after) => /** @type {T} */ (after.map((value, i) => (b.claims[i] ? value : before[i])));
  const counts = {
    claims: join(a.claims, b.claims),
    sources: join(a.sources, b.sources),
    type: join(a.type, b.type),
    status: join(a.status, b.status),
    disputed: join(a.disputed, b.disputed),
  };
  return { counts, change: Uint8Array.from(change) };
}

/** @param {number} before @param {number} after  claims */
function changeOf(before, after) {
  if (!before) return after ? CHANGE.gained : CHANGE.none;
  if (!after) return CHANGE.lost;
  return after > before ? CHANGE.grown : after < before ? CHANGE.shrunk : CHANGE.same;
}

/** @param {Float64Array} x @param {Float64Array} y @param {(i: number) => number} weight @returns {import("./types.js").Box | null} */
function boxOf(x, y, weight) {
  /** @type {import("./types.js").Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < x.length; i++) {
    if (!weight(i)) continue;
    box[0] = Math.min(box[0], x[i]);
    box[1] = Math.min(box[1], y[i]);
    box[2] = Math.max(box[2], x[i]);
    box[3] = Math.max(box[3], y[i]);
  }
  return box[0] === Infinity ? null : box;
}

/** Leaflet's own credit takes HTML; this one is text. @param {any} map @param {string} words */
function addCredit(map, words) {
  const control = L.control({ position: "bottomright" });
  control.onAdd = () => {
    const element = document.createElement("div");
    element.className = "leaflet-control-attribution";
    element.textContent = words;
    return element;
  };
  control.addTo(map);
}
