// Hashes in all their forms beside a plain Map: random changes, freezes, copies, and freeing to the
// last byte.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ENTRY_VALUE,
  encodingOf,
  isInline,
  setWord,
  wordOf,
} from "../../../../src/keyspace/entry.js";
import { SegmentView } from "../../../../src/memory/block-memory.js";
import { HASH_DICT } from "../../../../src/types/hash/hash-encoding.js";
import { hashType } from "../../../../src/types/hash/hash-type.js";
import { withSeed } from "../../../support/seeds.js";
import { contentsOf, HashModel, sorted } from "./hash-model.js";

const LIMITS = [
  [512, 64],
  [8, 64],
  [100_000, 100_000],
  [0, 0],
] as const;

function dispose(model: HashModel): void {
  const { arena, entry } = model;
  let ref = wordOf(arena, entry, ENTRY_VALUE);
  const encoding = encodingOf(arena, entry);
  const effort = hashType.freeEffort(arena, ref, encoding);
  assert.ok(effort >= 1 && effort <= Math.max(1, model.fields.size));
  if (!isInline(arena, entry)) {
    while (ref !== 0) ref = hashType.freeSome(arena, ref, 512, encoding);
  }
  arena.free(entry);
  arena.verify();
}

for (const [maxEntries, maxValueBytes] of LIMITS) {
  test(`a hash is what a Map says, limits ${maxEntries} and ${maxValueBytes}`, async () => {
    await withSeed((random) => {
      const model = new HashModel(random, maxEntries, maxValueBytes);
      const rounds = [0.9, 0.3, 0.7, 0.1, 0.95];
      for (const growing of rounds) {
        for (let step = 0; step < 300; step++) {
          model.step(growing);
          if (step % 20 === 0) model.check();
        }
        model.check();
      }
      dispose(model);
      assert.equal(model.arena.usedBytes, model.usedAtStart);
    });
  });

  test(`a frozen hash keeps its fields, limits ${maxEntries} and ${maxValueBytes}`, async () => {
    await withSeed((random) => {
      const model = new HashModel(random, maxEntries, maxValueBytes);
      const { arena } = model;
      for (let snapshot = 0; snapshot < 6; snapshot++) {
        for (let step = 0; step < 60; step++) model.step(0.7);
        arena.freeze();
        const frozenEntry = model.entry;
        const atFreeze = sorted(model.fields);
        for (let step = 0; step < 120; step++) model.step(random.pick([0.2, 0.6, 0.9]));
        const view = new SegmentView(arena.bytes.map((b) => b.buffer as SharedArrayBuffer));
        assert.deepEqual(contentsOf(view, frozenEntry), atFreeze);
        model.check();
        arena.thaw();
        while (arena.releaseParked(100) > 0) model.step(0.5);
        model.check();
      }
      dispose(model);
      assert.equal(arena.usedBytes, model.usedAtStart);
    });
  });

  test(`a copy of a hash is its own, limits ${maxEntries} and ${maxValueBytes}`, async () => {
    await withSeed((random) => {
      const model = new HashModel(random, maxEntries, maxValueBytes);
      const { arena } = model;
      for (let step = 0; step < 200; step++) model.step(0.8);
      if (isInline(arena, model.entry)) return;
      const original = wordOf(arena, model.entry, ENTRY_VALUE);
      const encoding = encodingOf(arena, model.entry);
      const before = sorted(model.fields);
      const copy = hashType.copy(arena, model.entry);
      setWord(arena, model.entry, ENTRY_VALUE, copy);
      model.check();
      for (let step = 0; step < 100; step++) model.step(0.5);
      let left = original;
      while (left !== 0) left = hashType.freeSome(arena, left, 512, encoding);
      model.check();
      assert.ok(before.size > 0);
      dispose(model);
      assert.equal(arena.usedBytes, model.usedAtStart);
    });
  });
}

test("a small hash inside its entry is what a Map says, also frozen", async () => {
  await withSeed((random) => {
    const model = new HashModel(random, 512, 64, true);
    const { arena } = model;
    for (let snapshot = 0; snapshot < 5; snapshot++) {
      for (let step = 0; step < 200; step++) model.step(random.pick([0.3, 0.5, 0.8]));
      model.check();
      arena.freeze();
      const frozenEntry = model.entry;
      const atFreeze = sorted(model.fields);
      for (let step = 0; step < 100; step++) model.step(0.5);
      assert.deepEqual(contentsOf(arena, frozenEntry), atFreeze);
      arena.thaw();
      while (arena.releaseParked(100) > 0) model.step(0.5);
      assert.ok(isInline(arena, model.entry));
      model.check();
    }
    dispose(model);
    assert.equal(arena.usedBytes, model.usedAtStart);
  });
});

test("a hash of many fields is measured and freed in steps", async () => {
  await withSeed((random) => {
    const model = new HashModel(random, 512, 64);
    const { arena } = model;
    const value = model.open();
    for (let i = 0; i < 15_000; i++) {
      const field = Buffer.from(`field:${i}`);
      value.set(field, 0, field.length, field, 0, field.length);
    }
    model.store();
    assert.equal(value.encoding, HASH_DICT);
    const used = arena.usedBytes - model.usedAtStart - arena.capacityOf(model.entry);
    assert.equal(hashType.memoryBytes(arena, model.entry, 0), used);
    assert.ok(Math.abs(hashType.memoryBytes(arena, model.entry, 5) / used - 1) < 0.1);
    let ref = wordOf(arena, model.entry, ENTRY_VALUE);
    assert.equal(hashType.freeEffort(arena, ref, HASH_DICT), 15_000);
    let steps = 0;
    for (; ref !== 0; steps++) ref = hashType.freeSome(arena, ref, 512, HASH_DICT);
    assert.ok(steps > 20, `${steps} steps`);
    arena.free(model.entry);
    assert.equal(arena.usedBytes, model.usedAtStart);
  });
});
