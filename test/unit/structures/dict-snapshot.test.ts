import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { collidingHash, DictModel, type KeyHash, spreadHash } from "./dict-model.js";
import { DictSteps } from "./dict-steps.js";
import { FrozenReader } from "./frozen-reader.js";

/** A snapshot is read often enough that most walks fall together with changes. */
const WALKS = 3;

interface Plan {
  readonly hash: KeyHash;
  readonly keySpace: number;
  readonly snapshots: number;
  readonly stepsBetween: number;
}

/**
 * Snapshots one after the other, each read by a worker thread while operations go on; what the
 * worker must find is the content at the freeze. Between them parked blocks are freed in portions.
 */
async function run(random: SeededRandom, reader: FrozenReader, plan: Plan): Promise<void> {
  const model = new DictModel(plan.hash);
  const steps = new DictSteps(model, random, plan.keySpace);
  const turn = (growing: number) => {
    for (let step = 0; step < 100; step++) steps.step(growing);
  };
  for (let snapshot = 0; snapshot < plan.snapshots; snapshot++) {
    const growing = random.pick([0.2, 0.5, 0.8]);
    for (let left = random.below(plan.stepsBetween); left > 0; left--) steps.step(growing);
    const released = random.chance(0.5) ? 1 << 30 : random.below(3000);
    model.arena.releaseParked(released);
    const image = model.freeze();
    reader.begin(image);
    for (let turns = 0; reader.passes < WALKS || turns < 20; turns++) {
      turn(random.pick([0.2, 0.5, 0.9]));
      model.arena.releaseParked(random.below(50));
      await nextTurn();
    }
    await reader.end();
    model.thaw();
    while (model.arena.releaseParked(random.between(1, 500)) > 0) turn(0.5);
    assert.equal(model.arena.parkedCount, 0);
    model.check();
  }
  model.arena.verify();
}

async function withReader(body: (reader: FrozenReader) => Promise<void>): Promise<void> {
  const reader = new FrozenReader();
  try {
    await body(reader);
  } finally {
    await reader.close();
  }
}

test("a worker thread finds exactly the state at the freeze while the dictionary changes", () =>
  withReader((reader) =>
    withSeed((random) =>
      run(random, reader, { hash: spreadHash, keySpace: 20_000, snapshots: 8, stepsBetween: 8000 }),
    ),
  ));

test("a worker thread finds exactly the state at the freeze in long chains", () =>
  withReader((reader) =>
    withSeed((random) =>
      run(random, reader, { hash: collidingHash, keySpace: 400, snapshots: 8, stepsBetween: 600 }),
    ),
  ));

test("the reader notices when a frozen block was changed", () =>
  withReader(async (reader) => {
    const model = new DictModel(spreadHash);
    for (let i = 0; i < 2000; i++) model.set({ key: `key:${i}`, value: "before", expiry: null });
    const image = model.freeze();
    model.image = undefined;
    const entry = model.find("key:77");
    model.arena.bytes[entry >>> 24][(entry & 0xffffff) * 16 + 12 + "key:77".length] ^= 1;
    reader.begin(image);
    await assert.rejects(reader.end(), /value of key:77 differs/);
  }));
