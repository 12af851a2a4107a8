// The rehearsal of a freeze leaves nothing behind: neither memory nor keys, nor a frozen arena.

import assert from "node:assert/strict";
import { test } from "node:test";
import { rehearseFreeze } from "../../../src/persistence/snapshot/freeze-rehearsal";
import { valueTypes } from "../../../src/server/value-types";
import { FuzzNode } from "../../fuzz/fuzz-node";
import { CommandEngine } from "../../support/command-engine";

test("a rehearsal gives all memory back and tells nobody of its keys", () => {
  const { memory, keyspace, events } = new CommandEngine({
    commands: [],
    types: valueTypes,
    poison: true,
  });
  const usedBytes = memory.usedBytes;
  for (let round = 0; round < 3; round++) {
    rehearseFreeze(keyspace);
    memory.verify();
    assert.equal(memory.usedBytes, usedBytes);
    assert.equal(memory.frozenNow, false);
    assert.equal(memory.hasReleasable, false);
  }
  assert.equal(keyspace.databases[0]?.size, 0);
  assert.deepEqual(events, []);
});

test("a server rehearses some times after its start, but not into a snapshot", () => {
  const fuzz = new FuzzNode(1);
  const { memory, persistence } = fuzz.node;
  fuzz.set("save", "3600 1");
  assert.ok(persistence.saves.startBackground());
  for (let tick = 0; tick < 10; tick++) fuzz.tick();
  assert.equal(memory.frozenNow, true);
  fuzz.snapshots.end();
  for (let tick = 0; tick < 10; tick++) fuzz.tick();
  assert.equal(memory.frozenNow, false);
});
