// Sorted sets without commands and sockets: found, ranked, moved and popped members, in a listpack (100
// members) and in a tree (100 k), all scores being 0 or all different.

import { HalfSipHash } from "../../../src/base/half-sip-hash";
import { Arena } from "../../../src/memory/arena";
import { ZsetLimits } from "../../../src/types/zset/zset-limits";
import { ZsetValue } from "../../../src/types/zset/zset-value";
import type { Mitata } from "../mitata";
import { shuffled } from "../shuffled";

const MEMBER_BYTES = 20;
const RANGE = 100;

export function benchZset({ bench, group, do_not_optimize }: Mitata): void {
  for (const [name, count] of [
    ["100", 100],
    ["100 k", 100_000],
  ] as const) {
    group(`sorted set, ${name} members`, () => {
      const equal = new BenchZset(count, () => 0);
      const different = new BenchZset(count, (i) => i + 0.25);
      bench(`zset find, ${name}`, () => do_not_optimize(equal.findNext()));
      bench(`zset remove + insert, scores 0, ${name}`, () => equal.replaceNext());
      bench(`zset remove + insert, different scores, ${name}`, () => different.replaceNext());
      bench(`zset new score, ${name}`, () => different.moveNext());
      bench(`zset rank, ${name}`, () => do_not_optimize(different.rankNext()));
      bench(`zset first out, last in, ${name}`, () => different.rotate());
      bench(`zset range of ${RANGE}, ${name}`, () => do_not_optimize(different.walk()));
    });
  }
}

/** A sorted set of members that are prepared beforehand and taken in a random order. */
class BenchZset {
  readonly #zset: ZsetValue;
  readonly #members: Uint8Array;
  readonly #order: Int32Array;
  readonly #count: number;
  readonly #scoreOf: (member: number) => number;
  #next = 0;
  #last = 0;

  constructor(count: number, scoreOf: (member: number) => number) {
    const hash = new HalfSipHash(1, 2);
    const hashOf = (bytes: Uint8Array, at: number, length: number): number =>
      hash.hash(bytes, at, length);
    this.#zset = new ZsetValue({ memory: new Arena(), hashOf }, new ZsetLimits()).create(1, 0);
    this.#count = count;
    this.#scoreOf = scoreOf;
    this.#last = count;
    this.#members = new Uint8Array(count * MEMBER_BYTES);
    this.#order = shuffled(count);
    for (let i = 0; i < count; i++) {
      const name = `element:${String(i).padStart(MEMBER_BYTES - 8, "0")}`;
      this.#members.set(Buffer.from(name), i * MEMBER_BYTES);
    }
    for (let i = 0; i < count; i++) this.#put(this.#order[i], scoreOf(this.#order[i]));
  }

  findNext(): boolean {
    return this.#find(this.#take());
  }

  replaceNext(): void {
    const member = this.#take();
    if (this.#find(member)) {
      this.#zset.removeFound(this.#members, member * MEMBER_BYTES, MEMBER_BYTES);
    }
    this.#put(member, this.#scoreOf(member));
  }

  moveNext(): void {
    const member = this.#take();
    this.#put(member, this.#scoreOf(this.#take()));
  }

  rankNext(): number {
    return this.#zset.rankOfMember(this.#members, this.#take() * MEMBER_BYTES, MEMBER_BYTES);
  }

  rotate(): void {
    const zset = this.#zset;
    zset.seekFirst();
    // Copied, as the entry is freed.
    const member = zset.memberBytes.slice(zset.memberAt, zset.memberAt + zset.memberLength);
    zset.removeHere();
    zset.find(member, 0, MEMBER_BYTES);
    zset.insert(this.#last++, member, 0, MEMBER_BYTES);
  }

  walk(): number {
    const zset = this.#zset;
    let bytes = 0;
    let more = zset.seekRank(this.#take() % Math.max(1, this.#count - RANGE));
    for (let left = RANGE; more && left > 0; left--, more = zset.next()) bytes += zset.memberLength;
    return bytes;
  }

  #find(member: number): boolean {
    return this.#zset.find(this.#members, member * MEMBER_BYTES, MEMBER_BYTES);
  }

  #put(member: number, score: number): void {
    const at = member * MEMBER_BYTES;
    if (!this.#find(member)) this.#zset.insert(score, this.#members, at, MEMBER_BYTES);
    else this.#zset.setFoundScore(score, this.#members, at, MEMBER_BYTES);
  }

  #take(): number {
    this.#next = this.#next + 1 === this.#count ? 0 : this.#next + 1;
    return this.#order[this.#next];
  }
}
