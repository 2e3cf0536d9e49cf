/** Scenes and counts made for the tests of the live map. */

const TOWNS = [
  ["Balakliia", 49.46, 36.86], ["Kupiansk", 49.71, 37.61], ["Izyum", 49.21, 37.25], ["Vovchansk", 50.29, 36.94],
  ["Lyman", 48.99, 37.8], ["Bucha", 50.54, 30.21], ["Kharkiv", 49.98, 36.25], ["Kherson", 46.66, 32.62],
  ["Kyiv", 50.45, 30.52], ["Mariupol", 47.1, 37.55], ["Bakhmut", 48.59, 38.0], ["Sievierodonetsk", 48.95, 38.49],
  ["Lysychansk", 48.9, 38.43], ["Sloviansk", 48.85, 37.6], ["Kramatorsk", 48.74, 37.58], ["Chuhuiv", 49.84, 36.68],
  ["Melitopol", 46.85, 35.37], ["Odesa", 46.48, 30.73], ["Mykolaiv", 46.97, 32.0], ["Dnipro", 48.47, 35.04],
];

const PLAIN = { lat: 0, lon: 0, radiusKm: 5, kind: 0, shape: -1, label: 2, anchorLat: NaN, anchorLon: NaN, bearing: NaN };
const SEEN = { claims: 3, sources: 2, type: 0, status: 0, disputed: 0 };

/** Numbers without a pattern, the same each time. */
function chance(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** Columns of a scene from one object a place. */
export function sceneOf(rows) {
  const all = rows.map((row, n) => ({ ...PLAIN, number: n + 1, name: `Place ${n + 1}`, ...row }));
  const column = (Kind, name) => Kind.from(all, (row) => row[name]);
  return {
    places: {
      length: all.length,
      number: column(Float64Array, "number"),
      name: all.map(({ name }) => name),
      lat: column(Float64Array, "lat"),
      lon: column(Float64Array, "lon"),
      radiusKm: column(Float32Array, "radiusKm"),
      kind: column(Uint8Array, "kind"),
      shape: column(Int32Array, "shape"),
      label: column(Uint8Array, "label"),
      anchorLat: column(Float32Array, "anchorLat"),
      anchorLon: column(Float32Array, "anchorLon"),
      bearing: column(Float32Array, "bearing"),
    },
  };
}

/** Columns of counts from one object a place. */
export function countsOf(rows) {
  const all = rows.map((row) => ({ ...SEEN, ...row }));
  return {
    claims: Uint32Array.from(all, ({ claims }) => claims),
    sources: Uint32Array.from(all, ({ sources }) => sources),
    type: Uint8Array.from(all, ({ type }) => type),
    status: Uint8Array.from(all, ({ status }) => status),
    disputed: Uint8Array.from(all, ({ disputed }) => disputed),
  };
}

/** Twenty towns with every type and status among them. */
export const towns = () => TOWNS.map(([name, lat, lon]) => ({ name, lat, lon }));

export const townCounts = () =>
  TOWNS.map((_, n) => ({ claims: 2 + ((n * 7) % 11), sources: 1 + ((n * 5) % 9), type: n % 8, status: [0, 0, 1, 0, 2, 0, 1, 3][n % 8], disputed: n % 6 === 2 ? 1 : 0 }));

/** So many points around eastern Ukraine, denser in the middle. */
export function randomRows(n) {
  const next = chance(7);
  const bell = () => (next() + next() + next()) / 1.5 - 1;
  return Array.from({ length: n }, () => ({ lat: 48.5 + 5 * bell(), lon: 36 + 9 * bell(), label: 1 }));
}

export function randomCounts(n, seed = 3) {
  const next = chance(seed);
  return Array.from({ length: n }, () => {
    const sources = 1 + Math.floor(8 * next() ** 4);
    return { claims: sources + Math.floor(3 * next()), sources, type: Math.floor(8 * next() ** 2), status: Math.floor(4 * next() ** 3), disputed: next() > 0.96 ? 1 : 0 };
  });
}
