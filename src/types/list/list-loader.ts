import { TYPE_LIST } from "../../keyspace/entry";
import type { LoadedValue, ValueLoader } from "../../keyspace/value-codec";
import type { Arena } from "../../memory/arena";
import { ListpackElements } from "../../rdb/listpack-elements";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import { ZiplistElements } from "../../rdb/ziplist-elements";
import { Listpack } from "../../structures/listpack";
import { ListBuilder } from "./list-builder";
import { CONTAINER_PACKED, CONTAINER_PLAIN } from "./list-containers";
import type { ListLimits } from "./list-limits";

/** Reads lists of every version: plain, a ziplist, nodes that are ziplists, listpacks or plain. */
export class ListLoader implements ValueLoader {
  readonly code = TYPE_LIST;
  readonly rdbTypes: readonly number[] = [
    RDB_TYPES.LIST,
    RDB_TYPES.LIST_ZIPLIST,
    RDB_TYPES.LIST_QUICKLIST,
    RDB_TYPES.LIST_QUICKLIST_2,
  ];
  readonly #list: ListBuilder;
  readonly #node: Listpack;
  readonly #listpack = new ListpackElements();
  readonly #ziplist = new ZiplistElements();

  constructor(memory: Arena, limits: ListLimits) {
    this.#list = new ListBuilder(memory, limits);
    this.#node = new Listpack(memory);
  }

  load(rdbType: number, reader: RdbReader): LoadedValue {
    const list = this.#list.begin();
    try {
      const parts = rdbType === RDB_TYPES.LIST_ZIPLIST ? 1 : reader.length();
      for (let left = parts; left > 0; left--) {
        if (rdbType === RDB_TYPES.LIST) this.#readElement(reader);
        else if (rdbType === RDB_TYPES.LIST_QUICKLIST_2) this.#readNode(reader);
        else this.#readZiplist(reader);
      }
    } catch (error) {
      list.drop();
      throw error;
    }
    list.finish();
    return list;
  }

  #readElement(reader: RdbReader): void {
    reader.string();
    this.#list.pushLast(reader.valueBytes, reader.valueAt, reader.valueLength);
  }

  #readNode(reader: RdbReader): void {
    const container = reader.length();
    if (container !== CONTAINER_PACKED && container !== CONTAINER_PLAIN) {
      reader.fail(`a list has no nodes of kind ${container}`);
    }
    reader.string();
    reader.packedBlocks++;
    const { valueBytes, valueAt, valueLength } = reader;
    if (container === CONTAINER_PLAIN) {
      // Only what is too large for a listpack is a node of its own.
      if (valueLength === 0) reader.fail("a node of a list that is an empty string");
      this.#list.appendPlain(valueBytes, valueAt, valueLength);
      return;
    }
    const elements = this.#listpack;
    if (!elements.open(valueBytes, valueAt, valueLength)) reader.fail("a broken listpack");
    const { elementsAt, elementsBytes, count } = elements;
    if (count > 0) this.#list.appendNode(valueBytes, elementsAt, elementsBytes, count);
  }

  #readZiplist(reader: RdbReader): void {
    reader.string();
    reader.packedBlocks++;
    const elements = this.#ziplist;
    const { valueBytes, valueAt, valueLength } = reader;
    if (!elements.open(valueBytes, valueAt, valueLength)) reader.fail("a broken ziplist");
    if (elements.count === 0) return;
    const node = this.#node.create(valueLength);
    while (elements.next())
      node.append(elements.valueBytes, elements.valueAt, elements.valueLength);
    const at = node.positionOf(node.first());
    this.#list.appendNode(node.elementBytes, at, node.elementsBytes, node.count);
    node.dispose();
  }
}
