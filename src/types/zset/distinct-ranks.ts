import type { Random } from "../../base/random";

/** So few ranks are compared with each other; more are noted by a bit for each rank there is. */
const FEW = 64;

/** Ranks drawn at random, each only once. For fewer than half of all; then it draws twice at most. */
export class DistinctRanks {
  readonly #random: Random;
  readonly #size: number;
  readonly #drawn: Int32Array;
  readonly #bits: Int32Array;
  #count = 0;

  /** @param size how many ranks there are. @param count how many will be drawn. */
  constructor(random: Random, size: number, count: number) {
    this.#random = random;
    this.#size = size;
    this.#drawn = new Int32Array(count <= FEW ? count : 0);
    this.#bits = new Int32Array(count <= FEW ? 0 : (size >>> 5) + 1);
  }

  /** The next one. */
  draw(): number {
    for (;;) {
      const rank = this.#random.below(this.#size);
      if (this.#note(rank)) return rank;
    }
  }

  /** False when the rank was drawn before. */
  #note(rank: number): boolean {
    const bits = this.#bits;
    if (bits.length > 0) {
      const bit = 1 << (rank & 31);
      if ((bits[rank >>> 5] & bit) !== 0) return false;
      bits[rank >>> 5] |= bit;
      return true;
    }
    for (let i = 0; i < this.#count; i++) if (this.#drawn[i] === rank) return false;
    this.#drawn[this.#count++] = rank;
    return true;
  }
}
