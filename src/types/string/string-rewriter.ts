import type { AofCommandWriter } from "../../keyspace/aof-command-writer";
import { TYPE_STRING, valueStartOf } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import { stringLength } from "./string-value";

/** Tells a string as one SET. */
export class StringRewriter implements ValueRewriter {
  readonly code = TYPE_STRING;
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const memory = this.#memory;
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    writer.command("SET", 3);
    writer.key(entry);
    writer.bytes(bytes, valueStartOf(memory, entry), stringLength(memory, entry));
  }
}
