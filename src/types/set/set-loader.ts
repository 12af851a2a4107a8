import type { HalfSipHash } from "../../base/half-sip-hash";
import { TYPE_SET } from "../../keyspace/entry";
import type { LoadedValue, ValueLoader } from "../../keyspace/value-codec";
import type { Arena } from "../../memory/arena";
import { DistinctElements } from "../../rdb/distinct-elements";
import { isIntset } from "../../rdb/intset-check";
import { ListpackElements } from "../../rdb/listpack-elements";
import { RDB_TYPES } from "../../rdb/rdb-format";
import type { RdbReader } from "../../rdb/rdb-reader";
import type { SetLimits } from "./set-limits";
import { SetValue } from "./set-value";

const NOTHING: LoadedValue = { encoding: 0, ref: 0 };

/** Reads sets: plain, intsets and listpacks. */
export class SetLoader implements ValueLoader {
  readonly code = TYPE_SET;
  readonly rdbTypes: readonly number[] = [
    RDB_TYPES.SET,
    RDB_TYPES.SET_INTSET,
    RDB_TYPES.SET_LISTPACK,
  ];
  readonly #set: SetValue;
  readonly #elements = new ListpackElements();
  readonly #distinct: DistinctElements;

  constructor(memory: Arena, hash: HalfSipHash, limits: SetLimits) {
    this.#set = new SetValue(memory, hash, limits);
    this.#distinct = new DistinctElements(hash);
  }

  load(rdbType: number, reader: RdbReader): LoadedValue {
    if (rdbType === RDB_TYPES.SET) return this.#readMembers(reader);
    reader.string();
    const { valueBytes, valueAt, valueLength } = reader;
    reader.packedBlocks++;
    if (rdbType === RDB_TYPES.SET_LISTPACK) return this.#readListpack(reader);
    if (!isIntset(valueBytes, valueAt, valueLength)) reader.fail("a broken intset");
    return this.#set.adoptIntset(valueBytes, valueAt, valueLength);
  }

  #readListpack(reader: RdbReader): LoadedValue {
    const elements = this.#elements;
    const { valueBytes, valueAt, valueLength } = reader;
    if (!elements.open(valueBytes, valueAt, valueLength)) reader.fail("a broken listpack");
    if (!this.#distinct.areDistinct(elements, 1)) reader.fail("a set with a member twice");
    const { elementsAt, elementsBytes, count } = elements;
    if (count === 0) return NOTHING;
    return this.#set.adoptListpack(valueBytes, elementsAt, elementsBytes, count);
  }

  #readMembers(reader: RdbReader): LoadedValue {
    const count = reader.length();
    if (count === 0) return NOTHING;
    const set = this.#set.createForLoading(count);
    try {
      for (let left = count; left > 0; left--) {
        reader.string();
        const isNew = set.add(reader.valueBytes, reader.valueAt, reader.valueLength);
        if (!isNew) reader.fail("a set with a member twice");
      }
    } catch (error) {
      set.dispose();
      throw error;
    }
    return set;
  }
}
