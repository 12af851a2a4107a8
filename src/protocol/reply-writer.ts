import { copyBytes, latin1Bytes } from "../base/bytes";
import { formatDouble17, formatDoubleShortest } from "../base/double";
import { formatInt64, formatInteger, integerDigits } from "../base/int64";

/**
 * The one writer of RESP replies, RESP2 and RESP3, into the transport's output memory.
 *
 * It knows no sockets and no commands. What is written between `begin(slot)` and the next `begin`
 * becomes runs for that slot; `begin(DISCARD)` throws it away. When output or runs are full it calls
 * `flushRuns` and goes on, so a reply may be longer than the memory.
 *
 * What always holds: `at` never passes the output's end; runs are in the order of writing; a run
 * into a data segment is sent by a flush at once, because a later command of the same turn may
 * change the block that it points to. Nothing here allocates on the JS heap, except for texts given
 * as strings (errors and rare replies).
 */
export const DISCARD = -1;

const RUN_WORDS = 4;
/** Room for the longest header or number. */
const SMALL_BYTES = 48;
/** Longer than any error that a gate gives. */
const MARKED_BYTES = 4096;
/** Bulks of this size and more are sent from where they lie. */
const REFERENCE_BYTES = 16384;
/** Bulks up to this size are written in one piece. */
const SHORT_BULK_BYTES = 64;
const ZERO = 48;
/** Shorter strings may come from many memories in turn, and making a view costs more than they do. */
const LEAST_WORDWISE_BYTES = 24;
const CR = 13;
const LF = 10;

const NIL_BULK = latin1Bytes("$-1\r\n");
const NIL_ARRAY = latin1Bytes("*-1\r\n");
const NIL_RESP3 = latin1Bytes("_\r\n");
const TRUE_RESP3 = latin1Bytes("#t\r\n");
const FALSE_RESP3 = latin1Bytes("#f\r\n");
const OK = latin1Bytes("+OK\r\n");

export class ReplyWriter {
  /** Whether the client being answered speaks RESP3. */
  resp3 = false;
  /** Errors written so far; a command that raised it has failed. */
  errorCount = 0;
  /** The text of the last error, without `-` and line end. */
  lastError = "";
  #slot = DISCARD;
  #at = 0;
  #runAt = 0;
  #runs = 0;
  readonly #output: Uint8Array;
  readonly #outputView: DataView;
  /** The bytes that short strings were copied from last, and a view of them. */
  #source: Uint8Array;
  #sourceView: DataView;
  readonly #runTable: Uint32Array;
  readonly #flushRuns: (runs: number) => void;
  readonly #mostRuns: number;

  constructor(output: Uint8Array, runTable: Uint32Array, flushRuns: (runs: number) => void) {
    this.#output = output;
    this.#outputView = viewOf(output);
    this.#source = output;
    this.#sourceView = this.#outputView;
    this.#runTable = runTable;
    this.#flushRuns = flushRuns;
    this.#mostRuns = Math.floor(runTable.length / RUN_WORDS) - 4;
  }

  /** What is written from here on is for `slot`. */
  begin(slot: number): void {
    this.#closeRun();
    this.#slot = slot;
  }

  get slot(): number {
    return this.#slot;
  }

  /** Bytes written for the current slot since `begin` or the last flush. */
  get position(): number {
    return this.#at;
  }

  /** A position to which one can surely rewind as long as little is written. */
  mark(): number {
    this.#need(MARKED_BYTES);
    return this.#at;
  }

  /** Forgets what was written since `position`; valid only if no flush came between. */
  rewind(position: number): void {
    if (position >= this.#runAt && position <= this.#at) this.#at = position;
  }

  /** Ends the turn: returns the number of runs to send and starts anew. */
  endTurn(): number {
    this.#closeRun();
    const runs = this.#runs;
    this.#runs = 0;
    this.#at = 0;
    this.#runAt = 0;
    this.#slot = DISCARD;
    return runs;
  }

  /** Sends what has been written; writing goes on for the same slot. */
  flush(): void {
    this.#closeRun();
    const runs = this.#runs;
    this.#runs = 0;
    this.#at = 0;
    this.#runAt = 0;
    if (runs > 0) this.#flushRuns(runs);
  }

  ok(): void {
    this.raw(OK);
  }

  /** A simple string; `text` is ASCII without line ends. */
  status(text: Uint8Array): void {
    this.#need(text.length + SMALL_BYTES);
    this.#output[this.#at++] = 43;
    this.#copy(text, 0, text.length);
    this.#lineEnd();
  }

  statusText(text: string): void {
    this.status(Buffer.from(text));
  }

  /** An error: code word first (`ERR ...`), no line ends (they become spaces). */
  error(text: string): void {
    this.errorCount++;
    this.lastError = text;
    const bytes = Buffer.from(text, "latin1");
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === CR || bytes[i] === LF) bytes[i] = 32;
    this.#need(SMALL_BYTES);
    this.#output[this.#at++] = 45;
    this.#copy(bytes, 0, bytes.length);
    this.#lineEnd();
  }

  /** A safe integer (at most 2^53 - 1 in size). */
  integer(value: number): void {
    this.#need(SMALL_BYTES);
    this.#output[this.#at++] = 58;
    this.#at = formatInteger(value, this.#output, this.#at);
    this.#lineEnd();
  }

  bigInteger(value: bigint): void {
    this.#need(SMALL_BYTES);
    this.#output[this.#at++] = 58;
    this.#at = formatInt64(value, this.#output, this.#at);
    this.#lineEnd();
  }

  /** A bulk string from any memory but data segments; copied. */
  bulk(bytes: Uint8Array, at: number, length: number): void {
    if (length <= SHORT_BULK_BYTES) {
      this.#shortBulk(bytes, at, length);
      return;
    }
    this.#header(36, length);
    this.#copy(bytes, at, length);
    this.#lineEnd();
  }

  /** A bulk string from data segment `segment`; a long one is sent from there without a copy. */
  bulkBlock(segment: number, bytes: Uint8Array, at: number, length: number): void {
    if (length <= SHORT_BULK_BYTES) {
      this.#shortBulk(bytes, at, length);
      return;
    }
    this.#header(36, length);
    if (length < REFERENCE_BYTES || this.#slot === DISCARD) {
      this.#copy(bytes, at, length);
      this.#lineEnd();
      return;
    }
    this.#closeRun();
    this.#pushRun(segment + 1, at, length);
    this.#lineEnd();
    this.flush();
  }

  /** Bytes that are RESP already, sent from memory that stays as it is until the turn has ended. */
  rawBlock(segment: number, at: number, length: number): void {
    this.#need(0);
    this.#closeRun();
    this.#pushRun(segment + 1, at, length);
  }

  /** For loops that write many small replies themselves, where `room` says. */
  get output(): Uint8Array {
    return this.#output;
  }

  /**
   * Makes room for `size` bytes in one piece, far fewer than the output has, and returns where they
   * begin in `output`. Nothing else may be written until `wrote` has told how far it got.
   */
  room(size: number): number {
    this.#need(size);
    return this.#at;
  }

  /**
   * Copies short bytes to a place in `output` for which there is room; returns the place behind.
   * Words are read and written at any place, which takes a third of the time of single bytes.
   */
  copyShort(to: number, bytes: Uint8Array, from: number, length: number): number {
    const target = this.#outputView;
    const source = bytes === this.#source ? this.#sourceView : this.#lookAt(bytes);
    const wordsEnd = from + (length & ~3);
    let at = from;
    let put = to;
    for (; at < wordsEnd; at += 4, put += 4) target.setInt32(put, source.getInt32(at, true), true);
    const output = this.#output;
    for (const end = from + length; at < end; ) output[put++] = bytes[at++];
    return put;
  }

  /** What was written into `output` from `room` on ends before `end`. */
  wrote(end: number): void {
    this.#at = end;
  }

  /** A bulk string of a JS text, in UTF-8. */
  bulkText(text: string): void {
    const bytes = Buffer.from(text);
    this.bulk(bytes, 0, bytes.length);
  }

  /** A bulk string of a JS text whose characters stand for bytes. */
  bulkLatin1(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    this.bulk(bytes, 0, bytes.length);
  }

  /** An integer as a bulk string. */
  bulkInteger(value: number): void {
    this.#need(SMALL_BYTES);
    const output = this.#output;
    output[this.#at++] = 36;
    this.#at = formatInteger(integerDigits(value), output, this.#at);
    this.#lineEnd();
    this.#at = formatInteger(value, output, this.#at);
    this.#lineEnd();
  }

  /** Null where a string was asked for. */
  nil(): void {
    this.raw(this.resp3 ? NIL_RESP3 : NIL_BULK);
  }

  /** Null where an array was asked for. */
  nilArray(): void {
    this.raw(this.resp3 ? NIL_RESP3 : NIL_ARRAY);
  }

  array(count: number): void {
    this.#header(42, count);
  }

  /** A map of `pairs` keys and values; in RESP2 an array of twice as many. */
  map(pairs: number): void {
    if (this.resp3) this.#header(37, pairs);
    else this.#header(42, pairs * 2);
  }

  set(count: number): void {
    this.#header(this.resp3 ? 126 : 42, count);
  }

  /** Out-of-band data; in RESP2 an array. */
  push(count: number): void {
    this.#header(this.resp3 ? 62 : 42, count);
  }

  /** A number with fraction: RESP3 double, RESP2 bulk string. */
  double(value: number): void {
    const text = formatDoubleShortest(value);
    if (this.resp3) this.raw(latin1Bytes(`,${text}\r\n`));
    else this.bulkLatin1(text);
  }

  /**
   * A score: as `double`, but in the digits of Redis 7.0, which is C's `%.17g`. Integers, which most
   * scores are, allocate nothing.
   */
  score(value: number): void {
    const isInteger = Number.isSafeInteger(value) && !Object.is(value, -0);
    if (isInteger && !this.resp3) {
      this.bulkInteger(value);
    } else if (isInteger) {
      this.#header(44, value);
    } else {
      this.#scoreText(formatDouble17(value));
    }
  }

  boolean(value: boolean): void {
    if (this.resp3) this.raw(value ? TRUE_RESP3 : FALSE_RESP3);
    else this.integer(value ? 1 : 0);
  }

  /** Text for people: RESP3 verbatim string of a three-letter format, RESP2 bulk string. */
  verbatim(format: string, text: string): void {
    const bytes = Buffer.from(text);
    if (!this.resp3) {
      this.bulk(bytes, 0, bytes.length);
      return;
    }
    this.#header(61, bytes.length + 4);
    this.raw(latin1Bytes(`${format}:`));
    this.#copy(bytes, 0, bytes.length);
    this.#lineEnd();
  }

  /** Bytes that are RESP already. */
  raw(bytes: Uint8Array): void {
    this.#need(bytes.length < SMALL_BYTES ? SMALL_BYTES : 0);
    this.#copy(bytes, 0, bytes.length);
  }

  #scoreText(text: string): void {
    if (this.resp3) {
      this.#need(SMALL_BYTES);
      this.#output[this.#at++] = 44;
    } else {
      this.#header(36, text.length);
      this.#need(SMALL_BYTES);
    }
    for (let i = 0; i < text.length; i++) this.#output[this.#at++] = text.charCodeAt(i);
    this.#lineEnd();
  }

  /** A bulk of at most two digits of length, in one piece, which takes a fifth less time. */
  #shortBulk(bytes: Uint8Array, at: number, length: number): void {
    this.#need(SHORT_BULK_BYTES + SMALL_BYTES);
    const output = this.#output;
    let to = this.#at;
    output[to++] = 36;
    if (length >= 10) {
      const tens = (length / 10) | 0;
      output[to++] = ZERO + tens;
      output[to++] = ZERO + length - tens * 10;
    } else {
      output[to++] = ZERO + length;
    }
    output[to++] = CR;
    output[to++] = LF;
    if (length < LEAST_WORDWISE_BYTES) {
      copyBytes(output, to, bytes, at, length);
      to += length;
    } else {
      to = this.copyShort(to, bytes, at, length);
    }
    output[to] = CR;
    output[to + 1] = LF;
    this.#at = to + 2;
  }

  #lookAt(bytes: Uint8Array): DataView {
    this.#source = bytes;
    this.#sourceView = viewOf(bytes);
    return this.#sourceView;
  }

  #header(type: number, count: number): void {
    this.#need(SMALL_BYTES);
    this.#output[this.#at++] = type;
    this.#at = formatInteger(count, this.#output, this.#at);
    this.#lineEnd();
  }

  #lineEnd(): void {
    if (this.#at + 2 > this.#output.length) this.flush();
    this.#output[this.#at++] = CR;
    this.#output[this.#at++] = LF;
  }

  /** Makes room for `size` bytes in one piece. */
  #need(size: number): void {
    if (this.#at + size > this.#output.length || this.#runs >= this.#mostRuns) this.flush();
  }

  /** Copies bytes of any number, flushing as often as the output fills. */
  #copy(bytes: Uint8Array, at: number, length: number): void {
    const room = this.#output.length - this.#at;
    if (length <= room) {
      copyBytes(this.#output, this.#at, bytes, at, length);
      this.#at += length;
      return;
    }
    for (let done = 0; done < length; ) {
      if (this.#at === this.#output.length) this.flush();
      const part = Math.min(length - done, this.#output.length - this.#at);
      copyBytes(this.#output, this.#at, bytes, at + done, part);
      this.#at += part;
      done += part;
    }
  }

  #closeRun(): void {
    const length = this.#at - this.#runAt;
    if (length === 0) return;
    if (this.#slot === DISCARD) this.#at = this.#runAt;
    else this.#pushRun(0, this.#runAt, length);
    this.#runAt = this.#at;
  }

  #pushRun(source: number, offset: number, length: number): void {
    const word = this.#runs++ * RUN_WORDS;
    this.#runTable[word] = this.#slot;
    this.#runTable[word + 1] = source;
    this.#runTable[word + 2] = offset;
    this.#runTable[word + 3] = length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
