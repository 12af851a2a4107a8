// Lists beside plain arrays under all sizes of nodes, with freezes in between: what is found, how it
// lies, and that no block is left behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIST_LISTPACK, LIST_QUICKLIST } from "../../../../src/types/list/list-layout";
import { ListLimits } from "../../../../src/types/list/list-limits";
import { listType } from "../../../../src/types/list/list-value";
import { withSeed } from "../../../support/seeds";
import { ListModel } from "./list-model";

function limitsOf(maxListpackSize: number): ListLimits {
  const limits = new ListLimits();
  limits.setMaxListpackSize(maxListpackSize);
  return limits;
}

const SIZES = [-1, -2, -5, 0, 1, 2, 3, 5, 16, 128];

test("a list holds what an array holds, and a frozen one what it held at the freeze", () =>
  withSeed((random) => {
    for (let round = 0; round < 40; round++) {
      const limits = limitsOf(random.pick(SIZES));
      limits.compressDepth = random.pick([0, 0, 1, 2, 5]);
      const model = new ListModel(random, limits);
      const { arena, list } = model;
      for (let snapshot = 0; snapshot < 4; snapshot++) {
        const growing = random.pick([0.2, 0.5, 0.8]);
        const steps = random.below(250);
        for (let i = 0; i < steps; i++) {
          model.step(growing);
          if (i % 16 === 0) model.check();
        }
        arena.freeze();
        const frozen = { encoding: list.encoding, ref: list.ref, values: [...model.values] };
        for (let i = 0; i < steps; i++) model.step(growing);
        model.check();
        assert.deepEqual(model.seenFrom(frozen.encoding, frozen.ref), frozen.values);
        arena.thaw();
        arena.releaseParked(1 << 20);
        model.check();
        arena.verify();
        if (random.chance(0.2)) limits.setMaxListpackSize(random.pick(SIZES));
        if (random.chance(0.2)) limits.compressDepth = random.pick([0, 1, 3]);
        if (random.chance(0.2)) limits.plainBytes = random.pick([10, 100, 2 ** 30]);
      }
      const budget = random.between(1, 100);
      for (let left = list.ref; left !== 0; ) {
        left = listType.freeSome(arena, left, budget, list.encoding);
      }
      assert.equal(arena.usedBytes, 0);
    }
  }));

test("a list becomes a quicklist beyond the limit, and a listpack again at half of it", () =>
  withSeed((random) => {
    const limits = limitsOf(10);
    const model = new ListModel(random, limits);
    const { list } = model;
    for (let i = 1; i < 10; i++) model.push("x");
    assert.equal(list.encoding, LIST_LISTPACK);
    model.push("x");
    assert.equal(list.encoding, LIST_QUICKLIST);
    list.removeLast(1);
    list.shrink();
    list.removeLast(4);
    list.shrink();
    assert.equal(list.encoding, LIST_QUICKLIST);
    list.removeFirst(1);
    list.shrink();
    assert.equal(list.encoding, LIST_LISTPACK);
    assert.equal(list.length, 5);
  }));

test("a node between others grows no further than the limit", () =>
  withSeed((random) => {
    const model = new ListModel(random, limitsOf(-1));
    const { list } = model;
    for (let i = 0; i < 3000; i++) model.push(String(i).padStart(12, "x"));
    for (let i = 0; i < 2000; i++) {
      list.insertHere(list.seek(1500), Buffer.from("abcdefghijkl"), 0, 12);
      list.seekNode(1500);
      assert.ok(list.pack.listpackBytes <= 4096, `${list.pack.listpackBytes} bytes`);
    }
    // One longer than the limit stands alone.
    list.insertHere(list.seek(1500), Buffer.alloc(10_000), 0, 10_000);
    list.seek(1500);
    assert.equal(list.pack.count, 1);
    assert.equal(list.nodeStart, 1500);
  }));

test("nodes far from the ends are compressed, and are read and changed all the same", () =>
  withSeed((random) => {
    const limits = limitsOf(-1);
    const plain = new ListModel(random, limits);
    for (let i = 0; i < 3000; i++) plain.push(`a line that comes again and again ${i % 100}`);
    const plainBytes = plain.arena.usedBytes;
    for (const depth of [1, 3]) {
      limits.compressDepth = depth;
      const model = new ListModel(random, limits);
      const { arena, list } = model;
      for (let i = 0; i < 3000; i++) model.push(`a line that comes again and again ${i % 100}`);
      assert.ok(arena.usedBytes < plainBytes / 2, `${arena.usedBytes} of ${plainBytes} bytes`);
      model.check();
      const usedBytes = arena.usedBytes;
      for (let i = 0; i < 100; i++) {
        const index = random.below(model.values.length);
        list.replaceHere(list.seek(index), Buffer.from("other"), 0, 5);
        model.values[index] = "other";
      }
      model.check();
      assert.ok(arena.usedBytes < usedBytes * 1.2, "changed nodes are compressed again");
      arena.freeze();
      const { encoding, ref } = list;
      const frozen = [...model.values];
      list.removeFirst(1000);
      list.removeLast(1000);
      model.values = model.values.slice(1000, -1000);
      model.check();
      assert.deepEqual(model.seenFrom(encoding, ref), frozen);
      arena.thaw();
    }
  }));
