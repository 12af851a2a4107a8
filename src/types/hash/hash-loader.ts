import { copyBytes } from "../../base/bytes";
import type { HalfSipHash } from "../../base/half-sip-hash";
import { parseSafeInteger } from "../../base/int64";
import type { Database } from "../../keyspace/database";
import { TYPE_HASH } from "../../keyspace/entry";
import type { LoadedValue, ValueLoader } from "../../keyspace/value-codec";
import type { Arena } from "../../memory/arena";
import { DistinctElements } from "../../rdb/distinct-elements";
import { ListpackElements } from "../../rdb/listpack-elements";
import type { PackedElements } from "../../rdb/packed-elements";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import { ZiplistElements } from "../../rdb/ziplist-elements";
import { ZipmapElements } from "../../rdb/zipmap-elements";
import { Listpack } from "../../structures/listpack";
import { LAST_EXPIRY_MS } from "./field-arguments";
import { NO_FIELD_EXPIRY } from "./field-entry";
import type { FieldExpiry } from "./field-expiry";
import { HASH_INLINE, HASH_LISTPACK } from "./hash-encoding";
import type { HashLimits } from "./hash-limits";
import { hashType } from "./hash-type";
import { HashValue } from "./hash-value";

const NOTHING: LoadedValue = { encoding: 0, ref: 0 };
const SCRATCH_BYTES = 1024;

/** Reads hashes: plain, zipmaps, ziplists, listpacks, and those of version 12 with field expiry. */
export class HashLoader implements ValueLoader {
  readonly code = TYPE_HASH;
  readonly rdbTypes: readonly number[] = [
    RDB_TYPES.HASH,
    RDB_TYPES.HASH_ZIPMAP,
    RDB_TYPES.HASH_ZIPLIST,
    RDB_TYPES.HASH_LISTPACK,
    RDB_TYPES.HASH_METADATA_PRE_GA,
    RDB_TYPES.HASH_LISTPACK_EX_PRE_GA,
    RDB_TYPES.HASH_METADATA,
    RDB_TYPES.HASH_LISTPACK_EX,
  ];
  readonly #memory: Arena;
  readonly #limits: HashLimits;
  readonly #fieldExpiry: Pick<FieldExpiry, "added">;
  readonly #hash: HashValue;
  readonly #pack: Listpack;
  readonly #listpack = new ListpackElements();
  readonly #ziplist = new ZiplistElements();
  readonly #zipmap = new ZipmapElements();
  readonly #distinct: DistinctElements;
  #field = new Uint8Array(SCRATCH_BYTES);
  #fieldLength = 0;
  #value = new Uint8Array(SCRATCH_BYTES);
  #expires = false;

  /** @param fieldExpiry is told of hashes with fields that expire. */
  constructor(
    memory: Arena,
    hash: HalfSipHash,
    limits: HashLimits,
    fieldExpiry: Pick<FieldExpiry, "added">,
  ) {
    this.#memory = memory;
    this.#limits = limits;
    this.#fieldExpiry = fieldExpiry;
    this.#hash = new HashValue(memory, hash, limits);
    this.#pack = new Listpack(memory);
    this.#distinct = new DistinctElements(hash);
  }

  load(rdbType: number, reader: RdbReader): LoadedValue {
    this.#expires = false;
    const isPlain =
      rdbType === RDB_TYPES.HASH ||
      rdbType === RDB_TYPES.HASH_METADATA ||
      rdbType === RDB_TYPES.HASH_METADATA_PRE_GA;
    // Nothing has expired at the beginning of time: what a file has is taken as it is.
    const hash = this.#hash.create(0, 0);
    try {
      if (!isPlain) return this.#readPacked(rdbType, reader);
      const leastMs = rdbType === RDB_TYPES.HASH_METADATA ? reader.int64() : 0;
      this.#readFields(rdbType, reader, leastMs);
    } catch (error) {
      this.#drop();
      throw error;
    }
    return this.#built(hash);
  }

  placed(database: Database, entry: number): void {
    if (this.#expires) this.#fieldExpiry.added(database, entry);
  }

  #readFields(rdbType: number, reader: RdbReader, leastMs: number): void {
    const hasExpiries = rdbType !== RDB_TYPES.HASH;
    for (let left = reader.length(); left > 0; left--) {
      const told = hasExpiries ? reader.length() : 0;
      const isRelative = rdbType === RDB_TYPES.HASH_METADATA;
      const expiryMs = isRelative ? told + leastMs - 1 : told;
      reader.string();
      this.#keepField(reader);
      reader.string();
      const { valueBytes, valueAt, valueLength } = reader;
      this.#add(reader, valueBytes, valueAt, valueLength, told === 0 ? NO_FIELD_EXPIRY : expiryMs);
    }
  }

  #readPacked(rdbType: number, reader: RdbReader): LoadedValue {
    const isExpiring =
      rdbType === RDB_TYPES.HASH_LISTPACK_EX || rdbType === RDB_TYPES.HASH_LISTPACK_EX_PRE_GA;
    if (rdbType === RDB_TYPES.HASH_LISTPACK_EX) reader.int64();
    reader.string();
    const elements = this.#elementsOf(rdbType);
    const { valueBytes, valueAt, valueLength } = reader;
    reader.packedBlocks++;
    const each = isExpiring ? 3 : 2;
    const isWhole = elements.open(valueBytes, valueAt, valueLength);
    if (!isWhole || elements.count % each !== 0) reader.fail("a broken listpack of fields");
    if (!this.#distinct.areDistinct(elements, each)) reader.fail("a hash with a field twice");
    if (elements.count === 0) return NOTHING;
    if (!isExpiring && rdbType !== RDB_TYPES.HASH_ZIPMAP && this.#keepsLongElements(elements)) {
      return this.#packed(elements);
    }
    elements.rewind();
    while (elements.next()) {
      this.#keepField(elements);
      elements.next();
      if (isExpiring) {
        this.#addWithExpiry(reader, elements);
        continue;
      }
      this.#add(
        reader,
        elements.valueBytes,
        elements.valueAt,
        elements.valueLength,
        NO_FIELD_EXPIRY,
      );
    }
    return this.#built(this.#hash);
  }

  #elementsOf(rdbType: number): PackedElements {
    if (rdbType === RDB_TYPES.HASH_ZIPMAP) return this.#zipmap;
    return rdbType === RDB_TYPES.HASH_ZIPLIST ? this.#ziplist : this.#listpack;
  }

  /**
   * Whether it stays a listpack although it has elements that would not get into one now: Redis looks
   * at the number of fields only when it reads a listpack.
   */
  #keepsLongElements(elements: PackedElements): boolean {
    const { maxEntries, maxValueBytes } = this.#limits;
    if (elements.count > maxEntries * 2) return false;
    let isLong = false;
    while (elements.next() && !isLong) isLong = elements.valueLength > maxValueBytes;
    elements.rewind();
    return isLong;
  }

  #packed(elements: PackedElements): LoadedValue {
    const pack = this.#pack.create(0);
    while (elements.next())
      pack.append(elements.valueBytes, elements.valueAt, elements.valueLength);
    pack.trim();
    return { encoding: HASH_LISTPACK, ref: pack.ref };
  }

  /** Adds the kept field with the value shown and the expiry behind that. */
  #addWithExpiry(reader: RdbReader, elements: PackedElements): void {
    const length = elements.valueLength;
    if (this.#value.length < length) this.#value = new Uint8Array(length * 2);
    copyBytes(this.#value, 0, elements.valueBytes, elements.valueAt, length);
    elements.next();
    const { valueBytes, valueAt, valueLength } = elements;
    const expiryMs = parseSafeInteger(valueBytes, valueAt, valueLength);
    if (!(expiryMs >= 0)) reader.fail("an expiry that is no number");
    this.#add(reader, this.#value, 0, length, expiryMs === 0 ? NO_FIELD_EXPIRY : expiryMs);
  }

  /** Copies the string or element shown, as showing the value would overwrite it. */
  #keepField(shown: { valueBytes: Uint8Array; valueAt: number; valueLength: number }): void {
    const { valueBytes, valueAt, valueLength } = shown;
    if (this.#field.length < valueLength) this.#field = new Uint8Array(valueLength * 2);
    copyBytes(this.#field, 0, valueBytes, valueAt, valueLength);
    this.#fieldLength = valueLength;
  }

  #add(
    reader: RdbReader,
    value: Uint8Array,
    valueAt: number,
    valueLength: number,
    expiryMs: number,
  ): void {
    const hash = this.#hash;
    const field = this.#field;
    const length = this.#fieldLength;
    const isNew = hash.set(field, 0, length, value, valueAt, valueLength);
    if (!isNew) reader.fail("a hash with a field twice");
    if (expiryMs === NO_FIELD_EXPIRY) return;
    if (!(expiryMs >= 0 && expiryMs <= LAST_EXPIRY_MS)) {
      reader.fail("an expiry that no field can have");
    }
    hash.setExpiry(field, 0, length, expiryMs);
    this.#expires = true;
  }

  #built(hash: HashValue): LoadedValue {
    if (hash.count === 0) return NOTHING;
    if (hash.encoding === HASH_INLINE)
      return { encoding: HASH_INLINE, ref: 0, inline: hash.inline };
    return { encoding: hash.encoding, ref: hash.ref };
  }

  /** Frees what has been built. */
  #drop(): void {
    const { encoding } = this.#hash;
    if (encoding === HASH_INLINE) return;
    let { ref } = this.#hash;
    while (ref !== 0)
      ref = hashType.freeSome(this.#memory, ref, Number.POSITIVE_INFINITY, encoding);
  }
}
