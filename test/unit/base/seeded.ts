/**
 * Seeded choices for the property tests of this room: the same seed gives the same cases. BASE_SEED
 * in the environment repeats a run; every failure message should name `seed`.
 */

export interface Seeded {
  readonly seed: number;
  /** An integer from 0 to n - 1. */
  below(n: number): number;
  pick<T>(choices: ArrayLike<T>): T;
  /** Up to `longest` bytes, each one of `alphabet`. */
  bytes(longest: number, alphabet: ArrayLike<number>): Buffer;
}

/** Mulberry32: small, good enough for choosing cases, and not the generator under test. */
export function seeded(): Seeded {
  const seed = Number(process.env.BASE_SEED ?? Date.now() % 0x7fffffff);
  let state = seed >>> 0;
  function below(n: number): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * n);
  }
  function pick<T>(choices: ArrayLike<T>): T {
    return choices[below(choices.length)];
  }
  return {
    seed,
    below,
    pick,
    bytes(longest, alphabet) {
      return Buffer.from(Array.from({ length: below(longest + 1) }, () => pick(alphabet)));
    },
  };
}

/** All 256 byte values in order. */
export const ALL_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** The bytes of a latin1 text placed between other bytes, to show that offsets are honoured. */
export function embedded(text: string | Uint8Array): { bytes: Buffer; off: number; len: number } {
  const middle = typeof text === "string" ? Buffer.from(text, "latin1") : Buffer.from(text);
  const bytes = Buffer.concat([Buffer.from("7-"), middle, Buffer.from('9"*')]);
  return { bytes, off: 2, len: middle.length };
}
