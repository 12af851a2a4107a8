// Hashes where the comparison with a real server does not reach: what is chosen by chance, scans
// while a hash changes, replies longer than the output memory, and values that are freed in steps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { hashCommands } from "../../src/types/hash/hash-commands";
import { HashLimits } from "../../src/types/hash/hash-limits";
import { hashType } from "../../src/types/hash/hash-type";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";
import { withSeed } from "../support/seeds";

function newEngine(): CommandEngine {
  return new CommandEngine({
    commands: [
      ...hashCommands(new HashLimits(512, 64), { note: () => undefined }),
      ...keyspaceCommands,
    ],
    types: [stringType, hashType],
    poison: true,
  });
}

function runOn(engine: CommandEngine): (...words: Argument[]) => Reply {
  return (...words) => decodeReply(engine.run(...words));
}

function fill(engine: CommandEngine, key: string, prefix: string, count: number): void {
  for (let i = 0; i < count; i += 500) {
    const names = Array.from({ length: Math.min(500, count - i) }, (_, j) => `${prefix}${i + j}`);
    engine.run("HSET", key, ...names.flatMap((name) => [name, `value of ${name}`]));
  }
}

test("HSCAN tells every field that is there from start to end, while the hash grows and shrinks", async () => {
  await withSeed((random) => {
    const engine = newEngine();
    const run = runOn(engine);
    fill(engine, "h", "stays", 2000);
    const seen = new Map<string, string>();
    let cursor = "0";
    let steps = 0;
    do {
      const [next, items] = run("HSCAN", "h", cursor, "COUNT", "20") as [string, string[]];
      for (let i = 0; i < items.length; i += 2) seen.set(String(items[i]), String(items[i + 1]));
      cursor = next;
      if (steps++ % 40 === 10) fill(engine, "h", "comes", 500 * (1 + random.below(8)));
      if (steps % 40 === 30) for (let i = 0; i < 4000; i++) engine.run("HDEL", "h", `comes${i}`);
    } while (cursor !== "0");
    for (let i = 0; i < 2000; i++) assert.equal(seen.get(`stays${i}`), `value of stays${i}`);
  });
});

test("HSCAN tells fields alone, and those that match", () => {
  const engine = newEngine();
  const run = runOn(engine);
  for (const count of [3, 30, 3000]) {
    fill(engine, "h", "f", count);
    const scan = (...options: string[]): string[] => {
      const found: string[] = [];
      let cursor = "0";
      do {
        const [next, items] = run("HSCAN", "h", cursor, ...options) as [string, string[]];
        found.push(...items);
        cursor = next;
      } while (cursor !== "0");
      return found;
    };
    assert.equal(new Set(scan("NOVALUES")).size, count);
    assert.deepEqual(scan("match", "f1", "novalues"), ["f1"]);
    assert.deepEqual(scan("COUNT", "7", "NOVALUES", "MATCH", "f2"), ["f2"]);
    assert.deepEqual(scan("MATCH", "f2"), ["f2", "value of f2"]);
  }
});

for (const count of [4, 60, 2000]) {
  test(`HRANDFIELD chooses among ${count} fields, each as likely as the others`, () => {
    const engine = newEngine();
    const run = runOn(engine);
    fill(engine, "h", "f", count);
    const times = new Map<string, number>();
    const draws = 30 * count;
    for (let left = draws; left > 0; left -= 1000) {
      const fields = run("HRANDFIELD", "h", String(-Math.min(left, 1000))) as string[];
      for (const field of fields) times.set(field, (times.get(field) ?? 0) + 1);
    }
    assert.equal(times.size, count);
    let squares = 0;
    for (const drawn of times.values()) squares += (drawn - 30) ** 2 / 30;
    // Chi-squared with count - 1 degrees: six deviations above its mean.
    const most = count + 6 * Math.sqrt(2 * count);
    assert.ok(squares < most, `${squares} of at most ${most}`);
    for (const wanted of [1, 2, 3, count - 1, count, count + 5]) {
      const pairs = run("HRANDFIELD", "h", String(wanted), "WITHVALUES") as string[];
      assert.equal(pairs.length, 2 * Math.min(wanted, count));
      const fields = pairs.filter((_, i) => i % 2 === 0);
      assert.equal(new Set(fields).size, fields.length);
      for (const [i, field] of fields.entries()) {
        assert.equal(pairs[2 * i + 1], `value of ${field}`);
      }
    }
    const one = run("HRANDFIELD", "h") as string;
    assert.equal(run("HGET", "h", one), `value of ${one}`);
  });
}

test("HRANDFIELD does not answer more repetitions than any memory bears", () => {
  const run = runOn(newEngine());
  run("HSET", "h", "a", "1");
  assert.deepEqual(run("HRANDFIELD", "h", "-9223372036854775807"), {
    error: "ERR value is out of range",
  });
  assert.equal((run("HRANDFIELD", "h", "-100000") as string[]).length, 100_000);
});

test("a hash that is larger than the output memory is told whole", () => {
  const engine = newEngine();
  const run = runOn(engine);
  fill(engine, "h", "field ".repeat(5), 40_000);
  const all = run("HGETALL", "h") as string[];
  const fields = run("HKEYS", "h") as string[];
  const values = run("HVALS", "h") as string[];
  assert.equal(all.length, 80_000);
  assert.equal(new Set(fields).size, 40_000);
  for (const [i, field] of fields.entries()) assert.equal(values[i], `value of ${field}`);
});

test("long fields and values are kept and told", () => {
  const engine = newEngine();
  const run = runOn(engine);
  const usedAtStart = engine.memory.usedBytes;
  const long = "x".repeat(1024 * 1024);
  run("HSET", "h", long, "short", "short", long);
  assert.equal(run("HGET", "h", "short"), long);
  assert.equal(run("HGET", "h", long), "short");
  assert.equal(run("HSTRLEN", "h", "short"), long.length);
  run("HSET", "h", "short", "s");
  assert.equal(run("HGET", "h", "short"), "s");
  assert.equal(run("HDEL", "h", long, "short"), 2);
  assert.equal(engine.memory.usedBytes, usedAtStart);
});

test("a large hash is freed in steps, whoever throws it away", () => {
  const engine = newEngine();
  const run = runOn(engine);
  const { memory, keyspace } = engine;
  const usedAtStart = memory.usedBytes;
  const words = [
    ["DEL", "h"],
    ["UNLINK", "h"],
    ["RENAME", "other", "h"],
    ["PEXPIRE", "h", "0"],
  ];
  for (const command of words) {
    fill(engine, "h", "f", 10_000);
    run("HSET", "other", "a", "1");
    run(...command);
    assert.ok(keyspace.lazyFree.hasWork, command.join(" "));
    assert.ok(memory.usedBytes - usedAtStart > 300_000);
    let steps = 0;
    for (; keyspace.lazyFree.hasWork; steps++) keyspace.lazyFree.work(0);
    assert.ok(steps > 10, `${steps} steps`);
    run("DEL", "h", "other");
    assert.equal(memory.usedBytes, usedAtStart);
  }
});
