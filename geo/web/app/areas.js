/** Areas as areas: regions and countries by their outline, others as a circle, relative places as a sector. */
import { sectorOf, worldWidth } from "./geometry.js";
import { CHANGE, boxOfArea } from "./layout.js";
import { STATUS } from "./marks.js";
import { land } from "./shared.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").World} World */
/** @typedef {import("./types.js").Shown} Shown */
/** @typedef {import("./types.js").Look} Look */

const SMALLEST_CIRCLE = 6; // pixels
/** Dashes by status; what has no outline of its own is dashed in any case. */
const DASHES = [[], [6, 4], [], [1.5, 5]];
const ROUND_DASH = [7, 5];

export class Areas {
  constructor() {
    this.key = "";
    /** @type {Map<string, Path2D>} */
    this.paths = new Map();
    /** @type {Map<string, CanvasPattern>} */
    this.patterns = new Map();
    this.scratch = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  }

  /** The outline of an area or of a relative place, in layer pixels. @param {Frame} frame @param {World} world @param {number} i */
  pathOf(frame, world, i) {
    const key = `${frame.zoom} ${frame.toX(0)} ${frame.toY(0)}`;
    if (key !== this.key) this.paths.clear();
    this.key = key;
    const { places } = world;
    const name = places.shape[i] >= 0 && places.kind[i] === 1 ? `shape ${places.shape[i]}` : `place ${places.number[i]}`;
    let path = this.paths.get(name);
    if (!path) {
      path = this.#trace(frame, world, i);
      this.paths.set(name, path);
    }
    return path;
  }

  /** @param {Frame} frame @param {World} world @param {number} i */
  #trace(frame, world, i) {
    const { places } = world;
    const path = new Path2D();
    if (places.kind[i] === 1 && places.shape[i] >= 0) {
      land.trace(path, places.shape[i], frame);
      return path;
    }
    const sector = places.kind[i] === 2 ? sectorOf(places, i) : null;
    if (!sector) {
      addRadius(path, frame, world, i);
      return path;
    }
    for (let at = 0; at < sector.length; at += 2) {
      path[at ? "lineTo" : "moveTo"](frame.toX(sector[at]), frame.toY(sector[at + 1]));
    }
    path.closePath();
    return path;
  }

  /** Forget the outlines: another scene's places may have the same numbers. */
  forget() {
    this.paths.clear();
  }

  /** Whether a point of the map, in layer pixels, lies in an area. @param {Frame} frame @param {World} world @param {number} i @param {number} x @param {number} y */
  holds(frame, world, i, x, y) {
    const [left, top, right, bottom] = boxOfArea(world, i);
    if (x < frame.toX(left) || x > frame.toX(right) || y < frame.toY(top) || y > frame.toY(bottom)) return false;
    return this.scratch.isPointInPath(this.pathOf(frame, world, i), x, y);
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Shown} shown @param {number} i
   * @param {string} hue @param {Look} look
   */
  paintArea(context, frame, { world, counts, change }, i, hue, look) {
    const path = this.pathOf(frame, world, i);
    const status = change ? STATUS.reported : counts.status[i];
    const kind = change?.[i] ?? CHANGE.none;
    const colour = change ? changeColour(kind, look) : hue;
    const isCountry = world.places.shape[i] >= land.nRegions;
    const isRound = world.places.shape[i] < 0;
    if (status !== STATUS.planned && kind !== CHANGE.lost) {
      context.globalAlpha = isCountry ? 0.07 : 0.17;
      context.fillStyle = status === STATUS.denied ? this.#crosses(colour) : colour;
      if (status === STATUS.denied) context.globalAlpha = 0.55;
      context.fill(path);
    }
    context.globalAlpha = isCountry ? 0.7 : 1;
    const dash = kind === CHANGE.lost ? DASHES[1] : isRound && !DASHES[status]?.length ? ROUND_DASH : (DASHES[status] ?? []);
    strokeArea(context, path, colour, dash, look, !change && counts.disputed[i] > 0);
    context.globalAlpha = 1;
  }

  /** A pattern of crosses, for what is denied. @param {string} colour */
  #crosses(colour) {
    let pattern = this.patterns.get(colour);
    if (!pattern) {
      pattern = crossed(this.scratch, colour);
      this.patterns.set(colour, pattern);
    }
    return pattern;
  }

  /** Where a relative place may be. @param {CanvasRenderingContext2D} context @param {Frame} frame @param {World} world @param {number} i @param {string} colour @param {Look} look */
  paintRelative(context, frame, world, i, colour, look) {
    const path = this.pathOf(frame, world, i);
    context.globalAlpha = 0.1;
    context.fillStyle = colour;
    context.fill(path);
    context.globalAlpha = 0.8;
    context.setLineDash(Number.isNaN(world.places.bearing[i]) ? ROUND_DASH : []);
    context.strokeStyle = look.quiet;
    context.lineWidth = 1;
    context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

/** @param {Path2D | CanvasRenderingContext2D} path @param {Frame} frame @param {World} world @param {number} i */
export function addRadius(path, frame, { places, x, y }, i) {
  const r = Math.max(SMALLEST_CIRCLE, worldWidth(places.radiusKm[i], places.lat[i]) * frame.size);
  path.moveTo(frame.toX(x[i]) + r, frame.toY(y[i]));
  path.arc(frame.toX(x[i]), frame.toY(y[i]), r, 0, 2 * Math.PI);
}

/** @param {number} change @param {Look} look */
export const changeColour = (change, look) =>
  change === CHANGE.gained ? look.gained : change === CHANGE.lost ? look.lost : look.same;

/** A disputed area has a double line. @param {CanvasRenderingContext2D} context @param {Path2D} path @param {string} colour @param {number[]} dash @param {Look} look @param {boolean} isDisputed */
function strokeArea(context, path, colour, dash, look, isDisputed) {
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = isDisputed ? 5 : 1.8;
  context.stroke(path);
  if (isDisputed) {
    context.strokeStyle = look.land;
    context.lineWidth = 2.2;
    context.setLineDash([]);
    context.stroke(path);
  }
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {string} colour */
function crossed(context, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 16;
  const onto = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  onto.strokeStyle = colour;
  onto.lineWidth = 1.4;
  for (const way of [1, -1]) {
    onto.moveTo(5, 8 - 3 * way);
    onto.lineTo(11, 8 + 3 * way);
  }
  onto.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}
