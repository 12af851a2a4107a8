import { encodingOf, TYPE_LIST } from "../../keyspace/entry";
import { ListpackImage } from "../../keyspace/listpack-image";
import type { ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { CONTAINER_PACKED, CONTAINER_PLAIN, PLAIN_BYTES } from "./list-containers";
import { LIST_LISTPACK, LIST_NODES, listWord } from "./list-layout";
import { ListReader } from "./list-reader";

const FIRST_LISTPACK_VERSION = 10;

/**
 * Writes lists: node by node since version 10, element by element before. A node that is compressed
 * in memory is inflated and compressed again as a whole, as all strings of a file are.
 */
export class ListSaver implements ValueSaver {
  readonly code = TYPE_LIST;
  readonly #memory: BlockMemory;
  readonly #list: ListReader;
  readonly #image = new ListpackImage();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#list = new ListReader(memory);
  }

  rdbType(_entry: number, version: number): number {
    return version >= FIRST_LISTPACK_VERSION ? RDB_TYPES.LIST_QUICKLIST_2 : RDB_TYPES.LIST;
  }

  save(entry: number, rdbType: number, writer: RdbWriter): void {
    const memory = this.#memory;
    const list = this.#list.openEntry(entry);
    const isPacked = encodingOf(memory, entry) === LIST_LISTPACK;
    if (rdbType === RDB_TYPES.LIST) writer.length(list.length);
    else writer.length(isPacked ? 1 : listWord(memory, list.ref, LIST_NODES));
    for (let more = list.firstNode(); more; more = list.nextNode()) {
      if (rdbType === RDB_TYPES.LIST) this.#writeElements(writer);
      else this.#writeNode(writer);
    }
  }

  #writeNode(writer: RdbWriter): void {
    const { pack } = this.#list;
    if (pack.count === 1 && pack.elementsBytes > PLAIN_BYTES) {
      writer.length(CONTAINER_PLAIN);
      this.#writeElements(writer);
      return;
    }
    writer.length(CONTAINER_PACKED);
    this.#image.begin().addAll(pack).write(writer);
  }

  #writeElements(writer: RdbWriter): void {
    const { pack } = this.#list;
    for (let offset = pack.first(); offset !== 0; offset = pack.next(offset)) {
      pack.read(offset);
      writer.string(pack.valueBytes, pack.valueAt, pack.valueLength);
    }
  }
}
