import { wordOf } from "../../keyspace/entry";
import type { BlockMemory } from "../../memory/block-memory";
import { CountedTreeReader } from "../../structures/counted-tree-reader";
import { NodeReader } from "./node-reader";
import { IdPlace, StreamId } from "./stream-id";
import { NODE_ID, number64At, STREAM_LENGTH, STREAM_TAIL, STREAM_TREE } from "./stream-layout";

/**
 * A stream as readers see it: its header, and one position among its live entries.
 *
 * See stream-layout.ts for the drawing. `node` shows the entry of the position; the position is
 * valid until the stream changes.
 *
 * Costs: finding an ID O(log n) and a walk through one node, the next or previous entry O(fields).
 */
/** The ends of every range. Nobody may change them. */
export const ZERO_ID: Readonly<StreamId> = new StreamId();
export const MAX_ID: Readonly<StreamId> = new StreamId().setMax();

export class StreamReader {
  /** The header; 0 while nothing is open. */
  ref = 0;
  readonly node: NodeReader;
  readonly #memory: BlockMemory;
  readonly #nodes: CountedTreeReader;
  readonly #place: IdPlace;
  /** No entry beyond this is shown. */
  readonly #limit = new StreamId();
  /** In the open node: where the next entry begins, or where the one before ends. */
  #offset = 0;
  /** Whether the open node is the tail, which the tree does not hold. */
  #isTail = false;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
    this.node = new NodeReader(memory);
    this.#nodes = new CountedTreeReader(memory);
    this.#place = new IdPlace(memory, NODE_ID);
    this.#place.isBehind = true;
  }

  /** Looks at the stream with header `ref` from now on. */
  openStream(ref: number): this {
    this.ref = ref;
    this.#offset = 0;
    return this;
  }

  get length(): number {
    return number64At(this.#memory, this.ref, STREAM_LENGTH);
  }

  /** The ID at a word of the header. */
  loadId(into: StreamId, word: number): StreamId {
    return into.load(this.#memory, this.ref, word);
  }

  /** Lets `next` begin with the first live entry from `start` on and end with `end`. */
  seekRange(start: Readonly<StreamId>, end: Readonly<StreamId>): void {
    this.#limit.copy(end);
    const node = this.#nodeOf(start);
    this.#offset = 0;
    if (node === 0) return;
    const reader = this.node.openNode(node);
    let at = reader.entriesAt;
    for (; at !== reader.endAt; at = reader.endOfEntry()) {
      reader.readEntry(at);
      if (reader.id.compare(start) >= 0) break;
    }
    this.#offset = at;
  }

  /** Shows the next live entry in `node`; false at the end. */
  next(): boolean {
    const reader = this.node;
    while (this.#offset !== 0) {
      if (this.#offset === reader.endAt) {
        this.#openNext();
        continue;
      }
      reader.readEntry(this.#offset);
      if (reader.id.compare(this.#limit) > 0) return false;
      this.#offset = reader.endOfEntry();
      if (!reader.isDeleted) return true;
    }
    return false;
  }

  /** How many live entries `next` would show, up to `most`; the position is lost. */
  countNext(most: number): number {
    const reader = this.node;
    let count = 0;
    while (count < most) {
      const isWhole = this.#offset !== 0 && this.#offset === reader.entriesAt;
      if (isWhole && this.#offset !== reader.endAt) {
        reader.readEntry(reader.entryBefore(reader.endAt));
        if (reader.id.compare(this.#limit) <= 0) {
          count += reader.live;
          this.#offset = reader.endAt;
          continue;
        }
      }
      if (!this.next()) break;
      count++;
    }
    return Math.min(count, most);
  }

  /** How many live entries `previous` would show, up to `most`; the position is lost. */
  countPrevious(most: number): number {
    const reader = this.node;
    let count = 0;
    while (count < most) {
      const isWhole = this.#offset !== 0 && this.#offset === reader.endAt;
      if (isWhole && this.#offset !== reader.entriesAt) {
        reader.readEntry(reader.entriesAt);
        if (reader.id.compare(this.#limit) >= 0) {
          count += reader.live;
          this.#offset = reader.entriesAt;
          continue;
        }
      }
      if (!this.previous()) break;
      count++;
    }
    return Math.min(count, most);
  }

  /** Reads the ID of the last live entry; false, and 0-0, when there is none. */
  lastLiveId(into: StreamId): boolean {
    this.seekRangeEnd(ZERO_ID, MAX_ID);
    const isThere = this.previous();
    if (isThere) into.copy(this.node.id);
    else into.setZero();
    return isThere;
  }

  /** Lets `previous` begin with the last live entry up to `end` and go back to `start`. */
  seekRangeEnd(start: Readonly<StreamId>, end: Readonly<StreamId>): void {
    this.#limit.copy(start);
    const node = this.#nodeOf(end);
    this.#offset = 0;
    if (node === 0) return;
    const reader = this.node.openNode(node);
    let at = reader.endAt;
    while (at !== reader.entriesAt) {
      const before = reader.entryBefore(at);
      reader.readEntry(before);
      if (reader.id.compare(end) <= 0) break;
      at = before;
    }
    this.#offset = at;
  }

  /** Shows the live entry before in `node`; false at the end. */
  previous(): boolean {
    const reader = this.node;
    while (this.#offset !== 0) {
      if (this.#offset === reader.entriesAt) {
        this.#openPrevious();
        continue;
      }
      this.#offset = reader.entryBefore(this.#offset);
      reader.readEntry(this.#offset);
      if (reader.id.compare(this.#limit) < 0) return false;
      if (!reader.isDeleted) return true;
    }
    return false;
  }

  /** Calls `visit` with the ref of every node in order. */
  forEachNode(visit: (node: number) => void): void {
    const nodes = this.#nodes.open(wordOf(this.#memory, this.ref, STREAM_TREE));
    for (let node = nodes.seekFirst(); node !== 0; node = nodes.next()) visit(node);
    const tail = wordOf(this.#memory, this.ref, STREAM_TAIL);
    if (tail !== 0) visit(tail);
  }

  /** The node in which an ID is or would be: the last that is not behind it, else the first. */
  #nodeOf(id: Readonly<StreamId>): number {
    const memory = this.#memory;
    const tail = wordOf(memory, this.ref, STREAM_TAIL);
    const root = wordOf(memory, this.ref, STREAM_TREE);
    this.#isTail = root === 0 || tail === 0 || id.compareAt(memory, tail, NODE_ID) >= 0;
    if (this.#isTail) return tail;
    this.#nodes.open(root);
    this.#place.id.copy(id);
    this.#nodes.seekPlace(this.#place);
    const before = this.#nodes.previous();
    return before === 0 ? this.#nodes.seekFirst() : before;
  }

  #openNext(): void {
    const inTree = this.#isTail ? 0 : this.#nodes.next();
    this.#offset = 0;
    if (this.#isTail) return;
    this.#isTail = inTree === 0;
    const node = this.#isTail ? wordOf(this.#memory, this.ref, STREAM_TAIL) : inTree;
    this.#offset = this.node.openNode(node).entriesAt;
  }

  #openPrevious(): void {
    const before = this.#isTail
      ? this.#nodes.open(wordOf(this.#memory, this.ref, STREAM_TREE)).seekLast()
      : this.#nodes.previous();
    this.#isTail = false;
    this.#offset = before === 0 ? 0 : this.node.openNode(before).endAt;
  }
}
