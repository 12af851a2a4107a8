/**
 * Doubles as text: reading scores and other floats from clients, and printing them as C's `%.17g`
 * and as the shortest form of RESP replies.
 *
 * Not for 80-bit floats (long-double.ts) and not for integers (int64.ts). What always holds: both
 * printed forms, read again, give the same double; no unchecked text reaches Number().
 */

import { type BinaryFormat, roundToBinary } from "./binary-rounding.js";
import { latin1Text } from "./bytes.js";
import { type FloatLiteral, scanFloatLiteral } from "./float-literal.js";

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** Fifteen digits are below 2^53, and 10^15 is exact: one division rounds correctly. */
const PLAIN_DIGITS_MAX = 15;
const POWERS_OF_TEN = Float64Array.from({ length: PLAIN_DIGITS_MAX + 1 }, (_, n) => 10 ** n);
const BINARY64: BinaryFormat = { precision: 53, minExponent: -1074 };
/** A 53-bit mantissa times two to more than this is no finite double. */
const EXPONENT_MAX = 971;
/** Between these C's `%.17g` prints no exponent. */
const PLAIN_MIN = 1e-4;
const PLAIN_MAX = 1e17;
/** A plain text of at most so many bytes is within range, whatever its digits are. */
const PLAIN_TEXT_BYTES = 40;
/** Up to 2^62 in magnitude Redis prints an integral double as an integer. */
const INTEGER_MAX = 2 ** 62;

/**
 * The double that a whole text stands for, or undefined: what Redis's `string2d` accepts. Infinity
 * only by name: a number too large, or so small that it would become zero, is refused.
 */
export function parseDouble(bytes: Uint8Array, off: number, len: number): number | undefined {
  const plain = parsePlain(bytes, off, len);
  if (!Number.isNaN(plain)) return plain;
  if (isPlainText(bytes, off, len)) return Number(latin1Text(bytes, off, len));
  const literal = scanFloatLiteral(bytes, off, len);
  if (literal === undefined) return undefined;
  const value = valueOfLiteral(literal);
  const isNamed = literal.infinite || literal.digits === "";
  return isNamed || (value !== 0 && Number.isFinite(value)) ? value : undefined;
}

/**
 * The double that C's strtod makes of a whole text, or undefined where it leaves a rest: it skips
 * white space in front, ends at a NUL, makes zero of nothing at all, and infinity or zero of what is
 * too large or small. What Redis reads the bounds of a range of scores with.
 */
export function parseDoubleLeniently(
  bytes: Uint8Array,
  off: number,
  len: number,
): number | undefined {
  let end = off;
  while (end < off + len && bytes[end] !== 0) end++;
  if (end === off) return 0;
  let at = off;
  while (at < end && (bytes[at] === SPACE || (bytes[at] >= TAB && bytes[at] <= RETURN))) at++;
  const plain = parsePlain(bytes, at, end - at);
  if (!Number.isNaN(plain)) return plain;
  const literal = scanFloatLiteral(bytes, at, end - at);
  return literal === undefined ? undefined : valueOfLiteral(literal);
}

/** The nearest double, infinity and zero among them. */
function valueOfLiteral(literal: FloatLiteral): number {
  const sign = literal.negative ? -1 : 1;
  if (literal.infinite) return sign * Number.POSITIVE_INFINITY;
  if (literal.digits === "") return sign * 0;
  const magnitude = literal.hexadecimal
    ? hexadecimalValue(literal.digits, literal.exponent)
    : Number(`${literal.digits}e${literal.exponent}`);
  return sign * magnitude;
}

/** Whether a text is nothing but digits, with a sign before and a point among them if it likes. */
function isPlainText(bytes: Uint8Array, off: number, len: number): boolean {
  if (len > PLAIN_TEXT_BYTES) return false;
  const end = off + len;
  let digits = 0;
  let points = 0;
  for (let at = len > 0 && bytes[off] === MINUS ? off + 1 : off; at < end; at++) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) digits++;
    else if (byte === POINT) points++;
    else return false;
  }
  return digits > 0 && points <= 1;
}

/** Short texts such as `-12.5`: allocates nothing. NaN for everything that needs more care. */
function parsePlain(bytes: Uint8Array, off: number, len: number): number {
  const end = off + len;
  const negative = len > 0 && bytes[off] === MINUS;
  let digits = 0;
  let value = 0;
  let afterPoint = -1;
  for (let at = negative ? off + 1 : off; at < end; at++) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) {
      if (digits === PLAIN_DIGITS_MAX) return Number.NaN;
      value = value * 10 + (byte - ZERO);
      digits += 1;
    } else if (byte === POINT && afterPoint < 0) {
      afterPoint = digits;
    } else {
      return Number.NaN;
    }
  }
  if (digits === 0) return Number.NaN;
  if (afterPoint >= 0) value /= POWERS_OF_TEN[digits - afterPoint];
  return negative ? -value : value;
}

function hexadecimalValue(digits: string, exponent: number): number {
  // Beyond this no rounding can bring the value back, and the powers below stay small.
  if (digits.length * 4 + exponent > 2000) return Number.POSITIVE_INFINITY;
  const rounded = roundToBinary(BigInt(`0x${digits}`), 1n, exponent, BINARY64);
  if (rounded.exponent > EXPONENT_MAX) return Number.POSITIVE_INFINITY;
  return Number(rounded.mantissa) * 2 ** rounded.exponent;
}

/** C's `%.17g`: up to 17 significant digits, always enough to read the same double back. */
export function formatDouble17(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= PLAIN_MIN && magnitude < PLAIN_MAX) {
    const plain = formatPlain17(value, magnitude);
    if (plain !== "") return plain;
  }
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const { sign, digits, exponent } = splitExponential(exponential17(value));
  if (exponent >= -4 && exponent < 17) return sign + plainForm(digits, exponent);
  const marked = `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return `${sign}${pointedForm(digits, 1)}e${marked}`;
}

/**
 * A value that needs no exponent, or nothing where rounding to 17 digits could differ from C's. The
 * engine rounds exact halves away from zero, C to even; a half has exactly 18 digits, and a double
 * has as many decimals as it has binary places.
 */
function formatPlain17(value: number, magnitude: number): string {
  const isShort =
    (magnitude < 1e11 && Number.isInteger(magnitude * 16)) ||
    (magnitude < 1e5 && Number.isInteger(magnitude * 1024));
  if (isShort) return String(value);
  const text = value.toPrecision(17);
  const point = text.indexOf(".");
  const places = point < 0 ? 1 : text.length - point;
  const scaled = magnitude * 2 ** places;
  const mayBeHalf = scaled <= Number.MAX_SAFE_INTEGER && scaled % 2 === 1;
  if (mayBeHalf) return "";
  if (point < 0) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) end--;
  return text.slice(0, end - 1 === point ? point : end);
}

/**
 * The shortest digits that read back as the same double, laid out as Redis 7.2 does in RESP replies:
 * integers up to 2^62 in full; otherwise a plain form when it needs few zeros, else `d.ddde+x`.
 */
export function formatDoubleShortest(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  if (Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX) {
    return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
  }
  const { sign, digits, exponent } = splitExponential(value.toExponential());
  const lastPlace = exponent - digits.length + 1;
  const magnitude = Math.abs(exponent);
  const plain = lastPlace >= 0 ? magnitude < digits.length + 7 : lastPlace > -7 || magnitude < 4;
  if (plain) return sign + plainForm(digits, exponent);
  return `${sign}${pointedForm(digits, 1)}e${exponent < 0 ? "-" : "+"}${magnitude}`;
}

/** Zeros and what is not finite; undefined for all other values. */
function formatSpecial(value: number): string | undefined {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isFinite(value)) return undefined;
  if (Number.isNaN(value)) return "nan";
  return value < 0 ? "-inf" : "inf";
}

/**
 * The value in 17 digits as `d.ddde+x`. toExponential rounds exact halves away from zero, C rounds
 * them to even. A half of the 17th digit means that the value has exactly 18 digits, so it has at
 * most 80 binary places, and 100 decimals show it exactly.
 */
function exponential17(value: number): string {
  const rounded = value.toExponential(16);
  const mayBeHalf = value.toExponential(17).includes("5e");
  if (!mayBeHalf) return rounded;
  const exact = splitExponential(value.toExponential(100));
  const isHalf = exact.digits.length === 18 && exact.digits.endsWith("5");
  const evenBelow = isHalf && "02468".includes(exact.digits[16]);
  if (!evenBelow) return rounded;
  return `${exact.sign}${pointedForm(exact.digits.slice(0, 17), 1)}e${exact.exponent}`;
}

interface Exponential {
  readonly sign: string;
  /** Without the point and without zeros at the end. */
  readonly digits: string;
  /** Of the first digit. */
  readonly exponent: number;
}

/** Takes apart what toExponential returns. */
function splitExponential(text: string): Exponential {
  const sign = text.startsWith("-") ? "-" : "";
  const marker = text.indexOf("e");
  const digits = text.slice(sign.length, marker).replace(".", "");
  let kept = digits.length;
  while (kept > 1 && digits[kept - 1] === "0") kept -= 1;
  return { sign, digits: digits.slice(0, kept), exponent: Number(text.slice(marker + 1)) };
}

/** Digits without an exponent: `0.0012`, `12.5` or `1200`. */
function plainForm(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  if (exponent >= digits.length - 1) return digits + "0".repeat(exponent - digits.length + 1);
  return pointedForm(digits, exponent + 1);
}

/** A point behind the first `whole` digits, unless nothing would follow it. */
function pointedForm(digits: string, whole: number): string {
  return digits.length > whole ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : digits;
}
