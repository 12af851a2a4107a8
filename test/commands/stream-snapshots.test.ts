// Commands on streams and groups while snapshots freeze the memory: every image stays what it was,
// pending entries and all; the live streams keep every rule; and no block is lost or freed twice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyspaceCommands } from "../../src/keyspace/commands/keyspace-commands";
import { ENTRY_VALUE, wordOf } from "../../src/keyspace/entry";
import { forEachEntry } from "../../src/structures/dict-walk";
import { streamCommands } from "../../src/types/stream/stream-commands";
import { StreamLimits } from "../../src/types/stream/stream-limits";
import { streamType } from "../../src/types/stream/stream-type";
import { verifyStream } from "../../src/types/stream/stream-verify";
import { stringType } from "../../src/types/string/string-value";
import { type CommandGrammar, grammar } from "../parity/draw";
import { CommandSource } from "../parity/grammar";
import { STREAM_GRAMMARS } from "../parity/grammars/streams";
import { CommandEngine } from "../support/command-engine";
import { type SeededRandom, withSeed } from "../support/seeds";
import { dumpStream } from "../unit/types/stream/stream-dump";

const COMMANDS_PER_ROUND = 120;
const ROUNDS = 25;

/** Commands that 7.0 has not got, so that the common grammar leaves them out. */
const NEWER_GRAMMARS: readonly CommandGrammar[] = [
  grammar("XDELEX", 4, (draw) => [draw.keyOf("x"), ...deletion(draw.random)]),
  grammar("XACKDEL", 4, (draw) => [
    draw.keyOf("x"),
    draw.random.pick(["g1", "g2"]),
    ...deletion(draw.random),
  ]),
];

function deletion(random: SeededRandom): string[] {
  const ids = Array.from({ length: random.between(1, 4) }, () => String(random.below(3000)));
  const mode = random.pick([[], ["KEEPREF"], ["DELREF"], ["ACKED"]]);
  return [...mode, "IDS", String(ids.length), ...ids];
}

class StreamRun {
  readonly engine: CommandEngine;
  readonly #source: CommandSource;

  constructor(random: SeededRandom, limits: StreamLimits) {
    this.engine = new CommandEngine({
      commands: [...streamCommands(limits), ...keyspaceCommands],
      types: [stringType, streamType],
      poison: true,
    });
    this.#source = new CommandSource(random, [...STREAM_GRAMMARS, ...NEWER_GRAMMARS]);
  }

  round(): void {
    for (let left = COMMANDS_PER_ROUND; left > 0; left--) {
      this.engine.run(...this.#source.next());
      this.work();
    }
    for (const ref of this.streams()) verifyStream(this.engine.memory, ref);
  }

  work(): void {
    this.engine.keyspace.lazyFree.work(1);
  }

  streams(): number[] {
    const { memory, call } = this.engine;
    const refs: number[] = [];
    forEachEntry(memory, call.db.dict.ref, (entry) => {
      refs.push(wordOf(memory, entry, ENTRY_VALUE));
    });
    return refs;
  }
}

test("streams and groups under freezes: images stay, rules hold, all memory comes back", () =>
  withSeed((random) => {
    const limits = new StreamLimits();
    limits.nodeMaxEntries = random.between(2, 12);
    const run = new StreamRun(random, limits);
    const { memory } = run.engine;
    const emptyBytes = memory.usedBytes;
    for (let round = 0; round < ROUNDS; round++) {
      run.round();
      const images = run.streams().map((ref) => ({ ref, text: dumpStream(memory, ref) }));
      memory.freeze();
      run.round();
      for (const { ref, text } of images) assert.equal(dumpStream(memory, ref), text);
      memory.thaw();
      while (memory.releaseParked(1000) > 0);
      memory.verify();
    }
    run.engine.run("FLUSHALL");
    while (run.engine.keyspace.lazyFree.hasWork) run.work();
    assert.equal(memory.usedBytes, emptyBytes);
  }));

test("a large group is freed in steps, also under a freeze", () => {
  const engine = new CommandEngine({
    commands: [...streamCommands(new StreamLimits()), ...keyspaceCommands],
    types: [stringType, streamType],
    poison: true,
  });
  const { memory, keyspace } = engine;
  const emptyBytes = memory.usedBytes;
  engine.run("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM");
  engine.run("XGROUP", "CREATE", "s", "h", "0");
  for (let i = 1; i <= 5000; i++) engine.run("XADD", "s", `${i}-0`, "field", `value ${i}`);
  for (let i = 0; i < 50; i++) {
    engine.run("XREADGROUP", "GROUP", "g", `consumer ${i}`, "COUNT", "100", "STREAMS", "s", ">");
    engine.run("XREADGROUP", "GROUP", "h", `consumer ${i}`, "COUNT", "100", "STREAMS", "s", ">");
  }
  memory.freeze();
  assert.equal(engine.run("XGROUP", "DESTROY", "s", "g").toString(), ":1\r\n");
  assert.ok(keyspace.lazyFree.hasWork);
  assert.equal(engine.run("UNLINK", "s").toString(), ":1\r\n");
  let steps = 0;
  while (keyspace.lazyFree.hasWork) {
    keyspace.lazyFree.work(0);
    steps++;
  }
  assert.ok(steps > 10, `${steps} steps`);
  memory.thaw();
  while (memory.releaseParked(1000) > 0);
  memory.verify();
  assert.equal(memory.usedBytes, emptyBytes);
});
