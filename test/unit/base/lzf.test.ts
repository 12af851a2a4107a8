import assert from "node:assert/strict";
import { test } from "node:test";
import { Lzf, lzfDecompress } from "../../../src/base/lzf.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";

/** Bytes with more or less of them repeated, near and far. */
function sample(random: SeededRandom): Buffer {
  const parts: Buffer[] = [];
  const pool = Array.from({ length: random.between(1, 5) }, () =>
    random.bytes(random.pick([1, 2, 3, 10, 300, 3000])),
  );
  for (let left = random.below(60); left > 0; left--) {
    parts.push(random.chance(0.6) ? random.pick(pool) : random.bytes(random.below(40)));
    if (random.chance(0.1)) parts.push(Buffer.alloc(random.below(9000), random.below(3)));
  }
  return Buffer.concat(parts);
}

function compressed(lzf: Lzf, bytes: Buffer): Buffer {
  const out = Buffer.alloc(bytes.length + (bytes.length >>> 5) + 8);
  const padded = Buffer.concat([Buffer.from("xx"), bytes, Buffer.from("yyy")]);
  const size = lzf.compress(padded, 2, bytes.length, out, 1, out.length - 1);
  return Buffer.from(out.subarray(1, 1 + size));
}

test("what was compressed comes back, and nothing around it is touched", () =>
  withSeed((random) => {
    const lzf = new Lzf();
    for (let round = 0; round < 400; round++) {
      const bytes = sample(random);
      const small = compressed(lzf, bytes);
      const out = Buffer.alloc(bytes.length + 2, 0x77);
      assert.ok(lzfDecompress(small, 0, small.length, out, 1, bytes.length));
      assert.ok(out.subarray(1, -1).equals(bytes));
      assert.equal(out[0], 0x77);
      assert.equal(out[out.length - 1], 0x77);
    }
  }));

test("what does not fit is refused, and repeated bytes shrink", () => {
  const lzf = new Lzf();
  const same = Buffer.alloc(10_000, 97);
  const small = compressed(lzf, same);
  assert.ok(small.length < 150, `${small.length}`);
  const out = Buffer.alloc(small.length + 8, 0x77);
  assert.equal(lzf.compress(same, 0, same.length, out, 0, small.length - 1), 0);
  assert.equal(out[small.length + 2], 0x77, "nothing is written behind the room");
});

test("broken input is refused or stays within the output", () =>
  withSeed((random) => {
    const lzf = new Lzf();
    for (let round = 0; round < 3000; round++) {
      const bytes = sample(random);
      const small = compressed(lzf, bytes);
      if (small.length === 0) continue;
      if (random.chance(0.8)) small[random.below(small.length)] = random.below(256);
      const size = random.chance(0.3) ? random.below(small.length) : small.length;
      const out = Buffer.alloc(bytes.length + 2, 0x77);
      const told = Math.max(0, bytes.length - (random.chance(0.3) ? 1 : 0));
      lzfDecompress(small, 0, size, out, 1, told);
      assert.equal(out[0], 0x77);
      assert.equal(out[told + 1], 0x77);
    }
  }));
