import type { StreamId } from "../stream-id";

/**
 * IDs that a command has dealt with, to be replied when their number is known. Used again; grows with
 * what one command touches, and large ones are not kept.
 */
const ID_WORDS = 4;
const FIRST_ROOM = 16;
/** IDs that there is room for between commands. */
const MOST_KEPT = 1024;

export class IdList {
  count = 0;
  #words = new Int32Array(FIRST_ROOM * ID_WORDS);

  clear(): void {
    this.count = 0;
    if (this.#words.length > MOST_KEPT * ID_WORDS)
      this.#words = new Int32Array(FIRST_ROOM * ID_WORDS);
  }

  push(id: StreamId): void {
    const at = this.count * ID_WORDS;
    if (at === this.#words.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[at] = id.msHigh;
    this.#words[at + 1] = id.msLow;
    this.#words[at + 2] = id.seqHigh;
    this.#words[at + 3] = id.seqLow;
    this.count++;
  }

  /** Reads the ID at an index below `count`. */
  load(into: StreamId, index: number): StreamId {
    const at = index * ID_WORDS;
    const words = this.#words;
    return into.set(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }
}
