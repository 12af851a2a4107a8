/**
 * Places on Earth as 52-bit numbers that lie close together when the places do: Redis's geohash.
 *
 * Longitude and latitude are each cut into 2^step parts; the bits of the two part numbers alternate,
 * longitude first, from the most significant on. Bits are plain numbers (up to 2^52, exact), split
 * in halves of 13 bits where they are interleaved, so that nothing needs a bigint.
 *
 * The latitude is cut off where the map of the web ends, so that parts are about square; the text
 * form (`geohashText`) uses the whole of it, as everybody else does. Costs: arithmetic only.
 */
export const LONGITUDE_MOST = 180;
export const LATITUDE_MOST = 85.05112878;
export const MOST_STEP = 26;

const HALF_BITS = 13;
const HALF = 1 << HALF_BITS;
const TWO_26 = 2 ** 26;
const TEXT_LATITUDE_MOST = 90;
const TEXT_LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz";
const TEXT_LENGTH = 11;
const TEXT_BITS = 52;

/** A rectangle between two meridians and two parallels, in degrees. */
export interface GeoArea {
  minLongitude: number;
  maxLongitude: number;
  minLatitude: number;
  maxLatitude: number;
}

/** Puts a zero in front of each of the low 13 bits. */
function spread13(value: number): number {
  let bits = value;
  bits = (bits | (bits << 8)) & 0x00ff00ff;
  bits = (bits | (bits << 4)) & 0x0f0f0f0f;
  bits = (bits | (bits << 2)) & 0x33333333;
  return (bits | (bits << 1)) & 0x55555555;
}

/** The bits at even places; one more than 13 where a coordinate is at its very end. */
function gather13(value: number): number {
  let bits = value & 0x55555555;
  bits = (bits | (bits >>> 1)) & 0x33333333;
  bits = (bits | (bits >>> 2)) & 0x0f0f0f0f;
  bits = (bits | (bits >>> 4)) & 0x00ff00ff;
  return (bits | (bits >>> 8)) & 0xffff;
}

/** The bits of two part numbers below 2^26, alternating; `odd` has the higher place of each pair. */
export function interleave(even: number, odd: number): number {
  const low = spread13(even & (HALF - 1)) | (spread13(odd & (HALF - 1)) << 1);
  const high = spread13(even >>> HALF_BITS) | (spread13(odd >>> HALF_BITS) << 1);
  return high * TWO_26 + low;
}

/** The part number in the even places; of the odd ones when given half of the bits. */
export function evenBits(bits: number): number {
  const high = Math.floor(bits / TWO_26);
  return gather13(bits - high * TWO_26) | (gather13(high) << HALF_BITS);
}

export function oddBits(bits: number): number {
  return evenBits(Math.floor(bits / 2));
}

/** Whether a place can be told: neither coordinate beyond its range. */
export function isPlace(longitude: number, latitude: number): boolean {
  return Math.abs(longitude) <= LONGITUDE_MOST && Math.abs(latitude) <= LATITUDE_MOST;
}

/** The hash of a place, with `step` bits of each coordinate (1 to 26); the place is valid. */
export function geohashOf(longitude: number, latitude: number, step: number): number {
  return hashWithin(longitude, latitude, step, LATITUDE_MOST);
}

function hashWithin(
  longitude: number,
  latitude: number,
  step: number,
  latitudeMost: number,
): number {
  const parts = 2 ** step;
  const latitudePart = ((latitude + latitudeMost) / (latitudeMost * 2)) * parts;
  const longitudePart = ((longitude + LONGITUDE_MOST) / (LONGITUDE_MOST * 2)) * parts;
  return interleave(Math.floor(latitudePart), Math.floor(longitudePart));
}

/** The area that has a hash of `step`; written into `area`, which is returned. */
export function areaOf(bits: number, step: number, area: GeoArea): GeoArea {
  const parts = 2 ** step;
  const latitudePart = evenBits(bits);
  const longitudePart = oddBits(bits);
  const latitudes = LATITUDE_MOST * 2;
  const longitudes = LONGITUDE_MOST * 2;
  area.minLatitude = -LATITUDE_MOST + (latitudePart / parts) * latitudes;
  area.maxLatitude = -LATITUDE_MOST + ((latitudePart + 1) / parts) * latitudes;
  area.minLongitude = -LONGITUDE_MOST + (longitudePart / parts) * longitudes;
  area.maxLongitude = -LONGITUDE_MOST + ((longitudePart + 1) / parts) * longitudes;
  return area;
}

/** A place told by its score, as the middle of the area that the score stands for. */
export class GeoPoint {
  longitude = 0;
  latitude = 0;
  readonly #area: GeoArea = {
    minLongitude: 0,
    maxLongitude: 0,
    minLatitude: 0,
    maxLatitude: 0,
  };

  setScore(score: number): this {
    const area = areaOf(score, MOST_STEP, this.#area);
    const longitude = (area.minLongitude + area.maxLongitude) / 2;
    const latitude = (area.minLatitude + area.maxLatitude) / 2;
    this.longitude = Math.min(Math.max(longitude, -LONGITUDE_MOST), LONGITUDE_MOST);
    this.latitude = Math.min(Math.max(latitude, -LATITUDE_MOST), LATITUDE_MOST);
    return this;
  }
}

/** The text of eleven letters that other systems use for a place; the last is always `0`. */
export function geohashText(longitude: number, latitude: number): string {
  const bits = hashWithin(longitude, latitude, MOST_STEP, TEXT_LATITUDE_MOST);
  let text = "";
  for (let letter = 0; letter < TEXT_LENGTH; letter++) {
    const shift = TEXT_BITS - (letter + 1) * 5;
    // 52 bits are ten letters and two bits; Redis writes a zero for what would need three more.
    const index = shift < 0 ? 0 : Math.floor(bits / 2 ** shift) % 32;
    text += TEXT_LETTERS[index];
  }
  return text;
}
