/** What the marks mean: a list that can be folded away, its signs drawn by what draws the map. */
import { CHANGE } from "./layout.js";
import { STATUS } from "./marks.js";
import { L } from "./shared.js";

/** @typedef {import("./marks.js").Marks} Marks */
/** @typedef {{words: string, paint: (context: CanvasRenderingContext2D, marks: Marks) => void}} Line */

const [WIDTH, HEIGHT] = [30, 20]; // pixels of a sign
const PLAIN = { r: 7, type: 0, status: 0, disputed: false, change: 0 };
const ROOMY = [1000, 640]; // pixels: a map that is smaller either way opens with its legend folded

export class Legend {
  /** @param {any} map  Leaflet's @param {import("./types.js").Texts} texts @param {import("./types.js").TypeEntry[]} types @param {string[]} statuses */
  constructor(map, texts, types, statuses) {
    this.texts = texts;
    this.groups = placeGroups(texts, types, statuses);
    this.element = document.createElement("details");
    this.element.className = "dateline-legend";
    const { x, y } = map.getSize();
    this.element.open = x >= ROOMY[0] && y >= ROOMY[1];
    this.summary = this.element.appendChild(document.createElement("summary"));
    this.summary.textContent = texts.legend;
    this.body = this.element.appendChild(document.createElement("div"));
    L.DomEvent.disableClickPropagation(this.element);
    L.DomEvent.disableScrollPropagation(this.element);
    L.DomEvent.on(this.element, "keydown", L.DomEvent.stopPropagation);
    const control = L.control({ position: "bottomleft" });
    control.onAdd = () => this.element;
    control.addTo(map);
    this.compares = false;
  }

  /** Draw it anew: for another theme, or for what two periods differ in. @param {Marks} marks @param {boolean} compares */
  render(marks, compares) {
    this.compares = compares;
    const groups = compares ? changeGroups(this.texts) : this.groups;
    this.body.replaceChildren(...groups.map(([title, lines]) => section(title, lines, marks)));
  }
}

/** @param {string} title @param {Line[]} lines @param {Marks} marks */
function section(title, lines, marks) {
  const element = document.createElement("section");
  element.appendChild(document.createElement("h3")).textContent = title;
  const list = element.appendChild(document.createElement("ul"));
  list.setAttribute("aria-label", title);
  for (const line of lines) list.appendChild(item(line, marks));
  return element;
}

/** @param {Line} line @param {Marks} marks */
function item({ words, paint }, marks) {
  const element = document.createElement("li");
  const canvas = element.appendChild(document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true");
  Object.assign(canvas, { width: WIDTH * marks.ratio, height: HEIGHT * marks.ratio });
  Object.assign(canvas.style, { width: `${WIDTH}px`, height: `${HEIGHT}px` });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(marks.ratio, marks.ratio);
  paint(context, marks);
  element.appendChild(document.createElement("span")).textContent = words;
  return element;
}

/** @param {Partial<import("./marks.js").Mark>} changes @returns {Line["paint"]} */
const sign = (changes) => (context, marks) =>
  marks.drawMark(context, WIDTH / 2, HEIGHT / 2, { ...PLAIN, type: marks.types.length - 1, ...changes });

/**
 * @param {import("./types.js").Texts} texts @param {import("./types.js").TypeEntry[]} types @param {string[]} statuses
 * @returns {[string, Line[]][]}
 */
function placeGroups(texts, types, statuses) {
  return [
    [texts.legend_types, types.map(({ words }, type) => ({ words, paint: sign({ type }) }))],
    [
      texts.legend_statuses,
      [...statuses.map((words, status) => ({ words, paint: sign({ status }) })), { words: texts.disputed, paint: sign({ disputed: true, r: 4.8 }) }],
    ],
    [
      texts.legend_others,
      [
        { words: texts.legend_size, paint: paintSizes },
        { words: texts.legend_area, paint: paintArea },
        { words: texts.legend_sector, paint: paintSector },
        { words: texts.legend_cells, paint: paintCells },
      ],
    ],
  ];
}

/** @param {import("./types.js").Texts} texts @returns {[string, Line[]][]} */
const changeGroups = (texts) => [
  [
    texts.legend_changes,
    [
      .../** @type {(keyof typeof CHANGE)[]} */ (["gained", "lost", "grown", "shrunk", "same"]).map((name) => ({
        words: texts[name],
        paint: sign({ change: CHANGE[name], status: STATUS.reported }),
      })),
      { words: texts.legend_cell_changes, paint: paintCellChanges },
    ],
  ],
];

/** @type {Line["paint"]} */
function paintSizes(context, marks) {
  const mark = { ...PLAIN, type: marks.types.length - 1 };
  marks.drawMark(context, 6, HEIGHT / 2, { ...mark, r: 4 });
  marks.drawMark(context, 20, HEIGHT / 2, { ...mark, r: 7.5 });
}

/** @type {Line["paint"]} */
function paintArea(context, marks) {
  context.beginPath();
  for (const [x, y] of [[4, 6], [13, 3], [25, 7], [27, 15], [16, 19], [6, 16]]) context.lineTo(x, y);
  paintFaint(context, marks);
}

/** @type {Line["paint"]} */
function paintSector(context, marks) {
  context.beginPath();
  context.moveTo(4, 11);
  context.arc(4, 11, 23, -Math.PI / 8, Math.PI / 8);
  paintFaint(context, marks);
}

/** @param {CanvasRenderingContext2D} context @param {Marks} marks */
function paintFaint(context, { look }) {
  context.closePath();
  context.globalAlpha = 0.25;
  context.fillStyle = look.quiet;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = look.quiet;
  context.lineWidth = 1.2;
  context.stroke();
}

/** @type {Line["paint"]} */
function paintCellChanges(context, marks) {
  context.translate(WIDTH / 2, HEIGHT / 2);
  context.scale(0.6, 0.6);
  marks.drawCell(context, 0, 0, 17, { x: 0, y: 0, n: 5, type: 0, gained: 3, lost: 2 }, true);
}

/** @type {Line["paint"]} */
const paintCells = (context, marks) =>
  marks.drawCell(context, WIDTH / 2, HEIGHT / 2, 9, { x: 0, y: 0, n: 12, type: marks.types.length - 1, gained: 0, lost: 0 }, false);
