import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDouble17, formatDoubleShortest, parseDouble } from "../../../src/base/double.js";
import { decodeReply } from "../../support/reply.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { ALL_BYTES, embedded } from "./byte-cases.js";
import { damaged, ODD_FLOAT_TEXTS, randomFloatText } from "./float-cases.js";
import { latin1Reply, WITHOUT_ORACLE, withOracle } from "./oracle.js";

function parse(text: string): number | undefined {
  const { bytes, off, len } = embedded(text);
  return parseDouble(bytes, off, len);
}

function assertSame(actual: number | undefined, expected: number | undefined, note: string): void {
  assert.ok(Object.is(actual, expected), `${note}: ${actual} instead of ${expected}`);
}

/** Every bit pattern but nan's and infinity's is equally likely. */
function randomDouble(random: SeededRandom): number {
  const view = new DataView(new ArrayBuffer(8));
  do {
    view.setUint32(0, random.word());
    view.setUint32(4, random.word());
  } while (!Number.isFinite(view.getFloat64(0)));
  return view.getFloat64(0);
}

const MAX = Number.MAX_VALUE;
const TINY = Number.MIN_VALUE;

test("whole texts of every form are read", () => {
  const cases: [string, number | undefined][] = [
    ["3.25", 3.25],
    ["-0", -0],
    ["-.0e0", -0],
    ["0.1", 0.1],
    ["123456789012345", 123456789012345],
    ["1152921504606846977", 2 ** 60],
    ["9007199254740993", 9007199254740992],
    ["9007199254740993.0000000000000000000000000001", 9007199254740994],
    ["1.7976931348623157e308", MAX],
    ["1.7976931348623158e308", MAX],
    ["1.7976931348623159e308", undefined],
    ["4.9e-324", TINY],
    ["2.5e-324", TINY],
    ["2.4e-324", undefined],
    ["0x1.fffffffffffff7p1023", MAX],
    ["0x1.fffffffffffff8p1023", undefined],
    ["0x1p-1074", TINY],
    ["0x.8p-1074", undefined],
    ["0x.80000000000000000000000001p-1074", TINY],
    ["0x1.00000000000008p0", 1],
    ["0x1.000000000000081p0", 1 + 2 ** -52],
    ["-infinity", Number.NEGATIVE_INFINITY],
  ];
  for (const [text, expected] of cases) assertSame(parse(text), expected, text);
});

test("digits beyond those kept still decide a rounding", () => {
  const half = `9007199254740993.${"0".repeat(40_000)}`;
  assertSame(parse(half), 9007199254740992, "exactly half");
  assertSame(parse(`${half}1`), 9007199254740994, "more than half");
  assertSame(parse(`0.${"0".repeat(40_000)}1e40001`), 1, "many zeros and a large exponent");
  assertSame(parse(`1${"0".repeat(40_000)}e-40000`), 1, "many zeros and a small exponent");
  assertSame(parse(`0x${"0".repeat(9000)}1${"0".repeat(9000)}p-36000`), 1, "hexadecimal zeros");
});

test("no byte but digits, signs, points and markers is taken anywhere", () => {
  for (const byte of ALL_BYTES) {
    const odd = String.fromCharCode(byte);
    if (/[0-9.eE+-]/.test(odd)) continue;
    for (const text of [`${odd}1`, `1${odd}`, `1${odd}5`, `1.5e${odd}3`, `-${odd}1`, odd]) {
      if (!/^0[xX]/.test(text)) assertSame(parse(text), undefined, JSON.stringify(text));
    }
  }
});

test("17 digits are those of C, exact halves go to even", () => {
  const cases: [number, string][] = [
    [0.1, "0.10000000000000001"],
    [3.3, "3.2999999999999998"],
    [1 + 2 ** -17, "1.0000076293945312"],
    [1 + 3 * 2 ** -17, "1.0000228881835938"],
    [-(1 + 2 ** -17), "-1.0000076293945312"],
    [1e16, "10000000000000000"],
    [1e17, "1e+17"],
    [123456789012345680000, "1.2345678901234568e+20"],
    [0.0001, "0.0001"],
    [0.00001, "1.0000000000000001e-05"],
    [TINY, "4.9406564584124654e-324"],
    [MAX, "1.7976931348623157e+308"],
    [-0, "-0"],
    [5, "5"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ];
  for (const [value, expected] of cases) assert.equal(formatDouble17(value), expected);
});

test("17 digits without an exponent are the exact ones, rounded, halves to even", () =>
  withSeed((random) => {
    for (let round = 0; round < 20_000; round++) {
      const value = plainDouble(random);
      assert.equal(formatDouble17(value), exact17(value), `17 digits of ${value}`);
    }
  }));

/** Between 1e-4 and 1e17; often one whose 18th and last digit is a 5. */
function plainDouble(random: SeededRandom): number {
  const whole = random.word() * 2 ** random.between(-20, 21) + random.word() / 2 ** 32;
  if (random.chance(0.4)) return Math.max(whole, 1e-4);
  const few = random.below(10 ** random.between(1, 9)) + 1;
  if (random.chance(0.3)) return (few * 1000 + random.below(1000)) / 2 ** random.between(0, 12);
  const places = random.between(1, 22);
  const most = Math.min(2 ** 53, 1e17 * 2 ** places);
  const odd = Math.floor((random.word() / 2 ** 32) * (most / 2)) * 2 + 1;
  const value = odd / 2 ** places;
  return value >= 1e-4 && value < 1e17 ? value : 0.5;
}

/** C's `%.17g` of a positive value without exponent, by exact arithmetic on its decimals. */
function exact17(value: number): string {
  const places = 100n;
  let exponent = 0;
  let mantissa = value;
  for (; !Number.isInteger(mantissa); exponent++) mantissa *= 2;
  const scaled = (BigInt(mantissa) * 10n ** places) / 2n ** BigInt(exponent);
  const dropped = 10n ** BigInt(scaled.toString().length - 17);
  const rest = scaled % dropped;
  let kept = scaled / dropped;
  if (rest * 2n > dropped || (rest * 2n === dropped && kept % 2n === 1n)) kept++;
  const digits = (kept * dropped).toString().padStart(Number(places) + 1, "0");
  const point = digits.length - Number(places);
  return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0+$/, "");
}

test("the shortest form has the layout of Redis 7.2", () => {
  const cases: [number, string][] = [
    [3141 / 1000, "3.141"],
    [0.1, "0.1"],
    [-0, "-0"],
    [100, "100"],
    [-1.5, "-1.5"],
    [1e15, "1000000000000000"],
    [2 ** 62, "4611686018427387904"],
    [-(2 ** 62), "-4611686018427387904"],
    [2 ** 62 + 1024, "4611686018427389000"],
    [1e19, "1e+19"],
    [12345678901234567000, "12345678901234567000"],
    [1.5e300, "1.5e+300"],
    [1e-6, "0.000001"],
    [1e-7, "1e-7"],
    [1.25e-7, "1.25e-7"],
    [0.00012, "0.00012"],
    [0.0001234567, "1.234567e-4"],
    [0.001234567, "0.001234567"],
    [12345.678901, "12345.678901"],
    [12345.6789012, "1.23456789012e+4"],
    [1234.56789012, "1234.56789012"],
    [TINY, "5e-324"],
    [MAX, "1.7976931348623157e+308"],
    [Number.NaN, "nan"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ];
  for (const [value, expected] of cases) assert.equal(formatDoubleShortest(value), expected);
});

test("both printed forms read back as the same double", () =>
  withSeed((random) => {
    for (let round = 0; round < 30_000; round++) {
      const bits = randomDouble(random);
      const near = random.between(-1_000_000, 1_000_000) / 10 ** random.below(12);
      for (const value of [bits, near, Math.trunc(near), near * 2 ** random.between(-80, 80)]) {
        assertSame(parse(formatDouble17(value)), value, `%.17g of ${value}`);
        assertSame(parse(formatDoubleShortest(value)), value, `shortest of ${value}`);
      }
    }
  }));

test("a RESP3 double of a real server has the same form", { skip: WITHOUT_ORACLE }, () =>
  withOracle(async (client) => {
    await client.command("HELLO", "3");
    assert.deepEqual(await client.call("DEBUG", "PROTOCOL", "DOUBLE"), {
      double: formatDoubleShortest(3141 / 1000),
    });
    assert.equal(await client.call("ZADD", "z", "inf", "m"), 1);
    assert.deepEqual(await client.call("ZSCORE", "z", "m"), {
      double: formatDoubleShortest(Number.POSITIVE_INFINITY),
    });
  }),
);

test("a real server reads and prints scores alike", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client) =>
    withSeed(async (random) => {
      // A skip list keeps the double; a listpack would turn -0 into 0.
      await client.command("CONFIG", "SET", "zset-max-listpack-entries", "0");
      const texts = [...ODD_FLOAT_TEXTS];
      for (let round = 0; round < 4000; round++) {
        const text = randomFloatText(random, 330);
        const half =
          random.below(2 ** 31) + (2 * random.below(256) + 1) / 2 ** random.between(3, 40);
        texts.push(text, damaged(random, text), String(randomDouble(random)), String(half));
      }
      for (const text of texts) {
        client.send("ZADD", "z", Buffer.from(text, "latin1"), "m");
        client.send("ZSCORE", "z", "m");
        client.send("DEL", "z");
      }
      for (const text of texts) {
        const added = decodeReply(await client.readReply());
        const score = decodeReply(await client.readReply());
        await client.readReply();
        const value = parse(text);
        const note = JSON.stringify(text);
        if (value === undefined) {
          assert.deepEqual(added, { error: "ERR value is not a valid float" }, note);
        } else {
          assert.equal(added, 1, note);
          assert.equal(formatDouble17(value), latin1Reply(score), note);
        }
      }
    }),
  ),
);
