import { TYPE_STRING, typeOf, valueStartOf } from "../../keyspace/entry";
import type { ValueSaver } from "../../keyspace/value-codec";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { stringLength } from "../../types/string/string-value";

/** Writes the values of entries of every type. What files and DUMP payloads have in common. */
export class EntryWriter {
  readonly #memory: BlockMemory;
  readonly #savers: (ValueSaver | undefined)[] = [];

  /** @param savers one per type, made for this memory; strings need none. */
  constructor(memory: BlockMemory, savers: readonly ValueSaver[]) {
    this.#memory = memory;
    for (const saver of savers) this.#savers[saver.code] = saver;
  }

  /** The type that an entry's value is written as in a version, -1 when it cannot be. */
  rdbType(entry: number, version: number): number {
    if (typeOf(this.#memory, entry) === TYPE_STRING) return RDB_TYPES.STRING;
    return this.#saverOf(entry).rdbType(entry, version);
  }

  /** Writes an entry's value for the type that `rdbType` told. */
  write(entry: number, rdbType: number, writer: RdbWriter): void {
    const memory = this.#memory;
    if (rdbType !== RDB_TYPES.STRING) {
      this.#saverOf(entry).save(entry, rdbType, writer);
      return;
    }
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    writer.string(bytes, valueStartOf(memory, entry), stringLength(memory, entry));
  }

  #saverOf(entry: number): ValueSaver {
    const code = typeOf(this.#memory, entry);
    const saver = this.#savers[code];
    if (saver === undefined) throw new Error(`nobody writes values of type ${code}`);
    return saver;
  }
}
