import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { Dict } from "../structures/dict";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../structures/dict-layout";
import {
  copyExpiry,
  ENTRY_HEADER_BYTES,
  ENTRY_META,
  ENTRY_VALUE,
  entryBytes,
  hasExpiry,
  isInline,
  KEEP_EXPIRY,
  keyLengthOf,
  keyStartOf,
  NO_EXPIRY,
  STRING_RAW,
  setWord,
  TYPE_STRING,
  valueStartOf,
  wordOf,
  writeExpiry,
} from "./entry";
import { type EntryHost, EntryMaker } from "./entry-maker";

/** What a database asks of the keyspace it belongs to. */
export interface DatabaseHost extends EntryHost {
  /** Bits 8-31 for an entry that is read again, in LFU. */
  countAccess(meta: number): number;
  /** Frees what an entry that is no longer in a dictionary holds, and the entry. */
  dispose(entry: number): void;
  /** An entry came into being by a command. */
  added(database: Database, entry: number): void;
}

/** A string that grows gets as much room again up to this size, and an eighth of it beyond. */
const MOST_DOUBLED_BYTES = 1024 * 1024;
const GROWTH_SHIFT = 3;
/** An entry up to this size is left alone when its value gets shorter. */
const SMALLEST_SHRUNK_BYTES = 64;

/**
 * One numbered database: its dictionary of entries, and the few ways in which entries change.
 *
 * It decides nothing about expiry, types or replies; `Keyspace` and the commands do. Every change of
 * an entry goes through here, so that what a snapshot has frozen is copied first and the dictionary
 * holds the right ref. After `find`, the found entry is the dictionary's position until the next
 * call that looks up or changes; methods named `...Found` work on it.
 */
export class Database extends EntryMaker {
  /** As clients name it. */
  readonly index: number;
  /** Replaced as a whole when the database is emptied or swapped. */
  dict: Dict;
  /** Where the sweep for expired keys goes on. */
  sweepPosition = 0;
  /** Where the search for keys to evict goes on, among few keys with expiry. */
  evictionPosition = 0;
  /** Running average of the time to live that the sweep sees, in ms (INFO avg_ttl). */
  averageTtlMs = 0;
  readonly #host: DatabaseHost;
  readonly #memory: Arena;

  constructor(host: DatabaseHost, index: number) {
    super(host);
    this.index = index;
    this.#host = host;
    this.#memory = host.memory;
    this.dict = new Dict(host.memory, ENTRY_HEADER_BYTES).create();
  }

  /** Keys, those included that have expired and not been removed yet (INFO keys). */
  get size(): number {
    return this.dict.count;
  }

  /** Keys with an expiry (INFO expires). */
  get expiring(): number {
    return this.dict.expiring;
  }

  /** Goes on with an empty dictionary; returns the old one, which the caller throws away. */
  startAnew(): Dict {
    const old = this.dict;
    this.dict = new Dict(this.#memory, ENTRY_HEADER_BYTES).create();
    this.sweepPosition = 0;
    this.averageTtlMs = 0;
    return old;
  }

  /** Exchanges the contents of two databases. */
  swapWith(other: Database): void {
    const { dict, sweepPosition, averageTtlMs } = this;
    this.dict = other.dict;
    this.sweepPosition = other.sweepPosition;
    this.averageTtlMs = other.averageTtlMs;
    other.dict = dict;
    other.sweepPosition = sweepPosition;
    other.averageTtlMs = averageTtlMs;
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
   * and its result is `found`. `expiryMs` may be NO_EXPIRY or KEEP_EXPIRY; what an LFU policy has
   * counted stays. Returns the entry.
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
    const keeps = expiryMs === KEEP_EXPIRY;
    const time = keeps && found !== 0 ? this.expiryOf(found) : expiryMs;
    if (found !== 0 && this.#fitsInPlace(found, keyLength, valueLength, time)) {
      const words = memory.words[found >>> SEGMENT_SHIFT];
      const at = (found & GRANULE_MASK) << 2;
      words[at + ENTRY_META] = this.overwrittenMeta(words[at + ENTRY_META]);
      words[at + ENTRY_VALUE] = valueLength;
      if (time >= 0 && !keeps) writeExpiry(memory, found, time);
      const start = (at << 2) + entryBytes(keyLength, 0, time >= 0);
      copyBytes(memory.bytes[found >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
      return found;
    }
    const entry = this.newString(hash, key, keyAt, keyLength, value, valueAt, valueLength, time);
    if (found === 0) {
      this.dict.insert(entry);
      this.#host.added(this, entry);
      return entry;
    }
    if (keeps && time >= 0) copyExpiry(memory, found, entry);
    const meta = wordOf(memory, found, ENTRY_META);
    setWord(memory, entry, ENTRY_META, this.overwrittenMeta(meta));
    this.dict.replaceFound(entry);
    this.#host.dispose(found);
    return entry;
  }

  /**
   * Adds a key that is not there, with a string of `valueLength` bytes whose content is undefined:
   * the caller writes it. Returns the entry.
   */
  addString(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    encoding: number,
    valueLength: number,
  ): number {
    const entry = this.newStringRoom(hash, key, keyAt, keyLength, encoding, valueLength);
    this.add(entry);
    return entry;
  }

  /**
   * Puts a string entry that is in no dictionary under its key, whatever the key held; what an LFU
   * policy has counted stays. `found` is the key's entry or 0, and was looked up last.
   */
  putString(found: number, entry: number): void {
    if (found === 0) {
      this.add(entry);
      return;
    }
    const memory = this.#memory;
    const typeAndEncoding = wordOf(memory, entry, ENTRY_META) & 0xff;
    const meta = this.overwrittenMeta(wordOf(memory, found, ENTRY_META));
    setWord(memory, entry, ENTRY_META, (meta & ~0xff) | typeAndEncoding);
    this.dict.replaceFound(entry);
    this.#host.dispose(found);
  }

  /**
   * Gives the found string a value of `valueLength` bytes whose content is undefined: the caller
   * writes it. Key and expiry stay. Returns the entry.
   */
  rewriteFound(found: number, encoding: number, valueLength: number): number {
    const memory = this.#memory;
    const keyLength = keyLengthOf(memory, found);
    let entry = found;
    if (!this.#fitsInPlace(found, keyLength, valueLength, this.expiryOf(found))) {
      const keptBytes = entryBytes(keyLength, 0, hasExpiry(memory, found));
      entry = memory.alloc(keptBytes + valueLength);
      memory.copyWords(found, entry, (keptBytes + 3) >>> 2);
      this.dict.replaceFound(entry);
      memory.free(found);
    }
    const meta = this.overwrittenMeta(wordOf(memory, entry, ENTRY_META));
    setWord(memory, entry, ENTRY_META, meta | (encoding << 4));
    setWord(memory, entry, ENTRY_VALUE, valueLength);
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
    const entry = this.newValue(hash, key, keyAt, keyLength, type, encoding, valueRef, NO_EXPIRY);
    this.add(entry);
    return entry;
  }

  /** Adds an entry that is in no dictionary and whose key is not there. */
  add(entry: number): void {
    this.dict.insert(entry);
    this.#host.added(this, entry);
  }

  /** As `add` while a data set is loaded: nobody is told. */
  insert(entry: number): void {
    this.dict.insert(entry);
  }

  /** Adds a key that is not there, with a value inside its entry (ENCODING_INLINE). */
  addInline(
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    type: number,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
  ): number {
    const entry = this.newInline(
      hash,
      key,
      keyAt,
      keyLength,
      type,
      value,
      valueAt,
      valueLength,
      NO_EXPIRY,
    );
    this.add(entry);
    return entry;
  }

  /** Writes another value inside the found entry, which has one there. Returns the entry. */
  storeFoundInline(found: number, value: Uint8Array, valueAt: number, valueLength: number): number {
    const memory = this.#memory;
    const kept = entryBytes(keyLengthOf(memory, found), 0, hasExpiry(memory, found));
    const needed = kept + valueLength;
    const capacity = memory.capacityOf(found);
    const isRoomy = needed * 2 <= capacity && capacity > SMALLEST_SHRUNK_BYTES;
    const fits = needed <= capacity && !isRoomy && !memory.frozen(found);
    const entry = fits ? found : this.#resizeFound(found, kept, needed);
    setWord(memory, entry, ENTRY_VALUE, valueLength);
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    copyBytes(bytes, ((entry & GRANULE_MASK) << 4) + kept, value, valueAt, valueLength);
    return entry;
  }

  /** Puts a new block with the first bytes of the found entry in its place. */
  #resizeFound(found: number, keptBytes: number, sizeBytes: number): number {
    const memory = this.#memory;
    const entry = memory.alloc(sizeBytes);
    memory.copyWords(found, entry, (keptBytes + 3) >>> 2);
    this.dict.replaceFound(entry);
    memory.free(found);
    return entry;
  }

  /**
   * Stores the ref of the found entry's value (and its encoding); a value inside the entry goes.
   * Returns the entry.
   */
  storeFound(encoding: number, valueRef: number): number {
    let entry = this.dict.ownFoundEntry();
    if (isInline(this.#memory, entry)) {
      const keyLength = keyLengthOf(this.#memory, entry);
      const kept = entryBytes(keyLength, 0, hasExpiry(this.#memory, entry));
      entry = this.#resizeFound(entry, kept, kept);
    }
    const meta = wordOf(this.#memory, entry, ENTRY_META);
    setWord(this.#memory, entry, ENTRY_META, (meta & ~0xf0) | (encoding << 4));
    setWord(this.#memory, entry, ENTRY_VALUE, valueRef);
    return entry;
  }

  /**
   * Puts a value of another type than string in the place of whatever the found key held; its expiry
   * goes too. Returns the entry.
   */
  replaceFoundValue(found: number, type: number, encoding: number, valueRef: number): number {
    const memory = this.#memory;
    const entry = this.copyHeader(found, this.overwrittenMeta(wordOf(memory, found, ENTRY_META)));
    const meta = wordOf(memory, entry, ENTRY_META);
    setWord(memory, entry, ENTRY_META, (meta & ~0xff) | type | (encoding << 4));
    setWord(memory, entry, ENTRY_VALUE, valueRef);
    this.dict.replaceFound(entry);
    this.#host.dispose(found);
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
   * Makes the found string `length` bytes long, at least what it was; new bytes are zero, and the
   * caller may write anywhere. Encoding becomes raw. Returns the entry.
   */
  growFound(found: number, length: number): number {
    const memory = this.#memory;
    const oldLength = wordOf(memory, found, ENTRY_VALUE);
    const entry = this.#extendFound(found, length);
    if (length > oldLength) {
      const start = valueStartOf(memory, entry);
      memory.bytes[entry >>> SEGMENT_SHIFT].fill(0, start + oldLength, start + length);
    }
    return entry;
  }

  /** Adds bytes to the end of the found string. Encoding becomes raw. Returns the entry. */
  appendFound(found: number, value: Uint8Array, valueAt: number, valueLength: number): number {
    const memory = this.#memory;
    const oldLength = wordOf(memory, found, ENTRY_VALUE);
    const entry = this.#extendFound(found, oldLength + valueLength);
    const start = valueStartOf(memory, entry) + oldLength;
    copyBytes(memory.bytes[entry >>> SEGMENT_SHIFT], start, value, valueAt, valueLength);
    return entry;
  }

  /** The found string made raw, writable and `length` bytes long; new bytes are undefined. */
  #extendFound(found: number, length: number): number {
    const memory = this.#memory;
    const keyLength = keyLengthOf(memory, found);
    const expires = hasExpiry(memory, found);
    let entry = found;
    if (entryBytes(keyLength, length, expires) > memory.capacityOf(found)) {
      const keptBytes = entryBytes(keyLength, wordOf(memory, found, ENTRY_VALUE), expires);
      const room = length < MOST_DOUBLED_BYTES ? length : length >>> GROWTH_SHIFT;
      entry = memory.alloc(entryBytes(keyLength, length + room, expires));
      memory.copyWords(found, entry, (keptBytes + 3) >>> 2);
      // The dictionary reads the hash in the old entry here, so that is freed only afterwards.
      this.dict.replaceFound(entry);
      memory.free(found);
    } else {
      entry = this.dict.ownFoundEntry();
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

  #copyWithExpiry(old: number, expiryMs: number): number {
    const memory = this.#memory;
    const bytes = memory.bytes[old >>> SEGMENT_SHIFT];
    const hash = wordOf(memory, old, ENTRY_HASH);
    const keyLength = keyLengthOf(memory, old);
    return this.copyEntry(old, hash, bytes, keyStartOf(memory, old), keyLength, expiryMs);
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
