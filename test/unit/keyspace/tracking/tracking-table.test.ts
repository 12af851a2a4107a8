// The tracking table against a plain model: random reads and invalidations, with snapshots begun
// and ended in between, in poisoned memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../../src/base/random";
import { LazyFree } from "../../../../src/keyspace/lazy-free";
import { TrackingTable } from "../../../../src/keyspace/tracking/tracking-table";
import { Arena } from "../../../../src/memory/arena";
import { type SeededRandom, withSeed } from "../../../support/seeds";

const STEPS = 20_000;
const KEYS = 300;
/** Ids beyond 32 bits, and next to each other at the border. */
const IDS = [1, 2, 3, 255, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52];

function keyOf(number: number): Buffer {
  const names = ["__proto__", "", "\x00", "\xff".repeat(300)];
  return Buffer.from(names[number] ?? `key:${number}`, "latin1");
}

/** Any hash will do that keys share with some others. */
function hashOf(key: Uint8Array): number {
  let hash = 7;
  for (const byte of key) hash = (Math.imul(hash, 31) + byte) | 0;
  return Math.imul(hash, 0x9e3779b1) & ~0x1c000000;
}

class Rig {
  readonly memory = new Arena({ poison: true });
  readonly lazyFree = new LazyFree(this.memory, () => performance.now());
  readonly table = new TrackingTable(this.memory, this.lazyFree);
  readonly model = new Map<string, Set<number>>();

  add(key: Buffer, id: number): void {
    this.table.add(hashOf(key), key, 0, key.length, id);
    const text = key.toString("latin1");
    const ids = this.model.get(text) ?? new Set();
    this.model.set(text, ids.add(id));
  }

  take(key: Buffer): void {
    const text = key.toString("latin1");
    const taken = this.table.take(hashOf(key), key, 0, key.length);
    assert.equal(taken, this.model.has(text), text);
    if (taken) this.compareTaken(text);
  }

  takeRandom(random: Random): void {
    const key = this.table.takeRandom(random);
    assert.equal(key === undefined, this.model.size === 0);
    if (key !== undefined) this.compareTaken(Buffer.from(key).toString("latin1"));
  }

  compareTaken(text: string): void {
    const ids = [...this.table.takenIds.subarray(0, this.table.takenCount)];
    const expected = [...(this.model.get(text) ?? [])];
    assert.deepEqual(
      ids.sort((one, other) => one - other),
      expected.sort((one, other) => one - other),
    );
    this.model.delete(text);
  }

  compareCounts(): void {
    assert.equal(this.table.count, this.model.size);
    const items = [...this.model.values()].reduce((sum, ids) => sum + ids.size, 0);
    assert.equal(this.table.items, items);
  }
}

function step(rig: Rig, random: SeededRandom, chance: Random): void {
  const key = keyOf(random.below(KEYS));
  const choice = random.below(100);
  if (choice < 70) rig.add(key, random.pick(IDS));
  else if (choice < 94) rig.take(key);
  else if (choice < 96) rig.takeRandom(chance);
  else if (!rig.memory.frozenNow) rig.memory.freeze();
  else rig.memory.thaw();
}

test("random reads and invalidations, under snapshots", async () => {
  await withSeed(async (random) => {
    const rig = new Rig();
    const startBytes = rig.memory.usedBytes;
    const chance = new Random(1);
    for (let count = 0; count < STEPS; count++) {
      step(rig, random, chance);
      if (count % 1000 === 0) rig.compareCounts();
    }
    if (rig.memory.frozenNow) rig.memory.thaw();
    rig.memory.verify();
    rig.compareCounts();
    rig.table.clear();
    assert.equal(rig.table.count + rig.table.items, 0);
    while (rig.lazyFree.hasWork) rig.lazyFree.work(1);
    while (rig.memory.hasReleasable) rig.memory.releaseParked(1000);
    assert.equal(rig.memory.usedBytes, startBytes);
  });
});

test("a key that many clients have read has each of them once", () => {
  const rig = new Rig();
  const key = keyOf(9);
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 2000; n++) rig.add(key, ((n * 7919) % 2000) + 2 ** 32 - 1000);
  }
  rig.compareCounts();
  rig.take(key);
  rig.compareCounts();
});
