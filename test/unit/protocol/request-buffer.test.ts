// Requests written into a growing buffer, against the encoder of the tests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestBuffer } from "../../../src/protocol/request-buffer";
import { encodeCommand } from "../../support/resp-encode";
import { type SeededRandom, withSeed } from "../../support/seeds";

const ROUNDS = 60;
const MOST_REQUESTS = 40;
const LENGTHS = [0, 1, 3, 4, 5, 9, 10, 99, 100, 255, 256, 257, 5000, 70_000];
const NUMBERS = [0, -1, 7, 10, -10, 4_294_967_296, Number.MAX_SAFE_INTEGER, -9_007_199_254_740_991];
const LARGE_NUMBERS = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 10n ** 18n];

/** Adds one argument in one of the ways there are; returns it as it should be read. */
function addArgument(buffer: RequestBuffer, random: SeededRandom): string | Buffer {
  switch (random.below(4)) {
    case 0: {
      const text = "x".repeat(random.below(12));
      buffer.text(text);
      return text;
    }
    case 1: {
      const number = random.chance(0.5) ? random.pick(NUMBERS) : random.between(-1000, 1000);
      buffer.integer(number);
      return String(number);
    }
    case 2: {
      const number = random.pick(LARGE_NUMBERS);
      buffer.int64(number);
      return String(number);
    }
    default: {
      const before = random.below(9);
      const bytes = random.bytes(before + random.pick(LENGTHS));
      // Requests come from memory that is shared between threads.
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      buffer.bulk(random.chance(0.5) ? shared : bytes, before, bytes.length - before);
      return bytes.subarray(before);
    }
  }
}

test("what is written is read as the requests that it was", () =>
  withSeed((random) => {
    const buffer = new RequestBuffer();
    for (let round = 0; round < ROUNDS; round++) {
      const expected: Buffer[] = [];
      for (let left = random.below(MOST_REQUESTS); left > 0; left--) {
        const count = random.between(1, 5);
        buffer.begin(count);
        expected.push(
          encodeCommand(Array.from({ length: count }, () => addArgument(buffer, random))),
        );
        if (!random.chance(0.2)) continue;
        const at = random.below(expected.length);
        const inserted = encodeCommand(["MULTI"]);
        buffer.insert(Buffer.concat(expected.slice(0, at)).length, inserted);
        expected.splice(at, 0, inserted);
      }
      const written = Buffer.from(buffer.bytes.slice(0, buffer.length));
      assert.ok(written.equals(Buffer.concat(expected)), "not the same bytes");
      buffer.clear();
      assert.equal(buffer.length, 0);
    }
  }));

test("a buffer that has become very large is given back, one that is used again is not", () => {
  const buffer = new RequestBuffer();
  const { bytes } = buffer;
  buffer.text("x");
  buffer.clear();
  assert.equal(buffer.bytes, bytes);
  buffer.need(4 << 20);
  assert.ok(buffer.bytes.length >= 4 << 20);
  buffer.text("y");
  buffer.clear();
  assert.equal(buffer.bytes.length, bytes.length);
  buffer.begin(1);
  buffer.text("z");
  assert.equal(Buffer.from(buffer.bytes.slice(0, buffer.length)).toString(), "*1\r\n$1\r\nz\r\n");
});
