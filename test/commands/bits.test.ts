// Commands on bits: the events they raise, what they say to keys of other types, and strings of bits
// while snapshots freeze the memory. Replies are compared with the real server's in test/parity.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compareEvents } from "../support/published-events";
import { withSeed } from "../support/seeds";
import { compareWrongTypes } from "../support/wrong-type";
import { bitEngine, bitSpecs } from "./bits-engine";
import { bytesOfEntry, entryOf } from "./engine-values";

const EVENTS = `
  GETBIT a 1
  SETBIT a 1 0
  SETBIT a 1 0
  SETBIT a 1 1
  SETBIT a 1 1
  SETBIT a 9 0
  SETBIT a x 0
  GETBIT a 1
  BITCOUNT a
  BITCOUNT nope
  BITPOS a 1
  BITPOS nope 1
  BITFIELD a GET u8 0
  BITFIELD nope GET u8 0
  BITFIELD nope
  BITFIELD_RO nope GET u8 0
  BITFIELD a SET u8 0 1
  BITFIELD a SET u8 0 1
  BITFIELD a SET u8 0 1 SET u8 8 2 INCRBY u8 8 1
  BITFIELD a INCRBY u8 0 0 GET u8 0
  BITFIELD a OVERFLOW FAIL INCRBY u8 0 1000
  BITFIELD new OVERFLOW FAIL INCRBY u8 0 1000
  BITFIELD new2 INCRBY u8 0 0
  BITFIELD a OVERFLOW FAIL INCRBY u8 800 1000
  BITFIELD a SET u8 1600 0 SET u8 1608 0
  BITFIELD a SET u8 0 x
  BITOP AND d a new
  BITOP AND d a nope
  BITOP NOT a a
  BITOP OR e nope nope2
  BITOP OR d nope nope2
  BITOP OR d nope
  SET f v PXAT 1
  BITOP OR f nope
  SET f v PXAT 1
  BITOP OR f a
  SET f v PXAT 1
  SETBIT f 1 1
`;

const ON_A_LIST = `
  SETBIT l 0 1
  SETBIT l x 1
  SETBIT l 0 2
  SETBIT l -1 1
  GETBIT l 0
  GETBIT l x
  BITCOUNT l
  BITCOUNT l 0
  BITCOUNT l x y
  BITCOUNT l 0 0 z
  BITPOS l 1
  BITPOS l 2
  BITPOS l x
  BITPOS l 1 x
  BITOP AND d l
  BITOP AND d s l
  BITOP AND d l s
  BITOP NOT d l
  BITOP NOT d l l
  BITOP NAND d l
  BITFIELD l
  BITFIELD l GET u8 0
  BITFIELD l GET u8 x
  BITFIELD l SET u8 0 1
  BITFIELD l SET u8 0 x
  BITFIELD l OVERFLOW SAT
  BITFIELD_RO l
  BITFIELD_RO l GET u8 0
  BITFIELD_RO l SET u8 0 1
  BITOP NOT d s
  BITOP OR l s
  GET l
`;

test("commands on bits raise the events of a real server", (t) =>
  compareEvents(t, bitEngine(), EVENTS));

test("commands on bits refuse a list, or take its key, as a real server does", (t) =>
  compareWrongTypes(t, bitSpecs(), ON_A_LIST));

function setBitIn(model: Buffer, offset: number, bit: number): Buffer {
  const bytes = Buffer.alloc(Math.max(model.length, (offset >>> 3) + 1));
  model.copy(bytes);
  const mask = 0x80 >>> (offset & 7);
  const old = bytes[offset >>> 3] ?? 0;
  bytes[offset >>> 3] = bit === 1 ? old | mask : old & ~mask;
  return bytes;
}

function xor(a: Buffer, b: Buffer): Buffer {
  const bytes = Buffer.alloc(Math.max(a.length, b.length));
  for (let i = 0; i < bytes.length; i++) bytes[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return bytes;
}

test("a frozen image keeps its bits while commands change them, and nothing is lost", () =>
  withSeed((random) => {
    const engine = bitEngine();
    const { memory } = engine;
    const usedBefore = memory.usedBytes;
    const model = new Map<string, Buffer>();
    const names = ["", "a", "__proto__", "k".repeat(300)];
    const step = (): void => {
      const name = random.pick(names);
      const old = model.get(name) ?? Buffer.alloc(0);
      const offset = random.below(random.chance(0.9) ? 4000 : 300_000);
      if (random.chance(0.6)) {
        const bit = random.below(2);
        engine.run("SETBIT", name, String(offset), String(bit));
        model.set(name, setBitIn(old, offset, bit));
      } else if (random.chance(0.5)) {
        const value = random.below(2);
        engine.run("BITFIELD", name, "SET", "u1", String(offset), String(value));
        model.set(name, setBitIn(old, offset, value));
      } else {
        const other = random.pick(names);
        engine.run("BITOP", "XOR", name, name, other);
        const bytes = xor(old, model.get(other) ?? Buffer.alloc(0));
        if (bytes.length > 0) model.set(name, bytes);
      }
    };
    const check = (entries: ReadonlyMap<string, number>, expected: typeof model): void => {
      for (const [name, bytes] of expected) {
        assert.ok(bytesOfEntry(engine, entries.get(name) ?? 0).equals(bytes), JSON.stringify(name));
      }
    };
    const live = () => new Map([...model.keys()].map((name) => [name, entryOf(engine, name)]));
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 60; i++) step();
      const atFreeze = new Map(model);
      const frozen = live();
      memory.freeze();
      for (let i = 0; i < 120; i++) step();
      check(frozen, atFreeze);
      check(live(), model);
      memory.thaw();
      while (memory.releaseParked(1000) > 0) step();
      check(live(), model);
      memory.verify();
    }
    for (const name of names) engine.run("GETDEL", name);
    assert.ok(memory.usedBytes <= usedBefore + 4096, "blocks were lost");
  }));

test("a bit that stays as it is under a snapshot copies nothing", () => {
  const engine = bitEngine();
  engine.run("SETBIT", "k", "8000000", "1");
  engine.memory.freeze();
  const used = engine.memory.usedBytes;
  assert.equal(engine.run("SETBIT", "k", "8000000", "1").toString(), ":1\r\n");
  assert.equal(engine.memory.usedBytes, used);
  assert.equal(engine.run("SETBIT", "k", "7999999", "1").toString(), ":0\r\n");
  assert.ok(engine.memory.usedBytes > used + 900_000);
  engine.memory.thaw();
});

test("BITOP takes any number of sources of any length", () =>
  withSeed((random) => {
    const engine = bitEngine();
    const lengths = [0, 1, 7, 63, 64, 65, 1000, 131_071, 131_072, 131_073, 300_000];
    const sources = lengths.map((length) => random.bytes(length));
    sources.forEach((bytes, i) => {
      engine.run("SET", `${"s".repeat(i)}${i}`, bytes);
    });
    const nameOf = (i: number): string => `${"s".repeat(i)}${i}`;
    for (let round = 0; round < 60; round++) {
      const [name, rule] = random.pick(RULES);
      const count = random.between(name === "ONE" ? 1 : 2, 6);
      const chosen = Array.from({ length: count }, () => random.below(sources.length));
      engine.run("BITOP", name, "d", ...chosen.map(nameOf));
      const given = chosen.map((i) => sources[i] ?? Buffer.alloc(0));
      const expected = Buffer.alloc(Math.max(...given.map((bytes) => bytes.length)));
      for (let i = 0; i < expected.length; i++) {
        expected[i] = rule(given.map((bytes) => bytes[i] ?? 0));
      }
      assert.ok(
        bytesOfEntry(engine, entryOf(engine, "d")).equals(expected),
        `${name} ${chosen.join(" ")}`,
      );
    }
  }));

const joined = ([, ...others]: readonly number[]): number => others.reduce((a, b) => a | b, 0);
const firstOf = (bytes: readonly number[]): number => bytes[0] ?? 0;

const RULES: readonly (readonly [string, (bytes: readonly number[]) => number])[] = [
  ["AND", (bytes) => bytes.reduce((a, b) => a & b)],
  ["OR", (bytes) => bytes.reduce((a, b) => a | b)],
  ["XOR", (bytes) => bytes.reduce((a, b) => a ^ b)],
  ["DIFF", (bytes) => firstOf(bytes) & ~joined(bytes)],
  ["DIFF1", (bytes) => ~firstOf(bytes) & joined(bytes)],
  ["ANDOR", (bytes) => firstOf(bytes) & joined(bytes)],
  ["ONE", exactlyOne],
];

function exactlyOne(bytes: readonly number[]): number {
  let result = 0;
  for (let mask = 1; mask < 256; mask <<= 1) {
    if (bytes.filter((byte) => (byte & mask) !== 0).length === 1) result |= mask;
  }
  return result;
}
