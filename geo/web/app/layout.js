/** What is to be drawn where: places in sight as spots, or, where there are too many, squares of a grid. */
import { worldWidth } from "./geometry.js";
import { drawing, land } from "./shared.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Spots} Spots */
/** @typedef {import("./types.js").Cell} Cell */

export const KIND = { point: 0, area: 1, relative: 2 };
export const CHANGE = { none: 0, gained: 1, lost: 2, same: 3, grown: 4, shrunk: 5 };

const MOST_SPOTS = 2000; // in sight; above it they are counted in squares
const MOST_SECTORS = 150; // in view; above it one sees that of the place under the hand only
const WIDEST_CIRCLE = 50; // km
const SMALLEST_SQUARE = 44; // pixels; the grid's own are up to twice as wide
const TWO_LINES = 34; // pixels across: a square with two numbers
const MOST_COUNTED = 40; // sources: a spot that has more is no larger

/** Whether a place is but the middle of a wide circle, which would hide what lies in it: one sees that under the hand. @param {import("./types.js").Places} places @param {number} i */
const isVague = (places, i) => Number.isNaN(places.bearing[i]) && places.radiusKm[i] > WIDEST_CIRCLE;

/** The radius in pixels of a place with so many independent sources. @param {number} sources */
export const radiusOf = (sources) => 5 + 3 * Math.sqrt(Math.min(MOST_COUNTED, Math.max(1, sources)));

/** @param {Frame} frame @param {Shown} shown @returns {import("./types.js").Layout} */
export function layOutPlaces(frame, shown) {
  const { world, counts, change } = shown;
  const areas = [];
  const relatives = [];
  const inView = [];
  let inSight = 0;
  for (let i = 0; i < world.places.length; i++) {
    if (!counts.claims[i]) continue;
    const kind = world.places.kind[i];
    if (kind === KIND.area) {
      if (drawing.meets(boxOfArea(world, i), frame.view)) areas.push(i);
      continue;
    }
    if (!isIn(frame.view, world.x[i], world.y[i])) continue;
    inView.push(i);
    if (kind === KIND.relative && !isVague(world.places, i)) relatives.push(i);
    if (isIn(frame.sight, world.x[i], world.y[i])) inSight++;
  }
  areas.sort((a, b) => widthOfArea(world, b) - widthOfArea(world, a) || a - b);
  if (inSight <= MOST_SPOTS) {
    const spots = placeSpots(frame, world, counts, inView);
    return { areas, relatives: relatives.length <= MOST_SECTORS ? relatives : [], spots, cells: null };
  }
  const { x, y } = world;
  const cells = countInCells(frame, inView, { x, y, n: counts.claims, type: counts.type }, change);
  return { areas, relatives: [], spots: cellSpots(frame, cells, change ? TWO_LINES : 0), cells };
}

/** @param {Frame} frame @param {import("./types.js").CellCounts} given @returns {import("./types.js").Layout} */
export function layOutCells(frame, given) {
  const inView = [];
  for (let i = 0; i < given.x.length; i++) if (given.n[i] && isIn(frame.view, given.x[i], given.y[i])) inView.push(i);
  const cells = countInCells(frame, inView, given, null);
  return { areas: [], relatives: [], spots: cellSpots(frame, cells, 0), cells };
}

/** @param {import("./types.js").Box} box @param {number} x @param {number} y */
const isIn = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];

/** @param {import("./types.js").World} world @param {number} i @returns {import("./types.js").Box} */
export function boxOfArea({ places, x, y }, i) {
  if (places.shape[i] >= 0) return land.boxes[places.shape[i]];
  const r = worldWidth(places.radiusKm[i], places.lat[i]);
  return [x[i] - r, y[i] - r, x[i] + r, y[i] + r];
}

/** @param {import("./types.js").World} world @param {number} i */
export function widthOfArea(world, i) {
  const [left, top, right, bottom] = boxOfArea(world, i);
  return right - left + bottom - top;
}

/** @param {number} n @returns {Spots} */
const emptySpots = (n) => ({
  n,
  x: new Float32Array(n),
  y: new Float32Array(n),
  r: new Float32Array(n),
  ref: new Int32Array(n),
});

/**
 * The places as spots, those with the most sources first, so that smaller ones come to lie on larger ones.
 * @param {Frame} frame @param {import("./types.js").World} world @param {import("./types.js").Counts} counts @param {number[]} inView
 */
function placeSpots(frame, { x, y }, { sources }, inView) {
  const spots = emptySpots(inView.length);
  const next = startsBySize(inView, sources);
  for (const i of inView) {
    const at = next[Math.min(MOST_COUNTED, sources[i])]++;
    spots.x[at] = frame.toX(x[i]);
    spots.y[at] = frame.toY(y[i]);
    spots.r[at] = radiusOf(sources[i]);
    spots.ref[at] = i;
  }
  return spots;
}

/** Where the places of each number of sources begin, the largest number first. @param {number[]} inView @param {Uint32Array} sources */
function startsBySize(inView, sources) {
  const starts = new Int32Array(MOST_COUNTED + 1);
  for (const i of inView) starts[Math.min(MOST_COUNTED, sources[i])]++;
  for (let size = MOST_COUNTED, before = 0; size >= 0; size--) {
    const n = starts[size];
    starts[size] = before;
    before += n;
  }
  return starts;
}

/** How often the world's width is halved for the grid of a zoom: the same squares wherever the map is moved to. @param {Frame} frame */
export const gridLevel = (frame) => Math.max(0, Math.floor(Math.log2(frame.size / SMALLEST_SQUARE)));

/**
 * @param {Frame} frame @param {number[]} inView  indices into what is given
 * @param {{x: Float64Array, y: Float64Array, n: Uint32Array, type: Uint8Array}} given @param {Uint8Array | null} change
 * @returns {Cell[]}
 */
function countInCells(frame, inView, { x, y, n, type }, change) {
  const across = 2 ** gridLevel(frame);
  /** @type {Map<number, Cell & {members: number, byType: number[]}>} */
  const found = new Map();
  for (const i of inView) {
    const [column, row] = [Math.floor(x[i] * across), Math.floor(y[i] * across)];
    let cell = found.get(row * across + column);
    if (!cell) {
      cell = { x: x[i], y: y[i], n: 0, type: 0, gained: 0, lost: 0, members: 0, byType: [] };
      found.set(row * across + column, cell);
    } else if (++cell.members === 1) [cell.x, cell.y] = [(column + 0.5) / across, (row + 0.5) / across];
    cell.n += n[i];
    cell.byType[type[i]] = (cell.byType[type[i]] ?? 0) + n[i];
    if (change?.[i] === CHANGE.gained) cell.gained++;
    if (change?.[i] === CHANGE.lost) cell.lost++;
  }
  const cells = [...found.values()];
  for (const cell of cells) cell.type = mostFrequent(cell.byType);
  return cells;
}

/** @param {number[]} byType  may have holes */
function mostFrequent(byType) {
  let best = -1;
  byType.forEach((n, type) => {
    if (best < 0 || n > byType[best]) best = type;
  });
  return best;
}

/** @param {Frame} frame @param {Cell[]} cells @param {number} smallest  pixels across */
function cellSpots(frame, cells, smallest) {
  const spots = emptySpots(cells.length);
  const width = frame.size / 2 ** gridLevel(frame);
  cells.forEach((cell, at) => {
    const r = Math.min(width - 4, Math.max(smallest, 15 + 10 * Math.log10(cell.n))) / 2;
    spots.x[at] = keepWithin(frame.toX(cell.x), frame.toX(0), width, r);
    spots.y[at] = keepWithin(frame.toY(cell.y), frame.toY(0), width, r);
    spots.r[at] = r;
    spots.ref[at] = at;
  });
  return spots;
}

/** Move a square's middle so that it lies within its square of the grid. @param {number} at @param {number} origin @param {number} width @param {number} r */
function keepWithin(at, origin, width, r) {
  const start = origin + Math.floor((at - origin) / width) * width;
  return Math.max(start + r + 1, Math.min(start + width - r - 1, at));
}
