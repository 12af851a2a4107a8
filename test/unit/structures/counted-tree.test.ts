// Counted trees beside plain arrays, by order and by position, with freezes in between.
// Items are blocks with two words: a value to be ordered by, and a weight.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { type BlockMemory, SegmentView } from "../../../src/memory/block-memory.js";
import { CountedTree } from "../../../src/structures/counted-tree.js";
import { CountedTreeReader, forEachItem } from "../../../src/structures/counted-tree-reader.js";
import { verifyCountedTree } from "../../../src/structures/counted-tree-verify.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";

interface Item {
  readonly ref: number;
  readonly value: number;
  weight: number;
}

function wordOf(memory: BlockMemory, ref: number, word: number): number {
  return memory.words[ref >>> 24][((ref & 0xffffff) << 2) + word];
}

class Model {
  readonly arena = new Arena({ poison: true });
  readonly weights = { weightOf: (item: number) => wordOf(this.arena, item, 1) };
  readonly tree: CountedTree;
  readonly items: Item[] = [];
  readonly #isWeighted: boolean;

  constructor(isWeighted: boolean) {
    this.#isWeighted = isWeighted;
    this.tree = new CountedTree(this.arena, isWeighted ? this.weights : undefined);
  }

  newItem(value: number, weight: number): Item {
    const ref = this.arena.alloc(8);
    const at = (ref & 0xffffff) << 2;
    this.arena.words[ref >>> 24][at] = value;
    this.arena.words[ref >>> 24][at + 1] = weight;
    return { ref, value, weight };
  }

  place(value: number): { compare(item: number): number } {
    return { compare: (item) => wordOf(this.arena, item, 0) - value };
  }

  weightOf(item: Item): number {
    return this.#isWeighted ? item.weight : 1;
  }

  before(index: number): number {
    return this.items.slice(0, index).reduce((sum, item) => sum + this.weightOf(item), 0);
  }

  /** Puts an item in by order. */
  insertOrdered(value: number): void {
    const item = this.newItem(value, 1);
    const found = this.items.findIndex((other) => other.value >= value);
    const index = found < 0 ? this.items.length : found;
    this.tree.insert(this.place(value), item.ref);
    this.items.splice(index, 0, item);
  }

  /** Goes to an index by position. */
  seek(index: number): void {
    const found = this.tree.seekAt(this.before(index));
    assert.equal(found, this.items[index]?.ref ?? 0);
    assert.equal(this.tree.item, found);
  }

  insertAt(index: number, random: SeededRandom): void {
    const item = this.newItem(random.below(1000), random.between(1, 9));
    if (index === 0 && random.chance(0.5)) this.tree.prepend(item.ref);
    else if (index === this.items.length) this.tree.append(item.ref);
    else {
      this.seek(index);
      this.tree.insertHere(item.ref);
    }
    this.items.splice(index, 0, item);
  }

  removeAt(index: number): void {
    this.seek(index);
    this.tree.removeHere();
    const [removed] = this.items.splice(index, 1);
    this.arena.free(removed?.ref ?? 0);
  }

  /** An item's block is copied, as a frozen one is when it changes, or it weighs more. */
  change(index: number, random: SeededRandom): void {
    this.seek(index);
    const item = this.items[index] as Item;
    if (random.chance(0.5)) {
      const moved = this.newItem(item.value, item.weight);
      this.tree.replaceHere(moved.ref);
      this.arena.free(item.ref);
      this.items[index] = moved;
      return;
    }
    const added = random.between(1, 5);
    const heavier = this.newItem(item.value, item.weight + added);
    this.tree.replaceHere(heavier.ref);
    if (this.#isWeighted) this.tree.addWeight(added);
    this.arena.free(item.ref);
    this.items[index] = heavier;
  }

  check(random: SeededRandom): void {
    const { tree, items, arena } = this;
    const figures = verifyCountedTree(
      arena,
      tree.root,
      this.#isWeighted ? this.weights : undefined,
    );
    assert.equal(figures.items, items.length);
    assert.equal(tree.weight, this.before(items.length));
    const index = random.below(items.length + 1);
    this.seek(index);
    assert.equal(tree.position, this.before(index));
    this.seek(index);
    assert.equal(tree.next(), items[index + 1]?.ref ?? 0);
    this.seek(index);
    assert.equal(tree.previous(), items[index - 1]?.ref ?? 0);
    assert.deepEqual(
      refsOf(arena, tree.root),
      items.map(({ ref }) => ref),
    );
    const backwards: number[] = [];
    for (let item = tree.seekLast(); item !== 0; item = tree.previous()) backwards.push(item);
    assert.deepEqual(
      backwards.reverse(),
      items.map(({ ref }) => ref),
    );
  }
}

function refsOf(memory: BlockMemory, root: number): number[] {
  const refs: number[] = [];
  forEachItem(memory, root, (item) => refs.push(item));
  return refs;
}

function step(model: Model, random: SeededRandom, growing: number, isOrdered: boolean): void {
  const { items } = model;
  if (items.length === 0 || random.chance(growing)) {
    if (isOrdered) model.insertOrdered(random.below(500));
    else model.insertAt(random.pick([0, items.length, random.below(items.length + 1)]), random);
  } else if (random.chance(0.2)) {
    model.change(random.below(items.length), random);
  } else {
    model.removeAt(random.pick([0, items.length - 1, random.below(items.length)]));
  }
}

function run(random: SeededRandom, isOrdered: boolean, isWeighted: boolean): void {
  const model = new Model(isWeighted);
  for (let snapshot = 0; snapshot < 6; snapshot++) {
    const growing = random.pick([0.1, 0.5, 0.9, 0.95]);
    for (let left = random.below(800); left > 0; left--) step(model, random, growing, isOrdered);
    model.check(random);
    model.arena.freeze();
    const image = { root: model.tree.root, refs: model.items.map(({ ref }) => ref) };
    const shrinking = random.pick([0.2, 0.5, 0.8]);
    for (let left = random.below(500); left > 0; left--) step(model, random, shrinking, isOrdered);
    const view = new SegmentView(model.arena.share());
    verifyCountedTree(
      view,
      image.root,
      isWeighted ? { weightOf: (i) => wordOf(view, i, 1) } : undefined,
    );
    assert.deepEqual(refsOf(view, image.root), image.refs);
    model.arena.thaw();
    model.arena.releaseParked(1 << 20);
    model.check(random);
  }
  let disposed = 0;
  while (model.tree.root !== 0) {
    model.tree.disposeLeaf((item) => {
      model.arena.free(item);
      disposed++;
    });
  }
  assert.equal(disposed, model.items.length);
  assert.equal(model.arena.usedBytes, 0);
}

test("a tree keeps items in order as an array does, and frozen ones as they were", () =>
  withSeed((random) => {
    for (let round = 0; round < 4; round++) run(random, true, false);
  }));

test("a tree keeps items by position as an array does, and frozen ones as they were", () =>
  withSeed((random) => {
    for (let round = 0; round < 4; round++) run(random, false, false);
  }));

test("a tree of weighted items finds each by the weight before it", () =>
  withSeed((random) => {
    for (let round = 0; round < 4; round++) run(random, false, true);
  }));

test("a place is found among equal items and between others", () => {
  const model = new Model(false);
  for (let i = 0; i < 3000; i++) model.insertOrdered((i * 7919) % 300);
  for (let value = -1; value <= 300; value++) {
    const index = model.items.findIndex((item) => item.value >= value);
    assert.equal(model.tree.seekPlace(model.place(value)), model.items[index]?.ref ?? 0);
    assert.equal(model.tree.position, index < 0 ? 3000 : index);
  }
});

test("items put in at an end fill the nodes", () => {
  for (const atFront of [false, true]) {
    const model = new Model(false);
    const before = model.arena.usedBytes;
    let refs = 0;
    for (let i = 0; i < 20_000; i++) {
      const ref = ++refs;
      if (atFront) model.tree.prepend(ref);
      else model.tree.append(ref);
    }
    const perItem = (model.arena.usedBytes - before) / 20_000;
    assert.ok(perItem < 4.4, `${perItem} bytes per item`);
  }
});

test("a tree without a position cannot be changed", () => {
  const model = new Model(false);
  model.insertOrdered(1);
  assert.throws(() => model.tree.removeHere(), /no position/);
  assert.throws(() => model.tree.insertHere(1), /no position/);
  assert.equal(new CountedTreeReader(model.arena).next(), 0);
});

test("a tree of several levels grows and shrinks to nothing at random places", () =>
  withSeed((random) => {
    const arena = new Arena({ poison: true });
    const tree = new CountedTree(arena);
    const most = 30_000;
    for (let count = 0; count < most; count++) {
      tree.seekAt(random.below(count + 1));
      tree.insertHere(count + 1);
    }
    assert.equal(verifyCountedTree(arena, tree.root).items, most);
    for (let left = most; left > 0; left--) {
      tree.seekAt(random.below(left));
      tree.removeHere();
      if (left % 3000 === 1) assert.equal(verifyCountedTree(arena, tree.root).items, left - 1);
    }
    assert.equal(arena.usedBytes, 0);
  }));
