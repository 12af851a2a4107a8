// Freeing over turns: everything comes back, under snapshots too, and a slice ends with its budget.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TYPE_LIST } from "../../../src/keyspace/entry";
import { stringType } from "../../../src/types/string/string-value";
import { withSeed } from "../../support/seeds";
import { chainType, newChain } from "./chain-type";
import { KeyspaceFixture } from "./keyspace-fixture";

function addChain(fixture: KeyspaceFixture, key: string, blocks: number): void {
  const bytes = Buffer.from(key);
  const hash = fixture.keyspace.hashOf(bytes, 0, bytes.length);
  const chain = newChain(fixture.memory, blocks);
  fixture.database.addValue(hash, bytes, 0, bytes.length, TYPE_LIST, 0, chain);
}

test("small values are freed at once, large ones in slices", () => {
  const fixture = new KeyspaceFixture({ types: [stringType, chainType], poison: true });
  const { lazyFree } = fixture.keyspace;
  const emptyBytes = fixture.memory.usedBytes;
  addChain(fixture, "small", 64);
  addChain(fixture, "large", 20_000);
  fixture.database.deleteFound(fixture.get("small"));
  assert.equal(lazyFree.hasWork, false);
  fixture.database.deleteFound(fixture.get("large"));
  assert.equal(lazyFree.pendingObjects, 1);
  assert.ok(fixture.memory.usedBytes > emptyBytes + 19_000 * 32);
  fixture.msPerLook = 0.3;
  let slices = 0;
  for (; lazyFree.hasWork; slices++) lazyFree.work(1);
  // A slice of 1 ms has four looks at the clock, after every 256 blocks.
  assert.ok(slices >= 19 && slices < 30, `${slices} slices`);
  assert.equal(lazyFree.freedObjects, 1);
  assert.equal(lazyFree.pendingObjects, 0);
  assert.equal(fixture.memory.usedBytes, emptyBytes);
});

test("an emptied database is empty at once and freed in slices", () => {
  const fixture = new KeyspaceFixture({ types: [stringType, chainType] });
  const { keyspace, memory } = fixture;
  const emptyBytes = memory.usedBytes;
  for (let i = 0; i < 20_000; i++) fixture.set(`key:${i}`, "value", i % 2 === 0 ? 1000 : undefined);
  for (let i = 0; i < 10; i++) addChain(fixture, `chain:${i}`, 1000);
  assert.equal(keyspace.flush(fixture.database), 20_010);
  assert.equal(fixture.database.size, 0);
  assert.equal(fixture.database.expiring, 0);
  assert.equal(keyspace.stats.changes, 20_010);
  assert.equal(keyspace.lazyFree.pendingObjects, 20_010);
  fixture.set("after", "x");
  fixture.msPerLook = 1;
  let slices = 0;
  let pending = keyspace.lazyFree.pendingObjects;
  for (; keyspace.lazyFree.hasWork; slices++) {
    keyspace.lazyFree.work(1);
    assert.ok(keyspace.lazyFree.pendingObjects <= pending + 10, "pending objects only go");
    pending = keyspace.lazyFree.pendingObjects;
  }
  assert.ok(slices > 30, `${slices} slices`);
  // The keys, and once more the ten values that were too large to be freed along with theirs.
  assert.equal(keyspace.lazyFree.freedObjects, 20_020);
  assert.deepEqual(fixture.keys(), ["after"]);
  fixture.database.deleteFound(fixture.get("after"));
  assert.equal(memory.usedBytes, emptyBytes);
  fixture.check();
});

test("flushes, swaps and snapshots in any order leave every database right and no block behind", () =>
  withSeed((random) => {
    const fixture = new KeyspaceFixture({ databases: 3, poison: true });
    const { keyspace, memory } = fixture;
    const emptyBytes = memory.usedBytes;
    const model = keyspace.databases.map(() => new Set<string>());
    for (let step = 0; step < 6000; step++) {
      const at = random.below(3);
      const database = keyspace.databases[at];
      const keys = model[at];
      assert.ok(database !== undefined && keys !== undefined);
      const what = random.below(1000);
      if (what < 3) {
        assert.equal(keyspace.flush(database), keys.size);
        keys.clear();
      } else if (what < 6) {
        const other = random.below(3);
        keyspace.swap(database, keyspace.databases[other] ?? database);
        [model[at], model[other]] = [model[other] ?? keys, keys];
      } else if (what < 9) {
        if (memory.frozenNow) memory.thaw();
        else memory.freeze();
      } else if (what < 20) {
        keyspace.lazyFree.work(0);
        memory.releaseParked(100);
      } else {
        const key = `key:${random.below(3000)}`;
        fixture.set(key, "x".repeat(random.below(50)), undefined, database);
        keys.add(key);
      }
    }
    keyspace.databases.forEach((database, at) => {
      assert.deepEqual(fixture.keys(database).sort(), [...(model[at] ?? [])].sort());
    });
    fixture.check();
    if (memory.frozenNow) memory.thaw();
    for (const database of keyspace.databases) keyspace.flush(database);
    while (keyspace.lazyFree.hasWork) keyspace.lazyFree.work(1);
    while (memory.hasReleasable) memory.releaseParked(1000);
    assert.equal(memory.usedBytes, emptyBytes);
    assert.equal(memory.parkedBytes, 0);
  }));
