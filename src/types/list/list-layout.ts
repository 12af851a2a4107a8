import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import type { TreeWeights } from "../../structures/counted-tree-reader";
import { LISTPACK_COUNT } from "../../structures/listpack-reader";

/**
 * How a list lies in memory, by the encoding of its entry.
 *
 *     listpack    the value is one Listpack
 *     quicklist   the value is a header block, and every node is a Listpack:
 *
 *         [elements][head node][tail node][root of the tree][nodes]
 *                       |            |            |
 *                   first node   last node   all nodes between, in order: a CountedTree in which
 *                                            a node weighs as much as it has elements
 *
 * What always holds of a quicklist: no node is empty; `tail` is 0 while `head` is the only node, and
 * the tree is empty then; all counts are right. Both ends lie outside of the tree, so that a push or
 * a pop touches one node and the header. Word 0 of either form is the number of elements.
 */
export const LIST_LISTPACK = 0;
export const LIST_QUICKLIST = 1;

export const LIST_LENGTH = 0;
export const LIST_HEAD = 1;
export const LIST_TAIL = 2;
export const LIST_ROOT = 3;
/** Nodes in all, those at the ends included. */
export const LIST_NODES = 4;
export const LIST_HEADER_BYTES = 20;

export function listWord(memory: BlockMemory, ref: number, word: number): number {
  return memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + word];
}

export function setListWord(memory: BlockMemory, ref: number, word: number, value: number): void {
  memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + word] = value;
}

/** What nodes weigh in their tree. */
export class NodeWeights implements TreeWeights {
  readonly #memory: BlockMemory;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  weightOf(node: number): number {
    return listWord(this.#memory, node, LISTPACK_COUNT);
  }
}
