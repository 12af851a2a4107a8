import assert from "node:assert/strict";
import { test } from "node:test";
import { PageHeap, SEGMENT_PAGES } from "../../../src/memory/page-heap.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";

const MOST_PAGES = 4 * SEGMENT_PAGES;

/** A page heap beside a plain list of its runs in use and of the pages that may hold memory. */
class HeapModel {
  readonly heap = new PageHeap();
  readonly runs: { first: number; count: number }[] = [];
  /** By page: the length of the run in use that begins there. */
  readonly #lengths = new Int32Array(MOST_PAGES);
  readonly #inUse = new Uint8Array(MOST_PAGES);
  readonly #holdsMemory = new Uint8Array(MOST_PAGES);
  #used = 0;

  take(count: number): void {
    let first = this.heap.take(count);
    if (first < 0) {
      this.heap.addSegment();
      first = this.heap.take(count);
    }
    assert.equal(
      Math.floor(first / SEGMENT_PAGES),
      Math.floor((first + count - 1) / SEGMENT_PAGES),
    );
    const pages = this.#inUse.subarray(first, first + count);
    assert.ok(!pages.includes(1), `a page of ${first} to ${first + count} is in use`);
    pages.fill(1);
    this.#holdsMemory.fill(1, first, first + count);
    this.#lengths[first] = count;
    this.#used += count;
    this.runs.push({ first, count });
  }

  give(index: number): void {
    const [{ first, count }] = this.runs.splice(index, 1);
    this.heap.give(first, count);
    this.#inUse.fill(0, first, first + count);
    this.#lengths[first] = 0;
    this.#used -= count;
  }

  purge(most: number): void {
    let pages = 0;
    const purged = this.heap.purge(most, (first, count) => {
      pages += count;
      assert.ok(count > 0);
      const range = this.#inUse.subarray(first, first + count);
      assert.ok(!range.includes(1), "a page in use must keep its content");
      this.#holdsMemory.fill(0, first, first + count);
    });
    assert.equal(purged, pages);
    assert.ok(purged <= most);
  }

  /** Pages that are free, hold memory, and stand in a run that is worth giving back. */
  purgeable(): number {
    let pages = 0;
    for (let start = 0; start < MOST_PAGES; ) {
      let end = start;
      let held = 0;
      do {
        if (this.#inUse[end] === 0) held += this.#holdsMemory[end];
        end++;
      } while (this.#inUse[end - 1] === 0 && end % SEGMENT_PAGES !== 0);
      if (end - start > 4) pages += held;
      start = end;
    }
    return pages;
  }

  verify(): void {
    this.heap.verify((page) => this.#lengths[page]);
    assert.equal(this.heap.usedPages, this.#used);
  }
}

function someCount(random: SeededRandom): number {
  const kind = random.below(100);
  if (kind < 70) return random.between(1, 8);
  if (kind < 97) return random.between(1, 100);
  return random.between(50, 3000);
}

test("runs of pages never overlap, and only pages that nobody uses are given back", () =>
  withSeed((random) => {
    for (let round = 0; round < 3; round++) {
      const model = new HeapModel();
      for (let batch = 0; batch < 30; batch++) {
        const taking = random.pick([20, 50, 80]);
        for (let step = 0; step < 60; step++) {
          if (model.runs.length === 0 || random.below(100) < taking) model.take(someCount(random));
          else model.give(random.below(model.runs.length));
        }
        if (random.chance(0.4)) model.purge(random.pick([0, 1, 7, 500]));
        model.verify();
      }
      model.purge(1 << 20);
      assert.equal(model.purgeable(), 0, "after a purge without limit nothing is left to purge");
      model.verify();
      while (model.runs.length > 0) model.give(0);
      model.verify();
      assert.equal(model.heap.usedPages, 0);
    }
  }));

test("a purge gives back no more than it is asked for, and goes on where it stopped", () => {
  const heap = new PageHeap();
  heap.addSegment();
  const first = heap.take(1000);
  heap.take(1);
  heap.give(first, 1000);
  const ranges: [number, number][] = [];
  const purge = (most: number) => heap.purge(most, (page, count) => ranges.push([page, count]));
  assert.equal(purge(300), 300);
  assert.equal(purge(600), 600);
  assert.equal(purge(600), 100);
  assert.equal(purge(600), 0);
  assert.deepEqual(ranges, [
    [first + 700, 300],
    [first + 100, 600],
    [first, 100],
  ]);
});

test("pages that are freed before untouched ones are told from them, and taken again first", () => {
  const heap = new PageHeap();
  heap.addSegment();
  const kept = heap.take(1);
  const first = heap.take(5);
  heap.give(first, 5);
  assert.equal(heap.dirtyPages, 5);
  assert.equal(heap.take(3), first);
  assert.equal(heap.dirtyPages, 2);
  heap.give(first, 3);
  heap.give(kept, 1);
  assert.equal(heap.dirtyPages, 6);
  const ranges: [number, number][] = [];
  assert.equal(
    heap.purge(100, (page, count) => ranges.push([page, count])),
    6,
  );
  assert.deepEqual(ranges, [[kept, 6]]);
});

test("a segment that is skipped is never handed out", () => {
  const heap = new PageHeap();
  heap.addSegment();
  heap.skipSegment();
  heap.addSegment();
  const taken = [heap.take(SEGMENT_PAGES), heap.take(SEGMENT_PAGES)];
  assert.deepEqual(new Set(taken), new Set([0, 2 * SEGMENT_PAGES]));
  assert.equal(heap.take(1), -1);
});
