import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytesHuman, parseMemorySize } from "../../../src/base/memory-size.js";
import { withSeed } from "../../support/seeds.js";
import { ALL_BYTES } from "./byte-cases.js";
import { latin1Reply, WITHOUT_ORACLE, withOracle } from "./oracle.js";

test("sizes with and without units", () => {
  const cases: [string, number | undefined][] = [
    ["0", 0],
    ["100", 100],
    ["100b", 100],
    ["1k", 1000],
    ["1kb", 1024],
    ["1M", 1e6],
    ["1Mb", 1048576],
    ["1g", 1e9],
    ["1GB", 1073741824],
    ["007kb", 7168],
    ["", 0],
    ["mb", 0],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", undefined],
    ["9007199254740993", undefined],
    ["8796093022208kb", undefined],
    ["8796093022207kb", 8796093022207 * 1024],
    [`${"0".repeat(126)}1`, 1],
    [`${"0".repeat(127)}1`, undefined],
    ["9".repeat(100_000), undefined],
    ["-1", undefined],
    ["+1", undefined],
    [" 1", undefined],
    ["1 ", undefined],
    ["1.5mb", undefined],
    ["1tb", undefined],
    ["1kbb", undefined],
    ["10%", undefined],
    ["0x10", undefined],
    ["1e3", undefined],
    ["__proto__", undefined],
    ["1__proto__", undefined],
    ["1\u212ab", undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseMemorySize(text), expected, text);
});

test("no letter outside ASCII is taken for a unit", () => {
  for (let code = 0x80; code <= 0xffff; code++) {
    const letter = String.fromCharCode(code);
    assert.equal(parseMemorySize(`1${letter}`), undefined);
    assert.equal(parseMemorySize(`1${letter}b`), undefined);
    assert.equal(parseMemorySize(`1k${letter}`), undefined);
  }
});

test("bytes are shown with two decimals, halves to even", () => {
  const cases: [number, string][] = [
    [0, "0B"],
    [1023, "1023B"],
    [1024, "1.00K"],
    [1152, "1.12K"],
    [1408, "1.38K"],
    [1048575, "1024.00K"],
    [1048576, "1.00M"],
    [1610612736, "1.50G"],
    [1024 ** 4, "1.00T"],
    [1024 ** 5, "1.00P"],
    [Number.MAX_SAFE_INTEGER, "8.00P"],
  ];
  for (const [sizeBytes, expected] of cases) assert.equal(formatBytesHuman(sizeBytes), expected);
});

test("a real server reads and shows maxmemory alike", { skip: WITHOUT_ORACLE }, () =>
  withOracle((client) =>
    withSeed(async (random) => {
      const texts = ["", "b", "kb", "GB", "1152", "10%", "1kbx"];
      // A real server ends a configuration value at NUL; this parser is never handed such a text.
      for (const byte of ALL_BYTES.subarray(1)) texts.push(`5${String.fromCharCode(byte)}`);
      const units = ["", "b", "k", "kb", "K", "Kb", "m", "mB", "g", "gb", "x", " ", "t", "bk"];
      for (let round = 0; round < 1500; round++) {
        const scaled = Math.floor(2 ** (random.below(5200) / 100));
        // Every second value ends in 128, which makes exact halves of a hundredth frequent.
        const value = round % 2 === 0 ? scaled : Math.floor(scaled / 256) * 256 + 128;
        texts.push(`${value}${random.pick(units)}`);
      }
      for (const text of texts) {
        const note = JSON.stringify(text);
        const sizeBytes = parseMemorySize(text);
        const set = await client.call("CONFIG", "SET", "maxmemory", Buffer.from(text, "latin1"));
        if (sizeBytes === undefined) {
          // A size beyond 2^53 is the one thing that a real server takes and this one does not.
          if (!/^\d{7,}[kmg]?b?$/i.test(text)) assert.notEqual(set, "OK", note);
          continue;
        }
        const info = latin1Reply(await client.call("INFO", "memory"));
        assert.equal(/^maxmemory:(\d+)/m.exec(info)?.[1], String(sizeBytes), note);
        const human = /^maxmemory_human:(\S+)/m.exec(info)?.[1];
        assert.equal(human, formatBytesHuman(sizeBytes), note);
      }
    }),
  ),
);
