import assert from "node:assert/strict";
import { test } from "node:test";
import { UsedMemory } from "../../../src/keyspace/used-memory";
import { Arena } from "../../../src/memory/arena";

test("data counts at once, the rest as sampled, and of the heap what lives", () => {
  const memory = new Arena();
  const overheads = { heap: 1000, clients: 10 };
  const used = new UsedMemory(memory, {
    heapBytes: () => overheads.heap,
    clientBytes: () => overheads.clients,
  });
  assert.equal(used.bytes, 1010);
  const block = memory.alloc(64);
  assert.equal(used.bytes, 1074);
  overheads.heap = 5000;
  overheads.clients = 20;
  assert.equal(used.bytes, 1074);
  used.sample();
  // The heap may be garbage for the most part; what the last seconds never went below lives.
  assert.equal(used.bytes, 1084);
  assert.equal(used.peakBytes, 1084);
  for (let i = 0; i < 100; i++) used.sample();
  assert.equal(used.bytes, 5084);
  overheads.heap = 2000;
  used.sample();
  assert.equal(used.bytes, 2084);
  assert.equal(used.peakBytes, 5084);
  used.resetPeak();
  assert.equal(used.peakBytes, 2084);
  memory.freeze();
  memory.free(block);
  assert.equal(used.bytes, 2084);
  assert.equal(used.countedBytes, 2020);
  memory.thaw();
  memory.releaseParked(1);
  assert.equal(used.bytes, 2020);
});
