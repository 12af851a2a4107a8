import type { StreamId } from "./stream-id";

/**
 * How many nodes Redis's radix tree has for a row of IDs, which XINFO STREAM tells: with 16-byte keys
 * in order it follows from what neighbours have in common.
 *
 *     the root of an empty tree                                         1
 *     where keys part, after so many equal bytes                        1
 *     the bytes from there to the next such place, or to the end, but for the first one     1 if any
 *     the end of a key                                                  1
 */
const KEY_BYTES = 16;

export class RadixNodes {
  #keys = 0;
  #nodes = 0;
  #before: [number, number, number, number] = [0, 0, 0, 0];
  /** The places where the keys so far part, on the way to the last of them. */
  readonly #forks: number[] = [];

  /** Adds the next key, greater than all before. */
  add(id: StreamId): void {
    const words: [number, number, number, number] = [id.msHigh, id.msLow, id.seqHigh, id.seqLow];
    if (this.#keys++ > 0) this.#fork(commonBytes(words, this.#before));
    this.#before = words;
  }

  get count(): number {
    if (this.#keys === 0) return 1;
    const forks = this.#forks.slice();
    let nodes = this.#nodes + this.#leaf(forks);
    while (forks.length > 0) nodes += this.#close(forks);
    return nodes;
  }

  #fork(depth: number): void {
    const forks = this.#forks;
    const last = forks[forks.length - 1] ?? -1;
    // The key before ends below the deeper of the two places.
    this.#nodes += 1 + run(Math.max(last, depth), KEY_BYTES);
    while (forks.length > 0 && forks[forks.length - 1] > depth) {
      const closed = forks.pop() ?? 0;
      const above = Math.max(forks[forks.length - 1] ?? -1, depth);
      this.#nodes += 1 + run(above, closed);
    }
    if (forks[forks.length - 1] !== depth) forks.push(depth);
  }

  #leaf(forks: readonly number[]): number {
    return 1 + run(forks[forks.length - 1] ?? -1, KEY_BYTES);
  }

  /** The last place where keys part, and the bytes that lead to it. */
  #close(forks: number[]): number {
    const closed = forks.pop() ?? 0;
    return 1 + run(forks[forks.length - 1] ?? -1, closed);
  }
}

/** Whether there are bytes between a place where keys part, or -1 for the root, and another. */
function run(above: number, below: number): number {
  return below - above - 1 > 0 ? 1 : 0;
}

function commonBytes(one: readonly number[], other: readonly number[]): number {
  let word = 0;
  while (word < 3 && one[word] === other[word]) word++;
  return word * 4 + (Math.clz32(one[word] ^ other[word]) >>> 3);
}
