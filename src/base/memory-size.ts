/**
 * Sizes of memory as people write and read them: `100mb` in configuration files, `1.50M` in INFO.
 *
 * Not here: percentages (maxmemory-clients) and negative sizes, which are rules of single
 * directives. What always holds: arithmetic is exact; a size is a safe integer of bytes.
 */
import { divideHalfEven } from "./binary-rounding.js";

/** Redis keeps the digits in a buffer of 128 bytes and refuses what does not fit. */
const DIGITS_MAX = 127;

const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["B", 1],
  ["K", 1000],
  ["KB", 1024],
  ["M", 1000 ** 2],
  ["MB", 1024 ** 2],
  ["G", 1000 ** 3],
  ["GB", 1024 ** 3],
]);

/**
 * The bytes of a text such as `0`, `64mb` or `1G` (units of 1000 without `b`, of 1024 with it), or
 * undefined. As in Redis no digits at all mean 0. Unlike Redis, which wraps around at 2^64, a size
 * over 2^53 - 1 bytes is refused.
 */
export function parseMemorySize(text: string): number | undefined {
  let digits = 0;
  let value = 0;
  while (digits < text.length) {
    const digit = text.charCodeAt(digits) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    digits += 1;
  }
  // The longest unit has two letters: a longer rest is not worth folding. Upper case, because the
  // Kelvin sign becomes a plain k in lower case and nothing foreign becomes a unit in upper case.
  if (digits > DIGITS_MAX || text.length - digits > 2) return undefined;
  const unitBytes = UNIT_BYTES.get(text.slice(digits).toUpperCase());
  if (unitBytes === undefined) return undefined;
  // A product or sum that left the safe range was rounded, but never back into it.
  const sizeBytes = value * unitBytes;
  return sizeBytes <= Number.MAX_SAFE_INTEGER ? sizeBytes : undefined;
}

const SUFFIXES = ["K", "M", "G", "T", "P"] as const;

/**
 * A size with two decimals and its unit of 1024, as in `used_memory_human`; below 1024 the plain
 * number and `B`. Halves round to even like C's printf, which toFixed would not do.
 */
export function formatBytesHuman(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes}B`;
  let unit = 1024;
  let step = 0;
  while (step < SUFFIXES.length - 1 && sizeBytes >= unit * 1024) {
    unit *= 1024;
    step += 1;
  }
  const hundredths = divideHalfEven(BigInt(sizeBytes) * 100n, BigInt(unit)).toString();
  const whole = hundredths.slice(0, -2);
  return `${whole}.${hundredths.slice(-2)}${SUFFIXES[step]}`;
}
