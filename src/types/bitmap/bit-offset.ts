import { parseInt64, parseSafeInteger } from "../../base/int64";
import type { Arguments } from "../../command/arguments";
import type { DataCall } from "../../keyspace/data-call";
import type { StringLimits } from "../string/string-limits";

/** Places of bits as arguments: a number of bits, or `#n` for the n-th field of some width. */

const ERR_OFFSET = "ERR bit offset is not an integer or out of range";
const HASH_SIGN = 0x23;

/**
 * The place that an argument means, or -1 with the error written.
 * @param fieldBits the width of the fields that `#` counts; 0 where `#` has no meaning.
 */
export function readBitOffset(
  call: DataCall,
  limits: StringLimits,
  index: number,
  fieldBits: number,
): number {
  const offset = bitOffset(call.args, index, fieldBits);
  // The byte of the first bit must lie inside; that of the last bit of a field may lie behind.
  if (offset >= 0 && offset / 8 < limits.mostFor(call)) return offset;
  call.reply.error(ERR_OFFSET);
  return -1;
}

/** The number at an argument, NaN where there is none or it is far beyond every limit. */
function bitOffset(args: Arguments, index: number, fieldBits: number): number {
  const at = args.offset(index);
  const length = args.length(index);
  const counts = fieldBits > 0 && length > 0 && args.input[at] === HASH_SIGN;
  if (!counts) return args.safeInteger(index);
  const offset = parseSafeInteger(args.input, at + 1, length - 1) * fieldBits;
  if (Math.abs(offset) <= Number.MAX_SAFE_INTEGER) return offset;
  const exact = parseInt64(args.input, at + 1, length - 1);
  if (exact === undefined) return Number.NaN;
  // The product goes round at 64 bits, in Redis, too.
  return Number(BigInt.asIntN(64, exact * BigInt(fieldBits)));
}
