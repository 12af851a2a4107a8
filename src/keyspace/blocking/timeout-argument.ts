import { ceilOfProduct, parseLongDouble } from "../../base/long-double";
import { ERR_TIMEOUT_NEGATIVE, ERR_TIMEOUT_NOT_INTEGER } from "../../command/error-texts";
import type { SessionCall } from "../../session/session-call";

/** Timeouts of blocking commands as arguments: seconds with fraction, or whole milliseconds. */

const ERR_NOT_FLOAT = "ERR timeout is not a float or out of range";
const ERR_OUT_OF_RANGE = "ERR timeout is out of range";
const MOST_MS = 2 ** 63;

/**
 * The argument in seconds as a timeout in ms, rounded up; 0 is for ever. NaN when it is none, with
 * the error written. What passes 2^63 ms is out of range, as in 7.2 (7.0 calls it negative).
 */
export function readTimeoutSeconds(call: SessionCall, index: number): number {
  const { args, reply } = call;
  const seconds = parseLongDouble(args.input, args.offset(index), args.length(index));
  if (seconds === undefined) {
    reply.error(ERR_NOT_FLOAT);
    return Number.NaN;
  }
  const timeoutMs = ceilOfProduct(seconds, 1000n);
  if (timeoutMs < 0) {
    reply.error(ERR_TIMEOUT_NEGATIVE);
    return Number.NaN;
  }
  if (timeoutMs >= MOST_MS) {
    reply.error(ERR_OUT_OF_RANGE);
    return Number.NaN;
  }
  return timeoutMs + 0;
}

/** The argument in ms; 0 is for ever. NaN when it is none, with the error written. */
export function readTimeoutMs(call: SessionCall, index: number): number {
  const { args, reply } = call;
  const timeoutMs = args.clampedInteger(index);
  if (Number.isNaN(timeoutMs)) {
    reply.error(ERR_TIMEOUT_NOT_INTEGER);
    return Number.NaN;
  }
  if (timeoutMs < 0) {
    reply.error(ERR_TIMEOUT_NEGATIVE);
    return Number.NaN;
  }
  return timeoutMs;
}
