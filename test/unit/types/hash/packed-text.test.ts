// Packed strings: every string comes back, and only equal strings are equal when packed.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MOST_PACKED_BYTES,
  PackedReader,
  pack,
  packedSize,
  packedSizeAt,
} from "../../../../src/types/hash/packed-text.js";
import { withSeed } from "../../../support/seeds.js";

function packed(text: Buffer): Buffer {
  const target = Buffer.alloc(MOST_PACKED_BYTES + 10, 0xee);
  const source = Buffer.concat([Buffer.from("<"), text, Buffer.from("9>")]);
  const end = pack(target, 3, source, 1, text.length);
  assert.equal(end - 3, packedSize(source, 1, text.length));
  assert.equal(end - 3, packedSizeAt(target, 3));
  assert.equal(target[2], 0xee);
  assert.equal(target[end], 0xee);
  return Buffer.from(target.subarray(3, end));
}

function unpacked(bytes: Buffer): Buffer {
  const reader = new PackedReader();
  reader.show(bytes, 0);
  return Buffer.from(reader.bytes.slice(reader.at, reader.at + reader.length));
}

test("strings of any kind and length come back", async () => {
  await withSeed((random) => {
    const edges = [0, 1, 2, 3, 12, 62, 63, 64, 65, 126, 127, 128, 129, 255, 256, 16_383];
    for (const length of edges) {
      for (const text of [
        random.bytes(length),
        Buffer.alloc(length, "0"),
        Buffer.from(Array.from({ length }, () => 0x30 + random.below(10))),
        Buffer.from(Array.from({ length }, () => 0x2f + random.below(12))),
      ]) {
        assert.deepEqual(unpacked(packed(text)), text);
      }
    }
  });
});

test("digits take half a byte each", () => {
  assert.equal(packed(Buffer.from("000000012345")).length, 7);
  assert.equal(packed(Buffer.from("1700000000123")).length, 8);
  assert.equal(packed(Buffer.from("7")).length, 2);
  assert.equal(packed(Buffer.from("-1234567")).length, 9);
});

test("packed strings are equal where the strings are", () => {
  const texts = ["", "0", "00", "000", "1", "12", "123", "1234", "12\x0f", "\x12", "\x82\x12"];
  for (const one of texts) {
    for (const other of texts) {
      const areEqual = packed(Buffer.from(one, "latin1")).equals(
        packed(Buffer.from(other, "latin1")),
      );
      assert.equal(areEqual, one === other, JSON.stringify([one, other]));
    }
  }
});
