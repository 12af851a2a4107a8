/**
 * The longest common subsequence of two byte strings: its length, its bytes, and where its runs lie.
 *
 * It knows no keys and no replies. Of the subsequences of greatest length it takes the one that
 * Redis takes: seen from the ends, equal bytes are matched, else a byte of `a` is passed by if that
 * alone keeps the length, else one of `b`.
 *
 * The table of lengths L(i, j) is kept as one bit per cell: row i has bit j clear where
 * L(i, j+1) > L(i, j). A row follows from the one before by a few operations on whole words
 * (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), so the cost is a * b / 32 steps
 * and the memory a * b / 8 bytes, at most 32 + 1/8 bytes per byte of `b` beside it.
 */

/** Numbers in a run: its start in `a`, its start in `b`, its length. */
export const RUN_NUMBERS = 3;

export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
}

export class LongestCommonSubsequence {
  readonly #a: ByteRange;
  readonly #b: ByteRange;
  readonly #words: number;
  /** Row i (from 1) at (i - 1) * words; only the last one when no runs are wanted. */
  readonly #rows: Int32Array;
  readonly #lastRowAt: number;

  /**
   * @param findsRuns false when only the length is wanted, which needs memory for one row only.
   * @throws RangeError when there is not enough memory.
   */
  constructor(a: ByteRange, b: ByteRange, findsRuns: boolean) {
    this.#a = a;
    this.#b = b;
    this.#words = (b.length + 31) >>> 5;
    const rows = findsRuns ? a.length : Math.min(1, a.length);
    this.#rows = new Int32Array(rows * this.#words);
    this.#lastRowAt = Math.max(0, rows - 1) * this.#words;
    this.#fill(findsRuns);
  }

  get length(): number {
    if (this.#a.length === 0) return 0;
    const row = this.#rows;
    let clear = 0;
    for (let j = 0; j < this.#b.length; j++) {
      clear += ((row[this.#lastRowAt + (j >>> 5)] >>> (j & 31)) & 1) ^ 1;
    }
    return clear;
  }

  /** The runs of bytes that follow each other in both strings, last one first, RUN_NUMBERS each. */
  runs(): number[] {
    const { bytes: aBytes, at: aAt } = this.#a;
    const { bytes: bBytes, at: bAt } = this.#b;
    const runs: number[] = [];
    let i = this.#a.length;
    let j = this.#b.length;
    let length = 0;
    while (i > 0 && j > 0) {
      if (aBytes[aAt + i - 1] === bBytes[bAt + j - 1]) {
        length++;
        i--;
        j--;
        continue;
      }
      if (length > 0) runs.push(i, j, length);
      length = 0;
      const word = this.#rows[(i - 1) * this.#words + ((j - 1) >>> 5)];
      if (((word >>> ((j - 1) & 31)) & 1) === 0) i--;
      else j--;
    }
    if (length > 0) runs.push(i, j, length);
    return runs;
  }

  /** Writes the row of each byte of `a`, over the one before where only the last is kept. */
  #fill(keepsRows: boolean): void {
    const { bytes, at, length } = this.#a;
    const words = this.#words;
    const masks = this.#masks();
    const rows = this.#rows;
    if (length > 0) rows.fill(-1, 0, words);
    for (let i = 0; i < length; i++) {
      const mask = masks[bytes[at + i]];
      const target = keepsRows ? i * words : 0;
      const source = i === 0 ? 0 : target - (keepsRows ? words : 0);
      let carry = 0;
      for (let word = 0; word < words; word++) {
        const before = rows[source + word];
        const matched = before & mask[word];
        const sum = (before + matched + carry) | 0;
        carry = ((before & matched) | ((before | matched) & ~sum)) >>> 31;
        rows[target + word] = sum | (before & ~matched);
      }
    }
  }

  /** For each byte that is in `a`: a bit for each place where it is in `b`. */
  #masks(): Int32Array[] {
    const none = new Int32Array(this.#words);
    const masks: Int32Array[] = new Array(256).fill(none);
    const { bytes: aBytes, at: aAt, length: aLength } = this.#a;
    for (let i = 0; i < aLength; i++) {
      const byte = aBytes[aAt + i];
      if (masks[byte] === none) masks[byte] = new Int32Array(this.#words);
    }
    const { bytes, at, length } = this.#b;
    for (let j = 0; j < length; j++) {
      const mask = masks[bytes[at + j]];
      if (mask !== none) mask[j >>> 5] |= 1 << (j & 31);
    }
    return masks;
  }
}
