import type { DataCall } from "../../keyspace/data-call";
import type { StreamAccess } from "./stream-access";
import type { StreamId } from "./stream-id";
import { SEQ_MAX, SEQ_ZERO } from "./stream-id-text";

/** The two ends of a range of IDs, as arguments; a `(` leaves the ID itself out. */

const ERR_NO_START = "ERR invalid start ID for the interval";
const ERR_NO_END = "ERR invalid end ID for the interval";

/** Reads both ends; false, with the error written, when one is wrong. */
export function readRange(
  call: DataCall,
  access: StreamAccess,
  startIndex: number,
  endIndex: number,
  start: StreamId,
  end: StreamId,
): boolean {
  if (!readRangeStart(call, access, startIndex, start)) return false;
  if (!access.readBound(call, endIndex, end, SEQ_MAX)) return false;
  if (!access.isExclusive || end.decrement()) return true;
  call.reply.error(ERR_NO_END);
  return false;
}

/** Reads the beginning of a range; false, with the error written, when it is wrong. */
export function readRangeStart(
  call: DataCall,
  access: StreamAccess,
  index: number,
  start: StreamId,
): boolean {
  if (!access.readBound(call, index, start, SEQ_ZERO)) return false;
  if (!access.isExclusive || start.increment()) return true;
  call.reply.error(ERR_NO_START);
  return false;
}
