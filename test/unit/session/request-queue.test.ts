// Requests that were kept are, argument for argument, what they were.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Arguments } from "../../../src/command/arguments";
import { RequestQueue } from "../../../src/session/request-queue";
import { ScratchRequest } from "../../../src/session/scratch-request";
import { type SeededRandom, withSeed } from "../../support/seeds";

const INPUT_BYTES = 1 << 20;
const TABLE_WORDS = 1 << 20;

function drawRequest(random: SeededRandom): Buffer[] {
  const count = random.chance(0.1) ? random.between(1, 300) : random.between(1, 5);
  return Array.from({ length: count }, (_, index) =>
    random.bytes(
      random.chance(0.05) ? random.below(9000) : random.below(20) + (index === 0 ? 1 : 0),
    ),
  );
}

function rig() {
  const args = new Arguments(new Uint8Array(INPUT_BYTES), new Uint32Array(TABLE_WORDS));
  const request = new ScratchRequest(args, 0, (bytes, at, length) => bytes[at] ^ length);
  return { args, request, nested: request.nested() };
}

function words(args: Arguments): string[] {
  return Array.from({ length: args.count }, (_, i) => Buffer.from(args.copy(i)).toString("hex"));
}

test("random requests come back as they were, with their hashes", () =>
  withSeed((random) => {
    const { args, request, nested } = rig();
    for (let round = 0; round < 20; round++) {
      const queue = new RequestQueue();
      const requests = Array.from({ length: random.below(100) }, () => drawRequest(random));
      const headers: number[][] = [];
      let bytes = 0;
      for (const parts of requests) {
        request.write(parts);
        headers.push([...args.table.subarray(args.base - 3, args.base - 1)]);
        bytes += queue.add(args);
      }
      assert.equal(queue.count, requests.length);
      assert.equal(queue.argumentBytes, bytes);
      assert.ok(queue.sizeBytes >= bytes);
      let word = 0;
      requests.forEach((parts, index) => {
        word = nested.writeQueued(queue, word);
        assert.deepEqual(
          words(args),
          parts.map((part) => part.toString("hex")),
        );
        assert.deepEqual([...args.table.subarray(args.base - 3, args.base - 1)], headers[index]);
      });
      assert.equal(word, queue.endWord);
    }
  }));

test("arguments can be replaced by longer and shorter ones", () => {
  const { args, request, nested } = rig();
  request.write(["xread", "streams", "key", "$", ""].map((part) => Buffer.from(part)));
  const queue = new RequestQueue();
  queue.add(args, new Map([[3, Buffer.from("123-456")]]));
  nested.writeQueued(queue, 0);
  assert.equal(args.text(3), "123-456");
  queue.add(
    args,
    new Map([
      [2, Buffer.from("")],
      [4, Buffer.from("end")],
    ]),
  );
  const next = nested.writeQueued(queue, 0);
  nested.writeQueued(queue, next);
  assert.deepEqual(
    [2, 3, 4].map((i) => args.text(i)),
    ["", "123-456", "end"],
  );
});

test("a request of one place does not touch one of the other", () => {
  const { args, request, nested } = rig();
  request.write(["exec"].map((part) => Buffer.from(part)));
  const { base, count } = args;
  const queue = new RequestQueue();
  queue.add(args);
  nested.writeQueued(queue, 0);
  assert.notEqual(args.base, base);
  args.set(base, count);
  assert.equal(args.text(0), "exec");
});

test("what does not fit is known before", () => {
  const { nested } = rig();
  assert.equal(nested.fits(1000, 10), true);
  assert.equal(nested.fits(INPUT_BYTES, 10), false);
  assert.equal(nested.fits(10, TABLE_WORDS), false);
});
