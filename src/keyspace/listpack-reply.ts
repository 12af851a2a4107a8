import { formatInteger } from "../base/int64";
import type { ReplyWriter } from "../protocol/reply-writer";
import type { ListpackReader } from "../structures/listpack-reader";

/**
 * Elements of a listpack as bulk strings of a reply: one, or a range of them in one loop that writes
 * short strings and small integers straight into the output.
 */

const DOLLAR = 36;
const CR = 13;
const LF = 10;
const ZERO = 48;
/** From this first byte on an element is neither a string below 64 bytes nor 0 to 127. */
const FIRST_NOT_SMALL = 0xc0;
const FIRST_STRING = 0x80;
/** The longest string of the loop as a bulk: `$63`, itself and two line ends. */
const MOST_SMALL_BYTES = 63 + 7;

/** The element at an offset. */
export function replyElement(reply: ReplyWriter, pack: ListpackReader, offset: number): void {
  pack.read(offset);
  if (pack.isInPlace) {
    reply.bulkBlock(pack.segment, pack.valueBytes, pack.valueAt, pack.valueLength);
  } else {
    reply.bulk(pack.valueBytes, pack.valueAt, pack.valueLength);
  }
}

/** `count` elements from an offset on; there are so many. */
export function replyElements(
  reply: ReplyWriter,
  pack: ListpackReader,
  offset: number,
  count: number,
): void {
  const bytes = pack.elementBytes;
  const base = pack.positionOf(0);
  const { output } = reply;
  const lastStart = output.length - MOST_SMALL_BYTES;
  let from = base + offset;
  for (let left = count; left > 0; ) {
    let to = reply.room(MOST_SMALL_BYTES);
    for (; left > 0 && to <= lastStart; left--) {
      const head = bytes[from];
      if (head >= FIRST_NOT_SMALL) break;
      output[to] = DOLLAR;
      if (head < FIRST_STRING) {
        to = writeInteger(head, output, to + 1);
        from += 2;
      } else {
        const length = head & 63;
        to = writeLength(length, output, to + 1);
        to = reply.copyShort(to, bytes, from + 1, length);
        from += length + 2;
      }
      output[to] = CR;
      output[to + 1] = LF;
      to += 2;
    }
    reply.wrote(to);
    if (left === 0 || bytes[from] < FIRST_NOT_SMALL) continue;
    replyElement(reply, pack, from - base);
    from = base + pack.next(from - base);
    left--;
  }
}

/** The length of a bulk below 100 with its line end; returns the place behind. */
function writeLength(length: number, output: Uint8Array, at: number): number {
  let to = at;
  if (length >= 10) {
    const tens = (length / 10) | 0;
    output[to++] = ZERO + tens;
    output[to] = ZERO + length - tens * 10;
  } else {
    output[to] = ZERO + length;
  }
  output[to + 1] = CR;
  output[to + 2] = LF;
  return to + 3;
}

/** An integer from 0 to 127 with the length of its digits before it. */
function writeInteger(value: number, output: Uint8Array, at: number): number {
  const digits = value < 10 ? 1 : value < 100 ? 2 : 3;
  return formatInteger(value, output, writeLength(digits, output, at));
}
