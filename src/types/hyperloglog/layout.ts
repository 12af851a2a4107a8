/**
 * The bytes of a HyperLogLog, which is a string: Redis's own form, so that files and GET agree.
 *
 *     0-3   "HYLL"
 *     4     encoding: dense or sparse
 *     5-7   not used
 *     8-15  the cardinality when it was last counted, lowest byte first; the highest bit is set when
 *           it no longer holds
 *     16-   dense: 16384 registers of 6 bits, lowest bits first
 *           sparse: runs of registers, see sparse-registers.ts
 *
 * Constants and questions about the header; no registers here.
 */
export const HEADER_BYTES = 16;
export const REGISTERS = 16384;
export const REGISTER_BITS = 6;
export const DENSE = 0;
export const SPARSE = 1;
export const DENSE_BYTES = HEADER_BYTES + (REGISTERS * REGISTER_BITS) / 8;
/** No sparse form that covers the registers is longer: two bytes for each. */
export const MOST_SPARSE_BYTES = HEADER_BYTES + 2 * REGISTERS;

const MAGIC = [0x48, 0x59, 0x4c, 0x4c];
const ENCODING_AT = 4;
const CARDINALITY_AT = 8;
const STALE_AT = 15;
const STALE_BIT = 0x80;
const TWO_32 = 4294967296;

/** Whether the bytes can be a HyperLogLog, as far as its header and length tell. */
export function isHyperLogLog(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < HEADER_BYTES) return false;
  for (let i = 0; i < MAGIC.length; i++) if (bytes[at + i] !== MAGIC[i]) return false;
  const encoding = encodingAt(bytes, at);
  return encoding === SPARSE || (encoding === DENSE && length === DENSE_BYTES);
}

export function encodingAt(bytes: Uint8Array, at: number): number {
  return bytes[at + ENCODING_AT];
}

export function setEncoding(bytes: Uint8Array, at: number, encoding: number): void {
  bytes[at + ENCODING_AT] = encoding;
}

/** Writes a header without registers, whose cardinality of 0 holds. */
export function writeHeader(bytes: Uint8Array, at: number, encoding: number): void {
  bytes.fill(0, at, at + HEADER_BYTES);
  for (let i = 0; i < MAGIC.length; i++) bytes[at + i] = MAGIC[i];
  setEncoding(bytes, at, encoding);
}

/** Whether the cardinality in the header still holds. */
export function hasCardinality(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + STALE_AT] & STALE_BIT) === 0;
}

/** The cardinality no longer holds. */
export function dropCardinality(bytes: Uint8Array, at: number): void {
  bytes[at + STALE_AT] |= STALE_BIT;
}

/** The cardinality in the header; rounded above 2^53, where `exactCardinality` has the digits. */
export function cardinality(bytes: Uint8Array, at: number): number {
  return wordAt(bytes, at + CARDINALITY_AT + 4) * TWO_32 + wordAt(bytes, at + CARDINALITY_AT);
}

/** Allocates. */
export function exactCardinality(bytes: Uint8Array, at: number): bigint {
  const high = BigInt(wordAt(bytes, at + CARDINALITY_AT + 4));
  return (high << 32n) | BigInt(wordAt(bytes, at + CARDINALITY_AT));
}

/** @param count an unsigned 64-bit number; above 2^53 it has no digits to lose. */
export function setCardinality(bytes: Uint8Array, at: number, count: number): void {
  let rest = count;
  for (let i = 0; i < 8; i++) {
    const next = Math.floor(rest / 256);
    bytes[at + CARDINALITY_AT + i] = rest - next * 256;
    rest = next;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
