// Fields of integers against a plain row of bits in bigints: places, widths, and what does not fit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BitField } from "../../../../src/types/bitmap/bit-field";
import {
  DOES_NOT_FIT,
  fitBigInt,
  fitNumber,
  OVERFLOW_FAIL,
  OVERFLOW_SAT,
  OVERFLOW_WRAP,
} from "../../../../src/types/bitmap/field-overflow";
import { type SeededRandom, withSeed } from "../../../support/seeds";

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
}

function valueAt(bytes: Uint8Array, offset: number, bits: number, isSigned: boolean): bigint {
  const digits = bitsOf(bytes)
    .padEnd(offset + bits, "0")
    .slice(offset, offset + bits);
  const value = BigInt(`0b${digits}`);
  return isSigned ? BigInt.asIntN(bits, value) : value;
}

/** Near a power of two, or anywhere. */
function someInt64(random: SeededRandom): bigint {
  const power = 2n ** BigInt(random.below(64));
  const value = (random.chance(0.5) ? power : -power) + BigInt(random.between(-3, 3));
  return BigInt.asIntN(64, random.chance(0.3) ? BigInt(random.between(-300, 300)) : value);
}

test("fields are read and written at any bit, and nothing beside them changes", () =>
  withSeed((random) => {
    const field = new BitField();
    for (let round = 0; round < 5000; round++) {
      const bytes = random.bytes(24);
      const length = random.between(0, 20);
      const offset = random.below(180);
      field.bits = random.between(1, 64);
      field.isSigned = field.bits === 64 || random.chance(0.5);
      field.moveTo(bytes, 2, length, offset);
      const { bits, isSigned } = field;
      const string = bytes.subarray(2, 2 + length);
      const expected = valueAt(string, offset, bits, isSigned);
      assert.equal(field.readBigInt(), expected);
      const isSafe = expected >= -(2n ** 53n) + 1n && expected < 2n ** 53n;
      assert.deepEqual(field.readNumber(), isSafe ? Number(expected) : Number.NaN);
      if (offset + bits > length * 8) continue;
      const value = someInt64(random);
      const written = BigInt.asUintN(bits, value).toString(2).padStart(bits, "0");
      const before = bitsOf(bytes);
      const wanted = before.slice(0, 16 + offset) + written + before.slice(16 + offset + bits);
      if (value > -(2n ** 53n) && value < 2n ** 53n) field.writeNumber(Number(value));
      else field.writeBigInt(value);
      assert.equal(bitsOf(bytes), wanted);
    }
  }));

test("numbers and bigints are fitted into fields alike", () =>
  withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const isSigned = random.chance(0.5);
      const bits = random.between(1, isSigned ? 64 : 63);
      const isSet = random.chance(0.5);
      const old = isSigned
        ? BigInt.asIntN(bits, someInt64(random))
        : BigInt.asUintN(bits, someInt64(random));
      const given = someInt64(random);
      const sum = isSet ? given : old + given;
      const rule = random.pick([OVERFLOW_WRAP, OVERFLOW_SAT, OVERFLOW_FAIL]);
      const exact = fitBigInt(isSet ? given : old, isSet ? 0n : given, bits, isSigned, rule);
      const [least, most] = isSigned
        ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
        : [0n, (1n << BigInt(bits)) - 1n];
      if (exact === undefined) assert.equal(rule, OVERFLOW_FAIL);
      else assert.ok(exact >= least && exact <= most);
      if (sum < -(2n ** 53n) + 1n || sum >= 2n ** 53n) continue;
      const found = fitNumber(Number(sum), bits, isSigned, isSet, rule);
      if (Number.isNaN(found)) continue;
      assert.equal(found === DOES_NOT_FIT ? undefined : BigInt(found), exact);
    }
  }));
