import { replyElement, replyElements } from "../../keyspace/listpack-reply";
import type { ReplyWriter } from "../../protocol/reply-writer";
import type { ListReader } from "./list-reader";

/** An array of `count` elements from an index on; there are so many. */
export function replyRange(
  reply: ReplyWriter,
  list: ListReader,
  index: number,
  count: number,
): void {
  reply.array(count);
  if (count === 0) return;
  const { pack } = list;
  let offset = list.seek(index);
  let inNode = list.nodeStart + pack.count - index;
  for (let left = count; ; ) {
    const run = Math.min(left, inNode);
    replyElements(reply, pack, offset, run);
    left -= run;
    if (left === 0) return;
    list.nextNode();
    inNode = pack.count;
    offset = pack.first();
  }
}

/** An array of the last `count` elements, the last one first; there are so many. */
export function replyFromLast(reply: ReplyWriter, list: ListReader, count: number): void {
  const { pack } = list;
  reply.array(count);
  let left = count;
  for (let more = list.lastNode(); more && left > 0; more = left > 0 && list.previousNode()) {
    for (let offset = pack.last(); offset !== 0 && left > 0; left--) {
      replyElement(reply, pack, offset);
      offset = pack.previous(offset);
    }
  }
}
