import type { Database } from "./database";

/**
 * The best candidates for eviction seen so far, in the order of their scores.
 *
 * A small sample of keys is a poor guess at the least used one of all; keeping the best of many
 * samples is a good one. The pool holds refs of entries that may be gone when they are taken out, so
 * the hash goes along with each and the taker looks whether the entry is still there.
 *
 * What always holds: scores ascend; no entry is in it twice.
 */
const POOL_SIZE = 16;

export class EvictionPool {
  count = 0;
  readonly #scores = new Float64Array(POOL_SIZE);
  readonly #entries = new Int32Array(POOL_SIZE);
  readonly #hashes = new Int32Array(POOL_SIZE);
  readonly #databases: (Database | undefined)[] = new Array(POOL_SIZE).fill(undefined);

  clear(): void {
    this.count = 0;
    this.#databases.fill(undefined);
  }

  /** Offers a candidate; it is kept if it is better than the worst in a full pool. */
  offer(database: Database, entry: number, hash: number, score: number): void {
    const isFull = this.count === POOL_SIZE;
    if (isFull && score <= this.#scores[0]) return;
    for (let i = 0; i < this.count; i++) if (this.#entries[i] === entry) return;
    let at = this.count;
    while (at > 0 && this.#scores[at - 1] > score) at--;
    if (isFull) {
      // The worst falls out at the low end; what is worse than the newcomer moves down.
      at--;
      for (let i = 0; i < at; i++) this.#copy(i + 1, i);
    } else {
      for (let i = this.count; i > at; i--) this.#copy(i - 1, i);
      this.count++;
    }
    this.#scores[at] = score;
    this.#entries[at] = entry;
    this.#hashes[at] = hash;
    this.#databases[at] = database;
  }

  /** The best candidate's database, entry, hash and score; only while `count` is not 0. */
  get bestDatabase(): Database {
    const database = this.#databases[this.count - 1];
    if (database === undefined) throw new Error("the pool is empty");
    return database;
  }

  get bestEntry(): number {
    return this.#entries[this.count - 1];
  }

  get bestHash(): number {
    return this.#hashes[this.count - 1];
  }

  get bestScore(): number {
    return this.#scores[this.count - 1];
  }

  /** Takes the best candidate out. */
  dropBest(): void {
    this.count--;
    this.#databases[this.count] = undefined;
  }

  #copy(from: number, to: number): void {
    this.#scores[to] = this.#scores[from];
    this.#entries[to] = this.#entries[from];
    this.#hashes[to] = this.#hashes[from];
    this.#databases[to] = this.#databases[from];
  }
}
