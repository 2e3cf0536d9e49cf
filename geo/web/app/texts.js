/** The words of the map in English; whoever makes a map may give others under the same names. */
export const MAP_TEXTS = {
  map: "Map of what is said to have happened",
  summary: "Map: {places} in view with {claims}",
  summary_cells: "Map: {claims}",
  list: "Places in view, those with the most sources first",
  places_one: "{n} place",
  places_many: "{n} places",
  claims_one: "{n} claim",
  claims_many: "{n} claims",
  sources_one: "{n} independent source",
  sources_many: "{n} independent sources",
  mostly: "mostly {type}",
  disputed: "disputed",
  chosen: "chosen",
  together: "{n} places close together: choose one",
  zoom_here: "zoom in to see the places",
  legend: "Legend",
  legend_types: "What happened",
  legend_statuses: "How it is told",
  legend_others: "Also",
  legend_size: "larger: more independent sources",
  legend_area: "a region, not a point",
  legend_sector: "somewhere in this direction",
  legend_cells: "many places: number of claims",
  legend_cell_changes: "many places: how many came, how many went",
  legend_changes: "From the first period to the second",
  gained: "only in the second",
  lost: "only in the first",
  same: "in both, unchanged",
  grown: "in both, more claims",
  shrunk: "in both, fewer claims",
  reported: "reported",
  claimed: "claimed",
  denied: "denied",
  planned: "planned",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
};

/**
 * Put values into a text's braces, in one pass: a value with braces stays as it is.
 * @param {string} text @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (braces, name) => (name in values ? String(values[name]) : braces));
}

/** @param {Record<string, string>} texts @param {"places" | "claims" | "sources"} what @param {number} n */
export function counted(texts, what, n) {
  return fill(texts[`${what}_${n === 1 ? "one" : "many"}`], { n: n.toLocaleString("en") });
}
