import type { AofCommandWriter } from "../../keyspace/aof-command-writer";
import { ENTRY_VALUE, TYPE_STREAM, wordOf } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { GroupsRewriter } from "./groups/groups-rewriter";
import { StreamId } from "./stream-id";
import { ID_TEXT_BYTES, StreamIdText } from "./stream-id-text";
import {
  int64At,
  STREAM_ENTRIES_ADDED,
  STREAM_LAST_ID,
  STREAM_MAX_DELETED_ID,
} from "./stream-layout";
import { MAX_ID, StreamReader, ZERO_ID } from "./stream-reader";

const DASH = 0x2d;

/**
 * Tells a stream as one XADD per entry, XSETID for what its entries do not tell, and its groups.
 *
 * An empty stream is made by an entry that is trimmed at once, as Redis does it.
 */
export class StreamRewriter implements ValueRewriter {
  readonly code = TYPE_STREAM;
  readonly #memory: BlockMemory;
  readonly #stream: StreamReader;
  readonly #groups: GroupsRewriter;
  readonly #text = new StreamIdText();
  readonly #digits = new Uint8Array(ID_TEXT_BYTES);
  readonly #id = new StreamId();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#stream = new StreamReader(memory);
    this.#groups = new GroupsRewriter(memory);
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const memory = this.#memory;
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    const stream = this.#stream.openStream(ref);
    if (stream.length === 0) this.#makeEmpty(entry, writer);
    stream.seekRange(ZERO_ID, MAX_ID);
    while (stream.next()) this.#addEntry(entry, writer);
    writer.command("XSETID", 7);
    writer.key(entry);
    this.#writeId(stream.loadId(this.#id, STREAM_LAST_ID), writer);
    writer.text("ENTRIESADDED");
    writer.text(int64At(memory, ref, STREAM_ENTRIES_ADDED).toString());
    writer.text("MAXDELETEDID");
    this.#writeId(stream.loadId(this.#id, STREAM_MAX_DELETED_ID), writer);
    this.#groups.rewrite(entry, ref, writer);
  }

  #makeEmpty(entry: number, writer: AofCommandWriter): void {
    writer.command("XADD", 7);
    writer.key(entry);
    writer.text("MAXLEN");
    writer.text("0");
    writer.text("0-1");
    writer.text("x");
    writer.text("y");
  }

  #addEntry(entry: number, writer: AofCommandWriter): void {
    const { node } = this.#stream;
    writer.command("XADD", 3 + node.pairs * 2);
    writer.key(entry);
    this.#writeId(node.id, writer);
    node.startPairs();
    for (let left = node.pairs * 2; left > 0; left--) {
      node.readNext();
      writer.bytes(node.valueBytes, node.valueAt, node.valueLength);
    }
  }

  #writeId(id: StreamId, writer: AofCommandWriter): void {
    writer.bytes(this.#digits, 0, this.#text.format(id, this.#digits, 0, DASH));
  }
}
