import assert from "node:assert/strict";
import { test } from "node:test";
import { divideHalfEven, roundToBinary } from "../../../src/base/binary-rounding.js";
import { withSeed } from "../../support/seeds.js";

const BINARY64 = { precision: 53, minExponent: -1074 };

function asDouble(numerator: bigint, denominator: bigint, scale: number): number {
  const { mantissa, exponent } = roundToBinary(numerator, denominator, scale, BINARY64);
  assert.ok(mantissa < 2n ** 53n && exponent >= -1074);
  // Two steps, because the power alone may be no finite double.
  const half = Math.trunc(exponent / 2);
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half);
}

test("halves go to even, everything else to the nearest", () => {
  const expected = [0n, 0n, 1n, 2n, 2n, 2n, 3n, 4n, 4n];
  for (const [halves, rounded] of expected.entries()) {
    assert.equal(divideHalfEven(BigInt(halves), 2n), rounded);
  }
  assert.equal(divideHalfEven(10n ** 40n + 1n, 2n * 10n ** 40n), 1n);
  assert.equal(divideHalfEven(10n ** 40n - 1n, 2n * 10n ** 40n), 0n);
  assert.equal(divideHalfEven(7n, 3n), 2n);
  assert.equal(divideHalfEven(8n, 3n), 3n);
});

test("quotients of safe integers are those of the processor", () =>
  withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const a = 1 + random.below(2 ** random.between(1, 32)) * random.below(2 ** 20);
      const b = 1 + random.below(2 ** random.between(1, 32)) * random.below(2 ** 20);
      assert.equal(asDouble(BigInt(a), BigInt(b), 0), a / b, `${a} / ${b}`);
    }
  }));

test("whole numbers of any length and denormals round once", () =>
  withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      let value = 1n;
      for (let word = random.below(6); word >= 0; word--) {
        // Runs of zeros and ones make halves and carries frequent.
        const bits = random.pick([0, 0xffffffff, random.word(), 1 << random.below(31)]);
        value = (value << 32n) | BigInt(bits >>> 0);
      }
      assert.equal(asDouble(value, 1n, 0), Number(value), `${value}`);
      // Scaling by a power of ten shows the same value to Number() as text near the denormals.
      const places = random.between(300, 330) + value.toString().length;
      const expected = Number(`${value}e-${places}`);
      assert.equal(asDouble(value, 10n ** BigInt(places), 0), expected, `${value}e-${places}`);
    }
  }));

test("what lies below half the smallest denormal becomes zero, however far below", () => {
  assert.equal(asDouble(1n, 1n, -1074), Number.MIN_VALUE);
  assert.equal(asDouble(1n, 1n, -1075), 0);
  assert.equal(asDouble(3n, 1n, -1076), Number.MIN_VALUE);
  assert.equal(asDouble(1n, 1n, -1e9), 0);
});
