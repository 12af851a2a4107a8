import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addLongDouble,
  formatLongDoubleHuman,
  isFiniteLongDouble,
  parseLongDouble,
} from "../../../src/base/long-double.js";
import { decodeReply, type Reply } from "../../support/reply.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { embedded } from "./byte-cases.js";
import { damaged, ODD_FLOAT_TEXTS, randomFloatText } from "./float-cases.js";
import { WITHOUT_ORACLE, withOracle } from "./oracle.js";

function parse(text: string) {
  const { bytes, off, len } = embedded(text);
  return parseLongDouble(bytes, off, len);
}

/** What INCRBYFLOAT answers: the new value, or the text of its error. */
function increment(stored: string, by: string): Reply {
  const a = parse(stored);
  const b = parse(by);
  if (a === undefined || b === undefined) return { error: "ERR value is not a valid float" };
  const sum = addLongDouble(a, b);
  if (isFiniteLongDouble(sum)) return formatLongDoubleHuman(sum);
  return { error: "ERR increment would produce NaN or Infinity" };
}

const NOT_A_FLOAT = { error: "ERR value is not a valid float" };
const NOT_FINITE = { error: "ERR increment would produce NaN or Infinity" };

test("sums are those of 64-bit mantissas", () => {
  const cases: [string, string, Reply][] = [
    ["10.50", "0.1", "10.6"],
    ["0.1", "0.2", "0.3"],
    ["5.0e3", "2.0e2", "5200"],
    ["3", "1.1", "4.1"],
    ["-0", "-0", "0"],
    ["1", "-1", "0"],
    ["0", "-1e-18", "0"],
    ["0", "1e-17", "0.00000000000000001"],
    ["9223372036854775807", "1", "9223372036854775808"],
    ["18446744073709551615", "1", "18446744073709551616"],
    ["18446744073709551616", "1", "18446744073709551616"],
    ["18446744073709551616", "3", "18446744073709551620"],
    ["1e30", "1", "1000000000000000000024696061952"],
    ["inf", "1", NOT_FINITE],
    ["inf", "-inf", NOT_FINITE],
    ["1e4932", "1e4932", NOT_FINITE],
    ["1e4933", "0", NOT_A_FLOAT],
    ["1e-4951", "0", NOT_A_FLOAT],
    ["4e-4951", "1", "1"],
    ["nan", "1", NOT_A_FLOAT],
    ["__proto__", "1", NOT_A_FLOAT],
    ["1", "", NOT_A_FLOAT],
  ];
  for (const [a, b, expected] of cases) assert.deepEqual(increment(a, b), expected, `${a} + ${b}`);
});

test("values that are not finite have names", () => {
  const infinite = parse("-inf");
  const positive = parse("inf");
  assert.ok(infinite !== undefined && positive !== undefined);
  assert.equal(formatLongDoubleHuman(infinite), "-inf");
  assert.equal(formatLongDoubleHuman(positive), "inf");
  const nan = addLongDouble(positive, infinite);
  assert.equal(formatLongDoubleHuman(nan), "nan");
  assert.equal(formatLongDoubleHuman(addLongDouble(nan, positive)), "nan");
  assert.ok(!isFiniteLongDouble(nan) && !isFiniteLongDouble(infinite));
});

/** A text of about `length` bytes with digits that matter at both ends. */
function longText(random: SeededRandom, length: number): string {
  const zeros = "0".repeat(length - 12);
  const digit = String(random.between(1, 9));
  return random.pick([
    `1.${zeros}0000000001`,
    `${digit}${zeros}e-0000${length - 4}`.slice(0, length),
  ]);
}

test("INCRBYFLOAT of a real server gives the same digits", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client) =>
    withSeed(async (random) => {
      const pairs: [string, string][] = ODD_FLOAT_TEXTS.flatMap((text): [string, string][] => [
        [text, "1"],
        ["1.5", text],
      ]);
      for (const length of [5118, 5119, 5120, 5121]) pairs.push([longText(random, length), "0"]);
      for (let round = 0; round < 6000; round++) {
        const a = randomFloatText(random, 4960);
        const b = randomFloatText(random, 4960);
        pairs.push([a, b]);
        if (round % 4 === 0) pairs.push([damaged(random, a), b]);
        // Nearly equal values of opposite signs cancel down to the last bits.
        if (round % 4 === 1) pairs.push([a, a.startsWith("-") ? a.slice(1) : `-${a}`]);
      }
      for (const [a, b] of pairs) {
        client.send("SET", "k", Buffer.from(a, "latin1"));
        client.send("INCRBYFLOAT", "k", Buffer.from(b, "latin1"));
      }
      for (const [a, b] of pairs) {
        await client.readReply();
        const reply = decodeReply(await client.readReply());
        assert.deepEqual(increment(a, b), reply, `${JSON.stringify(a)} + ${JSON.stringify(b)}`);
      }
    }),
  ),
);

test(
  "a counter that is incremented again and again stays with a real server's",
  {
    skip: WITHOUT_ORACLE,
  },
  () =>
    withOracle((client) =>
      withSeed(async (random) => {
        let value = "0";
        for (let round = 0; round < 2000; round++) {
          const by = `${random.between(-99, 99)}.${random.below(10 ** random.between(1, 9))}`;
          const expected = await client.call("INCRBYFLOAT", "counter", by);
          assert.deepEqual(increment(value, by), expected, `${value} + ${by}`);
          value = String(expected);
        }
      }),
    ),
);
