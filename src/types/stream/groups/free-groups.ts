import { setWord, wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { CountedTree } from "../../../structures/counted-tree";
import { STREAM_GROUPS, STREAM_HEADER_BYTES, STREAM_WORDS } from "../stream-layout";
import { setConsumer } from "./consumer-table";
import {
  CONSUMER_PENDING,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_PENDING,
  GROUP_TABLE,
} from "./group-layout";

/**
 * Throwing groups away in steps: nothing refers to them any more, but a snapshot may have frozen
 * their blocks, so what is changed on the way is owned first.
 */

/** A header of a stream that has nothing but a group which was taken out of another. */
export function headerOfGroup(memory: Arena, group: number): number {
  const header = memory.alloc(STREAM_HEADER_BYTES);
  for (let word = 0; word < STREAM_WORDS; word++) setWord(memory, header, word, 0);
  const groups = new CountedTree(memory);
  groups.append(group);
  setWord(memory, header, STREAM_GROUPS, groups.root);
  return header;
}

/**
 * Frees about `budget` blocks of the groups of an owned header; returns what is left of the budget,
 * above 0 when there are no groups any more.
 */
export function freeGroupsSome(memory: Arena, header: number, budget: number): number {
  const groups = new CountedTree(memory).open(wordOf(memory, header, STREAM_GROUPS));
  let left = budget;
  while (left > 0) {
    const found = groups.seekLast();
    if (found === 0) break;
    const group = memory.own(found);
    if (group !== found) groups.replaceHere(group);
    left = freeContents(memory, group, left);
    if (left > 0) {
      groups.removeHere();
      memory.free(group);
      left--;
    }
  }
  setWord(memory, header, STREAM_GROUPS, groups.root);
  return left;
}

/** Frees what hangs from an owned group, consumers first; 0 when the budget was not enough. */
function freeContents(memory: Arena, group: number, budget: number): number {
  const consumers = new CountedTree(memory).open(wordOf(memory, group, GROUP_CONSUMERS));
  let left = budget;
  while (left > 0) {
    const number = consumers.seekLast();
    if (number === 0) break;
    left = freeConsumer(memory, group, number, left);
    if (left <= 0) break;
    consumers.removeHere();
    left--;
  }
  setWord(memory, group, GROUP_CONSUMERS, consumers.root);
  if (left <= 0) return 0;
  left = freeTree(memory, group, GROUP_PENDING, left, (pending) => memory.free(pending));
  if (left <= 0) return 0;
  memory.free(wordOf(memory, group, GROUP_TABLE));
  return left;
}

/** As `freeContents`, for a consumer; its pending entries are the group's, which frees them. */
function freeConsumer(memory: Arena, group: number, number: number, budget: number): number {
  const found = consumerOf(memory, group, number);
  const consumer = memory.own(found);
  if (consumer !== found) setConsumer(memory, group, number, consumer);
  const left = freeTree(memory, consumer, CONSUMER_PENDING, budget, () => undefined);
  if (left <= 0) return 0;
  memory.free(consumer);
  return left;
}

/** Frees leaves of the tree at a word of an owned block; what is left of the budget. */
function freeTree(
  memory: Arena,
  owner: number,
  word: number,
  budget: number,
  dispose: (item: number) => void,
): number {
  const tree = new CountedTree(memory).open(wordOf(memory, owner, word));
  let left = budget;
  while (tree.root !== 0 && left > 0) left -= tree.disposeLeaf(dispose);
  setWord(memory, owner, word, tree.root);
  return left;
}
