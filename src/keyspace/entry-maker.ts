import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { ENTRY_HASH } from "../structures/dict-layout";
import {
  copyExpiry,
  ENCODING_INLINE,
  ENTRY_META,
  ENTRY_VALUE,
  entryBytes,
  expiryOf,
  hasExpiry,
  isInline,
  KEEP_EXPIRY,
  keyLengthOf,
  keyStartOf,
  NO_EXPIRY,
  newEntry,
  STRING_AUTO,
  TYPE_STRING,
  valueStartOf,
  wordOf,
} from "./entry";

/** What makes entries, asked of the keyspace. */
export interface EntryHost {
  readonly memory: Arena;
  /** The clock that new and touched entries get, already in bits 8-31. */
  readonly accessClock: number;
  /** Whether accesses are counted (LFU) instead of timed. */
  readonly countsAccesses: boolean;
}

/**
 * Makes entries that are in no dictionary yet, each with the access clock that it is to have.
 *
 * It knows no dictionary: what becomes of an entry is the business of `Database`, which is one of
 * these. Who makes an entry owns it until it is put into a database or disposed of.
 */
export class EntryMaker {
  readonly #host: EntryHost;
  readonly #memory: Arena;

  constructor(host: EntryHost) {
    this.#host = host;
    this.#memory = host.memory;
  }

  /** An entry with a string value that is in no dictionary yet. */
  newString(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    expiryMs: number,
  ): number {
    const memory = this.#memory;
    const entry = newEntry(
      memory,
      hash,
      key,
      keyAt,
      keyLength,
      valueLength,
      this.newMeta(TYPE_STRING),
      valueLength,
      expiryMs,
    );
    const start = ((entry & GRANULE_MASK) << 4) + entryBytes(keyLength, 0, expiryMs >= 0);
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
    return entry;
  }

  /** An entry as `addString` makes it, that is in no dictionary yet. */
  newStringRoom(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    encoding: number,
    valueLength: number,
  ): number {
    const meta = this.newMeta(TYPE_STRING | (encoding << 4));
    const room = valueLength;
    const memory = this.#memory;
    return newEntry(memory, hash, key, keyAt, keyLength, room, meta, valueLength, NO_EXPIRY);
  }

  /** An entry with a value of another type than string that is in no dictionary yet. */
  newValue(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    type: number,
    encoding: number,
    valueRef: number,
    expiryMs: number,
  ): number {
    const meta = this.newMeta(type | (encoding << 4));
    return newEntry(this.#memory, hash, key, keyAt, keyLength, 0, meta, valueRef, expiryMs);
  }

  /** An entry with a value inside it (ENCODING_INLINE) that is in no dictionary yet. */
  newInline(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    type: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    expiryMs: number,
  ): number {
    const memory = this.#memory;
    const meta = this.newMeta(type | (ENCODING_INLINE << 4));
    const entry = newEntry(
      memory,
      hash,
      key,
      keyAt,
      keyLength,
      valueLength,
      meta,
      valueLength,
      expiryMs,
    );
    const start = valueStartOf(memory, entry);
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
    return entry;
  }

  /** The expiry of an entry in ms since 1970, or NO_EXPIRY. */
  expiryOf(entry: number): number {
    return hasExpiry(this.#memory, entry) ? expiryOf(this.#memory, entry) : NO_EXPIRY;
  }

  /**
   * A copy of an entry, with an inline value, under another key; it is in no dictionary. Of a value
   * that lies outside the entry both hold the ref, and the caller sees to it that one lets go.
   * @param expiryMs KEEP_EXPIRY, NO_EXPIRY or a time.
   */
  copyEntry(
    old: number,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    expiryMs: number,
  ): number {
    const memory = this.#memory;
    const keeps = expiryMs === KEEP_EXPIRY;
    const time = keeps ? this.expiryOf(old) : expiryMs;
    const meta = wordOf(memory, old, ENTRY_META);
    const valueWord = wordOf(memory, old, ENTRY_VALUE);
    const inline = isInline(memory, old) ? valueWord : 0;
    const entry = newEntry(memory, hash, key, keyAt, keyLength, inline, meta, valueWord, time);
    if (keeps && time >= 0) copyExpiry(memory, old, entry);
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const oldBytes = memory.bytes[old >>> SEGMENT_SHIFT];
    const start = valueStartOf(memory, entry);
    copyBytes(bytes, start, oldBytes, valueStartOf(memory, old), inline);
    return entry;
  }

  /** A new entry with the key of another, without value and expiry. */
  copyHeader(old: number, meta: number): number {
    const memory = this.#memory;
    const bytes = memory.bytes[old >>> SEGMENT_SHIFT];
    const hash = wordOf(memory, old, ENTRY_HASH);
    const length = keyLengthOf(memory, old);
    return newEntry(memory, hash, bytes, keyStartOf(memory, old), length, 0, meta, 0, NO_EXPIRY);
  }

  /** The meta word of a new entry. */
  newMeta(typeAndEncoding: number): number {
    return typeAndEncoding | (STRING_AUTO << 4) | this.#host.accessClock;
  }

  /** The meta word of a string that takes the place of a value with the meta word `old`. */
  overwrittenMeta(old: number): number {
    if (!this.#host.countsAccesses) return this.newMeta(TYPE_STRING);
    return (old & ~0xff) | TYPE_STRING | (STRING_AUTO << 4);
  }
}
