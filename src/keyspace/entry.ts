import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { ENTRY_EXPIRY_BIT, ENTRY_KEY_LENGTH, KEY_LENGTH_MASK } from "../structures/dict-layout";

/**
 * The entry of a key: one block that holds header, expiry, key and, for a string, the value.
 *
 *     word 0  hash of the key
 *     word 1  length of the key | expiry bit (31)
 *     word 2  type (bits 0-3) | encoding (4-7) | LRU or LFU clock (8-31)
 *     word 3  value inside the entry: its length in bytes; else: ref of the value
 *     [8 B]   expiry in ms since 1970, low word first; only with the expiry bit
 *     key bytes, then the bytes of a value inside the entry: any string's, or ENCODING_INLINE
 *
 * 16 bytes beside key and value, 24 with an expiry. Functions here read and write fields; they do
 * not own, place or free (Database does).
 */
/** No expiry, for parameters in ms since 1970. */
export const NO_EXPIRY = -1;
/** The expiry that the key had, to the last bit, or none if it had none. */
export const KEEP_EXPIRY = -2;

export const ENTRY_META = 2;
export const ENTRY_VALUE = 3;
export const ENTRY_HEADER_BYTES = 16;
const EXPIRY_BYTES = 8;
const EXPIRY_LOW = 4;
const EXPIRY_HIGH = 5;
const TWO_32 = 4294967296;
/** Times whose high word is smaller fit a number exactly (2^53). */
const FIRST_INEXACT_HIGH = 0x20_0000;
const INT64_LIMIT = 2 ** 63;

/** Types as Redis numbers them. */
export const TYPE_STRING = 0;
export const TYPE_LIST = 1;
export const TYPE_SET = 2;
export const TYPE_ZSET = 3;
export const TYPE_HASH = 4;
export const TYPE_STREAM = 6;

/** A small value of another type than string that lies inside its entry, as strings do. */
export const ENCODING_INLINE = 15;

/** A string whose encoding follows from its bytes (int, embstr or raw). */
export const STRING_AUTO = 0;
/** A string that was changed in place, which Redis always reports as raw. */
export const STRING_RAW = 1;
/** A string that is `int` in no case, because Redis did not look whether it is a number. */
export const STRING_TEXT = 2;

export function wordOf(memory: BlockMemory, entry: number, word: number): number {
  return memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word];
}

export function setWord(memory: BlockMemory, entry: number, word: number, value: number): void {
  memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word] = value;
}

export function typeOf(memory: BlockMemory, entry: number): number {
  return wordOf(memory, entry, ENTRY_META) & 15;
}

export function encodingOf(memory: BlockMemory, entry: number): number {
  return (wordOf(memory, entry, ENTRY_META) >>> 4) & 15;
}

export function keyLengthOf(memory: BlockMemory, entry: number): number {
  return wordOf(memory, entry, ENTRY_KEY_LENGTH) & KEY_LENGTH_MASK;
}

/** Byte offset of the key within its segment. */
export function keyStartOf(memory: BlockMemory, entry: number): number {
  const expiryBit = wordOf(memory, entry, ENTRY_KEY_LENGTH) >>> 31;
  return ((entry & GRANULE_MASK) << 4) + ENTRY_HEADER_BYTES + (expiryBit << 3);
}

/** Whether the value lies inside the entry, so that word 3 is its length and no ref. */
export function isInline(memory: BlockMemory, entry: number): boolean {
  const meta = wordOf(memory, entry, ENTRY_META);
  return (meta & 15) === TYPE_STRING || (meta & 0xf0) >>> 4 === ENCODING_INLINE;
}

/** Byte offset of a value inside its entry within the segment. */
export function valueStartOf(memory: BlockMemory, entry: number): number {
  return keyStartOf(memory, entry) + keyLengthOf(memory, entry);
}

export function hasExpiry(memory: BlockMemory, entry: number): boolean {
  return wordOf(memory, entry, ENTRY_KEY_LENGTH) < 0;
}

/**
 * The expiry in ms since 1970; only where `hasExpiry`. From 2^53 on it is rounded, which keeps order
 * with every time that a clock shows; `exactExpiryOf` has the digits.
 */
export function expiryOf(memory: BlockMemory, entry: number): number {
  const words = memory.words[entry >>> SEGMENT_SHIFT];
  const at = (entry & GRANULE_MASK) << 2;
  return words[at + EXPIRY_HIGH] * TWO_32 + (words[at + EXPIRY_LOW] >>> 0);
}

/** Whether an expiry is so far away that only `exactExpiryOf` has its digits. */
export function isExpiryInexact(memory: BlockMemory, entry: number): boolean {
  return wordOf(memory, entry, EXPIRY_HIGH) >= FIRST_INEXACT_HIGH;
}

/** The expiry as it is, over all of int64. Allocates. */
export function exactExpiryOf(memory: BlockMemory, entry: number): bigint {
  const low = wordOf(memory, entry, EXPIRY_LOW) >>> 0;
  return (BigInt(wordOf(memory, entry, EXPIRY_HIGH)) << 32n) | BigInt(low);
}

/** The halves of the expiry as it is. */
export function expiryHighOf(memory: BlockMemory, entry: number): number {
  return wordOf(memory, entry, EXPIRY_HIGH);
}

export function expiryLowOf(memory: BlockMemory, entry: number): number {
  return wordOf(memory, entry, EXPIRY_LOW);
}

/** Overwrites the expiry of an entry that has one; what passes int64 becomes its last value. */
export function writeExpiry(memory: BlockMemory, entry: number, expiryMs: number): void {
  const words = memory.words[entry >>> SEGMENT_SHIFT];
  const at = (entry & GRANULE_MASK) << 2;
  if (expiryMs < INT64_LIMIT) {
    words[at + EXPIRY_LOW] = expiryMs | 0;
    words[at + EXPIRY_HIGH] = Math.floor(expiryMs / TWO_32);
  } else {
    words[at + EXPIRY_LOW] = -1;
    words[at + EXPIRY_HIGH] = 0x7fffffff;
  }
}

/** As `writeExpiry`, for times beyond 2^53; from 0 to the last int64. */
export function writeExactExpiry(memory: BlockMemory, entry: number, expiryMs: bigint): void {
  setWord(memory, entry, EXPIRY_LOW, Number(BigInt.asIntN(32, expiryMs)));
  setWord(memory, entry, EXPIRY_HIGH, Number(expiryMs >> 32n));
}

/** Gives an entry that has an expiry the one of another, to the last bit. */
export function copyExpiry(memory: BlockMemory, from: number, to: number): void {
  setWord(memory, to, EXPIRY_LOW, wordOf(memory, from, EXPIRY_LOW));
  setWord(memory, to, EXPIRY_HIGH, wordOf(memory, from, EXPIRY_HIGH));
}

/** Bytes of an entry with a key and inline value of these lengths. */
export function entryBytes(keyLength: number, inlineLength: number, expires: boolean): number {
  return ENTRY_HEADER_BYTES + (expires ? EXPIRY_BYTES : 0) + keyLength + inlineLength;
}

/**
 * A new entry with its key copied in. The caller writes the value.
 * @param inlineLength bytes to have room for behind the key.
 * @param expiryMs the expiry, or -1 for none.
 */
export function newEntry(
  memory: Arena,
  hash: number,
  key: Uint8Array,
  keyAt: number,
  keyLength: number,
  inlineLength: number,
  meta: number,
  valueWord: number,
  expiryMs: number,
): number {
  const expires = expiryMs >= 0;
  const entry = memory.alloc(entryBytes(keyLength, inlineLength, expires));
  const words = memory.words[entry >>> SEGMENT_SHIFT];
  const at = (entry & GRANULE_MASK) << 2;
  words[at] = hash;
  words[at + ENTRY_KEY_LENGTH] = expires ? keyLength | ENTRY_EXPIRY_BIT : keyLength;
  words[at + ENTRY_META] = meta;
  words[at + ENTRY_VALUE] = valueWord;
  let start = (at << 2) + ENTRY_HEADER_BYTES;
  if (expires) {
    writeExpiry(memory, entry, expiryMs);
    start += EXPIRY_BYTES;
  }
  copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], start, key, keyAt, keyLength);
  return entry;
}
