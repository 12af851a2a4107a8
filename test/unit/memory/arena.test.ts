import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { ArenaModel } from "./arena-model.js";

const MIB = 1 << 20;

/**
 * An arena whose advice does at once what the system may do at any time: the range reads as zeros.
 * What was never touched does so anyway.
 */
function newModel(random: SeededRandom, poison: boolean): ArenaModel {
  const arena = new Arena({
    poison,
    advise: (segment, offset, length) => {
      assert.ok(length > 0 && offset >= 0 && offset + length <= segment.length);
      segment.fill(
        0,
        offset,
        Math.min(offset + length, Math.max(offset, model.touchedEnd(segment))),
      );
    },
  });
  const model = new ArenaModel(arena, random);
  return model;
}

/** Random steps of every kind against the model, which is compared after each batch. */
function run(random: SeededRandom, poison: boolean, batches: number): ArenaModel {
  const model = newModel(random, poison);
  for (let batch = 0; batch < batches; batch++) {
    // The share of frees swings, so that spans fill up, empty and return to the pool.
    const freeing = random.pick([5, 10, 20, 40, 60]);
    const steps = random.between(1, 1200);
    for (let step = 0; step < steps; step++) takeStep(model, random, freeing);
    model.check();
  }
  return model;
}

function takeStep(model: ArenaModel, random: SeededRandom, freeing: number): void {
  const kind = random.below(100);
  const { arena, live } = model;
  if (live.length === 0 || kind < 30) model.alloc(model.someSize());
  else if (kind < 30 + freeing) model.free(random.below(live.length));
  else if (kind < 93) {
    const index = random.below(live.length);
    if (random.chance(0.6)) model.change(index);
    else model.resize(index, model.someSize());
  } else if (kind < 94) {
    if (arena.frozenNow) model.thaw();
    else model.freeze();
  } else if (kind < 98) model.releaseParked(random.below(200));
  else arena.purge(random.below(4 * MIB));
}

/** Frees all that is left and expects an empty arena. */
function expectEmpty(model: ArenaModel): void {
  if (model.arena.frozenNow) model.thaw();
  while (model.live.length > 0) model.free(model.live.length - 1);
  model.releaseParked(1 << 30);
  model.check();
  assert.equal(model.arena.usedBytes, 0);
  assert.equal(model.arena.parkedCount, 0);
}

test("random use agrees with the model, also while memory is given back to the system", () =>
  withSeed((random) => {
    for (let round = 0; round < 4; round++) expectEmpty(run(random, false, 40));
  }));

test("random use agrees with the model in poison mode", () =>
  withSeed((random) => {
    for (let round = 0; round < 2; round++) {
      expectEmpty(run(random, true, 30));
    }
  }));

test("snapshots that follow at once on each other keep their images", () =>
  withSeed((random) => {
    const model = new ArenaModel(new Arena(), random);
    for (let i = 0; i < 2000; i++) model.alloc(model.someSize() % 3000);
    for (let snapshot = 0; snapshot < 30; snapshot++) {
      model.freeze();
      for (let step = 0; step < 300; step++) {
        const index = random.below(model.live.length);
        if (random.chance(0.7)) model.change(index);
        else {
          model.free(index);
          model.alloc(random.below(3000));
        }
      }
      model.check();
      model.thaw();
      model.releaseParked(random.below(400));
    }
    expectEmpty(model);
  }));
