import type { Arena } from "../../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../memory/block-memory";
import { CountedTree } from "../../structures/counted-tree";
import { Dict } from "../../structures/dict";
import { MEMBER_AT, ZSET_DICT, ZSET_HEADER_BYTES, ZSET_ROOT } from "./zset-layout";

/** The beginning and the end of a sorted set that is a TREE; what it does meanwhile: ZsetValue. */

/** The header of a dictionary and a tree of the same entries. */
export function newZsetHeader(memory: Arena, dict: number, root: number): number {
  const header = memory.alloc(ZSET_HEADER_BYTES);
  const words = memory.words[header >>> SEGMENT_SHIFT];
  const at = (header & GRANULE_MASK) << 2;
  words.fill(0, at, at + (ZSET_HEADER_BYTES >>> 2));
  words[at + ZSET_DICT] = dict;
  words[at + ZSET_ROOT] = root;
  return header;
}

/**
 * Frees about `budget` blocks of a tree that nothing refers to: first the entries, a chunk of the
 * dictionary at a time, then the nodes, then the header. Returns the header's ref, 0 when all is freed.
 */
export function disposeSomeOfTree(memory: Arena, ref: number, budget: number): number {
  const header = memory.own(ref);
  const words = memory.words[header >>> SEGMENT_SHIFT];
  const at = (header & GRANULE_MASK) << 2;
  let left = budget;
  const dispose = (entry: number): void => {
    memory.free(entry);
    left--;
  };
  const dict = new Dict(memory, MEMBER_AT);
  while (words[at + ZSET_DICT] !== 0 && left > 0) {
    words[at + ZSET_DICT] = dict.open(words[at + ZSET_DICT]).disposeSome(dispose);
    left--;
  }
  const tree = new CountedTree(memory).open(words[at + ZSET_ROOT]);
  for (; tree.root !== 0 && left > 0; left--) tree.disposeLeaf(() => undefined);
  words[at + ZSET_ROOT] = tree.root;
  if (words[at + ZSET_DICT] !== 0 || tree.root !== 0) return header;
  memory.free(header);
  return 0;
}
