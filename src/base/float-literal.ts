/**
 * The grammar of floating-point texts, as C's strtod reads them in the C locale when it must take
 * the whole text: sign, decimal or hexadecimal digits with a point, an exponent, `inf`, `infinity`.
 *
 * It computes no value (double.ts and long-double.ts do), takes no white space, and refuses nan,
 * which Redis refuses wherever it reads a float. What always holds: the digits it hands out are
 * checked, at most KEPT_DIGITS + 1 of them whatever the length of the text, and stand for a value
 * that rounds as the text itself does.
 */
import { equalsIgnoreCase, latin1Bytes } from "./bytes.js";

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_A = 0x61;
const LOWER_E = 0x65;
const LOWER_P = 0x70;
const LOWER_X = 0x78;
const INF = latin1Bytes("inf");
const INFINITY = latin1Bytes("infinity");

/**
 * Significant digits kept. 768 would decide the rounding of any double; an 80-bit float may be a
 * text of 5119 bytes, whose digits are all kept.
 */
const KEPT_DIGITS = 5120;
/** Exponents saturate here: far beyond any format, and any digits that could make up for it. */
const EXPONENT_MAX = 1e12;

/** The value is digits * 10^exponent, or for hexadecimal digits * 2^exponent. */
export interface FloatLiteral {
  readonly negative: boolean;
  readonly infinite: boolean;
  readonly hexadecimal: boolean;
  /** Significant digits without leading zeros; empty for zero and infinity. */
  readonly digits: string;
  readonly exponent: number;
}

/** Reads a whole text, or undefined. */
export function scanFloatLiteral(
  bytes: Uint8Array,
  off: number,
  len: number,
): FloatLiteral | undefined {
  const end = off + len;
  let at = off;
  const negative = len > 0 && bytes[at] === MINUS;
  if (negative || (len > 0 && bytes[at] === PLUS)) at += 1;
  const rest = end - at;
  if (equalsIgnoreCase(bytes, at, rest, INF) || equalsIgnoreCase(bytes, at, rest, INFINITY)) {
    return { negative, infinite: true, hexadecimal: false, digits: "", exponent: 0 };
  }
  const hexadecimal = rest > 2 && bytes[at] === ZERO && (bytes[at + 1] | 0x20) === LOWER_X;
  if (hexadecimal) at += 2;
  const mantissa = scanMantissa(bytes, at, end, hexadecimal ? 16 : 10);
  if (mantissa === undefined) return undefined;
  const written = scanExponent(bytes, mantissa.end, end, hexadecimal ? LOWER_P : LOWER_E);
  if (written === undefined) return undefined;
  const exponent = mantissa.scale * (hexadecimal ? 4 : 1) + written;
  return { negative, infinite: false, hexadecimal, digits: mantissa.digits, exponent };
}

interface Mantissa {
  readonly digits: string;
  /** The power of the radix that the digits, read as an integer, are multiplied with. */
  readonly scale: number;
  readonly end: number;
}

function scanMantissa(
  bytes: Uint8Array,
  start: number,
  end: number,
  radix: 10 | 16,
): Mantissa | undefined {
  let digits = "";
  let scale = 0;
  let anyDigit = false;
  let afterPoint = false;
  let restIsZero = true;
  let at = start;
  for (; at < end; at++) {
    if (bytes[at] === POINT && !afterPoint) {
      afterPoint = true;
      continue;
    }
    const digit = digitValue(bytes[at]);
    if (digit < 0 || digit >= radix) break;
    anyDigit = true;
    if (afterPoint) scale -= 1;
    if (digits.length === KEPT_DIGITS) {
      scale += 1;
      restIsZero = restIsZero && digit === 0;
    } else if (digit !== 0 || digits !== "") {
      digits += String.fromCharCode(bytes[at]);
    }
  }
  if (!anyDigit) return undefined;
  // One more digit stands for all that was dropped: it only has to say "more than exactly this".
  if (!restIsZero) return { digits: `${digits}1`, scale: scale - 1, end: at };
  return { digits, scale, end: at };
}

/** The exponent behind the mantissa: 0 when nothing follows, undefined when something else does. */
function scanExponent(
  bytes: Uint8Array,
  start: number,
  end: number,
  marker: number,
): number | undefined {
  if (start === end) return 0;
  if ((bytes[start] | 0x20) !== marker) return undefined;
  let at = start + 1;
  const negative = at < end && bytes[at] === MINUS;
  if (negative || (at < end && bytes[at] === PLUS)) at += 1;
  if (at === end) return undefined;
  let exponent = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    exponent = Math.min(exponent * 10 + digit, EXPONENT_MAX);
  }
  return negative ? -exponent : exponent;
}

/** The value of a digit of radix up to 16, either case; -1 or a value over 15 for other bytes. */
function digitValue(byte: number): number {
  if (byte <= 0x39) return byte - ZERO;
  const letter = (byte | 0x20) - LOWER_A;
  return letter < 0 ? -1 : letter + 10;
}
