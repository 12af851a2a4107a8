/**
 * Where the scanner stands inside one client's unfinished request, between two calls.
 *
 * It holds no bytes: the transport keeps those, from the first byte of the request on, and may move
 * them, so every position here counts from that first byte. What always holds: `taken` bytes are
 * understood and never looked at again; `searched` bytes hold no line end that is not taken.
 */

const COUNT_UNKNOWN = -1;
const SIZE_UNKNOWN = -1;
const FIRST_CAPACITY_WORDS = 16;
/** Above this the pairs of a finished request are given back instead of kept for the next one. */
const KEPT_CAPACITY_WORDS = 1024;
const NO_WORDS = new Uint32Array(0);

export class RequestParseState {
  /** Bytes of header lines and whole arguments that are understood. */
  taken = 0;
  /** How far the open line has been searched for its end. */
  searched = 0;
  /** Arguments of the whole request; meaningful once the count line is read. */
  argumentCount = 0;
  /** Arguments still to come, negative while the count line is open. */
  argumentsLeft = COUNT_UNKNOWN;
  /** Bytes of the argument whose header was read, negative when a header comes next. */
  argumentBytes = SIZE_UNKNOWN;
  /** Whether the arguments found so far are in `pairs`, as those of a request that was cut are. */
  isSaved = false;
  /** Words used in `pairs`. */
  pairWords = 0;
  /** Offset from the request's first byte and length of each argument found. */
  pairs: Uint32Array = NO_WORDS;
  /** The client broke the protocol: nothing it sends is looked at any more. */
  isStopped = false;

  /** Forgets the unfinished request: the next byte scanned is the first of a request. */
  reset(): void {
    this.taken = 0;
    this.searched = 0;
    this.argumentsLeft = COUNT_UNKNOWN;
    this.argumentBytes = SIZE_UNKNOWN;
    this.isStopped = false;
    if (!this.isSaved) return;
    this.isSaved = false;
    this.pairWords = 0;
    if (this.pairs.length > KEPT_CAPACITY_WORDS) this.pairs = NO_WORDS;
  }

  /** How long the request is at least, as far as it is known; 0 while nothing is. */
  leastBytes(): number {
    const open = this.argumentBytes < 0 ? 0 : this.argumentBytes + 2;
    return this.taken + open;
  }

  /** Moves the arguments found so far out of the table: `words` words from `from` on, whose offsets
   * are absolute, of a request that begins at `start`. */
  savePairs(table: Uint32Array, from: number, words: number, start: number): void {
    if (this.pairs.length < words) this.#grow(words);
    for (let word = 0; word < words; word += 2) {
      this.pairs[word] = table[from + word] - start;
      this.pairs[word + 1] = table[from + word + 1];
    }
    this.pairWords = words;
    this.isSaved = true;
  }

  /** Writes the saved arguments into the table with absolute offsets. */
  loadPairs(table: Uint32Array, to: number, start: number): void {
    for (let word = 0; word < this.pairWords; word += 2) {
      table[to + word] = this.pairs[word] + start;
      table[to + word + 1] = this.pairs[word + 1];
    }
  }

  /** Room for one more argument; false when `maxWords` are used. */
  makeRoom(maxWords: number): boolean {
    if (this.pairWords + 2 <= this.pairs.length) return true;
    if (this.pairWords + 2 > maxWords) return false;
    this.#grow(this.pairWords + 2);
    return true;
  }

  #grow(words: number): void {
    let capacity = Math.max(this.pairs.length, FIRST_CAPACITY_WORDS);
    while (capacity < words) capacity *= 2;
    const grown = new Uint32Array(capacity);
    grown.set(this.pairs);
    this.pairs = grown;
  }
}
