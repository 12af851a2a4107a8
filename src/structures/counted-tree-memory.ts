import type { BlockMemory } from "../memory/block-memory";
import { headOf, levelOf, slotsOf, slotWord } from "./tree-layout";

interface SizedMemory extends BlockMemory {
  capacityOf(ref: number): number;
}

/**
 * How much memory the nodes of a counted tree take, their items left out. For reports.
 * @param leaves about how many leaves are looked at, evenly over the tree; infinity for all, so that
 *   the result is exact.
 */
export function countedTreeBytes(memory: SizedMemory, root: number, leaves: number): number {
  return root === 0 ? 0 : Math.round(bytesBelow(memory, root, leaves));
}

/** As deep as the tree is high. */
function bytesBelow(memory: SizedMemory, node: number, leaves: number): number {
  const head = headOf(memory, node);
  const own = memory.capacityOf(node);
  if (levelOf(head) === 0) return own;
  const slots = slotsOf(head);
  const looked = Math.max(1, Math.min(slots, Math.floor(leaves)));
  let below = 0;
  for (let i = 0; i < looked; i++) {
    const child = slotWord(memory, node, Math.floor((i * slots) / looked), 0);
    below += bytesBelow(memory, child, leaves / looked);
  }
  return own + (below / looked) * slots;
}
