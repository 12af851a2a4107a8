// A ZsetValue beside a plain Map of the same members, with freezes in between. Not for commands: it
// has no keys, only one sorted set in an entry of its own.

import assert from "node:assert/strict";
import { HalfSipHash } from "../../../../src/base/half-sip-hash.js";
import {
  ENTRY_META,
  ENTRY_VALUE,
  encodingOf,
  newEntry,
  setWord,
  TYPE_ZSET,
  wordOf,
} from "../../../../src/keyspace/entry.js";
import { Arena } from "../../../../src/memory/arena.js";
import type { BlockMemory } from "../../../../src/memory/block-memory.js";
import { verifyCountedTree } from "../../../../src/structures/counted-tree-verify.js";
import { verifyDict } from "../../../../src/structures/dict-verify.js";
import { verifyListpack } from "../../../../src/structures/listpack-verify.js";
import { MemberBound, ScoreBound } from "../../../../src/types/zset/zset-bounds.js";
import {
  MEMBER_AT,
  ZSET_DICT,
  ZSET_ROOT,
  ZSET_TREE,
} from "../../../../src/types/zset/zset-layout.js";
import { ZsetLimits } from "../../../../src/types/zset/zset-limits.js";
import { ZsetReader } from "../../../../src/types/zset/zset-reader.js";
import { ZsetValue } from "../../../../src/types/zset/zset-value.js";
import type { SeededRandom } from "../../../support/seeds.js";

const ODD_MEMBERS = [
  "",
  "__proto__",
  "constructor",
  "\0",
  "007",
  "-0",
  "12",
  "-9223372036854775808",
];
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("latin1");
const ODD_SCORES = [0, 1, -1, 0.1, 1e300, -1e-300, 2 ** 53, 2 ** 61, 1e17];
const INFINITIES = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Members, one character per byte, with their scores. */
type Contents = Map<string, number>;
type Pair = readonly [member: string, score: number];

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function ordered(contents: Contents): Pair[] {
  return [...contents].sort(
    ([oneName, one], [otherName, other]) =>
      (one < other ? -1 : one > other ? 1 : 0) || (oneName < otherName ? -1 : 1),
  );
}

/** What is shown of an element, as a pair. */
function shown(zset: ZsetReader): Pair {
  const { memberBytes, memberAt, memberLength } = zset;
  const bytes = Buffer.from(memberBytes.slice(memberAt, memberAt + memberLength));
  return [bytes.toString("latin1"), zset.score];
}

/** All that a sorted set holds, live or frozen, in its order. */
export function pairsOf(memory: BlockMemory, entry: number): Pair[] {
  const zset = new ZsetReader(memory).open(entry);
  const pairs: Pair[] = [];
  for (let more = zset.seekFirst(); more; more = zset.next()) pairs.push(shown(zset));
  assert.equal(pairs.length, zset.size);
  return pairs;
}

export class ZsetModel {
  readonly arena = new Arena({ poison: true });
  readonly limits = new ZsetLimits();
  readonly value: ZsetValue;
  readonly usedAtStart: number;
  readonly members: Contents = new Map();
  entry: number;
  readonly #hasher = new HalfSipHash(1, 2);

  constructor(
    readonly random: SeededRandom,
    listpackEntries: number,
    listpackValueBytes: number,
  ) {
    this.limits.listpackEntries = listpackEntries;
    this.limits.listpackValueBytes = listpackValueBytes;
    const hashOf = (bytes: Uint8Array, at: number, length: number): number =>
      this.#hasher.hash(bytes, at, length);
    this.value = new ZsetValue({ memory: this.arena, hashOf }, this.limits);
    this.usedAtStart = this.arena.usedBytes;
    const key = latin1("key");
    this.entry = newEntry(this.arena, 1, key, 0, key.length, 0, TYPE_ZSET, 0, -1);
    this.value.create(0, 0);
    this.store();
  }

  /** The value, open for a change; `store` comes after it. */
  open(): ZsetValue {
    return this.value.open(this.entry);
  }

  store(): void {
    const { arena, value } = this;
    this.entry = arena.own(this.entry);
    const meta = wordOf(arena, this.entry, ENTRY_META);
    setWord(arena, this.entry, ENTRY_META, (meta & ~0xf0) | (value.encoding << 4));
    setWord(arena, this.entry, ENTRY_VALUE, value.ref);
  }

  /** One random change. @param growing how often it adds. */
  step(growing: number): void {
    const { random } = this;
    if (random.chance(growing)) this.add(this.#member(), this.#score());
    else if (random.chance(0.8)) this.#removeAny();
    else this.#removeRanks();
  }

  add(member: string, score: number): void {
    const zset = this.open();
    const bytes = latin1(`<${member}>`);
    const old = this.members.get(member);
    assert.equal(zset.find(bytes, 1, bytes.length - 2), old !== undefined, member);
    if (old === undefined) zset.insert(score, bytes, 1, bytes.length - 2);
    else zset.setFoundScore(score, bytes, 1, bytes.length - 2);
    this.members.set(member, score);
    this.store();
  }

  /** Compares everything, and walks the blocks. */
  check(): void {
    const { arena, entry } = this;
    const expected = ordered(this.members);
    assert.deepEqual(pairsOf(arena, entry), expected);
    const zset = this.open();
    const back: Pair[] = [];
    for (let more = zset.seekLast(); more; more = zset.previous()) back.push(shown(zset));
    assert.deepEqual(back.reverse(), expected);
    this.#checkRanks(expected);
    const ref = wordOf(arena, entry, ENTRY_VALUE);
    if (encodingOf(arena, entry) !== ZSET_TREE) {
      verifyListpack(arena, ref, arena.capacityOf(ref));
      return;
    }
    const figures = verifyDict(arena, wordOf(arena, ref, ZSET_DICT), {
      keyAt: MEMBER_AT,
      hashOf: (bytes, at, length) => this.#hasher.hash(bytes, at, length),
    });
    assert.equal(figures.entries, expected.length);
    assert.equal(verifyCountedTree(arena, wordOf(arena, ref, ZSET_ROOT)).items, expected.length);
  }

  #checkRanks(expected: readonly Pair[]): void {
    const { arena, random } = this;
    const zset = this.open();
    assert.equal(zset.seekRank(expected.length), false);
    for (let i = 0; i < 5 && expected.length > 0; i++) {
      const rank = random.below(expected.length);
      const [member, score] = expected[rank] as Pair;
      assert.ok(zset.seekRank(rank));
      assert.deepEqual(shown(zset), [member, score]);
      assert.equal(zset.rank, rank);
      const bytes = latin1(member);
      assert.equal(zset.rankOfMember(bytes, 0, bytes.length), rank);
      assert.equal(zset.score, score);
      const bound = new MemberBound(arena).set(score, bytes, 0, bytes.length);
      assert.ok(zset.seekBound(bound));
      assert.deepEqual(shown(zset), [member, score]);
    }
    for (let i = 0; i < 5; i++) {
      const score = this.#score();
      const bound = new ScoreBound(arena).set(score, random.chance(0.5));
      const isBefore = ([, other]: Pair): boolean =>
        bound.isBehind ? other <= score : other < score;
      assert.equal(zset.rankOf(bound), expected.filter(isBefore).length);
    }
  }

  #removeAny(): void {
    const member = this.random.chance(0.7) ? this.#present() : this.#member();
    const zset = this.open();
    const bytes = latin1(member);
    const isThere = this.members.delete(member);
    assert.equal(zset.find(bytes, 0, bytes.length), isThere);
    if (isThere) zset.removeFound(bytes, 0, bytes.length);
    this.store();
  }

  #removeRanks(): void {
    const zset = this.open();
    const from = this.random.below(zset.size + 1);
    const to = Math.min(from + this.random.below(5), zset.size);
    for (const [member] of ordered(this.members).slice(from, to)) this.members.delete(member);
    if (to - from === 1) {
      zset.seekRank(from);
      zset.removeHere();
    } else {
      zset.removeRanks(from, to);
    }
    assert.equal(zset.size, this.members.size);
    this.store();
  }

  #present(): string {
    const names = [...this.members.keys()];
    return names.length === 0 ? "nothing" : this.random.pick(names);
  }

  #member(): string {
    const { random } = this;
    if (random.chance(0.1)) return random.pick(ODD_MEMBERS);
    if (random.chance(0.01)) return ALL_BYTES.slice(random.below(200));
    if (random.chance(0.005)) return `long${"x".repeat(random.below(3000))}`;
    return `member:${random.below(400)}`;
  }

  #score(): number {
    const { random } = this;
    if (random.chance(0.05)) return random.pick(INFINITIES);
    if (random.chance(0.2)) return random.pick(ODD_SCORES);
    return random.chance(0.5) ? random.between(-10, 10) : random.word() / 1000;
  }
}
