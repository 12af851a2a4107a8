// Fields of hashes that expire: what everybody sees, when fields and keys vanish by themselves, and
// what happens to them when their keys are renamed, moved, copied, swapped and flushed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { selectCommands } from "../../src/keyspace/commands/select";
import { FieldExpiry } from "../../src/types/hash/field-expiry";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { hashType } from "../../src/types/hash/hash-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";
import { type SeededRandom, withSeed } from "../support/seeds";

const START_MS = 1_700_000_000_000;
const BUDGET_MS = 1;

/** An engine whose fields expire when it is told to let time pass. */
class ExpiringEngine {
  readonly expiry: FieldExpiry;
  readonly engine: CommandEngine;
  nowMs = START_MS;
  /** Every look at the clock takes so long. */
  lookMs = 0;
  mayRun = true;
  #clockMs = 0;

  constructor(limits = new HashLimits(8, 64)) {
    const note: FieldExpiry["note"] = (...noted) => this.expiry.note(...noted);
    this.engine = new CommandEngine({
      commands: [...hashCommands(limits, { note }), ...keyspaceCommands, ...selectCommands],
      types: [stringType, hashType],
      poison: true,
    });
    const { keyspace, listeners } = this.engine;
    this.expiry = new FieldExpiry({
      keyspace,
      listen: (listener, isListening) => {
        if (isListening) listeners.add(listener);
        else listeners.remove(listener);
      },
      mayRun: () => this.mayRun,
      monotonicMs: () => {
        this.#clockMs += this.lookMs;
        return this.#clockMs;
      },
    });
    this.engine.setNow(this.nowMs);
  }

  run(...words: Argument[]): Reply {
    return decodeReply(this.engine.run(...words));
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.engine.setNow(this.nowMs);
  }

  /** A tick, and the work between turns until nothing is left. */
  settle(): void {
    this.expiry.tick();
    for (let left = 10_000; this.expiry.hasWork; left--) {
      assert.ok(left > 0, "there is no end to the work");
      this.expiry.work(BUDGET_MS);
    }
  }

  /** Frees all that waits to be freed. */
  freeAll(): void {
    const { lazyFree } = this.engine.keyspace;
    while (lazyFree.hasWork) lazyFree.work(10);
  }
}

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
  assert.equal(it.expiry.expiredFields, 2);
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

/** What each command must answer and publish, at START_MS, one after the other. */
const ANSWERS: readonly (readonly [line: string, reply: Reply, events: string])[] = [
  ["HSETEX h EX 10 FIELDS 2 a 1 b 2", 1, "new h,hset h,hexpire h"],
  ["HSETEX h FNX FIELDS 1 a 9", 0, ""],
  ["HSETEX h FXX KEEPTTL FIELDS 1 a 9", 1, "hset h"],
  ["HTTL h FIELDS 3 a b nope", [10, 10, -2], ""],
  ["HPTTL h FIELDS 1 a", [10_000], ""],
  ["HEXPIRETIME h FIELDS 1 a", [1_700_000_010], ""],
  ["HPEXPIRETIME h FIELDS 1 a", [1_700_000_010_000], ""],
  ["HSETEX h FXX FIELDS 2 a 1 nope 2", 0, ""],
  ["HSETEX nope FXX FIELDS 1 a 1", 0, ""],
  ["EXISTS nope", 0, ""],
  ["HSETEX h FIELDS 1 a 3", 1, "hset h"],
  ["HTTL h FIELDS 1 a", [-1], ""],
  ["HGETEX h EX 20 FIELDS 2 a nope", ["3", null], "hexpire h"],
  ["HGETEX h FIELDS 1 a", ["3"], ""],
  ["HGETEX h PERSIST FIELDS 2 a b", ["3", "2"], "hpersist h"],
  ["HGETEX h PERSIST FIELDS 1 a", ["3"], ""],
  ["HGETEX h PXAT 1 FIELDS 1 b", ["2"], "hdel h"],
  ["HGETDEL h FIELDS 2 nope nope2", [null, null], ""],
  ["HGETDEL h FIELDS 2 a a", ["3", null], "hdel h,del h"],
  ["HGETDEL h FIELDS 1 a", [null], ""],
  ["HGETEX h FIELDS 2 a b", [null, null], ""],
  ["HSETEX h PXAT 1 FIELDS 1 a 1", 1, "new h,hset h,hdel h,del h"],
  ["HSET h a 1 b 2", 2, "new h,hset h"],
  ["HEXPIRE h 10 XX FIELDS 2 a b", [0, 0], ""],
  ["HEXPIRE h 10 GT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 10 LT FIELDS 1 a", [1], "hexpire h"],
  ["HEXPIRE h 11 LT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 10 GT FIELDS 1 a", [0], ""],
  ["HEXPIRE h 11 GT FIELDS 1 a", [1], "hexpire h"],
  ["HEXPIRE h 12 NX FIELDS 3 a b nope", [0, 1, -2], "hexpire h"],
  ["HEXPIREAT h 1800000000 XX FIELDS 1 a", [1], "hexpire h"],
  ["HPEXPIREAT h 1800000000001 FIELDS 1 b", [1], "hexpire h"],
  ["HEXPIRETIME h FIELDS 2 a b", [1_800_000_000, 1_800_000_001], ""],
  ["HPERSIST h FIELDS 3 a nope a", [1, -2, -1], "hpersist h"],
  ["HPERSIST h FIELDS 1 a", [-1], ""],
  ["HPERSIST nope FIELDS 1 a", [-2], ""],
  ["HTTL nope FIELDS 2 a b", [-2, -2], ""],
  ["HEXPIRE nope 1 FIELDS 2 a b", [-2, -2], ""],
  ["HEXPIRE h 0 FIELDS 2 a a", [2, -2], "hdel h"],
  ["HPEXPIREAT h 1 FIELDS 1 b", [2], "hdel h,del h"],
];

test("commands on expiries answer and publish as Redis 7.4 and 8.0 do", () => {
  const it = new ExpiringEngine();
  for (const [line, reply, events] of ANSWERS) {
    it.engine.events.length = 0;
    assert.deepEqual(it.run(...line.split(" ")), reply, line);
    const told = it.engine.events.filter((event) => !event.startsWith("keymiss"));
    assert.equal(told.join(), events, line);
  }
  assert.equal(it.engine.call.db.size, 0);
});

const NO_FIELDS = "ERR Mandatory argument FIELDS is missing or not at the right position";
const MISMATCH = "ERR The `numfields` parameter must match the number of arguments";
const NOT_POSITIVE = "ERR Number of fields must be a positive integer";
const NO_INTEGER = "ERR value is not an integer or out of range";
const ERRORS: readonly (readonly [line: string, error: string])[] = [
  ["HEXPIRE h x FIELDS 1 a", NO_INTEGER],
  ["HEXPIRE h -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"],
  ["HEXPIRE h 70368744178 FIELDS 1 a", "ERR invalid expire time in 'hexpire' command"],
  ["HPEXPIREAT h 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hpexpireat' command"],
  ["HEXPIRE h 9223372036854775807 FIELDS 1 a", "ERR invalid expire time in 'hexpire' command"],
  ["HEXPIRE h 9223372036854775808 FIELDS 1 a", NO_INTEGER],
  ["HEXPIRE h 1 BAD FIELDS 1 a", NO_FIELDS],
  ["HEXPIRE h 1 NX XX FIELDS 1 a", NO_FIELDS],
  ["HEXPIRE h 1 FIELDS 0 a", "ERR Parameter `numFields` should be greater than 0"],
  ["HEXPIRE h 1 FIELDS 2 a", MISMATCH],
  ["HEXPIRE h 1 FIELDS 1 a b", MISMATCH],
  ["HTTL h BAD 1 a", NO_FIELDS],
  ["HTTL h FIELDS 0 a", NOT_POSITIVE],
  ["HTTL h FIELDS x a", NOT_POSITIVE],
  ["HTTL h FIELDS 9223372036854775807 a", MISMATCH],
  ["HPERSIST h FIELDS -1 a", NOT_POSITIVE],
  ["HGETDEL h FIELDS 2 a", MISMATCH],
  ["HGETEX h EX 1 BAD 1 a", NO_FIELDS],
  ["HGETEX h EX x FIELDS 1 a", NO_INTEGER],
  ["HGETEX h EX -1 FIELDS 1 a", "ERR invalid expire time, must be >= 0"],
  ["HGETEX h PX 70368744177664 FIELDS 1 a", "ERR invalid expire time in 'hgetex' command"],
  ["HSETEX h FIELDS 1 a", "ERR wrong number of arguments for 'hsetex' command"],
  ["HSETEX h FIELDS 2 a 1 b", "ERR wrong number of arguments for 'hsetex' command"],
  ["HSETEX h FNX FXX FIELDS 1 a 1", "ERR Only one of FXX or FNX arguments can be specified"],
  [
    "HSETEX h EX 1 PX 1 FIELDS 1 a 1",
    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified",
  ],
  ["HSETEX h FIELDS 1 a 1 EX", "ERR missing expire time"],
  ["HSETEX h FIELDS 0 a 1", "ERR invalid number of fields"],
  ["HSETEX h FIELDS 1 a 1 FIELDS 1 a 1", "ERR multiple FIELDS arguments"],
  ["HSETEX h FIELDS 1 a 1 NONSENSE", "ERR unknown argument: NONSENSE"],
];

test("commands on expiries refuse wrong arguments, and nothing is changed", () => {
  const it = new ExpiringEngine();
  it.run("HSET", "h", "a", "1");
  for (const [line, error] of ERRORS) {
    assert.deepEqual(it.run(...line.split(" ")), { error }, line);
  }
  assert.deepEqual(it.run("HGETALL", "h"), ["a", "1"]);
  assert.equal(it.run("OBJECT", "ENCODING", "h"), "listpack");
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
  assert.equal(it.expiry.expiredFields, fields);
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
    assert.equal(it.expiry.expiredFields, 2 * (round + 1));
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
    assert.equal(it.expiry.expiredFields, 2);
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

type Hash = Map<string, { value: string; expiryMs: number }>;

/** Keys of several databases beside plain Maps. */
class Model {
  readonly it = new ExpiringEngine(new HashLimits(6, 20));
  databases: Map<string, Hash>[] = [new Map(), new Map(), new Map()];

  constructor(readonly random: SeededRandom) {}

  key(): string {
    return `k${this.random.below(6)}`;
  }

  field(): string {
    return this.random.chance(0.1) ? "a long field ".repeat(5) : `f${this.random.below(12)}`;
  }

  /** The live fields of a hash. */
  live(database: number, key: string): Hash {
    const all = [...(this.databases[database]?.get(key) ?? [])];
    return new Map(all.filter(([, { expiryMs }]) => expiryMs > this.it.nowMs));
  }

  step(): void {
    const { it, random } = this;
    const database = random.below(3);
    const hashes = this.databases[database] as Map<string, Hash>;
    const key = this.key();
    const hash = hashes.get(key);
    it.engine.call.client.db = database;
    switch (random.below(12)) {
      case 0: {
        const other = this.key();
        if (this.live(database, key).size === 0 || key === other) return;
        it.run("RENAME", key, other);
        hashes.delete(key);
        hashes.set(other, hash as Hash);
        return;
      }
      case 1: {
        const target = random.below(3);
        const other = this.key();
        if (this.live(database, key).size === 0 || (target === database && key === other)) return;
        it.run("COPY", key, other, "DB", String(target), "REPLACE");
        this.databases[target]?.set(other, new Map(hash));
        return;
      }
      case 2:
        this.#move(database, key);
        return;
      case 3: {
        if (random.chance(0.7)) return;
        const target = random.below(3);
        it.run("SWAPDB", String(database), String(target));
        const swapped = this.databases[target] as Map<string, Hash>;
        this.databases[target] = hashes;
        this.databases[database] = swapped;
        return;
      }
      case 4:
        if (random.chance(0.9)) return;
        it.run("FLUSHDB");
        hashes.clear();
        return;
      case 5:
        it.run("DEL", key);
        hashes.delete(key);
        return;
      case 6:
        it.pass(random.below(40));
        return;
      case 7:
        it.expiry.tick();
        return;
      default:
        this.#change(hashes, key);
    }
  }

  #move(database: number, key: string): void {
    const target = this.random.below(3);
    const source = this.databases[database] as Map<string, Hash>;
    const other = this.databases[target] as Map<string, Hash>;
    if (this.live(database, key).size === 0 || target === database) return;
    if (this.it.run("MOVE", key, String(target)) === 0) return;
    other.set(key, source.get(key) as Hash);
    source.delete(key);
  }

  #change(hashes: Map<string, Hash>, key: string): void {
    const { it, random } = this;
    const hash = hashes.get(key) ?? new Map();
    const field = this.field();
    const value = "v".repeat(random.pick([1, 5, 19, 21, 400]));
    const isLive = (hash.get(field)?.expiryMs ?? 0) > it.nowMs;
    if (random.chance(0.4)) {
      it.run("HSET", key, field, value);
      hash.set(field, { value, expiryMs: Number.POSITIVE_INFINITY });
    } else if (random.chance(0.3)) {
      it.run("HDEL", key, field);
      if (isLive) hash.delete(field);
    } else if (random.chance(0.2)) {
      it.run("HPERSIST", key, "FIELDS", "1", field);
      const old = hash.get(field);
      if (isLive) hash.set(field, { value: old?.value ?? "", expiryMs: Number.POSITIVE_INFINITY });
    } else {
      const ms = 1 + random.below(100);
      it.run("HPEXPIRE", key, String(ms), "FIELDS", "1", field);
      const old = hash.get(field);
      if (isLive) hash.set(field, { value: old?.value ?? "", expiryMs: it.nowMs + ms });
    }
    if (hash.size > 0) hashes.set(key, hash);
    else hashes.delete(key);
  }

  check(): void {
    for (let database = 0; database < 3; database++) {
      this.it.engine.call.client.db = database;
      for (let i = 0; i < 6; i++) {
        const live = this.live(database, `k${i}`);
        const reply = this.it.run("HGETALL", `k${i}`) as string[];
        const found = new Map<string, string>();
        for (let at = 0; at < reply.length; at += 2) {
          found.set(String(reply[at]), String(reply[at + 1]));
        }
        assert.equal(found.size, live.size);
        for (const [field, { value }] of live) assert.equal(found.get(field), value);
      }
    }
  }

  /** After the work is done, exactly the keys are there that have live fields. */
  checkKeys(): void {
    for (let database = 0; database < 3; database++) {
      const { keyspace } = this.it.engine;
      const keys = [0, 1, 2, 3, 4, 5].filter((i) => this.live(database, `k${i}`).size > 0);
      assert.equal(keyspace.databases[database]?.size, keys.length);
    }
  }
}

test("hashes whose keys wander keep their fields exactly as long as they should", async () => {
  await withSeed((random) => {
    const model = new Model(random);
    const { it } = model;
    const { memory } = it.engine;
    const usedAtStart = memory.usedBytes;
    for (let round = 0; round < 15; round++) {
      if (round % 3 === 1) memory.freeze();
      for (let step = 0; step < 150; step++) model.step();
      if (round % 3 === 1) memory.thaw();
      model.check();
      it.settle();
      model.check();
      model.checkKeys();
      memory.verify();
    }
    it.engine.call.client.db = 0;
    it.run("FLUSHALL");
    while (memory.releaseParked(1000) > 0);
    it.freeAll();
    assert.equal(memory.usedBytes, usedAtStart);
  });
});
