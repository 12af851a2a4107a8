import type { DataCall } from "../../keyspace/data-call";
import { TYPE_LIST } from "../../keyspace/entry";
import type { Arena } from "../../memory/arena";
import { List } from "./list";
import type { ListLimits } from "./list-limits";

/** The two ends of a list. */
export const END_FIRST = 0;
export const END_LAST = 1;

const SCRATCH_BYTES = 4096;

/**
 * What the commands on lists share: the one List that is opened for each, and room for a value that
 * is on its way from one list to another. Nothing in it outlives a command.
 */
export class ListRoom {
  readonly list: List;
  /** The value that `take` copied. */
  value: Uint8Array;
  valueLength = 0;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);

  constructor(memory: Arena, limits: ListLimits) {
    this.list = new List(memory, limits);
    this.value = this.#scratch;
  }

  /** Opens the list of an entry at its first or last element; returns the offset in its node. */
  seekEnd(entry: number, end: number): number {
    const list = this.list.openEntry(entry);
    if (end === END_FIRST) {
      list.firstNode();
      return list.pack.first();
    }
    list.lastNode();
    return list.pack.last();
  }

  /** Copies an element of the list's current node. Allocates for long ones only. */
  take(offset: number): void {
    const { pack } = this.list;
    pack.read(offset);
    const { valueLength, valueAt } = pack;
    this.value = valueLength <= SCRATCH_BYTES ? this.#scratch : new Uint8Array(valueLength);
    this.value.set(pack.valueBytes.subarray(valueAt, valueAt + valueLength));
    this.valueLength = valueLength;
  }
}

/** Gives handlers the room of their keyspace, which is made for the first of them. */
export class ListRooms {
  readonly #limits: ListLimits;
  #memory: Arena | undefined;
  #room: ListRoom | undefined;

  constructor(limits: ListLimits) {
    this.#limits = limits;
  }

  handler(run: (call: DataCall, room: ListRoom) => void): (call: DataCall) => void {
    return (call) => run(call, this.#of(call.keyspace.memory));
  }

  #of(memory: Arena): ListRoom {
    if (this.#room === undefined || this.#memory !== memory) {
      this.#memory = memory;
      this.#room = new ListRoom(memory, this.#limits);
    }
    return this.#room;
  }
}

/** Opens the list of an entry, or begins a new one (0). False when it is no list (error written). */
export function openForPush(call: DataCall, list: List, entry: number): boolean {
  if (entry === 0) {
    list.openNew();
    return true;
  }
  if (call.isWrongType(entry, TYPE_LIST)) return false;
  list.openEntry(entry);
  return true;
}

/** Writes down where an opened list is now; `entry` is what was found of the key argument. */
export function storeList(call: DataCall, list: List, index: number, entry: number): void {
  if (entry === 0) call.addValue(index, TYPE_LIST, list.encoding, list.ref);
  else list.store(call.db);
}
