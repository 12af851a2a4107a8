/**
 * Exact rounding with bigints: to the nearest integer and to the nearest binary floating-point
 * number, halves to even, as IEEE 754 and C's conversions round.
 *
 * A slow path on purpose: it serves hexadecimal floats, 80-bit floats and printing, not arithmetic
 * on every command. What always holds: each result is rounded once, from the exact value.
 */

const TWO_32 = 2 ** 32;
const SAFE_LIMIT = 2n ** 53n;

/** A binary floating-point format: the value is mantissa * 2^exponent. */
export interface BinaryFormat {
  /** Bits of a full mantissa. */
  readonly precision: number;
  /** The exponent of the smallest denormal number. */
  readonly minExponent: number;
}

export interface BinaryFloat {
  /** At most `precision` bits; fewer than that at the smallest exponent, or where exact. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** dividend / divisor, halves to even. The dividend is not negative and the divisor positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twiceRest = (dividend - quotient * divisor) * 2n;
  const up = twiceRest > divisor || (twiceRest === divisor && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/**
 * numerator / denominator * 2^scale in the given format; numerator and denominator are positive.
 * The exponent has no upper bound here: the caller decides what overflows. What is too small for
 * the smallest denormal gives a mantissa of zero.
 */
export function roundToBinary(
  numerator: bigint,
  denominator: bigint,
  scale: number,
  format: BinaryFormat,
): BinaryFloat {
  // The quotient lies in [2^(width - 1), 2^(width + 1)); one comparison tells which half.
  const width = bitLength(numerator) - bitLength(denominator);
  const long =
    width >= 0
      ? numerator >= denominator << BigInt(width)
      : numerator << BigInt(-width) >= denominator;
  const bits = (long ? width + 1 : width) + scale;
  const exponent = Math.max(bits - format.precision, format.minExponent);
  // Less than a quarter of the smallest denormal, however far below: no shift needed to know.
  if (bits < format.minExponent - 1) return { mantissa: 0n, exponent };
  const shift = exponent - scale;
  const mantissa =
    shift >= 0
      ? divideHalfEven(numerator, denominator << BigInt(shift))
      : divideHalfEven(numerator << BigInt(-shift), denominator);
  // Rounding up may carry into one more bit; the low bit is zero then.
  const carried = mantissa >> BigInt(format.precision) === 1n;
  return carried ? { mantissa: mantissa >> 1n, exponent: exponent + 1 } : { mantissa, exponent };
}

/** Bits of a positive value without leading zeros. */
function bitLength(value: bigint): number {
  if (value < SAFE_LIMIT) {
    const number = Number(value);
    return number < TWO_32 ? 32 - Math.clz32(number) : 64 - Math.clz32(number / TWO_32);
  }
  const hex = value.toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0], 16)) + 28;
}
