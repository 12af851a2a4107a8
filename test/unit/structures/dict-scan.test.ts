import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryList, scanBucket } from "../../../src/structures/dict-walk.js";
import { type SeededRandom, withSeed } from "../../support/seeds.js";
import { DictModel, spreadHash } from "./dict-model.js";
import { readEntry } from "./test-entry.js";

const scratch = new EntryList();

function addKeys(model: DictModel, prefix: string, count: number): void {
  for (let i = 0; i < count; i++) {
    model.set({ key: `${prefix}:${i}`, value: "", expiry: null });
  }
}

/** One step: the next cursor, with the keys that the step returned counted in `seen`. */
function scanStep(model: DictModel, cursor: number, seen: Map<string, number>): number {
  const next = scanBucket(model.arena, model.dict, cursor, scratch.clear());
  for (let i = 0; i < scratch.count; i++) {
    const { key } = readEntry(model.arena, scratch.refs[i]);
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return next;
}

test("a scan of a dictionary at rest returns every key once, whatever its size", () =>
  withSeed((random) => {
    const model = new DictModel(spreadHash);
    for (let size = 0; size < 12_000; size += random.between(1, 700)) {
      addKeys(model, "key", size);
      const seen = new Map<string, number>();
      let cursor = 0;
      let steps = 0;
      do {
        cursor = scanStep(model, cursor, seen);
        steps++;
      } while (cursor !== 0);
      assert.equal(steps, model.dict.chunks * 64, "a step for each bucket");
      assert.equal(seen.size, model.dict.count);
      assert.ok([...seen.values()].every((times) => times === 1));
    }
  }));

/** Changes that drive the dictionary up or down by whole chunks, with snapshots now and then. */
class Restlessness {
  readonly #model: DictModel;
  readonly #random: SeededRandom;
  readonly #passing: string[] = [];
  #made = 0;

  constructor(model: DictModel, random: SeededRandom) {
    this.#model = model;
    this.#random = random;
  }

  change(most: number): void {
    const random = this.#random;
    if (random.chance(0.02)) this.#freezeOrThaw();
    const count = random.below(most);
    if (random.chance(0.5)) {
      for (let i = 0; i < count; i++) this.#add();
    } else {
      for (let i = 0; i < count; i++) this.#remove();
    }
  }

  #add(): void {
    const key = `passing:${this.#made++}`;
    this.#passing.push(key);
    this.#model.set({ key, value: "", expiry: null });
  }

  #remove(): void {
    const key = this.#passing.pop();
    if (key !== undefined) this.#model.delete(key);
  }

  #freezeOrThaw(): void {
    const { arena } = this.#model;
    if (arena.frozenNow) arena.thaw();
    else arena.freeze();
    arena.releaseParked(10_000);
  }
}

test("a scan returns all that is there from its first to its last step, while all else changes", () =>
  withSeed((random) => {
    for (let round = 0; round < 12; round++) {
      const model = new DictModel(spreadHash);
      const staying = random.pick([0, 1, 50, 500, 3000]);
      addKeys(model, "staying", staying);
      const changes = new Restlessness(model, random);
      changes.change(10_000);
      const most = random.pick([30, 300, 3000]);
      const seen = new Map<string, number>();
      let widest = model.dict.chunkMask;
      let cursor = 0;
      let steps = 0;
      do {
        cursor = scanStep(model, cursor, seen);
        steps++;
        changes.change(random.chance(0.1) ? most : 20);
        widest = Math.max(widest, model.dict.chunkMask);
        assert.ok(steps <= (widest + 1) * 64, "it ends after a step for each bucket at most");
      } while (cursor !== 0);
      for (let i = 0; i < staying; i++) assert.ok(seen.has(`staying:${i}`), `staying:${i}`);
    }
  }));

test("a scan ends from any cursor that a user may send", () =>
  withSeed((random) => {
    const model = new DictModel(spreadHash);
    addKeys(model, "key", 3000);
    for (let round = 0; round < 300; round++) {
      let cursor = random.pick([random.word(), random.below(200), 2 ** 32 - 1, 2 ** 31]);
      let steps = 0;
      do {
        cursor = scanStep(model, cursor, new Map());
        assert.ok(Number.isInteger(cursor) && cursor >= 0 && cursor < 2 ** 32);
        assert.ok(++steps <= model.dict.chunks * 64);
      } while (cursor !== 0);
    }
  }));
