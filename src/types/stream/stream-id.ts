import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";

/**
 * The ID of a stream entry: 64 bits of milliseconds and 64 bits of sequence, compared as one number.
 *
 * It is four 32-bit words, each kept as the signed integer with the same bits, because that is what
 * memory holds and what V8 keeps without allocating; so every word is compared unsigned. Text is the
 * business of stream-id-text.ts.
 */

const TWO_32 = 4294967296;

export class StreamId {
  msHigh = 0;
  msLow = 0;
  seqHigh = 0;
  seqLow = 0;

  set(msHigh: number, msLow: number, seqHigh: number, seqLow: number): this {
    this.msHigh = msHigh;
    this.msLow = msLow;
    this.seqHigh = seqHigh;
    this.seqLow = seqLow;
    return this;
  }

  /** 0-0, before every entry. */
  setZero(): this {
    return this.set(0, 0, 0, 0);
  }

  /** The greatest ID there is. */
  setMax(): this {
    return this.set(-1, -1, -1, -1);
  }

  /** The first ID of a time in ms, a safe integer. */
  setMs(ms: number): this {
    return this.set(Math.floor(ms / TWO_32) | 0, ms | 0, 0, 0);
  }

  copy(other: Readonly<StreamId>): this {
    return this.set(other.msHigh, other.msLow, other.seqHigh, other.seqLow);
  }

  /** Reads the ID at a word of a block. */
  load(memory: BlockMemory, ref: number, word: number): this {
    const words = memory.words[ref >>> SEGMENT_SHIFT];
    const at = ((ref & GRANULE_MASK) << 2) + word;
    return this.set(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }

  /** Writes the ID to a word of a block. */
  store(memory: BlockMemory, ref: number, word: number): void {
    const words = memory.words[ref >>> SEGMENT_SHIFT];
    const at = ((ref & GRANULE_MASK) << 2) + word;
    words[at] = this.msHigh;
    words[at + 1] = this.msLow;
    words[at + 2] = this.seqHigh;
    words[at + 3] = this.seqLow;
  }

  get isZero(): boolean {
    return (this.msHigh | this.msLow | this.seqHigh | this.seqLow) === 0;
  }

  get isMax(): boolean {
    return (this.msHigh & this.msLow & this.seqHigh & this.seqLow) === -1;
  }

  equals(other: Readonly<StreamId>): boolean {
    return this.compare(other) === 0;
  }

  /** Below 0, 0 or above 0, as this one is smaller, equal or greater. */
  compare(other: Readonly<StreamId>): number {
    if (this.msHigh !== other.msHigh) return this.msHigh >>> 0 < other.msHigh >>> 0 ? -1 : 1;
    if (this.msLow !== other.msLow) return this.msLow >>> 0 < other.msLow >>> 0 ? -1 : 1;
    if (this.seqHigh !== other.seqHigh) return this.seqHigh >>> 0 < other.seqHigh >>> 0 ? -1 : 1;
    if (this.seqLow !== other.seqLow) return this.seqLow >>> 0 < other.seqLow >>> 0 ? -1 : 1;
    return 0;
  }

  /** As `compare`, with the ID at a word of a block. */
  compareAt(memory: BlockMemory, ref: number, word: number): number {
    const words = memory.words[ref >>> SEGMENT_SHIFT];
    const at = ((ref & GRANULE_MASK) << 2) + word;
    const msHigh = words[at];
    if (this.msHigh !== msHigh) return this.msHigh >>> 0 < msHigh >>> 0 ? -1 : 1;
    const msLow = words[at + 1];
    if (this.msLow !== msLow) return this.msLow >>> 0 < msLow >>> 0 ? -1 : 1;
    const seqHigh = words[at + 2];
    if (this.seqHigh !== seqHigh) return this.seqHigh >>> 0 < seqHigh >>> 0 ? -1 : 1;
    const seqLow = words[at + 3];
    if (this.seqLow !== seqLow) return this.seqLow >>> 0 < seqLow >>> 0 ? -1 : 1;
    return 0;
  }

  /** Whether two IDs are of the same millisecond. */
  isSameMs(other: Readonly<StreamId>): boolean {
    return this.msHigh === other.msHigh && this.msLow === other.msLow;
  }

  /** Whether the sequence is the last of its millisecond. */
  get isLastOfMs(): boolean {
    return (this.seqHigh & this.seqLow) === -1;
  }

  /** Goes to the next ID; false, and unchanged, when there is none. */
  increment(): boolean {
    if (this.isMax) return false;
    this.seqLow = (this.seqLow + 1) | 0;
    if (this.seqLow !== 0) return true;
    this.seqHigh = (this.seqHigh + 1) | 0;
    if (this.seqHigh !== 0) return true;
    this.msLow = (this.msLow + 1) | 0;
    if (this.msLow === 0) this.msHigh = (this.msHigh + 1) | 0;
    return true;
  }

  /** Goes to the ID before; false, and unchanged, when there is none. */
  decrement(): boolean {
    if (this.isZero) return false;
    if (this.seqLow !== 0 || this.seqHigh !== 0) {
      if (this.seqLow === 0) this.seqHigh = (this.seqHigh - 1) | 0;
      this.seqLow = (this.seqLow - 1) | 0;
      return true;
    }
    if (this.msLow === 0) this.msHigh = (this.msHigh - 1) | 0;
    this.msLow = (this.msLow - 1) | 0;
    this.seqHigh = -1;
    this.seqLow = -1;
    return true;
  }
}

/** Orders items of a tree that begin, at word `word`, with an ID. Stands where `id` is. */
export class IdPlace {
  readonly id = new StreamId();
  /** Stands behind an item that has the ID, not at it. */
  isBehind = false;
  readonly #memory: BlockMemory;
  readonly #word: number;

  constructor(memory: BlockMemory, word: number) {
    this.#memory = memory;
    this.#word = word;
  }

  compare(item: number): number {
    const order = -this.id.compareAt(this.#memory, item, this.#word);
    return order === 0 && this.isBehind ? -1 : order;
  }
}
