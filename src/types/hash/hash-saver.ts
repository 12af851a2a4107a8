import { encodingOf, TYPE_HASH } from "../../keyspace/entry";
import { ListpackImage } from "../../keyspace/listpack-image";
import type { ValueSaver } from "../../keyspace/value-codec";
import type { BlockMemory } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { NO_FIELD_EXPIRY } from "./field-entry";
import { hashEncodingName } from "./hash-encoding";
import { HashReader } from "./hash-reader";

const FIRST_LISTPACK_VERSION = 10;
const FIRST_EXPIRY_VERSION = 12;

/**
 * Writes hashes: what is reported as a listpack as one, all else field by field. A small table lies
 * in a listpack, too, but is written as the table that it is reported as.
 *
 * Where fields expire, the least expiry stands in front. In a listpack the fields are ordered by
 * theirs, those without one last, which those who read it rely on.
 */
export class HashSaver implements ValueSaver {
  readonly code = TYPE_HASH;
  readonly #memory: BlockMemory;
  readonly #hash: HashReader;
  readonly #image = new ListpackImage();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#hash = new HashReader(memory);
  }

  rdbType(entry: number, version: number): number {
    const isTable = hashEncodingName(encodingOf(this.#memory, entry)) === "hashtable";
    if (this.#hasExpiringField(entry)) {
      if (version < FIRST_EXPIRY_VERSION) return -1;
      return isTable ? RDB_TYPES.HASH_METADATA : RDB_TYPES.HASH_LISTPACK_EX;
    }
    if (isTable || version < FIRST_LISTPACK_VERSION) return RDB_TYPES.HASH;
    return RDB_TYPES.HASH_LISTPACK;
  }

  save(entry: number, rdbType: number, writer: RdbWriter): void {
    const hash = this.#hash;
    hash.openEntry(entry);
    if (rdbType === RDB_TYPES.HASH_LISTPACK) {
      this.#image.begin();
      hash.forEach((handle) => {
        this.#addToImage(handle);
      });
      this.#image.write(writer);
    } else if (rdbType === RDB_TYPES.HASH) {
      writer.length(hash.count);
      hash.forEach((handle) => {
        this.#writeField(handle, writer);
      });
    } else if (rdbType === RDB_TYPES.HASH_LISTPACK_EX) {
      this.#writeExpiringListpack(writer);
    } else {
      this.#writeExpiringTable(writer);
    }
  }

  #hasExpiringField(entry: number): boolean {
    const hash = this.#hash;
    hash.openEntry(entry);
    return hash.mayExpire && this.#leastExpiry() !== NO_FIELD_EXPIRY;
  }

  #leastExpiry(): number {
    const hash = this.#hash;
    let leastMs = NO_FIELD_EXPIRY;
    hash.forEach((handle) => {
      const expiryMs = hash.expiryOf(handle);
      const isLess = leastMs === NO_FIELD_EXPIRY || expiryMs < leastMs;
      if (expiryMs !== NO_FIELD_EXPIRY && isLess) leastMs = expiryMs;
    });
    return leastMs;
  }

  #writeField(handle: number, writer: RdbWriter): void {
    const hash = this.#hash;
    hash.showField(handle);
    writer.string(hash.bytes, hash.at, hash.length);
    hash.showValue(handle);
    writer.string(hash.bytes, hash.at, hash.length);
  }

  #addToImage(handle: number): void {
    const hash = this.#hash;
    hash.showField(handle);
    this.#image.add(hash.bytes, hash.at, hash.length);
    hash.showValue(handle);
    this.#image.add(hash.bytes, hash.at, hash.length);
  }

  #writeExpiringTable(writer: RdbWriter): void {
    const hash = this.#hash;
    const leastMs = this.#leastExpiry();
    writer.integer64(leastMs);
    writer.length(hash.count);
    hash.forEach((handle) => {
      const expiryMs = hash.expiryOf(handle);
      // Counted from the least one on and from 1, as 0 is none.
      writer.length(expiryMs === NO_FIELD_EXPIRY ? 0 : expiryMs - leastMs + 1);
      this.#writeField(handle, writer);
    });
  }

  #writeExpiringListpack(writer: RdbWriter): void {
    const hash = this.#hash;
    const image = this.#image.begin();
    const fields: { readonly handle: number; readonly expiryMs: number }[] = [];
    hash.forEach((handle) => {
      fields.push({ handle, expiryMs: hash.expiryOf(handle) });
    });
    fields.sort((one, other) => orderOf(one.expiryMs) - orderOf(other.expiryMs));
    writer.integer64(this.#leastExpiry());
    for (const { handle, expiryMs } of fields) {
      this.#addToImage(handle);
      const digits = Buffer.from(String(expiryMs === NO_FIELD_EXPIRY ? 0 : expiryMs));
      image.add(digits, 0, digits.length);
    }
    image.write(writer);
  }
}

/** By expiry, those without one last. A listpack has few fields. */
function orderOf(expiryMs: number): number {
  return expiryMs === NO_FIELD_EXPIRY ? Number.MAX_SAFE_INTEGER : expiryMs;
}
