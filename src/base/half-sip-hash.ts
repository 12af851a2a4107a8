/**
 * HalfSipHash-1-3: the keyed 32-bit hash of keys, fields and members.
 *
 * It is not a checksum of files. The native scanner (native/core/hash) computes the same function
 * for the key argument of every request; this is its portable twin and its specification. The key is
 * chosen at random at each start, so that nobody can prepare colliding names.
 */
export class HalfSipHash {
  readonly #k0: number;
  readonly #k1: number;

  /** @param k0 @param k1 the 64-bit key as two 32-bit words (little-endian halves). */
  constructor(k0: number, k1: number) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /** Hash of `length` bytes at `offset`, as a signed 32-bit integer. Costs about 1 ns a byte. */
  hash(bytes: Uint8Array, offset: number, length: number): number {
    let v0 = this.#k0;
    let v1 = this.#k1;
    let v2 = this.#k0 ^ 0x6c796765;
    let v3 = this.#k1 ^ 0x74656462;
    const wholeEnd = offset + (length - (length & 3));
    let at = offset;
    let word = 0;
    for (let last = false; !last; ) {
      if (at < wholeEnd) {
        word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
        at += 4;
      } else {
        last = true;
        word = length << 24;
        if ((length & 3) > 2) word |= bytes[at + 2] << 16;
        if ((length & 3) > 1) word |= bytes[at + 1] << 8;
        if ((length & 3) > 0) word |= bytes[at];
      }
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    v2 ^= 0xff;
    for (let round = 0; round < 3; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    return v1 ^ v3;
  }
}
