import { copyBytes } from "../../../base/bytes";
import { formatInteger } from "../../../base/int64";
import type { DataCall } from "../../../keyspace/data-call";
import { STRING_AUTO, valueStartOf } from "../../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../../memory/block-memory";

const MOST_DIGITS = 20;
const VALUE_WORD = Buffer.from("value:");

/**
 * DEBUG POPULATE: the keys `prefix:0`, `prefix:1`, ... with the values `value:0`, ...; what is there
 * stays. With a size each value is cut to it or filled up with zero bytes.
 *
 * @param valueBytes 0 for values as long as they are.
 */
export function populate(
  call: DataCall,
  count: number,
  prefix: Uint8Array,
  valueBytes: number,
): void {
  const { keyspace, db } = call;
  const { memory } = keyspace;
  const key = new Uint8Array(prefix.length + 1 + MOST_DIGITS);
  const value = new Uint8Array(VALUE_WORD.length + MOST_DIGITS);
  key.set(prefix);
  key[prefix.length] = 0x3a;
  value.set(VALUE_WORD);
  for (let number = 0; number < count; number++) {
    const keyLength = formatInteger(number, key, prefix.length + 1);
    const hash = keyspace.hashOf(key, 0, keyLength);
    if (keyspace.peek(db, hash, key, 0, keyLength) !== 0) continue;
    const digitsEnd = formatInteger(number, value, VALUE_WORD.length);
    const length = valueBytes === 0 ? digitsEnd : valueBytes;
    const entry = db.addString(hash, key, 0, keyLength, STRING_AUTO, length);
    const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
    const start = valueStartOf(memory, entry);
    const written = Math.min(length, digitsEnd);
    copyBytes(bytes, start, value, 0, written);
    bytes.fill(0, start + written, start + length);
    keyspace.events.changed(db, key, 0, keyLength);
  }
}
