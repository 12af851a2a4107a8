// A look behind the commands at what a node holds under a key.

import { DatasetDigest } from "../../src/server/commands/debug/dataset-digest";
import type { FuzzNode } from "../fuzz/fuzz-node";
import { verifyValue } from "../persistence/verify-value";

/** The entry of a key; 0 for none. */
function entryOf({ node: { keyspace } }: FuzzNode, key: string | Buffer, database = 0): number {
  const name = Buffer.from(key as string);
  const hash = keyspace.hashOf(name, 0, name.length);
  return keyspace.databases[database].find(hash, name, 0, name.length);
}

/** As DEBUG DIGEST-VALUE tells it; undefined without such a key. */
export function digestOfKey(
  fuzz: FuzzNode,
  key: string | Buffer,
  database = 0,
): string | undefined {
  const entry = entryOf(fuzz, key, database);
  return entry === 0 ? undefined : new DatasetDigest(fuzz.node.keyspace).ofValue(entry);
}

/** @throws when a rule of the value's structure is broken. */
export function verifyKey(fuzz: FuzzNode, key: string): void {
  const { keyspace, memory } = fuzz.node;
  const entry = entryOf(fuzz, key);
  if (entry !== 0) verifyValue(memory, keyspace.typeOf(entry).name, entry);
}
