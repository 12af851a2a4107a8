import type { AofCommandWriter } from "../../../keyspace/aof-command-writer";
import { wordOf } from "../../../keyspace/entry";
import type { BlockMemory } from "../../../memory/block-memory";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { StreamId } from "../stream-id";
import { ID_TEXT_BYTES, StreamIdText } from "../stream-id-text";
import { int64At, STREAM_GROUPS } from "../stream-layout";
import {
  bytesOf,
  CONSUMER_NAME_LENGTH,
  CONSUMER_PENDING,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_ENTRIES_READ,
  GROUP_LAST_ID,
  GROUP_NAME_LENGTH,
  nameStartOf,
  PENDING_DELIVERIES,
  PENDING_ID,
  PENDING_TIME,
} from "./group-layout";

const DASH = 0x2d;
/** `XCLAIM key group consumer 0 id TIME ms RETRYCOUNT n JUSTID FORCE`. */
const CLAIM_ARGUMENTS = 12;

/**
 * Tells the consumer groups of a stream; StreamRewriter tells what is before them.
 *
 * As with Redis, what is pending of entries that have been deleted cannot be told by commands, nor
 * when a consumer was seen.
 */
export class GroupsRewriter {
  readonly #memory: BlockMemory;
  readonly #groups: CountedTreeReader;
  readonly #consumers: CountedTreeReader;
  readonly #pending: CountedTreeReader;
  readonly #text = new StreamIdText();
  readonly #digits = new Uint8Array(ID_TEXT_BYTES);
  readonly #id = new StreamId();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#groups = new CountedTreeReader(memory);
    this.#consumers = new CountedTreeReader(memory);
    this.#pending = new CountedTreeReader(memory);
  }

  rewrite(entry: number, stream: number, writer: AofCommandWriter): void {
    const groups = this.#groups.open(wordOf(this.#memory, stream, STREAM_GROUPS));
    for (let group = groups.seekFirst(); group !== 0; group = groups.next()) {
      this.#rewriteGroup(entry, group, writer);
    }
  }

  #rewriteGroup(entry: number, group: number, writer: AofCommandWriter): void {
    const memory = this.#memory;
    writer.command("XGROUP", 7);
    writer.text("CREATE");
    writer.key(entry);
    this.#writeName(group, GROUP_NAME_LENGTH, writer);
    this.#writeId(group, GROUP_LAST_ID, writer);
    writer.text("ENTRIESREAD");
    writer.text(int64At(memory, group, GROUP_ENTRIES_READ).toString());
    const consumers = this.#consumers.open(wordOf(memory, group, GROUP_CONSUMERS));
    for (let number = consumers.seekFirst(); number !== 0; number = consumers.next()) {
      const consumer = consumerOf(memory, group, number);
      if (wordOf(memory, consumer, CONSUMER_PENDING) === 0) {
        this.#createConsumer(entry, group, consumer, writer);
      } else {
        this.#claimPending(entry, group, consumer, writer);
      }
    }
  }

  #createConsumer(entry: number, group: number, consumer: number, writer: AofCommandWriter): void {
    writer.command("XGROUP", 5);
    writer.text("CREATECONSUMER");
    writer.key(entry);
    this.#writeName(group, GROUP_NAME_LENGTH, writer);
    this.#writeName(consumer, CONSUMER_NAME_LENGTH, writer);
  }

  #claimPending(entry: number, group: number, consumer: number, writer: AofCommandWriter): void {
    const memory = this.#memory;
    const pending = this.#pending.open(wordOf(memory, consumer, CONSUMER_PENDING));
    for (let item = pending.seekFirst(); item !== 0; item = pending.next()) {
      writer.command("XCLAIM", CLAIM_ARGUMENTS);
      writer.key(entry);
      this.#writeName(group, GROUP_NAME_LENGTH, writer);
      this.#writeName(consumer, CONSUMER_NAME_LENGTH, writer);
      writer.text("0");
      this.#writeId(item, PENDING_ID, writer);
      writer.text("TIME");
      writer.text(int64At(memory, item, PENDING_TIME).toString());
      writer.text("RETRYCOUNT");
      writer.text(int64At(memory, item, PENDING_DELIVERIES).toString());
      writer.text("JUSTID");
      writer.text("FORCE");
    }
  }

  #writeId(ref: number, word: number, writer: AofCommandWriter): void {
    const id = this.#id.load(this.#memory, ref, word);
    writer.bytes(this.#digits, 0, this.#text.format(id, this.#digits, 0, DASH));
  }

  #writeName(ref: number, lengthWord: number, writer: AofCommandWriter): void {
    const memory = this.#memory;
    const length = wordOf(memory, ref, lengthWord);
    writer.bytes(bytesOf(memory, ref), nameStartOf(ref, lengthWord), length);
  }
}
