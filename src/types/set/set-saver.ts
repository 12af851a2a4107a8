import { HalfSipHash } from "../../base/half-sip-hash";
import { ENTRY_VALUE, encodingOf, TYPE_SET, wordOf } from "../../keyspace/entry";
import { ListpackImage } from "../../keyspace/listpack-image";
import type { ValueSaver } from "../../keyspace/value-codec";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbWriter } from "../../rdb/rdb-writer";
import { IntsetReader } from "../../structures/intset-reader";
import { ListpackReader } from "../../structures/listpack-reader";
import { SET_INTSET, SET_LISTPACK, SetReader } from "./set-reader";

const FIRST_LISTPACK_VERSION = 11;
/** No member is looked up here. */
const ANY_HASH = new HalfSipHash(0, 0);

/**
 * Writes sets: an intset as it is, a listpack where the version has them, all else member by member.
 * A small table lies in a listpack, too, but is written as the table that it is reported as.
 */
export class SetSaver implements ValueSaver {
  readonly code = TYPE_SET;
  readonly #memory: BlockMemory;
  readonly #set: SetReader;
  readonly #intset: IntsetReader;
  readonly #pack: ListpackReader;
  readonly #image = new ListpackImage();

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.#set = new SetReader(memory, ANY_HASH);
    this.#intset = new IntsetReader(memory);
    this.#pack = new ListpackReader(memory);
  }

  rdbType(entry: number, version: number): number {
    const encoding = encodingOf(this.#memory, entry);
    if (encoding === SET_INTSET) return RDB_TYPES.SET_INTSET;
    const isListpack = encoding === SET_LISTPACK && version >= FIRST_LISTPACK_VERSION;
    return isListpack ? RDB_TYPES.SET_LISTPACK : RDB_TYPES.SET;
  }

  save(entry: number, rdbType: number, writer: RdbWriter): void {
    const memory = this.#memory;
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    if (rdbType === RDB_TYPES.SET_INTSET) {
      const { sizeBytes } = this.#intset.open(ref);
      writer.string(memory.bytes[ref >>> SEGMENT_SHIFT], (ref & GRANULE_MASK) << 4, sizeBytes);
    } else if (rdbType === RDB_TYPES.SET_LISTPACK) {
      this.#image.begin().addAll(this.#pack.open(ref)).write(writer);
    } else {
      this.#writeMembers(entry, writer);
    }
  }

  #writeMembers(entry: number, writer: RdbWriter): void {
    const set = this.#set.openEntry(entry).start();
    writer.length(set.size);
    while (set.next()) writer.string(set.valueBytes, set.valueAt, set.valueLength);
  }
}
