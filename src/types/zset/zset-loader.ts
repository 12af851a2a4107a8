import { compareBytes, copyBytes } from "../../base/bytes";
import { parseDouble } from "../../base/double";
import type { HalfSipHash } from "../../base/half-sip-hash";
import { TYPE_ZSET } from "../../keyspace/entry";
import type { LoadedValue, ValueLoader } from "../../keyspace/value-codec";
import type { Arena } from "../../memory/arena";
import { DistinctElements } from "../../rdb/distinct-elements";
import { ListpackElements } from "../../rdb/listpack-elements";
import type { PackedElements } from "../../rdb/packed-elements";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import { ZiplistElements } from "../../rdb/ziplist-elements";
import { Listpack } from "../../structures/listpack";
import { SCORE_MINUS_INFINITY, SCORE_NAN, SCORE_PLUS_INFINITY } from "./score-lengths";
import { SCORE_TEXT_BYTES, writeScoreText } from "./score-text";
import { ZSET_LISTPACK, ZSET_TREE } from "./zset-layout";
import type { ZsetLimits } from "./zset-limits";
import { zsetType } from "./zset-type";
import { ZsetValue } from "./zset-value";

const NOTHING: LoadedValue = { encoding: 0, ref: 0 };
const SCRATCH_BYTES = 1024;
/** More members are put into a tree at once: to find a place in a listpack takes a walk. */
const MOST_PACKED = 128;

/** Reads sorted sets: plain with scores of either kind, ziplists and listpacks. */
export class ZsetLoader implements ValueLoader {
  readonly code = TYPE_ZSET;
  readonly rdbTypes: readonly number[] = [
    RDB_TYPES.ZSET,
    RDB_TYPES.ZSET_2,
    RDB_TYPES.ZSET_ZIPLIST,
    RDB_TYPES.ZSET_LISTPACK,
  ];
  readonly #memory: Arena;
  readonly #zset: ZsetValue;
  readonly #listpack = new ListpackElements();
  readonly #ziplist = new ZiplistElements();
  readonly #distinct: DistinctElements;
  readonly #limits: ZsetLimits;
  readonly #pack: Listpack;
  readonly #scoreText = new Uint8Array(SCORE_TEXT_BYTES);
  #member = new Uint8Array(SCRATCH_BYTES);
  /** The member before, while members are read in order. */
  #spare = new Uint8Array(SCRATCH_BYTES);
  #memberLength = 0;

  constructor(memory: Arena, hash: HalfSipHash, limits: ZsetLimits) {
    this.#memory = memory;
    this.#limits = limits;
    this.#pack = new Listpack(memory);
    const hashOf = (bytes: Uint8Array, at: number, length: number): number =>
      hash.hash(bytes, at, length);
    this.#zset = new ZsetValue({ memory, hashOf }, limits);
    this.#distinct = new DistinctElements(hash);
  }

  load(rdbType: number, reader: RdbReader): LoadedValue {
    const isPlain = rdbType === RDB_TYPES.ZSET || rdbType === RDB_TYPES.ZSET_2;
    if (isPlain) return this.#readMembers(rdbType, reader);
    reader.string();
    const elements = rdbType === RDB_TYPES.ZSET_ZIPLIST ? this.#ziplist : this.#listpack;
    const { valueBytes, valueAt, valueLength } = reader;
    reader.packedBlocks++;
    const isWhole = elements.open(valueBytes, valueAt, valueLength);
    if (!isWhole || elements.count % 2 !== 0) reader.fail("a broken listpack of members");
    if (!this.#distinct.areDistinct(elements, 2)) reader.fail("a sorted set with a member twice");
    if (elements.count === 0) return NOTHING;
    return this.#readPacked(reader, elements);
  }

  #readMembers(rdbType: number, reader: RdbReader): LoadedValue {
    const count = reader.length();
    if (count === 0) return NOTHING;
    const zset = this.#zset;
    if (count <= MOST_PACKED) zset.create(count, 0);
    else zset.createTree();
    try {
      for (let left = count; left > 0; left--) {
        reader.string();
        this.#keepMember(reader);
        const score = rdbType === RDB_TYPES.ZSET_2 ? reader.double() : readScoreText(reader);
        if (Number.isNaN(score)) reader.fail("a score that is no number");
        // Whether it is to be a listpack, which has no minus zero, is known when all have been read.
        if (Object.is(score, -0) && zset.encoding === ZSET_LISTPACK) zset.growTree();
        const length = this.#memberLength;
        if (zset.find(this.#member, 0, length)) reader.fail("a sorted set with a member twice");
        zset.insert(score, this.#member, 0, length);
      }
    } catch (error) {
      this.#drop();
      throw error;
    }
    if (zset.encoding === ZSET_TREE) zset.settle();
    return zset;
  }

  #readPacked(reader: RdbReader, elements: PackedElements): LoadedValue {
    if (this.#keepsLongMembers(elements)) return this.#readLongMembers(reader, elements);
    const zset = this.#zset.create(elements.count / 2, 0);
    try {
      let previous = Number.NaN;
      while (elements.next()) {
        previous = this.#readPair(reader, elements, previous);
        zset.extend(false, previous, this.#member, 0, this.#memberLength);
      }
    } catch (error) {
      this.#drop();
      throw error;
    }
    return zset;
  }

  /**
   * Whether it stays a listpack although a member is too long for one: Redis looks at the number of
   * members only when it reads a listpack.
   */
  #keepsLongMembers(elements: PackedElements): boolean {
    const { listpackEntries, listpackValueBytes } = this.#limits;
    if (elements.count > listpackEntries * 2) return false;
    let isLong = false;
    while (!isLong && elements.next()) {
      isLong = elements.valueLength > listpackValueBytes;
      elements.next();
    }
    elements.rewind();
    return isLong;
  }

  #readLongMembers(reader: RdbReader, elements: PackedElements): LoadedValue {
    const pack = this.#pack.create(0);
    try {
      let previous = Number.NaN;
      while (elements.next()) {
        previous = this.#readPair(reader, elements, previous);
        pack.append(this.#member, 0, this.#memberLength);
        const length = writeScoreText(previous, false, this.#scoreText);
        pack.append(this.#scoreText, 0, length);
      }
    } catch (error) {
      pack.dispose();
      throw error;
    }
    pack.trim();
    return { encoding: ZSET_LISTPACK, ref: pack.ref };
  }

  /** Keeps the member shown; returns the score behind it. `previous` is the one before, or NaN. */
  #readPair(reader: RdbReader, elements: PackedElements, previous: number): number {
    const last = this.#member;
    const lastLength = this.#memberLength;
    this.#member = this.#spare;
    this.#spare = last;
    this.#keepMember(elements);
    elements.next();
    const { valueBytes, valueAt, valueLength } = elements;
    const score = parseDouble(valueBytes, valueAt, valueLength);
    if (score === undefined || Number.isNaN(score)) reader.fail("a score that is no number");
    const isInOrder =
      Number.isNaN(previous) ||
      score > previous ||
      (score === previous &&
        compareBytes(last, 0, lastLength, this.#member, 0, this.#memberLength) < 0);
    if (!isInOrder) reader.fail("a sorted set that is not in order");
    return score;
  }

  #keepMember(shown: { valueBytes: Uint8Array; valueAt: number; valueLength: number }): void {
    const { valueBytes, valueAt, valueLength } = shown;
    if (this.#member.length < valueLength) this.#member = new Uint8Array(valueLength * 2);
    copyBytes(this.#member, 0, valueBytes, valueAt, valueLength);
    this.#memberLength = valueLength;
  }

  /** Frees what has been built. */
  #drop(): void {
    const { encoding } = this.#zset;
    let { ref } = this.#zset;
    while (ref !== 0) {
      ref = zsetType.freeSome(this.#memory, ref, Number.POSITIVE_INFINITY, encoding);
    }
  }
}

function readScoreText(reader: RdbReader): number {
  const length = reader.byte();
  if (length === SCORE_NAN) return Number.NaN;
  if (length === SCORE_PLUS_INFINITY) return Number.POSITIVE_INFINITY;
  if (length === SCORE_MINUS_INFINITY) return Number.NEGATIVE_INFINITY;
  reader.bytes(length);
  return parseDouble(reader.valueBytes, reader.valueAt, length) ?? Number.NaN;
}
