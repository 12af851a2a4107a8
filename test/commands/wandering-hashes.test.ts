// What happens to fields that expire when their keys are renamed, moved, copied, swapped and flushed:
// random commands beside a model.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { type SeededRandom, withSeed } from "../support/seeds";
import { ExpiringEngine } from "./expiring-engine";

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
