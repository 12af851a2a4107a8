// Copying bytes: every length around the limits of the ways to copy, at odd places, between
// memories and within one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { copyBytes } from "../../../src/base/bytes";

const MOST_BYTES = 420;
const OFFSETS = [0, 1, 3, 8, 13];

for (const isShared of [false, true]) {
  test(`copyBytes moves these bytes and no others (${isShared ? "shared" : "plain"} memory)`, () => {
    const bytes = MOST_BYTES + 64;
    const source = new Uint8Array(isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    for (let i = 0; i < bytes; i++) source[i] = (i * 7 + 1) & 0xff;
    for (let length = 0; length <= MOST_BYTES; length++) {
      for (const from of OFFSETS) {
        const to = OFFSETS[(length + from) % OFFSETS.length];
        const target = new Uint8Array(bytes);
        const expected = new Uint8Array(bytes);
        for (let i = 0; i < length; i++) expected[to + i] = source[from + i];
        copyBytes(target, to, source, from, length);
        assert.deepEqual(target, expected, `${length} bytes from ${from} to ${to}`);
      }
    }
  });
}

test("copyBytes copies within one memory when the ranges do not overlap", () => {
  for (const length of [1, 7, 8, 64, 65]) {
    const memory = new Uint8Array(200).fill(1);
    for (let i = 0; i < length; i++) memory[i] = i + 2;
    copyBytes(memory, 100, memory, 0, length);
    assert.deepEqual(memory.slice(100, 100 + length), memory.slice(0, length));
    assert.equal(memory[100 + length], 1);
  }
});
