/** Plays the timeline: moves its window day by day, or grows it from the first day on, at one of four speeds. */

const SPEEDS = [1, 2, 3, 4];
const STEP_MS = [700, 350, 160, 70];
const CALM_MS = 1000; // for whoever asked for less motion
const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  back: "M11 3v10L5 8zM3 3h2v10H3z",
  forward: "M5 3v10l6-5zM11 3h2v10h-2z",
};

/**
 * @param {HTMLElement} bar
 * @param {any} timeline
 * @param {Record<string, string>} texts
 */
export function createPlayer(bar, timeline, texts) {
  return new Player(bar, timeline, texts);
}

class Player {
  constructor(bar, timeline, texts) {
    [this._timeline, this._texts] = [timeline, texts];
    const group = bar.appendChild(document.createElement("div"));
    group.className = "timeline-group";
    this._button = iconButton(group, "play", texts.play, () => (this._playing ? this._pause() : this._play()));
    iconButton(group, "back", texts.back, () => timeline.step(-1));
    iconButton(group, "forward", texts.forward, () => timeline.step(1));
    this._speed = select(group, texts.speed, SPEEDS.map((n) => [String(n), `${n}×`]));
    this._mode = select(group, texts.mode, [
      ["moving", texts.moving],
      ["cumulative", texts.cumulative],
    ]);
    this._loop = checkbox(group, texts.loop);
    this._calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** Stop, without a word to anyone. */
  stop() {
    if (!this._playing) return;
    cancelAnimationFrame(this._playing);
    this._playing = 0;
    setIcon(this._button, "play", this._texts.play);
  }

  _play() {
    const { from, to } = this._timeline.startingWindow();
    const isAtEnd = to >= this._timeline.domain.to;
    const window = this._mode.value === "cumulative" ? { from: this._timeline.domain.from, to } : { from, to };
    this._timeline.move(isAtEnd ? this._rewound(window) : window);
    setIcon(this._button, "pause", this._texts.pause);
    this._last = performance.now();
    this._playing = requestAnimationFrame((now) => this._tick(now));
  }

  _pause() {
    this.stop();
    this._timeline.letGo();
  }

  _tick(now) {
    const wait = this._calm.matches ? CALM_MS : STEP_MS[this._speed.value - 1];
    if (now - this._last >= wait) {
      this._last = now;
      if (!this._advance()) return;
    }
    this._playing = requestAnimationFrame((then) => this._tick(then));
  }

  /** @returns {boolean} whether it goes on */
  _advance() {
    const { from, to } = this._timeline.shown;
    const last = this._timeline.domain.to;
    if (to >= last) {
      if (!this._loop.checked) return this._pause(), false;
      this._timeline.move(this._rewound({ from, to }));
      return true;
    }
    const by = Math.min(this._timeline.stepDays, last - to);
    this._timeline.move({ from: this._mode.value === "cumulative" ? from : from + by, to: to + by });
    return true;
  }

  /** The window back at the first day: as long as it was, or of one step where it grows. */
  _rewound({ from, to }) {
    const first = this._timeline.domain.from;
    const days = this._mode.value === "cumulative" ? this._timeline.stepDays : to - from + 1;
    return { from: first, to: Math.min(this._timeline.domain.to, first + days - 1) };
  }
}

function iconButton(parent, icon, words, act) {
  const button = parent.appendChild(document.createElement("button"));
  button.type = "button";
  button.className = "timeline-icon";
  const drawing = button.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  drawing.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  setIcon(button, icon, words);
  button.addEventListener("click", act);
  return button;
}

function setIcon(button, icon, words) {
  button.querySelector("path").setAttribute("d", ICONS[icon]);
  button.setAttribute("aria-label", words);
  button.title = words;
}

function select(parent, words, options) {
  const element = parent.appendChild(document.createElement("select"));
  element.setAttribute("aria-label", words);
  element.title = words;
  for (const [value, text] of options) element.add(new Option(text, value));
  return element;
}

function checkbox(parent, words) {
  const label = parent.appendChild(document.createElement("label"));
  const box = label.appendChild(document.createElement("input"));
  box.type = "checkbox";
  label.append(words);
  return box;
}
