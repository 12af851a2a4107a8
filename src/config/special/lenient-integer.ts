/**
 * Whole numbers as the older directives of Redis take them: a sign and leading zeros are allowed,
 * anything else behind or before the digits is not.
 */

/** More digits than any limit here has. */
const DIGITS_MAX = 15;

/** The value when it lies within the range (safe integers, both included), else undefined. */
export function lenientInteger(text: string, least: number, most: number): number | undefined {
  const match = /^([+-]?)0*([0-9]*)$/.exec(text);
  if (match === null || !/[0-9]$/.test(text) || match[2].length > DIGITS_MAX) return undefined;
  let magnitude = 0;
  for (const digit of match[2]) magnitude = magnitude * 10 + digit.charCodeAt(0) - 0x30;
  const value = match[1] === "-" ? 0 - magnitude : magnitude;
  return value >= least && value <= most ? value : undefined;
}
