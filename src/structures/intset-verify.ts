import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { INTSET_HEADER_BYTES, IntsetReader } from "./intset-reader";

/**
 * Walks an intset and throws an Error that names the first broken rule. For tests and DEBUG.
 * @param capacity bytes that its block has room for.
 */
export function verifyIntset(memory: BlockMemory, ref: number, capacity: number): void {
  const { width, count, sizeBytes } = new IntsetReader(memory).open(ref);
  if (width !== 2 && width !== 4 && width !== 8) throw new Error(`an intset of width ${width}`);
  if (count < 0 || sizeBytes > capacity) {
    throw new Error(`an intset of ${count} values in a block of ${capacity}`);
  }
  const start = ((ref & GRANULE_MASK) << 4) + INTSET_HEADER_BYTES;
  const segment = memory.bytes[ref >>> SEGMENT_SHIFT];
  const bytes = Buffer.from(segment.slice(start, start + count * width));
  for (let at = width; at < bytes.length; at += width) {
    if (valueAt(bytes, at, width) <= valueAt(bytes, at - width, width)) {
      throw new Error(`value ${at / width} of an intset is not more than the one before`);
    }
  }
}

function valueAt(bytes: Buffer, at: number, width: number): bigint {
  return width === 8 ? bytes.readBigInt64LE(at) : BigInt(bytes.readIntLE(at, width));
}
