/**
 * Finds complete requests in what a client sends and writes their records into the table.
 *
 * The portable twin of native/core/resp and its specification: the rules are those of redis-server
 * 7.0, asked over a raw socket (test/unit/protocol/real-server.test.ts asks again). It knows framing
 * and limits; it reads no socket, keeps no bytes and does not know what a command means.
 *
 * What always holds:
 * - Cutting the stream elsewhere changes no record: a byte is taken in once, and where Redis's answer
 *   hangs on how the bytes arrived (an overlong line), the answer of the worst cut is given.
 * - A complete request costs no allocation; only one that is cut between two calls saves its
 *   argument offsets in its RequestParseState.
 * - A line is ended by CR and any one byte; the two bytes behind an argument are skipped unread; a
 *   NUL hides what follows it in a line, so that such a line grows until it is too long. All
 *   three are what the real server does.
 */

import type { HalfSipHash } from "../base/half-sip-hash";
import { isCanonicalInt64, parseSafeInteger } from "../base/int64";
import { nameHash } from "./name-hash";
import type { RequestParseState } from "./request-parse-state";
import {
  EVENT_BIT,
  EVENT_INLINE,
  EVENT_PROTOCOL_ERROR,
  MAX_HEADER_LINE_BYTES,
  PROTOCOL_BIG_BULK_LINE,
  PROTOCOL_BIG_COUNT_LINE,
  PROTOCOL_BIG_INLINE,
  PROTOCOL_BULK_LENGTH,
  PROTOCOL_EXPECTED_DOLLAR,
  PROTOCOL_MULTIBULK_LENGTH,
  PROTOCOL_UNAUTHENTICATED_BULK,
  PROTOCOL_UNAUTHENTICATED_COUNT,
  RECORD_HEADER_WORDS,
  UNAUTHENTICATED_MAX_ARGUMENTS,
  UNAUTHENTICATED_MAX_BULK_BYTES,
} from "./request-record";

/** Outcomes of `scan`. All bytes are used; the rest of the request, if any, must come first. */
export const SCAN_NEEDS_BYTES = -1;
/** The next record does not fit: scan again, from `restAt`, when the table is empty. */
export const SCAN_TABLE_FULL = -2;
/** What comes next breaks a limit for unauthenticated clients, but a command before it in this
 * table may authenticate: scan again, from `restAt`, when the server has run the table. */
export const SCAN_AWAITS_TURN = -3;
/** The protocol is broken; the record says how. */
export const SCAN_STOPPED = -4;
/** The request has more arguments than an empty table can hold. */
export const SCAN_TOO_MANY_ARGUMENTS = -5;

const HEADER_READ = 0;
const HEADER_TOO_LONG = -6;

const STAR = 0x2a;
const DOLLAR = 0x24;
const ZERO = 0x30;
const MINUS = 0x2d;
const CR = 0x0d;
const LF = 0x0a;
const NUL = 0;
const INLINE_RECORD_WORDS = RECORD_HEADER_WORDS + 2;
const MAX_ARGUMENTS = 0x7fff_ffff;
/** Headers of up to this many digits are read without looking for the end of the line first. */
const SHORT_NUMBER_DIGITS = 9;

export class RequestScanner {
  /** proto-max-bulk-len. */
  maxBulkBytes = 512 * 1024 * 1024;
  /** Words of the table in use and records in it; `clearTable` before each turn. */
  tableWords = 0;
  recordCount = 0;
  /** After `scan`: where the first request that has no record yet begins. */
  restAt = 0;

  readonly #input: Uint8Array;
  readonly #table: Uint32Array;
  readonly #keyHash: HalfSipHash;
  #isUnauthenticated = false;
  /** Records that were in the table before this call's client. */
  #recordsBefore = 0;
  /** What the last header said, and where the line after it begins. */
  #value = 0;
  #next = 0;

  constructor(input: Uint8Array, table: Uint32Array, keyHash: HalfSipHash) {
    this.#input = input;
    this.#table = table;
    this.#keyHash = keyHash;
  }

  clearTable(): void {
    this.tableWords = 0;
    this.recordCount = 0;
  }

  /** Adds an event record; the caller has seen to it that five words are free. */
  addEvent(slot: number, kind: number, aux: number, start: number): void {
    const { tableWords } = this;
    const table = this.#table;
    table[tableWords] = slot;
    table[tableWords + 1] = EVENT_BIT | kind;
    table[tableWords + 2] = aux;
    table[tableWords + 3] = 0;
    table[tableWords + 4] = start;
    this.tableWords = tableWords + RECORD_HEADER_WORDS;
    this.recordCount += 1;
  }

  /** Whether an event record fits. */
  hasRoomForEvent(): boolean {
    return this.tableWords + RECORD_HEADER_WORDS <= this.#table.length;
  }

  /**
   * Scans one client's bytes, [from, end) in `input`, where `from` is the first byte of the request
   * that `state` is in. Call it once per client and table. Returns a SCAN_* outcome; `restAt` is
   * where the bytes to keep begin, and what `from` must point to when the scan goes on.
   */
  scan(
    state: RequestParseState,
    slot: number,
    from: number,
    end: number,
    isUnauthenticated: boolean,
  ): number {
    this.#isUnauthenticated = isUnauthenticated;
    this.#recordsBefore = this.recordCount;
    const input = this.#input;
    let at = from;
    while (at < end) {
      const next =
        input[at] === STAR
          ? this.#scanMultibulk(state, slot, at, end)
          : this.#scanInline(state, slot, at, end);
      if (next < 0) {
        this.restAt = at;
        return next;
      }
      at = next;
    }
    this.restAt = at;
    return SCAN_NEEDS_BYTES;
  }

  /** One `*N` request that begins at `start`: where the next one begins, or a SCAN_* outcome. */
  #scanMultibulk(state: RequestParseState, slot: number, start: number, end: number): number {
    if (state.argumentsLeft >= 0) {
      return this.#scanArguments(state, slot, start, start + state.taken, end);
    }
    const header = this.#readHeader(state, start, start, end);
    if (header === HEADER_TOO_LONG) return this.#stop(state, slot, start, PROTOCOL_BIG_COUNT_LINE);
    if (header !== HEADER_READ) return header;
    const count = this.#value;
    // NaN, for what is no number, fails this comparison too.
    if (!(count <= MAX_ARGUMENTS)) {
      return this.#stop(state, slot, start, PROTOCOL_MULTIBULK_LENGTH);
    }
    if (this.#isUnauthenticated && count > UNAUTHENTICATED_MAX_ARGUMENTS) {
      return this.#stopUnlessAuthenticating(state, slot, start, PROTOCOL_UNAUTHENTICATED_COUNT);
    }
    if (count <= 0) {
      state.reset();
      return this.#next;
    }
    state.argumentCount = count;
    state.argumentsLeft = count;
    return this.#scanArguments(state, slot, start, this.#next, end);
  }

  /** The arguments from `from` on. A request seen in one piece has its pairs written where its
   * record will stand; one that was cut before collects them in `state`. */
  #scanArguments(
    state: RequestParseState,
    slot: number,
    start: number,
    from: number,
    end: number,
  ): number {
    let target = state.isSaved ? state.pairs : this.#table;
    let origin = state.isSaved ? start : 0;
    const firstWord = this.tableWords + RECORD_HEADER_WORDS;
    let word = state.isSaved ? state.pairWords : firstWord;
    let at = from;
    let left = state.argumentsLeft;
    let size = state.argumentBytes;
    let outcome = HEADER_READ;
    for (; left > 0; left--) {
      if (size < 0) {
        outcome = this.#readSize(state, slot, start, at, end);
        if (outcome !== HEADER_READ) break;
        size = this.#value;
        at = this.#next;
      }
      if (end - at < size + 2) {
        outcome = SCAN_NEEDS_BYTES;
        break;
      }
      if (word + 2 > target.length) {
        if (state.isSaved) state.pairWords = word;
        else state.savePairs(this.#table, firstWord, Math.max(word - firstWord, 0), start);
        if (!state.makeRoom(this.#table.length)) {
          outcome = SCAN_TOO_MANY_ARGUMENTS;
          break;
        }
        target = state.pairs;
        origin = start;
        word = state.pairWords;
      }
      target[word] = at - origin;
      target[word + 1] = size;
      word += 2;
      at += size + 2;
      size = -1;
    }
    if (outcome === SCAN_STOPPED) return outcome;
    if (state.isSaved) state.pairWords = word;
    if (left === 0 && this.#addRequest(state, slot, start)) return at;
    if (!state.isSaved) state.savePairs(this.#table, firstWord, word - firstWord, start);
    state.taken = at - start;
    state.argumentsLeft = left;
    state.argumentBytes = size;
    if (left > 0) return outcome;
    return this.tableWords === 0 ? SCAN_TOO_MANY_ARGUMENTS : SCAN_TABLE_FULL;
  }

  /** The `$N` line at `at`. */
  #readSize(
    state: RequestParseState,
    slot: number,
    start: number,
    at: number,
    end: number,
  ): number {
    const header = this.#readHeader(state, start, at, end);
    if (header === HEADER_TOO_LONG) return this.#stop(state, slot, start, PROTOCOL_BIG_BULK_LINE);
    if (header !== HEADER_READ) return header;
    const first = this.#input[at];
    if (first !== DOLLAR) {
      return this.#stop(state, slot, start, PROTOCOL_EXPECTED_DOLLAR | (first << 8));
    }
    if (!(this.#value >= 0 && this.#value <= this.maxBulkBytes)) {
      return this.#stop(state, slot, start, PROTOCOL_BULK_LENGTH);
    }
    if (this.#isUnauthenticated && this.#value > UNAUTHENTICATED_MAX_BULK_BYTES) {
      return this.#stopUnlessAuthenticating(state, slot, start, PROTOCOL_UNAUTHENTICATED_BULK);
    }
    return HEADER_READ;
  }

  /** Puts the record's header before the pairs; false when the saved pairs do not fit. */
  #addRequest(state: RequestParseState, slot: number, start: number): boolean {
    const table = this.#table;
    const input = this.#input;
    const header = this.tableWords;
    const pairs = header + RECORD_HEADER_WORDS;
    const count = state.argumentCount;
    const after = pairs + 2 * count;
    if (state.isSaved) {
      if (after > table.length) return false;
      state.loadPairs(table, pairs, start);
    }
    table[header] = slot;
    table[header + 1] = count;
    table[header + 2] = nameHash(input, table[pairs], table[pairs + 1]);
    table[header + 3] =
      count > 1 ? this.#keyHash.hash(input, table[pairs + 2], table[pairs + 3]) : 0;
    table[header + 4] = start;
    this.tableWords = after;
    this.recordCount += 1;
    state.reset();
    return true;
  }

  /** Reads the number of the header line at `at` into #value: NaN when it is none, an infinity when
   * it is an int64 beyond 2^53. The line's first byte is for the caller to judge. */
  #readHeader(state: RequestParseState, start: number, at: number, end: number): number {
    const input = this.#input;
    // A first byte that can hide the line (NUL, CR) goes the long way.
    if (input[at] === STAR || input[at] === DOLLAR) {
      const stop = Math.min(end - 1, at + 1 + SHORT_NUMBER_DIGITS);
      let digitAt = at + 1;
      let value = 0;
      for (; digitAt < stop; digitAt++) {
        const digit = input[digitAt] - ZERO;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      const digits = digitAt - at - 1;
      const isCanonical = digits === 1 || (digits > 1 && input[at + 1] !== ZERO);
      if (isCanonical && digitAt < end - 1 && input[digitAt] === CR) {
        this.#value = value;
        this.#next = digitAt + 2;
        return HEADER_READ;
      }
    }
    return this.#readOddHeader(state, start, at, end);
  }

  /** Any header line: one that is not complete, not a plain number, or long. */
  #readOddHeader(state: RequestParseState, start: number, at: number, end: number): number {
    const input = this.#input;
    const stop = Math.min(end, at + MAX_HEADER_LINE_BYTES + 1);
    let lineEnd = Math.max(at, start + state.searched);
    while (lineEnd < stop && input[lineEnd] !== CR && input[lineEnd] !== NUL) lineEnd++;
    state.searched = lineEnd - start;
    if (lineEnd >= stop || input[lineEnd] === NUL) {
      return end - at > MAX_HEADER_LINE_BYTES ? HEADER_TOO_LONG : SCAN_NEEDS_BYTES;
    }
    if (lineEnd + 1 >= end) return SCAN_NEEDS_BYTES;
    const digits = lineEnd - at - 1;
    this.#value = parseSafeInteger(input, at + 1, digits);
    if (Number.isNaN(this.#value) && isCanonicalInt64(input, at + 1, digits)) {
      const isNegative = input[at + 1] === MINUS;
      this.#value = isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    this.#next = lineEnd + 2;
    return HEADER_READ;
  }

  /** One line that is an inline command; an empty one leaves no record. */
  #scanInline(state: RequestParseState, slot: number, start: number, end: number): number {
    const input = this.#input;
    const stop = Math.min(end, start + MAX_HEADER_LINE_BYTES + 1);
    let lineEnd = start + state.searched;
    while (lineEnd < stop && input[lineEnd] !== LF && input[lineEnd] !== NUL) lineEnd++;
    state.searched = lineEnd - start;
    if (lineEnd >= stop || input[lineEnd] === NUL) {
      if (end - start <= MAX_HEADER_LINE_BYTES) return SCAN_NEEDS_BYTES;
      return this.#stop(state, slot, start, PROTOCOL_BIG_INLINE);
    }
    const hasCr = lineEnd > start && input[lineEnd - 1] === CR;
    const length = lineEnd - start - (hasCr ? 1 : 0);
    if (length > 0) {
      const table = this.#table;
      if (this.tableWords + INLINE_RECORD_WORDS > table.length) return SCAN_TABLE_FULL;
      this.addEvent(slot, EVENT_INLINE, 0, start);
      table[this.tableWords] = start;
      table[this.tableWords + 1] = length;
      this.tableWords += 2;
    }
    state.reset();
    return lineEnd + 1;
  }

  #stop(state: RequestParseState, slot: number, start: number, error: number): number {
    if (!this.hasRoomForEvent()) return SCAN_TABLE_FULL;
    this.addEvent(slot, EVENT_PROTOCOL_ERROR, error, start);
    state.reset();
    state.isStopped = true;
    return SCAN_STOPPED;
  }

  #stopUnlessAuthenticating(
    state: RequestParseState,
    slot: number,
    start: number,
    error: number,
  ): number {
    if (this.recordCount > this.#recordsBefore) return SCAN_AWAITS_TURN;
    return this.#stop(state, slot, start, error);
  }
}
