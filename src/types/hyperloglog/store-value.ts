import { copyBytes } from "../../base/bytes";
import type { DataCall } from "../../keyspace/data-call";
import { STRING_RAW, valueStartOf } from "../../keyspace/entry";
import { roomForString } from "../string/store-string";
import type { ScratchValue } from "./scratch-value";
import { bytesOf } from "./stored-value";

/**
 * Gives a key a HyperLogLog that was made in a scratch value; its expiry stays.
 * @param found the live entry of the key, looked up last; 0 where argument 1 is not there.
 */
export function storeValue(call: DataCall, found: number, value: ScratchValue): void {
  const { memory } = call.keyspace;
  const entry = roomForString(call, found, value.length, STRING_RAW);
  copyBytes(bytesOf(memory, entry), valueStartOf(memory, entry), value.bytes, 0, value.length);
}
