import { latin1Bytes } from "../../base/bytes";
import { ERR_NOT_INTEGER, errInvalidExpire } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";

/** Expiry options of SET, GETEX and their kin: EX, PX, EXAT, PXAT with a number behind. */

const EX = latin1Bytes("ex");
const PX = latin1Bytes("px");
const EXAT = latin1Bytes("exat");
/** The largest time in ms that Redis accepts is an int64; ours must stay exact as a number. */
const MOST_MS = Number.MAX_SAFE_INTEGER;

/**
 * The expiry that an option and its number mean, in ms since 1970; undefined when the number is not
 * an integer, not positive, or too large (the error is written). The option is one of the four.
 */
export function readExpiry(
  call: DataCall,
  optionIndex: number,
  numberIndex: number,
): number | undefined {
  const { args, reply } = call;
  const number = args.safeInteger(numberIndex);
  if (Number.isNaN(number) && args.int64(numberIndex) === undefined) {
    reply.error(ERR_NOT_INTEGER);
    return undefined;
  }
  const inSeconds = args.is(optionIndex, EX) || args.is(optionIndex, EXAT);
  const isRelative = args.is(optionIndex, EX) || args.is(optionIndex, PX);
  const expiryMs = number * (inSeconds ? 1000 : 1) + (isRelative ? call.nowMs : 0);
  if (!(number > 0) || !(expiryMs <= MOST_MS)) {
    reply.error(errInvalidExpire(call.command.fullName));
    return undefined;
  }
  return expiryMs;
}
