import type { GeoShape } from "./geo-shape";
import {
  areaOf,
  evenBits,
  type GeoArea,
  geohashOf,
  interleave,
  MOST_STEP,
  oddBits,
} from "./geohash";

/**
 * Which ranges of scores have to be looked through for all places in a shape: the part of the map
 * that has the shape's centre, and those of its eight neighbours that the shape may reach into.
 *
 * The order of the ranges is Redis's, because unsorted results are told in it.
 */

/** Half the length of the equator as the web's map has it. */
const MERCATOR_MOST_M = 20037726.37;
const MOST_RANGES = 9;

/** The eight neighbours as steps to the east and to the north, in the order of searching. */
const NEIGHBOURS: readonly (readonly [east: number, north: number])[] = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** Ranges of scores from `from` to before `to`. */
export interface ScoreRange {
  readonly from: number;
  readonly to: number;
}

/** Bits per coordinate of parts that are so large that nine of them hold a circle. */
function stepFor(reachM: number, latitude: number): number {
  if (reachM === 0) return MOST_STEP;
  let step = 1;
  for (let reach = reachM; reach < MERCATOR_MOST_M; reach *= 2) step++;
  step -= 2;
  // Towards the poles parts are smaller than they look on the map.
  const polar = Math.abs(latitude);
  if (polar > 66) step--;
  if (polar > 80) step--;
  return Math.min(Math.max(step, 1), MOST_STEP);
}

function newArea(): GeoArea {
  return { minLongitude: 0, maxLongitude: 0, minLatitude: 0, maxLatitude: 0 };
}

/**
 * The hash of the part that lies so many parts to the east and north; the map is a ring. A place at
 * the very end of a coordinate has a part of its own behind the last, which is left by moving only.
 */
function neighbour(bits: number, step: number, east: number, north: number): number {
  const parts = 2 ** step;
  const longitudePart = oddBits(bits);
  const latitudePart = evenBits(bits);
  return interleave(
    north === 0 ? latitudePart : (latitudePart + north + parts) % parts,
    east === 0 ? longitudePart : (longitudePart + east + parts) % parts,
  );
}

/** Whether the nine parts around a hash hold the bounds. */
function areEnough(bits: number, step: number, bounds: GeoArea): boolean {
  const area = newArea();
  const side = (east: number, north: number) =>
    areaOf(neighbour(bits, step, east, north), step, area);
  return !(
    side(0, 1).maxLatitude < bounds.maxLatitude ||
    side(0, -1).minLatitude > bounds.minLatitude ||
    side(1, 0).maxLongitude < bounds.maxLongitude ||
    side(-1, 0).minLongitude > bounds.minLongitude
  );
}

/** The ranges of scores in which all places of the shape lie, at most nine. */
export function scoreRangesOf(shape: GeoShape): ScoreRange[] {
  const bounds = shape.bounds();
  const { longitude, latitude } = shape;
  let step = stepFor(shape.reachM, latitude);
  let centre = geohashOf(longitude, latitude, step);
  if (step > 1 && !areEnough(centre, step, bounds)) {
    step--;
    centre = geohashOf(longitude, latitude, step);
  }
  const area = areaOf(centre, step, newArea());
  const reaches = (east: number, north: number): boolean => {
    if (step < 2) return true;
    if (north < 0 && area.minLatitude < bounds.minLatitude) return false;
    if (north > 0 && area.maxLatitude > bounds.maxLatitude) return false;
    if (east < 0 && area.minLongitude < bounds.minLongitude) return false;
    return !(east > 0 && area.maxLongitude > bounds.maxLongitude);
  };
  const ranges: ScoreRange[] = [];
  const width = 4 ** (MOST_STEP - step);
  let last = Number.NaN;
  for (const [east, north] of NEIGHBOURS) {
    if (ranges.length === MOST_RANGES || !reaches(east, north)) continue;
    const bits = neighbour(centre, step, east, north);
    // With a step of 1 the map has four parts only, and neighbours come up more than once.
    if (bits === last) continue;
    last = bits;
    ranges.push({ from: bits * width, to: (bits + 1) * width });
  }
  return ranges;
}
