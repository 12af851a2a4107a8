import { ENTRY_VALUE, TYPE_STREAM, wordOf } from "../../keyspace/entry";
import { ListpackImage } from "../../keyspace/listpack-image";
import type { ValueSaver } from "../../keyspace/value-codec";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { CountedTreeReader } from "../../structures/counted-tree-reader";
import { GroupsSaver } from "./groups/groups-saver";
import { NodeReader } from "./node-reader";
import { ID_BYTES, writeRawId } from "./raw-id";
import {
  NODE_ELEMENTS,
  NODE_ID,
  number64At,
  STREAM_ENTRIES_ADDED,
  STREAM_FIRST_ID,
  STREAM_LAST_ID,
  STREAM_LENGTH,
  STREAM_MAX_DELETED_ID,
  STREAM_TAIL,
  STREAM_TREE,
} from "./stream-layout";
import { StreamReader } from "./stream-reader";

const FIRST_VERSION = 9;
const SECOND_FORM_VERSION = 10;
const THIRD_FORM_VERSION = 11;

/** Writes streams: their nodes, whose elements are Redis's own, and their consumer groups. */
export class StreamSaver implements ValueSaver {
  readonly code = TYPE_STREAM;
  readonly #memory: BlockMemory;
  readonly #stream: StreamReader;
  readonly #nodes: CountedTreeReader;
  readonly #node: NodeReader;
  readonly #image = new ListpackImage();
  readonly #groups: GroupsSaver;
  readonly #id = new Uint8Array(ID_BYTES);

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#stream = new StreamReader(memory);
    this.#nodes = new CountedTreeReader(memory);
    this.#node = new NodeReader(memory);
    this.#groups = new GroupsSaver(memory);
  }

  rdbType(_entry: number, version: number): number {
    if (version >= THIRD_FORM_VERSION) return RDB_TYPES.STREAM_LISTPACKS_3;
    if (version >= SECOND_FORM_VERSION) return RDB_TYPES.STREAM_LISTPACKS_2;
    return version >= FIRST_VERSION ? RDB_TYPES.STREAM_LISTPACKS : -1;
  }

  save(entry: number, rdbType: number, writer: RdbWriter): void {
    const memory = this.#memory;
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    const inTree = this.#nodes.open(wordOf(memory, ref, STREAM_TREE)).weight;
    writer.length(inTree + (wordOf(memory, ref, STREAM_TAIL) === 0 ? 0 : 1));
    this.#stream.openStream(ref).forEachNode((node) => {
      writeRawId(memory, node, NODE_ID, this.#id);
      writer.string(this.#id, 0, ID_BYTES);
      this.#writeElements(node, writer);
    });
    writer.length(number64At(memory, ref, STREAM_LENGTH));
    this.#writeId(ref, STREAM_LAST_ID, writer);
    if (rdbType !== RDB_TYPES.STREAM_LISTPACKS) {
      this.#writeId(ref, STREAM_FIRST_ID, writer);
      this.#writeId(ref, STREAM_MAX_DELETED_ID, writer);
      const added = STREAM_ENTRIES_ADDED;
      writer.length64(wordOf(memory, ref, added + 1), wordOf(memory, ref, added));
    }
    this.#groups.save(ref, rdbType, writer);
  }

  /** A node does not count its elements, so they are walked. */
  #writeElements(ref: number, writer: RdbWriter): void {
    const node = this.#node.open(ref);
    let count = 0;
    for (let at = NODE_ELEMENTS; at !== node.endAt; at = node.skip(at)) count++;
    const start = node.positionOf(NODE_ELEMENTS);
    this.#image.begin().addElements(node.elementBytes, start, node.elementsBytes, count);
    this.#image.write(writer);
  }

  #writeId(ref: number, word: number, writer: RdbWriter): void {
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = ((ref & GRANULE_MASK) << 2) + word;
    writer.length64(words[at], words[at + 1]);
    writer.length64(words[at + 2], words[at + 3]);
  }
}
