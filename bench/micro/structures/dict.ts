// The dictionary with 16-byte keys in random order: find, miss, insert and remove, in the cache
// (1 k keys) and far beyond it (1 M), and insert and remove while everything is frozen.

import { HalfSipHash } from "../../../src/base/half-sip-hash.js";
import { Arena } from "../../../src/memory/arena.js";
import { GRANULE_MASK, SEGMENT_SHIFT } from "../../../src/memory/block-memory.js";
import { Dict } from "../../../src/structures/dict.js";
import type { Mitata } from "../mitata.js";
import { shuffled } from "../shuffled.js";

const KEY_AT = 16;
const KEY_BYTES = 16;
const ENTRY_BYTES = KEY_AT + KEY_BYTES + 32;

export function benchDict({ bench, group, do_not_optimize }: Mitata): void {
  for (const [name, count] of [
    ["1 k", 1000],
    ["1 M", 1_000_000],
  ] as const) {
    group(`dict, ${name} keys`, () => {
      const keys = new BenchKeys(count);
      keys.insertAll();
      bench(`dict find, ${name} keys`, () => do_not_optimize(keys.findNext()));
      bench(`dict find of a missing key, ${name} keys`, () => do_not_optimize(keys.missNext()));
      bench(`dict remove + insert, ${name} keys`, () => keys.replaceNext());
      bench(`dict 600 keys in and 600 out, at ${name} keys`, () => keys.breathe());
    });
    group(`frozen dict, ${name} keys`, () => {
      const frozen = new BenchKeys(count);
      frozen.insertAll();
      bench(`dict remove + insert of 1000 with freeze to release, ${name} keys`, () =>
        frozen.replaceFrozen(1000),
      );
    });
  }
}

/** A dictionary with keys that are prepared beforehand: twice as many as are in it at first. */
class BenchKeys {
  readonly #arena = new Arena();
  readonly #dict = new Dict(this.#arena, KEY_AT).create();
  readonly #keys: Uint8Array;
  readonly #hashes: Int32Array;
  readonly #order: Int32Array;
  readonly #count: number;
  #next = 0;

  constructor(count: number) {
    const hasher = new HalfSipHash(1, 2);
    this.#count = count;
    this.#order = shuffled(count);
    this.#keys = new Uint8Array(2 * count * KEY_BYTES);
    this.#hashes = new Int32Array(2 * count);
    for (let index = 0; index < 2 * count; index++) {
      Buffer.from(`key:${index}`.padStart(KEY_BYTES)).copy(this.#keys, index * KEY_BYTES);
      this.#hashes[index] = hasher.hash(this.#keys, index * KEY_BYTES, KEY_BYTES);
    }
  }

  insertAll(): void {
    for (let i = 0; i < this.#count; i++) this.#insert(this.#order[i]);
  }

  findNext(): number {
    return this.#find(this.#step());
  }

  missNext(): number {
    return this.#find(this.#count + this.#step());
  }

  replaceNext(): void {
    const index = this.#step();
    this.#remove(index);
    this.#insert(index);
  }

  replaceFrozen(steps: number): void {
    this.#arena.freeze();
    for (let step = 0; step < steps; step++) this.replaceNext();
    this.#arena.thaw();
    while (this.#arena.releaseParked(10_000) > 0);
  }

  breathe(): void {
    for (let i = 0; i < 600; i++) this.#insert(this.#count + i);
    for (let i = 0; i < 600; i++) this.#remove(this.#count + i);
  }

  #step(): number {
    this.#next = this.#next + 1 === this.#count ? 0 : this.#next + 1;
    return this.#order[this.#next];
  }

  #find(index: number): number {
    return this.#dict.find(this.#hashes[index], this.#keys, index * KEY_BYTES, KEY_BYTES);
  }

  #insert(index: number): void {
    const entry = this.#arena.alloc(ENTRY_BYTES);
    const words = this.#arena.words[entry >>> SEGMENT_SHIFT];
    const at = (entry & GRANULE_MASK) << 2;
    words[at] = this.#hashes[index];
    words[at + 1] = KEY_BYTES;
    const bytes = this.#arena.bytes[entry >>> SEGMENT_SHIFT];
    const keyAt = (at << 2) + KEY_AT;
    for (let i = 0; i < KEY_BYTES; i++) bytes[keyAt + i] = this.#keys[index * KEY_BYTES + i];
    this.#dict.insert(entry);
  }

  #remove(index: number): void {
    const entry = this.#find(index);
    this.#dict.removeFound();
    this.#arena.free(entry);
  }
}
