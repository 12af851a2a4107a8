import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";

/**
 * How a stream lies in memory: the header, which the key's entry refers to, and what hangs from it.
 *
 *     header   [tree][tail][length 2][last ID 4][first ID 4][max deleted ID 4][entries added 2][groups]
 *
 *       tree      CountedTree of the nodes but the last, ordered by ID; 0 when there are none
 *       tail      the last node, 0 in an empty stream
 *       groups    CountedTree of the consumer groups, ordered by name (groups/group-layout.ts)
 *
 *     node     [end][ID 4] | element | element | ...                       (stream-node.ts)
 *
 * Numbers after a name are words; two words are 64 bits, low word first; IDs are four, most
 * significant first. A header has 76 bytes, a node 20 beside its elements and 4 in the tree.
 */
export const STREAM_TREE = 0;
export const STREAM_TAIL = 1;
export const STREAM_LENGTH = 2;
export const STREAM_LAST_ID = 4;
export const STREAM_FIRST_ID = 8;
export const STREAM_MAX_DELETED_ID = 12;
export const STREAM_ENTRIES_ADDED = 16;
export const STREAM_GROUPS = 18;
export const STREAM_WORDS = 19;
export const STREAM_HEADER_BYTES = STREAM_WORDS * 4;

/** Where a node keeps its end, in bytes of the block, and its ID; and where its elements begin. */
export const NODE_END = 0;
export const NODE_ID = 1;
export const NODE_ELEMENTS = 20;

/** Bits of an entry's flags, as Redis has them. */
export const ENTRY_DELETED = 1;
export const ENTRY_SAME_FIELDS = 2;

const TWO_32 = 4294967296;

/** A 64-bit number at a word of a block, rounded beyond 2^53. */
export function number64At(memory: BlockMemory, ref: number, word: number): number {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}

/** As `number64At`, exact. Allocates. */
export function int64At(memory: BlockMemory, ref: number, word: number): bigint {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  return (BigInt(words[at + 1]) << 32n) | BigInt(words[at] >>> 0);
}

/** Writes a safe integer to two words of a block. */
export function setNumber64(memory: BlockMemory, ref: number, word: number, value: number): void {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  words[at] = value | 0;
  words[at + 1] = Math.floor(value / TWO_32);
}

export function setInt64(memory: BlockMemory, ref: number, word: number, value: bigint): void {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  words[at] = Number(BigInt.asIntN(32, value));
  words[at + 1] = Number(BigInt.asIntN(32, value >> 32n));
}

/** Adds one to a 64-bit number, exactly, over all of its range. */
export function increment64(memory: BlockMemory, ref: number, word: number): void {
  const words = memory.words[ref >>> SEGMENT_SHIFT];
  const at = ((ref & GRANULE_MASK) << 2) + word;
  words[at] = (words[at] + 1) | 0;
  if (words[at] === 0) words[at + 1] = (words[at + 1] + 1) | 0;
}
