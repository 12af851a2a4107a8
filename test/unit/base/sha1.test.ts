// SHA-1 against node:crypto: every length around its blocks, and random ones at random places.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { SHA1_BYTES, Sha1 } from "../../../src/base/sha1";
import { withSeed } from "../../support/seeds";

function hex(sha1: Sha1, bytes: Uint8Array, at: number, length: number): string {
  const into = Buffer.alloc(SHA1_BYTES);
  sha1.hash(bytes, at, length, into);
  return into.toString("hex");
}

test("every length up to three blocks gives what node:crypto gives", () =>
  withSeed((random) => {
    const sha1 = new Sha1();
    for (let length = 0; length <= 200; length++) {
      const bytes = random.bytes(length);
      const expected = createHash("sha1").update(bytes).digest("hex");
      assert.equal(hex(sha1, bytes, 0, length), expected, `length ${length}`);
    }
  }));

test("long inputs inside larger memory, one after the other", () =>
  withSeed((random) => {
    const sha1 = new Sha1();
    const bytes = random.bytes(300_000);
    for (let count = 0; count < 50; count++) {
      const at = random.below(bytes.length);
      const length = random.below(bytes.length - at);
      const expected = createHash("sha1")
        .update(bytes.subarray(at, at + length))
        .digest("hex");
      assert.equal(hex(sha1, bytes, at, length), expected);
    }
  }));

test("the hash may replace its input", () => {
  const bytes = Buffer.from("abcdefghijklmnopqrst");
  const expected = createHash("sha1").update(bytes).digest("hex");
  new Sha1().hash(bytes, 0, bytes.length, bytes);
  assert.equal(bytes.toString("hex"), expected);
});
