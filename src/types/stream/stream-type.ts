import { ENTRY_VALUE, setWord, TYPE_STREAM, wordOf } from "../../keyspace/entry";
import type { DigestSink, ValueType } from "../../keyspace/value-type";
import type { Arena } from "../../memory/arena";
import type { BlockMemory } from "../../memory/block-memory";
import { CountedTree } from "../../structures/counted-tree";
import { forEachItem } from "../../structures/counted-tree-reader";
import { copyBlock } from "./copy-block";
import { copyGroups } from "./groups/copy-groups";
import { freeGroupsSome } from "./groups/free-groups";
import { groupsBytes, groupsEffort, SLOT_BYTES } from "./groups/group-memory";
import { ID_TEXT_BYTES, StreamIdText } from "./stream-id-text";
import {
  STREAM_GROUPS,
  STREAM_HEADER_BYTES,
  STREAM_TAIL,
  STREAM_TREE,
  STREAM_WORDS,
} from "./stream-layout";
import { MAX_ID, StreamReader, ZERO_ID } from "./stream-reader";

/**
 * The stream as the keyspace sees it: how it is named, measured, copied, freed and digested.
 *
 * The digest is Redis's: of each live entry its ID, with a dot between, and its fields and values,
 * all in order. Consumer groups do not count in it.
 */
const DOT = 0x2e;
/** Beyond this an effort need not be known exactly. */
const MOST_EFFORT = 1000;

function digest(memory: BlockMemory, entry: number, sink: DigestSink): void {
  const stream = new StreamReader(memory).openStream(wordOf(memory, entry, ENTRY_VALUE));
  const text = new StreamIdText();
  const idBytes = new Uint8Array(ID_TEXT_BYTES);
  const { node } = stream;
  stream.seekRange(ZERO_ID, MAX_ID);
  while (stream.next()) {
    sink.mix(idBytes, 0, text.format(node.id, idBytes, 0, DOT));
    node.startPairs();
    for (let left = node.pairs * 2; left > 0; left--) {
      node.readNext();
      sink.mix(node.valueBytes, node.valueAt, node.valueLength);
    }
  }
}

function freeEffort(memory: Arena, ref: number): number {
  const nodes = new CountedTree(memory).open(wordOf(memory, ref, STREAM_TREE)).weight + 1;
  return nodes + groupsEffort(memory, wordOf(memory, ref, STREAM_GROUPS), MOST_EFFORT);
}

/** @param samples nodes whose blocks are looked at, 0 for all; the rest are taken to be like them. */
function memoryBytes(memory: Arena, entry: number, samples: number): number {
  const ref = wordOf(memory, entry, ENTRY_VALUE);
  const tree = new CountedTree(memory).open(wordOf(memory, ref, STREAM_TREE));
  const tail = wordOf(memory, ref, STREAM_TAIL);
  let bytes = memory.capacityOf(ref) + (tail === 0 ? 0 : memory.capacityOf(tail));
  const nodes = tree.weight;
  const wanted = samples === 0 ? nodes : Math.min(samples, nodes);
  let sampled = 0;
  for (let node = tree.seekFirst(), left = wanted; left > 0; left--, node = tree.next()) {
    sampled += memory.capacityOf(node);
  }
  if (wanted > 0) bytes += Math.round((sampled / wanted + SLOT_BYTES) * nodes);
  return bytes + groupsBytes(memory, wordOf(memory, ref, STREAM_GROUPS), samples);
}

function copy(memory: Arena, entry: number): number {
  const from = wordOf(memory, entry, ENTRY_VALUE);
  const to = memory.alloc(STREAM_HEADER_BYTES);
  memory.copyWords(from, to, STREAM_WORDS);
  const tree = new CountedTree(memory);
  forEachItem(memory, wordOf(memory, from, STREAM_TREE), (node) =>
    tree.append(copyBlock(memory, node)),
  );
  setWord(memory, to, STREAM_TREE, tree.root);
  const tail = wordOf(memory, from, STREAM_TAIL);
  if (tail !== 0) setWord(memory, to, STREAM_TAIL, copyBlock(memory, tail));
  setWord(memory, to, STREAM_GROUPS, copyGroups(memory, wordOf(memory, from, STREAM_GROUPS)));
  return to;
}

function freeSome(memory: Arena, ref: number, budget: number): number {
  const header = memory.own(ref);
  const free = (block: number): void => memory.free(block);
  let left = budget;
  const tail = wordOf(memory, header, STREAM_TAIL);
  if (tail !== 0) memory.free(tail);
  setWord(memory, header, STREAM_TAIL, 0);
  const tree = new CountedTree(memory).open(wordOf(memory, header, STREAM_TREE));
  while (tree.root !== 0 && left > 0) left -= tree.disposeLeaf(free);
  setWord(memory, header, STREAM_TREE, tree.root);
  if (left <= 0 || freeGroupsSome(memory, header, left) <= 0) return header;
  memory.free(header);
  return 0;
}

export const streamType: ValueType = {
  name: "stream",
  code: TYPE_STREAM,
  encodingName: () => "stream",
  memoryBytes,
  freeEffort,
  freeSome,
  copy,
  digest,
};
