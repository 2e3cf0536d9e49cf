/**
 * What the modules of the live map share of the package's classic scripts: Leaflet, the world, the drawing of land.js.
 * The one module that reads globals, so that a page that has inlined those scripts needs to replace no other.
 */
import "../leaflet.js";
import "../world.js";
import "../land.js";

const page = /** @type {any} */ (globalThis);

export const L = page.L;

/**
 * @type {{
 *   FONT: string,
 *   NAME_FONT: string,
 *   LIGHT: Record<string, string>,
 *   Sheet: any,
 *   createLand: (world: any) => any,
 *   worldX: (lon: number) => number,
 *   worldY: (lat: number) => number,
 *   meets: (a: ArrayLike<number>, b: ArrayLike<number>) => boolean,
 *   placeNames: (context: CanvasRenderingContext2D, labels: Iterable<import("./types.js").Label>, taken: import("./types.js").Box[]) => any[],
 *   paintNames: (context: CanvasRenderingContext2D, placed: any[], look: any) => void,
 *   shorten: (name: string) => string,
 *   loadFonts: (folder: string | URL) => void,
 * }}
 */
export const drawing = page.dateline.drawing;

export const land = drawing.createLand(page.dateline.world);
