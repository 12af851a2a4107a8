// Strings in an engine's memory, for tests that look behind the replies.

import { valueStartOf } from "../../src/keyspace/entry";
import { SEGMENT_SHIFT } from "../../src/memory/block-memory";
import { stringLength } from "../../src/types/string/string-value";
import type { CommandEngine } from "../support/command-engine";

/** The bytes of a string entry, live or frozen; none for 0. */
export function bytesOfEntry({ memory }: CommandEngine, entry: number): Buffer {
  if (entry === 0) return Buffer.alloc(0);
  const at = valueStartOf(memory, entry);
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  return Buffer.from(bytes?.slice(at, at + stringLength(memory, entry)) ?? []);
}

/** The entry of a key in database 0, or 0. */
export function entryOf({ keyspace, call }: CommandEngine, name: string): number {
  const key = Buffer.from(name);
  return call.db.find(keyspace.hashOf(key, 0, key.length), key, 0, key.length);
}
