// The clock of the entries: idle time, counters that grow and decay, and what overwriting keeps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/base/random";
import { AccessClock } from "../../../src/keyspace/access-clock";
import { ENTRY_META, wordOf } from "../../../src/keyspace/entry";
import { KeyspaceFixture } from "./keyspace-fixture";

const MINUTE_MS = 60_000;

function counting(): AccessClock {
  const clock = new AccessClock(new Random(1));
  clock.countsAccesses = true;
  clock.setTime(0);
  clock.refresh();
  return clock;
}

test("idle time is told in seconds over the turn of the 24-bit clock", () => {
  const clock = new AccessClock(new Random(1));
  const turnMs = 2 ** 24 * 1000;
  clock.setTime(turnMs - 5000);
  const meta = clock.fresh | 0x15;
  assert.equal(clock.idleSecondsOf(meta), 0);
  clock.setTime(turnMs + 2999);
  assert.equal(clock.idleSecondsOf(meta), 7);
});

test("the counter grows as the logarithm of accesses, as the factor says", () => {
  // Redis's own table: counter after so many hits, by lfu-log-factor.
  const table: readonly (readonly [factor: number, hits: number, counter: number])[] = [
    [0, 100, 104],
    [0, 1000, 255],
    [1, 1000, 49],
    [10, 1000, 18],
    [10, 100_000, 142],
    [100, 100_000, 49],
  ];
  for (const [factor, hits, counter] of table) {
    const clock = counting();
    clock.logFactor = factor;
    let meta = clock.fresh | 3;
    for (let hit = 0; hit < hits; hit++) meta = clock.count(meta);
    const found = clock.frequencyOf(meta);
    assert.ok(Math.abs(found - counter) <= 3 + counter * 0.1, `${factor} ${hits}: ${found}`);
    assert.equal(meta & 0xff, 3, "type and encoding stay");
  }
});

test("the counter falls by one for every decay time without access, and not without one", () => {
  const clock = counting();
  clock.logFactor = 0;
  let meta = clock.fresh;
  for (let hit = 0; hit < 20; hit++) meta = clock.count(meta);
  const counter = clock.frequencyOf(meta);
  clock.setTime(10 * MINUTE_MS);
  assert.equal(clock.frequencyOf(meta), counter - 10);
  clock.decayMinutes = 4;
  assert.equal(clock.frequencyOf(meta), counter - 2);
  clock.decayMinutes = 0;
  assert.equal(clock.frequencyOf(meta), counter);
  clock.decayMinutes = 1;
  clock.setTime(1000 * MINUTE_MS);
  assert.equal(clock.frequencyOf(meta), 0);
  // An access counts from what is left.
  assert.equal(clock.frequencyOf(clock.count(meta)), 1);
});

test("an overwritten key keeps its counter by LFU and begins anew by LRU", () => {
  for (const value of ["x", "a value that does not fit where the old one was"]) {
    const fixture = new KeyspaceFixture();
    const { access } = fixture.keyspace;
    access.countsAccesses = true;
    access.logFactor = 0;
    access.refresh();
    fixture.set("key", "v");
    for (let hit = 0; hit < 30; hit++) fixture.get("key");
    const metaOf = (entry: number): number => wordOf(fixture.memory, entry, ENTRY_META);
    const before = access.frequencyOf(metaOf(fixture.set("key", value)));
    assert.ok(before > 30, `${before}`);
    access.countsAccesses = false;
    access.refresh();
    fixture.set("idle", "v");
    fixture.pass(10_000);
    assert.equal(access.idleSecondsOf(metaOf(fixture.set("idle", value))), 0);
  }
});
