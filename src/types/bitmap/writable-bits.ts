import type { DataCall } from "../../keyspace/data-call";
import { encodingOf, STRING_RAW, TYPE_STRING } from "../../keyspace/entry";
import { zeroString } from "../string/store-string";
import { stringLength } from "../string/string-value";

/** The string of argument 1 made ready for writing bits. */

/** Bytes of the string of a found entry; 0 where `found` is 0. */
export function lengthOf(call: DataCall, found: number): number {
  return found === 0 ? 0 : stringLength(call.keyspace.memory, found);
}

/** Whether a found string is as Redis leaves one whose bits it may write. */
export function isRaw(call: DataCall, found: number): boolean {
  return encodingOf(call.keyspace.memory, found) === STRING_RAW;
}

/** The live string of argument 1 or 0; -1, with the error written, where it is no string. */
export function findString(call: DataCall): number {
  const found = call.write(1);
  return found !== 0 && call.isWrongType(found, TYPE_STRING) ? -1 : found;
}

/**
 * The found string, or a new one, raw, writable and at least `length` bytes long, with zeros behind
 * what was there.
 */
export function writableBits(call: DataCall, found: number, length: number): number {
  if (found === 0) return zeroString(call, length);
  return call.db.growFound(found, Math.max(length, lengthOf(call, found)));
}
