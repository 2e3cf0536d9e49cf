/**
 * What `geo/scene.py` packs: reads it, and counts what is claimed of each place or cell in any window of days.
 *
 * The figures are those of `geo/view.py` for the same window. Days are whole numbers since the scene's first day.
 *
 * @typedef {{from: number, to: number}} Window  both days inclusive
 * @typedef {{claims: Uint32Array, sources: Uint32Array, type: Uint8Array, status: Uint8Array, disputed: Uint8Array}} Counts
 *   one number a place: claims in view (0: not in view), distinct origins, most frequent type, firmest status
 * @typedef {{x: Float64Array, y: Float64Array, n: Uint32Array, type: Uint8Array}} Cells
 *   one number a cell in view: its centre in Web Mercator 0..1, its claims and their most frequent type
 * @typedef {{unit: Unit, first: Int32Array, last: Int32Array, keys: number, counts: Float64Array}} Bins
 *   first and last day of each bin; counts[bin * keys + key], a claim counting once for each of its days in the bin
 * @typedef {"day" | "week" | "month" | "year"} Unit
 * @typedef {{length: number, number: Float64Array, name: string[], lat: Float64Array, lon: Float64Array, radiusKm: Float32Array,
 *   kind: Uint8Array, isCountry: Uint8Array, shape: Int32Array, label: Uint8Array, anchorLat: Float32Array,
 *   anchorLon: Float32Array, bearing: Float32Array}} Places
 *   kind: 0 point, 1 area, 2 relative; shape: outline or -1; label: how much the name is wanted; NaN: hangs on nothing
 */

const DAY_MS = 86_400_000;
const N_TYPES = 14;
const N_STATUSES = 4;
const CELL_LEVELS = 3; // a tile of 256 pixels is cut into 8 × 8 cells
const MOST_BINS = 240;
const FEWEST_DAYS = 14; // that a plot spans, where there are so many
const ARRAYS = { "|u1": Uint8Array, "<u2": Uint16Array, "<u4": Uint32Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array };

/** @param {string} iso @returns {number} days since 1 January 1970 */
const toEpochDay = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;

/** @param {number} epochDay @returns {string} */
const toIso = (epochDay) => new Date(epochDay * DAY_MS).toISOString().slice(0, 10);

/**
 * Read the bytes of `geo.scene.pack_scene`.
 *
 * @param {Uint8Array} bytes
 * @returns {Scene} a PlaceScene or a CellScene
 */
export function decodeScene(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(8 * Math.ceil((4 + length) / 8)).buffer; // a copy, so that each column is aligned
  const column = (name) => {
    const [type, offset, n] = head.columns[name] ?? ["|u1", 0, 0];
    return new ARRAYS[type](body, offset, n);
  };
  return head.shape === "cells" ? new CellScene(head, column) : new PlaceScene(head, column);
}

/** Days and their histogram, which both shapes of scene have. */
class Scene {
  constructor(head, column) {
    this.isEmpty = head.first === null;
    this._epoch = toEpochDay(head.first ?? "2000-01-01");
    /** The last day; the first is 0. */
    this.lastDay = this.isEmpty ? 0 : toEpochDay(head.last) - this._epoch;
    const steps = (name) => ({ day: column(`${name}Day`), key: column(`${name}Key`), step: column(`${name}Step`) });
    this._steps = { type: steps("type"), status: steps("status") };
    this._bins = new Map();
  }

  /** @param {number} day @returns {string} as in 2022-09-10 */
  iso(day) {
    return toIso(this._epoch + day);
  }

  /** @param {string} iso @returns {number} */
  day(iso) {
    return toEpochDay(iso) - this._epoch;
  }

  /** @returns {Window} all days */
  get everything() {
    return { from: 0, to: this.lastDay };
  }

  /**
   * The last days, on which four of five claims begin, where they are a small part of all: "since 1990" in one report
   * must not press a week's news into a single bar.
   *
   * @returns {Window}
   */
  get focus() {
    const onDay = this._starting();
    const all = onDay.reduce((sum, n) => sum + n, 0);
    if (!all) return this.everything;
    let from = 0;
    for (let before = onDay[0]; before <= all / 5; before += onDay[from]) from++;
    const days = Math.max(FEWEST_DAYS, this.lastDay - from + 1);
    return days * 2 > this.lastDay ? this.everything : { from: this.lastDay - days + 1, to: this.lastDay };
  }

  /** The unit in which so many days fill no more bins than can be told apart. @param {Window} window @returns {Unit} */
  unitFor({ from, to }) {
    const days = to - from + 1;
    return days <= MOST_BINS ? "day" : days <= 7 * MOST_BINS ? "week" : days <= 30 * MOST_BINS ? "month" : "year";
  }

  /**
   * How many claims cover each bin of days; one longer than a year counts on its first day alone.
   *
   * @param {Unit} unit weeks begin on Monday; the first and last bin are cut at the scene's days
   * @param {"status" | "type"} by what the keys are
   * @returns {Bins}
   */
  histogram(unit, by) {
    const name = `${unit} ${by}`;
    if (!this._bins.has(name)) this._bins.set(name, this._count(unit, by));
    return this._bins.get(name);
  }

  _count(unit, by) {
    const keys = by === "type" ? N_TYPES : N_STATUSES + 1;
    const edges = this._edges(unit);
    const counts = new Float64Array((edges.length - 1) * keys);
    const { day, key, step } = this._steps[by];
    const covering = new Float64Array(keys);
    let next = 0;
    for (let bin = 0; bin + 1 < edges.length; bin++) {
      for (let today = edges[bin]; today < edges[bin + 1]; ) {
        for (; next < day.length && day[next] <= today; next++) covering[key[next]] += step[next];
        const until = next < day.length ? Math.min(edges[bin + 1], day[next]) : edges[bin + 1];
        for (let k = 0; k < keys; k++) counts[bin * keys + k] += covering[k] * (until - today);
        today = until;
      }
    }
    return { unit, first: Int32Array.from(edges.slice(0, -1)), last: Int32Array.from(edges.slice(1), (d) => d - 1), keys, counts };
  }

  /** The first day of each bin, and the day after the last. */
  _edges(unit) {
    if (this.isEmpty) return [0];
    const edges = [];
    for (let day = 0; day <= this.lastDay; day = this._nextBin(day, unit)) edges.push(day);
    return [...edges, this.lastDay + 1];
  }

  _nextBin(day, unit) {
    if (unit === "day") return day + 1;
    const at = new Date((this._epoch + day) * DAY_MS);
    if (unit === "week") return day + 7 - ((at.getUTCDay() + 6) % 7);
    if (unit === "month") at.setUTCMonth(at.getUTCMonth() + 1, 1);
    else at.setUTCFullYear(at.getUTCFullYear() + 1, 0, 1);
    return at.getTime() / DAY_MS - this._epoch;
  }
}

/** @returns {Places} */
function placesOf({ names }, column) {
  const of = "number lat lon radiusKm kind isCountry shape label anchorLat anchorLon bearing".split(" ");
  return { length: names.length, name: names, ...Object.fromEntries(of.map((name) => [name, column(name)])) };
}

/** Places with their claims. */
export class PlaceScene extends Scene {
  constructor(head, column) {
    super(head, column);
    /** @type {Places} */
    this.places = placesOf(head, column);
    this._claims = Object.fromEntries("first last type status verification disputed origin".split(" ").map((name) => [name, column(name)]));
    this._claimsAt = column("claimsAt");
    this._seenAt = new Uint32Array(this._claims.origin.reduce((most, origin) => (origin === NO_ORIGIN ? most : Math.max(most, origin + 1)), 0));
    this._round = 0;
  }

  get isCells() {
    return false;
  }

  /** How many claims begin on each day. */
  _starting() {
    return countDays(this._claims.first, this.lastDay);
  }

  /**
   * Count what is in view, as `geo.view.build_view` does.
   *
   * @param {Window} window
   * @returns {Counts}
   */
  count({ from, to }) {
    const n = this.places.length;
    const counts = {
      claims: new Uint32Array(n),
      sources: new Uint32Array(n),
      type: new Uint8Array(n),
      status: new Uint8Array(n),
      disputed: new Uint8Array(n),
    };
    const { first, last, type, status, disputed, origin } = this._claims;
    const types = new Uint32Array(N_TYPES);
    for (let place = 0; place < n; place++) {
      const end = this._claimsAt[place + 1];
      const round = this._nextRound();
      let [claims, sources, firmest] = [0, 0, N_STATUSES];
      types.fill(0);
      for (let i = this._claimsAt[place]; i < end && first[i] <= to; i++) {
        if (last[i] < from) continue;
        claims++;
        if (disputed[i]) counts.disputed[place] = 1;
        types[type[i]]++;
        if (status[i] < firmest) firmest = status[i];
        if (origin[i] !== NO_ORIGIN && this._seenAt[origin[i]] !== round) {
          this._seenAt[origin[i]] = round;
          sources++;
        }
      }
      if (!claims) continue;
      counts.claims[place] = claims;
      counts.sources[place] = sources;
      counts.type[place] = mostFrequent(types);
      counts.status[place] = firmest % N_STATUSES; // of none that is known, the firmest
    }
    return counts;
  }

  /** @param {Window} a @param {Window} b @returns {{a: Counts, b: Counts}} */
  compare(a, b) {
    return { a: this.count(a), b: this.count(b) };
  }

  /** A number that no origin was last seen at. */
  _nextRound() {
    if (++this._round > 0xfffffffe) {
      this._seenAt.fill(0);
      this._round = 1;
    }
    return this._round;
  }
}

const NO_ORIGIN = 0xffffffff;

/**
 * Cells with the days on which their claims begin and end, and how many do; a cell once for each type, or with its usual
 * one. Of very many claims days are told by the week or longer: a window shows all of those that its ends lie in.
 */
export class CellScene extends Scene {
  constructor(head, column) {
    super(head, column);
    /** None: @type {Places} */
    this.places = placesOf({ names: [] }, column);
    this._zoom = head.zoom;
    /** Days that are told as one. */
    this._unit = head.unit;
    this._lastBin = Math.floor(this.lastDay / this._unit);
    this._cell = { x: column("cellX"), y: column("cellY"), type: column("cellType") };
    const days = (name) => this._inOrder(column(name), column(`${name}N`), column(`${name}At`));
    this._starts = days("starts");
    this._ends = days("ends");
    this._levels = new Map();
  }

  get isCells() {
    return true;
  }

  /** How many claims begin on each day, those of several days on the first of them. */
  _starting() {
    const onDay = new Uint32Array(this.lastDay + 1);
    const { binsAt, n } = this._starts;
    for (let bin = 0; bin <= this._lastBin; bin++) {
      for (let i = binsAt[bin]; i < binsAt[bin + 1]; i++) onDay[bin * this._unit] += n[i];
    }
    return onDay;
  }

  /**
   * Count the claims in view of each cell as large as a zoom shows it.
   *
   * @param {Window} window
   * @param {number} zoom of the map
   * @param {[number, number, number, number] | null} box left, top, right, bottom in Web Mercator 0..1: no cells beyond it
   * @returns {Cells}
   */
  cells({ from, to }, zoom, box = null) {
    const { x, y, starts, ends } = this._level(Math.max(0, Math.min(this._zoom, Math.round(zoom) + CELL_LEVELS)));
    const [first, last] = [Math.floor(from / this._unit), Math.floor(to / this._unit)];
    const shown = { x: [], y: [], n: [], type: [] };
    const byType = new Uint32Array(N_TYPES);
    for (let cell = 0; cell < x.length; cell++) {
      if (box && (x[cell] < box[0] || y[cell] < box[1] || x[cell] > box[2] || y[cell] > box[3])) continue;
      let n = 0;
      for (let type = 0; type < N_TYPES; type++) {
        const bucket = cell * N_TYPES + type;
        byType[type] = countBefore(starts, bucket, last + 1) - countBefore(ends, bucket, first);
        n += byType[type];
      }
      if (!n) continue;
      shown.x.push(x[cell]);
      shown.y.push(y[cell]);
      shown.n.push(n);
      shown.type.push(mostFrequent(byType));
    }
    const { n, type } = shown;
    return { x: Float64Array.from(shown.x), y: Float64Array.from(shown.y), n: Uint32Array.from(n), type: Uint8Array.from(type) };
  }

  /** The coarser cells of a level with the sorted days of each type's claims; reckoned once a level. */
  _level(level) {
    if (!this._levels.has(level)) this._levels.set(level, this._rollUp(level));
    return this._levels.get(level);
  }

  _rollUp(level) {
    const shift = this._zoom - level;
    const { x, y, type } = this._cell;
    const known = new Map();
    const bucketOf = Uint32Array.from(x, (_, i) => {
      const key = (y[i] >> shift) * 2 ** level + (x[i] >> shift);
      if (!known.has(key)) known.set(key, known.size);
      return known.get(key) * N_TYPES + type[i];
    });
    const keys = [...known.keys()];
    return {
      x: Float64Array.from(keys, (key) => ((key % 2 ** level) + 0.5) / 2 ** level),
      y: Float64Array.from(keys, (key) => (Math.floor(key / 2 ** level) + 0.5) / 2 ** level),
      starts: this._fill(this._starts, bucketOf, keys.length * N_TYPES),
      ends: this._fill(this._ends, bucketOf, keys.length * N_TYPES),
    };
  }

  /** Each entry's cell and claims, in order of days: what fills buckets in this order has them sorted. */
  _inOrder(bins, counts, at) {
    const binsAt = sumsBefore(countDays(bins, this._lastBin));
    const next = binsAt.slice();
    const cells = new Uint32Array(bins.length);
    const n = new Uint32Array(bins.length);
    for (let cell = 0; cell + 1 < at.length; cell++) {
      for (let i = at[cell]; i < at[cell + 1]; i++) {
        cells[next[bins[i]]] = cell;
        n[next[bins[i]]++] = counts[i];
      }
    }
    return { cells, n, binsAt };
  }

  /** The days of each bucket one after the other, and before each of them how many claims the bucket has had. */
  _fill({ cells, n, binsAt }, bucketOf, nBuckets) {
    const sizes = new Uint32Array(nBuckets);
    for (let i = 0; i < cells.length; i++) sizes[bucketOf[cells[i]]]++;
    const at = sumsBefore(sizes);
    const next = at.slice();
    const days = new Int32Array(cells.length);
    const sums = new Float64Array(cells.length + 1);
    for (let bin = 0; bin <= this._lastBin; bin++) {
      for (let i = binsAt[bin]; i < binsAt[bin + 1]; i++) {
        const place = next[bucketOf[cells[i]]]++;
        days[place] = bin;
        sums[place] = n[i];
      }
    }
    let before = 0;
    for (let i = 0; i <= cells.length; i++) [sums[i], before] = [before, before + sums[i]];
    return { at, days, sums };
  }
}

/** How many claims of a bucket have a day before one. */
function countBefore({ at, days, sums }, bucket, day) {
  const low = at[bucket];
  return sums[lowerBound(days, day, low, at[bucket + 1])] - sums[low];
}

/** How many of the days fall on each day. */
function countDays(days, lastDay) {
  const counts = new Uint32Array(lastDay + 1);
  for (let i = 0; i < days.length; i++) counts[days[i]]++;
  return counts;
}

/** The sum of all sizes before each, and at last of all. */
function sumsBefore(sizes) {
  const sums = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) sums[i + 1] = sums[i] + sizes[i];
  return sums;
}

/** The type of most claims; types are numbered so that of equals the first says what happened. */
function mostFrequent(byType) {
  let best = 0;
  for (let type = 1; type < N_TYPES; type++) if (byType[type] > byType[best]) best = type;
  return best;
}

/** Where in sorted `values` between `low` and `high` the first that is no less than `value` stands. */
function lowerBound(values, value, low, high) {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
