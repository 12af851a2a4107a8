import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../../src/memory/block-memory.js";

const SIZES = [1, 40, 64, 500, 32_768, 32_769, 100_000];

function poisoned(): Arena {
  return new Arena({ poison: true });
}

function write(arena: Arena, ref: number, offset: number): void {
  arena.bytes[ref >>> SEGMENT_SHIFT][(ref & GRANULE_MASK) * 16 + offset] = 1;
}

test("poison mode refuses to free or own a block twice freed, of every size", () => {
  for (const size of SIZES) {
    const arena = poisoned();
    const other = arena.alloc(size);
    const ref = arena.alloc(size);
    arena.free(ref);
    assert.throws(() => arena.free(ref), /freed twice|not in use/, `free ${size}`);
    assert.throws(() => arena.own(ref), /freed twice|not in use/, `own ${size}`);
    arena.free(other);
    arena.verify();
  }
});

test("poison mode refuses to free or own a block that is parked", () => {
  for (const size of SIZES) {
    const arena = poisoned();
    const ref = arena.alloc(size);
    arena.freeze();
    arena.free(ref);
    assert.throws(() => arena.free(ref), /freed twice/);
    assert.throws(() => arena.own(ref), /freed twice/);
    arena.thaw();
    assert.throws(() => arena.free(ref), /freed twice/);
    arena.releaseParked(10);
    assert.throws(() => arena.free(ref), /freed twice|not in use/);
    assert.equal(arena.usedBytes, 0);
  }
});

test("poison mode refuses the old ref of a block that was copied for its owner", () => {
  const arena = poisoned();
  const ref = arena.alloc(100);
  arena.freeze();
  const owned = arena.own(ref);
  assert.notEqual(owned, ref);
  assert.throws(() => arena.own(ref), /freed twice/);
  assert.equal(arena.own(owned), owned);
});

test("poison mode refuses refs that are no start of a block", () => {
  const arena = poisoned();
  const small = arena.alloc(64);
  const large = arena.alloc(100_000);
  assert.throws(() => arena.free(0), /not in use/);
  assert.throws(() => arena.free(small + 1), /into a block/);
  assert.throws(() => arena.free(small + 4), /not in use/, "never handed out");
  assert.throws(() => arena.free(large + 1), /into a large block/);
  assert.throws(() => arena.free(large + 1024), /./, "a later page of a large block");
  assert.throws(() => arena.free(0x7fffff00 | 0), /./, "no such segment");
  assert.throws(() => arena.free(-16), /./, "no such segment");
  arena.free(small);
  arena.free(large);
  arena.verify();
});

test("poison mode finds a write to a freed block at the next verify", () => {
  for (const offset of [4, 63]) {
    const arena = poisoned();
    const ref = arena.alloc(64);
    arena.free(ref);
    arena.verify();
    write(arena, ref, offset);
    assert.throws(() => arena.verify(), /written to after it was freed/);
  }
});

test("poison mode shows at once who reads a new or a freed block", () => {
  const arena = poisoned();
  const ref = arena.alloc(64);
  const at = (ref & GRANULE_MASK) * 16;
  const block = arena.bytes[ref >>> SEGMENT_SHIFT].subarray(at, at + 64);
  assert.ok(block.every((byte) => byte === 0xa5));
  arena.free(ref);
  assert.ok(block.subarray(4).every((byte) => byte === 0xdd));
});

test("verify finds a free list that was written over", () => {
  const arena = new Arena();
  const refs = [arena.alloc(64), arena.alloc(64), arena.alloc(64)];
  for (const ref of refs) arena.free(ref);
  arena.verify();
  write(arena, refs[1], 0);
  assert.throws(() => arena.verify(), /free list of span/);
});
