// Registers in both forms against a plain array of 16384 numbers. That the bytes are Redis's is shown
// in test/parity.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  estimateCardinality,
  REGISTER_VALUES,
} from "../../../../src/types/hyperloglog/cardinality-estimate";
import {
  countDense,
  denseRegister,
  mergeDense,
} from "../../../../src/types/hyperloglog/dense-registers";
import { HEADER_BYTES, isHyperLogLog, REGISTERS } from "../../../../src/types/hyperloglog/layout";
import { ScratchValue } from "../../../../src/types/hyperloglog/scratch-value";
import { selfTest } from "../../../../src/types/hyperloglog/self-test";
import { SparseWalk } from "../../../../src/types/hyperloglog/sparse-walk";
import { withSeed } from "../../../support/seeds";

/** The registers of a value in either form. */
function registersOf(value: ScratchValue): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  if (value.bytes[4] === 0) {
    mergeDense(value.bytes, HEADER_BYTES, registers);
    return registers;
  }
  const walk = new SparseWalk();
  walk.begin(value.bytes, HEADER_BYTES, value.length);
  while (walk.next()) registers.fill(walk.value, walk.first, walk.first + walk.registers);
  assert.ok(walk.isComplete, "the runs cover the registers");
  return registers;
}

test("registers are what they were raised to, sparse, dense and on the way", () =>
  withSeed((random) => {
    const value = new ScratchValue();
    for (let round = 0; round < 20; round++) {
      const model = new Uint8Array(REGISTERS);
      const mostBytes = random.pick([20, 100, 3000, 100_000]);
      // Near each other, so that runs are split and joined in all ways.
      const span = random.pick([10, 200, REGISTERS]);
      const start = random.below(REGISTERS - span + 1);
      const most = random.pick([3, 32, 51]);
      value.begin();
      for (let step = 0; step < 600; step++) {
        const index = start + random.below(span);
        const register = random.between(1, most);
        const expected = register > (model[index] ?? 0) ? 1 : 0;
        assert.equal(value.raise(index, register, mostBytes), expected);
        if (expected === 1) model[index] = register;
        if (step % 50 === 0) assert.deepEqual(registersOf(value), model);
      }
      assert.deepEqual(registersOf(value), model);
      assert.ok(isHyperLogLog(value.bytes, 0, value.length));
      assert.ok(value.becomeDense());
      assert.deepEqual(registersOf(value), model);
    }
  }));

test("a value of any bytes behind the header is refused or read, and never leaves its memory", () =>
  withSeed((random) => {
    for (let round = 0; round < 3000; round++) {
      const value = new ScratchValue();
      value.begin();
      const runs = random.bytes(random.below(40));
      const bytes = Buffer.concat([Buffer.from(value.bytes.slice(0, HEADER_BYTES)), runs]);
      assert.ok(value.load(bytes, 0, bytes.length));
      for (let i = 0; i < 20; i++) {
        const index = random.below(REGISTERS);
        const raised = value.raise(index, random.between(1, 51), random.pick([10, 3000]));
        assert.ok(raised === -1 || raised === 0 || raised === 1);
      }
      const longest = Buffer.alloc(100_000, bytes);
      assert.equal(value.load(longest, 0, longest.length), false);
    }
  }));

test("the histogram counts all registers", () =>
  withSeed((random) => {
    const value = new ScratchValue();
    value.begin();
    assert.ok(value.becomeDense());
    for (let i = 0; i < 5000; i++) value.raise(random.below(REGISTERS), random.below(64), 0);
    const histogram = new Int32Array(REGISTER_VALUES);
    countDense(value.bytes, HEADER_BYTES, histogram);
    const expected = new Int32Array(REGISTER_VALUES);
    for (let i = 0; i < REGISTERS; i++) {
      const register = denseRegister(value.bytes, HEADER_BYTES, i);
      expected[register] = (expected[register] ?? 0) + 1;
    }
    assert.deepEqual(histogram, expected);
  }));

test("no elements are estimated as none, and the self test finds nothing wrong", () => {
  const histogram = new Int32Array(REGISTER_VALUES);
  histogram[0] = REGISTERS;
  assert.equal(estimateCardinality(histogram), 0);
  assert.equal(selfTest(), undefined);
});
