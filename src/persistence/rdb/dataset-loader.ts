import { copyBytes } from "../../base/bytes";
import type { Database } from "../../keyspace/database";
import { ENTRY_META, setWord, wordOf, writeExactExpiry } from "../../keyspace/entry";
import type { Keyspace } from "../../keyspace/keyspace";
import type { ValueLoader } from "../../keyspace/value-codec";
import { moduleTypeName } from "../../rdb/module-type-name";
import {
  RDB_MAGIC,
  RDB_NEWEST_VERSION,
  RDB_OLDEST_VERSION,
  RDB_OPCODES,
} from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import { EntryReader } from "./entry-reader";

/** What a program wants to know that looks whether a file is good, and keeps nothing of it. */
export interface RdbWatch {
  /** What is being read from here on, in Redis's words: `read-type`, `read-object-value`. */
  doing(what: string): void;
  selected(database: number): void;
  typed(rdbType: number): void;
  /** The key that is being read; it is done when the next thing is. */
  named(key: string): void;
  /** A key was read to its end. */
  read(expires: boolean, hasExpired: boolean): void;
}

export interface LoadOptions {
  readonly keyspace: Keyspace;
  /** Where the keys go; absent for the keyspace's own databases. */
  readonly databases?: readonly Database[];
  readonly loaders: readonly ValueLoader[];
  /** Keys whose time has come are left out: on a master, and not in the base of an AOF. */
  readonly dropsExpired: boolean;
  /** Whether a key of the file takes the place of one that is there, which is else a problem. */
  readonly merges?: boolean;
  /** A fact about the file. */
  readonly onAux: (name: string, value: string) => void;
  /** A function library, to be kept as it is. */
  readonly onFunction: (library: Uint8Array) => void;
  /** With it keys are read and thrown away again. */
  readonly watch?: RdbWatch;
}

const HEADER_BYTES = 9;
const FIRST_CHECKSUM_VERSION = 5;
const MS_PER_SECOND = 1000n;
const INITIAL_KEY_BYTES = 1024;
/** Type, and an empty key with an empty value. */
const LEAST_KEY_BYTES = 3;
/** Where nobody knows how much is to come. */
const MOST_KEYS_BELIEVED = 1 << 20;

/**
 * Reads an RDB file into a keyspace that is being filled, a few keys at a time, so that clients can
 * be told meanwhile that the data set is being loaded.
 *
 * It opens no files and believes nothing: what is broken throws an RdbProblem with its position, and
 * the process is to end then, for half a data set must not be served.
 */
export class DatasetLoader {
  keysLoaded = 0;
  keysExpired = 0;
  /** Values without elements, which were left out. */
  emptyKeys = 0;
  /** As the file says; 0 before its header was read. */
  version = 0;
  readonly #reader: RdbReader;
  readonly #options: LoadOptions;
  readonly #entries: EntryReader;
  readonly #databases: readonly Database[];
  #database: Database;
  #isDone = false;
  /** Of the key that comes next. */
  #expires = false;
  #expiryHigh = 0;
  #expiryLow = 0;
  /** What its clock is to be; NaN for none. */
  #clock = Number.NaN;
  #key = new Uint8Array(INITIAL_KEY_BYTES);
  #keyLength = 0;

  constructor(reader: RdbReader, options: LoadOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#databases = options.databases ?? options.keyspace.databases;
    [this.#database] = this.#databases;
    this.#entries = new EntryReader(options.loaders);
  }

  /**
   * Reads up to `most` records; false when the file is at its end.
   * @throws BYTES_TO_COME where its source does: the last record is read again by the next call.
   */
  step(most: number): boolean {
    const reader = this.#reader;
    reader.hold();
    if (this.version === 0) this.#readHeader();
    for (let left = most; left > 0 && !this.#isDone; left--) {
      reader.hold();
      this.#readRecord();
    }
    return !this.#isDone;
  }

  #readHeader(): void {
    const reader = this.#reader;
    reader.bytes(HEADER_BYTES);
    const text = reader.valueText();
    if (!text.startsWith(RDB_MAGIC)) reader.fail("Wrong signature trying to load DB from file");
    const digits = text.slice(RDB_MAGIC.length);
    const version = versionOf(digits);
    if (version < RDB_OLDEST_VERSION || version > RDB_NEWEST_VERSION) {
      reader.fail(`Can't handle RDB format version ${digits}`);
    }
    this.version = version;
  }

  #readRecord(): void {
    const reader = this.#reader;
    const { keyspace } = this.#options;
    this.#options.watch?.doing("read-type");
    const opcode = reader.byte();
    switch (opcode) {
      case RDB_OPCODES.EXPIRE_S:
        // Redis takes them as signed, so that those behind 2038 are long past.
        this.#setExpirySeconds(reader.uint32() | 0);
        return;
      case RDB_OPCODES.EXPIRE_MS:
        this.#options.watch?.doing("read-expire");
        reader.int64();
        this.#expires = true;
        this.#expiryHigh = reader.high;
        this.#expiryLow = reader.low;
        return;
      case RDB_OPCODES.FREQ:
        this.#clock = keyspace.access.clockOfFrequency(reader.byte());
        return;
      case RDB_OPCODES.IDLE:
        this.#clock = keyspace.access.clockOfIdle(reader.length());
        return;
      case RDB_OPCODES.SELECT:
        this.#options.watch?.doing("read-len");
        this.#select(reader.length());
        return;
      case RDB_OPCODES.END:
        this.#end();
        return;
      default:
        if (opcode >= RDB_OPCODES.SLOT_INFO) this.#readFact(opcode);
        else this.#readKey(opcode);
    }
  }

  /** What is no key and changes none. */
  #readFact(opcode: number): void {
    const reader = this.#reader;
    this.#options.watch?.doing(opcode === RDB_OPCODES.AUX ? "read-aux" : "read-len");
    if (opcode === RDB_OPCODES.RESIZE) {
      const keys = reader.length();
      reader.length();
      this.#database.dict.expect(Math.min(keys, this.#mostKeysToCome));
    } else if (opcode === RDB_OPCODES.SLOT_INFO) {
      for (let left = 3; left > 0; left--) reader.length();
    } else if (opcode === RDB_OPCODES.AUX) {
      reader.string();
      const name = reader.valueText();
      reader.string();
      this.#options.onAux(name, reader.valueText());
    } else if (opcode === RDB_OPCODES.FUNCTION) {
      reader.string();
      const { valueBytes, valueAt, valueLength } = reader;
      this.#options.onFunction(valueBytes.slice(valueAt, valueAt + valueLength));
    } else if (opcode === RDB_OPCODES.FUNCTION_PRE_GA) {
      reader.fail("functions of a version before 7.0 was released cannot be read");
    } else if (opcode === RDB_OPCODES.MODULE_AUX) {
      reader.length();
      const name = moduleTypeName(reader.high, reader.low);
      reader.fail(`the file has data of the module type '${name}', and there are no modules here`);
    } else {
      reader.fail(`unknown opcode ${opcode}`);
    }
  }

  #readKey(rdbType: number): void {
    const reader = this.#reader;
    const { keyspace, dropsExpired, merges, watch } = this.#options;
    if (watch !== undefined) this.#tellType(rdbType, watch);
    this.#takeKey();
    if (watch !== undefined) this.#tellKey(watch);
    this.#entries.check(rdbType, reader);
    const key = this.#key;
    const length = this.#keyLength;
    const hash = keyspace.hashOf(key, 0, length);
    const isDropped = dropsExpired && this.#hasExpired();
    const present = this.#database.find(hash, key, 0, length);
    if (present !== 0 && merges === true) {
      this.#database.deleteFound(present);
    } else if (present !== 0) {
      const name = Buffer.from(key.slice(0, length)).toString("latin1");
      const db = this.#databases.indexOf(this.#database);
      reader.fail(`RDB has duplicated key '${name}' in DB ${db}`);
    }
    const entry = this.#entries.read(
      rdbType,
      reader,
      this.#database,
      hash,
      key,
      0,
      length,
      this.#expires,
    );
    if (entry === 0) this.emptyKeys++;
    else if (watch !== undefined) this.#passOver(entry, watch);
    else if (isDropped) this.#drop(entry);
    else this.#insert(entry, rdbType);
    this.#expires = false;
    this.#clock = Number.NaN;
  }

  /** Keeps the key apart from the reader's memory, which the value will take. */
  #takeKey(): void {
    const reader = this.#reader;
    reader.string();
    const { valueBytes, valueAt, valueLength } = reader;
    if (this.#key.length < valueLength) this.#key = new Uint8Array(valueLength * 2);
    copyBytes(this.#key, 0, valueBytes, valueAt, valueLength);
    this.#keyLength = valueLength;
  }

  #insert(entry: number, rdbType: number): void {
    const { memory } = this.#options.keyspace;
    if (this.#expires) {
      const low = BigInt(this.#expiryLow >>> 0);
      writeExactExpiry(memory, entry, (BigInt(this.#expiryHigh) << 32n) | low);
    }
    if (!Number.isNaN(this.#clock)) {
      const meta = wordOf(memory, entry, ENTRY_META);
      setWord(memory, entry, ENTRY_META, (meta & 0xff) | (this.#clock << 8));
    }
    this.#database.insert(entry);
    this.#entries.placed(rdbType, this.#database, entry);
    this.keysLoaded++;
  }

  #tellType(rdbType: number, watch: RdbWatch): void {
    this.#entries.check(rdbType, this.#reader);
    watch.typed(rdbType);
    watch.doing("read-key");
  }

  #tellKey(watch: RdbWatch): void {
    watch.named(Buffer.from(this.#key.slice(0, this.#keyLength)).toString("latin1"));
    watch.doing("read-object-value");
  }

  #passOver(entry: number, watch: RdbWatch): void {
    this.#options.keyspace.dispose(entry);
    this.keysLoaded++;
    watch.read(this.#expires, this.#hasExpired());
  }

  #drop(entry: number): void {
    this.#options.keyspace.dispose(entry);
    this.keysExpired++;
  }

  #hasExpired(): boolean {
    if (!this.#expires) return false;
    const expiryMs = this.#expiryHigh * 2 ** 32 + (this.#expiryLow >>> 0);
    return expiryMs < this.#options.keyspace.nowMs;
  }

  #setExpirySeconds(seconds: number): void {
    this.#expires = true;
    const ms = BigInt(seconds) * MS_PER_SECOND;
    this.#expiryHigh = Number(ms >> 32n);
    this.#expiryLow = Number(BigInt.asIntN(32, ms));
  }

  #select(index: number): void {
    const { watch } = this.#options;
    const databases = this.#databases;
    if (watch !== undefined) {
      watch.selected(index);
      return;
    }
    if (index >= databases.length) {
      this.#reader.fail(
        "Data file was created with a Redis server configured to handle more than " +
          `${databases.length} databases`,
      );
    }
    this.#database = databases[index];
  }

  /** What the file says of the number of its keys is believed as far as there can be so many. */
  get #mostKeysToCome(): number {
    const { remaining } = this.#reader;
    return Number.isFinite(remaining) ? remaining / LEAST_KEY_BYTES : MOST_KEYS_BELIEVED;
  }

  #end(): void {
    for (const { dict } of this.#databases) {
      dict.expect(0);
      // Keys that were left out, because their time had come, have left room.
      while (dict.shrink());
    }
    this.#options.watch?.doing("check-sum");
    const hasSum = this.version >= FIRST_CHECKSUM_VERSION;
    if (hasSum && !this.#reader.checksum()) this.#reader.fail("Wrong RDB checksum");
    this.#isDone = true;
  }
}

/** All four digits count; 0 for anything else. */
function versionOf(digits: string): number {
  let version = 0;
  for (const digit of digits) {
    const value = digit.charCodeAt(0) - 0x30;
    if (value < 0 || value > 9) return 0;
    version = version * 10 + value;
  }
  return version;
}
