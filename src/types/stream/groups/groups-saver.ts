import { wordOf } from "../../../keyspace/entry";
import type { BlockMemory } from "../../../memory/block-memory";
import { RDB_TYPES } from "../../../rdb/rdb-format";
import type { RdbWriter } from "../../../rdb/rdb-writer";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { ID_BYTES, writeRawId } from "../raw-id";
import { STREAM_GROUPS } from "../stream-layout";
import {
  bytesOf,
  CONSUMER_ACTIVE,
  CONSUMER_NAME_LENGTH,
  CONSUMER_PENDING,
  CONSUMER_SEEN,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_ENTRIES_READ,
  GROUP_LAST_ID,
  GROUP_NAME_LENGTH,
  GROUP_PENDING,
  nameStartOf,
  PENDING_DELIVERIES,
  PENDING_ID,
  PENDING_TIME,
} from "./group-layout";

/** Writes the consumer groups of a stream; StreamSaver writes what is before them. */
export class GroupsSaver {
  readonly #memory: BlockMemory;
  readonly #groups: CountedTreeReader;
  readonly #consumers: CountedTreeReader;
  readonly #pending: CountedTreeReader;
  readonly #id = new Uint8Array(ID_BYTES);

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#groups = new CountedTreeReader(memory);
    this.#consumers = new CountedTreeReader(memory);
    this.#pending = new CountedTreeReader(memory);
  }

  save(stream: number, rdbType: number, writer: RdbWriter): void {
    const groups = this.#groups.open(wordOf(this.#memory, stream, STREAM_GROUPS));
    writer.length(groups.weight);
    for (let group = groups.seekFirst(); group !== 0; group = groups.next()) {
      this.#writeGroup(group, rdbType, writer);
    }
  }

  #writeGroup(group: number, rdbType: number, writer: RdbWriter): void {
    const memory = this.#memory;
    this.#writeName(group, GROUP_NAME_LENGTH, writer);
    for (const word of [GROUP_LAST_ID, GROUP_LAST_ID + 2]) {
      writer.length64(wordOf(memory, group, word), wordOf(memory, group, word + 1));
    }
    if (rdbType !== RDB_TYPES.STREAM_LISTPACKS) {
      const read = GROUP_ENTRIES_READ;
      writer.length64(wordOf(memory, group, read + 1), wordOf(memory, group, read));
    }
    this.#writePending(wordOf(memory, group, GROUP_PENDING), writer, true);
    const consumers = this.#consumers.open(wordOf(memory, group, GROUP_CONSUMERS));
    writer.length(consumers.weight);
    for (let number = consumers.seekFirst(); number !== 0; number = consumers.next()) {
      this.#writeConsumer(consumerOf(memory, group, number), rdbType, writer);
    }
  }

  #writeConsumer(consumer: number, rdbType: number, writer: RdbWriter): void {
    this.#writeName(consumer, CONSUMER_NAME_LENGTH, writer);
    this.#writeTime(consumer, CONSUMER_SEEN, writer);
    if (rdbType === RDB_TYPES.STREAM_LISTPACKS_3) {
      this.#writeTime(consumer, CONSUMER_ACTIVE, writer);
    }
    this.#writePending(wordOf(this.#memory, consumer, CONSUMER_PENDING), writer, false);
  }

  /** @param isGroups writes all that is known; a consumer tells the IDs only. */
  #writePending(root: number, writer: RdbWriter, isGroups: boolean): void {
    const memory = this.#memory;
    const pending = this.#pending.open(root);
    writer.length(pending.weight);
    for (let item = pending.seekFirst(); item !== 0; item = pending.next()) {
      writeRawId(memory, item, PENDING_ID, this.#id);
      writer.raw(this.#id, 0, ID_BYTES);
      if (!isGroups) continue;
      this.#writeTime(item, PENDING_TIME, writer);
      const deliveries = PENDING_DELIVERIES;
      writer.length64(wordOf(memory, item, deliveries + 1), wordOf(memory, item, deliveries));
    }
  }

  #writeTime(ref: number, word: number, writer: RdbWriter): void {
    writer.int64(wordOf(this.#memory, ref, word + 1), wordOf(this.#memory, ref, word));
  }

  #writeName(ref: number, lengthWord: number, writer: RdbWriter): void {
    const memory = this.#memory;
    const length = wordOf(memory, ref, lengthWord);
    writer.string(bytesOf(memory, ref), nameStartOf(ref, lengthWord), length);
  }
}
