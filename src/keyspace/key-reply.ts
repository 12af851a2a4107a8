import { SEGMENT_SHIFT } from "../memory/block-memory";
import type { EntryList } from "../structures/dict-walk";
import type { DataCall } from "./data-call";
import { keyLengthOf, keyStartOf } from "./entry";

/** Replies the key of an entry as a bulk string. */
export function replyKey(call: DataCall, entry: number): void {
  const { memory } = call.keyspace;
  const segment = entry >>> SEGMENT_SHIFT;
  const start = keyStartOf(memory, entry);
  call.reply.bulkBlock(segment, memory.bytes[segment], start, keyLengthOf(memory, entry));
}

/** Replies an array of the keys of the entries in a list. */
export function replyKeys(call: DataCall, entries: EntryList): void {
  call.reply.array(entries.count);
  for (let i = 0; i < entries.count; i++) replyKey(call, entries.refs[i]);
}
