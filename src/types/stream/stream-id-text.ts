import { formatInt64, formatInteger, parseInt64, parseSafeInteger } from "../../base/int64";
import type { EffectStream } from "../../keyspace/effects/effect-stream";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { StreamId } from "./stream-id";

/**
 * Stream IDs as text: `<ms>-<seq>` both ways. What ranges and commands make of `-`, `+`, `$`, `*`
 * is decided by who calls.
 *
 * Numbers up to 2^53 are read and written without allocating.
 */

/** Longer arguments are no IDs for Redis, whatever they hold. */
const MOST_BYTES = 127;
const DASH = 0x2d;
const STAR = 0x2a;
const ZERO = 0x30;
const TWO_32 = 4294967296;
/** High words from here on belong to numbers beyond 2^53. */
const FIRST_INEXACT_HIGH = 0x20_0000;
const UINT64_LIMIT = 2n ** 64n;
const WORD = 0xffff_ffffn;
/** 20 digits twice and the dash. */
export const ID_TEXT_BYTES = 41;

/** The missing part of an ID is zero, as in the start of a range, or all ones, as in its end. */
export const SEQ_ZERO = 0;
export const SEQ_MAX = -1;

/** What was found where an ID was expected. */
export const NO_ID = 0;
export const WHOLE_ID = 1;
/** `<ms>-*`: the sequence is 0 and to be chosen. */
export const OPEN_ID = 2;

export class StreamIdText {
  readonly #bytes = new Uint8Array(ID_TEXT_BYTES + 7);
  #high = 0;
  #low = 0;

  /**
   * Reads an ID with digits; `-` and `+` alone are none here. A sequence that is not given gets the
   * words `missingSeq` twice.
   */
  parse(
    into: StreamId,
    bytes: Uint8Array,
    at: number,
    givenLength: number,
    missingSeq: number,
  ): number {
    if (givenLength > MOST_BYTES) return NO_ID;
    let dash = -1;
    let length = 0;
    // As for Redis, a NUL ends the text.
    for (; length < givenLength && bytes[at + length] !== 0; length++) {
      if (dash < 0 && bytes[at + length] === DASH) dash = length;
    }
    if (!this.#parseNumber(bytes, at, dash < 0 ? length : dash)) return NO_ID;
    const msHigh = this.#high;
    const msLow = this.#low;
    if (dash < 0) {
      into.set(msHigh, msLow, missingSeq, missingSeq);
      return WHOLE_ID;
    }
    const seqAt = at + dash + 1;
    const seqLength = length - dash - 1;
    if (seqLength === 1 && bytes[seqAt] === STAR) {
      into.set(msHigh, msLow, 0, 0);
      return OPEN_ID;
    }
    if (!this.#parseNumber(bytes, seqAt, seqLength)) return NO_ID;
    into.set(msHigh, msLow, this.#high, this.#low);
    return WHOLE_ID;
  }

  /** Replies an ID as a bulk string. */
  reply(reply: ReplyWriter, id: StreamId): void {
    const bytes = this.#bytes;
    reply.bulk(bytes, 0, this.format(id, bytes, 0, DASH));
  }

  /** Adds an ID to the request of an effect. */
  tell(effects: Pick<EffectStream, "bytes">, id: StreamId): void {
    const bytes = this.#bytes;
    effects.bytes(bytes, 0, this.format(id, bytes, 0, DASH));
  }

  /** Writes an ID at `at`, where there is room for ID_TEXT_BYTES; returns the offset behind it. */
  format(id: StreamId, bytes: Uint8Array, at: number, separator: number): number {
    const end = formatWords(id.msHigh, id.msLow, bytes, at);
    bytes[end] = separator;
    if (id.seqHigh === 0 && id.seqLow >= 0 && id.seqLow < 10) {
      bytes[end + 1] = ZERO + id.seqLow;
      return end + 2;
    }
    return formatWords(id.seqHigh, id.seqLow, bytes, end + 1);
  }

  /** Reads an unsigned number of 64 bits into two words. */
  #parseNumber(bytes: Uint8Array, at: number, length: number): boolean {
    const value = parseSafeInteger(bytes, at, length);
    if (!Number.isNaN(value)) {
      this.#high = Math.floor(value / TWO_32) | 0;
      this.#low = value | 0;
      return value >= 0;
    }
    const exact = parseInt64(bytes, at, length) ?? parseLenient(bytes, at, length);
    if (exact === undefined || exact < 0n) return false;
    this.#high = Number(BigInt.asIntN(32, exact >> 32n));
    this.#low = Number(BigInt.asIntN(32, exact));
    return true;
  }
}

/** Writes an unsigned number of 64 bits. */
function formatWords(high: number, low: number, bytes: Uint8Array, at: number): number {
  if (high >= 0 && high < FIRST_INEXACT_HIGH) {
    return formatInteger(high * TWO_32 + (low >>> 0), bytes, at);
  }
  return formatInt64((BigInt(high >>> 0) << 32n) | (BigInt(low >>> 0) & WORD), bytes, at);
}

/**
 * What is no canonical int64 is read as C's strtoull reads it: spaces in front, a sign, leading
 * zeros; a negative number wraps. Redis accepts such IDs, so files may hold commands with them.
 */
function parseLenient(bytes: Uint8Array, at: number, length: number): bigint | undefined {
  const end = at + length;
  let from = at;
  while (from < end && (bytes[from] === 32 || (bytes[from] >= 9 && bytes[from] <= 13))) from++;
  const isNegative = bytes[from] === DASH && from < end;
  if (from < end && (isNegative || bytes[from] === 0x2b)) from++;
  if (from === end) return undefined;
  let value = 0n;
  for (; from < end; from++) {
    const digit = bytes[from] - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10n + BigInt(digit);
    if (value >= UINT64_LIMIT) return undefined;
  }
  return isNegative && value > 0n ? UINT64_LIMIT - value : value;
}

/** An ID as numbers people can print; for slow paths. */
export function idText(id: StreamId): string {
  const bytes = new Uint8Array(ID_TEXT_BYTES);
  const end = new StreamIdText().format(id, bytes, 0, DASH);
  return Buffer.from(bytes.subarray(0, end)).toString("latin1");
}
