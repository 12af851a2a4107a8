// Fields of hashes that expire: what everybody sees, and when fields and keys vanish by themselves.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { ExpiringEngine } from "./expiring-engine";

test("a field is gone for everybody at its moment, and vanishes with the next tick", () => {
  const it = new ExpiringEngine();
  it.run("HSET", "h", "a", "1", "b", "2", "c", "3");
  assert.deepEqual(it.run("HPEXPIRE", "h", "100", "FIELDS", "2", "a", "b"), [1, 1]);
  it.pass(99);
  assert.equal(it.run("HLEN", "h"), 3);
  it.pass(1);
  assert.equal(it.run("HGET", "h", "a"), null);
  assert.equal(it.run("HLEN", "h"), 1);
  assert.equal(it.run("HEXISTS", "h", "b"), 0);
  assert.equal(it.run("HSTRLEN", "h", "b"), 0);
  assert.deepEqual(it.run("HMGET", "h", "a", "c"), [null, "3"]);
  assert.deepEqual(it.run("HGETALL", "h"), ["c", "3"]);
  assert.deepEqual(it.run("HSCAN", "h", "0"), ["0", ["c", "3"]]);
  assert.deepEqual(it.run("HRANDFIELD", "h", "10"), ["c"]);
  assert.deepEqual(it.run("HRANDFIELD", "h", "-3"), ["c", "c", "c"]);
  assert.equal(it.run("HDEL", "h", "a"), 0);
  assert.deepEqual(it.run("HTTL", "h", "FIELDS", "2", "a", "c"), [-2, -1]);
  it.engine.events.length = 0;
  it.settle();
  assert.deepEqual(it.engine.events, ["hexpired h"]);
  assert.equal(it.expiredFields, 2);
});

test("the key goes with the last field, and the listener with the last hash", () => {
  const it = new ExpiringEngine();
  const { memory } = it.engine;
  const usedAtStart = memory.usedBytes;
  it.run("HSET", "h", "a", "1");
  it.run("HEXPIRE", "h", "10", "FIELDS", "1", "a");
  it.pass(10_000);
  assert.equal(it.run("HLEN", "h"), 0);
  assert.equal(it.run("HRANDFIELD", "h"), null);
  assert.deepEqual(it.run("HRANDFIELD", "h", "-2"), []);
  assert.deepEqual(it.run("HGETALL", "h"), []);
  it.mayRun = false;
  it.settle();
  assert.equal(it.run("EXISTS", "h"), 1);
  it.mayRun = true;
  it.engine.events.length = 0;
  it.settle();
  assert.deepEqual(it.engine.events, ["hexpired h", "del h"]);
  assert.equal(it.run("EXISTS", "h"), 0);
  it.freeAll();
  assert.equal(memory.usedBytes, usedAtStart);
  memory.verify();
});

test("HSET drops an expiry, HINCRBY keeps it, and an expired field is as new", () => {
  for (const name of ["f", "long field ".repeat(10)]) {
    const it = new ExpiringEngine(new HashLimits(4, 64));
    for (let i = 0; i < 3; i++) it.run("HSET", "h", `g${i}`, "x");
    it.run("HSET", "h", name, "1");
    it.run("HEXPIRE", "h", "10", "FIELDS", "1", name);
    it.run("HINCRBY", "h", name, "5");
    assert.deepEqual(it.run("HTTL", "h", "FIELDS", "1", name), [10]);
    it.run("HINCRBYFLOAT", "h", name, "0.5");
    assert.deepEqual(it.run("HTTL", "h", "FIELDS", "1", name), [10]);
    assert.equal(it.run("HGET", "h", name), "6.5");
    it.run("HSET", "h", name, "2");
    assert.deepEqual(it.run("HTTL", "h", "FIELDS", "1", name), [-1]);
    it.run("HEXPIRE", "h", "10", "FIELDS", "1", name);
    it.pass(10_000);
    assert.equal(it.run("HSETNX", "h", name, "3"), 1);
    assert.deepEqual(it.run("HTTL", "h", "FIELDS", "1", name), [-1]);
    it.run("HEXPIRE", "h", "10", "FIELDS", "1", name);
    it.pass(10_000);
    assert.equal(it.run("HINCRBY", "h", name, "7"), 7);
    assert.deepEqual(it.run("HTTL", "h", "FIELDS", "1", name), [-1]);
  }
});

test("the encoding is listpackex until the hash is large", () => {
  const it = new ExpiringEngine();
  it.run("HSET", "h", "a", "1");
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "listpack");
  it.run("HEXPIRE", "h", "10", "FIELDS", "1", "a");
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "listpackex");
  it.run("HPERSIST", "h", "FIELDS", "1", "a");
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "listpackex");
  for (let i = 0; i < 8; i++) it.run("HSET", "h", `f${i}`, "1");
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "hashtable");
});

test("a field of a large hash vanishes in small steps, also while the hash grows", () => {
  const it = new ExpiringEngine();
  const { memory, keyspace } = it.engine;
  const usedAtStart = memory.usedBytes;
  const fields = 6000;
  const addMany = (prefix: string): void => {
    for (let i = 0; i < fields; i += 100) {
      const names = Array.from({ length: 100 }, (_, j) => `${prefix}${i + j}`);
      it.run("HSET", "h", ...names.flatMap((name) => [name, "v"]));
      const ms = i % 200 === 0 ? "50" : "100000";
      it.run("HPEXPIRE", "h", ms, "FIELDS", "100", ...names);
    }
  };
  addMany("a");
  it.lookMs = 10;
  it.pass(50);
  it.expiry.tick();
  assert.ok(it.expiry.hasWork, "one step does not do it all");
  memory.freeze();
  addMany("b");
  assert.equal(it.run("HLEN", "h"), fields / 2 + fields);
  it.settle();
  memory.thaw();
  it.pass(50);
  it.settle();
  assert.equal(it.expiredFields, fields);
  assert.equal(it.run("HLEN", "h"), fields);
  it.pass(100_000);
  it.settle();
  assert.equal(keyspace.databases[0]?.size, 0);
  while (memory.releaseParked(1000) > 0);
  it.freeAll();
  assert.equal(memory.usedBytes, usedAtStart);
});

/** A hash of many fields that expire late, and one field that begins a round through it. */
function beginRound(it: ExpiringEngine, round: number): void {
  it.run("HSET", "h", `due${round}`, "v");
  it.run("HPEXPIRE", "h", "1", "FIELDS", "1", `due${round}`);
  it.pass(1);
  it.lookMs = 10;
  it.expiry.tick();
  assert.ok(it.expiry.hasWork, "the round ended at once");
}

function fillHash(it: ExpiringEngine, prefix: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  for (let i = 0; i < count; i += 500) {
    it.run("HSET", "h", ...names.slice(i, i + 500).flatMap((name) => [name, "v"]));
  }
  return names;
}

test("a field that gets its expiry while a round has passed it by vanishes in time", () => {
  const it = new ExpiringEngine();
  fillHash(it, "late", 6000);
  for (let round = 0; round < 25; round++) {
    it.run("HSET", "h", `soon${round}`, "v");
    beginRound(it, round);
    it.run("HPEXPIRE", "h", "50", "FIELDS", "1", `soon${round}`);
    it.run("HPEXPIRE", "h", "100000", "FIELDS", "1", "late0");
    it.settle();
    it.pass(50);
    it.settle();
    assert.equal(it.expiredFields, 2 * (round + 1));
  }
});

test("a field that a growing table moves behind a round vanishes in time", () => {
  for (let trial = 0; trial < 10; trial++) {
    const it = new ExpiringEngine();
    fillHash(it, "late", 6000);
    it.run("HPEXPIRE", "h", "1000", "FIELDS", "1", `late${trial}`);
    beginRound(it, trial);
    fillHash(it, "more", 4000);
    it.settle();
    it.pass(1000);
    it.settle();
    assert.equal(it.expiredFields, 2);
  }
});

test("the index forgets hashes that are deleted or overwritten long before their time", () => {
  const it = new ExpiringEngine();
  const { memory } = it.engine;
  it.run("HSETEX", "stays", "EX", "1000000", "FIELDS", "1", "a", "1");
  it.settle();
  const used = memory.usedBytes;
  for (let i = 0; i < 3000; i++) {
    it.run("HSETEX", `k${i}`, "EX", "1000000", "FIELDS", "1", "a", "1");
    it.run("DEL", `k${i}`);
  }
  for (let tick = 0; tick < 20; tick++) it.settle();
  it.freeAll();
  assert.ok(memory.usedBytes - used < 10_000, `${memory.usedBytes - used} bytes more`);
});
