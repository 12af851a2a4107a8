import { HalfSipHash } from "../../base/half-sip-hash";
import { type AofCommandWriter, ITEMS_PER_COMMAND } from "../../keyspace/aof-command-writer";
import { TYPE_SET } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { SetReader } from "./set-reader";

/** No member is looked up here. */
const ANY_HASH = new HalfSipHash(0, 0);

/** Tells a set as SADD of some members at a time. */
export class SetRewriter implements ValueRewriter {
  readonly code = TYPE_SET;
  readonly #set: SetReader;

  constructor(memory: BlockMemory) {
    this.#set = new SetReader(memory, ANY_HASH);
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const set = this.#set.openEntry(entry).start();
    let left = set.size;
    for (let inCommand = 0; set.next(); inCommand--, left--) {
      if (inCommand === 0) {
        inCommand = Math.min(left, ITEMS_PER_COMMAND);
        writer.command("SADD", 2 + inCommand);
        writer.key(entry);
      }
      writer.bytes(set.valueBytes, set.valueAt, set.valueLength);
    }
  }
}
