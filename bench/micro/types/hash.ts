// A hash in each of its forms: finding a field, giving one another value. The listpack of 64 fields
// is the largest that stands for a small hashtable.

import { HalfSipHash } from "../../../src/base/half-sip-hash.js";
import { ENTRY_META, ENTRY_VALUE, setWord, TYPE_HASH } from "../../../src/keyspace/entry.js";
import { Arena } from "../../../src/memory/arena.js";
import { HASH_INLINE } from "../../../src/types/hash/hash-encoding.js";
import { HashLimits } from "../../../src/types/hash/hash-limits.js";
import { HashValue } from "../../../src/types/hash/hash-value.js";
import type { Mitata } from "../mitata.js";

const FIELD_BYTES = 12;
const NOW_MS = 1;
const HEADER_BYTES = 16;

export function benchHash({ bench, group, do_not_optimize }: Mitata): void {
  const forms = [
    ["row of 5", 5, new HashLimits(512, 64)],
    ["listpack of 64", 64, new HashLimits(512, 64)],
    ["dictionary of 64", 64, new HashLimits(8, 8)],
    ["listpack of 512", 512, new HashLimits(512, 64)],
    ["dictionary of 100 k", 100_000, new HashLimits(8, 64)],
  ] as const;
  for (const [name, count, limits] of forms) {
    group(`hash, ${name}`, () => {
      const hash = new BenchHash(count, limits);
      bench(`hash find, ${name}`, () => do_not_optimize(hash.findNext()));
      if (!hash.isInline) bench(`hash set, ${name}`, () => do_not_optimize(hash.setNext()));
    });
  }
}

class BenchHash {
  readonly #arena = new Arena();
  readonly #value: HashValue;
  readonly #fields: Uint8Array;
  readonly #row: number;
  #next = 0;

  constructor(
    readonly count: number,
    limits: HashLimits,
  ) {
    this.#value = new HashValue(this.#arena, new HalfSipHash(1, 2), limits);
    this.#fields = new Uint8Array(count * FIELD_BYTES);
    for (let i = 0; i < count; i++) {
      const name = `field:${String(i * 7919).padStart(6, "x")}`.slice(0, FIELD_BYTES);
      Buffer.from(name).copy(this.#fields, i * FIELD_BYTES);
    }
    this.#value.create(0, NOW_MS);
    for (let i = 0; i < count; i++) this.setNext();
    this.#row = this.#arena.alloc(HEADER_BYTES);
    setWord(this.#arena, this.#row, ENTRY_META, TYPE_HASH | (this.#value.encoding << 4));
    setWord(this.#arena, this.#row, ENTRY_VALUE, this.isInline ? 0 : this.#value.ref);
  }

  get isInline(): boolean {
    return this.#value.encoding === HASH_INLINE;
  }

  findNext(): number {
    const value = this.#value;
    if (!this.isInline) value.open(this.#row, NOW_MS);
    return value.find(this.#fields, this.#step(), FIELD_BYTES);
  }

  setNext(): boolean {
    const at = this.#step();
    return this.#value.set(this.#fields, at, FIELD_BYTES, this.#fields, at, 6);
  }

  #step(): number {
    this.#next = (this.#next + 1) % this.count;
    return this.#next * FIELD_BYTES;
  }
}
