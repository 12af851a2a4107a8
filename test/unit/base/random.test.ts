import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/base/random.js";

/** xoshiro128** written again with bigints, as the plain model. */
function* model(words: readonly number[]): Generator<number> {
  const mask = 0xffff_ffffn;
  const rotate = (word: bigint, bits: bigint) => ((word << bits) | (word >> (32n - bits))) & mask;
  let [a, b, c, d] = words.map(BigInt);
  for (;;) {
    yield Number((rotate((b * 5n) & mask, 7n) * 9n) & mask);
    const shifted = (b << 9n) & mask;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
  }
}

test("the sequence is that of xoshiro128**", () => {
  // The published vector for the state 1, 2, 3, 4.
  const random = Random.fromWords(1, 2, 3, 4);
  const first = Array.from({ length: 5 }, () => random.nextUint32());
  assert.deepEqual(first, [11520, 0, 5927040, 70819200, 2031721883]);
  for (const words of [
    [1, 2, 3, 4],
    [0xffffffff, 0x80000000, 7, 0],
    [9, 0xdeadbeef, 0, 1],
  ]) {
    const [a, b, c, d] = words;
    const own = Random.fromWords(a, b, c, d);
    const expected = model(words);
    for (let i = 0; i < 5000; i++) assert.equal(own.nextUint32(), expected.next().value);
  }
});

test("a seed repeats its sequence and neighbours differ", () => {
  const seen = new Set<number>();
  const seeds = [0, 1, 2, 3, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, -1, 42];
  for (const seed of seeds) {
    const one = new Random(seed);
    const two = new Random(seed);
    for (let i = 0; i < 100; i++) {
      const drawn = one.nextUint32();
      assert.equal(drawn, two.nextUint32());
      if (i < 4) seen.add(drawn);
    }
  }
  assert.equal(seen.size, seeds.length * 4);
});

test("the all-zero state, which never leaves zero, is avoided", () => {
  const random = Random.fromWords(0, 0, 0, 0);
  const drawn = new Set(Array.from({ length: 50 }, () => random.nextUint32()));
  assert.ok(drawn.size > 40);
});

/** The statistic of a fair distribution over n classes stays near n; 6 deviations are a bug. */
function assertEven(counts: readonly number[], note: string): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const expected = total / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  assert.ok(chi < freedom + 6 * Math.sqrt(2 * freedom) + 6, `${note}: chi squared ${chi}`);
}

test("below is even, also where a plain remainder would be biased by half", () => {
  for (const n of [1, 2, 3, 7, 10, 1000]) {
    const random = new Random(n);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.below(n)] += 1;
    assertEven(counts, `below(${n})`);
  }
  const n = 3 * 2 ** 30;
  const random = new Random(5);
  const thirds = [0, 0, 0];
  for (let i = 0; i < 100_000; i++) thirds[Math.floor(random.below(n) / 2 ** 30)] += 1;
  assertEven(thirds, `thirds of below(${n})`);
});

test("below takes 1 to 2^32 and nothing else", () => {
  const random = new Random(1);
  for (let i = 0; i < 1000; i++) {
    assert.equal(random.below(1), 0);
    const big = random.below(2 ** 32);
    assert.ok(Number.isInteger(big) && big >= 0 && big < 2 ** 32);
  }
  for (const n of [0, -1, 2 ** 32 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => random.below(n), RangeError);
  }
});

test("nextDouble is even in [0, 1) and uses all 53 bits", () => {
  const random = new Random(11);
  const counts = new Array<number>(64).fill(0);
  let lowBits = 0;
  for (let i = 0; i < 100_000; i++) {
    const drawn = random.nextDouble();
    assert.ok(drawn >= 0 && drawn < 1);
    counts[Math.floor(drawn * 64)] += 1;
    lowBits |= (drawn * 2 ** 53) % 2 ** 20;
  }
  assertEven(counts, "nextDouble");
  assert.equal(lowBits, 2 ** 20 - 1);
});
