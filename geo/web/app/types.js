/**
 * The types that flow through the live map.
 *
 * @typedef {[number, number, number, number]} Box  left, top, right, bottom
 *
 * @typedef {object} Frame  what a sheet now holds; see land.js
 * @property {number} zoom
 * @property {number} size
 * @property {number} ratio
 * @property {Box} view
 * @property {Box} sight
 * @property {Box} bounds
 * @property {(x: number) => number} toX
 * @property {(y: number) => number} toY
 *
 * @typedef {{name: string, x: number, y: number, r: number}} Label
 *
 * @typedef {object} Places  every place of a scene, one to an index
 * @property {number} length
 * @property {Float64Array} number  its name towards Python
 * @property {string[]} name  written by others: drawn as text, never as HTML
 * @property {Float64Array} lat
 * @property {Float64Array} lon
 * @property {Float32Array} radiusKm  uncertainty
 * @property {Uint8Array} kind  0 point, 1 area, 2 relative
 * @property {Int32Array} shape  outline in world.js, or -1
 * @property {Uint8Array} label  how much its name is wanted; 0: it is not drawn
 * @property {Float32Array} anchorLat  what a relative place hangs on; NaN: nothing
 * @property {Float32Array} anchorLon
 * @property {Float32Array} bearing  degrees from north; NaN: none
 *
 * @typedef {{places: Places}} Scene
 *
 * @typedef {object} Counts  what is in view of each place
 * @property {Uint32Array} claims  0: not in view
 * @property {Uint32Array} sources  independent ones
 * @property {Uint8Array} type  index into the legend
 * @property {Uint8Array} status  0 reported, 1 claimed, 2 denied, 3 planned
 * @property {Uint8Array} disputed
 *
 * @typedef {object} CellCounts  cells of a scene too large for places; centres in Web Mercator 0..1
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Uint32Array} n  claims
 * @property {Uint8Array} type
 *
 * @typedef {object} World  the places of a scene as the map draws them: Web Mercator 0..1
 * @property {Places} places
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Map<number, number>} index  of a place, by its number
 *
 * @typedef {object} Shown  what `show` or `compare` was given
 * @property {World} world
 * @property {Counts} counts
 * @property {Uint8Array | null} change  one of CHANGE for each place, where two windows are compared
 *
 * @typedef {object} Spots  what is drawn with a place of its own on the screen
 * @property {number} n
 * @property {Float32Array} x  layer pixels
 * @property {Float32Array} y
 * @property {Float32Array} r
 * @property {Int32Array} ref  index of the place, or of the cell
 *
 * @typedef {object} Cell  many places drawn as one square
 * @property {number} x  Web Mercator 0..1
 * @property {number} y
 * @property {number} n  claims
 * @property {number} type  the most frequent
 * @property {number} gained  places, where two windows are compared
 * @property {number} lost
 *
 * @typedef {object} Layout  what is to be drawn where
 * @property {number[]} areas  places, biggest first
 * @property {number[]} relatives  places
 * @property {Spots} spots
 * @property {Cell[] | null} cells  what the spots refer to, instead of places
 *
 * @typedef {{colour: string, words: string}} TypeEntry
 * @typedef {Record<string, string>} Look  colours by name, as in map.css without the prefix
 * @typedef {Record<string, string>} Texts
 */

export {};
