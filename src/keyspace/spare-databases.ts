import { Database } from "./database";
import type { Keyspace } from "./keyspace";

/**
 * Databases beside those of a keyspace, for a data set that is loaded while the keyspace's own goes
 * on being served. They lie in the same memory and no client reaches them.
 *
 * What always holds: they take the place of the keyspace's databases all at once, within one call, or
 * are thrown away; what is replaced or thrown away is freed between turns.
 */
export class SpareDatabases {
  readonly list: readonly Database[];
  readonly #keyspace: Keyspace;
  #isGone = false;

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    // Numbers that no client can name: who waits for keys or watches them is not to find these.
    this.list = keyspace.databases.map((_, index) => new Database(keyspace, -1 - index));
  }

  /** They become what clients see, who are told as at SWAPDB; client-side caches as at FLUSHALL. */
  takePlace(): void {
    const { databases, events } = this.#keyspace;
    events.emptied();
    databases.forEach((database, index) => {
      const spare = this.list[index];
      events.swapped(database, spare);
      database.swapWith(spare);
    });
    this.discard();
  }

  /** They are not used any more, nor is what is in them. */
  discard(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const database of this.list) this.#keyspace.retire(database);
  }
}
