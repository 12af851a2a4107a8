import type { BlockMemory } from "../memory/block-memory";
import type { TreeWeights } from "./counted-tree-reader";
import {
  CHILD_FIRST,
  CHILD_WEIGHT,
  firstItemOf,
  headOf,
  levelOf,
  MOST_LEVELS,
  mostSlots,
  roomOf,
  slotsOf,
  slotWord,
} from "./tree-layout";

export interface TreeFigures {
  items: number;
  weight: number;
  nodes: number;
}

/**
 * Walks a counted tree and throws an Error that names the first broken rule; order is for whoever
 * knows the items. As deep as the tree is high.
 */
export function verifyCountedTree(
  memory: BlockMemory,
  root: number,
  weights?: TreeWeights,
): TreeFigures {
  if (root === 0) return { items: 0, weight: 0, nodes: 0 };
  const level = levelOf(headOf(memory, root));
  if (level >= MOST_LEVELS) throw new Error(`a tree of ${level} levels`);
  if (level > 0 && slotsOf(headOf(memory, root)) < 2) throw new Error("a root with one child");
  return verifyNode(memory, root, level, weights);
}

function verifyNode(
  memory: BlockMemory,
  node: number,
  level: number,
  weights: TreeWeights | undefined,
): TreeFigures {
  const head = headOf(memory, node);
  const slots = slotsOf(head);
  if (levelOf(head) !== level) throw new Error(`level ${levelOf(head)} where ${level} should be`);
  if (slots === 0) throw new Error("a node without slots");
  if (slots > roomOf(head) || roomOf(head) > mostSlots(level)) {
    throw new Error(`${slots} slots in room for ${roomOf(head)}`);
  }
  const figures: TreeFigures = { items: 0, weight: 0, nodes: 1 };
  for (let slot = 0; slot < slots; slot++) {
    const child = slotWord(memory, node, slot, 0);
    if (level === 0) {
      figures.items++;
      figures.weight += weights === undefined ? 1 : weights.weightOf(child);
      continue;
    }
    const below = verifyNode(memory, child, level - 1, weights);
    const counted = slotWord(memory, node, slot, CHILD_WEIGHT);
    if (below.weight !== counted) throw new Error(`${below.weight} below, ${counted} counted`);
    if (slotWord(memory, node, slot, CHILD_FIRST) !== firstItemOf(memory, child)) {
      throw new Error("a slot names another first item than there is");
    }
    figures.items += below.items;
    figures.weight += below.weight;
    figures.nodes += below.nodes;
  }
  return figures;
}
