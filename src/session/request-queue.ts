import { copyBytes } from "../base/bytes";
import type { Arguments } from "../command/arguments";
import { RECORD_HEADER_WORDS } from "../protocol/request-record";

/**
 * Requests that outlive their turn, in the order in which they were added: what MULTI queues, and
 * (one request) what a client waits for. `ScratchRequest.writeQueued` makes arguments look at one.
 *
 * Their bytes lie in chunks and are never moved; one array of words describes them all, so that a
 * request costs its bytes and a few words. A request lies in one chunk, its arguments in a row:
 *
 *     words  [chunk, offset, argument count, hash of the name, hash of argument 1, length ...]
 *
 * What always holds: a request begins at the word where the one before it ended.
 */
export const QUEUED_HEADER_WORDS = 5;
const NAME_HASH_WORD = 2 - RECORD_HEADER_WORDS;
const KEY_HASH_WORD = 3 - RECORD_HEADER_WORDS;
const CHUNK_BYTES = 4096;
/** The first few requests are seldom followed by many. */
const FIRST_CHUNK_BYTES = 512;
const FIRST_WORDS = 64;
const MOST_KEPT_WORDS = 1024;

export class RequestQueue {
  count = 0;
  /** Of all arguments. */
  argumentBytes = 0;
  words = new Uint32Array(FIRST_WORDS);
  /** The word behind the last request. */
  endWord = 0;
  readonly chunks: Uint8Array[] = [];
  #chunkAt = 0;

  /**
   * Adds the request that `args` holds.
   * @param substitutes arguments to be replaced by others; never 0 or 1, whose hashes are kept.
   * @returns the bytes of its arguments.
   */
  add(args: Arguments, substitutes?: ReadonlyMap<number, Uint8Array>): number {
    const { table, base, count } = args;
    this.#growWords(QUEUED_HEADER_WORDS + count);
    const { words } = this;
    let word = this.endWord + QUEUED_HEADER_WORDS;
    let size = 0;
    for (let i = 0; i < count; i++) {
      const length = substitutes?.get(i)?.length ?? args.length(i);
      words[word++] = length;
      size += length;
    }
    this.#place(size);
    const header = this.endWord;
    words[header] = this.chunks.length - 1;
    words[header + 1] = this.#chunkAt;
    words[header + 2] = count;
    words[header + 3] = table[base + NAME_HASH_WORD];
    words[header + 4] = table[base + KEY_HASH_WORD];
    this.#copyArguments(args, substitutes);
    this.endWord = word;
    this.argumentBytes += size;
    this.count++;
    return size;
  }

  /** What its requests take, but for room to grow. */
  get sizeBytes(): number {
    return this.endWord * Uint32Array.BYTES_PER_ELEMENT + this.argumentBytes;
  }

  /** Empties it for new requests; what is large is given back. */
  clear(): void {
    const { chunks } = this;
    this.count = 0;
    this.argumentBytes = 0;
    this.endWord = 0;
    this.#chunkAt = 0;
    if (this.words.length > MOST_KEPT_WORDS) this.words = new Uint32Array(FIRST_WORDS);
    const keepsFirst = chunks.length > 0 && chunks[0].length <= CHUNK_BYTES;
    chunks.length = keepsFirst ? 1 : 0;
  }

  /** A chunk with room for so many bytes is the last one. */
  #place(size: number): void {
    const { chunks } = this;
    if (chunks.length > 0 && this.#chunkAt + size <= chunks[chunks.length - 1].length) return;
    const chunkBytes = this.chunks.length === 0 ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
    this.chunks.push(new Uint8Array(Math.max(size, chunkBytes)));
    this.#chunkAt = 0;
  }

  #copyArguments(args: Arguments, substitutes?: ReadonlyMap<number, Uint8Array>): void {
    const chunk = this.chunks[this.chunks.length - 1];
    for (let i = 0; i < args.count; i++) {
      const substitute = substitutes?.get(i);
      if (substitute === undefined) {
        copyBytes(chunk, this.#chunkAt, args.input, args.offset(i), args.length(i));
        this.#chunkAt += args.length(i);
      } else {
        chunk.set(substitute, this.#chunkAt);
        this.#chunkAt += substitute.length;
      }
    }
  }

  #growWords(more: number): void {
    const needed = this.endWord + more;
    if (needed <= this.words.length) return;
    const grown = new Uint32Array(Math.max(needed, this.words.length * 2));
    grown.set(this.words);
    this.words = grown;
  }
}
