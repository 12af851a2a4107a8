import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatInt64,
  formatInteger,
  INT64_MAX,
  INT64_MIN,
  integerDigits,
  isCanonicalInt64,
  parseInt64,
  parseSafeInteger,
} from "../../../src/base/int64.js";
import { withSeed } from "../../support/seeds.js";
import { ALL_BYTES, embedded, randomBytes } from "./byte-cases.js";

/** The plain model: a canonical integer is one that BigInt reads and writes back unchanged. */
function modelParse(text: string): bigint | undefined {
  if (!/^-?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value.toString() === text && value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

function checkParse(text: string): void {
  const { bytes, off, len } = embedded(text);
  const expected = modelParse(text);
  const safe =
    expected !== undefined && Number.isSafeInteger(Number(expected))
      ? Number(expected)
      : Number.NaN;
  assert.equal(parseInt64(bytes, off, len), expected, `parseInt64 ${JSON.stringify(text)}`);
  assert.equal(isCanonicalInt64(bytes, off, len), expected !== undefined, text);
  // Object.is tells NaN from numbers and 0 from -0.
  const parsed = parseSafeInteger(bytes, off, len);
  assert.ok(Object.is(parsed, safe), `parseSafeInteger ${JSON.stringify(text)} = ${parsed}`);
}

function checkFormat(value: bigint): void {
  const out = new Uint8Array(40).fill(0x23);
  const text = value.toString();
  const shown = (end: number) => Buffer.from(out.subarray(3, end)).toString("latin1");
  assert.equal(shown(formatInt64(value, out, 3)), text);
  if (Number.isSafeInteger(Number(value))) {
    out.fill(0x23);
    assert.equal(shown(formatInteger(Number(value), out, 3)), text);
    assert.equal(integerDigits(Number(value)), text.length);
    assert.deepEqual(
      out.filter((byte) => byte !== 0x23).length,
      text.length,
      "no byte outside the digits is written",
    );
  }
}

const EDGES = [
  INT64_MIN,
  INT64_MAX,
  BigInt(Number.MAX_SAFE_INTEGER),
  BigInt(Number.MIN_SAFE_INTEGER),
  2n ** 31n,
  2n ** 32n,
  0n,
  10n ** 8n,
  10n ** 16n,
  ...Array.from({ length: 19 }, (_, power) => 10n ** BigInt(power)),
];

test("values around every edge are parsed and formatted exactly", () => {
  for (const edge of EDGES) {
    for (const sign of [1n, -1n]) {
      for (let step = -12n; step <= 12n; step++) {
        const value = sign * edge + step;
        checkParse(value.toString());
        if (value >= INT64_MIN && value <= INT64_MAX) checkFormat(value);
      }
    }
  }
});

test("texts that are not canonical integers are refused", () => {
  const refused = ["", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "--1", "1e3", "0x10", "1.0"];
  refused.push("__proto__", "9223372036854775808", "-9223372036854775809", "1".repeat(20), "NaN");
  refused.push("9".repeat(400), "1_000", "१", "1\0", "\x001", "-\xb9", "18446744073709551616");
  for (const text of refused) {
    checkParse(text);
    const { bytes, off, len } = embedded(text);
    assert.equal(isCanonicalInt64(bytes, off, len), false, text);
  }
});

test("a byte that is no digit spoils an integer at every position and for every byte", () => {
  for (const byte of ALL_BYTES) {
    const odd = String.fromCharCode(byte);
    for (const text of ["", "1", "-", "0", "12345678", "1234567890123456", "922337203685477580"]) {
      for (let at = 0; at <= text.length; at++)
        checkParse(text.slice(0, at) + odd + text.slice(at));
    }
  }
});

test("random texts and values agree with the model", () =>
  withSeed((random) => {
    for (let round = 0; round < 60_000; round++) {
      checkParse(randomBytes(random, 21, "000123456789999-+ ").toString("latin1"));
      const bits = (BigInt(random.word()) << 32n) | BigInt(random.word());
      const value = BigInt.asIntN(64, bits) >> BigInt(random.below(64));
      checkParse(value.toString());
      checkFormat(value);
    }
  }));

test("every integer near a multiple of the digit block is formatted exactly", () =>
  withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const value = random.below(90_071_992) * 1e8 + random.between(-3, 3);
      checkFormat(BigInt(value));
      checkFormat(BigInt(-value));
    }
  }));
