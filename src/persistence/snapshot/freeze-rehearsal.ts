import { Database } from "../../keyspace/database";
import { NO_EXPIRY } from "../../keyspace/entry";
import type { Keyspace } from "../../keyspace/keyspace";

const KEYS = 64;
const SHORT_BYTES = 32;
const LONG_BYTES = 100;
const KEY_BYTES = 16;

/**
 * Writes to a database that nobody sees, before and during a freeze of its own, and throws it away.
 *
 * Why: V8 compiles a function for the paths that it has seen. Without this, the first snapshot leads
 * every write into paths that were never taken; all functions on the way lose their compiled code at
 * once, just when each write also has a chunk to copy. Measured with 5 M keys and 50 k writes a
 * second: the first 100 ms after BGSAVE had writes of 46 to 108 ms.
 *
 * It takes 1 to 2 ms at first and belongs soon after the start, several times. Memory must not be
 * frozen; afterwards it is as it was. Nobody is told of the keys.
 */
export function rehearseFreeze(keyspace: Keyspace): void {
  const { memory } = keyspace;
  const rehearsal = new Rehearsal(keyspace);
  rehearsal.write(0, KEYS, SHORT_BYTES);
  memory.freeze();
  rehearsal.write(0, KEYS / 2, SHORT_BYTES);
  rehearsal.write(0, KEYS / 2, LONG_BYTES);
  rehearsal.write(KEYS, KEYS * 2, SHORT_BYTES);
  rehearsal.remove(KEYS / 4, KEYS);
  memory.thaw();
  rehearsal.write(0, KEYS, LONG_BYTES);
  rehearsal.end();
  while (memory.releaseParked(KEYS) > 0);
}

class Rehearsal {
  readonly #keyspace: Keyspace;
  readonly #database: Database;
  readonly #bytes = new Uint8Array(KEY_BYTES + LONG_BYTES);

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace;
    this.#database = new Database(keyspace, 0);
  }

  write(from: number, to: number, valueBytes: number): void {
    const bytes = this.#bytes;
    const database = this.#database;
    for (let number = from; number < to; number++) {
      const hash = this.#hashOf(number);
      const found = database.find(hash, bytes, 0, KEY_BYTES);
      const value = [bytes, KEY_BYTES, valueBytes, NO_EXPIRY] as const;
      // Not by setString where the key is new: that would tell those who wait for new keys.
      if (found !== 0) database.setString(found, hash, bytes, 0, KEY_BYTES, ...value);
      else database.dict.insert(database.newString(hash, bytes, 0, KEY_BYTES, ...value));
    }
  }

  remove(from: number, to: number): void {
    const database = this.#database;
    for (let number = from; number < to; number++) {
      const found = database.find(this.#hashOf(number), this.#bytes, 0, KEY_BYTES);
      database.deleteFound(found);
    }
  }

  end(): void {
    const dispose = (entry: number): void => this.#keyspace.dispose(entry);
    const { dict } = this.#database;
    while (dict.disposeChunk(dispose));
  }

  /** Makes the bytes begin with the key of that number; returns its hash. */
  #hashOf(number: number): number {
    const bytes = this.#bytes;
    bytes[0] = number & 255;
    return this.#keyspace.hashOf(bytes, 0, KEY_BYTES);
  }
}
