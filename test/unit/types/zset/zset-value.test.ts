// Sorted sets in all their forms beside a plain Map: random changes, freezes, copies, and freeing to
// the last byte.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ENTRY_VALUE, encodingOf, setWord, wordOf } from "../../../../src/keyspace/entry.js";
import { SegmentView } from "../../../../src/memory/block-memory.js";
import { ZSET_SMALL, ZSET_TREE } from "../../../../src/types/zset/zset-layout.js";
import { zsetType } from "../../../../src/types/zset/zset-type.js";
import { SeededRandom, withSeed } from "../../../support/seeds.js";
import { ordered, pairsOf, ZsetModel } from "./zset-model.js";

const LIMITS = [
  [128, 64],
  [8, 64],
  [100_000, 100_000],
  [0, 0],
] as const;

/** Frees what a ref of an encoding leads to, as lazy freeing does. Returns how many steps it took. */
function free(model: ZsetModel, valueRef: number, encoding: number): number {
  let steps = 0;
  for (let ref = valueRef; ref !== 0; steps++) {
    ref = zsetType.freeSome(model.arena, ref, 512, encoding);
  }
  return steps;
}

function dispose(model: ZsetModel): void {
  const { arena, entry } = model;
  const ref = wordOf(arena, entry, ENTRY_VALUE);
  const encoding = encodingOf(arena, entry);
  const effort = zsetType.freeEffort(arena, ref, encoding);
  assert.ok(effort <= Math.max(1, model.members.size));
  free(model, ref, encoding);
  arena.free(entry);
  while (arena.releaseParked(1000) > 0);
  arena.verify();
  assert.equal(arena.usedBytes, model.usedAtStart);
}

for (const [entries, valueBytes] of LIMITS) {
  test(`a sorted set is what a Map says, limits ${entries} and ${valueBytes}`, async () => {
    await withSeed((random) => {
      const model = new ZsetModel(random, entries, valueBytes);
      for (const growing of [0.9, 0.3, 0.7, 0.1, 0.95]) {
        for (let step = 0; step < 300; step++) {
          model.step(growing);
          if (step % 25 === 0) model.check();
        }
        model.check();
      }
      dispose(model);
    });
  });

  test(`a frozen sorted set keeps its members, limits ${entries} and ${valueBytes}`, async () => {
    await withSeed((random) => {
      const model = new ZsetModel(random, entries, valueBytes);
      const { arena } = model;
      for (let snapshot = 0; snapshot < 6; snapshot++) {
        for (let step = 0; step < 60; step++) model.step(0.7);
        arena.freeze();
        const frozenEntry = model.entry;
        const atFreeze = ordered(model.members);
        for (let step = 0; step < 120; step++) model.step(random.pick([0.2, 0.6, 0.9]));
        assert.deepEqual(pairsOf(new SegmentView(arena.share()), frozenEntry), atFreeze);
        model.check();
        arena.thaw();
        while (arena.releaseParked(100) > 0) model.step(0.5);
        model.check();
      }
      dispose(model);
    });
  });

  test(`a copy of a sorted set is its own, limits ${entries} and ${valueBytes}`, async () => {
    await withSeed((random) => {
      const model = new ZsetModel(random, entries, valueBytes);
      const { arena } = model;
      for (let step = 0; step < 200; step++) model.step(0.8);
      const original = wordOf(arena, model.entry, ENTRY_VALUE);
      const encoding = encodingOf(arena, model.entry);
      setWord(arena, model.entry, ENTRY_VALUE, zsetType.copy(arena, model.entry));
      model.check();
      for (let step = 0; step < 100; step++) model.step(0.5);
      free(model, original, encoding);
      model.check();
      dispose(model);
    });
  });
}

test("a frozen sorted set can be freed in steps while its image is read", async () => {
  await withSeed((random) => {
    const model = new ZsetModel(random, 0, 0);
    const { arena, entry } = model;
    for (let i = 0; i < 3000; i++) model.add(`member:${random.below(5000)}`, random.below(100));
    const atFreeze = ordered(model.members);
    arena.freeze();
    const ref = wordOf(arena, entry, ENTRY_VALUE);
    assert.ok(free(model, ref, ZSET_TREE) > 3);
    assert.deepEqual(pairsOf(new SegmentView(arena.share()), entry), atFreeze);
    arena.thaw();
    arena.free(entry);
    while (arena.releaseParked(1000) > 0);
    arena.verify();
    assert.equal(arena.usedBytes, model.usedAtStart);
  });
});

test("a sorted set of many members is measured and freed in steps", () => {
  const model = new ZsetModel(new SeededRandom(1), 128, 64);
  const { arena } = model;
  for (let i = 0; i < 15_000; i++) model.add(`member:${i}`, (i * 7919) % 15_000);
  model.check();
  const used = arena.usedBytes - model.usedAtStart - arena.capacityOf(model.entry);
  assert.equal(zsetType.memoryBytes(arena, model.entry, 0), used);
  assert.ok(Math.abs(zsetType.memoryBytes(arena, model.entry, 5) / used - 1) < 0.1);
  const ref = wordOf(arena, model.entry, ENTRY_VALUE);
  assert.equal(zsetType.freeEffort(arena, ref, ZSET_TREE), 15_000);
  assert.ok(free(model, ref, ZSET_TREE) > 10);
  arena.free(model.entry);
  assert.equal(arena.usedBytes, model.usedAtStart);
});

test("minus zero is told apart where Redis tells it apart, and orders as zero", () => {
  const model = new ZsetModel(new SeededRandom(1), 0, 0);
  for (const name of ["a", "c"]) model.add(name, 0);
  model.add("b", -0);
  assert.equal(model.open().encoding, ZSET_SMALL);
  model.check();
  for (let i = 0; i < 100; i++) model.add(`m${i}`, i % 2 === 0 ? 0 : -0);
  assert.equal(model.open().encoding, ZSET_TREE);
  model.check();
  const listpack = new ZsetModel(new SeededRandom(1), 10, 10);
  listpack.add("a", -0);
  assert.deepEqual(pairsOf(listpack.arena, listpack.entry), [["a", 0]]);
});
