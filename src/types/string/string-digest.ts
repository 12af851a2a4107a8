import { equalsIgnoreCase, latin1Bytes } from "../../base/bytes";
import { xxh3Digits } from "../../base/xxh3";
import type { DataCall } from "../../keyspace/data-call";
import { valueStartOf } from "../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import { stringLength } from "./string-value";

/** The digest of a string, as Redis 8.4 has it: XXH3-64 in 16 hexadecimal digits. */

const DIGITS = 16;
const ERR_NO_DIGEST = "ERR must be exactly 16 hexadecimal characters";

/** The digest of a string entry, in lower case. */
export function stringDigest(call: DataCall, entry: number): string {
  const { memory } = call.keyspace;
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  return xxh3Digits(bytes, valueStartOf(memory, entry), stringLength(memory, entry));
}

/** Whether an argument can be a digest; false with the error written. */
export function isDigest(call: DataCall, index: number): boolean {
  if (call.args.length(index) === DIGITS) return true;
  call.reply.error(ERR_NO_DIGEST);
  return false;
}

/** Whether a string entry's digest is that of an argument, whose letters may be of either case. */
export function digestEquals(call: DataCall, entry: number, index: number): boolean {
  const { args } = call;
  const digest = latin1Bytes(stringDigest(call, entry));
  return equalsIgnoreCase(args.input, args.offset(index), args.length(index), digest);
}
