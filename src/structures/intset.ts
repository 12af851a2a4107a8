import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  INTSET_COUNT,
  INTSET_HEADER_BYTES,
  INTSET_HEADER_WORDS,
  INTSET_WIDTH,
  IntsetReader,
} from "./intset-reader";

/** Blocks up to this size are cut to fit; larger ones get an eighth of room. */
const FITTED_BYTES = 256;
const SPARE_SHIFT = 3;
/** More bytes than this are moved by copying both sides to a new block, which is a plain memcpy. */
const MOST_MOVED_BYTES = 320;

/**
 * An intset that changes. See IntsetReader for the drawing; how many values are too many is its
 * owner's business.
 *
 * What always holds: the values ascend and differ; a block that a snapshot has frozen is left alone,
 * so after any change `ref` may be another one, which the owner stores; the old one is freed here.
 *
 * Costs: O(log n) and a move of what lies behind the place.
 */
export class Intset extends IntsetReader {
  readonly #memory: Arena;

  constructor(memory: Arena) {
    super(memory);
    this.#memory = memory;
  }

  /** Makes an empty intset and opens it. */
  create(): this {
    return this.open(this.#newBlock(2, 0, INTSET_HEADER_BYTES));
  }

  /** Makes an intset of Redis's own bytes, header included, that the caller has checked; opens it. */
  adopt(bytes: Uint8Array, at: number, length: number): this {
    const ref = this.#memory.alloc(length);
    const target = this.#memory.bytes[ref >>> SEGMENT_SHIFT];
    copyBytes(target, (ref & GRANULE_MASK) << 4, bytes, at, length);
    return this.open(ref);
  }

  /** Adds the wanted value; false when it was there. */
  add(): boolean {
    const width = this.#widthOfWanted();
    if (width > this.width) {
      this.#widen(width);
      return true;
    }
    const found = this.find();
    if (found >= 0) return false;
    this.#insertAt(-1 - found);
    return true;
  }

  /** Takes the wanted value out; false when it is not there. */
  remove(): boolean {
    const found = this.find();
    if (found < 0) return false;
    this.removeAt(found);
    return true;
  }

  /** Takes the value at an index out. */
  removeAt(index: number): void {
    const { width, count } = this;
    const needed = INTSET_HEADER_BYTES + (count - 1) * width;
    const moved = (count - index - 1) * width;
    const capacity = this.#memory.capacityOf(this.ref);
    const isTooWide = needed * 2 < capacity && capacity > 64;
    if (isTooWide || moved > MOST_MOVED_BYTES || this.#memory.frozen(this.ref)) {
      this.#rebuild(index, 1, 0, needed);
      return;
    }
    this.#move(index + 1, index);
    this.#setCount(count - 1);
  }

  /** A copy in a block of its own, which is not opened; returns its ref. */
  copy(): number {
    const { sizeBytes } = this;
    const ref = this.#newBlock(this.width, this.count, sizeBytes);
    this.#copyValues(this.ref, 0, ref, 0, this.count);
    return ref;
  }

  /** Frees the block. */
  dispose(): void {
    this.#memory.free(this.ref);
    this.ref = 0;
  }

  #widthOfWanted(): number {
    const low = this.wantedLow;
    if (this.wantedHigh !== low >> 31) return 8;
    return (low << 16) >> 16 === low ? 2 : 4;
  }

  /** Moves all values to a block where they are wider; the wanted one is less or more than all. */
  #widen(width: number): void {
    const { ref, count } = this;
    const isFirst = this.wantedHigh < 0;
    const high = this.wantedHigh;
    const low = this.wantedLow;
    const sizeBytes = INTSET_HEADER_BYTES + (count + 1) * width;
    const wider = this.#newBlock(width, count + 1, sizeBytes);
    const target = this.#memory.words[wider >>> SEGMENT_SHIFT];
    const at = ((wider & GRANULE_MASK) << 2) + INTSET_HEADER_WORDS;
    const first = isFirst ? 1 : 0;
    for (let i = 0; i < count; i++) {
      this.wantAt(i);
      writeWide(target, at, width, first + i, this.wantedHigh, this.wantedLow);
    }
    writeWide(target, at, width, isFirst ? 0 : count, high, low);
    this.#memory.free(ref);
    this.open(wider);
  }

  #insertAt(index: number): void {
    const { width, count } = this;
    const needed = INTSET_HEADER_BYTES + (count + 1) * width;
    const moved = (count - index) * width;
    if (moved <= MOST_MOVED_BYTES && needed <= this.#memory.capacityOf(this.ref)) {
      if (!this.#memory.frozen(this.ref)) {
        this.#move(index, index + 1);
        this.#setCount(count + 1);
        this.#writeWanted(index);
        return;
      }
    }
    const spare = needed > FITTED_BYTES ? needed >>> SPARE_SHIFT : 0;
    this.#rebuild(index, 0, 1, needed + spare);
    this.#writeWanted(index);
  }

  /** Copies to a new block what lies before `index`, and behind a gap what follows the removed. */
  #rebuild(index: number, removed: number, inserted: number, sizeBytes: number): void {
    const { ref, width } = this;
    const after = this.count - index - removed;
    const rebuilt = this.#newBlock(width, index + inserted + after, sizeBytes);
    this.#copyValues(ref, 0, rebuilt, 0, index);
    this.#copyValues(ref, index + removed, rebuilt, index + inserted, after);
    this.#memory.free(ref);
    this.open(rebuilt);
  }

  #copyValues(from: number, fromIndex: number, to: number, toIndex: number, count: number): void {
    const { width } = this;
    const { bytes } = this.#memory;
    const fromAt = ((from & GRANULE_MASK) << 4) + INTSET_HEADER_BYTES + fromIndex * width;
    const toAt = ((to & GRANULE_MASK) << 4) + INTSET_HEADER_BYTES + toIndex * width;
    const source = bytes[from >>> SEGMENT_SHIFT];
    copyBytes(bytes[to >>> SEGMENT_SHIFT], toAt, source, fromAt, count * width);
  }

  /** Moves all values from index `from` on to index `to`. */
  #move(from: number, to: number): void {
    const { width, count } = this;
    if (from >= count) return;
    const start = ((this.ref & GRANULE_MASK) << 4) + INTSET_HEADER_BYTES;
    const bytes = this.#memory.bytes[this.ref >>> SEGMENT_SHIFT];
    bytes.copyWithin(start + to * width, start + from * width, start + count * width);
  }

  #writeWanted(index: number): void {
    const { words, valuesAt, width, wantedLow } = this;
    if (width !== 2) {
      writeWide(words, valuesAt, width, index, this.wantedHigh, wantedLow);
      return;
    }
    const at = valuesAt + (index >>> 1);
    const pair = words[at];
    words[at] =
      (index & 1) === 0
        ? (pair & ~0xffff) | (wantedLow & 0xffff)
        : (pair & 0xffff) | (wantedLow << 16);
  }

  #setCount(count: number): void {
    this.count = count;
    this.words[this.valuesAt - INTSET_HEADER_WORDS + INTSET_COUNT] = count;
  }

  #newBlock(width: number, count: number, sizeBytes: number): number {
    const ref = this.#memory.alloc(sizeBytes);
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    words[at + INTSET_WIDTH] = width;
    words[at + INTSET_COUNT] = count;
    return ref;
  }
}

/** Writes a value of 4 or 8 bytes. */
function writeWide(
  words: Int32Array,
  valuesAt: number,
  width: number,
  index: number,
  high: number,
  low: number,
): void {
  if (width === 4) {
    words[valuesAt + index] = low;
    return;
  }
  words[valuesAt + (index << 1)] = low;
  words[valuesAt + (index << 1) + 1] = high;
}
