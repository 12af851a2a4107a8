import type { ReplyWriter } from "../../protocol/reply-writer";
import type { SetReader } from "./set-reader";

/** Writes the member that was shown last. */
export function replyMember(reply: ReplyWriter, set: SetReader): void {
  const { valueSegment, valueBytes, valueAt, valueLength } = set;
  if (valueSegment < 0) reply.bulk(valueBytes, valueAt, valueLength);
  else reply.bulkBlock(valueSegment, valueBytes, valueAt, valueLength);
}

/** Writes all members as a set. */
export function replyMembers(reply: ReplyWriter, set: SetReader): void {
  reply.set(set.size);
  set.start();
  while (set.next()) replyMember(reply, set);
}
