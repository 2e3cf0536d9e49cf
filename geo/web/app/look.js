/** The map's colours and style sheets. */
import { drawing } from "./shared.js";

const PREFIX = "--dateline-";

/** What the canvas draws with where map.css is not there (yet): the light theme. */
const FALLBACK = {
  ...drawing.LIGHT,
  sea: "#dbe7ec",
  paper: "#ffffff",
  ink: "#22303a",
  quiet: "#6a6456",
  same: "#8a8f98",
  gained: "#0072b2",
  lost: "#d55e00",
  focus: "#0b5cad",
};

/** The colours of a host, from its custom properties. @param {Element} host @returns {import("./types.js").Look} */
export function readLook(host) {
  const style = getComputedStyle(host);
  return Object.fromEntries(
    Object.entries(FALLBACK).map(([name, colour]) => [name, style.getPropertyValue(PREFIX + name).trim() || colour]),
  );
}

/**
 * Load the style sheets of Leaflet and of the map into a document or a shadow root, once, and the fonts into the page.
 * @param {Document | ShadowRoot} root @returns {Promise<void>} settled when they are there, or cannot be had
 */
export async function loadStyles(root) {
  drawing.loadFonts(new URL("../", import.meta.url));
  const into = "head" in root ? root.head : root;
  const files = ["../leaflet.css", "./map.css"].map((name) => String(new URL(name, import.meta.url)));
  await Promise.all(files.filter((file) => !isLinked(root, file)).map((file) => link(into, file)));
}

/** @param {Document | ShadowRoot} root @param {string} file */
const isLinked = (root, file) =>
  Array.from(root.querySelectorAll("link"), (element) => element.href).includes(file);

/** @param {Node} into @param {string} file */
const link = (into, file) =>
  new Promise((settle) => {
    const element = document.createElement("link");
    Object.assign(element, { rel: "stylesheet", href: file, onload: settle, onerror: settle });
    into.appendChild(element);
  });

/**
 * Whichever of two colours is read better on a ground: by the contrast of WCAG 2.2.
 * @param {string} ground  #rrggbb @param {string} dark @param {string} light
 */
export function readableOn(ground, dark, light) {
  return contrast(ground, dark) >= contrast(ground, light) ? dark : light;
}

/** @param {string} a @param {string} b */
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
