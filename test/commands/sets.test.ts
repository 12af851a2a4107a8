// Sets where the comparison with a real server does not reach: what is chosen by chance, commands
// that it has not got, combinations beside plain sets, scans while a set changes, values that are
// freed in steps, and snapshots.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { setCommands } from "../../src/types/set/set-commands";
import { SetLimits } from "../../src/types/set/set-limits";
import { setType } from "../../src/types/set/set-type";
import { CommandEngine } from "../support/command-engine";
import { decodeReply, type Reply } from "../support/reply";
import type { Argument } from "../support/resp-encode";
import { type SeededRandom, withSeed } from "../support/seeds";

/** An intset, a listpack, a packed table, a table of few and one of many members. */
const SIZES: readonly (readonly [key: string, members: readonly string[]])[] = [
  ["intset", Array.from({ length: 300 }, (_, i) => String(i * 1000))],
  ["listpack", Array.from({ length: 100 }, (_, i) => `m${i}`)],
  ["packed", ["y".repeat(70), ...Array.from({ length: 40 }, (_, i) => `m${i}`)]],
  ["table", Array.from({ length: 200 }, (_, i) => `m${i}`)],
  ["large", Array.from({ length: 6000 }, (_, i) => `member:${i}`)],
];

function newEngine(limits = new SetLimits()): CommandEngine {
  return new CommandEngine({
    commands: [...setCommands(limits), ...keyspaceCommands],
    types: [setType],
    poison: true,
  });
}

function runOn(engine: CommandEngine): (...words: Argument[]) => Reply {
  return (...words) => decodeReply(engine.run(...words));
}

function fill(engine: CommandEngine, key: string, members: readonly string[]): void {
  for (let i = 0; i < members.length; i += 500) {
    engine.run("SADD", key, ...members.slice(i, i + 500));
  }
}

function texts(reply: Reply): string[] {
  assert.ok(Array.isArray(reply));
  return reply.map(String);
}

function sorted(reply: Reply): string[] {
  return texts(reply).sort();
}

test("SPOP takes as many different members as asked for, and leaves the others", async () => {
  await withSeed((random) => {
    for (const [key, members] of SIZES) {
      const engine = newEngine();
      const run = runOn(engine);
      const before = engine.memory.usedBytes;
      for (const share of [0.02, 0.5, 0.7, 0.85, 0.99, 1]) {
        fill(engine, key, members);
        const count = Math.max(1, Math.floor(members.length * share) - random.below(2));
        const isFrozen = random.chance(0.5);
        if (isFrozen) engine.memory.freeze();
        const popped = texts(run("SPOP", key, String(count)));
        const left = texts(run("SMEMBERS", key));
        assert.equal(popped.length, count);
        assert.deepEqual([...popped, ...left].sort(), [...members].sort(), `${count} of ${key}`);
        run("DEL", key);
        while (engine.keyspace.lazyFree.hasWork) engine.keyspace.lazyFree.work(1);
        if (isFrozen) engine.memory.thaw();
        while (engine.memory.releaseParked(1000) > 0);
        engine.memory.verify();
      }
      // The dictionary of the database may have kept the room for a key.
      assert.ok(engine.memory.usedBytes <= before + 64);
    }
  });
});

test("SRANDMEMBER gives different members for a count, and any for a negative one", () => {
  for (const [key, members] of SIZES) {
    const engine = newEngine();
    const run = runOn(engine);
    fill(engine, key, members);
    const known = new Set(members);
    for (const count of [1, 2, 5, 30, members.length - 1, members.length, 100_000]) {
      const picked = texts(run("SRANDMEMBER", key, String(count)));
      assert.equal(picked.length, Math.min(count, members.length), `${count} of ${key}`);
      assert.equal(new Set(picked).size, picked.length);
      assert.ok(picked.every((member) => known.has(member)));
      const repeated = texts(run("SRANDMEMBER", key, `-${count}`));
      assert.equal(repeated.length, count);
      assert.ok(repeated.every((member) => known.has(member)));
    }
    assert.equal(run("SCARD", key), members.length);
  }
});

test("each member is popped and picked about equally often, whatever the count", () => {
  const rounds = 600;
  for (const [key, members] of SIZES.slice(0, 4)) {
    for (const command of ["SPOP", "SRANDMEMBER"]) {
      for (const share of [0.05, 0.6, 0.9]) {
        const engine = newEngine();
        const run = runOn(engine);
        const times = new Map<string, number>();
        const count = Math.round(members.length * share);
        for (let round = 0; round < rounds; round++) {
          fill(engine, key, members);
          for (const member of texts(run(command, key, String(count)))) {
            times.set(member, (times.get(member) ?? 0) + 1);
          }
        }
        const mean = (rounds * count) / members.length;
        const spread = Math.sqrt(mean * (1 - share) + 1);
        for (const member of members) {
          const distance = Math.abs((times.get(member) ?? 0) - mean) / spread;
          assert.ok(distance < 7, `${member} of ${key} ${distance} off in ${command} ${count}`);
        }
      }
    }
  }
});

test("a reply that nobody could take is refused before it is begun", () => {
  const engine = newEngine();
  const run = runOn(engine);
  run("SADD", "s", "a", "b");
  for (const count of ["-9223372036854775807", "-4611686018427387904", "-1000000000"]) {
    assert.match(String((run("SRANDMEMBER", "s", count) as { error: string }).error), /too long/);
  }
  assert.equal(run("SCARD", "s"), 2);
});

/** Sets of all encodings whose members overlap. */
function someSets(random: SeededRandom): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (let i = 0; i < 8; i++) {
    const members = new Set<string>();
    const most = random.pick([3, 30, 200, 1500]);
    const prefix = random.pick(["", "", "m"]);
    for (let left = random.below(most); left > 0; left--) {
      members.add(random.chance(0.02) ? "odd" : prefix + String(random.below(most * 2)));
    }
    if (members.size > 0) sets.set(`s${i}`, members);
  }
  return sets;
}

function combine(kind: string, sets: readonly ReadonlySet<string>[]): string[] {
  const [first = new Set<string>(), ...others] = sets;
  if (kind === "UNION") return [...new Set(sets.flatMap((set) => [...set]))].sort();
  const keeps = (member: string): boolean =>
    kind === "INTER"
      ? others.every((set) => set.has(member))
      : !others.some((set) => set.has(member));
  return [...first].filter(keeps).sort();
}

test("sets are combined as plain sets are", async () => {
  await withSeed((random) => {
    for (let round = 0; round < 25; round++) {
      const engine = newEngine();
      const run = runOn(engine);
      const sets = someSets(random);
      for (const [key, members] of sets) fill(engine, key, [...members]);
      for (let step = 0; step < 40; step++) {
        const keys = Array.from({ length: random.between(1, 7) }, () => `s${random.below(9)}`);
        const kind = random.pick(["UNION", "INTER", "DIFF"]);
        const expected = combine(
          kind,
          keys.map((key) => sets.get(key) ?? new Set()),
        );
        const about = `S${kind} ${keys.join(" ")}`;
        assert.deepEqual(sorted(run(`S${kind}`, ...keys)), expected, about);
        const count = String(keys.length);
        const limit = random.below(20);
        const most = limit === 0 ? expected.length : Math.min(limit, expected.length);
        assert.equal(run(`S${kind}CARD`, count, ...keys), expected.length, about);
        assert.equal(run(`S${kind}CARD`, count, ...keys, "LIMIT", String(limit)), most, about);
        const target = random.chance(0.2) ? random.pick(keys) : "target";
        assert.equal(run(`S${kind}STORE`, target, ...keys), expected.length, about);
        assert.deepEqual(sorted(run("SMEMBERS", target)), expected, about);
        if (expected.length === 0) sets.delete(target);
        else sets.set(target, new Set(expected));
      }
      engine.run("FLUSHALL");
      while (engine.keyspace.lazyFree.hasWork) engine.keyspace.lazyFree.work(1);
      engine.memory.verify();
    }
  });
});

test("SUNIONCARD and SDIFFCARD refuse what SINTERCARD refuses", () => {
  const run = runOn(newEngine());
  const rests = ["0 a", "x a", "-1 a", "2 a", "1 a LIMIT -1", "1 a LIMIT x", "1 a LIMIT", "1 a b"];
  for (const rest of [...rests, "9223372036854775808 a", "1", ""]) {
    const words = rest.split(" ").filter((word) => word !== "");
    const [inter, union, diff] = ["INTER", "UNION", "DIFF"].map((kind) => {
      const { error } = run(`S${kind}CARD`, ...words) as { error: string };
      return error.replace(/s\w+card/, "");
    });
    assert.notEqual(inter, undefined);
    assert.equal(union, inter, rest);
    assert.equal(diff, inter, rest);
  }
});

test("SSCAN tells every member that is there from start to end, while the set changes", async () => {
  await withSeed((random) => {
    const engine = newEngine();
    const run = runOn(engine);
    const stays = Array.from({ length: 1500 }, (_, i) => `stays${i}`);
    fill(engine, "s", stays);
    const seen = new Set<string>();
    let cursor = "0";
    let steps = 0;
    do {
      const [next, members] = run("SSCAN", "s", cursor, "COUNT", "20") as [string, string[]];
      for (const member of members) seen.add(String(member));
      cursor = next;
      const comes = Array.from({ length: 500 * random.below(9) }, (_, i) => `comes${i}`);
      if (steps++ % 40 === 10) fill(engine, "s", comes);
      if (steps % 40 === 30) for (let i = 0; i < 4000; i++) engine.run("SREM", "s", `comes${i}`);
    } while (cursor !== "0");
    assert.deepEqual(
      stays.filter((member) => !seen.has(member)),
      [],
    );
  });
});

test("a scan goes on when a table becomes small enough to be packed", () => {
  const engine = newEngine();
  const run = runOn(engine);
  const members = Array.from({ length: 3000 }, (_, i) => `m${i}`);
  fill(engine, "s", members);
  const [cursor, first] = run("SSCAN", "s", "0") as [string, string[]];
  for (const member of members.slice(5)) engine.run("SREM", "s", member);
  const [end, rest] = run("SSCAN", "s", cursor) as [string, string[]];
  assert.equal(end, "0");
  const seen = new Set([...first, ...rest].map(String));
  assert.ok(members.slice(0, 5).every((member) => seen.has(member)));
  assert.equal(run("OBJECT", "ENCODING", "s"), "hashtable");
});

test("a large set is freed in steps, each of about the budget", () => {
  const engine = newEngine();
  const { memory } = engine;
  const before = memory.usedBytes;
  fill(
    engine,
    "s",
    Array.from({ length: 30_000 }, (_, i) => `member:${i}`),
  );
  engine.run("UNLINK", "s");
  const { lazyFree } = engine.keyspace;
  assert.equal(lazyFree.pendingObjects, 1);
  let steps = 0;
  for (let used = memory.usedBytes; lazyFree.hasWork; steps++) {
    lazyFree.work(0);
    assert.ok(used - memory.usedBytes < 100_000, "a step frees a few chunks");
    used = memory.usedBytes;
  }
  assert.ok(steps > 20);
  assert.ok(memory.usedBytes <= before + 64);
});

test("members longer than the output memory are told whole", () => {
  const engine = newEngine();
  const run = runOn(engine);
  const members = ["a", "b", "c"].map((letter) => letter.repeat(700_000));
  for (const member of members) engine.run("SADD", "s", member);
  assert.deepEqual(sorted(run("SMEMBERS", "s")), members);
  assert.deepEqual(sorted(run("SUNION", "s", "nope")), members);
  assert.deepEqual(
    sorted(run("SPOP", "s", "2"))
      .concat(texts(run("SMEMBERS", "s")))
      .sort(),
    members,
  );
});
