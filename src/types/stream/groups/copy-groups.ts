import { setWord, wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { CountedTree } from "../../../structures/counted-tree";
import { forEachItem } from "../../../structures/counted-tree-reader";
import { copyBlock } from "../copy-block";
import {
  CONSUMER_PENDING,
  GROUP_CONSUMERS,
  GROUP_PENDING,
  GROUP_TABLE,
  PENDING_CONSUMER,
  TABLE_SLOTS,
} from "./group-layout";

/** Copies the groups of a stream with all that is pending; returns the root of their tree. */
export function copyGroups(memory: Arena, root: number): number {
  const groups = new CountedTree(memory);
  forEachItem(memory, root, (group) => groups.append(copyGroup(memory, group)));
  return groups.root;
}

/** Consumers keep their numbers, so pending entries are copied as they are. */
function copyGroup(memory: Arena, from: number): number {
  const group = copyBlock(memory, from);
  const table = copyBlock(memory, wordOf(memory, from, GROUP_TABLE));
  const numbers = new CountedTree(memory);
  const owns = new Map<number, CountedTree>();
  setWord(memory, group, GROUP_TABLE, table);
  forEachItem(memory, wordOf(memory, from, GROUP_CONSUMERS), (number) => {
    const consumer = copyBlock(memory, wordOf(memory, table, TABLE_SLOTS + number));
    setWord(memory, table, TABLE_SLOTS + number, consumer);
    setWord(memory, consumer, CONSUMER_PENDING, 0);
    numbers.append(number);
    owns.set(number, new CountedTree(memory));
  });
  setWord(memory, group, GROUP_CONSUMERS, numbers.root);
  const all = new CountedTree(memory);
  forEachItem(memory, wordOf(memory, from, GROUP_PENDING), (old) => {
    const pending = copyBlock(memory, old);
    all.append(pending);
    owns.get(wordOf(memory, pending, PENDING_CONSUMER))?.append(pending);
  });
  setWord(memory, group, GROUP_PENDING, all.root);
  for (const [number, own] of owns) {
    setWord(memory, wordOf(memory, table, TABLE_SLOTS + number), CONSUMER_PENDING, own.root);
  }
  return group;
}
