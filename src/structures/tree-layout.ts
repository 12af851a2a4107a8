import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";

/**
 * How the nodes of a counted tree lie in memory; see counted-tree.ts for the drawing and the rules.
 *
 *     word 0    level (bits 0-7) | slots in use (8-15) | slots that the block has room for (16-23)
 *     leaf      [item] ...                                   level 0, a word per slot
 *     inner     [child][weight below it][its first item] ... three words per slot
 */
export const MOST_LEAF_SLOTS = 63;
export const MOST_INNER_SLOTS = 42;
/** Far more than a tree of 2^32 items can need, since half-empty nodes are merged. */
export const MOST_LEVELS = 16;
export const CHILD_WEIGHT = 1;
export const CHILD_FIRST = 2;

const LEVEL_MASK = 255;
const COUNT_SHIFT = 8;
const ROOM_SHIFT = 16;
const LEAF_ROOMS = [3, 7, 15, 31, MOST_LEAF_SLOTS];
const INNER_ROOMS = [5, 10, 21, MOST_INNER_SLOTS];

export function headOf(memory: BlockMemory, node: number): number {
  return memory.words[node >>> SEGMENT_SHIFT][(node & GRANULE_MASK) << 2];
}

export function levelOf(head: number): number {
  return head & LEVEL_MASK;
}

export function slotsOf(head: number): number {
  return (head >>> COUNT_SHIFT) & LEVEL_MASK;
}

export function roomOf(head: number): number {
  return (head >>> ROOM_SHIFT) & LEVEL_MASK;
}

export function makeHead(level: number, slots: number, room: number): number {
  return level | (slots << COUNT_SHIFT) | (room << ROOM_SHIFT);
}

/** Words of a slot at a level. */
export function slotWords(level: number): number {
  return level === 0 ? 1 : 3;
}

export function mostSlots(level: number): number {
  return level === 0 ? MOST_LEAF_SLOTS : MOST_INNER_SLOTS;
}

/** The least room in which so many slots find place. */
export function roomFor(level: number, slots: number): number {
  const rooms = level === 0 ? LEAF_ROOMS : INNER_ROOMS;
  let step = 0;
  while (rooms[step] < slots) step++;
  return rooms[step];
}

export function nodeBytes(level: number, room: number): number {
  return (1 + room * slotWords(level)) * 4;
}

/** A word of a slot; `part` is 0 for a leaf's item and an inner node's child. */
export function slotWord(memory: BlockMemory, node: number, slot: number, part: number): number {
  const words = memory.words[node >>> SEGMENT_SHIFT];
  const at = (node & GRANULE_MASK) << 2;
  return words[at + 1 + slot * slotWords(words[at] & LEVEL_MASK) + part];
}

/** The first item of what is below a node. */
export function firstItemOf(memory: BlockMemory, node: number): number {
  const isLeaf = levelOf(headOf(memory, node)) === 0;
  return slotWord(memory, node, 0, isLeaf ? 0 : CHILD_FIRST);
}
