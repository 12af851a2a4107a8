import type { Arena } from "../../memory/arena";
import { verifyCountedTree } from "../../structures/counted-tree-verify";
import { verifyListpack } from "../../structures/listpack-verify";
import { isCompressed } from "./compressed-node";
import {
  LIST_HEAD,
  LIST_LENGTH,
  LIST_LISTPACK,
  LIST_NODES,
  LIST_ROOT,
  LIST_TAIL,
  listWord,
  NodeWeights,
} from "./list-layout";
import { ListReader } from "./list-reader";

/** Walks a list and throws an Error that names the first broken rule. */
export function verifyList(memory: Arena, encoding: number, ref: number): void {
  const list = new ListReader(memory).open(encoding, ref);
  let nodes = 0;
  let elements = 0;
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    if (!isCompressed(memory, list.node)) {
      verifyListpack(memory, list.node, memory.capacityOf(list.node));
    }
    if (list.pack.count === 0) throw new Error("an empty node");
    if (list.nodeStart !== elements) throw new Error(`a node begins at ${list.nodeStart}`);
    elements += list.pack.count;
    nodes++;
  }
  if (elements !== list.length) throw new Error(`${elements} elements, ${list.length} counted`);
  if (encoding === LIST_LISTPACK) return;
  const word = (index: number): number => listWord(memory, ref, index);
  if (nodes !== word(LIST_NODES)) throw new Error(`${nodes} nodes, ${word(LIST_NODES)} counted`);
  const between = verifyCountedTree(memory, word(LIST_ROOT), new NodeWeights(memory));
  const atEnds = (word(LIST_HEAD) === 0 ? 0 : 1) + (word(LIST_TAIL) === 0 ? 0 : 1);
  if (between.items + atEnds !== nodes) throw new Error(`${between.items} nodes in the tree`);
  for (const end of [word(LIST_HEAD), word(LIST_TAIL)]) {
    if (end !== 0 && isCompressed(memory, end)) throw new Error("a compressed node at an end");
  }
  if (word(LIST_TAIL) === 0 && between.items > 0) throw new Error("a tree and no tail");
  if (word(LIST_LENGTH) > 0 && atEnds === 0) throw new Error("no head");
  list.lastNode();
  while (list.previousNode()) elements -= list.pack.count;
  if (list.nodeStart !== 0) throw new Error("the way back does not end at the first element");
}
