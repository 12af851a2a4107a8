import { equalBytes } from "../../base/bytes";
import type { DataCall } from "../../keyspace/data-call";
import { valueStartOf } from "../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import { stringLength } from "./string-value";

/** Replies the whole value of a string entry. */
export function replyString(call: DataCall, entry: number): void {
  const { memory } = call.keyspace;
  const segment = entry >>> SEGMENT_SHIFT;
  call.reply.bulkBlock(
    segment,
    memory.bytes[segment],
    valueStartOf(memory, entry),
    stringLength(memory, entry),
  );
}

/** Whether a string entry's value equals an argument. */
export function stringEquals(call: DataCall, entry: number, index: number): boolean {
  const { args, keyspace } = call;
  const { memory } = keyspace;
  const length = stringLength(memory, entry);
  if (length !== args.length(index)) return false;
  const bytes = memory.bytes[entry >>> SEGMENT_SHIFT];
  return equalBytes(bytes, valueStartOf(memory, entry), args.input, args.offset(index), length);
}
