import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LongestCommonSubsequence,
  RUN_NUMBERS,
} from "../../../../src/types/string/longest-common-subsequence";
import { withSeed } from "../../../support/seeds";

interface Answer {
  readonly length: number;
  readonly runs: number[];
}

/** The table of all lengths, and the walk through it from the ends, as Redis describes them. */
function byTable(a: Buffer, b: Buffer): Answer {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const longer = Math.max(at(i - 1, j), at(i, j - 1));
      table[i * width + j] = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) + 1 : longer;
    }
  }
  const runs: number[] = [];
  let [i, j, length] = [a.length, b.length, 0];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      [i, j, length] = [i - 1, j - 1, length + 1];
      continue;
    }
    if (length > 0) runs.push(i, j, length);
    length = 0;
    if (at(i - 1, j) > at(i, j - 1)) i--;
    else j--;
  }
  if (length > 0) runs.push(i, j, length);
  return { length: at(a.length, b.length), runs };
}

function byBits(a: Buffer, b: Buffer): Answer {
  const first = { bytes: a, at: 0, length: a.length };
  const second = { bytes: b, at: 0, length: b.length };
  const subsequence = new LongestCommonSubsequence(first, second, true);
  const lengthOnly = new LongestCommonSubsequence(first, second, false);
  assert.equal(lengthOnly.length, subsequence.length);
  return { length: subsequence.length, runs: subsequence.runs() };
}

test("random strings give the same runs as the table of all lengths", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 3000; round++) {
      const letters = random.pick([1, 2, 3, 5, 26, 256]);
      const draw = (): Buffer =>
        Buffer.from(
          Array.from({ length: random.below(random.pick([5, 40, 130])) }, () =>
            random.below(letters),
          ),
        );
      const [a, b] = [draw(), draw()];
      const found = byBits(a, b);
      assert.deepEqual(found, byTable(a, b), `${a.toString("hex")} ${b.toString("hex")}`);
      let sum = 0;
      for (let run = 0; run < found.runs.length; run += RUN_NUMBERS)
        sum += found.runs[run + 2] ?? 0;
      assert.equal(sum, found.length);
    }
  });
});

test("carries pass whole words of matches", () => {
  for (const length of [31, 32, 33, 63, 64, 65, 96, 97]) {
    const a = Buffer.alloc(length, "x");
    for (const shorter of [0, 1, length - 1, length]) {
      const b = Buffer.alloc(shorter, "x");
      assert.deepEqual(byBits(a, b), byTable(a, b));
      assert.deepEqual(byBits(b, a), byTable(b, a));
    }
  }
});

test("strings inside larger memory are read at their places", () => {
  const bytes = Buffer.from("..ohmytext..mynewtext..");
  const subsequence = new LongestCommonSubsequence(
    { bytes, at: 2, length: 8 },
    { bytes, at: 12, length: 9 },
    true,
  );
  assert.equal(subsequence.length, 6);
  assert.deepEqual(subsequence.runs(), [4, 5, 4, 2, 0, 2]);
});
