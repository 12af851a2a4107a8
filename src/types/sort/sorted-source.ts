import type { DataCall } from "../../keyspace/data-call";
import {
  ENTRY_VALUE,
  encodingOf,
  TYPE_LIST,
  TYPE_SET,
  TYPE_ZSET,
  typeOf,
  wordOf,
} from "../../keyspace/entry";
import { ListReader } from "../list/list-reader";
import { SetReader } from "../set/set-reader";
import { ZSET_LISTPACK, ZSET_SMALL } from "../zset/zset-layout";
import { ZsetReader } from "../zset/zset-reader";
import { ByteRows } from "./byte-rows";

/** The elements that SORT sorts: those of a list, a set, or a sorted set, in their own order. */
export class SortedSource {
  /** 0 for a key that is not there. */
  length = 0;
  readonly isSet: boolean;
  readonly #call: DataCall;
  readonly #entry: number;
  readonly #type: number;

  /** @param entry found last, of one of the three types, or 0. */
  constructor(call: DataCall, entry: number) {
    const { memory, hash } = call.keyspace;
    this.#call = call;
    this.#entry = entry;
    this.#type = entry === 0 ? TYPE_LIST : typeOf(memory, entry);
    this.isSet = this.#type === TYPE_SET;
    if (entry === 0) return;
    if (this.isSet) this.length = new SetReader(memory, hash).openEntry(entry).size;
    else if (this.#type === TYPE_LIST) this.length = new ListReader(memory).openEntry(entry).length;
    else this.length = new ZsetReader(memory).open(entry).size;
  }

  static isSortable(call: DataCall, entry: number): boolean {
    const type = typeOf(call.keyspace.memory, entry);
    return type === TYPE_LIST || type === TYPE_SET || type === TYPE_ZSET;
  }

  /** A sorted set that has been sorted is no listpack any more, in Redis's eyes. */
  convert(): void {
    const { keyspace, db } = this.#call;
    if (this.#entry === 0 || this.#type !== TYPE_ZSET) return;
    if (encodingOf(keyspace.memory, this.#entry) !== ZSET_LISTPACK) return;
    db.storeFound(ZSET_SMALL, wordOf(keyspace.memory, this.#entry, ENTRY_VALUE));
  }

  /**
   * Copies `count` elements from the `start`-th on; counted and copied from the other end when
   * `isBackward`, but for sets, which have no order.
   */
  copy(start: number, count: number, isBackward: boolean): ByteRows {
    const rows = new ByteRows();
    if (count <= 0 || this.#entry === 0) return rows;
    if (this.isSet) this.#copySet(rows);
    else if (this.#type === TYPE_LIST) this.#copyList(rows, start, count, isBackward);
    else this.#copyZset(rows, start, count, isBackward);
    return rows;
  }

  #copySet(rows: ByteRows): void {
    const { memory, hash } = this.#call.keyspace;
    const set = new SetReader(memory, hash).openEntry(this.#entry).start();
    while (set.next()) rows.add(set.valueBytes, set.valueAt, set.valueLength);
  }

  #copyList(rows: ByteRows, start: number, count: number, isBackward: boolean): void {
    const list = new ListReader(this.#call.keyspace.memory).openEntry(this.#entry);
    const { pack } = list;
    let offset = list.seek(isBackward ? list.length - 1 - start : start);
    while (rows.count < count) {
      pack.read(offset);
      rows.add(pack.valueBytes, pack.valueAt, pack.valueLength);
      offset = isBackward ? pack.previous(offset) : pack.next(offset);
      if (offset !== 0) continue;
      if (!(isBackward ? list.previousNode() : list.nextNode())) return;
      offset = isBackward ? pack.last() : pack.first();
    }
  }

  #copyZset(rows: ByteRows, start: number, count: number, isBackward: boolean): void {
    const zset = new ZsetReader(this.#call.keyspace.memory).open(this.#entry);
    let isThere = zset.seekRank(isBackward ? zset.size - 1 - start : start);
    while (isThere && rows.count < count) {
      rows.add(zset.memberBytes, zset.memberAt, zset.memberLength);
      isThere = isBackward ? zset.previous() : zset.next();
    }
  }
}
