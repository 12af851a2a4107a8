import type { Database } from "../../keyspace/database";
import type { Keyspace } from "../../keyspace/keyspace";
import { dictBytesPerEntry } from "../../structures/dict-memory";

/**
 * The bytes that a key takes: the block of its entry, what its value has beside that, and its share
 * of the dictionary. These are real blocks of the arena; of a value of many elements about `samples`
 * are looked at.
 */
export function keyMemory(
  keyspace: Keyspace,
  database: Database,
  entry: number,
  samples: number,
): number {
  const { memory } = keyspace;
  const valueBytes = keyspace.typeOf(entry).memoryBytes(memory, entry, samples);
  const shareBytes = Math.ceil(dictBytesPerEntry(memory, database.dict));
  return memory.capacityOf(entry) + valueBytes + shareBytes;
}
