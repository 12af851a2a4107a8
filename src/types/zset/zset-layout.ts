import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { KEY_LENGTH_MASK } from "../../structures/dict-layout";

/**
 * How a sorted set lies in memory, by the encoding in its entry.
 *
 *     LISTPACK   a listpack of member, score, member, score in order; reported as `listpack`
 *     SMALL      the same, reported as `skiplist`: a tree of few members would cost 4 KiB
 *     TREE       a header that names a dictionary of member entries and a counted tree of the same
 *                entries by (score, member); reported as `skiplist`
 *
 *     header (16 B)    [dictionary][root of the tree][unused][unused]
 *     member entry     [hash][length][score, 8 B][member bytes]
 *
 * In a LISTPACK the scores are the text that Redis keeps, so that a file takes the bytes as they are;
 * it has no minus zero. In a SMALL one minus zero is kept as `-0`.
 */
export const ZSET_LISTPACK = 0;
export const ZSET_SMALL = 1;
export const ZSET_TREE = 2;

export const ZSET_HEADER_BYTES = 16;
export const ZSET_DICT = 0;
export const ZSET_ROOT = 1;

/** Byte offset of the member in its entry. */
export const MEMBER_AT = 16;
const MEMBER_LENGTH = 1;
/** The score is the second pair of words. */
const SCORE_DOUBLE = 1;

export function scoreOf(memory: BlockMemory, item: number): number {
  return memory.doubles[item >>> SEGMENT_SHIFT][((item & GRANULE_MASK) << 1) + SCORE_DOUBLE];
}

export function setScore(memory: BlockMemory, item: number, score: number): void {
  memory.doubles[item >>> SEGMENT_SHIFT][((item & GRANULE_MASK) << 1) + SCORE_DOUBLE] = score;
}

/** Byte offset of an entry's member within its segment. */
export function memberStartOf(item: number): number {
  return ((item & GRANULE_MASK) << 4) + MEMBER_AT;
}

export function memberLengthOf(memory: BlockMemory, item: number): number {
  const words = memory.words[item >>> SEGMENT_SHIFT];
  return words[((item & GRANULE_MASK) << 2) + MEMBER_LENGTH] & KEY_LENGTH_MASK;
}
