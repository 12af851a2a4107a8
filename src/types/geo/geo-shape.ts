import { degrees, distanceM, EARTH_RADIUS_M, latitudeDistanceM, radians } from "./geo-distance";
import type { GeoArea } from "./geohash";

/**
 * What is searched around a centre: a circle, a rectangle or a polygon. Lengths in meters.
 *
 * A shape tells the area that surely holds it and whether a place is inside. It knows no keys.
 */
export interface GeoShape {
  readonly longitude: number;
  readonly latitude: number;
  /** From the centre to the farthest place inside. */
  readonly reachM: number;
  /** An area around the shape. */
  bounds(): GeoArea;
  /** The distance of a place from the centre, or -1 when it is not inside. */
  distanceInside(longitude: number, latitude: number): number;
}

/** The area that reaches so far from a centre to all four sides; wider where meridians are close. */
function boundsAround(
  longitude: number,
  latitude: number,
  halfWidthM: number,
  halfHeightM: number,
): GeoArea {
  const up = degrees(halfHeightM / EARTH_RADIUS_M);
  // The parallel that is nearer to a pole decides, as a degree of longitude is shorter there.
  const polar = latitude < 0 ? latitude - up : latitude + up;
  const across = degrees(halfWidthM / EARTH_RADIUS_M / Math.cos(radians(polar)));
  return {
    minLongitude: longitude - across,
    maxLongitude: longitude + across,
    minLatitude: latitude - up,
    maxLatitude: latitude + up,
  };
}

export class GeoCircle implements GeoShape {
  constructor(
    readonly longitude: number,
    readonly latitude: number,
    readonly reachM: number,
  ) {}

  bounds(): GeoArea {
    return boundsAround(this.longitude, this.latitude, this.reachM, this.reachM);
  }

  distanceInside(longitude: number, latitude: number): number {
    const distance = distanceM(this.longitude, this.latitude, longitude, latitude);
    return distance > this.reachM ? -1 : distance;
  }
}

export class GeoRectangle implements GeoShape {
  constructor(
    readonly longitude: number,
    readonly latitude: number,
    readonly widthM: number,
    readonly heightM: number,
  ) {}

  get reachM(): number {
    const { widthM, heightM } = this;
    return Math.sqrt((widthM / 2) * (widthM / 2) + (heightM / 2) * (heightM / 2));
  }

  bounds(): GeoArea {
    return boundsAround(this.longitude, this.latitude, this.widthM / 2, this.heightM / 2);
  }

  distanceInside(longitude: number, latitude: number): number {
    if (latitudeDistanceM(latitude, this.latitude) > this.heightM / 2) return -1;
    if (distanceM(longitude, latitude, this.longitude, latitude) > this.widthM / 2) return -1;
    return distanceM(this.longitude, this.latitude, longitude, latitude);
  }
}

/** Corners in order; the edges are straight in degrees. Its centre is the middle of its bounds. */
export class GeoPolygon implements GeoShape {
  readonly longitude: number;
  readonly latitude: number;
  readonly reachM: number;
  readonly #longitudes: Float64Array;
  readonly #latitudes: Float64Array;

  /** @param corners at least three, as longitude, latitude, longitude, ... */
  constructor(corners: Float64Array) {
    this.#longitudes = corners.filter((_, index) => index % 2 === 0);
    this.#latitudes = corners.filter((_, index) => index % 2 === 1);
    const { minLongitude, maxLongitude, minLatitude, maxLatitude } = this.bounds();
    this.longitude = (minLongitude + maxLongitude) / 2;
    this.latitude = (minLatitude + maxLatitude) / 2;
    this.reachM = Math.max(
      this.#distance(minLongitude, minLatitude),
      this.#distance(minLongitude, maxLatitude),
    );
  }

  bounds(): GeoArea {
    const [minLongitude, maxLongitude] = extremes(this.#longitudes);
    const [minLatitude, maxLatitude] = extremes(this.#latitudes);
    return { minLongitude, maxLongitude, minLatitude, maxLatitude };
  }

  distanceInside(longitude: number, latitude: number): number {
    return this.#contains(longitude, latitude) ? this.#distance(longitude, latitude) : -1;
  }

  #distance(longitude: number, latitude: number): number {
    return distanceM(this.longitude, this.latitude, longitude, latitude);
  }

  /** Counts the edges that a ray to the east crosses: an odd number from inside. */
  #contains(longitude: number, latitude: number): boolean {
    const longitudes = this.#longitudes;
    const latitudes = this.#latitudes;
    let isInside = false;
    let before = longitudes.length - 1;
    for (let corner = 0; corner < longitudes.length; before = corner++) {
      if (latitudes[corner] > latitude === latitudes[before] > latitude) continue;
      const share = (latitude - latitudes[corner]) / (latitudes[before] - latitudes[corner]);
      const edge = longitudes[corner] + share * (longitudes[before] - longitudes[corner]);
      if (longitude < edge) isInside = !isInside;
    }
    return isInside;
  }
}

function extremes(values: Float64Array): [least: number, most: number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
