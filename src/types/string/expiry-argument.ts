import { latin1Bytes } from "../../base/bytes";
import { INT64_MAX } from "../../base/int64";
import { ERR_NOT_INTEGER, errInvalidExpire } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

/** Times to live as arguments: the number behind EX, PX, EXAT and PXAT, in SET, GETEX and SETEX. */

/** The forms of a time to live, in the order of the words below. */
export const UNIT_SECONDS = 1;
export const UNIT_MS = 2;
export const UNIT_SECONDS_AT = 3;
export const UNIT_MS_AT = 4;

const EX = latin1Bytes("ex");
const PX = latin1Bytes("px");
const EXAT = latin1Bytes("exat");
const PXAT = latin1Bytes("pxat");

/** Ms since 1970: a number up to 2^53 - 1, beyond that a bigint. */
export type Expiry = number | bigint;

/** The unit that an option names, or 0. */
export function unitOf(call: DataCall, index: number): number {
  const { args } = call;
  if (args.is(index, EX)) return UNIT_SECONDS;
  if (args.is(index, PX)) return UNIT_MS;
  if (args.is(index, EXAT)) return UNIT_SECONDS_AT;
  return args.is(index, PXAT) ? UNIT_MS_AT : 0;
}

/**
 * The expiry that a number in a unit means. Undefined, with the error written, when it is no
 * integer, not positive, or more ms since 1970 than 63 bits hold.
 */
export function readExpiry(call: DataCall, index: number, unit: number): Expiry | undefined {
  const { args, reply } = call;
  const factor = unit === UNIT_SECONDS || unit === UNIT_SECONDS_AT ? 1000 : 1;
  const baseMs = unit === UNIT_SECONDS || unit === UNIT_MS ? call.nowMs : 0;
  const number = args.safeInteger(index);
  const expiryMs = number * factor + baseMs;
  if (number > 0 && expiryMs <= Number.MAX_SAFE_INTEGER) return expiryMs;
  const exact = args.int64(index);
  if (exact === undefined) {
    reply.error(ERR_NOT_INTEGER);
    return undefined;
  }
  const exactMs = exact * BigInt(factor) + BigInt(baseMs);
  if (exact <= 0n || exactMs > INT64_MAX) {
    reply.error(errInvalidExpire(call.command.fullName));
    return undefined;
  }
  return exactMs;
}

/** Whether the time has come, for an expiry that was given as a moment. */
export function isPast(call: DataCall, expiry: Expiry): boolean {
  return expiry <= call.nowMs && call.keyspace.deletesPast;
}
