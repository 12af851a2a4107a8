import { GRANULE_MASK, SEGMENT_BYTES, SEGMENT_SHIFT } from "./block-memory";
import { GRANULE_BYTES } from "./size-classes";

/**
 * One bit per granule: which blocks were born after the running snapshot began.
 *
 * Only first granules of blocks are marked. A bit is never cleared while a snapshot runs: a granule
 * that was the start of a born block cannot become the start of a frozen one before the next freeze.
 * Bitmaps are kept between snapshots (2 MiB a segment, touched where marked) and cleared a segment
 * at a time after the thaw, so that a freeze allocates and clears nothing.
 */
const BITMAP_BYTES = SEGMENT_BYTES / GRANULE_BYTES / 8;

export class BornBitmap {
  readonly #bits: Uint8Array[] = [];
  readonly #dirty: boolean[] = [];

  mark(ref: number): void {
    const segment = ref >>> SEGMENT_SHIFT;
    const granule = ref & GRANULE_MASK;
    this.#bits[segment][granule >>> 3] |= 1 << (granule & 7);
    this.#dirty[segment] = true;
  }

  has(ref: number): boolean {
    const granule = ref & GRANULE_MASK;
    return ((this.#bits[ref >>> SEGMENT_SHIFT][granule >>> 3] >>> (granule & 7)) & 1) !== 0;
  }

  /** No block is born in any of `segments` segments. */
  reset(segments: number): void {
    while (this.clearSome());
    for (let index = this.#bits.length; index < segments; index++) this.addSegment(index);
  }

  /** A segment that came during a snapshot, or whose index is used again. */
  addSegment(index: number): void {
    if (index < this.#bits.length) return;
    this.#bits.push(new Uint8Array(BITMAP_BYTES));
    this.#dirty.push(false);
  }

  /** Clears one segment's bitmap; false when there was nothing to clear. */
  clearSome(): boolean {
    const index = this.#dirty.indexOf(true);
    if (index < 0) return false;
    this.#bits[index].fill(0);
    this.#dirty[index] = false;
    return true;
  }
}
