import type { BitOperations } from "../../native/bit-operations";
import type { BitRange } from "./bit-range";

/**
 * Counting and finding bits in a range that begins and ends inside bytes. Bit 0 is the highest one
 * of byte 0. The whole bytes are left to BitOperations.
 */

const ALL_BITS = 0xff;

/** The bits of a byte from its `bit`-th on. */
function bitsFrom(bit: number): number {
  return ALL_BITS >>> (bit & 7);
}

/** The bits of a byte up to its `bit`-th. */
function bitsUpTo(bit: number): number {
  return (ALL_BITS << (7 - (bit & 7))) & ALL_BITS;
}

/** Byte and bit of a place that may be beyond 32 bits. */
function byteOf(bit: number): number {
  return Math.floor(bit / 8);
}

function bitOf(bit: number): number {
  return bit % 8;
}

function countByte(byte: number): number {
  const pairs = byte - ((byte >>> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >>> 2) & 0x33);
  return (nibbles + (nibbles >>> 4)) & 0x0f;
}

/** Set bits of the string that begins at `at`, within a range that is not empty. */
export function countBits(
  bits: BitOperations,
  bytes: Uint8Array,
  at: number,
  range: BitRange,
): number {
  const first = at + byteOf(range.first);
  const last = at + byteOf(range.last);
  const before = bytes[first] & ~bitsFrom(bitOf(range.first));
  const behind = bytes[last] & ~bitsUpTo(bitOf(range.last));
  return bits.count(bytes, first, last - first + 1) - countByte(before) - countByte(behind);
}

/** The first bit of a value within a range that is not empty, or -1. */
export function findBit(
  bits: BitOperations,
  bytes: Uint8Array,
  at: number,
  range: BitRange,
  value: number,
): number {
  const flip = value === 1 ? 0 : ALL_BITS;
  const firstByte = byteOf(range.first);
  const lastByte = byteOf(range.last);
  const lastMask = bitsUpTo(bitOf(range.last));
  let byte = firstByte;
  let wanted = (bytes[at + byte] ^ flip) & bitsFrom(bitOf(range.first));
  if (byte === lastByte) wanted &= lastMask;
  if (wanted === 0 && byte < lastByte) {
    byte++;
    byte += bits.findOther(bytes, at + byte, lastByte - byte, flip);
    wanted = bytes[at + byte] ^ flip;
    if (byte === lastByte) wanted &= lastMask;
  }
  return wanted === 0 ? -1 : byte * 8 + Math.clz32(wanted) - 24;
}
