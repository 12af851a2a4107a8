import {
  ENTRY_META,
  expiryHighOf,
  expiryLowOf,
  hasExpiry,
  keyLengthOf,
  keyStartOf,
  TYPE_HASH,
  typeOf,
  wordOf,
} from "../../keyspace/entry";
import type { ValueSaver } from "../../keyspace/value-codec";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import { RDB_OPCODES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { forEachEntry } from "../../structures/dict-walk";
import { EntryWriter } from "./entry-writer";

/** One database as it was frozen. */
export interface SavedDatabase {
  readonly index: number;
  readonly size: number;
  readonly expiring: number;
  /** The header of its dictionary. */
  readonly header: number;
}

/** What is written: plain data, so that it can be sent to a worker. */
export interface SavedData {
  readonly version: number;
  /** Facts about the file, by name. */
  readonly aux: readonly (readonly [name: string, value: string])[];
  /** Function libraries, which are kept as they came. */
  readonly functions: readonly Uint8Array[];
  readonly databases: readonly SavedDatabase[];
  /** What the entries' clocks mean under the eviction policy, and the clock's time now. */
  readonly access: "none" | "idle" | "frequency";
  readonly clockSeconds: number;
}

/** Something that cannot be told in the version that was asked for; a sentence that names it. */
export class ValueTooNew extends Error {
  constructor(name: string, version: number) {
    super(`${name} cannot be written as RDB version ${version}`);
  }
}

const MOST_SHOWN_BYTES = 128;
const CLOCK_MASK = 0xffffff;
/** Before it the clocks of entries are not told, and whoever reads the file knows no such thing. */
const FIRST_ACCESS_VERSION = 9;
const FIRST_FUNCTION_VERSION = 10;

/**
 * Writes a whole data set as an RDB file, by the rules of Redis 7.0.
 *
 * It reads memory that stands still: frozen, in a worker, or between two turns. It opens no files.
 */
export class DatasetWriter {
  /** Keys written so far. */
  keys = 0;
  readonly #memory: BlockMemory;
  readonly #values: EntryWriter;
  readonly #writer: RdbWriter;
  readonly #data: SavedData;
  readonly #onKey: () => void;

  /**
   * @param savers one per type, made for this memory; strings need none.
   * @param onKey called after every key.
   */
  constructor(
    memory: BlockMemory,
    savers: readonly ValueSaver[],
    writer: RdbWriter,
    data: SavedData,
    onKey: () => void = () => undefined,
  ) {
    this.#memory = memory;
    this.#values = new EntryWriter(memory, savers);
    this.#writer = writer;
    this.#data = data;
    this.#onKey = onKey;
  }

  /** @throws ValueTooNew, and whatever the writer's sink throws. */
  write(): void {
    const writer = this.#writer;
    const { version, aux, functions, databases } = this.#data;
    writer.header(version);
    for (const [name, value] of aux) {
      writer.byte(RDB_OPCODES.AUX);
      writer.text(name);
      writer.text(value);
    }
    if (functions.length > 0 && version < FIRST_FUNCTION_VERSION) {
      throw new ValueTooNew("a library of functions", version);
    }
    for (const library of functions) {
      writer.byte(RDB_OPCODES.FUNCTION);
      writer.string(library, 0, library.length);
    }
    for (const database of databases) if (database.size > 0) this.#writeDatabase(database);
    writer.byte(RDB_OPCODES.END);
    writer.checksum();
  }

  #writeDatabase({ index, size, expiring, header }: SavedDatabase): void {
    const writer = this.#writer;
    writer.byte(RDB_OPCODES.SELECT);
    writer.length(index);
    writer.byte(RDB_OPCODES.RESIZE);
    writer.length(size);
    writer.length(expiring);
    forEachEntry(this.#memory, header, (entry) => {
      this.#writeEntry(entry, index);
      this.keys++;
      this.#onKey();
    });
  }

  #writeEntry(entry: number, database: number): void {
    const memory = this.#memory;
    const writer = this.#writer;
    if (hasExpiry(memory, entry)) {
      writer.byte(RDB_OPCODES.EXPIRE_MS);
      writer.int64(expiryHighOf(memory, entry), expiryLowOf(memory, entry));
    }
    this.#writeAccess(wordOf(memory, entry, ENTRY_META));
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const keyAt = keyStartOf(memory, entry);
    const keyLength = keyLengthOf(memory, entry);
    const { version } = this.#data;
    const rdbType = this.#values.rdbType(entry, version);
    if (rdbType < 0) {
      const key = shownKey(bytes, keyAt, keyLength);
      const what = typeOf(memory, entry) === TYPE_HASH ? "a hash whose fields expire" : "a stream";
      throw new ValueTooNew(`key '${key}' in DB ${database}, ${what},`, version);
    }
    writer.byte(rdbType);
    writer.string(bytes, keyAt, keyLength);
    this.#values.write(entry, rdbType, writer);
  }

  #writeAccess(meta: number): void {
    const { access, clockSeconds, version } = this.#data;
    const writer = this.#writer;
    if (version < FIRST_ACCESS_VERSION) return;
    if (access === "frequency") {
      writer.byte(RDB_OPCODES.FREQ);
      writer.byte((meta >>> 8) & 255);
    } else if (access === "idle") {
      writer.byte(RDB_OPCODES.IDLE);
      writer.length(((clockSeconds & CLOCK_MASK) - (meta >>> 8)) & CLOCK_MASK);
    }
  }
}

/** For a line of the log, or of an error reply. */
function shownKey(bytes: Uint8Array, at: number, length: number): string {
  const key = Buffer.from(bytes.slice(at, at + Math.min(length, MOST_SHOWN_BYTES)));
  return key.toString("latin1").replace(/[^\x20-\x7e]/g, "?");
}
