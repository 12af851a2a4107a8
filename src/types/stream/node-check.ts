import type { ListpackElements } from "../../rdb/listpack-elements";
import { StreamId } from "./stream-id";
import { ENTRY_DELETED, ENTRY_SAME_FIELDS } from "./stream-layout";

/** Bytes of an integer up to 127 with the length behind it: flags are changed in place. */
const FLAGS_BYTES = 2;
const KNOWN_FLAGS = ENTRY_DELETED | ENTRY_SAME_FIELDS;
/** Elements of an entry beside its fields and values: flags, two differences, and perhaps a count. */
const FRAME_SAME_FIELDS = 3;
const FRAME_OWN_FIELDS = 4;
const TWO_32 = 4294967296;

/**
 * Tells whether a listpack from a file, whose elements have been checked, is a node of a stream: see
 * NodeReader for the drawing. Every count must be right and the IDs must ascend, as whoever reads a
 * node relies on both.
 */
export class NodeCheck {
  /** Of the node that was checked last. */
  live = 0;
  /** The last entry's ID, deleted or not; of the node before while there are none. */
  readonly last = new StreamId();
  /** The last entry that lives, in all nodes; 0-0 while there are none. */
  readonly lastLive = new StreamId();
  readonly #id = new StreamId();
  #elements: ListpackElements | undefined;

  /** Begins a stream: any ID may be the first. */
  begin(): void {
    this.last.setZero();
    this.lastLive.setZero();
  }

  /** Whether the elements are a node with this ID, behind all nodes that were checked before. */
  check(elements: ListpackElements, master: StreamId): boolean {
    this.#elements = elements;
    elements.rewind();
    if (!this.last.isZero && master.compare(this.last) <= 0) return false;
    const live = this.#takeCount();
    const deleted = this.#takeCount();
    const fields = this.#takeCount();
    if (live < 0 || deleted < 0 || fields < 0 || !this.#skip(fields)) return false;
    if (this.#takeCount() !== 0 || live + deleted === 0) return false;
    let deletedFound = 0;
    for (let left = live + deleted; left > 0; left--) {
      const flags = this.#checkEntry(master, fields);
      // The first entry of a node has given it its ID.
      if (left === live + deleted && !this.last.equals(master)) return false;
      if (flags < 0) return false;
      if ((flags & ENTRY_DELETED) !== 0) deletedFound++;
      else this.lastLive.copy(this.last);
    }
    this.live = live;
    return deletedFound === deleted && !elements.next();
  }

  /** The flags of the next entry, or -1 when it is broken. */
  #checkEntry(master: StreamId, masterFields: number): number {
    const start = this.#elements?.position ?? 0;
    const flags = this.#takeCount();
    if (flags < 0 || flags > KNOWN_FLAGS) return -1;
    if (this.#elements?.position !== start + FLAGS_BYTES) return -1;
    if (!this.#takeId(master)) return -1;
    const isSame = (flags & ENTRY_SAME_FIELDS) !== 0;
    const pairs = isSame ? masterFields : this.#takeCount();
    if (pairs < 0) return -1;
    const content = isSame ? pairs : pairs * 2;
    const frame = isSame ? FRAME_SAME_FIELDS : FRAME_OWN_FIELDS;
    return this.#skip(content) && this.#takeCount() === content + frame ? flags : -1;
  }

  /** Takes both differences; false unless the ID is behind the last. */
  #takeId(master: StreamId): boolean {
    const elements = this.#elements;
    const id = this.#id;
    if (elements === undefined || !elements.next() || !elements.isInteger) return false;
    let low = (master.msLow >>> 0) + (elements.integerLow >>> 0);
    id.msLow = low | 0;
    id.msHigh = (master.msHigh + elements.integerHigh + (low >= TWO_32 ? 1 : 0)) | 0;
    if (!elements.next() || !elements.isInteger) return false;
    low = (master.seqLow >>> 0) + (elements.integerLow >>> 0);
    id.seqLow = low | 0;
    id.seqHigh = (master.seqHigh + elements.integerHigh + (low >= TWO_32 ? 1 : 0)) | 0;
    if (id.compare(this.last) <= 0) return false;
    this.last.copy(id);
    return true;
  }

  /** An integer from 0 to 2^31 - 1, or -1. */
  #takeCount(): number {
    const elements = this.#elements;
    if (elements === undefined || !elements.next() || !elements.isInteger) return -1;
    return elements.integerHigh === 0 && elements.integerLow >= 0 ? elements.integerLow : -1;
  }

  #skip(count: number): boolean {
    for (let left = count; left > 0; left--) if (this.#elements?.next() !== true) return false;
    return true;
  }
}
