import { type AofCommandWriter, ITEMS_PER_COMMAND } from "../../keyspace/aof-command-writer";
import { TYPE_HASH } from "../../keyspace/entry";
import type { ValueRewriter } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { NO_FIELD_EXPIRY } from "./field-entry";
import { HashReader } from "./hash-reader";

/** `HPEXPIREAT key time FIELDS 1 field`. */
const EXPIRY_ARGUMENTS = 6;

/**
 * Tells a hash as HMSET of some fields at a time, and then the expiry of each field that has one: a
 * reader that knows none is to have the fields at least.
 */
export class HashRewriter implements ValueRewriter {
  readonly code = TYPE_HASH;
  readonly #hash: HashReader;

  constructor(memory: BlockMemory) {
    this.#hash = new HashReader(memory);
  }

  rewrite(entry: number, writer: AofCommandWriter): void {
    const hash = this.#hash;
    hash.openEntry(entry);
    let left = hash.count;
    let inCommand = 0;
    hash.forEach((handle) => {
      if (inCommand === 0) {
        inCommand = Math.min(left, ITEMS_PER_COMMAND);
        writer.command("HMSET", 2 + inCommand * 2);
        writer.key(entry);
      }
      hash.showField(handle);
      writer.bytes(hash.bytes, hash.at, hash.length);
      hash.showValue(handle);
      writer.bytes(hash.bytes, hash.at, hash.length);
      inCommand--;
      left--;
    });
    if (hash.mayExpire) this.#rewriteExpiries(entry, writer);
  }

  #rewriteExpiries(entry: number, writer: AofCommandWriter): void {
    const hash = this.#hash;
    hash.forEach((handle) => {
      const expiryMs = hash.expiryOf(handle);
      if (expiryMs === NO_FIELD_EXPIRY) return;
      writer.command("HPEXPIREAT", EXPIRY_ARGUMENTS);
      writer.key(entry);
      writer.integer(expiryMs);
      writer.text("FIELDS");
      writer.integer(1);
      hash.showField(handle);
      writer.bytes(hash.bytes, hash.at, hash.length);
    });
  }
}
