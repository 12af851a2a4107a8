import { EVENT_ZSET } from "../../config/keyspace-events";
import type { DataCall } from "../../keyspace/data-call";
import { TYPE_ZSET } from "../../keyspace/entry";
import type { ZsetLimits } from "./zset-limits";
import { ZsetRanges } from "./zset-ranges";
import { ZsetValue } from "./zset-value";

/** What is under a key: nothing, a sorted set that is open now, or else (the error is written). */
export const NO_ZSET = 0;
export const A_ZSET = 1;
export const NOT_A_ZSET = 2;

/**
 * How commands come to the sorted set of a key argument and leave it: one object for all of them,
 * with the one ZsetValue that they share.
 */
export class ZsetAccess {
  readonly #limits: ZsetLimits;
  #value: ZsetValue | undefined;
  #result: ZsetValue | undefined;
  #ranges: ZsetRanges | undefined;
  /** The entry opened last, 0 when there was none. */
  #entry = 0;

  constructor(limits: ZsetLimits) {
    this.#limits = limits;
  }

  /** The sorted set, where `read` or `write` answered A_ZSET, or for `create`. */
  value(call: DataCall): ZsetValue {
    this.#value ??= new ZsetValue(call.keyspace, this.#limits);
    return this.#value;
  }

  /** Another one, for the result of a command while it reads. To be created. */
  result(call: DataCall): ZsetValue {
    this.#result ??= new ZsetValue(call.keyspace, this.#limits);
    return this.#result;
  }

  /** Ranges of any sorted set. */
  ranges(call: DataCall): ZsetRanges {
    this.#ranges ??= new ZsetRanges(call.keyspace.memory);
    return this.#ranges;
  }

  /** Opens the sorted set of a key argument for reading. */
  read(call: DataCall, index: number): number {
    return this.#open(call, call.read(index));
  }

  /** Opens the sorted set of a key argument for a change. */
  write(call: DataCall, index: number): number {
    return this.#open(call, call.write(index));
  }

  /**
   * After changes of the value: stores it under the key argument, which need not have been there,
   * tells of it, and takes the key out when it is empty. Nothing else was looked up since `write`.
   * @param changes how many elements were added, changed or removed; at least one.
   */
  store(call: DataCall, index: number, changes: number, event: string): void {
    const zset = this.value(call);
    if (this.#entry !== 0) this.#entry = zset.save(call.db, this.#entry);
    else this.#entry = call.addValue(index, TYPE_ZSET, zset.encoding, zset.ref);
    call.keyspace.stats.changes += changes - 1;
    call.changed(index, EVENT_ZSET, event);
    if (zset.size === 0) call.deleteEmptied(index, this.#entry);
  }

  /**
   * Takes out a key argument whose elements are all to go, without touching them: what may be large
   * is freed later. Tells of it as `store` does.
   */
  storeEmptied(call: DataCall, index: number, event: string): void {
    call.keyspace.stats.changes += this.value(call).size - 1;
    call.changed(index, EVENT_ZSET, event);
    call.deleteEmptied(index, this.#entry);
  }

  /** Puts `result`, which is not empty, under a key argument, whatever that held, and tells of it. */
  storeResult(call: DataCall, index: number, event: string): void {
    const { encoding, ref } = this.result(call);
    call.replaceValue(index, TYPE_ZSET, encoding, ref);
    call.changed(index, EVENT_ZSET, event);
  }

  #open(call: DataCall, entry: number): number {
    this.#entry = entry;
    if (entry === 0) return NO_ZSET;
    if (call.isWrongType(entry, TYPE_ZSET)) return NOT_A_ZSET;
    this.value(call).open(entry);
    return A_ZSET;
  }
}
