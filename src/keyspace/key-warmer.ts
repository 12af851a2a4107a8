import { EVENT_BIT, EVENT_INLINE, RECORD_HEADER_WORDS } from "../protocol/request-record";
import type { Clients } from "../session/clients";
import { LOOK_AHEAD } from "../session/turn-loop";
import { DictWarmer } from "../structures/dict-warm";
import type { Keyspace } from "./keyspace";

/** Below so many keys the dictionary lives in the cache anyway. */
const SMALLEST_WARMED = 8192;
const KEY_HASH_WORD = 3;

/**
 * Looks ahead in a turn's records and warms the keys of the next commands (argument 1 of each).
 *
 * A command whose first argument is no key, or of another database than its client's, costs a
 * useless load and nothing else.
 */
export class KeyWarmer {
  readonly #keyspace: Keyspace;
  readonly #clients: Clients;
  readonly #table: Uint32Array;
  readonly #warmer = new DictWarmer(LOOK_AHEAD);

  constructor(keyspace: Keyspace, clients: Clients, table: Uint32Array) {
    this.#keyspace = keyspace;
    this.#clients = clients;
    this.#table = table;
  }

  /** Warms the keys of the next records, at most LOOK_AHEAD of `left`, from table word `at` on. */
  warm(at: number, left: number): void {
    const client = this.#clients.bySlot[this.#table[at]];
    this.warmIn(client === undefined ? 0 : client.db, at, left);
  }

  /** The same for records that are all for one database. */
  warmIn(database: number, at: number, left: number): void {
    const table = this.#table;
    const { dict } = this.#keyspace.databases[database];
    if (dict.count < SMALLEST_WARMED) return;
    const { hashes } = this.#warmer;
    const records = Math.min(left, LOOK_AHEAD);
    let word = at;
    let count = 0;
    for (let record = 0; record < records; record++) {
      const argc = table[word + 1];
      if (argc >= EVENT_BIT) {
        word += RECORD_HEADER_WORDS + (argc - EVENT_BIT === EVENT_INLINE ? 2 : 0);
        continue;
      }
      if (argc > 1) hashes[count++] = table[word + KEY_HASH_WORD];
      word += RECORD_HEADER_WORDS + argc * 2;
    }
    this.#warmer.warm(this.#keyspace.memory, dict, count);
  }
}
