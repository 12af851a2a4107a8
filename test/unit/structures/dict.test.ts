import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { collidingHash, DictModel, type KeyHash, spreadHash } from "./dict-model.js";
import { DictSteps } from "./dict-steps.js";
import { readEntry } from "./test-entry.js";

interface Plan {
  readonly hash: KeyHash;
  readonly keySpace: number;
  readonly batches: number;
  readonly mostSteps: number;
  readonly poison?: boolean;
}

/** Random operations with snapshots between them, compared with the model after each batch. */
function run(random: SeededRandom, plan: Plan): void {
  const model = new DictModel(plan.hash, new Arena({ poison: plan.poison === true }));
  const steps = new DictSteps(model, random, plan.keySpace);
  for (let batch = 0; batch < plan.batches; batch++) {
    const growing = random.pick([0.1, 0.3, 0.5, 0.7, 0.95]);
    model.dict.expect(random.chance(0.3) ? random.below(20_000) : 0);
    for (let left = random.below(plan.mostSteps); left > 0; left--) {
      steps.step(growing);
      if (!random.chance(4 / plan.mostSteps)) continue;
      if (model.image === undefined) model.freeze();
      else model.thaw();
    }
    model.arena.releaseParked(random.below(2000));
    model.check();
    if (random.chance(0.2)) model.arena.verify();
  }
  if (model.image !== undefined) model.thaw();
  model.arena.releaseParked(1 << 30);
  model.check();
  model.dict.expect(0);
  for (const key of [...model.contents.keys()]) model.delete(key);
  while (model.dict.shrink());
  model.check();
  assert.equal(model.dict.chunks, 1, "an empty dictionary has shrunk to one chunk");
}

test("random operations and snapshots agree with a Map while chunks come and go", () =>
  withSeed((random) => {
    run(random, { hash: spreadHash, keySpace: 30_000, batches: 30, mostSteps: 12_000 });
  }));

test("random operations and snapshots agree with a Map when hashes collide", () =>
  withSeed((random) => {
    run(random, { hash: collidingHash, keySpace: 500, batches: 30, mostSteps: 1500 });
    run(random, { hash: () => 0, keySpace: 100, batches: 20, mostSteps: 800 });
  }));

test("random operations and snapshots agree with a Map in poison mode", () =>
  withSeed((random) => {
    const hash = spreadHash;
    run(random, { hash, keySpace: 3000, batches: 20, mostSteps: 2000, poison: true });
  }));

/** Keys that fill `chunks` chunks so that the next insert splits one. */
function fillToEdge(model: DictModel, chunks: number): void {
  for (let i = 0; model.contents.size < chunks * 576; i++) {
    model.set({ key: `key:${i}`, value: "v", expiry: i % 3 === 0 ? i : null });
  }
  assert.equal(model.dict.chunks, chunks);
}

test("a split leaves the image alone when it is the first change after the freeze", () => {
  for (let chunks = 1; chunks <= 9; chunks++) {
    const model = new DictModel(spreadHash);
    fillToEdge(model, chunks);
    model.freeze();
    model.set({ key: "one more", value: "", expiry: null });
    assert.equal(model.dict.chunks, chunks + 1);
    model.check();
    model.thaw();
    model.arena.releaseParked(1 << 30);
    model.check();
  }
});

test("no chunks merge while frozen; those that should have do it one by one afterwards", () => {
  const model = new DictModel(spreadHash);
  fillToEdge(model, 9);
  const keys = [...model.contents.keys()];
  const removeTo = (count: number) => {
    while (model.contents.size > count) model.delete(keys.pop() as string);
  };
  removeTo(8 * 192);
  assert.equal(model.dict.chunks, 9);
  model.freeze();
  removeTo(8 * 192 - 1);
  model.check();
  removeTo(100);
  assert.equal(model.dict.shrink(), false);
  assert.equal(model.dict.chunks, 9);
  model.thaw();
  model.arena.releaseParked(1 << 30);
  for (let chunks = 8; chunks >= 1; chunks--) {
    if (chunks % 2 === 0) removeTo(model.contents.size - 1);
    else assert.equal(model.dict.shrink(), true);
    assert.equal(model.dict.chunks, chunks);
    model.check();
  }
  assert.equal(model.dict.shrink(), false);
  removeTo(0);
  assert.equal(model.dict.shrink(), false, "one chunk is the least");
  model.check();
});

test("a dictionary that is thrown away gives every entry once, and then all of its memory", () =>
  withSeed((random) => {
    for (const isFrozen of [false, true]) {
      const model = new DictModel(random.pick([spreadHash, collidingHash]));
      const count = random.pick([0, 1, 30, 2000]);
      for (let i = 0; i < count; i++) model.set({ key: `key:${i}`, value: "v", expiry: null });
      if (isFrozen) model.freeze();
      let disposed = 0;
      const dispose = (entry: number) => {
        disposed++;
        model.arena.free(entry);
      };
      while (model.dict.disposeChunk(dispose));
      assert.equal(disposed, count);
      assert.equal(model.dict.ref, 0);
      model.checkImage();
      if (isFrozen) model.thaw();
      model.arena.releaseParked(1 << 30);
      assert.equal(model.arena.usedBytes, 0);
      model.arena.verify();
    }
  }));

test("a key is found at any place of the input, and not when any byte of it differs", () => {
  const model = new DictModel(() => 7);
  for (let length = 0; length < 24; length++) {
    for (const expiry of [null, 5]) {
      const key = `${expiry ?? ""}abcdefghijklmnopqrstuvwxyz`.slice(0, length);
      model.set({ key, value: "v", expiry });
    }
  }
  for (const key of model.contents.keys()) {
    for (let at = 0; at < 8; at++) {
      const input = Buffer.from(`${"-".repeat(at)}${key}?`, "latin1");
      const entry = model.dict.find(7, input, at, key.length);
      assert.equal(readEntry(model.arena, entry).key, key);
      for (let i = 0; i < key.length; i++) {
        input[at + i] ^= 0x80;
        assert.equal(model.dict.find(7, input, at, key.length), 0, `byte ${i} of ${key}`);
        input[at + i] ^= 0x80;
      }
    }
  }
});

test("what is expected has its chunks before it comes", () => {
  const model = new DictModel(spreadHash, new Arena());
  model.dict.expect(10_000);
  for (let i = 0; i < 100; i++) model.set({ key: `key:${i}`, value: "", expiry: null });
  model.check();
  const { chunks } = model.dict;
  assert.ok(chunks >= 10_000 / 600 && chunks < 30, `${chunks} chunks`);
  for (let i = 100; i < 10_000; i++) model.set({ key: `key:${i}`, value: "", expiry: null });
  model.check();
  assert.ok(model.dict.chunks - chunks <= 1, `${model.dict.chunks} chunks`);
});
