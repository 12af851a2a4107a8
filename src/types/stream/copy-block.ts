import type { Arena } from "../../memory/arena";

/** A copy of a block, all of its capacity. */
export function copyBlock(memory: Arena, ref: number): number {
  const sizeBytes = memory.capacityOf(ref);
  const copy = memory.alloc(sizeBytes);
  memory.copyWords(ref, copy, sizeBytes >>> 2);
  return copy;
}
