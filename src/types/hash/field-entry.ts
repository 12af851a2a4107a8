import { copyBytes } from "../../base/bytes";
import type { Arena } from "../../memory/arena";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import {
  ENTRY_EXPIRY_BIT,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  KEY_LENGTH_MASK,
} from "../../structures/dict-layout";
import { readTimeMs, writeTimeMs } from "./time-words";

/**
 * One field of a hash that is a dictionary: a block with field, value and, where there is one, the
 * expiry.
 *
 *     word 0  hash of the field
 *     word 1  length of the field | expiry bit (31)
 *     word 2  length of the value
 *     [8 B]   expiry in ms since 1970, low word first; only with the expiry bit
 *     field bytes, then value bytes
 *
 * Functions here read and write; placing and freeing is done by HashValue.
 */
const FIELD_VALUE_LENGTH = 2;
export const FIELD_HEADER_BYTES = 12;
const EXPIRY_BYTES = 8;
const FIELD_EXPIRY = 3;
/** Blocks up to this size have no spare granule. */
const EXACT_BYTES = 256;
const GRANULE_ROUND = 15;
const GRANULE_SHIFT = 4;

/** No expiry, for parameters and results in ms since 1970. */
export const NO_FIELD_EXPIRY = -1;

function wordAt(memory: BlockMemory, entry: number, word: number): number {
  return memory.words[entry >>> SEGMENT_SHIFT][((entry & GRANULE_MASK) << 2) + word];
}

export function fieldLengthOf(memory: BlockMemory, entry: number): number {
  return wordAt(memory, entry, ENTRY_KEY_LENGTH) & KEY_LENGTH_MASK;
}

export function fieldHashOf(memory: BlockMemory, entry: number): number {
  return wordAt(memory, entry, ENTRY_HASH);
}

export function fieldValueLengthOf(memory: BlockMemory, entry: number): number {
  return wordAt(memory, entry, FIELD_VALUE_LENGTH);
}

/** Byte offset of the field within its segment. */
export function fieldStartOf(memory: BlockMemory, entry: number): number {
  const expiryBit = wordAt(memory, entry, ENTRY_KEY_LENGTH) >>> 31;
  return ((entry & GRANULE_MASK) << 4) + FIELD_HEADER_BYTES + (expiryBit << 3);
}

/** Byte offset of the value within its segment. */
export function fieldValueStartOf(memory: BlockMemory, entry: number): number {
  return fieldStartOf(memory, entry) + fieldLengthOf(memory, entry);
}

/** The expiry in ms since 1970, or NO_FIELD_EXPIRY. */
export function fieldExpiryOf(memory: BlockMemory, entry: number): number {
  const words = memory.words[entry >>> SEGMENT_SHIFT];
  const at = (entry & GRANULE_MASK) << 2;
  if (words[at + ENTRY_KEY_LENGTH] >= 0) return NO_FIELD_EXPIRY;
  return readTimeMs(words, at + FIELD_EXPIRY);
}

/** Overwrites the expiry of an entry that has one. */
export function writeFieldExpiry(memory: BlockMemory, entry: number, expiryMs: number): void {
  const at = ((entry & GRANULE_MASK) << 2) + FIELD_EXPIRY;
  writeTimeMs(memory.words[entry >>> SEGMENT_SHIFT], at, expiryMs);
}

function fieldBytes(fieldLength: number, valueLength: number, expires: boolean): number {
  return FIELD_HEADER_BYTES + (expires ? EXPIRY_BYTES : 0) + fieldLength + valueLength;
}

/** A new entry with field and value copied in. `expiryMs` may be NO_FIELD_EXPIRY. */
export function newFieldEntry(
  memory: Arena,
  hash: number,
  field: Uint8Array,
  fieldAt: number,
  fieldLength: number,
  value: Uint8Array,
  valueAt: number,
  valueLength: number,
  expiryMs: number,
): number {
  const expires = expiryMs >= 0;
  const entry = memory.alloc(fieldBytes(fieldLength, valueLength, expires));
  const segment = entry >>> SEGMENT_SHIFT;
  const words = memory.words[segment];
  const bytes = memory.bytes[segment];
  const at = (entry & GRANULE_MASK) << 2;
  words[at + ENTRY_HASH] = hash;
  words[at + ENTRY_KEY_LENGTH] = expires ? fieldLength | ENTRY_EXPIRY_BIT : fieldLength;
  words[at + FIELD_VALUE_LENGTH] = valueLength;
  if (expires) writeFieldExpiry(memory, entry, expiryMs);
  const start = (at << 2) + fieldBytes(0, 0, expires);
  copyBytes(bytes, start, field, fieldAt, fieldLength);
  copyBytes(bytes, start + fieldLength, value, valueAt, valueLength);
  return entry;
}

/**
 * Writes a value over an entry's if that leaves little room unused; false when it does not fit. The
 * entry must not be frozen, and its expiry stays.
 */
export function overwriteFieldValue(
  memory: Arena,
  entry: number,
  value: Uint8Array,
  valueAt: number,
  valueLength: number,
): boolean {
  const segment = entry >>> SEGMENT_SHIFT;
  const words = memory.words[segment];
  const at = (entry & GRANULE_MASK) << 2;
  const lengthWord = words[at + ENTRY_KEY_LENGTH];
  const fieldLength = lengthWord & KEY_LENGTH_MASK;
  const had = words[at + FIELD_VALUE_LENGTH];
  const start = fieldBytes(fieldLength, 0, lengthWord < 0);
  const needed = start + valueLength;
  const isSameSize =
    needed <= EXACT_BYTES &&
    (needed + GRANULE_ROUND) >>> GRANULE_SHIFT === (start + had + GRANULE_ROUND) >>> GRANULE_SHIFT;
  if (!isSameSize) {
    const capacity = memory.capacityOf(entry);
    if (needed > capacity || needed * 2 <= capacity) return false;
  }
  words[at + FIELD_VALUE_LENGTH] = valueLength;
  copyBytes(memory.bytes[segment], (at << 2) + start, value, valueAt, valueLength);
  return true;
}

/** A copy of an entry that is in no dictionary. */
export function copyFieldEntry(memory: Arena, entry: number): number {
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  return newFieldEntry(
    memory,
    fieldHashOf(memory, entry),
    bytes,
    fieldStartOf(memory, entry),
    fieldLengthOf(memory, entry),
    bytes,
    fieldValueStartOf(memory, entry),
    fieldValueLengthOf(memory, entry),
    fieldExpiryOf(memory, entry),
  );
}
