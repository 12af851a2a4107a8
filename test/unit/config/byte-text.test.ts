// Splitting lines of configuration files: plain words take a shorter way, which must give the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { splitArguments } from "../../../src/base/quoting";
import { splitByteText } from "../../../src/config/byte-text";
import { withSeed } from "../../support/seeds";

test("lines of any bytes are split as by the one walk over quotes", () =>
  withSeed((random) => {
    const bytes = [
      "a",
      "Z",
      "0",
      "\\",
      "#",
      "-",
      "~",
      " ",
      "  ",
      "\t",
      "\v",
      "\f",
      "\r",
      "\n",
      "\0",
    ];
    const odd = ['"', "'", "\x7f", "\x80", "\xa0", "\xff"];
    for (let round = 0; round < 20_000; round++) {
      const choices = random.chance(0.5) ? bytes : [...bytes, ...odd];
      const line = Array.from({ length: random.below(12) }, () => random.pick(choices)).join("");
      const whole = Buffer.from(line, "latin1");
      const expected = splitArguments(whole, 0, whole.length);
      const words = expected?.map((word) => Buffer.from(word).toString("latin1"));
      const given = splitByteText(line);
      assert.deepEqual(given === undefined ? given : [...given], words, JSON.stringify(line));
    }
  }));
