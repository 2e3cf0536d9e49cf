/** Pins that lie on one another, spread out around their middle so that each can be chosen. */

const GAP = 6; // pixels between two pins
const MOST_ON_A_CIRCLE = 9;

/**
 * Where each of so many pins goes, from the middle of all: on a circle from the top clockwise, or on a spiral.
 * @param {number[]} radii  of the pins, in pixels @returns {{x: number, y: number}[]}
 */
export function fanOut(radii) {
  return radii.length <= MOST_ON_A_CIRCLE ? onCircle(radii) : onSpiral(radii);
}

/** @param {number[]} radii */
function onCircle(radii) {
  const around = radii.reduce((sum, r) => sum + 2 * r + GAP, 0);
  const reach = Math.max(30, around / (2 * Math.PI) + 6);
  let passed = -radii[0];
  return radii.map((r) => {
    const angle = ((passed + r) / around) * 2 * Math.PI - Math.PI / 2;
    passed += 2 * r + GAP;
    return { x: reach * Math.cos(angle), y: reach * Math.sin(angle) };
  });
}

/** @param {number[]} radii */
function onSpiral(radii) {
  const widest = 2 * Math.max(...radii) + GAP;
  let angle = -Math.PI / 2;
  return radii.map((_, n) => {
    const reach = 30 + (widest * (angle + Math.PI / 2)) / (2 * Math.PI);
    const spot = { x: reach * Math.cos(angle), y: reach * Math.sin(angle) };
    angle += widest / reach;
    return spot;
  });
}
