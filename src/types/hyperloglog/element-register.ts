import { MurmurHash } from "../../base/murmur-hash";

/**
 * Which register an element of a set belongs to, and the value that it gives it: the lowest 14 bits
 * of its hash, and how many of the other 50 are zero before the first that is not, and one more.
 */

const SEED = 0xadc83b19;
const INDEX_BITS = 14;
const INDEX_MASK = (1 << INDEX_BITS) - 1;
/** Ends a row of 50 zeros. */
const END_BIT = 1 << 18;

export class ElementRegister {
  index = 0;
  value = 0;
  readonly #hash = new MurmurHash(SEED);

  /** Sets index and value to those of an element. */
  set(bytes: Uint8Array, at: number, length: number): void {
    const hash = this.#hash;
    hash.hash(bytes, at, length);
    this.index = hash.low & INDEX_MASK;
    const low = (hash.low >>> INDEX_BITS) | (hash.high << (32 - INDEX_BITS));
    const high = (hash.high >>> INDEX_BITS) | END_BIT;
    this.value = 1 + (low === 0 ? 32 + trailingZeros(high) : trailingZeros(low));
  }
}

/** Of a word that is not 0. */
function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
