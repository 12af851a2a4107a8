import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import { ENTRY_VALUE, TYPE_STREAM, wordOf } from "../../keyspace/entry";
import { Stream } from "./stream";
import type { StreamId } from "./stream-id";
import { SEQ_ZERO, StreamIdText, WHOLE_ID } from "./stream-id-text";
import type { StreamLimits } from "./stream-limits";

/**
 * How commands come to the stream under a key and leave it, and to the IDs among their arguments:
 * one object for all of them, with the one Stream that they share.
 */

/** What is under a key: nothing, a stream that is open now, or something else (error written). */
export const NO_STREAM = 0;
export const A_STREAM = 1;
export const NOT_A_STREAM = 2;

/** Streams have one encoding. */
export const STREAM_ENCODING = 0;
export const ERR_INVALID_ID = "ERR Invalid stream ID specified as stream command argument";
const DASH = 0x2d;
const PLUS = 0x2b;
const PARENTHESIS = 0x28;

export class StreamAccess {
  readonly limits: StreamLimits;
  readonly text = new StreamIdText();
  /** After `readBound`: whether the ID itself is left out. */
  isExclusive = false;
  #stream: Stream | undefined;
  /** The ref that the entry holds. */
  #stored = 0;

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  /** The stream, where `read` or `write` answered A_STREAM, or after `create`. */
  stream(call: DataCall): Stream {
    this.#stream ??= new Stream(call.keyspace.memory, this.limits);
    return this.#stream;
  }

  /** Opens the stream of a key argument for reading. */
  read(call: DataCall, index: number): number {
    return this.open(call, call.read(index));
  }

  /** Opens the stream of a key argument for a change; `store` comes after it. */
  write(call: DataCall, index: number): number {
    return this.open(call, call.write(index));
  }

  /** Opens the stream that an entry holds. */
  open(call: DataCall, entry: number): number {
    if (entry === 0) return NO_STREAM;
    if (call.isWrongType(entry, TYPE_STREAM)) return NOT_A_STREAM;
    this.#stored = wordOf(call.keyspace.memory, entry, ENTRY_VALUE);
    this.stream(call).openStream(this.#stored);
    return A_STREAM;
  }

  /** Adds an empty stream under a key argument that is not there, and opens it. */
  create(call: DataCall, index: number): Stream {
    const stream = this.stream(call).createStream();
    this.#stored = stream.ref;
    call.addValue(index, TYPE_STREAM, STREAM_ENCODING, stream.ref);
    return stream;
  }

  /** Lets the open stream be changed. Its entry must be the position that was looked up last. */
  own(call: DataCall): Stream {
    const stream = this.stream(call);
    stream.own();
    if (stream.ref !== this.#stored) {
      this.#stored = stream.ref;
      call.db.storeFound(STREAM_ENCODING, stream.ref);
    }
    return stream;
  }

  /** Reads an ID with digits; false, with the error written, when it is none. */
  readId(call: DataCall, index: number, into: StreamId): boolean {
    const found = this.parseId(call, index, into);
    if (found === WHOLE_ID) return true;
    call.reply.error(ERR_INVALID_ID);
    return false;
  }

  /** As `readId`, telling by NO_ID, WHOLE_ID or OPEN_ID what it is; writes no error. */
  parseId(call: DataCall, index: number, into: StreamId): number {
    const { args } = call;
    return this.text.parse(into, args.input, args.offset(index), args.length(index), SEQ_ZERO);
  }

  /** As `readId`, where `-` and `+` stand for the first and the last ID there can be. */
  readOpenId(call: DataCall, index: number, into: StreamId, missingSeq: number): boolean {
    const { args } = call;
    const at = args.offset(index);
    const length = args.length(index);
    if (this.#parseOpen(args.input, at, length, into, missingSeq)) return true;
    call.reply.error(ERR_INVALID_ID);
    return false;
  }

  /** One end of a range: an ID as `readOpenId` takes it, or one with digits behind a `(`. */
  readBound(call: DataCall, index: number, into: StreamId, missingSeq: number): boolean {
    const { args } = call;
    const at = args.offset(index);
    const length = args.length(index);
    this.isExclusive = length > 1 && args.input[at] === PARENTHESIS;
    if (!this.isExclusive) return this.readOpenId(call, index, into, missingSeq);
    const found = this.text.parse(into, args.input, at + 1, length - 1, missingSeq);
    if (found === WHOLE_ID) return true;
    call.reply.error(ERR_INVALID_ID);
    return false;
  }

  #parseOpen(
    bytes: Uint8Array,
    at: number,
    length: number,
    into: StreamId,
    missingSeq: number,
  ): boolean {
    const isAlone = length === 1 || (length > 1 && length < 128 && bytes[at + 1] === 0);
    if (isAlone && bytes[at] === DASH) into.setZero();
    else if (isAlone && bytes[at] === PLUS) into.setMax();
    else return this.text.parse(into, bytes, at, length, missingSeq) === WHOLE_ID;
    return true;
  }
}

/**
 * A COUNT: 0 for what is below it, NaN, with the error written, for no integer.
 */
export function readCount(call: DataCall, index: number): number {
  const count = readInteger(call, index);
  return Math.max(count, 0);
}

/** An int64, clamped where it means "all"; NaN, with the error written, for no integer. */
export function readInteger(call: DataCall, index: number): number {
  const value = call.args.clampedInteger(index);
  if (Number.isNaN(value)) call.reply.error(ERR_NOT_INTEGER);
  return value;
}

/** An int64; undefined, with the error written, for anything else. Allocates. */
export function readInt64(call: DataCall, index: number): bigint | undefined {
  const value = call.args.int64(index);
  if (value === undefined) call.reply.error(ERR_NOT_INTEGER);
  return value;
}

/** Replies a syntax error. */
export function syntaxError(call: DataCall): void {
  call.reply.error(ERR_SYNTAX);
}

/** Whether an argument is one character; as for Redis a NUL ends it. */
export function isWord(call: DataCall, index: number, character: number): boolean {
  const { args } = call;
  const length = args.length(index);
  const at = args.offset(index);
  if (length === 0 || args.input[at] !== character) return false;
  return length === 1 || args.input[at + 1] === 0;
}
