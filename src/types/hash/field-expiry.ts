import { EVENT_GENERIC, EVENT_HASH } from "../../config/keyspace-events";
import type { Database } from "../../keyspace/database";
import {
  ENTRY_VALUE,
  encodingOf,
  keyLengthOf,
  keyStartOf,
  TYPE_HASH,
  typeOf,
  wordOf,
} from "../../keyspace/entry";
import type { Keyspace } from "../../keyspace/keyspace";
import { KeyspaceListener } from "../../keyspace/keyspace-listener";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { CHUNK_BUCKETS, DICT_EXPIRING, ENTRY_HASH } from "../../structures/dict-layout";
import { EntryList, sweepExpiring } from "../../structures/dict-walk";
import { ExpiryIndex } from "./expiry-index";
import { fieldExpiryOf } from "./field-entry";
import { HASH_DICT, mayExpire } from "./hash-encoding";
import { HashLimits } from "./hash-limits";
import { HashValue } from "./hash-value";
import { NEVER } from "./time-words";

export interface FieldExpiryParts {
  readonly keyspace: Keyspace;
  /** Begins or ends to tell a listener of changes. */
  readonly listen: (listener: KeyspaceListener, isListening: boolean) => void;
  /** Whether fields may be removed now (not on a replica, nor while that is switched off). */
  readonly mayRun: () => boolean;
  readonly monotonicMs: () => number;
}

const TICK_BUDGET_MS = 0.5;
/** Buckets of a large hash between two looks at the clock: about 2000 fields. */
const BUCKETS_PER_STEP = 256;
/** When more than a tenth of what was looked at was due or gone, there is more of it. */
const BEARABLE_SHARE = 10;

/**
 * Removes fields whose time has come although nobody asks for them, and the keys of hashes that have
 * none left. Nobody sees such fields before that either: HashValue does not find them.
 *
 * It keeps an index of the hashes that have fields with expiries, for each database with any. It
 * listens to the keyspace from the first such field to the last, so that a hash stays known when its
 * key is renamed, moved or copied. `tick` looks through the index for hashes that are due and for
 * keys that are gone, a little each time; while there are many of these, `work` goes on between turns.
 *
 * What always holds: every hash that has a field with an expiry is in the index of its database,
 * with a time that is not later than that expiry. Whoever loads a hash with such fields calls `note`.
 */
export class FieldExpiry extends KeyspaceListener {
  readonly #parts: FieldExpiryParts;
  readonly #indexes = new Map<Database, ExpiryIndex>();
  readonly #found = new EntryList();
  readonly #fields = new EntryList();
  #value: HashValue | undefined;
  /** The hash that is being visited, for `#tellExpired`. */
  #visited: Database | undefined;
  #visitedIndex: ExpiryIndex | undefined;
  #visitedEntry = 0;
  readonly #tellExpired = (handle: number): void => this.#tell(handle);
  #isBehind = false;
  #looked = 0;
  #treated = 0;

  constructor(parts: FieldExpiryParts) {
    super();
    this.#parts = parts;
  }

  get hasWork(): boolean {
    return this.#isBehind;
  }

  /** A field of a hash has got an expiry. */
  note(
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    expiryMs: number,
  ): void {
    let index = this.#indexes.get(database);
    if (index === undefined) {
      if (this.#indexes.size === 0) this.#parts.listen(this, true);
      index = new ExpiryIndex(this.#parts.keyspace.memory);
      this.#indexes.set(database, index);
    }
    index.note(hash, key, keyAt, keyLength, expiryMs);
  }

  /** An entry came into being, perhaps by another's being renamed, moved or copied. */
  override added(database: Database, entry: number): void {
    const { memory } = this.#parts.keyspace;
    if (!hasExpiringFields(memory, entry)) return;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const hash = wordOf(memory, entry, ENTRY_HASH);
    this.note(database, hash, bytes, keyStartOf(memory, entry), keyLengthOf(memory, entry), 0);
  }

  override flushed(database: Database): void {
    this.#forget(database);
  }

  override swapped(first: Database, second: Database): void {
    const one = this.#indexes.get(first);
    const other = this.#indexes.get(second);
    this.#indexes.delete(first);
    this.#indexes.delete(second);
    if (one !== undefined) this.#indexes.set(second, one);
    if (other !== undefined) this.#indexes.set(first, other);
  }

  /** The regular look, once per tick of the cron. */
  tick(): void {
    this.#run(TICK_BUDGET_MS);
  }

  /** Goes on while there is much to do, for about `budgetMs`. */
  work(budgetMs: number): void {
    this.#run(budgetMs);
  }

  #run(budgetMs: number): void {
    this.#isBehind = false;
    if (this.#indexes.size === 0 || !this.#parts.mayRun()) return;
    const endMs = this.#parts.monotonicMs() + budgetMs;
    this.#looked = 0;
    this.#treated = 0;
    for (const [database, index] of this.#indexes) {
      this.#removeDue(database, index, endMs);
      this.#dropStale(database, index, endMs);
      if (index.dict.count === 0) this.#forget(database);
    }
    if (this.#treated * BEARABLE_SHARE > this.#looked) this.#isBehind = true;
  }

  /** Visits the hashes that are due, once around the index or until the time is over. */
  #removeDue(database: Database, index: ExpiryIndex, endMs: number): void {
    const { nowMs } = this.#parts.keyspace;
    const found = this.#found;
    for (let left = index.dict.chunks; left > 0; left--) {
      index.duePosition = index.collect(index.duePosition, found.clear());
      this.#looked += found.count;
      for (let i = 0; i < found.count; i++) {
        if (index.dueMs(found.refs[i]) > nowMs) continue;
        this.#visit(database, index, found.refs[i], endMs);
      }
      if (this.#parts.monotonicMs() >= endMs) return;
    }
  }

  /** Forgets keys that are gone, or hold something else now; stops where there are few of them. */
  #dropStale(database: Database, index: ExpiryIndex, endMs: number): void {
    const found = this.#found;
    for (let left = index.dict.chunks; left > 0; left--) {
      index.stalePosition = index.collect(index.stalePosition, found.clear());
      let stale = 0;
      for (let i = 0; i < found.count; i++) {
        if (this.#hashOf(database, index, found.refs[i]) !== 0) continue;
        index.drop(found.refs[i]);
        stale++;
      }
      if (stale * BEARABLE_SHARE <= found.count || this.#parts.monotonicMs() >= endMs) return;
    }
  }

  /** The live hash with expiring fields of an entry of the index, or 0. */
  #hashOf(database: Database, index: ExpiryIndex, entry: number): number {
    const hash = index.hash(entry);
    const bytes = index.keyBytes(entry);
    const found = database.find(hash, bytes, index.keyStart(entry), index.keyLength(entry));
    if (found === 0) return 0;
    return hasExpiringFields(this.#parts.keyspace.memory, found) ? found : 0;
  }

  /** Removes fields of one hash whose time has come. */
  #visit(database: Database, index: ExpiryIndex, entry: number, endMs: number): void {
    const { keyspace } = this.#parts;
    const found = this.#hashOf(database, index, entry);
    if (found === 0) {
      this.#treated++;
      index.drop(entry);
      return;
    }
    // The key itself goes first, by whoever meets it.
    if (keyspace.isExpired(found)) return;
    this.#treated++;
    this.#value ??= new HashValue(keyspace.memory, keyspace.hash, new HashLimits());
    const value = this.#value.open(found, keyspace.nowMs);
    const before = value.count;
    this.#visited = database;
    this.#visitedIndex = index;
    this.#visitedEntry = entry;
    const leastMs =
      value.encoding === HASH_DICT
        ? this.#sweepDict(value, index, entry, endMs)
        : value.expireInListpack(this.#tellExpired);
    const removed = before - value.count;
    if (removed > 0) this.#finish(database, index, entry, value, removed);
    if (leastMs === NEVER) index.drop(entry);
    else if (leastMs >= 0) index.endRound(entry, leastMs);
  }

  /** A field of the hash that is being visited is about to go. */
  #tell(handle: number): void {
    const database = this.#visited;
    const index = this.#visitedIndex;
    const value = this.#value;
    if (database === undefined || index === undefined || value === undefined) return;
    const key = index.keyBytes(this.#visitedEntry);
    const keyAt = index.keyStart(this.#visitedEntry);
    const keyLength = index.keyLength(this.#visitedEntry);
    value.showField(handle);
    const { bytes, at, length } = value;
    const { events } = this.#parts.keyspace;
    events.fieldExpired(database, key, keyAt, keyLength, bytes, at, length);
  }

  /** Stores and tells what a visit has changed. */
  #finish(
    database: Database,
    index: ExpiryIndex,
    entry: number,
    value: HashValue,
    removed: number,
  ): void {
    const { events, stats } = this.#parts.keyspace;
    const isEmptied = value.count === 0;
    const bytes = index.keyBytes(entry);
    const keyAt = index.keyStart(entry);
    const keyLength = index.keyLength(entry);
    if (value.isMoved) database.storeFound(value.encoding, value.ref);
    stats.expiredFields += removed;
    stats.changes += removed;
    events.changed(database, bytes, keyAt, keyLength);
    events.notify(EVENT_HASH, "hexpired", database, bytes, keyAt, keyLength);
    if (!isEmptied) return;
    database.deleteFound(database.find(index.hash(entry), bytes, keyAt, keyLength));
    events.notify(EVENT_GENERIC, "del", database, bytes, keyAt, keyLength);
  }

  /**
   * Goes on with the round through a dictionary. Returns the least expiry of the fields that stay,
   * NEVER when none has one, -1 when the round is not at its end.
   */
  #sweepDict(value: HashValue, index: ExpiryIndex, entry: number, endMs: number): number {
    const { dict, arena } = value;
    const fields = this.#fields;
    const resumes = index.position(entry) > 0;
    const roundChunks = resumes ? index.roundChunks(entry) : dict.chunks;
    let leastMs = resumes ? index.roundLeastMs(entry) : NEVER;
    let position = resumes
      ? Math.min(index.position(entry), dict.chunks * CHUNK_BUCKETS)
      : dict.chunks * CHUNK_BUCKETS;
    // A table that has grown meanwhile may have moved fields to where the round has been already.
    const isWhole = dict.chunks <= roundChunks;
    while (position > 0 && dict.expiring > 0) {
      const from = Math.max(0, position - BUCKETS_PER_STEP);
      sweepExpiring(arena, dict, from, position - from, fields.clear());
      for (let i = 0; i < fields.count; i++) {
        const expiryMs = fieldExpiryOf(arena, fields.refs[i]);
        if (expiryMs <= value.nowMs) {
          this.#tell(fields.refs[i]);
          value.remove(fields.refs[i]);
        } else if (expiryMs < leastMs) leastMs = expiryMs;
      }
      position = Math.min(from, dict.chunks * CHUNK_BUCKETS);
      if (position > 0 && this.#parts.monotonicMs() >= endMs) {
        index.pauseRound(entry, position, roundChunks, leastMs);
        this.#isBehind = true;
        return -1;
      }
    }
    if (dict.expiring === 0) return NEVER;
    return isWhole ? leastMs : value.nowMs;
  }

  #forget(database: Database): void {
    const index = this.#indexes.get(database);
    if (index === undefined) return;
    const { keyspace, listen } = this.#parts;
    this.#indexes.delete(database);
    keyspace.lazyFree.dict(index.dict, (entry) => keyspace.memory.free(entry));
    if (this.#indexes.size === 0) listen(this, false);
  }
}

/** Whether an entry is a hash that may have fields with expiries. */
function hasExpiringFields(memory: BlockMemory, entry: number): boolean {
  if (typeOf(memory, entry) !== TYPE_HASH) return false;
  const encoding = encodingOf(memory, entry);
  if (encoding !== HASH_DICT) return mayExpire(encoding);
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  return words[((ref & GRANULE_MASK) << 2) + DICT_EXPIRING] > 0;
}
