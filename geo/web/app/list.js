/** The places in view as a list for keyboard and screen reader; seen while it has the focus. */

/** @typedef {{number: number, words: string}} Entry */

export class PlaceList {
  /**
   * @param {HTMLElement} host @param {string} label
   * @param {{onActive: (number: number | null) => void, onChoose: (number: number | null) => void}} calls
   */
  constructor(host, label, calls) {
    this.calls = calls;
    /** @type {Entry[]} */
    this.entries = [];
    this.active = 0;
    this.element = document.createElement("ul");
    this.element.className = "dateline-places";
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-label", label);
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => this.#activate(this.#indexOf(event.target)));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(/** @type {Node | null} */ (event.relatedTarget))) calls.onActive(null);
    });
    this.element.addEventListener("click", (event) => this.#choose(this.#indexOf(event.target)));
    host.appendChild(this.element);
  }

  get hasFocus() {
    return this.element.matches(":focus-within");
  }

  /** Show other places; the one that was stepped to stays so where it is still among them. @param {Entry[]} entries @param {number | null} selected */
  update(entries, selected) {
    const before = this.entries[this.active]?.number;
    const hadFocus = this.hasFocus;
    this.entries = entries;
    while (this.element.children.length < entries.length) this.element.appendChild(newOption());
    while (this.element.children.length > Math.max(1, entries.length)) this.element.lastElementChild?.remove();
    entries.forEach((entry, n) => fillOption(this.#option(n), entry, entry.number === selected));
    this.element.hidden = entries.length === 0;
    this.active = Math.max(0, entries.findIndex(({ number }) => number === before));
    this.#rove(hadFocus);
  }

  /** @param {number} n */
  #option(n) {
    return /** @type {HTMLElement} */ (this.element.children[n]);
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    return Array.prototype.indexOf.call(this.element.children, target);
  }

  /** @param {boolean} takesFocus */
  #rove(takesFocus) {
    Array.from(this.element.children).forEach((option, n) => {
      /** @type {HTMLElement} */ (option).tabIndex = n === this.active ? 0 : -1;
    });
    if (takesFocus) this.#option(this.active)?.focus();
  }

  /** @param {number} n */
  #activate(n) {
    if (n < 0) return;
    this.active = n;
    this.#rove(false);
    this.calls.onActive(this.entries[n]?.number ?? null);
  }

  /** @param {number} n */
  #choose(n) {
    if (this.entries[n]) this.calls.onChoose(this.entries[n].number);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = this.entries.length - 1;
    const to = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, Home: 0, End: last, PageDown: this.active + 8, PageUp: this.active - 8 }[event.key];
    if (to !== undefined) this.#option(Math.max(0, Math.min(last, to)))?.focus();
    else if (event.key === "Enter" || event.key === " ") this.#choose(this.active);
    else if (event.key === "Escape") this.calls.onChoose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function newOption() {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.dir = "auto";
  return option;
}

/** @param {HTMLElement} option @param {Entry} entry @param {boolean} isSelected */
function fillOption(option, { words }, isSelected) {
  if (option.textContent !== words) option.textContent = words;
  option.setAttribute("aria-selected", String(isSelected));
}
