/**
 * Ranges of the input's big region, each for one large request; an allocator of addresses.
 *
 * It touches no memory. First fit from the low end, because pages once touched stay resident. What
 * always holds: places do not overlap, are sorted, and begin and end on a granule. Costs: a walk
 * over the places in use, of which there is one per client whose unfinished request is large.
 */

/** A place's length is a multiple of this. */
export const PLACE_GRANULE_BYTES = 0x1_0000;

function roundUp(sizeBytes: number): number {
  return Math.ceil(sizeBytes / PLACE_GRANULE_BYTES) * PLACE_GRANULE_BYTES;
}

export class BigPlaces {
  readonly #from: number;
  readonly #end: number;
  /** Beginnings and ends of the places, in the order of their addresses. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Hands out [from, end); both on a granule. */
  constructor(from: number, end: number) {
    this.#from = from;
    this.#end = end;
  }

  /** The offset of a place of at least this size, or -1 when there is no gap that large. */
  allocate(sizeBytes: number): number {
    const size = roundUp(sizeBytes);
    let gapStart = this.#from;
    let index = 0;
    for (; index < this.#starts.length; index++) {
      if (this.#starts[index] - gapStart >= size) break;
      gapStart = this.#ends[index];
    }
    if (index === this.#starts.length && this.#end - gapStart < size) return -1;
    this.#starts.splice(index, 0, gapStart);
    this.#ends.splice(index, 0, gapStart + size);
    return gapStart;
  }

  /** Makes a place at least this large without moving it; false when its neighbour is in the way. */
  extend(offset: number, sizeBytes: number): boolean {
    const index = this.#indexOf(offset);
    const wantedEnd = offset + roundUp(sizeBytes);
    const next = index + 1 < this.#starts.length ? this.#starts[index + 1] : this.#end;
    if (wantedEnd > next) return false;
    this.#ends[index] = Math.max(this.#ends[index], wantedEnd);
    return true;
  }

  capacityOf(offset: number): number {
    return this.#ends[this.#indexOf(offset)] - offset;
  }

  free(offset: number): void {
    const index = this.#indexOf(offset);
    this.#starts.splice(index, 1);
    this.#ends.splice(index, 1);
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    if (this.#starts[low] !== offset) throw new RangeError(`no place begins at ${offset}`);
    return low;
  }
}
