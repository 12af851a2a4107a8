import { type BlockMemory, GRANULE_MASK, SEGMENT_SHIFT } from "../memory/block-memory";
import {
  CHILD_FIRST,
  CHILD_WEIGHT,
  headOf,
  levelOf,
  MOST_LEVELS,
  slotsOf,
  slotWord,
} from "./tree-layout";

/** A place in the order of a tree's items, told by comparing. */
export interface TreePlace {
  /** Below 0 when the item stands before the place, 0 when it is there, above 0 behind it. */
  compare(item: number): number;
}

/** What an item counts for; the same for as long as it is in the tree, or told by `addWeight`. */
export interface TreeWeights {
  weightOf(item: number): number;
}

/**
 * A counted tree as readers see it: one position among the items, found by weight or by order, and
 * moved in either direction. See CountedTree for the drawing.
 *
 * The position is valid until the tree changes. At the end, behind the last item, `item` is 0.
 */
export class CountedTreeReader {
  /** The root node; 0 for an empty tree. */
  root = 0;
  /** After `seekAt`: how much of the wanted weight lies within the item found. */
  within = 0;
  /** The nodes from the root to the leaf of the position, and the slot taken in each. */
  protected readonly nodes = new Int32Array(MOST_LEVELS);
  protected readonly slots = new Int32Array(MOST_LEVELS);
  /** How many of them there are; the leaf is the last. */
  protected depth = 0;
  protected readonly weights: TreeWeights | undefined;
  readonly #memory: BlockMemory;

  /** @param weights absent: every item counts for one. */
  constructor(memory: BlockMemory, weights?: TreeWeights) {
    this.#memory = memory;
    this.weights = weights;
  }

  /** Looks at the tree below node `root` (0: empty) from now on. */
  open(root: number): this {
    this.root = root;
    this.depth = 0;
    return this;
  }

  /** The weight of all items. Costs one node, and its items' weights when that is a leaf. */
  get weight(): number {
    return this.root === 0 ? 0 : this.weightBelow(this.root);
  }

  /** The item at the position; 0 at the end. */
  get item(): number {
    if (this.depth === 0) return 0;
    const leaf = this.nodes[this.depth - 1];
    const slot = this.slots[this.depth - 1];
    return slot < slotsOf(headOf(this.#memory, leaf)) ? slotWord(this.#memory, leaf, slot, 0) : 0;
  }

  /** Goes to the first item and returns it, 0 when there is none. */
  seekFirst(): number {
    this.#start();
    return this.#descendFirst();
  }

  /** Goes to the last item and returns it, 0 when there is none. */
  seekLast(): number {
    this.#start();
    return this.#descendLast();
  }

  /** Goes behind the last item. */
  seekEnd(): void {
    if (this.seekLast() !== 0) this.slots[this.depth - 1]++;
  }

  /**
   * Goes to the item that covers `position` when weights are laid side by side from 0, and returns
   * it; `within` is what is left of the position. 0, at the end, when there is not so much.
   */
  seekAt(position: number): number {
    const memory = this.#memory;
    let left = position;
    let node = this.#start();
    while (node !== 0) {
      const words = memory.words[node >>> SEGMENT_SHIFT];
      const at = (node & GRANULE_MASK) << 2;
      const head = words[at];
      const count = slotsOf(head);
      const isLeaf = levelOf(head) === 0;
      if (isLeaf) return this.#seekInLeaf(node, count, left);
      let slot = 0;
      let word = at + 1 + CHILD_WEIGHT;
      for (; slot < count - 1 && left >= words[word]; slot++, word += 3) left -= words[word];
      this.#push(node, slot);
      node = words[word - CHILD_WEIGHT];
    }
    return 0;
  }

  /** Goes to the first item that is not before a place and returns it; 0, at the end, if all are. */
  seekPlace(place: TreePlace): number {
    this.seekSlot(place);
    return this.#normalized();
  }

  /** What all items before the position count for together. */
  get position(): number {
    let before = 0;
    for (let level = 0; level < this.depth; level++) {
      const node = this.nodes[level];
      const isLeaf = level === this.depth - 1;
      if (isLeaf && this.weights === undefined) return before + this.slots[level];
      for (let slot = 0; slot < this.slots[level]; slot++) {
        before += isLeaf
          ? this.weightOfItem(slotWord(this.#memory, node, slot, 0))
          : slotWord(this.#memory, node, slot, CHILD_WEIGHT);
      }
    }
    return before;
  }

  /** Goes to the item behind the position and returns it; 0, at the end, when there is none. */
  next(): number {
    const leaf = this.depth - 1;
    if (leaf < 0) return 0;
    const slot = ++this.slots[leaf];
    const node = this.nodes[leaf];
    const words = this.#memory.words[node >>> SEGMENT_SHIFT];
    const at = (node & GRANULE_MASK) << 2;
    return slot < slotsOf(words[at]) ? words[at + 1 + slot] : this.#normalized();
  }

  /** Goes to the item before the position and returns it; 0, with no position, if there is none. */
  previous(): number {
    const memory = this.#memory;
    let level = this.depth - 1;
    while (level >= 0 && this.slots[level] === 0) level--;
    if (level < 0) {
      this.depth = 0;
      return 0;
    }
    this.slots[level]--;
    const isLeaf = level === this.depth - 1;
    this.depth = level + 1;
    const below = slotWord(memory, this.nodes[level], this.slots[level], 0);
    if (isLeaf) return below;
    return this.#descendLast(below);
  }

  /** As `seekPlace`, but stays behind the last item of a leaf, where a new item would be put. */
  protected seekSlot(place: TreePlace): void {
    const memory = this.#memory;
    let node = this.#start();
    while (node !== 0) {
      const words = memory.words[node >>> SEGMENT_SHIFT];
      const at = ((node & GRANULE_MASK) << 2) + 1;
      const head = words[at - 1];
      let high = slotsOf(head);
      if (levelOf(head) === 0) {
        let low = 0;
        while (low < high) {
          const middle = (low + high) >>> 1;
          if (place.compare(words[at + middle]) < 0) low = middle + 1;
          else high = middle;
        }
        this.#push(node, low);
        return;
      }
      // The last child whose first item is before the place; what is wanted is in it or behind it.
      let low = 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (place.compare(words[at + middle * 3 + CHILD_FIRST]) < 0) low = middle + 1;
        else high = middle;
      }
      this.#push(node, low - 1);
      node = words[at + (low - 1) * 3];
    }
  }

  protected weightOfItem(item: number): number {
    return this.weights === undefined ? 1 : this.weights.weightOf(item);
  }

  /** The weight of all that is below a node. */
  protected weightBelow(node: number): number {
    const head = headOf(this.#memory, node);
    const count = slotsOf(head);
    const isLeaf = levelOf(head) === 0;
    if (isLeaf && this.weights === undefined) return count;
    let weight = 0;
    for (let slot = 0; slot < count; slot++) {
      weight += isLeaf
        ? this.weightOfItem(slotWord(this.#memory, node, slot, 0))
        : slotWord(this.#memory, node, slot, CHILD_WEIGHT);
    }
    return weight;
  }

  #start(): number {
    this.depth = 0;
    return this.root;
  }

  #push(node: number, slot: number): void {
    this.nodes[this.depth] = node;
    this.slots[this.depth++] = slot;
  }

  #seekInLeaf(leaf: number, count: number, position: number): number {
    let slot = position;
    let left = 0;
    if (this.weights !== undefined) {
      left = position;
      for (slot = 0; slot < count; slot++) {
        const weight = this.weightOfItem(slotWord(this.#memory, leaf, slot, 0));
        if (left < weight) break;
        left -= weight;
      }
    }
    this.#push(leaf, Math.min(slot, count));
    this.within = left;
    return slot < count ? slotWord(this.#memory, leaf, slot, 0) : 0;
  }

  /** From behind a leaf's last item to the first of the next leaf, if there is one. */
  #normalized(): number {
    const found = this.item;
    if (found !== 0 || this.depth === 0) return found;
    const memory = this.#memory;
    let level = this.depth - 2;
    while (level >= 0 && this.slots[level] + 1 >= slotsOf(headOf(memory, this.nodes[level]))) {
      level--;
    }
    if (level < 0) return 0;
    this.slots[level]++;
    this.depth = level + 1;
    return this.#descendFirst(slotWord(memory, this.nodes[level], this.slots[level], 0));
  }

  #descendFirst(from = this.root): number {
    for (let node = from; node !== 0; ) {
      this.#push(node, 0);
      const below = slotWord(this.#memory, node, 0, 0);
      if (levelOf(headOf(this.#memory, node)) === 0) return below;
      node = below;
    }
    return 0;
  }

  #descendLast(from = this.root): number {
    for (let node = from; node !== 0; ) {
      const head = headOf(this.#memory, node);
      const last = slotsOf(head) - 1;
      this.#push(node, last);
      const below = slotWord(this.#memory, node, last, 0);
      if (levelOf(head) === 0) return below;
      node = below;
    }
    return 0;
  }
}

/** Calls `visit` with every item in order. For frozen images and tests. */
export function forEachItem(
  memory: BlockMemory,
  root: number,
  visit: (item: number) => void,
): void {
  const tree = new CountedTreeReader(memory).open(root);
  for (let item = tree.seekFirst(); item !== 0; item = tree.next()) visit(item);
}
