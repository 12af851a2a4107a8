import { REGISTERS } from "./layout";

/**
 * How many different elements the registers stand for (Otmar Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches", 2017), computed in the order in which Redis computes, as
 * every rounding counts.
 */

/** Bits of the hash that make a register's value. */
const VALUE_BITS = 50;
/** 0.5 / ln 2. */
const ALPHA = 0.7213475204444817;
const TWO_63 = 2 ** 63;
/** Values that a register of 6 bits can have. */
export const REGISTER_VALUES = 64;
/** What Redis answers when the estimate passes 63 bits, which only registers made by hand do. */
export const TOO_MANY = -TWO_63;

/** @param histogram how many registers have each value. */
export function estimateCardinality(histogram: Int32Array): number {
  const m = REGISTERS;
  let z = m * tau((m - histogram[VALUE_BITS + 1]) / m);
  for (let value = VALUE_BITS; value >= 1; value--) {
    z += histogram[value];
    z *= 0.5;
  }
  z += m * sigma(histogram[0] / m);
  const estimate = (ALPHA * m * m) / z;
  return estimate < TWO_63 ? Math.round(estimate) : TOO_MANY;
}

function sigma(start: number): number {
  if (start === 1) return Number.POSITIVE_INFINITY;
  let x = start;
  let y = 1;
  let z = x;
  let before: number;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (before !== z);
  return z;
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let x = start;
  let y = 1;
  let z = 1 - x;
  let before: number;
  do {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (before !== z);
  return z / 3;
}
