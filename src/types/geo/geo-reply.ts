import { latin1Bytes } from "../../base/bytes";
import type { ReplyWriter } from "../../protocol/reply-writer";

/** How distances and coordinates are told: not as other numbers are. */

/** A distance has four digits, and is a string in RESP3, too. */
export function replyDistance(reply: ReplyWriter, distance: number): void {
  reply.bulkLatin1(distance.toFixed(4));
}

/** Seventeen digits behind the point, without zeros at the end. */
function coordinateText(value: number): string {
  const digits = value.toFixed(17);
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  if (digits[end - 1] === ".") end--;
  const text = digits.slice(0, end);
  return text === "-0" ? "0" : text;
}

export function replyCoordinate(reply: ReplyWriter, value: number): void {
  const text = coordinateText(value);
  if (reply.resp3) reply.raw(latin1Bytes(`,${text}\r\n`));
  else reply.bulkLatin1(text);
}
