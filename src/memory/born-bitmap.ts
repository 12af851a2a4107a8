import { GRANULE_MASK, MAX_SEGMENTS, SEGMENT_BYTES, SEGMENT_SHIFT } from "./block-memory";
import { GRANULE_BYTES } from "./size-classes";

/**
 * One bit per granule: which blocks were born after the running snapshot began.
 *
 * Only first granules of blocks are marked. A bit is never cleared while a snapshot runs: a granule
 * that was the start of a born block cannot become the start of a frozen one before the next freeze.
 *
 * A bitmap comes with its segment (2 MiB, touched where marked) and stays; after the thaw what was
 * marked is cleared a little at a time. So a freeze allocates nothing, and clears only what has not
 * been cleared since the last but one (Arena has two of these).
 *
 *     marked:  1 byte per part; a part is 4 KiB of bitmap, which stands for 512 KiB of the segment
 */
const BITMAP_BYTES = SEGMENT_BYTES / GRANULE_BYTES / 8;
const PART_BYTES = 4096;
/** `ref >>> PART_SHIFT` is the part: 2^15 granules each. */
const PART_SHIFT = 15;
const SEGMENT_PARTS = BITMAP_BYTES / PART_BYTES;

export class BornBitmap {
  readonly #bits: Uint8Array[] = [];
  readonly #marked = new Uint8Array(MAX_SEGMENTS * SEGMENT_PARTS);
  /** Parts before this one are clear. */
  #nextPart = 0;

  mark(ref: number): void {
    const granule = ref & GRANULE_MASK;
    this.#bits[ref >>> SEGMENT_SHIFT][granule >>> 3] |= 1 << (granule & 7);
    this.#marked[ref >>> PART_SHIFT] = 1;
  }

  has(ref: number): boolean {
    const granule = ref & GRANULE_MASK;
    return ((this.#bits[ref >>> SEGMENT_SHIFT][granule >>> 3] >>> (granule & 7)) & 1) !== 0;
  }

  /** Segment `index` has come; nothing happens when its index is used again. */
  addSegment(index: number): void {
    if (index === this.#bits.length) this.#bits.push(new Uint8Array(BITMAP_BYTES));
  }

  /** Whether nothing is left to clear of what was marked before. */
  get isClear(): boolean {
    return this.#nextPart === this.#bits.length * SEGMENT_PARTS;
  }

  /** No block is born any more, and marks may follow. */
  reset(): void {
    while (this.clearSome(SEGMENT_PARTS));
    this.#nextPart = 0;
  }

  /**
   * Clears up to `most` parts that were marked since the last reset (about 0.1 us each). False when
   * all are clear. Nothing may be marked between this and the next reset.
   */
  clearSome(most: number): boolean {
    const end = this.#bits.length * SEGMENT_PARTS;
    let left = most;
    for (; this.#nextPart < end && left > 0; this.#nextPart++) {
      const part = this.#nextPart;
      if (this.#marked[part] === 0) continue;
      this.#marked[part] = 0;
      const start = (part % SEGMENT_PARTS) * PART_BYTES;
      this.#bits[Math.floor(part / SEGMENT_PARTS)].fill(0, start, start + PART_BYTES);
      left--;
    }
    return this.#nextPart < end;
  }
}
