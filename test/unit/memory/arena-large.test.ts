import assert from "node:assert/strict";
import { test } from "node:test";
import { Arena } from "../../../src/memory/arena.js";
import { SEGMENT_BYTES, SEGMENT_SHIFT } from "../../../src/memory/block-memory.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { ArenaModel } from "./arena-model.js";

const MIB = 1 << 20;
/** Segments are 256 MiB, of which these blocks touch a few pages only. */
const SIZES = [40, 90, 200, 250, 300, 500, 900].map((size) => size * MIB);

function takeStep(model: ArenaModel, random: SeededRandom): void {
  const kind = random.below(100);
  const { arena, live } = model;
  if (live.length === 0 || (kind < 40 && live.length < 12)) {
    model.alloc(random.chance(0.5) ? random.below(3000) : random.pick(SIZES) + random.below(9999));
  } else if (kind < 75) model.free(random.below(live.length));
  else if (kind < 85) model.releaseParked(random.below(4));
  else if (kind < 90) arena.purge(random.below(900 * MIB));
  else if (arena.frozenNow) model.thaw();
  else model.freeze();
}

test("large blocks in many segments agree with the model, with segments that come while frozen", () =>
  withSeed((random) => {
    for (let round = 0; round < 3; round++) {
      const model = new ArenaModel(new Arena({ advise: () => undefined }), random);
      for (let step = 0; step < 250; step++) {
        takeStep(model, random);
        model.check();
      }
      // Owning and resizing copies what was never touched too, so each is done once only.
      if (!model.arena.frozenNow) model.freeze();
      model.alloc(1000);
      model.change(model.live.length - 1);
      model.check();
    }
  }));

test("blocks above a segment come and go, and their memory counts", () =>
  withSeed((random) => {
    const advised: string[] = [];
    const arena = new Arena({
      advise: (segment, offset, length) => {
        advised.push(`${arena.bytes.indexOf(segment)} ${offset / MIB} ${length / MIB}`);
      },
    });
    const model = new ArenaModel(arena, random);
    const small = model.alloc(100);
    const huge = model.alloc(SEGMENT_BYTES + 16);
    assert.equal(huge.capacity, SEGMENT_BYTES + 16384);
    model.check();
    model.freeze();
    model.free(1);
    model.alloc(2 * SEGMENT_BYTES);
    model.check();
    model.free(1);
    assert.equal(arena.parkedCount, 1);
    model.check();
    const again = model.alloc(2 * SEGMENT_BYTES - MIB);
    assert.equal(again.ref >>> SEGMENT_SHIFT, 2, "the segment that was left serves again");
    model.thaw();
    model.releaseParked(5);
    model.check();
    assert.equal(arena.purge(100 * MIB), 100 * MIB);
    assert.equal(arena.bytes[1].length, SEGMENT_BYTES + 16384);
    assert.equal(arena.purge(1000 * MIB), 156 * MIB + 16384);
    assert.equal(arena.bytes[1].length, 0, "the buffer is dropped when its memory is gone");
    assert.deepEqual(advised, ["1 0 100", "1 100 156.015625"]);
    const third = model.alloc(3 * SEGMENT_BYTES);
    assert.equal(third.ref >>> SEGMENT_SHIFT, 1, "the number of a dropped segment is used again");
    model.check();
    assert.equal(small.ref >>> SEGMENT_SHIFT, 0);
  }));

test("a huge block keeps its content when it is owned and resized", () =>
  withSeed((random) => {
    const model = new ArenaModel(new Arena(), random);
    model.alloc(SEGMENT_BYTES + MIB);
    model.freeze();
    model.change(0);
    model.check();
    model.resize(0, 5000);
    model.check();
    model.thaw();
    model.releaseParked(9);
    model.resize(0, SEGMENT_BYTES + 1);
    model.free(0);
    model.check();
    assert.equal(model.arena.usedBytes, 0);
  }));

test("sizes up to 4 GiB are served, and others refused with nothing changed", () => {
  const arena = new Arena();
  const ref = arena.alloc(0xffff_ffff);
  assert.equal(arena.capacityOf(ref), 0x1_0000_0000);
  arena.free(ref);
  for (const size of [0x1_0000_0000, -1, -100, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => arena.alloc(size), RangeError);
  }
  assert.equal(arena.usedBytes, 0);
  arena.verify();
});

test("memory that the system refuses leaves the arena as it was", () => {
  const arena = new Arena();
  const kept = arena.alloc(1000);
  const blocks: number[] = [];
  const fillUp = () => {
    for (;;) blocks.push(arena.alloc(SEGMENT_BYTES));
  };
  assert.throws(fillUp, RangeError);
  arena.verify();
  assert.ok(blocks.length > 4);
  for (const ref of blocks) arena.free(ref);
  arena.free(kept);
  assert.equal(arena.usedBytes, 0);
  arena.verify();
});
