/**
 * MurmurHash64A of byte ranges (Austin Appleby, public domain), as on a little-endian machine.
 *
 * Not for untrusted keys of tables: it is not keyed in a way that withstands an attacker. The result
 * is two words of 32 bits, and all arithmetic is done in such halves, so that nothing is allocated.
 * What always holds: for the same bytes and seed it gives what every other implementation gives.
 */

/** The multiplier 0xc6a4a7935bd1e995. */
const M_HIGH = 0xc6a4a793 | 0;
const M_LOW = 0x5bd1e995;
const M_LOW_0 = M_LOW & 0xffff;
const M_LOW_1 = M_LOW >>> 16;
/** Shifts by 47 take 15 bits of the high word. */
const SHIFT_OF_HIGH = 15;
const BLOCK_BYTES = 8;

export class MurmurHash {
  /** Of the last `hash`: bits 0-31 and 32-63, signed. */
  low = 0;
  high = 0;
  readonly #seed: number;

  /** @param seed 32 bits. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Hashes the range; the result is in `low` and `high`. */
  hash(bytes: Uint8Array, at: number, length: number): void {
    this.low = length | 0;
    this.high = 0;
    this.#multiply();
    let low = this.low ^ this.#seed;
    let { high } = this;
    const end = at + length;
    let i = at;
    for (; i + BLOCK_BYTES <= end; i += BLOCK_BYTES) {
      this.low = wordAt(bytes, i);
      this.high = wordAt(bytes, i + 4);
      this.#multiply();
      this.low ^= this.high >>> SHIFT_OF_HIGH;
      this.#multiply();
      this.low ^= low;
      this.high ^= high;
      this.#multiply();
      low = this.low;
      high = this.high;
    }
    this.low = low;
    this.high = high;
    if (i < end) this.#addTail(bytes, i, end);
    this.low ^= this.high >>> SHIFT_OF_HIGH;
    this.#multiply();
    this.low ^= this.high >>> SHIFT_OF_HIGH;
  }

  #addTail(bytes: Uint8Array, at: number, end: number): void {
    for (let i = at; i < end; i++) {
      const place = i - at;
      if (place < 4) this.low ^= bytes[i] << (place << 3);
      else this.high ^= bytes[i] << ((place - 4) << 3);
    }
    this.#multiply();
  }

  /** Multiplies (high, low) by the multiplier, modulo 2^64. */
  #multiply(): void {
    const { low } = this;
    const low0 = low & 0xffff;
    const low1 = low >>> 16;
    // The upper half of low * M_LOW by pieces of 16 bits; no sum here passes 2^32.
    const middle = low1 * M_LOW_0 + ((low0 * M_LOW_0) >>> 16);
    const cross = (middle & 0xffff) + low0 * M_LOW_1;
    const carry = low1 * M_LOW_1 + (middle >>> 16) + (cross >>> 16);
    this.high = (carry + Math.imul(low, M_HIGH) + Math.imul(this.high, M_LOW)) | 0;
    this.low = Math.imul(low, M_LOW);
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
