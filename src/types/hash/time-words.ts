/** Times in ms since 1970 up to 2^53 as two words of a block, the low one first. */

/** Later than any expiry, where none is meant. */
export const NEVER = Number.MAX_SAFE_INTEGER;

const TWO_32 = 4294967296;

export function readTimeMs(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}

export function writeTimeMs(words: Int32Array, at: number, timeMs: number): void {
  words[at] = timeMs | 0;
  words[at + 1] = Math.floor(timeMs / TWO_32);
}
