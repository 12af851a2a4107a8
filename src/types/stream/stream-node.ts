import { copyBytes } from "../../base/bytes";
import type { Arguments } from "../../command/arguments";
import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { ListpackElement } from "../../structures/listpack-element";
import { NodeReader } from "./node-reader";
import type { StreamId } from "./stream-id";
import {
  ENTRY_DELETED,
  ENTRY_SAME_FIELDS,
  NODE_ELEMENTS,
  NODE_END,
  NODE_ID,
} from "./stream-layout";

/**
 * A node of a stream that changes: entries added at its end and marked as deleted.
 *
 * See NodeReader for the drawing. It does not know when a node is full, nor what hangs from the
 * stream. What always holds: a block that a snapshot has frozen is left alone, so `ref` may be
 * another one after any change, which the owner stores; the old one is freed here.
 *
 * Costs: an entry is written once, into room that doubles as the node grows.
 */

/** The header of a string and the length behind it take at most so much. */
const MOST_FRAME_BYTES = 10;
/** An integer with the length behind it. */
const MOST_INTEGER_BYTES = 10;
/** What a new node has room for beside its first entry. */
const FIRST_ROOM_BYTES = 64;
/** Nodes beyond this grow by an eighth, not by their own size. */
const MOST_DOUBLED_BYTES = 1 << 16;
const GROWTH_SHIFT = 3;
const TWO_32 = 4294967296;

export class StreamNode extends NodeReader {
  readonly #memory: Arena;
  readonly #element = new ListpackElement();

  constructor(memory: Arena) {
    super(memory);
    this.#memory = memory;
  }

  /** Makes a node whose fields are those at arguments `fieldIndex`, `fieldIndex + 2`, ... */
  create(id: StreamId, args: Arguments, fieldIndex: number, pairs: number): this {
    const memory = this.#memory;
    let sizeBytes = NODE_ELEMENTS + 4 * MOST_INTEGER_BYTES + FIRST_ROOM_BYTES;
    for (let i = 0; i < pairs; i++) {
      sizeBytes += args.length(fieldIndex + i * 2) + MOST_FRAME_BYTES;
    }
    const ref = memory.alloc(sizeBytes);
    this.#writeHeader(ref, id);
    this.open(ref);
    this.#putInteger(0);
    this.#putInteger(0);
    this.#putInteger(pairs);
    for (let i = 0; i < pairs; i++) this.#putArgument(args, fieldIndex + i * 2);
    this.#putInteger(0);
    this.#storeEnd();
    return this.openNode(ref);
  }

  /** Makes a node of elements as they lie in a file; the caller has checked them. */
  adopt(id: StreamId, bytes: Uint8Array, at: number, length: number): this {
    const ref = this.#memory.alloc(NODE_ELEMENTS + length);
    this.#writeHeader(ref, id);
    this.open(ref);
    copyBytes(this.bytes, this.base + this.end, bytes, at, length);
    this.end += length;
    this.#storeEnd();
    return this.openNode(ref);
  }

  /** Adds an entry of `pairs` arguments from `fieldIndex` on. Its ID is greater than all here. */
  append(id: StreamId, args: Arguments, fieldIndex: number, pairs: number): void {
    const isSame = this.#hasFields(args, fieldIndex, pairs);
    const step = isSame ? 2 : 1;
    const first = isSame ? fieldIndex + 1 : fieldIndex;
    const end = fieldIndex + pairs * 2;
    let needed = 5 * MOST_INTEGER_BYTES;
    for (let i = first; i < end; i += step) needed += args.length(i) + MOST_FRAME_BYTES;
    this.#makeRoom(needed);
    this.#putInteger(isSame ? ENTRY_SAME_FIELDS : 0);
    const { master } = this;
    this.#putDifference(id.msHigh, id.msLow, master.msHigh, master.msLow);
    this.#putDifference(id.seqHigh, id.seqLow, master.seqHigh, master.seqLow);
    if (!isSame) this.#putInteger(pairs);
    for (let i = first; i < end; i += step) this.#putArgument(args, i);
    this.#putInteger(isSame ? pairs + 3 : pairs * 2 + 4);
    this.#storeEnd();
    this.setEntryCounts(this.live + 1, this.deleted);
  }

  /** Marks the entry at an offset as deleted; the node is writable. The counts are the caller's. */
  markDeleted(offset: number): void {
    this.bytes[this.base + offset] |= ENTRY_DELETED;
  }

  /** Takes `entries` deleted ones out, from an offset to the end; the node is writable. */
  cut(offset: number, entries: number): void {
    this.end = offset;
    this.#storeEnd();
    this.setEntryCounts(this.live, this.deleted - entries);
  }

  /** Stores how many entries live and how many are deleted. Offsets change. */
  setEntryCounts(live: number, deleted: number): void {
    this.makeWritable();
    this.live = live;
    this.deleted = deleted;
    const { bytes } = this;
    const at = this.base + this.start;
    if (live < 128 && deleted < 128 && bytes[at] < 128 && bytes[at + 2] < 128) {
      bytes[at] = live;
      bytes[at + 2] = deleted;
      return;
    }
    const oldSize = this.skip(this.skip(this.start)) - this.start;
    const newSize = this.#element.measureInteger(live) + this.#element.measureInteger(deleted);
    this.#moveTail(this.start + oldSize, newSize - oldSize);
    const end = this.end;
    this.end = this.start;
    this.#putInteger(live);
    this.#putInteger(deleted);
    this.end = end;
    this.#storeEnd();
  }

  /** Copies the node if a snapshot has frozen it. Offsets stay. */
  makeWritable(): void {
    const owned = this.#memory.own(this.ref);
    if (owned !== this.ref) this.open(owned);
  }

  /** Gives back the room behind the last entry, when that makes the block smaller. */
  trim(): void {
    const memory = this.#memory;
    if (memory.capacityOf(this.ref) > this.end + 15) this.#rebuild(this.end);
  }

  #hasFields(args: Arguments, fieldIndex: number, pairs: number): boolean {
    if (pairs !== this.masterFields) return false;
    let at = this.masterFieldsAt;
    for (let i = 0; i < pairs; i++) {
      const index = fieldIndex + i * 2;
      if (!this.equals(at, args.input, args.offset(index), args.length(index))) return false;
      at = this.skip(at);
    }
    return true;
  }

  /** Lets the block have `sizeBytes` of room behind the last entry, and be written. */
  #makeRoom(sizeBytes: number): void {
    const memory = this.#memory;
    const needed = this.end + sizeBytes;
    const isRoomy = needed <= memory.capacityOf(this.ref);
    if (isRoomy && !memory.frozen(this.ref)) return;
    if (isRoomy) {
      this.makeWritable();
      return;
    }
    const spare = needed < MOST_DOUBLED_BYTES ? this.end : needed >>> GROWTH_SHIFT;
    this.#rebuild(needed + spare);
  }

  /** Goes on in a new block of `sizeBytes`. */
  #rebuild(sizeBytes: number): void {
    const memory = this.#memory;
    const { ref } = this;
    const rebuilt = memory.alloc(sizeBytes);
    memory.copyWords(ref, rebuilt, (this.end + 3) >>> 2);
    memory.free(ref);
    this.open(rebuilt);
  }

  /** Moves all from an offset on by some bytes, in a writable block. */
  #moveTail(offset: number, delta: number): void {
    if (delta === 0) return;
    if (this.end + delta > this.#memory.capacityOf(this.ref)) {
      this.#rebuild(this.end + delta + FIRST_ROOM_BYTES);
    }
    const from = this.base + offset;
    this.bytes.copyWithin(from + delta, from, this.base + this.end);
    this.end += delta;
    this.entriesAt += delta;
    this.masterFieldsAt += delta;
  }

  #putDifference(high: number, low: number, fromHigh: number, fromLow: number): void {
    // Both are below 2^53 then, and so is the difference.
    if ((high | fromHigh) >>> 21 === 0) {
      this.#putInteger((high - fromHigh) * TWO_32 + (low >>> 0) - (fromLow >>> 0));
      return;
    }
    const value = (BigInt(high >>> 0) << 32n) + BigInt(low >>> 0);
    const from = (BigInt(fromHigh >>> 0) << 32n) + BigInt(fromLow >>> 0);
    this.#put(this.#element.measureInt64(BigInt.asIntN(64, value - from)));
  }

  #putInteger(value: number): void {
    if (value >= 0 && value < 128) {
      const at = this.base + this.end;
      this.bytes[at] = value;
      this.bytes[at + 1] = 1;
      this.end += 2;
      return;
    }
    this.#put(this.#element.measureInteger(value));
  }

  #put(sizeBytes: number): void {
    this.#element.write(this.bytes, this.base + this.end, this.bytes, 0, 0);
    this.end += sizeBytes;
  }

  #putArgument(args: Arguments, index: number): void {
    const { input } = args;
    const from = args.offset(index);
    const length = args.length(index);
    const size = this.#element.measure(input, from, length);
    this.#element.write(this.bytes, this.base + this.end, input, from, length);
    this.end += size;
  }

  #writeHeader(ref: number, id: StreamId): void {
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    words[at + NODE_END] = NODE_ELEMENTS;
    id.store(this.#memory, ref, NODE_ID);
  }

  #storeEnd(): void {
    const words = this.#memory.words[this.ref >>> SEGMENT_SHIFT];
    words[((this.ref & GRANULE_MASK) << 2) + NODE_END] = this.end;
  }
}
