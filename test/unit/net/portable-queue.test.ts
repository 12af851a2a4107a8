// The queue of arrived bytes against one long text, and the cost of the shared memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkQueue } from "../../../src/net/chunk-queue";
import { INPUT_BYTES, INPUT_SCRATCH_AT } from "../../../src/net/transport";
import { createTransportMemory } from "../../../src/net/transport-memory";
import { withSeed } from "../../support/seeds";

test("bytes come out in order, however they are pushed, taken and put back", () =>
  withSeed((random) => {
    const queue = new ChunkQueue();
    let expected = Buffer.alloc(0);
    const target = new Uint8Array(1000);
    for (let step = 0; step < 5000; step++) {
      const action = random.below(10);
      const bytes = random.bytes(random.between(1, 40));
      if (action < 5) {
        queue.push(bytes);
        expected = Buffer.concat([expected, bytes]);
      } else if (action < 6) {
        queue.unshift(bytes);
        expected = Buffer.concat([bytes, expected]);
      } else {
        const size = random.below(Math.min(expected.length, 900) + 1);
        queue.take(target, 50, size);
        assert.deepEqual(Buffer.from(target.subarray(50, 50 + size)), expected.subarray(0, size));
        expected = expected.subarray(size);
      }
      assert.equal(queue.length, expected.length);
    }
    queue.clear();
    queue.push(Buffer.from("x"));
    queue.take(target, 0, 1);
    assert.equal(target[0], 0x78);
  }));

test("four gigabytes of input cost memory only where they are touched", () => {
  const before = process.memoryUsage.rss();
  const { input, table } = createTransportMemory(16);
  input[INPUT_SCRATCH_AT] = 1;
  input[INPUT_BYTES - 1] = 2;
  table[table.length - 1] = 3;
  const grownBytes = process.memoryUsage.rss() - before;
  assert.ok(grownBytes < 32 * 1024 * 1024, `${grownBytes} bytes became resident`);
  assert.equal(input[INPUT_BYTES - 1], 2);
});
