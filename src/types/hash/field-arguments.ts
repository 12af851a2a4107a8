import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, errInvalidExpire } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

/**
 * Arguments of the commands on single fields and their expiries: `FIELDS numfields field ...` and
 * times. Error texts are those of Redis 7.4 and 8.0.
 */

const FIELDS = latin1Bytes("fields");
const EX = latin1Bytes("ex");
const PX = latin1Bytes("px");
const EXAT = latin1Bytes("exat");
const PXAT = latin1Bytes("pxat");

/** The last time that a field can expire at: 46 bits, so that Redis has room for two in a word. */
export const LAST_EXPIRY_MS = 2 ** 46 - 1;
const ERR_NO_FIELDS = "ERR Mandatory argument FIELDS is missing or not at the right position";
const ERR_FIELD_COUNT = "ERR Number of fields must be a positive integer";
const ERR_COUNT_MISMATCH = "ERR The `numfields` parameter must match the number of arguments";
const ERR_NEGATIVE_TIME = "ERR invalid expire time, must be >= 0";

/** The forms of a time, for `readTime`. */
export const UNIT_NONE = 0;
export const UNIT_SECONDS = 1;
export const UNIT_MS = 2;
export const UNIT_SECONDS_AT = 3;
export const UNIT_MS_AT = 4;

/** Whether an argument is the word FIELDS. */
export function isFieldsWord(call: DataCall, index: number): boolean {
  return call.args.is(index, FIELDS);
}

/**
 * Reads `FIELDS numfields field ...` from argument `at` to the end. Returns where the fields begin,
 * or 0 with the error written.
 * @param countError told when the number is none from 1 on.
 */
export function readFields(call: DataCall, at: number, countError = ERR_FIELD_COUNT): number {
  const { args, reply } = call;
  if (at + 1 >= args.count || !isFieldsWord(call, at)) {
    reply.error(ERR_NO_FIELDS);
    return 0;
  }
  const count = args.clampedInteger(at + 1);
  if (!(count >= 1)) {
    reply.error(countError);
    return 0;
  }
  if (count !== args.count - at - 2) {
    reply.error(ERR_COUNT_MISMATCH);
    return 0;
  }
  return at + 2;
}

/** The unit that an option names, or UNIT_NONE. */
export function timeUnitOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, EX)) return UNIT_SECONDS;
  if (args.is(index, PX)) return UNIT_MS;
  if (args.is(index, EXAT)) return UNIT_SECONDS_AT;
  return args.is(index, PXAT) ? UNIT_MS_AT : UNIT_NONE;
}

/** The time in ms since 1970 that an argument means; NaN with the error written. */
export function readTime(call: DataCall, index: number, unit: number): number {
  const { args, reply } = call;
  const number = args.clampedInteger(index);
  if (Number.isNaN(number)) {
    reply.error(ERR_NOT_INTEGER);
    return Number.NaN;
  }
  if (number < 0) {
    reply.error(ERR_NEGATIVE_TIME);
    return Number.NaN;
  }
  const isRelative = unit === UNIT_SECONDS || unit === UNIT_MS;
  const inSeconds = unit === UNIT_SECONDS || unit === UNIT_SECONDS_AT;
  const timeMs = number * (inSeconds ? 1000 : 1) + (isRelative ? call.nowMs : 0);
  if (timeMs <= LAST_EXPIRY_MS) return timeMs;
  reply.error(errInvalidExpire(call.command.fullName));
  return Number.NaN;
}

/** Whether a field that is given this expiry is not there any more. */
export function isPastTime(call: DataCall, timeMs: number): boolean {
  return timeMs <= call.nowMs && call.keyspace.deletesPast;
}
