import type { Arena } from "../memory/arena";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import { CountedTreeReader, type TreePlace, type TreeWeights } from "./counted-tree-reader";
import {
  CHILD_FIRST,
  CHILD_WEIGHT,
  firstItemOf,
  headOf,
  levelOf,
  makeHead,
  mostSlots,
  nodeBytes,
  roomFor,
  roomOf,
  slotsOf,
  slotWord,
  slotWords,
} from "./tree-layout";

/**
 * A row of items, each a word (a ref), that is found by position and by order: a B+tree whose inner
 * nodes know how much lies below each child.
 *
 *                      [child|weight|first] [child|weight|first] ...           up to 42 slots
 *                     /                       \
 *           [item item item ...]         [item item ...]                       up to 63 slots
 *
 * It knows nothing of what the items refer to: order is told by a TreePlace, weight by TreeWeights
 * (absent: one each). The owner keeps `root` and stores it again after any change, because a frozen
 * node is copied, with all nodes above it, before it changes; so there are no parent or sibling refs.
 *
 * What always holds: all leaves are at one depth; no node but the root is empty; an inner slot's
 * weight is the sum of what is below, its `first` the first item there. A slot is merged away when a
 * node is less than a quarter full. Items put in at either end fill nodes completely.
 *
 * Costs: all by position or order O(log n); about 4.2 bytes per item put in at an end, 6 in between.
 */
export class CountedTree extends CountedTreeReader {
  readonly #memory: Arena;

  constructor(memory: Arena, weights?: TreeWeights) {
    super(memory, weights);
    this.#memory = memory;
  }

  /** Puts an item where its place is, in front of others that are there. No position after. */
  insert(place: TreePlace, item: number): void {
    this.seekSlot(place);
    this.insertHere(item);
  }

  prepend(item: number): void {
    this.seekFirst();
    this.insertHere(item);
  }

  append(item: number): void {
    this.seekEnd();
    this.insertHere(item);
  }

  /** Puts an item in front of the position's. No position after. */
  insertHere(item: number): void {
    if (this.root === 0) {
      this.root = this.#newNode(0, 1);
      this.#setHead(this.root, 0, 1);
      this.#setSlotWord(this.root, 0, 0, item);
      return;
    }
    this.#needPosition();
    const weight = this.weightOfItem(item);
    this.addWeight(weight);
    this.#insertSlot(item, weight, item);
    this.depth = 0;
  }

  /** Takes the position's item out; it must still weigh what it did. No position after. */
  removeHere(): void {
    this.#needPosition();
    const leaf = this.depth - 1;
    this.addWeight(-this.weightOfItem(this.item));
    this.#removeSlot(leaf, this.slots[leaf]);
    this.depth = 0;
  }

  /** Puts another item, of the same place and weight, where the position's is. */
  replaceHere(item: number): void {
    this.#needPosition();
    this.addWeight(0);
    const leaf = this.depth - 1;
    this.#setSlotWord(this.nodes[leaf], this.slots[leaf], 0, item);
    if (this.slots[leaf] === 0) this.#setFirst(leaf, item);
  }

  /** Tells that the position's item weighs `added` more than it did. The position stays. */
  addWeight(added: number): void {
    this.#ownPath();
    if (added === 0) return;
    for (let level = 0; level < this.depth - 1; level++) this.#addSlotWeight(level, added);
  }

  /**
   * Takes the last leaf out of a tree that is being thrown away, and calls `dispose` with each of its
   * items. The tree is empty when `root` is 0. Returns how many items there were.
   */
  disposeLeaf(dispose: (item: number) => void): number {
    if (this.seekLast() === 0) return 0;
    const level = this.depth - 1;
    const leaf = this.nodes[level];
    const count = slotsOf(headOf(this.#memory, leaf));
    for (let slot = 0; slot < count; slot++) dispose(slotWord(this.#memory, leaf, slot, 0));
    this.depth = level;
    this.#ownPath();
    this.#memory.free(leaf);
    if (level === 0) this.root = 0;
    else this.#removeSlot(level - 1, this.slots[level - 1]);
    this.depth = 0;
    return count;
  }

  #needPosition(): void {
    if (this.depth === 0) throw new Error("a tree that has no position cannot be changed");
  }

  /** Makes all nodes from the root to the position writable. */
  #ownPath(): void {
    const memory = this.#memory;
    if (!memory.frozenNow) return;
    for (let level = 0; level < this.depth; level++) {
      const owned = memory.own(this.nodes[level]);
      if (owned === this.nodes[level]) continue;
      this.nodes[level] = owned;
      if (level === 0) this.root = owned;
      else this.#setSlotWord(this.nodes[level - 1], this.slots[level - 1], 0, owned);
    }
  }

  /** Adds a slot to the leaf of the path, and to nodes above where one has to be split. */
  #insertSlot(item: number, itemWeight: number, itemFirst: number): void {
    const memory = this.#memory;
    let level = this.depth - 1;
    let slot = this.slots[level];
    let child = item;
    let weight = itemWeight;
    let first = itemFirst;
    for (;;) {
      const node = this.nodes[level];
      const head = headOf(memory, node);
      if (slotsOf(head) < mostSlots(levelOf(head))) {
        this.#place(level, slot, child, weight, first);
        return;
      }
      const right = this.#split(level, slot, child, weight, first);
      const rightWeight = this.weightBelow(right);
      if (level === 0) {
        this.#growRoot(right, rightWeight);
        return;
      }
      level--;
      this.#addSlotWeight(level, -rightWeight);
      slot = this.slots[level] + 1;
      child = right;
      weight = rightWeight;
      first = firstItemOf(memory, right);
    }
  }

  /** Puts a slot into a node of the path that is not full. */
  #place(level: number, slot: number, child: number, weight: number, first: number): void {
    const node = this.#withRoom(level);
    this.#openSlot(node, slot);
    this.#fillSlot(node, slot, child, weight, first);
    if (slot === 0) this.#setFirst(level, first);
  }

  /** Halves a full node of the path and puts a slot into one of the halves; returns the right one. */
  #split(level: number, slot: number, child: number, weight: number, first: number): number {
    const memory = this.#memory;
    const left = this.nodes[level];
    const head = headOf(memory, left);
    const nodeLevel = levelOf(head);
    const count = slotsOf(head);
    const kept = this.#keptBySplit(level, slot, count);
    const right = this.#newNode(nodeLevel, Math.max(count - kept, 1));
    this.#moveSlots(left, kept, right, 0, count - kept);
    this.#setHead(left, nodeLevel, kept);
    this.#setHead(right, nodeLevel, count - kept);
    const isRight = slot > kept || kept === count;
    const half = isRight ? this.#roomIn(right, 1) : left;
    const at = isRight ? slot - kept : slot;
    this.#openSlot(half, at);
    this.#fillSlot(half, at, child, weight, first);
    if (slot === 0) this.#setFirst(level, first);
    return isRight ? half : right;
  }

  /** How many slots stay on the left: all or none when items are added at an end of the tree. */
  #keptBySplit(level: number, slot: number, count: number): number {
    let isFirst = slot === 0;
    let isLast = slot === count;
    for (let above = level - 1; above >= 0; above--) {
      const slots = slotsOf(headOf(this.#memory, this.nodes[above]));
      isFirst &&= this.slots[above] === 0;
      isLast &&= this.slots[above] === slots - 1;
    }
    if (isLast) return count;
    return isFirst ? 0 : count >>> 1;
  }

  #growRoot(right: number, rightWeight: number): void {
    const memory = this.#memory;
    const left = this.root;
    const level = levelOf(headOf(memory, left)) + 1;
    const root = this.#newNode(level, 2);
    this.#setHead(root, level, 2);
    this.#fillSlot(root, 0, left, this.weightBelow(left), firstItemOf(memory, left));
    this.#fillSlot(root, 1, right, rightWeight, firstItemOf(memory, right));
    this.root = root;
  }

  /** Takes a slot out of a node of the path; nodes above change as far as they must. */
  #removeSlot(fromLevel: number, fromSlot: number): void {
    const memory = this.#memory;
    let level = fromLevel;
    let slot = fromSlot;
    for (;;) {
      const node = this.nodes[level];
      const head = headOf(memory, node);
      const left = slotsOf(head) - 1;
      this.#moveSlots(node, slot + 1, node, slot, left - slot);
      this.#setHead(node, levelOf(head), left);
      if (left === 0) {
        memory.free(node);
        if (level === 0) {
          this.root = 0;
          return;
        }
        slot = this.slots[--level];
        continue;
      }
      if (slot === 0) this.#setFirst(level, firstItemOf(memory, node));
      if (level === 0 || left > mostSlots(levelOf(head)) >>> 2) break;
      const merged = this.#merge(level);
      if (merged < 0) break;
      level--;
      slot = merged;
    }
    this.#lowerRoot();
  }

  /** Joins a node of the path with a neighbour; returns the slot that is to go above it, or -1. */
  #merge(level: number): number {
    const memory = this.#memory;
    const parent = this.nodes[level - 1];
    const own = this.slots[level - 1];
    const leftSlot = own + 1 < slotsOf(headOf(memory, parent)) ? own : own - 1;
    if (leftSlot < 0) return -1;
    const right = slotWord(memory, parent, leftSlot + 1, 0);
    const oldLeft = slotWord(memory, parent, leftSlot, 0);
    const nodeLevel = levelOf(headOf(memory, right));
    const added = slotsOf(headOf(memory, right));
    const had = slotsOf(headOf(memory, oldLeft));
    if ((added + had) * 4 > mostSlots(nodeLevel) * 3) return -1;
    const left = this.#roomIn(memory.own(oldLeft), added);
    this.#setSlotWord(parent, leftSlot, 0, left);
    this.#moveSlots(right, 0, left, had, added);
    this.#setHead(left, nodeLevel, had + added);
    const moved = slotWord(memory, parent, leftSlot + 1, CHILD_WEIGHT);
    const weight = slotWord(memory, parent, leftSlot, CHILD_WEIGHT) + moved;
    this.#setSlotWord(parent, leftSlot, CHILD_WEIGHT, weight);
    memory.free(right);
    return leftSlot + 1;
  }

  /** An inner root with one child gives its place to it. */
  #lowerRoot(): void {
    const memory = this.#memory;
    for (;;) {
      const head = headOf(memory, this.root);
      if (levelOf(head) === 0 || slotsOf(head) > 1) return;
      const child = slotWord(memory, this.root, 0, 0);
      memory.free(this.root);
      this.root = child;
    }
  }

  /** Tells the nodes above a node of the path which item is now the first below. */
  #setFirst(below: number, item: number): void {
    for (let level = below - 1; level >= 0; level--) {
      this.#setSlotWord(this.nodes[level], this.slots[level], CHILD_FIRST, item);
      if (this.slots[level] !== 0) return;
    }
  }

  #addSlotWeight(level: number, added: number): void {
    const node = this.nodes[level];
    const slot = this.slots[level];
    const weight = slotWord(this.#memory, node, slot, CHILD_WEIGHT) + added;
    this.#setSlotWord(node, slot, CHILD_WEIGHT, weight);
  }

  #newNode(level: number, slots: number): number {
    const room = roomFor(level, slots);
    const node = this.#memory.alloc(nodeBytes(level, room));
    this.#memory.words[node >>> SEGMENT_SHIFT][(node & GRANULE_MASK) << 2] = makeHead(
      level,
      0,
      room,
    );
    return node;
  }

  /** The node of the path at a level, in a block with room for one more slot. */
  #withRoom(level: number): number {
    const node = this.nodes[level];
    const roomy = this.#roomIn(node, 1);
    if (roomy === node) return node;
    this.nodes[level] = roomy;
    if (level === 0) this.root = roomy;
    else this.#setSlotWord(this.nodes[level - 1], this.slots[level - 1], 0, roomy);
    return roomy;
  }

  /** A node, or a larger copy in its place, with room for `more` slots. */
  #roomIn(node: number, more: number): number {
    const memory = this.#memory;
    const head = headOf(memory, node);
    const slots = slotsOf(head);
    if (slots + more <= roomOf(head)) return node;
    const level = levelOf(head);
    const larger = this.#newNode(level, slots + more);
    this.#moveSlots(node, 0, larger, 0, slots);
    this.#setHead(larger, level, slots);
    memory.free(node);
    return larger;
  }

  /** Makes a hole at a slot of a node that has room for it, and counts it. */
  #openSlot(node: number, slot: number): void {
    const head = headOf(this.#memory, node);
    const slots = slotsOf(head);
    this.#moveSlots(node, slot, node, slot + 1, slots - slot);
    this.#setHead(node, levelOf(head), slots + 1);
  }

  #fillSlot(node: number, slot: number, child: number, weight: number, first: number): void {
    const words = this.#memory.words[node >>> SEGMENT_SHIFT];
    const at = (node & GRANULE_MASK) << 2;
    if (levelOf(words[at]) === 0) {
      words[at + 1 + slot] = child;
      return;
    }
    const word = at + 1 + slot * 3;
    words[word] = child;
    words[word + CHILD_WEIGHT] = weight;
    words[word + CHILD_FIRST] = first;
  }

  #moveSlots(from: number, fromSlot: number, to: number, toSlot: number, count: number): void {
    if (count <= 0) return;
    const source = this.#memory.words[from >>> SEGMENT_SHIFT];
    const target = this.#memory.words[to >>> SEGMENT_SHIFT];
    const width = slotWords(levelOf(source[(from & GRANULE_MASK) << 2]));
    const words = count * width;
    const sourceAt = ((from & GRANULE_MASK) << 2) + 1 + fromSlot * width;
    const targetAt = ((to & GRANULE_MASK) << 2) + 1 + toSlot * width;
    if (from === to && targetAt > sourceAt) {
      for (let i = words - 1; i >= 0; i--) target[targetAt + i] = source[sourceAt + i];
    } else {
      for (let i = 0; i < words; i++) target[targetAt + i] = source[sourceAt + i];
    }
  }

  /** Changes how many slots are in use. */
  #setHead(node: number, level: number, slots: number): void {
    const words = this.#memory.words[node >>> SEGMENT_SHIFT];
    const at = (node & GRANULE_MASK) << 2;
    words[at] = makeHead(level, slots, roomOf(words[at]));
  }

  #setSlotWord(node: number, slot: number, part: number, value: number): void {
    const words = this.#memory.words[node >>> SEGMENT_SHIFT];
    const at = (node & GRANULE_MASK) << 2;
    words[at + 1 + slot * slotWords(levelOf(words[at])) + part] = value;
  }
}
