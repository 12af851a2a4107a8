import { wordOf } from "../../../keyspace/entry";
import type { Arena } from "../../../memory/arena";
import { forEachItem } from "../../../structures/counted-tree-reader";
import { verifyCountedTree } from "../../../structures/counted-tree-verify";
import { StreamId } from "../stream-id";
import {
  bytesOf,
  CONSUMER_NAME_LENGTH,
  CONSUMER_PENDING,
  consumerOf,
  GROUP_CONSUMERS,
  GROUP_NAME_LENGTH,
  GROUP_PENDING,
  nameStartOf,
  PENDING_CONSUMER,
  PENDING_ID,
} from "./group-layout";

/** Walks the groups of a stream and throws an Error that names the first broken rule. */
export function verifyGroups(memory: Arena, root: number): void {
  verifyCountedTree(memory, root);
  const names: Buffer[] = [];
  forEachItem(memory, root, (group) => {
    names.push(nameOf(memory, group, GROUP_NAME_LENGTH));
    verifyGroup(memory, group);
  });
  checkOrder(names);
}

function verifyGroup(memory: Arena, group: number): void {
  const consumers = wordOf(memory, group, GROUP_CONSUMERS);
  const pending = wordOf(memory, group, GROUP_PENDING);
  verifyCountedTree(memory, consumers);
  const total = verifyPending(memory, pending, () => undefined);
  const names: Buffer[] = [];
  let owned = 0;
  forEachItem(memory, consumers, (number) => {
    const consumer = consumerOf(memory, group, number);
    names.push(nameOf(memory, consumer, CONSUMER_NAME_LENGTH));
    owned += verifyPending(memory, wordOf(memory, consumer, CONSUMER_PENDING), (ref) => {
      if (wordOf(memory, ref, PENDING_CONSUMER) !== number) {
        throw new Error("a consumer has what is pending for another");
      }
    });
  });
  checkOrder(names);
  if (owned !== total) throw new Error(`${total} pending in a group, ${owned} with its consumers`);
  checkSameBlocks(memory, group, pending, consumers);
}

/** Every block in a consumer's tree is in the group's. */
function checkSameBlocks(memory: Arena, group: number, pending: number, consumers: number): void {
  const all = new Set<number>();
  forEachItem(memory, pending, (ref) => all.add(ref));
  forEachItem(memory, consumers, (number) => {
    const own = wordOf(memory, consumerOf(memory, group, number), CONSUMER_PENDING);
    forEachItem(memory, own, (ref) => {
      if (!all.delete(ref)) throw new Error("a consumer has a block that its group has not");
    });
  });
}

function verifyPending(memory: Arena, root: number, check: (ref: number) => void): number {
  const last = new StreamId();
  let count = 0;
  forEachItem(memory, root, (ref) => {
    if (count++ > 0 && last.compareAt(memory, ref, PENDING_ID) >= 0) {
      throw new Error("pending entries are out of order");
    }
    last.load(memory, ref, PENDING_ID);
    check(ref);
  });
  const { items } = verifyCountedTree(memory, root);
  if (items !== count) throw new Error(`${count} pending entries, ${items} in the tree`);
  return count;
}

function nameOf(memory: Arena, ref: number, lengthWord: number): Buffer {
  const start = nameStartOf(ref, lengthWord);
  return Buffer.from(bytesOf(memory, ref).slice(start, start + wordOf(memory, ref, lengthWord)));
}

function checkOrder(names: readonly Buffer[]): void {
  for (let i = 1; i < names.length; i++) {
    if (Buffer.compare(names[i - 1], names[i]) >= 0) throw new Error("names are out of order");
  }
}
