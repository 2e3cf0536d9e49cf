/**
 * What only the browser can do for an export: the page's address for the clipboard, and the map as a picture.
 *
 * @typedef {{link: string, linked: string, unlinked: string, picture: string, pictured: string,
 *   unpictured: string}} Texts
 * @typedef {{data: {map: string, texts: Texts}, parentElement: ShadowRoot}} Mount  what Streamlit calls with
 */

import { viewOf } from "./component.js";

const PICTURE_NAME = "dateline-map.png";
const STYLE = `
  .tools { display: flex; flex-direction: column; gap: .5rem; font: inherit; }
  .tools button {
    font: inherit; color: inherit; padding: .4rem .75rem; min-height: 2.5rem; cursor: pointer;
    background: transparent; border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 6px;
  }
  .tools button:hover { border-color: currentColor; }
  .tools button:focus-visible { outline: 2px solid var(--st-primary-color, #0072b2); outline-offset: 1px; }
  .tools output { min-height: 1.3em; font-size: .86em; opacity: .8; overflow-wrap: anywhere; }
`;

/** @param {Mount} mount @returns {() => void} what takes it away */
export function mountTools({ data, parentElement }) {
  const { map, texts } = data;
  const tools = document.createElement("div");
  tools.className = "tools";
  const style = tools.appendChild(document.createElement("style"));
  style.textContent = STYLE;
  const said = document.createElement("output");
  const say = (/** @type {string} */ words) => (said.textContent = words);
  tools.append(
    button(texts.link, async () => say(await copyAddress(texts))),
    button(texts.picture, async () => say(await savePicture(map, texts))),
    said,
  );
  parentElement.replaceChildren(tools);
  return () => tools.remove();
}

function button(words, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = words;
  element.addEventListener("click", act);
  return element;
}

/** @param {Texts} texts */
async function copyAddress(texts) {
  try {
    await navigator.clipboard.writeText(location.href);
    return texts.linked;
  } catch {
    return `${texts.unlinked} ${location.href}`; // a browser may forbid it: the address is then there to be copied by hand
  }
}

/** @param {string} key @param {Texts} texts */
async function savePicture(key, texts) {
  const picture = viewOf(key)?.picture();
  if (!picture) return texts.unpictured;
  const blob = await new Promise((resolve) => picture.toBlob(resolve, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = PICTURE_NAME;
  link.click();
  URL.revokeObjectURL(link.href);
  return texts.pictured;
}
