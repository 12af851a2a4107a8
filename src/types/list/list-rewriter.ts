import { type AofCommandWriter, ITEMS_PER_COMMAND } from "../../keyspace/aof-command-writer";
import { TYPE_LIST } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { ListReader } from "./list-reader";

/** Tells a list as RPUSH of some elements at a time. */
export class ListRewriter implements ValueRewriter {
  readonly code = TYPE_LIST;
  readonly #list: ListReader;

  constructor(memory: BlockMemory) {
    this.#list = new ListReader(memory);
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const list = this.#list.openEntry(entry);
    const { pack } = list;
    let left = list.length;
    let inCommand = 0;
    for (let more = list.firstNode(); more; more = list.nextNode()) {
      for (let offset = pack.first(); offset !== 0; offset = pack.next(offset)) {
        if (inCommand === 0) {
          inCommand = Math.min(left, ITEMS_PER_COMMAND);
          writer.command("RPUSH", 2 + inCommand);
          writer.key(entry);
        }
        pack.read(offset);
        writer.bytes(pack.valueBytes, pack.valueAt, pack.valueLength);
        inCommand--;
        left--;
      }
    }
  }
}
