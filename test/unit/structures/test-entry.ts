// The entries of the dictionaries in these tests: words hash, key length, value length, then the
// expiry if there is one, key, value. Reads and writes them in any memory; knows no dictionary.

import type { Arena } from "../../../src/memory/arena.js";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../../src/memory/block-memory.js";
import {
  ENTRY_EXPIRY_BIT,
  ENTRY_HASH,
  ENTRY_KEY_LENGTH,
  KEY_LENGTH_MASK,
} from "../../../src/structures/dict-layout.js";

/** Byte offset of the key in an entry without expiry. */
export const KEY_AT = 12;
const VALUE_LENGTH = 2;
const EXPIRY_BYTES = 8;

/** What is in an entry. `expiry` is milliseconds, or null when it never expires. */
export interface EntryContent {
  readonly key: string;
  readonly value: string;
  readonly expiry: number | null;
}

export function bytesOf(latin1: string): Buffer {
  return Buffer.from(latin1, "latin1");
}

/** A new block with an entry. Texts are latin1: a character for a byte. */
export function writeEntry(arena: Arena, hash: number, content: EntryContent): number {
  const key = bytesOf(content.key);
  const value = bytesOf(content.value);
  const expiryBytes = content.expiry === null ? 0 : EXPIRY_BYTES;
  const ref = arena.alloc(KEY_AT + expiryBytes + key.length + value.length);
  const words = arena.words[ref >>> SEGMENT_SHIFT];
  const word = (ref & GRANULE_MASK) << 2;
  words[word + ENTRY_HASH] = hash;
  words[word + ENTRY_KEY_LENGTH] = key.length | (content.expiry === null ? 0 : ENTRY_EXPIRY_BIT);
  words[word + VALUE_LENGTH] = value.length;
  const bytes = arena.bytes[ref >>> SEGMENT_SHIFT];
  const at = word * 4 + KEY_AT;
  if (content.expiry !== null) {
    new DataView(bytes.buffer).setFloat64(at, content.expiry, true);
  }
  bytes.set(key, at + expiryBytes);
  bytes.set(value, at + expiryBytes + key.length);
  return ref;
}

export function readEntry(memory: BlockMemory, ref: number): EntryContent {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const word = (ref & GRANULE_MASK) << 2;
  const bytes = memory.bytes[ref >>> SEGMENT_SHIFT];
  const at = word * 4 + KEY_AT;
  const keyLength = words[word + ENTRY_KEY_LENGTH] & KEY_LENGTH_MASK;
  const expires = (words[word + ENTRY_KEY_LENGTH] & ENTRY_EXPIRY_BIT) !== 0;
  const keyAt = at + (expires ? EXPIRY_BYTES : 0);
  const valueAt = keyAt + keyLength;
  return {
    key: text(bytes, keyAt, keyLength),
    value: text(bytes, valueAt, words[word + VALUE_LENGTH]),
    expiry: expires ? new DataView(bytes.buffer).getFloat64(at, true) : null,
  };
}

/** Writes a value of the same length over the one in an entry that may be changed. */
export function overwriteValue(arena: Arena, ref: number, value: string): void {
  const words = arena.words[ref >>> SEGMENT_SHIFT];
  const word = (ref & GRANULE_MASK) << 2;
  const lengthWord = words[word + ENTRY_KEY_LENGTH];
  const expiryBytes = (lengthWord & ENTRY_EXPIRY_BIT) === 0 ? 0 : EXPIRY_BYTES;
  const at = word * 4 + KEY_AT + expiryBytes + (lengthWord & KEY_LENGTH_MASK);
  arena.bytes[ref >>> SEGMENT_SHIFT].set(bytesOf(value), at);
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("latin1");
}
