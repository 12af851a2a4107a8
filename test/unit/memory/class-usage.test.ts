import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { PAGE_BYTES } from "../../../src/memory/size-classes.js";
import { withSeed } from "../../support/seeds.js";

const MIB = 1 << 20;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

test("the rows of all classes add up to what the arena counts", () =>
  withSeed((random) => {
    const arena = new Arena();
    const live: number[] = [];
    for (let step = 0; step < 20_000; step++) {
      if (live.length > 0 && random.chance(0.4)) {
        arena.free(live.splice(random.below(live.length), 1)[0]);
      } else {
        live.push(arena.alloc(random.chance(0.01) ? random.below(MIB) : random.below(3000)));
      }
    }
    const rows = arena.classUsage();
    assert.equal(sum(rows.map((row) => row.usedBytes)), arena.usedBytes);
    assert.equal(sum(rows.map((row) => row.usedBlocks)), live.length);
    // Page 0 belongs to no block, so that no ref is 0.
    assert.equal(sum(rows.map((row) => row.reservedBytes)), arena.reservedBytes - PAGE_BYTES);
    for (const row of rows) {
      const { usedBytes, freeBlocks, blockBytes, wasteBytes, reservedBytes } = row;
      assert.ok(freeBlocks >= 0 && wasteBytes >= 0, JSON.stringify(row));
      assert.equal(usedBytes + freeBlocks * blockBytes + wasteBytes, reservedBytes);
    }
    const sizes = rows.map((row) => row.blockBytes || Number.POSITIVE_INFINITY);
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => a - b),
    );
  }));

test("resident memory is what is reserved and what may not have been given back", () => {
  const arena = new Arena({ advise: () => undefined });
  const refs = Array.from({ length: 100 }, () => arena.alloc(MIB));
  assert.equal(arena.residentBytes, arena.reservedBytes);
  const fullBytes = arena.residentBytes;
  for (const ref of refs) arena.free(ref);
  assert.ok(arena.residentBytes >= fullBytes);
  const beforeBytes = arena.residentBytes;
  assert.equal(arena.purge(10 * MIB), 10 * MIB);
  assert.equal(arena.residentBytes, beforeBytes - 10 * MIB);
  arena.purge(Number.POSITIVE_INFINITY);
  assert.equal(arena.residentBytes, arena.reservedBytes);
  arena.verify();
});
