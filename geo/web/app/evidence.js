/**
 * The list of what is claimed: each claim's sentence with who says so, where and when, as far as it is in view.
 *
 * Whatever a row holds was written by others and is set as `textContent`.
 *
 * @typedef {object} Row  a claim; days are ISO and inclusive
 * @property {number} number  of its place
 * @property {string} place
 * @property {string} from
 * @property {string} to
 * @property {string} type
 * @property {string} status
 * @property {string} claimant  empty: the report itself
 * @property {string} verification
 * @property {string} sentence
 * @property {string} outlet
 * @property {string} report
 *
 * @typedef {{from: string, to: string}} Days
 */

const PAGE = 100; // rows that are put on the page at once: more than that nobody reads before scrolling

/**
 * @param {HTMLElement} host
 * @param {{rows: Row[], texts: Record<string, string>}} given  rows in the order in which they are listed
 */
export function createEvidence(host, { rows, texts }) {
  return new Evidence(host, rows, texts);
}

class Evidence {
  constructor(host, rows, texts) {
    [this._rows, this._texts] = [rows, texts];
    /** Called when the hand asks for all places again. */
    this.onAll = () => {};
    this._heading = add(host, "h2", "evidence-heading");
    this._all = add(host, "button", "evidence-all", texts.all_places);
    this._all.addEventListener("click", () => this.onAll());
    this._list = add(host, "ol", "evidence-list");
    this._more = add(host, "button", "evidence-more");
    this._more.addEventListener("click", () => this._showMore());
  }

  /**
   * List the claims whose days overlap a window, of one place or of all.
   *
   * @param {Days} days
   * @param {number | null} place its number
   */
  show({ from, to }, place) {
    this._seen = this._rows.filter((row) => row.from <= to && row.to >= from && (place === null || row.number === place));
    const name = place === null ? this._texts.everywhere : (this._rows.find((row) => row.number === place)?.place ?? "");
    const n = this._seen.length;
    this._heading.textContent = `${name}: ${n.toLocaleString("en")} ${n === 1 ? this._texts.claim : this._texts.claims}`;
    this._all.hidden = place === null;
    this._list.replaceChildren();
    this._list.scrollTop = 0;
    this._showMore();
  }

  _showMore() {
    const shown = this._list.children.length;
    this._list.append(...this._seen.slice(shown, shown + PAGE).map((row) => this._item(row)));
    const left = this._seen.length - this._list.children.length;
    this._more.hidden = left === 0;
    this._more.textContent = `${this._texts.more} (${left.toLocaleString("en")})`;
  }

  /** @param {Row} row */
  _item(row) {
    const item = document.createElement("li");
    const days = row.from === row.to ? row.from : `${row.from} – ${row.to}`;
    add(item, "p", "evidence-where", [days, row.place].join(" · "));
    add(item, "blockquote", "evidence-words", row.sentence);
    const checked = row.verification === "none" ? "" : row.verification;
    add(item, "p", "evidence-who", [row.type, row.status, row.claimant, checked].filter(Boolean).join(" · "));
    add(item, "p", "evidence-source", [row.outlet, row.report].filter(Boolean).join(" · "));
    return item;
  }
}

function add(host, tag, className, text = "") {
  const element = host.appendChild(document.createElement(tag));
  element.className = className;
  element.textContent = text;
  if (tag === "button") element.type = "button";
  return element;
}
