import { setWord } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { RDB_TYPES } from "../../../rdb/rdb-format";
import type { RdbReader } from "../../../rdb/rdb-reader";
import { ID_BYTES, readRawId } from "../raw-id";
import type { Stream } from "../stream";
import { StreamId } from "../stream-id";
import { setNumber64 } from "../stream-layout";
import { ConsumerGroup, NEVER, NO_CONSUMER } from "./consumer-group";
import { EntriesRead, UNKNOWN } from "./entries-read";
import { PENDING_DELIVERIES, PENDING_TIME } from "./group-layout";

/**
 * Reads the consumer groups of a stream; StreamLoader reads what is before them. What is pending must
 * belong to exactly one consumer of its group.
 */
export class GroupsLoader {
  readonly #memory: Arena;
  readonly #group: ConsumerGroup;
  readonly #entriesRead = new EntriesRead();
  readonly #id = new StreamId();

  constructor(memory: Arena) {
    this.#memory = memory;
    this.#group = new ConsumerGroup(memory);
  }

  /** Adds the groups to a stream that has none. What fails leaves all to the stream's owner. */
  load(stream: Stream, rdbType: number, reader: RdbReader): void {
    for (let left = reader.length(); left > 0; left--) this.#readGroup(stream, rdbType, reader);
  }

  #readGroup(stream: Stream, rdbType: number, reader: RdbReader): void {
    const group = this.#group;
    const id = this.#id;
    reader.string();
    const { valueBytes, valueAt, valueLength } = reader;
    if (group.open(stream, valueBytes, valueAt, valueLength)) {
      reader.fail("a stream with a consumer group twice");
    }
    group.create(id.setZero(), UNKNOWN, valueBytes, valueAt, valueLength);
    reader.length();
    const { high, low } = reader;
    reader.length();
    group.storeLastId(id.set(high, low, reader.high, reader.low));
    if (rdbType === RDB_TYPES.STREAM_LISTPACKS) {
      group.entriesRead = this.#entriesRead.estimate(stream, id);
    } else {
      reader.length();
      group.entriesRead = (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
    }
    const pending = this.#readPending(reader);
    let assigned = 0;
    for (let left = reader.length(); left > 0; left--) {
      assigned += this.#readConsumer(rdbType, reader);
    }
    if (assigned !== pending) reader.fail("a pending entry that belongs to no consumer");
  }

  /** Reads what is pending in the whole group; returns how many. */
  #readPending(reader: RdbReader): number {
    const group = this.#group;
    const count = reader.length();
    for (let left = count; left > 0; left--) {
      this.#readId(reader);
      if (group.findPending(this.#id)) reader.fail("an entry that is pending twice");
      group.addPending(this.#id);
      setNumber64(this.#memory, group.pending, PENDING_TIME, readTime(reader));
      reader.length();
      setWord(this.#memory, group.pending, PENDING_DELIVERIES, reader.low);
      setWord(this.#memory, group.pending, PENDING_DELIVERIES + 1, reader.high);
    }
    return count;
  }

  /** Reads a consumer; returns how many entries are pending for it. */
  #readConsumer(rdbType: number, reader: RdbReader): number {
    const group = this.#group;
    reader.string();
    const { valueBytes, valueAt, valueLength } = reader;
    if (group.findConsumer(valueBytes, valueAt, valueLength) !== NO_CONSUMER) {
      reader.fail("a consumer group with a consumer twice");
    }
    const number = group.createConsumer(NEVER, valueBytes, valueAt, valueLength);
    const seenMs = readTime(reader);
    group.markSeen(number, seenMs);
    const isNewest = rdbType === RDB_TYPES.STREAM_LISTPACKS_3;
    group.markActive(number, isNewest ? readTime(reader) : seenMs);
    const count = reader.length();
    for (let left = count; left > 0; left--) {
      this.#readId(reader);
      if (!group.findPending(this.#id)) reader.fail("an entry that is pending for a consumer only");
      if (group.pendingConsumer !== NO_CONSUMER) reader.fail("an entry pending for two consumers");
      group.assignPending(number, group.pendingTimeMs);
    }
    return count;
  }

  #readId(reader: RdbReader): void {
    reader.bytes(ID_BYTES);
    readRawId(reader.valueBytes, reader.valueAt, this.#id);
  }
}

/** A time in ms, which 53 bits hold. */
function readTime(reader: RdbReader): number {
  const timeMs = reader.int64();
  if (!Number.isSafeInteger(timeMs)) reader.fail("a time that is none");
  return timeMs;
}
