import type { BlockMemory } from "./block-memory";
import { PAGE_BYTES } from "./size-classes";

/**
 * The segments of blocks that are larger than a usual segment: each has one block, or none.
 *
 * A segment whose block was freed keeps its memory for the next block of about its size. Purging
 * returns the memory piece by piece to the system and then drops the segment's buffer, because the
 * garbage collector, which knows nothing of the pressure, may leave it for long.
 *
 * It knows pages and segment numbers; Arena makes the buffers and knows the blocks.
 */
export type Advise = (segment: Uint8Array, offset: number, length: number) => void;

const NO_BYTES = new Uint8Array(new SharedArrayBuffer(0));
const NO_WORDS = new Int32Array(NO_BYTES.buffer);
const NO_DOUBLES = new Float64Array(0);

export class HugeSegments {
  /** Pages of blocks in use. */
  usedPages = 0;
  /** Segments without a block that still have their buffer. */
  readonly #left: { segment: number; purgedPages: number }[] = [];
  /** Segments without a buffer. */
  readonly #emptied: number[] = [];

  /** A segment without a buffer, whose number may be used again; -1 when there is none. */
  get emptied(): number {
    return this.#emptied.length === 0 ? -1 : this.#emptied[this.#emptied.length - 1];
  }

  /** A block of `pages` has got a segment: a new one, or the one that `emptied` named. */
  take(segment: number, pages: number): void {
    if (segment === this.emptied) this.#emptied.pop();
    this.usedPages += pages;
  }

  /** Takes a segment with a buffer of `pages` to twice as many; -1 when there is none. */
  takeFitting(memory: BlockMemory, pages: number): number {
    const index = this.#left.findIndex(({ segment }) => {
      const length = memory.bytes[segment].length / PAGE_BYTES;
      return length >= pages && length <= pages * 2;
    });
    if (index < 0) return -1;
    this.usedPages += pages;
    return this.#left.splice(index, 1)[0].segment;
  }

  /** The block of a segment was freed. */
  give(segment: number, pages: number): void {
    this.usedPages -= pages;
    this.#left.push({ segment, purgedPages: 0 });
  }

  /**
   * Returns up to `maxPages` of segments without a block to the system; returns how many. Without
   * `advise` their buffers are dropped at once.
   */
  purge(memory: BlockMemory, maxPages: number, advise: Advise | undefined): number {
    let purged = 0;
    for (let left = this.#left[0]; left !== undefined; left = this.#left[0]) {
      const bytes = memory.bytes[left.segment];
      if (advise !== undefined) {
        const rest = bytes.length / PAGE_BYTES - left.purgedPages;
        const pages = Math.min(rest, maxPages - purged);
        if (pages > 0) advise(bytes, left.purgedPages * PAGE_BYTES, pages * PAGE_BYTES);
        left.purgedPages += pages;
        purged += pages;
        if (pages < rest) break;
      }
      memory.bytes[left.segment] = NO_BYTES;
      memory.words[left.segment] = NO_WORDS;
      memory.doubles[left.segment] = NO_DOUBLES;
      this.#emptied.push(left.segment);
      this.#left.shift();
    }
    return purged;
  }
}
