/**
 * The marks of places: size by independent sources, hue and sign by type, outline by status; squares of many places;
 * what two periods differ in. Each is told by its form alone as well, for those who see no hue and for grey print.
 */
import { readableOn } from "./look.js";
import { CHANGE } from "./layout.js";
import { drawing } from "./shared.js";

/** @typedef {import("./types.js").Look} Look */
/** @typedef {import("./types.js").TypeEntry} TypeEntry */

export const STATUS = { reported: 0, claimed: 1, denied: 2, planned: 3 };

const DARK = "#1b242b"; // signs on hues, in either theme
const WHITE = "#ffffff";
const MARGIN = 8; // pixels around a mark's radius for its outlines
const MOST_SPRITES = 4000;

/** The signs of the legend's eight types, as strokes in a box of -1..1: pairs of moves. @type {number[][][]} */
const SIGNS = [
  [[-1, -0.8, -0.15, 0, -1, 0.8], [1, -0.8, 0.15, 0, 1, 0.8]], // battle: two points against each other
  [[0, -1, 0, 0.9], [-0.75, 0.2, 0, 1, 0.75, 0.2]], // strike: from above
  [[-0.6, 1, -0.6, -1, 0.8, -0.5, -0.6, 0]], // control change: a flag
  [[-1, 0, 0.9, 0], [0.25, -0.75, 1, 0, 0.25, 0.75]], // withdrawal, movement: away
  [[0, -1, 0, 1], [-0.65, -0.4, 0.65, -0.4]], // violence, casualties: a grave's cross
  [[0, -0.9, 0.95, 0.75, -0.95, 0.75, 0, -0.9]], // damage, disaster, accident: a warning triangle
  [[-0.9, 0.1, 0, 0.9, 0.9, 0.1], [-0.9, -0.75, 0, 0.05, 0.9, -0.75]], // aid, protest: open hands
  [[-0.9, -0.4, 0.9, -0.4], [-0.9, 0.4, 0.4, 0.4]], // statement, other: lines of a text
];

/**
 * @typedef {object} Mark
 * @property {number} r  pixels
 * @property {number} type
 * @property {number} status
 * @property {boolean} disputed
 * @property {number} change  one of CHANGE
 */

export class Marks {
  /** @param {TypeEntry[]} types @param {Look} look @param {number} ratio  device pixels a pixel */
  constructor(types, look, ratio) {
    this.types = types;
    this.look = look;
    this.ratio = ratio;
    /** @type {Map<string | number, HTMLCanvasElement>} */
    this.sprites = new Map();
  }

  /** The colour of a type; of one that the legend does not know, the last one's. @param {number} type */
  colourOf(type) {
    return (this.types[type] ?? this.types[this.types.length - 1]).colour;
  }

  /** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {Mark} mark */
  drawMark(context, x, y, mark) {
    const { r, type, status, disputed, change } = mark;
    const key = Math.round(r * 16) * 4096 + type * 128 + status * 16 + (disputed ? 8 : 0) + change;
    this.#stamp(context, x, y, key, r + MARGIN, (onto) =>
      change ? paintChange(onto, mark, this.look) : paintMark(onto, mark, this.colourOf(type), this.look),
    );
  }

  /** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} half @param {import("./types.js").Cell} cell @param {boolean} compares */
  drawCell(context, x, y, half, cell, compares) {
    context.save(); // a picture for each count would be made once and used once
    context.translate(x, y);
    if (compares) paintCellChange(context, half, cell, this.look);
    else paintCell(context, half, shortNumber(cell.n), this.colourOf(cell.type), this.look);
    context.restore();
  }

  /**
   * Draw a mark from its picture, which is painted once.
   * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string | number} key
   * @param {number} half @param {(onto: CanvasRenderingContext2D) => void} paint
   */
  #stamp(context, x, y, key, half, paint) {
    const { ratio } = this;
    const sprite = this.sprites.get(key) ?? this.#keep(key, half, paint);
    const width = sprite.width / ratio;
    const snap = (/** @type {number} */ value) => Math.round((value - width / 2) * ratio) / ratio;
    context.drawImage(sprite, snap(x), snap(y), width, width);
  }

  /** @param {string | number} key @param {number} half @param {(onto: CanvasRenderingContext2D) => void} paint */
  #keep(key, half, paint) {
    if (this.sprites.size > MOST_SPRITES) this.sprites.clear();
    const width = Math.ceil(2 * half * this.ratio);
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = width;
    const onto = /** @type {CanvasRenderingContext2D} */ (sprite.getContext("2d"));
    onto.scale(this.ratio, this.ratio);
    onto.translate(width / 2 / this.ratio, width / 2 / this.ratio);
    paint(onto);
    this.sprites.set(key, sprite);
    return sprite;
  }
}

/** @param {number} n */
export function shortNumber(n) {
  if (n < 1000) return String(n);
  const [value, unit] = n < 999_500 ? [n / 1000, "k"] : [n / 1_000_000, "M"];
  return `${value < 9.95 ? value.toFixed(1).replace(".0", "") : Math.round(value)}${unit}`;
}

/** @param {CanvasRenderingContext2D} context @param {number} r */
function disc(context, r) {
  context.beginPath();
  context.arc(0, 0, r, 0, 2 * Math.PI);
}

/** @param {CanvasRenderingContext2D} context @param {number} r @param {string} colour @param {number} width */
function ring(context, r, colour, width) {
  disc(context, r);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** A ring of an even number of equal dashes. @param {CanvasRenderingContext2D} context @param {number} r @param {string} colour @param {number} width @param {number} dash @param {number} gap */
function brokenRing(context, r, colour, width, dash, gap) {
  const around = 2 * Math.PI * r;
  const stretch = around / Math.max(4, Math.round(around / (dash + gap))) / (dash + gap);
  context.setLineDash([dash * stretch, gap * stretch]);
  ring(context, r, colour, width);
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {string} colour @param {Look} look */
function paintMark(context, { r, type, status, disputed }, colour, look) {
  const isHollow = status === STATUS.denied || status === STATUS.planned;
  if (disputed) {
    disc(context, r + 5.5);
    context.fillStyle = look.paper;
    context.fill();
    ring(context, r + 4.5, look.ink, 1.6);
  } else ring(context, r + 1.2, look.paper, 1.4);
  disc(context, r);
  context.fillStyle = isHollow ? look.paper : colour;
  context.fill();
  if (isHollow) ring(context, r - 2.6, colour, 3);
  const sign = isHollow ? look.ink : readableOn(colour, DARK, WHITE);
  if (status !== STATUS.denied) paintSign(context, type, r, sign);
  OUTLINES[status]?.(context, r, look);
}

/** @type {((context: CanvasRenderingContext2D, r: number, look: Look) => void)[]} */
const OUTLINES = [
  (context, r, look) => ring(context, r - 0.5, look.ink, 1.3),
  (context, r, look) => {
    ring(context, r - 0.8, look.paper, 2.6);
    brokenRing(context, r - 0.6, look.ink, 1.8, 3.6, 2.6);
  },
  (context, r, look) => {
    ring(context, r - 0.5, look.ink, 1.3);
    paintCross(context, r * 0.72, look.ink, look.paper);
  },
  (context, r, look) => {
    ring(context, r - 0.6, look.paper, 2.4);
    context.lineCap = "round";
    brokenRing(context, r - 0.4, look.ink, 2, 0.01, 4);
    context.lineCap = "butt";
  },
];

/** @param {CanvasRenderingContext2D} context @param {number} reach @param {string} colour @param {string} halo */
function paintCross(context, reach, colour, halo) {
  context.beginPath();
  for (const way of [-1, 1]) {
    context.moveTo(-reach, -reach * way);
    context.lineTo(reach, reach * way);
  }
  for (const [style, width] of [[halo, 3.6], [colour, 1.7]]) {
    context.strokeStyle = /** @type {string} */ (style);
    context.lineWidth = /** @type {number} */ (width);
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} type @param {number} r @param {string} colour */
function paintSign(context, type, r, colour) {
  const scale = Math.min(r * 0.46, 8);
  context.beginPath();
  for (const stroke of SIGNS[type] ?? []) {
    for (let at = 0; at < stroke.length; at += 2) {
      context[at ? "lineTo" : "moveTo"](stroke[at] * scale, stroke[at + 1] * scale);
    }
  }
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.2, scale * 0.32);
  context.lineJoin = "round";
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark @param {Look} look */
function paintChange(context, { r, change }, look) {
  const isGained = change === CHANGE.gained;
  const isLost = change === CHANGE.lost;
  ring(context, r + 1.2, look.paper, 1.4);
  disc(context, r);
  context.fillStyle = isGained ? look.gained : isLost ? look.paper : look.same;
  context.fill();
  if (isLost) brokenRing(context, r - 1, look.lost, 2.2, 4, 2.4);
  else ring(context, r - 0.5, look.ink, 1.2);
  const reach = Math.min(0.5 * r, 8);
  context.beginPath();
  for (const stroke of CHANGE_SIGNS[change] ?? []) {
    for (let at = 0; at < stroke.length; at += 2) context[at ? "lineTo" : "moveTo"](stroke[at] * reach, stroke[at + 1] * reach);
  }
  context.lineWidth = Math.max(1.8, r * 0.17);
  context.strokeStyle = isLost ? look.lost : isGained ? readableOn(look.gained, DARK, WHITE) : readableOn(look.same, DARK, WHITE);
  context.stroke();
}

/** @type {Record<number, number[][]>} */
const CHANGE_SIGNS = {
  [CHANGE.gained]: [[-1, 0, 1, 0], [0, -1, 0, 1]],
  [CHANGE.lost]: [[-1, 0, 1, 0]],
  [CHANGE.same]: [],
  [CHANGE.grown]: [[0, 1, 0, -0.9], [-0.8, -0.2, 0, -1, 0.8, -0.2]],
  [CHANGE.shrunk]: [[0, -1, 0, 0.9], [-0.8, 0.2, 0, 1, 0.8, 0.2]],
};

/** @param {CanvasRenderingContext2D} context @param {number} half @param {string} words @param {string} colour @param {Look} look */
function paintCell(context, half, words, colour, look) {
  paintSquare(context, half, colour, look);
  context.font = `600 ${half < 9 ? 10 : half < 12 ? 11 : 12}px ${drawing.FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = readableOn(colour, DARK, WHITE);
  context.fillText(words, 0, 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {number} half @param {string} colour @param {Look} look */
function paintSquare(context, half, colour, look) {
  context.beginPath();
  context.roundRect(-half, -half, 2 * half, 2 * half, 3);
  context.fillStyle = colour;
  context.fill();
  context.strokeStyle = look.ink;
  context.lineWidth = 1;
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} half @param {import("./types.js").Cell} cell @param {Look} look */
function paintCellChange(context, half, { gained, lost }, look) {
  paintSquare(context, half, look.paper, look);
  if (gained !== lost) {
    context.globalAlpha = 0.25 * (Math.abs(gained - lost) / (gained + lost));
    context.fillStyle = gained > lost ? look.gained : look.lost;
    context.fill();
    context.globalAlpha = 1;
  }
  context.font = `600 11px ${drawing.FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (!gained && !lost) {
    context.fillStyle = look.quiet;
    context.fillText("=", 0, 0.5);
  }
  context.fillStyle = look.gained;
  if (gained) context.fillText(`+${shortNumber(gained)}`, 0, lost ? -7 : 0.5);
  context.fillStyle = look.lost;
  if (lost) context.fillText(`−${shortNumber(lost)}`, 0, gained ? 7.5 : 0.5);
}
