import type { DataCall } from "../../keyspace/data-call";
import type { NodeReader } from "./node-reader";
import type { StreamIdText } from "./stream-id-text";

/**
 * Replies one entry: its ID and an array of its fields and values.
 * @param copies false for commands that only read: long values are then sent from where they lie.
 */
export function replyEntry(
  call: DataCall,
  text: StreamIdText,
  node: NodeReader,
  copies: boolean,
): void {
  call.reply.array(2);
  replyEntryParts(call, text, node, copies);
}

/** As `replyEntry`, in an array that has been begun and may have more behind them. */
export function replyEntryParts(
  call: DataCall,
  text: StreamIdText,
  node: NodeReader,
  copies: boolean,
): void {
  const { reply } = call;
  text.reply(reply, node.id);
  reply.array(node.pairs * 2);
  node.startPairs();
  for (let left = node.pairs * 2; left > 0; left--) {
    node.readNext();
    if (copies || !node.isInPlace) {
      reply.bulk(node.valueBytes, node.valueAt, node.valueLength);
    } else {
      reply.bulkBlock(node.segment, node.valueBytes, node.valueAt, node.valueLength);
    }
  }
}
