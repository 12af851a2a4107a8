import { parseSafeInteger } from "../../base/int64";
import { Arguments } from "../../command/arguments";

const LF = 10;
const LINE_END_BYTES = 2;
const LEAST_WORDS = 64;

/**
 * Requests that lie one behind the other in bytes, shown one after the other as arguments.
 *
 * For what this server has encoded, or scanned, itself: the form is not checked again. Showing a
 * request allocates nothing, but that the table may grow.
 */
export class RequestWords {
  /** The request that `next` found. */
  words: Arguments;
  /** Where it begins and ends. */
  from = 0;
  end = 0;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #table = new Uint32Array(LEAST_WORDS * 2);

  /** The requests in `bytes` from `from` up to `end`. */
  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.end = from;
    this.words = new Arguments(bytes, this.#table);
  }

  /** Goes to the next request; false when there is none. */
  next(): boolean {
    const from = this.end;
    if (from >= this.#end) return false;
    this.from = from;
    const count = this.#number();
    if (count * 2 > this.#table.length) {
      this.#table = new Uint32Array(count * 2);
      this.words = new Arguments(this.#bytes, this.#table);
    }
    for (let i = 0; i < count; i++) {
      const length = this.#number();
      this.#table[i * 2] = this.end;
      this.#table[i * 2 + 1] = length;
      this.end += length + LINE_END_BYTES;
    }
    this.words.set(0, count);
    return true;
  }

  /** The number of a line behind its first byte; goes to the next line. */
  #number(): number {
    const at = this.end + 1;
    const lineEnd = this.#bytes.indexOf(LF, at);
    this.end = lineEnd + 1;
    return parseSafeInteger(this.#bytes, at, lineEnd - 1 - at);
  }
}
