/**
 * Distances on the sphere that Redis takes Earth for, in meters; coordinates in degrees.
 */
export const EARTH_RADIUS_M = 6372797.560856;

export function radians(degrees: number): number {
  return degrees * (Math.PI / 180);
}

export function degrees(angle: number): number {
  return angle / (Math.PI / 180);
}

/** Along a meridian. */
export function latitudeDistanceM(latitude1: number, latitude2: number): number {
  return EARTH_RADIUS_M * Math.abs(radians(latitude2) - radians(latitude1));
}

/** Along the great circle (haversine). */
export function distanceM(
  longitude1: number,
  latitude1: number,
  longitude2: number,
  latitude2: number,
): number {
  const acrossSine = Math.sin((radians(longitude2) - radians(longitude1)) / 2);
  if (acrossSine === 0) return latitudeDistanceM(latitude1, latitude2);
  const angle1 = radians(latitude1);
  const angle2 = radians(latitude2);
  const alongSine = Math.sin((angle2 - angle1) / 2);
  const chord =
    alongSine * alongSine + Math.cos(angle1) * Math.cos(angle2) * acrossSine * acrossSine;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(chord));
}
