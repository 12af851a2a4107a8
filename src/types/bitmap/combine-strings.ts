import { copyBytes } from "../../base/bytes";
import { valueStartOf } from "../../keyspace/entry";
import { type BlockMemory, SEGMENT_SHIFT } from "../../memory/block-memory";
import {
  BITS_AND,
  BITS_AND_NOT,
  BITS_NOT,
  BITS_OR,
  BITS_XOR,
  type BitOperations,
} from "../../native/bit-operations";
import { stringLength } from "../string/string-value";

/**
 * Combining whole strings bit by bit, the shorter ones followed by zeros: what BITOP computes.
 *
 * The target is written part by part, all sources of a part before the next, so that a part stays in
 * the processor's cache however many sources there are. It must be none of the sources.
 */

/** The operations; the place of each is its number. */
export const COMBINATIONS = ["and", "or", "xor", "not", "diff", "diff1", "andor", "one"];
export const COMBINE_NOT = 3;
/** In the first source and in none of the others. */
export const COMBINE_DIFF = 4;
/** In one of the others and not in the first source. */
const COMBINE_DIFF1 = 5;
/** In the first source and in one of the others. */
export const COMBINE_ANDOR = 6;
/** In exactly one source. */
const COMBINE_ONE = 7;

const PART_BYTES = 128 * 1024;

/** How the sources from the second on are joined with what there is. */
const JOIN_BITS = [BITS_AND, BITS_OR, BITS_XOR, BITS_NOT, BITS_OR, BITS_OR, BITS_OR, BITS_XOR];

export class StringCombiner {
  readonly #bits: BitOperations;
  #memory: BlockMemory = { bytes: [], words: [], doubles: [] };
  /** Entries, or 0 for a string that is not there. */
  readonly #sources: number[] = [];
  /** For COMBINE_ONE: bits seen more than once, and those of the source at hand. */
  #seenAgain = new Uint8Array(0);
  #alsoHere = new Uint8Array(0);

  constructor(bits: BitOperations) {
    this.#bits = bits;
  }

  /** Forgets all sources; those that come lie in `memory`. */
  begin(memory: BlockMemory): void {
    this.#memory = memory;
    this.#sources.length = 0;
  }

  /** Adds a string entry, or 0 for a string that is not there. It must stay until `write`. */
  addSource(entry: number): void {
    this.#sources.push(entry);
  }

  /** Bytes of the longest source. */
  longest(): number {
    let most = 0;
    for (const entry of this.#sources) most = Math.max(most, this.#lengthOf(entry));
    return most;
  }

  /** Writes the combination of the sources, `length` bytes as `longest` tells, to `target`. */
  write(operation: number, target: Uint8Array, targetAt: number, length: number): void {
    for (let done = 0; done < length; done += PART_BYTES) {
      const size = Math.min(PART_BYTES, length - done);
      this.#writePart(operation, target, targetAt + done, done, size);
    }
  }

  #writePart(operation: number, target: Uint8Array, at: number, done: number, size: number): void {
    const isOne = operation === COMBINE_ONE;
    if (operation === COMBINE_NOT) {
      this.#join(BITS_NOT, target, at, 0, done, size);
      return;
    }
    // These three set the first source against all others.
    const first = operation >= COMBINE_DIFF && !isOne ? 1 : 0;
    if (isOne) this.#beginOne();
    let next = first + 1;
    if (!isOne && this.#joinTwo(JOIN_BITS[operation], target, at, first, done, size)) next++;
    else this.#copy(target, at, first, done, size);
    const { length } = this.#sources;
    for (let i = next; i < length; i++) {
      if (isOne) this.#noteAgain(target, at, i, done, size);
      this.#join(JOIN_BITS[operation], target, at, i, done, size);
    }
    if (isOne) this.#bits.combine(BITS_AND_NOT, target, at, target, at, this.#seenAgain, 0, size);
    else if (first === 1) this.#setAgainstFirst(operation, target, at, done, size);
  }

  /** Bytes that a source has of a part. */
  #sizeIn(source: number, done: number, size: number): number {
    return Math.min(size, Math.max(0, this.#lengthOf(this.#sources[source]) - done));
  }

  #copy(target: Uint8Array, at: number, source: number, done: number, size: number): void {
    const part = this.#sizeIn(source, done, size);
    const entry = this.#sources[source];
    if (part > 0) copyBytes(target, at, this.#bytesOf(entry), this.#startOf(entry) + done, part);
    if (part < size) target.fill(0, at + part, at + size);
  }

  /** target = source op the next one, where both have all of the part; else false. */
  #joinTwo(
    bits: number,
    target: Uint8Array,
    at: number,
    source: number,
    done: number,
    size: number,
  ): boolean {
    if (source + 1 >= this.#sources.length) return false;
    if (this.#sizeIn(source, done, size) < size) return false;
    if (this.#sizeIn(source + 1, done, size) < size) return false;
    const one = this.#sources[source];
    const other = this.#sources[source + 1];
    const oneAt = this.#startOf(one) + done;
    const otherAt = this.#startOf(other) + done;
    const oneBytes = this.#bytesOf(one);
    const otherBytes = this.#bytesOf(other);
    this.#bits.combine(bits, target, at, oneBytes, oneAt, otherBytes, otherAt, size);
    return true;
  }

  /** target = target op source; behind the end of the source are zeros. */
  #join(
    bits: number,
    target: Uint8Array,
    at: number,
    source: number,
    done: number,
    size: number,
  ): void {
    const part = this.#sizeIn(source, done, size);
    if (part > 0) {
      const entry = this.#sources[source];
      const bytes = this.#bytesOf(entry);
      const from = this.#startOf(entry) + done;
      if (bits === BITS_NOT) this.#bits.combine(bits, target, at, bytes, from, bytes, from, part);
      else this.#bits.combine(bits, target, at, target, at, bytes, from, part);
    }
    if (bits === BITS_AND && part < size) target.fill(0, at + part, at + size);
  }

  /** The target holds what any of the other sources has. */
  #setAgainstFirst(
    operation: number,
    target: Uint8Array,
    at: number,
    done: number,
    size: number,
  ): void {
    if (operation === COMBINE_ANDOR) {
      this.#join(BITS_AND, target, at, 0, done, size);
      return;
    }
    if (operation === COMBINE_DIFF1) {
      this.#join(BITS_AND_NOT, target, at, 0, done, size);
      return;
    }
    const part = this.#sizeIn(0, done, size);
    if (part > 0) {
      const entry = this.#sources[0];
      const from = this.#startOf(entry) + done;
      const bytes = this.#bytesOf(entry);
      this.#bits.combine(BITS_AND_NOT, target, at, bytes, from, target, at, part);
    }
    if (part < size) target.fill(0, at + part, at + size);
  }

  #beginOne(): void {
    if (this.#seenAgain.length === 0) {
      this.#seenAgain = new Uint8Array(PART_BYTES);
      this.#alsoHere = new Uint8Array(PART_BYTES);
    }
    this.#seenAgain.fill(0);
  }

  /**
   * Adds to `seenAgain` what a source has in common with the target. The target is the parity of
   * what came before, so a bit that was seen twice is not in it, but in `seenAgain` already.
   */
  #noteAgain(target: Uint8Array, at: number, source: number, done: number, size: number): void {
    const part = this.#sizeIn(source, done, size);
    if (part === 0) return;
    const entry = this.#sources[source];
    const from = this.#startOf(entry) + done;
    const here = this.#alsoHere;
    const again = this.#seenAgain;
    this.#bits.combine(BITS_AND, here, 0, target, at, this.#bytesOf(entry), from, part);
    this.#bits.combine(BITS_OR, again, 0, again, 0, here, 0, part);
  }

  #lengthOf(entry: number): number {
    return entry === 0 ? 0 : stringLength(this.#memory, entry);
  }

  #bytesOf(entry: number): Uint8Array {
    return this.#memory.bytes[entry >>> SEGMENT_SHIFT];
  }

  #startOf(entry: number): number {
    return valueStartOf(this.#memory, entry);
  }
}
