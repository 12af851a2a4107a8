import { CHUNK_BUCKETS } from "../structures/dict-layout";
import { EntryList, sweepExpiring } from "../structures/dict-walk";
import type { Database } from "./database";
import { expiryOf } from "./entry";
import type { Keyspace } from "./keyspace";

/**
 * Removes keys whose time has come although nobody asks for them.
 *
 * It walks the buckets of each database, which is a random order of keys, and looks at the entries
 * whose tag says that they expire. It walks from the end of the table to its beginning, because a
 * table that shrinks moves its last entries forward, to where it comes by once more. `tick` looks at a few at every tick of the cron;
 * when more of them than `active-expire-effort` bears have expired, the database is behind, and
 * `work` goes on with it between turns until fewer are. So a million keys that expire at one moment
 * are gone within a second, and none of it is done in one piece.
 *
 * What always holds: a key is removed only if its time has come, and only where keys may be removed
 * (not on a replica, not while clients are paused). It reads no clock but the one it is given.
 */

/** Keys that a tick looks at in each database, and how many more for each step of effort. */
const KEYS_PER_TICK = 100;
const KEYS_PER_EFFORT = 25;
/** Keys between two looks at the clock, while a database is behind. */
const KEYS_PER_BATCH = 256;
/** Buckets that a batch walks over at most, where few keys expire: about 50 us. */
const MOST_BUCKETS = 4096;
/** The percentage of expired keys that is left alone at effort 1; one less for each step more. */
const BEARABLE_PERCENT = 10;
const TICK_BUDGET_MS = 1;

/** What a sweep has found: more expired keys than is bearable, fewer, or no key with expiry. */
const TOO_MANY = 0;
const BEARABLE = 1;
const UNKNOWN = 2;
/** How much the newest cycle counts in the running averages, as in Redis. */
const STALE_WEIGHT = 0.05;
const TTL_WEIGHT = 0.02;

export class ExpireCycle {
  /** DEBUG SET-ACTIVE-EXPIRE. */
  isEnabled = true;
  /** active-expire-effort, 1 to 10. */
  effort = 1;
  readonly #keyspace: Keyspace;
  readonly #monotonicMs: () => number;
  readonly #found = new EntryList();
  /** Databases in which too many keys have expired. */
  readonly #behind = new Set<Database>();
  #looked = 0;
  #expired = 0;

  constructor(keyspace: Keyspace, monotonicMs: () => number) {
    this.#keyspace = keyspace;
    this.#monotonicMs = monotonicMs;
  }

  get hasWork(): boolean {
    return this.#behind.size > 0;
  }

  /** The regular look at all databases, once per tick of the cron. */
  tick(): void {
    if (!this.#mayRun) {
      this.#behind.clear();
      return;
    }
    const startMs = this.#monotonicMs();
    this.#looked = 0;
    this.#expired = 0;
    const keys = KEYS_PER_TICK + KEYS_PER_EFFORT * (this.effort - 1);
    for (const database of this.#keyspace.databases) {
      if (database.expiring === 0) {
        database.averageTtlMs = 0;
        continue;
      }
      if (this.#sweep(database, keys) === TOO_MANY) this.#behind.add(database);
      if (this.#monotonicMs() - startMs > TICK_BUDGET_MS) break;
    }
    this.#keyspace.stats.expireCycleMs += this.#monotonicMs() - startMs;
    this.#averageStale();
  }

  /** Goes on with the databases that are behind, for about `budgetMs`. */
  work(budgetMs: number): void {
    const { stats } = this.#keyspace;
    const startMs = this.#monotonicMs();
    if (!this.#mayRun) this.#behind.clear();
    for (const database of this.#behind) {
      while (this.#sweep(database, KEYS_PER_BATCH) !== BEARABLE) {
        if (this.#monotonicMs() - startMs < budgetMs) continue;
        // The next slice begins with another database.
        this.#behind.delete(database);
        this.#behind.add(database);
        stats.expireTimeCapReached++;
        stats.expireCycleMs += this.#monotonicMs() - startMs;
        return;
      }
      this.#behind.delete(database);
    }
    stats.expireCycleMs += this.#monotonicMs() - startMs;
  }

  get #mayRun(): boolean {
    return this.isEnabled && this.#keyspace.removesExpired;
  }

  /** Looks at about `keys` keys. Returns TOO_MANY, BEARABLE or UNKNOWN. */
  #sweep(database: Database, keys: number): number {
    const keyspace = this.#keyspace;
    const { dict } = database;
    if (dict.expiring === 0) return BEARABLE;
    const found = this.#collect(database, keys);
    let liveMs = 0;
    let expired = 0;
    for (let i = 0; i < found.count; i++) {
      const entry = found.refs[i];
      if (keyspace.isExpired(entry)) {
        dict.locate(entry);
        keyspace.expireFound(database, entry);
        expired++;
      } else {
        liveMs += expiryOf(keyspace.memory, entry) - keyspace.nowMs;
      }
    }
    this.#looked += found.count;
    this.#expired += expired;
    averageTtl(database, liveMs, found.count - expired);
    if (found.count === 0) return UNKNOWN;
    const bearable = found.count * (BEARABLE_PERCENT - (this.effort - 1));
    return expired * 100 > bearable ? TOO_MANY : BEARABLE;
  }

  /** The keys with expiry in the buckets before the position, which becomes their beginning. */
  #collect(database: Database, keys: number): EntryList {
    const { dict } = database;
    const total = dict.chunks * CHUNK_BUCKETS;
    const wanted = Math.min(Math.ceil((keys * total) / dict.expiring), MOST_BUCKETS);
    const end = database.sweepPosition > 0 ? Math.min(database.sweepPosition, total) : total;
    const buckets = Math.min(wanted, end);
    database.sweepPosition = end - buckets;
    const found = this.#found.clear();
    sweepExpiring(this.#keyspace.memory, dict, database.sweepPosition, buckets, found);
    return found;
  }

  #averageStale(): void {
    const { stats } = this.#keyspace;
    const share = this.#looked === 0 ? 0 : this.#expired / this.#looked;
    stats.staleShare += (share - stats.staleShare) * STALE_WEIGHT;
  }
}

function averageTtl(database: Database, sumMs: number, count: number): void {
  if (count === 0) return;
  const ttlMs = sumMs / count;
  const isFirst = database.averageTtlMs === 0;
  database.averageTtlMs += (ttlMs - database.averageTtlMs) * (isFirst ? 1 : TTL_WEIGHT);
}
