// A keyspace without commands and sockets, with a clock that stands still until it is moved.
// What always holds: `check` walks every database and the arena, and nothing has leaked.

import { ManualClock } from "../../../src/base/clock";
import { Random } from "../../../src/base/random";
import { AccessClock } from "../../../src/keyspace/access-clock";
import type { Database } from "../../../src/keyspace/database";
import {
  ENTRY_HEADER_BYTES,
  keyLengthOf,
  keyStartOf,
  NO_EXPIRY,
} from "../../../src/keyspace/entry";
import { Keyspace } from "../../../src/keyspace/keyspace";
import { KeyspaceListener } from "../../../src/keyspace/keyspace-listener";
import { LazyFree } from "../../../src/keyspace/lazy-free";
import type { ValueType } from "../../../src/keyspace/value-type";
import { Arena } from "../../../src/memory/arena";
import { SEGMENT_SHIFT } from "../../../src/memory/block-memory";
import { verifyDict } from "../../../src/structures/dict-verify";
import { forEachEntry } from "../../../src/structures/dict-walk";
import { stringType } from "../../../src/types/string/string-value";

export interface FixtureOptions {
  readonly seed?: number;
  readonly databases?: number;
  readonly poison?: boolean;
  readonly types?: readonly ValueType[];
}

const START_MS = 1_700_000_000_000;

export class KeyspaceFixture {
  readonly clock = new ManualClock(START_MS);
  readonly memory: Arena;
  readonly keyspace: Keyspace;
  /** Keys told to be removed, by what. */
  readonly expired: string[] = [];
  readonly evicted: string[] = [];
  /** Every look at the monotonic clock lets so much time pass, as work does. */
  msPerLook = 0;

  constructor(options: FixtureOptions = {}) {
    const random = new Random(options.seed ?? 1);
    this.memory = new Arena({ poison: options.poison ?? false });
    this.keyspace = new Keyspace({
      memory: this.memory,
      random,
      hashKey: [3, 5],
      databases: options.databases ?? 1,
      types: options.types ?? [stringType],
      events: Object.assign(new KeyspaceListener(), {
        expired: (_database: Database, entry: number) => void this.expired.push(this.keyOf(entry)),
        evicted: (_database: Database, entry: number) => void this.evicted.push(this.keyOf(entry)),
      }),
      access: new AccessClock(random),
      lazyFree: new LazyFree(this.memory, this.monotonicMs),
    });
    this.pass(0);
  }

  readonly monotonicMs = (): number => {
    this.clock.advance(this.msPerLook);
    return this.clock.monotonicMs();
  };

  get database(): Database {
    return this.keyspace.databases[0];
  }

  /** Lets time pass, for the keyspace as well. */
  pass(durationMs: number): void {
    this.clock.advance(durationMs);
    this.keyspace.setTime(this.clock.nowMs());
  }

  /** @param ttlMs absent: the key does not expire. */
  set(key: string, value: string, ttlMs?: number, database = this.database): number {
    const bytes = Buffer.from(key, "latin1");
    const text = Buffer.from(value, "latin1");
    const hash = this.keyspace.hashOf(bytes, 0, bytes.length);
    const found = database.find(hash, bytes, 0, bytes.length);
    const expiryMs = ttlMs === undefined ? NO_EXPIRY : this.keyspace.nowMs + ttlMs;
    return database.setString(found, hash, bytes, 0, bytes.length, text, 0, text.length, expiryMs);
  }

  /** The live entry of a key, touched; or 0. */
  get(key: string, database = this.database): number {
    const bytes = Buffer.from(key, "latin1");
    const hash = this.keyspace.hashOf(bytes, 0, bytes.length);
    return this.keyspace.read(database, hash, bytes, 0, bytes.length, true);
  }

  keyOf(entry: number): string {
    const bytes = this.memory.bytes[entry >>> SEGMENT_SHIFT];
    const start = keyStartOf(this.memory, entry);
    return Buffer.from(bytes.slice(start, start + keyLengthOf(this.memory, entry))).toString(
      "latin1",
    );
  }

  keys(database = this.database): string[] {
    const keys: string[] = [];
    forEachEntry(this.memory, database.dict.ref, (entry) => keys.push(this.keyOf(entry)));
    return keys;
  }

  check(): void {
    for (const database of this.keyspace.databases) {
      verifyDict(this.memory, database.dict.ref, {
        keyAt: ENTRY_HEADER_BYTES,
        hashOf: (bytes, at, length) => this.keyspace.hashOf(bytes, at, length),
      });
    }
    this.memory.verify();
  }
}
