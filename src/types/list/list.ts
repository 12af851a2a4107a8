import { inflatedCopy } from "./compressed-node";
import { ListEnds } from "./list-ends";
import {
  LIST_HEAD,
  LIST_LENGTH,
  LIST_LISTPACK,
  LIST_NODES,
  LIST_ROOT,
  LIST_TAIL,
} from "./list-layout";

/**
 * A list that changes anywhere: its elements given other values, put in and taken out in between.
 *
 * See ListEnds for how it is used. What always holds: a node that has been changed keeps within the
 * limit unless it has one element, and is compressed again if it was.
 *
 * Costs: O(log n) and a move in its node.
 */
export class List extends ListEnds {
  /** Gives an element of the node of the position another value; `grow` has been called. */
  replaceHere(offset: number, value: Uint8Array, at: number, length: number): void {
    this.#ownHere();
    this.writer.replace(offset, value, at, length);
    this.#nodeChanged(0);
    this.#settle();
  }

  /** Puts a value in front of an element of the node of the position (0: behind the last one). */
  insertHere(offset: number, value: Uint8Array, at: number, length: number): void {
    this.#ownHere();
    this.writer.insert(offset, value, at, length);
    this.#nodeChanged(1);
    this.#settle();
  }

  /**
   * Takes up to `most` elements that equal a value out of the node of the position, from its first
   * or its last on; returns how many. The node stays the position unless that is 0 or it is empty.
   */
  removeEqual(
    value: Uint8Array,
    at: number,
    length: number,
    most: number,
    fromLast: boolean,
  ): number {
    const pack = this.writer;
    let removed = 0;
    if (fromLast) {
      for (let offset = pack.last(); offset !== 0 && removed < most; ) {
        if (pack.equals(offset, value, at, length)) {
          if (removed++ === 0) this.#ownHere();
          const next = pack.remove(offset, 1);
          offset = next === 0 ? pack.last() : pack.previous(next);
        } else {
          offset = pack.previous(offset);
        }
      }
    } else {
      for (let offset = pack.first(); removed < most; removed++) {
        offset = pack.find(offset, 1, value, at, length);
        if (offset === 0) break;
        if (removed === 0) this.#ownHere();
        offset = pack.remove(offset, 1);
      }
    }
    if (removed === 0) return 0;
    this.#nodeChanged(-removed);
    if (pack.count === 0) this.#dropHere();
    else this.#settle();
    return removed;
  }

  /** Makes the header writable, and the node of the position a listpack that is in a block. */
  #ownHere(): void {
    this.own();
    if (this.writer.ref !== 0) return;
    const compressed = this.node;
    this.node = inflatedCopy(this.memory, compressed);
    this.tree.replaceHere(this.node);
    this.setWord(LIST_ROOT, this.tree.root);
    this.memory.free(compressed);
    this.writer.open(this.node);
  }

  /** The listpack of the position was in block `node` and has `added` elements more. */
  #nodeChanged(added: number): void {
    const { ref } = this.writer;
    const { node } = this;
    this.node = ref;
    this.length += added;
    if (this.encoding === LIST_LISTPACK) {
      this.ref = ref;
      return;
    }
    this.setWord(LIST_LENGTH, this.length);
    if (this.isAtHead) {
      this.setWord(LIST_HEAD, ref);
    } else if (this.isAtTail) {
      this.setWord(LIST_TAIL, ref);
    } else {
      const tree = this.tree;
      if (added !== 0) tree.addWeight(added);
      if (ref !== node) tree.replaceHere(ref);
      this.setWord(LIST_ROOT, tree.root);
    }
  }

  /** Frees the node of the position, which is empty. */
  #dropHere(): void {
    if (this.encoding === LIST_LISTPACK) return;
    if (this.isAtHead) this.dropHead();
    else if (this.isAtTail) this.dropTail();
    else {
      this.tree.removeHere();
      this.setWord(LIST_ROOT, this.tree.root);
      this.memory.free(this.writer.ref);
      this.setWord(LIST_NODES, this.word(LIST_NODES) - 1);
    }
  }

  /**
   * After a change of the node of the position: cuts it until no part is over the limit or has
   * elements to spare, and compresses what lies deep enough.
   */
  #settle(): void {
    const pack = this.writer;
    if (this.encoding === LIST_LISTPACK) return;
    const start = this.nodeStart;
    const end = start + pack.count;
    while (pack.count > 1 && this.limits.exceeded(pack.listpackBytes, pack.count)) {
      const kept = this.#keptBySplit();
      const left = this.nodeStart;
      this.#cut(kept);
      // What is cut off may be too large itself, when one long element was put in.
      this.seekNode(left + kept);
    }
    if (this.limits.compressDepth === 0) return;
    for (let index = start; index < end; index = this.nodeStart + pack.count) {
      this.seekNode(index);
      this.#compressHere();
    }
  }

  /** Compresses the node of the position if it is deep enough in the list and saves by it. */
  #compressHere(): void {
    const isInTree = !this.isAtHead && !this.isAtTail;
    if (!isInTree || this.writer.ref === 0 || this.#isNearEnd(this.node)) return;
    this.seekNode(this.nodeStart);
    this.compressInTree(this.node);
  }

  /** Whether a node between the ends is among those that are not to be compressed; moves the tree. */
  #isNearEnd(node: number): boolean {
    const tree = this.tree.open(this.word(LIST_ROOT));
    const near = this.limits.compressDepth - 1;
    let at = near > 0 ? tree.seekFirst() : 0;
    for (let left = near; left > 0 && at !== 0; left--, at = tree.next())
      if (at === node) return true;
    at = near > 0 ? tree.seekLast() : 0;
    for (let left = near; left > 0 && at !== 0; left--, at = tree.previous()) {
      if (at === node) return true;
    }
    return false;
  }

  /** How many elements stay on the left: about half of the bytes, or of the elements if few. */
  #keptBySplit(): number {
    const pack = this.writer;
    const half = pack.listpackBytes / 2;
    const first = pack.first();
    let kept = 0;
    for (let offset = first; kept < pack.count - 1; kept++) {
      offset = pack.next(offset);
      if (offset - first > half) break;
    }
    return Math.max(kept, 1);
  }

  /** Cuts the node of the position behind its first `kept` elements. */
  #cut(kept: number): void {
    const pack = this.writer;
    const node = pack.ref;
    const moved = pack.count - kept;
    const offset = pack.seek(kept);
    const right = this.other.create(pack.listpackBytes - (offset - pack.first()));
    right.appendFrom(pack, offset, 0, moved);
    pack.removeLast(moved);
    this.setWord(LIST_NODES, this.word(LIST_NODES) + 1);
    if (this.isAtHead && this.word(LIST_TAIL) === 0) {
      this.setWord(LIST_HEAD, pack.ref);
      this.setWord(LIST_TAIL, right.ref);
      return;
    }
    const tree = this.tree;
    if (this.isAtHead) {
      this.setWord(LIST_HEAD, pack.ref);
      tree.open(this.word(LIST_ROOT)).prepend(right.ref);
    } else if (this.isAtTail) {
      this.setWord(LIST_TAIL, right.ref);
      tree.open(this.word(LIST_ROOT)).append(pack.ref);
    } else {
      tree.addWeight(-moved);
      if (pack.ref !== node) tree.replaceHere(pack.ref);
      tree.next();
      tree.insertHere(right.ref);
    }
    this.setWord(LIST_ROOT, tree.root);
  }
}
