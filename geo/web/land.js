/**
 * The land under the pins, the outlines of areas, and names that keep out of each other's way: what the plain map
 * (map.js) and the live one (app/map.js) both draw.
 *
 * A script and a module alike, with neither import nor export; comes after leaflet.js. Names are drawn as canvas text.
 *
 * @typedef {[number, number, number, number]} Box  left, top, right, bottom
 * @typedef {object} Frame  what a sheet now holds
 * @property {number} zoom
 * @property {number} size  width of the whole world in pixels
 * @property {number} ratio  device pixels a pixel
 * @property {Box} view  what is drawn: what is in sight and a margin, in Web Mercator 0..1
 * @property {Box} sight  what is in sight
 * @property {Box} bounds  what is drawn, in the map's layer pixels
 * @property {(x: number) => number} toX  layer pixel of a Web Mercator x
 * @property {(y: number) => number} toY
 * @typedef {object} Look  colours as CSS writes them
 * @property {string} land
 * @property {string} coast
 * @property {string} region
 * @property {string} border
 * @property {string} base  names of the land
 * @property {string} halo  around names
 * @property {string} name  names of places
 * @property {string} area  names of areas
 * @typedef {object} Label  a name that wants to be drawn
 * @property {string} name
 * @property {number} x  layer pixels
 * @property {number} y
 * @property {number} r  radius of what it is the name of; 0: centred on x, y
 * @typedef {{name: string, left: number, y: number, isArea: boolean}} PlacedLabel
 */
"use strict";

(() => {
  const L = /** @type {any} */ (globalThis).L;
  const dateline = (/** @type {any} */ (globalThis).dateline ??= {});

  const FONT = '"Source Sans 3", system-ui, sans-serif'; // the system's own for the scripts that are not shipped
  const FONT_FILES = {
    latin: "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC",
    "latin-ext": "U+0100-0130, U+0132-0151, U+0154-02BA, U+1E00-1E9F",
    cyrillic: "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116",
  };
  const NAME_FONT = `600 13px ${FONT}`;
  /** @type {Look} */
  const LIGHT = {
    land: "#f7f5f0",
    coast: "#a9bac4",
    region: "#e0dcd2",
    border: "#a8a294",
    base: "#8f8a7c",
    halo: "rgba(255, 255, 255, 0.9)",
    name: "#22303a",
    area: "#6a6456",
  };
  const [COAST, REGION, BORDER, DISPUTED] = [0, 1, 2, 3];
  /** @type {{kind: number, colour: keyof Look, width: number, dash: number[], fromZoom: number}[]} */
  const LINES = [
    { kind: REGION, colour: "region", width: 0.8, dash: [], fromZoom: 5 },
    { kind: COAST, colour: "coast", width: 0.8, dash: [], fromZoom: 0 },
    { kind: BORDER, colour: "border", width: 1.2, dash: [], fromZoom: 0 },
    { kind: DISPUTED, colour: "border", width: 1, dash: [4, 3], fromZoom: 0 },
  ];
  const BASE_NAMES_FROM_ZOOM = 3;
  const REGION_NAMES_FROM_ZOOM = 6;
  const LONGEST_NAME = 28; // characters: longer ones are relative places, told in full by the tooltip and the list
  const LONGEST_LETTER = 16; // UTF-16 units: a family of four with its joiners has 11; more are piled-up accents
  const MOST_READ = LONGEST_NAME * LONGEST_LETTER + 1;
  const FINEST = 0.5; // pixels: what is nearer to the last point of a line is left out

  const DIGITS = new Map(
    [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((c, i) => [c.charCodeAt(0), i]),
  );

  /** Read an arc's steps as benchmarks/rebuild_assets.py wrote them. @param {string} text */
  function* readSteps(text) {
    let [value, shift] = [0, 0];
    for (let i = 0; i < text.length; i++) {
      const digit = /** @type {number} */ (DIGITS.get(text.charCodeAt(i)));
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      yield value & 1 ? -(value >> 1) : value >> 1;
      [value, shift] = [0, 0];
    }
  }

  /** Web Mercator, the whole world being 0..1 both ways. @param {number} lon */
  const worldX = (lon) => lon / 360 + 0.5;

  /** @param {number} lat */
  const worldY = (lat) => {
    const sine = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };

  /** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
  const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

  /**
   * A canvas in a pane of the map that paints itself anew whenever the map rests or is dragged beyond the margin,
   * always within the same task, and is moved and scaled with the map in between.
   */
  const Sheet = L.Renderer.extend({
    /**
     * @param {string} pane @param {(context: CanvasRenderingContext2D, frame: Frame) => void} paint
     * @param {number} [margin]  on each side, as a share of the map's width and height
     */
    initialize(pane, paint, margin = 0.3) {
      L.Renderer.prototype.initialize.call(this, { pane, padding: margin });
      this._paint = paint;
    },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._context = this._container.getContext("2d");
    },
    _destroyContainer() {
      this._container.remove();
      this._container = null;
    },
    getEvents() {
      return { ...L.Renderer.prototype.getEvents.call(this), move: this._onMove };
    },
    _onMove() {
      const map = this._map;
      if (map._animatingZoom || !this.frame || map.getZoom() !== this.frame.zoom) return;
      const [left, top, right, bottom] = this.frame.bounds;
      const min = map.containerPointToLayerPoint([0, 0]);
      const size = map.getSize();
      if (min.x < left || min.y < top || min.x + size.x > right || min.y + size.y > bottom) this._update();
    },
    _update() {
      if (this._map._animatingZoom && this.frame) return;
      L.Renderer.prototype._update.call(this);
      const { min, max } = this._bounds;
      const ratio = globalThis.devicePixelRatio || 1;
      const [width, height] = [Math.ceil((max.x - min.x) * ratio), Math.ceil((max.y - min.y) * ratio)];
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, min);
      if (canvas.width !== width || canvas.height !== height) {
        Object.assign(canvas, { width, height });
        Object.assign(canvas.style, { width: `${width / ratio}px`, height: `${height / ratio}px` });
      }
      this.frame = frameOf(this._map, this._bounds, ratio);
      this.repaint();
    },
    _updatePaths() {},
    /** Paint what is to be seen now, at the zoom that the sheet was last drawn at. */
    repaint() {
      if (!this._map || !this.frame) return;
      const { ratio, bounds } = this.frame;
      const context = this._context;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      context.setTransform(ratio, 0, 0, ratio, -bounds[0] * ratio, -bounds[1] * ratio);
      this._paint(context, this.frame);
    },
  });

  /** @param {any} map @param {any} bounds @param {number} ratio @returns {Frame} */
  function frameOf(map, { min, max }, ratio) {
    const zoom = map.getZoom();
    const size = 256 * 2 ** zoom;
    const origin = map.getPixelOrigin();
    const seen = map.getPixelBounds();
    /** @param {number[]} box @returns {Box} */
    const toWorld = (box) => /** @type {Box} */ (box.map((value) => value / size));
    return {
      zoom,
      size,
      ratio,
      view: toWorld([min.x + origin.x, min.y + origin.y, max.x + origin.x, max.y + origin.y]),
      sight: toWorld([seen.min.x, seen.min.y, seen.max.x, seen.max.y]),
      bounds: [min.x, min.y, max.x, max.y],
      toX: (x) => x * size - origin.x,
      toY: (y) => y * size - origin.y,
    };
  }

  /** The land of a world.js, decoded piece by piece when first in sight. @param {any} world */
  function createLand(world) {
    const { scale, translate } = world.transform;
    /** @param {number} x */
    const toX = (x) => worldX(x * scale[0] + translate[0]);
    /** @param {number} y */
    const toY = (y) => worldY(y * scale[1] + translate[1]);
    /** @type {Box[]} */
    const boxes = world.boxes.map((/** @type {number[]} */ [west, south, east, north]) => [
      toX(west),
      toY(north),
      toX(east),
      toY(south),
    ]);
    /** @type {Float64Array[]} */
    const decoded = [];

    /** The points of an arc as x, y, x, y …. @param {number} a */
    function arcPoints(a) {
      if (decoded[a]) return decoded[a];
      const steps = [...readSteps(world.arcs[a])];
      let [x, y] = [0, 0];
      for (let i = 0; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        steps[i] = toX(x);
        steps[i + 1] = toY(y);
      }
      return (decoded[a] = Float64Array.from(steps));
    }

    /**
     * Call `visit(x, y, isFirst)` for each point of a ring, whose arcs run either way.
     * @param {number[]} ring @param {(x: number, y: number, isFirst: boolean) => void} visit
     */
    function walkRing(ring, visit) {
      let isFirst = true;
      for (const a of ring) {
        const points = arcPoints(a < 0 ? ~a : a);
        const n = points.length / 2;
        for (let i = isFirst ? 0 : 1; i < n; i++) {
          const at = 2 * (a < 0 ? n - 1 - i : i);
          visit(points[at], points[at + 1], isFirst);
          isFirst = false;
        }
      }
    }

    /** Add a shape's outline to a path, in layer pixels. @param {any} path @param {number} shape @param {Frame} frame */
    function trace(path, shape, frame) {
      const fine = FINEST / frame.size;
      for (const ring of world.shapes[shape].flat()) {
        let [lastX, lastY] = [0, 0];
        walkRing(ring, (x, y, isFirst) => {
          if (!isFirst && Math.abs(x - lastX) < fine && Math.abs(y - lastY) < fine) return;
          [lastX, lastY] = [x, y];
          path[isFirst ? "moveTo" : "lineTo"](frame.toX(x), frame.toY(y));
        });
        path.closePath();
      }
    }

    /** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Look} look */
    function paint(context, frame, look) {
      const arcs = new Set();
      context.beginPath();
      for (let n = 0; n < world.nRegions; n++) {
        if (!meets(boxes[n], frame.view)) continue;
        trace(context, n, frame);
        for (const ring of world.shapes[n].flat()) for (const a of ring) arcs.add(a < 0 ? ~a : a);
      }
      context.fillStyle = look.land;
      context.fill();
      for (const line of LINES) if (frame.zoom >= line.fromZoom) paintLines(context, frame, look, arcs, line);
    }

    /**
     * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Look} look @param {Set<number>} arcs
     * @param {typeof LINES[number]} line
     */
    function paintLines(context, frame, look, arcs, { kind, colour, width, dash }) {
      const fine = FINEST / frame.size;
      context.beginPath();
      for (const a of arcs) {
        if (world.lines[a] !== kind) continue;
        const points = arcPoints(a);
        const end = points.length - 2;
        let [lastX, lastY] = points;
        context.moveTo(frame.toX(lastX), frame.toY(lastY));
        for (let i = 2; i <= end; i += 2) {
          const isClose = Math.abs(points[i] - lastX) < fine && Math.abs(points[i + 1] - lastY) < fine;
          if (isClose && i < end) continue;
          [lastX, lastY] = [points[i], points[i + 1]];
          context.lineTo(frame.toX(lastX), frame.toY(lastY));
        }
      }
      context.setLineDash(dash);
      context.strokeStyle = look[colour];
      context.lineWidth = width;
      context.stroke();
      context.setLineDash([]);
    }

    /** @param {any[]} labels @param {number} first */
    const read = (labels, first) =>
      labels.flatMap((label, n) =>
        label ? [{ name: label[0], x: worldX(label[1]), y: worldY(label[2]), shape: first + n }] : [],
      );
    const countryNames = read(world.countryLabels, world.nRegions);
    const regionNames = read(world.regionLabels, 0);

    /**
     * Paint the names of countries or regions where there is room, adding them to the boxes taken; none that is more
     * than twice as wide as its land.
     * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Look} look @param {Box[]} taken
     * @param {Set<number>} hidden  shapes whose name is drawn otherwise
     */
    function paintNames(context, frame, look, taken, hidden) {
      if (frame.zoom < BASE_NAMES_FROM_ZOOM) return;
      const isFine = frame.zoom >= REGION_NAMES_FROM_ZOOM;
      const font = `${isFine ? "italic 12px" : "12px"} ${FONT}`;
      const [west, north, east, south] = frame.view;
      context.font = font;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = look.base;
      for (const { name, x, y, shape } of isFine ? regionNames : countryNames) {
        if (x < west || x > east || y < north || y > south || hidden.has(shape)) continue;
        const [left, top] = [frame.toX(x), frame.toY(y)];
        const half = widthOf(context, name, font) / 2;
        if ((boxes[shape][2] - boxes[shape][0]) * frame.size < half) continue;
        if (claimSpace(taken, [left - half, top - 7, left + half, top + 7])) context.fillText(name, left, top);
      }
    }

    return { nRegions: world.nRegions, boxes, rings: world.shapes, walkRing, trace, paint, paintNames };
  }

  /** Add the box to those taken unless it meets one of them; return whether it was added. @param {Box[]} taken @param {Box} box */
  function claimSpace(taken, box) {
    if (taken.some((other) => meets(other, box))) return false;
    taken.push(box);
    return true;
  }

  // Controls and marks of direction would turn round what stands beside them.
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
  const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

  /** @param {string} name */
  function shorten(name) {
    const clean = name.replace(UNSEEN, " ");
    if (clean.length <= LONGEST_NAME) return clean;
    let [n, cut] = [0, 0];
    for (const { index, segment } of letters.segment(clean.slice(0, MOST_READ))) {
      if (++n === LONGEST_NAME) cut = index;
      if (n > LONGEST_NAME) return `${clean.slice(0, cut)}…`;
      if (segment.length > LONGEST_LETTER) return `${clean.slice(0, index)}…`;
    }
    return clean.length <= MOST_READ ? clean : `${clean.slice(0, MOST_READ)}…`;
  }

  /** @type {Map<string, number>} */
  const widths = new Map();

  /** The width of a name in the context's font. @param {CanvasRenderingContext2D} context @param {string} name @param {string} font  tells it from the same name in another */
  function widthOf(context, name, font) {
    const key = font + name;
    let width = widths.get(key);
    if (width === undefined) {
      if (widths.size > 5000) widths.clear();
      width = context.measureText(name).width;
      widths.set(key, width);
    }
    return width;
  }

  /**
   * Find room for names, the first ones first: right of their pin, else left of it, else not at all; an area's on its
   * middle, else above or below it.
   * @param {CanvasRenderingContext2D} context @param {Iterable<Label>} labels @param {Box[]} taken  is added to
   * @returns {PlacedLabel[]}
   */
  function placeNames(context, labels, taken) {
    context.font = NAME_FONT;
    const placed = [];
    for (const label of labels) {
      const name = shorten(label.name);
      const width = widthOf(context, name, NAME_FONT);
      const spot = spotsFor(label, width).find(([left, y]) =>
        claimSpace(taken, [left - 1, y - 8, left + width + 1, y + 8]),
      );
      if (spot) placed.push({ name, left: spot[0], y: spot[1], isArea: !label.r });
    }
    return placed;
  }

  /** @param {Label} label @param {number} width @returns {[number, number][]} */
  function spotsFor({ x, y, r }, width) {
    const middle = x - width / 2;
    if (r) return [[x + r + 4, y], [x - r - 4 - width, y], [middle, y + r + 10], [middle, y - r - 10]];
    return [[middle, y], [middle, y - 20], [middle, y + 20]];
  }

  /** @param {CanvasRenderingContext2D} context @param {PlacedLabel[]} placed @param {Look} look */
  function paintNames(context, placed, look) {
    context.font = NAME_FONT;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = look.halo;
    for (const { name, left, y, isArea } of placed) {
      context.direction = RIGHT_TO_LEFT.test(name) ? "rtl" : "ltr";
      context.strokeText(name, left, y);
      context.fillStyle = isArea ? look.area : look.name;
      context.fillText(name, left, y);
    }
    context.direction = "ltr";
  }

  /** Make the package's type family known to the page, once. @param {string | URL} folder  where its files are */
  function loadFonts(folder) {
    if (dateline.fontsFrom) return;
    dateline.fontsFrom = String(folder);
    for (const [script, range] of Object.entries(FONT_FILES)) {
      const file = new URL(`source-sans-3-${script}.woff2`, folder);
      const face = new FontFace("Source Sans 3", `url("${file}")`, { weight: "200 900", unicodeRange: range });
      document.fonts.add(face);
      if (script === "latin") face.load();
    }
  }

  document.fonts.addEventListener("loadingdone", () => widths.clear());

  dateline.drawing = {
    FONT,
    NAME_FONT,
    LIGHT,
    Sheet,
    createLand,
    worldX,
    worldY,
    meets,
    placeNames,
    paintNames,
    shorten,
    loadFonts,
  };
})();
