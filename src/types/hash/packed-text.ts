import { copyBytes } from "../../base/bytes";

/**
 * Byte strings as a FieldRow keeps them: the length in front, digits two to a byte.
 *
 *     0xxxxxxx            a string of up to 127 bytes
 *     10xxxxxx            2 to 63 decimal digits, two to a byte, the first in the upper half; behind
 *                         an odd number of them stands F
 *     11xxxxxx y          a string of up to 16383 bytes
 *
 * Ids, times, prices and counters are digits more often than not, and these rows are many. What
 * always holds: equal strings are equal here and others are not, as a string of digits is never kept
 * as anything else.
 */
const SHORT_BYTES = 127;
const DIGITS = 0x80;
const MOST_DIGITS = 63;
const LONG = 0xc0;
/** A string that is longer cannot be packed. */
export const MOST_PACKED_BYTES = 0x3fff;
const ZERO = 0x30;
const NO_DIGIT = 15;

function isDigits(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < 2 || length > MOST_DIGITS) return false;
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i];
    if (byte < ZERO || byte > ZERO + 9) return false;
  }
  return true;
}

/** Bytes that a string of at most MOST_PACKED_BYTES takes. */
export function packedSize(value: Uint8Array, at: number, length: number): number {
  if (isDigits(value, at, length)) return 1 + ((length + 1) >>> 1);
  return length + (length <= SHORT_BYTES ? 1 : 2);
}

/** Bytes of the packed string at `at`. */
export function packedSizeAt(bytes: Uint8Array, at: number): number {
  const head = bytes[at];
  if (head < DIGITS) return 1 + head;
  if (head < LONG) return 1 + (((head & 63) + 1) >>> 1);
  return 2 + (((head & 63) << 8) | bytes[at + 1]);
}

/** Writes a string at `to`, where there is room for it; returns the offset behind it. */
export function pack(
  target: Uint8Array,
  to: number,
  value: Uint8Array,
  at: number,
  length: number,
): number {
  let start = to;
  if (isDigits(value, at, length)) {
    target[start++] = DIGITS | length;
    for (let i = 0; i < length; i += 2) {
      const low = i + 1 < length ? value[at + i + 1] - ZERO : NO_DIGIT;
      target[start++] = ((value[at + i] - ZERO) << 4) | low;
    }
    return start;
  }
  if (length > SHORT_BYTES) {
    target[start++] = LONG | (length >>> 8);
    target[start++] = length & 255;
  } else {
    target[start++] = length;
  }
  copyBytes(target, start, value, at, length);
  return start + length;
}

/** Shows packed strings: in place, or digits in a scratch. */
export class PackedReader {
  bytes: Uint8Array;
  at = 0;
  length = 0;
  readonly #digits = new Uint8Array(MOST_DIGITS + 1);

  constructor() {
    this.bytes = this.#digits;
  }

  show(bytes: Uint8Array, at: number): void {
    const head = bytes[at];
    if (head >= DIGITS && head < LONG) {
      this.#showDigits(bytes, at + 1, head & 63);
      return;
    }
    this.bytes = bytes;
    this.at = at + (head < DIGITS ? 1 : 2);
    this.length = head < DIGITS ? head : ((head & 63) << 8) | bytes[at + 1];
  }

  #showDigits(bytes: Uint8Array, at: number, count: number): void {
    const digits = this.#digits;
    this.bytes = digits;
    this.at = 0;
    this.length = count;
    for (let i = 0, from = at; i < count; i += 2, from++) {
      const pair = bytes[from];
      digits[i] = ZERO + (pair >>> 4);
      digits[i + 1] = ZERO + (pair & 15);
    }
  }
}
