// Set values beside plain sets of strings, in every encoding, with freezes in between whose images
// are read from other views of the memory, and with nothing lost or freed twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HalfSipHash } from "../../../../src/base/half-sip-hash";
import { Random } from "../../../../src/base/random";
import { Arena } from "../../../../src/memory/arena";
import { SegmentView } from "../../../../src/memory/block-memory";
import { verifyDict } from "../../../../src/structures/dict-verify";
import { verifyIntset } from "../../../../src/structures/intset-verify";
import { verifyListpack } from "../../../../src/structures/listpack-verify";
import { PlaceSet } from "../../../../src/types/set/place-set";
import { SetLimits } from "../../../../src/types/set/set-limits";
import {
  MEMBER_AT,
  SET_INTSET,
  SET_LISTPACK,
  SET_PACKED_TABLE,
  SET_TABLE,
  SetReader,
} from "../../../../src/types/set/set-reader";
import { SetValue } from "../../../../src/types/set/set-value";
import { type SeededRandom, withSeed } from "../../../support/seeds";

const ODD = ["", "__proto__", "constructor", "\0", "007", "-0", "9223372036854775808"];
const INTEGERS = ["0", "-1", "32768", "2147483648", "9007199254740993", "-9223372036854775808"];
const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString("latin1");

interface Kind {
  readonly limits: readonly [intset: number, listpack: number, valueBytes: number];
  readonly integers: number;
  readonly variety: number;
}

/** Sets that stay in or pass through each encoding. */
const KINDS: readonly Kind[] = [
  { limits: [512, 128, 64], integers: 1, variety: 300 },
  { limits: [512, 128, 64], integers: 0.5, variety: 60 },
  { limits: [20, 30, 64], integers: 0.9, variety: 400 },
  { limits: [0, 0, 64], integers: 0.2, variety: 40 },
  { limits: [4, 8, 10], integers: 0.5, variety: 2000 },
];

function shown(reader: SetReader): string {
  const { valueBytes, valueAt, valueLength } = reader;
  return Buffer.from(valueBytes.slice(valueAt, valueAt + valueLength)).toString("latin1");
}

function contents(reader: SetReader): string[] {
  const found: string[] = [];
  reader.start();
  while (reader.next()) found.push(shown(reader));
  assert.equal(reader.next(), false);
  assert.equal(found.length, reader.size);
  return found.sort();
}

class Model {
  readonly arena = new Arena({ poison: true });
  readonly emptyBytes = this.arena.usedBytes;
  readonly hash = new HalfSipHash(1, 2);
  readonly limits = new SetLimits();
  readonly value = new SetValue(this.arena, this.hash, this.limits);
  readonly members = new Set<string>();
  readonly seenEncodings = new Set<number>();
  encoding = -1;
  ref = 0;

  constructor(
    readonly random: SeededRandom,
    readonly kind: Kind,
  ) {
    const { limits } = this;
    [limits.maxIntsetEntries, limits.maxListpackEntries, limits.maxListpackValueBytes] =
      kind.limits;
  }

  text(): string {
    const { random, kind } = this;
    if (random.chance(kind.integers)) {
      if (random.chance(0.05)) return random.pick(INTEGERS);
      return String(random.below(kind.variety) - 100);
    }
    if (random.chance(0.1)) return random.pick(ODD);
    if (random.chance(0.02)) return ALL_BYTES.repeat(random.between(1, 5));
    return `member:${random.below(kind.variety)}`.padEnd(random.below(30), "x");
  }

  step(growing: number): void {
    const { value, members, random } = this;
    const text = this.text();
    const bytes = Buffer.from(`<${text}>`, "latin1");
    const length = text.length;
    if (this.ref === 0) value.create(bytes, 1, length, 1);
    else value.open(this.encoding, this.ref);
    assert.equal(value.has(bytes, 1, length), members.has(text), `has ${text}`);
    if (random.chance(growing)) {
      assert.equal(value.add(bytes, 1, length), !members.has(text), `add ${text}`);
      members.add(text);
    } else if (random.chance(0.5) && members.size > 0) {
      const place = value.randomPlace(new Random(random.word()));
      value.showAt(place);
      const gone = shown(value);
      value.removeAt(place);
      assert.ok(members.delete(gone), `${gone} is picked`);
    } else {
      assert.equal(value.remove(bytes, 1, length), members.delete(text), `remove ${text}`);
    }
    this.store();
  }

  store(): void {
    const { value } = this;
    const order = [SET_INTSET, SET_LISTPACK, SET_PACKED_TABLE, SET_TABLE];
    const reported = Math.min(order.indexOf(value.encoding), order.indexOf(SET_PACKED_TABLE));
    assert.ok(reported >= Math.min(this.encoding, SET_PACKED_TABLE), "encodings never go back");
    this.encoding = value.encoding;
    this.ref = value.ref;
    this.seenEncodings.add(value.encoding);
  }

  check(): void {
    const { arena, hash, value, encoding, ref } = this;
    if (ref === 0) return;
    assert.deepEqual(contents(value.open(encoding, ref)), [...this.members].sort());
    if (encoding === SET_INTSET) verifyIntset(arena, ref, arena.capacityOf(ref));
    else if (encoding !== SET_TABLE) verifyListpack(arena, ref, arena.capacityOf(ref));
    else {
      const hashOf = (bytes: Uint8Array, at: number, length: number): number =>
        hash.hash(bytes, at, length);
      verifyDict(arena, ref, { keyAt: MEMBER_AT, hashOf });
    }
  }

  /** A copy holds the same, and is apart from its original. */
  checkCopy(): void {
    if (this.ref === 0) return;
    const ref = this.value.open(this.encoding, this.ref).copy();
    const copy = new SetValue(this.arena, this.hash, this.limits).open(this.encoding, ref);
    const members = [...this.members].sort();
    assert.deepEqual(contents(copy), members);
    const bytes = Buffer.from("only in the copy");
    copy.add(bytes, 0, bytes.length);
    this.check();
    copy.dispose();
  }
}

test("a set holds what a plain set holds, in every encoding and under freezes", async () => {
  await withSeed((random) => {
    const seen = new Set<number>();
    for (const kind of KINDS) {
      const model = new Model(random, kind);
      const { arena } = model;
      for (let round = 0; round < 8; round++) {
        const growing = round < 4 ? 0.85 : 0.15;
        for (let step = 0; step < 150; step++) model.step(growing);
        const { encoding, ref } = model;
        const image = [...model.members].sort();
        arena.freeze();
        const view = new SetReader(new SegmentView(arena.share()), model.hash);
        for (let step = 0; step < 80; step++) model.step(growing);
        assert.deepEqual(contents(view.open(encoding, ref)), image);
        arena.thaw();
        while (arena.releaseParked(100) > 0);
        model.check();
        model.checkCopy();
      }
      for (const each of model.seenEncodings) seen.add(each);
      model.value.open(model.encoding, model.ref).dispose();
      arena.verify();
      assert.equal(arena.usedBytes, model.emptyBytes);
    }
    assert.deepEqual([...seen].sort(), [SET_INTSET, SET_LISTPACK, SET_PACKED_TABLE, SET_TABLE]);
  });
});

test("a table that has lost nearly all of its members needs little memory", () => {
  const model = new Model({} as SeededRandom, KINDS[0] as Kind);
  const { value, arena } = model;
  value.createAs(SET_TABLE);
  for (let i = 0; i < 5000; i++) {
    const bytes = Buffer.from(`member:${i}`);
    value.add(bytes, 0, bytes.length);
  }
  for (let i = 0; i < 4995; i++) {
    const bytes = Buffer.from(`member:${i}`);
    value.remove(bytes, 0, bytes.length);
  }
  assert.equal(value.size, 5);
  assert.equal(value.encoding, SET_PACKED_TABLE);
  assert.ok(arena.usedBytes - model.emptyBytes < 300);
  value.dispose();
  assert.equal(arena.usedBytes, model.emptyBytes);
});

test("an intset is made of members that are all integers, and of no others", () => {
  const model = new Model({} as SeededRandom, KINDS[0] as Kind);
  const { value } = model;
  const add = (text: string): void => value.addNew(Buffer.from(text), 0, text.length);
  value.createAs(SET_LISTPACK);
  for (const text of ["30", "-5", "9223372036854775807"]) add(text);
  value.toIntset();
  assert.equal(value.encoding, SET_INTSET);
  assert.deepEqual(contents(value), ["-5", "30", "9223372036854775807"]);
  value.dispose();
  value.createAs(SET_LISTPACK);
  for (const text of ["30", "x"]) add(text);
  value.toIntset();
  assert.equal(value.encoding, SET_LISTPACK);
  value.dispose();
  value.createAs(SET_TABLE);
  for (let i = 0; i < 513; i++) add(String(i));
  value.toIntset();
  assert.equal(value.encoding, SET_TABLE);
  value.remove(Buffer.from("7"), 0, 1);
  value.toIntset();
  assert.equal(value.encoding, SET_INTSET);
  assert.equal(value.size, 512);
  value.dispose();
  assert.equal(model.arena.usedBytes, model.emptyBytes);
});

test("places are picked once", async () => {
  await withSeed((random) => {
    const places = new PlaceSet();
    for (const expected of [1, 10, 5000, 40_000, 3]) {
      places.clear(expected);
      const picked = new Set<number>();
      for (let i = 0; i < expected; i++) {
        const place = random.chance(0.5) ? random.below(expected) : random.word() | 0;
        if (place === -1) continue;
        assert.equal(places.add(place), !picked.has(place));
        picked.add(place);
      }
    }
  });
});
