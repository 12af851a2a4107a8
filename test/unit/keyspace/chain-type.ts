// A value type for tests: a chain of blocks, as long as one likes. The first word of a block is the
// ref of the next, the second how many blocks follow.

import { ENTRY_VALUE, TYPE_LIST, wordOf } from "../../../src/keyspace/entry";
import type { ValueType } from "../../../src/keyspace/value-type";
import type { Arena } from "../../../src/memory/arena";
import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../../../src/memory/block-memory";
import { stringType } from "../../../src/types/string/string-value";

export const chainType: ValueType = {
  ...stringType,
  name: "list",
  code: TYPE_LIST,
  encodingName: () => "quicklist",
  freeEffort: (memory, ref) => chainLength(memory, ref),
  freeSome(memory, ref, budget): number {
    let at = ref;
    for (let left = budget; left > 0 && at !== 0; left--) {
      const next = chainWord(memory, at, 0);
      memory.free(at);
      at = next;
    }
    return at;
  },
  copy: (memory, entry) =>
    newChain(memory, chainLength(memory, wordOf(memory, entry, ENTRY_VALUE))),
};

/** @param blocks at least 1. */
export function newChain(memory: Arena, blocks: number): number {
  let first = 0;
  for (let i = 0; i < blocks; i++) {
    const block = memory.alloc(32);
    const at = (block & GRANULE_MASK) << 2;
    memory.words[block >>> SEGMENT_SHIFT][at] = first;
    memory.words[block >>> SEGMENT_SHIFT][at + 1] = i;
    first = block;
  }
  return first;
}

/** Blocks of a chain; walks it, so that a broken one is found. */
export function chainLength(memory: BlockMemory, ref: number): number {
  let blocks = 0;
  for (let at = ref; at !== 0; at = chainWord(memory, at, 0)) blocks++;
  return blocks;
}

function chainWord(memory: BlockMemory, ref: number, index: number): number {
  return memory.words[ref >>> SEGMENT_SHIFT][((ref & GRANULE_MASK) << 2) + index];
}
