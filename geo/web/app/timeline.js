/**
 * The timeline: how many claims cover each day, stacked by status or type, with a window of days that the hand moves.
 *
 * It tells of every move while the hand is at it (`onInput`) and once when the hand lets go (`onChange`). All can be
 * done by mouse, finger or keyboard. A second window may stand beside the first, to be compared with it.
 *
 * @typedef {import("./scene.js").Window} Window
 * @typedef {(window: Window, compare: Window | null) => void} Listener
 */

import { createBrush } from "./brush.js";
import { createPlayer } from "./player.js";

const HEIGHT = 84; // pixels, of which the axis takes the lowest
const AXIS = 18;
const LABEL_WIDTH = 84; // pixels that a day's label wants
const STEP_DAYS = { day: 1, week: 7, month: 30, year: 365 };
const WEEK = 7;

/**
 * @param {HTMLElement} host
 * @param {{scene: any, types: {colour: string}[], hues: number[], texts: Record<string, string>, colourBy: "status" | "type"}} given
 */
export function createTimeline(host, given) {
  return new Timeline(host, given);
}

class Timeline {
  constructor(host, { scene, types, hues, texts, colourBy }) {
    [this._scene, this._types, this._hues, this._texts, this._colourBy] = [scene, types, hues, texts, colourBy];
    /** @type {Window | null} null: all days */
    this._window = null;
    /** @type {Window | null} */
    this._compare = null;
    this._isWhole = false;
    /** @type {Listener} */
    this.onInput = () => {};
    /** @type {Listener} */
    this.onChange = () => {};
    this._build(host);
    this._frame();
    this.resize();
  }

  /** Show another scene's days; the windows are given anew, since its first day may be another. */
  setScene(scene, window, compare) {
    this._scene = scene;
    this._frame();
    this.setWindows(window, compare);
    this.resize();
  }

  /** @param {Window | null} window null: all days @param {Window | null} compare null: none */
  setWindows(window, compare) {
    [this._window, this._compare] = [window, compare];
    this._place();
  }

  /** @param {"status" | "type"} by */
  setColourBy(by) {
    this._colourBy = by;
    this._paint();
  }

  /** Paint anew: the colours of the page have changed. */
  setTheme() {
    this._paint();
  }

  resize() {
    this._width = this._plot.clientWidth;
    this._canvas.width = Math.round(this._width * devicePixelRatio);
    this._canvas.height = Math.round(HEIGHT * devicePixelRatio);
    this._paint();
    this._place();
  }

  remove() {
    this._player.stop();
    this._root.remove();
  }

  // --- what the hand does ---

  /** The window, whether the hand chose it or it is all days. @returns {Window} */
  get shown() {
    return this._window ?? this._scene.everything;
  }

  /** Follow the hand. @param {Window} window @param {Window | null} [compare] */
  move(window, compare = this._compare) {
    this.setWindows(window, compare);
    this.onInput(this.shown, this._compare);
  }

  /** Tell that the hand has let go. */
  letGo() {
    this.onChange(this.shown, this._compare);
  }

  _jump(window) {
    this._player.stop();
    this.move(window);
    this.letGo();
  }

  /** Move both ends by so many steps, as far as there are days. */
  step(n) {
    const { from, to } = this.startingWindow();
    const by = n * this.stepDays;
    const shift = Math.max(-from, Math.min(this._scene.lastDay - to, by));
    this._jump({ from: from + shift, to: to + shift });
  }

  /** The window that steps and play begin with: a part of the days where all are shown. */
  startingWindow() {
    const { from, to } = this.shown;
    if (from > this._domain.from || to < this._domain.to) return { from, to };
    const days = Math.max(1, Math.ceil((this._domain.to - this._domain.from + 1) / 10));
    return { from: this._domain.from, to: Math.min(this._domain.to, this._domain.from + days - 1) };
  }

  /** How many days a step is. */
  get stepDays() {
    return STEP_DAYS[this._unit];
  }

  // --- what is seen ---

  /** Choose the days that the plot spans: those of most claims, or all. */
  _frame() {
    const { focus, everything } = this._scene;
    this._domain = this._isWhole ? everything : focus;
    this._unit = this._scene.unitFor(this._domain);
    this._wholeButton.hidden = focus.from === everything.from;
    this._root.classList.toggle("is-empty", this._scene.isEmpty);
  }

  _build(host) {
    const t = this._texts;
    this._root = append(host, "section", "timeline");
    this._root.setAttribute("aria-label", t.timeline);
    this._plot = append(this._root, "div", "timeline-plot");
    this._canvas = append(this._plot, "canvas");
    this._canvas.setAttribute("aria-hidden", "true");
    append(this._plot, "p", "timeline-none").textContent = t.empty;
    this._brushes = [
      createBrush(this._plot, this, "timeline-window", [t.window, t.window_from, t.window_to]),
      createBrush(this._plot, this, "timeline-compare", [t.compare, t.compare_from, t.compare_to]),
    ];
    const [main, second] = this._brushes;
    main.onInput = (window) => (this._player.stop(), this.move(window));
    second.onInput = (window) => (this._player.stop(), this.move(this._window, window));
    main.onChange = second.onChange = () => this.letGo();
    this._plot.addEventListener("pointerdown", (event) => main.draw(event));
    this._controls(t);
  }

  _controls(t) {
    const bar = append(this._root, "div", "timeline-controls");
    this._player = createPlayer(bar, this, t);
    const buttons = append(bar, "div", "timeline-group");
    addButton(buttons, t.all, () => this._jump(this._scene.everything));
    addButton(buttons, t.last_week, () => {
      const to = this._scene.lastDay;
      this._jump({ from: Math.max(0, to - WEEK + 1), to });
    });
    this._wholeButton = addButton(buttons, t.whole, () => this._toggleWhole());
    this._wholeButton.setAttribute("aria-pressed", "false");
    this._words = append(bar, "output", "timeline-days");
  }

  _toggleWhole() {
    this._isWhole = !this._isWhole;
    this._wholeButton.setAttribute("aria-pressed", String(this._isWhole));
    this._frame();
    this._paint();
    this._place();
  }

  /** Put the windows where their days are. */
  _place() {
    const [main, second] = this._brushes;
    main.place(this.shown);
    second.place(this._compare);
    const { from, to } = this.shown;
    this._words.textContent = this.words(from, to);
  }

  /** @returns {string} two days in words */
  words(from, to) {
    const iso = { from: this.iso(from), to: this.iso(to) };
    return from === to ? iso.from : this._texts.days.replace(/\{(from|to)\}/g, (_, name) => iso[name]);
  }

  iso(day) {
    return this._scene.iso(day);
  }

  /** The last day of all; the first is 0. */
  get lastDay() {
    return this._scene.lastDay;
  }

  /** The days that the plot spans. @returns {Window} */
  get domain() {
    return this._domain;
  }

  /** @param {number} day @returns {number} pixels from the left where it begins */
  xOf(day) {
    const { from, to } = this._domain;
    return ((day - from) / (to - from + 1)) * this._width;
  }

  /** The bin of the histogram that a day is in. @param {number} day @returns {Window} */
  binOf(day) {
    const { first, last } = this._scene.histogram(this._unit, this._colourBy);
    const bin = last.findIndex((end) => end >= day);
    return { from: first[bin], to: last[bin] };
  }

  /** @param {number} clientX @returns {number} the day there, with its fraction */
  dayAt(clientX) {
    const { from, to } = this._domain;
    const x = clientX - this._plot.getBoundingClientRect().left;
    return from + (Math.max(0, Math.min(this._width, x)) / Math.max(1, this._width)) * (to - from + 1);
  }

  _paint() {
    const context = this._canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this._width, HEIGHT);
    if (this._scene.isEmpty) return;
    this._paintBars(context, this._scene.histogram(this._unit, this._colourBy));
    this._paintAxis(context);
  }

  _paintBars(context, { first, last, keys, counts }) {
    const colours = this._colours(keys);
    const order = this._order(keys);
    const shown = [...first.keys()].filter((bin) => last[bin] >= this._domain.from && first[bin] <= this._domain.to);
    const height = (bin) => counts.subarray(bin * keys, (bin + 1) * keys).reduce((a, b) => a + b, 0) / (last[bin] - first[bin] + 1);
    const scale = (HEIGHT - AXIS - 2) / Math.max(1e-9, ...shown.map(height));
    for (const bin of shown) {
      const [left, right] = [Math.max(0, this.xOf(first[bin])), this.xOf(last[bin] + 1)];
      const width = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
      let top = HEIGHT - AXIS;
      for (const key of order) {
        const tall = (counts[bin * keys + key] / (last[bin] - first[bin] + 1)) * scale;
        if (!tall) continue;
        context.fillStyle = colours[key];
        context.fillRect(left, top - Math.max(tall, 1), width, Math.max(tall, 1));
        top -= tall;
      }
    }
  }

  _colours(keys) {
    if (this._colourBy === "type") return this._hues.map((hue) => this._types[hue].colour);
    const style = getComputedStyle(this._root);
    return Array.from({ length: keys }, (_, n) => style.getPropertyValue(`--timeline-status-${n}`).trim());
  }

  /** The keys from below upwards: what has one colour lies together. */
  _order(keys) {
    const order = [...Array(keys).keys()];
    return this._colourBy === "type" ? order.sort((a, b) => this._hues[a] - this._hues[b]) : order;
  }

  _paintAxis(context) {
    const style = getComputedStyle(this._root);
    context.fillStyle = style.getPropertyValue("--timeline-axis").trim();
    context.fillRect(0, HEIGHT - AXIS, this._width, 1);
    context.font = `12px ${style.fontFamily}`;
    context.textBaseline = "bottom";
    const { from, to } = this._domain;
    const step = Math.max(1, Math.ceil(((to - from + 1) * LABEL_WIDTH) / this._width));
    for (let day = from; day + step <= to + 1; day += step) {
      context.fillText(this.iso(day), Math.max(0, this.xOf(day)), HEIGHT);
    }
  }
}

function append(parent, tag, className = "") {
  const element = parent.appendChild(document.createElement(tag));
  element.className = className;
  return element;
}

function addButton(parent, words, act) {
  const button = append(parent, "button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}
