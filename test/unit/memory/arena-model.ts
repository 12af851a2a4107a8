// A plain model of the arena: which blocks there are, what is in them, who may change them.
// Every operation goes to the arena and to the model; `check` compares all that can be seen.
// It knows nothing of spans and pages: blocks are ranges of granules that must not overlap.

import assert from "node:assert/strict";
import type { Arena } from "../../../src/memory/arena.js";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../../src/memory/block-memory.js";
import type { SeededRandom } from "../../support/seeds.js";

export interface Block {
  readonly ref: number;
  readonly capacity: number;
  /** What is written into the block follows from this number. */
  tag: number;
  /** Whether the block came after the running snapshot began. */
  born: boolean;
}

/** Of blocks larger than this only both ends and some words between are written and compared. */
const DENSE_WORDS = 4096;
/** How many words between the ends of a large block, and at least how far apart. */
const SPARSE_WORDS = 64;
const SPARSE_STEP = 1021;
const DENSE_START = 64;

export class ArenaModel {
  readonly live: Block[] = [];
  readonly arena: Arena;
  /** The blocks of the running snapshot as they were when it began. */
  #image: { ref: number; words: number; tag: number }[] = [];
  #parkedNow: Block[] = [];
  #parkedBefore: Block[] = [];
  #used = 0;
  /** By segment: the end of the highest block there ever was. */
  readonly #touchedEnds: number[] = [];
  #nextTag = 1;
  readonly #random: SeededRandom;

  constructor(arena: Arena, random: SeededRandom) {
    this.arena = arena;
    this.#random = random;
  }

  alloc(sizeBytes: number): Block {
    return this.#adopt(this.arena.alloc(sizeBytes), sizeBytes);
  }

  free(index: number): void {
    const block = this.#take(index);
    this.#leave(block);
    this.arena.free(block.ref);
  }

  /** Owns a block and writes something new into it. */
  change(index: number): void {
    const block = this.live[index];
    const mayKeep = !this.arena.frozenNow || block.born;
    assert.equal(this.arena.frozen(block.ref), !mayKeep);
    const ref = this.arena.own(block.ref);
    assert.equal(ref === block.ref, mayKeep, "own copies exactly the frozen blocks");
    if (mayKeep) {
      this.#write(block);
      return;
    }
    this.live[index] = this.live[this.live.length - 1];
    this.live.pop();
    this.#leave(block);
    const copy = this.#adopt(ref, block.capacity, block.tag);
    assert.equal(copy.capacity, block.capacity);
    this.checkContent(copy.ref, block.capacity >>> 2, block.tag);
    this.#write(copy);
  }

  resize(index: number, sizeBytes: number): void {
    const block = this.#take(index);
    const keepBytes = Math.min(block.capacity, sizeBytes);
    const ref = this.arena.resize(block.ref, sizeBytes, keepBytes);
    assert.ok(this.arena.capacityOf(ref) >= sizeBytes);
    if (ref === block.ref) {
      assert.ok(!this.arena.frozen(ref));
      this.live.push(block);
      return;
    }
    this.#leave(block);
    const words = Math.min(keepBytes, this.arena.capacityOf(ref)) >>> 2;
    const wasDense = block.capacity >>> 2 <= DENSE_WORDS;
    this.checkContent(ref, wasDense ? words : Math.min(words, DENSE_START), block.tag);
    if (wasDense && sizeBytes < block.capacity) this.#checkTail(ref, keepBytes, block.tag);
    this.#adopt(ref, sizeBytes);
  }

  freeze(): void {
    this.arena.freeze();
    this.#image = this.live.map(({ ref, capacity, tag }) => ({ ref, words: capacity >>> 2, tag }));
    for (const block of this.live) block.born = false;
  }

  thaw(): void {
    this.checkImage();
    this.arena.thaw();
    this.#image = [];
    this.#parkedBefore.push(...this.#parkedNow);
    this.#parkedNow = [];
  }

  releaseParked(most: number): void {
    const freed = this.arena.releaseParked(most);
    assert.equal(freed, Math.min(most, this.#parkedBefore.length));
    // Which ones are freed first is the arena's choice, so their sum is what the arena must say.
    const before = this.#used;
    if (freed === this.#parkedBefore.length) {
      this.#used = before - this.#parkedBefore.reduce((sum, block) => sum + block.capacity, 0);
      this.#parkedBefore = [];
      return;
    }
    const released = before - this.arena.usedBytes;
    this.#parkedBefore = this.#keepReleased(released, freed);
    this.#used = this.arena.usedBytes;
  }

  check(): void {
    assert.equal(this.arena.usedBytes, this.#used, "usedBytes");
    assert.ok(this.arena.reservedBytes >= this.#used, "reservedBytes");
    assert.equal(this.arena.parkedCount, this.#parkedNow.length + this.#parkedBefore.length);
    this.arena.verify();
    this.#checkRanges();
    for (const block of this.live) {
      assert.equal(this.arena.capacityOf(block.ref), block.capacity);
      assert.equal(this.arena.frozen(block.ref), this.arena.frozenNow && !block.born);
      this.checkContent(block.ref, block.capacity >>> 2, block.tag);
    }
    this.checkImage();
  }

  /** Where a segment's memory has never been touched yet. */
  touchedEnd(segment: Uint8Array): number {
    return this.#touchedEnds[this.arena.bytes.indexOf(segment)] ?? 0;
  }

  /** Every block of the image still holds what it held at the freeze. */
  checkImage(): void {
    for (const { ref, words, tag } of this.#image) this.checkContent(ref, words, tag);
  }

  checkContent(ref: number, count: number, tag: number): void {
    const words = this.arena.words[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) << 2;
    forEachChecked(count, (i) => {
      if (words[at + i] !== contentOf(tag, i)) {
        assert.fail(`word ${i} of ${count} in block ${ref >>> 0} has changed`);
      }
    });
  }

  /** The bytes behind the last whole word of `length` bytes that were kept. */
  #checkTail(ref: number, length: number, tag: number): void {
    const word = Buffer.alloc(4);
    word.writeInt32LE(contentOf(tag, length >>> 2));
    const bytes = this.arena.bytes[ref >>> SEGMENT_SHIFT];
    const at = (ref & GRANULE_MASK) * 16;
    for (let i = length & ~3; i < length; i++) assert.equal(bytes[at + i], word[i & 3], "tail");
  }

  #adopt(ref: number, sizeBytes: number, tag?: number): Block {
    const capacity = this.arena.capacityOf(ref);
    assert.notEqual(ref, 0);
    assert.ok(capacity >= sizeBytes, `${capacity} bytes for ${sizeBytes}`);
    const block = { ref, capacity, tag: tag ?? 0, born: this.arena.frozenNow };
    this.#used += capacity;
    const segment = ref >>> SEGMENT_SHIFT;
    const end = (ref & GRANULE_MASK) * 16 + capacity;
    this.#touchedEnds[segment] = Math.max(this.#touchedEnds[segment] ?? 0, end);
    this.live.push(block);
    if (tag === undefined) this.#write(block);
    return block;
  }

  #write(block: Block): void {
    block.tag = this.#nextTag++;
    const words = this.arena.words[block.ref >>> SEGMENT_SHIFT];
    const at = (block.ref & GRANULE_MASK) << 2;
    forEachChecked(block.capacity >>> 2, (i) => {
      words[at + i] = contentOf(block.tag, i);
    });
  }

  #take(index: number): Block {
    const block = this.live[index];
    this.live[index] = this.live[this.live.length - 1];
    this.live.pop();
    return block;
  }

  /** A block lost its owner: it is parked when the snapshot needs it, else its room is free. */
  #leave(block: Block): void {
    if (this.arena.frozenNow && !block.born) this.#parkedNow.push(block);
    else this.#used -= block.capacity;
  }

  /** The parked blocks that are left: any choice of `freed` blocks with the right sum will do. */
  #keepReleased(sum: number, freed: number): Block[] {
    const kept = [...this.#parkedBefore];
    const gone = kept.splice(kept.length - freed, freed);
    const goneSum = gone.reduce((total, block) => total + block.capacity, 0);
    assert.equal(goneSum, sum, "the blocks that were parked last are released first");
    return kept;
  }

  /** No two blocks overlap, live or parked, and none lies outside its segment. */
  #checkRanges(): void {
    const all = [...this.live, ...this.#parkedNow, ...this.#parkedBefore];
    all.sort((a, b) => (a.ref >>> 0) - (b.ref >>> 0));
    let end = 0;
    let endSegment = -1;
    for (const { ref, capacity } of all) {
      const start = (ref & GRANULE_MASK) * 16;
      const segment = ref >>> SEGMENT_SHIFT;
      if (segment === endSegment) assert.ok(start >= end, `block ${ref >>> 0} overlaps another`);
      endSegment = segment;
      end = start + capacity;
      assert.ok(end <= this.arena.bytes[segment].length, `block ${ref >>> 0} leaves its segment`);
    }
  }

  /** A size as data has them: mostly small, sometimes a page run. */
  someSize(): number {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 65) return random.between(0, 256);
    if (kind < 95) return random.between(1, 2048);
    if (kind < 99 || random.chance(0.7)) return random.between(1, 40_000);
    return random.between(30_000, 1_500_000);
  }
}

/** What the word `index` of a block holds. */
function contentOf(tag: number, index: number): number {
  return Math.imul(tag, 0x9e3779b1 + 2 * index);
}

/** Calls `visit` with the words of a block that are looked at: all of a small one. */
function forEachChecked(count: number, visit: (word: number) => void): void {
  if (count <= DENSE_WORDS) {
    for (let i = 0; i < count; i++) visit(i);
    return;
  }
  for (let i = 0; i < DENSE_START; i++) visit(i);
  const step = Math.max(SPARSE_STEP, Math.floor(count / SPARSE_WORDS));
  for (let i = DENSE_START; i < count - 64; i += step) visit(i);
  for (let i = count - 64; i < count; i++) visit(i);
}
