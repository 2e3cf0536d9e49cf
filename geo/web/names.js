/**
 * Hands the names of places from Streamlit to the frame that holds the map, as data.
 * The two frames come up in any order: this one pushes what it gets, and map.js asks for it when it starts.
 * @typedef {Record<string, string>} Names  name by the place's number
 */
"use strict";

globalThis.datelineNames = {};

/** @param {string} type @param {object} [more] */
function tell(type, more) {
  window.parent.postMessage({ isStreamlitMessage: true, type, ...more }, window.location.origin);
}

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.data?.type !== "streamlit:render") return;
  globalThis.datelineNames = event.data.args.names;
  for (let i = 0; i < window.parent.frames.length; i++) {
    window.parent.frames[i].dateline?.setNames?.(globalThis.datelineNames);
  }
});

tell("streamlit:componentReady", { apiVersion: 1 });
tell("streamlit:setFrameHeight", { height: 0 });
