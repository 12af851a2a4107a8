const SMALLEST = 64;
/** A table of more slots is not kept for the next command. */
const MOST_KEPT = 1 << 15;

/**
 * A set of places of members (32-bit integers): which have been picked already. Open addressing in a
 * typed array, used again and again; nothing is ever taken out.
 */
export class PlaceSet {
  /** 0 is an empty slot, so places are kept with all bits turned: none is -1. */
  #slots = new Int32Array(SMALLEST);
  #mask = SMALLEST - 1;

  /** Empties it and makes room for `expected` places. */
  clear(expected: number): this {
    const needed = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(expected * 2)));
    if (needed > this.#slots.length || this.#slots.length > MOST_KEPT) {
      this.#slots = new Int32Array(needed);
    } else {
      this.#slots.fill(0, 0, needed);
    }
    this.#mask = needed - 1;
    return this;
  }

  /** Adds a place; false when it was there. No more than were expected. */
  add(place: number): boolean {
    const kept = ~place;
    let at = Math.imul(place, 0x9e3779b1) >>> 7;
    for (;;) {
      at &= this.#mask;
      const slot = this.#slots[at];
      if (slot === kept) return false;
      if (slot === 0) {
        this.#slots[at] = kept;
        return true;
      }
      at++;
    }
  }
}
