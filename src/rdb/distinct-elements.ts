import { copyBytes, equalBytes } from "../base/bytes";
import type { HalfSipHash } from "../base/half-sip-hash";
import type { PackedElements } from "./packed-elements";

const SMALLEST = 64;
/** A table of more slots is not kept for the next value. */
const MOST_KEPT = 1 << 16;

/**
 * Tells whether elements of a value that was packed into one string differ, as members and fields
 * must. O(n) however many there are and whoever chose them: the hash has a secret key.
 */
export class DistinctElements {
  readonly #hash: HalfSipHash;
  /** Open addressing: where an element is, plus one, and its hash. */
  #places = new Uint32Array(SMALLEST);
  #hashes = new Int32Array(SMALLEST);
  #mask = SMALLEST - 1;
  #value = new Uint8Array(SMALLEST);

  constructor(hash: HalfSipHash) {
    this.#hash = hash;
  }

  /** Whether the elements at the indexes 0, `every`, 2 `every` ... differ; goes back to the first. */
  areDistinct(elements: PackedElements, every: number): boolean {
    this.#clear(Math.ceil(elements.count / every));
    elements.rewind();
    let isDistinct = true;
    for (let index = 0; isDistinct; index++) {
      const { position } = elements;
      if (!elements.next()) break;
      if (index % every === 0) isDistinct = this.#add(elements, position);
    }
    elements.rewind();
    return isDistinct;
  }

  #clear(expected: number): void {
    const needed = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(expected * 2 + 1)));
    if (needed > this.#places.length || this.#places.length > MOST_KEPT) {
      this.#places = new Uint32Array(needed);
      this.#hashes = new Int32Array(needed);
    } else {
      this.#places.fill(0, 0, needed);
    }
    this.#mask = needed - 1;
  }

  /** Adds the element shown; false when there is an equal one. */
  #add(elements: PackedElements, position: number): boolean {
    const { valueBytes, valueAt, valueLength } = elements;
    const hash = this.#hash.hash(valueBytes, valueAt, valueLength);
    let slot = hash & this.#mask;
    for (; this.#places[slot] !== 0; slot = (slot + 1) & this.#mask) {
      if (this.#hashes[slot] !== hash) continue;
      if (this.#equals(elements, position, this.#places[slot] - 1)) return false;
    }
    this.#places[slot] = position + 1;
    this.#hashes[slot] = hash;
    return true;
  }

  /** Whether the elements at two positions are equal; the first of them is shown before and after. */
  #equals(elements: PackedElements, position: number, other: number): boolean {
    const { valueLength } = elements;
    if (this.#value.length < valueLength) this.#value = new Uint8Array(valueLength * 2);
    const value = this.#value;
    copyBytes(value, 0, elements.valueBytes, elements.valueAt, valueLength);
    elements.goto(other);
    elements.next();
    const isEqual =
      elements.valueLength === valueLength &&
      equalBytes(elements.valueBytes, elements.valueAt, value, 0, valueLength);
    elements.goto(position);
    elements.next();
    return isEqual;
  }
}
