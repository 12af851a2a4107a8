/**
 * Seeded pseudo-random numbers (xoshiro128**): sampling for eviction, expiry, RANDOMKEY, levels,
 * jitter. The only source of chance besides the operating system's.
 *
 * It is not for secrets: keys of hashes, run ids and passwords come from node:crypto.
 * What always holds: the same seed gives the same sequence, and no call allocates.
 */

const TWO_TO_32 = 0x1_0000_0000;

export class Random {
  /** Signed, because what passes 2^31 is an object to V8 wherever a call is not inlined. */
  readonly #state = new Int32Array(4);

  /** A sequence for each safe integer; nearby seeds give unrelated sequences. */
  constructor(seed: number) {
    let low = seed >>> 0;
    const high = Math.floor(seed / TWO_TO_32) >>> 0;
    for (let i = 0; i < 4; i++) {
      low = (low + 0x9e3779b9) >>> 0;
      this.#state[i] = mix(low ^ mix(high + i));
    }
    this.#avoidZero();
  }

  /** Starts from four words of full entropy instead, for instance the system's own. */
  static fromWords(a: number, b: number, c: number, d: number): Random {
    const random = new Random(0);
    random.#state[0] = a;
    random.#state[1] = b;
    random.#state[2] = c;
    random.#state[3] = d;
    random.#avoidZero();
    return random;
  }

  /** The one state that xoshiro can never leave. */
  #avoidZero(): void {
    const state = this.#state;
    if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
  }

  /** An integer from 0 to 2^32 - 1. */
  nextUint32(): number {
    return this.#nextInt32() >>> 0;
  }

  #nextInt32(): number {
    const state = this.#state;
    const second = state[1];
    const scrambled = Math.imul(rotateLeft(Math.imul(second, 5), 7), 9);
    state[2] ^= state[0];
    state[3] ^= second;
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= second << 9;
    state[3] = rotateLeft(state[3], 11);
    return scrambled;
  }

  /**
   * An integer from 0 to n - 1, each equally likely. `n` is an integer from 1 to 2^32; anything
   * else is a mistake of the caller and throws.
   */
  below(n: number): number {
    if (!(n >= 1 && n <= TWO_TO_32)) throw new RangeError(`below(${n}): not from 1 to 2^32`);
    if (n === TWO_TO_32) return this.nextUint32();
    // Told to be 32 bits, the remainder is one instruction instead of a call for floating point.
    const divisor = n >>> 0;
    for (;;) {
      const draw = this.#nextInt32() >>> 0;
      const chosen = draw % divisor;
      // The last block of n draws may not be whole; a draw from a broken one is thrown away.
      if (draw - chosen + n <= TWO_TO_32) return chosen;
    }
  }

  /** A multiple of 2^-53 from 0 to below 1. */
  nextDouble(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The finishing steps of MurmurHash3: every bit of the word changes about half of the others. */
function mix(word: number): number {
  let mixed = word >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
