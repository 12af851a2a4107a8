// The removal of keys that nobody asks for: none too early, none forgotten, none in one piece.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ExpireCycle } from "../../../src/keyspace/expire-cycle";
import { type SeededRandom, withSeed } from "../../support/seeds";
import { KeyspaceFixture } from "./keyspace-fixture";

function cycleOf(fixture: KeyspaceFixture): ExpireCycle {
  return new ExpireCycle(fixture.keyspace, fixture.monotonicMs);
}

/** As the server does between two ticks of the cron when nobody asks for anything. */
function tickAndWork(cycle: ExpireCycle): number {
  cycle.tick();
  let slices = 0;
  for (; cycle.hasWork; slices++) cycle.work(1);
  return slices;
}

test("keys are removed after their time and never before, whatever else happens", () =>
  withSeed((random) => {
    const fixture = new KeyspaceFixture({ databases: 3 });
    const cycle = cycleOf(fixture);
    const dueMs = new Map<string, number>();
    for (let round = 0; round < 60; round++) {
      for (let step = random.below(2000); step > 0; step--) change(fixture, random, dueMs);
      fixture.expired.length = 0;
      fixture.pass(random.below(3000));
      const nowMs = fixture.clock.nowMs();
      for (let ticks = random.below(5); ticks > 0; ticks--) tickAndWork(cycle);
      for (const key of fixture.expired) {
        assert.ok((dueMs.get(key) ?? Number.POSITIVE_INFINITY) <= nowMs, `${key} went too early`);
        dueMs.delete(key);
      }
      const there = fixture.keyspace.databases.flatMap((database) => fixture.keys(database));
      assert.deepEqual(there.sort(), [...dueMs.keys()].sort());
      fixture.check();
    }
    // Nothing is left for ever, however few expire among many.
    fixture.pass(1_000_000);
    for (let tick = 0; tick < 300; tick++) tickAndWork(cycle);
    for (const database of fixture.keyspace.databases) assert.equal(database.expiring, 0);
  }));

/** Sets or removes a key; its name says in which database it is. */
function change(fixture: KeyspaceFixture, random: SeededRandom, dueMs: Map<string, number>): void {
  const index = random.below(3);
  const database = fixture.keyspace.databases[index];
  const key = `${index}:${random.below(index === 0 ? 200 : 20_000)}`;
  assert.ok(database !== undefined);
  if (random.chance(0.2)) {
    if (fixture.get(key, database) !== 0) database.deleteFound(fixture.get(key, database));
    dueMs.delete(key);
    return;
  }
  const ttlMs = random.chance(index === 1 ? 0.01 : 0.7) ? random.below(5000) + 1 : undefined;
  fixture.set(key, "v", ttlMs, database);
  dueMs.set(key, ttlMs === undefined ? Number.POSITIVE_INFINITY : fixture.keyspace.nowMs + ttlMs);
}

test("a hundred thousand keys that expire at one moment are gone in one go of short slices", () => {
  const fixture = new KeyspaceFixture();
  const cycle = cycleOf(fixture);
  for (let i = 0; i < 100_000; i++) fixture.set(`key:${i}`, "v", 1000);
  for (let i = 0; i < 1000; i++) fixture.set(`stays:${i}`, "v");
  tickAndWork(cycle);
  assert.equal(fixture.expired.length, 0);
  fixture.pass(1000);
  fixture.msPerLook = 0.25;
  const slices = tickAndWork(cycle);
  assert.equal(fixture.database.size, 1000);
  assert.equal(fixture.keyspace.stats.expired, 100_000);
  // Four looks at the clock make a slice, and between two looks there are some hundred keys.
  assert.ok(slices > 50, `${slices} slices`);
  assert.ok(fixture.keyspace.stats.expireTimeCapReached > 50);
  assert.ok(fixture.keyspace.stats.expireCycleMs > 50);
  fixture.check();
});

test("what is moved by a shrinking table is found in the same walk", () => {
  const fixture = new KeyspaceFixture();
  const cycle = cycleOf(fixture);
  // Half of the keys stay for a while, so that the walk could take the database for clean.
  for (let i = 0; i < 100_000; i++) fixture.set(`key:${i}`, "v", i % 8 === 0 ? 1_000_000 : 1000);
  fixture.pass(2000);
  tickAndWork(cycle);
  const left = 100_000 - fixture.expired.length;
  assert.ok(left < 15_000, `${left} keys are left of 12500 that live`);
});

test("few expired keys are left to the regular look", () => {
  const fixture = new KeyspaceFixture();
  const cycle = cycleOf(fixture);
  for (let i = 0; i < 10_000; i++) fixture.set(`key:${i}`, "v", i % 20 === 0 ? 1000 : 1_000_000);
  fixture.pass(2000);
  cycle.effort = 1;
  assert.equal(tickAndWork(cycle), 0);
  assert.ok(fixture.expired.length < 30);
  cycle.effort = 10;
  assert.ok(tickAndWork(cycle) > 0);
});

test("nothing is removed when switched off, on a replica, or while clients are paused", () => {
  const fixture = new KeyspaceFixture();
  const cycle = cycleOf(fixture);
  for (let i = 0; i < 1000; i++) fixture.set(`key:${i}`, "v", 1000);
  fixture.pass(2000);
  cycle.isEnabled = false;
  tickAndWork(cycle);
  cycle.isEnabled = true;
  fixture.keyspace.expiresKeys = false;
  tickAndWork(cycle);
  assert.equal(fixture.get("key:1"), 0);
  fixture.keyspace.expiresKeys = true;
  fixture.keyspace.actionsPaused = true;
  tickAndWork(cycle);
  assert.equal(fixture.get("key:1"), 0);
  assert.equal(fixture.expired.length, 0);
  fixture.keyspace.actionsPaused = false;
  // A pause that begins while work is left ends it.
  cycle.tick();
  fixture.keyspace.actionsPaused = true;
  cycle.work(1);
  assert.equal(cycle.hasWork, false);
  fixture.keyspace.actionsPaused = false;
  tickAndWork(cycle);
  assert.equal(fixture.database.size, 0);
});

test("databases that are behind take turns", () => {
  const fixture = new KeyspaceFixture({ databases: 2 });
  const cycle = cycleOf(fixture);
  const { databases } = fixture.keyspace;
  for (const database of databases) {
    for (let i = 0; i < 20_000; i++) fixture.set(`key:${i}`, "v", 1000, database);
  }
  fixture.pass(2000);
  cycle.tick();
  fixture.msPerLook = 1;
  for (let slice = 0; slice < 10; slice++) cycle.work(1);
  for (const database of databases) assert.ok(database.size < 19_500, `${database.size} left`);
});

test("the averages follow what the walk sees", () => {
  const fixture = new KeyspaceFixture();
  const cycle = cycleOf(fixture);
  const { stats } = fixture.keyspace;
  for (let i = 0; i < 5000; i++) fixture.set(`key:${i}`, "v", 50_000 + i * 20);
  for (let tick = 0; tick < 400; tick++) cycle.tick();
  const { averageTtlMs } = fixture.database;
  assert.ok(Math.abs(averageTtlMs - 100_000) < 10_000, `average of ${averageTtlMs} ms`);
  assert.equal(stats.staleShare, 0);
  fixture.pass(200_000);
  cycle.tick();
  assert.ok(stats.staleShare > 0.04 && stats.staleShare < 0.06, `${stats.staleShare}`);
  tickAndWork(cycle);
  cycle.tick();
  assert.equal(fixture.database.averageTtlMs, 0);
});
