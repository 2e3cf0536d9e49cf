/**
 * The timeline component: a map and a timeline in one, which follow the hand without asking Python.
 *
 * Python mounts it twice (`geo/timemap.py`): `mountScene` gets the packed claims, outside any fragment, so that they go
 * over the wire once; `mountView` gets the small state at each rerun. Both meet in a register of the page, by key.
 * Streamlit calls a mount again, with the same element, whenever its data have changed.
 *
 * @typedef {{from: string, to: string}} Days  ISO days, both inclusive
 * @typedef {{key: string, window: Days | null, compare: Days | null, selected: number | null, colourBy: "status" | "type",
 *   theme: "light" | "dark", edit: boolean, dropped: boolean, height: number, frame: {lat: number, lon: number, zoom: number},
 *   tiles: {url: string, attribution: string} | null,
 *   types: {colour: string, words: string}[], hues: number[], statuses: string[], texts: Record<string, string>}} Given
 *   what Python sends; types are the legend's, hues says for each type of a scene which of them it is drawn as
 * @typedef {{data: any, parentElement: ShadowRoot, setStateValue: (name: string, value: unknown) => void,
 *   setTriggerValue: (name: string, value: unknown) => void}} Mount  what Streamlit calls with
 */

import { createMap, loadStyles } from "./map.js";
import { decodeScene } from "./scene.js";
import { createTimeline } from "./timeline.js";

const MOST_ECHOES = 20;
const USUAL_WIDTH = 900; // pixels, of the map that a frame is reckoned for

/** Scenes and views by key. @type {{scenes: Map<string, object>, views: Map<string, TimeMap>, kept: Map<string, object>}} */
const register = (globalThis[Symbol.for("dateline")] ??= { scenes: new Map(), views: new Map(), kept: new Map() });

/**
 * Take in a scene: its key's length, its key, and what `geo.scene.pack_scene` packed.
 *
 * @param {Mount} mount
 */
export function mountScene({ data }) {
  const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const key = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  if (register.scenes.get(key)?.bytes === data) return;
  register.scenes.set(key, { bytes: data, scene: decodeScene(bytes.subarray(4 + length)) });
  register.views.get(key)?.setScene(register.scenes.get(key).scene);
}

/**
 * Show a scene, or bring what is shown up to date.
 *
 * @param {Mount} mount
 * @returns {Promise<() => void>} what takes it away
 */
export async function mountView({ data, parentElement, setStateValue, setTriggerValue }) {
  const given = /** @type {Given} */ (data);
  const tell = { state: setStateValue, trigger: setTriggerValue };
  const known = register.views.get(given.key);
  if (known?.root === parentElement) {
    known.update(given, tell);
  } else {
    known?.remove();
    const view = new TimeMap(parentElement, given, tell);
    register.views.set(given.key, view);
    await view.open();
  }
  return () => remove(given.key, parentElement);
}

/** The map with its timeline that is shown with a key, if any. @param {string} key */
export function viewOf(key) {
  return register.views.get(key);
}

function remove(key, root) {
  const view = register.views.get(key);
  if (view?.root !== root) return;
  view.remove();
  register.views.delete(key);
}

/** One map with its timeline. */
class TimeMap {
  constructor(root, given, tell) {
    this.root = root;
    this._given = given;
    this._tell = tell;
    const kept = register.kept.get(given.key);
    /** @type {Days | null} null: all days */
    this._window = kept?.window ?? given.window;
    this._compare = given.compare;
    this._selected = kept ? kept.selected : given.selected;
    this._view = kept?.view ?? null;
    /** The days when the hand last let go: what Python is told, also when the map comes to rest meanwhile. */
    this._settled = { window: this._window, compare: this._compare };
    this._echoes = { window: new Echoes(), compare: new Echoes(), selected: new Echoes() };
  }

  /** Build what is seen once its styles are there, and a scene. */
  async open() {
    this._host = document.createElement("div");
    this._host.className = "timemap";
    this._mapHost = this._host.appendChild(document.createElement("div"));
    this._mapHost.className = "timemap-map";
    this._timelineHost = this._host.appendChild(document.createElement("div"));
    this._dress();
    await Promise.all([loadStyles(this.root), addStyle(this.root, "timeline.css")]);
    if (this._isGone) return;
    this.root.appendChild(this._host);
    const known = register.scenes.get(this._given.key);
    if (known) this.setScene(known.scene);
  }

  /** Show another scene at the same zoom, window and choice. */
  setScene(scene) {
    this._scene = scene;
    if (!this._host?.isConnected) return;
    if (this._map) {
      this._map.setScene(scene);
      this._timeline.setScene(scene, this._days(this._window), this._days(this._compare));
    } else {
      this._build();
    }
    this._draw();
  }

  _build() {
    const { types, hues, statuses, texts, theme, colourBy, edit, tiles } = this._given;
    const frame = this._frame();
    this._map = createMap(this._mapHost, { scene: this._scene, types, statuses, texts, theme, frame, tiles });
    this._map.setEdit(edit);
    this._map.select(this._selected);
    this._map.onSelect = (number) => this._choose(number);
    this._map.onView = (view) => this._rest(view);
    this._map.onDrop = (number, lat, lon) => this._tell.trigger("dropped", { number, lat, lon });
    this._timeline = createTimeline(this._timelineHost, { scene: this._scene, types, hues, texts, colourBy });
    this._timeline.setWindows(this._days(this._window), this._days(this._compare));
    this._timeline.onInput = (window, compare) => this._follow(window, compare);
    this._timeline.onChange = (window, compare) => this._letGo(window, compare);
    this._sizes = new ResizeObserver(() => this._resize());
    this._sizes.observe(this._host);
  }

  /** Take what Python sends; what it only repeats of what was sent to it changes nothing. */
  update(given, tell) {
    const before = this._given;
    [this._given, this._tell] = [given, tell];
    const isMoved = this._take(before, given);
    if (!this._map) return;
    this._dress();
    if (given.theme !== before.theme) {
      this._map.setTheme(given.theme);
      this._timeline.setTheme();
    }
    if (given.height !== before.height) this._resize();
    if (given.edit !== before.edit) this._map.setEdit(given.edit);
    if (before.dropped && !given.dropped) this._map.putBack();
    if (given.colourBy !== before.colourBy) this._timeline.setColourBy(given.colourBy);
    if (!isMoved) return;
    this._map.select(this._selected);
    if (!isSame(given.selected, before.selected)) this._map.bringIntoSight(this._selected);
    this._timeline.setWindows(this._days(this._window), this._days(this._compare));
    this._draw();
  }

  /** @returns {boolean} whether window, second window or choice are now others */
  _take(before, given) {
    const names = ["window", "compare", "selected"].filter((name) => {
      const isNews = !isSame(given[name], before[name]) && !this._echoes[name].holds(given[name]);
      return isNews && !isSame(given[name], this[`_${name}`]);
    });
    for (const name of names) this[`_${name}`] = given[name];
    if (names.length) this._settled = { window: this._window, compare: this._compare };
    return names.length > 0;
  }

  /** What the map shows, as a picture; null before there is a map. @returns {HTMLCanvasElement | null} */
  picture() {
    return this._map?.picture() ?? null;
  }

  remove() {
    this._isGone = true;
    register.kept.set(this._given.key, { window: this._window, selected: this._selected, view: this._view });
    this._sizes?.disconnect();
    this._timeline?.remove();
    this._map?.remove();
    this._host?.remove();
  }

  _dress() {
    this._host.dataset.theme = this._given.theme;
    // On a small screen the timeline is to be seen too, under what stands over the map.
    this._mapHost.style.height = `clamp(300px, calc(100vh - 330px), ${this._given.height}px)`;
  }

  _resize() {
    this._map.resize();
    this._timeline.resize();
  }

  /** Where the map opens: where it was when it was last taken away, else where Python says. */
  _frame() {
    const { lat, lon, zoom } = this._given.frame;
    const narrower = Math.log2(Math.min(1, this._mapHost.clientWidth / USUAL_WIDTH || 1));
    if (!this._view) return { lat, lon, zoom: Math.round(2 * (zoom + narrower)) / 2 };
    const [south, west, north, east] = this._view.bounds;
    return { lat: middleLatitude(south, north), lon: (west + east) / 2, zoom: this._view.zoom };
  }

  /** @param {Days | null} days @returns {import("./scene.js").Window | null} */
  _days(days) {
    return days && { from: this._scene.day(days.from), to: this._scene.day(days.to) };
  }

  /** @returns {Days | null} null for all days, that those of a later build may be all too */
  _chosenDays(window) {
    const { from, to } = this._scene.everything;
    return window.from <= from && window.to >= to ? null : this._iso(window);
  }

  /** @returns {Days | null} */
  _iso(window) {
    return window && { from: this._scene.iso(window.from), to: this._scene.iso(window.to) };
  }

  _draw() {
    const window = this._days(this._window) ?? this._scene.everything;
    const compare = this._days(this._compare);
    if (this._scene.isCells) {
      this._map.showCells(this._hued(this._scene.cells(window, this._map.zoom(), this._sight())));
    } else if (compare) {
      const { a, b } = this._scene.compare(window, compare);
      this._map.compare({ a: this._hued(a), b: this._hued(b) });
    } else {
      this._map.show(this._hued(this._scene.count(window)));
    }
  }

  /** What is in sight with as much again on all sides, for a map that is pulled along; null before it has come to rest. */
  _sight() {
    if (!this._view) return null;
    const [south, west, north, east] = this._view.bounds;
    const [left, right] = [west, east].map((lon) => lon / 360 + 0.5);
    const [top, bottom] = [north, south].map((lat) => 0.5 - mercator(lat) / (2 * Math.PI));
    const [wide, tall] = [right - left, bottom - top];
    return [left - wide, top - tall, right + wide, bottom + tall];
  }

  /** The counts with the legend's types. */
  _hued(counts) {
    return { ...counts, type: counts.type.map((type) => this._given.hues[type]) };
  }

  _follow(window, compare) {
    this._window = this._chosenDays(window);
    this._compare = this._iso(compare);
    this._draw();
  }

  _letGo(window, compare) {
    this._follow(window, compare);
    this._settled = { window: this._window, compare: this._compare };
    this._send();
  }

  _choose(number) {
    this._selected = number;
    this._map.select(number);
    this._send();
  }

  _rest(view) {
    this._view = view;
    if (this._scene.isCells) this._draw();
    this._send();
  }

  /** Tell Python everything in one piece: each call is a rerun of the fragment. */
  _send() {
    const sent = { ...this._settled, selected: this._selected };
    for (const [name, value] of Object.entries(sent)) this._echoes[name].add(value);
    this._tell.state("sent", { ...sent, bounds: this._view?.bounds ?? null, zoom: this._view?.zoom ?? null });
  }
}

/** What was sent to Python and may come back from there when the hand is elsewhere already. */
class Echoes {
  constructor() {
    this._sent = [];
  }

  add(value) {
    if (isSame(value, this._sent.at(-1))) return;
    this._sent = [...this._sent, value].slice(-MOST_ECHOES);
  }

  /** Whether a value is such an echo; the last one closes the matter, so that Python may send an old one on purpose. */
  holds(value) {
    const at = this._sent.findIndex((sent) => isSame(sent, value));
    if (at >= 0 && at === this._sent.length - 1) this._sent = [];
    return at >= 0;
  }
}

const isSame = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function middleLatitude(south, north) {
  return (Math.atan(Math.sinh((mercator(south) + mercator(north)) / 2)) * 180) / Math.PI;
}

/** The height of a latitude on a Mercator map whose world is 2π wide. */
function mercator(latitude) {
  return Math.asinh(Math.tan((Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI) / 180));
}

/** Add a style sheet to a root, once, and wait until it counts. */
function addStyle(root, name) {
  const href = new URL(name, import.meta.url).href;
  if ([...root.querySelectorAll("link")].some((link) => link.href === href)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject(new Error(`${name} cannot be loaded`));
  });
  root.appendChild(link);
  return loaded;
}
