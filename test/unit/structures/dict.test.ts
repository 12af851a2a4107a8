import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { collidingHash, DictModel, type KeyHash, spreadHash } from "./dict-model.js";
import { DictSteps } from "./dict-steps.js";

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
  for (const key of [...model.contents.keys()]) model.delete(key);
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
