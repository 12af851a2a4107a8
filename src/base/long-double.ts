/**
 * 80-bit extended floats (x87) as INCRBYFLOAT and HINCRBYFLOAT need them: read, add, print. Results
 * are the ones that a Redis built for x86-64 gives, digit for digit.
 *
 * It is no general arithmetic: one addition is all that Redis does with such a number. What always
 * holds: a finite value is mantissa * 2^exponent with at most 64 bits of mantissa, and every
 * operation rounds its exact result once, halves to even.
 */
import { type BinaryFormat, divideHalfEven, roundToBinary } from "./binary-rounding.js";
import { type FloatLiteral, scanFloatLiteral } from "./float-literal.js";

const EXTENDED: BinaryFormat = { precision: 64, minExponent: -16445 };
/** A 64-bit mantissa times two to more than this is no finite value. */
const EXPONENT_MAX = 16320;
/** Redis copies the text into a buffer of 5 KiB, with a NUL behind it. */
const TEXT_MAX_BYTES = 5 * 1024 - 1;
/** No finite value reaches ten to this power; no value above zero lies below its inverse. */
const DECIMAL_EXPONENT_MAX = 5000;
/** Integers of so many digits have less than 64 bits. */
const EXACT_DIGITS = 19;
const MANTISSA_LIMIT = 2n ** 64n;
const DECIMALS = 17;
const TEN_TO_DECIMALS = 10n ** BigInt(DECIMALS);

export interface LongDouble {
  readonly kind: "finite" | "infinite" | "nan";
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

const NAN: LongDouble = { kind: "nan", negative: false, mantissa: 0n, exponent: 0 };

/**
 * The value of a whole text, or undefined: what Redis's `string2ld` accepts. Infinity only by name;
 * no nan; a number too large, or so small that it would become zero, is refused, and so is a text
 * of 5120 bytes or more.
 */
export function parseLongDouble(
  bytes: Uint8Array,
  off: number,
  len: number,
): LongDouble | undefined {
  if (len > TEXT_MAX_BYTES) return undefined;
  const literal = scanFloatLiteral(bytes, off, len);
  if (literal === undefined) return undefined;
  if (literal.infinite) return infinity(literal.negative);
  if (literal.digits === "") return finite(literal.negative, 0n, 0);
  const value = literalValue(literal);
  return value === undefined || value.kind !== "finite" || value.mantissa === 0n
    ? undefined
    : value;
}

/** The rounded value of digits that are not zero; undefined where it is far out of range. */
function literalValue({ negative, hexadecimal, digits, exponent }: FloatLiteral) {
  if (hexadecimal) {
    // Four bits for each digit; the limits are those of the binary exponent, with room to spare.
    const bits = digits.length * 4 + exponent;
    if (bits > 17_000 || bits < -17_000) return undefined;
    return rounded(negative, BigInt(`0x${digits}`), 1n, exponent);
  }
  const power = digits.length + exponent;
  if (power > DECIMAL_EXPONENT_MAX || power < -DECIMAL_EXPONENT_MAX) return undefined;
  const whole = BigInt(digits);
  if (exponent === 0 && digits.length <= EXACT_DIGITS) return finite(negative, whole, 0);
  if (exponent >= 0) return rounded(negative, whole * 10n ** BigInt(exponent), 1n, 0);
  return rounded(negative, whole, 10n ** BigInt(-exponent), 0);
}

/** a + b as the processor adds them: infinities of opposite signs give nan, a - a gives +0. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "infinite") {
    return b.kind === "infinite" && a.negative !== b.negative ? NAN : a;
  }
  if (b.kind === "infinite") return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = integerAt(a, exponent) + integerAt(b, exponent);
  if (sum === 0n) return finite(a.negative && b.negative, 0n, 0);
  const magnitude = sum < 0n ? -sum : sum;
  if (magnitude < MANTISSA_LIMIT) return finite(sum < 0n, magnitude, exponent);
  return rounded(sum < 0n, magnitude, 1n, exponent);
}

/**
 * The least integer that is not below value * factor, where the product is rounded as the processor
 * rounds it. A number, so inexact beyond 2^53; infinite where the product is, NaN for nan.
 * @param factor above 0.
 */
export function ceilOfProduct(value: LongDouble, factor: bigint): number {
  if (value.kind === "nan") return Number.NaN;
  const sign = value.negative ? -1 : 1;
  if (value.kind === "infinite") return sign * Number.POSITIVE_INFINITY;
  if (value.mantissa === 0n) return 0;
  const product = rounded(value.negative, value.mantissa * factor, 1n, value.exponent);
  if (product.kind === "infinite") return sign * Number.POSITIVE_INFINITY;
  const { mantissa, exponent } = product;
  if (exponent >= 0) return sign * Number(mantissa << BigInt(exponent));
  const divisor = 1n << BigInt(-exponent);
  const whole = mantissa / divisor;
  if (value.negative) return -Number(whole);
  return Number(whole * divisor === mantissa ? whole : whole + 1n);
}

/** False for infinity and nan, which Redis never stores. */
export function isFiniteLongDouble(value: LongDouble): boolean {
  return value.kind === "finite";
}

/** The signed mantissa when the value is written with a smaller (or equal) exponent. */
function integerAt(value: LongDouble, exponent: number): bigint {
  const magnitude = value.mantissa << BigInt(value.exponent - exponent);
  return value.negative ? -magnitude : magnitude;
}

/**
 * Redis's human form: 17 decimals (`%.17Lf`), zeros and a lone point at the end removed, and `0` for
 * what rounds to minus zero. Never an exponent: the largest value has 4933 digits.
 */
export function formatLongDoubleHuman(value: LongDouble): string {
  if (value.kind === "nan") return "nan";
  if (value.kind === "infinite") return value.negative ? "-inf" : "inf";
  const sign = value.negative ? "-" : "";
  if (value.mantissa === 0n) return "0";
  if (value.exponent >= 0) return sign + (value.mantissa << BigInt(value.exponent)).toString();
  const divisor = 1n << BigInt(-value.exponent);
  const scaled = divideHalfEven(value.mantissa * TEN_TO_DECIMALS, divisor);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(DECIMALS + 1, "0");
  let end = digits.length;
  const point = digits.length - DECIMALS;
  while (end > point && digits[end - 1] === "0") end -= 1;
  const whole = sign + digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

function rounded(
  negative: boolean,
  numerator: bigint,
  denominator: bigint,
  scale: number,
): LongDouble {
  const { mantissa, exponent } = roundToBinary(numerator, denominator, scale, EXTENDED);
  return exponent > EXPONENT_MAX ? infinity(negative) : finite(negative, mantissa, exponent);
}

function finite(negative: boolean, mantissa: bigint, exponent: number): LongDouble {
  return { kind: "finite", negative, mantissa, exponent };
}

function infinity(negative: boolean): LongDouble {
  return { kind: "infinite", negative, mantissa: 0n, exponent: 0 };
}
