import { copyBytes } from "../base/bytes";
import { parseInt64, parseSafeInteger } from "../base/int64";

/**
 * One element of a listpack as bytes, exactly as Redis writes it, so that files take it as it is.
 *
 *     0xxxxxxx            an integer 0 .. 127                       1 byte
 *     10xxxxxx            a string up to 63 bytes                   1 + length
 *     110xxxxx y          an integer -4096 .. 4095                  2
 *     1110xxxx y          a string up to 4095 bytes                 2 + length
 *     F0 llll             a longer string                           5 + length
 *     F1, F2, F3, F4      an integer of 16, 24, 32, 64 bits         3, 4, 5, 9
 *
 * Behind each stands the length of the above in 1 to 5 groups of seven bits, most significant
 * first, to be read backwards. What has the canonical form of an int64 is always an integer here.
 * This file knows sizes and bytes; where elements lie is the business of Listpack.
 */

/** The longest header and the longest length behind an element. */
const SHORT_STRING = 64;
const MIDDLE_STRING = 4096;
const TWO_32 = 4294967296;

/** Bytes of the length that stands behind an element of `size` bytes; limits as Redis has them. */
export function backLengthSize(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  return size < 268435455 ? 4 : 5;
}

/** Bytes of the element at `at`, without the length behind it. */
export function elementSizeAt(bytes: Uint8Array, at: number): number {
  const head = bytes[at];
  if (head < 0x80) return 1;
  if (head < 0xc0) return 1 + (head & 63);
  if (head < 0xe0) return 2;
  if (head < 0xf0) return 2 + (((head & 15) << 8) | bytes[at + 1]);
  if (head === 0xf0) return 5 + lengthWordAt(bytes, at);
  return head === 0xf4 ? 9 : head - 0xf1 + 3;
}

/** The length in the four bytes behind an F0. */
export function lengthWordAt(bytes: Uint8Array, at: number): number {
  const high = bytes[at + 4] * 0x100_0000;
  return high + ((bytes[at + 3] << 16) | (bytes[at + 2] << 8) | bytes[at + 1]);
}

/** The value of the length that ends before `end`: how long the element before it is. */
export function backLengthBefore(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  let value = bytes[at] & 127;
  for (let scale = 128; (bytes[at] & 128) !== 0; scale *= 128) value += (bytes[--at] & 127) * scale;
  return value;
}

function writeBackLength(bytes: Uint8Array, at: number, size: number): void {
  const groups = backLengthSize(size);
  let rest = size;
  for (let i = groups - 1; i > 0; i--) {
    bytes[at + i] = (rest & 127) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at] = rest & 127;
  // The bit says that there is more in front, so the first group alone has none.
}

/**
 * What is to be written: measured once, then written where there is room for it. One object serves
 * all calls; `measure` and `write` belong together and refer to the same bytes.
 */
export class ListpackElement {
  /** Bytes of the element with the length behind it. */
  fullSize = 0;
  /** The value when it is an integer up to 2^53, else NaN. */
  integer = Number.NaN;
  #size = 0;
  #big: bigint | undefined;

  measure(value: Uint8Array, at: number, length: number): number {
    this.#big = undefined;
    this.integer = length <= 20 ? parseSafeInteger(value, at, length) : Number.NaN;
    if (!Number.isNaN(this.integer)) {
      this.#size = integerSize(this.integer);
    } else {
      if (length >= 16 && length <= 20) this.#big = parseInt64(value, at, length);
      this.#size = this.#big === undefined ? stringSize(length) : 9;
    }
    this.fullSize = this.#size + backLengthSize(this.#size);
    return this.fullSize;
  }

  /** As `measure`, for a safe integer. */
  measureInteger(value: number): number {
    this.#big = undefined;
    this.integer = value;
    this.#size = integerSize(value);
    this.fullSize = this.#size + backLengthSize(this.#size);
    return this.fullSize;
  }

  /** As `measure`, for any int64. Slow. */
  measureInt64(value: bigint): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.measureInteger(number);
    this.integer = Number.NaN;
    this.#big = value;
    this.#size = 9;
    this.fullSize = this.#size + backLengthSize(this.#size);
    return this.fullSize;
  }

  /** Writes what was measured at `to`, where there are `fullSize` bytes. */
  write(to: Uint8Array, toAt: number, value: Uint8Array, at: number, length: number): void {
    if (!Number.isNaN(this.integer)) writeInteger(to, toAt, this.integer, this.#size);
    else if (this.#big !== undefined) writeBig(to, toAt, this.#big);
    else writeString(to, toAt, value, at, length);
    writeBackLength(to, toAt + this.#size, this.#size);
  }
}

function stringSize(length: number): number {
  if (length < SHORT_STRING) return 1 + length;
  return (length < MIDDLE_STRING ? 2 : 5) + length;
}

function integerSize(value: number): number {
  if (value >= 0 && value <= 127) return 1;
  if (value >= -4096 && value <= 4095) return 2;
  if (value >= -32768 && value <= 32767) return 3;
  if (value >= -8388608 && value <= 8388607) return 4;
  return value >= -2147483648 && value <= 2147483647 ? 5 : 9;
}

function writeInteger(to: Uint8Array, at: number, value: number, size: number): void {
  if (size === 1) {
    to[at] = value;
  } else if (size === 2) {
    to[at] = 0xc0 | ((value >> 8) & 31);
    to[at + 1] = value & 255;
  } else {
    to[at] = size === 9 ? 0xf4 : 0xf1 + size - 3;
    writeLittleEndian(to, at + 1, value, Math.floor(value / TWO_32), size - 1);
  }
}

function writeBig(to: Uint8Array, at: number, value: bigint): void {
  to[at] = 0xf4;
  const low = Number(BigInt.asIntN(32, value));
  writeLittleEndian(to, at + 1, low, Number(value >> 32n), 8);
}

function writeLittleEndian(
  to: Uint8Array,
  at: number,
  low: number,
  high: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[at + i] = (i < 4 ? low : high) >> ((i & 3) << 3);
}

function writeString(
  to: Uint8Array,
  at: number,
  value: Uint8Array,
  valueAt: number,
  length: number,
): void {
  let start = at;
  if (length < SHORT_STRING) {
    to[start++] = 0x80 | length;
  } else if (length < MIDDLE_STRING) {
    to[start++] = 0xe0 | (length >> 8);
    to[start++] = length & 255;
  } else {
    to[start++] = 0xf0;
    writeLittleEndian(to, start, length, 0, 4);
    start += 4;
  }
  copyBytes(to, start, value, valueAt, length);
}
