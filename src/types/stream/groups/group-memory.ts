import { wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { CountedTreeReader } from "../../../structures/counted-tree-reader";
import { consumerOf, GROUP_CONSUMERS, GROUP_PENDING, GROUP_TABLE } from "./group-layout";

/** What groups take, for MEMORY USAGE and for the decision to free them in steps. */

/** A slot of a tree, with its share of the nodes above. */
export const SLOT_BYTES = 4.4;
/** The block of a pending entry, and a slot in two trees. */
const PENDING_ENTRY_BYTES = 48 + 2 * SLOT_BYTES;

/** Bytes of the groups of a stream, `samples` consumers looked at in each; 0 for all. */
export function groupsBytes(memory: Arena, root: number, samples: number): number {
  let bytes = 0;
  const groups = new CountedTreeReader(memory).open(root);
  for (let group = groups.seekFirst(); group !== 0; group = groups.next()) {
    bytes += memory.capacityOf(group) + SLOT_BYTES;
    bytes += memory.capacityOf(wordOf(memory, group, GROUP_TABLE));
    bytes += pendingCount(memory, group) * PENDING_ENTRY_BYTES;
    bytes += consumersBytes(memory, group, samples);
  }
  return Math.round(bytes);
}

/** About how many blocks the groups have, as far as `most`. */
export function groupsEffort(memory: Arena, root: number, most: number): number {
  let effort = 0;
  const groups = new CountedTreeReader(memory).open(root);
  for (let group = groups.seekFirst(); group !== 0 && effort < most; group = groups.next()) {
    const consumers = new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_CONSUMERS));
    effort += 2 + consumers.weight + pendingCount(memory, group);
  }
  return effort;
}

function pendingCount(memory: Arena, group: number): number {
  return new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_PENDING)).weight;
}

function consumersBytes(memory: Arena, group: number, samples: number): number {
  const numbers = new CountedTreeReader(memory).open(wordOf(memory, group, GROUP_CONSUMERS));
  const count = numbers.weight;
  const wanted = samples === 0 ? count : Math.min(samples, count);
  if (wanted === 0) return 0;
  let bytes = 0;
  let number = numbers.seekFirst();
  for (let left = wanted; left > 0; left--, number = numbers.next()) {
    bytes += memory.capacityOf(consumerOf(memory, group, number));
  }
  return (bytes / wanted + SLOT_BYTES) * count;
}
