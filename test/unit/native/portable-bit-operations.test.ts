// The twin of native/core/bits, which is the specification, against plain loops over bits.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BITS_AND,
  BITS_AND_NOT,
  BITS_NOT,
  BITS_OR,
  BITS_XOR,
} from "../../../src/native/bit-operations";
import { PortableBitOperations } from "../../../src/native/portable-bit-operations";
import { withSeed } from "../../support/seeds";

const RULES: readonly (readonly [number, (a: number, b: number) => number])[] = [
  [BITS_AND, (a, b) => a & b],
  [BITS_OR, (a, b) => a | b],
  [BITS_XOR, (a, b) => a ^ b],
  [BITS_AND_NOT, (a, b) => a & ~b],
  [BITS_NOT, (a) => ~a],
];

function setBits(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
}

test("bits are counted and searched in any range of any buffer", () =>
  withSeed((random) => {
    const bits = new PortableBitOperations();
    for (let round = 0; round < 500; round++) {
      const buffer = random.bytes(random.between(1, 400));
      // An array that begins anywhere in its buffer, whose words do not begin with it.
      const bytes = new Uint8Array(Uint8Array.from(buffer).buffer, random.below(buffer.length));
      const at = random.below(bytes.length);
      const length = random.below(bytes.length - at + 1);
      assert.equal(bits.count(bytes, at, length), setBits(bytes.slice(at, at + length)));
      const byte = random.pick([0, 0xff]);
      const alike = random.below(length + 1);
      bytes.fill(byte, at, at + alike);
      let expected = alike;
      while (expected < length && bytes[at + expected] === byte) expected++;
      assert.equal(bits.findOther(bytes, at, length, byte), expected);
    }
  }));

test("bits are combined whichever way the ranges lie, and nothing beside them changes", () =>
  withSeed((random) => {
    const bits = new PortableBitOperations();
    for (let round = 0; round < 500; round++) {
      const length = random.below(300);
      const [a, b, target] = [0, 1, 2].map(() => random.bytes(length + 24));
      assert.ok(a && b && target);
      const [aAt = 0, bAt = 0, at = 0] = [0, 1, 2].map(() => random.below(20));
      const [operation, rule] = random.pick(RULES);
      const expected = Buffer.from(target);
      for (let i = 0; i < length; i++) {
        expected[at + i] = rule(a[aAt + i] ?? 0, b[bAt + i] ?? 0) & 0xff;
      }
      bits.combine(operation, target, at, a, aAt, b, bAt, length);
      assert.ok(target.equals(expected), `operation ${operation}, ${length} bytes`);
    }
  }));

test("the target may be one of the sources", () => {
  const bits = new PortableBitOperations();
  const bytes = Buffer.alloc(200, 0x0f);
  const other = Buffer.alloc(200, 0x3c);
  bits.combine(BITS_XOR, bytes, 1, bytes, 1, other, 2, 198);
  assert.equal(bytes[0], 0x0f);
  assert.equal(bytes[199], 0x0f);
  assert.ok(bytes.subarray(1, 199).every((byte) => byte === 0x33));
});
