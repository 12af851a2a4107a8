import { CHUNK_BUCKETS, ENTRY_HASH } from "../structures/dict-layout";
import { sampleEntries } from "../structures/dict-random";
import { EntryList, sweepExpiring } from "../structures/dict-walk";
import type { Database } from "./database";
import { ENTRY_META, expiryOf, hasExpiry, wordOf } from "./entry";
import {
  type EvictionPolicy,
  RANK_EXPIRES_SOON,
  RANK_IDLE,
  RANK_NOTHING,
  RANK_RANDOM,
} from "./eviction-policy";
import { EvictionPool } from "./eviction-pool";
import type { Keyspace } from "./keyspace";
import type { UsedMemory } from "./used-memory";

/**
 * Keeps the memory in use below maxmemory by removing keys as the policy chooses them.
 *
 * `makeRoom` runs before every command while there is a limit. It stops when enough is free, or when
 * the time that `maxmemory-eviction-tenacity` grants is over; the rest is done between turns by
 * `work`, and as long as that goes on, a command frees no more than what it brings along. So
 * lowering the limit by gigabytes makes nobody wait, and writing faster than keys can be removed
 * does not pass the limit either.
 *
 * What waits to be freed lazily is freed before anything is evicted for it. It reads no clock but
 * the one it is given.
 */

/** Below the limit. */
export const ROOM_ENOUGH = 0;
/** Above it, and keys are being removed. */
export const ROOM_COMING = 1;
/** Above it, and nothing may be removed. */
export const ROOM_NONE = 2;

const EVICTED = 0;
const SEARCHING = 1;
const NOTHING_LEFT = 2;

/** Evictions between two looks at the clock. */
const KEYS_PER_LOOK = 16;
/** Even for a command that brings much, nobody waits longer. */
const LONGEST_WAIT_MS = 10;
const LAZY_STEP_MS = 0.1;
/** Buckets looked through at a time where keys with expiry are far apart: about 50 us. */
const MOST_BUCKETS = 4096;
const LFU_MAX = 255;
const SCORED_AT_ONCE = 16;
/** With one key more than `samples` the choices are as good as those of a real Redis (measured). */
const EXTRA_SAMPLES = 1;
/** More would make every eviction a pause and no choice better. */
const MOST_SAMPLES = 1000;

export class Eviction {
  /** maxmemory; 0 is no limit. */
  limitBytes = 0;
  /** Keys looked at for each eviction. */
  #wanted = 5 + EXTRA_SAMPLES;
  /** maxmemory-eviction-tenacity, 0 to 100. */
  tenacity = 10;
  /** False where the limit is ignored: on a replica, while loading. */
  appliesLimit = true;
  readonly #keyspace: Keyspace;
  readonly #used: UsedMemory;
  readonly #monotonicMs: () => number;
  readonly #pool = new EvictionPool();
  readonly #found = new EntryList();
  readonly #scores = new Float64Array(SCORED_AT_ONCE);
  readonly #hashes = new Int32Array(SCORED_AT_ONCE);
  #policy: EvictionPolicy = { rank: RANK_NOTHING, expiringOnly: false };
  #isBehind = false;
  #nextDatabase = 0;

  constructor(keyspace: Keyspace, used: UsedMemory, monotonicMs: () => number) {
    this.#keyspace = keyspace;
    this.#used = used;
    this.#monotonicMs = monotonicMs;
  }

  /** What the old policy has found is of no use to a new one. */
  setPolicy(policy: EvictionPolicy): void {
    this.#policy = policy;
    this.#pool.clear();
  }

  /** @param count maxmemory-samples. */
  setSamples(count: number): void {
    this.#wanted = Math.min(count, MOST_SAMPLES) + EXTRA_SAMPLES;
  }

  get policy(): EvictionPolicy {
    return this.#policy;
  }

  /** Whether memory is above the limit although keys were being removed. */
  get hasWork(): boolean {
    return this.#isBehind;
  }

  /** The limit or the policy changed: looks at it between turns. */
  reconsider(): void {
    this.#isBehind = this.limitBytes > 0;
  }

  /** Between turns: removes keys for about `budgetMs`. */
  work(budgetMs: number): void {
    this.#isBehind = false;
    this.#makeRoom(0, budgetMs);
  }

  /**
   * Before a command that brings `neededBytes`, 0 when it needs no memory. Returns ROOM_ENOUGH,
   * ROOM_COMING or ROOM_NONE.
   */
  makeRoom(neededBytes: number): number {
    if (this.limitBytes === 0 || this.#used.countedBytes <= this.limitBytes) return ROOM_ENOUGH;
    if (this.#isBehind && neededBytes === 0) return ROOM_COMING;
    return this.#makeRoom(neededBytes, tenacityMs(this.tenacity));
  }

  #makeRoom(neededBytes: number, limitMs: number): number {
    const used = this.#used;
    const { lazyFree, actionsPaused } = this.#keyspace;
    if (!this.appliesLimit || actionsPaused) return ROOM_ENOUGH;
    const startBytes = used.countedBytes;
    const startMs = this.#monotonicMs();
    for (let round = 1; used.countedBytes > this.limitBytes; round++) {
      let hasCostMuch = true;
      if (lazyFree.hasWork) {
        lazyFree.work(LAZY_STEP_MS);
      } else {
        const outcome = this.#evictOne();
        if (outcome === NOTHING_LEFT) return ROOM_NONE;
        hasCostMuch = outcome === SEARCHING;
      }
      const hasFreed = startBytes - used.countedBytes >= neededBytes;
      if (hasFreed && this.#isBehind) return ROOM_COMING;
      if (!hasCostMuch && round % KEYS_PER_LOOK !== 0) continue;
      const waitedMs = this.#monotonicMs() - startMs;
      if (waitedMs < limitMs || (!hasFreed && waitedMs < LONGEST_WAIT_MS)) continue;
      this.#isBehind = true;
      return ROOM_COMING;
    }
    return ROOM_ENOUGH;
  }

  #evictOne(): number {
    const { rank } = this.#policy;
    if (rank === RANK_NOTHING) return NOTHING_LEFT;
    if (rank === RANK_RANDOM) return this.#evictRandom();
    if (!this.#fillPool()) return NOTHING_LEFT;
    const pool = this.#pool;
    while (pool.count > 0) {
      const { bestDatabase: database, bestEntry: entry, bestHash: hash, bestScore: score } = pool;
      pool.dropBest();
      if (!database.dict.locateIfThere(entry, hash)) continue;
      if (this.#policy.expiringOnly && !hasExpiry(this.#keyspace.memory, entry)) continue;
      // It was used since it came into the pool, so others deserve it more.
      if (this.#scoreOf(entry) < score) continue;
      this.#evict(database, entry);
      return EVICTED;
    }
    return SEARCHING;
  }

  /** Takes turns among the databases. */
  #evictRandom(): number {
    const { databases, memory, random } = this.#keyspace;
    const { expiringOnly } = this.#policy;
    for (let tries = 0; tries < databases.length; tries++) {
      const database = databases[this.#nextDatabase];
      this.#nextDatabase = (this.#nextDatabase + 1) % databases.length;
      if ((expiringOnly ? database.expiring : database.size) === 0) continue;
      // Fair enough: a bucket is picked at random, and of it a key.
      sampleEntries(memory, database.dict, random, 1, expiringOnly, this.#found.clear());
      const entry = this.#found.refs[random.below(this.#found.count)];
      database.dict.locate(entry);
      this.#evict(database, entry);
      return EVICTED;
    }
    return NOTHING_LEFT;
  }

  /** Offers a few keys of each database to the pool; false when there is none that may go. */
  #fillPool(): boolean {
    const { databases } = this.#keyspace;
    let hasCandidates = false;
    for (const database of databases) {
      if ((this.#policy.expiringOnly ? database.expiring : database.size) === 0) continue;
      hasCandidates = true;
      this.#sample(database);
      this.#offerFound(database);
    }
    return hasCandidates;
  }

  /** Offers some of the keys found. They are read in one go, so that the misses overlap. */
  #offerFound(database: Database): void {
    const { memory } = this.#keyspace;
    const { refs, count } = this.#found;
    const scores = this.#scores;
    const hashes = this.#hashes;
    const most = Math.min(count, this.#wanted);
    for (let start = 0; start < most; start += SCORED_AT_ONCE) {
      const end = Math.min(start + SCORED_AT_ONCE, most);
      for (let i = start; i < end; i++) {
        hashes[i - start] = wordOf(memory, refs[i], ENTRY_HASH);
        scores[i - start] = this.#scoreOf(refs[i]);
      }
      for (let i = start; i < end; i++) {
        this.#pool.offer(database, refs[i], hashes[i - start], scores[i - start]);
      }
    }
  }

  /** Collects at least as many keys as are wanted, or what a walk of a bearable length finds. */
  #sample(database: Database): void {
    const { memory, random } = this.#keyspace;
    const { expiringOnly } = this.#policy;
    const { dict } = database;
    const found = this.#found.clear();
    const buckets = dict.chunks * CHUNK_BUCKETS;
    if (!expiringOnly || (dict.expiring * MOST_BUCKETS) / buckets > this.#wanted) {
      sampleEntries(memory, dict, random, this.#wanted, expiringOnly, found);
      return;
    }
    const from = database.evictionPosition;
    database.evictionPosition = sweepExpiring(memory, dict, from, MOST_BUCKETS, found);
  }

  /** The higher, the sooner the key should go. */
  #scoreOf(entry: number): number {
    const { memory, access } = this.#keyspace;
    const { rank } = this.#policy;
    if (rank === RANK_EXPIRES_SOON) return -expiryOf(memory, entry);
    const meta = wordOf(memory, entry, ENTRY_META);
    return rank === RANK_IDLE ? access.idleSecondsOf(meta) : LFU_MAX - access.frequencyOf(meta);
  }

  #evict(database: Database, entry: number): void {
    this.#keyspace.stats.evicted++;
    this.#keyspace.events.evicted(database, entry);
    database.deleteFound(entry);
  }
}

/** As Redis grants it: in proportion up to 10 (0.5 ms), exponentially above, without end at 100. */
function tenacityMs(tenacity: number): number {
  if (tenacity <= 10) return tenacity * 0.05;
  return tenacity < 100 ? 0.5 * 1.15 ** (tenacity - 10) : Number.POSITIVE_INFINITY;
}
