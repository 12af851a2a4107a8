import assert from "node:assert/strict";
import { test } from "node:test";
import { ParkedBlocks } from "../../../src/memory/parked-blocks.js";
import { withSeed } from "../../support/seeds.js";

test("what was pushed last is popped first, also beyond a chunk", () =>
  withSeed((random) => {
    const parked = new ParkedBlocks();
    const model: number[] = [];
    for (const [pushes, pops] of [
      [1, 1],
      [65536, 0],
      [1, 2],
      [140_000, 100_000],
      [70_000, 180_000],
    ]) {
      for (let i = 0; i < pushes; i++) {
        const ref = random.word() | 1;
        parked.push(ref);
        model.push(ref | 0);
      }
      assert.equal(parked.count, model.length);
      for (let i = 0; i < pops; i++) assert.equal(parked.pop(), model.pop() ?? 0);
      assert.equal(parked.count, model.length);
    }
    assert.equal(parked.pop(), 0);
  }));
