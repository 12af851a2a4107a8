import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { Dict } from "../structures/dict";
import { ENTRY_KEY_LENGTH } from "../structures/dict-layout";
import {
  ENTRY_HEADER_BYTES,
  ENTRY_META,
  ENTRY_VALUE,
  entryBytes,
  expiryOf,
  hasExpiry,
  keyLengthOf,
  keyStartOf,
  newEntry,
  STRING_AUTO,
  STRING_RAW,
  setWord,
  TYPE_STRING,
  typeOf,
  valueStartOf,
  wordOf,
  writeExpiry,
} from "./entry";

/** What a database asks of the keyspace it belongs to. */
export interface DatabaseHost {
  readonly memory: Arena;
  /** The clock that new and touched entries get, already in bits 8-31. */
  readonly accessClock: number;
  /** Whether accesses are counted (LFU) instead of timed. */
  readonly countsAccesses: boolean;
  /** Bits 8-31 for an entry that is read again, in LFU. */
  countAccess(meta: number): number;
  /** Frees what an entry that is no longer in a dictionary holds, and the entry. */
  dispose(entry: number): void;
}

/** No expiry, for parameters in ms since 1970. */
export const NO_EXPIRY = -1;
/** Strings that grow by APPEND get room in advance, but not more than this. */
const MOST_ROOM_BYTES = 1024 * 1024;

/**
 * One numbered database: its dictionary of entries, and the few ways in which entries change.
 *
 * It decides nothing about expiry, types or replies; `Keyspace` and the commands do. Every change of
 * an entry goes through here, so that what a snapshot has frozen is copied first and the dictionary
 * holds the right ref. After `find`, the found entry is the dictionary's position until the next
 * call that looks up or changes; methods named `...Found` work on it.
 */
export class Database {
  readonly dict: Dict;
  /** Where the sweep for expired keys goes on. */
  sweepPosition = 0;
  /** Running average of the time to live that the sweep sees, in ms. */
  averageTtlMs = 0;
  readonly #host: DatabaseHost;
  readonly #memory: Arena;

  constructor(host: DatabaseHost) {
    this.#host = host;
    this.#memory = host.memory;
    this.dict = new Dict(host.memory, ENTRY_HEADER_BYTES).create();
  }

  get size(): number {
    return this.dict.count;
  }

  /** The entry of a key whether it has expired or not, or 0; the access clock is left alone. */
  find(hash: number, key: Uint8Array, keyAt: number, keyLength: number): number {
    return this.dict.find(hash, key, keyAt, keyLength);
  }

  /** Notes that an entry was used. Frozen entries are marked in place: a snapshot takes it as is. */
  touch(entry: number): void {
    const words = this.#memory.words[entry >>> SEGMENT_SHIFT];
    const at = ((entry & GRANULE_MASK) << 2) + ENTRY_META;
    const meta = words[at];
    const touched = this.#host.countsAccesses
      ? this.#host.countAccess(meta)
      : (meta & 0xff) | this.#host.accessClock;
    if (touched !== meta) words[at] = touched;
  }

  /**
   * Gives a key a string value, whatever it held. `find` for the same key must have been called last
   * and its result is `found`. Returns the entry.
   */
  setString(
    found: number,
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
    if (found !== 0 && this.#fitsInPlace(found, keyLength, valueLength, expiryMs)) {
      const words = memory.words[found >>> SEGMENT_SHIFT];
      const at = (found & GRANULE_MASK) << 2;
      words[at + ENTRY_META] = this.#newMeta(TYPE_STRING);
      words[at + ENTRY_VALUE] = valueLength;
      if (expiryMs >= 0) writeExpiry(memory, found, expiryMs);
      const start = (at << 2) + entryBytes(keyLength, 0, expiryMs >= 0);
      copyBytes(memory.bytes[found >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
      return found;
    }
    const entry = this.newString(
      hash,
      key,
      keyAt,
      keyLength,
      value,
      valueAt,
      valueLength,
      expiryMs,
    );
    if (found === 0) {
      this.dict.insert(entry);
    } else {
      this.dict.replaceFound(entry);
      this.#host.dispose(found);
    }
    return entry;
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
      this.#newMeta(TYPE_STRING),
      valueLength,
      expiryMs,
    );
    const start = ((entry & GRANULE_MASK) << 4) + entryBytes(keyLength, 0, expiryMs >= 0);
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
    return entry;
  }

  /** Adds a key that is not there, with a value of another type than string. Returns the entry. */
  addValue(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    type: number,
    encoding: number,
    valueRef: number,
  ): number {
    const meta = this.#newMeta(type | (encoding << 4));
    const entry = newEntry(this.#memory, hash, key, keyAt, keyLength, 0, meta, valueRef, NO_EXPIRY);
    this.dict.insert(entry);
    return entry;
  }

  /** Adds an entry that is in no dictionary and whose key is not there. */
  insert(entry: number): void {
    this.dict.insert(entry);
  }

  /** Stores the ref of the found entry's value (and its encoding). Returns the entry. */
  storeFound(encoding: number, valueRef: number): number {
    const entry = this.dict.ownFoundEntry();
    const meta = wordOf(this.#memory, entry, ENTRY_META);
    setWord(this.#memory, entry, ENTRY_META, (meta & ~0xf0) | (encoding << 4));
    setWord(this.#memory, entry, ENTRY_VALUE, valueRef);
    return entry;
  }

  /** Takes the found entry out without freeing it. */
  takeFound(): void {
    this.dict.removeFound();
  }

  /** Takes the found entry out and frees it with its value. */
  deleteFound(entry: number): void {
    this.dict.removeFound();
    this.#host.dispose(entry);
  }

  /**
   * Makes the found string writable with room for `length` value bytes; bytes beyond the old length
   * are zero, and the length is set. Marks it as changed in place (encoding raw). Returns the entry.
   */
  growFound(found: number, length: number): number {
    const memory = this.#memory;
    const keyLength = keyLengthOf(memory, found);
    const expires = hasExpiry(memory, found);
    const oldLength = wordOf(memory, found, ENTRY_VALUE);
    const needed = entryBytes(keyLength, length, expires);
    let entry = found;
    if (needed > memory.capacityOf(found)) {
      const room = length > oldLength ? Math.min(length, MOST_ROOM_BYTES) : 0;
      entry = memory.resize(found, needed + room, entryBytes(keyLength, oldLength, expires));
      this.dict.replaceFound(entry);
    } else {
      entry = this.dict.ownFoundEntry();
    }
    if (length > oldLength) {
      const start = valueStartOf(memory, entry);
      memory.bytes[entry >>> SEGMENT_SHIFT].fill(0, start + oldLength, start + length);
    }
    const meta = wordOf(memory, entry, ENTRY_META);
    setWord(memory, entry, ENTRY_META, (meta & ~0xf0) | (STRING_RAW << 4));
    setWord(memory, entry, ENTRY_VALUE, length);
    return entry;
  }

  /** Sets or, with NO_EXPIRY, removes the found entry's expiry. Returns the entry. */
  setExpiryFound(found: number, expiryMs: number): number {
    const memory = this.#memory;
    const had = hasExpiry(memory, found);
    if (expiryMs < 0 && !had) return found;
    if (expiryMs >= 0 && had) {
      const entry = this.dict.ownFoundEntry();
      writeExpiry(memory, entry, expiryMs);
      return entry;
    }
    const entry = this.#copyWithExpiry(found, expiryMs);
    this.dict.replaceFound(entry);
    memory.free(found);
    return entry;
  }

  /** The expiry of an entry in ms since 1970, or NO_EXPIRY. */
  expiryOf(entry: number): number {
    return hasExpiry(this.#memory, entry) ? expiryOf(this.#memory, entry) : NO_EXPIRY;
  }

  #copyWithExpiry(old: number, expiryMs: number): number {
    const memory = this.#memory;
    const keyLength = keyLengthOf(memory, old);
    const meta = wordOf(memory, old, ENTRY_META);
    const valueWord = wordOf(memory, old, ENTRY_VALUE);
    const inline = typeOf(memory, old) === TYPE_STRING ? valueWord : 0;
    const oldBytes = memory.bytes[old >>> SEGMENT_SHIFT];
    const oldKeyAt = keyStartOf(memory, old);
    const hash = wordOf(memory, old, 0);
    const entry = newEntry(
      memory,
      hash,
      oldBytes,
      oldKeyAt,
      keyLength,
      inline,
      meta,
      valueWord,
      expiryMs,
    );
    if (inline > 0) {
      const start = valueStartOf(memory, entry);
      const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
      copyBytes(bytes, start, oldBytes, oldKeyAt + keyLength, inline);
    }
    return entry;
  }

  #newMeta(typeAndEncoding: number): number {
    return typeAndEncoding | (STRING_AUTO << 4) | this.#host.accessClock;
  }

  /** Whether a string of this length can be written over the found entry's value. */
  #fitsInPlace(found: number, keyLength: number, valueLength: number, expiryMs: number): boolean {
    const memory = this.#memory;
    const words = memory.words[found >>> SEGMENT_SHIFT];
    const at = (found & GRANULE_MASK) << 2;
    if ((words[at + ENTRY_META] & 15) !== TYPE_STRING) return false;
    const expires = words[at + ENTRY_KEY_LENGTH] < 0;
    if (expires !== expiryMs >= 0 || memory.frozen(found)) return false;
    const needed = entryBytes(keyLength, valueLength, expires);
    const had = entryBytes(keyLength, words[at + ENTRY_VALUE], expires);
    if (needed <= 256 && (needed + 15) >>> 4 === (had + 15) >>> 4) return true;
    const capacity = memory.capacityOf(found);
    return needed <= capacity && needed * 2 > capacity;
  }
}
