import { latin1Bytes } from "../base/bytes";
import { globMatch } from "../base/glob";
import type { Arguments } from "../command/arguments";
import { ERR_NOT_INTEGER, ERR_SYNTAX } from "../command/error-texts";
import type { DataCall } from "./data-call";

/**
 * What the commands of the SCAN family are asked: a cursor, then MATCH, COUNT and TYPE in any order.
 *
 * A cursor is read as generously as strtoul does, because Redis promises to take any 64-bit number;
 * its low 32 bits are what a dictionary's scan uses.
 */

const MATCH = latin1Bytes("match");
const COUNT = latin1Bytes("count");
const TYPE = latin1Bytes("type");
const NOVALUES = latin1Bytes("novalues");
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
const UINT64_DIGITS = latin1Bytes("18446744073709551615");
export const ERR_INVALID_CURSOR = "ERR invalid cursor";
const DEFAULT_COUNT = 10;

/** Whether a pattern argument is `*` alone, which matches every key, the empty one too. */
export function matchesAll(args: Arguments, index: number): boolean {
  return args.length(index) === 1 && args.input[args.offset(index)] === STAR;
}

/** Options of one call. */
export class ScanOptions {
  /** Elements to look at, at least 1; beyond 2^53 it is clamped. */
  count = DEFAULT_COUNT;
  /** Argument with the pattern, 0 when everything matches. */
  matchIndex = 0;
  /** Argument with the type's name, 0 when any type will do. */
  typeIndex = 0;
  /** Fields alone are asked for (HSCAN NOVALUES). */
  withoutValues = false;

  /** Whether a text matches the pattern. */
  matches(args: Arguments, text: Uint8Array, at: number, length: number): boolean {
    const { matchIndex } = this;
    if (matchIndex === 0) return true;
    const patternAt = args.offset(matchIndex);
    return globMatch(args.input, patternAt, args.length(matchIndex), text, at, length, false);
  }
}

/** Reads the options from argument `first` on; undefined when they are wrong (error written). */
export function readScanOptions(
  call: DataCall,
  first: number,
  takesType: boolean,
  takesNoValues = false,
): ScanOptions | undefined {
  const { args, reply } = call;
  const options = new ScanOptions();
  for (let i = first; i < args.count; i += 2) {
    const hasValue = i + 1 < args.count;
    if (takesNoValues && args.is(i, NOVALUES)) {
      options.withoutValues = true;
      // It has no value behind it.
      i--;
      continue;
    }
    if (hasValue && args.is(i, COUNT)) {
      options.count = args.clampedInteger(i + 1);
      if (options.count >= 1) continue;
      reply.error(Number.isNaN(options.count) ? ERR_NOT_INTEGER : ERR_SYNTAX);
      return undefined;
    }
    if (hasValue && args.is(i, MATCH)) {
      options.matchIndex = matchesAll(args, i + 1) ? 0 : i + 1;
    } else if (hasValue && takesType && args.is(i, TYPE)) {
      options.typeIndex = i + 1;
    } else {
      reply.error(ERR_SYNTAX);
      return undefined;
    }
  }
  return options;
}

/** The low 32 bits of a cursor argument, or NaN when it is none (the error is written). */
export function readScanCursor(call: DataCall, index: number): number {
  const { args } = call;
  const cursor = parseCursor(args.input, args.offset(index), args.length(index));
  if (Number.isNaN(cursor)) call.reply.error(ERR_INVALID_CURSOR);
  return cursor;
}

/** An optional sign and digits of an unsigned 64-bit number, up to the end or a zero byte. */
function parseCursor(bytes: Uint8Array, from: number, length: number): number {
  let end = from;
  while (end < from + length && bytes[end] !== 0) end++;
  if (end === from) return 0;
  const isNegative = bytes[from] === MINUS;
  let at = isNegative || bytes[from] === PLUS ? from + 1 : from;
  if (at === end) return Number.NaN;
  while (at < end - 1 && bytes[at] === ZERO) at++;
  const digitsAt = at;
  let low = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    low = (Math.imul(low, 10) + digit) | 0;
  }
  if (passesUint64(bytes, digitsAt, end - digitsAt)) return Number.NaN;
  return (isNegative ? -low : low) >>> 0;
}

function passesUint64(bytes: Uint8Array, at: number, digits: number): boolean {
  if (digits !== UINT64_DIGITS.length) return digits > UINT64_DIGITS.length;
  for (let i = 0; i < digits; i++) {
    if (bytes[at + i] !== UINT64_DIGITS[i]) return bytes[at + i] > UINT64_DIGITS[i];
  }
  return false;
}
