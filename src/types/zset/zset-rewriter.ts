import { formatDouble17 } from "../../base/double";
import { type AofCommandWriter, ITEMS_PER_COMMAND } from "../../keyspace/aof-command-writer";
import { TYPE_ZSET } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { ZsetReader } from "./zset-reader";

/** Tells a sorted set as ZADD of some members at a time, the lowest first. */
export class ZsetRewriter implements ValueRewriter {
  readonly code = TYPE_ZSET;
  readonly #zset: ZsetReader;

  constructor(memory: BlockMemory) {
    this.#zset = new ZsetReader(memory);
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const zset = this.#zset.open(entry);
    let left = zset.size;
    let inCommand = 0;
    for (let more = zset.seekFirst(); more; more = zset.next()) {
      if (inCommand === 0) {
        inCommand = Math.min(left, ITEMS_PER_COMMAND);
        writer.command("ZADD", 2 + inCommand * 2);
        writer.key(entry);
      }
      const { score } = zset;
      if (Number.isSafeInteger(score) && !Object.is(score, -0)) writer.integer(score);
      else writer.text(formatDouble17(score));
      writer.bytes(zset.memberBytes, zset.memberAt, zset.memberLength);
      inCommand--;
      left--;
    }
  }
}
