import { HalfSipHash } from "../base/half-sip-hash";
import type { Random } from "../base/random";
import type { Arena } from "../memory/arena";
import { SEGMENT_SHIFT } from "../memory/block-memory";
import { ENTRY_HASH, ENTRY_KEY_LENGTH } from "../structures/dict-layout";
import { EntryList } from "../structures/dict-walk";
import type { AccessClock } from "./access-clock";
import { Database, type DatabaseHost } from "./database";
import {
  ENTRY_META,
  ENTRY_VALUE,
  encodingOf,
  expiryOf,
  isInline,
  KEEP_EXPIRY,
  keyLengthOf,
  keyStartOf,
  setWord,
  typeOf,
  wordOf,
} from "./entry";
import type { KeyspaceEvents } from "./keyspace-events";
import type { LazyFree } from "./lazy-free";
import type { ValueType } from "./value-type";

/** Counters of INFO stats that the keyspace keeps. */
export class KeyspaceStats {
  hits = 0;
  misses = 0;
  expired = 0;
  /** Fields of hashes whose time came and that were removed for it. */
  expiredFields = 0;
  evicted = 0;
  /** Packed blocks that sanitize-dump-payload had checked (INFO dump_payload_sanitizations). */
  sanitizedBlocks = 0;
  /** Changes ever made; a command that has made none leaves it as it was. */
  changes = 0;
  /** How many of them the last file on disk holds. */
  savedChanges = 0;
  /** Of the keys with expiry that the sweep saw, the share that had expired; running average. */
  staleShare = 0;
  /** Slices of the sweep that ended before what they began (INFO expired_time_cap_reached_count). */
  expireTimeCapReached = 0;
  /** Time that the sweep has taken in all. */
  expireCycleMs = 0;

  /** Changes since the last save, as INFO persistence tells them. */
  get unsavedChanges(): number {
    return this.changes - this.savedChanges;
  }

  /** CONFIG RESETSTAT. Changes are no statistics. */
  reset(): void {
    this.hits = 0;
    this.misses = 0;
    this.expired = 0;
    this.expiredFields = 0;
    this.sanitizedBlocks = 0;
    this.evicted = 0;
    this.staleShare = 0;
    this.expireTimeCapReached = 0;
    this.expireCycleMs = 0;
  }
}

export interface KeyspaceParts {
  readonly memory: Arena;
  readonly random: Random;
  readonly hashKey: readonly [number, number];
  readonly databases: number;
  readonly types: readonly ValueType[];
  readonly events: KeyspaceEvents;
  readonly access: AccessClock;
  readonly lazyFree: LazyFree;
}

/**
 * All databases of the server, with what they share: the memory, the hash, time, the type table,
 * and who is told of changes.
 *
 * It owns the rule of expiry: an entry whose time has come is not there for anyone. A master removes
 * it when it meets it; a replica waits for its master to say so (`expiresKeys` false).
 *
 * `nowMs` is the time of the turn and set by the server before each; everything in one command sees
 * one time.
 */
export class Keyspace implements DatabaseHost {
  readonly memory: Arena;
  readonly databases: Database[];
  readonly stats = new KeyspaceStats();
  readonly random: Random;
  readonly hash: HalfSipHash;
  readonly events: KeyspaceEvents;
  readonly access: AccessClock;
  readonly lazyFree: LazyFree;
  /** Scratch for walks; free to use within one command. */
  readonly scratch = new EntryList();
  nowMs = 0;
  /** What is to expire at this time or before has expired: `nowMs`, but see `loadsCommands`. */
  dueMs = 0;
  /** False on a replica: expired keys are hidden, not removed. */
  expiresKeys = true;
  /** Whether Redis would share one object among equal small integers: no LRU or LFU eviction. */
  sharesIntegers = true;
  /** While CLIENT PAUSE stops writes: nothing expires or is evicted. */
  actionsPaused = false;
  /** Told when FLUSHALL has emptied every database. */
  afterFlushAll: () => void = () => undefined;
  #loadsCommands = false;
  readonly #types: (ValueType | undefined)[] = [];
  readonly #disposeEntry = (entry: number): void => this.dispose(entry);

  constructor(parts: KeyspaceParts) {
    this.memory = parts.memory;
    this.random = parts.random;
    this.hash = new HalfSipHash(parts.hashKey[0], parts.hashKey[1]);
    this.events = parts.events;
    this.access = parts.access;
    this.lazyFree = parts.lazyFree;
    for (const type of parts.types) this.#types[type.code] = type;
    this.databases = Array.from({ length: parts.databases }, (_, i) => new Database(this, i));
  }

  /** Sets the time that everything until the next call sees. */
  setTime(nowMs: number): void {
    this.nowMs = nowMs;
    if (!this.#loadsCommands) this.dueMs = nowMs;
    this.access.setTime(nowMs);
  }

  /**
   * While commands of a file are run nothing has expired: what they were run on was there at their
   * time, and that it expired is told by the file, too.
   */
  get loadsCommands(): boolean {
    return this.#loadsCommands;
  }

  set loadsCommands(loads: boolean) {
    this.#loadsCommands = loads;
    this.dueMs = loads ? Number.NEGATIVE_INFINITY : this.nowMs;
  }

  /** Whether a key that is given a time in the past goes at once. */
  get deletesPast(): boolean {
    return this.expiresKeys && !this.#loadsCommands;
  }

  get accessClock(): number {
    return this.access.fresh;
  }

  get countsAccesses(): boolean {
    return this.access.countsAccesses;
  }

  added(database: Database, entry: number): void {
    this.events.added(database, entry);
  }

  countAccess(meta: number): number {
    return this.access.count(meta);
  }

  /** The row of an entry's type. */
  typeOf(entry: number): ValueType {
    return this.typeByCode(typeOf(this.memory, entry));
  }

  typeByCode(code: number): ValueType {
    const type = this.#types[code];
    if (type === undefined) throw new Error(`no value type ${code}`);
    return type;
  }

  /** Whether an entry whose time has come may be removed now, not only hidden. */
  get removesExpired(): boolean {
    return this.expiresKeys && !this.actionsPaused;
  }

  /** Whether the entry's time has come. */
  isExpired(entry: number): boolean {
    return (
      wordOf(this.memory, entry, ENTRY_KEY_LENGTH) < 0 && expiryOf(this.memory, entry) <= this.dueMs
    );
  }

  /**
   * The live entry of a key, or 0, with neither hit counted nor clock touched. Removes an expired
   * one (on a master). The entry is the database's position.
   */
  peek(
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
  ): number {
    const entry = database.find(hash, key, keyAt, keyLength);
    if (entry === 0 || !this.isExpired(entry)) return entry;
    if (this.removesExpired) this.expireFound(database, entry);
    return 0;
  }

  /** As `peek`, for reading: counts hit or miss, tells of a miss, touches the access clock. */
  read(
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    touches: boolean,
  ): number {
    const entry = this.inspect(database, hash, key, keyAt, keyLength);
    if (entry === 0) this.events.missed(database, key, keyAt, keyLength);
    else if (touches) database.touch(entry);
    return entry;
  }

  /** As `peek`, and counts hit or miss. */
  inspect(
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
  ): number {
    const entry = this.peek(database, hash, key, keyAt, keyLength);
    if (entry === 0) this.stats.misses++;
    else this.stats.hits++;
    return entry;
  }

  /** Removes the found entry because its time has come, and tells everybody. */
  expireFound(database: Database, entry: number): void {
    this.stats.expired++;
    this.events.expired(database, entry);
    database.deleteFound(entry);
  }

  /**
   * Empties a database: it goes on with a new dictionary, and the old one is freed over turns.
   * Returns how many keys it had.
   */
  flush(database: Database): number {
    const removed = database.size;
    this.events.flushed(database);
    if (removed > 0) this.lazyFree.dict(database.startAnew(), this.#disposeEntry);
    this.stats.changes += removed;
    return removed;
  }

  /** Frees a database that is none of this keyspace's, with what is in it, over turns. */
  retire(database: Database): void {
    this.events.flushed(database);
    this.lazyFree.dict(database.dict, this.#disposeEntry);
  }

  /** Exchanges two databases under the eyes of their clients. */
  swap(first: Database, second: Database): void {
    this.stats.changes++;
    if (first === second) return;
    this.events.swapped(first, second);
    first.swapWith(second);
  }

  /**
   * A copy of an entry with its value and expiry under another key, as new as if it had been set
   * now. It is in no dictionary.
   */
  copyOf(entry: number, hash: number, key: Uint8Array, keyAt: number, keyLength: number): number {
    const { memory } = this;
    const database = this.databases[0];
    const copy = database.copyEntry(entry, hash, key, keyAt, keyLength, KEEP_EXPIRY);
    const meta = wordOf(memory, copy, ENTRY_META);
    setWord(memory, copy, ENTRY_META, (meta & 0xff) | this.access.fresh);
    if (!isInline(memory, entry))
      setWord(memory, copy, ENTRY_VALUE, this.typeOf(entry).copy(memory, entry));
    return copy;
  }

  /** The hash of a key given by bytes. */
  hashOf(key: Uint8Array, at: number, length: number): number {
    return this.hash.hash(key, at, length);
  }

  dispose(entry: number): void {
    if (!isInline(this.memory, entry)) {
      const value = wordOf(this.memory, entry, ENTRY_VALUE);
      this.lazyFree.value(this.typeOf(entry), encodingOf(this.memory, entry), value);
    }
    this.memory.free(entry);
  }

  /** A copy of an entry's key bytes. Allocates. */
  keyOf(entry: number): Uint8Array {
    const start = keyStartOf(this.memory, entry);
    const bytes = this.memory.bytes[entry >>> SEGMENT_SHIFT];
    return bytes.slice(start, start + keyLengthOf(this.memory, entry));
  }

  hashOfEntry(entry: number): number {
    return wordOf(this.memory, entry, ENTRY_HASH);
  }
}
