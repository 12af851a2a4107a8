import { equalBytes } from "../../base/bytes";
import { ERR_WRONG_TYPE } from "../../command/error-texts";
import type { DataCall } from "../../keyspace/data-call";
import { TYPE_STRING, typeOf, valueStartOf } from "../../keyspace/entry";
import { SEGMENT_SHIFT } from "../../memory/block-memory";
import { stringLength } from "./string-value";

/** Replies that hold the bytes of a string, and comparing them with an argument. */

/** Replies the whole value of a string entry; of a long one the very bytes, by a flush. */
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

/**
 * Replies what a command that writes found before it: a copy, because nothing of such a reply may be
 * sent before the write is durable. Nil where `found` is 0; false, with the error written, where it
 * is no string.
 */
export function replyOldString(call: DataCall, found: number): boolean {
  const { reply, keyspace } = call;
  const { memory } = keyspace;
  if (found === 0) {
    reply.nil();
    return true;
  }
  if (typeOf(memory, found) !== TYPE_STRING) {
    reply.error(ERR_WRONG_TYPE);
    return false;
  }
  const bytes = memory.bytes[found >>> SEGMENT_SHIFT];
  reply.bulk(bytes, valueStartOf(memory, found), stringLength(memory, found));
  return true;
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
