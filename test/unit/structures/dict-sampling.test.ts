import assert from "node:assert/strict";
import { test } from "node:test";
import { randomEntry, sampleEntries } from "../../../src/structures/dict-random.js";
import { EntryList, sweepExpiring } from "../../../src/structures/dict-walk.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { DictModel, spreadHash } from "./dict-model.js";
import { readEntry } from "./test-entry.js";

const scratch = new EntryList();

/** Keys 0 .. count - 1; those that `expires` names have an expiry. */
function modelWith(count: number, expires: (index: number) => boolean): DictModel {
  const model = new DictModel(spreadHash);
  for (let i = 0; i < count; i++) {
    model.set({ key: `key:${i}`, value: "", expiry: expires(i) ? 1000 + i : null });
  }
  return model;
}

function keyOf(model: DictModel, entry: number): string {
  return readEntry(model.arena, entry).key;
}

/**
 * What a chi-square statistic exceeds about once in a billion runs: six standard deviations, by the
 * approximation of Wilson and Hilferty.
 */
function chiSquareBound(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 6 * Math.sqrt(spread)) ** 3;
}

/** Picks often and compares how often each entry came with equal chances. */
function expectFair(model: DictModel, random: SeededRandom, expiringOnly: boolean): void {
  const wanted = [...model.contents.values()].filter(
    (content) => !expiringOnly || content.expiry !== null,
  );
  const picks = wanted.length * 100;
  const times = new Map(wanted.map(({ key }) => [key, 0]));
  for (let pick = 0; pick < picks; pick++) {
    const key = keyOf(model, randomEntry(model.arena, model.dict, random, expiringOnly, scratch));
    const before = times.get(key);
    assert.ok(before !== undefined, `${key} may not be picked`);
    times.set(key, before + 1);
  }
  let statistic = 0;
  for (const count of times.values()) statistic += (count - 100) ** 2 / 100;
  const freedom = wanted.length - 1;
  const bound = chiSquareBound(freedom);
  assert.ok(statistic <= bound, `statistic ${statistic} of ${freedom} degrees, bound ${bound}`);
}

test("every entry is picked at random equally often", () =>
  withSeed((random) => {
    // 1300 keys have three chunks, two of them with half the load of the third.
    for (const count of [3, 30, 100, 500, 1300, 2300]) {
      const model = modelWith(count, (index) => index % 5 < 2);
      expectFair(model, random, false);
      expectFair(model, random, true);
      for (let i = 2; i < count; i += 3) model.delete(`key:${i}`);
      expectFair(model, random, false);
    }
  }));

test("a few expiring entries in a large table are picked equally often too", () =>
  withSeed((random) => {
    const model = modelWith(20_000, (index) => index % 800 < 2);
    assert.equal(model.dict.expiring, 50);
    expectFair(model, random, true);
    for (let i = 0; i < 20_000; i += 800) model.delete(`key:${i}`);
    expectFair(model, random, true);
  }));

test("picking at random finds nothing when there is nothing, and the only one when there is one", () =>
  withSeed((random) => {
    const model = modelWith(0, () => false);
    const pick = (expiringOnly: boolean) =>
      randomEntry(model.arena, model.dict, random, expiringOnly, scratch);
    assert.equal(pick(false), 0);
    model.set({ key: "only", value: "", expiry: null });
    assert.equal(keyOf(model, pick(false)), "only");
    assert.equal(pick(true), 0);
    for (let i = 0; i < 20_000; i++) model.set({ key: `key:${i}`, value: "", expiry: null });
    model.set({ key: "only", value: "", expiry: 5 });
    for (let i = 0; i < 20; i++) assert.equal(keyOf(model, pick(true)), "only");
  }));

test("a sample has as many different entries as wanted, and all entries come in some sample", () =>
  withSeed((random) => {
    for (const expiringOnly of [false, true]) {
      const model = modelWith(3000, (index) => index % 7 === 0);
      const possible = expiringOnly ? model.dict.expiring : model.dict.count;
      const sampled = new Set<string>();
      for (let round = 0; round < 3000; round++) {
        const wanted = random.pick([1, 5, 16, 64, possible, possible + 10]);
        sampleEntries(model.arena, model.dict, random, wanted, expiringOnly, scratch.clear());
        assert.ok(scratch.count >= Math.min(wanted, possible));
        const refs = scratch.refs.subarray(0, scratch.count);
        assert.equal(new Set(refs).size, scratch.count, "no entry comes twice");
        if (wanted >= possible) continue;
        for (const entry of refs) {
          const { key, expiry } = readEntry(model.arena, entry);
          assert.ok(!expiringOnly || expiry !== null);
          sampled.add(key);
        }
      }
      assert.equal(sampled.size, possible);
    }
  }));

test("a sample of the few expiring entries in a large table has all of them, from any start", () =>
  withSeed((random) => {
    for (const every of [300, 2500, 12_000]) {
      const model = modelWith(12_000, (index) => index % every === 0);
      for (let round = 0; round < 300; round++) {
        sampleEntries(model.arena, model.dict, random, 1000, true, scratch.clear());
        assert.equal(scratch.count, model.dict.expiring);
        assert.equal(new Set(scratch.refs.subarray(0, scratch.count)).size, scratch.count);
      }
    }
  }));

test("a sample adds what is wanted to a list that already has entries", () =>
  withSeed((random) => {
    const model = modelWith(1000, () => false);
    scratch.clear();
    for (let round = 1; round <= 5; round++) {
      sampleEntries(model.arena, model.dict, random, 20, false, scratch);
      assert.ok(scratch.count >= round * 20);
    }
  }));

test("a sweep visits every expiring entry once, from any position and in any portions", () =>
  withSeed((random) => {
    for (const count of [0, 1, 700, 9000]) {
      const model = modelWith(count, (index) => index % 3 !== 0);
      const buckets = model.dict.chunks * 64;
      let position = random.word();
      let left = buckets;
      scratch.clear();
      while (left > 0) {
        const portion = Math.min(left, random.between(1, 300));
        position = sweepExpiring(model.arena, model.dict, position, portion, scratch);
        assert.ok(position >= 0 && position < buckets);
        left -= portion;
      }
      assert.equal(scratch.count, model.dict.expiring);
      const refs = scratch.refs.subarray(0, scratch.count);
      assert.equal(new Set(refs).size, scratch.count);
      for (const entry of refs) assert.notEqual(readEntry(model.arena, entry).expiry, null);
      sweepExpiring(model.arena, model.dict, position, 1 << 30, scratch.clear());
      assert.equal(scratch.count, model.dict.expiring, "never more than once around");
    }
  }));

test("a sweep that removes what it finds empties a dictionary of expiring entries", () =>
  withSeed((random) => {
    const model = modelWith(20_000, (index) => index % 10 !== 0);
    const buckets = model.dict.chunks * 64;
    let position = 0;
    // A merge may carry entries behind the position, but each time into half of the table.
    const mostRounds = 1 + Math.ceil(Math.log2(model.dict.chunks));
    for (let swept = 0; model.dict.expiring > 0; ) {
      assert.ok(swept < mostRounds * buckets);
      const portion = random.between(1, 100);
      position = sweepExpiring(model.arena, model.dict, position, portion, scratch.clear());
      swept += portion;
      const keys = Array.from(scratch.refs.subarray(0, scratch.count), (ref) => keyOf(model, ref));
      for (const key of keys) model.delete(key);
    }
    model.check();
    assert.equal(model.dict.count, 2000);
  }));
