/**
 * A window of days on the timeline's plot: it can be drawn anew, moved, and each of its ends moved.
 *
 * By keyboard: arrows a step, with Shift seven, Page Up and Page Down a tenth of the plot, Home and End as far as days go.
 *
 * @typedef {import("./scene.js").Window} Window
 */

const MANY = 7;
const PAGES = 10; // of a plot

/**
 * @param {HTMLElement} plot
 * @param {any} axis the timeline: its days, and where they are
 * @param {string} className
 * @param {[string, string, string]} labels of the window, its first and its last day
 */
export function createBrush(plot, axis, className, labels) {
  return new Brush(plot, axis, className, labels);
}

class Brush {
  constructor(plot, axis, className, [label, fromLabel, toLabel]) {
    this._axis = axis;
    /** @type {(window: Window) => void} while the hand moves */
    this.onInput = () => {};
    /** @type {() => void} when it lets go */
    this.onChange = () => {};
    this._body = this._slider(plot, className, label, "move");
    this._ends = { from: this._slider(plot, "timeline-handle", fromLabel, "from"), to: this._slider(plot, "timeline-handle", toLabel, "to") };
  }

  /** @param {Window | null} window null: not shown */
  place(window) {
    this._window = window;
    for (const element of [this._body, ...Object.values(this._ends)]) element.hidden = !window;
    if (!window) return;
    const { from, to } = window;
    const [left, right] = [this._axis.xOf(from), this._axis.xOf(to + 1)].map((x) => Math.max(0, Math.min(this._axis.xOf(this._axis.domain.to + 1), x)));
    this._body.style.left = `${left}px`;
    this._body.style.width = `${Math.max(2, right - left)}px`;
    this._ends.from.style.left = `${left}px`;
    this._ends.to.style.left = `${Math.max(left + 2, right)}px`;
    this._say(this._body, from, this._axis.words(from, to));
    this._say(this._ends.from, from, this._axis.iso(from));
    this._say(this._ends.to, to, this._axis.iso(to));
  }

  _say(element, day, words) {
    element.setAttribute("aria-valuemax", this._axis.lastDay);
    element.setAttribute("aria-valuenow", day);
    element.setAttribute("aria-valuetext", words);
  }

  _slider(plot, className, label, part) {
    const element = plot.appendChild(document.createElement("div"));
    element.className = className;
    element.tabIndex = 0;
    element.dataset.part = part;
    element.setAttribute("role", "slider");
    element.setAttribute("aria-label", label);
    element.setAttribute("aria-orientation", "horizontal");
    element.setAttribute("aria-valuemin", "0");
    element.addEventListener("pointerdown", (event) => this._grab(event, element, part));
    element.addEventListener("keydown", (event) => this._key(event, part));
    element.addEventListener("keyup", () => this._keysUp());
    element.addEventListener("blur", () => this._keysUp());
    return element;
  }

  // --- by mouse or finger ---

  _grab(event, element, part) {
    if (event.button !== 0 || (part === "move" && this._fillsPlot)) return;
    event.stopPropagation();
    const before = this._window;
    const began = this._axis.dayAt(event.clientX);
    element.focus({ preventScroll: true });
    this._follow(event, element, (clientX) => this._moved(before, part, Math.round(this._axis.dayAt(clientX) - began)));
  }

  /** Whether the window leaves nothing of the plot free, so that a drag in it draws a new one. */
  get _fillsPlot() {
    const { from, to } = this._axis.domain;
    return this._window.from <= from && this._window.to >= to;
  }

  /** Draw a new window from where the plot was pressed. */
  draw(event) {
    if (event.button !== 0) return;
    const began = this._binAt(event.clientX);
    const draw = (clientX) => {
      const other = this._binAt(clientX);
      return { from: Math.min(began.from, other.from), to: Math.max(began.to, other.to) };
    };
    this._follow(event, event.currentTarget, draw);
    this._input(began);
  }

  _binAt(clientX) {
    return this._axis.binOf(Math.min(Math.floor(this._axis.dayAt(clientX)), this._axis.domain.to));
  }

  /** Follow the pointer until it lets go; `toWindow` says what window it means where it is. */
  _follow(event, element, toWindow) {
    const before = this._window;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    const hand = new AbortController();
    const listen = (name, act) => element.addEventListener(name, act, { signal: hand.signal });
    listen("pointermove", (moved) => this._input(toWindow(moved.clientX)));
    const end = () => {
      hand.abort();
      if (!isSame(before, this._window)) this.onChange();
    };
    listen("pointerup", end);
    listen("pointercancel", end);
  }

  _input(window) {
    if (!isSame(window, this._window)) this.onInput(window);
  }

  /** A window with one of its ends, or both, moved by so many days, as far as there are days. */
  _moved({ from, to }, part, days) {
    const last = this._axis.lastDay;
    if (part === "from") return { from: Math.max(0, Math.min(to, this._seen(from, days) + days)), to };
    if (part === "to") return { from, to: Math.min(last, Math.max(from, to + days)) };
    const shift = Math.max(-from, Math.min(last - to, days));
    return { from: from + shift, to: to + shift };
  }

  /** Where a first day that moves on is seen: one before all that the plot spans is at its edge. */
  _seen(from, days) {
    return days > 0 ? Math.max(from, this._axis.domain.from) : from;
  }

  // --- by keyboard ---

  _key(event, part) {
    const days = this._daysOf(event, part);
    if (days === null) return;
    event.preventDefault();
    this._isKeyed = true;
    this._input(this._moved(this._window, part, days));
  }

  _daysOf({ key, shiftKey }, part) {
    const { from, to } = this._axis.domain;
    const step = this._axis.stepDays * (shiftKey ? MANY : 1);
    const page = Math.max(1, Math.round((to - from + 1) / PAGES));
    const at = part === "to" ? this._window.to : Math.max(this._window.from, from);
    switch (key) {
      case "ArrowLeft":
      case "ArrowDown":
        return -step;
      case "ArrowRight":
      case "ArrowUp":
        return step;
      case "PageDown":
        return -page;
      case "PageUp":
        return page;
      case "Home":
        return from - at;
      case "End":
        return to - (part === "from" ? at : this._window.to);
      default:
        return null;
    }
  }

  _keysUp() {
    if (!this._isKeyed) return;
    this._isKeyed = false;
    this.onChange();
  }
}

const isSame = (a, b) => a?.from === b?.from && a?.to === b?.to;
