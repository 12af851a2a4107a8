import { parseSafeInteger } from "../../base/int64";
import { systemErrorText } from "../../config/system-error-text";
import type { Keyspace } from "../../keyspace/keyspace";
import type { ValueLoader } from "../../keyspace/value-codec";
import type { ByteCodecs } from "../../native/byte-codecs";
import { RdbFileSource } from "../../persistence/loading/rdb-file-source";
import { DatasetLoader, type RdbWatch } from "../../persistence/rdb/dataset-loader";
import { RDB_TYPES } from "../../rdb/rdb-format";
import { RdbProblem } from "../../rdb/rdb-problem";
import { RdbReader } from "../../rdb/rdb-reader";

export interface RdbCheckParts {
  /** Empty; values are made in its memory and freed at once. */
  readonly keyspace: Keyspace;
  readonly loaders: readonly ValueLoader[];
  readonly codecs: ByteCodecs;
  readonly print: (line: string) => void;
}

const RECORDS_PER_LOOK = 64;
const WORK_MS = 1000;
const NO_TYPE = -1;
/** Redis names the types of values in this order. */
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [RDB_TYPES.STRING, "string"],
  [RDB_TYPES.LIST, "list-linked"],
  [RDB_TYPES.SET, "set-hashtable"],
  [RDB_TYPES.ZSET, "zset-v1"],
  [RDB_TYPES.HASH, "hash-hashtable"],
  [RDB_TYPES.ZSET_2, "zset-v2"],
  [RDB_TYPES.MODULE, "module-pre-release"],
  [RDB_TYPES.MODULE_2, "module-value"],
  [RDB_TYPES.HASH_ZIPMAP, "hash-zipmap"],
  [RDB_TYPES.LIST_ZIPLIST, "list-ziplist"],
  [RDB_TYPES.SET_INTSET, "set-intset"],
  [RDB_TYPES.ZSET_ZIPLIST, "zset-ziplist"],
  [RDB_TYPES.HASH_ZIPLIST, "hash-ziplist"],
  [RDB_TYPES.LIST_QUICKLIST, "quicklist"],
  [RDB_TYPES.STREAM_LISTPACKS, "stream"],
  [RDB_TYPES.HASH_LISTPACK, "hash-listpack"],
  [RDB_TYPES.ZSET_LISTPACK, "zset-listpack"],
  [RDB_TYPES.LIST_QUICKLIST_2, "quicklist-v2"],
  [RDB_TYPES.STREAM_LISTPACKS_2, "stream-v2"],
  [RDB_TYPES.SET_LISTPACK, "set-listpack"],
  [RDB_TYPES.STREAM_LISTPACKS_3, "stream-v3"],
  [RDB_TYPES.HASH_METADATA, "hash-hashtable-md"],
  [RDB_TYPES.HASH_LISTPACK_EX, "hash-listpack-md"],
]);

/**
 * Looks whether an RDB file is good, and prints what is in it: the work of redis-check-rdb, and of
 * redis-check-aof where an RDB stands in front of the commands. Every value is made as a server
 * would make it, and thrown away, so that memory is needed for the largest value only.
 */
export class RdbCheck implements RdbWatch {
  /** When the file was made, as it says itself, in Unix time. */
  madeSeconds: number | undefined;
  readonly #parts: RdbCheckParts;
  #doing = "start";
  #key: string | undefined;
  #rdbType: number = RDB_TYPES.STRING;
  #keys = 0;
  #expires = 0;
  #expired = 0;
  #reader: RdbReader | undefined;

  constructor(parts: RdbCheckParts) {
    this.#parts = parts;
  }

  /**
   * @param name as it is printed.
   * @returns where the RDB ends in the file; undefined when it is not good.
   */
  check(path: Uint8Array, name: string): number | undefined {
    const { keyspace, loaders, codecs, print } = this.#parts;
    print(`[offset 0] Checking RDB file ${name}`);
    let source: RdbFileSource;
    try {
      source = new RdbFileSource(path, () => undefined);
    } catch (error) {
      print(`Cannot open file ${name}: ${systemErrorText(error)}`);
      return undefined;
    }
    keyspace.setTime(Date.now());
    const reader = new RdbReader(source, codecs);
    this.#reader = reader;
    const loader = new DatasetLoader(reader, {
      keyspace,
      loaders,
      dropsExpired: false,
      onAux: (aux, value) => this.#tellAux(aux, value),
      onFunction: () => undefined,
      watch: this,
    });
    try {
      while (loader.step(RECORDS_PER_LOOK)) keyspace.lazyFree.work(WORK_MS);
    } catch (error) {
      this.#tellProblem(error);
      return undefined;
    } finally {
      source.close();
    }
    this.#tell("Checksum OK");
    this.#tell("\\o/ RDB looks OK! \\o/");
    this.#tellCounts();
    return reader.position;
  }

  doing(what: string): void {
    this.#doing = what;
    if (what === "read-type") this.#key = undefined;
  }

  selected(database: number): void {
    this.#tell(`Selecting DB ID ${database}`);
  }

  typed(rdbType: number): void {
    this.#rdbType = rdbType;
  }

  named(key: string): void {
    this.#key = key;
    this.#keys++;
  }

  read(expires: boolean, hasExpired: boolean): void {
    this.#rdbType = NO_TYPE;
    if (expires) this.#expires++;
    if (hasExpired) this.#expired++;
  }

  #tellAux(aux: string, value: string): void {
    this.#tell(`AUX FIELD ${aux} = '${value}'`);
    if (aux !== "ctime") return;
    const digits = Buffer.from(value, "latin1");
    const seconds = parseSafeInteger(digits, 0, digits.length);
    if (!Number.isNaN(seconds)) this.madeSeconds = seconds;
  }

  #tell(text: string): void {
    this.#parts.print(`[offset ${this.#reader?.position ?? 0}] ${text}`);
  }

  #tellProblem(error: unknown): void {
    const { print } = this.#parts;
    print("--- RDB ERROR DETECTED ---");
    if (error instanceof RdbProblem) print(`[offset ${error.position}] ${error.message}`);
    else print(`Error reading the file: ${systemErrorText(error)}`);
    print(`[additional info] While doing: ${this.#doing}`);
    if (this.#key !== undefined) print(`[additional info] Reading key '${this.#key}'`);
    if (this.#rdbType !== NO_TYPE) {
      const name = TYPE_NAMES.get(this.#rdbType) ?? "unknown";
      print(`[additional info] Reading type ${this.#rdbType} (${name})`);
    }
    this.#tellCounts();
  }

  #tellCounts(): void {
    const { print } = this.#parts;
    print(`[info] ${this.#keys} keys read`);
    print(`[info] ${this.#expires} expires`);
    print(`[info] ${this.#expired} already expired`);
  }
}
