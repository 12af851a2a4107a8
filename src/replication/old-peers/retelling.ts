import { formatDouble17 } from "../../base/double";
import type { Arguments } from "../../command/arguments";
import type { Database } from "../../keyspace/database";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import {
  exactExpiryOf,
  expiryOf,
  hasExpiry,
  isExpiryInexact,
  TYPE_STRING,
  TYPE_ZSET,
  typeOf,
  valueStartOf,
} from "../../keyspace/entry";
import type { Keyspace } from "../../keyspace/keyspace";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import type { DumpPayload } from "../../persistence/rdb/dump-payload";
import { ListReader } from "../../types/list/list-reader";
import { stringLength } from "../../types/string/string-value";
import { ZsetLimits } from "../../types/zset/zset-limits";
import { ZsetValue } from "../../types/zset/zset-value";

/** The newest version of RDB files and DUMP payloads that Redis 3.2 reads. */
export const OLD_RDB_VERSION = 7;

/**
 * What the old forms of a request are written with: words of the request itself, and what has become
 * of its keys, which the data set tells. Arguments are named by their place in the request.
 */
export class Retelling {
  words!: Arguments;
  database!: Database;
  readonly #effects: EffectStream;
  readonly #keyspace: Keyspace;
  readonly #payload: DumpPayload;
  readonly #list: ListReader;
  readonly #zset: ZsetValue;

  constructor(effects: EffectStream, keyspace: Keyspace, payload: DumpPayload) {
    this.#effects = effects;
    this.#keyspace = keyspace;
    this.#payload = payload;
    this.#list = new ListReader(keyspace.memory);
    this.#zset = new ZsetValue(keyspace, new ZsetLimits());
  }

  /** Begins a request of so many words. */
  begin(name: string, argumentCount: number): void {
    this.#effects.begin(this.database, argumentCount);
    this.#effects.text(name);
  }

  text(text: string): void {
    this.#effects.text(text);
  }

  integer(value: number): void {
    this.#effects.integer(value);
  }

  /** The words from one up to, but without, another. */
  arguments(from: number, to: number): void {
    const { input } = this.words;
    for (let i = from; i < to; i++) {
      this.#effects.bytes(input, this.words.offset(i), this.words.length(i));
    }
  }

  /** A request made of a name and words of this one. */
  renamed(name: string, from = 1, to = this.words.count): void {
    this.begin(name, 1 + to - from);
    this.arguments(from, to);
  }

  /** The expiry that a key has now, as a request; nothing when it has none. */
  expiry(index: number, database = this.database): void {
    const entry = this.#entry(index, database);
    const { memory } = this.#keyspace;
    if (entry === 0 || !hasExpiry(memory, entry)) return;
    const isExact = !isExpiryInexact(memory, entry);
    this.#effects.begin(database, 3);
    this.#effects.text("PEXPIREAT");
    this.arguments(index, index + 1);
    this.#effects.moment(isExact ? expiryOf(memory, entry) : exactExpiryOf(memory, entry));
  }

  /** The name of what a key holds if no old server can hold it; undefined when it can. */
  heldType(index: number, database = this.database): string | undefined {
    const entry = this.#entry(index, database);
    if (entry === 0 || this.#payload.isHeldBy(entry, OLD_RDB_VERSION)) return undefined;
    return this.#keyspace.typeOf(entry).name;
  }

  /** What a key is now, whatever it was before: gone, or its whole value and expiry. */
  state(index: number, database = this.database): void {
    const effects = this.#effects;
    const { memory } = this.#keyspace;
    const entry = this.#entry(index, database);
    if (entry === 0) {
      effects.begin(database, 2);
      effects.text("DEL");
      this.arguments(index, index + 1);
      return;
    }
    if (typeOf(memory, entry) === TYPE_STRING) {
      effects.begin(database, 3);
      effects.text("SET");
      this.arguments(index, index + 1);
      const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
      effects.bytes(bytes, valueStartOf(memory, entry), stringLength(memory, entry));
    } else {
      const { bytes, length } = this.#payload.writeAs(entry, OLD_RDB_VERSION);
      effects.begin(database, 5);
      effects.text("RESTORE");
      this.arguments(index, index + 1);
      effects.text("0");
      effects.bytes(bytes, 0, length);
      effects.text("REPLACE");
    }
    this.expiry(index, database);
  }

  /** The element that a list has at an end now, as an argument. */
  listEnd(index: number, isLast: boolean): void {
    const list = this.#list.openEntry(this.#entry(index, this.database));
    const { pack } = list;
    if (isLast) list.lastNode();
    else list.firstNode();
    pack.read(isLast ? pack.last() : pack.first());
    this.#effects.bytes(pack.valueBytes, pack.valueAt, pack.valueLength);
  }

  /** The score that a member has now, as text; undefined when there is no such member. */
  scoreText(keyIndex: number, memberIndex: number): string | undefined {
    const entry = this.#entry(keyIndex, this.database);
    if (entry === 0 || typeOf(this.#keyspace.memory, entry) !== TYPE_ZSET) return undefined;
    const zset = this.#zset;
    zset.open(entry);
    const { input } = this.words;
    const at = this.words.offset(memberIndex);
    if (!zset.find(input, at, this.words.length(memberIndex))) return undefined;
    return formatDouble17(zset.score);
  }

  /** A database by the number that is a word; undefined when there is none. */
  databaseAt(index: number): Database | undefined {
    return this.#keyspace.databases[this.words.safeInteger(index)];
  }

  #entry(index: number, database: Database): number {
    const { input } = this.words;
    const at = this.words.offset(index);
    const length = this.words.length(index);
    return database.find(this.#keyspace.hashOf(input, at, length), input, at, length);
  }
}
