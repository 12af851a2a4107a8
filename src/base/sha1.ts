/**
 * SHA-1 of many short inputs: the fingerprint of DEBUG DIGEST takes eight per key. For single ones
 * node:crypto does; each of its calls costs about 5 us, and one block here 0.5 us.
 *
 * It is not for secrets or anything an attacker could gain from. What always holds: no call
 * allocates.
 */

const BLOCK_BYTES = 64;
const LENGTH_AT = 56;
const ROUNDS = 80;
const TWO_32 = 0x1_0000_0000;

export const SHA1_BYTES = 20;

export class Sha1 {
  readonly #words = new Int32Array(ROUNDS);
  readonly #tail = new Uint8Array(BLOCK_BYTES * 2);
  #h0 = 0;
  #h1 = 0;
  #h2 = 0;
  #h3 = 0;
  #h4 = 0;

  /** Writes the 20 bytes of the hash to the start of `into`, which may be `bytes`. */
  hash(bytes: Uint8Array, at: number, length: number, into: Uint8Array): void {
    this.#h0 = 0x67452301;
    this.#h1 = 0xefcdab89 | 0;
    this.#h2 = 0x98badcfe | 0;
    this.#h3 = 0x10325476;
    this.#h4 = 0xc3d2e1f0 | 0;
    const whole = length - (length % BLOCK_BYTES);
    for (let done = 0; done < whole; done += BLOCK_BYTES) this.#block(bytes, at + done);
    const rest = length - whole;
    const tail = this.#tail;
    for (let i = 0; i < rest; i++) tail[i] = bytes[at + whole + i];
    const end = rest < LENGTH_AT ? BLOCK_BYTES : BLOCK_BYTES * 2;
    tail[rest] = 0x80;
    tail.fill(0, rest + 1, end - 8);
    writeWord(tail, end - 8, Math.floor((length * 8) / TWO_32));
    writeWord(tail, end - 4, length * 8);
    this.#block(tail, 0);
    if (end > BLOCK_BYTES) this.#block(tail, BLOCK_BYTES);
    writeWord(into, 0, this.#h0);
    writeWord(into, 4, this.#h1);
    writeWord(into, 8, this.#h2);
    writeWord(into, 12, this.#h3);
    writeWord(into, 16, this.#h4);
  }

  #block(bytes: Uint8Array, at: number): void {
    const words = this.#words;
    for (let i = 0; i < 16; i++) {
      const p = at + i * 4;
      words[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let i = 16; i < ROUNDS; i++) {
      const mixed = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16];
      words[i] = (mixed << 1) | (mixed >>> 31);
    }
    let a = this.#h0;
    let b = this.#h1;
    let c = this.#h2;
    let d = this.#h3;
    let e = this.#h4;
    for (let i = 0; i < ROUNDS; i++) {
      let chosen: number;
      if (i < 20) chosen = ((b & c) | (~b & d)) + 0x5a827999;
      else if (i < 40) chosen = (b ^ c ^ d) + 0x6ed9eba1;
      else if (i < 60) chosen = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
      else chosen = (b ^ c ^ d) + 0xca62c1d6;
      const next = (((a << 5) | (a >>> 27)) + chosen + e + words[i]) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    this.#h0 = (this.#h0 + a) | 0;
    this.#h1 = (this.#h1 + b) | 0;
    this.#h2 = (this.#h2 + c) | 0;
    this.#h3 = (this.#h3 + d) | 0;
    this.#h4 = (this.#h4 + e) | 0;
  }
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
