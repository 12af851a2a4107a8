import { INT64_MAX } from "../../base/int64";

/**
 * What a field takes when a value does not fit it: BITFIELD's OVERFLOW.
 *
 * Pure arithmetic, by numbers where they are exact and by bigints elsewhere; both ways agree. SET and
 * INCRBY differ: a negative number to SET in an unsigned field is, as for Redis, a very large one.
 */

export const OVERFLOW_WRAP = 0;
export const OVERFLOW_SAT = 1;
export const OVERFLOW_FAIL = 2;

/** What `fitNumber` answers where only `fitBigInt` can. */
export const NEEDS_BIGINT = Number.NaN;
/** What `fitNumber` answers where the value does not fit and OVERFLOW_FAIL forbids another. */
export const DOES_NOT_FIT = Number.POSITIVE_INFINITY;

/**
 * The value that a field of `bits` gets instead of `value`, a safe integer: itself where it fits.
 * @param isSet whether `value` is given by SET, else it is the sum of INCRBY.
 */
export function fitNumber(
  value: number,
  bits: number,
  isSigned: boolean,
  isSet: boolean,
  rule: number,
): number {
  if (!isSigned && bits > 53) return value < 0 ? NEEDS_BIGINT : value;
  if (isSigned && bits > 53) return value;
  const range = 2 ** bits;
  const least = isSigned ? -range / 2 : 0;
  const most = least + range - 1;
  if (value >= least && value <= most) return value;
  if (rule === OVERFLOW_FAIL) return DOES_NOT_FIT;
  if (rule === OVERFLOW_SAT) return value > most || (isSet && !isSigned) ? most : least;
  // The remainder counted up from the least value; division by a power of two loses nothing.
  const rest = value - Math.floor(value / range) * range;
  return rest > most ? rest - range : rest;
}

/**
 * As `fitNumber` for any int64, exactly; undefined where OVERFLOW_FAIL forbids. Allocates.
 * @param base the old value of the field for INCRBY, the given value for SET.
 * @param increment 0 for SET.
 */
export function fitBigInt(
  base: bigint,
  increment: bigint,
  bits: number,
  isSigned: boolean,
  rule: number,
): bigint | undefined {
  const width = BigInt(bits);
  const start = isSigned ? base : BigInt.asUintN(64, base);
  const sum = start + increment;
  const most = isSigned ? (1n << (width - 1n)) - 1n : (1n << width) - 1n;
  const least = isSigned ? -most - 1n : 0n;
  if (sum >= least && sum <= most) return sum;
  if (rule === OVERFLOW_FAIL) return undefined;
  if (rule === OVERFLOW_SAT) {
    // Redis counts the distance to the greatest value in 64 bits, so what is too small by nearly
    // the whole range looks too large.
    const turnsOver = isSigned && bits < 64 && most - start > INT64_MAX;
    return sum > most || turnsOver ? most : least;
  }
  return isSigned ? BigInt.asIntN(bits, sum) : BigInt.asUintN(bits, sum);
}
