import { latin1Bytes } from "../../base/bytes";
import { formatDouble17 } from "../../base/double";
import { ENTRY_VALUE, encodingOf, TYPE_ZSET, wordOf } from "../../keyspace/entry";
import type { DigestSink, ValueType } from "../../keyspace/value-type";
import type { Arena } from "../../memory/arena";
import { CountedTree } from "../../structures/counted-tree";
import { countedTreeBytes } from "../../structures/counted-tree-memory";
import { CountedTreeReader } from "../../structures/counted-tree-reader";
import { Dict } from "../../structures/dict";
import { DICT_COUNT } from "../../structures/dict-layout";
import { dictBytes } from "../../structures/dict-memory";
import { Listpack } from "../../structures/listpack";
import { MEMBER_AT, ZSET_DICT, ZSET_LISTPACK, ZSET_ROOT, ZSET_TREE } from "./zset-layout";
import { ZsetReader } from "./zset-reader";
import { disposeSomeOfTree, newZsetHeader } from "./zset-tree";

/** The row of the sorted set: what the keyspace must know of one without commands. */

export const zsetType: ValueType = {
  name: "zset",
  code: TYPE_ZSET,
  encodingName: (memory, entry) =>
    encodingOf(memory, entry) === ZSET_LISTPACK ? "listpack" : "skiplist",
  memoryBytes(memory, entry, samples): number {
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    if (encodingOf(memory, entry) !== ZSET_TREE) return memory.capacityOf(ref);
    return treeBytes(memory, ref, samples);
  },
  freeEffort(memory, ref, encoding): number {
    if (encoding !== ZSET_TREE) return 1;
    const dict = wordOf(memory, ref, ZSET_DICT);
    return dict === 0 ? 1 : wordOf(memory, dict, DICT_COUNT);
  },
  freeSome(memory, ref, budget, encoding): number {
    if (encoding === ZSET_TREE) return disposeSomeOfTree(memory, ref, budget);
    memory.free(ref);
    return 0;
  },
  copy(memory, entry): number {
    const ref = wordOf(memory, entry, ENTRY_VALUE);
    if (encodingOf(memory, entry) === ZSET_TREE) return copyTree(memory, ref);
    return new Listpack(memory).open(ref).copy();
  },
  digest(memory, entry, sink): void {
    const zset = new ZsetReader(memory).open(entry);
    const feed = (element: DigestSink): void => {
      element.mix(zset.memberBytes, zset.memberAt, zset.memberLength);
      const score = latin1Bytes(formatDouble17(zset.score));
      element.mix(score, 0, score.length);
    };
    for (let more = zset.seekFirst(); more; more = zset.next()) sink.add(feed);
  },
};

/** Header, dictionary, nodes and entries; about `samples` of each are looked at, all for 0. */
function treeBytes(memory: Arena, ref: number, samples: number): number {
  const looked = samples > 0 ? samples : Number.POSITIVE_INFINITY;
  const root = wordOf(memory, ref, ZSET_ROOT);
  const dict = new Dict(memory, MEMBER_AT).open(wordOf(memory, ref, ZSET_DICT));
  const tree = new CountedTreeReader(memory).open(root);
  let entries = 0;
  let entryBytes = 0;
  for (let item = tree.seekFirst(); item !== 0 && entries < looked; item = tree.next()) {
    entryBytes += memory.capacityOf(item);
    entries++;
  }
  if (entries > 0) entryBytes = Math.round((entryBytes / entries) * dict.count);
  const nodeBytes = countedTreeBytes(memory, root, looked);
  return memory.capacityOf(ref) + dictBytes(memory, dict) + nodeBytes + entryBytes;
}

function copyTree(memory: Arena, ref: number): number {
  const from = new CountedTree(memory).open(wordOf(memory, ref, ZSET_ROOT));
  const dict = new Dict(memory, MEMBER_AT).create();
  const tree = new CountedTree(memory);
  for (let item = from.seekFirst(); item !== 0; item = from.next()) {
    const bytes = memory.capacityOf(item);
    const entry = memory.alloc(bytes);
    memory.copyWords(item, entry, bytes >>> 2);
    dict.insert(entry);
    tree.append(entry);
  }
  return newZsetHeader(memory, dict.ref, tree.root);
}
