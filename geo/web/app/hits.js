/** Which spot lies under the hand: spots sorted into squares of the screen, so that one look suffices. */

/** @typedef {import("./types.js").Spots} Spots */

const BUCKET = 32; // pixels

export class HitGrid {
  /** @param {Spots} spots @param {import("./types.js").Box} bounds  in layer pixels; spots beyond it are put on its edge */
  constructor(spots, [left, top, right, bottom]) {
    this.spots = spots;
    this.left = left;
    this.top = top;
    this.columns = Math.max(1, Math.ceil((right - left) / BUCKET));
    this.rows = Math.max(1, Math.ceil((bottom - top) / BUCKET));
    this.largest = 0;
    this.starts = new Int32Array(this.columns * this.rows + 1);
    this.items = new Int32Array(spots.n);
    this.#sort();
  }

  #sort() {
    const { spots, starts, items } = this;
    for (let s = 0; s < spots.n; s++) {
      starts[this.#bucket(spots.x[s], spots.y[s]) + 1]++;
      this.largest = Math.max(this.largest, spots.r[s]);
    }
    for (let b = 1; b < starts.length; b++) starts[b] += starts[b - 1];
    const next = starts.slice();
    for (let s = 0; s < spots.n; s++) items[next[this.#bucket(spots.x[s], spots.y[s])]++] = s;
  }

  /** @param {number} x */
  #column(x) {
    return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.left) / BUCKET)));
  }

  /** @param {number} y */
  #row(y) {
    return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.top) / BUCKET)));
  }

  /** @param {number} x @param {number} y */
  #bucket(x, y) {
    return this.#row(y) * this.columns + this.#column(x);
  }

  /**
   * The spots whose edge is within `reach` pixels of a point, the nearest middle first; of equals the one drawn last.
   * @param {number} x @param {number} y @param {number} reach @returns {number[]}
   */
  at(x, y, reach) {
    const { spots, starts, items, largest } = this;
    const around = largest + reach;
    const found = [];
    for (let row = this.#row(y - around); row <= this.#row(y + around); row++) {
      const first = starts[row * this.columns + this.#column(x - around)];
      const end = starts[row * this.columns + this.#column(x + around) + 1];
      for (let at = first; at < end; at++) {
        const s = items[at];
        const away = Math.hypot(spots.x[s] - x, spots.y[s] - y);
        if (away <= spots.r[s] + reach) found.push({ s, away });
      }
    }
    return found.sort((a, b) => a.away - b.away || b.s - a.s).map(({ s }) => s);
  }
}
