// HyperLogLog commands: the events they raise, what they say to keys of other types, and values while
// snapshots freeze the memory. Replies and bytes are compared with the real server's in test/parity.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandSpec } from "../../src/command/spec";
import type { DataCall } from "../../src/keyspace/data-call";
import { hyperLogLogCommands } from "../../src/types/hyperloglog/hyperloglog-commands";
import { HyperLogLogLimits } from "../../src/types/hyperloglog/hyperloglog-limits";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";
import { compareEvents } from "../support/published-events";
import { withSeed } from "../support/seeds";
import { compareWrongTypes } from "../support/wrong-type";
import { bytesOfEntry, entryOf } from "./engine-values";

const MEBIBYTE = 1024 * 1024;

const EVENTS = `
  PFCOUNT a
  PFADD a
  PFADD a
  PFADD a x
  PFADD a x
  PFADD a x y z
  PFCOUNT a
  PFCOUNT a
  PFCOUNT a nope
  PFADD b 1 2 3 4 5
  PFMERGE c a b
  PFMERGE c nope
  PFMERGE a
  PFMERGE d nope
  PFCOUNT d
  PFDEBUG ENCODING a
  PFDEBUG DECODE a
  PFDEBUG GETREG a
  PFDEBUG GETREG a
  PFDEBUG TODENSE a
  PFDEBUG TODENSE b
  PFADD b 1
  PFADD b 100 200
  PFMERGE b a
  SET s v
  PFADD s x
  PFCOUNT s
  PFMERGE s a
  PFMERGE nope2 s
  SET e v PXAT 1
  PFADD e x
  SET e v PXAT 1
  PFMERGE e a
`;

const ON_A_LIST = `
  PFADD l
  PFADD l x
  PFCOUNT l
  PFCOUNT nope l
  PFCOUNT s
  PFMERGE l
  PFMERGE d l
  PFMERGE d s
  PFMERGE l nope
  PFDEBUG DECODE l
  PFDEBUG NOPE l
  GET d
`;

function specs(): readonly CommandSpec<DataCall>[] {
  return [
    ...stringCommands(new StringLimits(MEBIBYTE)),
    ...hyperLogLogCommands(new HyperLogLogLimits()),
  ];
}

function newEngine(): CommandEngine {
  return new CommandEngine({ commands: specs(), types: [stringType], poison: true });
}

test("HyperLogLog commands raise the events of a real server", (t) =>
  compareEvents(t, newEngine(), EVENTS));

test("HyperLogLog commands refuse a list as a real server does", (t) =>
  compareWrongTypes(t, specs(), ON_A_LIST));

test("a frozen image keeps its registers while commands change them, and nothing is lost", () =>
  withSeed((random) => {
    const engine = newEngine();
    // The same commands on memory that is never frozen.
    const twin = newEngine();
    const { memory } = engine;
    const usedBefore = memory.usedBytes;
    const names = ["a", "b", "__proto__", "k".repeat(300)];
    const run = (...words: string[]): void => {
      const reply = engine.run(...words);
      assert.ok(reply.equals(twin.run(...words)), words.slice(0, 3).join(" "));
    };
    const step = (): void => {
      const name = random.pick(names);
      const count = random.chance(0.05) ? 500 : random.below(6);
      const elements = Array.from({ length: count }, () => String(random.below(5000)));
      if (random.chance(0.6)) run("PFADD", name, ...elements);
      else if (random.chance(0.5)) run("PFCOUNT", name);
      else if (random.chance(0.8)) run("PFMERGE", name, random.pick(names));
      else run("GETDEL", name);
    };
    const image = (subject: CommandEngine): [number, Buffer][] =>
      names.map((name) => {
        const entry = entryOf(subject, name);
        return [entry, bytesOfEntry(subject, entry)];
      });
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 60; i++) step();
      const frozen = image(engine);
      memory.freeze();
      for (let i = 0; i < 120; i++) step();
      for (const [entry, bytes] of frozen) assert.ok(bytesOfEntry(engine, entry).equals(bytes));
      memory.thaw();
      while (memory.releaseParked(1000) > 0) step();
      const [mine, others] = [image(engine), image(twin)];
      mine.forEach(([, bytes], i) => {
        assert.ok(bytes.equals(others[i]?.[1] ?? Buffer.alloc(0)), names[i]);
      });
      memory.verify();
    }
    for (const name of names) run("GETDEL", name);
    assert.ok(memory.usedBytes <= usedBefore + 4096, "blocks were lost");
  }));

test("adding what is there already copies nothing under a snapshot", () => {
  const engine = newEngine();
  const elements = Array.from({ length: 3000 }, (_, i) => String(i));
  engine.run("PFADD", "k", ...elements);
  engine.run("PFADD", "s", "a");
  engine.memory.freeze();
  const used = engine.memory.usedBytes;
  assert.equal(engine.run("PFADD", "k", ...elements).toString(), ":0\r\n");
  assert.equal(engine.run("PFADD", "s", "a").toString(), ":0\r\n");
  assert.equal(engine.memory.usedBytes, used);
  engine.memory.thaw();
});
