// What keys a node has, for tests that go through all of them with commands.

import { exactExpiryOf, hasExpiry } from "../../src/keyspace/entry";
import { forEachEntry } from "../../src/structures/dict-walk";
import type { FuzzNode } from "../fuzz/fuzz-node";

/** A key with its database and its expiry in ms since 1970, `0` for none, as RESTORE takes them. */
export interface NodeKey {
  readonly db: string;
  readonly key: Buffer;
  readonly ttl: string;
}

/** Database and key of everything that a node has. */
export function keysOf({ node: { keyspace } }: FuzzNode): NodeKey[] {
  return keyspace.databases.flatMap((database) => {
    const keys: NodeKey[] = [];
    forEachEntry(keyspace.memory, database.dict.ref, (entry) => {
      const ttl = hasExpiry(keyspace.memory, entry) ? exactExpiryOf(keyspace.memory, entry) : 0;
      const key = Buffer.from(keyspace.keyOf(entry));
      keys.push({ db: String(database.index), key, ttl: String(ttl) });
    });
    return keys;
  });
}
