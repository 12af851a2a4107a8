import { isCanonicalInt64, parseSafeInteger } from "../../../base/int64";
import { isSharedInteger } from "../../../keyspace/commands/object";
import type { DataCall } from "../../../keyspace/data-call";
import {
  ENTRY_META,
  ENTRY_VALUE,
  TYPE_STRING,
  typeOf,
  valueStartOf,
  wordOf,
} from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";

/** Of values that Redis shares among keys. */
const SHARED_REFERENCES = 2 ** 31 - 1;
const GRANULE_BYTES = 16;

/**
 * DEBUG OBJECT: what a test may want to know of a value, in Redis's form. The length is that of the
 * value in an RDB file, without compression, which comes with the files.
 */
export function objectLine(call: DataCall, entry: number): string {
  const { keyspace } = call;
  const { memory, access } = keyspace;
  const meta = wordOf(memory, entry, ENTRY_META);
  const address = (entry * GRANULE_BYTES).toString(16);
  return [
    `Value at:0x${address}`,
    `refcount:${isSharedInteger(call, entry) ? SHARED_REFERENCES : 1}`,
    `encoding:${keyspace.typeOf(entry).encodingName(memory, entry)}`,
    `serializedlength:${serializedBytes(call, entry)}`,
    `lru:${meta >>> 8}`,
    `lru_seconds_idle:${access.idleSecondsOf(meta)}`,
  ].join(" ");
}

/** Other types than strings tell their length once they have a form in a file. */
function serializedBytes({ keyspace }: DataCall, entry: number): number {
  const { memory } = keyspace;
  if (typeOf(memory, entry) !== TYPE_STRING) return 0;
  const length = wordOf(memory, entry, ENTRY_VALUE);
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  return serializedStringBytes(bytes, valueStartOf(memory, entry), length);
}

/** Short decimals of up to 32 bits are kept as numbers, everything else behind its length. */
export function serializedStringBytes(bytes: Uint8Array, at: number, length: number): number {
  if (length <= 11 && isCanonicalInt64(bytes, at, length)) {
    const value = parseSafeInteger(bytes, at, length);
    if (value >= -128 && value <= 127) return 2;
    if (value >= -32_768 && value <= 32_767) return 3;
    if (value >= -2_147_483_648 && value <= 2_147_483_647) return 5;
  }
  if (length < 64) return 1 + length;
  return (length < 16_384 ? 2 : 5) + length;
}
