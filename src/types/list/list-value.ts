import { ENTRY_VALUE, encodingOf, TYPE_LIST, wordOf } from "../../keyspace/entry";
import type { ValueType } from "../../keyspace/value-type";
import type { Arena } from "../../memory/arena";
import { CountedTree } from "../../structures/counted-tree";
import { Listpack } from "../../structures/listpack";
import { compressedCopy, isCompressed } from "./compressed-node";
import {
  LIST_HEAD,
  LIST_HEADER_BYTES,
  LIST_LENGTH,
  LIST_LISTPACK,
  LIST_NODES,
  LIST_QUICKLIST,
  LIST_ROOT,
  LIST_TAIL,
  listWord,
  NodeWeights,
  setListWord,
} from "./list-layout";
import { ListReader } from "./list-reader";

/** What the keyspace must know of lists. See list-layout.ts for how they lie in memory. */

/** Bytes that a node takes in the tree, with its share of the tree's own nodes. */
const TREE_BYTES_PER_NODE = 5;

function copyQuicklist(memory: Arena, ref: number): number {
  const pack = new Listpack(memory);
  const copyOf = (node: number): number => {
    if (node === 0) return 0;
    return isCompressed(memory, node) ? compressedCopy(memory, node) : pack.open(node).copy();
  };
  const weights = new NodeWeights(memory);
  const from = new CountedTree(memory, weights).open(listWord(memory, ref, LIST_ROOT));
  const to = new CountedTree(memory, weights).open(0);
  for (let node = from.seekFirst(); node !== 0; node = from.next()) to.append(copyOf(node));
  const copy = memory.alloc(LIST_HEADER_BYTES);
  setListWord(memory, copy, LIST_LENGTH, listWord(memory, ref, LIST_LENGTH));
  setListWord(memory, copy, LIST_HEAD, copyOf(listWord(memory, ref, LIST_HEAD)));
  setListWord(memory, copy, LIST_TAIL, copyOf(listWord(memory, ref, LIST_TAIL)));
  setListWord(memory, copy, LIST_ROOT, to.root);
  setListWord(memory, copy, LIST_NODES, listWord(memory, ref, LIST_NODES));
  return copy;
}

/** Frees nodes between the ends first, as many as the budget allows. */
function freeQuicklist(memory: Arena, ref: number, budget: number): number {
  const root = listWord(memory, ref, LIST_ROOT);
  if (root !== 0) {
    const tree = new CountedTree(memory).open(root);
    const free = (node: number): void => memory.free(node);
    for (let left = budget; left > 0 && tree.root !== 0; ) left -= tree.disposeLeaf(free);
    const header = memory.own(ref);
    setListWord(memory, header, LIST_ROOT, tree.root);
    return header;
  }
  const head = listWord(memory, ref, LIST_HEAD);
  const tail = listWord(memory, ref, LIST_TAIL);
  if (head !== 0) memory.free(head);
  if (tail !== 0) memory.free(tail);
  memory.free(ref);
  return 0;
}

/** Looks at as many nodes from the first on as there are samples (0: all) and counts on from them. */
function quicklistBytes(memory: Arena, ref: number, samples: number): number {
  const list = new ListReader(memory).open(LIST_QUICKLIST, ref);
  const nodes = listWord(memory, ref, LIST_NODES);
  let bytes = 0;
  let seen = 0;
  for (let more = list.firstNode(); more; more = list.nextNode()) {
    bytes += memory.capacityOf(list.node);
    if (++seen === samples) break;
  }
  const ofNodes = seen === 0 ? 0 : Math.round((bytes / seen) * nodes);
  return memory.capacityOf(ref) + nodes * TREE_BYTES_PER_NODE + ofNodes;
}

export const listType: ValueType = {
  name: "list",
  code: TYPE_LIST,
  encodingName(memory, entry): string {
    return encodingOf(memory, entry) === LIST_LISTPACK ? "listpack" : "quicklist";
  },
  memoryBytes(memory, entry, samples): number {
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    if (encodingOf(memory, entry) === LIST_LISTPACK) return memory.capacityOf(ref);
    return quicklistBytes(memory, ref, samples);
  },
  freeEffort(memory, ref, encoding): number {
    return encoding === LIST_LISTPACK ? 1 : listWord(memory, ref, LIST_NODES);
  },
  freeSome(memory, ref, budget, encoding): number {
    if (encoding !== LIST_LISTPACK) return freeQuicklist(memory, ref, budget);
    memory.free(ref);
    return 0;
  },
  copy(memory, entry): number {
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    if (encodingOf(memory, entry) !== LIST_LISTPACK) return copyQuicklist(memory, ref);
    return new Listpack(memory).open(ref).copy();
  },
  digest(memory, entry, sink): void {
    const list = new ListReader(memory).openEntry(entry);
    const { pack } = list;
    for (let more = list.firstNode(); more; more = list.nextNode()) {
      for (let offset = pack.first(); offset !== 0; offset = pack.next(offset)) {
        pack.read(offset);
        sink.mix(pack.valueBytes, pack.valueAt, pack.valueLength);
      }
    }
  },
};
