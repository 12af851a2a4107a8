import { copyBytes } from "../base/bytes";
import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { ListpackElement } from "./listpack-element";
import {
  LISTPACK_COUNT,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  LISTPACK_START,
  ListpackReader,
} from "./listpack-reader";

/** Blocks up to this size are cut to fit; larger ones get an eighth of room at the growing end. */
const FITTED_BYTES = 256;
const SPARE_SHIFT = 3;
/** More bytes than this are moved by copying both sides to a new block, which is a plain memcpy. */
const MOST_MOVED_BYTES = 320;

/**
 * A listpack that changes: elements put in, replaced and taken out at any place.
 *
 * See ListpackReader for the drawing. It does not know whose elements these are, nor when a value
 * has too many of them. What always holds: a block that a snapshot has frozen is left alone, so
 * after any change `ref` may be another one, which the owner stores; the old one is freed here.
 *
 * Values may lie anywhere, also in another listpack, but not in the block that is being changed.
 *
 * Costs: at either end O(1) amortized, in the middle a move of the shorter side.
 */
export class Listpack extends ListpackReader {
  readonly #memory: Arena;
  readonly #element = new ListpackElement();

  constructor(memory: Arena) {
    super(memory);
    this.#memory = memory;
  }

  /** Makes an empty listpack with room for about `contentBytes` and opens it. */
  create(contentBytes: number): this {
    const ref = this.#memory.alloc(LISTPACK_HEADER_BYTES + contentBytes);
    this.#writeHeader(ref, 0, LISTPACK_HEADER_BYTES, LISTPACK_HEADER_BYTES);
    return this.open(ref);
  }

  append(value: Uint8Array, at: number, length: number): void {
    const memory = this.#memory;
    const size = this.#element.measure(value, at, length);
    const { end } = this;
    if (memory.frozenNow || end + size > memory.capacityOf(this.ref)) {
      this.#insertMeasured(end, value, at, length);
      return;
    }
    this.#element.write(this.bytes, this.base + end, value, at, length);
    this.end = end + size;
    this.count++;
    const word = (this.ref & GRANULE_MASK) << 2;
    const words = memory.words[this.ref >>> SEGMENT_SHIFT];
    words[word + LISTPACK_COUNT] = this.count;
    words[word + LISTPACK_END] = this.end;
  }

  prepend(value: Uint8Array, at: number, length: number): void {
    const memory = this.#memory;
    const start = this.start - this.#element.measure(value, at, length);
    if (memory.frozenNow || start < LISTPACK_HEADER_BYTES) {
      this.#insertMeasured(this.start, value, at, length);
      return;
    }
    this.#element.write(this.bytes, this.base + start, value, at, length);
    this.start = start;
    this.count++;
    const word = (this.ref & GRANULE_MASK) << 2;
    const words = memory.words[this.ref >>> SEGMENT_SHIFT];
    words[word + LISTPACK_COUNT] = this.count;
    words[word + LISTPACK_START] = start;
  }

  /** Puts a value in front of the element at `offset` (0: behind the last). Returns its offset. */
  insert(offset: number, value: Uint8Array, at: number, length: number): number {
    this.#element.measure(value, at, length);
    return this.#insertMeasured(offset === 0 ? this.end : offset, value, at, length);
  }

  /** Gives the element at `offset` another value. Returns its offset. */
  replace(offset: number, value: Uint8Array, at: number, length: number): number {
    const next = this.next(offset);
    const size = (next === 0 ? this.end : next) - offset;
    const placed = this.#splice(offset, size, this.#element.measure(value, at, length));
    this.#element.write(this.bytes, this.base + placed, value, at, length);
    return placed;
  }

  /** Takes out `count` elements from `offset` on. Returns the offset of what followed, or 0. */
  remove(offset: number, count: number): number {
    let end = offset;
    for (let left = count; left > 0 && end !== 0; left--) end = this.next(end);
    const isTail = end === 0;
    const placed = this.#splice(offset, (isTail ? this.end : end) - offset, 0);
    this.#setCount(this.count - count);
    return isTail ? 0 : placed;
  }

  /** Takes out the last `count` elements. */
  removeLast(count: number): void {
    const first = this.seek(-count);
    this.#splice(first, this.end - first, 0);
    this.#setCount(this.count - count);
  }

  /** Adds `count` elements of another listpack, from `offset` to before `endOffset` (0: its end). */
  appendFrom(other: ListpackReader, offset: number, endOffset: number, count: number): void {
    const source = other as Listpack;
    const size = (endOffset === 0 ? source.end : endOffset) - offset;
    const placed = this.#splice(this.end, 0, size);
    copyBytes(this.bytes, this.base + placed, source.bytes, source.base + offset, size);
    this.#setCount(this.count + count);
  }

  /** Adds `count` elements that lie next to each other somewhere else, as bytes. */
  appendElements(bytes: Uint8Array, at: number, length: number, count: number): void {
    const placed = this.#splice(this.end, 0, length);
    copyBytes(this.bytes, this.base + placed, bytes, at, length);
    this.#setCount(this.count + count);
  }

  /** Gives back the room at both ends, when that makes the block smaller. */
  trim(): void {
    const size = this.end - this.start;
    const memory = this.#memory;
    if (memory.capacityOf(this.ref) <= LISTPACK_HEADER_BYTES + size + 15) return;
    this.#rebuild(this.start, 0, 0, LISTPACK_HEADER_BYTES + size, LISTPACK_HEADER_BYTES);
  }

  /** A copy with the same elements in a block of its own, which is not opened; returns its ref. */
  copy(): number {
    const size = this.end - this.start;
    const ref = this.#memory.alloc(LISTPACK_HEADER_BYTES + size);
    this.#writeHeader(ref, this.count, LISTPACK_HEADER_BYTES, LISTPACK_HEADER_BYTES + size);
    const to = ((ref & GRANULE_MASK) << 4) + LISTPACK_HEADER_BYTES;
    const target = this.#memory.bytes[ref >>> SEGMENT_SHIFT];
    copyBytes(target, to, this.bytes, this.base + this.start, size);
    return ref;
  }

  /** Frees the block. */
  dispose(): void {
    this.#memory.free(this.ref);
    this.ref = 0;
  }

  /** Puts in what `#element` has measured. */
  #insertMeasured(offset: number, value: Uint8Array, at: number, length: number): number {
    const placed = this.#splice(offset, 0, this.#element.fullSize);
    this.#element.write(this.bytes, this.base + placed, value, at, length);
    this.#setCount(this.count + 1);
    return placed;
  }

  /**
   * Puts `inserted` undefined bytes in the place of `removed` bytes at `offset`, in a block that may
   * be written. Returns where they are.
   */
  #splice(offset: number, removed: number, inserted: number): number {
    const memory = this.#memory;
    const delta = inserted - removed;
    const before = offset - this.start;
    const after = this.end - offset - removed;
    const capacity = memory.capacityOf(this.ref);
    const size = before + inserted + after;
    const isTooWide = (LISTPACK_HEADER_BYTES + size) * 2 < capacity && capacity > 64;
    if (!isTooWide && !memory.frozen(this.ref)) {
      const fitsFront = this.start - delta >= LISTPACK_HEADER_BYTES;
      const fitsBack = this.end + delta <= capacity;
      if (fitsFront && (before <= after || !fitsBack) && this.#isCheap(before, delta)) {
        return this.#moveFront(offset, before, delta);
      }
      if (fitsBack && this.#isCheap(after, delta)) {
        return this.#moveBack(offset, removed, after, delta);
      }
    }
    const needed = LISTPACK_HEADER_BYTES + size;
    const spare = needed > FITTED_BYTES && delta > 0 ? needed >>> SPARE_SHIFT : 0;
    const isFront = before < after;
    const start = LISTPACK_HEADER_BYTES + (isFront ? spare : 0);
    return this.#rebuild(offset, removed, inserted, needed + spare, start);
  }

  /** Whether moving so many bytes within the block beats copying all of them to a new one. */
  #isCheap(moved: number, delta: number): boolean {
    return moved <= MOST_MOVED_BYTES || delta === 0;
  }

  #moveFront(offset: number, before: number, delta: number): number {
    const { bytes, base, start } = this;
    if (before > 0 && delta !== 0) {
      bytes.copyWithin(base + start - delta, base + start, base + start + before);
    }
    this.#setStart(start - delta);
    return offset - delta;
  }

  #moveBack(offset: number, removed: number, after: number, delta: number): number {
    const { bytes, base } = this;
    if (after > 0 && delta !== 0) {
      const from = base + offset + removed;
      bytes.copyWithin(from + delta, from, from + after);
    }
    this.#setEnd(this.end + delta);
    return offset;
  }

  /** Copies both sides of `offset` to a new block of `sizeBytes`, beginning at `start`. */
  #rebuild(
    offset: number,
    removed: number,
    inserted: number,
    sizeBytes: number,
    start: number,
  ): number {
    const memory = this.#memory;
    const before = offset - this.start;
    const after = this.end - offset - removed;
    const ref = memory.alloc(sizeBytes);
    const target = memory.bytes[ref >>> SEGMENT_SHIFT];
    const base = (ref & GRANULE_MASK) << 4;
    const placed = start + before;
    copyBytes(target, base + start, this.bytes, this.base + this.start, before);
    const rest = this.base + offset + removed;
    copyBytes(target, base + placed + inserted, this.bytes, rest, after);
    this.#writeHeader(ref, this.count, start, placed + inserted + after);
    memory.free(this.ref);
    this.open(ref);
    return placed;
  }

  #setCount(count: number): void {
    this.count = count;
    this.#setWord(LISTPACK_COUNT, count);
  }

  #setStart(start: number): void {
    this.start = start;
    this.#setWord(LISTPACK_START, start);
  }

  #setEnd(end: number): void {
    this.end = end;
    this.#setWord(LISTPACK_END, end);
  }

  #setWord(word: number, value: number): void {
    this.#memory.words[this.ref >>> SEGMENT_SHIFT][((this.ref & GRANULE_MASK) << 2) + word] = value;
  }

  #writeHeader(ref: number, count: number, start: number, end: number): void {
    const words = this.#memory.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    words[at + LISTPACK_COUNT] = count;
    words[at + LISTPACK_START] = start;
    words[at + LISTPACK_END] = end;
  }
}
