import type { Arguments } from "../../command/arguments";
import { setWord, wordOf } from "../../keyspace/entry";
import type { Arena } from "../../memory/arena";
import { CountedTree } from "../../structures/counted-tree";
import { IdPlace, StreamId } from "./stream-id";
import {
  increment64,
  int64At,
  NODE_ID,
  STREAM_ENTRIES_ADDED,
  STREAM_FIRST_ID,
  STREAM_GROUPS,
  STREAM_HEADER_BYTES,
  STREAM_LAST_ID,
  STREAM_LENGTH,
  STREAM_MAX_DELETED_ID,
  STREAM_TAIL,
  STREAM_TREE,
  STREAM_WORDS,
  setNumber64,
} from "./stream-layout";
import type { StreamLimits } from "./stream-limits";
import { StreamNode } from "./stream-node";
import { MAX_ID, StreamReader, ZERO_ID } from "./stream-reader";

/**
 * A stream that changes: entries added, deleted and trimmed away.
 *
 * See stream-layout.ts for the drawing. It knows no keys, replies or groups. What always holds: the
 * tail is the node with the greatest IDs and is there whenever a node is; `first ID` is that of the
 * first live entry, 0-0 when there is none. Only an exact trim by ID leaves a node without a live
 * entry, as in Redis, whose later nodes would differ otherwise. A frozen block is left alone: `own`
 * must come before any change, and `ref` be stored after it.
 */

/** No limit on how many entries one trim removes. */
export const NO_LIMIT = 0;

export class Stream extends StreamReader {
  readonly #memory: Arena;
  readonly #limits: StreamLimits;
  readonly #tail: StreamNode;
  readonly #tree: CountedTree;
  readonly #place: IdPlace;
  readonly #firstId = new StreamId();

  constructor(memory: Arena, limits: StreamLimits) {
    super(memory);
    this.#memory = memory;
    this.#limits = limits;
    this.#tail = new StreamNode(memory);
    this.#tree = new CountedTree(memory);
    this.#place = new IdPlace(memory, NODE_ID);
  }

  /** Makes an empty stream and opens it. */
  createStream(): this {
    const ref = this.#memory.alloc(STREAM_HEADER_BYTES);
    for (let word = 0; word < STREAM_WORDS; word++) setWord(this.#memory, ref, word, 0);
    return this.openStream(ref);
  }

  /** Lets the header be written; its ref may change. */
  own(): void {
    this.ref = this.#memory.own(this.ref);
  }

  get groupsRoot(): number {
    return wordOf(this.#memory, this.ref, STREAM_GROUPS);
  }

  set groupsRoot(root: number) {
    setWord(this.#memory, this.ref, STREAM_GROUPS, root);
  }

  /** How many entries were ever added. Allocates. */
  get entriesAdded(): bigint {
    return int64At(this.#memory, this.ref, STREAM_ENTRIES_ADDED);
  }

  storeId(id: StreamId, word: number): void {
    id.store(this.#memory, this.ref, word);
  }

  /**
   * Adds an entry of `pairs` fields and values, the arguments from `fieldIndex` on. The ID must be
   * greater than the last one, and the header owned.
   */
  append(id: StreamId, args: Arguments, fieldIndex: number, pairs: number): void {
    const memory = this.#memory;
    const tail = this.#tail;
    const tailRef = wordOf(memory, this.ref, STREAM_TAIL);
    if (tailRef !== 0) tail.openNode(tailRef);
    if (tailRef === 0 || this.#isFull(args, fieldIndex, pairs)) {
      if (tailRef !== 0) this.#closeTail();
      tail.create(id, args, fieldIndex, pairs);
    }
    tail.append(id, args, fieldIndex, pairs);
    const { ref } = this;
    setWord(memory, ref, STREAM_TAIL, tail.ref);
    const length = this.length + 1;
    setNumber64(memory, ref, STREAM_LENGTH, length);
    increment64(memory, ref, STREAM_ENTRIES_ADDED);
    id.store(memory, ref, STREAM_LAST_ID);
    if (length === 1) id.store(memory, ref, STREAM_FIRST_ID);
  }

  /**
   * Deletes an entry, and notes the gap that it leaves; false when there is none with this ID. The
   * header must be owned.
   */
  delete(id: StreamId): boolean {
    this.seekRange(id, id);
    if (!this.next()) return false;
    const { node } = this;
    if (node.live === 1) this.#removeNode(node.ref);
    else this.#deleteInNode(node.ref, id);
    this.#setLength(this.length - 1);
    if (id.compareAt(this.#memory, this.ref, STREAM_MAX_DELETED_ID) > 0) {
      this.storeId(id, STREAM_MAX_DELETED_ID);
    }
    const wasFirst = id.compareAt(this.#memory, this.ref, STREAM_FIRST_ID) === 0;
    if (wasFirst || this.length === 0) this.updateFirstId();
    return true;
  }

  /**
   * Takes deleted entries behind an ID out, so that smaller IDs may follow (XSETID, loading): a node
   * of nothing else goes as a whole. No live one is behind it. The header must be owned.
   */
  forgetDeletedBehind(id: StreamId): void {
    const tail = this.#tail;
    for (;;) {
      const node = wordOf(this.#memory, this.ref, STREAM_TAIL);
      if (node === 0) return;
      tail.openNode(node);
      let end = tail.endAt;
      let entries = 0;
      while (end !== tail.entriesAt) {
        const before = tail.entryBefore(end);
        tail.readEntry(before);
        if (tail.id.compare(id) <= 0) break;
        end = before;
        entries++;
      }
      if (entries === 0) return;
      if (end !== tail.entriesAt) {
        tail.makeWritable();
        tail.cut(end, entries);
        this.#storeNode(node);
        return;
      }
      this.#removeNode(node);
    }
  }

  /**
   * Removes the oldest entries until `most` are left.
   * @param isApproximate removes whole nodes only, and leaves what they would take below `most`.
   * @param limit entries that may be removed at most, or NO_LIMIT.
   * @returns how many were removed.
   */
  trimToLength(most: number, isApproximate: boolean, limit: number): number {
    let removed = 0;
    const tail = this.#tail;
    while (this.length > most) {
      const first = this.#openFirst();
      const { live } = tail;
      if (limit !== NO_LIMIT && removed + live > limit) break;
      if (this.length - live >= most) {
        this.#removeNode(first);
        this.#setLength(this.length - live);
        removed += live;
        continue;
      }
      if (isApproximate) break;
      removed += this.#trimNode(first, MAX_ID, this.length - most);
      break;
    }
    if (removed > 0) this.updateFirstId();
    return removed;
  }

  /** As `trimToLength`, removing the entries before an ID. */
  trimToId(least: StreamId, isApproximate: boolean, limit: number): number {
    let removed = 0;
    const tail = this.#tail;
    for (let first = this.#openFirst(); first !== 0; first = this.#openFirst()) {
      const { live } = tail;
      if (limit !== NO_LIMIT && removed + live > limit) break;
      tail.readEntry(tail.entryBefore(tail.endAt));
      if (tail.id.compare(least) < 0) {
        this.#removeNode(first);
        this.#setLength(this.length - live);
        removed += live;
        continue;
      }
      if (!isApproximate) removed += this.#trimNode(first, least, live);
      break;
    }
    if (removed > 0) this.updateFirstId();
    return removed;
  }

  /** Finds the first ID anew, after entries have gone. */
  updateFirstId(): void {
    const first = this.#firstId;
    this.seekRange(ZERO_ID, MAX_ID);
    if (this.next()) first.copy(this.node.id);
    else first.setZero();
    this.storeId(first, STREAM_FIRST_ID);
  }

  /** Adds a node of elements as they lie in a file, behind all others. Entries are not counted. */
  adoptNode(id: StreamId, bytes: Uint8Array, at: number, length: number): void {
    const tailRef = wordOf(this.#memory, this.ref, STREAM_TAIL);
    if (tailRef !== 0) {
      this.#tail.openNode(tailRef);
      this.#closeTail();
    }
    this.#tail.adopt(id, bytes, at, length);
    setWord(this.#memory, this.ref, STREAM_TAIL, this.#tail.ref);
  }

  #setLength(length: number): void {
    setNumber64(this.#memory, this.ref, STREAM_LENGTH, length);
  }

  /** Whether the open tail has no room for such an entry, as Redis decides it. */
  #isFull(args: Arguments, fieldIndex: number, pairs: number): boolean {
    const tail = this.#tail;
    const { nodeMaxBytes, nodeMaxEntries } = this.#limits;
    if (nodeMaxEntries > 0 && tail.live + tail.deleted >= nodeMaxEntries) return true;
    let sizeBytes = tail.listpackBytes;
    for (let i = fieldIndex; i < fieldIndex + pairs * 2; i++) sizeBytes += args.length(i);
    return sizeBytes >= nodeMaxBytes;
  }

  /** Puts the open tail into the tree, where it is not changed any more but for deletions. */
  #closeTail(): void {
    const tail = this.#tail;
    if (!this.#memory.frozen(tail.ref)) tail.trim();
    const tree = this.#openTree();
    tree.append(tail.ref);
    this.#storeTree();
  }

  #openTree(): CountedTree {
    return this.#tree.open(wordOf(this.#memory, this.ref, STREAM_TREE));
  }

  #storeTree(): void {
    setWord(this.#memory, this.ref, STREAM_TREE, this.#tree.root);
  }

  /** Opens the node with the smallest IDs as `#tail`; 0 when there is none. */
  #openFirst(): number {
    const inTree = this.#openTree().seekFirst();
    const first = inTree === 0 ? wordOf(this.#memory, this.ref, STREAM_TAIL) : inTree;
    if (first !== 0) this.#tail.openNode(first);
    return first;
  }

  /** Makes a node that is in the tree its position. */
  #seekNode(node: number): CountedTree {
    const tree = this.#openTree();
    this.#place.id.load(this.#memory, node, NODE_ID);
    tree.seekPlace(this.#place);
    return tree;
  }

  /** Frees a node; the last in the tree becomes the tail when that was it. */
  #removeNode(node: number): void {
    const memory = this.#memory;
    if (node === wordOf(memory, this.ref, STREAM_TAIL)) {
      const tree = this.#openTree();
      const last = tree.seekLast();
      if (last !== 0) tree.removeHere();
      setWord(memory, this.ref, STREAM_TAIL, last);
    } else {
      this.#seekNode(node).removeHere();
    }
    this.#storeTree();
    memory.free(node);
  }

  /** Marks one of several live entries of a node as deleted. */
  #deleteInNode(node: number, id: StreamId): void {
    const writer = this.#openToChange(node);
    for (let at = writer.entriesAt; at !== writer.endAt; at = writer.endOfEntry()) {
      writer.readEntry(at);
      if (writer.id.compare(id) !== 0) continue;
      writer.markDeleted(at);
      break;
    }
    writer.setEntryCounts(writer.live - 1, writer.deleted + 1);
    this.#storeNode(node);
  }

  /** Marks up to `most` entries before an ID as deleted, in a node where some are left. */
  #trimNode(node: number, least: Readonly<StreamId>, most: number): number {
    const writer = this.#openToChange(node);
    let removed = 0;
    for (let at = writer.entriesAt; at !== writer.endAt && removed < most; ) {
      writer.readEntry(at);
      if (writer.id.compare(least) >= 0) break;
      if (!writer.isDeleted) {
        writer.markDeleted(at);
        removed++;
      }
      at = writer.endOfEntry();
    }
    writer.setEntryCounts(writer.live - removed, writer.deleted + removed);
    this.#storeNode(node);
    this.#setLength(this.length - removed);
    return removed;
  }

  /** Opens a node, writable, and makes it the tree's position if it is there. */
  #openToChange(node: number): StreamNode {
    if (node !== wordOf(this.#memory, this.ref, STREAM_TAIL)) this.#seekNode(node);
    const writer = this.#tail.openNode(node);
    writer.makeWritable();
    return writer;
  }

  /** Stores the ref of the open node where that of `old` was. */
  #storeNode(old: number): void {
    const { ref } = this.#tail;
    if (ref === old) return;
    if (old === wordOf(this.#memory, this.ref, STREAM_TAIL)) {
      setWord(this.#memory, this.ref, STREAM_TAIL, ref);
      return;
    }
    this.#tree.replaceHere(ref);
    this.#storeTree();
  }
}
