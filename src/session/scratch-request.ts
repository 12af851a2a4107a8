import { copyBytes } from "../base/bytes";
import type { Arguments } from "../command/arguments";
import { nameHash } from "../protocol/name-hash";
import { MAX_HEADER_LINE_BYTES, RECORD_HEADER_WORDS } from "../protocol/request-record";
import { QUEUED_HEADER_WORDS, type RequestQueue } from "./request-queue";

/** `splitPlain`: the line has quotes, or a byte that ends it. */
export const NEEDS_SPLITTING = -1;
/** `splitPlain`: the line has nothing but white space. */
export const NO_WORDS = -2;

const TAB = 9;
const CR = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;

/**
 * A command that does not come from a socket's bytes, made to look as if it did: its arguments are
 * copied to the scratch region of the input memory and its record to the second half of the table.
 *
 * One at a time: writing the next overwrites the last, so it must have been run before. Who runs
 * commands in the middle of such a one has a place of its own behind it (`nested`).
 */
export class ScratchRequest {
  readonly #args: Arguments;
  readonly #inputAt: number;
  readonly #recordAt: number;
  readonly #hashOf: (bytes: Uint8Array, at: number, length: number) => number;

  constructor(
    args: Arguments,
    inputAt: number,
    hashOf: (bytes: Uint8Array, at: number, length: number) => number,
    recordAt = args.table.length / 2,
  ) {
    this.#args = args;
    this.#inputAt = inputAt;
    this.#recordAt = recordAt;
    this.#hashOf = hashOf;
  }

  /** A place for requests that are run in the middle of one that is in this place. */
  nested(): ScratchRequest {
    const recordAt = this.#recordAt + RECORD_HEADER_WORDS + 2 * MAX_HEADER_LINE_BYTES;
    return new ScratchRequest(
      this.#args,
      this.#inputAt + MAX_HEADER_LINE_BYTES,
      this.#hashOf,
      recordAt,
    );
  }

  /**
   * Points the arguments at the words of an inline line where they lie, without a copy; returns the
   * name's hash. NEEDS_SPLITTING when the line has quotes or a NUL, which ends it; NO_WORDS when it
   * is blank. Words are split where C's isspace says, as Redis does.
   */
  splitPlain(lineAt: number, length: number): number {
    const { input, table } = this.#args;
    const end = lineAt + length;
    const first = this.#recordAt + RECORD_HEADER_WORDS;
    let word = first;
    let wordAt = -1;
    for (let at = lineAt; at <= end; at++) {
      const byte = at < end ? input[at] : SPACE;
      if (byte === SPACE || (byte >= TAB && byte <= CR)) {
        if (wordAt < 0) continue;
        table[word++] = wordAt;
        table[word++] = at - wordAt;
        wordAt = -1;
      } else if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE || byte === 0) {
        return NEEDS_SPLITTING;
      } else if (wordAt < 0) {
        wordAt = at;
      }
    }
    if (word === first) return NO_WORDS;
    const count = (word - first) / 2;
    const hash = nameHash(input, table[first], table[first + 1]);
    const keyHash = count > 1 ? this.#hashOf(input, table[first + 2], table[first + 3]) : 0;
    this.#writeHeader(count, hash, keyHash, lineAt);
    return hash;
  }

  /** Writes the request and points the arguments at it; returns its name's hash. */
  write(parts: readonly Uint8Array[]): number {
    const { input, table } = this.#args;
    let at = this.#inputAt;
    let word = this.#recordAt + RECORD_HEADER_WORDS;
    for (const part of parts) {
      input.set(part, at);
      table[word++] = at;
      table[word++] = part.length;
      at += part.length;
    }
    const hash = nameHash(parts[0], 0, parts[0].length);
    const keyHash = parts.length > 1 ? this.#hashOf(parts[1], 0, parts[1].length) : 0;
    this.#writeHeader(parts.length, hash, keyHash, this.#inputAt);
    return hash;
  }

  /** Whether a request with so many bytes and arguments can be written here. */
  fits(sizeBytes: number, argumentCount: number): boolean {
    const { input, table } = this.#args;
    const words = RECORD_HEADER_WORDS + argumentCount * 2;
    return this.#inputAt + sizeBytes <= input.length && this.#recordAt + words <= table.length;
  }

  /**
   * Writes a queued request, which begins at a word of the queue, and points the arguments at it.
   * Returns the word at which the next one begins.
   */
  writeQueued(queue: RequestQueue, word: number): number {
    const { input, table } = this.#args;
    const { words } = queue;
    const count = words[word + 2];
    const chunk = queue.chunks[words[word]];
    const chunkAt = words[word + 1];
    const end = word + QUEUED_HEADER_WORDS + count;
    let at = this.#inputAt;
    let to = this.#recordAt + RECORD_HEADER_WORDS;
    for (let from = word + QUEUED_HEADER_WORDS; from < end; from++) {
      table[to++] = at;
      table[to++] = words[from];
      at += words[from];
    }
    copyBytes(input, this.#inputAt, chunk, chunkAt, at - this.#inputAt);
    this.#writeHeader(count, words[word + 3], words[word + 4], this.#inputAt);
    return end;
  }

  #writeHeader(count: number, hash: number, keyHash: number, start: number): void {
    const { table } = this.#args;
    const record = this.#recordAt;
    table[record] = 0;
    table[record + 1] = count;
    table[record + 2] = hash;
    table[record + 3] = keyHash;
    table[record + 4] = start;
    this.#args.set(record + RECORD_HEADER_WORDS, count);
  }
}
