import type { Database } from "../../keyspace/database";
import { NO_EXPIRY } from "../../keyspace/entry";
import { newLoadedEntry } from "../../keyspace/loaded-entry";
import type { ValueLoader } from "../../keyspace/value-codec";
import { moduleTypeName } from "../../rdb/module-type-name";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";

/**
 * Reads what follows a key, for values of every type, and makes an entry of it that is in no
 * dictionary yet. What files and DUMP payloads have in common.
 */
export class EntryReader {
  readonly #loaders: (ValueLoader | undefined)[] = [];

  /** @param loaders one per type; strings need none. */
  constructor(loaders: readonly ValueLoader[]) {
    for (const loader of loaders) {
      for (const rdbType of loader.rdbTypes) this.#loaders[rdbType] = loader;
    }
  }

  /** Fails unless values of a type can be read; the value comes next. */
  check(rdbType: number, reader: RdbReader): void {
    if (rdbType === RDB_TYPES.STRING || this.#loaders[rdbType] !== undefined) return;
    if (rdbType === RDB_TYPES.MODULE || rdbType === RDB_TYPES.MODULE_2) {
      reader.length();
      const name = moduleTypeName(reader.high, reader.low);
      reader.fail(`there is a value of the module type '${name}', and there are no modules here`);
    }
    reader.fail(`unknown type of value ${rdbType}`);
  }

  /**
   * @param expires leaves room for an expiry, which the caller writes.
   * @returns 0 for a value without elements.
   * @throws RdbProblem; nothing is left behind then.
   */
  read(
    rdbType: number,
    reader: RdbReader,
    database: Database,
    hash: number,
    key: Uint8Array,
    keyAt: number,
    keyLength: number,
    expires: boolean,
  ): number {
    const loader = this.#loaders[rdbType];
    if (loader !== undefined) {
      const value = loader.load(rdbType, reader);
      const { code } = loader;
      return newLoadedEntry(database, hash, key, keyAt, keyLength, code, value, expires);
    }
    reader.string();
    const { valueBytes, valueAt, valueLength } = reader;
    const expiry = expires ? 0 : NO_EXPIRY;
    return database.newString(
      hash,
      key,
      keyAt,
      keyLength,
      valueBytes,
      valueAt,
      valueLength,
      expiry,
    );
  }

  /** The entry that `read` made last is in a database now. */
  placed(rdbType: number, database: Database, entry: number): void {
    this.#loaders[rdbType]?.placed?.(database, entry);
  }
}
