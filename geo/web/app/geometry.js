/** Distances and shapes on the globe, as the map needs them. */
import { drawing } from "./shared.js";

const { worldX, worldY } = drawing;

const EARTH_KM = 6371.0088; // mean radius (IUGG)
const SECTOR = 45; // degrees: a bearing in words ("northwest of") is one of eight
const STEPS = 16;

const toRadians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;
const toDegrees = (/** @type {number} */ radians) => (radians * 180) / Math.PI;

/** @param {number} y  Web Mercator 0..1 */
export const latOf = (y) => toDegrees(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))));

/** @param {number} x  Web Mercator 0..1 */
export const lonOf = (x) => (x - 0.5) * 360;

/** The width of so many kilometres at a latitude, the world being 1 wide. @param {number} km @param {number} lat */
export const worldWidth = (km, lat) => km / (2 * Math.PI * EARTH_KM * Math.max(0.08, Math.cos(toRadians(lat))));

/** Great-circle distance in km. @param {number} lat @param {number} lon @param {number} toLat @param {number} toLon */
export function distanceKm(lat, lon, toLat, toLon) {
  const [a, b] = [toRadians(lat), toRadians(toLat)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(toRadians(toLon - lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}

/**
 * Where one comes to from a point on a sphere: latitude and longitude.
 * @param {number} lat @param {number} lon @param {number} bearing  degrees from north @param {number} km
 * @returns {[number, number]}
 */
export function destination(lat, lon, bearing, km) {
  const [phi, theta, way] = [toRadians(lat), toRadians(bearing), km / EARTH_KM];
  const sine = Math.sin(phi) * Math.cos(way) + Math.cos(phi) * Math.sin(way) * Math.cos(theta);
  const east = Math.sin(theta) * Math.sin(way) * Math.cos(phi);
  return [toDegrees(Math.asin(sine)), lon + toDegrees(Math.atan2(east, Math.cos(way) - Math.sin(phi) * sine))];
}

/**
 * The outline of where a relative place may be, in Web Mercator as x, y, x, y …: from the anchor, 45° about the bearing,
 * out to the place and its radius; null where it hangs on no anchor or has no bearing.
 * @param {import("./types.js").Places} places @param {number} i
 */
export function sectorOf(places, i) {
  const [lat, lon, bearing] = [places.anchorLat[i], places.anchorLon[i], places.bearing[i]];
  if (Number.isNaN(lat) || Number.isNaN(lon) || Number.isNaN(bearing)) return null;
  const reach = distanceKm(lat, lon, places.lat[i], places.lon[i]) + places.radiusKm[i];
  const points = [worldX(lon), worldY(lat)];
  for (let n = 0; n <= STEPS; n++) {
    const [toLat, toLon] = destination(lat, lon, bearing - SECTOR / 2 + (SECTOR * n) / STEPS, reach);
    points.push(worldX(toLon), worldY(toLat));
  }
  return Float64Array.from(points);
}
