import type { ReplyWriter } from "../../protocol/reply-writer";
import type { EntryList } from "../../structures/dict-walk";
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

/** Writes the members at some places of a list. */
export function replyPlaces(
  reply: ReplyWriter,
  set: SetReader,
  places: EntryList,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    set.showAt(places.refs[i]);
    replyMember(reply, set);
  }
}
